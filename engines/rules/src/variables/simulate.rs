//! Values of variables for the persons and groups of a situation. Nothing here panics: what cannot be computed is an
//! [`Answer`] that says why, and a circle or a chain without end is a [`Trouble`].

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;

use jiff::civil::Date;

use super::compile::MAX_FOLDS;
use super::entities::EntityId;
use super::exact::Exact;
use super::formula::{Fold, Formula, ParameterId, VariableId, Whose};
use super::parameters::{Held, Parameter};
use super::periods::{Period, PeriodUnit};
use super::scale;
use super::situation::Situation;
use super::system::System;
use super::value::Value;
use crate::dates;
use crate::truth::{Answer, Truth};

/// How many parts of formulas may be open at once: what a thread's usual stack holds with a margin.
const MAX_OPEN: u32 = 800;

/// Why a computation was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The variable of this name needs itself in the same period.
    Circle(String, Period),
    /// It needs more and more other periods or variables.
    TooDeep(String, Period),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circle(name, period) => write!(f, "`{name}` in {period} needs itself"),
            Self::TooDeep(name, period) => {
                write!(
                    f,
                    "`{name}` in {period} stands at the end of too long a chain"
                )
            }
        }
    }
}

/// Of whom and when a formula is evaluated, and at which members its folds look.
#[derive(Clone, Copy, Debug)]
struct Scope {
    entity: EntityId,
    instance: usize,
    period: Period,
    members: [usize; MAX_FOLDS],
}

type Key = (VariableId, usize, Period);

/// The values of one situation, each computed once.
pub(crate) struct Simulation<'a> {
    system: &'a System,
    situation: &'a Situation,
    /// By parameter; a case may replace them all.
    parameters: Vec<Option<&'a Parameter>>,
    known: RefCell<HashMap<Key, Answer<Value>>>,
    open: RefCell<Vec<Key>>,
    depth: Cell<u32>,
    trouble: RefCell<Option<Trouble>>,
}

impl<'a> Simulation<'a> {
    pub fn new(
        system: &'a System,
        situation: &'a Situation,
        parameters: Vec<Option<&'a Parameter>>,
    ) -> Self {
        Self {
            system,
            situation,
            parameters,
            known: RefCell::default(),
            open: RefCell::default(),
            depth: Cell::default(),
            trouble: RefCell::default(),
        }
    }

    /// The value of a variable for an instance of its entity in a period of its unit.
    pub fn value(
        &self,
        variable: VariableId,
        instance: usize,
        period: Period,
    ) -> Result<Answer<Value>, Trouble> {
        let answer = self.read(variable, instance, period);
        match self.trouble.borrow().clone() {
            Some(trouble) => Err(trouble),
            None => Ok(answer),
        }
    }

    fn read(&self, id: VariableId, instance: usize, period: Period) -> Answer<Value> {
        let variable = &self.system.variables[id];
        let period = if variable.period == PeriodUnit::Eternity {
            Period::ETERNITY
        } else {
            period
        };
        let key = (id, instance, period);
        if let Some(value) = self.situation.input(id, instance, period) {
            return Answer::Known(value.clone());
        }
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        if self.open.borrow().contains(&key) {
            let trouble = Trouble::Circle(variable.name.clone(), period);
            self.trouble.borrow_mut().get_or_insert(trouble);
            return Answer::Unknown;
        }
        let default = || variable.default.clone().map(Answer::Known);
        let answer = match variable.formula_on(period.start()) {
            Some(index) => {
                let scope = Scope {
                    entity: variable.entity,
                    instance,
                    period,
                    members: [0; MAX_FOLDS],
                };
                self.open.borrow_mut().push(key);
                let answer = self.answer(&self.system.formulas[id][index], &scope);
                self.open.borrow_mut().pop();
                answer
            }
            None if variable.formulas.is_empty() => default().unwrap_or(Answer::Unknown),
            None => default().unwrap_or(Answer::Absent),
        };
        self.known.borrow_mut().insert(key, answer.clone());
        answer
    }

