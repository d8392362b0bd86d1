//! Evaluation of the checked tree for one household on one day. Nothing here can fail or panic: what cannot be
//! computed is an [`Answer`] that says why.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::Date;

use crate::benefit::Benefit;
use crate::check::MAX_VARIABLES;
use crate::dates;
use crate::expression::{
    BoolExpr, Comparison, DateExpr, DefinitionId, EnumExpr, Expression, FactSlot, IntExpr, IntKind,
    Quantifier, Subject, TextExpr,
};
use crate::money;
use crate::parameters::{DatedValue, ParameterValue};
use crate::situation::{Situation, Stored};
use crate::truth::{Answer, Truth};

/// Whose facts an expression reads: the person asked about, and the members bound by quantifiers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scope {
    pub person: Option<u16>,
    pub variables: [u16; MAX_VARIABLES],
    /// How many of the variables are bound.
    pub bound: u8,
}

impl Scope {
    pub fn person(member: Option<usize>) -> Self {
        Self {
            person: member.map(|index| index as u16),
            ..Self::default()
        }
    }

    pub fn bind(mut self, variable: u8, member: usize) -> Self {
        self.variables[usize::from(variable)] = member as u16;
        self.bound = variable + 1;
        self
    }

    /// The member a subject stands for; `None` for the household.
    pub fn member(&self, subject: Subject) -> Option<usize> {
        match subject {
            Subject::Household => None,
            Subject::Person => self.person.map(usize::from),
            Subject::Variable(depth) => Some(usize::from(self.variables[usize::from(depth)])),
        }
    }
}

/// The value of a definition, kept so that each is computed once for a person.
#[derive(Clone, Debug)]
enum Computed {
    Bool(Truth),
    Integer(Answer<i64>),
    Date(Answer<Date>),
    Text(Answer<Arc<str>>),
    Enum(Answer<u16>),
}

/// One benefit, one household, one day, one person.
pub(crate) struct Evaluator<'a> {
    pub benefit: &'a Benefit,
    pub situation: &'a Situation,
    pub on: Date,
    pub scope: Scope,
    parameters: &'a [Option<&'a DatedValue>],
    computed: RefCell<Vec<Option<Computed>>>,
    /// How many reasons have been told.
    pub told: Cell<usize>,
}

/// The value of each parameter of a benefit on a day.
pub(crate) fn parameters_on(benefit: &Benefit, on: Date) -> Vec<Option<&DatedValue>> {
    benefit
        .parameters
        .iter()
        .map(|parameter| parameter.on(on))
        .collect()
}

