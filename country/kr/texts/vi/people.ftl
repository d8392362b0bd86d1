### machine-drafted

people-household-empty = Một hộ phải có ít nhất một người.
people-birth-in-future = Ngày sinh sau ngày hôm nay. Xin kiểm tra lại.
people-birth-too-old = Trẻ sinh đã hơn một năm thì đăng ký tại trung tâm cộng đồng, kèm giấy tờ.
people-birth-multiple = Số trẻ sinh cùng lúc là từ 1 đến 9.
people-birth-name-missing = Xin cho biết tên của trẻ.
people-birth-name-long = Tên quá dài. Xin viết trong khoảng 50 chữ cái.
people-birth-registered-already = Việc khai sinh này đã được đăng ký.

# giá trị
people-value-yes = có
people-value-no = không
people-value-unknown = chưa biết
people-value-hidden = chưa đồng ý nên không hiện
people-value-per-month = { $amount } mỗi tháng
people-value-per-year = { $amount } mỗi năm
people-value-years = { $number } năm
people-value-months = { $number } tháng
people-value-weeks = { $number } tuần
people-value-days = { $number } ngày
people-value-people = { $number } người
people-value-percent = { $number } %
people-source-resident = người đó cho biết
people-agency-phone = { $agency } ({ $phone })
people-via = { $agency } · xác nhận { $day }
people-newborn = em bé chưa đặt tên
people-name-age = { $name }, { $age } tuổi
people-age-years = { $age } tuổi
people-since-day = từ { $day }
people-basis-told = quý vị tự cho biết

# bảng và mẫu
people-what = Mục
people-content = Nội dung
people-from = Từ đâu
people-basis = Căn cứ
people-as-of = Tính đến
people-name = Tên
people-birth-date = Ngày sinh
people-born = Sinh
people-sex = Giới tính
people-role = Quan hệ với chủ hộ
people-age = Tuổi
people-since = Từ khi
people-address = Địa chỉ
people-mother = Mẹ
people-partner = Vợ hoặc chồng
people-partner-none = Trong hộ này chưa đăng ký vợ hoặc chồng
people-parents = Cha mẹ
people-optional = có thể để trống
people-later = Để sau
people-error-title = Có chỗ cần sửa
people-date-wrong = Xin viết ngày theo năm-tháng-ngày, ví dụ 2026-11-20.
people-sex-missing = Xin chọn giới tính.
people-name-missing = Xin viết tên.

# chính quyền biết gì về tôi
people-me-title = Chính quyền biết gì về tôi
people-me-lead = Kèm theo nguồn, căn cứ để dùng ở đây, và dữ liệu có từ khi nào.
    .easy = Tất cả những gì chính quyền biết về quý vị.
people-me-section = Tôi
people-household-section = Gia đình tôi
people-me-hidden = Những gì biết về { $names } chỉ dành cho người đó, nên không hiện ở đây.
people-mark-stale = đã cũ: đang kiểm tra lại
people-mark-told = quý vị tự cho biết
people-mark-consent = dùng sau khi quý vị đồng ý
people-mark-ask = hỏi quý vị, không tự lấy
people-consents = Sự đồng ý của tôi
people-consents-lead = Chỉ riêng luật thì chưa cho phép lấy những dữ liệu này. Khi quý vị đồng ý thì mới dùng, và quý vị có thể rút lại bất cứ lúc nào.
people-consent-since = Quý vị đã đồng ý { $day }. Nơi giữ: { $agency }.
people-consent-ask = Nơi giữ: { $agency }. Căn cứ: { $law }
people-consent-give = Đồng ý
people-consent-withdraw = Rút lại
people-consent-given = Cảm ơn quý vị. Những gì quý vị có thể nhận đang được tính lại.
people-consent-withdrawn = Đã rút lại. Từ nay không dùng nữa. Những gì đã quyết định trước đây vẫn giữ nguyên.
people-wrong-title = Có chỗ nào sai không?
people-wrong-text = Xin gọi cho cơ quan ghi trong bảng, họ sẽ sửa. Nếu không biết cơ quan nào, xin gọi một trong các số này.

