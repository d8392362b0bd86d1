use base::ids::PersonId;
use db::Tx;
use ledger::Hash;
use ledger::commitment::{Opening, SubjectKey};
use rand::RngExt;
use serde_json::Value;
use spine::Cx;

use super::model::{Broken, Error, Sealed, Waiting};
use super::store;

/// Seals a record in this transaction; it goes into the ledger soon after. What has the id already is left as it is.
///
/// # Errors
/// A number that JSON does not hold exactly.
pub fn seal(cx: &mut Cx<'_, '_>, id: &str, owner: &str, record: Value) -> Result<Hash, Error> {
    put(cx, (id, owner), record, true, None)
}

/// Seals a record about a person, who alone can find its entry in the ledger.
///
/// # Errors
/// As [`seal`].
pub fn seal_about(
    cx: &mut Cx<'_, '_>,
    id: &str,
    person: PersonId,
    record: Value,
) -> Result<Hash, Error> {
    let fresh: [u8; 32] = cx.rng.random();
    let (key, number) = store::next_tag(cx.tx, person, fresh)?;
    let tag = SubjectKey(key).tag(number);
    put(cx, (id, &person.to_string()), record, true, Some(tag))
}

/// Seals what the spine keeps.
pub(super) fn seal_fact(
    cx: &mut Cx<'_, '_>,
    id: &str,
    subject: &str,
    record: Value,
) -> Result<Hash, Error> {
    put(cx, (id, subject), record, false, None)
}

fn put(
    cx: &mut Cx<'_, '_>,
    (id, owner): (&str, &str),
    record: Value,
    is_kept: bool,
    tag: Option<Hash>,
) -> Result<Hash, Error> {
    let opening = Opening::new(cx.rng.random(), record)?;
    let sealed = opening.seal(tag);
    let entry = sealed.entry();
    let entry = entry.map_err(|error| Error::Shape(error.to_string()))?;
    let text = is_kept.then(|| opening.record().to_string());
    let row = (id, owner, text.as_deref());
    store::insert(cx.tx, row, opening.salt(), &entry, cx.now)?;
    Ok(sealed.commitment)
}

/// Entries that do not stand in the ledger yet.
pub fn waiting(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Waiting>, Error> {
    store::waiting(tx, most)
}

/// Says where entries stand in the ledger.
pub fn place(tx: &mut Tx<'_>, placed: &[(String, u64)]) -> Result<(), Error> {
    for (id, index) in placed {
        store::set_index(tx, id, *index)?;
    }
    Ok(())
}

/// What was sealed under an id.
pub fn sealed(tx: &mut Tx<'_>, id: &str) -> Result<Option<Sealed>, Error> {
    store::by_id(tx, id)
}

/// Destroys what opens the seals of an owner, and the person's key: nobody can tell any more what was sealed, and every proof
/// holds as before.
pub fn erase(tx: &mut Tx<'_>, owner: &str) -> Result<(), Error> {
    Ok(store::erase(tx, owner)?)
}

/// Rows after `after` that are not what was sealed, among the next `most`; and the last id that was looked at.
pub fn audit(
    tx: &mut Tx<'_>,
    after: &str,
    most: i64,
) -> Result<(Vec<Broken>, Option<String>), Error> {
    let mut broken = Vec::new();
    let mut last = None;
    for (id, row) in store::kept_after(tx, after, most)? {
        if let Some(opening) = row.opening {
            let sealed = ledger::commitment::Sealed::read(&row.entry);
            let sealed = sealed.map(|it| it.commitment).unwrap_or_default();
            let found = opening.commitment();
            if found != sealed {
                broken.push(Broken {
                    id: id.clone(),
                    found,
                    sealed,
                });
            }
        }
        last = Some(id);
    }
    Ok((broken, last))
}
