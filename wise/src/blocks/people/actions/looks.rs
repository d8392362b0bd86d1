use base::ids::{AccountId, PersonId, SealId};
use db::Tx;
use jiff::Timestamp;
use serde_json::json;
use spine::Cx;

use crate::blocks::people::model::Error;
use crate::blocks::people::store;
use crate::blocks::seals;

/// One look at somebody's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub account: AccountId,
    /// The looker's name as it was then.
    pub looker: String,
    pub agency: String,
    pub purpose: String,
    pub at: Timestamp,
    /// Under which it was sealed; `None` for looks from before there was a ledger.
    pub seal: Option<SealId>,
}

/// Writes down that somebody looked at these persons' data, and seals it for each of them.
pub fn note_look(cx: &mut Cx<'_, '_>, persons: &[PersonId], look: &Look) -> Result<(), Error> {
    for person in persons {
        let seal = cx.id(SealId::new);
        let record = json!({
            "type": "people.looked_at.v1",
            "at": look.at.to_string(),
            "looker": look.looker,
            "agency": look.agency,
            "purpose": look.purpose,
        });
        seals::seal_about(cx, &seal.to_string(), *person, record)?;
        store::insert_look(cx.tx, *person, seal, look)?;
    }
    Ok(())
}

/// Who looked at a person's data, latest first.
pub fn looks_at(tx: &mut Tx<'_>, person: PersonId, limit: i64) -> Result<Vec<Look>, Error> {
    Ok(store::looks(tx, person, limit)?)
}
