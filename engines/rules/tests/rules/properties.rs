//! Laws that hold for every input.

use proptest::prelude::*;
use rules::money::{Rounding, percent};
use rules::{Entity, FactRef, Finding, Outcome, RuleBook, Situation, Value};

use crate::fixture::{book, changed, day, files, read};

fn rounding() -> impl Strategy<Value = Rounding> {
    prop_oneof![
        Just(Rounding::HalfUp),
        Just(Rounding::Down),
        Just(Rounding::Up)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Compared with the exact fraction: the result is the whole number that the mode names.
    #[test]
    fn percentages_are_exact(amount in any::<i64>(), rate in -10_000_i64..10_000, mode in rounding()) {
        let exact = i128::from(amount) * i128::from(rate);
        match percent(amount, rate, mode) {
            None => prop_assert!((exact / 100).abs() >= i128::from(i64::MAX) - 1),
            Some(result) => {
                let result = i128::from(result) * 100;
                let error = (result - exact).abs();
                match mode {
                    Rounding::Down => prop_assert!(error < 100 && result.abs() <= exact.abs()),
                    Rounding::Up => prop_assert!(error < 100 && result.abs() >= exact.abs()),
                    Rounding::HalfUp => prop_assert!(
                        error < 50 || (error == 50 && result.abs() > exact.abs())
                    ),
                }
            }
        }
    }

    /// Any text at all, on the stack of a small thread.
    #[test]
    fn the_loader_never_panics(expression in ".{0,300}") {
        load_with(&expression);
    }

    /// Texts made of the language's own words reach deeper than random characters.
    #[test]
    fn the_loader_never_panics_on_its_own_words(words in prop::collection::vec(word(), 0..80)) {
        load_with(&words.join(" "));
    }

    /// Forgetting a fact may make an answer open; it never turns one into another.
    #[test]
    fn forgetting_never_flips_a_definite_answer(
        household in arbitrary_household(0.9, 0),
        forgotten in any::<prop::sample::Index>(),
        month in 0_i64..30,
    ) {
        let book = book();
        let on = rules::dates::completion(day("2024-12-15"), month).expect("a day");
        let full = built(&book, &household);
        let known: Vec<FactRef> = full.known().map(|(fact, _)| fact).collect();
        prop_assume!(!known.is_empty());
        let mut less = full.clone();
        less.forget(&known[forgotten.index(known.len())]);
        for benefit in book.benefits() {
            let before = book.evaluate(benefit, &full, on);
            let after = book.evaluate(benefit, &less, on);
            for (before, after) in before.iter().zip(&after) {
                if after.outcome != Outcome::Unknown {
                    prop_assert_eq!(before.outcome, after.outcome, "{}: {:?}", &benefit.id, less);
                }
                if let (Some(told), true) = (paid(after), after.outcome == Outcome::Eligible) {
                    prop_assert_eq!(paid(before), Some(told));
                }
                consistent(after)?;
            }
        }
    }

    /// What is asked for is what decides: telling every missing fact, again and again, ends in an answer.
    #[test]
    fn telling_what_is_missing_ends_in_an_answer(
        full in arbitrary_household(1.0, 1),
        hidden in prop::collection::vec(any::<bool>(), 64),
    ) {
        let book = book();
        let full = built(&book, &full);
        let on = day("2026-03-01");
        let mut partial = full.clone();
        for ((fact, _), hide) in full.known().zip(hidden.into_iter().cycle()) {
            if hide {
                partial.forget(&fact);
            }
        }
        for benefit in book.benefits() {
            let mut situation = partial.clone();
            let whole = book.evaluate(benefit, &full, on);
            for _ in 0..20 {
                let found = book.evaluate(benefit, &situation, on);
                let missing: Vec<FactRef> = found.into_iter().flat_map(|f| f.missing).collect();
                for fact in missing {
                    let value = full.get(&fact).expect("complete");
                    match &fact.member {
                        Some(key) => situation.set_member(key, &fact.fact, value).expect("valid"),
                        None => situation.set_household(&fact.fact, value).expect("valid"),
                    }
                }
            }
            let found = book.evaluate(benefit, &situation, on);
            let outcome = |found: &[Finding]| found.iter().map(|f| (f.outcome, paid(f))).collect::<Vec<_>>();
            prop_assert_eq!(outcome(&found), outcome(&whole));
        }
    }
}

fn paid(finding: &Finding) -> Option<i64> {
    finding.amount.as_ref().and_then(|amount| amount.value)
}

/// A finding agrees with its own reasons, and asks only when something is open.
fn consistent(finding: &Finding) -> Result<(), TestCaseError> {
    let holds: Vec<Option<bool>> = finding.reasons.iter().map(|reason| reason.holds).collect();
    match finding.outcome {
        Outcome::Eligible => prop_assert!(holds.iter().all(|holds| *holds == Some(true))),
        Outcome::NotEligible => {
            prop_assert!(holds.contains(&Some(false)) && finding.missing.is_empty())
        }
        Outcome::Unknown => {
            prop_assert!(holds.contains(&None) && !holds.contains(&Some(false)));
            prop_assert!(!finding.missing.is_empty());
        }
    }
    for reason in &finding.reasons {
        prop_assert!(!reason.text.ko.is_empty() && !reason.text.en.is_empty());
        prop_assert!(!reason.text.ko.contains("(를)") && !reason.text.ko.contains("(는)"));
    }
    Ok(())
}

pub type Facts = Vec<Option<Value>>;

/// Facts of a household in the order of the vocabulary (without the account), then of each member.
pub fn arbitrary_household(
    known: f64,
    least_members: usize,
) -> impl Strategy<Value = (Facts, Vec<Facts>)> {
    let text = |codes: &'static [&'static str]| {
        prop::sample::select(codes).prop_map(|code| Value::Text(code.to_owned()))
    };
    fn weighted<S: Strategy<Value = Value> + 'static>(
        known: f64,
        some: S,
    ) -> BoxedStrategy<Option<Value>> {
        if known < 1.0 {
            prop::option::weighted(known, some).boxed()
        } else {
            some.prop_map(Some).boxed()
        }
    }
    macro_rules! maybe {
        ($some:expr) => {
            weighted(known, $some)
        };
    }
    let money = |most: i64| (0..=most).prop_map(Value::Integer);
    let household = (
        maybe!(text(&["hanbit", "daesan"])),
        maybe!(money(2_000_000)),
        maybe!(money(200_000_000)),
        maybe!(text(&["owned", "rent", "free"])),
    )
        .prop_map(|(a, b, c, d)| vec![a, b, c, d]);
    let born = (0_i64..30_000)
        .prop_map(|n| Value::Date(rules::dates::from_day_number(n - 9_000).expect("a day")));
    let person = (
        maybe!(born),
        maybe!(text(&["head", "child", "other"])),
        maybe!(any::<bool>().prop_map(Value::Bool)),
        maybe!(money(3_000_000)),
        maybe!((1_i64..6).prop_map(Value::Integer)),
    )
        .prop_map(|(a, b, c, d, e)| vec![a, b, c, d, e]);
    (household, prop::collection::vec(person, least_members..5))
}

