//! What a measure did: outcomes of treated units compared with what they would have been without it.
//!
//! A [`Panel`] holds one outcome for every unit at every time; from one time on, some units are treated. Three
//! [`Method`]s build what would have been from the units that were not treated. [`estimate`] answers only when that
//! also describes the time **before** the measure: otherwise it refuses ([`EffectError::PoorFit`]). [`placebo`] asks
//! what the same method finds where nothing was done.
//!
//! What no method here can see: other measures that began in the treated units at the same time, treatment that
//! spills over into the controls, and anticipation before the first treated time.

mod block;
mod panel;
mod placebo;
mod simplex;

pub use panel::Panel;
pub use placebo::{MAX_PLACEBOS, MIN_PLACEBOS, Placebo, placebo};

use block::{Block, Fit};
use thiserror::Error;

use crate::error::{InputError, setting};

/// How what would have been is built from the controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// All controls and all times before count alike; a constant difference between units is allowed.
    DifferenceInDifferences,
    /// Weights of the controls, none negative and summing to one, under which they follow the treated units before
    /// (Abadie, Diamond, Hainmueller, *JASA* 105, 2010, 493–505, with the outcomes before as the only predictors).
    /// No constant difference is allowed.
    ///
    /// The weights minimise the squared distance plus 1e-12 of the noise variance times their sum of squares, which
    /// makes them unique; the mean squared distance is within 1e-6 of the noise variance of its least.
    SyntheticControl,
    /// Weights of the controls and of the times before, with a constant difference allowed (Arkhangelsky, Athey,
    /// Hirshberg, Imbens, Wager, *AER* 111, 2021, 4088–4118, algorithm 1).
    ///
    /// Regularisation and stopping are those of the authors' R package `synthdid` 0.0.9: ζ of the units is
    /// (treated units × treated times)^¼ times the noise, ζ of the times 1e-6 times the noise; Frank–Wolfe, 100
    /// steps, weights of at most a quarter of the largest set to zero, then at most 10,000 steps, until the objective
    /// falls by less than (1e-5 × noise)².
    SyntheticDifferenceInDifferences,
}

/// What must hold before an effect is told at all. [`Demands::default`] is the advice; weaken it knowingly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demands {
    /// Controls that are needed. Two is the least.
    pub min_controls: usize,
    /// Times before the treatment that are needed. Two is the least.
    pub min_pre_periods: usize,
    /// The largest [`PreFit::ratio`] that is accepted; infinity accepts all.
    pub max_pre_fit_ratio: f64,
}

impl Default for Demands {
    fn default() -> Self {
        Self {
            min_controls: 5,
            min_pre_periods: 5,
            max_pre_fit_ratio: 1.0,
        }
    }
}

impl Demands {
    /// Nothing beyond what the arithmetic needs: for comparison with published figures, not for decisions.
    pub const NONE: Self = Self {
        min_controls: 2,
        min_pre_periods: 2,
        max_pre_fit_ratio: f64::INFINITY,
    };

    fn check(&self, panel: &Panel) -> Result<(), EffectError> {
        let ratio = self.max_pre_fit_ratio;
        setting(
            "max_pre_fit_ratio",
            ratio,
            ratio > 0.0,
            "give a number above 0; 1 is the advice",
        )?;
        let needed = self.min_controls.max(2);
        if panel.controls().len() < needed {
            return Err(EffectError::TooFewControls {
                found: panel.controls().len(),
                needed,
            });
        }
        let needed = self.min_pre_periods.max(2);
        if panel.pre_periods() < needed {
            return Err(EffectError::TooFewPrePeriods {
                found: panel.pre_periods(),
                needed,
            });
        }
        Ok(())
    }
}

/// How well the controls described the treated units before the treatment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PreFit {
    /// Root mean squared prediction error over the times before, in units of the outcome. For methods that allow a
    /// constant difference, after taking it off.
    pub rmspe: f64,
    /// Standard deviation of the controls' changes from one time to the next, before the treatment: how much a unit
    /// moves from one time to the next anyway.
    pub noise: f64,
    /// `rmspe / noise`: 0 for a perfect fit, even where nothing moves; infinity where nothing moves and it misses.
    pub ratio: f64,
}

