//! Formulas drawn at random, of everything that the language has but folds within folds; with or without what is
//! unknown or has no value in law.

use proptest::prelude::*;

/// Formulas that give numbers and truths.
#[derive(Clone)]
pub struct Grammar {
    pub number: BoxedStrategy<String>,
    pub truth: BoxedStrategy<String>,
}

/// Where a formula stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Person,
    Household,
    Member,
}

impl Grammar {
    pub fn person(depth: u32, known: bool) -> Self {
        grammar(Place::Person, depth, known)
    }

    pub fn household(depth: u32, known: bool) -> Self {
        grammar(Place::Household, depth, known)
    }
}

fn texts(list: &[&str]) -> BoxedStrategy<String> {
    let list: Vec<String> = list.iter().map(|it| (*it).to_owned()).collect();
    prop::sample::select(list).boxed()
}

fn leaf(place: Place, known: bool) -> Grammar {
    let mut numbers = vec![
        "0",
        "1",
        "7",
        "250",
        "param.limit",
        "param.limit",
        "household.rent",
        "household.rent",
        "household.size",
        "year(on)",
        "param.silent",
    ];
    let mut truths = vec![
        "(household.status == \"tenant\")",
        "(household.status in [\"owner\", \"homeless\"])",
        "(on < date(\"2021-06-01\"))",
        "true",
    ];
    let own_numbers = [
        ".pay", ".pay", ".hours", ".hours", ".debt", ".debt", ".wealth", ".tithe", ".lost",
    ];
    let own_truths = [".works", ".works", ".grown", ".idle", ".sure"];
    let owner = match place {
        Place::Person => "person",
        Place::Member => "m",
        Place::Household => "",
    };
    let of =
        |list: &[&str]| -> Vec<String> { list.iter().map(|it| format!("{owner}{it}")).collect() };
    let (own_numbers, own_truths) = (of(&own_numbers), of(&own_truths));
    let calls = [
        format!("age({owner}.born)"),
        format!("months_since({owner}.born)"),
        format!("age_at({owner}.born, {owner}.moved)"),
        format!("year(add_months({owner}.born, {owner}.debt))"),
        format!("month({owner}.moved)"),
    ];
    let asks = [
        format!("({owner}.born < {owner}.moved)"),
        format!("({owner}.born >= date(\"2002-03-01\"))"),
        format!("({owner}.likes == household.status)"),
        format!("({owner}.likes != \"owner\")"),
        format!("({owner}.pay in param.amounts)"),
        format!("({owner}.debt in [1, 2, household.size])"),
    ];
    if place != Place::Household {
        numbers.extend(own_numbers.iter().chain(&calls).map(String::as_str));
        truths.extend(own_truths.iter().chain(&asks).map(String::as_str));
    }
    if place == Place::Member {
        truths.push("(m.role == \"child\")");
    }
    if known {
        let open = |text: &&str| {
            ![".lost", ".idle", ".sure", "param.silent"]
                .iter()
                .any(|it| text.contains(it))
        };
        numbers.retain(open);
        truths.retain(open);
    }
    Grammar {
        number: texts(&numbers),
        truth: texts(&truths),
    }
}

fn grammar(place: Place, depth: u32, known: bool) -> Grammar {
    let leaf = leaf(place, known);
    if depth == 0 {
        return leaf;
    }
    let inner = grammar(place, depth - 1, known);
    let (n, t) = (|| inner.number.clone(), || inner.truth.clone());
    let pair = (n(), n());
    let operators = texts(&["+", "-", "*"]);
    let comparisons = texts(&["<", "<=", ">", ">=", "==", "!="]);
    let scales = texts(&["rates", "average", "sums", "steps"]);
    let modes = texts(&["half_up", "down", "up"]);
    let extremes = texts(&["min", "max"]);
    let mut numbers = vec![
        leaf.number,
        (n(), operators.clone(), n())
            .prop_map(|(a, o, b)| format!("({a} {o} {b})"))
            .boxed(),
        (n(), operators, n())
            .prop_map(|(a, o, b)| format!("({a} {o} {b})"))
            .boxed(),
        pair.prop_map(|(a, b)| format!("divide({a}, {b})")).boxed(),
        n().prop_map(|a| format!("(-{a})")).boxed(),
        (t(), n(), n())
            .prop_map(|(c, a, b)| format!("({c} ? {a} : {b})"))
            .boxed(),
        (n(), 0..4, modes)
            .prop_map(|(a, d, mode)| format!("round({a}, {d}, {mode})"))
            .boxed(),
        (scales, n())
            .prop_map(|(scale, a)| format!("scale(param.{scale}, {a})"))
            .boxed(),
        (extremes.clone(), n(), n())
            .prop_map(|(e, a, b)| format!("{e}({a}, {b})"))
            .boxed(),
    ];
    let mut truths = vec![
        leaf.truth,
        (n(), comparisons.clone(), n())
            .prop_map(|(a, c, b)| format!("({a} {c} {b})"))
            .boxed(),
        (n(), comparisons, n())
            .prop_map(|(a, c, b)| format!("({a} {c} {b})"))
            .boxed(),
        (t(), t())
            .prop_map(|(a, b)| format!("({a} && {b})"))
            .boxed(),
        (t(), t())
            .prop_map(|(a, b)| format!("({a} || {b})"))
            .boxed(),
        (t(), t())
            .prop_map(|(a, b)| format!("({a} == {b})"))
            .boxed(),
        (t(), t(), t())
            .prop_map(|(c, a, b)| format!("({c} ? {a} : {b})"))
            .boxed(),
        t().prop_map(|a| format!("(!{a})")).boxed(),
        (n(), n())
            .prop_map(|(a, b)| format!("({a} in [{b}, 7, 0])"))
            .boxed(),
    ];
    if place != Place::Member {
        let member = grammar(Place::Member, depth - 1, known);
        let (n, t) = (|| member.number.clone(), || member.truth.clone());
        let folds = texts(&["sum", "min", "max"]);
        numbers.extend([
            n().prop_map(|a| format!("sum(household.members.map(m, {a}))"))
                .boxed(),
            (folds, t(), n())
                .prop_map(|(f, c, a)| format!("{f}(household.members.map(m, {c}, {a}))"))
                .boxed(),
            (extremes, n())
                .prop_map(|(e, a)| format!("{e}(household.members.map(m, {a}))"))
                .boxed(),
            t().prop_map(|c| format!("household.members.filter(m, {c}).size()"))
                .boxed(),
        ]);
        truths.extend([
            t().prop_map(|c| format!("household.members.exists(m, {c})"))
                .boxed(),
            t().prop_map(|c| format!("household.members.all(m, {c})"))
                .boxed(),
        ]);
    }
    Grammar {
        number: prop::strategy::Union::new(numbers).boxed(),
        truth: prop::strategy::Union::new(truths).boxed(),
    }
}
