//! Several benefits of one household: what excludes what, what is taken off, what comes first.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rules::{FactRef, Finding, Outcome, RelationKind, RuleBook, Situation};

use crate::country;
use crate::drawn::{Random, random_household};
use crate::fixture::{Files, day, files, situation, told};
use crate::properties::{arbitrary_household, built};

/// A benefit that pays monthly; `relations` in the lines of a file.
fn benefit(id: &str, unit: &str, when: &str, pay: &str, relations: &[&str]) -> (String, String) {
    let quoted = |text: &str| serde_json::to_string(text).expect("json");
    let pay = match pay.parse::<i64>() {
        Ok(won) => format!("won_per_month({won})"),
        Err(_) => pay.to_owned(),
    };
    let relations: String = match relations {
        [] => String::new(),
        some => format!(
            "relations:\n{}",
            some.iter()
                .map(|line| format!("  - {line}\n"))
                .collect::<String>()
        ),
    };
    let (members, result) = match unit {
        "person" => ("members: {a: {role: head}}, ", "{a: {result: RESULT}}"),
        _ => ("", "{result: RESULT}"),
    };
    let case = |result: &str, told: &str| {
        let expect = result.replace("RESULT", told);
        format!("  - {{name: {told}, on: 2026-01-01, {members}expect: {expect}}}\n")
    };
    let text = format!(
        "id: {id}\nname: {{ko: 시험, en: {id}}}\nsummary: {{ko: 시험, en: test}}\nauthority: a\nlaw: [{{act: 법}}]\nunit: {unit}\nrecipient: head\nin_force: {{from: 2024-01-01}}\ncondition:\n  - {{id: main, when: {}}}\namount:\n  - {{pay: {}}}\nperiod: {{kind: monthly}}\n{relations}cases:\n{}{}",
        quoted(when),
        quoted(&pay),
        case(result, "eligible"),
        case(result, "not"),
    );
    (format!("benefits/{id}.yaml"), text)
}

fn with(benefits: Vec<(String, String)>) -> Files {
    let mut files = files();
    files.retain(|(path, _)| !path.starts_with("benefits/"));
    files.extend(benefits);
    files
}

fn book(benefits: Vec<(String, String)>) -> RuleBook {
    RuleBook::load(with(benefits)).unwrap_or_else(|all| panic!("{}", told(&all)))
}

const WORDS: &str = "law: 법 제1조, ko: 함께 받지 못합니다., en: Not both.";

fn relation(kind: &str, benefit: &str, more: &str) -> String {
    format!("{{kind: {kind}, benefit: {benefit}, {more}{WORDS}}}")
}

/// Two benefits of persons: students, and children under eighteen.
fn pair(relation: &str, pay: &str) -> Vec<(String, String)> {
    vec![
        benefit(
            "a",
            "person",
            "person.student",
            "won_per_month(person.earned)",
            &[relation],
        ),
        benefit("b", "person", "age(person.born) < 18", pay, &[]),
    ]
}

fn all(book: &RuleBook, facts: &[&str]) -> Vec<(String, Finding)> {
    let found = book.evaluate_all(&situation(book, facts), day("2026-03-01"));
    found
        .into_iter()
        .map(|(benefit, finding)| (benefit.id.clone(), finding))
        .collect()
}

fn one(book: &RuleBook, id: &str, facts: &[&str]) -> Finding {
    let found = all(book, facts);
    found
        .into_iter()
        .find(|(other, _)| other == id)
        .expect("found")
        .1
}

const BOTH: [&str; 3] = ["m.student=true", "m.born=2015-01-01", "m.earned=70000"];

