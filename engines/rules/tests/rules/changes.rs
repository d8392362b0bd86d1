//! Leaping from one day of change to the next finds what walking day by day finds.

use jiff::civil::Date;
use proptest::prelude::*;
use rules::{
    Benefit, Change, Decision, Finding, Milestone, MilestoneKind, NextChange, Outcome, RuleBook,
    Situation, Value,
};

use crate::country;
use crate::fixture::{book, day, files, situation, told};

/// Every day is looked at.
fn walked(
    book: &RuleBook,
    benefit: &Benefit,
    home: &Situation,
    from: Date,
    to: Date,
) -> Vec<Change> {
    let keys = |benefit: &Benefit| -> Vec<Option<String>> {
        match benefit.unit {
            rules::BenefitUnit::Household => vec![None],
            rules::BenefitUnit::Person => home.member_keys().map(|k| Some(k.to_owned())).collect(),
        }
    };
    let mut changes = Vec::new();
    let mut before = book.decide(benefit, home, from);
    let mut date = from;
    while date < to {
        date = date.tomorrow().expect("a day");
        let after = book.decide(benefit, home, date);
        for (member, (before, after)) in keys(benefit).into_iter().zip(before.iter().zip(&after)) {
            if before != after {
                changes.push(Change {
                    date,
                    member,
                    before: *before,
                    after: *after,
                });
            }
        }
        before = after;
    }
    changes
}

/// Leaping agrees with walking; a benefit's earliest changes and the bounds of `steady` follow from it.
#[track_caller]
fn agrees(book: &RuleBook, benefit: &Benefit, home: &Situation, from: Date, to: Date) {
    let walked = walked(book, benefit, home, from, to);
    let leapt = book.changes(benefit, home, from, to);
    assert_eq!(leapt, walked, "{} from {from}: {home:?}", benefit.id);
    let mut earliest: Vec<Change> = Vec::new();
    for change in &walked {
        if !earliest.iter().any(|known| known.member == change.member) {
            earliest.push(change.clone());
        }
    }
    let mut next = book.next_change(benefit, home, from, to);
    next.sort_by_key(|change| change.date);
    assert_eq!(next, earliest, "{}", benefit.id);
    let decided = book.decide(benefit, home, from);
    let middle = from
        .checked_add(jiff::Span::new().days(i64::from(from.until(to).unwrap().get_days()) / 3))
        .unwrap();
    let mut ahead: Vec<Change> = Vec::new();
    for change in &walked {
        let is_later = |it: &Change| it.date > middle && it.member == change.member;
        if change.date <= middle || !ahead.iter().any(is_later) {
            ahead.push(change.clone());
        }
    }
    let outlook = book.outlook(benefit, home, from, middle, to);
    assert_eq!((outlook.now, outlook.changes), (decided.clone(), ahead));
    let steady = book.steady(benefit, home, from);
    assert_eq!(
        steady
            .iter()
            .map(|it| it.decision)
            .collect::<Vec<Decision>>(),
        decided
    );
    for steady in steady {
        assert!(steady.until > from, "{}: {steady:?}", benefit.id);
    }
}

