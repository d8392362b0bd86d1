//! What becomes of OpenFisca's files, and of files that are not what they should be.

use proptest::prelude::*;
use rules::Diagnostic;
use rules::openfisca::{self, Imported};
use rules::variables::{Book, Held, Parameter, Period, Value};

use crate::fixture::{day, told};

fn import(path: &str, text: &str) -> Imported {
    openfisca::import([(path.to_owned(), text.to_owned())])
        .unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics)))
}

fn refused(path: &str, text: &str) -> Vec<Diagnostic> {
    openfisca::import([(path.to_owned(), text.to_owned())]).expect_err(text)
}

/// The parameters of a file, imported, written, and read back by a book.
fn parameters(text: &str) -> Vec<Parameter> {
    let mut files = import("parameters/law.yaml", text).files;
    let entities = "entities: {person: {plural: persons}}";
    files.push(("entities.yaml".to_owned(), entities.to_owned()));
    let book = Book::load(files).unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics)));
    book.parameters().to_vec()
}

fn value(parameter: &Parameter, on: &str) -> Option<String> {
    match parameter.on(day(on))? {
        Held::Value(value) => Some(value.to_string()),
        Held::List(values) => {
            let values: Vec<String> = values.iter().map(Value::to_string).collect();
            Some(values.join(" "))
        }
        Held::Scale(brackets) => {
            let told = brackets
                .iter()
                .map(|it| format!("{}:{}", it.threshold, it.value));
            Some(told.collect::<Vec<_>>().join(" "))
        }
    }
}

fn histories(text: &str, wanted: &[(&str, &str, Option<&str>)]) {
    let parameters = parameters(text);
    for (name, on, told) in wanted {
        let parameter = parameters
            .iter()
            .find(|it| it.name == *name)
            .unwrap_or_else(|| panic!("no {name} in {parameters:#?}"));
        assert_eq!(value(parameter, on).as_deref(), *told, "{name} on {on}");
    }
}

#[test]
fn a_value_holds_until_the_next_one_or_until_null() {
    let text = "
rate:
  values:
    2020-01-01: {value: 0.150}
    2022-01-01: {value: null, metadata: {reference: repealed by act 7}}
    2023-07-01: 0.2
    2025-01-01: expected
short:
  2021-01-01: 1_200.50
  2010-01-01: 7
";
    histories(
        text,
        &[
            ("law.rate", "2019-12-31", None),
            ("law.rate", "2020-01-01", Some("0.15")),
            ("law.rate", "2021-12-31", Some("0.15")),
            ("law.rate", "2022-01-01", None),
            ("law.rate", "2023-06-30", None),
            ("law.rate", "2026-01-01", Some("0.2")),
            ("law.short", "2020-12-31", Some("7")),
            ("law.short", "2021-01-01", Some("1200.5")),
        ],
    );
    assert_eq!(parameters(text)[0].expected, [day("2025-01-01")]);
}

