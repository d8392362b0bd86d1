//! The small book in `tests/fixtures/book`, as it is or with one change.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rules::{Benefit, Diagnostic, Entity, Finding, RuleBook, Situation};

pub type Files = Vec<(String, String)>;

/// Every YAML file of a folder of law.
pub fn read(folder: &Path) -> Files {
    let mut files = Vec::new();
    for part in [".", "parameters", "benefits"] {
        let part = folder.join(part);
        for entry in std::fs::read_dir(&part).expect("a folder of law") {
            let path = entry.expect("an entry").path();
            if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                let name = path.strip_prefix(folder).unwrap_or(&path);
                let name = name.to_string_lossy().trim_start_matches("./").to_owned();
                files.push((name, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    files
}

pub fn files() -> Files {
    read(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/book"))
}

pub fn book() -> RuleBook {
    RuleBook::load(files()).unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics)))
}

/// The book's files with `from` (which must be there once) replaced by `to` in one file.
pub fn changed(file: &str, from: &str, to: &str) -> Files {
    let mut files = files();
    let (_, text) = files
        .iter_mut()
        .find(|(path, _)| path.ends_with(file))
        .unwrap_or_else(|| panic!("no file {file}"));
    assert_eq!(text.matches(from).count(), 1, "{file}: {from}");
    *text = text.replace(from, to);
    files
}

pub fn told(diagnostics: &[Diagnostic]) -> String {
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

pub fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

/// A situation from `name=value` facts; `key.name=value` for members.
pub fn situation(book: &RuleBook, facts: &[&str]) -> Situation {
    let mut situation = book.situation();
    for fact in facts {
        let (name, value) = fact.split_once('=').unwrap_or((fact, ""));
        match name.split_once('.') {
            Some((member, "")) => {
                situation.add_member(member).expect(fact);
            }
            Some((member, name)) => {
                let value = book.parse_value(Entity::Person, name, value).expect(fact);
                situation.set_member(member, name, value).expect(fact);
            }
            None => {
                let value = book
                    .parse_value(Entity::Household, name, value)
                    .expect(fact);
                situation.set_household(name, value).expect(fact);
            }
        }
    }
    situation
}

/// The findings of a benefit for such a situation.
pub fn findings(book: &RuleBook, id: &str, facts: &[&str], on: &str) -> Vec<Finding> {
    let benefit: &Benefit = book.benefit(id).expect(id);
    book.evaluate(benefit, &situation(book, facts), day(on))
}
