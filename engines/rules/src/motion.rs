//! Until which day an answer surely stays the same, without looking at the days between.
//!
//! Seen as a function of the day asked about, nearly every number and date of a rule stands still or moves by the
//! same step every day until some day that can be computed: `on` itself, `days_since`, the first of a month that
//! lasts until the month ends, an age that lasts until the birthday, a parameter until its next value. So each
//! part of a rule has a [`Motion`], comparisons are solved for the day on which they turn, and a conjunction stays
//! false as long as any one of its parts does. What is not linear (a percentage of a moving number) is given one
//! day: the answer is then looked at again tomorrow, which is slow and never wrong.

use std::cell::RefCell;

use jiff::civil::Date;

use crate::dates;
use crate::evaluate::{Evaluator, Scope};
use crate::expression::{
    BoolExpr, Comparison, Condition, DateExpr, DefinitionId, EnumExpr, Expression, IntExpr,
    IntKind, Quantifier, Test, TextExpr,
};
use crate::truth::{Answer, Truth};

/// How a value goes on: `value + drift × days later` on every day before `until`. What is not known, absent or out
/// of range stays so, with drift 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Motion {
    pub drift: i64,
    pub until: Date,
}

/// As far as the calendar goes.
const ALWAYS: Date = Date::MAX;

const STILL: Motion = Motion {
    drift: 0,
    until: ALWAYS,
};

impl Motion {
    fn still(until: Date) -> Self {
        Self { drift: 0, until }
    }

    fn no_longer_than(self, until: Date) -> Self {
        Self {
            until: self.until.min(until),
            ..self
        }
    }
}

/// The motions of one benefit for one household, day and person.
pub(crate) struct Motions<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    /// Each definition once, so that chains of them stay linear.
    definitions: RefCell<Vec<Option<Motion>>>,
}

/// The number of days after which a comparison of two values, now `gap` apart and drifting by `drift` a day, turns.
fn turn(comparison: Comparison, gap: i128, drift: i128) -> Option<i128> {
    if drift == 0 || (gap != 0 && (gap > 0) == (drift > 0)) {
        return None;
    }
    let now = comparison.holds(gap.cmp(&0));
    let meeting = ((gap.abs() + drift.abs() - 1) / drift.abs()).max(1);
    // Equal for one day at most, and beyond it on the next.
    [meeting, meeting + 1]
        .into_iter()
        .find(|days| comparison.holds((gap + drift * days).cmp(&0)) != now)
}

fn number(answer: &Answer<i64>) -> Option<i128> {
    match answer {
        Answer::Known(value) => Some((*value).into()),
        _ => None,
    }
}

fn day_number(answer: &Answer<Date>) -> Option<i128> {
    match answer {
        Answer::Known(day) => Some(dates::day_number(*day).into()),
        _ => None,
    }
}

/// The days left of a month, the day itself among them: as many days later the next month begins.
fn rest_of_month(day: Date) -> i128 {
    i128::from(day.days_in_month() - day.day()) + 1
}

impl<'e, 'a> Motions<'e, 'a> {
    pub fn new(evaluator: &'e Evaluator<'a>) -> Self {
        Self {
            evaluator,
            definitions: RefCell::new(vec![None; evaluator.benefit.definitions.len()]),
        }
    }

    fn after(&self, days: i128) -> Date {
        let days = i64::try_from(days).ok();
        days.and_then(|days| dates::add_days(self.evaluator.on, days))
            .unwrap_or(ALWAYS)
    }

    /// Not linear: to be looked at again on the next day.
    fn a_day(&self) -> Motion {
        Motion::still(self.after(1))
    }

    /// The first day on which outcome or amount may be others.
    pub fn decision(&self) -> Date {
        let evaluator = self.evaluator;
        let in_force = evaluator.benefit.in_force;
        if evaluator.on < in_force.from {
            return in_force.from;
        }
        let end = match in_force.to {
            Some(to) if to <= evaluator.on => return ALWAYS,
            Some(to) => to,
            None => ALWAYS,
        };
        if evaluator.territory().is_false() {
            return ALWAYS;
        }
        let condition = self.condition(&evaluator.benefit.condition);
        let refused = evaluator.outcome_truth().satisfied() == Some(false);
        let until = if refused {
            condition
        } else {
            condition.min(self.amount())
        };
        until.min(end)
    }

