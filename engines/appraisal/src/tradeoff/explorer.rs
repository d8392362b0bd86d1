//! Asks about settings, each once, and keeps what matters of the answers.

use std::collections::{BTreeMap, BTreeSet};

use super::front::{Front, order};
use super::{Goal, Instrument, Outcome, Plan, Point, Reach, TradeoffError};
use crate::error::InputError;

/// A setting by the places of its instruments.
pub(super) type Places = Vec<u64>;

pub(super) struct Explorer<'a, F> {
    pub instruments: &'a [Instrument],
    pub plan: &'a Plan,
    pub evaluations: usize,
    outcome: F,
    objectives: Option<usize>,
    front: Front,
    /// The best for the goal so far: what it lacks, and the point.
    best: Option<(f64, Point)>,
    cheapest: Option<Point>,
    /// All answers, where a setting may come up twice.
    seen: Option<BTreeMap<Places, Point>>,
}

impl<'a, F: FnMut(&[i64]) -> Outcome> Explorer<'a, F> {
    pub fn new(
        instruments: &'a [Instrument],
        plan: &'a Plan,
        may_repeat: bool,
        outcome: F,
    ) -> Self {
        Self {
            instruments,
            plan,
            evaluations: 0,
            outcome,
            objectives: None,
            front: Front::default(),
            best: None,
            cheapest: None,
            seen: may_repeat.then(BTreeMap::new),
        }
    }

    pub fn ask_all(&mut self) -> Result<(), TradeoffError> {
        let mut places = vec![0; self.instruments.len()];
        loop {
            self.ask(&places)?;
            // The next in lexicographic order.
            let next =
                (0..places.len()).rfind(|&at| places[at] + 1 < self.instruments[at].places());
            let Some(next) = next else { return Ok(()) };
            places[next] += 1;
            places[next + 1..].fill(0);
        }
    }

    /// What a setting leads to.
    pub fn ask(&mut self, places: &[u64]) -> Result<Point, TradeoffError> {
        if let Some(known) = self.seen.as_ref().and_then(|seen| seen.get(places)) {
            return Ok(known.clone());
        }
        let setting: Vec<i64> = self
            .instruments
            .iter()
            .zip(places)
            .map(|(instrument, &place)| instrument.at(place))
            .collect();
        let Outcome { objectives, cost } = (self.outcome)(&setting);
        self.evaluations += 1;
        let point = Point {
            setting,
            objectives,
            cost,
        };
        self.check(&point)?;
        if let Some(seen) = &mut self.seen {
            seen.insert(places.to_vec(), point.clone());
        }
        self.note(&point);
        Ok(point)
    }

    fn check(&mut self, point: &Point) -> Result<(), TradeoffError> {
        if point.cost == f64::INFINITY {
            return Ok(());
        }
        let numbers = point.objectives.iter().chain([&point.cost]);
        if let Some(wrong) = numbers.clone().find(|it| !it.is_finite()) {
            return Err(TradeoffError::NotANumber {
                setting: point.setting.clone(),
                found: wrong.to_string(),
            });
        }
        let found = point.objectives.len();
        let expected = *self.objectives.get_or_insert(found.max(1));
        if found != expected {
            return Err(TradeoffError::Objectives {
                setting: point.setting.clone(),
                found,
                expected,
            });
        }
        match self.plan.goal {
            Some(goal) if goal.objective >= found => Err(InputError::Setting {
                argument: "goal.objective",
                found: goal.objective.to_string(),
                remedy: "name one of the objectives, counted from 0",
            })?,
            _ => Ok(()),
        }
    }

    fn note(&mut self, point: &Point) {
        if point.cost == f64::INFINITY {
            return;
        }
        if self.is_affordable(point) {
            self.front.offer(point);
            if let Some(goal) = self.plan.goal {
                let lack = lack(goal, point);
                let is_better = self.best.as_ref().is_none_or(|(least, best)| {
                    lack < *least || (lack == *least && order(point, best).is_lt())
                });
                if is_better {
                    self.best = Some((lack, point.clone()));
                }
            }
        }
        if self
            .cheapest
            .as_ref()
            .is_none_or(|it| order(point, it).is_lt())
        {
            self.cheapest = Some(point.clone());
        }
    }

    pub fn is_affordable(&self, point: &Point) -> bool {
        point.cost.is_finite() && point.cost <= self.plan.budget
    }

    pub fn is_spent(&self) -> bool {
        self.evaluations >= self.plan.max_evaluations
    }

    /// Asks what lies beside the goal's best point at all distances, until nothing there is better.
    pub fn approach_goal(&mut self) -> Result<(), TradeoffError> {
        while let Some((lack, best)) = self.best.clone() {
            for beside in self.beside(&best.setting, true) {
                if self.is_spent() {
                    return Ok(());
                }
                self.ask(&beside)?;
            }
            if self.best == Some((lack, best)) {
                break;
            }
        }
        Ok(())
    }

    /// Asks what lies next to each point of the front, until all its neighbours are known.
    pub fn widen_front(&mut self) -> Result<(), TradeoffError> {
        let mut done = BTreeSet::new();
        loop {
            let next = self
                .front
                .points
                .iter()
                .filter(|it| !done.contains(&it.setting))
                .min_by(|a, b| order(a, b))
                .map(|it| it.setting.clone());
            let Some(setting) = next else { return Ok(()) };
            for beside in self.beside(&setting, false) {
                if self.is_spent() {
                    return Ok(());
                }
                self.ask(&beside)?;
            }
            done.insert(setting);
        }
    }

    /// Settings that differ in one instrument: by one step, or by every power of two.
    fn beside(&self, setting: &[i64], far: bool) -> Vec<Places> {
        let own: Places = self
            .instruments
            .iter()
            .zip(setting)
            .map(|(instrument, &value)| {
                value.abs_diff(instrument.low) / instrument.step.unsigned_abs()
            })
            .collect();
        let mut all = Vec::new();
        for (at, instrument) in self.instruments.iter().enumerate() {
            let last = instrument.places() - 1;
            let mut stride = 1;
            loop {
                let up = own[at].checked_add(stride).filter(|place| *place <= last);
                let down = own[at].checked_sub(stride);
                for place in [down, up].into_iter().flatten() {
                    let mut beside = own.clone();
                    beside[at] = place;
                    all.push(beside);
                }
                if !far || stride > last / 2 {
                    break;
                }
                stride *= 2;
            }
        }
        all
    }

    pub fn answer(self, is_exhaustive: bool) -> (Vec<Point>, Option<Reach>) {
        let reach = self.plan.goal.map(|_| match self.best {
            None => Reach::NothingAffordable {
                cheapest: self.cheapest,
            },
            Some((0.0, point)) => Reach::Reached(point),
            Some((_, nearest)) if is_exhaustive => Reach::NotReachable { nearest },
            Some((_, nearest)) => Reach::NotFound { nearest },
        });
        let mut front = self.front.points;
        front.sort_by(order);
        (front, reach)
    }
}

/// By how much a point misses a goal; 0 when it does not.
fn lack(goal: Goal, point: &Point) -> f64 {
    (point.objectives[goal.objective] - goal.target).max(0.0)
}
