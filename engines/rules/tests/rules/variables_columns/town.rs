//! Persons in households with columns of facts, and what the scalar path and a plan give for them.

use std::collections::BTreeMap;
use std::fmt::Write;

use rules::Answer;
use rules::variables::columns::{Holds, Input, Plan, Values};
use rules::variables::{Book, Period, Value};

use crate::fixture::told;

/// A column of inputs with what it holds.
#[derive(Clone, Debug)]
pub enum Held {
    Numbers(i64, Vec<i64>),
    SmallNumbers(i64, Vec<i32>),
    Truths(Vec<bool>),
    Days(Vec<i32>),
    Codes(&'static [&'static str], Vec<u8>),
}

/// The most that columns of numbers are told to hold.
pub const BOUND: i64 = 100_000_000_000_000_000;

impl Held {
    pub fn holds(&self) -> Holds {
        match self {
            Self::Numbers(denominator, values) => {
                // Small numbers are told to be small, so that their sums are proven to fit.
                let small = values.iter().all(|it| it.abs() <= 1_000_000_000);
                let most = if small { 1_000_000_000 } else { BOUND };
                Holds::Numbers {
                    denominator: *denominator,
                    least: -most,
                    greatest: most,
                }
            }
            Self::SmallNumbers(denominator, values) => Holds::SmallNumbers {
                denominator: *denominator,
                least: values.iter().min().map_or(0, |it| *it.min(&0)),
                greatest: 100_000_000,
            },
            Self::Truths(_) => Holds::Truths,
            Self::Days(_) => Holds::Days {
                first: jiff::civil::date(1930, 1, 1),
                last: jiff::civil::date(2030, 12, 31),
            },
            Self::Codes(..) => Holds::Codes,
        }
    }

    pub fn values(&self) -> Values<'_> {
        match self {
            Self::Numbers(_, values) => Values::Numbers(values),
            Self::SmallNumbers(_, values) => Values::SmallNumbers(values),
            Self::Truths(values) => Values::Truths(values),
            Self::Days(values) => Values::Days(values),
            Self::Codes(_, values) => Values::Codes(values),
        }
    }

    /// A value as a case writes it.
    pub fn text(&self, row: usize) -> String {
        match self {
            Self::Numbers(denominator, values) => format!("{} / {denominator}", values[row]),
            Self::SmallNumbers(denominator, values) => format!("{} / {denominator}", values[row]),
            Self::Truths(values) => values[row].to_string(),
            Self::Days(values) => rules::dates::from_day_number(values[row].into())
                .expect("a day")
                .to_string(),
            Self::Codes(codes, values) => codes[usize::from(values[row])].to_owned(),
        }
    }
}

/// Persons in households with their columns.
#[derive(Clone, Debug)]
pub struct Town {
    pub offsets: Vec<u32>,
    pub roles: Vec<u8>,
    /// Variable, period, whether of the household, values.
    pub columns: Vec<(&'static str, &'static str, bool, Held)>,
}

impl Town {
    pub fn persons(&self) -> usize {
        self.roles.len()
    }

