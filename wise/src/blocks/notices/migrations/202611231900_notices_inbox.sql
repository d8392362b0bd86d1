-- What a person is told: a message key with arguments, rendered in the reader's language.
CREATE TABLE notices_notice (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    once_key TEXT NOT NULL UNIQUE,
    message TEXT NOT NULL,
    arguments TEXT NOT NULL,
    link TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notices_notice_person ON notices_notice (person_id, made_at);

CREATE TABLE notices_contact (
    person_id TEXT PRIMARY KEY,
    email TEXT,
    locale TEXT NOT NULL
);

-- One row an attempt to carry a notice over a channel other than the inbox.
CREATE TABLE notices_delivery (
    id TEXT PRIMARY KEY,
    notice_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    locale TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    problem TEXT,
    UNIQUE (notice_id, channel)
);
CREATE INDEX notices_delivery_due ON notices_delivery (state, next_at);
