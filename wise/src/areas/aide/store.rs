use base::ids::{BriefingId, RunId};
use db::{Error, Row, Tx, values};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use web::{PageQuery, Scope};

use super::model::{Briefing, Maker, Reworded, Run};

const RUN: &str = "id, kind, title, inputs, rules_digest, population_digest, population_at, state, done, whole, \
                   beat_at, outputs_sha256, refusal, repeats_id, account_id, official, agency, made_at, ended_at";
const BRIEFING: &str =
    "id, question, options, notes, reworded, account_id, official, agency, made_at";

fn parsed<T: DeserializeOwned>(row: &Row, index: usize, wanted: &'static str) -> Result<T, Error> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text).map_err(|_| Error::Column {
        index,
        wanted,
        found: "another JSON".into(),
    })
}

fn text(value: &impl Serialize, column: &str) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Statement {
        sql: column.to_owned(),
        reason: error.to_string(),
    })
}

fn run(row: &Row) -> Result<Run, Error> {
    Ok(Run {
        id: row.parse(0)?,
        kind: row.parse(1)?,
        title: row.get(2)?,
        question: parsed(row, 3, "a question")?,
        rules_digest: row.get(4)?,
        population_digest: row.get(5)?,
        population_at: row.get(6)?,
        state: row.parse(7)?,
        done: row.get(8)?,
        whole: row.get(9)?,
        beat_at: row.get(10)?,
        outputs_sha256: row.get(11)?,
        refusal: row.get(12)?,
        repeats: row.parse_opt(13)?,
        maker: Maker {
            account: row.parse(14)?,
            name: row.get(15)?,
            agency: row.get(16)?,
        },
        made_at: row.get(17)?,
        ended_at: row.get(18)?,
    })
}

fn briefing(row: &Row) -> Result<Briefing, Error> {
    let reworded: Option<String> = row.get(4)?;
    Ok(Briefing {
        id: row.parse(0)?,
        question: row.get(1)?,
        options: parsed(row, 2, "options")?,
        notes: row.get(3)?,
        reworded: reworded.map(|_| parsed(row, 4, "sentences")).transpose()?,
        maker: Maker {
            account: row.parse(5)?,
            name: row.get(6)?,
            agency: row.get(7)?,
        },
        made_at: row.get(8)?,
    })
}

pub(super) fn insert(tx: &mut Tx<'_>, it: &Run, inputs: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO aide_run (id, kind, title, inputs, rules_digest, population_digest, population_at, state, \
         done, whole, beat_at, repeats_id, account_id, official, agency, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        values![
            it.id,
            it.kind.word(),
            &it.title,
            inputs,
            &it.rules_digest,
            it.population_digest.clone(),
            it.population_at,
            it.state.word(),
            it.done,
            it.whole,
            it.beat_at,
            it.repeats,
            it.maker.account,
            &it.maker.name,
            &it.maker.agency,
            it.made_at
        ],
    )?;
    Ok(())
}

/// `false` when somebody else has it.
pub(super) fn claim(tx: &mut Tx<'_>, id: RunId, now: Timestamp) -> Result<bool, Error> {
    let touched = tx.execute(
        "UPDATE aide_run SET state = 'working', beat_at = $2 WHERE id = $1 AND state = 'waiting'",
        values![id, now],
    )?;
    Ok(touched == 1)
}

pub(super) fn beat(
    tx: &mut Tx<'_>,
    id: RunId,
    (done, whole): (i64, i64),
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE aide_run SET done = $2, whole = $3, beat_at = $4 WHERE id = $1 AND state = 'working'",
        values![id, done, whole, now],
    )?;
    Ok(())
}

