//! The columnar path and the path of single households: the same outcome and the same won, whatever is unknown.

use std::sync::OnceLock;

use jiff::civil::Date;
use proptest::prelude::*;
use rules::columns::{BatchBuilder, Findings, Plan, situation};
use rules::{BenefitUnit, Decision, Outcome, Question, RuleBook, Situation, Value};

use crate::country;
use crate::drawn::{Random, random_household};
use crate::fixture::{book, changed, day, told};
use crate::properties::{arbitrary_household, built};

/// What the plan says of a household, as [`RuleBook::decide`] would tell it, benefit by benefit.
fn decisions(plan: &Plan<'_>, found: &Findings, household: usize) -> Vec<(String, Vec<Decision>)> {
    let members = found.offsets[household] as usize..found.offsets[household + 1] as usize;
    let benefits = plan.benefits().enumerate().map(|(index, benefit)| {
        let granted = found.granted.iter().find(|it| it.benefit == index);
        let decision = |row: usize| {
            let outcome = match granted {
                Some(it) if it.eligible.get(row) => Outcome::Eligible,
                Some(it) if it.open.get(row) => Outcome::Unknown,
                _ => Outcome::NotEligible,
            };
            let amount = granted.filter(|_| outcome != Outcome::NotEligible);
            let amount = amount.and_then(|it| it.amount(row));
            Decision { outcome, amount }
        };
        let decisions = match benefit.unit {
            BenefitUnit::Household => vec![decision(household)],
            BenefitUnit::Person => members.clone().map(decision).collect(),
        };
        (benefit.id.clone(), decisions)
    });
    benefits.collect()
}

/// The first difference between the two paths, if there is one; with how many decisions grant something.
fn compared(book: &RuleBook, homes: &[Situation], on: Date) -> Result<usize, String> {
    let mut batch = BatchBuilder::new(book);
    homes.iter().for_each(|home| batch.push(home));
    let batch = batch.finish();
    let plan = Plan::new(book, on);
    let found = plan.evaluate(&batch).map_err(|error| error.to_string())?;
    let mut granted = 0;
    for (row, home) in homes.iter().enumerate() {
        for (id, columns) in decisions(&plan, &found, row) {
            let benefit = book.benefit(&id).ok_or("a benefit of the book")?;
            let single = book.decide(benefit, home, on);
            granted += single
                .iter()
                .filter(|it| it.outcome == Outcome::Eligible)
                .count();
            if single != columns {
                return Err(format!(
                    "{id} on {on}: {single:?} by itself, {columns:?} in columns\n{home:?}"
                ));
            }
        }
    }
    Ok(granted)
}

/// Over the whole book of the country, leap-day birthdays and unknown facts among them; a difference is brought
/// down to one household. `WISE_PROPERTY_HOUSEHOLDS=1000000` tries more than the usual 4,000.
#[test]
fn the_countrys_law_is_the_same_in_columns() {
    let households = std::env::var("WISE_PROPERTY_HOUSEHOLDS").map_or(4_000, |number| {
        number
            .parse()
            .expect("WISE_PROPERTY_HOUSEHOLDS is a number")
    });
    let book = country::book();
    let mut random = Random(23);
    let (mut tried, mut granted) = (0, 0);
    while tried < households {
        let size = 1 + random.below(700) as usize;
        let unknown = [0, 0, 1, 3, 8, 12][random.below(6) as usize];
        let on =
            rules::dates::add_days(day("2024-06-01"), random.below(1_200) as i64).expect("a day");
        let mut homes: Vec<Situation> = (0..size)
            .map(|_| random_household(&book, &mut random, 6, unknown))
            .collect();
        for home in homes.iter_mut().step_by(7) {
            let leap = Value::Date(day(
                ["2024-02-29", "2020-02-29", "1960-02-29"][random.below(3) as usize]
            ));
            home.set_member("m0", "born", leap).expect("a date");
        }
        match compared(&book, &homes, on) {
            Ok(found) => granted += found,
            Err(difference) => {
                let alone = homes
                    .iter()
                    .find_map(|home| compared(&book, std::slice::from_ref(home), on).err());
                panic!("{}", alone.unwrap_or(difference));
            }
        }
        tried += size;
    }
    assert!(
        granted > households,
        "{granted} granted in {tried} households"
    );
}

#[test]
fn every_benefit_of_the_country_is_compiled() {
    let book = country::book();
    let plan = Plan::new(&book, day("2026-11-23"));
    let left: Vec<String> = plan
        .unsupported()
        .map(|(benefit, why)| format!("{}: {why}", benefit.id))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(plan.benefits().len() > 80);
}

