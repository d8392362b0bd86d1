-- Places and helpers near home; prices in won an hour.
CREATE TABLE places_place (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    dong TEXT NOT NULL,
    address TEXT NOT NULL,
    latitude DOUBLE PRECISION NOT NULL,
    longitude DOUBLE PRECISION NOT NULL,
    phone TEXT NOT NULL,
    hours TEXT NOT NULL,
    languages TEXT NOT NULL,
    price_per_hour BIGINT,
    source TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX places_place_kind ON places_place (kind);

-- Rooms for children of an age (years).
CREATE TABLE places_vacancy (
    place_id TEXT NOT NULL,
    age BIGINT NOT NULL,
    capacity BIGINT NOT NULL,
    vacant BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    PRIMARY KEY (place_id, age)
);
