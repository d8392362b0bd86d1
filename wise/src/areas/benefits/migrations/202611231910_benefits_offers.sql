-- What was offered to whom, from which rules and as of when.
CREATE TABLE benefits_offer (
    id TEXT PRIMARY KEY,
    once_key TEXT NOT NULL UNIQUE,
    benefit TEXT NOT NULL,
    household_id TEXT NOT NULL,
    about_id TEXT,
    recipient_id TEXT NOT NULL,
    occasion TEXT NOT NULL,
    occasion_id TEXT NOT NULL,
    state TEXT NOT NULL,
    finding TEXT NOT NULL,
    amount BIGINT,
    previous_amount BIGINT,
    monthly BIGINT NOT NULL,
    to_tell BIGINT NOT NULL,
    deadline TEXT,
    rules_digest TEXT NOT NULL,
    as_of TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    postponed_until TEXT,
    case_id TEXT
);
CREATE INDEX benefits_offer_household ON benefits_offer (household_id, state);
CREATE INDEX benefits_offer_recipient ON benefits_offer (recipient_id, state);
CREATE INDEX benefits_offer_case ON benefits_offer (case_id);

-- A receipt is canonical JSON (RFC 8785) and a commitment: SHA-256 over salt and text. Destroying the
-- salt makes the commitment say nothing any more.
CREATE TABLE benefits_receipt (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    household_id TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    canonical TEXT NOT NULL,
    salt BYTEA,
    commitment TEXT NOT NULL
);
CREATE INDEX benefits_receipt_person ON benefits_receipt (person_id, made_at);
