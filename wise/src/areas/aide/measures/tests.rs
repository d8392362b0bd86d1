use jiff::civil::date;

use super::facility::{Cell, FEWEST, Facility, Site as Place, close, grid, place};
use super::staffing::{Staffing, staffing, waiting};
use super::*;
use crate::blocks::people::HomeCell;

fn about() -> About {
    About {
        name: "새 분소".into(),
        cost_once_won: 300_000_000,
        cost_a_year_won: 120_000_000,
        today: date(2026, 11, 25),
        preparation_months: 6,
    }
}

fn facility() -> Facility {
    let cell = |latitude: i64, district: &str, persons: u64| Cell {
        latitude,
        longitude: 127_000_000,
        district: district.into(),
        persons,
    };
    let site = |name: &str, latitude: i64, is_open: bool| Place {
        name: name.into(),
        latitude,
        longitude: 127_000_000,
        is_open,
    };
    Facility {
        about: about(),
        // North to south: a hundredth of a degree is 1,112 m.
        cells: vec![
            cell(36_600_000, "south", 100),
            cell(36_610_000, "middle", 50),
            cell(36_640_000, "north", 80),
        ],
        left_out: 3,
        sites: vec![
            site("남쪽", 36_600_000, true),
            site("가운데", 36_610_000, false),
            site("북쪽", 36_640_000, false),
        ],
        add: 1,
        reach_m: 1_000,
    }
}

#[test]
fn a_facility_goes_where_most_come_within_reach() {
    let found = place(&facility()).unwrap();
    assert_eq!(found.sites, ["북쪽"]);
    assert!(found.is_optimal);
    assert_eq!(found.before.as_ref().unwrap().covered, 100);
    assert_eq!((found.after.covered, found.after.persons), (180, 230));
    assert_eq!(found.measure.effect.mid, "80");
    assert_eq!(found.after.worst, "middle");
    assert_eq!(found.measure.earliest, date(2027, 5, 25));
    let bytes = serde_json::to_string(&found).unwrap();
    assert_eq!(
        bytes,
        serde_json::to_string(&place(&facility()).unwrap()).unwrap()
    );
}

#[test]
fn a_closure_says_who_loses_and_by_how_far() {
    let mut asked = facility();
    asked.sites[1].is_open = true;
    let found = close(&asked, 1).unwrap();
    assert_eq!(found.measure.effect.mid, "50");
    assert_eq!(found.measure.effect.of, "aide-measure-out-of-reach");
    let farther: Vec<&str> = found
        .measure
        .side_effects
        .iter()
        .map(|it| it.key.as_str())
        .collect();
    assert_eq!(
        farther,
        [
            "aide-closure-farther",
            "aide-closure-farther",
            "aide-closure-crowding"
        ]
    );
    assert_eq!(close(&asked, 2).unwrap_err().1.key, "aide-closure-not-open");
    assert_eq!(
        close(&facility(), 0).unwrap_err().1.key,
        "aide-closure-last"
    );
}

#[test]
fn homes_become_sums_in_which_nobody_is_found() {
    let home = |north, persons| HomeCell {
        dong: "a".to_owned(),
        north,
        east: 25_400,
        persons,
    };
    let (cells, left_out) = grid([home(7_320, 7), home(7_340, 2), home(7_360, 4)]);
    assert_eq!(left_out, 0);
    assert_eq!(
        cells.iter().map(|it| it.persons).collect::<Vec<_>>(),
        [7, 6]
    );
    assert!(cells.iter().all(|it| it.persons >= FEWEST));
    let (cells, left_out) = grid([home(7_320, 3)]);
    assert_eq!((cells.len(), left_out), (0, 3));
}

#[test]
fn waiting_is_that_of_the_published_formula() {
    // One hand, 80 % busy: load / (1 - load) times the time of a case.
    assert!((waiting(8.0, 6.0, 1).unwrap() - 24.0).abs() < 1e-9);
    // Two hands, load 1: a third must wait, a third of a case's time.
    assert!((waiting(10.0, 6.0, 2).unwrap() - 2.0).abs() < 1e-9);
    assert_eq!(waiting(10.0, 6.0, 1), None);
    assert_eq!(waiting(10.0, 6.0, 0), None);
    assert!(waiting(4_900.0, 6.0, 500).unwrap().is_finite());
}

fn staff() -> Staffing {
    Staffing {
        about: about(),
        arrivals_an_hour: Milli {
            low: 9_000,
            mid: 10_000,
            high: 12_000,
        },
        minutes_a_case_milli: 6_000,
        hands_now: 2,
        hands_then: 3,
        source: "지어낸 창구 기록".into(),
    }
}

