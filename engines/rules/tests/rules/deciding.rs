//! The facts that would decide an open outcome: each set does, and nothing less than it.

use jiff::civil::Date;
use proptest::prelude::*;
use rules::{Benefit, Entity, FactRef, Finding, Outcome, RuleBook, Situation, Value};

use crate::country;
use crate::fixture::{book, changed, day, findings, situation, told};
use crate::properties::{arbitrary_household, built};

fn set(situation: &mut Situation, fact: &FactRef, value: Value) {
    match &fact.member {
        Some(key) => situation.set_member(key, &fact.fact, value).expect("valid"),
        None => situation.set_household(&fact.fact, value).expect("valid"),
    }
}

type Values = Vec<(FactRef, Vec<Value>)>;

/// The outcomes that the representative values of some facts lead to.
fn outcomes(ask: &dyn Fn(&Situation) -> Outcome, home: &Situation, facts: &Values) -> Vec<Outcome> {
    let Some(((fact, values), rest)) = facts.split_first() else {
        return vec![ask(home)];
    };
    let mut home = home.clone();
    let mut all = Vec::new();
    for value in values {
        set(&mut home, fact, value.clone());
        all.extend(outcomes(ask, &home, &rest.to_vec()));
    }
    all
}

fn decides(outcomes: &[Outcome]) -> bool {
    outcomes.iter().any(|outcome| *outcome != Outcome::Unknown)
}

