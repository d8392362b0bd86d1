//! What a past measure did: difference-in-differences, synthetic control and synthetic difference-in-differences on the
//! user's own figures, with placebo tests, and refused where the time before the measure is described too poorly.
//!
//! No method is chosen for the reader: all three are told side by side, and the verdict says where they agree.

mod panel;

use appraisal::effects::{Demands, EffectError, Estimate, Method, Panel, Placebo, placebo};
use serde::{Deserialize, Serialize};

pub use panel::{Columns, MAX_BYTES, MAX_CELLS, Table};

use super::said::{Said, decimal};

/// Placebo assignments, where there are more than these.
const PLACEBOS: usize = 200;
/// An effect this rare where nothing was done is told from chance, by custom.
const RARE: f64 = 0.05;
/// Times after an invented start, of a test before the real one.
const BACKDATED: usize = 2;
/// Longest text of one line that a person writes.
pub const MAX_LINE: usize = 200;

/// The methods, in the order they are told.
const METHODS: [(Way, Method); 3] = [
    (Way::Differences, Method::DifferenceInDifferences),
    (Way::Synthetic, Method::SyntheticControl),
    (
        Way::SyntheticDifferences,
        Method::SyntheticDifferenceInDifferences,
    ),
];

/// Which direction of the outcome is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    #[default]
    Lower,
    Higher,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The measure, in the asker's words.
    pub measure: String,
    /// What the figures count and in which unit, such as “체납률 (%)”.
    pub outcome: String,
    /// Where the figures come from, in the asker's words.
    pub source: String,
    pub better: Better,
    pub columns: Columns,
    pub csv: String,
    /// Decides which placebos are drawn where there are too many to try all.
    pub seed: u64,
}

/// A method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Differences,
    Synthetic,
    SyntheticDifferences,
}

impl Way {
    /// The key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Differences => "aide-way-differences",
            Self::Synthetic => "aide-way-synthetic",
            Self::SyntheticDifferences => "aide-way-synthetic-differences",
        }
    }
}

/// What the three methods say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At least two methods are told, and all that are agree on an effect that chance does not explain.
    Clear,
    /// Only one method is told, and it finds an effect that chance does not explain.
    OnlyOne,
    /// At least one method that is told cannot tell the effect from chance.
    Uncertain,
    /// Methods find effects of both directions.
    Split,
    /// No method may be told.
    Refused,
}

/// All that is found. Numbers with decimals are texts, so that the same figures give the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    pub measure: String,
    pub outcome: String,
    pub source: String,
    pub better: Better,
    pub times: Vec<String>,
    /// The first time with the measure.
    pub began: String,
    pub pre_periods: usize,
    pub treated: Vec<String>,
    pub controls: Vec<String>,
    /// The mean outcome of the treated units at each time, as it was.
    pub was: Vec<String>,
    pub ways: Vec<Told>,
    pub verdict: Verdict,
    /// What it means, the answer first.
    pub sentences: Vec<Said>,
    pub assumptions: Vec<Said>,
}

/// What one method says, or why it says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    Effect { way: Way, effect: Box<Effect> },
    Refused { way: Way, why: Said },
}

impl Told {
    pub fn way(&self) -> Way {
        match self {
            Self::Effect { way, .. } | Self::Refused { way, .. } => *way,
        }
    }

    pub fn effect(&self) -> Option<&Effect> {
        match self {
            Self::Effect { effect, .. } => Some(effect),
            Self::Refused { .. } => None,
        }
    }
}

/// An effect with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// Average over treated units and times with the measure: what was less what would have been.
    pub effect: String,
    /// 95 %.
    pub low: String,
    pub high: String,
    pub by_time: Vec<String>,
    /// What the treated units would have been at each time, before and after.
    pub would_have_been: Vec<String>,
    pub p_value: String,
    /// The same by the fit after over the fit before.
    pub p_value_by_ratio: String,
    pub standard_error: String,
    pub placebos: usize,
    /// Whether these are all placebos there are.
    pub all_placebos: bool,
    /// How far the comparison misses before the measure, and that as a multiple of what units move anyway.
    pub misses_by: String,
    pub fit_ratio: String,
    /// Controls by weight, the heaviest first; those of no weight are left out.
    pub weights: Vec<(String, String)>,
    /// Times before by weight, in their order; those of no weight are left out.
    pub time_weights: Vec<(String, String)>,
    /// What the method finds when the measure is said to have begun earlier than it did.
    pub backdated: Option<Backdated>,
    /// Chance does not explain it: rare among the placebos, and the interval is on one side of zero.
    pub is_clear: bool,
}

