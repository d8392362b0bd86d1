-- Questions about everybody, each worked out once; inputs and outputs are canonical JSON, so that a run that is
-- repeated on the same rules and data gives the same bytes.
CREATE TABLE aide_run (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    inputs TEXT NOT NULL,
    rules_digest TEXT NOT NULL,
    -- Of the snapshot of the register, and when it was taken; nothing where none is asked.
    population_digest TEXT,
    population_at BIGINT,
    state TEXT NOT NULL,
    -- Households that are worked out, of how many, and when that was last told.
    done BIGINT NOT NULL,
    whole BIGINT NOT NULL,
    beat_at BIGINT NOT NULL,
    outputs TEXT,
    outputs_sha256 TEXT,
    -- Why there is no answer.
    refusal TEXT,
    -- The run that this one repeats.
    repeats_id TEXT,
    account_id TEXT NOT NULL,
    official TEXT NOT NULL,
    agency TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX aide_run_repeats ON aide_run (repeats_id);

-- A page for whoever decides.
CREATE TABLE aide_briefing (
    id TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    -- [[run, name of the option], …] in their order.
    options TEXT NOT NULL,
    notes TEXT NOT NULL,
    -- What a language model made of the sentences, with its name; nothing where none was asked.
    reworded TEXT,
    account_id TEXT NOT NULL,
    official TEXT NOT NULL,
    agency TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
