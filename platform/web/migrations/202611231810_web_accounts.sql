-- Somebody (or some system) who signs in. `roles`: opaque words separated by one space; what they
-- allow stands in the policies. `settings`: how this person wants pages to look.
CREATE TABLE web_account (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT,
    roles TEXT NOT NULL,
    person TEXT,
    agency TEXT,
    oidc_issuer TEXT,
    oidc_subject TEXT,
    settings TEXT NOT NULL,
    disabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX web_account_oidc ON web_account (oidc_issuer, oidc_subject);
CREATE INDEX web_account_person ON web_account (person);

-- Tokens are kept as SHA-256, so that who reads this table can be nobody with it. `previous`: the
-- token before the last rotation, good for what was under way and until the browser showed the new one
-- (`confirmed`).
CREATE TABLE web_session (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES web_account (id),
    token TEXT NOT NULL UNIQUE,
    previous TEXT,
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    confirmed BIGINT NOT NULL
);
CREATE INDEX web_session_previous ON web_session (previous);
CREATE INDEX web_session_account ON web_session (account);
CREATE INDEX web_session_seen ON web_session (seen_at);

-- How a system signs in: a bearer token that stands for an account.
CREATE TABLE web_api_token (
    token TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES web_account (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

-- What came of a form or request that was sent, so that sending it twice is once.
CREATE TABLE web_once (
    token TEXT PRIMARY KEY,
    outcome TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX web_once_at ON web_once (at);
