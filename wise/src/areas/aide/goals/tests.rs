use super::*;

fn lever(name: &str, now: i64, low: i64, high: i64, step: i64) -> Lever {
    Lever {
        benefit: Some("child-allowance".into()),
        parameter: name.into(),
        now,
        low,
        high,
        step,
    }
}

/// A rate and a ceiling; child poverty is 9 % today.
fn question(at_most: i64, budget_won: i64) -> Question {
    Question {
        target: Target {
            indicator: Indicator::ChildPovertyRate,
            district: Some("hanbit-saebit".into()),
            at_most,
        },
        budget_won,
        levers: vec![lever("rate", 10, 0, 50, 5), lever("ceiling", 2, 0, 10, 1)],
        effort: 1_000,
        seed: 1,
    }
}

/// More of both lowers poverty and costs; whoever pays a higher rate loses.
fn model(setting: &[i64]) -> Result<Consequence, String> {
    let (rate, ceiling) = (setting[0], setting[1]);
    Ok(Consequence {
        cost_won: 3_000_000 * (rate - 10) + 8_000_000 * (ceiling - 2),
        outcome: 90_000 - 500 * (rate - 10) - 2_500 * (ceiling - 2),
        losers: (rate - 10).max(0) * 7,
        winners: 100,
    })
}

#[test]
fn the_cheapest_setting_that_reaches_the_goal_is_found_with_its_price() {
    let found = find(&question(75_000, 100_000_000), model).unwrap();
    assert!(found.is_exhaustive);
    assert_eq!((found.evaluations, found.settings.as_str()), (121, "121"));
    assert_eq!(question(75_000, 0).evaluations(), 122);
    let Reach::Reached { point } = &found.reach else {
        panic!("{:?}", found.reach)
    };
    // The ceiling lowers poverty for the least money, so all of it, and less of the rate than today.
    assert_eq!(point.setting, [0, 10]);
    assert_eq!(
        (point.consequence.cost_won, point.consequence.outcome),
        (34_000_000, 75_000)
    );
    let cheaper = found
        .asked
        .iter()
        .filter(|it| it.0 < 34_000_000 && it.1 <= 75_000);
    assert_eq!(cheaper.count(), 0);
    let keys: Vec<&str> = found.sentences.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "aide-goal-reached",
            "aide-goal-nobody-loses",
            "aide-goal-all-tried"
        ]
    );
    assert_eq!(found.now.outcome, 90_000);
    assert_eq!(found.beyond_budget, None);
}

#[test]
fn nothing_on_the_front_is_beaten_by_anything_that_was_worked_out() {
    let found = find(&question(75_000, 60_000_000), model).unwrap();
    assert!(found.front.len() > 3);
    assert!(
        found
            .front
            .windows(2)
            .all(|it| it[0].consequence.cost_won <= it[1].consequence.cost_won)
    );
    for point in &found.front {
        let own = &point.consequence;
        assert!(own.cost_won <= 60_000_000);
        for rate in (0..=50).step_by(5) {
            for ceiling in 0..=10 {
                let other = model(&[rate, ceiling]).unwrap();
                let is_better = other.cost_won <= own.cost_won
                    && other.outcome <= own.outcome
                    && other.losers <= own.losers
                    && (other.cost_won, other.outcome, other.losers)
                        != (own.cost_won, own.outcome, own.losers);
                assert!(!is_better, "{other:?} beats {point:?}");
            }
        }
    }
}

#[test]
fn a_goal_beyond_the_budget_is_said_to_be_with_the_nearest_and_the_price() {
    let found = find(&question(75_000, 30_000_000), model).unwrap();
    let Reach::NotReachable { nearest } = &found.reach else {
        panic!("{:?}", found.reach)
    };
    assert!(nearest.consequence.cost_won <= 30_000_000);
    assert!(nearest.consequence.outcome > 75_000);
    let beyond = found.beyond_budget.as_ref().unwrap();
    assert_eq!(beyond.consequence.cost_won, 34_000_000);
    let more = found
        .sentences
        .iter()
        .find(|it| it.key == "aide-goal-more-money")
        .unwrap();
    assert_eq!(
        more.args["more"],
        super::super::said::Piece::Number(4_000_000)
    );
}

#[test]
fn a_goal_that_no_setting_reaches_is_said_not_to_be_reachable() {
    let found = find(&question(1_000, i64::MAX / 100_000), model).unwrap();
    let Reach::NotReachable { nearest } = &found.reach else {
        panic!("{:?}", found.reach)
    };
    assert_eq!(nearest.setting, [50, 10]);
    assert_eq!(found.beyond_budget, None);
    assert!(
        found
            .sentences
            .iter()
            .any(|it| it.key == "aide-goal-other-levers")
    );
}

