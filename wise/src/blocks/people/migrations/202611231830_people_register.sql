-- Every dated row is dated twice: when it is true (since, until: civil dates) and when it was known
-- here (known_at, superseded_at: microseconds). Rows that hold people can be erased.
CREATE TABLE people_person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    born TEXT NOT NULL,
    sex TEXT NOT NULL,
    died TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX people_person_name ON people_person (name, born);

CREATE TABLE people_pseudonym (
    pseudonym TEXT PRIMARY KEY,
    person_id TEXT NOT NULL UNIQUE
);

CREATE TABLE people_household (
    id TEXT PRIMARY KEY,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE people_member (
    id {{serial}},
    household_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    role TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    known_at BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX people_member_household ON people_member (household_id);
CREATE INDEX people_member_person ON people_member (person_id);

CREATE TABLE people_address (
    id {{serial}},
    household_id TEXT NOT NULL,
    municipality TEXT NOT NULL,
    dong TEXT NOT NULL,
    line TEXT NOT NULL,
    latitude DOUBLE PRECISION NOT NULL,
    longitude DOUBLE PRECISION NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    known_at BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX people_address_household ON people_address (household_id);

-- `owner_id` is a person or a household. A value of NULL says that it is known to be unknown.
CREATE TABLE people_fact (
    id {{serial}},
    owner_id TEXT NOT NULL,
    fact TEXT NOT NULL,
    value TEXT,
    since TEXT NOT NULL,
    until TEXT,
    known_at BIGINT NOT NULL,
    superseded_at BIGINT,
    agency TEXT NOT NULL,
    basis TEXT NOT NULL,
    told BIGINT NOT NULL,
    checked_at BIGINT NOT NULL
);
CREATE INDEX people_fact_owner ON people_fact (owner_id, fact);

CREATE TABLE people_birth (
    id TEXT PRIMARY KEY,
    mother_id TEXT NOT NULL,
    child_id TEXT NOT NULL,
    household_id TEXT NOT NULL,
    dong TEXT NOT NULL,
    state TEXT NOT NULL,
    hospital TEXT,
    reported_at BIGINT NOT NULL,
    registered_at BIGINT,
    registered_by TEXT
);
CREATE INDEX people_birth_queue ON people_birth (state, dong, reported_at);
CREATE INDEX people_birth_mother ON people_birth (mother_id);

-- Who looked at somebody's data, and why (개인정보의 안전성 확보조치 기준 제8조).
CREATE TABLE people_look (
    id {{serial}},
    person_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    looker TEXT NOT NULL,
    agency TEXT NOT NULL,
    purpose TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX people_look_person ON people_look (person_id, at);
