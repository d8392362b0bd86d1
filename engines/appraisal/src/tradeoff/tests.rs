//! Fronts against brute force, and goals whose answer is known.

use std::cell::Cell;

use proptest::prelude::*;

use super::*;

fn to(high: i64) -> Instrument {
    Instrument {
        low: 0,
        high,
        step: 1,
    }
}

const PLAN: Plan = Plan {
    budget: f64::INFINITY,
    max_evaluations: 10_000,
    goal: None,
    seed: 1,
};

#[test]
fn a_front_by_hand() {
    // Given a rate from 10 to 30 in steps of 10, which costs what it says and halves poverty less and less
    let rates = [Instrument {
        low: 10,
        high: 39,
        step: 10,
    }];
    let model = |setting: &[i64]| Outcome {
        objectives: vec![[7.0, 4.0, 4.0][(setting[0] / 10 - 1) as usize]],
        cost: setting[0] as f64,
    };
    // When the front is asked for
    let answer = search(&rates, &PLAN, model).unwrap();
    // Then the third, which costs more for the same, is not on it
    let settings: Vec<i64> = answer.front.iter().map(|it| it.setting[0]).collect();
    assert_eq!(settings, [10, 20]);
    assert_eq!((answer.evaluations, answer.settings), (3, 3));
    assert!(answer.is_exhaustive);
    // And a goal is answered with the cheapest, or with how near one gets
    let reach = |target, budget| {
        let goal = Some(Goal {
            objective: 0,
            target,
        });
        let plan = Plan {
            budget,
            goal,
            ..PLAN
        };
        search(&rates, &plan, model).unwrap().reach.unwrap()
    };
    assert!(matches!(reach(5.0, 99.0), Reach::Reached(it) if it.setting == [20]));
    assert!(matches!(reach(7.0, 99.0), Reach::Reached(it) if it.setting == [10]));
    assert!(matches!(reach(3.0, 99.0), Reach::NotReachable { nearest } if nearest.setting == [20]));
    assert!(matches!(reach(5.0, 15.0), Reach::NotReachable { nearest } if nearest.setting == [10]));
    assert!(matches!(
        reach(5.0, 5.0),
        Reach::NothingAffordable { cheapest: Some(it) } if it.setting == [10]
    ));
}

#[test]
fn a_setting_that_is_not_allowed_is_never_the_answer() {
    let model = |setting: &[i64]| Outcome {
        objectives: vec![-(setting[0] as f64)],
        cost: if setting[0] > 4 { f64::INFINITY } else { 0.0 },
    };
    let answer = search(&[to(9)], &PLAN, model).unwrap();
    assert_eq!(answer.front.len(), 1);
    assert_eq!(answer.front[0].setting, [4]);
}

#[test]
fn of_equal_points_the_smallest_setting_stands_for_all() {
    let model = |setting: &[i64]| Outcome {
        objectives: vec![(setting[0] + setting[1]) as f64],
        cost: 1.0,
    };
    let plane = [Instrument {
        low: -2,
        high: 2,
        step: 1,
    }; 2];
    let answer = search(&plane, &PLAN, |setting| {
        let mut outcome = model(setting);
        outcome.objectives[0] = outcome.objectives[0].abs();
        outcome
    });
    assert_eq!(answer.unwrap().front[0].setting, [-2, 2]);
}

