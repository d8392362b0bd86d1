-- Services of the whole government as imported, each by the number its interface gives it. Texts are
-- kept as they came; `words` is what a search looks through, in small letters; `digest` tells whether
-- an import brings anything new. A service without conditions has `coded` 0.
CREATE TABLE benefits_service (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    summary TEXT NOT NULL,
    field TEXT NOT NULL,
    support TEXT NOT NULL,
    users TEXT NOT NULL,
    agency_code TEXT NOT NULL,
    agency_name TEXT NOT NULL,
    agency_kind TEXT NOT NULL,
    until_text TEXT NOT NULL,
    api_version TEXT NOT NULL,
    coded BIGINT NOT NULL,
    codes TEXT NOT NULL,
    age_from BIGINT,
    age_to BIGINT,
    target TEXT NOT NULL,
    criteria TEXT NOT NULL,
    content TEXT NOT NULL,
    how TEXT NOT NULL,
    documents TEXT NOT NULL,
    law TEXT NOT NULL,
    phone TEXT NOT NULL,
    reception TEXT NOT NULL,
    department TEXT NOT NULL,
    page_url TEXT NOT NULL,
    apply_url TEXT NOT NULL,
    updated_text TEXT NOT NULL,
    words TEXT NOT NULL,
    digest TEXT NOT NULL,
    imported_at BIGINT NOT NULL
);
CREATE INDEX benefits_service_agency ON benefits_service (agency_kind, agency_code);
