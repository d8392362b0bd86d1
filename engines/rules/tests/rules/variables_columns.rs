//! Plans of columns against the scalar path: the same values for every person and group, whatever the formulas.

use std::fmt::Write;

use proptest::prelude::*;
use rules::variables::columns::{Column, Holds, Input, Misfit, Refusal, Values};
use rules::variables::{Book, Period};

use crate::country_template;
use crate::drawn::Random;
use crate::fixture::told;

use self::grammar::Grammar;
use self::town::{BOUND, Held, Town, homes, period, run, scalar};

#[path = "variables_columns/grammar.rs"]
mod grammar;
#[path = "variables_columns/town.rs"]
mod town;

const TEMPLATE: [&str; 14] = [
    "age",
    "basic_income",
    "pension",
    "income_tax",
    "social_security_contribution",
    "housing_tax",
    "household_income",
    "housing_allowance",
    "parenting_allowance",
    "meal_price",
    "swimming_pool_access",
    "total_benefits",
    "total_taxes",
    "disposable_income",
];

/// Three thousand persons of the country template, with amounts at and about the law's thresholds.
fn template_town(random: &mut Random, january: &'static str, month: &'static str) -> Town {
    let mut sizes = Vec::new();
    while sizes.len() < 1_300 {
        let adults = 1 + random.below(2) as u32;
        sizes.push((adults, random.below(4) as u32));
    }
    let (offsets, roles) = homes(&sizes);
    let mut amounts = |rows: usize, greatest: u64| -> Vec<i32> {
        let near = [
            0, 25_000, 24_900, 50_000, 600_000, 1_220_000, 1_240_000, 200_000,
        ];
        let mut draw = || match random.below(3) {
            0 => 0,
            1 => near[random.below(near.len() as u64) as usize] + random.below(3) as i32,
            _ => random.below(greatest) as i32,
        };
        (0..rows).map(|_| draw()).collect()
    };
    let (persons, households) = (roles.len(), sizes.len());
    let salary = Held::SmallNumbers(100, amounts(persons, 2_000_000));
    let capital = Held::SmallNumbers(100, amounts(persons, 100_000));
    let rent = Held::SmallNumbers(100, amounts(households, 300_000));
    let size = Held::SmallNumbers(10, amounts(households, 2_500));
    let born = (0..persons).map(|_| random.below(32_000) as i32 - 14_600);
    let born = Held::Days(born.collect());
    let statuses = (0..households).map(|_| random.below(4) as u8);
    let codes = &["owner", "tenant", "free_lodger", "homeless"];
    let status = Held::Codes(codes, statuses.collect());
    Town {
        offsets,
        roles,
        columns: vec![
            ("birth", "eternity", false, born),
            ("salary", month, false, salary),
            ("capital_returns", month, false, capital),
            ("rent", month, true, rent),
            ("accommodation_size", january, true, size),
            ("housing_occupancy_status", january, true, status),
        ],
    }
}

#[test]
fn the_country_template_is_the_same_for_thousands_as_one_by_one() {
    let Some(imported) = country_template::imported() else {
        return;
    };
    let book = country_template::book(&imported.files);
    for (january, month, year) in [
        ("2016-01", "2016-10", "2016"),
        ("2019-01", "2019-03", "2019"),
    ] {
        let town = template_town(&mut Random(11), january, month);
        let outputs = TEMPLATE.map(|name| {
            let of = if name == "housing_tax" { year } else { month };
            (name, period(of))
        });
        let plan = book.plan(&[], &town.inputs(), &outputs).expect("a plan");
        assert!(plan.is_fast());
        let computed = run(&plan, &town);
        let expected = scalar(&book, &town, &outputs);
        for ((name, _), (computed, expected)) in outputs.iter().zip(computed.iter().zip(&expected))
        {
            assert_eq!(computed, expected, "{name} {month}");
        }
        // Batches of another size end elsewhere and give the same.
        assert_eq!(run(&plan.with_batch(17), &town), computed);
    }
}

