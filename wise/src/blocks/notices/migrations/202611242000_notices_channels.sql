-- What decides about the next channel. `look_at`: when to decide again; NULL when nothing is left to decide,
-- as for every notice made before there was a choice.
ALTER TABLE notices_notice ADD COLUMN urgency TEXT NOT NULL DEFAULT 'routine';
ALTER TABLE notices_notice ADD COLUMN answer_by TEXT;
ALTER TABLE notices_notice ADD COLUMN look_at BIGINT;
CREATE INDEX notices_notice_look ON notices_notice (look_at);

ALTER TABLE notices_contact ADD COLUMN phone TEXT;

-- The office that prints a letter.
ALTER TABLE notices_delivery ADD COLUMN agency TEXT;

-- Wanted channels in order, separated by commas: one that is missing is refused. Minutes of the Korean day.
CREATE TABLE notices_preference (
    person_id TEXT PRIMARY KEY,
    channels TEXT NOT NULL,
    quiet_from BIGINT NOT NULL,
    quiet_until BIGINT NOT NULL,
    details BIGINT NOT NULL
);

-- Browsers that asked to be woken (Push API); the id is the digest of the endpoint.
CREATE TABLE notices_device (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    p256dh BYTEA NOT NULL,
    auth BYTEA NOT NULL,
    since BIGINT NOT NULL
);
CREATE INDEX notices_device_person ON notices_device (person_id);

-- The server's own key pairs, made at the first start. Whoever reads this can speak to browsers in our name.
CREATE TABLE notices_key (
    name TEXT PRIMARY KEY,
    secret BYTEA NOT NULL,
    made_at BIGINT NOT NULL
);

-- Whom no channel reached: officials call or visit.
CREATE TABLE notices_unreached (
    notice_id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    agency TEXT,
    urgency TEXT NOT NULL,
    since BIGINT NOT NULL,
    state TEXT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT
);
CREATE INDEX notices_unreached_waiting ON notices_unreached (state, agency);
