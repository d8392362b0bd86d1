notices-email-wrong = 전자우편 주소가 아닙니다. 예: hanul@example.kr
notices-error-title = 고쳐야 할 곳이 있습니다
notices-optional = 비워 두면 보내지 않습니다

# 받은 소식
notices-inbox-title = 받은 소식
notices-inbox-lead = { $unread ->
    [0] 모두 읽으셨습니다.
   *[other] 읽지 않은 소식이 { $unread }건 있습니다.
}
notices-none = 아직 소식이 없습니다
notices-none-text = 알려 드릴 것이 생기면 여기에 바로 나타납니다.
notices-unread = 읽지 않음
notices-shown = { $count }건을 보고 있습니다
notices-pages = 쪽 넘기기
notices-pages-first = 처음
notices-pages-next = 다음
notices-open-link = 보러 가기
notices-sent = 다른 길로도 보냈습니다
notices-by-email = 전자우편 { $address }
notices-by-sms = 문자 { $address }
notices-by-push = 브라우저 알림
notices-by-letter = 편지 { $address }
notices-delivery-queued = 곧 보냅니다.
notices-delivery-sending = 보내고 있습니다.
notices-delivery-sent = 보냈습니다.
notices-delivery-failed = 보내지 못했습니다. 주소를 확인해 주세요.
notices-delivery-uncertain = 도착했는지 확인하고 있습니다.
notices-delivery-dropped = 여기에서 읽으셔서 보내지 않았습니다.
notices-human = 사람과 이야기하기
notices-human-text = 이 소식이 무엇인지 함께 보면서 도와드립니다.

notices-column-made = 언제
notices-column-title = 제목
notices-column-body = 내용
notices-column-read = 읽은 때

# 연락처
notices-contact-title = 소식을 받을 길
notices-contact-open = 다른 길로도 받기
notices-contact-lead = 소식은 늘 이 누리집에 있습니다. 원하시는 길로도 보내 드리고, 읽지 않으시면 다음 길로 다시 알려 드립니다.
notices-email = 전자우편 주소
notices-email-hint = 예: hanul@example.kr
notices-phone = 휴대전화 번호
notices-phone-hint = 예: 010-1234-5678
notices-phone-wrong = 휴대전화 번호가 아닙니다. 예: 010-1234-5678
notices-address = 주소
notices-order = 어떤 길로 먼저 알려 드릴까요
notices-order-hint = 위에서부터 하나씩 씁니다. 고르지 않은 길로는 보내지 않습니다.
notices-order-twice = 같은 길을 두 번 고르셨습니다. 한 번만 골라 주세요.
notices-rank = { $number }번째
notices-channel-none = 쓰지 않음
notices-channel-push = 브라우저 알림
notices-channel-email = 전자우편
notices-channel-sms = 문자
notices-channel-letter = 편지
notices-quiet-from = 조용한 시간의 시작
notices-quiet-until = 조용한 시간의 끝
notices-quiet-hint = 이 시간에는 급한 것만 알려 드립니다. 시작과 끝이 같으면 조용한 시간이 없습니다.
notices-quiet-wrong = 시각이 아닙니다. 예: 21:00
notices-details = 알림과 문자에 무슨 소식인지 적기
notices-details-hint = 고르지 않으면 ‘새 소식이 있습니다’라고만 보입니다. 잠긴 화면에서 다른 사람이 볼 수 있습니다.
notices-devices = 브라우저 알림
notices-devices-lead = 이 누리집을 닫아 두셔도 새 소식이 오면 브라우저가 알려 드립니다.
notices-device = { $when }에 추가한 브라우저
notices-device-add = 이 브라우저로 받기
notices-device-added = 이 브라우저로 알려 드립니다.
notices-device-remove = 그만 받기
notices-device-removed = 그 브라우저로는 알리지 않습니다.
notices-device-refused = 브라우저가 알림을 막고 있습니다. 브라우저 설정에서 이 누리집의 알림을 허락해 주세요.
notices-push-wrong = 이 브라우저의 알림은 여기에서 보낼 수 없습니다
notices-try = 시험 삼아 보내기
notices-try-lead = 지금 바로 한 통을 보내 봅니다.
notices-try-done = 보냈습니다. 곧 도착하지 않으면 주소를 확인해 주세요.
notices-try-nowhere = 먼저 주소를 저장해 주세요
notices-try-title = 시험으로 보내 본 소식
notices-try-body = 이 소식이 보이면 이 길로 알려 드릴 수 있습니다. 하실 일은 없습니다.
notices-language = 소식을 읽을 말
notices-contact-save = 저장
notices-contact-saved = 저장했습니다. 다음 소식부터 그렇게 보내 드립니다.

