-- A resident's consent that a datum of another agency may be used here (개인정보 보호법 제15조, 제17조).
CREATE TABLE exchange_consent (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    fact TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX exchange_consent_person ON exchange_consent (person_id);
