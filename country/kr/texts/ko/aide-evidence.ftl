# AI 보좌관: 지난 정책의 효과
aide-kind-evidence = 지난 정책의 효과
aide-kind-evidence-about = 정책을 한 곳과 하지 않은 곳의 표를 붙여 넣으면 세 가지 방법으로 견줍니다. 시행 전을 설명하지 못하는 방법은 답하지 않습니다.
aide-evidence-measure = 어떤 정책인가요?
aide-evidence-measure-hint = 예: 2021년 방문 상담
aide-evidence-outcome = 무엇을 잰 숫자인가요?
aide-evidence-outcome-hint = 단위까지 적어 주세요. 예: 체납률 (%)
aide-evidence-source = 숫자의 출처
aide-evidence-source-hint = 통계 이름과 기준일을 적어 주세요. 결과에 그대로 나옵니다.
aide-evidence-better = 어느 쪽이 좋은가요?
aide-evidence-lower = 낮을수록 좋습니다
aide-evidence-lower-hint = 빈곤율, 대기 시간, 사고 수
aide-evidence-higher = 높을수록 좋습니다
aide-evidence-higher-hint = 신청률, 고용률, 만족도
aide-evidence-csv = 표 (CSV)
aide-evidence-csv-hint = 첫 줄에는 열 이름, 그다음부터 한 줄에 지역 하나의 한 시점을 적습니다. 쉼표, 쌍반점(;), 탭 가운데 하나로 나눕니다. 모든 지역에 모든 시점이 있어야 합니다. 개인의 자료는 넣지 마세요.
aide-evidence-columns = 열 이름
aide-evidence-column-unit = 지역 열
aide-evidence-column-time = 시점 열
aide-evidence-column-outcome = 숫자 열
aide-evidence-column-treated = 시행 열
aide-evidence-column-treated-hint = 정책을 시행한 시점부터 1, 그 밖에는 0
aide-say-this = 이 칸을 채워 주세요.
aide-shorten = { $most }자 안으로 줄여 주세요.

aide-panel-empty = 표가 비어 있습니다. 열 이름이 있는 첫 줄부터 붙여 넣어 주세요.
aide-panel-too-long = 표가 너무 깁니다({ $most }KB까지). 필요한 열과 시점만 남겨 주세요.
aide-panel-too-large = 지역 { $units }곳 × 시점 { $times }개는 너무 많습니다. 곱해서 { $most }칸까지 계산합니다. 비슷한 지역만 남기거나 시점을 묶어 주세요.
aide-panel-unreadable = { $line }번째 줄을 읽을 수 없습니다. 따옴표가 짝이 맞는지 보아 주세요.
aide-panel-no-column = “{ $name }”이라는 열이 없습니다. 첫 줄에는 { $found } 열이 있습니다. 열 이름을 고쳐 주세요.
aide-panel-column-twice = “{ $name }” 열을 두 번 골랐습니다. 지역, 시점, 숫자, 시행 열은 서로 달라야 합니다.
aide-panel-no-rows = 열 이름 아래에 줄이 없습니다. 지역과 시점마다 한 줄씩 적어 주세요.
aide-panel-width = { $line }번째 줄에는 칸이 { $found }개인데 첫 줄에는 { $wanted }개입니다. 빠지거나 남는 구분 기호를 고쳐 주세요.
aide-panel-no-unit = { $line }번째 줄에 지역이 없습니다. 지역 이름을 적어 주세요.
aide-panel-no-time = { $line }번째 줄에 시점이 없습니다. 연도나 달을 적어 주세요.
aide-panel-no-outcome = { $line }번째 줄에 숫자가 없습니다. 모르는 값이 있는 지역은 통째로 빼 주세요.
aide-panel-no-number = { $line }번째 줄의 “{ $found }”을(를) 숫자로 읽을 수 없습니다. 단위를 빼고 12.5처럼 적어 주세요.
aide-panel-no-yes = { $line }번째 줄의 “{ $found }”을(를) 시행 여부로 읽을 수 없습니다. 1이나 0으로 적어 주세요.
aide-panel-times = { $line }번째 줄: 시점을 “{ $one }”과(와) “{ $other }”처럼 다르게 적었습니다. 2024, 2024-03처럼 한 가지로 적어 주세요.
aide-panel-twice = { $line }번째 줄: { $unit }의 { $time }이(가) { $first }번째 줄에 이미 있습니다. 한 줄만 남겨 주세요.
aide-panel-missing = { $unit }의 { $time } 줄이 없습니다(빠진 줄 모두 { $count }개). 줄을 채우거나 그 지역을 빼 주세요.
aide-panel-always = { $unit }은(는) 처음부터 시행 중이라 견줄 앞 시점이 없습니다. 시행하기 전부터 표를 시작하거나 그 지역을 빼 주세요.
aide-panel-ended = { $line }번째 줄: { $unit }은(는) 시행하다가 { $time }에 멈추었습니다. 멈추기 전까지만 넣어 주세요.
aide-panel-staggered = { $unit }은(는) { $time }에, { $other }은(는) { $other_time }에 시작했습니다. 시작한 때가 같은 지역끼리 표를 나누어 물어보세요.
aide-panel-nobody = 시행 열이 1인 줄이 없습니다. 정책을 시행한 지역과 시점에 1을 적어 주세요.
aide-panel-everybody = 모든 지역이 시행했습니다. 시행하지 않은 지역이 있어야 견줄 수 있습니다.

