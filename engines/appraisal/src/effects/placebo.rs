//! What the method finds where nothing was done.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha12Rng;

use super::{Demands, EffectError, Estimate, Method, Panel, estimate, mean, told};
use crate::error::setting;

/// The fewest placebo assignments that anything is concluded from.
pub const MIN_PLACEBOS: usize = 5;

/// The most placebo assignments that may be asked for.
pub const MAX_PLACEBOS: usize = 100_000;

/// An estimate beside what the same method finds when controls are called treated instead.
///
/// It presupposes that the treated units vary like the controls. The units that were really treated are left out of
/// every placebo.
#[derive(Debug, Clone, PartialEq)]
pub struct Placebo {
    pub estimate: Estimate,
    /// The effect of each placebo assignment.
    pub effects: Vec<f64>,
    /// Whether these are all assignments there are; otherwise they were drawn.
    pub is_exhaustive: bool,
    /// Standard deviation of the placebo effects about their mean (Arkhangelsky et al. 2021, algorithm 4).
    pub standard_error: f64,
    /// 95 %: the effect ± 1.96 standard errors.
    pub interval_95: (f64, f64),
    /// How rare an effect of this size (in either direction) is where nothing was done: (1 + as large) / (1 + all).
    /// It cannot be below 1 / (1 + all).
    pub p_value: f64,
    /// The same by [`Estimate::post_pre_ratio`], which forgives placebos that never fitted (Abadie, Diamond,
    /// Hainmueller 2010, section 3.4).
    pub p_value_by_ratio: f64,
}

/// The effect with its placebo test. When there are at most `replications` ways to call as many controls treated as
/// units were treated, all are tried; otherwise `replications` are drawn from `seed`.
///
/// # Errors
/// Those of [`estimate`]; too few placebos ([`MIN_PLACEBOS`]), or not more controls than treated units.
pub fn placebo(
    panel: &Panel,
    method: Method,
    demands: &Demands,
    replications: usize,
    seed: u64,
) -> Result<Placebo, EffectError> {
    setting(
        "replications",
        replications,
        replications <= MAX_PLACEBOS,
        "ask for at most 100,000 placebo assignments",
    )?;
    let estimate = estimate(panel, method, demands)?;
    let (treated, controls) = (panel.treated().len(), panel.controls());
    // One control is left at the least.
    let ways = if treated < controls.len() {
        combinations(controls.len(), treated, replications)
    } else {
        Some(0)
    };
    let found = ways.unwrap_or(replications);
    if found < MIN_PLACEBOS {
        return Err(EffectError::TooFewPlacebos {
            found,
            needed: MIN_PLACEBOS,
        });
    }
    let assignments = match ways {
        Some(_) => all_choices(controls.len(), treated),
        None => drawn(controls.len(), treated, replications, seed),
    };
    let mut placebos = Vec::with_capacity(assignments.len());
    for chosen in assignments {
        let (mut called, mut left) = (Vec::new(), Vec::new());
        for (place, &unit) in controls.iter().enumerate() {
            match chosen.contains(&place) {
                true => called.push(unit),
                false => left.push(unit),
            }
        }
        let block = panel.block_of(&called, &left);
        let fit = block.fit(method)?;
        placebos.push(told(&block, method, fit));
    }
    let effects: Vec<f64> = placebos.iter().map(|it| it.effect).collect();
    let middle = mean(&effects);
    let squares: f64 = effects.iter().map(|it| (it - middle).powi(2)).sum();
    let standard_error = (squares / effects.len() as f64).sqrt();
    let rarity = |as_large: usize| (1 + as_large) as f64 / (1 + placebos.len()) as f64;
    let size = estimate.effect.abs();
    let larger = placebos.iter().filter(|it| it.effect.abs() >= size).count();
    let ratio = estimate.post_pre_ratio;
    let sharper = placebos
        .iter()
        .filter(|it| it.post_pre_ratio >= ratio)
        .count();
    let reach = 1.96 * standard_error;
    Ok(Placebo {
        is_exhaustive: ways.is_some(),
        standard_error,
        interval_95: (estimate.effect - reach, estimate.effect + reach),
        p_value: rarity(larger),
        p_value_by_ratio: rarity(sharper),
        effects,
        estimate,
    })
}

/// How many choices there are, if not more than `most`.
fn combinations(count: usize, chosen: usize, most: usize) -> Option<usize> {
    let chosen = chosen.min(count - chosen);
    let mut ways: u128 = 1;
    for step in 0..chosen {
        // Each product of consecutive numbers divides; the running value only grows.
        ways = ways * (count - step) as u128 / (step + 1) as u128;
        if ways > most as u128 {
            return None;
        }
    }
    usize::try_from(ways).ok()
}

/// All choices of so many places, in lexicographic order.
fn all_choices(count: usize, chosen: usize) -> Vec<Vec<usize>> {
    let mut choice: Vec<usize> = (0..chosen).collect();
    let mut all = vec![choice.clone()];
    while let Some(place) = (0..chosen).rfind(|&it| choice[it] < count - chosen + it) {
        choice[place] += 1;
        for later in place + 1..chosen {
            choice[later] = choice[later - 1] + 1;
        }
        all.push(choice.clone());
    }
    all
}

fn drawn(count: usize, chosen: usize, replications: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut places: Vec<usize> = (0..count).collect();
    (0..replications)
        .map(|_| {
            let (front, _) = places.partial_shuffle(&mut rng, chosen);
            let mut choice = front.to_vec();
            choice.sort_unstable();
            choice
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_choices_are_as_many_as_counted() {
        for (count, chosen) in [(5, 1), (6, 3), (7, 6), (4, 4)] {
            let all = all_choices(count, chosen);
            assert_eq!(Some(all.len()), combinations(count, chosen, 1000));
            assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
        }
        assert_eq!(combinations(100, 50, 1_000_000), None);
        assert_eq!(combinations(10_000, 5_000, 200), None);
    }
}