#[test]
fn a_reform_has_a_plan_of_its_own() {
    let Some(imported) = country_template::imported() else {
        return;
    };
    let book = country_template::book(&imported.files);
    let town = template_town(&mut Random(3), "2017-01", "2017-05");
    let month = period("2017-05");
    let outputs = [
        ("social_security_contribution", month),
        ("basic_income", month),
    ];
    let plan = |reforms: &[&str]| {
        book.plan(reforms, &town.inputs(), &outputs)
            .expect("a plan")
    };
    let (law, reform) = (
        plan(&[]),
        plan(&["flat_social_security_contribution", "removal_basic_income"]),
    );
    let (law, reform) = (run(&law, &town), run(&reform, &town));
    assert_ne!(law[0], reform[0]);
    assert!(reform[1].iter().all(|it| it == "0"), "neutralized");
    let unknown = book.plan(&["flat"], &[], &outputs).expect_err("no reform");
    assert!(matches!(unknown, Refusal::Reform(_)), "{unknown}");
}

const FILES: [(&str, &str); 3] = [
    (
        "entities.yaml",
        "
entities:
  person: {plural: persons}
  household: {plural: households, roles: {adult: {plural: adults}, child: {plural: children}}}
  firm: {plural: firms, roles: {worker: {plural: workers}}}
",
    ),
    (
        "parameters/law.yaml",
        "
limit: {values: [{from: 2020-01-01, value: 100.5}]}
silent: {values: [{from: 2000-01-01, to: 2001-01-01, value: 1}]}
amounts: {values: [{from: 2020-01-01, value: [0, 1, 250.5]}]}
rates: {scale: marginal_rate, values: [{from: 2020-01-01, brackets: [{threshold: -3, rate: 0.3}, {threshold: 10.125, rate: 0.1}, {threshold: 900, rate: 0.25}]}]}
average: {scale: average_rate, values: [{from: 2020-01-01, brackets: [{threshold: 0, rate: 0.1}, {threshold: 100, rate: 0.2}]}]}
sums: {scale: marginal_amount, values: [{from: 2020-01-01, brackets: [{threshold: 0, amount: 1}, {threshold: 7.005, amount: 2.5}, {threshold: 50, amount: -4}]}]}
steps: {scale: single_amount, values: [{from: 2020-01-01, brackets: [{threshold: 0, amount: 1}, {threshold: 7.005, amount: 2.5}, {threshold: 50, amount: 4}]}]}
",
    ),
    (
        "variables/facts.yaml",
        "
variables:
  pay: {entity: person, period: month, type: number, spread: divide}
  debt: {entity: person, period: month, type: number}
  hours: {entity: person, period: month, type: number}
  wealth: {entity: person, period: month, type: number}
  born: {entity: person, period: eternity, type: date}
  moved: {entity: person, period: month, type: date}
  works: {entity: person, period: month, type: bool}
  idle: {entity: person, period: month, type: bool}
  lost: {entity: person, period: month, type: number}
  likes: {entity: person, period: month, type: enum, values: [owner, tenant, homeless]}
  rent: {entity: household, period: month, type: number}
  yearly: {entity: household, period: year, type: number, default: 100}
  status: {entity: household, period: month, type: enum, values: [owner, tenant, homeless]}
  staff: {entity: firm, period: month, type: number, default: 1}
  tithe: {entity: person, period: month, type: number, expr: 'divide(person.pay * 2 - 1, 10)'}
  grown: {entity: person, period: month, type: bool, expr: age(person.born) >= 19}
  sure: {entity: person, period: month, type: bool, expr: person.idle && person.works || param.silent > 1}
",
    ),
];

fn book(variables: &str) -> Book {
    let files = FILES.into_iter().chain([("variables/x.yaml", variables)]);
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    Book::load(files).unwrap_or_else(|found| panic!("{variables}\n{}", told(&found)))
}

const MONTH: &str = "2021-03";
const CODES: &[&str] = &["owner", "tenant", "homeless"];

