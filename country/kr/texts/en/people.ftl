people-household-empty = A household needs at least one member.
people-birth-in-future = The date of birth is later than today. Please check it.
people-birth-too-old = A birth of more than a year ago is registered at the community centre, with papers.
people-birth-multiple = The number of children born together is between 1 and 9.
people-birth-name-missing = Please give the child's name.
people-birth-name-long = The name is too long. Please keep it within 50 characters.
people-birth-registered-already = This birth is registered already.

# values
people-value-yes = yes
people-value-no = no
people-value-unknown = not known
people-value-hidden = not visible without consent
people-value-per-month = { $amount } a month
people-value-per-year = { $amount } a year
people-value-years = { $number } years
people-value-months = { $number } months
people-value-weeks = { $number } weeks
people-value-days = { $number } days
people-value-people = { $number ->
    [one] one person
   *[other] { $number } people
}
people-value-percent = { $number } %
people-source-resident = the person
people-agency-phone = { $agency } ({ $phone })
people-via = { $agency } · checked on { $day }
people-newborn = baby not named yet
people-name-age = { $name }, aged { $age }
people-age-years = aged { $age }
people-since-day = since { $day }
people-basis-told = told in person

# tables and forms
people-what = What
people-content = Content
people-from = From where
people-basis = Basis
people-as-of = As of
people-name = Name
people-birth-date = Date of birth
people-born = Born
people-sex = Sex
people-role = Relation to the head
people-age = Age
people-since = Since
people-address = Address
people-mother = Mother
people-partner = Partner
people-partner-none = No partner is registered in this household
people-parents = Parents
people-optional = may be left empty
people-later = Later
people-error-title = Some things need mending
people-date-wrong = Please write the date as year-month-day, for example 2026-11-20.
people-sex-missing = Please choose the sex.
people-name-missing = Please write the name.

# what government knows about me
people-me-title = What government knows about me
people-me-lead = With where it comes from, on what basis it is used here, and how old it is.
    .easy = Everything that government knows about you.
people-me-section = Me
people-household-section = Our household
people-me-hidden = What is known about { $names } is for them alone, so it is not shown here.
people-mark-stale = old: being checked again
people-mark-told = told by you
people-mark-consent = used once you agree
people-mark-ask = asked of you, not fetched
people-consents = My consents
people-consents-lead = The law alone does not allow these to be fetched. They are used once you agree, and you may withdraw at any time.
people-consent-since = You agreed on { $day }. It comes from: { $agency }.
people-consent-ask = Held by: { $agency }. Basis: { $law }
people-consent-give = Agree
people-consent-withdraw = Withdraw
people-consent-given = Thank you. What you may receive is being worked out again.
people-consent-withdrawn = Withdrawn. It is not used any more. What was decided before stays as it is.
people-correct = Please correct
people-corrected = Corrected. What you can get is worked out anew.
people-wrong-title = Is something wrong?
people-wrong-text = Press “Please correct” beside what is wrong. What has no such link, like name, date of birth and address, the agency named in the table corrects by telephone.

# who looked
people-looks-title = Who looked at my data
people-looks-lead = Whenever an official looks at your data, who, from which office and why is written down. It cannot be deleted.
people-looks-short = Whenever an official looks, who and why is written down.
people-looks-open = See the whole record
people-looks-none = Nobody has looked yet
people-looks-none-text = If somebody does, it appears here at once.
people-looker = { $name }, { $agency }
people-column-at = When
people-column-looker = Who
people-column-agency = Office
people-looks-doubt = Does a reason look wrong?
people-looks-doubt-text = You may ask why somebody looked. If it was wrong, it is put right and somebody answers for it.

# telling a birth
people-tell-title = Our baby is born
people-tell-lead = Tell us and what you may receive is prepared at once. This does not replace the registration of the birth.
people-tell-mother = The baby will be noted as born by { $name }.
people-tell-nobody = It is not clear whose baby this is
    .detail = Nobody in your household is registered who could be noted as the mother.
    .remedy = Call or visit the community centre: they will help at once.
people-tell-born = When was the baby born?
people-tell-born-hint = Today is { $today }.
people-tell-count = How many children were born together?
people-tell-count-hint = From two on, the sex of each child is asked.
people-tell-count-of = { $count ->
    [one] one
   *[other] { $count }
}
people-tell-sex = Sex of the baby
people-tell-sex-of = Sex of baby { $number }
people-tell-send = Tell
people-tell-next-title = Please register the birth within a month
people-tell-next-text = At the community centre or in the electronic family register. Until then it is marked as not confirmed; once it is registered everything goes on by itself.

