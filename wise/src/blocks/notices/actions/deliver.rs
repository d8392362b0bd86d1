use base::ids::{DeliveryId, NoticeId, PersonId};
use db::Tx;
use jiff::SignedDuration;
use spine::Cx;

use super::append;
use crate::blocks::notices::choice::{self, Attempt, Situation, Step};
use crate::blocks::notices::facts::{DeliveryEnded, NobodyReached};
use crate::blocks::notices::model::{
    Channel, Contact, Delivery, DeliveryState, Error, Notice, Outcome, Outgoing,
};
use crate::blocks::notices::store;
use crate::blocks::people;

/// After this many attempts a delivery has failed.
const MOST_ATTEMPTS: i64 = 8;
/// An attempt that has not been recorded after this long was cut.
const CUT_AFTER: SignedDuration = SignedDuration::from_mins(2);
/// So many notices are decided about in one transaction.
const BATCH: i64 = 100;

/// Over which channels a person's own notice was sent, and what became of that.
pub fn deliveries(tx: &mut Tx<'_>, person: PersonId, id: NoticeId) -> Result<Vec<Delivery>, Error> {
    super::notice(tx, person, id)?;
    Ok(store::deliveries_of(tx, id)?)
}

/// Where a person can be reached beside the inbox.
struct Reach {
    contact: Option<Contact>,
    has_device: bool,
    /// See [`home_of`]; asked for letters only.
    home: Option<(String, String)>,
}

/// The line of a person's address and the office that is responsible there.
fn home_of(cx: &mut Cx<'_, '_>, person: PersonId) -> Result<Option<(String, String)>, Error> {
    let (today, now) = (cx.today(), cx.now);
    let Some((household, _)) = people::household_of(cx.tx, person, today, now)? else {
        return Ok(None);
    };
    let address = people::view(cx.tx, household, today, now)?.address;
    Ok(address.map(|it| (it.line, it.dong)))
}

impl Reach {
    fn of(cx: &mut Cx<'_, '_>, person: PersonId, on: &[Channel]) -> Result<Self, Error> {
        Ok(Self {
            contact: store::contact(cx.tx, person)?,
            has_device: !store::devices(cx.tx, person)?.is_empty(),
            home: match on.contains(&Channel::Letter) {
                true => home_of(cx, person)?,
                false => None,
            },
        })
    }

    fn address(&self, channel: Channel) -> Option<String> {
        let contact = self.contact.as_ref();
        match channel {
            Channel::Push => self.has_device.then(String::new),
            Channel::Email => contact?.email.clone(),
            Channel::Sms => contact?.phone.clone(),
            Channel::Letter => self.home.as_ref().map(|(line, _)| line.clone()),
        }
    }
}

/// Decides about the notices that are due; `on` are the channels that this server has. Returns how
/// many were looked at: as many as a transaction holds, so that 0 means that nothing is left.
pub fn plan_due(cx: &mut Cx<'_, '_>, on: &[Channel]) -> Result<usize, Error> {
    let due = store::due(cx.tx, cx.now, BATCH)?;
    for notice in &due {
        plan(cx, on, notice)?;
    }
    Ok(due.len())
}

fn plan(cx: &mut Cx<'_, '_>, on: &[Channel], notice: &Notice) -> Result<(), Error> {
    let reach = Reach::of(cx, notice.person, on)?;
    let usable: Vec<Channel> = on
        .iter()
        .copied()
        .filter(|it| reach.address(*it).is_some())
        .collect();
    let preferences = super::preferences(cx.tx, notice.person)?;
    let made = store::deliveries_of(cx.tx, notice.id)?;
    let attempts: Vec<Attempt> = made
        .iter()
        .map(|it| Attempt {
            channel: it.channel,
            state: it.state,
            changed_at: it.changed_at,
        })
        .collect();
    let situation = Situation {
        urgency: notice.urgency,
        answer_by: notice.answer_by,
        made_at: notice.made_at,
        preferences: &preferences,
        usable: &usable,
        attempts: &attempts,
    };
    match choice::next_step(&situation, cx.now) {
        Step::Send { channel, at } => {
            let address = reach.address(channel).unwrap_or_default();
            let home = reach.home.as_ref().filter(|_| channel == Channel::Letter);
            let to = store::To {
                channel,
                address: &address,
                locale: reach
                    .contact
                    .as_ref()
                    .map_or(base::Locale::KO, |it| it.locale),
                agency: home.map(|(_, dong)| dong.as_str()),
            };
            let id = cx.id(DeliveryId::new);
            store::queue(cx.tx, id, notice.id, &to, at, cx.now)?;
            store::look_again(cx.tx, notice.id, Some(cx.now + choice::UNDER_WAY))?;
        }
        Step::WaitUntil(until) => store::look_again(cx.tx, notice.id, Some(until))?,
        Step::AskHuman => ask_human(cx, notice)?,
    }
    Ok(())
}