/// An effect where there can be none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backdated {
    pub began: String,
    pub effect: String,
    pub low: String,
    pub high: String,
    /// The interval is on one side of zero: something was under way before.
    pub is_warning: bool,
}

/// Everything that is wrong with a question before it is worked out: the field, and what to do about it.
pub fn check(question: &Question) -> Vec<(&'static str, Said)> {
    let lines = [
        ("measure", &question.measure),
        ("outcome", &question.outcome),
        ("source", &question.source),
    ];
    let mut faults: Vec<(&'static str, Said)> = lines
        .into_iter()
        .filter_map(|(field, text)| match text.trim() {
            "" => Some((field, Said::new("aide-say-this"))),
            it if it.chars().count() > MAX_LINE => {
                Some((field, Said::new("aide-shorten").with("most", MAX_LINE)))
            }
            _ => None,
        })
        .collect();
    if let Err(said) = panel::read(&question.csv, &question.columns) {
        faults.push(("csv", said));
    }
    faults
}

/// Works the evidence out.
///
/// # Errors
/// The first that [`check`] tells.
pub fn find(question: &Question) -> Result<Evidence, (&'static str, Said)> {
    if let Some(fault) = check(question).into_iter().next() {
        return Err(fault);
    }
    let table = panel::read(&question.csv, &question.columns).map_err(|said| ("csv", said))?;
    let panel = Panel::new(
        &table.outcomes,
        table.units.len(),
        &table.treated,
        table.pre_periods,
    );
    // What `panel::read` lets through is a panel.
    let panel = panel.map_err(|_| ("csv", Said::new("aide-panel-unreadable").with("line", "1")))?;
    let study = Study {
        places: table.decimals + 1,
        table: &table,
        panel: &panel,
        seed: question.seed,
    };
    let ways: Vec<Told> = METHODS
        .iter()
        .map(|(way, method)| study.told(*way, *method))
        .collect();
    let verdict = verdict(&ways);
    let names = |places: &[usize]| places.iter().map(|it| table.units[*it].clone()).collect();
    let mut evidence = Evidence {
        measure: question.measure.trim().to_owned(),
        outcome: question.outcome.trim().to_owned(),
        source: question.source.trim().to_owned(),
        better: question.better,
        began: table.times[table.pre_periods].clone(),
        pre_periods: table.pre_periods,
        treated: names(panel.treated()),
        controls: names(panel.controls()),
        was: study.texts(&study.was()),
        times: table.times.clone(),
        ways,
        verdict,
        sentences: Vec::new(),
        assumptions: Vec::new(),
    };
    evidence.sentences = sentences(&evidence);
    evidence.assumptions = assumptions(&evidence);
    Ok(evidence)
}

struct Study<'a> {
    table: &'a Table,
    panel: &'a Panel,
    places: usize,
    seed: u64,
}

