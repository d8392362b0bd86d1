//! Which settings of the law reach a goal within a budget, and what can be had for what: all settings of the parameters
//! that may move are asked about where they are few, otherwise the most promising; each is worked out in full for
//! everybody ([`law`]). A goal that is not reached is said not to be, with what comes nearest.

pub mod law;

use std::collections::BTreeMap;

use appraisal::tradeoff::{self, Goal, Instrument, Outcome, Plan};
use serde::{Deserialize, Serialize};

use super::said::{Said, decimal};

/// The most parameters that may move together.
pub const MAX_LEVERS: usize = 4;
/// Points of the front that are kept; a reader compares no more.
const SHOWN: usize = 40;
/// Shares are counted in millionths.
const MILLION: f64 = 1_000_000.0;

/// What is to fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    PovertyRate,
    ChildPovertyRate,
    PovertyGap,
    Gini,
}

impl Indicator {
    pub const ALL: [Self; 4] = [
        Self::ChildPovertyRate,
        Self::PovertyRate,
        Self::PovertyGap,
        Self::Gini,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::PovertyRate => "poverty_rate",
            Self::ChildPovertyRate => "child_poverty_rate",
            Self::PovertyGap => "poverty_gap",
            Self::Gini => "gini",
        }
    }

    /// Whether it is told of single districts.
    pub fn is_local(self) -> bool {
        matches!(self, Self::PovertyRate | Self::ChildPovertyRate)
    }

    /// The key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::PovertyRate => "aide-poverty-rate",
            Self::ChildPovertyRate => "aide-child-poverty-rate",
            Self::PovertyGap => "aide-poverty-gap",
            Self::Gini => "aide-gini",
        }
    }
}

/// What is to be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub indicator: Indicator,
    /// Code of a district; everybody where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Millionths: 50,000 for 5 %.
    pub at_most: i64,
}

/// A parameter that may move, of one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lever {
    /// The benefit that it belongs to; `None` for a shared one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefit: Option<String>,
    pub parameter: String,
    /// In force on the day.
    pub now: i64,
    pub low: i64,
    pub high: i64,
    pub step: i64,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub target: Target,
    /// Won that may be spent more in a year than under the law in force.
    pub budget_won: i64,
    pub levers: Vec<Lever>,
    /// How many settings are worked out at the most.
    pub effort: usize,
    pub seed: u64,
}

impl Question {
    /// How many settings are worked out at the most, the law in force beside them.
    pub fn evaluations(&self) -> u64 {
        let settings = self.levers.iter().fold(1_u64, |all, it| {
            let steps = it.high.abs_diff(it.low) / it.step.unsigned_abs().max(1);
            all.saturating_mul(steps + 1)
        });
        settings.min(self.effort as u64) + 1
    }
}

/// What a setting leads to, compared with the law in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consequence {
    /// Won more in a year; below zero: saved.
    pub cost_won: i64,
    /// Of the indicator, in millionths.
    pub outcome: i64,
    /// Persons whose household has less.
    pub losers: i64,
    pub winners: i64,
}

/// A setting with what it leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// One value for each lever.
    pub setting: Vec<i64>,
    #[serde(flatten)]
    pub consequence: Consequence,
}

/// Whether the goal is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reach", rename_all = "snake_case")]
pub enum Reach {
    /// The law in force reaches it: nothing need be changed.
    Already,
    /// The cheapest setting that reaches it, of those worked out.
    Reached { point: Point },
    /// No setting there is reaches it within the budget; this one comes nearest.
    NotReachable { nearest: Point },
    /// No setting that was worked out reaches it, and not all were.
    NotFound { nearest: Point },
    /// Every setting that was worked out costs more than the budget.
    NothingAffordable { cheapest: Option<Point> },
}

/// All that is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    pub now: Consequence,
    pub reach: Reach,
    /// What nothing else beats in cost, outcome and losers together, ascending in cost.
    pub front: Vec<Point>,
    /// Points of the front that were left out because there are too many.
    pub left_out: usize,
    /// Everything that was worked out: cost and outcome.
    pub asked: Vec<(i64, i64)>,
    /// The cheapest setting that reaches the goal with more money than there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond_budget: Option<Point>,
    pub evaluations: usize,
    /// How many settings there are; a text, as it may be more than JSON can count.
    pub settings: String,
    pub is_exhaustive: bool,
    pub sentences: Vec<Said>,
    pub assumptions: Vec<Said>,
}

/// Why nothing is found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The evaluation failed.
    #[error("{0}")]
    Evaluation(String),
    /// The field of the question, and what to do about it.
    #[error("{field}: {}", said.key)]
    Question { field: String, said: Said },
}

