//! The table of the law's figures in `docs/figures.md` against the files it names.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rules::{Benefit, ParameterValue, RuleBook, Situation, Value};

use crate::country;
use crate::fixture::day;

/// The first line of the table.
const HEAD: &str = "| figure | value | in force from | file | source | remark |";

/// A line of the table. What it refers to stands in the column `file`: a file of `country/kr` and, in it, a parameter,
/// a case, or words.
struct Row<'a> {
    line: &'a str,
    values: Vec<String>,
    from: Date,
    file: &'a str,
    kind: &'a str,
    name: &'a str,
    source: &'a str,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Self {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, _, value, from, place, source, _, _] = cells[..] else {
            panic!("not six cells: {line}");
        };
        let [_, file, kind, name, _] = place.split('`').collect::<Vec<_>>()[..] else {
            panic!("not a file, a word and a name: {line}");
        };
        Self {
            line,
            values: value.split(" / ").map(plain).collect(),
            from: day(from),
            file,
            kind: kind.trim(),
            name,
            source,
        }
    }

    /// Why the file does not hold what the line says.
    fn wrong(&self, book: &RuleBook) -> Option<String> {
        match self.kind {
            "parameter" => self.wrong_parameter(book),
            "case" => self.wrong_case(book),
            "says" => self.wrong_words(book),
            other => Some(format!("`{other}` is neither parameter, case nor says")),
        }
    }

    fn wrong_parameter(&self, book: &RuleBook) -> Option<String> {
        let mut parameters = book.parameters().map(|(_, parameter)| parameter);
        let named = parameters.find(|it| it.file == self.file && it.name == self.name);
        let Some(dated) = named.and_then(|it| it.values.iter().find(|v| v.from == self.from))
        else {
            return Some("no such parameter with a value from that day".to_owned());
        };
        let held: Vec<String> = match &dated.value {
            ParameterValue::Single(value) => vec![value.to_string()],
            ParameterValue::Table(values) => values.iter().map(i64::to_string).collect(),
        };
        if held != self.values {
            return Some(format!("the file holds {}", held.join(" / ")));
        }
        let source = match dated.unverified {
            true => format!("{}; unverified", dated.source),
            false => dated.source.clone(),
        };
        (source != self.source).then(|| format!("its source is {source}"))
    }

    fn wrong_case(&self, book: &RuleBook) -> Option<String> {
        let benefit = self.benefit(book);
        let results = book.run_cases(benefit);
        let mut cases = results.iter().zip(benefit.case_situations());
        let Some((result, (on, home))) = cases.find(|(result, _)| result.name == self.name) else {
            return Some("no such case".to_owned());
        };
        if !result.passed || on < self.from {
            return Some(format!("on {on}: {}", result.explanation));
        }
        let shown = shown(book, benefit, home, on);
        let absent = self.values.iter().find(|value| !shown.contains(value));
        absent.map(|value| format!("{value} is not among {}", shown.join(", ")))
    }

    fn wrong_words(&self, book: &RuleBook) -> Option<String> {
        let text = fs::read_to_string(root().join("country/kr").join(self.file)).expect("text");
        if !text.contains(self.name) || !self.values.iter().all(|value| self.name.contains(value)) {
            return Some("the file does not say so".to_owned());
        }
        let in_force = self.benefit(book).in_force;
        (!in_force.contains(self.from)).then(|| format!("in force: {in_force:?}"))
    }

    fn benefit<'b>(&self, book: &'b RuleBook) -> &'b Benefit {
        let mut benefits = book.benefits();
        let named = benefits.find(|benefit| benefit.file == self.file);
        named.unwrap_or_else(|| panic!("not the file of a benefit: {}", self.line))
    }
}

/// A value without its unit, as in “820,556 won a month”.
fn plain(value: &str) -> String {
    let number = value.trim().split(' ').next().unwrap_or_default();
    number.replace(',', "")
}

/// What a case shows: the facts it stands on (a limit is one of them), the amounts and the last days.
fn shown(book: &RuleBook, benefit: &Benefit, home: &Situation, on: Date) -> Vec<String> {
    let known = home.known().filter_map(|(_, value)| match value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Date(date) => Some(date.to_string()),
        Value::Bool(_) | Value::Text(_) => None,
    });
    let found = book.evaluate(benefit, home, on);
    let found = found.iter().flat_map(|finding| {
        let amount = finding.amount.as_ref().and_then(|amount| amount.value);
        let days = [finding.use_by, finding.deadline].into_iter().flatten();
        let amount = amount.iter().map(i64::to_string).collect::<Vec<_>>();
        amount.into_iter().chain(days.map(|day| day.to_string()))
    });
    known.chain(found).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_figure_of_the_table_stands_in_the_file_it_names() {
    let book = country::book();
    let text = fs::read_to_string(root().join("docs/figures.md")).expect("the figures");
    let (_, table) = text.split_once(HEAD).expect("the table");
    let lines = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let rows: Vec<Row<'_>> = lines.map(Row::read).collect();
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|row| Some(format!("{}\n    {}", row.line, row.wrong(&book)?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows.len() >= 100, "{} figures", rows.len());
}
