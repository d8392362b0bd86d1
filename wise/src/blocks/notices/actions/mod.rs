use base::ids::{DeliveryId, NoticeId, PersonId};
use db::Tx;
use jiff::{SignedDuration, Timestamp};
use spine::Cx;

use super::facts::NoticeMade;
use super::model::{
    Channel, Contact, Delivery, DeliveryState, Error, NewNotice, Notice, Outcome, Outgoing,
};
use super::store;

/// After this many attempts a delivery has failed.
const MOST_ATTEMPTS: i64 = 8;
/// An attempt that has not been recorded after this long was cut.
const CUT_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// Tells a person something, once for each `once_key`.
pub fn tell(cx: &mut Cx<'_, '_>, new: &NewNotice) -> Result<(), Error> {
    let id = cx.id(NoticeId::new);
    if !store::insert(cx.tx, id, new, cx.now)? {
        return Ok(());
    }
    if let Some(contact) = store::contact(cx.tx, new.person)?
        && let Some(email) = &contact.email
    {
        let delivery = cx.id(DeliveryId::new);
        let to = (email.as_str(), contact.locale);
        store::queue(cx.tx, delivery, id, Channel::Email, to, cx.now)?;
    }
    cx.append(new.subject, &NoticeMade { notice: id })?;
    Ok(())
}

/// Says how a person is to be reached.
pub fn set_contact(cx: &mut Cx<'_, '_>, person: PersonId, contact: &Contact) -> Result<(), Error> {
    if let Some(email) = &contact.email
        && email.parse::<lettre::Address>().is_err()
    {
        return Err(Error::Invalid {
            field: "email",
            key: "notices-email-wrong",
        });
    }
    Ok(store::put_contact(cx.tx, person, contact)?)
}

/// How a person is to be reached; `None` while they have not said so.
pub fn contact(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Contact>, Error> {
    Ok(store::contact(tx, person)?)
}

/// Over which channels a person's own notice was sent, and what became of that.
pub fn deliveries(tx: &mut Tx<'_>, person: PersonId, id: NoticeId) -> Result<Vec<Delivery>, Error> {
    notice(tx, person, id)?;
    Ok(store::deliveries_of(tx, id)?)
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

/// A person opened a notice.
pub fn mark_read(cx: &mut Cx<'_, '_>, person: PersonId, id: NoticeId) -> Result<Notice, Error> {
    let known = notice(cx.tx, person, id)?;
    store::mark_read(cx.tx, id, cx.now)?;
    Ok(known)
}

/// Takes the next delivery that is due; the caller sends it and records the outcome.
pub fn claim(cx: &mut Cx<'_, '_>, channel: Channel) -> Result<Option<Outgoing>, Error> {
    let Some(delivery) = store::claim(cx.tx, channel, cx.now)? else {
        return Ok(None);
    };
    let notice = store::by_id(cx.tx, delivery.notice)?.ok_or(Error::NotFound)?;
    Ok(Some(Outgoing { delivery, notice }))
}

/// Records what became of an attempt.
pub fn record_outcome(
    cx: &mut Cx<'_, '_>,
    delivery: &Delivery,
    outcome: &Outcome,
) -> Result<(), Error> {
    let (state, problem, next_at) = match outcome {
        Outcome::Sent => (DeliveryState::Sent, None, cx.now),
        Outcome::Refused(why) => (DeliveryState::Failed, Some(why), cx.now),
        Outcome::Uncertain(why) => (DeliveryState::Uncertain, Some(why), cx.now),
        Outcome::Again(why) if delivery.attempts >= MOST_ATTEMPTS => {
            (DeliveryState::Failed, Some(why), cx.now)
        }
        Outcome::Again(why) => (
            DeliveryState::Queued,
            Some(why),
            cx.now + pause_after(delivery.attempts),
        ),
    };
    store::set_state(
        cx.tx,
        delivery.id,
        DeliveryState::Sending,
        state,
        problem.map(String::as_str),
        next_at,
        cx.now,
    )?;
    Ok(())
}

/// 30 s, 1 min, 2 min … at most an hour.
fn pause_after(attempts: i64) -> SignedDuration {
    let doubled = 30_i64 << attempts.clamp(1, 8).saturating_sub(1);
    SignedDuration::from_secs(doubled.min(3_600))
}

/// Deliveries whose attempt was cut become uncertain; returns how many.
pub fn mark_abandoned(cx: &mut Cx<'_, '_>) -> Result<u64, Error> {
    Ok(store::abandon(cx.tx, cx.now - CUT_AFTER)?)
}

/// Deliveries that wait for an official's word.
pub fn uncertain(tx: &mut Tx<'_>) -> Result<Vec<Delivery>, Error> {
    Ok(store::in_state(tx, DeliveryState::Uncertain, 100)?)
}

/// What an official decides about an uncertain delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It arrived; nothing more is sent.
    Arrived,
    /// Send it again, under the same Message-ID.
    Repeat,
}

/// Settles an uncertain delivery.
pub fn settle(cx: &mut Cx<'_, '_>, id: DeliveryId, how: Settlement) -> Result<(), Error> {
    let state = match how {
        Settlement::Arrived => DeliveryState::Sent,
        Settlement::Repeat => DeliveryState::Queued,
    };
    let settled = store::set_state(
        cx.tx,
        id,
        DeliveryState::Uncertain,
        state,
        None,
        cx.now,
        cx.now,
    )?;
    settled.then_some(()).ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pauses: Vec<i64> = (1..=9).map(|n| pause_after(n).as_secs()).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    }
}
