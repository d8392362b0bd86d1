//! One cell of a column, with everything that the scalar path may answer, and what formulas do with cells. Constants
//! are folded, tables filled and rows without a fast form computed by this, so that they agree with
//! [`super::super::simulate`] by sharing its arithmetic.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::Date;

use super::super::exact::Exact;
use super::super::formula::Operation;
use super::super::scale::{self, Bracket, ScaleKind};
use super::super::simulate::{known_truth, order};
use super::super::value::Value;
use crate::dates;
use crate::expression::Comparison;
use crate::money::Rounding;
use crate::truth::{Answer, Truth};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cell {
    Answer(Answer<Value>),
    Truth(Truth),
}

impl Cell {
    pub fn known(value: Value) -> Self {
        Self::Answer(Answer::Known(value))
    }

    pub fn number(&self) -> Answer<Exact> {
        match self.answer() {
            Answer::Known(Value::Number(number)) => Answer::Known(number),
            other => without_value(&other),
        }
    }

    pub fn date(&self) -> Answer<Date> {
        match self.answer() {
            Answer::Known(Value::Date(day)) => Answer::Known(day),
            other => without_value(&other),
        }
    }

    pub fn truth(&self) -> Truth {
        match self {
            Self::Truth(truth) => *truth,
            Self::Answer(Answer::Known(Value::Bool(value))) => (*value).into(),
            Self::Answer(Answer::Absent) => Truth::VOID,
            Self::Answer(_) => Truth::UNKNOWN,
        }
    }

    pub fn answer(&self) -> Answer<Value> {
        match self {
            Self::Answer(answer) => answer.clone(),
            Self::Truth(truth) => known_truth(*truth),
        }
    }

    /// The exact number, where it is one.
    pub fn exact(&self) -> Option<Exact> {
        self.number().known()
    }

    /// Whether it is true or false for certain.
    pub fn settled(&self) -> Option<bool> {
        let truth = self.truth();
        (truth.is_true() || truth.is_false()).then(|| truth.is_true())
    }
}

fn without_value<T>(answer: &Answer<Value>) -> Answer<T> {
    match answer {
        Answer::Absent => Answer::Absent,
        Answer::Overflow => Answer::Overflow,
        _ => Answer::Unknown,
    }
}

/// What a formula does with cells of one row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Action {
    Not,
    All,
    Any,
    /// Condition, then, else.
    Choose,
    Compare(Comparison),
    /// The first among the others.
    In,
    InList(Arc<[Value]>),
    /// The sum of all.
    Total,
    Arithmetic(Operation),
    Negate,
    Round(u8, Rounding),
    Scale(ScaleKind, Arc<[Bracket]>),
    Least,
    Greatest,
    YearsBetween,
    MonthsBetween,
    Year,
    Month,
    AddMonths,
    /// A truth as the value of a variable: what is neither true nor false nor void is unknown.
    Settle,
}

impl Action {
    pub fn gives_truth(&self) -> bool {
        matches!(
            self,
            Self::Not | Self::All | Self::Any | Self::Compare(_) | Self::In | Self::InList(_)
        )
    }

    pub fn of(&self, cells: &[Cell]) -> Cell {
        if self.gives_truth() {
            return Cell::Truth(self.truth(cells));
        }
        Cell::Answer(match (self, cells) {
            (Self::Settle, [truth]) => truth.answer(),
            (Self::Choose, [condition, yes, no]) => choose(condition.truth(), yes, no),
            (Self::Least, cells) => extreme(cells, Ordering::Less),
            (Self::Greatest, cells) => extreme(cells, Ordering::Greater),
            (Self::AddMonths, [day, months]) => day
                .date()
                .with(months.number(), |day, months| {
                    dates::completion(day, months.whole()?)
                })
                .then(|day| Some(Value::Date(day))),
            (action, cells) => action.number(cells).then(|it| Some(Value::Number(it))),
        })
    }

    fn truth(&self, cells: &[Cell]) -> Truth {
        let truths = || cells.iter().map(Cell::truth);
        match (self, cells) {
            (Self::Not, [inner]) => !inner.truth(),
            (Self::All, _) => truths().fold(Truth::TRUE, Truth::and),
            (Self::Any, _) => truths().fold(Truth::FALSE, Truth::or),
            (Self::Compare(comparison), [left, right]) => left
                .answer()
                .compare(&right.answer(), |a, b| comparison.holds(order(a, b))),
            (Self::In, [value, list @ ..]) => {
                let value = value.answer();
                let equal = |item: &Cell| value.compare(&item.answer(), |a, b| a == b);
                list.iter().map(equal).fold(Truth::FALSE, Truth::or)
            }
            (Self::InList(list), [value]) => match value.answer() {
                Answer::Known(value) => list.contains(&value).into(),
                Answer::Absent => Truth::VOID,
                _ => Truth::UNKNOWN,
            },
            _ => Truth::UNKNOWN,
        }
    }

    fn number(&self, cells: &[Cell]) -> Answer<Exact> {
        match (self, cells) {
            (Self::Total, cells) => cells.iter().fold(Answer::Known(Exact::ZERO), |sum, cell| {
                sum.with(cell.number(), Exact::checked_add)
            }),
            (Self::Arithmetic(operation), [left, right]) => left
                .number()
                .with(right.number(), |a, b| operation.of(a, b)),
            (Self::Negate, [inner]) => inner.number().then(Exact::checked_neg),
            (Self::Round(digits, rounding), [inner]) => {
                inner.number().then(|it| it.round(*digits, *rounding))
            }
            (Self::Scale(kind, brackets), [base]) => base
                .number()
                .then(|base| scale::apply(*kind, brackets, base)),
            (Self::YearsBetween, [from, to]) => between(from, to, dates::years_between),
            (Self::MonthsBetween, [from, to]) => between(from, to, dates::months_between),
            (Self::Year, [day]) => day
                .date()
                .then(|day| Some(Exact::from(i64::from(day.year())))),
            (Self::Month, [day]) => day
                .date()
                .then(|day| Some(Exact::from(i64::from(day.month())))),
            _ => Answer::Unknown,
        }
    }
}

fn choose(condition: Truth, yes: &Cell, no: &Cell) -> Answer<Value> {
    if condition.is_true() {
        return yes.answer();
    }
    if condition.is_false() {
        return no.answer();
    }
    if condition == Truth::VOID {
        return Answer::Absent;
    }
    let yes = yes.answer();
    if condition == Truth::UNKNOWN && yes == no.answer() {
        yes
    } else {
        Answer::Unknown
    }
}

fn extreme(cells: &[Cell], wanted: Ordering) -> Answer<Value> {
    let answers = cells.iter().map(Cell::answer);
    let best = answers.reduce(|best, next| {
        best.with(next, |best, next| {
            let better = order(&next, &best) == wanted;
            Some(if better { next } else { best })
        })
    });
    best.unwrap_or(Answer::Unknown)
}

fn between(from: &Cell, to: &Cell, count: fn(Date, Date) -> i64) -> Answer<Exact> {
    from.date()
        .with(to.date(), |from, to| Some(Exact::from(count(from, to))))
}