    fn condition(&self, condition: &Condition) -> Date {
        let parts = |parts: &[Condition], decisive: fn(Truth) -> bool| {
            let truth = |part: &&Condition| self.evaluator.condition(part);
            dominated(parts.iter(), truth, |part| self.condition(part), decisive)
        };
        match &condition.test {
            Test::When(when) => self.bool(when, &self.evaluator.scope),
            Test::All(all) => parts(all, Truth::is_false),
            Test::Any(any) => parts(any, Truth::is_true),
        }
    }

    fn amount(&self) -> Date {
        let evaluator = self.evaluator;
        let pay = |line: &crate::benefit::AmountLine| {
            let motion = self.integer(&line.pay, &evaluator.scope);
            let moves = motion.drift != 0;
            if moves { self.after(1) } else { motion.until }
        };
        let lines = &evaluator.benefit.amount;
        let mut until = ALWAYS;
        for (index, line) in lines.iter().enumerate() {
            let Some(when) = &line.when else {
                return until.min(pay(line));
            };
            until = until.min(self.bool(when, &evaluator.scope));
            match evaluator.bool(when, &evaluator.scope).satisfied() {
                Some(false) => {}
                Some(true) => return until.min(pay(line)),
                None => return lines[index..].iter().map(pay).fold(until, Date::min),
            }
        }
        until
    }

    fn definition(&self, id: DefinitionId) -> Motion {
        let index = usize::from(id.0);
        if let Some(known) = self.definitions.borrow()[index] {
            return known;
        }
        let scope = &self.evaluator.scope;
        let motion = match &self.evaluator.benefit.definitions[index].expression {
            Expression::Bool(inner) => Motion::still(self.bool(inner, scope)),
            Expression::Integer(inner) => self.integer(inner, scope),
            Expression::Date(inner) => self.date(inner, scope),
            Expression::Text(inner) => Motion::still(self.text(inner, scope)),
            Expression::Enum(inner, _) => Motion::still(self.enumerated(inner, scope)),
        };
        self.definitions.borrow_mut()[index] = Some(motion);
        motion
    }

    /// The first day on which the truth may be another.
    pub fn bool(&self, expression: &BoolExpr, scope: &Scope) -> Date {
        let evaluator = self.evaluator;
        let parts = |parts: &[BoolExpr], decisive: fn(Truth) -> bool| {
            let truth = |part: &&BoolExpr| evaluator.bool(part, scope);
            dominated(parts.iter(), truth, |part| self.bool(part, scope), decisive)
        };
        match expression {
            BoolExpr::Constant(_) | BoolExpr::Fact(_) => ALWAYS,
            BoolExpr::Definition(id) => self.definition(*id).until,
            BoolExpr::Not(inner) => self.bool(inner, scope),
            BoolExpr::All(all) => parts(all, Truth::is_false),
            BoolExpr::Any(any) => parts(any, Truth::is_true),
            BoolExpr::If(condition, yes, no) => self.branches(condition, scope, |first| {
                self.bool(if first { yes } else { no }, scope)
            }),
            BoolExpr::Integer(comparison, left, right) => {
                self.integers(*comparison, left, right, scope)
            }
            BoolExpr::Date(comparison, left, right) => self.dates(*comparison, left, right, scope),
            BoolExpr::Text(_, left, right) => self.text(left, scope).min(self.text(right, scope)),
            BoolExpr::Enum(_, left, right, _) => {
                let left = self.enumerated(left, scope);
                left.min(self.enumerated(right, scope))
            }
            BoolExpr::Bool(_, left, right) => self.bool(left, scope).min(self.bool(right, scope)),
            BoolExpr::IntegerIn(value, list) => list
                .iter()
                .map(|item| self.integers(Comparison::Equal, value, item, scope))
                .fold(ALWAYS, Date::min),
            BoolExpr::DateIn(value, list) => list
                .iter()
                .map(|item| self.dates(Comparison::Equal, value, item, scope))
                .fold(ALWAYS, Date::min),
            BoolExpr::TextIn(value, list) => list
                .iter()
                .map(|item| self.text(item, scope))
                .fold(self.text(value, scope), Date::min),
            BoolExpr::EnumIn(value, list, _) => list
                .iter()
                .map(|item| self.enumerated(item, scope))
                .fold(self.enumerated(value, scope), Date::min),
            BoolExpr::Exists(quantifier) => self.members(quantifier, scope, Truth::is_true),
            BoolExpr::Every(quantifier) => self.members(quantifier, scope, Truth::is_false),
        }
    }

