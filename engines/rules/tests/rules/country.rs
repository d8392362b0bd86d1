//! The law of the country itself: every file is valid and every case holds.

use std::path::PathBuf;

use rules::{Outcome, RelationKind, RuleBook};

use crate::fixture::{day, read, situation, told};

pub fn book() -> RuleBook {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../country/kr");
    RuleBook::load(read(&folder)).unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics)))
}

#[test]
fn every_file_is_valid_and_every_case_holds() {
    let book = book();
    assert!(book.benefits().count() > 0);
    let mut failures = String::new();
    for benefit in book.benefits() {
        for case in book.run_cases(benefit).iter().filter(|case| !case.passed) {
            failures += &format!(
                "{}:{}: {}\n{}\n",
                benefit.file, case.line, case.name, case.explanation
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn help_in_a_crisis_tells_of_the_livelihood_benefit_that_excludes_it() {
    let book = book();
    let facts = [
        "municipality=hanbit",
        "income_recognised=0",
        "income_now=0",
        "supporter_income=0",
        "supporter_property=0",
        "property=0",
        "home_value=0",
        "financial_assets=0",
        "crisis=true",
        "me.role=head",
        "me.nationality=korean",
    ];
    let found = book.evaluate_all(&situation(&book, &facts), day("2026-11-23"));
    let of = |id: &str| {
        let mut found = found.iter();
        &found.find(|(benefit, _)| benefit.id == id).expect(id).1
    };
    for (id, other) in [
        ("emergency-livelihood", "livelihood-benefit"),
        ("livelihood-benefit", "emergency-livelihood"),
    ] {
        // Only who receives it already is excluded: people may have the one until the other comes.
        assert_eq!(of(id).outcome, Outcome::Eligible);
        let related = &of(id).relations[0];
        assert_eq!(
            (related.kind, related.benefit.as_str()),
            (RelationKind::Excludes, other)
        );
        assert_eq!(related.law, "긴급복지지원법 제3조제2항");
    }
}
