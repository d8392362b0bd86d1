### machine-drafted

# Khung của mọi trang, đăng nhập, cài đặt, và lời báo khi có trục trặc.

web-identity = Trang chính thức của { $place }
web-footnote = Mọi việc đều làm theo căn cứ có ghi lại, và người có liên quan xem được.
web-skip = Đến thẳng nội dung
web-nav = Menu chính
web-settings = Cách hiển thị
web-sign-in = Đăng nhập
web-sign-out = Đăng xuất
web-play = Nghe đọc
web-stop = Dừng
web-updated = Có tin mới, trang này đã được cập nhật.
web-offline = Mất kết nối. Đang thử lại.
web-busy = Đang gửi…
web-saved = Những gì quý vị đã nhập được giữ trên trang này.
web-holds = đúng
web-fails = không đúng
web-unknown = cần xác minh
web-drafted = Bản dịch máy – chưa được người kiểm tra.
web-to-start = Về trang đầu

# Cách nói riêng của tiếng Việt
web-date = ngày { $day } tháng { $month } năm { $year }
web-day = ngày { $day } tháng { $month }
web-thousands = .
web-won = { $amount } won
web-phone-110 = Tổng đài chính phủ 110
web-phone-120 = Tòa thị chính 120
web-phone-107 = Ngôn ngữ ký hiệu, tin nhắn 107

# Cài đặt
web-settings-lead = Bấm để thay đổi; lựa chọn sẽ được ghi nhớ. Sau khi đăng nhập, mọi thiết bị đều như nhau.
web-language-name = Tiếng Việt
web-lang = Ngôn ngữ 언어
web-text = Cỡ chữ
web-text-normal = Vừa
web-text-large = Lớn
web-text-largest = Lớn nhất
web-plain = Cách diễn đạt
web-plain-usual = Thông thường
web-plain-easy = Dễ hiểu
web-theme = Màn hình
web-theme-auto = Theo thiết bị
web-theme-light = Sáng
web-theme-dark = Tối
web-contrast = Độ tương phản
web-contrast-normal = Thường
web-contrast-high = Cao

# Đăng nhập
web-login-lead = Những gì liên quan đến quý vị chỉ hiện ra sau khi đăng nhập.
web-login-name = Tên đăng nhập
web-login-password = Mật khẩu
web-login-elsewhere = Đăng nhập bằng tài khoản khác
web-login-failed = Chưa đăng nhập được
web-login-wrong = Tên đăng nhập hoặc mật khẩu không đúng. Xin nhập lại.
web-login-expired = Phiên làm việc đã kết thúc vì hết giờ. Xin đăng nhập lại để trở về trang của quý vị.

# Không có mạng
web-offline-title = Hiện quý vị không có kết nối mạng
web-offline-lead = Khi có mạng, xin mở lại trang này. Những gì chưa gửi vẫn còn trên trang.

# API
web-api-title = API
web-api-lead = Cách để phần mềm làm những việc mà trang này làm. Mô tả bằng OpenAPI 3.1; lỗi được báo theo RFC 9457.
web-api-empty = Chưa có gì mở cho phần mềm.
web-api-parameters = Tham số
web-api-name = Tên
web-api-place = Vị trí
web-api-type = Kiểu
web-api-meaning = Ý nghĩa
web-api-required = bắt buộc
web-api-body = Nội dung gửi
web-api-answers = Trả lời
web-api-shapes = Cấu trúc dữ liệu
web-api-other = Khác

# Khi có trục trặc: chuyện gì đã xảy ra, nên làm gì
web-problem-number = Mã lỗi { $status }
web-send-again = Gửi lại như cũ
web-kept = Quý vị đã đăng nhập lại
    .detail = Những gì quý vị đã nhập vẫn còn đây.
    .remedy = Xin bấm nút bên dưới để gửi.
web-expired = Trang này đã đóng vì hết giờ
    .detail = Trang để lâu không dùng sẽ đóng lại cho an toàn. Những gì quý vị đã nhập không bị mất.
    .remedy = Nếu phiên làm việc đã kết thúc, xin đăng nhập lại rồi gửi lại như cũ. Mật khẩu không bao giờ được giữ lại.
web-bad-request = Không hiểu được địa chỉ hoặc nội dung
    .detail = Có thể địa chỉ đã bị cắt hoặc bị thay đổi.
    .remedy = Xin trở về trang trước và bấm lại.
