-- What was sealed: the entry that stands in the ledger, and what opens it. Record and salt can be erased; the entry stays, and
-- every proof with it. A record that is kept elsewhere (a fact on the spine) is not kept twice.
CREATE TABLE seals_seal (
    id TEXT PRIMARY KEY,
    -- The person whom it is about, or the pseudonym of a fact.
    owner_id TEXT NOT NULL,
    record TEXT,
    salt BYTEA,
    entry TEXT NOT NULL,
    -- Where it stands in the ledger; nothing until it does.
    log_index BIGINT,
    made_at BIGINT NOT NULL
);
CREATE INDEX seals_seal_owner ON seals_seal (owner_id);
CREATE INDEX seals_seal_waiting ON seals_seal (id) WHERE log_index IS NULL;

-- The key under which a person's own entries are tagged, and how many were. Erased with the person.
CREATE TABLE seals_key (
    person_id TEXT PRIMARY KEY,
    secret BYTEA NOT NULL,
    tags BIGINT NOT NULL
);