impl<'a> Evaluator<'a> {
    pub fn new(
        benefit: &'a Benefit,
        situation: &'a Situation,
        on: Date,
        parameters: &'a [Option<&'a DatedValue>],
        person: Option<usize>,
    ) -> Self {
        Self {
            benefit,
            situation,
            on,
            scope: Scope::person(person),
            parameters,
            computed: RefCell::new(vec![None; benefit.definitions.len()]),
            told: Cell::new(0),
        }
    }

    /// The same benefit, day and person with other facts.
    pub fn over<'b>(&self, situation: &'b Situation) -> Evaluator<'b>
    where
        'a: 'b,
    {
        let person = self.scope.person.map(usize::from);
        Evaluator::new(self.benefit, situation, self.on, self.parameters, person)
    }

    fn stored(&self, fact: FactSlot, scope: &Scope) -> Option<&'a Stored> {
        let slot = usize::from(fact.slot);
        match scope.member(fact.subject) {
            Some(member) => self.situation.member_slot(member, slot),
            None => self.situation.household_slot(slot),
        }
    }

    fn definition(&self, id: DefinitionId) -> Computed {
        let index = usize::from(id.0);
        if let Some(known) = &self.computed.borrow()[index] {
            return known.clone();
        }
        let scope = &self.scope;
        let computed = match &self.benefit.definitions[index].expression {
            Expression::Bool(expression) => Computed::Bool(self.bool(expression, scope)),
            Expression::Integer(expression) => Computed::Integer(self.integer(expression, scope)),
            Expression::Date(expression) => Computed::Date(self.date(expression, scope)),
            Expression::Text(expression) => Computed::Text(self.text(expression, scope)),
            Expression::Enum(expression, _) => Computed::Enum(self.enumerated(expression, scope)),
        };
        self.computed.borrow_mut()[index] = Some(computed.clone());
        computed
    }

    pub fn bool(&self, expression: &BoolExpr, scope: &Scope) -> Truth {
        match expression {
            BoolExpr::Constant(value) => (*value).into(),
            BoolExpr::Fact(fact) => match self.stored(*fact, scope) {
                Some(Stored::Bool(value)) => (*value).into(),
                _ => Truth::UNKNOWN,
            },
            BoolExpr::Definition(id) => match self.definition(*id) {
                Computed::Bool(truth) => truth,
                _ => Truth::UNKNOWN,
            },
            BoolExpr::Not(inner) => !self.bool(inner, scope),
            BoolExpr::All(parts) => self.all(parts.iter().map(|part| self.bool(part, scope))),
            BoolExpr::Any(parts) => self.any(parts.iter().map(|part| self.bool(part, scope))),
            BoolExpr::If(condition, yes, no) => {
                let yes = |this: &Self| this.bool(yes, scope);
                let no = |this: &Self| this.bool(no, scope);
                let condition = self.bool(condition, scope);
                if condition.is_true() {
                    yes(self)
                } else if condition.is_false() {
                    no(self)
                } else if condition == Truth::VOID {
                    condition
                } else {
                    yes(self).either(no(self)).either(condition.void_part())
                }
            }
            BoolExpr::Integer(comparison, left, right) => {
                let (left, right) = (self.integer(left, scope), self.integer(right, scope));
                left.compare(&right, |a, b| comparison.holds(a.cmp(b)))
            }
            BoolExpr::Date(comparison, left, right) => {
                let (left, right) = (self.date(left, scope), self.date(right, scope));
                left.compare(&right, |a, b| comparison.holds(a.cmp(b)))
            }
            BoolExpr::Text(comparison, left, right) => {
                let (left, right) = (self.text(left, scope), self.text(right, scope));
                left.compare(&right, |a, b| comparison.holds(a.cmp(b)))
            }
            BoolExpr::Enum(comparison, left, right, _) => {
                let (left, right) = (self.enumerated(left, scope), self.enumerated(right, scope));
                left.compare(&right, |a, b| comparison.holds(a.cmp(b)))
            }
            BoolExpr::Bool(comparison, left, right) => {
                let (left, right) = (self.bool(left, scope), self.bool(right, scope));
                let same = left.and(right).or((!left).and(!right));
                if *comparison == Comparison::Equal {
                    same
                } else {
                    !same
                }
            }
            BoolExpr::IntegerIn(value, list) => {
                let value = self.integer(value, scope);
                self.one_of(value, list.iter().map(|item| self.integer(item, scope)))
            }
            BoolExpr::DateIn(value, list) => {
                let value = self.date(value, scope);
                self.one_of(value, list.iter().map(|item| self.date(item, scope)))
            }
            BoolExpr::TextIn(value, list) => {
                let value = self.text(value, scope);
                self.one_of(value, list.iter().map(|item| self.text(item, scope)))
            }
            BoolExpr::EnumIn(value, list, _) => {
                let value = self.enumerated(value, scope);
                self.one_of(value, list.iter().map(|item| self.enumerated(item, scope)))
            }
            BoolExpr::Exists(quantifier) => match self.members() {
                Some(members) => self.any(members.map(|m| self.body(quantifier, m, scope))),
                None => Truth::UNKNOWN,
            },
            BoolExpr::Every(quantifier) => match self.members() {
                Some(members) => self.all(members.map(|m| self.body(quantifier, m, scope))),
                None => Truth::UNKNOWN,
            },
        }
    }

    fn body(&self, quantifier: &Quantifier, member: usize, scope: &Scope) -> Truth {
        self.bool(&quantifier.body, &scope.bind(quantifier.variable, member))
    }

    /// The members; a household of whose members nothing was said has unknown ones.
    pub fn members(&self) -> Option<std::ops::Range<usize>> {
        let count = self.situation.member_count();
        (count > 0).then_some(0..count)
    }

    pub fn all(&self, parts: impl Iterator<Item = Truth>) -> Truth {
        let mut result = Truth::TRUE;
        for part in parts {
            result = result.and(part);
            if result.is_false() {
                break;
            }
        }
        result
    }

    pub fn any(&self, parts: impl Iterator<Item = Truth>) -> Truth {
        let mut result = Truth::FALSE;
        for part in parts {
            result = result.or(part);
            if result.is_true() {
                break;
            }
        }
        result
    }

    fn one_of<T: PartialEq>(
        &self,
        value: Answer<T>,
        list: impl Iterator<Item = Answer<T>>,
    ) -> Truth {
        self.any(list.map(|item| value.compare(&item, |a, b| a == b)))
    }

    /// The value of a conditional: of the chosen branch, or of both when they agree.
    fn choose<T: PartialEq>(
        &self,
        condition: &BoolExpr,
        scope: &Scope,
        branch: impl Fn(bool) -> Answer<T>,
    ) -> Answer<T> {
        let condition = self.bool(condition, scope);
        if condition.is_true() {
            return branch(true);
        }
        if condition.is_false() {
            return branch(false);
        }
        if condition == Truth::VOID {
            return Answer::Absent;
        }
        let (yes, no) = (branch(true), branch(false));
        let agreed = yes == no && condition == Truth::UNKNOWN;
        if agreed { yes } else { Answer::Unknown }
    }

    pub fn integer(&self, expression: &IntExpr, scope: &Scope) -> Answer<i64> {
        let value = |inner: &IntExpr| self.integer(inner, scope);
        match &expression.kind {
            IntKind::Constant(value) => Answer::Known(*value),
            IntKind::Fact(fact) => match self.stored(*fact, scope) {
                Some(Stored::Integer(value)) => Answer::Known(*value),
                _ => Answer::Unknown,
            },
            IntKind::Parameter(id) => match self.parameters[usize::from(id.0)] {
                Some(DatedValue {
                    value: ParameterValue::Single(value),
                    ..
                }) => Answer::Known(*value),
                _ => Answer::Absent,
            },
            IntKind::Entry(id, index) => {
                let index_of = usize::from(id.0);
                match self.parameters[index_of].map(|dated| &dated.value) {
                    Some(ParameterValue::Table(table)) => match value(index) {
                        Answer::Known(index) => self.benefit.parameters[index_of]
                            .entry(table, index)
                            .map_or(Answer::Absent, Answer::Known),
                        other => other,
                    },
                    _ => Answer::Absent,
                }
            }
            IntKind::Definition(id) => match self.definition(*id) {
                Computed::Integer(value) => value,
                _ => Answer::Unknown,
            },
            IntKind::Negate(inner) => value(inner).then(i64::checked_neg),
            IntKind::Add(a, b) => value(a).with(value(b), i64::checked_add),
            IntKind::Subtract(a, b) => value(a).with(value(b), i64::checked_sub),
            IntKind::Multiply(a, b) => value(a).with(value(b), i64::checked_mul),
            IntKind::Min(parts) => extreme(parts.iter().map(value), Ordering::Less),
            IntKind::Max(parts) => extreme(parts.iter().map(value), Ordering::Greater),
            IntKind::If(condition, yes, no) => self.choose(condition, scope, |first| {
                value(if first { yes } else { no })
            }),
            IntKind::Percent {
                amount,
                rate,
                rounding,
            } => value(amount).with(value(rate), |amount, rate| {
                money::percent(amount, rate, *rounding)
            }),
            IntKind::RoundTo {
                amount,
                step,
                rounding,
            } => value(amount).then(|amount| money::round_to(amount, *step, *rounding)),
            IntKind::PerYear(monthly) => value(monthly).then(|monthly| monthly.checked_mul(12)),
            IntKind::PerMonth(yearly, rounding) => {
                value(yearly).then(|yearly| money::divide(yearly.into(), 12, *rounding))
            }
            IntKind::Reinterpret(inner) => value(inner),
            IntKind::Size => match self.members() {
                Some(members) => Answer::Known(members.len() as i64),
                None => Answer::Unknown,
            },
            IntKind::Count(quantifier) => self.count(quantifier, scope),
            IntKind::Sum {
                variable,
                filter,
                term,
            } => self.sum(*variable, filter.as_deref(), term, scope),
            IntKind::YearsBetween(from, to) => {
                self.date(from, scope).with(self.date(to, scope), |a, b| {
                    Some(dates::years_between(a, b))
                })
            }
            IntKind::MonthsBetween(from, to) => {
                self.date(from, scope).with(self.date(to, scope), |a, b| {
                    Some(dates::months_between(a, b))
                })
            }
            IntKind::DaysBetween(from, to) => self
                .date(from, scope)
                .with(self.date(to, scope), |a, b| Some(dates::days_between(a, b))),
            IntKind::Year(day) => self.date(day, scope).then(|day| Some(day.year().into())),
        }
    }

    fn count(&self, quantifier: &Quantifier, scope: &Scope) -> Answer<i64> {
        let Some(members) = self.members() else {
            return Answer::Unknown;
        };
        let mut count = 0;
        for member in members {
            match self.body(quantifier, member, scope) {
                Truth::TRUE => count += 1,
                Truth::FALSE => {}
                Truth::VOID => return Answer::Absent,
                _ => return Answer::Unknown,
            }
        }
        Answer::Known(count)
    }

    fn sum(
        &self,
        variable: u8,
        filter: Option<&BoolExpr>,
        term: &IntExpr,
        scope: &Scope,
    ) -> Answer<i64> {
        let Some(members) = self.members() else {
            return Answer::Unknown;
        };
        let mut total = Answer::Known(0_i64);
        for member in members {
            let scope = scope.bind(variable, member);
            let counted = filter.map_or(Truth::TRUE, |filter| self.bool(filter, &scope));
            let term = match counted {
                Truth::FALSE => continue,
                Truth::TRUE => self.integer(term, &scope),
                Truth::VOID => Answer::Absent,
                // Whoever it is adds nothing when the term is zero.
                _ => match self.integer(term, &scope) {
                    Answer::Known(0) => continue,
                    _ => Answer::Unknown,
                },
            };
            total = total.with(term, i64::checked_add);
        }
        total
    }

    pub fn date(&self, expression: &DateExpr, scope: &Scope) -> Answer<Date> {
        let day = |inner: &DateExpr| self.date(inner, scope);
        let number = |inner: &IntExpr| self.integer(inner, scope);
        match expression {
            DateExpr::Constant(day) => Answer::Known(*day),
            DateExpr::On => Answer::Known(self.on),
            DateExpr::Fact(fact) => match self.stored(*fact, scope) {
                Some(Stored::Date(day)) => Answer::Known(*day),
                _ => Answer::Unknown,
            },
            DateExpr::Definition(id) => match self.definition(*id) {
                Computed::Date(day) => day,
                _ => Answer::Unknown,
            },
            DateExpr::If(condition, yes, no) => {
                self.choose(condition, scope, |first| day(if first { yes } else { no }))
            }
            DateExpr::AddDays(start, days) => day(start).with(number(days), dates::add_days),
            DateExpr::AddMonths(start, months) => {
                day(start).with(number(months), dates::completion)
            }
            DateExpr::AddYears(start, years) => day(start).with(number(years), |start, years| {
                dates::completion(start, years.checked_mul(12)?)
            }),
            DateExpr::StartOfMonth(inner) => day(inner).then(|day| Some(day.first_of_month())),
            DateExpr::EndOfMonth(inner) => day(inner).then(|day| Some(day.last_of_month())),
            DateExpr::Min(parts) => extreme(parts.iter().map(day), Ordering::Less),
            DateExpr::Max(parts) => extreme(parts.iter().map(day), Ordering::Greater),
        }
    }

    pub fn text(&self, expression: &TextExpr, scope: &Scope) -> Answer<Arc<str>> {
        match expression {
            TextExpr::Constant(text) => Answer::Known(text.clone()),
            TextExpr::Fact(fact) => match self.stored(*fact, scope) {
                Some(Stored::Text(text)) => Answer::Known(text.clone()),
                _ => Answer::Unknown,
            },
            TextExpr::Definition(id) => match self.definition(*id) {
                Computed::Text(text) => text,
                _ => Answer::Unknown,
            },
            TextExpr::If(condition, yes, no) => self.choose(condition, scope, |first| {
                self.text(if first { yes } else { no }, scope)
            }),
        }
    }

    pub fn enumerated(&self, expression: &EnumExpr, scope: &Scope) -> Answer<u16> {
        match expression {
            EnumExpr::Constant(index) => Answer::Known(*index),
            EnumExpr::Fact(fact) => match self.stored(*fact, scope) {
                Some(Stored::Enum(index)) => Answer::Known(*index),
                _ => Answer::Unknown,
            },
            EnumExpr::Definition(id) => match self.definition(*id) {
                Computed::Enum(index) => index,
                _ => Answer::Unknown,
            },
            EnumExpr::If(condition, yes, no) => self.choose(condition, scope, |first| {
                self.enumerated(if first { yes } else { no }, scope)
            }),
        }
    }
}

/// The least or the greatest of several answers; all must be known.
fn extreme<T: Ord>(parts: impl Iterator<Item = Answer<T>>, wanted: Ordering) -> Answer<T> {
    parts
        .reduce(|best, next| {
            best.with(next, |best, next| {
                Some(if next.cmp(&best) == wanted {
                    next
                } else {
                    best
                })
            })
        })
        .unwrap_or(Answer::Unknown)
}
