### machine-drafted

benefits-services-title = Nên xem thử
benefits-services-lead = Đây là những dịch vụ trên Gov24 (정부24) không trái với những gì hiện đã biết về quý vị. Cơ quan phụ trách mới quyết định quý vị có đủ điều kiện hay không, nên chúng tôi cho thấy cả những điều còn chưa biết.
benefits-services-search = Từ cần tìm
benefits-services-search-hint = Tìm bằng tiếng Hàn trong tên, mục đích, lĩnh vực, cơ quan và đối tượng. Ví dụ: 임산부 교통비
benefits-services-optional = (có thể để trống)
benefits-services-search-send = Tìm
benefits-services-found = Có { $count } dịch vụ nên xem thử
benefits-services-shown = { $count } trên trang này
benefits-services-none = Không có dịch vụ nào nên xem thử
benefits-services-none-lead = Xin tìm bằng từ khác, hoặc hỏi theo một trong các số bên dưới.
benefits-services-pages = Các trang của danh sách
benefits-services-first = Trang đầu
benefits-services-next = Tiếp
benefits-services-own = Nơi quý vị sống
benefits-services-region = Tỉnh, thành của quý vị
benefits-services-national = Toàn quốc
benefits-services-unknown =
    { $count ->
        [0] Những điều kiện đã biết đều có vẻ phù hợp
       *[other] Còn { $count } điều chưa biết
    }
benefits-services-rest = Chúng tôi chỉ xem các điều kiện được ghi bằng mã. Điều kiện viết bằng chữ thì xin quý vị tự đọc và hỏi lại cơ quan phụ trách.
benefits-services-age = Tuổi: từ { $from } đến { $to }
benefits-services-age-from = Tuổi: từ { $from } trở lên
benefits-services-age-to = Tuổi: đến { $to }
benefits-services-users = Dành cho
benefits-services-part = { $what }: { $codes }
benefits-services-whom = Điều kiện nào cũng có người trong nhà phù hợp, nhưng chưa chắc một người phù hợp tất cả
benefits-services-uncoded = Điều kiện không được ghi bằng mã; xin đọc phần chữ
benefits-services-contradicted = Điều này trái với những gì hiện đã biết.
benefits-services-nobody-knows = Chúng tôi không thể biết điều này; xin quý vị tự xem lại.
benefits-services-would-settle = Còn chưa biết: { $facts }
benefits-services-tag = Nên xem thử
benefits-services-tag-contradicted = Có vẻ không phù hợp
benefits-services-why = Vì sao chúng tôi giới thiệu?
benefits-services-target = Dành cho ai
benefits-services-criteria = Cách chọn
benefits-services-content = Được gì
benefits-services-how = Cách nộp đơn
benefits-services-documents = Giấy tờ cần có
benefits-services-agency = Nơi phụ trách
benefits-services-until = Đến khi nào
benefits-services-phone = Điện thoại
benefits-services-reception = Nơi nhận đơn
benefits-services-support = Hình thức hỗ trợ
benefits-services-number = Số
benefits-services-source = Gov24 { $version }, lấy về { $day }
benefits-services-apply = Đến trang nộp đơn trực tuyến
benefits-services-page = Xem trên Gov24
benefits-services-more = { $count } dịch vụ khác trên Gov24
benefits-services-more-lead = Có thể hợp với quý vị. Xin xem thử.
