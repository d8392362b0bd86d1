cases-note-missing = Please write one sentence for the applicant: why it was decided so, or what is still needed.
cases-note-long = The text is too long. Please keep it within 2,000 characters.
cases-stale = Somebody else worked on this application meanwhile. Please look at it again.
    .detail = The page you were reading is out of date. Nothing was changed.
    .remedy = Open the application again to see how it stands now.
cases-order = This application is at another step, so this cannot be done.
    .detail = It may have been decided or withdrawn already.
    .remedy = Open the application again to see how it stands now.
cases-state-received = received
cases-state-asked = more is needed
cases-state-answered = answered
cases-state-granted = granted
cases-state-refused = refused
cases-state-withdrawn = withdrawn
cases-error-title = Some things need mending

# my applications
cases-title = My applications
cases-title-lead = What became of everything you applied for.
cases-none = You have not applied for anything
cases-none-text = See what you may receive and apply for all of it at once.
cases-none-open = See what I may receive
cases-running = Under way
cases-closed = Closed
cases-next-answer = Waiting for your answer. It goes on as soon as you tell.
cases-next-decision = decided by { $day }
cases-withdrawn-done = The application is withdrawn. You may apply again later.
cases-answered-done = Your answer is sent. The office goes on from here.
cases-lead = Applied on { $day } · { $agency }
cases-until = by { $day }
cases-steps = How far it has come
cases-step = { $step } · { $actor }
cases-due = Day of the decision
cases-due-note = You will be told by this day at the latest.
cases-filled = What was sent
cases-filled-none = Nothing had to be filled in.
cases-whose = { $name } · { $what }
cases-answer-title = Please tell us
cases-answer-lead = The record below says what is still needed. As soon as you tell, the office goes on.
cases-answer-field = Your answer
cases-answer-hint = What you know is enough. Up to 2,000 characters.
cases-answer-missing = Please write an answer.
cases-answer-send = Send
cases-appeal-title = If you think the decision is wrong
cases-appeal-text = You may object at the office within 90 days after you received the decision (Social Security Benefits Act, Article 17). You may also simply call and ask.
cases-office = Office in charge
cases-withdraw-title = Changed your mind?
cases-withdraw-text = Until it is decided you may withdraw. You may apply again later.
cases-withdraw-send = Withdraw the application

# tables
cases-head-case = Application
cases-head-applicant = Applicant
cases-head-state = State
cases-head-result = Result
cases-head-next = Next
cases-head-opened = Applied on
cases-head-closed = Closed on
cases-head-number = Reference number
cases-head-left = Time left
cases-head-topic = For what
cases-head-open = Under way
cases-head-late = Late
cases-head-granted = Granted
cases-head-refused = Refused

# today's work
cases-queue-title = { $count ->
    [one] One application to work on
   *[other] { $count } applications to work on
}
cases-queue-lead = { $soon ->
    [one] One is due within two days.
   *[other] { $soon } are due within two days.
}
cases-queue-order = Most urgent first
cases-queue-none = Nothing waits
cases-queue-none-text = New applications appear here at once.
cases-queue-shown = { $count } shown
cases-pages = Pages
cases-pages-first = First
cases-pages-next = Next
cases-tile-soon = due within two days
cases-tile-late = late
cases-tile-births = births to register
cases-tile-open = under way
cases-tile-granted = granted
cases-tile-refused = refused
cases-left = { $days ->
    [one] 1 day
   *[other] { $days } days
}
cases-left-today = today
cases-over = { $days ->
    [one] 1 day late
   *[other] { $days } days late
}

# overview
cases-overview-title = Overview
cases-overview-lead = { $late ->
    [one] One application is late.
   *[other] { $late } applications are late.
}
cases-overview-agencies = Applications under way, by office
cases-overview-topics = What was applied for
cases-overview-none = No applications yet
cases-overview-none-text = When some come in, this shows how they pile up at each office.
cases-overview-csv = Download the table (CSV)
cases-overview-json = Download the table (JSON)
cases-count = { $count ->
    [one] one
   *[other] { $count }
}
cases-late = { $count ->
    [one] one is late
   *[other] { $count } are late
}

# corrections
cases-correction-of = Correction: { $what }
cases-correct-told = You told us this yourself, so it is changed at once.
cases-correct-held = { $agency } holds this. Its officials check and correct it within { $days } days (Personal Information Protection Act, article 36).
cases-correct-now = What stands there now
cases-correct-right = What is right?
cases-correct-send = Please correct it
cases-correct-wrong = Choose or enter what is right. Numbers as digits, dates like 2026-11-23.
cases-correct-same = That is what stands there now. Please enter what is right.
cases-correct-human = If you would rather speak
cases-correct-human-text = You can also tell us by telephone.
cases-correct-sent = Your request was sent. Here you see what becomes of it.
cases-correction-lead = { $name } asks for a correction. To be decided by { $day }.
cases-correction-back = Today’s work
cases-correction-claim = What is to be corrected
cases-correction-known = What stood there
cases-correction-claimed = What is said to be right
cases-correction-decide = Decide
cases-correction-question = What shall be done?
cases-correction-grant = Correct it
cases-correction-grant-hint = It is changed at once, and what they can get is worked out anew.
cases-correction-ask = Ask for more
cases-correction-ask-hint = Write below what is still needed.
cases-correction-refuse = Leave it as it is
cases-correction-refuse-hint = Write the reason below.
cases-correction-note = Words to the resident
cases-correction-note-hint = Use plain words. The resident reads them as they are.
cases-correction-send = Decide
cases-correction-missing = Choose one of the three.
cases-overview-offices = Deadlines by office
cases-head-office = Office
cases-head-soon = Within 3 days
cases-head-oldest = Oldest
