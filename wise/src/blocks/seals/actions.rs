use base::ids::PersonId;
use db::Tx;
use ledger::Hash;
use ledger::commitment::{Opening, SubjectKey};
use ledger::witness::{Answer, Witness};
use rand::RngExt;
use serde_json::Value;
use spine::Cx;

use super::model::{Compared, Error, Flaw, KnownLedger, Sealed, Source, Unsound, Waiting};
use super::store;

/// Seals a record in this transaction; it goes into the ledger soon after. What has the id already is left as it is. Gives the
/// commitment.
///
/// # Errors
/// A number that JSON does not hold exactly.
pub fn seal(
    cx: &mut Cx<'_, '_>,
    source: Source,
    id: &str,
    owner: &str,
    record: Value,
) -> Result<Hash, Error> {
    put(cx, source, (id, owner), record, None)
}

/// Seals a record about a person, who alone can find its entry in the ledger.
///
/// # Errors
/// As [`seal`].
pub fn seal_about(
    cx: &mut Cx<'_, '_>,
    source: Source,
    id: &str,
    person: PersonId,
    record: Value,
) -> Result<Hash, Error> {
    let fresh: [u8; 32] = cx.rng.random();
    let (key, number) = store::next_tag(cx.tx, person, fresh)?;
    let tag = SubjectKey(key).tag(number);
    put(cx, source, (id, &person.to_string()), record, Some(tag))
}

fn put(
    cx: &mut Cx<'_, '_>,
    source: Source,
    (id, owner): (&str, &str),
    record: Value,
    tag: Option<Hash>,
) -> Result<Hash, Error> {
    let opening = Opening::new(cx.rng.random(), record)?;
    let sealed = opening.seal(tag);
    let entry = sealed.entry();
    let entry = entry.map_err(|error| Error::Shape(error.to_string()))?;
    let row = Sealed {
        id: id.to_owned(),
        kind: source.kind.to_owned(),
        owner: owner.to_owned(),
        entry,
        salt: Some(*opening.salt()),
        index: None,
    };
    store::insert(cx.tx, &row, cx.now)?;
    Ok(sealed.commitment)
}

/// Entries that do not stand in the ledger yet.
pub fn waiting(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Waiting>, Error> {
    store::waiting(tx, most)
}

/// How many entries do not stand in the ledger yet.
pub(super) fn count_waiting(tx: &mut Tx<'_>) -> Result<u64, Error> {
    Ok(store::count_waiting(tx)?)
}

/// Says where entries stand in the ledger, and how far the ledger reaches now.
///
/// # Errors
/// It is not the ledger in which this database's records are sealed.
pub fn place(tx: &mut Tx<'_>, placed: &[(String, u64)], ledger: &KnownLedger) -> Result<(), Error> {
    for (id, index) in placed {
        store::set_index(tx, id, *index)?;
    }
    match store::set_ledger(tx, ledger)? {
        true => Ok(()),
        false => Err(Error::OtherLedger(ledger.origin.clone())),
    }
}

/// The ledger in which this database's records are sealed; `None` while none was.
pub fn known_ledger(tx: &mut Tx<'_>) -> Result<Option<KnownLedger>, Error> {
    store::ledger(tx)
}

/// What was sealed under an id.
pub fn sealed(tx: &mut Tx<'_>, id: &str) -> Result<Option<Sealed>, Error> {
    store::by_id(tx, id)
}

/// Answers a log that wants its checkpoint cosigned. What was cosigned is written down in this transaction: commit it before the
/// answer leaves.
///
/// # Errors
/// This server's keys cannot sign that log's checkpoints.
pub(super) fn witnessed(
    tx: &mut Tx<'_>,
    witness: &Witness,
    body: &str,
    time_s: u64,
) -> Result<Answer, Error> {
    let mut failed = None;
    let answer = witness.answer(body, time_s, |origin| {
        store::witnessed(tx, origin).unwrap_or_else(|error| {
            failed = Some(error);
            None
        })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let answer = answer.map_err(|error| Error::Shape(error.to_string()))?;
    if let Answer::Cosigned { origin, head, .. } = &answer {
        store::set_witnessed(tx, origin, head)?;
    }
    Ok(answer)
}

/// Destroys what opens the seals of an owner, and the person's key: nobody can tell any more what was sealed, and every proof
/// holds as before.
pub fn erase(tx: &mut Tx<'_>, owner: &str) -> Result<(), Error> {
    Ok(store::erase(tx, owner)?)
}

/// Compares the next `most` records after an id with what was sealed.
pub fn audit(
    tx: &mut Tx<'_>,
    sources: &[Source],
    after: &str,
    most: i64,
) -> Result<Compared, Error> {
    let mut unsound = Vec::new();
    let rows = store::after(tx, after, most)?;
    for row in &rows {
        if row.salt.is_some()
            && let Some(flaw) = flaw(tx, sources, row)?
        {
            unsound.push(Unsound {
                id: row.id.clone(),
                kind: row.kind.clone(),
                flaw,
            });
        }
    }
    Ok(Compared {
        seen: rows.len(),
        unsound,
        last: rows.last().map(|it| it.id.clone()),
    })
}

fn flaw(tx: &mut Tx<'_>, sources: &[Source], row: &Sealed) -> Result<Option<Flaw>, Error> {
    let Some(source) = sources.iter().find(|it| it.kind == row.kind) else {
        return Ok(Some(Flaw::Kind));
    };
    Ok(match (source.record)(tx, &row.id)? {
        None => Some(Flaw::Gone),
        Some(record) => row.open(record).is_none().then_some(Flaw::Altered),
    })
}
