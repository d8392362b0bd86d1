//! What is concluded about a household: outcome, amount, dates, reasons and what is still missing.

use base::Localized;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::benefit::Frequency;
use crate::relations::RelationKind;
use crate::situation::FactRef;
use crate::vocabulary::Unit;

/// Whether the law grants the benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Eligible,
    NotEligible,
    /// The facts known do not decide it.
    Unknown,
}

/// What is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// In won; `None` while the facts known do not decide it, or when it is in kind alone.
    pub value: Option<i64>,
    /// `Won`, `WonPerMonth` or `WonPerYear`; `None` when it is in kind alone.
    pub unit: Option<Unit>,
    /// The value is an upper bound.
    pub at_most: bool,
    pub in_kind: Option<Localized>,
}

/// When it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    pub kind: Frequency,
    pub from: Option<Date>,
    /// The first day on which it is no longer given.
    pub until: Option<Date>,
}

/// What an application on the day asked about brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Whether one in time is paid from the beginning of entitlement.
    pub back_dated: bool,
    /// Whether the last day has not passed; `None` where there is none or it is not known.
    pub in_time: Option<bool>,
    /// The first day it is paid for; in a benefit by the month, that month is paid. `None` where it is not known,
    /// or the law's text does not say.
    pub paid_from: Option<Date>,
}

/// A reason, and the reasons of that reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Satisfied, not satisfied, or not known yet.
    pub holds: Option<bool>,
    pub text: Localized,
    pub law: Option<String>,
    pub children: Vec<Reason>,
    /// The facts it was drawn from, known or not.
    pub facts: Vec<FactRef>,
}

/// The conclusion about one member, or about the household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The member's key, for benefits of persons.
    pub member: Option<String>,
    pub outcome: Outcome,
    /// Absent when not eligible.
    pub amount: Option<Amount>,
    pub period: Option<Granted>,
    pub use_by: Option<Date>,
    /// The last day to apply.
    pub deadline: Option<Date>,
    /// What an application on the day asked about brings; absent where the benefit tells of no deadline.
    #[serde(default)]
    pub claim: Option<Claim>,
    /// Whether the household lives where the benefit is given; `None` while that is not known.
    #[serde(default)]
    pub in_territory: Option<bool>,
    pub reasons: Vec<Reason>,
    /// Unknown facts that bear on the outcome; once eligible, on the amount and the dates.
    pub missing: Vec<FactRef>,
    /// While the outcome is open: the smallest sets of unknown facts some values of which would decide it. At most
    /// three of at most four facts; the smallest first, those that could make it eligible before those that could
    /// only rule it out. Empty in households of more than 24 members.
    #[serde(default)]
    pub deciding: Vec<Vec<FactRef>>,
    /// Facts the benefit needs before an application, not known yet.
    pub needs: Vec<FactRef>,
    /// Other benefits of the household that bear on this one; told by [`crate::RuleBook::evaluate_all`] alone.
    #[serde(default)]
    pub relations: Vec<Related>,
}

impl Finding {
    /// Makes it not eligible; why is among the reasons.
    pub(crate) fn rule_out(&mut self) {
        self.outcome = Outcome::NotEligible;
        self.amount = None;
        self.period = None;
        self.use_by = None;
        self.deadline = None;
        self.claim = None;
        self.missing.clear();
        self.deciding.clear();
        self.needs.clear();
    }
}

/// Another benefit that bears on a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    pub kind: RelationKind,
    /// The id of the other benefit.
    pub benefit: String,
    /// Whether the other is granted is still open.
    pub possible: bool,
    /// For an offset: the won that were taken off; `None` while that is open.
    pub taken_off: Option<i64>,
    pub text: Localized,
    /// The article that says so.
    pub law: String,
}
