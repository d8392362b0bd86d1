//! A person tells what an offer still needs; everything that waited for it is worked out anew.

use base::ids::{HouseholdId, OfferId, PersonId};
use db::Tx;
use jiff::Timestamp;
use rules::{Entity, FactRef};
use spine::Cx;

use super::offer::picture;
use super::read;
use crate::areas::benefits::model::{Desk, Error, Offer, OfferState, Picture};
use crate::areas::benefits::store;
use crate::blocks::people::{self, NewDatum, Owner, Source};

/// Records what a person told for an offer; `value` was checked against the vocabulary.
pub fn record_answer(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    id: OfferId,
    fact: &FactRef,
    value: &str,
) -> Result<HouseholdId, Error> {
    let offer = read::offer(cx.tx, person, id, cx.now)?;
    if !offer.open_questions().any(|asked| asked == fact) {
        return Err(Error::Order(offer.state));
    }
    let owner = match (fact.entity, &fact.member) {
        (Entity::Person, Some(member)) => {
            Owner::Person(member.parse().map_err(|_| Error::NotFound)?)
        }
        _ => Owner::Household(offer.household),
    };
    let datum = NewDatum {
        fact: fact.fact.clone(),
        value: Some(value.to_owned()),
        since: cx.today(),
        until: None,
        source: Source {
            agency: "resident".into(),
            basis: "본인이 알림".into(),
            told: true,
            checked_at: cx.now,
        },
    };
    people::record(cx, owner, &[datum])?;
    Ok(offer.household)
}

/// Offers of a household that may read differently now, and the household as it stands.
#[derive(Clone, Debug)]
pub struct Reassessment {
    picture: Picture,
    offers: Vec<(Offer, Option<PersonId>)>,
}

/// Loads what a reassessment needs.
pub fn load(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    now: Timestamp,
) -> Result<Reassessment, Error> {
    let picture = picture(tx, household, base::seoul_date(now), now)?;
    let mut offers = Vec::new();
    for offer in store::unanswered(tx, household)? {
        let expected = expected_child(tx, &offer)?;
        offers.push((offer, expected));
    }
    Ok(Reassessment { picture, offers })
}

/// The child whose registration an offer waits for.
pub fn expected_child(tx: &mut Tx<'_>, offer: &Offer) -> Result<Option<PersonId>, Error> {
    match (offer.state, offer.birth()) {
        (OfferState::Waiting, Some(birth)) => Ok(Some(people::birth(tx, birth)?.child)),
        _ => Ok(None),
    }
}

/// Works the offers out anew; no transaction is open here.
pub fn conclude(desk: &Desk, reassessment: Reassessment) -> Vec<Offer> {
    let Reassessment { picture, offers } = reassessment;
    offers
        .into_iter()
        .filter_map(|(offer, expected)| {
            let finding = desk.reassess(&offer, &picture, expected)?;
            let digest = desk.book.benefit(&offer.benefit)?.digest();
            Some(offer.renewed(finding, digest, picture.on))
        })
        .collect()
}

/// Stores what was worked out; offers that the person has answered meanwhile stay as they are.
pub fn store_reassessed(cx: &mut Cx<'_, '_>, offers: &[Offer]) -> Result<(), Error> {
    for offer in offers {
        let renewed = Offer {
            changed_at: cx.now,
            ..offer.clone()
        };
        store::replace_finding(cx.tx, &renewed, offer.changed_at)?;
    }
    Ok(())
}
