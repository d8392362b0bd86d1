use base::ids::ConditionId;
use db::{Error, Row, Tx, values};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Condition, NewCondition};

const COLUMNS: &str = "id, kind, municipality, dong, title, since, until, agency, declared_at";

fn condition(row: &Row) -> Result<Condition, Error> {
    let dong: String = row.get(3)?;
    Ok(Condition {
        id: row.parse(0)?,
        kind: row.parse(1)?,
        municipality: row.get(2)?,
        dong: (!dong.is_empty()).then_some(dong),
        title: row.get(4)?,
        from: row.get(5)?,
        until: row.get(6)?,
        agency: row.get(7)?,
        declared_at: row.get(8)?,
    })
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: ConditionId,
    new: &NewCondition,
    now: Timestamp,
    by: Option<String>,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO places_condition (id, kind, municipality, dong, title, since, until, agency, \
         declared_at, declared_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            id,
            new.kind.word(),
            &new.municipality,
            new.dong.clone().unwrap_or_default(),
            &new.title,
            new.from,
            new.until,
            &new.agency,
            now,
            by
        ],
    )?;
    Ok(())
}

pub(super) fn end(
    tx: &mut Tx<'_>,
    id: ConditionId,
    today: Date,
) -> Result<Option<Condition>, Error> {
    tx.query_opt(
        &format!(
            "UPDATE places_condition SET until = $2 WHERE id = $1 AND until > $2 \
             RETURNING {COLUMNS}"
        ),
        values![id, today],
    )?
    .map(|row| condition(&row))
    .transpose()
}

pub(super) fn at(
    tx: &mut Tx<'_>,
    municipality: &str,
    dong: &str,
    on: Date,
    known_at: Timestamp,
) -> Result<Vec<Condition>, Error> {
    tx.query_map(
        &format!(
            "SELECT {COLUMNS} FROM places_condition WHERE municipality = $1 AND until > $3 \
             AND (dong = '' OR dong = $2) AND since <= $3 AND declared_at <= $4 \
             ORDER BY declared_at DESC, id"
        ),
        values![municipality, dong, on, known_at],
        condition,
    )
}

pub(super) fn next_start(
    tx: &mut Tx<'_>,
    municipality: &str,
    dong: &str,
    on: Date,
) -> Result<Option<Date>, Error> {
    tx.query_one(
        "SELECT MIN(since) FROM places_condition WHERE municipality = $1 AND until > since \
         AND (dong = '' OR dong = $2) AND since > $3",
        values![municipality, dong, on],
    )?
    .get(0)
}

pub(super) fn all(
    tx: &mut Tx<'_>,
    municipality: &str,
    today: Date,
) -> Result<Vec<Condition>, Error> {
    tx.query_map(
        &format!(
            "SELECT {COLUMNS} FROM places_condition WHERE municipality = $1 AND until > $2 \
             ORDER BY since, id"
        ),
        values![municipality, today],
        condition,
    )
}
