//! Making offers out of what the rules opened.

use std::collections::BTreeMap;

use base::ids::{BirthId, HouseholdId, OfferId, PersonId, Pseudonym};
use db::Tx;
use jiff::Timestamp;
use jiff::civil::Date;
use spine::Cx;

use crate::areas::benefits::facts::OfferMade;
use crate::areas::benefits::model::{
    BIRTH, Consents, Error, Offer, OfferState, Opened, Picture, amount_of, count_to_tell,
};
use crate::areas::benefits::store;
use crate::blocks::people::{Datum, Source};
use crate::blocks::places::Condition;
use crate::blocks::{exchange, notices, people, places};

/// A household as rules may see it, on a day, as known at an instant.
pub fn picture(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    on: Date,
    known_at: Timestamp,
) -> Result<Picture, Error> {
    let mut view = people::view(tx, household, on, known_at)?;
    if let Some(home) = &view.address {
        let found = places::conditions_at(tx, &home.municipality, &home.dong, on, known_at)?;
        for condition in found {
            // Of two of a kind, the latest declared speaks.
            if view.facts.iter().all(|it| it.fact != condition.kind.word()) {
                view.facts.push(of_the_day(condition, known_at));
            }
        }
    }
    let mut consents = Consents::new();
    for member in &view.members {
        let given = exchange::consents_of(tx, member.person.id)?
            .into_iter()
            .filter(|it| it.given_at <= known_at && it.withdrawn_at.is_none_or(|at| at > known_at))
            .map(|it| it.fact)
            .collect();
        consents.insert(member.person.id, given);
    }
    Ok(Picture {
        view,
        consents,
        now: known_at,
        on,
    })
}

/// A condition of the day as a fact of the households it holds for.
fn of_the_day(condition: Condition, now: Timestamp) -> Datum {
    Datum {
        fact: condition.kind.word().to_owned(),
        value: Some("true".to_owned()),
        since: condition.from,
        until: Some(condition.until),
        known_at: condition.declared_at,
        source: Source {
            agency: condition.agency,
            basis: condition.title,
            told: false,
            checked_at: now,
        },
    }
}

/// What a birth opened for a household, ready to be stored.
#[derive(Clone, Debug)]
pub struct BirthOffers {
    pub birth: BirthId,
    pub household: HouseholdId,
    pub parent: PersonId,
    pub subject: Pseudonym,
    pub registered: bool,
    pub opened: Vec<Opened>,
}

/// Stores the offers of a birth, confirms those that waited for its registration, and tells the parent.
pub fn make_offers(cx: &mut Cx<'_, '_>, offers: &BirthOffers) -> Result<(), Error> {
    let mut confirmed = Vec::new();
    for opened in &offers.opened {
        let key = once_key(opened, offers);
        let offer = new_offer(cx, opened, offers);
        let known = store::living_of(cx.tx, offers.household, &offer.benefit, offer.about)?;
        if let Some(known) = known {
            if offers.registered {
                let now_open = Offer {
                    id: known.id,
                    ..offer
                };
                store::replace_finding(cx.tx, &now_open, known.changed_at)?;
                confirmed.push(known.id);
            }
        } else if store::insert(cx.tx, &key, &offer)? {
            confirmed.push(offer.id);
            let fact = OfferMade {
                offer: offer.id,
                benefit: offer.benefit.clone(),
            };
            cx.append(offers.subject, &fact)?;
        }
    }
    if offers.registered {
        drop_unconfirmed(cx, offers, &confirmed)?;
    }
    if confirmed.is_empty() {
        return Ok(());
    }
    tell_parent(cx, offers, confirmed.len())
}

/// The same benefit is offered once to the same person (or household) on the same occasion.
fn once_key(opened: &Opened, offers: &BirthOffers) -> String {
    let whom = opened
        .about
        .map_or_else(|| offers.household.to_string(), |it| it.to_string());
    format!("{}|{whom}|{}", opened.benefit, offers.birth)
}

fn new_offer(cx: &mut Cx<'_, '_>, opened: &Opened, offers: &BirthOffers) -> Offer {
    let to_tell = count_to_tell(&opened.finding);
    Offer {
        id: cx.id(OfferId::new),
        benefit: opened.benefit.clone(),
        household: offers.household,
        about: opened.about,
        recipient: opened.recipient,
        occasion: BIRTH.into(),
        occasion_id: offers.birth.to_string(),
        state: if offers.registered {
            OfferState::Open
        } else {
            OfferState::Waiting
        },
        amount: amount_of(&opened.finding),
        previous_amount: opened.previous_amount,
        monthly: opened.monthly,
        to_tell,
        deadline: opened.finding.deadline,
        finding: opened.finding.clone(),
        rules_digest: opened.rules_digest.clone(),
        as_of: opened.on,
        made_at: cx.now,
        changed_at: cx.now,
        postponed_until: None,
        case: None,
        opens_on: None,
    }
}

/// What was expected before the registration and did not come true is taken back.
fn drop_unconfirmed(
    cx: &mut Cx<'_, '_>,
    offers: &BirthOffers,
    confirmed: &[OfferId],
) -> Result<(), Error> {
    for known in store::unanswered(cx.tx, offers.household)? {
        let of_this_birth = known.occasion_id == offers.birth.to_string();
        if of_this_birth && known.state == OfferState::Waiting && !confirmed.contains(&known.id) {
            store::set_state(
                cx.tx,
                known.id,
                OfferState::Waiting,
                OfferState::Closed,
                None,
                None,
                cx.now,
            )?;
        }
    }
    Ok(())
}

fn tell_parent(cx: &mut Cx<'_, '_>, offers: &BirthOffers, count: usize) -> Result<(), Error> {
    let (message, stage) = if offers.registered {
        ("benefits-birth-registered", "registered")
    } else {
        ("benefits-birth-expected", "expected")
    };
    let notice = notices::NewNotice {
        person: offers.parent,
        subject: offers.subject,
        once_key: format!("benefits|birth|{}|{stage}", offers.birth),
        message,
        arguments: BTreeMap::from([("count".to_owned(), count.to_string())]),
        link: format!("/births/{}", offers.birth),
        urgency: notices::Urgency::Routine,
        answer_by: None,
    };
    Ok(notices::tell(cx, &notice)?)
}

/// Closes what is still open about or for somebody who died.
pub fn close_offers_of(cx: &mut Cx<'_, '_>, person: PersonId) -> Result<(), Error> {
    store::close_of(cx.tx, person, cx.now)?;
    Ok(())
}

/// Offers that were put off until today are open again.
pub fn reopen_due(cx: &mut Cx<'_, '_>) -> Result<u64, Error> {
    Ok(store::reopen_due(cx.tx, cx.today(), cx.now)?)
}
