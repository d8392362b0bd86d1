-- The sample city alone: how far it is made, and whom the plan's numbers stand for.
CREATE TABLE demo_state (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE demo_person (
    number BIGINT PRIMARY KEY,
    person_id TEXT NOT NULL
);

CREATE TABLE demo_household (
    number BIGINT PRIMARY KEY,
    household_id TEXT NOT NULL,
    scripted BIGINT NOT NULL
);

CREATE TABLE demo_birth (
    number BIGINT PRIMARY KEY,
    birth_id TEXT NOT NULL
);
