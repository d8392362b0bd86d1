-- What was sealed: the entry that stands in the ledger, and the salt that opens it. The record itself stays with whoever keeps it
-- (a receipt, a look, a fact on the spine): altering it there is seen here. Destroying the salt makes the entry say nothing any
-- more, and leaves every proof as it was.
CREATE TABLE seals_seal (
    id TEXT PRIMARY KEY,
    -- Who keeps the record: receipt, look, fact.
    kind TEXT NOT NULL,
    -- The person whom it is about, or the pseudonym of a fact; empty once that was erased.
    owner_id TEXT NOT NULL,
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

-- The last checkpoint of each other log that was cosigned here.
CREATE TABLE seals_witnessed (
    origin TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL
);

-- The one ledger in which this database's records are sealed, as it was last seen: another, or a shorter one, is not written to.
CREATE TABLE seals_ledger (
    only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
    origin TEXT NOT NULL,
    log_key TEXT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL
);