/// What is wrong with a question, before anything is worked out.
///
/// # Errors
/// The first field that cannot be, and what to do about it.
pub fn check(question: &Question) -> Result<(), Fault> {
    let fault = |field: String, said: Said| Err(Fault::Question { field, said });
    let target = &question.target;
    if !(0..=1_000_000).contains(&target.at_most) {
        return fault("target".into(), Said::new("aide-goal-target-range"));
    }
    if target.district.is_some() && !target.indicator.is_local() {
        return fault("district".into(), Said::new("aide-goal-not-local"));
    }
    if !(-1_000_000_000_000_000..=1_000_000_000_000_000).contains(&question.budget_won) {
        return fault("budget".into(), Said::new("aide-goal-budget-range"));
    }
    if question.levers.is_empty() {
        return fault("add".into(), Said::new("aide-goal-no-lever"));
    }
    if question.levers.len() > MAX_LEVERS {
        let said = Said::new("aide-goal-many-levers").with("most", MAX_LEVERS);
        return fault("add".into(), said);
    }
    for (index, lever) in question.levers.iter().enumerate() {
        // No figure of the law is below nothing.
        let is_range = lever.step >= 1
            && 0 <= lever.low
            && lever.low <= lever.high
            && lever.high.abs_diff(lever.low) <= 1_000_000_000_000_000;
        if !is_range {
            return fault(format!("low-{index}"), Said::new("aide-goal-range"));
        }
    }
    if !(1..=2_000).contains(&question.effort) {
        return fault("effort".into(), Said::new("aide-goal-effort"));
    }
    Ok(())
}

/// Searches. `evaluate` works a setting out: one value for each lever; it is asked about each setting once.
///
/// # Errors
/// A question that cannot be asked; the first setting that cannot be worked out.
pub fn find(
    question: &Question,
    evaluate: impl FnMut(&[i64]) -> Result<Consequence, String>,
) -> Result<Findings, Fault> {
    check(question)?;
    let mut asker = Asker {
        evaluate,
        known: BTreeMap::new(),
        failed: None,
    };
    let in_force: Vec<i64> = question.levers.iter().map(|it| it.now).collect();
    let now = asker.ask(&in_force);
    let found = asker.search(question, question.budget_won as f64)?;
    let mut reach = asker.reach(found.reach);
    if now
        .as_ref()
        .is_some_and(|it| it.outcome <= question.target.at_most)
    {
        reach = Reach::Already;
    }
    let is_reached = matches!(reach, Reach::Already | Reach::Reached { .. });
    if !is_reached && !found.is_exhaustive {
        // What more money would reach lies beyond what was looked at for this budget.
        asker.search(question, f64::INFINITY)?;
    }
    if let Some(failed) = asker.failed {
        return Err(Fault::Evaluation(failed));
    }
    let now = now.ok_or_else(|| Fault::Evaluation("the law in force was not worked out".into()))?;
    let all = asker.known.iter().map(|(setting, consequence)| Point {
        setting: setting.clone(),
        consequence: consequence.clone(),
    });
    let all: Vec<Point> = all.collect();
    let beyond = all
        .iter()
        .filter(|it| !is_reached && it.consequence.outcome <= question.target.at_most)
        .min_by_key(|it| {
            (
                it.consequence.cost_won,
                it.consequence.losers,
                it.setting.clone(),
            )
        });
    let front = found.front.iter().filter_map(|it| {
        let consequence = asker.known.get(&it.setting)?.clone();
        Some(Point {
            setting: it.setting.clone(),
            consequence,
        })
    });
    let (front, left_out) = thinned(front.collect());
    let mut asked: Vec<(i64, i64)> = all
        .iter()
        .map(|it| (it.consequence.cost_won, it.consequence.outcome))
        .collect();
    asked.sort_unstable();
    asked.dedup();
    let mut findings = Findings {
        now,
        reach,
        front,
        left_out,
        asked,
        beyond_budget: beyond.cloned(),
        evaluations: asker.known.len(),
        settings: found.settings.to_string(),
        is_exhaustive: found.is_exhaustive,
        sentences: Vec::new(),
        assumptions: Vec::new(),
    };
    findings.sentences = sentences(question, &findings);
    findings.assumptions = assumptions(question, &findings);
    Ok(findings)
}

/// Asks about each setting once, and keeps the answers.
struct Asker<F> {
    evaluate: F,
    known: BTreeMap<Vec<i64>, Consequence>,
    failed: Option<String>,
}

impl<F: FnMut(&[i64]) -> Result<Consequence, String>> Asker<F> {
    /// `None` after anything failed: nothing more is worked out then.
    fn ask(&mut self, setting: &[i64]) -> Option<Consequence> {
        if let Some(known) = self.known.get(setting) {
            return Some(known.clone());
        }
        if self.failed.is_some() {
            return None;
        }
        match (self.evaluate)(setting) {
            Ok(consequence) => {
                self.known.insert(setting.to_vec(), consequence.clone());
                Some(consequence)
            }
            Err(reason) => {
                self.failed = Some(reason);
                None
            }
        }
    }