    pub fn inputs(&self) -> Vec<Input<'_>> {
        let columns = self.columns.iter();
        columns
            .map(|(variable, of, _, held)| Input {
                variable,
                period: period(of),
                holds: held.holds(),
            })
            .collect()
    }

    /// The town as the input of a case that expects something of every output, so that all are computed.
    pub fn case(&self, book: &Book, outputs: &[(&str, Period)]) -> String {
        let facts = |row: usize, about_household: bool| {
            let mut facts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for (name, of, _, held) in self.columns.iter().filter(|it| it.2 == about_household) {
                let told = format!("{of}: {}", held.text(row));
                facts.entry(name).or_default().push(told);
            }
            let facts = facts.into_iter();
            let facts = facts.map(|(name, told)| format!("{name}: {{{}}}", told.join(", ")));
            facts.collect::<Vec<_>>().join(", ")
        };
        let mut text = "- input:\n    persons:\n".to_owned();
        for person in 0..self.persons() {
            let _ = writeln!(text, "      p{person}: {{{}}}", facts(person, false));
        }
        text.push_str("    households:\n");
        for (household, pair) in self.offsets.windows(2).enumerate() {
            let of = |role: u8| {
                let members = (pair[0]..pair[1]).filter(|it| self.roles[*it as usize] == role);
                let names = members.map(|it| format!("p{it}")).collect::<Vec<_>>();
                names.join(", ")
            };
            let facts = facts(household, true);
            let comma = if facts.is_empty() { "" } else { ", " };
            let _ = writeln!(
                text,
                "      h{household}: {{adults: [{}], children: [{}]{comma}{facts}}}",
                of(0),
                of(1)
            );
        }
        text.push_str("  output:\n");
        for (name, period) in outputs {
            let rows = match book.entity_of(name).expect(name).name.as_str() {
                "person" => self.persons(),
                _ => self.offsets.len() - 1,
            };
            let expected = any_value(book, name);
            let list = vec![expected; rows].join(", ");
            let _ = writeln!(text, "    {name}: {{{period}: [{list}]}}");
        }
        text
    }
}

pub fn period(text: &str) -> Period {
    Period::parse(text).expect(text)
}

/// Any value of a variable's type.
fn any_value(book: &Book, name: &str) -> &'static str {
    let variable = book.variables().iter().find(|it| it.name == name);
    match variable.expect(name).value_type.name() {
        "bool" => "true",
        "date" => "2000-01-01",
        "enum" => "owner",
        _ => "0",
    }
}

pub fn words(answer: &Answer<Value>) -> String {
    match answer {
        Answer::Known(value) => value.to_string(),
        Answer::Unknown => "unknown".to_owned(),
        Answer::Absent => "no value in law".to_owned(),
        Answer::Overflow => "out of range".to_owned(),
    }
}

/// What a plan gives, by output and row.
pub fn run(plan: &Plan, town: &Town) -> Vec<Vec<String>> {
    let values = town.columns.iter().map(|(.., held)| held.values());
    let population = plan
        .population(town.persons(), &town.offsets, &town.roles, values.collect())
        .expect("columns that fit");
    let mut outputs: Vec<Vec<String>> = Vec::new();
    plan.run(&population, |part| {
        outputs.resize(outputs.len().max(part.output + 1), Vec::new());
        let rows = &mut outputs[part.output];
        assert_eq!(rows.len(), part.rows.start, "in order");
        rows.extend(
            (0..part.column.len()).map(|row| words(&part.column.answer(row).expect("a row"))),
        );
        assert_eq!(rows.len(), part.rows.end, "every row");
    });
    outputs
}

/// What the scalar path gives, by output and row.
pub fn scalar(book: &Book, town: &Town, outputs: &[(&str, Period)]) -> Vec<Vec<String>> {
    let text = town.case(book, outputs);
    let cases = book.read_cases("cases/a.yaml", &text);
    let cases = cases.unwrap_or_else(|diagnostics| panic!("{text}\n{}", told(&diagnostics)));
    let outcome = book.run(&cases[0]);
    assert!(
        outcome.problems.is_empty(),
        "{:?}\n{text}",
        outcome.problems
    );
    let of = |name: &str| {
        let checks = outcome.checks.iter().filter(|check| check.variable == name);
        checks.map(|check| check.told.clone()).collect()
    };
    outputs.iter().map(|(name, _)| of(name)).collect()
}

/// Households of one to five; with members first in the order of the roles.
pub fn homes(sizes: &[(u32, u32)]) -> (Vec<u32>, Vec<u8>) {
    let (mut offsets, mut roles) = (vec![0], Vec::new());
    for (adults, children) in sizes {
        roles.extend((0..*adults).map(|_| 0));
        roles.extend((0..*children).map(|_| 1));
        offsets.push(u32::try_from(roles.len()).expect("few"));
    }
    (offsets, roles)
}
