-- Salt and commitment of a receipt stand with all other seals now.
ALTER TABLE benefits_receipt DROP COLUMN salt;
ALTER TABLE benefits_receipt DROP COLUMN commitment;
