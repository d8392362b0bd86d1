//! Plain variables: what formulas compute, and what is refused before they do.

use rules::Diagnostic;
use rules::variables::{Book, Outcome};

use crate::fixture::told;

const ENTITIES: &str = "
entities:
  person: {plural: persons}
  household: {plural: households, roles: {adult: {plural: adults, max: 2}, child: {plural: children}}}
  firm: {plural: firms, roles: {worker: {plural: workers}}}
";

const PARAMETERS: &str = "
law.limit: {values: [{from: 2020-01-01, value: 100}, {from: 2021-01-01, to: 2022-01-01, value: 200}]}
law.codes: {values: [{from: 2020-01-01, value: [\"a\", \"b\"]}]}
law.scale: {scale: single_amount, values: [{from: 2020-01-01, brackets: [{threshold: 10, amount: 1}]}]}
law.1st: {values: [{from: 2020-01-01, value: 5}]}
";

const VARIABLES: &str = "
variables:
  born: {entity: person, period: eternity, type: date}
  pay: {entity: person, period: month, type: number, default: 0, spread: divide}
  hours: {entity: person, period: day, type: number, default: 8, spread: repeat}
  shift: {entity: person, period: week, type: text, default: a}
  works: {entity: person, period: month, type: bool}
  wealth: {entity: person, period: year, type: number, default: 120}
  rent: {entity: household, period: month, type: number, default: 50}
";

fn load(variables: &str) -> Result<Book, Vec<Diagnostic>> {
    let files = [
        ("entities.yaml", ENTITIES),
        ("parameters/law.yaml", PARAMETERS),
        ("variables/facts.yaml", VARIABLES),
        ("variables/x.yaml", variables),
    ];
    Book::load(files.map(|(path, text)| (path.to_owned(), text.to_owned())))
}

fn book(variables: &str) -> Book {
    load(variables).unwrap_or_else(|diagnostics| panic!("{variables}\n{}", told(&diagnostics)))
}

fn run(book: &Book, case: &str) -> Outcome {
    let cases = book
        .read_cases("cases/a.yaml", case)
        .unwrap_or_else(|diagnostics| panic!("{case}\n{}", told(&diagnostics)));
    book.run(&cases[0])
}

/// What `x` is for the first of two persons who share a household, in a period, as text.
fn computed(declaration: &str, period: &str, facts: &str) -> String {
    let book = book(&format!("variables: {{x: {{{declaration}}}}}"));
    let case = format!(
        "- input: {{household: {{adults: [ana], children: [ben]}}, persons: {{ana: {{{facts}}}, ben: {{pay: {{2021-01: 7}}}}}}}}\n  output: {{x: {{{period}: [0, 0]}}}}\n"
    );
    let case = if declaration.contains("household, period") {
        case.replace("[0, 0]", "0")
    } else {
        case
    };
    let outcome = run(&book, &case);
    assert!(
        outcome.problems.is_empty(),
        "{declaration}: {:?}",
        outcome.problems
    );
    outcome.checks[0].told.clone()
}

#[test]
fn formulas_compute_what_they_say() {
    let person = "entity: person, period: month, type: number, expr";
    let household = "entity: household, period: month, type: number, expr";
    let facts = "pay: {2021-01: 30, 2020-12: 20, 2020-11: 10}, born: {eternity: 2000-02-29}";
    for (declaration, told) in [
        (format!("{person}: person.pay * 3 - 1"), "89"),
        (format!("{person}: 'divide(person.pay, 7)'"), "30/7"),
        (format!("{person}: 'divide(person.pay, 0)'"), "out of range"),
        (
            format!("{person}: 'round(divide(person.pay, 7), 2, half_up)'"),
            "4.29",
        ),
        (format!("{person}: 'min(person.pay, 12, 13)'"), "12"),
        (format!("{person}: 'person.pay > 29 ? 1 : 2'"), "1"),
        (format!("{person}: age(person.born)"), "20"),
        (format!("{person}: months_since(person.born)"), "250"),
        (format!("{person}: year(on) + month(on)"), "2022"),
        (format!("{person}: household.rent + household.size"), "52"),
        (format!("{person}: 'at(person.pay, last_month)'"), "20"),
        (format!("{person}: 'at(person.wealth, this_year)'"), "120"),
        (format!("{person}: share(person.wealth)"), "10"),
        (format!("{person}: 'total(person.hours, day)'"), "248"),
        (
            format!("{person}: 'at(total(person.pay, month), last_3_months)'"),
            "30",
        ),
        (
            format!("{person}: 'at(total(person.pay, month), this_year)'"),
            "30",
        ),
        (format!("{person}: param.law.limit"), "200"),
        (format!("{person}: 'param[\"law.1st\"]'"), "5"),
        (
            format!("{person}: 'at(param.law.limit, last_month)'"),
            "100",
        ),
        (
            format!("{person}: 'scale(param.law.scale, person.pay)'"),
            "1",
        ),
        (format!("{person}: '\"a\" in param.law.codes ? 1 : 0'"), "1"),
        (format!("{person}: 'person.pay in [10, 30] ? 1 : 0'"), "1"),
        (
            format!("{household}: 'sum(household.members.map(m, m.pay))'"),
            "37",
        ),
        (
            format!("{household}: 'max(household.members.map(m, m.pay))'"),
            "30",
        ),
        (
            format!("{household}: 'min(household.members.map(m, m.role == \"child\", m.pay))'"),
            "7",
        ),
        (
            format!("{household}: 'household.members.filter(m, m.role == \"adult\").size()'"),
            "1",
        ),
        (
            format!("{household}: 'household.members.all(m, m.pay > 7) ? 1 : 0'"),
            "0",
        ),
        (
            format!(
                "{household}: 'household.members.exists(m, household.members.all(n, m.pay >= n.pay)) ? 1 : 0'"
            ),
            "1",
        ),
    ] {
        assert_eq!(
            computed(&declaration, "2021-01", facts),
            told,
            "{declaration}"
        );
    }
}

#[test]
fn every_unit_of_period_has_its_own_values() {
    let of = |unit: &str, expr: &str| {
        format!("entity: person, period: {unit}, type: number, expr: '{expr}'")
    };
    for (declaration, period, told) in [
        (of("day", "person.hours"), "2021-01-05", "6"),
        (of("day", "person.hours"), "2021-02-05", "8"),
        (of("week", "total(person.hours, day)"), "2021-W01", "42"),
        (of("week", "person.shift == \"b\" ? 1 : 0"), "2021-W01", "1"),
        (of("year", "total(person.pay, month)"), "2021", "1200"),
        (
            of(
                "year",
                "at(person.pay, first_month) + at(person.wealth, last_year)",
            ),
            "2021",
            "220",
        ),
        (of("month", "person.pay"), "2021-07", "100"),
        (of("eternity", "year(person.born)"), "eternity", "1999"),
    ] {
        let facts = "hours: {2021-01: 6}, shift: {2021-W01: b}, pay: {2021: 1200}, born: {eternity: 1999-01-01}";
        assert_eq!(
            computed(&declaration, period, facts),
            told,
            "{declaration} {period}"
        );
    }
}

#[test]
fn formulas_hold_from_their_day_and_variables_end() {
    let dated = "entity: person, period: month, type: number, to: 2023-01-01, formulas: [{from: 2020-01-01, expr: 1 + 0}, {from: 2021-06-01, expr: person.pay + 2}]";
    for (period, without, with) in [
        ("2019-12", "no value in law", "9"),
        ("2020-01", "1", "1"),
        ("2021-05", "1", "1"),
        ("2021-06", "2", "2"),
        ("2023-01", "no value in law", "9"),
    ] {
        assert_eq!(computed(dated, period, ""), without, "{period}");
        assert_eq!(
            computed(&format!("{dated}, default: 9"), period, ""),
            with,
            "{period}"
        );
    }
}

#[test]
fn unknown_is_neither_false_nor_zero_and_the_laws_silence_neither() {
    let of = |expr: &str| format!("entity: person, period: month, type: number, expr: '{expr}'");
    for (expr, period, told) in [
        ("person.works ? 1 : 2", "2021-01", "unknown"),
        ("person.works ? 1 : 1", "2021-01", "1"),
        ("person.works && person.pay > 0 ? 1 : 2", "2021-01", "2"),
        ("person.works || person.pay == 0 ? 1 : 2", "2021-01", "1"),
        ("age(person.born)", "2021-01", "unknown"),
        ("param.law.limit", "2022-01", "no value in law"),
        ("param.law.limit > 0 ? 1 : 2", "2019-01", "no value in law"),
    ] {
        assert_eq!(computed(&of(expr), period, ""), told, "{expr}");
    }
}

#[test]
fn what_a_formula_may_not_say_is_told_in_its_place() {
    for (declaration, column, message) in [
        (
            "entity: person, period: month, type: number, expr: person.pya",
            75,
            "`pya` is no variable of the person",
        ),
        (
            "entity: person, period: month, type: number, expr: peson.pay",
            68,
            "unknown name `peson`",
        ),
        (
            "entity: person, period: month, type: number, expr: param.law.limt",
            0,
            "unknown parameter `law.limt`",
        ),
        (
            "entity: person, period: month, type: number, expr: person.works",
            0,
            "a truth value where a number is expected",
        ),
        (
            "entity: person, period: month, type: number, expr: person.wealth",
            0,
            "`wealth` is told by the year, and here the period is month",
        ),
        (
            "entity: person, period: year, type: number, expr: person.pay",
            0,
            "`pay` is told by the month, and here the period is year",
        ),
        (
            "entity: person, period: month, type: number, expr: 'at(person.pay, last_3_months)'",
            0,
            "here the period is several units",
        ),
        (
            "entity: person, period: month, type: number, expr: 'at(person.pay, someday)'",
            0,
            "the period must be named",
        ),
        (
            "entity: person, period: year, type: number, expr: 'total(person.hours, week)'",
            0,
            "not made of whole ones",
        ),
        (
            "entity: person, period: year, type: number, expr: share(person.pay)",
            0,
            "no equal part",
        ),
        (
            "entity: person, period: eternity, type: number, expr: param.law.limit",
            0,
            "a parameter changes",
        ),
        (
            "entity: person, period: month, type: number, expr: param.law.codes",
            0,
            "holds lists",
        ),
        (
            "entity: person, period: month, type: number, expr: param.law.scale",
            0,
            "is a scale",
        ),
        (
            "entity: person, period: month, type: number, expr: 'scale(param.law.limit, 1)'",
            0,
            "does not hold a scale",
        ),
        (
            "entity: person, period: month, type: number, expr: 'round(1, 2)'",
            0,
            "not called like this",
        ),
        (
            "entity: person, period: month, type: number, expr: 'rund(1, 2)'",
            0,
            "unknown function `rund`",
        ),
        (
            "entity: household, period: month, type: number, expr: person.pay",
            0,
            "does not see one person",
        ),
        (
            "entity: firm, period: month, type: number, expr: household.rent",
            0,
            "does not see one household",
        ),
        (
            "entity: household, period: month, type: number, expr: 'sum(firm.members.map(m, m.pay))'",
            0,
            "no members of a group",
        ),
        (
            "entity: household, period: month, type: bool, expr: 'household.members.exists(m, m.role == \"baby\")'",
            0,
            "`baby` is not a value",
        ),
        (
            "entity: person, period: month, type: number, expr: person.x + 1",
            0,
            "a circle",
        ),
        (
            "entity: person, period: month, type: number, expr: 1 / 2",
            0,
            "not in the language",
        ),
        (
            "entity: person, period: month, type: number, expr: 1, formulas: []",
            0,
            "both `expr` and `formulas`",
        ),
        (
            "entity: person, period: month, type: number, formulas: [{from: 2021-01-01, expr: 1}, {from: 2020-01-01, expr: 2}]",
            0,
            "not in order",
        ),
        (
            "entity: person, period: month, type: number, default: much",
            0,
            "`much` is not a number",
        ),
        (
            "entity: person, period: month, type: number, values: [a]",
            0,
            "an enum has `values`",
        ),
        (
            "entity: person, period: fortnight, type: number",
            0,
            "unknown period `fortnight`",
        ),
        (
            "entity: people, period: month, type: number",
            0,
            "unknown entity `people`",
        ),
        (
            "entity: person, period: month, type: number, spread: some",
            0,
            "unknown spread `some`",
        ),
    ] {
        let text = format!("variables: {{x: {{{declaration}}}}}");
        let diagnostics = load(&text).expect_err(declaration);
        let first = &diagnostics[0];
        assert!(
            first.message.contains(message),
            "{declaration}: {}",
            told(&diagnostics)
        );
        assert_eq!((first.file.as_str(), first.line), ("variables/x.yaml", 1));
        assert!(
            column == 0 || first.column == column,
            "{declaration}: {first}"
        );
        assert!(!first.remedy.is_empty(), "{declaration}");
    }
}

#[test]
fn circles_over_several_variables_are_found_and_chains_are_not_circles() {
    let of = |name: &str, expr: &str| {
        format!("  {name}: {{entity: person, period: month, type: number, expr: \"{expr}\"}}\n")
    };
    let circle = format!(
        "variables:\n{}{}{}",
        of("a", "person.b + 1"),
        of("b", "person.c"),
        of("c", "person.pay > 1 ? person.a : 0")
    );
    let diagnostics = load(&circle).expect_err("a circle");
    assert_eq!(diagnostics.len(), 1, "{}", told(&diagnostics));
    let diamond = format!(
        "variables:\n{}{}{}",
        of("a", "person.b + person.c"),
        of("b", "person.c"),
        of("c", "person.pay")
    );
    assert!(load(&diamond).is_ok());
}

/// A variable may read its own past; where the past has no beginning, that is said and the stack holds.
#[test]
fn a_chain_through_time_ends_or_is_given_up() {
    let saved = |from: &str| {
        format!(
            "variables: {{saved: {{entity: person, period: month, type: number, default: 0, formulas: [{{from: {from}, expr: 'at(person.saved, last_month) + person.pay'}}]}}}}"
        )
    };
    let case = "- input: {pay: {2021: 120}}\n  output: {saved: {2021-12: 120}}\n";
    assert!(run(&book(&saved("2021-01-01")), case).passed());
    let circle = "variables: {x: {entity: person, period: month, type: number, expr: 'at(total(person.x, month), this_year)'}}";
    let outcome = run(
        &book(circle),
        "- {period: 2021-01, input: {pay: 1}, output: {x: 1}}\n",
    );
    assert!(
        outcome.problems[0].message.contains("needs itself"),
        "{outcome:?}"
    );
    let nested = |n: usize| format!("{}person.pay{}", "(1 + ".repeat(n), ")".repeat(n));
    let endless = format!(
        "variables: {{saved: {{entity: person, period: month, type: number, expr: 'at(person.saved, last_month) + {}'}}}}",
        nested(12)
    );
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let outcome = thread
        .spawn(move || run(&book(&endless), case))
        .expect("a thread")
        .join()
        .expect("no overflow");
    assert!(
        outcome.problems[0].message.contains("too long a chain"),
        "{outcome:?}"
    );
}

#[test]
fn reforms_replace_add_and_neutralize_and_are_checked_alone() {
    let base = [
        ("entities.yaml", ENTITIES),
        ("parameters/law.yaml", PARAMETERS),
        ("variables/facts.yaml", VARIABLES),
        (
            "variables/tax.yaml",
            "variables: {tax: {entity: person, period: month, type: number, default: 1, expr: person.pay + param.law.limit}}",
        ),
        (
            "reforms/higher.yaml",
            "parameters: {law.limit: {values: [{from: 2000-01-01, value: 1000}]}}",
        ),
        (
            "reforms/double.yaml",
            "variables: {tax: {entity: person, period: month, type: number, expr: person.pay * 2 + param.law.limit}}",
        ),
        ("reforms/none.yaml", "neutralize: [tax]"),
    ];
    let files = |more: &[(&str, &str)]| -> Vec<(String, String)> {
        let all = base.iter().chain(more);
        all.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    };
    let book =
        Book::load(files(&[])).unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics)));
    for (reforms, tax) in [
        ("", "210"),
        ("higher", "1010"),
        ("double", "220"),
        ("higher, double", "1020"),
        ("higher, none", "1"),
    ] {
        let case = format!(
            "- {{period: 2021-01, reforms: [{reforms}], input: {{pay: 10}}, output: {{tax: {tax}}}}}\n"
        );
        let outcome = run(&book, &case);
        assert!(outcome.passed(), "{reforms}: {outcome:?}");
    }
    for (text, message) in [
        ("neutralize: [taxx]", "unknown variable `taxx`"),
        (
            "variables: {tax: {entity: person, period: month, type: number, expr: person.payy}}",
            "`payy` is no variable",
        ),
    ] {
        let diagnostics = Book::load(files(&[("reforms/wrong.yaml", text)])).expect_err(text);
        assert_eq!(diagnostics[0].file, "reforms/wrong.yaml");
        assert!(
            diagnostics[0].message.contains(message),
            "{}",
            told(&diagnostics)
        );
    }
}

#[test]
fn a_book_says_what_it_lacks_or_has_twice() {
    let load = |files: &[(&str, &str)]| {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Book::load(files.collect::<Vec<_>>()).expect_err("wrong")
    };
    for (files, message) in [
        (
            vec![("variables/a.yaml", "variables: {}")],
            "the file is missing",
        ),
        (
            vec![(
                "entities.yaml",
                "entities: {a: {plural: as}, b: {plural: bs}}",
            )],
            "2 entities without roles",
        ),
        (
            vec![
                ("entities.yaml", ENTITIES),
                ("parameters/a.yaml", PARAMETERS),
                ("parameters/b.yaml", PARAMETERS),
            ],
            "declared twice",
        ),
        (
            vec![
                ("entities.yaml", ENTITIES),
                ("variables/a.yaml", VARIABLES),
                ("variables/b.yaml", VARIABLES),
            ],
            "declared twice",
        ),
        (
            vec![
                ("entities.yaml", ENTITIES),
                (
                    "parameters/a.yaml",
                    "a: {values: [{from: 2020-01-01, value: 1}, {from: 2019-01-01, value: 1}]}",
                ),
            ],
            "begins while or before",
        ),
        (
            vec![
                ("entities.yaml", ENTITIES),
                (
                    "parameters/a.yaml",
                    "a: {values: [{from: 2020-01-01, value: null}]}",
                ),
            ],
            "`null` where a value",
        ),
        (
            vec![
                ("entities.yaml", ENTITIES),
                (
                    "parameters/a.yaml",
                    "a: {scale: marginal_rate, values: [{from: 2020-01-01, brackets: [{threshold: 5, rate: 1}, {threshold: 0, rate: 1}]}]}",
                ),
            ],
            "the brackets are not in order",
        ),
        (
            vec![
                ("entities.yaml", ENTITIES),
                ("parameters/a.yaml", "a: {scale: steep, values: []}"),
            ],
            "unknown scale `steep`",
        ),
    ] {
        let diagnostics = load(&files);
        assert!(
            diagnostics[0].message.contains(message),
            "{message}: {}",
            told(&diagnostics)
        );
    }
}