#[test]
fn impossible_arguments_are_told() {
    let model = |_: &[i64]| Outcome {
        objectives: vec![1.0],
        cost: 1.0,
    };
    let told = |instruments: &[Instrument], plan: &Plan| {
        search(instruments, plan, model).unwrap_err().to_string()
    };
    assert!(told(&[], &PLAN).starts_with("instruments is empty"));
    let turned = Instrument {
        low: 2,
        high: 1,
        step: 1,
    };
    assert!(told(&[to(2), turned], &PLAN).starts_with("instruments[1] is 2 to 1 in steps of 1;"));
    assert!(told(&[Instrument { step: 0, ..to(2) }], &PLAN).contains("a step of at least 1"));
    let whole = Instrument {
        low: i64::MIN,
        high: i64::MAX,
        step: 1,
    };
    assert!(told(&[whole], &PLAN).starts_with("instruments[0]"));
    assert!(
        told(
            &[to(2)],
            &Plan {
                budget: f64::NAN,
                ..PLAN
            }
        )
        .starts_with("budget is NaN")
    );
    assert!(
        told(
            &[to(2)],
            &Plan {
                max_evaluations: 0,
                ..PLAN
            }
        )
        .starts_with("max_evaluations is 0")
    );
    let goal = |objective, target| Plan {
        goal: Some(Goal { objective, target }),
        ..PLAN
    };
    assert!(told(&[to(2)], &goal(1, 0.0)).starts_with("goal.objective is 1;"));
    assert!(told(&[to(2)], &goal(0, f64::NAN)).starts_with("target is NaN"));
}

#[test]
fn outcomes_that_are_no_numbers_are_told_with_their_setting() {
    let told = |objectives: Vec<f64>, cost| {
        search(&[to(3)], &PLAN, |setting| match setting[0] {
            2 => Outcome {
                objectives: objectives.clone(),
                cost,
            },
            _ => Outcome {
                objectives: vec![1.0],
                cost: 1.0,
            },
        })
        .unwrap_err()
        .to_string()
    };
    assert!(told(vec![f64::NAN], 1.0).starts_with("the setting [2] leads to NaN;"));
    assert!(told(vec![f64::INFINITY], 1.0).starts_with("the setting [2] leads to inf;"));
    assert!(told(vec![1.0], f64::NEG_INFINITY).starts_with("the setting [2] leads to -inf;"));
    assert!(told(vec![1.0, 2.0], 1.0).contains("2 objectives, others to 1"));
    assert!(told(vec![], 1.0).contains("0 objectives, others to 1"));
}

/// Three rates, 0 to 100 each, that lower poverty with diminishing returns and cost money: a million settings.
fn rates(setting: &[i64]) -> Outcome {
    let [a, b, c] = [setting[0] as f64, setting[1] as f64, setting[2] as f64];
    Outcome {
        objectives: vec![
            100.0 - 4.0 * a.sqrt() - 3.0 * b.sqrt() - 2.0 * c.sqrt(),
            (a - 40.0).abs() + c / 10.0,
        ],
        cost: 3.0 * a + 2.0 * b + c,
    }
}

#[test]
fn a_search_of_a_large_grid_comes_close_with_few_questions() {
    let grid = [to(100); 3];
    let goal = Some(Goal {
        objective: 0,
        target: 60.0,
    });
    let asked = Cell::new(0_usize);
    let count = |setting: &[i64]| {
        asked.set(asked.get() + 1);
        rates(setting)
    };
    let plan = Plan {
        budget: 400.0,
        max_evaluations: 4_000,
        goal,
        seed: 7,
    };
    let found = search(&grid, &plan, count).unwrap();
    assert!(!found.is_exhaustive);
    assert!(found.evaluations <= 4_000);
    assert_eq!(found.evaluations, asked.get());
    assert_eq!(found, search(&grid, &plan, rates).unwrap());
    let exhaustive = Plan {
        max_evaluations: 2_000_000,
        ..plan
    };
    let Reach::Reached(best) = search(&grid, &exhaustive, |setting| Outcome {
        objectives: rates(setting).objectives[..1].to_vec(),
        cost: rates(setting).cost,
    })
    .unwrap()
    .reach
    .unwrap() else {
        panic!("it can be reached")
    };
    let Reach::Reached(near) = found.reach.unwrap() else {
        panic!("it was not found")
    };
    assert!(
        near.objectives[0] <= 60.0 && near.cost <= 1.02 * best.cost,
        "{near:?} {best:?}"
    );
    for one in &found.front {
        assert!(one.cost <= 400.0);
        assert!(found.front.iter().all(|other| !dominates(other, one)));
    }
    // What cannot be reached was, in a search, only not found.
    let plan = Plan {
        goal: Some(Goal {
            objective: 0,
            target: -1e3,
        }),
        ..plan
    };
    assert!(matches!(
        search(&grid, &plan, rates).unwrap().reach,
        Some(Reach::NotFound { .. })
    ));
}

