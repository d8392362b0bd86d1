//! Small maps by hand, and drawn ones against all choices.

use proptest::prelude::*;

use super::*;

/// People along a street at these metres; every place of demand is a candidate.
fn street(places: &[u32], weights: &[u32]) -> Map {
    let distances: Vec<u32> = places
        .iter()
        .flat_map(|here| places.iter().map(move |there| here.abs_diff(*there)))
        .collect();
    let groups: Vec<usize> = places
        .iter()
        .map(|place| usize::from(*place >= 1_000))
        .collect();
    Map::new(&distances, places.len(), weights, &groups).unwrap()
}

fn task(aim: Aim, open: &[usize], add: usize, max_choices: u64) -> Task<'_> {
    Task {
        aim,
        open,
        add,
        max_choices,
    }
}

#[test]
fn one_facility_stands_at_the_median_and_another_helps_those_far_away() {
    let map = street(&[0, 100, 200, 5_000], &[10, 10, 10, 4]);
    let one = choose(&map, &task(Aim::LeastDistance, &[], 1, 1_000)).unwrap();
    assert_eq!((&one.sites[..], one.is_optimal), (&[1][..], true));
    assert_eq!(one.objective, 10 * 100 + 10 * 100 + 4 * 4_900);
    let found = assess(&map, &one.sites, 150).unwrap();
    assert_eq!(
        (found.persons, found.covered, found.worst_group),
        (34, 30, 1)
    );
    assert_eq!(found.p90_m, Some(4_900));
    assert_eq!(found.mean_m, Some(21_600.0 / 34.0));
    let two = choose(&map, &task(Aim::LeastDistance, &[1], 1, 0)).unwrap();
    assert_eq!(
        (&two.sites[..], &two.added[..], two.is_optimal),
        (&[1, 3][..], &[3][..], false)
    );
    let found = assess(&map, &two.sites, 150).unwrap();
    assert_eq!(
        (found.coverage, found.worst_group, found.p90_m),
        (1.0, 0, Some(100))
    );
    // 14 of 34 travel nothing, 20 travel alike.
    assert!((found.gini.unwrap() - 14.0 / 34.0).abs() < 1e-12);
}

#[test]
fn coverage_prefers_the_many_to_the_middle() {
    let map = street(&[0, 400, 900, 1_300], &[50, 1, 1, 60]);
    let found = choose(&map, &task(Aim::MostWithin { reach_m: 450 }, &[], 1, 10)).unwrap();
    assert_eq!((&found.sites[..], found.objective), (&[2][..], 51));
    let found = choose(&map, &task(Aim::MostWithin { reach_m: 450 }, &[], 2, 0)).unwrap();
    assert_eq!(found.objective, 0);
}

#[test]
fn an_island_is_told_and_served_first() {
    let far = UNREACHABLE;
    // Two places and an island that only the third site serves.
    let distances = [0, 5_000, far, 5_000, 0, far, far, far, 10];
    let map = Map::new(&distances, 3, &[9, 9, 1], &[0, 0, 7]).unwrap();
    let two = choose(&map, &task(Aim::LeastDistance, &[], 2, 100)).unwrap();
    assert_eq!(two.sites, [0, 2]);
    let found = assess(&map, &[0, 1], 100).unwrap();
    assert_eq!(
        (found.unreachable, found.covered, found.worst_group),
        (1, 18, 7)
    );
    assert_eq!((found.mean_m, found.gini), (Some(0.0), Some(0.0)));
    let found = assess(&map, &[2], u32::MAX).unwrap();
    assert_eq!((found.unreachable, found.covered), (18, 1));
    let nobody = Map::new(&[far], 1, &[3], &[0]).unwrap();
    let found = assess(&nobody, &[0], 5).unwrap();
    assert_eq!(
        (found.mean_m, found.p90_m, found.gini, found.worst_group),
        (None, None, None, 0)
    );
}