aide-way-differences = 이중차분
aide-way-synthetic = 합성통제
aide-way-synthetic-differences = 합성이중차분
aide-way-about = 세 방법 모두 정책을 하지 않은 지역으로 “하지 않았다면”을 만듭니다. 이중차분은 모든 지역을 똑같이, 합성통제는 시행 전에 비슷했던 지역에 무게를 두고, 합성이중차분은 지역과 시점 모두에 무게를 둡니다.

aide-evidence-clear = 답할 수 있는 방법 { $told }가지가 모두 같은 말을 합니다. 정책 뒤 { $outcome }이(가) 정책이 없었을 때보다 평균 { $least }~{ $most }만큼 { $direction ->
    [down] 내려갔
   *[up] 올라갔
}고, 우연으로 보기 어렵습니다. { $good ->
    [yes] 바라던 방향입니다.
   *[no] 바라던 방향과 반대입니다.
}
aide-evidence-only-one = 한 가지 방법만 답할 수 있었습니다. 그 방법으로는 { $outcome }이(가) 평균 { $most }만큼 { $direction ->
    [down] 내려갔
   *[up] 올라갔
}고 우연으로 보기 어렵습니다({ $good ->
    [yes] 바라던 방향
   *[no] 바라던 방향과 반대
}). 실마리로만 쓰세요.
aide-evidence-uncertain = 효과가 있다고 말할 수 없습니다. 답한 { $told }가지 방법 가운데 { $clear }가지만 우연과 가릅니다. 효과가 없다는 뜻은 아닙니다.
aide-evidence-split = 방법마다 방향이 다릅니다. 이 표로는 효과를 말하지 마세요.
aide-evidence-refused = 어느 방법도 시행 전을 제대로 설명하지 못해 효과를 말하지 않습니다. 더 비슷한 지역이나 더 긴 앞 시점이 필요합니다.
aide-evidence-some-refused = { $count }가지 방법은 답을 거절했습니다. 까닭은 아래에 있습니다.
aide-evidence-few-placebos = 견줄 가짜 시험이 { $count }번뿐이라 우연일 확률을 { $least }%보다 낮게는 말할 수 없습니다.
aide-evidence-moved-before = 주의: 정책이 { $time }에 시작했다고 가정해도 { $effect }의 “효과”가 나옵니다. 정책보다 먼저 무언가 움직이고 있었습니다.
aide-evidence-still-before = 시작 시점을 앞당겨 본 시험에서는 아무 효과도 나오지 않았습니다. 그래야 맞습니다.
aide-evidence-no-backdating = 앞 시점이 적어 시작을 앞당겨 보는 시험은 하지 못했습니다.
aide-evidence-one-control = 견줌의 { $percent }%가 { $unit } 한 곳에 달려 있습니다. 그곳에 다른 일이 없었는지 확인하세요.

