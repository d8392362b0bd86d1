-- What the rules owed each household when they were last asked, and when they are to be asked again though
-- nothing happens: a birthday, a deadline, a new year's amounts.
CREATE TABLE benefits_household (
    household_id TEXT PRIMARY KEY,
    -- Everything known until then was looked at; an older look never replaces a newer one.
    known_at BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    again_on TEXT NOT NULL,
    book_digest TEXT NOT NULL,
    dong TEXT NOT NULL
);
CREATE INDEX benefits_household_again ON benefits_household (again_on);
CREATE INDEX benefits_household_book ON benefits_household (book_digest);

-- `about_id` is a member, or empty for the household. `born` is the member's, or the head's: take-up is
-- told by age.
CREATE TABLE benefits_owed (
    household_id TEXT NOT NULL,
    benefit TEXT NOT NULL,
    about_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    amount BIGINT,
    born TEXT NOT NULL,
    PRIMARY KEY (household_id, benefit, about_id)
);
CREATE INDEX benefits_owed_benefit ON benefits_owed (benefit, outcome);

-- The day from which something is owed that is announced before.
ALTER TABLE benefits_offer ADD COLUMN opens_on TEXT;
CREATE INDEX benefits_offer_whom ON benefits_offer (benefit, household_id, about_id);
