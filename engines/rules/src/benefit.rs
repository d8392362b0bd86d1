//! A benefit as it stands after checking.

use std::sync::Arc;

use base::Localized;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::cases::Case;
use crate::diagnostic::Position;
use crate::expression::{BoolExpr, Condition, DateExpr, Expression, IntExpr};
use crate::parameters::Parameter;
use crate::relations::Relation;
use crate::situation::Situation;
use crate::vocabulary::Entity;

/// Whether a benefit is asked of every member or once for the household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BenefitUnit {
    Person,
    Household,
}

/// Who applies and is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    #[serde(rename = "self")]
    Oneself,
    Guardian,
    Head,
}

/// How often a benefit is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    Once,
    Monthly,
    Yearly,
}

/// An article of law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Law {
    pub act: String,
    pub article: Option<String>,
}

/// A paper that is asked for; `held_by` an agency other than the resident when it need not be brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub name: Localized,
    pub held_by: Option<String>,
}

/// Where and how to apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub text: Localized,
    /// Given without an application.
    pub ex_officio: bool,
}

/// Until when to apply.
#[derive(Clone, Debug)]
pub struct Deadline {
    pub by: Option<DateExpr>,
    pub text: Localized,
    /// Whether an application in time is paid from the beginning of entitlement.
    pub back_dated: bool,
    /// From when an application is paid that is late, or not back-dated; `None` where the file does not say.
    pub paid_from: Option<PaidFrom>,
}

/// From when an application is paid that does not reach back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaidFrom {
    ClaimDay,
    /// The first of the month of the application.
    ClaimMonth,
    /// The first of the month after it.
    NextMonth,
}

/// From when to when it is given; `until` is the first day on which it no longer is.
#[derive(Clone, Debug)]
pub struct Period {
    pub kind: Frequency,
    pub from: Option<DateExpr>,
    pub until: Option<DateExpr>,
}

/// A named value of a benefit.
#[derive(Clone, Debug)]
pub struct Definition {
    pub name: String,
    pub label: Option<Localized>,
    pub expression: Expression,
    pub at: Position,
}

/// One line under `amount`.
#[derive(Clone, Debug)]
pub struct AmountLine {
    pub when: Option<BoolExpr>,
    pub pay: IntExpr,
    pub at: Position,
}

/// The days on which a benefit is law; `to` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InForce {
    pub from: Date,
    pub to: Option<Date>,
}

impl InForce {
    /// Whether it is law on that day.
    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

/// A fact by entity and name, without saying whose.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FactName {
    pub entity: Entity,
    pub name: String,
}

/// One benefit.
#[derive(Clone, Debug)]
pub struct Benefit {
    pub id: String,
    /// The file it was read from.
    pub file: String,
    pub name: Localized,
    pub summary: Localized,
    /// The code of the responsible agency.
    pub authority: String,
    /// Municipality codes; empty means the whole country.
    pub territory: Vec<String>,
    pub law: Vec<Law>,
    /// Life events that can open it.
    pub events: Vec<String>,
    pub unit: BenefitUnit,
    pub recipient: Recipient,
    pub in_force: InForce,
    /// Its own parameters, then the shared ones it uses.
    pub parameters: Vec<Arc<Parameter>>,
    pub definitions: Vec<Definition>,
    pub condition: Condition,
    pub amount: Vec<AmountLine>,
    /// The amount is an upper bound.
    pub at_most: bool,
    pub in_kind: Option<Localized>,
    pub period: Option<Period>,
    pub use_by: Option<DateExpr>,
    pub needs: Vec<FactName>,
    pub documents: Vec<Document>,
    pub apply: Option<Application>,
    pub deadline: Option<Deadline>,
    /// What other benefits of the book are to this one.
    pub relations: Vec<Relation>,
    pub notes: Option<String>,
    pub(crate) cases: Vec<Case>,
    pub(crate) digest: String,
}

impl Benefit {
    /// Hex SHA-256 over this benefit's file and the files of the shared parameters it uses.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether it is given in a municipality.
    pub fn covers(&self, municipality: &str) -> bool {
        self.territory.is_empty() || self.territory.iter().any(|code| code == municipality)
    }

    /// The number of cases beside the rule.
    pub fn case_count(&self) -> usize {
        self.cases.len()
    }

    /// The households of the cases beside the rule, each with the day it is asked about.
    pub fn case_situations(&self) -> impl Iterator<Item = (Date, &Situation)> {
        self.cases.iter().map(|case| (case.on, &case.situation))
    }
}
