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
notices-delivery-queued = It will be sent soon.
notices-delivery-sending = It is being sent.
notices-delivery-sent = The receiving server took it.
notices-delivery-failed = It could not be sent. Please check the address.
notices-delivery-uncertain = It is being checked whether it arrived.
notices-human = Talk to somebody
notices-human-text = They look at this notice with you and help.

notices-column-made = When
notices-column-title = Title
notices-column-body = Text
notices-column-read = Read at

# contact
notices-contact-title = How notices reach you
notices-contact-open = Receive notices by e-mail too
notices-contact-lead = Notices are always here. If you give an e-mail address, they are sent there too.
notices-email = E-mail address
notices-email-hint = Example: hanul@example.kr
notices-language = Language of notices
notices-language-ko = 한국어
notices-language-en = English
notices-contact-save = Save
notices-contact-saved = Saved. From the next notice on it is sent so.

# e-mail
notices-mail =
    { $body }

    Read more: { $link }

    This address only sends. Answers are not read. To stop these e-mails, change “How notices reach you” at the address above.

# uncertain deliveries
notices-deliveries-title = E-mails that may or may not have arrived
notices-deliveries-lead = { $count ->
    [0] Nothing to check.
    [one] One was cut off while being sent. It waits, so that nobody gets it twice.
   *[other] { $count } were cut off while being sent. They wait, so that nobody gets them twice.
}
notices-deliveries-none = Everything is clear
notices-deliveries-none-text = E-mails that were cut off while being sent appear here.
notices-deliveries-how = Look for the number (the beginning of the Message-ID) in the mail server's log. If it is there press “Arrived”, if not press “Send again”. The number stays the same.
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