    fn members(&self, quantifier: &Quantifier, scope: &Scope, decisive: fn(Truth) -> bool) -> Date {
        let scope = |member: &usize| scope.bind(quantifier.variable, *member);
        let members = self.evaluator.members().into_iter().flatten();
        dominated(
            members,
            |member| self.evaluator.bool(&quantifier.body, &scope(member)),
            |member| self.bool(&quantifier.body, &scope(member)),
            decisive,
        )
    }

    /// For conditionals whose branches do not move: of the condition and the chosen branch, or of both.
    fn branches(&self, condition: &BoolExpr, scope: &Scope, branch: impl Fn(bool) -> Date) -> Date {
        let until = self.bool(condition, scope);
        match self.evaluator.bool(condition, scope) {
            Truth::TRUE => until.min(branch(true)),
            Truth::FALSE => until.min(branch(false)),
            Truth::VOID => until,
            _ => until.min(branch(true)).min(branch(false)),
        }
    }

    fn integers(
        &self,
        comparison: Comparison,
        left: &IntExpr,
        right: &IntExpr,
        scope: &Scope,
    ) -> Date {
        let side = |side: &IntExpr| {
            let value = number(&self.evaluator.integer(side, scope));
            (value, self.integer(side, scope))
        };
        self.compared(comparison, side(left), side(right))
    }

    fn dates(
        &self,
        comparison: Comparison,
        left: &DateExpr,
        right: &DateExpr,
        scope: &Scope,
    ) -> Date {
        let side = |side: &DateExpr| {
            let value = day_number(&self.evaluator.date(side, scope));
            (value, self.date(side, scope))
        };
        self.compared(comparison, side(left), side(right))
    }

    fn compared(
        &self,
        comparison: Comparison,
        (left, left_motion): (Option<i128>, Motion),
        (right, right_motion): (Option<i128>, Motion),
    ) -> Date {
        let until = left_motion.until.min(right_motion.until);
        let (Some(left), Some(right)) = (left, right) else {
            return until;
        };
        let drift = i128::from(left_motion.drift) - i128::from(right_motion.drift);
        turn(comparison, left - right, drift).map_or(until, |days| until.min(self.after(days)))
    }

    /// The motion of a conditional: of the chosen branch, or, while it is open which, until the two agree.
    fn chosen(
        &self,
        condition: &BoolExpr,
        scope: &Scope,
        branch: impl Fn(bool) -> (Option<i128>, Motion),
    ) -> Motion {
        let until = self.bool(condition, scope);
        match self.evaluator.bool(condition, scope) {
            Truth::TRUE => branch(true).1.no_longer_than(until),
            Truth::FALSE => branch(false).1.no_longer_than(until),
            Truth::VOID => Motion::still(until),
            _ => {
                let (yes, no) = (branch(true), branch(false));
                let until = until.min(self.compared(Comparison::Equal, yes, no));
                let together = yes.0 == no.0 && yes.1.drift == no.1.drift;
                Motion {
                    drift: if together { yes.1.drift } else { 0 },
                    until,
                }
            }
        }
    }

    /// The least or the greatest of several: of the one that is, as long as it is.
    fn extreme(&self, parts: &[(Option<i128>, Motion)], stays: Comparison) -> Motion {
        let until = parts.iter().map(|(_, motion)| motion.until).min();
        let until = until.unwrap_or(ALWAYS);
        let known: Option<Vec<(i128, Motion)>> = parts
            .iter()
            .map(|(value, motion)| Some(((*value)?, *motion)))
            .collect();
        let best = known.unwrap_or_default().into_iter().reduce(|best, next| {
            let keeps = stays.holds(best.0.cmp(&next.0));
            if keeps { best } else { next }
        });
        let Some((value, motion)) = best else {
            return Motion::still(until);
        };
        let overtaken = parts
            .iter()
            .map(|other| self.compared(stays, (Some(value), motion), *other));
        Motion {
            drift: motion.drift,
            until: overtaken.fold(until, Date::min),
        }
    }

