-- `epoch` orders commits together with `seq` (see Tx::commit_epoch); `part` shares work between
-- processes while keeping one subject's facts in order.
CREATE TABLE spine_fact (
    seq {{serial}},
    epoch BIGINT NOT NULL,
    part BIGINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX spine_fact_reading ON spine_fact (part, epoch, seq);
CREATE INDEX spine_fact_subject ON spine_fact (subject);

-- Where a follower stands; who works on it now, until when; what holds it up.
CREATE TABLE spine_cursor (
    follower TEXT NOT NULL,
    part BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    failure TEXT,
    PRIMARY KEY (follower, part)
);
