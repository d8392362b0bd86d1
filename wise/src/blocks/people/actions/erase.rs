use base::ids::{HouseholdId, PersonId, Pseudonym};
use spine::Cx;

use super::search::pseudonym_of;
use crate::blocks::people::facts::PersonErased;
use crate::blocks::people::model::Error;
use crate::blocks::people::store;

/// A person whose data are destroyed, for whoever else holds some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    pub person: PersonId,
    /// Under which facts speak of them; nothing says any more who it was.
    pub pseudonym: Pseudonym,
    /// Households that nobody is left of.
    pub households: Vec<HouseholdId>,
}

/// Destroys what the register holds about somebody who died or left (개인정보 보호법 제21조). `basis` is the article or the
/// decision that says so. That it was done stays, without whom.
///
/// # Errors
/// There is no such person, or they still belong to a household: the register law keeps them then.
pub fn erase(cx: &mut Cx<'_, '_>, person: PersonId, basis: &str) -> Result<Erased, Error> {
    let pseudonym = pseudonym_of(cx.tx, person)?;
    if store::is_member(cx.tx, person)? {
        return Err(Error::StillMember);
    }
    let households = store::erase(cx.tx, person)?;
    let fact = PersonErased {
        basis: basis.to_owned(),
    };
    cx.append(pseudonym, &fact)?;
    Ok(Erased {
        person,
        pseudonym,
        households,
    })
}