    fn search(&mut self, question: &Question, budget: f64) -> Result<tradeoff::Answer, Fault> {
        let levers = question.levers.iter().map(|it| Instrument {
            low: it.low,
            high: it.high,
            step: it.step,
        });
        let levers: Vec<Instrument> = levers.collect();
        let plan = Plan {
            budget,
            max_evaluations: question.effort,
            goal: Some(Goal {
                objective: 0,
                target: question.target.at_most as f64,
            }),
            seed: question.seed,
        };
        let found = tradeoff::search(&levers, &plan, |setting| match self.ask(setting) {
            Some(it) => Outcome {
                objectives: vec![it.outcome as f64, it.losers as f64],
                cost: it.cost_won as f64,
            },
            // Not allowed: the search goes on without it, and its answer is thrown away.
            None => Outcome {
                objectives: vec![0.0, 0.0],
                cost: f64::INFINITY,
            },
        });
        found.map_err(|error| Fault::Evaluation(error.to_string()))
    }

    fn reach(&self, reach: Option<tradeoff::Reach>) -> Reach {
        let point = |it: tradeoff::Point| {
            let consequence = self.known.get(&it.setting)?.clone();
            Some(Point {
                setting: it.setting,
                consequence,
            })
        };
        let none = Reach::NothingAffordable { cheapest: None };
        match reach {
            Some(tradeoff::Reach::Reached(it)) => {
                point(it).map_or(none, |point| Reach::Reached { point })
            }
            Some(tradeoff::Reach::NotReachable { nearest }) => {
                point(nearest).map_or(none, |nearest| Reach::NotReachable { nearest })
            }
            Some(tradeoff::Reach::NotFound { nearest }) => {
                point(nearest).map_or(none, |nearest| Reach::NotFound { nearest })
            }
            Some(tradeoff::Reach::NothingAffordable { cheapest }) => Reach::NothingAffordable {
                cheapest: cheapest.and_then(point),
            },
            None => none,
        }
    }
}

/// At most so many points, evenly along the front, both ends among them.
fn thinned(front: Vec<Point>) -> (Vec<Point>, usize) {
    let count = front.len();
    if count <= SHOWN {
        return (front, 0);
    }
    let kept = (0..SHOWN).map(|place| front[place * (count - 1) / (SHOWN - 1)].clone());
    (kept.collect(), count - SHOWN)
}

/// Millionths as per cent with two places.
pub fn percent(millionths: i64) -> String {
    decimal(millionths as f64 / MILLION * 100.0, 2)
}

/// An outcome as it is written: per cent, or the Gini coefficient with four places.
pub fn outcome_text(indicator: Indicator, millionths: i64) -> String {
    match indicator {
        Indicator::Gini => decimal(millionths as f64 / MILLION, 4),
        _ => format!("{}%", percent(millionths)),
    }
}

fn sentences(question: &Question, findings: &Findings) -> Vec<Said> {
    let target = &question.target;
    let text = |millionths: i64| outcome_text(target.indicator, millionths);
    let about = |key: &str, it: &Consequence| {
        Said::new(key)
            .with("target", text(target.at_most))
            .with("now", text(findings.now.outcome))
            .with("outcome", text(it.outcome))
            .with("cost", it.cost_won)
            .with("budget", question.budget_won)
            .with("losers", it.losers)
            .with("winners", it.winners)
    };
    let mut all = Vec::new();
    let (answer, point) = match &findings.reach {
        Reach::Already => ("aide-goal-already", None),
        Reach::Reached { point } => ("aide-goal-reached", Some(point)),
        Reach::NotReachable { nearest } => ("aide-goal-not-reachable", Some(nearest)),
        Reach::NotFound { nearest } => ("aide-goal-not-found", Some(nearest)),
        Reach::NothingAffordable { cheapest } => ("aide-goal-unaffordable", cheapest.as_ref()),
    };
    all.push(about(
        answer,
        point.map_or(&findings.now, |it| &it.consequence),
    ));
    if let Some(point) = point {
        let losers = match point.consequence.losers {
            0 => "aide-goal-nobody-loses",
            _ => "aide-goal-losers",
        };
        all.push(about(losers, &point.consequence));
    }
    if !matches!(findings.reach, Reach::Already | Reach::Reached { .. }) {
        all.push(match &findings.beyond_budget {
            Some(it) => about("aide-goal-more-money", &it.consequence)
                .with("more", it.consequence.cost_won - question.budget_won),
            None => Said::new("aide-goal-other-levers"),
        });
    }
    all.push(
        Said::new(match findings.is_exhaustive {
            true => "aide-goal-all-tried",
            false => "aide-goal-some-tried",
        })
        .with("tried", findings.evaluations)
        .with("settings", findings.settings.as_str()),
    );
    all
}

fn assumptions(question: &Question, findings: &Findings) -> Vec<Said> {
    let mut all = vec![
        Said::new("aide-goal-assumes-evaluation"),
        Said::new("aide-goal-assumes-levers").with("count", question.levers.len()),
        Said::new("aide-goal-assumes-budget"),
        Said::new("aide-goal-assumes-line"),
    ];
    if !findings.is_exhaustive {
        all.push(Said::new("aide-goal-assumes-search").with("seed", question.seed.to_string()));
    }
    all
}

#[cfg(test)]
mod tests;