web-no-token = Không rõ yêu cầu này có được gửi từ trang của chúng tôi không
    .detail = Thiếu dấu hiệu giúp một việc không bị làm hai lần. Chưa có gì thay đổi.
    .remedy = Xin mở lại trang và gửi lại. Phần mềm thì gửi kèm Idempotency-Key.
web-sign-in-first = Xin đăng nhập trước
    .detail = Nội dung này chỉ hiện ra khi chúng tôi biết quý vị là ai.
    .remedy = Xin đăng nhập rồi mở lại. Phần mềm thì gửi một token hợp lệ.
web-forbidden = Quý vị không có quyền xem nội dung này
    .detail = Chỉ người phụ trách mới làm được việc này. Chưa có gì thay đổi.
    .remedy = Nếu đây là công việc của quý vị, xin đề nghị người quản trị của cơ quan cấp quyền.
web-forged = Đã từ chối một yêu cầu gửi từ nơi khác
    .detail = Không chắc yêu cầu này được gửi từ trang của chúng tôi. Chưa có gì thay đổi.
    .remedy = Xin mở lại trang này và thử lại.
web-not-found = Không có trang này
    .detail = Địa chỉ đã đổi hoặc đã bị xóa, hoặc nội dung này không dành cho quý vị.
    .remedy = Xin tìm từ trang đầu. Đơn của quý vị không bị mất.
web-method = Không dùng được địa chỉ này theo cách đó
    .detail = Địa chỉ này chỉ để đọc, hoặc chỉ để gửi.
    .remedy = Xin trở về trang trước và dùng nút trên trang.
web-conflict = Nội dung đã thay đổi trong lúc đó
    .detail = Có người làm trước, hoặc việc đã được giải quyết. Những gì quý vị gửi chưa được lưu.
    .remedy = Xin mở lại trang, xem đã thay đổi gì, rồi thử lại.
web-too-large = Nội dung gửi quá lớn
    .detail = Mỗi lần nhận tối đa { $limit } KB. Chưa có gì được lưu.
    .remedy = Xin trở về trang trước, rút ngắn hoặc chia thành nhiều lần gửi. Những gì quý vị đã nhập vẫn còn đó.
web-media-type = Không nhận được định dạng này
    .detail = Địa chỉ này không biết định dạng đó.
    .remedy = Xin gửi bằng mẫu trên trang. Với phần mềm, xin xem định dạng trong phần mô tả API.
web-unprocessable = Không nhận được nội dung này
    .detail = Có chỗ còn thiếu hoặc chưa khớp. Chưa có gì được lưu.
    .remedy = Xin sửa lại ở trang trước rồi gửi lại.
web-too-many = Xin đợi một lát
    .detail = Quý vị đã gửi quá nhiều lần trong thời gian ngắn.
    .remedy = Sau { $seconds } giây quý vị có thể thử lại. Những gì đã nhập vẫn còn ở trang trước.
web-internal = Phía chúng tôi có trục trặc
    .detail = Việc quý vị đang làm chưa được lưu. Trục trặc đã được ghi lại.
    .remedy = Xin thử lại sau giây lát. Bấm hai lần cũng chỉ tính một lần.
web-unavailable = Hiện chưa mở được hồ sơ
    .detail = Kho lưu trữ không trả lời. Việc quý vị đang làm chưa được lưu.
    .remedy = Xin thử lại sau giây lát. Nếu gấp, chúng tôi giúp quý vị qua điện thoại.
web-oidc-failed = Chưa đăng nhập được bằng tài khoản kia
    .detail = Có chỗ không khớp khi kiểm tra, hoặc đã quá giờ. Chưa có gì thay đổi.
    .remedy = Xin bắt đầu lại từ trang đăng nhập.
web-oidc-unreachable = Nơi xác nhận đăng nhập không trả lời
    .detail = Có lẽ hiện giờ chưa kết nối được.
    .remedy = Xin thử lại sau ít phút, hoặc đăng nhập bằng tên và mật khẩu.
web-oidc-unknown = Tài khoản này chưa được đăng ký ở đây
    .detail = Chúng tôi nhận ra quý vị, nhưng tài khoản chưa được đăng ký cho trang này.
    .remedy = Xin đề nghị người quản trị của cơ quan đăng ký.

# Tải về
web-csv = Tải bảng về (CSV)
web-json = Tải về cho phần mềm (JSON)
