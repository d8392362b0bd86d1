//! The typed, checked, closed expression tree.
//!
//! Every name has become a slot and every unit has been compared; what remains is data that can be evaluated for
//! one household ([`crate::RuleBook::evaluate`]) or column by column for a nation.

use std::sync::Arc;

use jiff::civil::Date;

use crate::diagnostic::Position;
use crate::money::Rounding;
use crate::vocabulary::{EnumId, Unit};

/// Whose fact is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The household.
    Household,
    /// The person asked about.
    Person,
    /// The member that the quantifier of this nesting depth (0 is the outermost) is looking at.
    Variable(u8),
}

/// A fact of a subject, by its slot in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FactSlot {
    pub subject: Subject,
    pub slot: u16,
}

/// The index of a parameter in [`crate::Benefit::parameters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParameterId(pub u16);

/// The index of a named value in [`crate::Benefit::definitions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DefinitionId(pub u16);

/// An expression of any type.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    Bool(BoolExpr),
    Integer(IntExpr),
    Date(DateExpr),
    Text(TextExpr),
    Enum(EnumExpr, EnumId),
}

/// How two ordered values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// Whether it holds for operands that stand in this order.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    /// The comparison that says the same with its sides exchanged.
    pub fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

/// A truth value.
#[derive(Clone, Debug, PartialEq)]
pub enum BoolExpr {
    Constant(bool),
    Fact(FactSlot),
    Definition(DefinitionId),
    Not(Box<BoolExpr>),
    All(Vec<BoolExpr>),
    Any(Vec<BoolExpr>),
    If(Box<BoolExpr>, Box<BoolExpr>, Box<BoolExpr>),
    Integer(Comparison, IntExpr, IntExpr),
    Date(Comparison, DateExpr, DateExpr),
    /// `Equal` or `NotEqual` only, as for the next two.
    Text(Comparison, TextExpr, TextExpr),
    Enum(Comparison, EnumExpr, EnumExpr, EnumId),
    Bool(Comparison, Box<BoolExpr>, Box<BoolExpr>),
    IntegerIn(IntExpr, Vec<IntExpr>),
    DateIn(DateExpr, Vec<DateExpr>),
    TextIn(TextExpr, Vec<TextExpr>),
    EnumIn(EnumExpr, Vec<EnumExpr>, EnumId),
    /// Some member of the household satisfies the body.
    Exists(Quantifier),
    /// Every member satisfies the body.
    Every(Quantifier),
}

/// A condition on one member at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantifier {
    /// The nesting depth that `body` uses to speak of the member.
    pub variable: u8,
    pub body: Box<BoolExpr>,
}

/// A whole number with its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct IntExpr {
    pub unit: Unit,
    pub kind: IntKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum IntKind {
    Constant(i64),
    Fact(FactSlot),
    Parameter(ParameterId),
    /// An entry of a table parameter; 1 is the first.
    Entry(ParameterId, Box<IntExpr>),
    Definition(DefinitionId),
    Negate(Box<IntExpr>),
    Add(Box<IntExpr>, Box<IntExpr>),
    Subtract(Box<IntExpr>, Box<IntExpr>),
    Multiply(Box<IntExpr>, Box<IntExpr>),
    Min(Vec<IntExpr>),
    Max(Vec<IntExpr>),
    If(Box<BoolExpr>, Box<IntExpr>, Box<IntExpr>),
    Percent {
        amount: Box<IntExpr>,
        rate: Box<IntExpr>,
        rounding: Rounding,
    },
    RoundTo {
        amount: Box<IntExpr>,
        step: i64,
        rounding: Rounding,
    },
    /// Twelve times a monthly value.
    PerYear(Box<IntExpr>),
    /// A twelfth of a yearly value.
    PerMonth(Box<IntExpr>, Rounding),
    /// The same number under another unit.
    Reinterpret(Box<IntExpr>),
    /// The number of members of the household.
    Size,
    /// The number of members that satisfy the body.
    Count(Quantifier),
    /// The sum over the members (that satisfy the filter).
    Sum {
        variable: u8,
        filter: Option<Box<BoolExpr>>,
        term: Box<IntExpr>,
    },
    /// Years completed between two dates (민법 제158조, 제160조).
    YearsBetween(Box<DateExpr>, Box<DateExpr>),
    MonthsBetween(Box<DateExpr>, Box<DateExpr>),
    DaysBetween(Box<DateExpr>, Box<DateExpr>),
    /// The calendar year.
    Year(Box<DateExpr>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum DateExpr {
    Constant(Date),
    /// The day asked about.
    On,
    Fact(FactSlot),
    Definition(DefinitionId),
    If(Box<BoolExpr>, Box<DateExpr>, Box<DateExpr>),
    AddDays(Box<DateExpr>, Box<IntExpr>),
    AddMonths(Box<DateExpr>, Box<IntExpr>),
    AddYears(Box<DateExpr>, Box<IntExpr>),
    StartOfMonth(Box<DateExpr>),
    EndOfMonth(Box<DateExpr>),
    Min(Vec<DateExpr>),
    Max(Vec<DateExpr>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum TextExpr {
    Constant(Arc<str>),
    Fact(FactSlot),
    Definition(DefinitionId),
    If(Box<BoolExpr>, Box<TextExpr>, Box<TextExpr>),
}

/// A value of an enum, by its index among the declared values.
#[derive(Clone, Debug, PartialEq)]
pub enum EnumExpr {
    Constant(u16),
    Fact(FactSlot),
    Definition(DefinitionId),
    If(Box<BoolExpr>, Box<EnumExpr>, Box<EnumExpr>),
}

/// One entry under `condition:`; the list itself is a [`Test::All`].
#[derive(Clone, Debug)]
pub struct Condition {
    pub id: Option<String>,
    pub law: Option<String>,
    /// What to tell people when it holds, when it does not, and when that is unknown; otherwise the sentence is
    /// made from the comparison.
    pub yes: Option<Template>,
    pub no: Option<Template>,
    pub ask: Option<Template>,
    pub test: Test,
    pub at: Position,
}

/// What a condition asks.
#[derive(Clone, Debug)]
pub enum Test {
    When(BoolExpr),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// A text in both languages with values in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    pub ko: Vec<Piece>,
    pub en: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(String),
    Value(Expression),
}
