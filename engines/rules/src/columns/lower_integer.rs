//! Lowering of whole numbers.

use crate::expression::{IntExpr, IntKind, Quantifier};
use crate::parameters::ParameterValue;
use crate::situation::MAX_MEMBERS;

use super::graph::{Number, Op};
use super::lower::{Low, Lowering, Unsupported};

impl Lowering<'_> {
    pub(super) fn integer(&mut self, expression: &IntExpr) -> Result<Low, Unsupported> {
        match &expression.kind {
            IntKind::Constant(value) => Ok(self.constant(Number::Known(*value))),
            IntKind::Fact(fact) => Ok(self.fact(*fact)),
            IntKind::Parameter(id) => {
                let number = match self.parameter(id.0).map(|dated| &dated.value) {
                    Some(ParameterValue::Single(value)) => Number::Known(*value),
                    _ => Number::Absent,
                };
                Ok(self.constant(number))
            }
            IntKind::Entry(id, index) => {
                let beyond = self.benefit().parameters[usize::from(id.0)].beyond;
                match self.parameter(id.0).map(|dated| &dated.value) {
                    Some(ParameterValue::Table(table)) => {
                        let index = self.integer(index)?;
                        let table = table.as_slice().into();
                        self.aligned(&[index], |ids| Op::Entry(table, beyond, ids[0]))
                    }
                    _ => Ok(self.constant(Number::Absent)),
                }
            }
            IntKind::Definition(id) => self.definition(*id),
            IntKind::Negate(inner) => self.unary(inner, Op::Negate),
            IntKind::Add(a, b) => self.binary(a, b, Op::Add),
            IntKind::Subtract(a, b) => self.binary(a, b, Op::Subtract),
            IntKind::Multiply(a, b) => self.binary(a, b, Op::Multiply),
            IntKind::Min(parts) => {
                let parts = self.integers(parts)?;
                self.extreme(parts, Op::Least)
            }
            IntKind::Max(parts) => {
                let parts = self.integers(parts)?;
                self.extreme(parts, Op::Greatest)
            }
            IntKind::If(condition, yes, no) => {
                let (yes, no) = (self.integer(yes)?, self.integer(no)?);
                self.choose(condition, yes, no)
            }
            IntKind::Percent {
                amount,
                rate,
                rounding,
            } => self.binary(amount, rate, |a, b| Op::Percent(a, b, *rounding)),
            IntKind::RoundTo {
                amount,
                step,
                rounding,
            } => self.unary(amount, |a| Op::Round(a, *step, *rounding)),
            IntKind::PerYear(monthly) => {
                let parts = [self.integer(monthly)?, self.constant(Number::Known(12))];
                self.aligned(&parts, |ids| Op::Multiply(ids[0], ids[1]))
            }
            IntKind::PerMonth(yearly, rounding) => {
                self.unary(yearly, |a| Op::Twelfth(a, *rounding))
            }
            IntKind::Reinterpret(inner) => self.integer(inner),
            IntKind::Size => Ok(self.size()),
            IntKind::Count(quantifier) => self.count(quantifier),
            IntKind::Sum {
                variable,
                filter,
                term,
            } => {
                let term = self.integer(term)?;
                let Some(filter) = filter else {
                    return self.grouped(&[term], *variable, ANY, |ids| Op::Sum(None, ids[0]));
                };
                let filter = self.bool(filter)?;
                self.grouped(&[filter, term], *variable, ANY, |ids| {
                    Op::Sum(Some(ids[0]), ids[1])
                })
            }
            IntKind::YearsBetween(from, to) => {
                let parts = [self.date(from)?, self.date(to)?];
                self.aligned(&parts, |ids| Op::Years(ids[0], ids[1]))
            }
            IntKind::MonthsBetween(from, to) => {
                let parts = [self.date(from)?, self.date(to)?];
                self.aligned(&parts, |ids| Op::Months(ids[0], ids[1]))
            }
            IntKind::DaysBetween(from, to) => {
                let parts = [self.date(from)?, self.date(to)?];
                self.aligned(&parts, |ids| Op::Days(ids[0], ids[1]))
            }
            IntKind::Year(day) => {
                let day = self.date(day)?;
                self.aligned(&[day], |ids| Op::Year(ids[0]))
            }
        }
    }

    fn integers(&mut self, parts: &[IntExpr]) -> Result<Vec<Low>, Unsupported> {
        parts.iter().map(|part| self.integer(part)).collect()
    }

    fn unary(
        &mut self,
        a: &IntExpr,
        op: impl FnOnce(super::graph::Id) -> Op,
    ) -> Result<Low, Unsupported> {
        let a = self.integer(a)?;
        self.aligned(&[a], |ids| op(ids[0]))
    }

    fn binary(
        &mut self,
        a: &IntExpr,
        b: &IntExpr,
        op: impl FnOnce(super::graph::Id, super::graph::Id) -> Op,
    ) -> Result<Low, Unsupported> {
        let parts = [self.integer(a)?, self.integer(b)?];
        self.aligned(&parts, |ids| op(ids[0], ids[1]))
    }

    fn count(&mut self, quantifier: &Quantifier) -> Result<Low, Unsupported> {
        let body = self.bool(&quantifier.body)?;
        let bounds = (0, MAX_MEMBERS as i128);
        self.grouped(&[body], quantifier.variable, bounds, |ids| {
            Op::Count(ids[0])
        })
    }
}

/// A sum of what nothing is known of.
const ANY: (i128, i128) = (i64::MIN as i128, i64::MAX as i128);
