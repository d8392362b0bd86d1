//! Fast forms of scales and of rounding: thresholds become whole numerators, rates rises from one bracket to the next.

use std::sync::Arc;

use super::form::{Form, Number, lcm};
use super::graph::{Graph, NodeId, Op, Operand, Step};
use crate::money::Rounding;
use crate::variables::exact::Exact;
use crate::variables::scale::{Bracket, ScaleKind};

impl Graph {
    pub(super) fn round(&mut self, base: NodeId, digits: u8, rounding: Rounding) -> Option<NodeId> {
        let Form::Number(number) = self.nodes[base].form else {
            return None;
        };
        let power = 10_i64.pow(u32::from(digits.min(9)));
        if power % number.denominator == 0 {
            return Some(base);
        }
        let bound = |value: i64| {
            let scaled = i128::from(value) * i128::from(power);
            i64::try_from(scaled).ok()?;
            crate::money::divide(scaled, number.denominator.into(), rounding)
        };
        let mut rounded = Number::new(power, bound(number.low)?, bound(number.high)?);
        rounded.wide = true;
        let level = self.nodes[base].level;
        let op = Op::Round {
            base,
            multiply: power,
            divide: number.denominator,
            rounding,
        };
        Some(self.push(op, level, Form::Number(rounded)))
    }

    pub(super) fn scale(
        &mut self,
        kind: ScaleKind,
        brackets: &Arc<[Bracket]>,
        base: NodeId,
    ) -> Option<NodeId> {
        let Form::Number(number) = self.nodes[base].form else {
            return None;
        };
        if brackets.is_empty() {
            return Some(self.number(Exact::ZERO));
        }
        if kind == ScaleKind::AverageRate {
            return None;
        }
        let mut thresholds = brackets.iter().map(|it| it.threshold.parts().1);
        let mut values = brackets.iter().map(|it| it.value.parts().1);
        let ramp = kind == ScaleKind::MarginalRate;
        // A ramp rises with the base, so its thresholds must be whole numerators; a step only asks which side.
        let own = i128::from(number.denominator);
        let base_denominator = if ramp {
            thresholds.try_fold(own, lcm)?
        } else {
            own
        };
        let value_denominator = values.try_fold(1, lcm)?;
        let mut steps = Vec::with_capacity(brackets.len());
        let mut before = 0;
        for bracket in brackets.iter() {
            let (numerator, denominator) = bracket.value.parts();
            let value = numerator.checked_mul(value_denominator / denominator)?;
            let from = bracket
                .threshold
                .checked_mul(Exact::new(base_denominator, 1)?)?;
            let (numerator, denominator) = from.parts();
            let from = match kind {
                // Beyond the threshold, not at it.
                ScaleKind::MarginalAmount => numerator.div_euclid(denominator) + 1,
                // The first numerator that is not below it.
                _ => -((-numerator).div_euclid(denominator)),
            };
            let rise = match kind {
                ScaleKind::MarginalAmount => value,
                _ => value - before,
            };
            before = value;
            steps.push(Step {
                from: from.try_into().ok()?,
                rise: rise.try_into().ok()?,
            });
        }
        steps.retain(|step| step.rise != 0);
        let factor = i64::try_from(base_denominator / own).ok()?;
        let common = i64::try_from(base_denominator).ok()?;
        let base = self.linear_of(vec![(base, factor)], 0, common)?;
        let denominator = if ramp {
            common.checked_mul(value_denominator.try_into().ok()?)?
        } else {
            value_denominator.try_into().ok()?
        };
        self.steps(base, ramp, steps, denominator)
    }

    fn steps(
        &mut self,
        base: NodeId,
        ramp: bool,
        steps: Vec<Step>,
        denominator: i64,
    ) -> Option<NodeId> {
        let (least, greatest) = self.nodes[base].form.bounds()?;
        let level = self.nodes[base].level;
        let (mut low, mut high) = (0_i128, 0_i128);
        for step in &steps {
            // A difference is taken before its sign is looked at.
            let beyond = |bound: i64| i128::from(bound) - i128::from(step.from);
            i64::try_from(beyond(least) - 1).ok()?;
            i64::try_from(beyond(greatest) + 1).ok()?;
            let most = if ramp {
                beyond(greatest).max(0).checked_mul(step.rise.into())?
            } else {
                step.rise.into()
            };
            low += most.min(0);
            high += most.max(0);
        }
        let mut number = Number::new(denominator, low.try_into().ok()?, high.try_into().ok()?);
        let small = |step: &Step| (0..=i64::from(i32::MAX)).contains(&step.from);
        number.wide |=
            ramp && (least < 0 || !steps.iter().all(small) || self.is_wide(&Operand::Node(base)));
        let op = Op::Steps { base, ramp, steps };
        Some(self.push(op, level, Form::Number(number)))
    }
}
