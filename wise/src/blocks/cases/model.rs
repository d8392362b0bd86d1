use base::ids::{CaseId, HouseholdId, PersonId, Pseudonym};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::FactRef;
use serde::{Deserialize, Serialize};

use crate::blocks::people::words;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Spine(#[from] spine::Error),
    #[error(transparent)]
    Seals(#[from] crate::blocks::seals::Error),
    #[error("no such case")]
    NotFound,
    /// The case has moved on; what was asked does not fit any more.
    #[error("a case that is {from} cannot become {to}")]
    Order { from: CaseState, to: CaseState },
    /// Somebody else took a step since the page was read.
    #[error("the case was changed meanwhile")]
    Stale,
    #[error("{field}: {key}")]
    Invalid {
        field: &'static str,
        key: &'static str,
    },
}

words! {
    /// Where a case stands.
    CaseState {
        Received = "received",
        Asked = "asked",
        Answered = "answered",
        Granted = "granted",
        Refused = "refused",
        Withdrawn = "withdrawn",
    }
}

impl CaseState {
    /// Nothing more will happen.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Granted | Self::Refused | Self::Withdrawn)
    }

    /// Which step may follow which.
    pub fn may_become(self, next: Self) -> bool {
        use CaseState::{Answered, Asked, Granted, Received, Refused, Withdrawn};
        match self {
            Received | Answered => matches!(next, Asked | Granted | Refused | Withdrawn),
            Asked => matches!(next, Answered | Granted | Refused | Withdrawn),
            Granted | Refused | Withdrawn => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub id: CaseId,
    /// Which area's case it is.
    pub kind: String,
    /// What it is about within that area: a benefit's id, for example.
    pub topic: String,
    pub agency: String,
    pub household: HouseholdId,
    pub about: Option<PersonId>,
    pub applicant: PersonId,
    /// The record of the area that it came from.
    pub origin: String,
    pub state: CaseState,
    /// The filled-in application, JSON of the area's own shape.
    pub form: String,
    pub opened_at: Timestamp,
    pub due_on: Date,
    pub closed_at: Option<Timestamp>,
    pub revision: i64,
}

#[derive(Clone, Debug)]
pub struct NewCase {
    pub kind: &'static str,
    pub topic: String,
    pub agency: String,
    pub household: HouseholdId,
    pub about: Option<PersonId>,
    pub applicant: PersonId,
    pub subject: Pseudonym,
    pub origin: String,
    pub form: String,
    pub due_on: Date,
    /// The applicant's name, for the first step.
    pub actor: String,
}

/// One step of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub state: CaseState,
    pub at: Timestamp,
    pub actor: String,
    pub note: String,
}

/// How many cases of an agency stand where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueCount {
    pub agency: String,
    pub topic: String,
    pub state: CaseState,
    pub count: i64,
    /// Among them, due before the day asked about.
    pub late: i64,
}

/// How the open cases of one office stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeQueue {
    pub agency: String,
    pub open: i64,
    /// Among them, due from today up to the day that counts as soon.
    pub soon: i64,
    /// Among them, due before today.
    pub late: i64,
    /// When the one that waits longest was opened.
    pub oldest: Timestamp,
}

/// How much waits in a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueSize {
    pub open: i64,
    /// Among them, due on or before the day asked about.
    pub soon: i64,
    /// Among them, due before today.
    pub late: i64,
}

/// A filled-in application as a page shows it: the part of an area's form that all areas share.
/// What is not of this shape is left to the area's own pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledForm {
    #[serde(default)]
    pub lines: Vec<FilledLine>,
}

/// One datum of an application, with its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledLine {
    pub fact: FactRef,
    /// The member's name; `None` for what concerns the household.
    pub whose: Option<String>,
    pub value: String,
    /// Code of the agency that holds it.
    pub agency: String,
    pub basis: String,
    pub checked_at: Timestamp,
}

impl Case {
    /// What was filled in.
    pub fn filled_form(&self) -> FilledForm {
        serde_json::from_str(&self.form).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_closed_stays_closed() {
        use CaseState::{Answered, Asked, Granted, Received, Refused, Withdrawn};
        for closed in [Granted, Refused, Withdrawn] {
            assert!(closed.is_closed());
            for next in [Received, Asked, Answered, Granted, Refused, Withdrawn] {
                assert!(!closed.may_become(next), "{closed} to {next}");
            }
        }
        assert!(Received.may_become(Granted) && Asked.may_become(Answered));
    }
}