/// `false` when it had ended before.
pub(super) fn end(
    tx: &mut Tx<'_>,
    id: RunId,
    state: &str,
    (outputs, sha256): (Option<&str>, Option<&str>),
    refusal: Option<&str>,
    now: Timestamp,
) -> Result<bool, Error> {
    let touched = tx.execute(
        "UPDATE aide_run SET state = $2, outputs = $3, outputs_sha256 = $4, refusal = $5, ended_at = $6 \
         WHERE id = $1 AND state = 'working'",
        values![
            id,
            state,
            outputs.map(str::to_owned),
            sha256.map(str::to_owned),
            refusal.map(str::to_owned),
            now
        ],
    )?;
    Ok(touched == 1)
}

pub(super) fn by_id(tx: &mut Tx<'_>, scope: &Scope, id: RunId) -> Result<Option<Run>, Error> {
    let (within, mut values) = scope.clause("agency", "NULL", 2);
    values.insert(0, id.into());
    let row = tx.query_opt(
        &format!("SELECT {RUN} FROM aide_run WHERE id = $1 AND {within}"),
        &values,
    )?;
    row.map(|row| run(&row)).transpose()
}

/// The answer's bytes.
pub(super) fn outputs(tx: &mut Tx<'_>, id: RunId) -> Result<Option<String>, Error> {
    let row = tx.query_opt("SELECT outputs FROM aide_run WHERE id = $1", values![id])?;
    row.map_or(Ok(None), |row| row.get(0))
}

/// The newest first.
pub(super) fn runs(tx: &mut Tx<'_>, scope: &Scope, page: &PageQuery) -> Result<Vec<Run>, Error> {
    list(tx, scope, page, ("aide_run", RUN), run)
}

/// The newest first.
pub(super) fn briefings(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &PageQuery,
) -> Result<Vec<Briefing>, Error> {
    list(tx, scope, page, ("aide_briefing", BRIEFING), briefing)
}

/// Ids are in the order in which they were made.
fn list<T>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &PageQuery,
    (table, columns): (&str, &str),
    read: fn(&Row) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let before = page
        .after
        .as_ref()
        .map_or_else(|| "g".to_owned(), |it| it.id.clone());
    let (within, mut values) = scope.clause("agency", "NULL", 3);
    values.insert(0, before.into());
    values.insert(1, page.fetch().into());
    tx.query_map(
        &format!(
            "SELECT {columns} FROM {table} WHERE id < $1 AND {within} ORDER BY id DESC LIMIT $2"
        ),
        &values,
        read,
    )
}

/// The runs that repeat one, the newest first.
pub(super) fn repeats(tx: &mut Tx<'_>, id: RunId) -> Result<Vec<Run>, Error> {
    tx.query_map(
        &format!("SELECT {RUN} FROM aide_run WHERE repeats_id = $1 ORDER BY id DESC LIMIT 10"),
        values![id],
        run,
    )
}

pub(super) fn insert_briefing(tx: &mut Tx<'_>, it: &Briefing) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO aide_briefing (id, question, options, notes, account_id, official, agency, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            it.id,
            &it.question,
            text(&it.options, "aide_briefing.options")?,
            &it.notes,
            it.maker.account,
            &it.maker.name,
            &it.maker.agency,
            it.made_at
        ],
    )?;
    Ok(())
}

pub(super) fn briefing_by_id(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: BriefingId,
) -> Result<Option<Briefing>, Error> {
    let (within, mut values) = scope.clause("agency", "NULL", 2);
    values.insert(0, id.into());
    let row = tx.query_opt(
        &format!("SELECT {BRIEFING} FROM aide_briefing WHERE id = $1 AND {within}"),
        &values,
    )?;
    row.map(|row| briefing(&row)).transpose()
}

pub(super) fn set_reworded(
    tx: &mut Tx<'_>,
    id: BriefingId,
    reworded: Option<&Reworded>,
) -> Result<(), Error> {
    let reworded = reworded
        .map(|it| text(it, "aide_briefing.reworded"))
        .transpose()?;
    tx.execute(
        "UPDATE aide_briefing SET reworded = $2 WHERE id = $1",
        values![id, reworded],
    )?;
    Ok(())
}
