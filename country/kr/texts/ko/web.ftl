# 모든 화면의 틀, 로그인, 설정, 잘못되었을 때의 말.

web-identity = { $place } 공식 누리집
web-footnote = 모든 처리는 근거와 함께 기록되고, 당사자가 볼 수 있습니다.
web-skip = 본문으로 바로가기
web-nav = 주요 메뉴
web-settings = 보기 설정
web-sign-in = 로그인
web-sign-out = 로그아웃
web-play = 소리로 듣기
web-stop = 멈추기
web-updated = 새 소식이 도착해 화면을 고쳤습니다.
web-offline = 연결이 끊겼습니다. 다시 잇고 있습니다.
web-busy = 보내는 중입니다…
web-saved = 적은 내용을 이 화면에 저장했습니다.
web-holds = 맞음
web-fails = 맞지 않음
web-drafted = 기계가 옮긴 글입니다. 사람이 확인하지 않았습니다.
web-unknown = 확인 필요
web-to-start = 처음으로

# 설정
web-settings-lead = 누르면 바로 바뀌고 기억합니다. 로그인하면 어느 기기에서나 같습니다.
web-language-name = 한국어
web-lang = 언어 Language
web-text = 글자 크기
web-text-normal = 보통
web-text-large = 크게
web-text-largest = 가장 크게
web-plain = 말
web-plain-usual = 보통 말
web-plain-easy = 쉬운 말
web-theme = 화면
web-theme-auto = 기기 따름
web-theme-light = 밝게
web-theme-dark = 어둡게
web-contrast = 선명하게
web-contrast-normal = 보통
web-contrast-high = 고대비

# 로그인
web-login-lead = 나에 관한 일은 로그인한 뒤에만 보여 드립니다.
web-login-name = 아이디
web-login-password = 비밀번호
web-login-elsewhere = 다른 기관 계정으로 로그인
web-login-failed = 로그인하지 못했습니다
web-login-wrong = 아이디나 비밀번호가 맞지 않습니다. 다시 적어 주세요.
web-login-expired = 시간이 지나 로그인이 끝났습니다. 다시 로그인하면 보던 화면으로 갑니다.

# 연결 없음
web-offline-title = 지금은 연결되어 있지 않습니다
web-offline-lead = 인터넷에 이어지면 다시 열어 주세요. 보내지 않은 내용은 그 화면에 그대로 있습니다.

# API
web-api-title = API
web-api-lead = 이 누리집의 일을 프로그램이 하는 길입니다. OpenAPI 3.1로 적었고, 잘못된 것은 RFC 9457로 알립니다.
web-api-empty = 아직 열린 길이 없습니다.
web-api-parameters = 매개변수
web-api-name = 이름
web-api-place = 어디
web-api-type = 꼴
web-api-meaning = 뜻
web-api-required = 꼭 필요
web-api-body = 보낼 것
web-api-answers = 답
web-api-shapes = 자료의 꼴
web-api-other = 그 밖

# 잘못되었을 때: 무슨 일인지, 무엇을 하면 되는지
web-problem-number = 오류 번호 { $status }
web-send-again = 그대로 다시 보내기
web-kept = 다시 로그인했습니다
    .detail = 적으신 내용이 그대로 있습니다.
    .remedy = 아래 단추를 누르면 보내집니다.
web-expired = 시간이 지나 이 화면은 닫혔습니다
    .detail = 오래 쓰지 않으면 안전을 위해 닫습니다. 적으신 내용은 잃지 않았습니다.
    .remedy = 로그인이 끝났다면 다시 로그인하고, 그대로 다시 보내 주세요. 비밀번호는 남기지 않습니다.
web-bad-request = 주소나 내용을 알아볼 수 없습니다
    .detail = 주소가 잘렸거나 바뀌었을 수 있습니다.
    .remedy = 앞 화면으로 돌아가 다시 눌러 주세요.
web-no-token = 이 화면에서 보낸 것인지 확인할 수 없습니다
    .detail = 같은 일이 두 번 되지 않도록, 보낼 때마다 붙는 표가 없습니다. 아무것도 바뀌지 않았습니다.
    .remedy = 화면을 새로 열고 다시 보내 주세요. 프로그램이라면 Idempotency-Key 머리글을 붙여 주세요.