/// Conditions with an amount each that use everything that may move with the day.
const RULES: [(&str, &str); 31] = [
    (
        "days_since(add_months(on, -1)) >= 30",
        "won(number(days_since(add_months(on, -1))))",
    ),
    ("age(person.born) < 8", "100000"),
    (
        "age(person.born) >= param.limit",
        "won(number(age(person.born))) * 100000",
    ),
    ("months_since(person.born) < 11 || person.student", "50000"),
    (
        "months_since(person.born) in [3, 5, 9]",
        "won(number(months_since(person.born)))",
    ),
    (
        "days_since(person.born) == 40",
        "won(number(days_since(person.born))) * 2",
    ),
    (
        "days_since(person.born) >= 40 && days_since(person.born) < 100",
        "max(won(number(days_since(person.born))), 60)",
    ),
    (
        "on >= add_months(person.born, param.months)",
        "min(won(number(days_since(person.born))), 300)",
    ),
    (
        "on < add_years(person.born, 1) || household.income > 1000000",
        "70000",
    ),
    ("add_months(on, -1) < person.born", "param.sum"),
    (
        "add_months(on, 1) >= date(\"2024-02-29\") && add_months(on, 1) < date(\"2024-03-02\")",
        "1",
    ),
    (
        "add_months(on, -18) > person.born",
        "won(year(add_months(on, 5)))",
    ),
    (
        "add_days(on, 30) > person.born && person.born > add_days(on, -400)",
        "won(number(days_since(person.born))) - won(number(age(person.born)))",
    ),
    ("start_of_month(on) > person.born", "2"),
    (
        "end_of_month(add_days(on, 3)) >= add_days(person.born, 60)",
        "3",
    ),
    ("year(on) == year(person.born) + 1", "4"),
    ("year(add_months(on, -2)) >= 2025", "won(year(on))"),
    ("age_at(person.born, end_of_month(on)) < 2", "5"),
    ("age_at(on, date(\"2026-03-10\")) >= 1", "6"),
    ("on != date(\"2024-10-05\")", "7"),
    (
        "on in [date(\"2024-10-05\"), add_days(person.born, 10), end_of_month(on)]",
        "8",
    ),
    (
        "household.members.exists(m, m.role == \"child\" && age(m.born) < 2)",
        "won(sum(household.members.map(m, age(m.born) < 3, m.earned)))",
    ),
    (
        "household.members.all(m, age(m.born) >= 1)",
        "won(number(household.members.filter(m, months_since(m.born) < 30).size()))",
    ),
    (
        "household.members.filter(m, age(m.born) < 1).size() >= 1",
        "sum(household.members.map(m, won(number(days_since(m.born)))))",
    ),
    (
        "(person.student ? on : person.born) >= date(\"2025-05-31\")",
        "(person.student ? days_since(person.born) : days_since(person.born)) * 1 > 50 ? 9 : 10",
    ),
    (
        "min(on, add_days(person.born, 100)) > date(\"2024-12-01\")",
        "won(number(months_since(max(person.born, add_months(on, -2)))))",
    ),
    (
        "max(on, add_days(person.born, 100)) < date(\"2025-12-01\")",
        "percent(won(number(days_since(person.born))), 50, half_up)",
    ),
    (
        "!(age(person.born) < 1) && define.ripe",
        "round_to(won(number(define.span)), 10, down)",
    ),
    (
        "define.ripe == person.student",
        "param.table[number(age(person.born))]",
    ),
    (
        "add_years(on, -1) <= add_months(person.born, -2)",
        "per_year(won_per_month(number(months_since(person.born)))) > 36 ? 11 : 12",
    ),
    (
        "add_months(on, number(household.income) > 500000 ? 1 : 2) > date(\"2025-01-31\")",
        "param.sum + 1",
    ),
];

/// The small book with one benefit for each of the rules.
fn moving_book() -> RuleBook {
    let mut files = files();
    files.retain(|(path, _)| !path.starts_with("benefits/"));
    for (index, (when, pay)) in RULES.iter().enumerate() {
        files.push((
            format!("benefits/moving-{index}.yaml"),
            moving(index, when, pay),
        ));
    }
    RuleBook::load(files).unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics)))
}