# ai đã xem
people-looks-title = Ai đã xem dữ liệu của tôi
people-looks-lead = Mỗi khi cán bộ xem dữ liệu của quý vị, tên người xem, cơ quan và lý do đều được ghi lại. Không ai xóa được.
people-looks-short = Mỗi khi cán bộ xem, ai xem và vì sao đều được ghi lại.
people-looks-open = Xem toàn bộ ghi chép
people-looks-none = Chưa có ai xem
people-looks-none-text = Nếu có người xem, sẽ hiện ngay ở đây.
people-looker = { $name }, { $agency }
people-looks-doubt = Có lý do nào không đúng?
people-looks-doubt-text = Quý vị có thể hỏi vì sao người đó đã xem. Nếu sai, việc đó sẽ được sửa và có người chịu trách nhiệm.

# báo tin sinh con
people-tell-title = Em bé đã chào đời
people-tell-lead = Quý vị cho biết thì chúng tôi chuẩn bị ngay những gì quý vị có thể nhận. Việc này không thay cho đăng ký khai sinh.
people-tell-mother = Sẽ ghi em bé là con của { $name }.
people-tell-nobody = Chưa rõ em bé là con của ai
    .detail = Trong hộ của quý vị chưa đăng ký ai có thể ghi là mẹ.
    .remedy = Xin gọi hoặc đến trung tâm cộng đồng: họ sẽ giúp ngay.
people-tell-born = Em bé sinh khi nào?
people-tell-born-hint = Hôm nay là { $today }.
people-tell-count = Có mấy em bé sinh cùng lúc?
people-tell-count-hint = Từ hai bé trở lên, chúng tôi hỏi giới tính của từng bé.
people-tell-count-of = { $count } bé
people-tell-sex = Giới tính của em bé
people-tell-sex-of = Giới tính của bé thứ { $number }
people-tell-send = Báo tin
people-tell-next-title = Xin đăng ký khai sinh trong vòng một tháng
people-tell-next-text = Tại trung tâm cộng đồng hoặc qua hệ thống đăng ký gia đình điện tử. Trước đó, việc này được ghi là chưa xác nhận; đăng ký xong, mọi việc tự tiếp tục.

# mục đích khi xem
people-purpose-visit = tư vấn cho người dân đến quầy
people-purpose-case = xử lý đơn
people-purpose-outreach = chủ động tìm người cần giúp
people-purpose-birth = đăng ký khai sinh
people-purpose-correction = sửa hồ sơ
people-purpose-other = việc khác
people-purpose-choose = Chọn
people-purpose-detail = Mục đích nào khác
people-purpose-detail-hint = Dành cho “việc khác”. Cư dân sẽ đọc đúng như quý vị viết.
people-purpose-detail-missing = Xin viết mục đích.
people-purpose-missing = Xin chọn vì sao quý vị xem.
people-purpose-long = Mục đích quá dài. Xin viết trong khoảng 200 chữ cái.
people-purpose-needed = Xin cho biết vì sao quý vị xem
    .detail = Không có mục đích thì không dữ liệu của ai được hiện ra.
    .remedy = Xin chọn mục đích ở phần tìm cư dân rồi mở lại.
people-purpose-is = Mục đích: { $purpose }
people-purpose = Mục đích
people-purpose-letter = gửi thư cho quý vị qua bưu điện
people-purpose-unreached = liên lạc với quý vị vì thông báo chưa đến nơi

# sửa và tải về
people-correct = Xin sửa giúp
people-corrected = Đã sửa. Những gì quý vị có thể nhận đang được tính lại.
people-column-at = Khi nào
people-column-looker = Ai
people-column-agency = Cơ quan
people-look-proof = Tệp bằng chứng
people-looks-ledger = Danh sách này đã được niêm phong: không ai sửa hay xóa được
