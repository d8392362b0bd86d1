### machine-drafted

wise-link-api = Dành cho phần mềm
wise-link-ledger = Hồ sơ không thể sửa
wise-link-settings = Cách hiển thị
wise-link-looks = Ai đã xem dữ liệu của tôi
wise-link-contact = Liên lạc và ngôn ngữ
wise-inbox-unread = Hộp thư, { $unread } tin chưa đọc
wise-nav-today = Hôm nay
wise-nav-offers = Được nhận
wise-nav-cases = Đơn đã nộp
wise-nav-me = Dữ liệu của tôi
wise-about-resident = Cư dân
wise-demo-label = Thành phố mẫu
wise-demo-note = Thành phố và con người ở đây đều là hư cấu. Xin cứ bấm thoải mái.
wise-demo-play = Cho qua một ngày
wise-demo-switch = Đổi sang người khác
