//! What pages and APIs read.

use base::ids::{CaseId, HouseholdId, OfferId, PersonId, ReceiptId};
use db::Tx;
use jiff::Timestamp;

use crate::areas::benefits::model::{Error, Offer, OfferState, Receipt};
use crate::areas::benefits::store;
use crate::blocks::people;

/// The household that a person answers for as head or spouse, if any.
pub fn household_answered_for(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<HouseholdId>, Error> {
    let of = people::household_of(tx, person, base::seoul_date(now), now)?;
    Ok(of.and_then(|(household, role)| {
        matches!(role, people::Role::Head | people::Role::Spouse).then_some(household)
    }))
}

/// All offers a person may see that are not closed, latest first.
pub fn offers_of(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<Vec<Offer>, Error> {
    let household = household_answered_for(tx, person, now)?;
    Ok(store::of_person(tx, person, household)?)
}

/// One offer, if this person may see it; otherwise it does not exist for them.
pub fn offer(
    tx: &mut Tx<'_>,
    person: PersonId,
    id: OfferId,
    now: Timestamp,
) -> Result<Offer, Error> {
    let offer = store::by_id(tx, id)?.ok_or(Error::NotFound)?;
    let household = household_answered_for(tx, person, now)?;
    let theirs = offer.recipient == person || household == Some(offer.household);
    theirs.then_some(offer).ok_or(Error::NotFound)
}

/// The offer that a case came from.
pub fn offer_of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Offer>, Error> {
    Ok(store::by_case(tx, case)?)
}

/// A person's own receipt.
pub fn receipt(tx: &mut Tx<'_>, person: PersonId, id: ReceiptId) -> Result<Receipt, Error> {
    store::receipt(tx, id)?
        .filter(|it| it.person == person)
        .ok_or(Error::NotFound)
}

/// How many offers of each benefit stand where.
pub fn counts(tx: &mut Tx<'_>) -> Result<Vec<(String, OfferState, i64)>, Error> {
    Ok(store::counts(tx)?)
}
