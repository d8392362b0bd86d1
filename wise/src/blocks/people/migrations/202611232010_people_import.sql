-- Which household an import's own key stands for, so that importing again adds only what is new.
CREATE TABLE people_import (
    key TEXT PRIMARY KEY,
    household_id TEXT NOT NULL
);
