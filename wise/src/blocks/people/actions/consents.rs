use base::ids::PersonId;
use spine::Cx;

use super::household::record;
use crate::blocks::exchange::{self, Holding, Sharing};
use crate::blocks::people::model::{Error, HouseholdView, Owner};

/// Whether a person may agree that a datum is fetched from its holder: about themselves, and as the
/// head about the household.
pub fn may_consent(view: &HouseholdView, person: PersonId, holding: &Holding) -> bool {
    let theirs = match holding.fact.split_once('.') {
        Some(("person", _)) => view.member(person).is_some(),
        Some(("household", _)) => view.head().is_some_and(|it| it.person.id == person),
        _ => false,
    };
    theirs && holding.shareable == Sharing::Consent
}

/// A person agrees that a datum is fetched from its holder, or ends that; whoever draws conclusions
/// from the household hears that something changed. `fact` is a name of the exchange catalogue.
pub fn set_consent(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    fact: &str,
    given: bool,
) -> Result<(), Error> {
    if given {
        exchange::give_consent(cx, person, fact)?;
    } else {
        exchange::withdraw_consent(cx, person, fact)?;
    }
    record(cx, Owner::Person(person), &[])
}
