use base::ids::DeliveryId;
use db::Tx;
use spine::Cx;
use web::Scope;

use super::deliver::ended;
use crate::blocks::notices::model::{DeliveryState, Error, Letter};
use crate::blocks::notices::store;
use crate::blocks::people;

/// As many as one print holds.
const MOST: i64 = 200;

/// Letters that wait to be printed and posted, the oldest first.
pub fn letters(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Letter>, Error> {
    let mut all = Vec::new();
    for delivery in store::letters(tx, scope, MOST)? {
        let Some(notice) = store::by_id(tx, delivery.notice)? else {
            continue;
        };
        let name = people::person(tx, notice.person)?.name;
        all.push(Letter {
            delivery,
            notice,
            name,
        });
    }
    Ok(all)
}

/// An official took these to the post; returns how many had still waited.
pub fn mark_posted(cx: &mut Cx<'_, '_>, scope: &Scope, ids: &[DeliveryId]) -> Result<usize, Error> {
    let waiting = store::letters(cx.tx, scope, i64::MAX)?;
    let (from, to) = (DeliveryState::Queued, DeliveryState::Sent);
    let mut count = 0;
    for it in waiting.iter().filter(|it| ids.contains(&it.id)) {
        if store::set_state(cx.tx, it.id, from, to, None, cx.now, cx.now)? {
            ended(cx, it, to)?;
            count += 1;
        }
    }
    Ok(count)
}
