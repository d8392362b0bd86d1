//! The arithmetic of the three methods on controls and the mean of the treated units.

use super::simplex::{frank_wolfe, nearest_point};
use super::{EffectError, Method, mean};

/// All three methods see the treated units only through their mean.
pub(super) struct Block {
    /// One row of outcomes for each control.
    pub controls: Vec<Vec<f64>>,
    pub treated_mean: Vec<f64>,
    pub treated: usize,
    pub pre: usize,
}

/// The weights of a method and the differences they leave.
pub(super) struct Fit {
    pub control_weights: Vec<f64>,
    pub time_weights: Vec<f64>,
    /// Treated mean minus weighted controls, at each time.
    pub gap: Vec<f64>,
    /// What the effect is measured from: the gap before, weighted by time.
    pub base: f64,
    /// The constant difference that the method allows.
    pub constant: f64,
}

impl Block {
    /// Sample standard deviation of the controls' first differences before the treatment.
    pub fn noise(&self) -> f64 {
        let changes: Vec<f64> = self
            .controls
            .iter()
            .flat_map(|row| row[..self.pre].windows(2).map(|pair| pair[1] - pair[0]))
            .collect();
        if changes.len() < 2 {
            return 0.0;
        }
        let middle = mean(&changes);
        let squares: f64 = changes.iter().map(|it| (it - middle).powi(2)).sum();
        (squares / (changes.len() - 1) as f64).sqrt()
    }

    /// The largest outcome by size.
    pub fn largest(&self) -> f64 {
        let all = self.controls.iter().flatten().chain(&self.treated_mean);
        all.fold(0.0_f64, |most, value| most.max(value.abs()))
    }

    pub fn fit(&self, method: Method) -> Result<Fit, EffectError> {
        let (controls, pre) = (self.controls.len(), self.pre);
        let even = |count: usize| vec![1.0 / count as f64; count];
        let (control_weights, time_weights) = match method {
            Method::DifferenceInDifferences => (even(controls), even(pre)),
            Method::SyntheticControl => (self.synthetic_control()?, vec![0.0; pre]),
            Method::SyntheticDifferenceInDifferences => (self.unit_weights(), self.time_weights()),
        };
        let gap: Vec<f64> = (0..self.treated_mean.len())
            .map(|time| {
                let would: f64 = self
                    .controls
                    .iter()
                    .zip(&control_weights)
                    .map(|(row, weight)| row[time] * weight)
                    .sum();
                self.treated_mean[time] - would
            })
            .collect();
        let base = gap.iter().zip(&time_weights).map(|(gap, w)| gap * w).sum();
        let constant = match method {
            Method::SyntheticControl => 0.0,
            _ => mean(&gap[..pre]),
        };
        Ok(Fit {
            control_weights,
            time_weights,
            gap,
            base,
            constant,
        })
    }

    fn synthetic_control(&self) -> Result<Vec<f64>, EffectError> {
        let columns: Vec<Vec<f64>> = self
            .controls
            .iter()
            .map(|row| row[..self.pre].to_vec())
            .collect();
        let noise = self.noise();
        let rows = self.pre as f64;
        let eta = rows * (1e-6 * noise).powi(2);
        let (weights, gap) = nearest_point(&columns, &self.treated_mean[..self.pre], eta);
        // Far below what could matter, or what rounding alone leaves.
        let allowed = rows * (1e-6 * noise * noise).max((1e-9 * self.largest()).powi(2));
        if gap > allowed {
            return Err(EffectError::NotConverged { gap });
        }
        Ok(weights)
    }

    /// ω: controls that, up to a constant, move like the treated units before.
    fn unit_weights(&self) -> Vec<f64> {
        let noise = self.noise();
        let after = self.treated_mean.len() - self.pre;
        let zeta = ((self.treated * after) as f64).powf(0.25) * noise;
        let columns = self
            .controls
            .iter()
            .map(|row| centred(&row[..self.pre]))
            .collect::<Vec<_>>();
        sparse(
            &columns,
            &centred(&self.treated_mean[..self.pre]),
            zeta,
            noise,
        )
    }

    /// λ: times before that, up to a constant, predict the controls' mean after.
    fn time_weights(&self) -> Vec<f64> {
        let noise = self.noise();
        let columns = (0..self.pre)
            .map(|time| {
                centred(
                    &self
                        .controls
                        .iter()
                        .map(|row| row[time])
                        .collect::<Vec<_>>(),
                )
            })
            .collect::<Vec<_>>();
        let after: Vec<f64> = self
            .controls
            .iter()
            .map(|row| mean(&row[self.pre..]))
            .collect();
        sparse(&columns, &centred(&after), 1e-6 * noise, noise)
    }
}

/// A first round shows which weights matter; the others are set to zero before the second.
fn sparse(columns: &[Vec<f64>], target: &[f64], zeta: f64, noise: f64) -> Vec<f64> {
    let stop = 1e-5 * noise;
    let even = vec![1.0 / columns.len() as f64; columns.len()];
    let first = frank_wolfe(columns, target, zeta, even, stop, 100);
    let largest = first.iter().copied().fold(0.0, f64::max);
    let kept = first
        .iter()
        .map(|&weight| if weight <= largest / 4.0 { 0.0 } else { weight });
    let sum: f64 = kept.clone().sum();
    let start = kept.map(|weight| weight / sum).collect();
    frank_wolfe(columns, target, zeta, start, stop, 10_000)
}

fn centred(values: &[f64]) -> Vec<f64> {
    let middle = mean(values);
    values.iter().map(|value| value - middle).collect()
}