impl Study<'_> {
    fn text(&self, value: f64) -> String {
        decimal(value, self.places)
    }

    fn texts(&self, values: &[f64]) -> Vec<String> {
        values.iter().map(|it| self.text(*it)).collect()
    }

    fn row(&self, unit: usize) -> &[f64] {
        self.panel.outcomes(unit).unwrap_or_default()
    }

    fn was(&self) -> Vec<f64> {
        let treated = self.panel.treated();
        let mean = |time: usize| {
            let sum: f64 = treated.iter().map(|unit| self.row(*unit)[time]).sum();
            sum / treated.len() as f64
        };
        (0..self.panel.times()).map(mean).collect()
    }

    fn told(&self, way: Way, method: Method) -> Told {
        match placebo(self.panel, method, &Demands::default(), PLACEBOS, self.seed) {
            Ok(found) => Told::Effect {
                way,
                effect: Box::new(self.effect(&found, method)),
            },
            Err(error) => Told::Refused {
                way,
                why: self.refusal(&error),
            },
        }
    }

    fn effect(&self, found: &Placebo, method: Method) -> Effect {
        let Placebo { estimate, .. } = found;
        let (low, high) = found.interval_95;
        let least = 1.0 / (1 + found.effects.len()) as f64;
        // With few placebos nothing can be rarer than `least`; then it must be as rare as it can.
        let is_rare = found.p_value <= RARE.max(least) + 1e-12;
        Effect {
            effect: self.text(estimate.effect),
            low: self.text(low),
            high: self.text(high),
            by_time: self.texts(&estimate.effect_by_time),
            would_have_been: self.texts(&self.would_have_been(estimate)),
            p_value: decimal(found.p_value, 3),
            p_value_by_ratio: decimal(found.p_value_by_ratio, 3),
            standard_error: self.text(found.standard_error),
            placebos: found.effects.len(),
            all_placebos: found.is_exhaustive,
            misses_by: self.text(estimate.pre_fit.rmspe),
            fit_ratio: decimal(estimate.pre_fit.ratio, 2),
            weights: self.weights(estimate),
            time_weights: self.time_weights(estimate),
            backdated: self.backdated(method),
            is_clear: is_rare && (low > 0.0 || high < 0.0),
        }
    }

    /// Weighted controls, moved by the constant difference that the method allows.
    fn would_have_been(&self, estimate: &Estimate) -> Vec<f64> {
        let weighted = |time: usize| -> f64 {
            let pairs = self.panel.controls().iter().zip(&estimate.control_weights);
            pairs
                .map(|(unit, weight)| self.row(*unit)[time] * weight)
                .sum()
        };
        let weighted: Vec<f64> = (0..self.panel.times()).map(weighted).collect();
        let was = self.was();
        let before = was.iter().zip(&weighted).zip(&estimate.time_weights);
        let constant: f64 = before
            .map(|((was, would), weight)| (was - would) * weight)
            .sum();
        weighted.iter().map(|it| it + constant).collect()
    }

    fn weights(&self, estimate: &Estimate) -> Vec<(String, String)> {
        let pairs = self.panel.controls().iter().zip(&estimate.control_weights);
        let mut pairs: Vec<(usize, f64)> = pairs.map(|(unit, weight)| (*unit, *weight)).collect();
        pairs.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let told = pairs.into_iter().filter(|it| it.1 >= 0.0005);
        told.map(|(unit, weight)| (self.table.units[unit].clone(), decimal(weight, 3)))
            .collect()
    }

    fn time_weights(&self, estimate: &Estimate) -> Vec<(String, String)> {
        let pairs = self.table.times.iter().zip(&estimate.time_weights);
        pairs
            .filter(|(_, weight)| **weight >= 0.0005)
            .map(|(time, weight)| (time.clone(), decimal(*weight, 3)))
            .collect()
    }

    /// The same method on the time before alone, as if the measure had begun earlier.
    fn backdated(&self, method: Method) -> Option<Backdated> {
        let (pre, times) = (self.table.pre_periods, self.table.times.len());
        let start = pre.checked_sub(BACKDATED)?;
        let rows = self.table.outcomes.chunks(times);
        let before: Vec<f64> = rows.flat_map(|row| row[..pre].iter().copied()).collect();
        let units = self.table.units.len();
        let panel = Panel::new(&before, units, &self.table.treated, start).ok()?;
        let demands = Demands::default();
        let found = placebo(&panel, method, &demands, PLACEBOS, self.seed).ok()?;
        let (low, high) = found.interval_95;
        Some(Backdated {
            began: self.table.times[start].clone(),
            effect: self.text(found.estimate.effect),
            low: self.text(low),
            high: self.text(high),
            is_warning: low > 0.0 || high < 0.0,
        })
    }

    fn refusal(&self, error: &EffectError) -> Said {
        match error {
            EffectError::TooFewControls { found, needed } => Said::new("aide-refused-controls")
                .with("found", *found)
                .with("needed", *needed),
            EffectError::TooFewPrePeriods { found, needed } => Said::new("aide-refused-before")
                .with("found", *found)
                .with("needed", *needed),
            EffectError::PoorFit {
                rmspe,
                ratio,
                allowed,
            } => Said::new("aide-refused-fit")
                .with("misses", self.text(*rmspe))
                .with("ratio", ratio_text(*ratio))
                .with("allowed", decimal(*allowed, 0)),
            EffectError::TooFewPlacebos { found, needed } => Said::new("aide-refused-placebos")
                .with("found", *found)
                .with("needed", *needed),
            EffectError::NotConverged { .. } | EffectError::Input(_) => {
                Said::new("aide-refused-weights")
            }
        }
    }
}

fn ratio_text(ratio: f64) -> String {
    if ratio.is_finite() {
        decimal(ratio, 2)
    } else {
        "∞".to_owned()
    }
}

fn is_below_zero(text: &str) -> bool {
    text.starts_with('-')
}

