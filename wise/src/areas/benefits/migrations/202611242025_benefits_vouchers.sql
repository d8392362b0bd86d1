-- What was granted to be used until a day, or is paid in parts, and what is left of it. `used` is the
-- sum of the uses: it never exceeds `total`.
CREATE TABLE benefits_voucher (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE,
    benefit TEXT NOT NULL,
    household_id TEXT NOT NULL,
    about_id TEXT,
    holder_id TEXT NOT NULL,
    office TEXT NOT NULL,
    payer TEXT NOT NULL,
    total BIGINT NOT NULL,
    used BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    parts BIGINT,
    every_months BIGINT,
    opened_on TEXT NOT NULL,
    use_by TEXT,
    warned_days BIGINT NOT NULL,
    closed_at BIGINT,
    changed_at BIGINT NOT NULL
);
CREATE INDEX benefits_voucher_holder ON benefits_voucher (holder_id);
CREATE INDEX benefits_voucher_payer ON benefits_voucher (payer, id);
CREATE INDEX benefits_voucher_use_by ON benefits_voucher (use_by);

-- `once_key` names one sending, `reference` the use itself at whoever took it (an approval number): a
-- sending that comes again is answered again, a use that comes under another key is refused.
CREATE TABLE benefits_voucher_use (
    voucher_id TEXT NOT NULL REFERENCES benefits_voucher (id),
    number BIGINT NOT NULL,
    once_key TEXT NOT NULL,
    reference TEXT NOT NULL,
    amount BIGINT NOT NULL,
    used_on TEXT NOT NULL,
    place TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (voucher_id, number),
    UNIQUE (voucher_id, once_key),
    UNIQUE (voucher_id, reference)
);
