//! Which actions have a fast form: whole numbers over a denominator that is known beforehand, with bounds that prove
//! that nothing leaves 64 bits. Where the proof fails there is none, and rows are computed in full.

use super::Refusal;
use super::cell::{Action, Cell};
use super::form::{Form, Number, lcm};
use super::graph::{Graph, Level, NodeId, Op, Operand};
use crate::expression::Comparison;
use crate::truth::Answer;
use crate::variables::exact::Exact;
use crate::variables::formula::Operation;
use crate::variables::value::Value;

/// Numerators of nodes, each times a factor, and a constant.
#[derive(Clone, Debug)]
struct Combination {
    terms: Vec<(NodeId, Exact)>,
    constant: Exact,
}

impl Combination {
    fn constant(constant: Exact) -> Self {
        Self {
            terms: Vec::new(),
            constant,
        }
    }

    fn scaled(mut self, factor: Exact) -> Option<Self> {
        for (_, own) in &mut self.terms {
            *own = own.checked_mul(factor)?;
        }
        self.constant = self.constant.checked_mul(factor)?;
        Some(self)
    }

    fn plus(mut self, other: Self) -> Option<Self> {
        for (id, factor) in other.terms {
            match self.terms.iter_mut().find(|(own, _)| *own == id) {
                Some((_, own)) => *own = own.checked_add(factor)?,
                None => self.terms.push((id, factor)),
            }
        }
        self.terms.retain(|(_, factor)| *factor != Exact::ZERO);
        self.constant = self.constant.checked_add(other.constant)?;
        Some(self)
    }
}

impl Graph {
    /// The node of a fast form, if there is one.
    pub(super) fn fast(
        &mut self,
        action: &Action,
        ids: &[NodeId],
    ) -> Result<Option<NodeId>, Refusal> {
        match (action, ids) {
            (Action::Choose, [condition, yes, no]) => self.choose(*condition, *yes, *no),
            (Action::In, [value, list @ ..]) => self.among(*value, list),
            (Action::InList(list), [value]) => {
                let list = list.iter().map(|it| Cell::known(it.clone()));
                let list: Vec<NodeId> = list.map(|cell| self.constant(cell)).collect();
                self.among(*value, &list)
            }
            _ => Ok(self.simple(action, ids)),
        }
    }

    fn simple(&mut self, action: &Action, ids: &[NodeId]) -> Option<NodeId> {
        match (action, ids) {
            (Action::Not, [inner]) => self.not(*inner),
            (Action::All, parts) => self.every_part(parts, false),
            (Action::Any, parts) => self.every_part(parts, true),
            (Action::Compare(comparison), [left, right]) => {
                self.compare(*comparison, *left, *right)
            }
            (Action::Total, parts) => {
                let mut sum = Combination::constant(Exact::ZERO);
                for id in parts {
                    sum = sum.plus(self.combination(*id)?)?;
                }
                self.combined(sum)
            }
            (Action::Negate, [inner]) => self.scaled(*inner, Exact::from(-1)),
            (Action::Arithmetic(operation), [left, right]) => {
                self.arithmetic(*operation, *left, *right)
            }
            (Action::Round(digits, rounding), [base]) => self.round(*base, *digits, *rounding),
            (Action::Scale(kind, brackets), [base]) => self.scale(*kind, brackets, *base),
            (Action::Least, parts) => self.extreme(parts, false),
            (Action::Greatest, parts) => self.extreme(parts, true),
            _ => None,
        }
    }

    fn combination(&self, id: NodeId) -> Option<Combination> {
        let node = &self.nodes[id];
        if let Form::Constant(cell) = &node.form {
            return cell.exact().map(Combination::constant);
        }
        let Form::Number(number) = node.form else {
            return None;
        };
        let factor = |numerator: i64| Exact::new(numerator.into(), number.denominator.into());
        match &node.op {
            // A multiple of one column is read as such, not computed twice.
            Op::Linear { terms, constant } if terms.len() == 1 => Some(Combination {
                terms: vec![(terms[0].0, factor(terms[0].1)?)],
                constant: factor(*constant)?,
            }),
            _ => Some(Combination {
                terms: vec![(id, factor(1)?)],
                constant: Exact::ZERO,
            }),
        }
    }

