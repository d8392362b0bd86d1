ALTER TABLE people_look ADD COLUMN seal_id TEXT;
CREATE UNIQUE INDEX people_look_seal ON people_look (seal_id);
