//! A granted case opens a voucher; a death closes it.

use std::sync::Arc;

use base::ids::{PersonId, VoucherId};
use db::Tx;
use rules::RuleBook;
use spine::{Cx, Fact, FactKind, Follower};

use super::actions;
use super::model::{Error, Instalments, opened};
use crate::areas::benefits::actions::read;
use crate::areas::benefits::model::Offer;
use crate::blocks::cases::facts::StepTaken;
use crate::blocks::cases::{self, Case, CaseState};
use crate::blocks::people;
use crate::blocks::people::facts::DeathRegistered;

/// The follower `vouchers`.
pub struct VoucherFollower {
    pub book: Arc<RuleBook>,
    pub instalments: Arc<Instalments>,
}

/// What one fact asks.
pub enum Task {
    Granted {
        case: Box<Case>,
        offer: Box<Offer>,
        /// Code of the agency that gives the benefit.
        payer: String,
    },
    Died(PersonId),
}

impl Follower for VoucherFollower {
    type Loaded = Vec<Task>;
    type Conclusion = Vec<Task>;

    fn name(&self) -> &'static str {
        "vouchers"
    }

    fn wants(&self, kind: &str) -> bool {
        [StepTaken::KIND, DeathRegistered::KIND].contains(&kind)
    }

    fn load(&self, tx: &mut Tx<'_>, facts: &[Fact]) -> Result<Vec<Task>, spine::Error> {
        let mut tasks = Vec::new();
        for fact in facts {
            let task = self.load_one(tx, fact).map_err(|error| held_up(&error))?;
            tasks.extend(task);
        }
        Ok(tasks)
    }

    fn conclude(&self, tasks: Vec<Task>) -> Result<Vec<Task>, spine::Error> {
        Ok(tasks)
    }

    fn apply(&self, cx: &mut Cx<'_, '_>, tasks: &Vec<Task>) -> Result<(), spine::Error> {
        for task in tasks {
            let done = match task {
                Task::Died(person) => actions::close_of(cx, *person),
                Task::Granted { case, offer, payer } => {
                    let id = cx.id(VoucherId::new);
                    match opened(case, offer, payer, &self.instalments, id, cx.now) {
                        Some(voucher) => actions::open(cx, &voucher),
                        None => Ok(()),
                    }
                }
            };
            done.map_err(|error| held_up(&error))?;
        }
        Ok(())
    }
}

fn held_up(error: &Error) -> spine::Error {
    spine::Error::Follower(error.to_string())
}

impl VoucherFollower {
    /// `None` when the fact opens and closes nothing.
    fn load_one(&self, tx: &mut Tx<'_>, fact: &Fact) -> Result<Option<Task>, Error> {
        if fact.read::<DeathRegistered>()?.is_some() {
            return Ok(people::person_of(tx, &fact.subject)?.map(Task::Died));
        }
        let Some(step) = fact.read::<StepTaken>()? else {
            return Ok(None);
        };
        let case = cases::case(tx, step.case)?;
        if case.state != CaseState::Granted {
            return Ok(None);
        }
        let offer = read::offer_of_case(tx, case.id).map_err(unread)?;
        let payer = self
            .book
            .benefit(&case.topic)
            .map(|it| it.authority.clone());
        Ok(offer.zip(payer).map(|(offer, payer)| Task::Granted {
            case: Box::new(case),
            offer: Box::new(offer),
            payer,
        }))
    }
}

fn unread(error: crate::areas::benefits::model::Error) -> Error {
    match error {
        crate::areas::benefits::model::Error::Db(error) => Error::Db(error),
        other => Error::Spine(spine::Error::Follower(other.to_string())),
    }
}
