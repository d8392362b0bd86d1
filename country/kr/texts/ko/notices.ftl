notices-email-wrong = 전자우편 주소가 아닙니다. 예: hanul@example.kr
