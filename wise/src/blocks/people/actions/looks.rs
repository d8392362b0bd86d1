use base::ids::{AccountId, PersonId};
use db::{Error, Tx};
use jiff::Timestamp;

use crate::blocks::people::store;

/// One look at somebody's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub account: AccountId,
    /// The looker's name as it was then.
    pub looker: String,
    pub agency: String,
    pub purpose: String,
    pub at: Timestamp,
}

/// Writes down that somebody looked at these persons' data.
pub fn note_look(tx: &mut Tx<'_>, persons: &[PersonId], look: &Look) -> Result<(), Error> {
    for person in persons {
        store::insert_look(tx, *person, look)?;
    }
    Ok(())
}

/// Who looked at a person's data, latest first.
pub fn looks_at(tx: &mut Tx<'_>, person: PersonId, limit: i64) -> Result<Vec<Look>, Error> {
    store::looks(tx, person, limit)
}
