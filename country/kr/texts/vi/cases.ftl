### machine-drafted

cases-note-missing = Xin viết một câu cho người nộp đơn: vì sao quyết định như vậy, hoặc còn cần gì.
cases-note-long = Nội dung quá dài. Xin viết trong khoảng 2,000 chữ cái.
cases-stale = Trong lúc đó có người khác đã xử lý đơn này. Xin xem lại.
    .detail = Trang quý vị đang đọc đã cũ. Chưa có gì thay đổi.
    .remedy = Xin mở lại đơn để xem tình trạng hiện nay.
cases-order = Đơn này đang ở bước khác nên không làm được việc này.
    .detail = Có thể đơn đã được quyết định hoặc đã rút.
    .remedy = Xin mở lại đơn để xem tình trạng hiện nay.
cases-state-received = đã nhận
cases-state-asked = cần bổ sung
cases-state-answered = đã trả lời
cases-state-granted = được chấp thuận
cases-state-refused = không được chấp thuận
cases-state-withdrawn = đã rút
cases-error-title = Có chỗ cần sửa

# đơn của tôi
cases-title = Đơn của tôi
cases-title-lead = Tình hình của tất cả các đơn quý vị đã nộp.
cases-none = Quý vị chưa nộp đơn nào
cases-none-text = Xin xem quý vị có thể nhận gì và nộp đơn tất cả một lần.
cases-none-open = Xem tôi có thể nhận gì
cases-running = Đang xử lý
cases-closed = Đã xong
cases-next-answer = Đang chờ câu trả lời của quý vị. Trả lời xong là đơn được xử lý tiếp.
cases-next-decision = quyết định chậm nhất { $day }
cases-withdrawn-done = Đã rút đơn. Sau này quý vị có thể nộp lại.
cases-answered-done = Đã gửi câu trả lời. Cơ quan sẽ xử lý tiếp.
cases-lead = Nộp { $day } · { $agency }
cases-until = chậm nhất { $day }
cases-steps = Đơn đã đi đến đâu
cases-step = { $step } · { $actor }
cases-due = Ngày quyết định
cases-due-note = Chậm nhất đến ngày này quý vị sẽ được báo.
cases-filled = Nội dung đã gửi
cases-filled-none = Không có gì phải điền.
cases-whose = { $name } · { $what }
cases-answer-title = Xin cho biết
cases-answer-lead = Phần ghi chép bên dưới cho biết còn cần gì. Quý vị trả lời xong, cơ quan sẽ xử lý tiếp.
cases-answer-field = Câu trả lời của quý vị
cases-answer-hint = Biết đến đâu viết đến đó. Tối đa 2,000 chữ cái.
cases-answer-missing = Xin viết câu trả lời.
cases-answer-send = Gửi
cases-appeal-title = Nếu quý vị thấy quyết định không đúng
cases-appeal-text = Trong vòng 90 ngày kể từ khi nhận quyết định, quý vị có thể khiếu nại với cơ quan (Luật Trợ cấp an sinh xã hội, điều 17). Quý vị cũng có thể gọi điện hỏi.
cases-office = Cơ quan phụ trách
cases-withdraw-title = Quý vị đổi ý?
cases-withdraw-text = Trước khi có quyết định, quý vị có thể rút đơn. Sau này có thể nộp lại.
cases-withdraw-send = Rút đơn

# bảng
cases-head-case = Đơn
cases-head-state = Tình trạng
cases-head-result = Kết quả
cases-head-next = Tiếp theo
cases-head-opened = Ngày nộp
cases-head-closed = Ngày xong