pub fn built(book: &RuleBook, (household, members): &(Facts, Vec<Facts>)) -> Situation {
    let mut situation = book.situation();
    let names = |entity| {
        book.vocabulary()
            .facts(entity)
            .iter()
            .map(|fact| fact.name.clone())
    };
    for (name, value) in names(Entity::Household).zip(household) {
        if let Some(value) = value {
            situation
                .set_household(&name, value.clone())
                .expect("valid");
        }
    }
    for (index, facts) in members.iter().enumerate() {
        let key = format!("m{index}");
        situation.add_member(&key).expect("room");
        for (name, value) in names(Entity::Person).zip(facts) {
            if let Some(value) = value {
                situation
                    .set_member(&key, &name, value.clone())
                    .expect("valid");
            }
        }
    }
    situation
}

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "person",
        "household",
        "members",
        ".",
        ".",
        ".",
        "(",
        ")",
        "(",
        ")",
        "[",
        "]",
        "m",
        ",",
        "exists",
        "filter",
        "map",
        "sum",
        "size",
        "()",
        "born",
        "earned",
        "income",
        "role",
        "\"child\"",
        "param",
        "define",
        "median",
        "years",
        "age",
        "percent",
        "half_up",
        "1",
        "0",
        "9223372036854775807",
        "-",
        "!",
        "+",
        "*",
        "<",
        "==",
        "&&",
        "||",
        "?",
        ":",
        "in",
        "on",
        "date",
        "\"2024-01-01\"",
        "true",
        "min",
        "max",
        "number",
        "x.exists(m,",
    ])
}