#[test]
fn values_of_every_type_are_kept() {
    histories(
        "
flag: {2020-01-01: true}
code: {2020-01-01: \"075\"}
word: {2020-01-01: monthly}
since: {2020-01-01: 2019-05-01}
codes: {2020-01-01: [a, b, \"3\"]}
sums: {2020-01-01: {value: [1, 2.5]}}
",
        &[
            ("law.flag", "2020-01-01", Some("true")),
            ("law.code", "2020-01-01", Some("075")),
            ("law.word", "2020-01-01", Some("monthly")),
            ("law.since", "2020-01-01", Some("2019-05-01")),
            ("law.codes", "2020-01-01", Some("a b 3")),
            ("law.sums", "2020-01-01", Some("1 2.5")),
        ],
    );
}

#[test]
fn histories_of_brackets_become_one_history_of_scales() {
    histories(
        "
brackets:
- threshold: {2020-01-01: 0}
  rate: {2020-01-01: 0.1, 2024-01-01: {value: null}}
- threshold: {2020-01-01: {value: 100}, 2021-01-01: 120}
  rate: {2022-01-01: 0.2, 2024-01-01: null}
- rate: {values: {2023-01-01: 0.3, 2024-01-01: null}}
  threshold: {2023-01-01: 50}
",
        &[
            ("law", "2019-12-31", None),
            ("law", "2020-01-01", Some("0:0.1")),
            ("law", "2021-06-01", Some("0:0.1")),
            ("law", "2022-01-01", Some("0:0.1 120:0.2")),
            ("law", "2023-01-01", Some("0:0.1 50:0.3 120:0.2")),
            ("law", "2024-01-01", None),
        ],
    );
}

#[test]
fn the_kind_of_a_scale_is_told_by_its_brackets_and_its_type() {
    for (kind, text) in [
        (
            "marginal_rate",
            "brackets: [{threshold: {2020-01-01: 0}, rate: {2020-01-01: 1}}]",
        ),
        (
            "average_rate",
            "brackets: [{threshold: {2020-01-01: 0}, average_rate: {2020-01-01: 1}}]",
        ),
        (
            "marginal_amount",
            "brackets: [{threshold: {2020-01-01: 0}, amount: {2020-01-01: 1}}]",
        ),
        (
            "single_amount",
            "metadata: {type: single_amount}\nbrackets: [{threshold: {2020-01-01: 0}, amount: {2020-01-01: 1}}]",
        ),
    ] {
        let parameters = parameters(text);
        assert_eq!(
            parameters[0].scale.map(|it| it.name()),
            Some(kind),
            "{text}"
        );
        assert_eq!(
            value(&parameters[0], "2020-01-01").as_deref(),
            Some("0:1"),
            "{text}"
        );
    }
}

/// Every word of a file with all that may be said in one stands in what is written.
#[test]
fn nothing_that_a_file_says_is_lost() {
    let text = "
description: alpha
documentation: |
  bravo
  charlie
metadata: {unit: delta, reference: [echo, foxtrot], last_review: {by: golf}}
child:
  description: hotel
  documentation: india
  reference: juliett
  metadata: {unit: kilo, type: lima, threshold_unit: mike}
  values:
    2020-01-01: {value: november, metadata: {reference: oscar, unit: papa}}
    2021-01-01: {value: null, reference: quebec}
    2022-01-01: {expected: romeo}
scale:
  description: sierra
  metadata: {type: tango, rate_unit: uniform}
  brackets:
  - threshold: {2020-01-01: {value: 0, metadata: {reference: victor}}}
    rate: {description: whiskey, values: {2020-01-01: {value: 0.5, metadata: {note: xray}}}}
";
    let imported = import("parameters/law.yaml", text);
    let words = text.split(|c: char| !c.is_ascii_alphabetic());
    let structure = [
        "description",
        "documentation",
        "metadata",
        "reference",
        "values",
        "value",
        "null",
        "child",
        "brackets",
        "type",
        "expected",
    ];
    for word in words.filter(|word| word.len() > 2 && !structure.contains(word)) {
        assert!(
            imported.files[0].1.contains(word),
            "{word} is lost:\n{}",
            imported.files[0].1
        );
    }
    // And what is written is read back with all of it.
    let again = parameters(text);
    assert_eq!(again.len(), 2);
    assert_eq!(again[0].values[0].source.as_deref(), Some("oscar"));
}

#[test]
fn files_of_a_repository_and_of_a_package_have_the_same_names() {
    for (path, name) in [
        ("parameters/tax/rate.yaml", "tax.rate"),
        ("openfisca_here/parameters/tax/rate.yml", "tax.rate"),
        ("parameters/rate.yaml", "rate"),
    ] {
        let imported = import(path, "2020-01-01: 1\n");
        assert!(
            imported.files[0].1.starts_with(&format!("{name}:\n")),
            "{path}"
        );
    }
    let index = import("parameters/tax/index.yaml", "description: taxes\n");
    assert_eq!(index.files[0].1, "tax: {label: \"taxes\"}\n");
    assert!(
        import("parameters/tax/index.yaml", "# nothing yet\n")
            .files
            .is_empty()
    );
    let nested = import("here/tests/parameters/rate.yaml", "- {output: {a: 1}}\n");
    assert_eq!((nested.parameters, nested.cases), (0, 1));
}

#[test]
fn python_files_are_listed_with_what_they_declare() {
    let text = "class tax(Variable):\n    pass\n\nclass flat(Reform):\n    def apply(self):\n        pass\n\nHousehold = build_entity(\n";
    let imported = import("variables/tax.py", text);
    assert_eq!(
        imported.to_express,
        [(
            "variables/tax.py".to_owned(),
            vec![
                "tax (Variable)".to_owned(),
                "flat (Reform)".to_owned(),
                "Household (Entity)".to_owned()
            ]
        )]
    );
}

#[test]
fn what_is_wrong_is_told_with_file_line_and_remedy() {
    for (path, text, line, message) in [
        (
            "parameters/a.yaml",
            "values:\n  2020-01-01: !!python/object/apply:os.system ['ls']\n",
            2,
            "a Python object",
        ),
        (
            "parameters/a.yaml",
            "from openfisca_core.model_api import *\n",
            1,
            "a Python program",
        ),
        (
            "tests/a.yaml",
            "- name: x\nclass tax(Variable):\n",
            2,
            "a Python program",
        ),
        (
            "parameters/a.yaml",
            "values:\n  2020-01-01: max_(1, 2)\n",
            2,
            "a formula stands where a value",
        ),
        (
            "tests/a.yaml",
            "- input: {a: 'where(b, 1, 0)'}\n  output: {c: 1}\n",
            1,
            "a formula stands where a value",
        ),
        (
            "parameters/a.yaml",
            "values:\n  2020-13-01: 1\n",
            2,
            "`2020-13-01` is not a day",
        ),
        (
            "parameters/a.yaml",
            "values:\n  2020-01-01: {valeur: 1}\n",
            2,
            "unknown key `valeur`",
        ),
        (
            "parameters/a.yaml",
            "values:\n  2020-01-01: {metadata: {}}\n",
            2,
            "`value` is missing",
        ),
        (
            "parameters/a.yaml",
            "values: {2020-01-01: 1}\nvaleur: 2\n",
            2,
            "unknown key `valeur`",
        ),
        (
            "parameters/a.yaml",
            "values:\n  2020-01-01: 010\n",
            2,
            "base eight",
        ),
        (
            "parameters/a.yaml",
            "values:\n  2020-01-01: .inf\n",
            2,
            "not a finite number",
        ),
        (
            "parameters/a.yaml",
            "values:\n  2020-01-01: 0.1234567890123456789\n",
            2,
            "more digits",
        ),
        (
            "parameters/a.yaml",
            "values:\n  2020-01-01: &a 1\n",
            2,
            "anchors",
        ),
        (
            "parameters/a.yaml",
            "brackets:\n- threshold: {2020-01-01: low}\n  rate: {2020-01-01: 1}\n",
            2,
            "`low` is not a number",
        ),
        (
            "parameters/a.yaml",
            "brackets:\n- {threshold: {2020-01-01: 1}, rate: {2020-01-01: 1}, amount: {2020-01-01: 1}}\n",
            2,
            "the brackets do not hold",
        ),
        (
            "parameters/a.yaml",
            "metadata: {type: single_amount}\nbrackets:\n- {threshold: {2020-01-01: 1}, rate: {2020-01-01: 1}}\n",
            3,
            "the brackets do not hold",
        ),
        ("parameters/a.yaml", "a: 5\n", 1, "a map is expected"),
        ("parameters/a.yaml", "a: [1\n", 1, "not valid YAML"),
        (
            "tests/a.yaml",
            "- period: 2020-01\n  inputs: {a: 1}\n  output: {b: 1}\n",
            2,
            "unknown key `inputs`",
        ),
        (
            "tests/a.yaml",
            "- period: century:2020\n  output: {b: 1}\n",
            1,
            "`century:2020` is no period",
        ),
        (
            "tests/a.yaml",
            "- period: 2020-01\n",
            1,
            "`output` is missing",
        ),
        (
            "tests/a.yaml",
            "- output: {b: 1}\n  absolute_error_margin: small\n",
            2,
            "`small` is not a number",
        ),
    ] {
        let diagnostics = refused(path, text);
        let found = diagnostics.iter().find(|it| it.message.contains(message));
        let first = found.unwrap_or_else(|| panic!("{text}: {}", told(&diagnostics)));
        assert_eq!((first.file.as_str(), first.line), (path, line), "{text}");
        assert!(!first.remedy.is_empty(), "{text}");
    }
}

#[test]
fn one_wrong_file_keeps_all_others_from_being_taken_over_and_all_are_told() {
    let files = [
        ("parameters/good.yaml", "2020-01-01: 1\n"),
        ("parameters/bad.yaml", "2020-01-01: where(1)\n"),
        ("tests/bad.yaml", "import numpy\n"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let diagnostics = openfisca::import(files).expect_err("two are wrong");
    let named: Vec<&str> = diagnostics.iter().map(|it| it.file.as_str()).collect();
    assert_eq!(named, ["parameters/bad.yaml", "tests/bad.yaml"]);
}

/// A law of three variables to run imported cases against.
fn book() -> Book {
    let files = [
        ("entities.yaml", "entities: {person: {plural: persons}, household: {plural: households, roles: {adult: {plural: adults}, child: {plural: children}}}}"),
        ("parameters/rate.yaml", "rate: {values: [{from: 2020-01-01, value: 0.1}]}"),
        (
            "variables/a.yaml",
            "
variables:
  salary: {entity: person, period: month, type: number, default: 0, spread: divide}
  works: {entity: person, period: month, type: bool, default: false}
  born: {entity: person, period: eternity, type: date, default: 1970-01-01}
  status: {entity: household, period: month, type: enum, values: [owner, tenant], default: tenant}
  tax: {entity: person, period: month, type: number, expr: person.salary * param.rate}
  all_taxes: {entity: household, period: month, type: number, expr: 'sum(household.members.map(m, m.tax))'}
",
        ),
        ("reforms/none.yaml", "parameters: {rate: {values: [{from: 2020-01-01, value: 0}]}}"),
    ];
    Book::load(files.map(|(path, text)| (path.to_owned(), text.to_owned())))
        .unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics)))
}

/// Whether the cases of a test file pass, both as read from it and as written by the importer.
fn passes(text: &str) -> bool {
    let book = book();
    let direct = openfisca::read_cases("tests/a.yaml", text)
        .unwrap_or_else(|diagnostics| panic!("{text}\n{}", told(&diagnostics)));
    let written = &import("tests/a.yaml", text).files[0];
    let again = book
        .read_cases(&written.0, &written.1)
        .unwrap_or_else(|diagnostics| panic!("{}\n{}", written.1, told(&diagnostics)));
    assert_eq!(direct.len(), again.len());
    let run = |cases: &[rules::variables::Case]| -> Vec<bool> {
        cases.iter().map(|case| book.run(case).passed()).collect()
    };
    assert_eq!(run(&direct), run(&again), "{}", written.1);
    run(&direct).into_iter().all(|passed| passed)
}

#[test]
fn every_form_of_a_test_is_understood() {
    for text in [
        // One test without a list; a flat input.
        "period: 2021-01\ninput: {salary: 100}\noutput: {tax: 10}\n",
        // Several instances in lists.
        "- period: 2021-01\n  input: {salary: [100, 200], works: [true, false]}\n  output: {tax: [10, 20], all_taxes: [10, 20]}\n",
        // Values by period, and one for a year.
        "- period: 2021-01\n  input: {salary: {2021: 1200, 2021-02: 100}}\n  output: {tax: {2021-01: 10, 2021-02: 10}}\n",
        // Plural entities, a group by its key, persons left out of groups.
        "- period: 2021-01\n  input:\n    household: {adults: [ana], children: ben, status: owner}\n    persons: {ana: {salary: 100}, ben: {}, eve: {salary: {2021-01: 50}}}\n  output:\n    persons: {ana: {tax: 10}, eve: {tax: 5}}\n    household: {all_taxes: [10, 5]}\n    households: {household: {all_taxes: {2021-01: 10}, status: owner}, eve: {status: tenant}}\n",
        // Eternal values under any period, arithmetic, truth as a number.
        "- period: 2021-01\n  input: {born: {ETERNITY: 2001-01-01}, salary: 1200 / 12, works: 1}\n  output: {born: 2001-01-01, tax: 100*0.1, works: true}\n",
        // Margins: one for all, one for a variable, relative ones.
        "- period: 2021-01\n  absolute_error_margin: 0.5\n  input: {salary: 100}\n  output: {tax: 10.5}\n",
        "- period: 2021-01\n  absolute_error_margin: {default: 0, tax: 1}\n  input: {salary: 100}\n  output: {tax: 9, salary: 100}\n",
        "- period: 2021-01\n  relative_error_margin: 0.1\n  input: {salary: 100}\n  output: {tax: 11}\n",
        // A reform by its Python path, and parameters of the test's own.
        "- period: 2021-01\n  reforms: [here.reforms.none]\n  input: {salary: 100}\n  output: {tax: 0}\n",
        "- period: 2021-01\n  parameters: {rate: {values: {2020-01-01: {value: 0.3}}}}\n  input: {salary: 100}\n  output: {tax: 30}\n",
        // Keys without a value.
        "- name: ''\n  keywords: ['', a]\n  description:\n  reforms:\n  period: 2021-01\n  input:\n  output: {tax: 0}\n",
        // Words for people.
        "- name: a\n  description: b\n  keywords: [c]\n  max_spiral_loops: 2\n  period: 2021-01\n  input: {salary: 0}\n  output: {tax: 0}\n",
    ] {
        assert!(passes(text), "{text}");
    }
}

#[test]
fn what_is_not_so_does_not_pass() {
    for text in [
        "- period: 2021-01\n  input: {salary: 100}\n  output: {tax: 10.001}\n",
        "- period: 2021-01\n  absolute_error_margin: 0.5\n  input: {salary: 100}\n  output: {tax: 10.51}\n",
        "- period: 2021-01\n  relative_error_margin: 0.1\n  input: {salary: 100}\n  output: {tax: 11.2}\n",
        "- period: 2021-01\n  absolute_error_margin: 5\n  relative_error_margin: 0.01\n  input: {salary: 100}\n  output: {tax: 11}\n",
        "- period: 2021-01\n  input: {salary: 100}\n  output: {}\n",
        "- period: 2019-01\n  input: {salary: 100}\n  output: {tax: 0}\n",
        "- period: 2021-01\n  parameters: {}\n  input: {salary: 100}\n  output: {tax: 0}\n",
    ] {
        assert!(!passes(text), "{text}");
    }
}

#[test]
fn a_case_that_names_what_is_not_there_says_so() {
    for (text, message) in [
        (
            "- period: 2021-01\n  input: {salry: 1}\n  output: {tax: 1}\n",
            "unknown variable `salry`",
        ),
        (
            "- period: 2021-01\n  input: {salary: 1}\n  output: {taxe: 1}\n",
            "unknown variable `taxe`",
        ),
        (
            "- period: 2021-01\n  input: {salary: much}\n  output: {tax: 1}\n",
            "`much` is no value of `salary`",
        ),
        (
            "- period: 2021-01\n  input: {status: [owner], salary: [1, 2]}\n  output: {tax: 1}\n",
            "1 values for 2 instances",
        ),
        (
            "- input: {salary: 1}\n  output: {tax: 1}\n",
            "a value without a period",
        ),
        (
            "- period: 2021\n  input: {status: owner}\n  output: {tax: 1}\n",
            "`status` is told by the month, not for 2021",
        ),
        (
            "- period: 2021\n  input: {salary: 1}\n  output: {tax: 1}\n",
            "`tax` is told by the month, not for 2021",
        ),
        (
            "- period: 2021-01\n  input: {salary: {2021-1: 1}}\n  output: {tax: 1}\n",
            "`2021-1` is no period",
        ),
        (
            "- period: 2021-01\n  input: {persons: {a: {status: owner}}}\n  output: {tax: 1}\n",
            "`status` is a variable of the household",
        ),
        (
            "- period: 2021-01\n  input: {persons: {a: {}}, household: {adults: [b]}}\n  output: {tax: 1}\n",
            "nobody is called `b`",
        ),
        (
            "- period: 2021-01\n  input: {persons: {a: {}}, household: {adults: [a], children: [a]}}\n  output: {tax: 1}\n",
            "`a` is in two places",
        ),
        (
            "- period: 2021-01\n  input: {household: {adults: []}}\n  output: {tax: 1}\n",
            "nobody is there",
        ),
        (
            "- period: 2021-01\n  input: {persons: {a: {}}}\n  output: {persons: {b: {tax: 0}}}\n",
            "no instance is called `b`",
        ),
        (
            "- period: 2021-01\n  input: {salary: [1, 2]}\n  output: {tax: [1, 2, 3]}\n",
            "3 values are expected of 2",
        ),
        (
            "- period: 2021-01\n  input: {salary: {2021: 12, 'month:2021-01:12': 1}}\n  output: {tax: 0}\n",
            "do not add up",
        ),
        (
            "- period: 2021-01\n  reforms: here.nonne\n  input: {salary: 1}\n  output: {tax: 1}\n",
            "unknown reform `nonne`",
        ),
        (
            "- period: 2021-01\n  extensions: more\n  input: {salary: 1}\n  output: {tax: 0.1}\n",
            "the extension `more` is not loaded",
        ),
    ] {
        let cases = openfisca::read_cases("tests/a.yaml", text).expect(text);
        let outcome = book().run(&cases[0]);
        assert!(!outcome.passed(), "{text}");
        let first = outcome
            .problems
            .first()
            .unwrap_or_else(|| panic!("{text}: {outcome:?}"));
        assert!(first.message.contains(message), "{text}: {first}");
        assert!(
            first.line > 0 && !first.remedy.is_empty(),
            "{text}: {first}"
        );
    }
}

proptest! {
    /// Whatever a file holds, it is taken over or refused with a place; what is taken over is read back.
    #[test]
    fn no_file_makes_the_importer_panic(text in prop_oneof![
        "\\PC{0,80}",
        "(brackets|values|a|2020-01-01|metadata|threshold|rate|amount|description|: |:\n  |\n|- |\\{|\\}|\\[|\\]|, |1|0.5|null|expected){0,30}",
        "(input|output|period|name|reforms|parameters|persons|salary|2020-01|: |:\n  |\n|- |\\{|\\}|\\[|\\]|, |1|x){0,30}",
    ]) {
        for path in ["parameters/a.yaml", "tests/a.yaml"] {
            match openfisca::import([(path.to_owned(), text.clone())]) {
                Err(diagnostics) => prop_assert!(diagnostics.iter().all(|it| it.line > 0 && !it.remedy.is_empty())),
                Ok(imported) => {
                    let mut files = imported.files;
                    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("cases/")) {
                        let cases = book().read_cases(path, text);
                        prop_assert!(cases.is_ok(), "{}\n{:?}", text, cases);
                    }
                    files.push(("entities.yaml".to_owned(), "entities: {person: {plural: persons}}".to_owned()));
                    let loaded = Book::load(files.clone());
                    prop_assert!(loaded.is_ok(), "{:?}\n{:?}", files, loaded.err());
                }
            }
        }
    }

    /// A value of a year that nothing else speaks of is the sum of its months, to the last fraction.
    #[test]
    fn a_year_is_spread_over_its_months_without_loss(sum in 0_i64..1_000_000, told in prop::collection::btree_map(1_u8..13, 0_i64..10_000, 0..11)) {
        let months: Vec<String> = told.iter().map(|(month, value)| format!("2021-{month:02}: {value}")).collect();
        let months = months.iter().map(|it| format!(", {it}")).collect::<String>();
        let said: i64 = told.values().sum();
        let open = 12 - told.len() as i64;
        let part = format!("({sum} - {said}) / {open}");
        let outputs: Vec<String> = (1_u8..13)
            .map(|month| format!("2021-{month:02}: {}", told.get(&month).map_or(part.clone(), i64::to_string)))
            .collect();
        let text = format!("- input: {{salary: {{2021: {sum}{months}}}}}\n  output: {{salary: {{{}}}}}\n", outputs.join(", "));
        let cases = openfisca::read_cases("tests/a.yaml", &text).expect("valid");
        let outcome = book().run(&cases[0]);
        prop_assert!(outcome.passed(), "{text} {outcome:?}");
        prop_assert_eq!(outcome.checks.len(), 12);
        prop_assert_eq!(outcome.checks[0].period, Period::parse("2021-01").expect("a month"));
    }
}
