use base::ids::{AccountId, PersonId, SealId};
use db::Tx;
use jiff::Timestamp;
use serde_json::{Value, json};
use spine::Cx;
use web::Account;

use crate::blocks::people::model::Error;
use crate::blocks::people::store;
use crate::blocks::seals::{self, Source};

/// Who looks at somebody's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looker {
    pub account: AccountId,
    pub name: String,
    /// The code of their agency; empty where they have none.
    pub agency: String,
}

impl Looker {
    pub fn of(account: &Account) -> Self {
        Self {
            account: account.id,
            name: account.name.clone(),
            agency: account.agency.clone().unwrap_or_default(),
        }
    }
}

/// One look at somebody's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Who looked, as they were called then.
    pub looker: Looker,
    pub purpose: String,
    pub at: Timestamp,
    /// Under which it was sealed; `None` for looks from before there was a ledger.
    pub seal: Option<SealId>,
}

impl Look {
    /// What is sealed. The person is not in it: whoever opens the seal knows whom it is about.
    fn record(&self) -> Value {
        json!({
            "type": "people.looked_at.v1",
            "at": self.at.to_string(),
            "account": self.looker.account,
            "looker": self.looker.name,
            "agency": self.looker.agency,
            "purpose": self.purpose,
        })
    }
}

/// Looks as sealed records.
pub const LOOKS: Source = Source {
    kind: "look",
    record: |tx, id| Ok(store::look(tx, id)?.map(|it| it.record())),
};

/// Writes down that somebody looked at these persons' data, and seals it for each of them.
pub fn note_look(
    cx: &mut Cx<'_, '_>,
    persons: &[PersonId],
    looker: &Looker,
    purpose: &str,
) -> Result<(), Error> {
    for person in persons {
        let seal = cx.id(SealId::new);
        let look = Look {
            looker: looker.clone(),
            purpose: purpose.to_owned(),
            at: cx.now,
            seal: Some(seal),
        };
        store::insert_look(cx.tx, *person, &look)?;
        seals::seal_about(cx, LOOKS, &seal.to_string(), *person, look.record())?;
    }
    Ok(())
}

/// Who looked at a person's data, latest first.
pub fn looks_at(tx: &mut Tx<'_>, person: PersonId, limit: i64) -> Result<Vec<Look>, Error> {
    Ok(store::looks(tx, person, limit)?)
}
