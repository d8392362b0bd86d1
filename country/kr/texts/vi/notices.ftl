### machine-drafted

notices-email-wrong = Đây không phải là địa chỉ e-mail. Ví dụ: hanul@example.kr
notices-error-title = Có chỗ cần sửa
notices-optional = để trống thì không gửi gì

# hộp thư
notices-inbox-title = Thông báo
notices-inbox-lead = { $unread ->
    [0] Quý vị đã đọc hết.
   *[other] Còn { $unread } thông báo chưa đọc.
}
notices-none = Chưa có thông báo
notices-none-text = Khi có điều cần báo cho quý vị, thông báo sẽ hiện ở đây.
notices-unread = Chưa đọc
notices-shown = Đang hiện { $count }
notices-pages = Các trang
notices-pages-first = Trang đầu
notices-pages-next = Tiếp
notices-open-link = Đến trang đó
notices-sent = Cũng đã gửi bằng cách khác
notices-by-email = E-mail đến { $address }
notices-delivery-queued = Sẽ sớm được gửi.
notices-delivery-sending = Đang gửi.
notices-delivery-sent = Máy chủ nhận thư đã nhận.
notices-delivery-failed = Không gửi được. Xin kiểm tra lại địa chỉ.
notices-delivery-uncertain = Đang kiểm tra xem thư đã đến chưa.
notices-human = Nói chuyện với nhân viên
notices-human-text = Họ cùng xem thông báo này với quý vị và giúp đỡ.

# liên lạc
notices-contact-title = Cách nhận thông báo
notices-contact-open = Nhận thông báo cả qua e-mail
notices-contact-lead = Thông báo luôn có ở đây. Nếu quý vị cho địa chỉ e-mail, chúng tôi cũng gửi đến đó.
notices-email = Địa chỉ e-mail
notices-email-hint = Ví dụ: hanul@example.kr
notices-language = Ngôn ngữ của thông báo
notices-contact-save = Lưu
notices-contact-saved = Đã lưu. Từ thông báo sau sẽ gửi như vậy.

# e-mail (dòng trong ngoặc: bỏ đi khi đã có người kiểm tra)
notices-mail =
    { $body }

    Xem thêm: { $link }

    (Bản dịch máy – chưa được người kiểm tra.)
    Địa chỉ này chỉ dùng để gửi; thư trả lời không có người đọc. Muốn ngừng nhận, xin sửa “Cách nhận thông báo” ở địa chỉ trên.
