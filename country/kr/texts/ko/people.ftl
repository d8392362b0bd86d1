people-household-empty = 세대에 구성원이 한 명은 있어야 합니다.
people-birth-in-future = 태어난 날이 오늘보다 뒤입니다. 날짜를 다시 보아 주세요.
people-birth-too-old = 태어난 지 1년이 넘은 출생은 주민센터에서 서류로 신고해 주세요.
people-birth-multiple = 함께 태어난 아이 수는 1에서 9 사이입니다.
people-birth-name-missing = 아이의 이름을 적어 주세요.
people-birth-name-long = 이름이 너무 깁니다. 50자 안으로 적어 주세요.
people-birth-registered-already = 이미 등록된 출생입니다.