#[test]
fn where_people_choose_both_stay_and_tell_of_each_other() {
    let book = book(pair(&relation("excludes", "b", ""), "50000"));
    for (id, other) in [("a", "b"), ("b", "a")] {
        let finding = one(&book, id, &BOTH);
        assert_eq!(finding.outcome, Outcome::Eligible);
        let [related] = &finding.relations[..] else {
            panic!("{:?}", finding.relations);
        };
        assert_eq!(
            (related.kind, related.benefit.as_str()),
            (RelationKind::Excludes, other)
        );
        assert_eq!(
            (related.possible, related.law.as_str()),
            (false, "법 제1조")
        );
        assert_eq!(related.text.en, "Not both.");
    }
    // Of another that is still open it is told as possible, of one that is ruled out not at all.
    let open = one(&book, "a", &["m.student=true", "m.earned=1"]);
    assert_eq!(
        (open.outcome, open.relations[0].possible),
        (Outcome::Eligible, true)
    );
    let alone = one(
        &book,
        "a",
        &["m.student=true", "m.earned=1", "m.born=1990-01-01"],
    );
    assert!(alone.relations.is_empty());
    // Looked at alone, a benefit says nothing of others.
    let benefit = book.benefit("a").expect("loaded");
    let finding = &book.evaluate(benefit, &situation(&book, &BOTH), day("2026-03-01"))[0];
    assert!(finding.relations.is_empty());
}

#[test]
fn what_gives_way_is_not_eligible_with_the_reason_and_open_while_the_other_is() {
    let book = book(pair(&relation("excludes", "b", "prefer: other, "), "50000"));
    let finding = one(&book, "a", &BOTH);
    assert_eq!(
        (finding.outcome, finding.amount),
        (Outcome::NotEligible, None)
    );
    let reason = finding.reasons.last().expect("a reason");
    assert_eq!(
        (reason.holds, reason.law.as_deref()),
        (Some(false), Some("법 제1조"))
    );
    assert_eq!(one(&book, "b", &BOTH).outcome, Outcome::Eligible);
    let open = one(&book, "a", &["m.student=true", "m.earned=1"]);
    assert_eq!(open.outcome, Outcome::Unknown);
    assert_eq!(open.missing[0].to_string(), "m.born");
    assert_eq!(open.deciding, [[open.missing[0].clone()]]);
    assert!(open.relations[0].possible);
    // Of another member nothing is taken.
    let facts = [
        "m.student=true",
        "m.earned=1",
        "m.born=1990-01-01",
        "k.born=2015-01-01",
        "k.student=false",
    ];
    let found = all(&book, &facts);
    let outcomes: Vec<Outcome> = found.iter().map(|(_, finding)| finding.outcome).collect();
    use Outcome::{Eligible, NotEligible};
    assert_eq!(outcomes, [Eligible, NotEligible, NotEligible, Eligible]);
}

#[test]
fn whoever_has_given_way_displaces_nobody() {
    let first = relation("excludes", "b", "prefer: this, ");
    let second = relation("excludes", "c", "prefer: this, ");
    let book = book(vec![
        benefit("a", "person", "person.student", "1000", &[&first]),
        benefit("b", "person", "age(person.born) < 18", "1000", &[&second]),
        benefit("c", "person", "person.earned > 0", "1000", &[]),
    ]);
    let outcomes = |facts: &[&str]| -> Vec<Outcome> {
        all(&book, facts)
            .iter()
            .map(|(_, finding)| finding.outcome)
            .collect()
    };
    use Outcome::{Eligible, NotEligible, Unknown};
    assert_eq!(outcomes(&BOTH), [Eligible, NotEligible, Eligible]);
    assert_eq!(
        outcomes(&["m.student=false", BOTH[1], BOTH[2]]),
        [NotEligible, Eligible, NotEligible]
    );
    assert_eq!(outcomes(&[BOTH[1], BOTH[2]]), [Unknown, Unknown, Unknown]);
}

#[test]
fn the_higher_of_two_is_given_and_both_are_open_while_the_sums_are() {
    let book = book(pair(
        &relation("excludes", "b", "prefer: higher, "),
        "50000",
    ));
    let outcomes = |facts: &[&str]| -> Vec<Outcome> {
        all(&book, facts)
            .iter()
            .map(|(_, finding)| finding.outcome)
            .collect()
    };
    use Outcome::{Eligible, NotEligible, Unknown};
    assert_eq!(outcomes(&BOTH), [Eligible, NotEligible]);
    assert_eq!(
        outcomes(&[BOTH[0], BOTH[1], "m.earned=50000"]),
        [Eligible, NotEligible]
    );
    assert_eq!(
        outcomes(&[BOTH[0], BOTH[1], "m.earned=49999"]),
        [NotEligible, Eligible]
    );
    assert_eq!(outcomes(&[BOTH[0], BOTH[1]]), [Unknown, Unknown]);
    // The lower one is certain to give way to none but the higher.
    assert_eq!(outcomes(&[BOTH[0], BOTH[2]]), [Eligible, NotEligible]);
}

