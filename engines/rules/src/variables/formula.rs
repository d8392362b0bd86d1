//! The checked tree of a formula: names have become indices, every part has its type.

use std::sync::Arc;

use super::entities::EntityId;
use super::exact::Exact;
use super::periods::{Period, PeriodUnit};
use super::value::{Value, ValueType};
use crate::expression::Comparison;
use crate::money::Rounding;

/// The index of a variable in its system.
pub(crate) type VariableId = usize;
/// The index of a parameter in its system.
pub(crate) type ParameterId = usize;

/// Whose variable is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Of the person or group that the formula is about.
    Own,
    /// Of the group that the person is in.
    Group(EntityId),
    /// Of the member that the fold of this depth (0 is the outermost) is looking at.
    Member(u8),
}

/// The type of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Bool,
    Date,
    Text,
    Enum(Arc<[String]>),
}

impl Kind {
    pub fn of(value_type: &ValueType) -> Self {
        match value_type {
            ValueType::Number => Self::Number,
            ValueType::Bool => Self::Bool,
            ValueType::Date => Self::Date,
            ValueType::Text => Self::Text,
            ValueType::Enum(codes) => Self::Enum(codes.clone()),
        }
    }

    pub fn of_value(value: &Value) -> Self {
        match value {
            Value::Number(_) => Self::Number,
            Value::Bool(_) => Self::Bool,
            Value::Date(_) => Self::Date,
            Value::Text(_) => Self::Text,
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Bool => "a truth value",
            Self::Date => "a date",
            Self::Text => "a text",
            Self::Enum(_) => "a value of an enum",
        }
    }
}

/// What is done with the values of a group's members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fold {
    Exists,
    Every,
    Count,
    Sum,
    Least,
    Greatest,
}

/// Another period, told from the one that a formula is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    pub unit: PeriodUnit,
    /// How many units later the period begins than the unit around the first day.
    pub offset: i64,
    pub size: u32,
}

impl Shift {
    /// The words of `at(x, word)`.
    pub const NAMES: [(&'static str, Self); 10] = [
        ("first_day", Self::new(PeriodUnit::Day, 0, 1)),
        ("this_week", Self::new(PeriodUnit::Week, 0, 1)),
        ("first_month", Self::new(PeriodUnit::Month, 0, 1)),
        ("this_month", Self::new(PeriodUnit::Month, 0, 1)),
        ("this_year", Self::new(PeriodUnit::Year, 0, 1)),
        ("last_day", Self::new(PeriodUnit::Day, -1, 1)),
        ("last_week", Self::new(PeriodUnit::Week, -1, 1)),
        ("last_month", Self::new(PeriodUnit::Month, -1, 1)),
        ("last_year", Self::new(PeriodUnit::Year, -1, 1)),
        ("last_3_months", Self::new(PeriodUnit::Month, -3, 3)),
    ];

    const fn new(unit: PeriodUnit, offset: i64, size: u32) -> Self {
        Self { unit, offset, size }
    }

    /// The period meant; `None` at the end of the calendar.
    pub fn of(self, period: Period) -> Option<Period> {
        let start = period.around(self.unit).moved(self.offset)?;
        start.enlarged(self.size)
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Formula {
    Constant(Value),
    /// The first day of the period.
    On,
    Variable(Whose, VariableId),
    Parameter(ParameterId),
    Scale(ParameterId, Box<Formula>),
    /// The role that the member at whom the fold of this depth looks has in its group.
    Role(EntityId, u8),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
    If(Box<Formula>, Box<Formula>, Box<Formula>),
    Compare(Comparison, Box<Formula>, Box<Formula>),
    In(Box<Formula>, Vec<Formula>),
    InList(Box<Formula>, ParameterId),
    Arithmetic(Operation, Box<Formula>, Box<Formula>),
    Negate(Box<Formula>),
    Round(Box<Formula>, u8, Rounding),
    /// Of two or more numbers or dates.
    Least(Vec<Formula>),
    Greatest(Vec<Formula>),
    Size(EntityId),
    Members {
        fold: Fold,
        group: EntityId,
        depth: u8,
        filter: Option<Box<Formula>>,
        term: Box<Formula>,
    },
    YearsBetween(Box<Formula>, Box<Formula>),
    MonthsBetween(Box<Formula>, Box<Formula>),
    Year(Box<Formula>),
    Month(Box<Formula>),
    AddMonths(Box<Formula>, Box<Formula>),
    At(Shift, Box<Formula>),
    /// The sum over the units that the period is made of.
    Total(PeriodUnit, Box<Formula>),
    /// The equal part of this period in the larger unit around it.
    Share(PeriodUnit, Box<Formula>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operation {
    /// The exact result; `None` beyond the range, or for a divisor of zero.
    pub fn of(self, a: Exact, b: Exact) -> Option<Exact> {
        match self {
            Self::Add => a.checked_add(b),
            Self::Subtract => a.checked_sub(b),
            Self::Multiply => a.checked_mul(b),
            Self::Divide => a.checked_div(b),
        }
    }
}

impl Formula {
    /// The variables read in the very period of the formula; those of other periods end somewhere by themselves.
    pub fn reads_now(&self, found: &mut Vec<VariableId>) {
        match self {
            Self::Variable(_, id) => found.push(*id),
            Self::At(..) | Self::Total(..) | Self::Share(..) => {}
            other => other.children(&mut |child| child.reads_now(found)),
        }
    }

    fn children(&self, visit: &mut dyn FnMut(&Self)) {
        match self {
            Self::Constant(_)
            | Self::On
            | Self::Variable(..)
            | Self::Parameter(_)
            | Self::Role(..)
            | Self::Size(_) => {}
            Self::Scale(_, inner)
            | Self::Not(inner)
            | Self::InList(inner, _)
            | Self::Negate(inner)
            | Self::Round(inner, ..)
            | Self::Year(inner)
            | Self::Month(inner)
            | Self::At(_, inner)
            | Self::Total(_, inner)
            | Self::Share(_, inner) => visit(inner),
            Self::All(parts) | Self::Any(parts) | Self::Least(parts) | Self::Greatest(parts) => {
                parts.iter().for_each(visit);
            }
            Self::If(a, b, c) => [a, b, c].into_iter().for_each(|part| visit(part)),
            Self::Compare(_, a, b)
            | Self::Arithmetic(_, a, b)
            | Self::YearsBetween(a, b)
            | Self::MonthsBetween(a, b)
            | Self::AddMonths(a, b) => [a, b].into_iter().for_each(|part| visit(part)),
            Self::In(value, list) => {
                visit(value);
                list.iter().for_each(visit);
            }
            Self::Members { filter, term, .. } => {
                filter.iter().for_each(|part| visit(part));
                visit(term);
            }
        }
    }
}