fn moving(index: usize, when: &str, pay: &str) -> String {
    let quoted = |text: &str| serde_json::to_string(text).expect("json");
    let only = |name: &str, line: &str| {
        let used = when.contains(name) || pay.contains(name);
        if used {
            format!("  {line}\n")
        } else {
            String::new()
        }
    };
    let parameters = [
        only("param.limit", "limit: {unit: years, ko: 나이, en: age, values: [{from: 2024-01-01, value: 2, source: 법, checked: 2026-01-01}, {from: 2025-06-01, value: 1, source: 법, checked: 2026-01-01}]}"),
        only("param.months", "months: {unit: months, ko: 달, en: months, values: [{from: 2024-07-10, to: 2025-03-01, value: 3, source: 법, checked: 2026-01-01}, {from: 2025-05-01, value: 1, source: 법, checked: 2026-01-01}]}"),
        only("param.sum", "sum: {unit: won, ko: 금액, en: sum, values: [{from: 2024-09-01, to: 2025-11-11, value: 5, source: 법, checked: 2026-01-01}]}"),
        only("param.table", "table: {unit: won, by: number, ko: 금액, en: sum, values: [{from: 2024-01-01, value: [5, 6, 6], source: 법, checked: 2026-01-01}]}"),
    ]
    .concat();
    let parameters = if parameters.is_empty() {
        String::new()
    } else {
        format!("parameters:\n{parameters}")
    };
    format!(
        r#"id: moving-{index}
name: {{ko: 시험, en: test}}
summary: {{ko: 시험, en: test}}
authority: a
law: [{{act: 법}}]
unit: person
recipient: self
in_force: {{from: 2024-01-15, to: 2026-01-01}}
{parameters}define:
  span: days_since(person.born)
  ripe: "define.span > 45 && define.span < 300"
condition:
  - {{id: main, when: {}}}
amount:
  - {{when: 'person.role == "child"', pay: {}}}
  - {{pay: 1000}}
period: {{kind: monthly, from: "add_months(person.born, 2)", until: "start_of_month(add_years(person.born, 1))"}}
use_by: end_of_month(on)
deadline: {{by: "add_days(person.born, 60)", ko: 기한, en: deadline}}
cases:
  - {{name: a, on: 2025-01-01, members: {{a: {{born: 2020-01-01}}}}, expect: {{a: {{result: eligible}}}}}}
  - {{name: b, on: 2025-01-01, members: {{a: {{born: 2020-01-01}}}}, expect: {{a: {{result: not}}}}}}
"#,
        quoted(when),
        quoted(pay),
    )
}

fn maybe<S: Strategy<Value = Value> + 'static>(some: S) -> BoxedStrategy<Option<Value>> {
    prop::option::weighted(0.85, some).boxed()
}

