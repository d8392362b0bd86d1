use base::ids::{AccountId, CaseId, HouseholdId, PersonId};
use db::{Error, Row, Tx, values};
use jiff::Timestamp;
use jiff::civil::Date;
use web::Scope;

use super::model::{Case, CaseState, OfficeQueue, QueueCount, QueueSize, Step};

const CASE: &str = "id, kind, topic, agency, household_id, about_id, applicant_id, origin_id, \
                    state, form, opened_at, due_on, closed_at, revision";

fn read(row: &Row) -> Result<Case, Error> {
    Ok(Case {
        id: row.parse(0)?,
        kind: row.get(1)?,
        topic: row.get(2)?,
        agency: row.get(3)?,
        household: row.parse(4)?,
        about: row.parse_opt(5)?,
        applicant: row.parse(6)?,
        origin: row.get(7)?,
        state: row.parse(8)?,
        form: row.get(9)?,
        opened_at: row.get(10)?,
        due_on: row.get(11)?,
        closed_at: row.get(12)?,
        revision: row.get(13)?,
    })
}

pub(super) fn insert(tx: &mut Tx<'_>, it: &Case) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO cases_case (id, kind, topic, agency, household_id, about_id, applicant_id, \
         origin_id, state, form, opened_at, due_on, revision) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        values![
            it.id,
            &it.kind,
            &it.topic,
            &it.agency,
            it.household,
            it.about,
            it.applicant,
            &it.origin,
            it.state.word(),
            &it.form,
            it.opened_at,
            it.due_on,
            it.revision
        ],
    )?;
    Ok(())
}

pub(super) fn insert_step(
    tx: &mut Tx<'_>,
    case: CaseId,
    account: Option<AccountId>,
    it: &Step,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO cases_step (case_id, state, at, account_id, actor, note) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        values![case, it.state.word(), it.at, account, &it.actor, &it.note],
    )?;
    Ok(())
}

/// Moves a case on if it still stands at `revision`.
pub(super) fn set_state(
    tx: &mut Tx<'_>,
    case: CaseId,
    revision: i64,
    state: CaseState,
    closed_at: Option<Timestamp>,
) -> Result<bool, Error> {
    let touched = tx.execute(
        "UPDATE cases_case SET state = $3, closed_at = $4, revision = revision + 1 \
         WHERE id = $1 AND revision = $2",
        values![case, revision, state.word(), closed_at],
    )?;
    Ok(touched == 1)
}

pub(super) fn by_id(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<Case>, Error> {
    tx.query_opt(
        &format!("SELECT {CASE} FROM cases_case WHERE id = $1"),
        values![id],
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Open cases within a scope, most urgent first, after the given (due day, id).
pub(super) fn open_cases(
    tx: &mut Tx<'_>,
    scope: &Scope,
    after: &(Date, String),
    limit: i64,
) -> Result<Vec<Case>, Error> {
    let (clause, scoped) = scope.clause("agency", "applicant_id", 4);
    let mut params = values![after.0, &after.1, limit].to_vec();
    params.extend(scoped);
    tx.query_map(
        &format!(
            "SELECT {CASE} FROM cases_case WHERE state IN ('received', 'asked', 'answered') \
             AND (due_on, id) > ($1, $2) AND {clause} ORDER BY due_on, id LIMIT $3"
        ),
        &params,
        read,
    )
}

pub(super) fn of_person(
    tx: &mut Tx<'_>,
    person: PersonId,
    household: Option<HouseholdId>,
    limit: i64,
) -> Result<Vec<Case>, Error> {
    tx.query_map(
        &format!(
            "SELECT {CASE} FROM cases_case WHERE applicant_id = $1 OR household_id = $2 \
             ORDER BY opened_at DESC, id DESC LIMIT $3"
        ),
        values![person, household, limit],
        read,
    )
}

pub(super) fn steps(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Step>, Error> {
    tx.query_map(
        "SELECT state, at, actor, note FROM cases_step WHERE case_id = $1 ORDER BY id",
        values![case],
        |row| {
            Ok(Step {
                state: row.parse(0)?,
                at: row.get(1)?,
                actor: row.get(2)?,
                note: row.get(3)?,
            })
        },
    )
}

pub(super) fn counts(
    tx: &mut Tx<'_>,
    scope: &Scope,
    today: Date,
) -> Result<Vec<QueueCount>, Error> {
    let (clause, scoped) = scope.clause("agency", "applicant_id", 2);
    let mut params = values![today].to_vec();
    params.extend(scoped);
    tx.query_map(
        &format!(
            "SELECT agency, topic, state, COUNT(*), \
             CAST(SUM(CASE WHEN due_on < $1 AND closed_at IS NULL THEN 1 ELSE 0 END) AS BIGINT) \
             FROM cases_case WHERE {clause} GROUP BY agency, topic, state \
             ORDER BY agency, topic, state"
        ),
        &params,
        |row| {
            Ok(QueueCount {
                agency: row.get(0)?,
                topic: row.get(1)?,
                state: row.parse(2)?,
                count: row.get(3)?,
                late: row.get(4)?,
            })
        },
    )
}

/// The open cases of each office within a scope, those with most overdue first.
pub(super) fn offices(
    tx: &mut Tx<'_>,
    scope: &Scope,
    today: Date,
    soon: Date,
) -> Result<Vec<OfficeQueue>, Error> {
    let (clause, scoped) = scope.clause("agency", "applicant_id", 3);
    let mut params = values![today, soon].to_vec();
    params.extend(scoped);
    tx.query_map(
        &format!(
            "SELECT agency, COUNT(*), \
             CAST(SUM(CASE WHEN due_on >= $1 AND due_on <= $2 THEN 1 ELSE 0 END) AS BIGINT), \
             CAST(SUM(CASE WHEN due_on < $1 THEN 1 ELSE 0 END) AS BIGINT) AS late, \
             MIN(opened_at) FROM cases_case \
             WHERE state IN ('received', 'asked', 'answered') AND {clause} \
             GROUP BY agency ORDER BY late DESC, agency"
        ),
        &params,
        |row| {
            Ok(OfficeQueue {
                agency: row.get(0)?,
                open: row.get(1)?,
                soon: row.get(2)?,
                late: row.get(3)?,
                oldest: row.get(4)?,
            })
        },
    )
}

/// Open cases within a scope: all, due by `soon`, due before `today`.
pub(super) fn size(
    tx: &mut Tx<'_>,
    scope: &Scope,
    today: Date,
    soon: Date,
) -> Result<QueueSize, Error> {
    let (clause, scoped) = scope.clause("agency", "applicant_id", 3);
    let mut params = values![today, soon].to_vec();
    params.extend(scoped);
    let row = tx.query_one(
        &format!(
            "SELECT COUNT(*), \
             CAST(COALESCE(SUM(CASE WHEN due_on <= $2 THEN 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(COALESCE(SUM(CASE WHEN due_on < $1 THEN 1 ELSE 0 END), 0) AS BIGINT) \
             FROM cases_case WHERE state IN ('received', 'asked', 'answered') AND {clause}"
        ),
        &params,
    )?;
    Ok(QueueSize {
        open: row.get(0)?,
        soon: row.get(1)?,
        late: row.get(2)?,
    })
}

/// What a person applied for, and what is about them.
pub(super) fn erase(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for sql in [
        "DELETE FROM cases_step WHERE case_id IN \
         (SELECT id FROM cases_case WHERE applicant_id = $1 OR about_id = $1)",
        "DELETE FROM cases_case WHERE applicant_id = $1 OR about_id = $1",
    ] {
        tx.execute(sql, values![person])?;
    }
    Ok(())
}