/// Conditions that reach what the country's law does not.
const CONDITIONS: [&str; 17] = [
    "household.members.exists(m, m.born < person.born)",
    "household.members.all(m, m.role == \"child\" || m.earned >= person.earned)",
    "household.members.filter(m, m.born <= person.born && m.role == person.role).size() == 1",
    "sum(household.members.map(m, m.role != person.role, m.earned)) > household.income",
    "household.members.exists(m, household.members.all(n, n.born >= m.born) && m.student)",
    "household.members.exists(m, person.student)",
    "household.members.all(m, household.income > 100000)",
    "household.members.filter(m, household.income > 100000).size() == household.size",
    "(person.student ? person.earned : household.income) >= 1000000",
    "(person.student ? household.income < 1000000 : person.role == \"child\") == (household.housing == \"rent\")",
    "person.birth_order in [1, 3] || person.role in [\"child\", \"other\"]",
    "household.municipality == \"hanbit\" && household.housing != \"free\"",
    "percent(household.income, 37, half_up) * 3 < max(person.earned, household.income) - won_per_month(1)",
    "param.median[household.size] > household.income && round_to(person.earned, 1000, up) > per_month(per_year(household.income), down)",
    "add_months(person.born, months_since(start_of_month(person.born)) * person.birth_order) < end_of_month(on) && months_since(start_of_month(person.born)) > 30",
    "age_at(person.born, add_days(on, 45)) >= 5 && days_since(person.born) < 9000 && year(person.born) > 1990",
    "param.later[person.birth_order] == 300000 || household.members.exists(m, param.later[m.birth_order] == 100000)",
];

fn varied() -> &'static [RuleBook] {
    static BOOKS: OnceLock<Vec<RuleBook>> = OnceLock::new();
    BOOKS.get_or_init(|| {
        let unlimited = ["beyond: last\n", ""];
        let books = CONDITIONS.iter().flat_map(|condition| {
            unlimited.iter().map(move |beyond| {
                let quoted = serde_json::to_string(condition).expect("json");
                let files = changed("child-money.yaml", "when: person.role == \"child\"", &format!("when: {quoted}"));
                let amount = format!(
                    "  - {{when: {quoted}, pay: \"param.later[person.birth_order]\"}}\n  - {{when: person.student, pay: won_per_month(100000)}}\n  - {{pay: household.income}}"
                );
                let files = files.into_iter().map(move |(path, text)| {
                    let text = text.replace("    beyond: last\n", &beyond.replace("beyond", "    beyond"));
                    (path, text.replace("  - {pay: \"param.later[person.birth_order]\"}", &amount))
                });
                // The cases beside the rule are those of another condition; they are not run here.
                RuleBook::load(files).unwrap_or_else(|errors| panic!("{condition}: {}", told(&errors)))
            })
        });
        books.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn conditions_of_every_kind_are_the_same_in_columns(
        homes in prop::collection::vec(arbitrary_household(0.8, 0), 1..6),
        which in any::<prop::sample::Index>(),
        months in 0_i64..30,
    ) {
        let book = &varied()[which.index(varied().len())];
        let homes: Vec<Situation> = homes.iter().map(|home| built(book, home)).collect();
        let on = rules::dates::completion(day("2024-12-15"), months).expect("a day");
        let same = compared(book, &homes, on);
        prop_assert!(same.is_ok(), "{}", same.unwrap_err());
    }

    /// True, false and neither, as each member is told; one question compares three members and is asked singly.
    #[test]
    fn questions_are_answered_as_for_one_household(
        homes in prop::collection::vec(arbitrary_household(0.7, 0), 1..6),
        months in 0_i64..40,
    ) {
        let book = book();
        let three = "household.members.exists(m, household.members.exists(n, m.born < n.born && n.born < person.born))";
        let texts = CONDITIONS.iter().copied().chain([three]);
        let questions: Vec<Question> = texts.filter_map(|text| book.question("asked", text).ok()).collect();
        prop_assert!(questions.len() > 12);
        let homes: Vec<Situation> = homes.iter().map(|home| built(&book, home)).collect();
        let mut batch = BatchBuilder::new(&book);
        homes.iter().for_each(|home| batch.push(home));
        // Before the first day of the shared table it has no value, and nothing is false for that.
        let on = rules::dates::completion(day("2024-10-15"), months).expect("a day");
        let asked: Vec<&Question> = questions.iter().collect();
        let found = Plan::with_questions(&book, on, &asked).evaluate(&batch.finish()).expect("a batch");
        for (question, (is_true, is_false)) in questions.iter().zip(&found.answers) {
            let mut row = 0;
            for reply in homes.iter().flat_map(|home| question.ask(home, on)) {
                let told = (is_true.get(row), is_false.get(row));
                prop_assert_eq!(told, (reply.truth.is_true(), reply.truth.is_false()));
                row += 1;
            }
            prop_assert_eq!(row, is_true.len());
        }
    }

    /// A household comes back from a batch as it went in, members by their place.
    #[test]
    fn batches_keep_households(homes in prop::collection::vec(arbitrary_household(0.7, 0), 1..6)) {
        let book = book();
        let homes: Vec<Situation> = homes.iter().map(|home| built(&book, home)).collect();
        let mut batch = BatchBuilder::new(&book);
        homes.iter().for_each(|home| batch.push(home));
        let batch = batch.finish();
        for (row, home) in homes.iter().enumerate() {
            let back = situation(&book, &batch, row).expect("the same vocabulary");
            let values = |home: &Situation| home.known().map(|(fact, value)| (fact.fact, value)).collect::<Vec<_>>();
            prop_assert_eq!(values(home), values(&back));
            prop_assert_eq!(home.member_count(), back.member_count());
        }
    }
}