# registering births
people-births-title = Births to register
people-births-lead = { $count ->
    [one] One birth waits for its registration.
   *[other] { $count } births wait for their registration.
}
people-births-waiting = Births that wait for registration
people-births-none = No birth is waiting
people-births-none-text = When a hospital or a resident reports one, it appears here at once.
people-births-source = Reported by
people-births-left = Days left
people-births-more = Only the 100 that came first are shown. Register some and the next appear.
people-births-unnoticed = Births that nobody reported
people-births-unnoticed-text = Where a child was born outside a hospital or no notice came yet, find the mother and register at once.
people-births-unnoticed-open = Register without a notice
people-births-then = Once registered
people-births-then-text = What the parents may receive is worked out and told to them at once, usually within a second.
people-days-left = { $days ->
    [one] 1 day
   *[other] { $days } days
}
people-days-over = { $days ->
    [one] 1 day late
   *[other] { $days } days late
}
people-birth-told = told by a resident
people-birth-registered = registered
people-birth-of = The baby of { $name }
people-birth-lead = Born on { $day }.
people-birth-about = What was reported
people-birth-order = Order of birth
people-register = Register
people-register-by = Register by
people-child-name = Name of the child
people-child-name-hint = Family name and given name as one word, for example 이안
people-register-confirmed = I checked the informant's identity card and the birth certificate
people-register-confirmed-hint = Act on the Registration of Family Relations, Article 44
people-register-unconfirmed = Please check the identity card and the birth certificate, and say so here.
people-register-send = Register
people-registered-done = Registered. The parents are being told what they may receive.
people-registered-already = Registered already
people-registered-already-text = There is nothing more to do. Corrections are made in the family register.
people-logged-birth = It is on record that you looked at this family
people-logged-text = Purpose: registration of a birth. The family sees it under “Who looked at my data”.
people-new-title = Register a birth without a notice
people-new-lead = Find the mother first, then enter the child.
people-new-mother = Find the mother
people-new-found = Found
people-new-choose = This is her
people-new-other = Look for somebody else
people-new-none-text = Please check the name and the date of birth. Somebody who lives in another district is registered at its community centre.
people-new-child-of = The baby of { $name }
people-new-count-hint = From two on, enter name and sex of each child; all are registered in one go.
people-new-name-of = Name of child { $number }
people-births-together = { $count } children born together are registered in one go. If one entry is wrong, none is registered.
people-child-name-of = Name of child { $number } ({ $sex })

# finding residents
people-find-title = Find a resident
people-find-lead = Choose the purpose first. What you find is on record, and the resident can see it.
people-find-send = Find
people-find-count = { $count ->
    [one] One resident found
   *[other] { $count } residents found
}
people-find-open = Open the household
people-find-none = Nobody was found
people-find-none-text = Write the whole name as it stands in the resident register. Residents of other districts cannot be found here.
people-find-logged = A record was made for each person shown.
people-purpose = Purpose
people-purpose-choose = Choose
people-purpose-visit = advice to a visiting resident
people-purpose-case = work on an application
people-purpose-outreach = outreach
people-purpose-birth = registration of a birth
people-purpose-correction = correction of a record
people-purpose-letter = posting you a letter
people-purpose-unreached = reaching you, whom notices did not reach
people-purpose-other = something else
people-purpose-detail = Which other purpose
people-purpose-detail-hint = For “something else”. The resident reads it as you write it.
people-purpose-detail-missing = Please write which purpose.
people-purpose-missing = Please choose why you look.
people-purpose-long = The purpose is too long. Please keep it within 200 characters.
people-purpose-needed = Please say why you look
    .detail = Nobody's data is shown without a purpose.
    .remedy = Choose a purpose under “Find a resident” and open it again.
people-purpose-is = Purpose: { $purpose }

# a household
people-household-of = Household of { $name }
people-household-lead = { $count ->
    [one] one person
   *[other] { $count } people
} · { $address }
people-members = People
people-household-looks = Who looked at this household
people-logged-at = It is on record that you looked ({ $when })
people-logged-note = { $names } can see it under “Who looked at my data”.

# notices of hospitals
people-mother-unknown = The mother was not found
    .detail = There is no resident of that name and date of birth.
    .remedy = Check that the name is written as in the resident register. If she lives in another city, report it there.
people-mother-several = Several residents match
    .detail = Two or more residents have that name and date of birth.
    .remedy = Send it again with the code of her district in mother_dong.
people-look-proof = Proof file
people-looks-ledger = This list is sealed: nobody can change it or strike a line out
