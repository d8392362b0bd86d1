//! What can be had for what: settings of instruments that nothing beats on everything, and the cheapest one that
//! reaches a goal.
//!
//! The caller says what a setting leads to (a model, a microsimulation); this module decides which settings to ask
//! about. All objectives, and the cost, are to be as **small** as possible; what should be large is given with its
//! sign turned.
//!
//! # Dominance and ties
//!
//! One point dominates another when it is no worse in every objective and in cost, and better in at least one. The
//! front holds the points within the budget that none dominates. Of points that are equal in everything, the one
//! with the lexicographically smallest setting stands for all.

mod evolve;
mod explorer;
mod front;

pub use front::dominates;

use thiserror::Error;

use crate::error::{InputError, not_empty, setting};
use explorer::Explorer;

/// A parameter that may be set: from `low` to at most `high` in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instrument {
    pub low: i64,
    pub high: i64,
    pub step: i64,
}

impl Instrument {
    /// How many settings it has.
    fn places(self) -> u64 {
        self.high.abs_diff(self.low) / self.step.unsigned_abs() + 1
    }

    fn at(self, place: u64) -> i64 {
        // Within low..=high, as `place` is below `places`.
        self.low
            .wrapping_add_unsigned(place.wrapping_mul(self.step.unsigned_abs()))
    }
}

/// What a setting leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Each to be as small as possible; finite, in the same order for every setting.
    pub objectives: Vec<f64>,
    /// Compared with the budget. Infinity: this setting is not allowed (the objectives are then not looked at).
    pub cost: f64,
}

/// A setting with what it leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// One value for each instrument.
    pub setting: Vec<i64>,
    pub objectives: Vec<f64>,
    pub cost: f64,
}

/// An objective that is to fall to a target or below.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// Which objective, counted from 0.
    pub objective: usize,
    pub target: f64,
}

/// How to search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// The most a setting may cost; infinity for no limit.
    pub budget: f64,
    /// How many settings may be asked about. All are, when there are no more.
    pub max_evaluations: usize,
    pub goal: Option<Goal>,
    /// Decides the random choices of a search that cannot ask about all.
    pub seed: u64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The points that none dominates, ascending in cost, then in objectives, then in setting. Empty when no setting
    /// is within the budget.
    pub front: Vec<Point>,
    /// How many settings were asked about, each once.
    pub evaluations: usize,
    /// How many settings there are (at most `u128::MAX` is told).
    pub settings: u128,
    /// Whether all were asked about: the front is then the true one.
    pub is_exhaustive: bool,
    /// The answer to [`Plan::goal`].
    pub reach: Option<Reach>,
}

/// Whether a goal can be reached within the budget.
#[derive(Debug, Clone, PartialEq)]
pub enum Reach {
    /// The cheapest setting that reaches it (of those asked about, unless the search was exhaustive).
    Reached(Point),
    /// All settings were asked about and none reaches it; this one comes nearest, and is the cheapest that does.
    NotReachable { nearest: Point },
    /// Not all settings were asked about, and none of those reaches it.
    NotFound { nearest: Point },
    /// No setting asked about is within the budget; this is the cheapest allowed one, if any is allowed.
    NothingAffordable { cheapest: Option<Point> },
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum TradeoffError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(
        "the setting {setting:?} leads to {found}; give finite objectives, and a cost that is finite or, where the \
         setting is not allowed, infinite"
    )]
    NotANumber { setting: Vec<i64>, found: String },
    #[error(
        "the setting {setting:?} leads to {found} objectives, others to {expected}; give the same ones for every \
         setting, and at least one"
    )]
    Objectives {
        setting: Vec<i64>,
        found: usize,
        expected: usize,
    },
}

/// Searches the settings of `instruments` for the Pareto front, and for a goal.
///
/// All settings are asked about when there are at most [`Plan::max_evaluations`]. Otherwise settings are bred by
/// NSGA-II (Deb, Pratap, Agarwal, Meyarivan, *IEEE Trans. Evol. Comp.* 6, 2002, 182–197; points over the budget rank
/// behind all others, by cost) with a fifth of the evaluations kept for what then lies beside the front and the goal
/// (Pareto local search). Such a front is an approximation, and says so ([`Answer::is_exhaustive`]).
///
/// # Errors
/// Impossible instruments, budget or goal; an outcome that is no number.
pub fn search(
    instruments: &[Instrument],
    plan: &Plan,
    outcome: impl FnMut(&[i64]) -> Outcome,
) -> Result<Answer, TradeoffError> {
    check(instruments, plan)?;
    let settings = instruments.iter().fold(1_u128, |all, it| {
        all.saturating_mul(u128::from(it.places()))
    });
    let is_exhaustive = settings <= plan.max_evaluations as u128;
    let mut explorer = Explorer::new(instruments, plan, !is_exhaustive, outcome);
    if is_exhaustive {
        explorer.ask_all()?;
    } else {
        evolve::evolve(&mut explorer, plan.seed)?;
    }
    let evaluations = explorer.evaluations;
    let (front, reach) = explorer.answer(is_exhaustive);
    Ok(Answer {
        front,
        evaluations,
        settings,
        is_exhaustive,
        reach,
    })
}

fn check(instruments: &[Instrument], plan: &Plan) -> Result<(), InputError> {
    not_empty(
        "instruments",
        instruments,
        "name at least one parameter that may be set",
    )?;
    for (index, instrument) in instruments.iter().enumerate() {
        // The whole u64 range would count one place too many.
        let is_possible = instrument.step >= 1
            && instrument.low <= instrument.high
            && instrument.high.abs_diff(instrument.low) < u64::MAX;
        if !is_possible {
            return Err(InputError::Value {
                argument: "instruments",
                index,
                found: format!(
                    "{} to {} in steps of {}",
                    instrument.low, instrument.high, instrument.step
                ),
                remedy: "give a low value that is not above the high one, and a step of at least 1",
            });
        }
    }
    setting(
        "budget",
        plan.budget,
        !plan.budget.is_nan(),
        "give a number, or infinity for no limit",
    )?;
    setting(
        "max_evaluations",
        plan.max_evaluations,
        plan.max_evaluations >= 1,
        "allow at least one setting to be asked about",
    )?;
    if let Some(goal) = plan.goal {
        setting(
            "target",
            goal.target,
            goal.target.is_finite(),
            "give the finite value that the objective is to fall to",
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
