-- What a year of it is worth, and the last day to ask for it: whom to reach first.
ALTER TABLE benefits_owed ADD COLUMN yearly BIGINT;
ALTER TABLE benefits_owed ADD COLUMN last_day TEXT;
-- Households looked at before have neither yet: another digest has them looked at again.
UPDATE benefits_household SET book_digest = '';

-- When the person was first shown it.
ALTER TABLE benefits_offer ADD COLUMN read_at BIGINT;

-- What officials did about an offer, with their own words: proposed it, told of it again, or applied with
-- the person's consent.
CREATE TABLE benefits_proposal (
    offer_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    account_id TEXT,
    official TEXT NOT NULL,
    agency TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX benefits_proposal_offer ON benefits_proposal (offer_id, at);
