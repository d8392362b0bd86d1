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

# các cách gửi
notices-by-sms = Tin nhắn đến { $address }
notices-by-push = Thông báo của trình duyệt
notices-by-letter = Thư đến { $address }
notices-delivery-dropped = Không gửi, vì quý vị đã đọc ở đây.
notices-column-made = Khi nào
notices-column-title = Tiêu đề
notices-column-body = Nội dung
notices-column-read = Đọc lúc
notices-phone = Số điện thoại di động
notices-phone-hint = Ví dụ: 010-1234-5678
notices-phone-wrong = Đây không phải số điện thoại di động. Ví dụ: 010-1234-5678
notices-order = Báo bằng cách nào trước?
notices-order-hint = Dùng lần lượt từ trên xuống. Cách nào quý vị không chọn thì không bao giờ dùng.
notices-order-twice = Quý vị chọn một cách hai lần. Xin chỉ chọn một lần.
notices-rank = Lựa chọn { $number }
notices-channel-none = Không dùng
notices-channel-push = Thông báo của trình duyệt
notices-channel-email = E-mail
notices-channel-sms = Tin nhắn
notices-channel-letter = Thư
notices-quiet-from = Giờ yên tĩnh: từ
notices-quiet-until = Giờ yên tĩnh: đến
notices-quiet-hint = Trong giờ này chúng tôi chỉ báo việc gấp. Hai giờ giống nhau nghĩa là không có giờ yên tĩnh.
notices-quiet-wrong = Đây không phải giờ. Ví dụ: 21:00
notices-details = Ghi rõ nội dung trong thông báo và tin nhắn
notices-details-hint = Nếu không chọn, chỉ hiện “Quý vị có tin mới”. Người khác có thể nhìn thấy màn hình đang khóa.
notices-devices = Thông báo của trình duyệt
notices-devices-lead = Dù quý vị đã đóng trang này, trình duyệt vẫn báo khi có tin mới.
notices-device = Trình duyệt thêm { $when }
notices-device-add = Nhận trên trình duyệt này
notices-device-added = Trình duyệt này sẽ báo cho quý vị.
notices-device-remove = Ngừng nhận
notices-device-removed = Trình duyệt đó không báo nữa.
notices-device-refused = Trình duyệt đang chặn thông báo. Xin cho phép trang này gửi thông báo trong phần cài đặt của trình duyệt.
notices-push-wrong = Không gửi được thông báo của trình duyệt này từ đây
notices-try = Gửi thử
notices-try-lead = Gửi thử ngay một tin.
notices-try-done = Đã gửi. Nếu lát nữa chưa đến, xin kiểm tra lại địa chỉ.
notices-try-nowhere = Xin lưu một địa chỉ trước
notices-try-title = Tin gửi thử
notices-try-body = Nếu quý vị thấy tin này thì chúng tôi báo được cho quý vị bằng cách này. Quý vị không phải làm gì.
notices-news = Quý vị có tin mới
notices-sms = { $brief } { $link }
notices-letter-to = Kính gửi { $name }
notices-letter-link = Xem thêm: { $link }
notices-letter-help = (Bản dịch máy – chưa được người kiểm tra.) Nếu quý vị khó dùng internet, xin gọi hoặc đến trung tâm cộng đồng. Họ cùng xem với quý vị và giúp đỡ.