web-sign-in-first = 로그인이 필요합니다
    .detail = 누구인지 알아야 보여 드릴 수 있는 내용입니다.
    .remedy = 로그인한 뒤 다시 열어 주세요. 프로그램이라면 유효한 토큰을 보내 주세요.
web-forbidden = 볼 수 있는 권한이 없습니다
    .detail = 이 일은 맡은 사람만 할 수 있습니다. 아무것도 바뀌지 않았습니다.
    .remedy = 맡은 일이라면 기관의 관리자에게 권한을 요청해 주세요.
web-forged = 다른 곳에서 온 요청이라 막았습니다
    .detail = 이 누리집의 화면에서 보낸 것인지 확인할 수 없습니다. 아무것도 바뀌지 않았습니다.
    .remedy = 이 누리집의 화면을 새로 열고 다시 해 주세요.
web-not-found = 찾는 화면이 없습니다
    .detail = 주소가 바뀌었거나 지워졌거나, 볼 수 없는 내용입니다.
    .remedy = 처음 화면에서 찾아보세요. 하시던 신청은 사라지지 않습니다.
web-method = 이 주소로는 그렇게 할 수 없습니다
    .detail = 읽기만 되거나 보내기만 되는 주소입니다.
    .remedy = 앞 화면으로 돌아가 단추로 다시 해 주세요.
web-conflict = 그사이에 내용이 바뀌었습니다
    .detail = 다른 사람이 먼저 고쳤거나 이미 처리되었습니다. 보내신 것은 저장하지 않았습니다.
    .remedy = 화면을 새로 열어 바뀐 내용을 보고 다시 해 주세요.
web-too-large = 보내신 것이 너무 큽니다
    .detail = 한 번에 { $limit }KB까지 받습니다. 아무것도 저장하지 않았습니다.
    .remedy = 앞 화면으로 돌아가 내용을 줄이거나 나누어 보내 주세요. 적으신 것은 그 화면에 남아 있습니다.
web-media-type = 받을 수 없는 형식입니다
    .detail = 이 주소가 아는 형식이 아닙니다.
    .remedy = 화면의 양식으로 보내 주세요. 프로그램이라면 API 설명의 형식을 확인해 주세요.
web-unprocessable = 내용을 받을 수 없습니다
    .detail = 빠졌거나 맞지 않는 것이 있습니다. 저장하지 않았습니다.
    .remedy = 앞 화면에서 고쳐서 다시 보내 주세요.
web-too-many = 잠시 쉬었다가 해 주세요
    .detail = 짧은 동안에 너무 여러 번 보내셨습니다.
    .remedy = { $seconds }초 뒤에 다시 할 수 있습니다. 적으신 것은 앞 화면에 남아 있습니다.
web-internal = 저희 쪽에서 일이 잘못되었습니다
    .detail = 하시던 일은 저장되지 않았습니다. 무엇이 잘못되었는지 기록했습니다.
    .remedy = 잠시 뒤에 다시 해 주세요. 두 번 눌러도 한 번만 처리됩니다.
web-unavailable = 지금은 자료를 열 수 없습니다
    .detail = 저장소가 답하지 않습니다. 하시던 일은 저장되지 않았습니다.
    .remedy = 잠시 뒤에 다시 해 주세요. 급하시면 전화로 도와드립니다.
web-oidc-failed = 다른 기관 계정으로 로그인하지 못했습니다
    .detail = 확인하는 동안 맞지 않는 것이 있었거나 시간이 지났습니다. 아무것도 바뀌지 않았습니다.
    .remedy = 로그인 화면에서 처음부터 다시 해 주세요.
web-oidc-unreachable = 로그인해 줄 기관이 답하지 않습니다
    .detail = 잠시 이어지지 않는 듯합니다.
    .remedy = 조금 뒤에 다시 하거나, 아이디와 비밀번호로 로그인해 주세요.
web-oidc-unknown = 여기에는 아직 등록되지 않은 계정입니다
    .detail = 확인은 되었지만, 이 누리집에서 쓸 수 있도록 등록된 계정이 아닙니다.
    .remedy = 기관의 관리자에게 등록을 요청해 주세요.