#[test]
fn what_the_law_in_force_reaches_needs_no_change() {
    let found = find(&question(95_000, 0), model).unwrap();
    assert_eq!(found.reach, Reach::Already);
    assert_eq!(found.sentences[0].key, "aide-goal-already");
}

#[test]
fn a_budget_that_nothing_keeps_to_is_told_with_the_cheapest() {
    let mut asked = question(75_000, -100_000_000);
    asked.levers[0].low = 10;
    asked.levers[1].low = 2;
    let found = find(&asked, model).unwrap();
    let Reach::NothingAffordable {
        cheapest: Some(cheapest),
    } = &found.reach
    else {
        panic!("{:?}", found.reach)
    };
    assert_eq!(cheapest.setting, [10, 2]);
}

#[test]
fn a_search_of_some_settings_says_so_and_repeats_its_bytes() {
    let mut asked = question(75_000, 100_000_000);
    asked.levers[0].step = 1;
    asked.levers.push(lever("third", 0, 0, 99, 1));
    asked.effort = 120;
    let model = |setting: &[i64]| model(&setting[..2]);
    let found = find(&asked, model).unwrap();
    assert!(!found.is_exhaustive);
    assert!(found.evaluations <= 2 * 120 + 1, "{}", found.evaluations);
    assert!(
        found
            .sentences
            .iter()
            .any(|it| it.key == "aide-goal-some-tried")
    );
    assert!(
        found
            .assumptions
            .iter()
            .any(|it| it.key == "aide-goal-assumes-search")
    );
    let bytes = serde_json::to_string(&found).unwrap();
    assert_eq!(
        bytes,
        serde_json::to_string(&find(&asked, model).unwrap()).unwrap()
    );
    let back: Findings = serde_json::from_str(&bytes).unwrap();
    assert_eq!(back, found);
}

#[test]
fn each_setting_is_worked_out_once_and_a_failure_ends_the_search() {
    let mut seen = std::collections::BTreeSet::new();
    find(&question(75_000, 0), |setting| {
        assert!(seen.insert(setting.to_vec()), "{setting:?} twice");
        model(setting)
    })
    .unwrap();
    let mut asked = 0;
    let failed = find(&question(75_000, 0), |_| {
        asked += 1;
        Err("the disk is gone".into())
    });
    assert_eq!(failed, Err(Fault::Evaluation("the disk is gone".into())));
    assert_eq!(asked, 1);
}

#[test]
fn questions_that_cannot_be_are_told_by_their_field() {
    let told = |change: fn(&mut Question)| {
        let mut asked = question(75_000, 0);
        change(&mut asked);
        match find(&asked, |_| panic!("nothing is worked out")) {
            Err(Fault::Question { field, said }) => (field, said.key),
            other => panic!("{other:?}"),
        }
    };
    let of = |field: &str, key: &str| (field.to_owned(), key.to_owned());
    assert_eq!(
        told(|it| it.target.at_most = -1),
        of("target", "aide-goal-target-range")
    );
    assert_eq!(
        told(|it| it.target.indicator = Indicator::Gini),
        of("district", "aide-goal-not-local")
    );
    assert_eq!(
        told(|it| it.budget_won = i64::MAX),
        of("budget", "aide-goal-budget-range")
    );
    assert_eq!(
        told(|it| it.levers.clear()),
        of("add", "aide-goal-no-lever")
    );
    assert_eq!(
        told(|it| it.levers = vec![it.levers[0].clone(); MAX_LEVERS + 1]),
        of("add", "aide-goal-many-levers")
    );
    assert_eq!(
        told(|it| it.levers[1].step = 0),
        of("low-1", "aide-goal-range")
    );
    assert_eq!(
        told(|it| it.levers[1].low = 99),
        of("low-1", "aide-goal-range")
    );
    assert_eq!(told(|it| it.effort = 0), of("effort", "aide-goal-effort"));
}

#[test]
fn a_long_front_is_thinned_and_keeps_its_ends() {
    let point = |cost: i64| Point {
        setting: vec![cost],
        consequence: Consequence {
            cost_won: cost,
            outcome: -cost,
            losers: 0,
            winners: 0,
        },
    };
    let (front, left_out) = thinned((0..1_000).map(point).collect());
    assert_eq!((front.len(), left_out), (SHOWN, 1_000 - SHOWN));
    assert_eq!((front[0].setting[0], front[SHOWN - 1].setting[0]), (0, 999));
}