#[test]
fn what_another_pays_is_taken_off_to_the_won_and_never_below_zero() {
    let book = book(vec![
        benefit(
            "home",
            "household",
            "household.income < 1000000",
            "100000",
            &[&relation("offset", "b", "")],
        ),
        benefit(
            "b",
            "person",
            "age(person.born) < 18",
            "won_per_month(person.earned)",
            &[],
        ),
    ]);
    let of = |facts: &[&str]| {
        let finding = one(&book, "home", facts);
        (
            finding.outcome,
            finding.amount.expect("a sum").value,
            finding.relations,
        )
    };
    let facts = [
        "income=0",
        "m.born=2015-01-01",
        "m.earned=30001",
        "k.born=2016-01-01",
        "k.earned=2",
    ];
    let (outcome, value, relations) = of(&facts);
    assert_eq!((outcome, value), (Outcome::Eligible, Some(69_997)));
    assert_eq!(relations[0].taken_off, Some(30_003));
    assert_eq!(
        of(&["income=0", "m.born=2015-01-01", "m.earned=100001"]).1,
        Some(0)
    );
    assert_eq!(
        of(&["income=0", "m.born=1990-01-01", "m.earned=30001"]).1,
        Some(100_000)
    );
    // A sum or an outcome that is open leaves this sum open.
    for open in [
        ["income=0", "m.born=2015-01-01"],
        ["income=0", "m.earned=1"],
    ] {
        let (outcome, value, relations) = of(&open);
        assert_eq!(
            (outcome, value, relations[0].taken_off),
            (Outcome::Eligible, None, None)
        );
    }
    assert!(
        !one(&book, "home", &["income=0", "m.earned=1"])
            .missing
            .is_empty()
    );
}

#[test]
fn what_comes_first_is_told_and_stands_first() {
    let book = book(vec![
        benefit(
            "a",
            "person",
            "person.student",
            "1000",
            &[&relation("after", "c", "")],
        ),
        benefit("b", "person", "person.student", "1000", &[]),
        benefit("c", "person", "person.student", "1000", &[]),
    ]);
    let found = all(&book, &["m.student=true"]);
    let order: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(order, ["b", "c", "a"]);
    assert_eq!(found[2].1.relations[0].kind, RelationKind::After);
    assert!(found[1].1.relations.is_empty());
}

/// Loads the benefits and expects one error in a file, on the line of `line`.
#[track_caller]
fn refused(benefits: Vec<(String, String)>, file: &str, line: &str, message: &str) {
    let files = with(benefits);
    let path = format!("benefits/{file}.yaml");
    let (_, text) = files.iter().find(|(name, _)| *name == path).expect("there");
    let number = text
        .lines()
        .position(|text| text.contains(line))
        .expect("there")
        + 1;
    let diagnostics = RuleBook::load(files.clone()).expect_err(message);
    let found = told(&diagnostics);
    assert_eq!(diagnostics.len(), 1, "{found}");
    assert!(diagnostics[0].message.contains(message), "{found}");
    assert_eq!(
        (diagnostics[0].file.as_str(), diagnostics[0].line),
        (path.as_str(), number),
        "{found}"
    );
    assert!(!diagnostics[0].remedy.is_empty());
}

#[test]
fn wrong_relations_are_errors_where_they_stand() {
    for (entry, message) in [
        (relation("excludes", "bb", ""), "unknown benefit `bb`"),
        (relation("excludes", "a", ""), "to itself"),
        (
            relation("excluded", "b", ""),
            "unknown kind of relation `excluded`",
        ),
        (
            relation("excludes", "b", "prefer: mine, "),
            "unknown preference `mine`",
        ),
        (
            relation("after", "b", "prefer: this, "),
            "where nothing is excluded",
        ),
        (
            "{kind: after, benefit: b, ko: 다음, en: next}".to_owned(),
            "`law` is missing",
        ),
        (
            "{kind: after, benefit: b, law: 법, en: next}".to_owned(),
            "`ko` is missing",
        ),
    ] {
        refused(pair(&entry, "50000"), "a", &entry, message);
    }
}

