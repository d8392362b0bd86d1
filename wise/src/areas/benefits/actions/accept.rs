//! The person's answer to an offer: accept (one press for all that is ready), decline, postpone,
//! or look at it again.

use std::sync::Arc;

use base::ids::{CaseId, OfferId, PersonId, Pseudonym, ReceiptId};
use jiff::civil::Date;
use serde_json::json;
use spine::Cx;

use super::offer::picture;
use super::read;
use crate::areas::benefits::facts::{OfferAccepted, OfferDeclined, OfferPostponed, ReceiptGiven};
use crate::areas::benefits::model::{
    DECIDED_WITHIN_DAYS, Error, Offer, OfferState, Picture, Receipt, application,
};
use crate::areas::benefits::store;
use crate::blocks::exchange::Catalogue;
use crate::blocks::seals::{self, Source};
use crate::blocks::{cases, people};

/// Who answers.
#[derive(Clone, Debug)]
pub struct Answerer {
    pub person: PersonId,
    pub name: String,
    /// Says under which law each filled-in fact is used.
    pub catalogue: Arc<Catalogue>,
}

/// What one press did.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub receipt: ReceiptId,
    pub cases: Vec<CaseId>,
}

/// Applies for these offers, or for all that are ready when none is named; every application is
/// filled in and arrives at the community centre. The receipt covers all of them.
///
/// # Errors
/// `Order` when a named offer still needs something or was answered before; `Invalid` when nothing
/// is ready.
pub fn accept(cx: &mut Cx<'_, '_>, who: &Answerer, named: &[OfferId]) -> Result<Accepted, Error> {
    let offers = if named.is_empty() {
        let mut all = read::offers_of(cx.tx, who.person, cx.now)?;
        all.retain(Offer::is_ready);
        all
    } else {
        let mut chosen = Vec::new();
        for id in named {
            let offer = read::offer(cx.tx, who.person, *id, cx.now)?;
            if !offer.is_ready() {
                return Err(Error::Order(offer.state));
            }
            chosen.push(offer);
        }
        chosen
    };
    let Some(first) = offers.first() else {
        return Err(Error::Invalid {
            field: "offers",
            key: "benefits-nothing-ready",
        });
    };
    let (household, today) = (first.household, cx.today());
    let seen = picture(cx.tx, household, today, cx.now)?;
    let subject = people::pseudonym_of(cx.tx, who.person)?;
    let mut opened = Vec::new();
    for offer in &offers {
        opened.push(apply_for(cx, who, subject, offer, &seen)?);
    }
    let receipt = give_receipt(cx, who, subject, &offers, &opened)?;
    Ok(Accepted {
        receipt,
        cases: opened,
    })
}

fn apply_for(
    cx: &mut Cx<'_, '_>,
    who: &Answerer,
    subject: Pseudonym,
    offer: &Offer,
    seen: &Picture,
) -> Result<CaseId, Error> {
    let agency = seen
        .view
        .address
        .as_ref()
        .map(|it| it.dong.clone())
        .ok_or(people::Error::NotFound("address"))?;
    let form = serde_json::to_string(&application(offer, seen, &who.catalogue)).unwrap_or_default();
    let due_on = cx
        .today()
        .checked_add(jiff::Span::new().days(DECIDED_WITHIN_DAYS))
        .unwrap_or(Date::MAX);
    let case = cases::open(
        cx,
        &cases::NewCase {
            kind: "benefits",
            topic: offer.benefit.clone(),
            agency,
            household: offer.household,
            about: offer.about,
            applicant: who.person,
            subject,
            origin: offer.id.to_string(),
            form,
            due_on,
            actor: who.name.clone(),
        },
    )?;
    answer(cx, offer, OfferState::Accepted, None, Some(case))?;
    let fact = OfferAccepted {
        offer: offer.id,
        benefit: offer.benefit.clone(),
    };
    cx.append(subject, &fact)?;
    Ok(case)
}

fn answer(
    cx: &mut Cx<'_, '_>,
    offer: &Offer,
    to: OfferState,
    until: Option<Date>,
    case: Option<CaseId>,
) -> Result<(), Error> {
    let moved = store::set_state(cx.tx, offer.id, offer.state, to, until, case, cx.now)?;
    moved.then_some(()).ok_or(Error::Order(offer.state))
}

