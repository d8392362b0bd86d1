use base::ids::PersonId;
use spine::Cx;

use super::household::record;
use crate::blocks::exchange;
use crate::blocks::people::model::{Error, Owner};

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