/// The effect of a measure, and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    pub method: Method,
    /// Average over treated units and treated times, in units of the outcome: what was minus what would have been.
    pub effect: f64,
    /// The same for each treated time, in order; its mean is `effect`.
    pub effect_by_time: Vec<f64>,
    /// One weight for each unit of [`Panel::controls`]; they sum to one.
    pub control_weights: Vec<f64>,
    /// One weight for each time before; they sum to one, and are all zero for a synthetic control.
    pub time_weights: Vec<f64>,
    pub pre_fit: PreFit,
    /// Root mean squared difference over the treated times divided by that over the times before (Abadie, Diamond,
    /// Hainmueller, *AJPS* 59, 2015); infinity when the fit before is perfect.
    pub post_pre_ratio: f64,
}

/// Why no effect is told.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum EffectError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(
        "{found} units were never treated, {needed} are needed; add comparable units or lower Demands::min_controls"
    )]
    TooFewControls { found: usize, needed: usize },
    #[error(
        "{found} times lie before the treatment, {needed} are needed; add earlier ones or lower Demands::min_pre_periods"
    )]
    TooFewPrePeriods { found: usize, needed: usize },
    #[error(
        "before the treatment the comparison misses by {rmspe:.3}, {ratio:.2} times what units move from one time to \
         the next anyway, and at most {allowed} is accepted; no effect can be told: try another method or other controls"
    )]
    PoorFit {
        rmspe: f64,
        ratio: f64,
        allowed: f64,
    },
    #[error(
        "the weights did not converge (the squared error may be {gap:.1e} above its least); leave out controls that are \
         copies of each other or far from all others"
    )]
    NotConverged { gap: f64 },
    #[error(
        "{found} placebo assignments are possible or asked for, {needed} are needed; add controls (more than the \
         treated units) or ask for more"
    )]
    TooFewPlacebos { found: usize, needed: usize },
}

/// The effect of the treatment on the treated units.
///
/// # Errors
/// [`EffectError`]: too few controls or times before, or a fit before the treatment that is too poor to conclude from.
pub fn estimate(panel: &Panel, method: Method, demands: &Demands) -> Result<Estimate, EffectError> {
    demands.check(panel)?;
    let block = panel.block();
    let fit = block.fit(method)?;
    let estimate = told(&block, method, fit);
    let PreFit { rmspe, ratio, .. } = estimate.pre_fit;
    if ratio > demands.max_pre_fit_ratio {
        return Err(EffectError::PoorFit {
            rmspe,
            ratio,
            allowed: demands.max_pre_fit_ratio,
        });
    }
    Ok(estimate)
}

fn told(block: &Block, method: Method, fit: Fit) -> Estimate {
    let effect_by_time: Vec<f64> = fit.gap[block.pre..]
        .iter()
        .map(|gap| gap - fit.base)
        .collect();
    let effect = mean(&effect_by_time);
    let rmspe = root_mean_square(fit.gap[..block.pre].iter().map(|gap| gap - fit.constant));
    let after = root_mean_square(fit.gap[block.pre..].iter().map(|gap| gap - fit.constant));
    let noise = block.noise();
    // What rounding alone leaves of a perfect fit.
    let dust = 1e-9 * block.largest();
    let over = |above: f64, below: f64| match () {
        () if below > dust => above / below,
        () if above > dust => f64::INFINITY,
        () => 0.0,
    };
    Estimate {
        method,
        effect,
        effect_by_time,
        control_weights: fit.control_weights,
        time_weights: fit.time_weights,
        pre_fit: PreFit {
            rmspe,
            noise,
            ratio: over(rmspe, noise),
        },
        post_pre_ratio: over(after, rmspe),
    }
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn root_mean_square(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    (values.map(|value| value * value).sum::<f64>() / count).sqrt()
}

#[cfg(test)]
mod tests;
