//! What is concluded: outcomes, amounts, dates, what is missing, and when that changes.

use rules::{Entity, FactRef, Outcome, Value};

use crate::fixture::{book, day, findings, situation};

fn fact(entity: Entity, member: Option<&str>, name: &str) -> FactRef {
    FactRef {
        entity,
        member: member.map(str::to_owned),
        fact: name.to_owned(),
    }
}

#[test]
fn the_cases_beside_the_rules_hold() {
    let book = book();
    for benefit in book.benefits() {
        for case in book.run_cases(benefit) {
            assert!(
                case.passed,
                "{}: {}\n{}",
                benefit.id, case.name, case.explanation
            );
        }
    }
}

#[test]
fn a_case_that_does_not_hold_says_what_differs() {
    let files = crate::fixture::changed(
        "benefits/living-support.yaml",
        "expect: {result: eligible, amount: 20556}",
        "expect: {result: eligible, amount: 20555}",
    );
    let book = rules::RuleBook::load(files).expect("valid");
    let results = book.run_cases(book.benefit("living-support").expect("there"));
    let failed: Vec<_> = results.iter().filter(|case| !case.passed).collect();
    assert_eq!(failed.len(), 1);
    assert!(
        failed[0]
            .explanation
            .contains("expected amount 20555, found 20556")
    );
    assert_eq!(failed[0].name, "1인");
}

#[test]
fn a_person_benefit_is_asked_of_every_member_in_order() {
    let book = book();
    let facts = [
        "baby.born=2026-11-01",
        "baby.role=child",
        "baby.birth_order=2",
        "mother.role=head",
    ];
    let found = findings(&book, "child-money", &facts, "2026-11-23");
    assert_eq!(found.len(), 2);
    let baby = &found[0];
    assert_eq!(baby.member.as_deref(), Some("baby"));
    assert_eq!(baby.outcome, Outcome::Eligible);
    let amount = baby.amount.as_ref().expect("paid");
    assert_eq!((amount.value, amount.at_most), (Some(150_000), false));
    let period = baby.period.as_ref().expect("a period");
    assert_eq!(period.from, Some(day("2026-11-01")));
    assert_eq!(period.until, Some(day("2035-11-01")));
    assert_eq!(baby.deadline, Some(day("2026-12-31")));
    assert_eq!(baby.needs, [fact(Entity::Household, None, "account")]);
    assert_eq!(baby.missing, []);
    assert_eq!(found[1].outcome, Outcome::NotEligible);
    assert_eq!(found[1].amount, None);
}

#[test]
fn unknown_is_never_false_and_never_zero() {
    let book = book();
    let found = &findings(
        &book,
        "living-support",
        &["municipality=hanbit", "a.role=head"],
        "2026-03-01",
    )[0];
    assert_eq!(found.outcome, Outcome::Unknown);
    assert_eq!(found.amount.as_ref().and_then(|amount| amount.value), None);
    let missing: Vec<&str> = found
        .missing
        .iter()
        .map(|fact| fact.fact.as_str())
        .collect();
    assert_eq!(missing, ["income", "housing", "wealth"]);
}

#[test]
fn what_cannot_change_the_outcome_is_not_asked() {
    let book = book();
    // The income decides already: housing is not asked.
    let facts = ["municipality=hanbit", "income=9000000", "a.role=head"];
    let found = &findings(&book, "living-support", &facts, "2026-03-01")[0];
    assert_eq!(
        (found.outcome, found.missing.len()),
        (Outcome::NotEligible, 0)
    );
    // One alternative of three holds: the others are not asked.
    let facts = [
        "municipality=hanbit",
        "income=1000",
        "housing=free",
        "a.role=head",
    ];
    let found = &findings(&book, "living-support", &facts, "2026-03-01")[0];
    assert_eq!((found.outcome, found.missing.len()), (Outcome::Eligible, 0));
}

#[test]
fn the_territory_is_known_or_asked() {
    let book = book();
    for (place, outcome) in [
        (Some("municipality=hanbit"), Outcome::Eligible),
        (Some("municipality=daesan"), Outcome::NotEligible),
        (None, Outcome::Unknown),
    ] {
        let facts: Vec<&str> = ["income=1000", "housing=free", "a.role=head"]
            .into_iter()
            .chain(place)
            .collect();
        let found = &findings(&book, "living-support", &facts, "2026-03-01")[0];
        assert_eq!(found.outcome, outcome, "{place:?}");
        assert_eq!(
            found.reasons[0].facts,
            [fact(Entity::Household, None, "municipality")]
        );
        let asked = found
            .missing
            .contains(&fact(Entity::Household, None, "municipality"));
        assert_eq!(asked, place.is_none());
    }
}