    /// Keeps a linear motion from leaving the range of its type unseen; `room` is how far it may go.
    fn within(&self, motion: Motion, room: i128) -> Motion {
        if motion.drift == 0 {
            return motion;
        }
        let days = room / i128::from(motion.drift).abs();
        motion.no_longer_than(self.after(days.max(1)))
    }

    fn integer(&self, expression: &IntExpr, scope: &Scope) -> Motion {
        let motion = self.integer_kind(&expression.kind, scope);
        match self.evaluator.integer(expression, scope) {
            Answer::Known(value) => {
                self.within(motion, i128::from(i64::MAX) - i128::from(value).abs())
            }
            // What moves may yet come into range.
            Answer::Overflow if motion.drift != 0 => self.a_day(),
            _ => Motion::still(motion.until),
        }
    }

    fn integer_kind(&self, kind: &IntKind, scope: &Scope) -> Motion {
        let of = |inner: &IntExpr| self.integer(inner, scope);
        let parts = |parts: &[IntExpr]| -> Vec<_> {
            let value = |part: &IntExpr| number(&self.evaluator.integer(part, scope));
            parts.iter().map(|part| (value(part), of(part))).collect()
        };
        match kind {
            IntKind::Constant(_) | IntKind::Fact(_) | IntKind::Size => STILL,
            IntKind::Parameter(id) => self.parameter(usize::from(id.0)),
            IntKind::Entry(id, index) => {
                let table = self.parameter(usize::from(id.0));
                self.still(&[of(index)]).no_longer_than(table.until)
            }
            IntKind::Definition(id) => self.definition(*id),
            IntKind::Negate(inner) => self.scaled(of(inner), -1),
            IntKind::Add(a, b) => self.sum(of(a), of(b)),
            IntKind::Subtract(a, b) => self.sum(of(a), self.scaled(of(b), -1)),
            IntKind::Multiply(a, b) => self.product(a, b, scope),
            IntKind::Min(all) => self.extreme(&parts(all), Comparison::LessOrEqual),
            IntKind::Max(all) => self.extreme(&parts(all), Comparison::GreaterOrEqual),
            IntKind::If(condition, yes, no) => self.chosen(condition, scope, |first| {
                let branch = if first { yes } else { no };
                (number(&self.evaluator.integer(branch, scope)), of(branch))
            }),
            IntKind::Percent { amount, rate, .. } => self.still(&[of(amount), of(rate)]),
            IntKind::RoundTo { amount: inner, .. } | IntKind::PerMonth(inner, _) => {
                self.still(&[of(inner)])
            }
            IntKind::PerYear(inner) => self.scaled(of(inner), 12),
            IntKind::Reinterpret(inner) => of(inner),
            IntKind::Count(quantifier) => Motion::still(self.count(quantifier, scope)),
            IntKind::Sum {
                variable,
                filter,
                term,
            } => self.total(*variable, filter.as_deref(), term, scope),
            IntKind::YearsBetween(from, to) => self.completed(from, to, 12, scope),
            IntKind::MonthsBetween(from, to) => self.completed(from, to, 1, scope),
            IntKind::DaysBetween(from, to) => {
                let from = self.scaled(self.date(from, scope), -1);
                self.sum(self.date(to, scope), from)
            }
            IntKind::Year(day) => self.stepwise(day, scope, |day| {
                let next = Date::new(day.year().saturating_add(1), 1, 1).ok();
                next.map_or(1, |next| dates::days_between(day, next).into())
            }),
        }
    }

    fn parameter(&self, index: usize) -> Motion {
        let parameter = &self.evaluator.benefit.parameters[index];
        Motion::still(parameter.next_after(self.evaluator.on).unwrap_or(ALWAYS))
    }

    /// Of something that is computed from values and not linear in them: as long as none of them moves.
    fn still(&self, of: &[Motion]) -> Motion {
        if of.iter().any(|motion| motion.drift != 0) {
            return self.a_day();
        }
        Motion::still(of.iter().map(|motion| motion.until).min().unwrap_or(ALWAYS))
    }

    fn scaled(&self, motion: Motion, factor: i64) -> Motion {
        match motion.drift.checked_mul(factor) {
            Some(drift) => Motion { drift, ..motion },
            None => self.a_day(),
        }
    }