    /// Opens one more part, unless too many are open.
    fn nested<T>(&self, stopped: T, compute: impl FnOnce() -> T) -> T {
        if self.trouble.borrow().is_some() {
            return stopped;
        }
        let depth = self.depth.get();
        if depth >= MAX_OPEN {
            if let Some((id, _, period)) = self.open.borrow().last().copied() {
                let name = self.system.variables[id].name.clone();
                self.trouble
                    .borrow_mut()
                    .get_or_insert(Trouble::TooDeep(name, period));
            }
            return stopped;
        }
        self.depth.set(depth + 1);
        let answer = compute();
        self.depth.set(depth);
        answer
    }

    fn answer(&self, formula: &Formula, scope: &Scope) -> Answer<Value> {
        self.nested(Answer::Unknown, || match formula {
            Formula::Constant(value) => Answer::Known(value.clone()),
            Formula::Variable(whose, id) => {
                self.read(*id, self.instance(*whose, scope), scope.period)
            }
            Formula::Parameter(id) => match self.held(*id, scope) {
                Some(Held::Value(value)) => Answer::Known(value.clone()),
                _ => Answer::Absent,
            },
            Formula::Role(group, depth) => {
                let role = self
                    .situation
                    .role_of(*group, scope.members[usize::from(*depth)]);
                let roles = &self.system.entities.all()[*group].roles;
                let role = roles
                    .get(role)
                    .map(|role| Value::Text(role.name.as_str().into()));
                role.map_or(Answer::Unknown, Answer::Known)
            }
            Formula::If(condition, yes, no) => self.choose(condition, yes, no, scope),
            Formula::At(shift, inner) => match shift.of(scope.period) {
                Some(period) => self.answer(inner, &Scope { period, ..*scope }),
                None => Answer::Overflow,
            },
            Formula::Least(parts) => self.extreme(parts, Ordering::Less, scope),
            Formula::Greatest(parts) => self.extreme(parts, Ordering::Greater, scope),
            Formula::Not(_)
            | Formula::All(_)
            | Formula::Any(_)
            | Formula::Compare(..)
            | Formula::In(..)
            | Formula::InList(..) => known_truth(self.truth(formula, scope)),
            Formula::Members {
                fold: Fold::Exists | Fold::Every,
                ..
            } => known_truth(self.truth(formula, scope)),
            Formula::On | Formula::AddMonths(..) => {
                self.date(formula, scope).then(|day| Some(Value::Date(day)))
            }
            _ => self
                .number(formula, scope)
                .then(|number| Some(Value::Number(number))),
        })
    }

    fn choose(
        &self,
        condition: &Formula,
        yes: &Formula,
        no: &Formula,
        scope: &Scope,
    ) -> Answer<Value> {
        let condition = self.truth(condition, scope);
        if condition.is_true() {
            return self.answer(yes, scope);
        }
        if condition.is_false() {
            return self.answer(no, scope);
        }
        if condition == Truth::VOID {
            return Answer::Absent;
        }
        let (yes, no) = (self.answer(yes, scope), self.answer(no, scope));
        if yes == no && condition == Truth::UNKNOWN {
            yes
        } else {
            Answer::Unknown
        }
    }

    fn instance(&self, whose: Whose, scope: &Scope) -> usize {
        match whose {
            Whose::Own => scope.instance,
            Whose::Group(group) => self.situation.group_of(group, scope.instance),
            Whose::Member(depth) => scope.members[usize::from(depth)],
        }
    }

