//! What every action is given: a transaction, the instant, randomness, and who acts.

use base::ids::{AccountId, FactId, Pseudonym};
use base::seoul_date;
use db::{Tx, values};
use jiff::{Timestamp, civil};
use rand::Rng;

use crate::fact::part_of;
use crate::{Error, FactKind};

/// The context of one action. The action never commits; whoever opened the transaction does.
pub struct Cx<'a, 'c> {
    pub tx: &'a mut Tx<'c>,
    pub now: Timestamp,
    pub rng: &'a mut dyn Rng,
    /// Who acts; `None` when the server itself concludes something.
    pub actor: Option<AccountId>,
}

impl Cx<'_, '_> {
    /// Today's civil date in Korea.
    pub fn today(&self) -> civil::Date {
        seoul_date(self.now)
    }

    /// A new id, made by `make` (`cx.id(CaseId::new)`).
    pub fn id<T>(&mut self, make: impl FnOnce(Timestamp, &mut dyn Rng) -> T) -> T {
        make(self.now, self.rng)
    }

    /// Appends a fact about `subject` in this transaction.
    pub fn append<K: FactKind>(&mut self, subject: Pseudonym, fact: &K) -> Result<FactId, Error> {
        let id = self.id(FactId::new);
        let data = serde_json::to_string(fact).map_err(|e| Error::Shape {
            id: id.to_string(),
            kind: K::KIND.to_owned(),
            reason: e.to_string(),
        })?;
        let epoch = self.tx.commit_epoch()?;
        let subject = subject.to_string();
        self.tx.execute(
            "INSERT INTO spine_fact (epoch, part, id, kind, subject, at, data) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            values![
                epoch,
                part_of(&subject),
                id,
                K::KIND,
                subject,
                self.now,
                data
            ],
        )?;
        self.tx.signal()?;
        Ok(id)
    }
}