    fn sum(&self, a: Motion, b: Motion) -> Motion {
        match a.drift.checked_add(b.drift) {
            Some(drift) => Motion {
                drift,
                until: a.until.min(b.until),
            },
            None => self.a_day(),
        }
    }

    fn product(&self, a: &IntExpr, b: &IntExpr, scope: &Scope) -> Motion {
        let (left, right) = (self.integer(a, scope), self.integer(b, scope));
        let (moving, other, factor) = match (left.drift, right.drift) {
            (0, _) => (right, left, a),
            (_, 0) => (left, right, b),
            _ => return self.a_day(),
        };
        // Without a known factor there is no product, and what moves does not matter.
        let factor = self.evaluator.integer(factor, scope).known().unwrap_or(0);
        self.scaled(moving, factor).no_longer_than(other.until)
    }

    fn count(&self, quantifier: &Quantifier, scope: &Scope) -> Date {
        let members = self.evaluator.members().into_iter().flatten();
        members
            .map(|member| self.bool(&quantifier.body, &scope.bind(quantifier.variable, member)))
            .fold(ALWAYS, Date::min)
    }

    fn total(
        &self,
        variable: u8,
        filter: Option<&BoolExpr>,
        term: &IntExpr,
        scope: &Scope,
    ) -> Motion {
        let mut total = ALWAYS;
        for member in self.evaluator.members().into_iter().flatten() {
            let scope = scope.bind(variable, member);
            let (counted, until) = match filter {
                Some(filter) => (
                    self.evaluator.bool(filter, &scope),
                    self.bool(filter, &scope),
                ),
                None => (Truth::TRUE, ALWAYS),
            };
            total = total.min(until);
            if counted != Truth::FALSE && counted != Truth::VOID {
                // Partial sums of moving terms could leave the range in between, unseen.
                total = total.min(self.still(&[self.integer(term, &scope)]).until);
            }
        }
        Motion::still(total)
    }

    /// Of completed months or years: until the next is completed.
    fn completed(&self, from: &DateExpr, to: &DateExpr, months: i64, scope: &Scope) -> Motion {
        let (start, end) = (self.date(from, scope), self.date(to, scope));
        let until = start.until.min(end.until);
        match (start.drift, end.drift) {
            (0, 0) => Motion::still(until),
            (0, 1) => {
                let (from, to) = (
                    self.evaluator.date(from, scope),
                    self.evaluator.date(to, scope),
                );
                let (Answer::Known(from), Answer::Known(to)) = (from, to) else {
                    return Motion::still(until);
                };
                let done = dates::months_between(from, to).div_euclid(months) + 1;
                let next = dates::completion(from, done * months);
                let days = next.map(|next| dates::days_between(to, next).into());
                Motion::still(days.map_or(until, |days| until.min(self.after(days))))
            }
            _ => self.a_day(),
        }
    }

    /// Of something that a date gives and that stays for some days while the date moves on.
    fn stepwise(&self, day: &DateExpr, scope: &Scope, stays: impl Fn(Date) -> i128) -> Motion {
        let motion = self.date(day, scope);
        match (motion.drift, self.evaluator.date(day, scope)) {
            (0, _) => motion,
            (1, Answer::Known(day)) => Motion::still(motion.until.min(self.after(stays(day)))),
            _ => self.a_day(),
        }
    }

    /// The motion of a date, in days.
    pub fn date(&self, expression: &DateExpr, scope: &Scope) -> Motion {
        let motion = self.date_kind(expression, scope);
        match self.evaluator.date(expression, scope) {
            Answer::Known(day) => {
                let later = dates::days_between(day, Date::MAX);
                let earlier = dates::days_between(Date::MIN, day);
                self.within(motion, later.min(earlier).into())
            }
            Answer::Overflow if motion.drift != 0 => self.a_day(),
            _ => Motion::still(motion.until),
        }
    }