/// Loads the book with an expression as condition, as amount and as date; whether it is valid does not matter.
fn load_with(expression: &str) {
    let quoted = serde_json::to_string(expression).expect("json");
    let files = files().into_iter().map(|(path, text)| {
        let text = text
            .replace("when: person.role == \"child\"", &format!("when: {quoted}"))
            .replace("use_by: on", &format!("use_by: {quoted}"))
            .replace(
                "pay: \"param.later[person.birth_order]\"",
                &format!("pay: {quoted}"),
            );
        (path, text)
    });
    let files: Vec<_> = files.collect();
    let loader = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let loaded = loader
        .spawn(move || RuleBook::load(files).is_ok())
        .expect("a thread");
    loaded.join().expect("no panic and no overflow");
}

#[test]
fn hostile_nesting_stays_within_a_small_stack() {
    let deep = [30, 39, 41, 100, 400, 1_000, 100_000];
    for times in deep {
        for (open, middle, close) in [
            ("(", "1", ")"),
            ("!", "true", ""),
            ("-", "1", ""),
            ("[", "1", "]"),
            ("{", "1", "}"),
            ("min(1, ", "2", ")"),
            ("true ? 1 : ", "2", ""),
            ("household.members.exists(m, ", "true", ")"),
            ("1 + ", "1", ""),
            ("true && ", "true", ""),
            ("a.", "b", ""),
            ("param.median[", "1", "]"),
            ("\"", "a", "\""),
        ] {
            load_with(&format!(
                "{}{middle}{}",
                open.repeat(times),
                close.repeat(times)
            ));
        }
    }
}

#[test]
fn chains_of_definitions_are_evaluated_once() {
    let mut define = "define:\n  d0: person.birth_order\n".to_owned();
    for index in 1..60 {
        let before = index - 1;
        define += &format!("  d{index}: \"min(define.d{before}, define.d{before} + 1)\"\n");
    }
    define += "  years:";
    let files = changed("benefits/child-money.yaml", "define:\n  years:", &define);
    let files = files.into_iter().map(|(path, text)| {
        (
            path,
            text.replace("when: person.role == \"child\"", "when: define.d59 == 1"),
        )
    });
    let book = RuleBook::load(files).unwrap_or_else(|d| panic!("{}", crate::fixture::told(&d)));
    let found = crate::fixture::findings(
        &book,
        "child-money",
        &["a.born=2026-01-01", "a.birth_order=1"],
        "2026-02-01",
    );
    assert_eq!(found[0].outcome, Outcome::Eligible);
}

/// The same corpus as the fuzz target starts from.
#[test]
fn the_fuzz_corpus_passes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/load");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).expect("a corpus") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
        load_with(&text);
        seen += 1;
    }
    assert!(seen >= 10, "{seen} texts in {}", folder.display());
    assert!(!read(&folder.join("../../../tests/fixtures/book")).is_empty());
}