#[test]
fn impossible_arguments_are_told() {
    let told = |distances: &[u32], sites, weights: &[u32], groups: &[usize]| {
        Map::new(distances, sites, weights, groups)
            .unwrap_err()
            .to_string()
    };
    assert!(told(&[], 0, &[1], &[0]).starts_with("sites is 0;"));
    assert!(told(&[], 1, &[], &[]).starts_with("weights is empty"));
    assert!(told(&[1, 2, 3], 2, &[1, 1], &[0, 0]).starts_with("distances has 3 values, but 4"));
    assert!(told(&[1, 2], 2, &[1], &[]).starts_with("groups has 0 values"));
    assert!(told(&[1, 2], 2, &[0], &[0]).starts_with("the sum of weights is 0;"));
    let map = street(&[0, 1, 2], &[1, 1, 1]);
    let told = |open: &[usize], add| {
        choose(&map, &task(Aim::LeastDistance, open, add, 9))
            .unwrap_err()
            .to_string()
    };
    assert!(told(&[3], 1).starts_with("open[0] is 3;"));
    assert!(told(&[1, 1], 1).starts_with("open[1] is 1;"));
    assert!(told(&[], 0).starts_with("add is 0;"));
    assert!(told(&[0], usize::MAX).contains("only 2 candidates"));
    assert!(told(&[0], 3).starts_with("3 sites are to be added, but only 2"));
    assert!(assess(&map, &[], 5).is_err());
    assert!(assess(&map, &[0, 9], 5).is_err());
}

#[test]
fn many_choices_are_counted_and_not_tried() {
    let places: Vec<u32> = (0..200).map(|it| it * 37 % 1_000).collect();
    let map = street(&places, &[3; 200]);
    let found = choose(&map, &task(Aim::LeastDistance, &[], 100, u64::MAX)).unwrap();
    assert!(!found.is_optimal);
    assert_eq!(found.sites.len(), 100);
}

proptest! {
    #[test]
    fn exchange_comes_close_to_the_best_of_all_choices(
        places in prop::collection::vec(0..10_000_u32, 5..11),
        weights in prop::collection::vec(1..100_u32, 11),
        add in 1..4_usize,
        reach_m in 1..4_000_u32,
    ) {
        let map = street(&places, &weights[..places.len()]);
        for aim in [Aim::LeastDistance, Aim::MostWithin { reach_m }] {
            for open in [&[][..], &[1][..]] {
                let best = choose(&map, &task(aim, open, add, 100_000)).unwrap();
                let found = choose(&map, &task(aim, open, add, 0)).unwrap();
                prop_assert!(best.is_optimal && !found.is_optimal);
                prop_assert!(found.objective >= best.objective);
                prop_assert_eq!(found.sites.len(), open.len() + add);
                prop_assert!(open.iter().all(|site| found.sites.contains(site)));
                // The objective is what the choice costs, and no single exchange improves it.
                let cost = |sites: &[usize]| -> u128 {
                    (0..places.len())
                        .map(|demand| {
                            let least = sites.iter().map(|&site| map.row(demand)[site]).min().unwrap();
                            let cost = match aim {
                                Aim::LeastDistance => u128::from(least),
                                Aim::MostWithin { reach_m } => u128::from(least > reach_m),
                            };
                            cost * u128::from(map.weights[demand])
                        })
                        .sum()
                };
                prop_assert_eq!(cost(&found.sites), found.objective);
                prop_assert_eq!(cost(&best.sites), best.objective);
                for out in &found.added {
                    for site in 0..map.sites() {
                        let mut sites: Vec<usize> = found.sites.iter().copied().filter(|it| it != out).collect();
                        sites.push(site);
                        prop_assert!(cost(&sites) >= found.objective);
                    }
                }
                if aim == Aim::LeastDistance && open.is_empty() {
                    // Arya et al., SIAM J. Comput. 33 (2004): a local optimum of single exchanges is at most five times the optimum.
                    prop_assert!(found.objective <= 5 * best.objective);
                }
            }
        }
    }
}