/// Receipts as sealed records.
pub const RECEIPTS: Source = Source {
    kind: "receipt",
    record: |tx, id| {
        let Ok(id) = id.parse() else { return Ok(None) };
        let receipt = store::receipt(tx, id)?;
        Ok(receipt.and_then(|it| serde_json::from_str(&it.canonical).ok()))
    },
};

/// Writes down what was accepted, and seals it.
fn give_receipt(
    cx: &mut Cx<'_, '_>,
    who: &Answerer,
    subject: Pseudonym,
    offers: &[Offer],
    opened: &[CaseId],
) -> Result<ReceiptId, Error> {
    let lines: Vec<_> = offers
        .iter()
        .zip(opened)
        .map(|(offer, case)| {
            json!({
                "benefit": offer.benefit,
                "offer": offer.id,
                "case": case,
                "amount_krw": offer.amount,
                "rules": offer.rules_digest,
                "as_of": offer.as_of,
            })
        })
        .collect();
    let body = json!({
        "type": "benefits.accepted.v1",
        "at": cx.now.to_string(),
        "subject": subject,
        "applications": lines,
    });
    let id = cx.id(ReceiptId::new);
    let canonical = serde_json_canonicalizer::to_string(&body)
        .map_err(|error| Error::Spine(spine::Error::Follower(format!("receipt: {error}"))))?;
    let commitment = seals::seal_about(cx, RECEIPTS, &id.to_string(), who.person, body)?;
    let receipt = Receipt {
        id,
        person: who.person,
        household: offers[0].household,
        made_at: cx.now,
        canonical,
    };
    store::insert_receipt(cx.tx, &receipt)?;
    let fact = ReceiptGiven {
        receipt: receipt.id,
        commitment: commitment.to_string(),
    };
    cx.append(subject, &fact)?;
    Ok(receipt.id)
}

/// The person does not want it; it can be looked at again.
pub fn decline(cx: &mut Cx<'_, '_>, person: PersonId, id: OfferId) -> Result<(), Error> {
    let offer = answerable(cx, person, id)?;
    answer(cx, &offer, OfferState::Declined, None, None)?;
    let subject = people::pseudonym_of(cx.tx, person)?;
    let fact = OfferDeclined {
        offer: id,
        benefit: offer.benefit,
    };
    cx.append(subject, &fact)?;
    Ok(())
}

/// The person has it already: it is not offered again, and its changes are told.
pub fn mark_received(cx: &mut Cx<'_, '_>, person: PersonId, id: OfferId) -> Result<(), Error> {
    let offer = answerable(cx, person, id)?;
    answer(cx, &offer, OfferState::Received, None, None)
}

/// The person wants to be asked again on a later day, before the deadline.
pub fn postpone(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    id: OfferId,
    until: Date,
) -> Result<(), Error> {
    let offer = answerable(cx, person, id)?;
    if until <= cx.today() {
        return Err(Error::Invalid {
            field: "until",
            key: "benefits-postpone-past",
        });
    }
    if offer.deadline.is_some_and(|deadline| until > deadline) {
        return Err(Error::Invalid {
            field: "until",
            key: "benefits-postpone-late",
        });
    }
    answer(cx, &offer, OfferState::Postponed, Some(until), None)?;
    let subject = people::pseudonym_of(cx.tx, person)?;
    let fact = OfferPostponed {
        offer: id,
        benefit: offer.benefit,
    };
    cx.append(subject, &fact)?;
    Ok(())
}

fn answerable(cx: &mut Cx<'_, '_>, person: PersonId, id: OfferId) -> Result<Offer, Error> {
    let offer = read::offer(cx.tx, person, id, cx.now)?;
    match offer.state {
        OfferState::Open | OfferState::Waiting | OfferState::Postponed => Ok(offer),
        other => Err(Error::Order(other)),
    }
}

/// Brings back what was declined, put off or marked as received.
pub fn reconsider(cx: &mut Cx<'_, '_>, person: PersonId, id: OfferId) -> Result<(), Error> {
    let offer = read::offer(cx.tx, person, id, cx.now)?;
    if !offer.state.is_set_aside() {
        return Err(Error::Order(offer.state));
    }
    answer(cx, &offer, OfferState::Open, None, None)
}