    pub(super) fn scaled(&mut self, id: NodeId, factor: Exact) -> Option<NodeId> {
        let combination = self.combination(id)?.scaled(factor)?;
        self.combined(combination)
    }

    /// The node of a combination, where bounds prove that every sum on the way fits.
    fn combined(&mut self, combination: Combination) -> Option<NodeId> {
        if combination.terms.is_empty() {
            return Some(self.number(combination.constant));
        }
        let exact = combination.terms.iter().map(|(_, factor)| *factor);
        let exact = exact.chain([combination.constant]);
        let common = exact
            .clone()
            .try_fold(1, |common, it| lcm(common, it.parts().1))?;
        let mut numerators = exact.map(|it| {
            let (numerator, denominator) = it.parts();
            i64::try_from(numerator.checked_mul(common / denominator)?).ok()
        });
        let mut terms = Vec::with_capacity(combination.terms.len());
        for (id, _) in &combination.terms {
            terms.push((*id, numerators.next()??));
        }
        let constant = numerators.next()??;
        let denominator = i64::try_from(common).ok()?;
        self.linear_of(terms, constant, denominator)
    }

    /// Raises terms to one level and bounds their sum.
    pub(super) fn linear_of(
        &mut self,
        terms: Vec<(NodeId, i64)>,
        constant: i64,
        denominator: i64,
    ) -> Option<NodeId> {
        let ids: Vec<NodeId> = terms.iter().map(|(id, _)| *id).collect();
        let level = self.level(&ids);
        let number = self.sum_bounds(&terms, constant, denominator)?;
        let terms: Vec<(NodeId, i64)> = terms
            .into_iter()
            .map(|(id, factor)| (self.raised(id, level), factor))
            .collect();
        if let ([(id, 1)], 0) = (&terms[..], constant)
            && matches!(self.nodes[*id].form, Form::Number(own) if own.denominator == denominator)
        {
            return Some(*id);
        }
        Some(self.linear(terms, constant, number, level))
    }

    /// The bounds of a sum, if no partial sum in any order leaves 64 bits.
    pub(super) fn sum_bounds(
        &self,
        terms: &[(NodeId, i64)],
        constant: i64,
        denominator: i64,
    ) -> Option<Number> {
        let (mut low, mut high) = (i128::from(constant), i128::from(constant));
        let mut magnitude = low.abs();
        let mut wide = false;
        for (id, factor) in terms {
            let (least, greatest) = self.nodes[*id].form.bounds()?;
            let factor = i128::from(*factor);
            let (a, b) = (factor * i128::from(least), factor * i128::from(greatest));
            low += a.min(b);
            high += a.max(b);
            magnitude += a.abs().max(b.abs());
            wide |= matches!(self.nodes[*id].form, Form::Number(number) if number.wide);
        }
        i64::try_from(magnitude).ok()?;
        let mut number = Number::new(denominator, low.try_into().ok()?, high.try_into().ok()?);
        number.wide |= wide || i32::try_from(magnitude).is_err();
        Some(number)
    }

    fn arithmetic(&mut self, operation: Operation, left: NodeId, right: NodeId) -> Option<NodeId> {
        let constant = |graph: &Self, id| graph.cell(id).and_then(Cell::exact);
        match operation {
            Operation::Add | Operation::Subtract => {
                let mut other = self.combination(right)?;
                if operation == Operation::Subtract {
                    other = other.scaled(Exact::from(-1))?;
                }
                let sum = self.combination(left)?.plus(other)?;
                self.combined(sum)
            }
            Operation::Multiply => match (constant(self, left), constant(self, right)) {
                (Some(factor), _) => self.scaled(right, factor),
                (_, Some(factor)) => self.scaled(left, factor),
                _ => self.product(left, right),
            },
            Operation::Divide => {
                let divisor = constant(self, right)?;
                self.scaled(left, Exact::ONE.checked_div(divisor)?)
            }
        }
    }

