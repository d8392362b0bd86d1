//! Dominance, and the points that nothing dominates.

use std::cmp::Ordering;

use super::Point;

/// Whether one point is no worse than another in every objective and in cost, and better in at least one.
pub fn dominates(one: &Point, other: &Point) -> bool {
    let mut is_better = one.cost < other.cost;
    if one.cost > other.cost {
        return false;
    }
    for (a, b) in one.objectives.iter().zip(&other.objectives) {
        if a > b {
            return false;
        }
        is_better |= a < b;
    }
    is_better
}

/// Ascending in cost, then in objectives, then in setting.
pub(super) fn order(one: &Point, other: &Point) -> Ordering {
    let by_objectives = || {
        let mut pairs = one.objectives.iter().zip(&other.objectives);
        pairs
            .find_map(|(a, b)| a.partial_cmp(b).filter(|it| it.is_ne()))
            .unwrap_or(Ordering::Equal)
    };
    one.cost
        .partial_cmp(&other.cost)
        .unwrap_or(Ordering::Equal)
        .then_with(by_objectives)
        .then_with(|| one.setting.cmp(&other.setting))
}

/// The points seen so far that none dominates.
#[derive(Default)]
pub(super) struct Front {
    pub points: Vec<Point>,
}

impl Front {
    pub fn offer(&mut self, point: &Point) {
        let is_beaten = self.points.iter().any(|own| {
            dominates(own, point) || (is_equal(own, point) && own.setting <= point.setting)
        });
        if is_beaten {
            return;
        }
        self.points
            .retain(|own| !dominates(point, own) && !is_equal(point, own));
        self.points.push(point.clone());
    }
}

fn is_equal(one: &Point, other: &Point) -> bool {
    one.cost == other.cost && one.objectives == other.objectives
}
