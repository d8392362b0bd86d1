use jiff::civil::date;

use super::people::{People, rates};
use super::*;
use crate::country::CountryFiles;

fn table() -> Rates {
    rates(CountryFiles::built_in().text("demography.csv").unwrap()).unwrap()
}

fn question() -> Question {
    Question {
        benefit: Some("child-allowance".into()),
        parameter: "base".into(),
        youngest: 0,
        oldest: 7,
        from: date(2026, 12, 1),
        months: 24,
        take_up: Percent {
            low: 90,
            mid: 95,
            high: 99,
        },
        worth: Percent {
            low: 120,
            mid: 150,
            high: 200,
        },
        worth_source: "지어낸 보기".into(),
        running_percent: 3,
        one_off_won: 50_000_000,
        discount_permille: 45,
        spread_percent: 10,
    }
}

/// A thousand women and a thousand men of every age.
fn everybody() -> People {
    let mut people = People::none();
    people.women.fill(1_000);
    people.men.fill(1_000);
    people
}

fn value(from: Date, won: Option<i64>) -> Value {
    Value {
        from,
        won_a_month: won,
        source: "법".into(),
        unverified: false,
    }
}

fn found(question: &Question) -> Delay {
    let values = vec![value(question.from, Some(100_000))];
    find(question, values, &everybody(), &table()).unwrap()
}

/// Years that a newborn lives by the table.
fn expectancy(mortality: &[f64]) -> f64 {
    let (mut alive, mut years) = (1.0, 0.0);
    for q in mortality {
        years += alive * (1.0 - q / 2.0);
        alive *= 1.0 - q;
    }
    years + alive / mortality[OLDEST]
}

#[test]
fn the_table_of_deaths_and_births_says_what_is_published_of_it() {
    let rates = table();
    // 통계청 생명표 2023: 80.6 and 86.4 years; 2024: 0.75 children.
    assert!((expectancy(&rates.men_mortality) - 80.6).abs() < 1.0);
    assert!((expectancy(&rates.women_mortality) - 86.4).abs() < 1.0);
    let children: f64 = rates.fertility.iter().sum();
    assert!((children - 0.75).abs() < 0.01, "{children}");
}

#[test]
fn every_month_of_waiting_takes_more_from_those_concerned() {
    let delay = found(&question());
    assert_eq!(delay.months.len(), 25);
    assert_eq!(
        delay.months[0].not_received,
        Sum {
            low: 0,
            mid: 0,
            high: 0
        }
    );
    assert_eq!(delay.months[0].month, date(2026, 12, 1));
    assert_eq!(delay.months[24].month, date(2028, 12, 1));
    // Sixteen thousand children, of whom 95 % receive it.
    assert_eq!(
        delay.months[0].persons,
        Sum {
            low: 14_400,
            mid: 15_200,
            high: 15_840
        }
    );
    assert_eq!(delay.months[1].not_received.mid, 1_520_000_000);
    for pair in delay.months.windows(2) {
        assert!(pair[0].not_received.mid < pair[1].not_received.mid);
        let it = pair[1].cost;
        assert!(it.low <= it.mid && it.mid <= it.high);
    }
    // Worth at least 120 for 103: the whole surely loses, at once.
    assert_eq!(delay.surely_loses_from, Some(1));
    assert_eq!(delay.sentences[1].key, "aide-timing-surely-loses");
}

#[test]
fn where_worth_may_be_less_than_cost_there_is_doubt_and_no_date() {
    let mut asked = question();
    asked.worth = Percent {
        low: 80,
        mid: 110,
        high: 130,
    };
    let delay = found(&asked);
    assert_eq!(
        (delay.surely_loses_from, delay.surely_saves_from),
        (None, None)
    );
    assert_eq!(delay.sentences[1].key, "aide-timing-in-doubt");
    let last = delay.months.last().unwrap().cost;
    assert!(last.low < 0 && last.high > 0);
}

