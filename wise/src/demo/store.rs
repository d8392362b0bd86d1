//! The only SQL on the sample city's own tables.

use base::ids::{BirthId, HouseholdId, PersonId};
use db::{Error, Tx, Value, placeholders, values};

use super::plan::{HouseholdKey, PersonKey};

pub(super) fn get(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>, Error> {
    tx.query_opt("SELECT value FROM demo_state WHERE key = $1", values![key])?
        .map(|row| row.get(0))
        .transpose()
}

pub(super) fn put(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO demo_state (key, value) VALUES ($1, $2) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        values![key, value],
    )?;
    Ok(())
}

/// Rows of `width` values each, several a statement.
fn insert_many(
    tx: &mut Tx<'_>,
    into: &str,
    width: usize,
    on_conflict: &str,
    rows: &[Value],
) -> Result<(), Error> {
    for some in rows.chunks(width * 200) {
        let groups: Vec<String> = (0..some.len() / width)
            .map(|row| format!("({})", placeholders(row * width + 1, width)))
            .collect();
        let sql = format!(
            "INSERT INTO {into} VALUES {} {on_conflict}",
            groups.join(", ")
        );
        tx.execute(&sql, some)?;
    }
    Ok(())
}

pub(super) fn put_persons(
    tx: &mut Tx<'_>,
    persons: impl Iterator<Item = (PersonKey, PersonId)>,
) -> Result<(), Error> {
    let rows: Vec<Value> = persons
        .flat_map(|(key, id)| [key.0.into(), id.into()])
        .collect();
    let replace = "ON CONFLICT (number) DO UPDATE SET person_id = excluded.person_id";
    insert_many(tx, "demo_person (number, person_id)", 2, replace, &rows)
}

pub(super) fn put_households(
    tx: &mut Tx<'_>,
    households: impl Iterator<Item = (HouseholdKey, HouseholdId, bool)>,
) -> Result<(), Error> {
    let rows: Vec<Value> = households
        .flat_map(|(key, id, scripted)| [key.0.into(), id.into(), scripted.into()])
        .collect();
    let keep = "ON CONFLICT (number) DO NOTHING";
    insert_many(
        tx,
        "demo_household (number, household_id, scripted)",
        3,
        keep,
        &rows,
    )
}

pub(super) fn put_births(
    tx: &mut Tx<'_>,
    births: impl Iterator<Item = (PersonKey, BirthId)>,
) -> Result<(), Error> {
    let rows: Vec<Value> = births
        .flat_map(|(key, id)| [key.0.into(), id.into()])
        .collect();
    let replace = "ON CONFLICT (number) DO UPDATE SET birth_id = excluded.birth_id";
    insert_many(tx, "demo_birth (number, birth_id)", 2, replace, &rows)
}

fn number(row: &db::Row) -> Result<u32, Error> {
    u32::try_from(row.get::<i64>(0)?).map_err(|_| Error::Column {
        index: 0,
        wanted: "a number of the plan",
        found: "another number".into(),
    })
}

pub(super) fn persons(tx: &mut Tx<'_>) -> Result<Vec<(PersonKey, PersonId)>, Error> {
    let sql = "SELECT number, person_id FROM demo_person ORDER BY number";
    tx.query_map(sql, &[], |row| Ok((PersonKey(number(row)?), row.parse(1)?)))
}

pub(super) fn households(tx: &mut Tx<'_>) -> Result<Vec<(HouseholdKey, HouseholdId, bool)>, Error> {
    let sql = "SELECT number, household_id, scripted FROM demo_household ORDER BY number";
    tx.query_map(sql, &[], |row| {
        Ok((HouseholdKey(number(row)?), row.parse(1)?, row.get(2)?))
    })
}

pub(super) fn births(tx: &mut Tx<'_>) -> Result<Vec<(PersonKey, BirthId)>, Error> {
    let sql = "SELECT number, birth_id FROM demo_birth ORDER BY number";
    tx.query_map(sql, &[], |row| Ok((PersonKey(number(row)?), row.parse(1)?)))
}