#[test]
fn more_hands_shorten_waiting_and_too_few_make_it_endless() {
    let more = staffing(&staff()).unwrap();
    let mid: f64 = more.effect.mid.parse().unwrap();
    assert!(mid < 2.0, "{more:?}");
    let fewer = staffing(&Staffing {
        hands_then: 1,
        ..staff()
    })
    .unwrap();
    assert_eq!(fewer.effect.mid, "∞");
    assert_eq!(fewer.side_effects[0].key, "aide-staffing-endless");
    assert_eq!(
        staffing(&Staffing {
            hands_then: 0,
            ..staff()
        })
        .unwrap_err()
        .0,
        "hands_then"
    );
    assert_eq!(
        staffing(&Staffing {
            source: " ".into(),
            ..staff()
        })
        .unwrap_err()
        .0,
        "source"
    );
    assert_eq!(
        staffing(&Staffing {
            minutes_a_case_milli: 0,
            ..staff()
        })
        .unwrap_err()
        .0,
        "case_minutes"
    );
}

#[test]
fn a_campaign_gains_a_share_of_those_who_do_not_receive() {
    let asked = Campaign {
        about: about(),
        not_receiving: 1_234,
        won_a_year: 1_200_000,
        gained_permille: Milli {
            low: 50,
            mid: 120,
            high: 200,
        },
        source: "지어낸 연구".into(),
    };
    let found = campaign(&asked).unwrap();
    let effect = &found.effect;
    assert_eq!(
        (
            effect.low.as_str(),
            effect.mid.as_str(),
            effect.high.as_str()
        ),
        ("61", "148", "246")
    );
    let pays = &found.sentences[1];
    assert_eq!(
        pays.args["mid"],
        super::super::said::Piece::Number(148 * 1_200_000)
    );
    let told = |change: fn(&mut Campaign)| {
        let mut asked = asked.clone();
        change(&mut asked);
        campaign(&asked).unwrap_err().0
    };
    assert_eq!(told(|it| it.source.clear()), "source");
    assert_eq!(told(|it| it.gained_permille.high = 1_001), "gained");
    assert_eq!(told(|it| it.not_receiving = -1), "not_receiving");
    assert_eq!(told(|it| it.won_a_year = -1), "won_a_year");
    assert_eq!(told(|it| it.about.name.clear()), "name");
    assert_eq!(told(|it| it.about.cost_once_won = i64::MAX), "cost_once");
    assert_eq!(told(|it| it.about.preparation_months = -1), "preparation");
}

#[test]
fn visits_go_where_the_next_averts_most_and_need_a_source() {
    let stop = |name: &str, risk_milli: i64| Stop {
        name: name.into(),
        risk_milli,
        minutes: 60,
        least: 0,
        most: 10,
    };
    let asked = Visits {
        about: about(),
        stops: vec![stop("가", 3_000), stop("나", 8_000), stop("다", 0)],
        minutes: 180,
        per_visit: Milli {
            low: 300,
            mid: 693,
            high: 1_000,
        },
        source: "지어낸 연구".into(),
    };
    let found = visits(&asked).unwrap();
    assert_eq!(
        (found.visits.as_slice(), found.spent_minutes),
        (&[1, 2, 0][..], 180)
    );
    assert_eq!(found.measure.effect.mid, "7.5");
    let told = |change: fn(&mut Visits)| {
        let mut asked = asked.clone();
        change(&mut asked);
        visits(&asked).unwrap_err()
    };
    assert_eq!(told(|it| it.source.clear()).0, "source");
    assert_eq!(told(|it| it.stops.clear()).0, "stops");
    assert_eq!(told(|it| it.stops[0].minutes = 0).1.key, "aide-visits-stop");
    assert_eq!(
        told(|it| it.stops[0].least = 9).1.key,
        "aide-visits-too-little"
    );
    assert_eq!(told(|it| it.per_visit.low = 700).0, "per_visit");
}

#[test]
fn a_facility_that_cannot_be_is_told_by_its_field() {
    let told = |change: fn(&mut Facility)| {
        let mut asked = facility();
        change(&mut asked);
        place(&asked).unwrap_err().0
    };
    assert_eq!(told(|it| it.cells.clear()), "reach");
    assert_eq!(told(|it| it.sites.clear()), "candidates");
    assert_eq!(told(|it| it.add = 0), "add");
    assert_eq!(told(|it| it.add = 3), "add");
    assert_eq!(told(|it| it.reach_m = 0), "reach");
}
