benefits-services-title = Worth checking
benefits-services-lead = Services listed on Gov24 that do not contradict what is known of you now. The agency in charge decides whether all conditions are met, so we show what is still unknown.
benefits-services-search = Words to look for
benefits-services-search-hint = Looked for in name, purpose, field, agency and target, in Korean. For example 임산부 교통비
benefits-services-optional = (optional)
benefits-services-search-send = Search
benefits-services-found = Services worth checking: { $count }
benefits-services-shown = { $count } on this page
benefits-services-none = There is no service to check
benefits-services-none-lead = Try other words, or ask at one of the numbers below.
benefits-services-pages = Pages of the list
benefits-services-first = First page
benefits-services-next = Next
benefits-services-own = Your municipality
benefits-services-region = Your region
benefits-services-national = Nationwide
benefits-services-unknown =
    { $count ->
        [0] The conditions we know seem to fit
        [one] One thing is still unknown
       *[other] { $count } things are still unknown
    }
benefits-services-rest = Only conditions written as codes were looked at. Please read what is written as text, and check with the agency in charge.
benefits-services-age = Age: { $from } to { $to }
benefits-services-age-from = Age: { $from } and older
benefits-services-age-to = Age: up to { $to }
benefits-services-users = For
benefits-services-part = { $what }: { $codes }
benefits-services-whom = Each condition fits somebody at home, but perhaps no one person fits them all
benefits-services-uncoded = Its conditions are not written as codes; please read the text
benefits-services-contradicted = This contradicts what is known now.
benefits-services-nobody-knows = We cannot know this; please check it yourself.
benefits-services-would-settle = Still unknown: { $facts }
benefits-services-tag = Worth checking
benefits-services-tag-contradicted = Does not seem to fit
benefits-services-why = Why do we show this?
benefits-services-target = For whom
benefits-services-criteria = How people are chosen
benefits-services-content = What it gives
benefits-services-how = How to apply
benefits-services-documents = Papers needed
benefits-services-agency = In charge
benefits-services-until = Until when
benefits-services-phone = Telephone
benefits-services-reception = Where to apply
benefits-services-support = Kind of support
benefits-services-number = Number
benefits-services-source = Gov24 { $version }, imported on { $day }
benefits-services-apply = To the online application
benefits-services-page = See it on Gov24
benefits-services-more = { $count } other services on Gov24
benefits-services-more-lead = They may fit you. Have a look.