    fn product(&mut self, left: NodeId, right: NodeId) -> Option<NodeId> {
        let (Form::Number(a), Form::Number(b)) = (&self.nodes[left].form, &self.nodes[right].form)
        else {
            return None;
        };
        let corners = [
            a.low.checked_mul(b.low)?,
            a.low.checked_mul(b.high)?,
            a.high.checked_mul(b.low)?,
            a.high.checked_mul(b.high)?,
        ];
        let denominator = a.denominator.checked_mul(b.denominator)?;
        let (low, high) = (*corners.iter().min()?, *corners.iter().max()?);
        let mut number = Number::new(denominator, low, high);
        number.wide = true;
        let level = self.level(&[left, right]);
        let (left, right) = (self.raised(left, level), self.raised(right, level));
        Some(self.push(Op::Product(left, right), level, Form::Number(number)))
    }

    /// Numbers brought to one denominator.
    fn aligned(&mut self, ids: &[NodeId]) -> Option<(i64, Vec<Operand>)> {
        let mut common = 1;
        for id in ids {
            let denominator = match &self.nodes[*id].form {
                Form::Constant(cell) => cell.exact()?.parts().1,
                Form::Number(number) => number.denominator.into(),
                _ => return None,
            };
            common = lcm(common, denominator)?;
        }
        let denominator = i64::try_from(common).ok()?;
        let mut operands = Vec::with_capacity(ids.len());
        for id in ids {
            operands.push(match &self.nodes[*id].form {
                Form::Constant(cell) => {
                    let (numerator, own) = cell.exact()?.parts();
                    let numerator = numerator.checked_mul(common / own)?;
                    Operand::Constant(numerator.try_into().ok()?)
                }
                Form::Number(number) if number.denominator == denominator => Operand::Node(*id),
                Form::Number(number) => {
                    let factor = denominator / number.denominator;
                    Operand::Node(self.linear_of(vec![(*id, factor)], 0, denominator)?)
                }
                _ => return None,
            });
        }
        Some((denominator, operands))
    }

    fn bounds_of(&self, operand: Operand) -> Option<(i64, i64)> {
        match operand {
            Operand::Constant(value) => Some((value, value)),
            Operand::Node(id) => match self.nodes[id].form {
                Form::Days(low, high) => Some((low.into(), high.into())),
                Form::Codes(ref codes) => Some((0, codes.len() as i64 - 1)),
                _ => self.nodes[id].form.bounds(),
            },
        }
    }

    /// Whether a node is held in 64 bits; an operation on it is then too.
    pub(super) fn is_wide(&self, operand: &Operand) -> bool {
        matches!(operand, Operand::Node(id) if matches!(self.nodes[*id].form, Form::Number(number) if number.wide))
    }

    fn raised_operand(&mut self, operand: Operand, level: Level) -> Operand {
        match operand {
            Operand::Node(id) => Operand::Node(self.raised(id, level)),
            constant => constant,
        }
    }

    fn extreme(&mut self, ids: &[NodeId], greatest: bool) -> Option<NodeId> {
        let (denominator, parts) = self.aligned(ids)?;
        let bounds: Vec<(i64, i64)> = parts
            .iter()
            .map(|it| self.bounds_of(*it))
            .collect::<Option<_>>()?;
        let (lows, highs) = (bounds.iter().map(|it| it.0), bounds.iter().map(|it| it.1));
        let (low, high) = if greatest {
            (lows.max()?, highs.max()?)
        } else {
            (lows.min()?, highs.min()?)
        };
        let mut number = Number::new(denominator, low, high);
        number.wide = parts.iter().any(|it| self.is_wide(it))
            || bounds.iter().any(|it| Number::new(1, it.0, it.1).wide);
        let level = self.level(ids);
        let parts = parts.into_iter().map(|it| self.raised_operand(it, level));
        let parts = parts.collect();
        Some(self.push(Op::Extreme { greatest, parts }, level, Form::Number(number)))
    }

    fn choose(
        &mut self,
        condition: NodeId,
        yes: NodeId,
        no: NodeId,
    ) -> Result<Option<NodeId>, Refusal> {
        let chosen = match self.cell(condition) {
            Some(cell) => cell.settled().map(|truth| if truth { yes } else { no }),
            None if self.nodes[condition].form != Form::Bits => return Ok(None),
            None => (yes == no).then_some(yes),
        };
        if let Some(chosen) = chosen {
            return self.act(Action::Settle, vec![chosen]).map(Some);
        }
        if self.cell(condition).is_some() {
            return Ok(None);
        }
        if self.is_bits(yes) && self.is_bits(no) {
            let otherwise = self.act(Action::Not, vec![condition])?;
            let yes = self.act(Action::All, vec![condition, yes])?;
            let no = self.act(Action::All, vec![otherwise, no])?;
            return self.act(Action::Any, vec![yes, no]).map(Some);
        }
        Ok(self.select(condition, yes, no))
    }