#[test]
fn fewer_are_born_than_grow_out_of_it() {
    let delay = found(&question());
    let (first, last) = (delay.months[0].persons, delay.months[24].persons);
    assert!(last.mid < first.mid && last.low < last.mid && last.mid < last.high);
    assert!(
        delay
            .sentences
            .iter()
            .any(|it| it.key == "aide-timing-fewer")
    );
}

#[test]
fn values_that_are_law_for_later_months_are_reckoned_with() {
    let asked = question();
    let values = vec![
        value(asked.from, Some(100_000)),
        value(date(2027, 12, 1), Some(200_000)),
        value(date(2028, 6, 1), None),
    ];
    let delay = find(&asked, values, &everybody(), &table()).unwrap();
    let step = |month: usize| {
        let sum = |at: usize| delay.months[at].not_received.mid;
        sum(month + 1) - sum(month)
    };
    assert!(step(12) > step(11) * 19 / 10);
    assert_eq!(step(20), 0);
    let keys: Vec<&str> = delay.sentences.iter().map(|it| it.key.as_str()).collect();
    assert!(keys.contains(&"aide-timing-law-changes") && keys.contains(&"aide-timing-law-ends"));
}

#[test]
fn the_law_tells_its_own_values() {
    let book = crate::country::Country::load(CountryFiles::built_in())
        .unwrap()
        .book;
    let mut asked = question();
    let told = values(&book, &asked).unwrap();
    assert!(
        told[0].won_a_month.is_some() && !told[0].source.is_empty(),
        "{told:?}"
    );
    asked.parameter = "none".into();
    assert_eq!(values(&book, &asked).unwrap_err().key, "aide-timing-no-sum");
    asked.benefit = None;
    asked.parameter = "median_income".into();
    assert_eq!(values(&book, &asked).unwrap_err().key, "aide-timing-no-sum");
}

#[test]
fn the_same_question_gives_the_same_bytes() {
    let once = serde_json::to_string(&found(&question())).unwrap();
    assert_eq!(once, serde_json::to_string(&found(&question())).unwrap());
    let back: Delay = serde_json::from_str(&once).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), once);
}

#[test]
fn questions_that_cannot_be_are_told_by_their_field() {
    let told = |change: fn(&mut Question)| {
        let mut asked = question();
        change(&mut asked);
        check(&asked)
            .into_iter()
            .map(|(field, _)| field)
            .collect::<Vec<_>>()
    };
    assert_eq!(told(|_| ()), Vec::<&str>::new());
    assert_eq!(told(|it| it.youngest = 9), ["youngest"]);
    assert_eq!(told(|it| it.oldest = OLDEST + 1), ["youngest"]);
    assert_eq!(told(|it| it.months = 0), ["months"]);
    assert_eq!(told(|it| it.months = MAX_MONTHS + 1), ["months"]);
    assert_eq!(told(|it| it.take_up.high = 101), ["take_up"]);
    assert_eq!(told(|it| it.worth.low = 151), ["worth"]);
    assert_eq!(told(|it| it.worth_source.clear()), ["worth_source"]);
    assert_eq!(told(|it| it.running_percent = -1), ["running"]);
    assert_eq!(told(|it| it.one_off_won = -1), ["one_off"]);
    assert_eq!(told(|it| it.discount_permille = 999), ["discount"]);
    assert_eq!(told(|it| it.spread_percent = 51), ["spread"]);
}

#[test]
fn a_table_that_is_none_is_refused() {
    let head = "age,men_deaths_per_100000,women_deaths_per_100000,births_per_1000_women,status\n";
    for (rows, part) in [
        ("", "ages from 0"),
        ("0,1,1,0,x\n50,1,1,0,x\n", "ages from 0"),
        ("0,1,1,0,x\n100,0,1,0,x\n", "age 100"),
        ("0,1,1,0,x\n100,1,1,2000,x\n", "age 100"),
        ("0,many,1,0,x\n100,1,1,0,x\n", "line: 2"),
    ] {
        let told = rates(&format!("{head}{rows}")).unwrap_err();
        assert!(told.contains(part), "{rows}: {told}");
    }
}
