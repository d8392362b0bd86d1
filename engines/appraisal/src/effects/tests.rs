//! Panels whose answers are known.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

use super::*;

const ALL: [Method; 3] = [
    Method::DifferenceInDifferences,
    Method::SyntheticControl,
    Method::SyntheticDifferenceInDifferences,
];

/// `units` × 20 outcomes from `made`; unit 0 is treated from time 12 on, by which its outcome changes by `effect`.
fn panel(units: usize, effect: f64, mut made: impl FnMut(usize, usize) -> f64) -> Panel {
    let mut outcomes = Vec::new();
    for unit in 0..units {
        for time in 0..20 {
            let done = if unit == 0 && time >= 12 { effect } else { 0.0 };
            outcomes.push(made(unit, time) + done);
        }
    }
    Panel::new(&outcomes, units, &[0], 12).unwrap()
}

/// A small unrest, in [−½, ½).
fn unrest(rng: &mut ChaCha12Rng) -> f64 {
    rng.random::<f64>() - 0.5
}

#[test]
fn parallel_paths_give_the_effect_exactly_by_differences() {
    let wave = |time: usize| (time as f64 * 0.7).sin() * 3.0;
    let panel = panel(8, 5.0, |unit, time| unit as f64 * 10.0 + wave(time));
    for method in [
        Method::DifferenceInDifferences,
        Method::SyntheticDifferenceInDifferences,
    ] {
        let found = estimate(&panel, method, &Demands::default()).unwrap();
        assert!((found.effect - 5.0).abs() < 1e-6, "{found:?}");
        assert_eq!(found.effect_by_time.len(), 8);
        assert!(found.pre_fit.ratio < 1e-6);
    }
}

#[test]
fn a_mixture_of_two_controls_is_found_and_gives_the_effect() {
    // Given controls on ways of their own, and a treated unit that is ¼ of one and ¾ of another
    let way = |unit: usize, time: usize| {
        let (unit, time) = (unit as f64, time as f64);
        50.0 + 8.0 * (0.35 * time * (1.0 + unit / 7.0) + unit).sin() + unit * time / 5.0
    };
    let panel = panel(9, -4.0, |unit, time| match unit {
        0 => 0.25 * way(3, time) + 0.75 * way(6, time),
        _ => way(unit, time),
    });
    // When a synthetic control is made
    let found = estimate(&panel, Method::SyntheticControl, &Demands::default()).unwrap();
    // Then the mixture is the weights, and the effect is exact at every time
    assert!((found.control_weights[2] - 0.25).abs() < 1e-5, "{found:?}");
    assert!((found.control_weights[5] - 0.75).abs() < 1e-5, "{found:?}");
    for effect in &found.effect_by_time {
        assert!((effect + 4.0).abs() < 1e-4, "{found:?}");
    }
}

/// The figures were computed apart, from the papers, in another language.
#[test]
fn the_three_methods_agree_with_an_independent_computation() {
    let treated = [0, 7];
    let mut outcomes = Vec::new();
    for unit in 0..14_usize {
        for time in 0..15_usize {
            let (u, t) = (unit as f64, time as f64);
            let unrest =
                ((unit * unit * 31 + time * time * 17 + unit * time * 7) % 23) as f64 / 10.0;
            let done = if treated.contains(&unit) && time >= 10 {
                -6.0
            } else {
                0.0
            };
            let slope = (unit % 4) as f64 * 0.5;
            outcomes.push(40.0 + 3.0 * u + slope * t + 4.0 * (0.6 * t + u).sin() + unrest + done);
        }
    }
    let panel = Panel::new(&outcomes, 14, &treated, 10).unwrap();
    for (method, wanted) in [
        (Method::DifferenceInDifferences, -2.378_768_613),
        (Method::SyntheticControl, -3.240_315_215),
        (Method::SyntheticDifferenceInDifferences, -2.939_952_371),
    ] {
        let found = estimate(&panel, method, &Demands::NONE).unwrap();
        assert!(
            (found.effect - wanted).abs() < 1e-6,
            "{method:?}: {}",
            found.effect
        );
        assert!((found.pre_fit.noise - 1.927_920_694).abs() < 1e-9);
    }
    let method = Method::SyntheticDifferenceInDifferences;
    let found = estimate(&panel, method, &Demands::NONE).unwrap();
    assert!(
        (found.control_weights[0] - 0.194_37).abs() < 1e-5,
        "{found:?}"
    );
    assert!(
        (found.time_weights[9] - 0.646_488).abs() < 1e-5,
        "{found:?}"
    );
}

