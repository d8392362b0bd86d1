//! From the typed tree back to the text of the language, to point at a part of a rule in messages.

use crate::benefit::Definition;
use crate::expression::{
    BoolExpr, Comparison, DateExpr, DefinitionId, EnumExpr, FactSlot, IntExpr, IntKind,
    ParameterId, Subject, TextExpr,
};
use crate::money::Rounding;
use crate::parameters::Parameter;
use crate::vocabulary::{Entity, EnumId, Unit, Vocabulary};
use crate::walk::Part;
use std::sync::Arc;

/// The names behind the slots.
#[derive(Clone, Copy)]
pub(crate) struct Printer<'a> {
    pub vocabulary: &'a Vocabulary,
    pub parameters: &'a [Arc<Parameter>],
    pub definitions: &'a [Definition],
}

impl Printer<'_> {
    /// The part as text; parsing and checking it again gives the same part.
    pub fn print(&self, part: Part<'_>) -> String {
        match part {
            Part::Bool(inner) => self.bool(inner),
            Part::Integer(inner) => self.integer(inner),
            Part::Date(inner) => self.date(inner),
            Part::Text(inner) => self.text(inner),
            Part::Enum(inner) => self.enumerated(inner, None),
        }
    }

    fn fact(&self, fact: FactSlot) -> String {
        let (owner, entity) = match fact.subject {
            Subject::Household => ("household".to_owned(), Entity::Household),
            Subject::Person => ("person".to_owned(), Entity::Person),
            Subject::Variable(depth) => (variable(depth), Entity::Person),
        };
        let name = &self.vocabulary.facts(entity)[usize::from(fact.slot)].name;
        format!("{owner}.{name}")
    }

    fn definition(&self, id: DefinitionId) -> String {
        format!("define.{}", self.definitions[usize::from(id.0)].name)
    }

    fn parameter(&self, id: ParameterId) -> String {
        format!("param.{}", self.parameters[usize::from(id.0)].name)
    }

    fn bools(&self, parts: &[BoolExpr], operator: &str) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.inner_bool(part)).collect();
        parts.join(operator)
    }

    /// A part of something larger: in parentheses unless it is simple.
    fn inner_bool(&self, expression: &BoolExpr) -> String {
        match expression {
            BoolExpr::All(_)
            | BoolExpr::Any(_)
            | BoolExpr::If(..)
            | BoolExpr::Integer(..)
            | BoolExpr::Date(..)
            | BoolExpr::Text(..)
            | BoolExpr::Enum(..)
            | BoolExpr::Bool(..)
            | BoolExpr::IntegerIn(..)
            | BoolExpr::DateIn(..)
            | BoolExpr::TextIn(..)
            | BoolExpr::EnumIn(..) => format!("({})", self.bool(expression)),
            _ => self.bool(expression),
        }
    }

    fn bool(&self, expression: &BoolExpr) -> String {
        let compare = |left: String, comparison: Comparison, right: String| {
            format!("{left} {} {right}", symbol(comparison))
        };
        match expression {
            BoolExpr::Constant(value) => value.to_string(),
            BoolExpr::Fact(fact) => self.fact(*fact),
            BoolExpr::Definition(id) => self.definition(*id),
            BoolExpr::Not(inner) => format!("!{}", self.inner_bool(inner)),
            BoolExpr::All(parts) => self.bools(parts, " && "),
            BoolExpr::Any(parts) => self.bools(parts, " || "),
            BoolExpr::If(condition, yes, no) => format!(
                "{} ? {} : {}",
                self.inner_bool(condition),
                self.inner_bool(yes),
                self.inner_bool(no)
            ),
            BoolExpr::Integer(comparison, a, b) => {
                compare(self.inner_integer(a), *comparison, self.inner_integer(b))
            }
            BoolExpr::Date(comparison, a, b) => {
                compare(self.inner_date(a), *comparison, self.inner_date(b))
            }
            BoolExpr::Text(comparison, a, b) => compare(self.text(a), *comparison, self.text(b)),
            BoolExpr::Enum(comparison, a, b, id) => compare(
                self.enumerated(a, Some(*id)),
                *comparison,
                self.enumerated(b, Some(*id)),
            ),
            BoolExpr::Bool(comparison, a, b) => {
                compare(self.inner_bool(a), *comparison, self.inner_bool(b))
            }
            BoolExpr::IntegerIn(value, list) => format!(
                "{} in [{}]",
                self.inner_integer(value),
                join(list.iter().map(|item| self.integer(item)))
            ),
            BoolExpr::DateIn(value, list) => format!(
                "{} in [{}]",
                self.inner_date(value),
                join(list.iter().map(|item| self.date(item)))
            ),
            BoolExpr::TextIn(value, list) => format!(
                "{} in [{}]",
                self.text(value),
                join(list.iter().map(|item| self.text(item)))
            ),
            BoolExpr::EnumIn(value, list, id) => format!(
                "{} in [{}]",
                self.enumerated(value, Some(*id)),
                join(list.iter().map(|item| self.enumerated(item, Some(*id))))
            ),
            BoolExpr::Exists(quantifier) => format!(
                "household.members.exists({}, {})",
                variable(quantifier.variable),
                self.bool(&quantifier.body)
            ),
            BoolExpr::Every(quantifier) => format!(
                "household.members.all({}, {})",
                variable(quantifier.variable),
                self.bool(&quantifier.body)
            ),
        }
    }

    fn inner_integer(&self, expression: &IntExpr) -> String {
        match expression.kind {
            IntKind::Add(..) | IntKind::Subtract(..) | IntKind::Multiply(..) | IntKind::If(..) => {
                format!("({})", self.integer(expression))
            }
            _ => self.integer(expression),
        }
    }

    fn integer(&self, expression: &IntExpr) -> String {
        match &expression.kind {
            IntKind::Constant(value) => value.to_string(),
            IntKind::Fact(fact) => self.fact(*fact),
            IntKind::Parameter(id) => self.parameter(*id),
            IntKind::Entry(id, index) => {
                format!("{}[{}]", self.parameter(*id), self.integer(index))
            }
            IntKind::Definition(id) => self.definition(*id),
            IntKind::Negate(inner) => format!("-{}", self.inner_integer(inner)),
            IntKind::Add(a, b) => format!("{} + {}", self.inner_integer(a), self.inner_integer(b)),
            IntKind::Subtract(a, b) => {
                format!("{} - {}", self.inner_integer(a), self.inner_integer(b))
            }
            IntKind::Multiply(a, b) => {
                format!("{} * {}", self.inner_integer(a), self.inner_integer(b))
            }
            IntKind::Min(parts) => format!("min({})", join(parts.iter().map(|p| self.integer(p)))),
            IntKind::Max(parts) => format!("max({})", join(parts.iter().map(|p| self.integer(p)))),
            IntKind::If(condition, yes, no) => format!(
                "{} ? {} : {}",
                self.inner_bool(condition),
                self.inner_integer(yes),
                self.inner_integer(no)
            ),
            IntKind::Percent {
                amount,
                rate,
                rounding,
            } => format!(
                "percent({}, {}, {})",
                self.integer(amount),
                self.integer(rate),
                mode(*rounding)
            ),
            IntKind::RoundTo {
                amount,
                step,
                rounding,
            } => format!(
                "round_to({}, {step}, {})",
                self.integer(amount),
                mode(*rounding)
            ),
            IntKind::PerYear(inner) => format!("per_year({})", self.integer(inner)),
            IntKind::PerMonth(inner, rounding) => {
                format!("per_month({}, {})", self.integer(inner), mode(*rounding))
            }
            IntKind::Reinterpret(inner) => {
                let name = match expression.unit {
                    Unit::Won => "won",
                    Unit::WonPerMonth => "won_per_month",
                    Unit::WonPerYear => "won_per_year",
                    _ => "number",
                };
                format!("{name}({})", self.integer(inner))
            }
            IntKind::Size => "household.size".to_owned(),
            IntKind::Count(quantifier) => format!(
                "household.members.filter({}, {}).size()",
                variable(quantifier.variable),
                self.bool(&quantifier.body)
            ),
            IntKind::Sum {
                variable: depth,
                filter,
                term,
            } => {
                let name = variable(*depth);
                let filter = filter
                    .as_ref()
                    .map_or(String::new(), |f| format!("{}, ", self.bool(f)));
                format!(
                    "sum(household.members.map({name}, {filter}{}))",
                    self.integer(term)
                )
            }
            IntKind::YearsBetween(from, to) => match **to {
                DateExpr::On => format!("age({})", self.date(from)),
                _ => format!("age_at({}, {})", self.date(from), self.date(to)),
            },
            IntKind::MonthsBetween(from, _) => format!("months_since({})", self.date(from)),
            IntKind::DaysBetween(from, _) => format!("days_since({})", self.date(from)),
            IntKind::Year(day) => format!("year({})", self.date(day)),
        }
    }

    fn inner_date(&self, expression: &DateExpr) -> String {
        match expression {
            DateExpr::If(..) => format!("({})", self.date(expression)),
            _ => self.date(expression),
        }
    }

    fn date(&self, expression: &DateExpr) -> String {
        match expression {
            DateExpr::Constant(day) => format!("date(\"{day}\")"),
            DateExpr::On => "on".to_owned(),
            DateExpr::Fact(fact) => self.fact(*fact),
            DateExpr::Definition(id) => self.definition(*id),
            DateExpr::If(condition, yes, no) => format!(
                "{} ? {} : {}",
                self.inner_bool(condition),
                self.inner_date(yes),
                self.inner_date(no)
            ),
            DateExpr::AddDays(day, n) => {
                format!("add_days({}, {})", self.date(day), self.integer(n))
            }
            DateExpr::AddMonths(day, n) => {
                format!("add_months({}, {})", self.date(day), self.integer(n))
            }
            DateExpr::AddYears(day, n) => {
                format!("add_years({}, {})", self.date(day), self.integer(n))
            }
            DateExpr::StartOfMonth(day) => format!("start_of_month({})", self.date(day)),
            DateExpr::EndOfMonth(day) => format!("end_of_month({})", self.date(day)),
            DateExpr::Min(parts) => format!("min({})", join(parts.iter().map(|p| self.date(p)))),
            DateExpr::Max(parts) => format!("max({})", join(parts.iter().map(|p| self.date(p)))),
        }
    }

    fn text(&self, expression: &TextExpr) -> String {
        match expression {
            TextExpr::Constant(text) => format!("\"{text}\""),
            TextExpr::Fact(fact) => self.fact(*fact),
            TextExpr::Definition(id) => self.definition(*id),
            TextExpr::If(condition, yes, no) => format!(
                "({} ? {} : {})",
                self.inner_bool(condition),
                self.text(yes),
                self.text(no)
            ),
        }
    }

    fn enumerated(&self, expression: &EnumExpr, id: Option<EnumId>) -> String {
        match expression {
            EnumExpr::Constant(index) => {
                let values = id.map(|id| self.vocabulary.enum_values(id));
                let value = values.and_then(|values| values.get(usize::from(*index)));
                format!("\"{}\"", value.map_or("?", |value| value.code.as_str()))
            }
            EnumExpr::Fact(fact) => self.fact(*fact),
            EnumExpr::Definition(definition) => self.definition(*definition),
            EnumExpr::If(condition, yes, no) => format!(
                "({} ? {} : {})",
                self.inner_bool(condition),
                self.enumerated(yes, id),
                self.enumerated(no, id)
            ),
        }
    }
}

fn variable(depth: u8) -> String {
    match depth {
        0 => "m".to_owned(),
        deeper => format!("m{}", deeper + 1),
    }
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn mode(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::HalfUp => "half_up",
        Rounding::Down => "down",
        Rounding::Up => "up",
    }
}

fn symbol(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}