    fn held(&self, id: ParameterId, scope: &Scope) -> Option<&'a Held> {
        self.parameters[id].and_then(|parameter| parameter.on(scope.period.start()))
    }

    fn truth(&self, formula: &Formula, scope: &Scope) -> Truth {
        self.nested(Truth::UNKNOWN, || self.truth_of(formula, scope))
    }

    fn truth_of(&self, formula: &Formula, scope: &Scope) -> Truth {
        match formula {
            Formula::Not(inner) => !self.truth(inner, scope),
            Formula::All(parts) => parts.iter().fold(Truth::TRUE, |truth, part| {
                truth.and(self.truth(part, scope))
            }),
            Formula::Any(parts) => parts.iter().fold(Truth::FALSE, |truth, part| {
                truth.or(self.truth(part, scope))
            }),
            Formula::Compare(comparison, left, right) => {
                let (left, right) = (self.answer(left, scope), self.answer(right, scope));
                left.compare(&right, |a, b| comparison.holds(order(a, b)))
            }
            Formula::In(value, list) => {
                let value = self.answer(value, scope);
                list.iter().fold(Truth::FALSE, |truth, item| {
                    truth.or(value.compare(&self.answer(item, scope), |a, b| a == b))
                })
            }
            Formula::InList(value, list) => {
                match (self.answer(value, scope), self.held(*list, scope)) {
                    (Answer::Known(value), Some(Held::List(list))) => list.contains(&value).into(),
                    (Answer::Absent, _) | (_, None) => Truth::VOID,
                    _ => Truth::UNKNOWN,
                }
            }
            Formula::Members {
                fold: Fold::Exists,
                term,
                ..
            } => self
                .within(formula, scope)
                .fold(Truth::FALSE, |truth, scope| {
                    truth.or(self.truth(term, &scope))
                }),
            Formula::Members {
                fold: Fold::Every,
                term,
                ..
            } => self
                .within(formula, scope)
                .fold(Truth::TRUE, |truth, scope| {
                    truth.and(self.truth(term, &scope))
                }),
            other => match self.answer(other, scope) {
                Answer::Known(Value::Bool(value)) => value.into(),
                Answer::Absent => Truth::VOID,
                _ => Truth::UNKNOWN,
            },
        }
    }

    /// One scope for each member of the group that a fold is about.
    fn within<'s>(&'s self, fold: &Formula, scope: &'s Scope) -> impl Iterator<Item = Scope> + 's {
        let (members, depth): (&[usize], u8) = match fold {
            Formula::Members { group, depth, .. } => (
                self.situation
                    .members(*group, self.group_instance(*group, scope)),
                *depth,
            ),
            _ => (&[], 0),
        };
        members.iter().map(move |person| {
            let mut scope = *scope;
            scope.members[usize::from(depth)] = *person;
            scope
        })
    }

    fn group_instance(&self, group: EntityId, scope: &Scope) -> usize {
        if scope.entity == group {
            scope.instance
        } else {
            self.situation.group_of(group, scope.instance)
        }
    }

    fn number(&self, formula: &Formula, scope: &Scope) -> Answer<Exact> {
        self.nested(Answer::Unknown, || self.number_of(formula, scope))
    }

    fn number_of(&self, formula: &Formula, scope: &Scope) -> Answer<Exact> {
        let of = |inner: &Formula| self.number(inner, scope);
        match formula {
            Formula::Negate(inner) => of(inner).then(Exact::checked_neg),
            Formula::Arithmetic(operation, left, right) => {
                of(left).with(of(right), |a, b| operation.of(a, b))
            }
            Formula::Round(inner, digits, rounding) => {
                of(inner).then(|it| it.round(*digits, *rounding))
            }
            Formula::Scale(id, base) => {
                let kind = self.parameters[*id].and_then(|parameter| parameter.scale);
                match (kind, self.held(*id, scope)) {
                    (Some(kind), Some(Held::Scale(brackets))) => {
                        of(base).then(|base| scale::apply(kind, brackets, base))
                    }
                    _ => Answer::Absent,
                }
            }
            Formula::Size(group) => {
                let members = self
                    .situation
                    .members(*group, self.group_instance(*group, scope));
                whole(members.len())
            }
            Formula::Members {
                fold, filter, term, ..
            } => self.folded(*fold, filter.as_deref(), term, formula, scope),
            Formula::Total(unit, inner) => match scope.period.parts(*unit) {
                Some(parts) => parts
                    .into_iter()
                    .fold(Answer::Known(Exact::ZERO), |sum, period| {
                        sum.with(
                            self.number(inner, &Scope { period, ..*scope }),
                            Exact::checked_add,
                        )
                    }),
                None => Answer::Overflow,
            },
            Formula::Share(unit, inner) => {
                let around = scope.period.around(*unit);
                let parts = around
                    .parts(scope.period.unit())
                    .map_or(0, |parts| parts.len());
                let inner = self.number(
                    inner,
                    &Scope {
                        period: around,
                        ..*scope
                    },
                );
                inner.with(whole(parts), Exact::checked_div)
            }
            Formula::YearsBetween(from, to) => self.between(from, to, scope, dates::years_between),
            Formula::MonthsBetween(from, to) => {
                self.between(from, to, scope, dates::months_between)
            }
            Formula::Year(day) => self
                .date(day, scope)
                .then(|day| Some(Exact::from(i64::from(day.year())))),
            Formula::Month(day) => self
                .date(day, scope)
                .then(|day| Some(Exact::from(i64::from(day.month())))),
            other => match self.answer(other, scope) {
                Answer::Known(Value::Number(number)) => Answer::Known(number),
                Answer::Absent => Answer::Absent,
                Answer::Overflow => Answer::Overflow,
                _ => Answer::Unknown,
            },
        }
    }

    fn between(
        &self,
        from: &Formula,
        to: &Formula,
        scope: &Scope,
        count: fn(Date, Date) -> i64,
    ) -> Answer<Exact> {
        let (from, to) = (self.date(from, scope), self.date(to, scope));
        from.with(to, |from, to| Some(Exact::from(count(from, to))))
    }

    fn folded(
        &self,
        fold: Fold,
        filter: Option<&Formula>,
        term: &Formula,
        formula: &Formula,
        scope: &Scope,
    ) -> Answer<Exact> {
        let mut folding = Folding::new(fold);
        for scope in self.within(formula, scope) {
            let condition = if fold == Fold::Count {
                Some(term)
            } else {
                filter
            };
            let counted = condition.map_or(Truth::TRUE, |it| self.truth(it, &scope));
            folding.take(counted, || self.number(term, &scope));
        }
        folding.end()
    }

    fn extreme(&self, parts: &[Formula], wanted: Ordering, scope: &Scope) -> Answer<Value> {
        let answers = parts.iter().map(|part| self.answer(part, scope));
        let best = answers.reduce(|best, next| {
            best.with(next, |best, next| {
                Some(if order(&next, &best) == wanted {
                    next
                } else {
                    best
                })
            })
        });
        best.unwrap_or(Answer::Unknown)
    }

    fn date(&self, formula: &Formula, scope: &Scope) -> Answer<Date> {
        match formula {
            Formula::On => Answer::Known(scope.period.start()),
            Formula::AddMonths(day, months) => self
                .date(day, scope)
                .with(self.number(months, scope), |day, months| {
                    dates::completion(day, months.whole()?)
                }),
            other => match self.answer(other, scope) {
                Answer::Known(Value::Date(day)) => Answer::Known(day),
                Answer::Absent => Answer::Absent,
                Answer::Overflow => Answer::Overflow,
                _ => Answer::Unknown,
            },
        }
    }
}

