//! Fast forms of folds over the members of a group.

use super::Refusal;
use super::cell::{Action, Cell};
use super::form::{Form, Number};
use super::graph::{Graph, Level, MAX_MEMBERS, NodeId, Op, Tally};
use crate::variables::exact::Exact;
use crate::variables::formula::{Fold, Operation};

impl Graph {
    /// What the count of one truth says; other truths may join it in its tally.
    fn told(&mut self, term: NodeId, tally: Tally) -> Op {
        let counts = Form::Number(Number::new(1, 0, i64::MAX));
        let counts = self.push(Op::Tally(vec![term]), Level::Group, counts);
        Op::Told(counts, 0, tally)
    }

    /// The fast form of a fold over members.
    pub(super) fn fast_fold(
        &mut self,
        fold: Fold,
        filter: Option<NodeId>,
        term: NodeId,
    ) -> Result<Option<NodeId>, Refusal> {
        if let (Fold::Sum, Some(filter)) = (fold, filter)
            && self.is_bits(filter)
        {
            let zero = self.number(Exact::ZERO);
            let counted = self.act(Action::Choose, vec![filter, term, zero])?;
            let certain = matches!(self.nodes[counted].form, Form::Number(_))
                || self.cell(counted).and_then(Cell::exact).is_some();
            return if certain {
                self.fast_fold(Fold::Sum, None, counted)
            } else {
                Ok(None)
            };
        }
        if filter.is_some() {
            return Ok(None);
        }
        if let Some(cell) = self.cell(term).cloned() {
            return self.constant_fold(fold, &cell);
        }
        if fold == Fold::Sum
            && let Some(sum) = self.multiple(term)?
        {
            return Ok(Some(sum));
        }
        let term = self.raised(term, Level::Person);
        let form = self.nodes[term].form.clone();
        let (op, form) = match (fold, form) {
            (Fold::Exists, Form::Bits) => (self.told(term, Tally::Any), Form::Bits),
            (Fold::Every, Form::Bits) => (self.told(term, Tally::Every), Form::Bits),
            (Fold::Count, Form::Bits) => {
                let number = Number::new(1, 0, MAX_MEMBERS);
                (self.told(term, Tally::Count), Form::Number(number))
            }
            (Fold::Sum, Form::Number(number)) => {
                let bound = |value: i64| value.checked_mul(MAX_MEMBERS);
                let (low, high) = (bound(number.low.min(0)), bound(number.high.max(0)));
                let (Some(low), Some(high)) = (low, high) else {
                    return Ok(None);
                };
                let mut sum = Number::new(number.denominator, low, high);
                sum.wide |= number.wide;
                (Op::Sum(term), Form::Number(sum))
            }
            (Fold::Least | Fold::Greatest, Form::Number(number)) => {
                let greatest = fold == Fold::Greatest;
                (Op::Farthest { greatest, term }, Form::Number(number))
            }
            _ => return Ok(None),
        };
        Ok(Some(self.push(op, Level::Group, form)))
    }

    /// The same of every member: so many times it.
    fn constant_fold(&mut self, fold: Fold, cell: &Cell) -> Result<Option<NodeId>, Refusal> {
        let number = match fold {
            Fold::Sum => cell.exact(),
            Fold::Count => cell.settled().map(|truth| Exact::from(i64::from(truth))),
            _ => None,
        };
        let Some(number) = number else {
            return Ok(None);
        };
        let (size, number) = (self.size(), self.number(number));
        let multiply = Action::Arithmetic(Operation::Multiply);
        self.act(multiply, vec![size, number]).map(Some)
    }

    /// The sum of multiples is the multiple of the sum, of which there are fewer.
    fn multiple(&mut self, term: NodeId) -> Result<Option<NodeId>, Refusal> {
        let node = &self.nodes[term];
        let (Op::Linear { terms, constant: 0 }, Form::Number(number)) = (&node.op, &node.form)
        else {
            return Ok(None);
        };
        let [(inner, factor)] = terms[..] else {
            return Ok(None);
        };
        let factor = Exact::new(factor.into(), number.denominator.into());
        let (fold, denominator) = match self.nodes[inner].form {
            Form::Bits => (Fold::Count, 1),
            Form::Number(own) => (Fold::Sum, own.denominator),
            _ => return Ok(None),
        };
        let factor = factor.and_then(|factor| factor.checked_mul(Exact::from(denominator)));
        let Some(factor) = factor else {
            return Ok(None);
        };
        let sum = self.fold(fold, None, inner)?;
        Ok(self.scaled(sum, factor))
    }
}
