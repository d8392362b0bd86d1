//! What is done with notices, one file a concern.

mod contact;
mod deliver;
mod letters;
mod tell;
mod unreached;

use base::ids::PersonId;
use db::Tx;
use spine::{Cx, FactKind};

use super::model::Error;
use super::store;
use crate::blocks::people;

pub use contact::{
    add_device, contact, devices, forget_devices, preferences, remove_device, server_key,
    set_contact, set_preferences, try_out,
};
pub use deliver::{
    Settlement, claim, deliveries, mark_abandoned, plan_due, record_outcome, settle, uncertain,
};
pub use letters::{letters, mark_posted};
pub use tell::{inbox, mark_read, notice, tell, unread};
pub use unreached::{settle_unreached, unreached, unreached_one};

/// Appends a fact about a person; about one whose pseudonym was erased nothing is told.
fn append<K: FactKind>(cx: &mut Cx<'_, '_>, person: PersonId, fact: &K) -> Result<(), Error> {
    match people::pseudonym_of(cx.tx, person) {
        Ok(subject) => {
            cx.append(subject, fact)?;
            Ok(())
        }
        Err(people::Error::NotFound(_)) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

/// Destroys a person's inbox, and how they are reached.
pub fn erase(tx: &mut Tx<'_>, person: PersonId) -> Result<(), db::Error> {
    store::erase(tx, person)
}