/// A number folded from those of members, one after the other.
pub(super) struct Folding {
    fold: Fold,
    total: Option<Answer<Exact>>,
}

impl Folding {
    pub fn new(fold: Fold) -> Self {
        Self { fold, total: None }
    }

    /// One more member, who may count or not.
    pub fn take(&mut self, counted: Truth, term: impl FnOnce() -> Answer<Exact>) {
        let term = match counted {
            Truth::FALSE => return,
            Truth::TRUE if self.fold == Fold::Count => Answer::Known(Exact::ONE),
            Truth::TRUE => term(),
            Truth::VOID => Answer::Absent,
            _ => Answer::Unknown,
        };
        self.total = Some(match self.total.take() {
            None => term,
            Some(total) => total.with(term, |a, b| match self.fold {
                Fold::Least => Some(a.min(b)),
                Fold::Greatest => Some(a.max(b)),
                _ => a.checked_add(b),
            }),
        });
    }

    pub fn end(self) -> Answer<Exact> {
        match (self.total, self.fold) {
            (Some(total), _) => total,
            // Of nobody there is no least and no greatest.
            (None, Fold::Least | Fold::Greatest) => Answer::Absent,
            (None, _) => Answer::Known(Exact::ZERO),
        }
    }
}

fn whole(count: usize) -> Answer<Exact> {
    Answer::computed(i64::try_from(count).ok().map(Exact::from))
}

pub(super) fn known_truth(truth: Truth) -> Answer<Value> {
    if truth.is_true() {
        Answer::Known(Value::Bool(true))
    } else if truth.is_false() {
        Answer::Known(Value::Bool(false))
    } else if truth == Truth::VOID {
        Answer::Absent
    } else {
        Answer::Unknown
    }
}

/// The order of two values of one type.
pub(super) fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => Ordering::Less,
    }
}
