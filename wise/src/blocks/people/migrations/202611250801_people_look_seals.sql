ALTER TABLE people_look ADD COLUMN seal_id TEXT;
