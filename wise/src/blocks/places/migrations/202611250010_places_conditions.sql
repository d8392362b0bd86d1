-- Conditions of the day over an area (`dong` empty: the whole municipality), from a day until a day.
CREATE TABLE places_condition (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    municipality TEXT NOT NULL,
    dong TEXT NOT NULL,
    title TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    agency TEXT NOT NULL,
    declared_at BIGINT NOT NULL,
    declared_by TEXT
);
CREATE INDEX places_condition_where ON places_condition (municipality, until);