/// Every set decides, none of its proper subsets does, and what decides alone is told.
fn minimal(book: &RuleBook, benefit: &Benefit, home: &Situation, on: Date, finding: &Finding) {
    let member = finding.member.as_deref();
    let all = book.representative_values(benefit, home, on, member);
    if finding.outcome != Outcome::Unknown {
        assert!(finding.deciding.is_empty() && all.is_empty());
        return;
    }
    let ask = |home: &Situation| {
        let found = book.evaluate(benefit, home, on);
        let own = found.iter().find(|it| it.member == finding.member);
        own.expect("the same member").outcome
    };
    let values = |facts: &[FactRef]| -> Values {
        let of = |fact: &FactRef| all.iter().find(|(known, _)| known == fact).cloned();
        facts.iter().map(|fact| of(fact).expect("tried")).collect()
    };
    assert!(finding.deciding.len() <= 3);
    let mut before = (0, false);
    for facts in &finding.deciding {
        assert!((1..=4).contains(&facts.len()));
        let reached = outcomes(&ask, home, &values(facts));
        assert!(decides(&reached), "{}: {facts:?} {home:?}", benefit.id);
        for left_out in 0..facts.len() {
            let mut fewer = facts.clone();
            fewer.remove(left_out);
            let reached = outcomes(&ask, home, &values(&fewer));
            assert!(!decides(&reached), "{}: {fewer:?} {home:?}", benefit.id);
        }
        let rank = (facts.len(), !reached.contains(&Outcome::Eligible));
        assert!(before <= rank, "{}: {:?}", benefit.id, finding.deciding);
        before = rank;
    }
    if finding.deciding.len() < 3 {
        for (fact, _) in &all {
            let alone = vec![fact.clone()];
            let reached = outcomes(&ask, home, &values(&alone));
            assert_eq!(
                decides(&reached),
                finding.deciding.contains(&alone),
                "{fact}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_set_decides_and_nothing_less_does(
        household in arbitrary_household(0.55, 0),
        month in 0_i64..30,
    ) {
        let book = book();
        let on = rules::dates::completion(day("2024-12-15"), month).expect("a day");
        let home = built(&book, &household);
        for benefit in book.benefits() {
            for finding in book.evaluate(benefit, &home, on) {
                minimal(&book, benefit, &home, on, &finding);
            }
        }
    }
}

#[test]
fn each_set_decides_in_the_countrys_cases_with_facts_forgotten() {
    let book = country::book();
    let mut open = 0;
    for benefit in book.benefits() {
        for (index, (on, home)) in benefit.case_situations().enumerate() {
            let mut home = home.clone();
            let known: Vec<FactRef> = home.known().map(|(fact, _)| fact).collect();
            for (at, fact) in known.iter().enumerate() {
                if (at * 7 + index * 3) % 5 < 2 {
                    home.forget(fact);
                }
            }
            for finding in book.evaluate(benefit, &home, on) {
                open += usize::from(finding.outcome == Outcome::Unknown);
                minimal(&book, benefit, &home, on, &finding);
            }
        }
    }
    assert!(open > 100, "{open} open outcomes tried");
}

fn names(finding: &Finding) -> Vec<Vec<String>> {
    let name = |set: &Vec<FactRef>| set.iter().map(ToString::to_string).collect();
    finding.deciding.iter().map(name).collect()
}

#[test]
fn a_fact_that_could_grant_comes_before_one_that_could_only_refuse() {
    let book = book();
    let home = ["municipality=hanbit", "housing=rent", "a.role=head"];
    let found = findings(&book, "living-support", &home, "2026-03-01");
    assert_eq!(names(&found[0]), [["household.income"]]);
    // The age alone may refuse; whether it is a child as well.
    let found = findings(&book, "child-money", &["kid.birth_order=1"], "2026-03-01");
    assert_eq!(names(&found[0]), [["kid.born"], ["kid.role"]]);
    let found = findings(
        &book,
        "living-support",
        &["income=0", "a.role=head"],
        "2026-03-01",
    );
    // Living elsewhere refuses alone; an owned home and much property refuse only together.
    let expected = [
        vec!["household.municipality"],
        vec!["household.housing", "household.wealth"],
    ];
    assert_eq!(names(&found[0]), expected);
}

#[test]
fn in_a_crowd_what_is_missing_is_told_and_nothing_tried() {
    let book = book();
    let crowd: Vec<String> = (0..25).map(|member| format!("m{member}.")).collect();
    let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
    let told = |facts| findings(&book, "child-money", facts, "2026-03-01").remove(0);
    assert!(!told(&crowd[..24]).deciding.is_empty());
    let found = told(&crowd);
    assert!(!found.missing.is_empty() && found.deciding.is_empty());
}

#[test]
fn values_stand_on_both_sides_of_each_boundary() {
    let book = book();
    let benefit = book.benefit("living-support").expect("loaded");
    let home = situation(
        &book,
        &["municipality=hanbit", "housing=rent", "a.role=head"],
    );
    let all = book.representative_values(benefit, &home, day("2026-03-01"), None);
    let income = FactRef {
        entity: Entity::Household,
        member: None,
        fact: "income".to_owned(),
    };
    let (_, values) = all.iter().find(|(fact, _)| *fact == income).expect("tried");
    // 32 % of 2,564,238 won.
    for won in [820_556, 820_557] {
        assert!(values.contains(&Value::Integer(won)), "{values:?}");
    }
}

#[test]
fn two_facts_that_decide_only_together_are_one_set() {
    let files = changed(
        "benefits/school-bonus.yaml",
        "when: person.student}",
        "when: person.student == (person.earned > 5)}",
    );
    let book = RuleBook::load(files).unwrap_or_else(|all| panic!("{}", told(&all)));
    let found = findings(&book, "school-bonus", &["a.birth_order=1"], "2026-03-01");
    assert_eq!(names(&found[0]), [["a.student", "a.earned"]]);
}

#[test]
fn a_case_states_what_would_decide() {
    let files = changed(
        "benefits/living-support.yaml",
        "deciding: [[household.housing], [household.wealth]]",
        "deciding: [[household.housing, household.wealth]]",
    );
    let book = RuleBook::load(files).expect("valid");
    let results = book.run_cases(book.benefit("living-support").expect("there"));
    let failed: Vec<_> = results.iter().filter(|case| !case.passed).collect();
    assert_eq!(failed.len(), 1);
    let expected = "expected deciding [household.housing + household.wealth], found [household.housing, household.wealth]";
    assert!(
        failed[0].explanation.contains(expected),
        "{}",
        failed[0].explanation
    );
}

#[test]
fn a_finding_stored_before_sets_were_told_is_still_read() {
    let book = book();
    let found = findings(&book, "child-money", &["kid.birth_order=1"], "2026-03-01");
    let mut stored = serde_json::to_value(&found[0]).expect("json");
    stored.as_object_mut().expect("a map").remove("deciding");
    let read: Finding = serde_json::from_value(stored).expect("read");
    assert!(read.deciding.is_empty());
    assert_eq!(read.missing, found[0].missing);
}
