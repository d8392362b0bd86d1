-- An application, petition or permit as steps with a clock.
CREATE TABLE cases_case (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    agency TEXT NOT NULL,
    household_id TEXT NOT NULL,
    about_id TEXT,
    applicant_id TEXT NOT NULL,
    origin_id TEXT NOT NULL,
    state TEXT NOT NULL,
    form TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_on TEXT NOT NULL,
    closed_at BIGINT,
    revision BIGINT NOT NULL
);
CREATE INDEX cases_case_queue ON cases_case (agency, state, due_on);
CREATE INDEX cases_case_applicant ON cases_case (applicant_id);
CREATE INDEX cases_case_household ON cases_case (household_id);

CREATE TABLE cases_step (
    id {{serial}},
    case_id TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    account_id TEXT,
    actor TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX cases_step_case ON cases_step (case_id);
