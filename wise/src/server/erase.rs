//! Destroying what is held about a person.

use base::ids::PersonId;
use spine::Cx;

use crate::areas::AREAS;
use crate::blocks::{cases, exchange, notices, people, seals};

/// Why nothing was destroyed.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    #[error(transparent)]
    People(#[from] people::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Seals(#[from] seals::Error),
}

/// Destroys everything about a person in one transaction: rows of every part, what opens the seals of records about them, their
/// key and their account. The ledger stays as it is: its entries about them say nothing any more, and all proofs hold.
///
/// # Errors
/// There is no such person, or they still belong to a household.
pub fn erase(cx: &mut Cx<'_, '_>, person: PersonId, basis: &str) -> Result<(), EraseError> {
    let erased = people::erase(cx, person, basis)?;
    let tx = &mut *cx.tx;
    exchange::erase(tx, person)?;
    cases::erase(tx, person)?;
    notices::erase(tx, person)?;
    for area in AREAS {
        (area.erase)(tx, &erased)?;
    }
    web::accounts::erase(tx, &person.to_string())?;
    seals::erase(tx, &person.to_string())?;
    seals::erase(tx, &erased.pseudonym.to_string())?;
    Ok(())
}