    fn select(&mut self, condition: NodeId, yes: NodeId, no: NodeId) -> Option<NodeId> {
        let constant = |graph: &Self, id| graph.cell(id).and_then(Cell::exact);
        if let (Some(yes), Some(no)) = (constant(self, yes), constant(self, no)) {
            let terms = vec![(condition, yes.checked_sub(no)?)];
            return self.combined(Combination {
                terms,
                constant: no,
            });
        }
        let level = self.level(&[condition, yes, no]);
        let (form, yes, no) = match (&self.nodes[yes].form, &self.nodes[no].form) {
            (Form::Days(a, b), Form::Days(c, d)) => {
                let form = Form::Days(*a.min(c), *b.max(d));
                (form, Operand::Node(yes), Operand::Node(no))
            }
            (Form::Codes(a), Form::Codes(b)) if a == b => (
                Form::Codes(a.clone()),
                Operand::Node(yes),
                Operand::Node(no),
            ),
            _ => {
                let (denominator, parts) = self.aligned(&[yes, no])?;
                let (a, b) = (self.bounds_of(parts[0])?, self.bounds_of(parts[1])?);
                let mut number = Number::new(denominator, a.0.min(b.0), a.1.max(b.1));
                number.wide |= parts.iter().any(|it| self.is_wide(it));
                (Form::Number(number), parts[0], parts[1])
            }
        };
        let condition = self.raised(condition, level);
        let yes = self.raised_operand(yes, level);
        let no = self.raised_operand(no, level);
        Some(self.push(Op::Select(condition, yes, no), level, form))
    }

    pub(super) fn is_bits(&self, id: NodeId) -> bool {
        match &self.nodes[id].form {
            Form::Bits => true,
            Form::Constant(cell) => cell.settled().is_some(),
            _ => false,
        }
    }

    fn not(&mut self, inner: NodeId) -> Option<NodeId> {
        let node = &self.nodes[inner];
        if node.form != Form::Bits {
            return None;
        }
        if let Op::Not(id) = node.op {
            return Some(id);
        }
        let level = node.level;
        Some(self.push(Op::Not(inner), level, Form::Bits))
    }

    /// All or any of truths that are all certain. One that decides alone decides among uncertain ones too.
    fn every_part(&mut self, parts: &[NodeId], any: bool) -> Option<NodeId> {
        let mut open = Vec::with_capacity(parts.len());
        let mut certain = true;
        for id in parts {
            match &self.nodes[*id].form {
                Form::Bits if open.contains(id) => {}
                Form::Bits => open.push(*id),
                Form::Constant(cell) if cell.settled() == Some(any) => {
                    return Some(self.truth(any));
                }
                Form::Constant(cell) if cell.settled().is_some() => {}
                _ => certain = false,
            }
        }
        if !certain {
            return None;
        }
        match open[..] {
            [] => return Some(self.truth(!any)),
            [only] => return Some(only),
            _ => {}
        }
        let level = self.level(&open);
        let open = open.into_iter().map(|id| self.raised(id, level)).collect();
        let op = if any { Op::Any(open) } else { Op::All(open) };
        Some(self.push(op, level, Form::Bits))
    }

    fn among(&mut self, value: NodeId, list: &[NodeId]) -> Result<Option<NodeId>, Refusal> {
        if list.is_empty() {
            return Ok(None);
        }
        let equal = Action::Compare(Comparison::Equal);
        let mut found = Vec::with_capacity(list.len());
        for item in list {
            let id = self.act(equal.clone(), vec![value, *item])?;
            if !self.is_bits(id) {
                return Ok(None);
            }
            found.push(id);
        }
        self.act(Action::Any, found).map(Some)
    }