/// Up to a dozen persons; amounts small, at thresholds, or as large as columns may hold.
fn town() -> impl Strategy<Value = Town> {
    let number = |great: i64| {
        prop_oneof![
            4 => -20_i64..=2_000,
            2 => prop::sample::select(vec![0, 1, 700, 701, 25_050, 5_000, 1_012, 1_013, -300]),
            1 => -great..=great,
        ]
    };
    let sizes = prop::collection::vec((1_u32..3, 0_u32..3), 1..5);
    (sizes, any::<bool>()).prop_flat_map(move |(sizes, great)| {
        let (offsets, roles) = homes(&sizes);
        let (persons, households) = (roles.len(), sizes.len());
        let most = if great { BOUND } else { 1_000_000 };
        let of = |rows, most| prop::collection::vec(number(most), rows);
        let days = || prop::collection::vec(-14_000_i32..21_000, persons);
        let codes = |rows| prop::collection::vec(0_u8..3, rows);
        let small = prop::collection::vec((-50_i32..50, 0_i32..100_000), persons);
        let told = (
            of(persons, most),
            small,
            of(persons, most),
            days(),
            days(),
            prop::collection::vec(any::<bool>(), persons),
            codes(persons),
            of(households, 1_000_000),
            codes(households),
        );
        told.prop_map(
            move |(pay, small, wealth, born, moved, works, likes, rent, status)| Town {
                offsets: offsets.clone(),
                roles: roles.clone(),
                columns: vec![
                    ("pay", MONTH, false, Held::Numbers(100, pay)),
                    (
                        "debt",
                        MONTH,
                        false,
                        Held::SmallNumbers(1, small.iter().map(|it| it.0).collect()),
                    ),
                    (
                        "hours",
                        MONTH,
                        false,
                        Held::SmallNumbers(100, small.iter().map(|it| it.1).collect()),
                    ),
                    ("wealth", MONTH, false, Held::Numbers(7, wealth)),
                    ("born", "eternity", false, Held::Days(born)),
                    ("moved", MONTH, false, Held::Days(moved)),
                    ("works", MONTH, false, Held::Truths(works)),
                    ("likes", MONTH, false, Held::Codes(CODES, likes)),
                    ("rent", MONTH, true, Held::Numbers(10, rent)),
                    ("status", MONTH, true, Held::Codes(CODES, status)),
                ],
            },
        )
    })
}

