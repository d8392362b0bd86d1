//! Visiting every part of an expression, parents first.

use crate::expression::{BoolExpr, DateExpr, EnumExpr, FactSlot, IntExpr, IntKind, TextExpr};
use crate::expression::{DefinitionId, Expression, ParameterId};

/// A part of an expression.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    Bool(&'a BoolExpr),
    Integer(&'a IntExpr),
    Date(&'a DateExpr),
    Text(&'a TextExpr),
    Enum(&'a EnumExpr),
}

impl<'a> From<&'a Expression> for Part<'a> {
    fn from(expression: &'a Expression) -> Self {
        match expression {
            Expression::Bool(inner) => Self::Bool(inner),
            Expression::Integer(inner) => Self::Integer(inner),
            Expression::Date(inner) => Self::Date(inner),
            Expression::Text(inner) => Self::Text(inner),
            Expression::Enum(inner, _) => Self::Enum(inner),
        }
    }
}

impl<'a> Part<'a> {
    /// Calls `visit` with this part and everything in it. Definitions are not entered.
    pub fn walk(self, visit: &mut impl FnMut(Part<'a>)) {
        visit(self);
        self.children(&mut |child| child.walk(visit));
    }

    /// The fact this part reads, if it is one.
    pub fn fact(self) -> Option<FactSlot> {
        match self {
            Self::Bool(BoolExpr::Fact(fact))
            | Self::Date(DateExpr::Fact(fact))
            | Self::Text(TextExpr::Fact(fact))
            | Self::Enum(EnumExpr::Fact(fact)) => Some(*fact),
            Self::Integer(IntExpr {
                kind: IntKind::Fact(fact),
                ..
            }) => Some(*fact),
            _ => None,
        }
    }

    /// The definition this part names, if it is one.
    pub fn definition(self) -> Option<DefinitionId> {
        match self {
            Self::Bool(BoolExpr::Definition(id))
            | Self::Date(DateExpr::Definition(id))
            | Self::Text(TextExpr::Definition(id))
            | Self::Enum(EnumExpr::Definition(id)) => Some(*id),
            Self::Integer(IntExpr {
                kind: IntKind::Definition(id),
                ..
            }) => Some(*id),
            _ => None,
        }
    }

    /// The parameter this part names, if it is one.
    pub fn parameter(self) -> Option<ParameterId> {
        match self {
            Self::Integer(IntExpr {
                kind: IntKind::Parameter(id) | IntKind::Entry(id, _),
                ..
            }) => Some(*id),
            _ => None,
        }
    }

    /// Calls `visit` with the direct parts of this part.
    pub(crate) fn children(self, visit: &mut dyn FnMut(Part<'a>)) {
        match self {
            Self::Bool(expression) => bool_children(expression, visit),
            Self::Integer(expression) => integer_children(&expression.kind, visit),
            Self::Date(expression) => date_children(expression, visit),
            Self::Text(TextExpr::If(condition, yes, no)) => {
                visit(Part::Bool(condition));
                visit(Part::Text(yes));
                visit(Part::Text(no));
            }
            Self::Enum(EnumExpr::If(condition, yes, no)) => {
                visit(Part::Bool(condition));
                visit(Part::Enum(yes));
                visit(Part::Enum(no));
            }
            Self::Text(_) | Self::Enum(_) => {}
        }
    }
}

fn bool_children<'a>(expression: &'a BoolExpr, visit: &mut dyn FnMut(Part<'a>)) {
    match expression {
        BoolExpr::Constant(_) | BoolExpr::Fact(_) | BoolExpr::Definition(_) => {}
        BoolExpr::Not(inner) => visit(Part::Bool(inner)),
        BoolExpr::All(parts) | BoolExpr::Any(parts) => {
            parts.iter().for_each(|part| visit(Part::Bool(part)));
        }
        BoolExpr::If(condition, yes, no) => {
            [condition, yes, no]
                .into_iter()
                .for_each(|part| visit(Part::Bool(part)));
        }
        BoolExpr::Integer(_, left, right) => {
            visit(Part::Integer(left));
            visit(Part::Integer(right));
        }
        BoolExpr::Date(_, left, right) => {
            visit(Part::Date(left));
            visit(Part::Date(right));
        }
        BoolExpr::Text(_, left, right) => {
            visit(Part::Text(left));
            visit(Part::Text(right));
        }
        BoolExpr::Enum(_, left, right, _) => {
            visit(Part::Enum(left));
            visit(Part::Enum(right));
        }
        BoolExpr::Bool(_, left, right) => {
            visit(Part::Bool(left));
            visit(Part::Bool(right));
        }
        BoolExpr::IntegerIn(value, list) => {
            visit(Part::Integer(value));
            list.iter().for_each(|item| visit(Part::Integer(item)));
        }
        BoolExpr::DateIn(value, list) => {
            visit(Part::Date(value));
            list.iter().for_each(|item| visit(Part::Date(item)));
        }
        BoolExpr::TextIn(value, list) => {
            visit(Part::Text(value));
            list.iter().for_each(|item| visit(Part::Text(item)));
        }
        BoolExpr::EnumIn(value, list, _) => {
            visit(Part::Enum(value));
            list.iter().for_each(|item| visit(Part::Enum(item)));
        }
        BoolExpr::Exists(quantifier) | BoolExpr::Every(quantifier) => {
            visit(Part::Bool(&quantifier.body));
        }
    }
}

fn integer_children<'a>(kind: &'a IntKind, visit: &mut dyn FnMut(Part<'a>)) {
    match kind {
        IntKind::Constant(_)
        | IntKind::Fact(_)
        | IntKind::Parameter(_)
        | IntKind::Definition(_)
        | IntKind::Size => {}
        IntKind::Entry(_, inner)
        | IntKind::Negate(inner)
        | IntKind::PerYear(inner)
        | IntKind::PerMonth(inner, _)
        | IntKind::Reinterpret(inner)
        | IntKind::RoundTo { amount: inner, .. } => visit(Part::Integer(inner)),
        IntKind::Add(a, b)
        | IntKind::Subtract(a, b)
        | IntKind::Multiply(a, b)
        | IntKind::Percent {
            amount: a, rate: b, ..
        } => {
            visit(Part::Integer(a));
            visit(Part::Integer(b));
        }
        IntKind::Min(parts) | IntKind::Max(parts) => {
            parts.iter().for_each(|part| visit(Part::Integer(part)));
        }
        IntKind::If(condition, yes, no) => {
            visit(Part::Bool(condition));
            visit(Part::Integer(yes));
            visit(Part::Integer(no));
        }
        IntKind::Count(quantifier) => visit(Part::Bool(&quantifier.body)),
        IntKind::Sum { filter, term, .. } => {
            filter.iter().for_each(|filter| visit(Part::Bool(filter)));
            visit(Part::Integer(term));
        }
        IntKind::YearsBetween(from, to)
        | IntKind::MonthsBetween(from, to)
        | IntKind::DaysBetween(from, to) => {
            visit(Part::Date(from));
            visit(Part::Date(to));
        }
        IntKind::Year(day) => visit(Part::Date(day)),
    }
}

fn date_children<'a>(expression: &'a DateExpr, visit: &mut dyn FnMut(Part<'a>)) {
    match expression {
        DateExpr::Constant(_) | DateExpr::On | DateExpr::Fact(_) | DateExpr::Definition(_) => {}
        DateExpr::If(condition, yes, no) => {
            visit(Part::Bool(condition));
            visit(Part::Date(yes));
            visit(Part::Date(no));
        }
        DateExpr::AddDays(day, number)
        | DateExpr::AddMonths(day, number)
        | DateExpr::AddYears(day, number) => {
            visit(Part::Date(day));
            visit(Part::Integer(number));
        }
        DateExpr::StartOfMonth(day) | DateExpr::EndOfMonth(day) => visit(Part::Date(day)),
        DateExpr::Min(parts) | DateExpr::Max(parts) => {
            parts.iter().for_each(|part| visit(Part::Date(part)));
        }
    }
}