#[test]
fn weights_are_shares() {
    let mut rng = ChaCha12Rng::seed_from_u64(5);
    let panel = panel(12, 1.0, |unit, time| {
        unit as f64 + (time as f64).sqrt() * (1.0 + unit as f64 / 10.0) + unrest(&mut rng)
    });
    for method in ALL {
        let found = estimate(&panel, method, &Demands::NONE).unwrap();
        assert!((found.control_weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(found.control_weights.iter().all(|it| *it >= 0.0));
        if method != Method::SyntheticControl {
            assert!((found.time_weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
        assert!((mean(&found.effect_by_time) - found.effect).abs() < 1e-9);
    }
}

#[test]
fn paths_that_were_never_parallel_are_refused() {
    // The treated unit falls by itself while the others rise.
    let mut rng = ChaCha12Rng::seed_from_u64(7);
    let panel = panel(10, 0.0, |unit, time| {
        let slope = if unit == 0 { -2.0 } else { 1.0 };
        100.0 + slope * time as f64 + unrest(&mut rng)
    });
    for method in ALL {
        let refused = estimate(&panel, method, &Demands::default()).unwrap_err();
        assert!(matches!(refused, EffectError::PoorFit { .. }), "{refused}");
        assert!(refused.to_string().contains("no effect can be told"));
        // Only who says so gets a number, and it would be wrong.
        assert!(estimate(&panel, method, &Demands::NONE).is_ok());
    }
}

#[test]
fn too_few_controls_or_times_before_are_refused() {
    let few = panel(4, 1.0, |unit, time| (unit + time) as f64);
    assert_eq!(
        estimate(&few, Method::SyntheticControl, &Demands::default()),
        Err(EffectError::TooFewControls {
            found: 3,
            needed: 5
        })
    );
    let outcomes: Vec<f64> = (0..30).map(f64::from).collect();
    let short = Panel::new(&outcomes, 10, &[4], 2).unwrap();
    assert_eq!(
        estimate(&short, Method::SyntheticControl, &Demands::default()),
        Err(EffectError::TooFewPrePeriods {
            found: 2,
            needed: 5
        })
    );
    let demands = Demands {
        max_pre_fit_ratio: f64::NAN,
        ..Demands::default()
    };
    assert!(matches!(
        estimate(&few, Method::SyntheticControl, &demands),
        Err(EffectError::Input(_))
    ));
}

#[test]
fn a_true_effect_is_rare_among_placebos_and_none_is_not() {
    for method in ALL {
        let made = |effect| {
            let mut rng = ChaCha12Rng::seed_from_u64(11);
            panel(21, effect, |unit, time| {
                20.0 + (unit % 5) as f64 / 10.0 + time as f64 + unrest(&mut rng)
            })
        };
        let demands = Demands::default();
        let found = placebo(&made(3.0), method, &demands, 200, 1).unwrap();
        assert!(found.is_exhaustive);
        assert_eq!(found.effects.len(), 20);
        assert!((found.p_value - 1.0 / 21.0).abs() < 1e-12, "{found:?}");
        assert!(found.interval_95.0 > 2.0 && found.interval_95.1 < 4.0);
        let none = placebo(&made(0.0), method, &demands, 200, 1).unwrap();
        assert!(none.p_value > 0.1, "{method:?} {none:?}");
        assert!(none.interval_95.0 < 0.0 && none.interval_95.1 > 0.0);
    }
}

#[test]
fn placebos_that_are_drawn_repeat_with_their_seed() {
    let mut rng = ChaCha12Rng::seed_from_u64(3);
    let outcomes: Vec<f64> = (0..14 * 12)
        .map(|at| (at % 12) as f64 + unrest(&mut rng))
        .collect();
    let panel = Panel::new(&outcomes, 14, &[2, 5, 9], 8).unwrap();
    let ask = |seed| {
        let method = Method::DifferenceInDifferences;
        placebo(&panel, method, &Demands::NONE, 40, seed).unwrap()
    };
    assert!(!ask(1).is_exhaustive);
    assert_eq!(ask(1).effects.len(), 40);
    assert_eq!(ask(1), ask(1));
    assert_ne!(ask(1).effects, ask(2).effects);
}

#[test]
fn too_few_placebos_are_refused() {
    let few = panel(4, 1.0, |unit, time| (unit + time) as f64);
    let method = Method::DifferenceInDifferences;
    assert_eq!(
        placebo(&few, method, &Demands::NONE, 200, 1),
        Err(EffectError::TooFewPlacebos {
            found: 3,
            needed: MIN_PLACEBOS
        })
    );
    let outcomes: Vec<f64> = (0..60).map(f64::from).collect();
    let many = Panel::new(&outcomes, 10, &[0, 1, 2, 3, 4], 3).unwrap();
    assert!(matches!(
        placebo(&many, method, &Demands::NONE, 200, 1),
        Err(EffectError::TooFewPlacebos { found: 0, .. })
    ));
}

#[test]
fn a_panel_in_which_nothing_moves_is_no_trouble() {
    for method in ALL {
        let still = panel(7, 2.0, |_, _| 5.0);
        let found = placebo(&still, method, &Demands::default(), 200, 1).unwrap();
        assert!((found.estimate.effect - 2.0).abs() < 1e-9);
        assert_eq!(found.standard_error, 0.0);
        assert!((found.p_value - 1.0 / 7.0).abs() < 1e-12);
    }
}

proptest! {
    #[test]
    fn whatever_the_outcomes_an_effect_is_a_number_or_refused(
        outcomes in prop::collection::vec(prop_oneof![Just(0.0), Just(1e60), Just(-1e60), -5.0..5.0_f64, Just(1e-60), 1e9..2e9_f64], 42),
        pre in 2..5_usize,
        treated in 1..3_usize,
    ) {
        let treated: Vec<usize> = (0..treated).collect();
        let panel = Panel::new(&outcomes, 7, &treated, pre).unwrap();
        for method in ALL {
            if let Ok(found) = placebo(&panel, method, &Demands::NONE, 10, 1) {
                let told = [found.estimate.effect, found.standard_error, found.p_value, found.estimate.pre_fit.rmspe];
                prop_assert!(told.iter().all(|it| it.is_finite()), "{found:?}");
                prop_assert!(!found.estimate.pre_fit.ratio.is_nan() && !found.estimate.post_pre_ratio.is_nan());
                let sum: f64 = found.estimate.control_weights.iter().sum();
                prop_assert!((sum - 1.0).abs() < 1e-6);
            }
        }
    }
}