# 짧은 알림
notices-news = 새 소식이 있습니다
notices-sms = { $brief } { $link }

# 편지
notices-letter-to = { $name } 귀하
notices-letter-link = 자세히 보기: { $link }
notices-letter-help = 인터넷을 쓰기 어려우시면 주민센터로 전화하시거나 들러 주세요. 함께 보면서 도와드립니다.
notices-letters-title = 부칠 편지
notices-letters-open = 부칠 편지 보기
notices-letters-lead = { $count ->
    [0] 부칠 편지가 없습니다.
   *[other] 인쇄해서 부칠 편지가 { $count }통 있습니다.
}
notices-letters-none = 부칠 것이 없습니다
notices-letters-none-text = 다른 길로 닿지 않는 분께 보낼 편지가 여기에 모입니다.
notices-letters-how = 한 번에 내려받아 인쇄하고, 창봉투에 넣어 부친 다음 표시해 주세요. 내려받으면 받는 분들께 그 사실이 남습니다.
notices-letters-print = 모두 한 PDF로 내려받기
notices-letters-mark = 고른 것을 부쳤다고 표시하기
notices-letters-posted = 부친 것으로 적었습니다.
notices-head-posted = 부침
notices-head-name = 이름
notices-head-office = 담당
notices-head-since = 언제부터
notices-head-urgency = 급한 정도

# 닿지 못한 분
notices-unreached-title = 닿지 못한 분
notices-unreached-lead = { $count ->
    [0] 모두 닿았습니다.
   *[other] 어느 길로도 소식이 닿지 않은 분이 { $count }분 계십니다.
}
notices-unreached-none = 모두 닿았습니다
notices-unreached-none-text = 모든 길로 알려도 읽지 않은 분이 여기에 나타납니다.
notices-unreached-how = 이름을 누르면 연락처가 보입니다. 누가 왜 보았는지 그분께 남습니다.
notices-unreached-called = 전화한 것으로 적었습니다.
notices-unreached-visited = 찾아간 것으로 적었습니다.
notices-urgency-routine = 보통
notices-urgency-soon = 곧
notices-urgency-urgent = 급함
notices-made = 알린 때
notices-tried = 해 본 길
notices-reach-lead = 직접 알려 드린 다음 어떻게 하셨는지 눌러 주세요.
notices-reach-called = 전화했습니다
notices-reach-visited = 찾아갔습니다

# 전자우편
notices-mail =
    { $body }

    자세히 보기: { $link }

    이 전자우편은 보내기만 합니다. 답장은 읽히지 않습니다. 받지 않으려면 위 주소에서 ‘소식을 받을 길’을 바꾸어 주세요.

# 알 수 없는 전송
notices-deliveries-title = 도착했는지 모르는 것
notices-deliveries-lead = { $count ->
    [0] 확인할 것이 없습니다.
   *[other] 보내는 도중에 끊긴 것이 { $count }건 있습니다. 두 번 보내지 않으려고 기다리고 있습니다.
}
notices-deliveries-none = 모두 분명합니다
notices-deliveries-none-text = 보내는 도중에 끊긴 것이 있으면 여기에 나타납니다.
notices-deliveries-how = 메일 서버나 문자 중계사의 기록에서 번호(Message-ID의 앞부분)를 찾아보세요. 있으면 ‘도착함’, 없으면 ‘다시 보내기’를 누르세요. 다시 보내도 번호는 같습니다.
notices-head-number = 번호
notices-head-address = 받는 곳
notices-head-when = 끊긴 때
notices-head-problem = 무엇이 잘못되었나
notices-attempts = { $count }번 시도함
notices-settle-arrived = 도착함
notices-settle-repeat = 다시 보내기
notices-settled-arrived = 도착한 것으로 적었습니다.
notices-settled-repeat = 같은 번호로 다시 보냅니다.
