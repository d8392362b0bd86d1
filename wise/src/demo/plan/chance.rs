//! Seeded randomness and the few distributions the plan needs.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The plan's random numbers.
pub(super) type Chance = ChaCha8Rng;

/// An independent stream for one purpose: adding draws to one leaves the others as they were.
pub(super) fn stream(seed: u64, purpose: u64) -> Chance {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(purpose);
    chance
}

/// True in `percent` of cases.
pub(super) fn percent(chance: &mut Chance, percent: f64) -> bool {
    chance.random::<f64>() * 100.0 < percent
}

/// A standard normal number (Box and Muller 1958).
pub(super) fn normal(chance: &mut Chance) -> f64 {
    let u: f64 = 1.0 - chance.random::<f64>();
    let v: f64 = chance.random();
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// A log-normal number with the given median.
pub(super) fn log_normal(chance: &mut Chance, median: f64, sigma: f64) -> f64 {
    median * (sigma * normal(chance)).exp()
}

/// A number of events in a time in which `mean` are expected (Knuth 1969; means here are below 20).
pub(super) fn poisson(chance: &mut Chance, mean: f64) -> usize {
    let limit = (-mean).exp();
    let mut product: f64 = chance.random();
    let mut count = 0;
    while product > limit {
        product *= chance.random::<f64>();
        count += 1;
    }
    count
}

/// An exponentially distributed waiting time with the given mean.
pub(super) fn wait(chance: &mut Chance, mean: f64) -> f64 {
    -mean * (1.0 - chance.random::<f64>()).ln()
}

/// The position of one item, chosen in proportion to its weight; `None` if no weight is positive.
pub(super) fn weighted<T>(
    chance: &mut Chance,
    items: &[T],
    weight: impl Fn(&T) -> f64,
) -> Option<usize> {
    let total: f64 = items.iter().map(&weight).sum();
    if total <= 0.0 {
        return None;
    }
    let mut left = chance.random::<f64>() * total;
    let mut last = None;
    for (i, item) in items.iter().enumerate() {
        let w = weight(item);
        if w > 0.0 {
            last = Some(i);
            if left < w {
                return last;
            }
            left -= w;
        }
    }
    last
}