#[test]
fn before_the_law_and_after_it_nobody_is_eligible_with_a_reason() {
    let book = book();
    let facts = [
        "municipality=hanbit",
        "income=1000",
        "housing=free",
        "a.role=head",
    ];
    for (on, told) in [
        ("2024-12-31", "2025년 1월 1일부터 시행하는 제도입니다."),
        ("2027-01-01", "2027년 1월 1일부터 없어진 제도입니다."),
    ] {
        let found = &findings(&book, "living-support", &facts, on)[0];
        assert_eq!(found.outcome, Outcome::NotEligible);
        assert_eq!(found.reasons[0].text.ko, told);
    }
}

#[test]
fn a_parameter_without_a_value_satisfies_nothing_and_is_never_zero() {
    let book = book();
    // The property limit begins in July 2025; until then that alternative is open to nobody.
    let facts = [
        "municipality=hanbit",
        "income=1000",
        "housing=owned",
        "wealth=0",
        "a.role=head",
    ];
    let before = &findings(&book, "living-support", &facts, "2025-06-30")[0];
    assert_eq!(before.outcome, Outcome::NotEligible);
    let text = serde_json::to_string(&before.reasons).expect("json");
    assert!(
        text.contains("재산 기준이 2025년 6월 30일에 정해져 있지 않습니다."),
        "{text}"
    );
    let after = &findings(&book, "living-support", &facts, "2025-07-01")[0];
    assert_eq!(after.outcome, Outcome::Eligible);
    // And an amount that the law does not set is not paid as zero.
    let files = crate::fixture::changed(
        "benefits/child-money.yaml",
        "values: [{from: 2025-01-01, value: [100000, 150000, 300000]",
        "values: [{from: 2025-07-01, value: [100000, 150000, 300000]",
    );
    let book = rules::RuleBook::load(files).expect("valid");
    let facts = [
        "baby.born=2025-01-01",
        "baby.role=child",
        "baby.birth_order=1",
    ];
    let found = &findings(&book, "child-money", &facts, "2025-03-01")[0];
    assert_eq!(
        (found.outcome, found.amount.clone()),
        (Outcome::NotEligible, None)
    );
    assert_eq!(found.reasons.last().expect("a reason").holds, Some(false));
}

#[test]
fn what_is_too_large_is_unknown_and_says_so() {
    let files = crate::fixture::changed(
        "benefits/school-bonus.yaml",
        "per_year(define.earnings) <= 50000000",
        "define.earnings * 100000000 <= 50000000",
    );
    let book = rules::RuleBook::load(files).expect("valid");
    let facts = [
        "a.student=true",
        "b.student=false",
        "b.earned=999999999999999",
    ];
    let found = &findings(&book, "school-bonus", &facts, "2025-03-02")[0];
    assert_eq!((found.outcome, found.missing.len()), (Outcome::Unknown, 0));
    assert!(
        found.reasons[1].text.ko.contains("값이 너무 커서"),
        "{:?}",
        found.reasons[1]
    );
}

