#![doc = include_str!("../README.md")]

mod benefit;
mod book;
mod cases;
mod changes;
mod check;
pub mod columns;
mod comparisons;
mod conclude;
pub mod dates;
mod deciding;
mod definitions;
mod diagnostic;
mod evaluate;
mod explain;
pub mod expression;
mod finding;
mod functions;
mod household;
mod intervals;
mod missing;
pub mod money;
mod motion;
pub mod openfisca;
mod operators;
mod parameters;
mod parse;
mod phrase;
mod question;
mod read_benefit;
mod reader;
mod reform;
mod relations;
mod sentences;
mod situation;
mod source;
mod tokens;
mod truth;
pub mod variables;
mod vocabulary;
mod walk;
mod words;
mod yaml;

pub use base::Localized;
pub use benefit::{
    AmountLine, Application, Benefit, BenefitUnit, Deadline, Definition, Document, FactName,
    Frequency, InForce, Law, PaidFrom, Period, Recipient,
};
pub use book::RuleBook;
pub use cases::CaseResult;
pub use changes::{Change, Decision, Milestone, MilestoneKind, NextChange, Outlook, Steady};
pub use diagnostic::{Diagnostic, Position, nearest};
pub use finding::{Amount, Claim, Finding, Granted, Outcome, Reason, Related};
pub use parameters::{Beyond, DatedValue, Parameter, ParameterValue, StaleParameter};
pub use question::{Question, Reply};
pub use reform::{ParameterChange, ReformError};
pub use relations::{Prefer, Relation, RelationKind};
pub use situation::{FactRef, MAX_MEMBERS, Situation, Value, ValueError};
pub use truth::{Answer, Truth};
pub use vocabulary::{Entity, EnumId, EnumValue, Fact, FactType, Unit, Vocabulary};
pub use walk::Part;