#[test]
fn sums_that_cannot_be_taken_off_are_errors() {
    let offset = relation("offset", "b", "");
    let higher = relation("excludes", "b", "prefer: higher, ");
    for entry in [&offset, &higher] {
        refused(
            pair(entry, "won_per_year(50000)"),
            "a",
            entry,
            "pays by another period",
        );
        let change = |from: &str, to: &str| {
            let mut benefits = pair(entry, "50000");
            benefits[1].1 = benefits[1].1.replace(from, to);
            benefits
        };
        refused(
            change("kind: monthly", "kind: once"),
            "a",
            entry,
            "pays by another period",
        );
        refused(
            change("amount:", "at_most: true\namount:"),
            "a",
            entry,
            "an upper bound",
        );
        let in_kind = change(
            "amount:\n  - {pay: \"won_per_month(50000)\"}",
            "in_kind: {ko: 물건, en: things}",
        );
        refused(in_kind, "a", entry, "without sums on both sides");
        let home = benefit("b", "household", "household.income < 5", "50000", &[]);
        refused(
            vec![pair(entry, "50000")[0].clone(), home],
            "a",
            entry,
            "asked of another unit",
        );
    }
}

#[test]
fn circles_and_contradictions_are_errors() {
    let chain = |kinds: [&str; 3]| {
        let ids = ["a", "b", "c"];
        let next = |index: usize| relation(kinds[index], ids[(index + 1) % 3], "");
        (0..3)
            .map(|index| {
                benefit(
                    ids[index],
                    "person",
                    "person.student",
                    "1000",
                    &[&next(index)],
                )
            })
            .collect::<Vec<_>>()
    };
    for kinds in [["after"; 3], ["offset"; 3], ["after", "offset", "after"]] {
        let diagnostics = RuleBook::load(with(chain(kinds))).expect_err("a circle");
        let found = told(&diagnostics);
        assert_eq!(diagnostics.len(), 1, "{found}");
        assert!(found.contains("a circle of relations"), "{found}");
        for id in ["`a`", "`b`", "`c`"] {
            assert!(found.contains(id), "{found}");
        }
    }
    RuleBook::load(with(chain(["excludes"; 3]))).expect("choices may go round");
    let both = |first: &str, second: &str| {
        let first = relation("excludes", "b", first);
        let second = relation("excludes", "a", second);
        let mut benefits = pair(&first, "50000");
        benefits[1] = benefit("b", "person", "age(person.born) < 18", "50000", &[&second]);
        benefits
    };
    for (first, second) in [
        ("prefer: this, ", "prefer: this, "),
        ("prefer: other, ", "prefer: other, "),
        ("prefer: higher, ", "prefer: this, "),
    ] {
        let diagnostics = RuleBook::load(with(both(first, second))).expect_err("contradictory");
        let found = told(&diagnostics);
        assert!(
            found.contains("benefits/b.yaml") && found.contains("says otherwise"),
            "{found}"
        );
    }
    RuleBook::load(with(both("prefer: this, ", "prefer: other, "))).expect("the same twice");
    RuleBook::load(with(both("prefer: this, ", ""))).expect("said once");
    let twice = [relation("excludes", "b", ""), relation("offset", "b", "")];
    let mut benefits = pair("", "50000");
    benefits[0] = benefit(
        "a",
        "person",
        "person.student",
        "1000",
        &[&twice[0], &twice[1]],
    );
    refused(benefits, "a", &twice[1], "excluded and taken off at once");
}

