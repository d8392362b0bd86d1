people-household-empty = A household needs at least one member.
people-birth-in-future = The date of birth is later than today. Please check it.
people-birth-too-old = A birth of more than a year ago is registered at the community centre, with papers.
people-birth-multiple = The number of children born together is between 1 and 9.
people-birth-name-missing = Please give the child's name.
people-birth-name-long = The name is too long. Please keep it within 50 characters.
people-birth-registered-already = This birth is registered already.
