notices-email-wrong = This is not an e-mail address. Example: hanul@example.kr
notices-error-title = Some things need mending
notices-optional = leave it empty and nothing is sent

# inbox
notices-inbox-title = Notices
notices-inbox-lead = { $unread ->
    [0] You have read everything.
    [one] One notice is not read yet.
   *[other] { $unread } notices are not read yet.
}
notices-none = No notices yet
notices-none-text = As soon as there is something to tell you, it appears here.
notices-unread = Not read
notices-shown = { $count } shown
notices-pages = Pages
notices-pages-first = First
notices-pages-next = Next
notices-open-link = Go there
notices-sent = Also sent another way
notices-by-email = E-mail to { $address }
notices-by-sms = Text message to { $address }
notices-by-push = Browser notification
notices-by-letter = Letter to { $address }
notices-delivery-queued = It will be sent soon.
notices-delivery-sending = It is being sent.
notices-delivery-sent = It was sent.
notices-delivery-failed = It could not be sent. Please check the address.
notices-delivery-uncertain = It is being checked whether it arrived.
notices-delivery-dropped = Not sent: you read it here.
notices-human = Talk to somebody
notices-human-text = They look at this notice with you and help.

notices-column-made = When
notices-column-title = Title
notices-column-body = Text
notices-column-read = Read at

# contact
notices-contact-title = How notices reach you
notices-contact-open = Receive notices another way too
notices-contact-lead = Notices are always here. They are also sent the way you like, and the next way when you do not read them.
notices-email = E-mail address
notices-email-hint = Example: hanul@example.kr
notices-phone = Mobile number
notices-phone-hint = Example: 010-1234-5678
notices-phone-wrong = This is not a mobile number. Example: 010-1234-5678
notices-address = Address
notices-order = Which way first?
notices-order-hint = They are used one after the other. Ways that you do not choose are never used.
notices-order-twice = You chose the same way twice. Please choose it once.
notices-rank = Choice { $number }
notices-channel-none = Do not use
notices-channel-push = Browser notification
notices-channel-email = E-mail
notices-channel-sms = Text message
notices-channel-letter = Letter
notices-quiet-from = Quiet from
notices-quiet-until = Quiet until
notices-quiet-hint = In these hours only what is urgent reaches you. The same time twice means never quiet.
notices-quiet-wrong = This is not a time. Example: 21:00
notices-details = Say what it is about in notifications and text messages
notices-details-hint = Otherwise they only say “You have a new notice”. Others may see a locked screen.
notices-devices = Browser notifications
notices-devices-lead = Your browser tells you of notices even when this site is closed.
notices-device = Browser added on { $when }
notices-device-add = Receive in this browser
notices-device-added = This browser will tell you.
notices-device-remove = Stop
notices-device-removed = That browser is not told any more.
notices-device-refused = Your browser blocks notifications. Please allow them for this site in its settings.
notices-push-wrong = This browser's notifications cannot be sent from here
notices-try = Send a trial
notices-try-lead = One message is sent right now.
notices-try-done = Sent. If it does not arrive soon, please check the address.
notices-try-nowhere = Please save an address first
notices-try-title = A trial
notices-try-body = If you see this, notices can reach you this way. There is nothing to do.
notices-language = Language of notices
notices-contact-save = Save
notices-contact-saved = Saved. From the next notice on it is sent so.

# short
notices-news = You have a new notice
notices-sms = { $brief } { $link }

# letters
notices-letter-to = { $name }
notices-letter-link = Read more: { $link }
notices-letter-help = If the internet is difficult for you, call or visit your community centre. They look at it with you and help.
notices-letters-title = Letters to post
notices-letters-open = Letters to post
notices-letters-lead = { $count ->
    [0] No letters to post.
    [one] One letter is to be printed and posted.
   *[other] { $count } letters are to be printed and posted.
}
notices-letters-none = Nothing to post
notices-letters-none-text = Letters to people whom nothing else reaches gather here.
notices-letters-how = Download and print all at once, post them in window envelopes, then mark them. The recipients are told of the download.
notices-letters-print = Download all as one PDF
notices-letters-mark = Mark the chosen ones as posted
notices-letters-posted = Noted as posted.
notices-head-posted = Posted
notices-head-name = Name
notices-head-office = Office
notices-head-since = Since
notices-head-urgency = Urgency

# not reached
notices-unreached-title = People not reached
notices-unreached-lead = { $count ->
    [0] Everybody was reached.
    [one] One person was not reached in any way.
   *[other] { $count } people were not reached in any way.
}
notices-unreached-none = Everybody was reached
notices-unreached-none-text = People who read nothing, whichever way it was sent, appear here.
notices-unreached-how = A name opens the contact details. That person is told who looked, and why.
notices-unreached-called = Noted as called.
notices-unreached-visited = Noted as visited.
notices-urgency-routine = Routine
notices-urgency-soon = Soon
notices-urgency-urgent = Urgent
notices-made = Told on
notices-tried = Ways that were tried
notices-reach-lead = Tell them yourself, then press what you did.
notices-reach-called = I called
notices-reach-visited = I visited

# e-mail
notices-mail =
    { $body }

    Read more: { $link }

    This address only sends. Answers are not read. To stop these e-mails, change “How notices reach you” at the address above.

# uncertain deliveries
notices-deliveries-title = Messages that may or may not have arrived
notices-deliveries-lead = { $count ->
    [0] Nothing to check.
    [one] One was cut off while being sent. It waits, so that nobody gets it twice.
   *[other] { $count } were cut off while being sent. They wait, so that nobody gets them twice.
}
notices-deliveries-none = Everything is clear
notices-deliveries-none-text = Messages that were cut off while being sent appear here.
notices-deliveries-how = Look for the number (the beginning of the Message-ID) in the log of the mail server or the text message gateway. If it is there press “Arrived”, if not press “Send again”. The number stays the same.
notices-head-number = Number
notices-head-address = To
notices-head-when = Cut off at
notices-head-problem = What went wrong
notices-attempts = { $count ->
    [one] tried once
   *[other] tried { $count } times
}
notices-settle-arrived = Arrived
notices-settle-repeat = Send again
notices-settled-arrived = Noted as arrived.
notices-settled-repeat = It is sent again under the same number.