/// Every kind of relation at once, over both units.
fn tangled() -> RuleBook {
    let entry = relation;
    book(vec![
        benefit(
            "a",
            "person",
            "person.student",
            "50000",
            &[&entry("excludes", "b", "prefer: this, ")],
        ),
        benefit(
            "b",
            "person",
            "person.birth_order == 2",
            "person.earned",
            &[&entry("excludes", "c", "prefer: this, ")],
        ),
        benefit(
            "c",
            "person",
            "age(person.born) < 40",
            "1500000",
            &[&entry("excludes", "d", "prefer: higher, ")],
        ),
        benefit(
            "d",
            "person",
            "person.role == \"child\"",
            "person.earned",
            &[&entry("offset", "a", "")],
        ),
        benefit(
            "home",
            "household",
            "household.income < 1000000",
            "household.income + 900000",
            &[
                &entry("offset", "d", ""),
                &entry("offset", "c", ""),
                &entry("excludes", "rent", "prefer: other, "),
            ],
        ),
        benefit(
            "rent",
            "household",
            "household.housing == \"rent\"",
            "household.income",
            &[&entry("excludes", "a", "prefer: other, ")],
        ),
        benefit(
            "more",
            "household",
            "household.wealth < 50000000",
            "300000",
            &[
                &entry("excludes", "home", "prefer: higher, "),
                &entry("after", "rent", ""),
            ],
        ),
    ])
}

type Answers = BTreeMap<(String, Option<String>), (Outcome, Option<i64>)>;

fn answers(book: &RuleBook, home: &Situation, on: jiff::civil::Date) -> Answers {
    let found = book
        .evaluate_all(home, on)
        .into_iter()
        .map(|(benefit, finding)| {
            let value = finding.amount.as_ref().and_then(|amount| amount.value);
            (
                (benefit.id.clone(), finding.member),
                (finding.outcome, value),
            )
        });
    found.collect()
}

/// With less known, an answer may be open; where it is not, it is the same.
fn less_is_never_otherwise(more: &Answers, less: &Answers) -> Result<(), String> {
    for (about, (outcome, value)) in less {
        let (full, paid) = more[about];
        let flipped = *outcome != Outcome::Unknown && *outcome != full;
        let changed = *outcome == Outcome::Eligible && value.is_some() && *value != paid;
        if flipped || changed {
            return Err(format!(
                "{about:?}: {outcome:?} {value:?}, with more known {full:?} {paid:?}"
            ));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn forgetting_never_flips_an_answer_through_relations(
        household in arbitrary_household(0.95, 1),
        forgotten in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let book = tangled();
        let on = day("2026-03-01");
        let full = built(&book, &household);
        let known: Vec<FactRef> = full.known().map(|(fact, _)| fact).collect();
        prop_assume!(!known.is_empty());
        let mut less = full.clone();
        for index in forgotten {
            less.forget(&known[index.index(known.len())]);
        }
        let result = less_is_never_otherwise(&answers(&book, &full, on), &answers(&book, &less, on));
        prop_assert!(result.is_ok(), "{result:?}");
    }
}

/// Over the whole book of the country; `WISE_PROPERTY_HOUSEHOLDS=100000` tries more than the usual 2,000.
#[test]
fn forgetting_never_flips_an_answer_of_the_countrys_law() {
    let households = std::env::var("WISE_PROPERTY_HOUSEHOLDS").map_or(2_000, |number| {
        number
            .parse()
            .expect("WISE_PROPERTY_HOUSEHOLDS is a number")
    });
    let book = country::book();
    let mut random = Random(7);
    let mut granted = 0_usize;
    for number in 0..households {
        let home = random_household(&book, &mut random, 4, 1);
        let on =
            rules::dates::add_days(day("2024-06-01"), random.below(900) as i64).expect("a day");
        let known: Vec<FactRef> = home.known().map(|(fact, _)| fact).collect();
        let mut less = home.clone();
        for _ in 0..=random.below(6) {
            less.forget(&known[random.below(known.len() as u64) as usize]);
        }
        let (more, less_known) = (answers(&book, &home, on), answers(&book, &less, on));
        granted += more
            .values()
            .filter(|(outcome, _)| *outcome == Outcome::Eligible)
            .count();
        if let Err(difference) = less_is_never_otherwise(&more, &less_known) {
            panic!("household {number} on {on}: {difference}\n{home:?}\n{less:?}");
        }
    }
    assert!(
        granted > households,
        "{granted} granted in {households} households"
    );
}
