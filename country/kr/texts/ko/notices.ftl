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
notices-delivery-queued = 곧 보냅니다.
notices-delivery-sending = 보내고 있습니다.
notices-delivery-sent = 받는 쪽 서버가 받았습니다.
notices-delivery-failed = 보내지 못했습니다. 주소를 확인해 주세요.
notices-delivery-uncertain = 도착했는지 확인하고 있습니다.
notices-human = 사람과 이야기하기
notices-human-text = 이 소식이 무엇인지 함께 보면서 도와드립니다.

notices-column-made = 언제
notices-column-title = 제목
notices-column-body = 내용
notices-column-read = 읽은 때

# 연락처
notices-contact-title = 소식을 받을 길
notices-contact-open = 전자우편으로도 받기
notices-contact-lead = 소식은 늘 이 누리집에 있습니다. 전자우편을 적으시면 그리로도 보내 드립니다.
notices-email = 전자우편 주소
notices-email-hint = 예: hanul@example.kr
notices-language = 소식을 읽을 말
notices-language-ko = 한국어
notices-language-en = English
notices-contact-save = 저장
notices-contact-saved = 저장했습니다. 다음 소식부터 그렇게 보내 드립니다.

# 전자우편
notices-mail =
    { $body }

    자세히 보기: { $link }

    이 전자우편은 보내기만 합니다. 답장은 읽히지 않습니다. 받지 않으려면 위 주소에서 ‘소식을 받을 길’을 바꾸어 주세요.

# 알 수 없는 전송
notices-deliveries-title = 도착했는지 모르는 전자우편
notices-deliveries-lead = { $count ->
    [0] 확인할 것이 없습니다.
   *[other] 보내는 도중에 끊긴 것이 { $count }건 있습니다. 두 번 보내지 않으려고 기다리고 있습니다.
}
notices-deliveries-none = 모두 분명합니다
notices-deliveries-none-text = 보내는 도중에 끊긴 전자우편이 있으면 여기에 나타납니다.
notices-deliveries-how = 메일 서버의 기록에서 번호(Message-ID의 앞부분)를 찾아보세요. 있으면 ‘도착함’, 없으면 ‘다시 보내기’를 누르세요. 다시 보내도 번호는 같습니다.
notices-head-number = 번호
notices-head-address = 받는 곳
notices-head-when = 끊긴 때
notices-head-problem = 무엇이 잘못되었나
notices-attempts = { $count }번 시도함
notices-settle-arrived = 도착함
notices-settle-repeat = 다시 보내기
notices-settled-arrived = 도착한 것으로 적었습니다.
notices-settled-repeat = 같은 번호로 다시 보냅니다.
