use base::ids::{NoticeId, PersonId};
use db::Tx;
use jiff::Timestamp;
use spine::Cx;

use crate::blocks::notices::facts::NoticeMade;
use crate::blocks::notices::model::{Error, NewNotice, Notice};
use crate::blocks::notices::store;

/// Tells a person something, once for each `once_key`. It lies in the inbox with this transaction;
/// [`super::plan_due`] decides about channels.
pub fn tell(cx: &mut Cx<'_, '_>, new: &NewNotice) -> Result<(), Error> {
    let id = cx.id(NoticeId::new);
    if !store::insert(cx.tx, id, new, Some(cx.now), cx.now)? {
        return Ok(());
    }
    cx.append(new.subject, &NoticeMade { notice: id })?;
    Ok(())
}

/// A page of a person's notices, latest first; `before` is the last seen.
pub fn inbox(
    tx: &mut Tx<'_>,
    person: PersonId,
    before: Option<(Timestamp, String)>,
    limit: i64,
) -> Result<Vec<Notice>, Error> {
    let before = before.unwrap_or((Timestamp::MAX, String::new()));
    Ok(store::of_person(tx, person, before, limit)?)
}

/// How many notices a person has not opened.
pub fn unread(tx: &mut Tx<'_>, person: PersonId) -> Result<i64, Error> {
    Ok(store::unread(tx, person)?)
}

/// A person's own notice.
pub fn notice(tx: &mut Tx<'_>, person: PersonId, id: NoticeId) -> Result<Notice, Error> {
    store::by_id(tx, id)?
        .filter(|it| it.person == person)
        .ok_or(Error::NotFound)
}

/// A person opened a notice: what has not gone out stays here, and nobody has to call.
pub fn mark_read(cx: &mut Cx<'_, '_>, person: PersonId, id: NoticeId) -> Result<Notice, Error> {
    let known = notice(cx.tx, person, id)?;
    if known.read_at.is_none() {
        store::mark_read(cx.tx, id, cx.now)?;
        store::drop_queued(cx.tx, id, cx.now)?;
        store::close_unreached(cx.tx, id, cx.now)?;
    }
    Ok(known)
}
