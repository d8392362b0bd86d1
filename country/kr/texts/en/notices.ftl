notices-email-wrong = This is not an e-mail address. Example: hanul@example.kr
