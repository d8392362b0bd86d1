//! How far a figure of a sample may be off.

use std::ops::RangeInclusive;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

use super::{Collected, DistributionError, Figure, Rows};
use crate::error::setting;

/// The fewest households from which an interval is told.
pub const MIN_SAMPLE: usize = 30;

/// How many resamples may be asked for.
pub const REPLICATES: RangeInclusive<u32> = 100..=10_000;

/// The figures that `compute` gives for the rows, with their error.
pub(super) fn figures<const N: usize>(
    rows: &Rows,
    collected: Collected,
    compute: impl Fn(&Rows) -> Result<[f64; N], DistributionError>,
) -> Result<[Figure; N], DistributionError> {
    let values = compute(rows)?;
    let Collected::Sample { replicates, seed } = collected else {
        return Ok(values.map(|value| Figure {
            value,
            standard_error: 0.0,
            low: value,
            high: value,
        }));
    };
    setting(
        "replicates",
        replicates,
        REPLICATES.contains(&replicates),
        "ask for 100 to 10,000 resamples",
    )?;
    let found = rows.incomes.len();
    if found < MIN_SAMPLE {
        return Err(DistributionError::SampleTooSmall {
            found,
            needed: MIN_SAMPLE,
        });
    }
    let mut drawn: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    for _ in 0..replicates {
        let again = compute(&resampled(rows, &mut rng))?;
        for (list, value) in drawn.iter_mut().zip(again) {
            list.push(value);
        }
    }
    Ok(std::array::from_fn(|at| figure(values[at], &mut drawn[at])))
}

/// The same households, each as often as n − 1 draws hit it.
fn resampled(rows: &Rows, rng: &mut ChaCha12Rng) -> Rows {
    let count = rows.incomes.len();
    let mut hits = vec![0_u32; count];
    for _ in 1..count {
        hits[rng.random_range(0..count)] += 1;
    }
    let stretch = count as f64 / (count - 1) as f64;
    let weights = rows.weights.iter().zip(&hits);
    Rows {
        incomes: rows.incomes.clone(),
        weights: weights
            .map(|(weight, &hits)| weight * f64::from(hits) * stretch)
            .collect(),
    }
}

fn figure(value: f64, drawn: &mut [f64]) -> Figure {
    drawn.sort_unstable_by(f64::total_cmp);
    let count = drawn.len() as f64;
    let middle = drawn.iter().sum::<f64>() / count;
    let squares: f64 = drawn.iter().map(|it| (it - middle).powi(2)).sum();
    let at = |share: f64| drawn[((count - 1.0) * share).round() as usize];
    Figure {
        value,
        standard_error: (squares / (count - 1.0)).sqrt(),
        low: at(0.025),
        high: at(0.975),
    }
}