fn verdict(ways: &[Told]) -> Verdict {
    let told: Vec<&Effect> = ways.iter().filter_map(Told::effect).collect();
    let clear: Vec<&&Effect> = told.iter().filter(|it| it.is_clear).collect();
    let down = clear.iter().filter(|it| is_below_zero(&it.low)).count();
    match (told.len(), clear.len()) {
        (0, _) => Verdict::Refused,
        (_, found) if down > 0 && down < found => Verdict::Split,
        (told, found) if found < told => Verdict::Uncertain,
        (1, _) => Verdict::OnlyOne,
        _ => Verdict::Clear,
    }
}

/// The answer, then what weakens it.
fn sentences(evidence: &Evidence) -> Vec<Said> {
    let told: Vec<&Effect> = evidence.ways.iter().filter_map(Told::effect).collect();
    let mut all = vec![answer(evidence, &told)];
    let refused = evidence.ways.len() - told.len();
    if refused > 0 && !told.is_empty() {
        all.push(Said::new("aide-evidence-some-refused").with("count", refused));
    }
    if let Some(few) = told
        .iter()
        .map(|it| it.placebos)
        .min()
        .filter(|it| *it < 19)
    {
        let least = 1.0 / (1 + few) as f64;
        all.push(
            Said::new("aide-evidence-few-placebos")
                .with("count", few)
                .with("least", decimal(least * 100.0, 0)),
        );
    }
    let warning = evidence.ways.iter().find_map(|told| {
        let backdated = told.effect()?.backdated.as_ref()?;
        backdated.is_warning.then_some((told.way(), backdated))
    });
    match warning {
        Some((_, backdated)) => all.push(
            Said::new("aide-evidence-moved-before")
                .with("time", backdated.began.as_str())
                .with("effect", backdated.effect.as_str()),
        ),
        None if told.iter().any(|it| it.backdated.is_some()) => {
            all.push(Said::new("aide-evidence-still-before"));
        }
        None if !told.is_empty() => all.push(Said::new("aide-evidence-no-backdating")),
        None => {}
    }
    let heaviest = told.iter().filter_map(|it| it.weights.first());
    let heaviest = heaviest.filter(|(_, weight)| weight.as_str() >= "0.500");
    if let Some((unit, weight)) = heaviest.max_by(|a, b| a.1.cmp(&b.1)) {
        let percent = weight.parse().unwrap_or(0.0) * 100.0;
        all.push(
            Said::new("aide-evidence-one-control")
                .with("unit", unit.as_str())
                .with("percent", decimal(percent, 0)),
        );
    }
    all
}

fn answer(evidence: &Evidence, told: &[&Effect]) -> Said {
    let key = match evidence.verdict {
        Verdict::Refused => return Said::new("aide-evidence-refused"),
        Verdict::Split => return Said::new("aide-evidence-split"),
        Verdict::Uncertain => {
            let clear = told.iter().filter(|it| it.is_clear).count();
            return Said::new("aide-evidence-uncertain")
                .with("clear", clear)
                .with("told", told.len());
        }
        Verdict::Clear => "aide-evidence-clear",
        Verdict::OnlyOne => "aide-evidence-only-one",
    };
    let is_down = told.iter().all(|it| is_below_zero(&it.effect));
    let is_good = is_down == (evidence.better == Better::Lower);
    let mut sizes: Vec<&str> = told
        .iter()
        .map(|it| it.effect.trim_start_matches('-'))
        .collect();
    let size = |text: &&str| text.parse::<f64>().unwrap_or(0.0);
    sizes.sort_by(|a, b| size(a).total_cmp(&size(b)));
    Said::new(key)
        .with("outcome", evidence.outcome.as_str())
        .with("direction", if is_down { "down" } else { "up" })
        .with("good", if is_good { "yes" } else { "no" })
        .with("told", told.len())
        .with("least", *sizes.first().unwrap_or(&"0"))
        .with("most", *sizes.last().unwrap_or(&"0"))
}

fn assumptions(evidence: &Evidence) -> Vec<Said> {
    vec![
        Said::new("aide-evidence-assumes-source").with("source", evidence.source.as_str()),
        Said::new("aide-evidence-assumes-nothing-else").with("time", evidence.began.as_str()),
        Said::new("aide-evidence-assumes-no-spill"),
        Said::new("aide-evidence-assumes-not-awaited"),
        Said::new("aide-evidence-assumes-alike").with("count", evidence.controls.len()),
        Said::new("aide-evidence-assumes-refusal"),
        Said::new("aide-evidence-assumes-methods"),
    ]
}

#[cfg(test)]
mod tests;