aide-refused-controls = 정책을 하지 않은 지역이 { $found }곳뿐입니다. { $needed }곳이 있어야 합니다.
aide-refused-before = 시행 전 시점이 { $found }개뿐입니다. { $needed }개가 있어야 합니다.
aide-refused-fit = 시행 전에 이미 { $misses }만큼 빗나갑니다. 지역들이 평소 움직이는 폭의 { $ratio }배이고, { $allowed }배까지만 받아들입니다.
aide-refused-placebos = 가짜 시험을 { $found }번밖에 할 수 없습니다. { $needed }번이 필요하니 시행하지 않은 지역을 더 넣어 주세요.
aide-refused-weights = 무게가 정해지지 않습니다. 서로 똑같거나 동떨어진 지역을 빼 주세요.

aide-evidence-assumes-source = 숫자는 물어본 사람이 넣은 것입니다. 출처: { $source }
aide-evidence-assumes-nothing-else = { $time }부터 시행 지역에만 생긴 다른 일이 없다고 봅니다. 있었다면 그 몫까지 정책 효과로 보입니다.
aide-evidence-assumes-no-spill = 정책이 이웃 지역으로 넘치지 않았다고 봅니다.
aide-evidence-assumes-not-awaited = 사람들이 정책을 미리 알고 시행 전에 행동을 바꾸지 않았다고 봅니다.
aide-evidence-assumes-alike = 구간과 확률은 시행하지 않은 { $count }곳을 시행했다고 거짓으로 가정해 얻었습니다. 시행 지역도 그만큼 흔들린다고 봅니다.
aide-evidence-assumes-refusal = 시행 전 빗나감이 평소 움직임보다 크거나, 시행하지 않은 지역이나 앞 시점이 다섯보다 적으면 답하지 않습니다.
aide-evidence-assumes-methods = 방법: 이중차분; 합성통제(Abadie·Diamond·Hainmueller 2010); 합성이중차분(Arkhangelsky 외 2021). 가짜 시험은 200번까지 하고, 그보다 많으면 정해진 씨앗으로 뽑습니다.

aide-verdict-clear = 효과가 보입니다
aide-verdict-only-one = 실마리가 있습니다
aide-verdict-uncertain = 말할 수 없습니다
aide-verdict-split = 방법마다 다릅니다
aide-verdict-refused = 답하지 않습니다
aide-evidence-effect = 효과
aide-evidence-interval = 95% 구간
aide-evidence-p = 우연일 확률
aide-evidence-p-ratio = 시행 전후 빗나감으로 본 확률
aide-evidence-placebos = 가짜 시험
aide-evidence-misses = 시행 전 빗나감
aide-evidence-ratio = 평소 움직임의 몇 배
aide-evidence-backdated = 앞당긴 시험
aide-evidence-way = 방법
aide-evidence-why-not = 거절한 까닭
aide-evidence-told = 답함
aide-evidence-courses = 있었던 일과 정책이 없었을 때
aide-evidence-courses-about = 굵은 선은 시행 지역의 실제 평균, 끊긴 선들은 각 방법이 말하는 “정책이 없었다면”입니다. 세로선부터 정책이 있습니다.
aide-evidence-was = 실제
aide-evidence-begins = 시행
aide-evidence-spans = 방법마다의 효과와 95% 구간
aide-evidence-spans-about = 점은 효과, 가로선은 95% 구간입니다. 구간이 0인 세로선에 걸치면 우연과 가를 수 없습니다.
aide-evidence-weights = 견줌에 쓴 지역과 무게
aide-evidence-unit = 지역
aide-evidence-weight = 무게
aide-evidence-time = 시점
aide-evidence-time-weights = 견줌에 쓴 앞 시점과 무게
aide-evidence-question = 물은 것
aide-evidence-treated = 시행 지역
aide-evidence-controls = 시행하지 않은 지역
aide-evidence-count = { $count }곳
aide-evidence-began = 시작
aide-evidence-before = 시행 전 시점
aide-evidence-times = { $count }개
aide-evidence-all-of = 모두 { $count }번
aide-evidence-some-of = 뽑아서 { $count }번
aide-evidence-pick = 표 파일 고르기
aide-evidence-name-unit = 지역
aide-evidence-name-time = 시점
aide-evidence-name-outcome = 값
aide-evidence-name-treated = 시행
aide-evidence-low = 95% 구간의 아래
aide-evidence-high = 95% 구간의 위
