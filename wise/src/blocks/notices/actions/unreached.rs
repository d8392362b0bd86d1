use base::ids::NoticeId;
use db::Tx;
use spine::Cx;
use web::Scope;

use super::append;
use crate::blocks::notices::facts::PersonReached;
use crate::blocks::notices::model::{Error, Unreached, UnreachedState};
use crate::blocks::notices::store;

/// As many as one page shows.
const MOST: i64 = 100;

/// People whom no channel reached, the most urgent first.
pub fn unreached(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Unreached>, Error> {
    Ok(store::unreached(tx, scope, MOST)?)
}

/// One of them, within the scope.
pub fn unreached_one(tx: &mut Tx<'_>, scope: &Scope, id: NoticeId) -> Result<Unreached, Error> {
    let person = |it: &Unreached| it.person.to_string();
    store::unreached_one(tx, id)?
        .filter(|it| scope.covers(it.agency.as_deref(), Some(&person(it))))
        .ok_or(Error::NotFound)
}

/// An official called or visited. Once settled it is not settled again.
pub fn settle_unreached(
    cx: &mut Cx<'_, '_>,
    scope: &Scope,
    id: NoticeId,
    how: UnreachedState,
) -> Result<(), Error> {
    let known = unreached_one(cx.tx, scope, id)?;
    if !store::settle_unreached(cx.tx, id, how, cx.actor, cx.now)? {
        return Err(Error::NotFound);
    }
    let fact = PersonReached {
        notice: id,
        how: how.to_string(),
    };
    append(cx, known.person, &fact)
}
