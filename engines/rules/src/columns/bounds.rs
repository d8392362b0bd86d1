//! Between which numbers a node lies, so that arithmetic which cannot leave 64 bits need not be watched.

use super::graph::{Graph, Id, Op};

/// Nothing is known: results are checked.
const ANY: (i128, i128) = (i64::MIN as i128, i64::MAX as i128);

/// The least and the greatest value of an operation; without meaning for truths.
pub(super) fn of(op: &Op, graph: &Graph) -> (i128, i128) {
    let bounds = |id: &Id| graph.node(*id).bounds;
    match op {
        Op::Negate(a) => {
            let (least, greatest) = bounds(a);
            (-greatest, -least)
        }
        Op::Add(a, b) => {
            let (a, b) = (bounds(a), bounds(b));
            (a.0 + b.0, a.1 + b.1)
        }
        Op::Subtract(a, b) => {
            let (a, b) = (bounds(a), bounds(b));
            (a.0 - b.1, a.1 - b.0)
        }
        Op::Multiply(a, b) => product(bounds(a), bounds(b)),
        Op::Percent(a, rate, _) => {
            let (least, greatest) = product(bounds(a), bounds(rate));
            (least / 100 - 1, greatest / 100 + 1)
        }
        Op::Round(a, step, _) => {
            let (least, greatest) = bounds(a);
            let step = i128::from(*step);
            (least - step, greatest + step)
        }
        Op::Twelfth(a, _) => {
            let (least, greatest) = bounds(a);
            (least / 12 - 1, greatest / 12 + 1)
        }
        Op::Least(a, b) | Op::Greatest(a, b) | Op::Choose(_, a, b) => hull([a, b], graph),
        Op::Line(_, a, b, c) => hull([a, b, c], graph),
        Op::Agreed(parts) => hull(parts, graph),
        Op::Years(..) | Op::Year(_) => (-20_000, 20_000),
        Op::Months(..) => (-240_000, 240_000),
        Op::Days(..) => (-7_400_000, 7_400_000),
        Op::AddDays(..) | Op::AddMonths(..) | Op::AddYears(..) => (-4_400_000, 3_000_000),
        Op::StartOfMonth(_) | Op::EndOfMonth(_) => (-4_400_000, 3_000_000),
        _ => ANY,
    }
    .clamped()
}

trait Clamped {
    fn clamped(self) -> Self;
}

impl Clamped for (i128, i128) {
    /// What is computed is in 64 bits or it is not known.
    fn clamped(self) -> Self {
        (self.0.max(ANY.0), self.1.min(ANY.1))
    }
}

/// Whether an operation on these bounds cannot leave 64 bits.
pub(super) fn fits(low_high: (i128, i128)) -> bool {
    low_high.0 > ANY.0 && low_high.1 < ANY.1
}

/// Between which numbers a product lies.
pub(super) fn product(a: (i128, i128), b: (i128, i128)) -> (i128, i128) {
    let corners = [a.0 * b.0, a.0 * b.1, a.1 * b.0, a.1 * b.1];
    let (mut least, mut greatest) = (corners[0], corners[0]);
    for corner in corners {
        (least, greatest) = (least.min(corner), greatest.max(corner));
    }
    (least, greatest)
}

fn hull<'a>(parts: impl IntoIterator<Item = &'a Id>, graph: &Graph) -> (i128, i128) {
    let bounds = parts.into_iter().map(|id| graph.node(*id).bounds);
    let joined = bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    joined.unwrap_or(ANY)
}