    fn date_kind(&self, expression: &DateExpr, scope: &Scope) -> Motion {
        let of = |inner: &DateExpr| self.date(inner, scope);
        let value = |part: &DateExpr| day_number(&self.evaluator.date(part, scope));
        let parts = |parts: &[DateExpr]| -> Vec<_> {
            parts.iter().map(|part| (value(part), of(part))).collect()
        };
        match expression {
            DateExpr::Constant(_) | DateExpr::Fact(_) => STILL,
            DateExpr::On => Motion {
                drift: 1,
                until: ALWAYS,
            },
            DateExpr::Definition(id) => self.definition(*id),
            DateExpr::If(condition, yes, no) => self.chosen(condition, scope, |first| {
                let branch = if first { yes } else { no };
                (value(branch), of(branch))
            }),
            DateExpr::AddDays(start, days) => self.sum(of(start), self.integer(days, scope)),
            DateExpr::AddMonths(start, months) => self.months_later(start, months, 1, scope),
            DateExpr::AddYears(start, years) => self.months_later(start, years, 12, scope),
            DateExpr::StartOfMonth(inner) | DateExpr::EndOfMonth(inner) => {
                self.stepwise(inner, scope, rest_of_month)
            }
            DateExpr::Min(all) => self.extreme(&parts(all), Comparison::LessOrEqual),
            DateExpr::Max(all) => self.extreme(&parts(all), Comparison::GreaterOrEqual),
        }
    }

    /// Months later moves with its start until either month ends; from a day that the later month does not have,
    /// it stands on the first of the month after.
    fn months_later(
        &self,
        start: &DateExpr,
        count: &IntExpr,
        months: i64,
        scope: &Scope,
    ) -> Motion {
        let (motion, number) = (self.date(start, scope), self.integer(count, scope));
        let until = motion.until.min(number.until);
        if (motion.drift, number.drift) == (0, 0) {
            return Motion::still(until);
        }
        let (start, count) = (
            self.evaluator.date(start, scope),
            self.evaluator.integer(count, scope),
        );
        let (1, 0, Answer::Known(start), Answer::Known(count)) =
            (motion.drift, number.drift, start, count)
        else {
            return self.a_day();
        };
        let months = count.checked_mul(months);
        let Some(first) = months.and_then(|n| dates::completion(start.first_of_month(), n)) else {
            return self.a_day();
        };
        let shared = i128::from(first.days_in_month() - start.day()) + 1;
        let (drift, days) = if shared > 0 {
            (1, shared.min(rest_of_month(start)))
        } else {
            (0, rest_of_month(start))
        };
        Motion {
            drift,
            until: until.min(self.after(days)),
        }
    }

    fn text(&self, expression: &TextExpr, scope: &Scope) -> Date {
        match expression {
            TextExpr::Constant(_) | TextExpr::Fact(_) => ALWAYS,
            TextExpr::Definition(id) => self.definition(*id).until,
            TextExpr::If(condition, yes, no) => self.branches(condition, scope, |first| {
                self.text(if first { yes } else { no }, scope)
            }),
        }
    }

    fn enumerated(&self, expression: &EnumExpr, scope: &Scope) -> Date {
        match expression {
            EnumExpr::Constant(_) | EnumExpr::Fact(_) => ALWAYS,
            EnumExpr::Definition(id) => self.definition(*id).until,
            EnumExpr::If(condition, yes, no) => self.branches(condition, scope, |first| {
                self.enumerated(if first { yes } else { no }, scope)
            }),
        }
    }
}

/// While one part decides alone (a false one in a conjunction), the rest does not matter; otherwise the first part
/// to change may change the whole.
fn dominated<P>(
    parts: impl Iterator<Item = P> + Clone,
    truth: impl Fn(&P) -> Truth,
    until: impl Fn(&P) -> Date,
    decisive: fn(Truth) -> bool,
) -> Date {
    let mut deciding = parts.clone().filter(|part| decisive(truth(part)));
    let Some(first) = deciding.next() else {
        return parts.map(|part| until(&part)).fold(ALWAYS, Date::min);
    };
    let mut longest = until(&first);
    while longest < ALWAYS
        && let Some(part) = deciding.next()
    {
        longest = longest.max(until(&part));
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_the_first_day_on_which_the_comparison_differs() {
        let all = [
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ];
        for comparison in all {
            for gap in -12_i128..=12 {
                for drift in -4_i128..=4 {
                    let at = |days: i128| comparison.holds((gap + drift * days).cmp(&0));
                    let walked = (1..40).find(|days| at(*days) != at(0));
                    assert_eq!(
                        turn(comparison, gap, drift),
                        walked,
                        "{comparison:?} {gap} {drift}"
                    );
                }
            }
        }
    }
}