type Facts = Vec<(&'static str, Option<Value>)>;

fn arbitrary_member() -> impl Strategy<Value = Facts> {
    let born = day("2022-06-01");
    let born = (0_i64..1_500).prop_map(move |n| rules::dates::add_days(born, n).expect("a day"));
    let role = prop::sample::select(vec!["head", "child", "other"]);
    (
        maybe(born.prop_map(Value::Date)),
        maybe(role.prop_map(|code| Value::Text(code.to_owned()))),
        maybe(any::<bool>().prop_map(Value::Bool)),
        maybe((0_i64..1_000).prop_map(Value::Integer)),
    )
        .prop_map(|(born, role, student, earned)| {
            vec![
                ("born", born),
                ("role", role),
                ("student", student),
                ("earned", earned),
            ]
        })
}

fn home(book: &RuleBook, income: Option<i64>, members: &[Facts]) -> Situation {
    let mut home = book.situation();
    if let Some(income) = income {
        home.set_household("income", Value::Integer(income))
            .expect("a fact");
    }
    for (index, facts) in members.iter().enumerate() {
        let key = format!("m{index}");
        home.add_member(&key).expect("room");
        for (name, value) in facts {
            if let Some(value) = value {
                home.set_member(&key, name, value.clone()).expect("a fact");
            }
        }
    }
    home
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn leaping_agrees_with_walking(
        income in prop::option::of(0_i64..2_000_000),
        members in prop::collection::vec(arbitrary_member(), 1..4),
        start in 0_i64..400,
    ) {
        let book = moving_book();
        let home = home(&book, income, &members);
        let from = rules::dates::add_days(day("2024-01-20"), start).expect("a day");
        let to = rules::dates::add_days(from, 700).expect("a day");
        for benefit in book.benefits() {
            agrees(&book, benefit, &home, from, to);
        }
    }

    #[test]
    fn the_next_change_of_all_is_the_earliest_of_any(
        income in prop::option::of(0_i64..2_000_000),
        members in prop::collection::vec(arbitrary_member(), 1..3),
        start in 0_i64..700,
        rule in 0..RULES.len(),
    ) {
        let mut files = files();
        let (when, pay) = RULES[rule];
        files.push((format!("benefits/moving-{rule}.yaml"), moving(rule, when, pay)));
        let book = RuleBook::load(files).expect("valid");
        let home = home(&book, income, &members);
        let from = rules::dates::add_days(day("2024-01-20"), start).expect("a day");
        let to = rules::dates::add_days(from, 300).expect("a day");
        let found = book.next_change_of_all(&home, from, to);
        prop_assert_eq!(found, walked_of_all(&book, &home, from, to));
    }
}

/// The first day on which a decision differs from the day before, or a date that stood where it stands passes.
fn walked_of_all(book: &RuleBook, home: &Situation, from: Date, to: Date) -> Option<NextChange> {
    let evaluate = |on| -> Vec<Vec<Finding>> {
        book.benefits()
            .map(|benefit| book.evaluate(benefit, home, on))
            .collect()
    };
    let mut date = from;
    let mut before = evaluate(from);
    while date < to {
        date = date.tomorrow().expect("a day");
        let after = evaluate(date);
        let mut next = NextChange {
            date,
            decisions: Vec::new(),
            milestones: Vec::new(),
        };
        for (benefit, (before, after)) in book.benefits().zip(before.iter().zip(&after)) {
            for (before, after) in before.iter().zip(after) {
                if decision(before) != decision(after) {
                    let change = Change {
                        date,
                        member: after.member.clone(),
                        before: decision(before),
                        after: decision(after),
                    };
                    next.decisions.push((benefit.id.clone(), change));
                }
                let passed = passed(before, date);
                next.milestones
                    .extend(passed.into_iter().map(|kind| Milestone {
                        benefit: benefit.id.clone(),
                        member: before.member.clone(),
                        kind,
                    }));
            }
        }
        if !next.decisions.is_empty() || !next.milestones.is_empty() {
            return Some(next);
        }
        before = after;
    }
    None
}

fn decision(finding: &Finding) -> Decision {
    Decision {
        outcome: finding.outcome,
        amount: finding.amount.as_ref().and_then(|amount| amount.value),
    }
}

/// The dates of yesterday's finding that pass today.
fn passed(before: &Finding, today: Date) -> Vec<MilestoneKind> {
    if before.outcome != Outcome::Eligible {
        return Vec::new();
    }
    let period = before.period.as_ref();
    let dates = [
        (period.and_then(|it| it.from), MilestoneKind::PeriodBegins),
        (period.and_then(|it| it.until), MilestoneKind::PeriodEnds),
        (
            before.deadline.and_then(|it| it.tomorrow().ok()),
            MilestoneKind::DeadlinePassed,
        ),
        (
            before.use_by.and_then(|it| it.tomorrow().ok()),
            MilestoneKind::UseByPassed,
        ),
    ];
    let passed = dates.into_iter().filter(|(date, _)| *date == Some(today));
    passed.map(|(_, kind)| kind).collect()
}

#[test]
fn a_birthday_and_a_new_law_are_found_without_looking_at_the_days_between() {
    let book = book();
    let benefit = book.benefit("child-money").expect("loaded");
    let home = situation(
        &book,
        &["kid.born=2017-06-15", "kid.role=child", "kid.birth_order=1"],
    );
    let next = book.next_change(benefit, &home, day("2024-06-01"), day("2030-01-01"));
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].date, day("2025-01-01"));
    // Eight until 2025, nine from 2026: the eighth birthday in 2025 ends it, the new year brings it back.
    let all = book.changes(benefit, &home, day("2025-01-01"), day("2030-01-01"));
    let dates: Vec<String> = all.iter().map(|change| change.date.to_string()).collect();
    assert_eq!(dates, ["2025-06-15", "2026-01-01", "2026-06-15"]);
    let steady = book.steady(benefit, &home, day("2026-06-15"))[0];
    assert_eq!(steady.decision.outcome, Outcome::NotEligible);
    assert_eq!(steady.until, day("2027-06-15"));
}

/// Over the country's law, with the households of its own cases, from several days in each of three years.
#[test]
fn leaping_agrees_with_walking_over_the_countrys_law() {
    let book = country::book();
    for benefit in book.benefits() {
        for (index, (on, home)) in benefit.case_situations().enumerate() {
            for year in 0..3_i64 {
                // A quarter of a year from a day that differs from case to case.
                let start = year * 365 + (index as i64 * 97) % 270;
                let from = rules::dates::add_days(on, start).expect("a day");
                let to = rules::dates::add_days(from, 92).expect("a day");
                agrees(&book, benefit, home, from, to);
            }
        }
    }
}