fn ask_human(cx: &mut Cx<'_, '_>, notice: &Notice) -> Result<(), Error> {
    let agency = home_of(cx, notice.person)?.map(|(_, dong)| dong);
    store::look_again(cx.tx, notice.id, None)?;
    let urgency = choice::urgency_on(notice.urgency, notice.answer_by, cx.today());
    if store::insert_unreached(cx.tx, notice, agency.as_deref(), urgency, cx.now)? {
        let fact = NobodyReached {
            notice: notice.id,
            urgency: urgency.to_string(),
        };
        append(cx, notice.person, &fact)?;
    }
    Ok(())
}

/// Takes the next delivery that may go now; the caller sends it and records the outcome. What was
/// read meanwhile is dropped, and what would disturb somebody's night waits for the morning.
pub fn claim(cx: &mut Cx<'_, '_>, channel: Channel) -> Result<Option<Outgoing>, Error> {
    while let Some(delivery) = store::claim(cx.tx, channel, cx.now)? {
        let notice = store::by_id(cx.tx, delivery.notice)?.ok_or(Error::NotFound)?;
        let preferences = super::preferences(cx.tx, notice.person)?;
        let urgency = choice::urgency_on(notice.urgency, notice.answer_by, cx.today());
        let opening = choice::opening(preferences.quiet, urgency, channel, cx.now);
        if notice.read_at.is_some() {
            let (from, to) = (DeliveryState::Sending, DeliveryState::Dropped);
            store::set_state(cx.tx, delivery.id, from, to, None, cx.now, cx.now)?;
        } else if opening > cx.now {
            store::put_off(cx.tx, delivery.id, opening)?;
        } else {
            let devices = match channel {
                Channel::Push => store::devices(cx.tx, notice.person)?,
                _ => Vec::new(),
            };
            return Ok(Some(Outgoing {
                delivery,
                notice,
                urgency,
                details: preferences.details,
                devices,
            }));
        }
    }
    Ok(None)
}

/// Records what became of an attempt.
pub fn record_outcome(
    cx: &mut Cx<'_, '_>,
    delivery: &Delivery,
    outcome: &Outcome,
) -> Result<(), Error> {
    let (state, problem) = match outcome {
        Outcome::Sent => (DeliveryState::Sent, None),
        Outcome::Refused(why) => (DeliveryState::Failed, Some(why)),
        Outcome::Uncertain(why) => (DeliveryState::Uncertain, Some(why)),
        Outcome::Again(why) if delivery.attempts >= MOST_ATTEMPTS => {
            (DeliveryState::Failed, Some(why))
        }
        Outcome::Again(why) => (DeliveryState::Queued, Some(why)),
    };
    let next_at = match state {
        DeliveryState::Queued => cx.now + pause_after(delivery.attempts),
        _ => cx.now,
    };
    let from = DeliveryState::Sending;
    let problem = problem.map(String::as_str);
    let moved = store::set_state(cx.tx, delivery.id, from, state, problem, next_at, cx.now)?;
    if moved && state != DeliveryState::Queued {
        ended(cx, delivery, state)?;
    }
    Ok(())
}

/// Tells what became of a delivery, and has the notice looked at again: a channel that failed is
/// followed at once.
pub(super) fn ended(
    cx: &mut Cx<'_, '_>,
    delivery: &Delivery,
    state: DeliveryState,
) -> Result<(), Error> {
    store::look_now(cx.tx, delivery.notice, cx.now)?;
    let Some(notice) = store::by_id(cx.tx, delivery.notice)? else {
        return Ok(());
    };
    let fact = DeliveryEnded {
        notice: delivery.notice,
        delivery: delivery.id,
        channel: delivery.channel.to_string(),
        state: state.to_string(),
    };
    append(cx, notice.person, &fact)
}

/// 30 s, 1 min, 2 min … at most an hour.
fn pause_after(attempts: i64) -> SignedDuration {
    let doubled = 30_i64 << attempts.clamp(1, 8).saturating_sub(1);
    SignedDuration::from_secs(doubled.min(3_600))
}

/// Deliveries whose attempt was cut become uncertain; returns how many.
pub fn mark_abandoned(cx: &mut Cx<'_, '_>) -> Result<usize, Error> {
    let cut = store::sending_since_before(cx.tx, cx.now - CUT_AFTER)?;
    let (from, to) = (DeliveryState::Sending, DeliveryState::Uncertain);
    let why = Some("the server stopped between sending and recording");
    let mut count = 0;
    for it in cut {
        if store::set_state(cx.tx, it.id, from, to, why, cx.now, cx.now)? {
            ended(cx, &it, to)?;
            count += 1;
        }
    }
    Ok(count)
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
    /// Send it again, under the same number (Message-ID, gateway's id, Topic).
    Repeat,
}

/// Settles an uncertain delivery.
pub fn settle(cx: &mut Cx<'_, '_>, id: DeliveryId, how: Settlement) -> Result<(), Error> {
    let to = match how {
        Settlement::Arrived => DeliveryState::Sent,
        Settlement::Repeat => DeliveryState::Queued,
    };
    let from = DeliveryState::Uncertain;
    if !store::set_state(cx.tx, id, from, to, None, cx.now, cx.now)? {
        return Err(Error::NotFound);
    }
    if to == DeliveryState::Sent
        && let Some(delivery) = store::delivery_by_id(cx.tx, id)?
    {
        ended(cx, &delivery, to)?;
    }
    Ok(())
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