#[test]
fn changes_are_found_on_their_day() {
    let book = book();
    let child = book.benefit("child-money").expect("there");
    let household = situation(
        &book,
        &["kid.born=2017-03-15", "kid.role=child", "kid.birth_order=1"],
    );
    let changes = book.changes(child, &household, day("2024-06-01"), day("2028-01-01"));
    let told: Vec<(String, Outcome, Option<i64>)> = changes
        .iter()
        .map(|change| {
            (
                change.date.to_string(),
                change.after.outcome,
                change.after.amount,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            // The law begins; the eighth birthday ends it; the limit rises; the ninth birthday ends it again.
            ("2025-01-01".to_owned(), Outcome::Eligible, Some(100_000)),
            ("2025-03-15".to_owned(), Outcome::NotEligible, None),
            ("2026-01-01".to_owned(), Outcome::Eligible, Some(100_000)),
            ("2026-03-15".to_owned(), Outcome::NotEligible, None),
        ]
    );
    assert_eq!(changes[0].member.as_deref(), Some("kid"));
}

#[test]
fn values_are_checked_when_set() {
    let book = book();
    let mut household = book.situation();
    for (name, value, message) in [
        ("incom", Value::Integer(1), "Did you mean `income`?"),
        ("income", Value::Bool(true), "won_per_month is expected"),
        ("income", Value::Integer(i64::MAX), "is not between"),
        (
            "housing",
            Value::Text("castle".to_owned()),
            "not a declared value",
        ),
    ] {
        let error = household
            .set_household(name, value)
            .expect_err(name)
            .to_string();
        assert!(error.contains(message), "{error}");
    }
    for (name, text, message) in [
        (
            "income",
            "12.5",
            "a whole number of won_per_month is expected",
        ),
        ("income", "", "expected"),
        ("municipality", " ", "a text is expected"),
    ] {
        let error = book
            .parse_value(Entity::Household, name, text)
            .expect_err(text)
            .to_string();
        assert!(error.contains(message), "{error}");
    }
    assert_eq!(
        book.parse_value(Entity::Household, "income", " 1,234_567 "),
        Ok(Value::Integer(1_234_567))
    );
    household
        .set_member("a", "role", Value::Text("head".to_owned()))
        .expect("declared");
    let known: Vec<(FactRef, Value)> = household.known().collect();
    assert_eq!(
        known,
        [(
            fact(Entity::Person, Some("a"), "role"),
            Value::Text("head".to_owned())
        )]
    );
    household.forget(&known[0].0);
    assert_eq!(household.known().count(), 0);
    for index in 1..rules::MAX_MEMBERS {
        household.add_member(&index.to_string()).expect("room");
    }
    assert_eq!(household.add_member("one more"), None);
    assert_eq!(
        household.set_member("one more", "student", Value::Bool(true)),
        Err(rules::ValueError::TooManyMembers)
    );
    assert_eq!(household.add_member("a"), Some(0));
}

#[test]
fn a_household_without_members_has_unknown_ones() {
    let book = book();
    let facts = ["municipality=hanbit", "income=0", "housing=free"];
    let found = &findings(&book, "living-support", &facts, "2026-03-01")[0];
    assert_eq!(found.outcome, Outcome::Unknown);
    assert_eq!(found.missing, [fact(Entity::Household, None, "members")]);
}

#[test]
fn findings_survive_json() {
    let book = book();
    let facts = [
        "municipality=hanbit",
        "income=0",
        "housing=free",
        "a.role=head",
    ];
    let found = findings(&book, "living-support", &facts, "2026-03-01");
    let text = serde_json::to_string(&found).expect("json");
    let back: Vec<rules::Finding> = serde_json::from_str(&text).expect("json");
    assert_eq!(back, found);
}

#[test]
fn digests_follow_the_sources() {
    let (book, again) = (book(), book());
    assert_eq!(book.digest(), again.digest());
    assert_eq!(book.digest().len(), 64);
    let files = crate::fixture::changed("parameters/income.yaml", "2392013", "2392014");
    let other = rules::RuleBook::load(files).expect("valid");
    assert_ne!(book.digest(), other.digest());
    let digest = |book: &rules::RuleBook, id: &str| book.benefit(id).expect(id).digest().to_owned();
    assert_ne!(
        digest(&book, "living-support"),
        digest(&other, "living-support")
    );
    assert_eq!(digest(&book, "child-money"), digest(&other, "child-money"));
}

#[test]
fn every_dated_value_can_be_listed_with_its_source() {
    let book = book();
    let unverified: Vec<(Option<&str>, &str)> = book
        .parameters()
        .filter(|(_, parameter)| parameter.values.iter().any(|value| value.unverified))
        .map(|(benefit, parameter)| (benefit, parameter.name.as_str()))
        .collect();
    assert_eq!(unverified, [(Some("child-money"), "age_limit")]);
    assert!(
        book.parameters()
            .any(|(benefit, parameter)| benefit.is_none() && parameter.name == "median")
    );
}

#[test]
fn a_claim_in_time_reaches_back_and_a_late_one_does_not() {
    let files = crate::fixture::changed(
        "benefits/child-money.yaml",
        "back_dated: true}",
        "back_dated: true, paid_from: claim_month}",
    );
    let book = rules::RuleBook::load(files).expect("valid");
    let claim = |facts: &[&str], on: &str| {
        let found = findings(&book, "child-money", facts, on);
        found[0].claim.expect("a deadline")
    };
    let kid = ["kid.born=2026-01-20", "kid.role=child", "kid.birth_order=1"];
    let in_time = claim(&kid, "2026-03-21");
    assert_eq!((in_time.back_dated, in_time.in_time), (true, Some(true)));
    assert_eq!(in_time.paid_from, Some(day("2026-01-20")));
    let late = claim(&kid, "2026-03-22");
    assert_eq!(
        (late.in_time, late.paid_from),
        (Some(false), Some(day("2026-03-01")))
    );
    // Whether it reaches back is open while the birthday is.
    let open = claim(&["kid.role=child", "kid.birth_order=1"], "2026-03-22");
    assert_eq!((open.in_time, open.paid_from), (None, None));
    let refused = findings(&book, "child-money", &["kid.role=head"], "2026-03-22");
    assert_eq!(refused[0].claim, None);
}

#[test]
fn a_claim_without_a_last_day_is_paid_from_the_day_its_file_says() {
    for (word, from) in [
        ("claim_day", Some("2026-03-22")),
        ("claim_month", Some("2026-03-01")),
        ("next_month", Some("2026-04-01")),
        ("", None),
    ] {
        let stated = match word {
            "" => String::new(),
            word => format!(", paid_from: {word}"),
        };
        let files = crate::fixture::changed(
            "benefits/living-support.yaml",
            "period: {kind: monthly}",
            &format!("period: {{kind: monthly}}\ndeadline: {{ko: 언제든, en: any time{stated}}}"),
        );
        let book = rules::RuleBook::load(files).expect("valid");
        let facts = [
            "municipality=hanbit",
            "income=0",
            "housing=rent",
            "a.role=head",
        ];
        let found = findings(&book, "living-support", &facts, "2026-03-22");
        let claim = found[0].claim.expect("a deadline");
        assert_eq!(
            (claim.in_time, claim.paid_from),
            (None, from.map(day)),
            "{word}"
        );
    }
}

#[test]
fn a_finding_says_whether_the_household_lives_where_it_is_given() {
    let book = book();
    for (facts, lives) in [
        (&["municipality=hanbit"][..], Some(true)),
        (&["municipality=daesan"], Some(false)),
        (&["income=0"], None),
    ] {
        let found = findings(&book, "living-support", facts, "2026-03-01");
        assert_eq!(found[0].in_territory, lives);
    }
    let anywhere = findings(&book, "child-money", &["kid.role=child"], "2026-03-01");
    assert_eq!(anywhere[0].in_territory, Some(true));
    let benefit = |id: &str| book.benefit(id).expect("loaded");
    assert!(
        benefit("living-support").covers("hanbit") && !benefit("living-support").covers("daesan")
    );
    assert!(benefit("child-money").covers("daesan"));
}

#[test]
fn values_that_nobody_checked_for_a_year_are_listed() {
    let old = "{from: 2025-01-01, value: 32, source: 생활법 제8조, checked: 2024-11-23}";
    let files = crate::fixture::changed(
        "benefits/living-support.yaml",
        "{from: 2025-01-01, value: 32, source: 생활법 제8조, checked: 2026-11-23}",
        old,
    );
    let book = rules::RuleBook::load(files).expect("valid");
    assert!(book.stale_parameters(day("2025-11-23"), 365).is_empty());
    let stale = book.stale_parameters(day("2025-11-24"), 365);
    assert_eq!(stale.len(), 1, "{stale:?}");
    assert_eq!(
        (stale[0].benefit.as_deref(), stale[0].parameter.as_str()),
        (Some("living-support"), "rate")
    );
    assert_eq!(
        (stale[0].checked, stale[0].age_days),
        (day("2024-11-23"), 366)
    );
    assert_eq!(
        (stale[0].source.as_str(), stale[0].line),
        ("생활법 제8조", 12)
    );
    // The longest ago first; a value that is not in force today is nobody's worry.
    let later = book.stale_parameters(day("2028-01-01"), 365);
    assert!(later.len() > 3);
    assert_eq!(later[0].parameter, "rate");
    assert!(later.iter().all(|parameter| parameter.age_days > 365));
}
