# AI 보좌관: 법이 아닌 수단
aide-measure-cost = 비용을 원 단위로 적어 주세요.
aide-measure-preparation = 준비 기간을 0~240달로 적어 주세요.
aide-measure-range = 낮게·보통·높게를 작은 것부터 적어 주세요.
aide-measure-source = 효과의 출처를 적어 주세요. 출처가 없으면 계산하지 않습니다.
aide-measure-source-is = 효과의 출처: { $source }
aide-measure-source-register = 주민등록의 사는 곳을 격자로 합한 수
aide-measure-because = 준비에 { $months }달이 걸립니다.
aide-measure-averted = 한 해 막는 피해
aide-measure-reached = 새로 받게 되는 사람
aide-measure-within-reach = 새로 가까워지는 사람
aide-measure-out-of-reach = 멀어지는 사람
aide-measure-waiting = 평균 기다리는 시간 (분)

aide-visits-stops = 찾아갈 곳을 1~{ $most }곳 적어 주세요.
aide-visits-stop = { $name }: 위험은 0 이상, 걸리는 시간은 1분 이상, 가장 적은 횟수는 가장 많은 횟수 이하여야 합니다.
aide-visits-too-little = 반드시 갈 곳만으로 { $needed }분이 듭니다. 시간을 늘리거나 가장 적은 횟수를 줄여 주세요.
aide-visits-minutes = 쓸 수 있는 시간을 분으로 적어 주세요.
aide-visits-plan = { $stops }곳에 { $visits }번 가면 한 해 { $mid }({ $low }~{ $high })의 피해를 막습니다.
aide-visits-best = 이 시간으로 더 나은 나눔은 없습니다.
aide-visits-nearly = 더 나은 나눔이 있어도 { $most }을(를) 넘지 못합니다.
aide-visits-left-out = 한 번도 가지 않는 곳이 { $count }곳입니다.
aide-visits-assumes-shape = 갈수록 한 번 더 가는 효과가 줄어든다고 봅니다.
aide-visits-assumes-no-moving = 위험이 다른 곳으로 옮겨 가지 않는다고 봅니다.
aide-visits-assumes-risk = 자주 살핀 곳의 위험이 높게 적혔을 수 있습니다. 그래서 가장 적은 횟수를 정해 둡니다.

aide-campaign-persons = 받지 않는 사람 수를 0 이상으로 적어 주세요.
aide-campaign-won = 한 사람이 한 해 받을 금액을 0~10억 원으로 적어 주세요.
aide-campaign-gains = 받을 수 있지만 받지 않는 { $of }명 가운데 { $mid }명({ $low }~{ $high })이 새로 받습니다.
aide-campaign-pays = 그분들이 한 해 받는 돈은 { $mid }원({ $low }~{ $high }원)입니다.
aide-campaign-budget = 지급 예산이 한 해 { $won }원 더 듭니다.
aide-campaign-more-questions = 창구 문의와 해당하지 않는 신청도 늘어납니다.
aide-campaign-assumes-gap = 받지 않는 사람 수는 지금 등록부에서 규칙으로 센 것입니다.
aide-campaign-assumes-amount = 새로 받는 사람도 평균만큼 받는다고 봅니다.

aide-facility-nobody = 격자에 사는 사람이 없습니다.
aide-facility-sites = 후보지를 1~{ $most }곳 적어 주세요.
aide-facility-reach = 가까운 거리를 1~100,000미터로 적어 주세요.
aide-facility-none-open = 열린 곳이 없습니다.
aide-facility-add = 새로 둘 곳의 수를 1 이상으로 적어 주세요.
aide-facility-too-many = 비어 있는 후보지는 { $free }곳뿐입니다.
aide-facility-chosen = { $names }에 두면 { $reach }미터 안에 사는 사람이 { $gained }명 늘어 { $persons }명 가운데 { $covered }명이 됩니다.
aide-facility-worst = 그래도 가장 먼 곳은 { $district }입니다. 모두의 평균은 { $mean }미터입니다.
aide-facility-best = 모든 자리를 따져 본 가장 나은 자리입니다.
aide-facility-nearly = 모든 자리를 따져 보지는 못했습니다. 하나씩 바꾸어서는 더 나아지지 않습니다.
aide-facility-moves-demand = 지금 시설을 쓰던 사람 일부가 옮겨 갑니다.
aide-facility-assumes-straight = 거리는 곧은 거리입니다. 길과 언덕, 버스는 보지 않습니다.
aide-facility-assumes-grid = 사는 곳은 약 550미터 격자로 합했고, 다섯 명보다 적은 칸은 동의 나머지와 합했습니다. 그래도 적은 { $left_out }명은 뺐습니다.
aide-facility-assumes-capacity = 자리가 차서 못 쓰는 일은 보지 않습니다.

aide-closure-not-open = 지금 열려 있는 곳을 골라 주세요.
aide-closure-last = 마지막 한 곳이라 닫으면 남는 곳이 없습니다.
aide-closure-takes = { $name }을(를) 닫으면 { $reach }미터 밖으로 밀려나는 사람이 { $lost }명이고, 평균 거리는 { $before }미터에서 { $after }미터가 됩니다.
aide-closure-farther = { $district }은(는) 평균 { $metres }미터 멀어집니다.
aide-closure-crowding = 남은 곳이 더 붐빕니다.

aide-staffing-minutes = 한 건에 걸리는 시간을 0보다 크게 적어 주세요.
aide-staffing-hands = 창구 수를 1~{ $most }로 적어 주세요.
aide-staffing-waits = 창구를 { $now_hands }곳에서 { $then_hands }곳으로 바꾸면 평균 { $now }분 기다리던 것이 { $mid }분({ $low }~{ $high })이 됩니다.
aide-staffing-endless = 오는 사람이 처리할 수 있는 것보다 많으면 줄이 끝없이 길어집니다(∞).
aide-staffing-busy = 창구는 시간의 { $percent }%를 일합니다. 85%를 넘으면 하루만 몰려도 크게 밀립니다.
aide-staffing-assumes-queue = 대기열 식 M/M/c(Erlang 1917, Kleinrock 1975): 사람은 따로따로 오고, 한 건의 시간은 들쭉날쭉하며, 한 줄로 섭니다.
aide-staffing-assumes-day = 하루 종일 고르게 온다고 봅니다. 점심과 월요일의 몰림은 보지 않습니다.