    fn compare(&mut self, comparison: Comparison, left: NodeId, right: NodeId) -> Option<NodeId> {
        match (self.cell(left).cloned(), self.cell(right).cloned()) {
            (None, Some(cell)) => return self.compare_constant(comparison, left, &cell),
            (Some(cell), None) => {
                return self.compare_constant(comparison.mirrored(), right, &cell);
            }
            _ => {}
        }
        let (left, right) = match (&self.nodes[left].form, &self.nodes[right].form) {
            (Form::Days(..), Form::Days(..)) | (Form::Bits, Form::Bits) => (left, right),
            (Form::Codes(a), Form::Codes(b)) if a == b => (left, right),
            _ => match self.aligned(&[left, right])?.1[..] {
                [Operand::Node(a), Operand::Node(b)] => (a, b),
                _ => return None,
            },
        };
        let level = self.level(&[left, right]);
        let (left, right) = (self.raised(left, level), self.raised(right, level));
        let (op, negated) = match comparison {
            Comparison::Equal => (Op::Equal(left, right), false),
            Comparison::NotEqual => (Op::Equal(left, right), true),
            Comparison::Less => (Op::Less(left, right), false),
            Comparison::GreaterOrEqual => (Op::Less(left, right), true),
            Comparison::Greater => (Op::Less(right, left), false),
            Comparison::LessOrEqual => (Op::Less(right, left), true),
        };
        let id = self.push(op, level, Form::Bits);
        if negated { self.not(id) } else { Some(id) }
    }

    /// Numbers, days and codes against one; truths against true or false.
    fn compare_constant(
        &mut self,
        comparison: Comparison,
        id: NodeId,
        cell: &Cell,
    ) -> Option<NodeId> {
        let level = self.nodes[id].level;
        if self.nodes[id].form == Form::Bits {
            let same = match comparison {
                Comparison::Equal => cell.settled()?,
                Comparison::NotEqual => !cell.settled()?,
                _ => return None,
            };
            return if same { Some(id) } else { self.not(id) };
        }
        let (floor, whole) = match &self.nodes[id].form {
            Form::Number(number) => {
                let scaled = cell.exact()?.checked_mul(number.denominator.into())?;
                let (numerator, denominator) = scaled.parts();
                (numerator.div_euclid(denominator), denominator == 1)
            }
            Form::Days(..) => {
                let day = cell.date().known()?;
                (crate::dates::day_number(day).into(), true)
            }
            Form::Codes(codes) => {
                let Answer::Known(Value::Text(text)) = cell.answer() else {
                    return None;
                };
                // A code that there is not is the one after the last.
                let index = codes.iter().position(|code| **code == *text);
                (index.unwrap_or(codes.len()) as i128, true)
            }
            _ => return None,
        };
        let bounds = self.bounds_of(Operand::Node(id))?;
        let least = if whole { floor } else { floor + 1 };
        let (first, last, negated) = match comparison {
            Comparison::Equal | Comparison::NotEqual if !whole => {
                return Some(self.truth(comparison == Comparison::NotEqual));
            }
            Comparison::Equal => (floor, floor, false),
            Comparison::NotEqual => (floor, floor, true),
            Comparison::Less => (i128::MIN, least - 1, false),
            Comparison::LessOrEqual => (i128::MIN, floor, false),
            Comparison::Greater => (floor + 1, i128::MAX, false),
            Comparison::GreaterOrEqual => (least, i128::MAX, false),
        };
        let within = if last < i128::from(bounds.0) || first > i128::from(bounds.1) {
            self.truth(false)
        } else if first <= i128::from(bounds.0) && last >= i128::from(bounds.1) {
            self.truth(true)
        } else {
            // What lies beyond the bounds is not tested.
            let first = if first <= i128::from(bounds.0) {
                i64::MIN
            } else {
                first.try_into().ok()?
            };
            let last = if last >= i128::from(bounds.1) {
                i64::MAX
            } else {
                last.try_into().ok()?
            };
            self.push(Op::Between(id, first, last), level, Form::Bits)
        };
        match (negated, self.cell(within).and_then(Cell::settled)) {
            (false, _) => Some(within),
            (true, Some(truth)) => Some(self.truth(!truth)),
            (true, None) => self.not(within),
        }
    }
}