#[test]
fn a_search_of_one_evaluation_is_a_search() {
    for max_evaluations in 1..12 {
        let plan = Plan {
            max_evaluations,
            ..PLAN
        };
        let found = search(&[to(100); 3], &plan, rates).unwrap();
        assert!(found.evaluations <= max_evaluations, "{found:?}");
        assert!(!found.front.is_empty());
    }
}

/// Outcomes drawn from few values, so that ties and dominance abound.
fn drawn(setting: &[i64], salt: u64) -> Outcome {
    let mut state = salt;
    for value in setting {
        state = (state ^ value.unsigned_abs()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        state ^= state >> 29;
    }
    let value = |shift: u32| f64::from(u8::try_from((state >> shift) & 7).unwrap_or(0));
    Outcome {
        objectives: vec![value(8), value(20)],
        cost: if (state >> 40) & 15 == 0 {
            f64::INFINITY
        } else {
            value(32)
        },
    }
}

proptest! {
    #[test]
    fn the_front_is_that_of_brute_force(salt: u64, highs in prop::collection::vec(0..6_i64, 1..4), budget in 0..9_i64, target in 0..8_i64) {
        let instruments: Vec<Instrument> = highs.iter().map(|&high| Instrument { low: -high, high, step: 2 }).collect();
        let goal = Some(Goal { objective: 0, target: target as f64 });
        let plan = Plan { budget: budget as f64, goal, ..PLAN };
        let found = search(&instruments, &plan, |setting| drawn(setting, salt)).unwrap();
        // Every setting, by brute force.
        let mut settings: Vec<Vec<i64>> = vec![vec![]];
        for &high in &highs {
            settings = settings
                .iter()
                .flat_map(|begun| (-high..=high).step_by(2).map(move |value| [begun.clone(), vec![value]].concat()))
                .collect();
        }
        prop_assert_eq!(found.settings, settings.len() as u128);
        let mut all: Vec<Point> = Vec::new();
        for setting in settings {
            let Outcome { objectives, cost } = drawn(&setting, salt);
            if cost <= plan.budget {
                all.push(Point { setting, objectives, cost });
            }
        }
        let same = |a: &Point, b: &Point| a.cost == b.cost && a.objectives == b.objectives;
        let mut front: Vec<Point> = all
            .iter()
            .filter(|one| !all.iter().any(|other| dominates(other, one) || (same(one, other) && other.setting < one.setting)))
            .cloned()
            .collect();
        front.sort_by(front::order);
        prop_assert_eq!(&found.front, &front);
        let cheapest = all.iter().filter(|it| it.objectives[0] <= target as f64).map(|it| it.cost).fold(f64::INFINITY, f64::min);
        match found.reach.unwrap() {
            Reach::Reached(point) => prop_assert_eq!(point.cost, cheapest),
            Reach::NotReachable { nearest } => {
                prop_assert_eq!(cheapest, f64::INFINITY);
                prop_assert!(all.iter().all(|it| it.objectives[0] >= nearest.objectives[0]));
            }
            Reach::NothingAffordable { .. } => prop_assert!(all.is_empty()),
            Reach::NotFound { .. } => prop_assert!(false, "all were asked about"),
        }
    }

    #[test]
    fn no_member_of_a_searched_front_dominates_another(salt: u64, seed: u64, max_evaluations in 1..150_usize) {
        let plan = Plan { max_evaluations, seed, budget: 5.0, ..PLAN };
        let found = search(&[to(20); 3], &plan, |setting| drawn(setting, salt)).unwrap();
        prop_assert!(found.evaluations <= max_evaluations);
        for one in &found.front {
            prop_assert!(one.cost <= 5.0);
            prop_assert!(found.front.iter().all(|other| !dominates(other, one)));
        }
    }
}