/// Formulas of a person and of a household; half of them of nothing but what is known.
fn formulas() -> impl Strategy<Value = [String; 4]> {
    let of = |known| {
        let (person, household) = (Grammar::person(3, known), Grammar::household(3, known));
        let both = (
            person.number,
            person.truth,
            household.number,
            household.truth,
        );
        both.prop_map(|(a, b, c, d)| [a, b, c, d])
    };
    prop_oneof![of(true), of(false)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever formulas say: fast where it can be proven, in full elsewhere, and never something else.
    #[test]
    fn random_formulas_are_the_same_by_columns_as_one_by_one(formulas in formulas(), town in town(), batch in 1_usize..9) {
        let [a, b, c, d] = &formulas;
        let book = book(&format!(
            "
variables:
  a: {{entity: person, period: month, type: number, expr: '{a}'}}
  b: {{entity: person, period: month, type: bool, expr: '{b}'}}
  c: {{entity: household, period: month, type: number, expr: '{c}'}}
  d: {{entity: household, period: month, type: bool, expr: '{d}'}}
  e: {{entity: person, period: month, type: number, expr: 'person.b || household.d ? person.a - household.c : person.a * 2'}}
"
        ));
        let outputs = ["a", "b", "c", "d", "e"].map(|name| (name, period(MONTH)));
        let plan = book.plan(&[], &town.inputs(), &outputs);
        let plan = plan.map_err(|refusal| TestCaseError::fail(format!("{refusal}: {formulas:?}")))?;
        let computed = run(&plan.with_batch(batch), &town);
        prop_assert_eq!(computed, scalar(&book, &town, &outputs), "{:?}", formulas);
    }
}

/// Two households, of two persons and one, with these salaries in cents.
fn three(pay: [i64; 3]) -> Town {
    let (offsets, roles) = homes(&[(1, 1), (1, 0)]);
    Town {
        offsets,
        roles,
        columns: vec![("pay", MONTH, false, Held::Numbers(100, pay.to_vec()))],
    }
}

fn output(expr: &str, entity: &str, town: &Town) -> (bool, Vec<String>) {
    let book = book(&format!(
        "variables: {{x: {{entity: {entity}, period: month, type: number, expr: '{expr}'}}}}"
    ));
    let plan = book.plan(&[], &town.inputs(), &[("x", period(MONTH))]);
    let plan = plan.unwrap_or_else(|refusal| panic!("{expr}: {refusal}"));
    (plan.is_fast(), run(&plan, town).swap_remove(0))
}

#[test]
fn what_cannot_be_proven_to_fit_is_computed_in_full() {
    let town = three([700, 0, 12_345]);
    for (expr, entity, fast, rows) in [
        (
            "person.pay * 3 - 1",
            "person",
            true,
            vec!["20", "-1", "369.35"],
        ),
        (
            "divide(person.pay, 7)",
            "person",
            true,
            vec!["1", "0", "17.635714285714285714285714285714285714"],
        ),
        (
            "divide(7, person.pay)",
            "person",
            false,
            vec!["1", "out of range", "140/2469"],
        ),
        (
            "person.pay > 0 ? divide(7, person.pay) : 0",
            "person",
            false,
            vec!["1", "0", "140/2469"],
        ),
        (
            "person.pay * person.pay",
            "person",
            true,
            vec!["49", "0", "15239.9025"],
        ),
        (
            "person.pay * person.pay * person.pay",
            "person",
            false,
            vec!["343", "0", "1881365.963625"],
        ),
        (
            "round(person.pay * param.limit, 1, up)",
            "person",
            true,
            vec!["703.5", "0", "12406.8"],
        ),
        (
            "sum(household.members.map(m, m.pay))",
            "person",
            true,
            vec!["7", "7", "123.45"],
        ),
        (
            "max(household.members.map(m, m.pay))",
            "household",
            true,
            vec!["7", "123.45"],
        ),
        ("household.size", "person", true, vec!["2", "2", "1"]),
        (
            "share(household.yearly)",
            "household",
            true,
            vec!["25/3", "25/3"],
        ),
        (
            "person.idle ? 1 : 2",
            "person",
            true,
            vec!["unknown", "unknown", "unknown"],
        ),
        (
            "person.pay > 1 && person.idle ? 1 : 2",
            "person",
            false,
            vec!["unknown", "2", "unknown"],
        ),
        (
            "person.pay > 1 ? param.silent : 2",
            "person",
            false,
            vec!["no value in law", "2", "no value in law"],
        ),
    ] {
        let (is_fast, computed) = output(expr, entity, &town);
        let computed: Vec<&str> = computed.iter().map(String::as_str).collect();
        if expr != "divide(person.pay, 7)" {
            assert_eq!(computed, rows, "{expr}");
        }
        assert_eq!(is_fast, fast, "{expr}");
    }
}

#[test]
fn what_has_no_column_is_refused_and_named() {
    let pay = |holds| Input {
        variable: "pay",
        period: period(MONTH),
        holds,
    };
    // Each step of the chain opens many parts: the usual stack of a thread holds them.
    let endless = format!(
        "at(person.x, last_month) + {}person.debt{}",
        "(1 + ".repeat(12),
        ")".repeat(12)
    );
    let cents = |denominator| Holds::Numbers {
        denominator,
        least: 0,
        greatest: 1,
    };
    for (expr, inputs, of, message) in [
        (
            "household.members.exists(m, m.pay > person.pay) ? 1 : 0",
            vec![],
            MONTH,
            "compares members",
        ),
        (
            "household.members.exists(m, household.members.all(n, m.pay >= n.pay)) ? 1 : 0",
            vec![],
            MONTH,
            "compares members",
        ),
        ("household.rent + firm.staff", vec![], MONTH, "two kinds"),
        (&endless, vec![], MONTH, "too long a chain"),
        (
            "at(person.x, last_month) + 1",
            vec![],
            MONTH,
            "too long a chain",
        ),
        (
            "at(total(person.x, month), this_year)",
            vec![],
            MONTH,
            "needs itself",
        ),
        ("1 + 0", vec![], "2021", "not told for 2021"),
        (
            "1 + 0",
            vec![pay(Holds::Truths)],
            MONTH,
            "holds something else",
        ),
        ("1 + 0", vec![pay(cents(0))], MONTH, "not in order"),
        (
            "1 + 0",
            vec![pay(cents(1)), pay(cents(1))],
            MONTH,
            "told twice",
        ),
    ] {
        let book = book(&format!(
            "variables: {{x: {{entity: person, period: month, type: number, expr: '{expr}'}}}}"
        ));
        let refusal = book.plan(&[], &inputs, &[("x", period(of))]);
        let refusal = refusal.expect_err(expr).to_string();
        assert!(refusal.contains(message), "{expr}: {refusal}");
    }
    let refusal = book("variables: {}").plan(&[], &[], &[("y", period(MONTH))]);
    assert_eq!(
        refusal.err(),
        Some(Refusal::UnknownVariable("y".to_owned()))
    );
}

#[test]
fn columns_beyond_what_was_proven_are_refused_before_anything_is_computed() {
    let book = book(
        "variables: {x: {entity: household, period: month, type: number, expr: 'max(household.members.map(m, m.pay))'}}",
    );
    let holds = Holds::SmallNumbers {
        denominator: 100,
        least: 0,
        greatest: 9,
    };
    let input = Input {
        variable: "pay",
        period: period(MONTH),
        holds,
    };
    let plan = book
        .plan(&[], &[input], &[("x", period(MONTH))])
        .expect("a plan");
    let pay = [1, 2, 9];
    let told = |offsets: &[u32], roles: &[u8], pay: &[i32]| {
        let population = plan.population(3, offsets, roles, vec![Values::SmallNumbers(pay)]);
        population.map(|it| it.groups())
    };
    assert_eq!(told(&[0, 1, 3], &[0, 0, 1], &pay), Ok(2));
    for (offsets, roles, pay, misfit) in [
        (
            &[0, 1, 3][..],
            &[0, 0, 1][..],
            &[1, 2, 10][..],
            Misfit::Bounds { column: 0, row: 2 },
        ),
        (
            &[0, 1, 3],
            &[0, 0, 1],
            &[-1, 2, 9],
            Misfit::Bounds { column: 0, row: 0 },
        ),
        (
            &[0, 1, 3],
            &[0, 0, 1],
            &[1, 2],
            Misfit::Rows {
                column: 0,
                rows: 2,
                wanted: 3,
            },
        ),
        (&[0, 1, 3], &[0, 2, 1], &pay, Misfit::Role(1)),
        (&[0, 1, 3], &[0, 0], &pay, Misfit::Role(2)),
        (&[0, 1, 1, 3], &[0, 0, 1], &pay, Misfit::Empty(1)),
        (
            &[0, 2, 1, 3],
            &[0, 0, 1],
            &pay,
            Misfit::Offsets { at: 2, persons: 3 },
        ),
        (
            &[0, 1],
            &[0, 0, 1],
            &pay,
            Misfit::Offsets { at: 1, persons: 3 },
        ),
        (&[], &[0, 0, 1], &pay, Misfit::Offsets { at: 0, persons: 3 }),
    ] {
        assert_eq!(told(offsets, roles, pay), Err(misfit));
    }
    let kind = plan.population(3, &[0, 3], &[0; 3], vec![Values::Truths(&[true; 3])]);
    assert_eq!(kind.err(), Some(Misfit::Kind { column: 0 }));
    let none = plan.population(3, &[0, 3], &[0; 3], Vec::new());
    assert_eq!(none.err(), Some(Misfit::Columns { told: 0, wanted: 1 }));
}

/// A year's sum is spread over the months that said nothing, and a chain through time is followed.
#[test]
fn inputs_for_longer_periods_are_spread_as_one_by_one() {
    let book = book(
        "
variables:
  saved: {entity: person, period: month, type: number, default: 0, formulas: [{from: 2021-01-01, expr: 'at(person.saved, last_month) + person.pay'}]}
",
    );
    let mut town = three([700, 0, 12_345]);
    town.columns
        .push(("pay", "2021", false, Held::Numbers(100, vec![12_700, 0, 5])));
    let outputs = [("saved", period("2021-12")), ("pay", period("2021-01"))];
    let plan = book.plan(&[], &town.inputs(), &outputs).expect("a plan");
    assert!(plan.is_fast());
    assert_eq!(run(&plan, &town), scalar(&book, &town, &outputs));
}

/// A book of very many variables is computed in the memory of one of few.
#[test]
fn memory_depends_on_the_batch_and_not_on_the_number_of_variables() {
    let town = three([700, 0, 12_345]);
    let bytes = |count: usize| {
        let mut variables = "variables:\n".to_owned();
        for index in 0..count {
            let _ = writeln!(
                variables,
                "  v{index}: {{entity: household, period: month, type: number, expr: 'sum(household.members.map(m, m.pay > {index} ? m.pay * {index} : 1))'}}"
            );
        }
        let book = book(&variables);
        let names: Vec<String> = (0..count).map(|index| format!("v{index}")).collect();
        let outputs: Vec<(&str, Period)> = names
            .iter()
            .map(|name| (name.as_str(), period(MONTH)))
            .collect();
        let plan = book.plan(&[], &town.inputs(), &outputs).expect("a plan");
        assert!(plan.operations() >= count);
        assert_eq!(run(&plan, &town).len(), count);
        plan.buffer_bytes()
    };
    assert_eq!(bytes(10), bytes(1_000));
}

#[test]
fn days_codes_and_truths_are_handed_out_as_what_they_are() {
    let book = book(
        "
variables:
  due: {entity: person, period: month, type: date, expr: 'add_months(person.born, 24)'}
  home: {entity: person, period: month, type: enum, values: [owner, tenant, homeless], expr: 'person.works ? household.status : person.likes'}
  half: {entity: person, period: month, type: number, expr: 'divide(household.size, 2)'}
",
    );
    let (offsets, roles) = homes(&[(1, 1), (1, 0)]);
    let town = Town {
        offsets,
        roles,
        columns: vec![
            ("born", "eternity", false, Held::Days(vec![0, 31, 59])),
            ("works", MONTH, false, Held::Truths(vec![true, false, true])),
            ("likes", MONTH, false, Held::Codes(CODES, vec![0, 1, 2])),
            ("status", MONTH, true, Held::Codes(CODES, vec![2, 1])),
        ],
    };
    let names = ["due", "home", "half", "grown"];
    let outputs = names.map(|name| (name, period(MONTH)));
    let plan = book.plan(&[], &town.inputs(), &outputs).expect("a plan");
    assert!(plan.is_fast());
    let values = town.columns.iter().map(|(.., held)| held.values());
    let population = plan.population(3, &town.offsets, &town.roles, values.collect());
    let mut seen = Vec::new();
    plan.run(&population.expect("columns that fit"), |part| {
        match part.column {
            Column::Days(days) => assert_eq!(days, [730, 761, 790]),
            Column::Codes { values, codes } => {
                assert_eq!((values, codes), (&[2, 1, 1][..], &CODES.map_strings()[..]))
            }
            Column::SmallNumbers {
                values,
                denominator,
            } => assert_eq!((values, denominator), (&[2, 2, 1][..], 2)),
            Column::Truths(truths) => assert_eq!(truths, [true; 3]),
            other => panic!("{other:?}"),
        }
        seen.push(part.output);
    });
    seen.sort_unstable();
    assert_eq!(seen, [0, 1, 2, 3]);
    assert_eq!(run(&plan, &town), scalar(&book, &town, &outputs));
}

trait Strings {
    fn map_strings(&self) -> Vec<String>;
}

impl Strings for &[&str] {
    fn map_strings(&self) -> Vec<String> {
        self.iter().map(|it| (*it).to_owned()).collect()
    }
}
