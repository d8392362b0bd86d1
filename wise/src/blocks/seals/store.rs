use base::ids::PersonId;
use db::{Row, Tx, values};
use jiff::Timestamp;
use ledger::Entry;
use ledger::commitment::Opening;

use super::model::{Error, Sealed, Waiting};

pub(super) fn insert(
    tx: &mut Tx<'_>,
    (id, owner, record): (&str, &str, Option<&str>),
    salt: &[u8; 32],
    entry: &Entry,
    now: Timestamp,
) -> Result<(), db::Error> {
    let entry = String::from_utf8_lossy(entry.bytes());
    tx.execute(
        "INSERT INTO seals_seal (id, owner_id, record, salt, entry, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
        values![id, owner, record, salt.to_vec(), &*entry, now],
    )?;
    Ok(())
}

/// The key of a person, `fresh` where there is none, and the number of the next tag.
pub(super) fn next_tag(
    tx: &mut Tx<'_>,
    person: PersonId,
    fresh: [u8; 32],
) -> Result<([u8; 32], u64), Error> {
    let row = tx.query_one(
        "INSERT INTO seals_key (person_id, secret, tags) VALUES ($1, $2, 1) \
         ON CONFLICT (person_id) DO UPDATE SET tags = seals_key.tags + 1 RETURNING secret, tags",
        values![person, fresh.to_vec()],
    )?;
    let tags: i64 = row.get(1)?;
    Ok((bytes(&row, 0)?, u64::try_from(tags - 1).unwrap_or(0)))
}

fn bytes(row: &Row, column: usize) -> Result<[u8; 32], Error> {
    let bytes: Vec<u8> = row.get(column)?;
    let length = bytes.len();
    let fits = bytes.try_into();
    fits.map_err(|_| Error::Shape(format!("{length} bytes where 32 are kept")))
}

fn entry(text: &str) -> Result<Entry, Error> {
    Entry::new(text).map_err(|error| Error::Shape(error.to_string()))
}

pub(super) fn waiting(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Waiting>, Error> {
    let rows = tx.query(
        "SELECT id, entry FROM seals_seal WHERE log_index IS NULL ORDER BY id LIMIT $1",
        values![most],
    )?;
    let read = |row: &Row| {
        Ok(Waiting {
            id: row.get(0)?,
            entry: entry(&row.get::<String>(1)?)?,
        })
    };
    rows.iter().map(read).collect()
}

pub(super) fn set_index(tx: &mut Tx<'_>, id: &str, index: u64) -> Result<(), db::Error> {
    let index = i64::try_from(index).unwrap_or(i64::MAX);
    tx.execute(
        "UPDATE seals_seal SET log_index = $2 WHERE id = $1",
        values![id, index],
    )?;
    Ok(())
}

const SEALED: &str = "id, owner_id, record, salt, entry, log_index";

fn sealed(row: &Row) -> Result<(String, Sealed), Error> {
    let record: Option<String> = row.get(2)?;
    let salt: Option<Vec<u8>> = row.get(3)?;
    let opening = match (record, salt) {
        (Some(record), Some(_)) => {
            let record = serde_json::from_str(&record);
            let record = record.map_err(|error| Error::Shape(error.to_string()))?;
            Some(Opening::new(bytes(row, 3)?, record)?)
        }
        _ => None,
    };
    let index: Option<i64> = row.get(5)?;
    let sealed = Sealed {
        owner: row.get(1)?,
        entry: entry(&row.get::<String>(4)?)?,
        opening,
        index: index.and_then(|it| u64::try_from(it).ok()),
    };
    Ok((row.get(0)?, sealed))
}

pub(super) fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Sealed>, Error> {
    let row = tx.query_opt(
        &format!("SELECT {SEALED} FROM seals_seal WHERE id = $1"),
        values![id],
    )?;
    row.map(|row| sealed(&row).map(|it| it.1)).transpose()
}

pub(super) fn kept_after(
    tx: &mut Tx<'_>,
    after: &str,
    most: i64,
) -> Result<Vec<(String, Sealed)>, Error> {
    let rows = tx.query(
        &format!("SELECT {SEALED} FROM seals_seal WHERE id > $1 ORDER BY id LIMIT $2"),
        values![after, most],
    )?;
    rows.iter().map(sealed).collect()
}

pub(super) fn erase(tx: &mut Tx<'_>, owner: &str) -> Result<(), db::Error> {
    tx.execute(
        "UPDATE seals_seal SET record = NULL, salt = NULL WHERE owner_id = $1",
        values![owner],
    )?;
    tx.execute("DELETE FROM seals_key WHERE person_id = $1", values![owner])?;
    Ok(())
}
