use base::ids::PersonId;
use db::{Row, Tx, values};
use jiff::Timestamp;
use ledger::tree::TreeHead;
use ledger::{Entry, Hash};

use super::model::{Error, KnownLedger, Sealed, Waiting};

pub(super) fn insert(tx: &mut Tx<'_>, it: &Sealed, now: Timestamp) -> Result<(), db::Error> {
    let entry = String::from_utf8_lossy(it.entry.bytes());
    tx.execute(
        "INSERT INTO seals_seal (id, kind, owner_id, salt, entry, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
        values![
            &it.id,
            &it.kind,
            &it.owner,
            it.salt.map(|it| it.to_vec()),
            &*entry,
            now
        ],
    )?;
    tx.signal()
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
    Ok((bytes(row.get(0)?)?, u64::try_from(tags - 1).unwrap_or(0)))
}

fn bytes(bytes: Vec<u8>) -> Result<[u8; 32], Error> {
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

pub(super) fn count_waiting(tx: &mut Tx<'_>) -> Result<u64, db::Error> {
    let row = tx.query_one(
        "SELECT COUNT(*) FROM seals_seal WHERE log_index IS NULL",
        values![],
    )?;
    let count: i64 = row.get(0)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

pub(super) fn set_index(tx: &mut Tx<'_>, id: &str, index: u64) -> Result<(), db::Error> {
    tx.execute(
        "UPDATE seals_seal SET log_index = $2 WHERE id = $1",
        values![id, integer(index)],
    )?;
    Ok(())
}

/// Sizes of logs fit: an entry is longer than a byte.
fn integer(it: u64) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}

/// Whether it is the ledger that the database knows, or the first.
pub(super) fn set_ledger(tx: &mut Tx<'_>, it: &KnownLedger) -> Result<bool, db::Error> {
    let changed = tx.execute(
        "INSERT INTO seals_ledger (only_one, origin, log_key, size, root) \
         VALUES (1, $1, $2, $3, $4) ON CONFLICT (only_one) DO UPDATE \
         SET size = excluded.size, root = excluded.root \
         WHERE seals_ledger.origin = excluded.origin \
         AND seals_ledger.log_key = excluded.log_key AND seals_ledger.size <= excluded.size",
        values![
            &it.origin,
            &it.log_key,
            integer(it.head.size),
            it.head.root.0.to_vec()
        ],
    )?;
    Ok(changed == 1)
}

pub(super) fn ledger(tx: &mut Tx<'_>) -> Result<Option<KnownLedger>, Error> {
    let row = tx.query_opt(
        "SELECT origin, log_key, size, root FROM seals_ledger",
        values![],
    )?;
    let read = |row: Row| {
        Ok(KnownLedger {
            origin: row.get(0)?,
            log_key: row.get(1)?,
            head: head(&row, 2)?,
        })
    };
    row.map(read).transpose()
}

/// From the columns `size` and `root`.
fn head(row: &Row, first: usize) -> Result<TreeHead, Error> {
    let size: i64 = row.get(first)?;
    Ok(TreeHead {
        size: u64::try_from(size).unwrap_or(0),
        root: Hash(bytes(row.get(first + 1)?)?),
    })
}

/// The last checkpoint of another log that was cosigned here.
pub(super) fn witnessed(tx: &mut Tx<'_>, origin: &str) -> Result<Option<TreeHead>, Error> {
    let row = tx.query_opt(
        "SELECT size, root FROM seals_witnessed WHERE origin = $1",
        values![origin],
    )?;
    row.map(|it| head(&it, 0)).transpose()
}

pub(super) fn set_witnessed(
    tx: &mut Tx<'_>,
    origin: &str,
    head: &TreeHead,
) -> Result<(), db::Error> {
    tx.execute(
        "INSERT INTO seals_witnessed (origin, size, root) VALUES ($1, $2, $3) \
         ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root",
        values![origin, integer(head.size), head.root.0.to_vec()],
    )?;
    Ok(())
}

const SEALED: &str = "id, kind, owner_id, entry, salt, log_index";

fn sealed(row: &Row) -> Result<Sealed, Error> {
    let salt: Option<Vec<u8>> = row.get(4)?;
    let index: Option<i64> = row.get(5)?;
    Ok(Sealed {
        id: row.get(0)?,
        kind: row.get(1)?,
        owner: row.get(2)?,
        entry: entry(&row.get::<String>(3)?)?,
        salt: salt.map(bytes).transpose()?,
        index: index.and_then(|it| u64::try_from(it).ok()),
    })
}

pub(super) fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Sealed>, Error> {
    let row = tx.query_opt(
        &format!("SELECT {SEALED} FROM seals_seal WHERE id = $1"),
        values![id],
    )?;
    row.as_ref().map(sealed).transpose()
}

pub(super) fn after(tx: &mut Tx<'_>, after: &str, most: i64) -> Result<Vec<Sealed>, Error> {
    let rows = tx.query(
        &format!("SELECT {SEALED} FROM seals_seal WHERE id > $1 ORDER BY id LIMIT $2"),
        values![after, most],
    )?;
    rows.iter().map(sealed).collect()
}

pub(super) fn erase(tx: &mut Tx<'_>, owner: &str) -> Result<(), db::Error> {
    tx.execute(
        "UPDATE seals_seal SET salt = NULL, owner_id = '' WHERE owner_id = $1",
        values![owner],
    )?;
    tx.execute("DELETE FROM seals_key WHERE person_id = $1", values![owner])?;
    Ok(())
}
