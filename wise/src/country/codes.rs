//! Tables of codes of somebody else (`gov24/*.yaml`), told in the facts of the vocabulary.
//!
//! A code says something of a person: it fits, it is ruled out, or that is open. Only a table can
//! tell which, so that a new version of the codes is a new file and no new code.

use std::collections::BTreeMap;

use base::Localized;
use jiff::civil::Date;
use rules::{FactRef, Question, RuleBook, Situation};
use serde::Deserialize;

/// The codes of one version of an interface.
#[derive(Clone, Debug)]
pub struct CodeTable {
    /// The file's name without ending: `v3`.
    pub version: String,
    /// Where the meanings are from.
    pub source: String,
    /// Kinds of agencies whose services are for the whole country.
    pub national: Vec<String>,
    /// What an office's name has after the name of its place, longest first.
    pub office_endings: Vec<String>,
    /// The codes that carry the youngest and the greatest age, where the version has such.
    pub age: Option<AgeCodes>,
    /// Whom a service is for, by the interface's own word.
    pub users: BTreeMap<String, Code>,
    pub groups: BTreeMap<String, Group>,
    pub codes: BTreeMap<String, Code>,
}

/// The codes of the youngest and the greatest age, both included.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeCodes {
    pub from: String,
    pub to: String,
    pub ko: String,
    pub en: String,
}

/// Codes of which one is enough.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub ko: String,
    pub en: String,
    /// It is about a business: nobody is ruled out by it where a service is for persons too.
    #[serde(default)]
    pub business: bool,
}

/// What one code says.
#[derive(Clone, Debug)]
pub struct Code {
    /// A key of [`CodeTable::groups`]; empty for users.
    pub group: String,
    pub label: Localized,
    /// “None of these”: the group restricts nobody.
    pub none: bool,
    /// For a business, not for persons.
    pub business: bool,
    yes: Rule,
    no: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Always,
    Never,
    /// Only `no`: whatever `yes` is not.
    Contrary,
    Asked(Box<Question>),
}

/// How a member of a household stands to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Fits,
    Open,
    RuledOut,
}

/// How one member stands, and what would settle it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub standing: Standing,
    /// Unknown facts that keep it open; empty when settled, or when no fact of ours would help.
    pub missing: Vec<FactRef>,
}

/// When a code rules somebody out.
#[derive(Clone, Copy, Debug)]
pub enum Excludes<'a> {
    Nobody,
    /// Everybody of whom it is not true, or everybody.
    Unless(Option<&'a Question>),
    /// Everybody of whom it is false.
    WhereFalse(&'a Question),
    /// Everybody of whom `no` is true and `yes` is not.
    WhereTrue {
        no: &'a Question,
        yes: Option<&'a Question>,
    },
}

fn asked(rule: &Rule) -> Option<&Question> {
    match rule {
        Rule::Asked(question) => Some(question),
        Rule::Always | Rule::Never | Rule::Contrary => None,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    source: String,
    #[serde(rename = "checked")]
    _checked: Date,
    #[serde(default, rename = "unverified")]
    _unverified: bool,
    national: Vec<String>,
    office_endings: Vec<String>,
    age: Option<AgeCodes>,
    #[serde(default)]
    users: BTreeMap<String, CodeLine>,
    groups: BTreeMap<String, Group>,
    codes: BTreeMap<String, CodeLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeLine {
    #[serde(default)]
    group: String,
    ko: String,
    en: String,
    #[serde(default)]
    none: bool,
    #[serde(default)]
    business: bool,
    yes: Option<String>,
    no: Option<String>,
}

impl CodeTable {
    /// Reads one table and checks every rule in it against the book.
    ///
    /// # Errors
    /// Everything that is wrong, each with the file, the code and a remedy.
    pub fn read(file: &str, text: &str, book: &RuleBook) -> Result<Self, Vec<String>> {
        let raw: TableFile =
            serde_saphyr::from_str(text).map_err(|fault| vec![format!("{file}: {fault}")])?;
        let mut faults = Vec::new();
        let mut read = |lines: BTreeMap<String, CodeLine>, grouped: bool| {
            let codes = lines.into_iter().map(|(name, line)| {
                let place = format!("{file}: {name}");
                if grouped && !raw.groups.contains_key(&line.group) {
                    faults.push(format!(
                        "{place}: the group {:?} is not declared under groups",
                        line.group
                    ));
                }
                let code = Code::read(&place, line, book, &mut faults);
                (name, code)
            });
            codes.collect()
        };
        let (users, codes) = (read(raw.users, false), read(raw.codes, true));
        if !faults.is_empty() {
            return Err(faults);
        }
        let name = file.rsplit('/').next().unwrap_or(file);
        Ok(Self {
            version: name.trim_end_matches(".yaml").to_owned(),
            source: raw.source,
            national: raw.national,
            office_endings: raw.office_endings,
            age: raw.age,
            users,
            groups: raw.groups,
            codes,
        })
    }

    /// Whether this version has such a code, ages included.
    pub fn knows(&self, code: &str) -> bool {
        self.codes.contains_key(code) || self.is_age(code)
    }

    /// Whether a code carries an age.
    pub fn is_age(&self, code: &str) -> bool {
        let ages = self.age.as_ref();
        ages.is_some_and(|it| it.from == code || it.to == code)
    }
}

impl Code {
    fn read(place: &str, line: CodeLine, book: &RuleBook, faults: &mut Vec<String>) -> Self {
        let mut rule = |key: &str, text: Option<&str>, usual: Rule| match text {
            None => usual,
            Some("always") => Rule::Always,
            Some("never") => Rule::Never,
            Some(text) => match book.question(&format!("{place}.{key}"), text) {
                Ok(question) => Rule::Asked(Box::new(question)),
                Err(fault) => {
                    faults.push(fault.to_string());
                    Rule::Never
                }
            },
        };
        let yes = rule("yes", line.yes.as_deref(), Rule::Never);
        // What is never known to fit is never known not to fit either, unless the table says so.
        let contrary = match yes {
            Rule::Asked(_) => Rule::Contrary,
            _ => Rule::Never,
        };
        let no = rule("no", line.no.as_deref(), contrary);
        Self {
            group: line.group,
            label: Localized::new(line.ko, line.en),
            none: line.none,
            business: line.business,
            yes,
            no,
        }
    }

    /// When somebody is ruled out by this code, as questions that can be asked of a whole population.
    pub fn excludes(&self) -> Excludes<'_> {
        match (&self.yes, &self.no) {
            (Rule::Always, _) | (_, Rule::Never) => Excludes::Nobody,
            (yes, Rule::Always) => Excludes::Unless(asked(yes)),
            (yes, Rule::Contrary) => asked(yes).map_or(Excludes::Nobody, Excludes::WhereFalse),
            (yes, Rule::Asked(no)) => Excludes::WhereTrue {
                no,
                yes: asked(yes),
            },
        }
    }

    /// How every member of a household stands to this code, in the order of the situation.
    pub fn ask(&self, situation: &Situation, on: Date) -> Vec<Said> {
        let ask = |rule: &Rule| match rule {
            Rule::Asked(question) => Some(question.ask(situation, on)),
            _ => None,
        };
        let (yes, no) = (ask(&self.yes), ask(&self.no));
        let members = 0..situation.member_count();
        members
            .map(|index| {
                let yes = yes.as_ref().map(|replies| &replies[index]);
                let no = no.as_ref().map(|replies| &replies[index]);
                let fits = match &self.yes {
                    Rule::Always => true,
                    Rule::Never | Rule::Contrary => false,
                    Rule::Asked(_) => yes.is_some_and(|it| it.truth.is_true()),
                };
                let ruled_out = match &self.no {
                    Rule::Always => true,
                    Rule::Never => false,
                    // Where the law has no value on that day, neither it nor its contrary holds.
                    Rule::Contrary => yes.is_some_and(|it| it.truth.is_false()),
                    Rule::Asked(_) => no.is_some_and(|it| it.truth.is_true()),
                };
                let standing = match (fits, ruled_out) {
                    (true, _) => Standing::Fits,
                    (false, true) => Standing::RuledOut,
                    (false, false) => Standing::Open,
                };
                let mut missing = Vec::new();
                if standing == Standing::Open {
                    for fact in [yes, no].into_iter().flatten().flat_map(|it| &it.missing) {
                        if !missing.contains(fact) {
                            missing.push(fact.clone());
                        }
                    }
                }
                Said { standing, missing }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country::{Country, CountryFiles};

    fn read(codes: &str) -> Result<CodeTable, Vec<String>> {
        let country = Country::load(CountryFiles::built_in()).unwrap();
        let head = "source: 시험\nchecked: 2026-11-24\nnational: []\noffice_endings: []\n\
                    groups: {sex: {ko: 성별, en: sex}}\ncodes:\n";
        CodeTable::read("gov24/v9.yaml", &format!("{head}{codes}"), &country.book)
    }

    #[test]
    fn every_fault_of_a_table_is_told_with_its_code() {
        let faults = read(
            "  A1: {group: sx, ko: 가, en: a}\n  \
             A2: {group: sex, ko: 나, en: b, yes: 'person.sx == \"male\"'}\n  \
             A3: {group: sex, ko: 다, en: c, no: 'person.sex == \"mle\"'}\n",
        )
        .unwrap_err();
        assert_eq!(faults.len(), 3, "{faults:#?}");
        for (code, what) in [("A1", "sx"), ("A2.yes", "sex"), ("A3.no", "male")] {
            let place = format!("gov24/v9.yaml: {code}");
            let told = faults.iter().find(|it| it.starts_with(&place));
            let told = told.unwrap_or_else(|| panic!("{place}: {faults:#?}"));
            assert!(told.contains(what), "{told}");
        }
        let unknown_key = read("  A1: {group: sex, ko: 가, en: a, yess: always}\n");
        assert!(unknown_key.unwrap_err()[0].contains("yess"));
    }

    #[test]
    fn a_code_without_rules_rules_nobody_out() {
        let table = read("  A1: {group: sex, ko: 가, en: a}\n").unwrap();
        assert_eq!(table.version, "v9");
        let country = Country::load(CountryFiles::built_in()).unwrap();
        let mut situation = country.book.situation();
        situation.add_member("a");
        let said = table.codes["A1"].ask(&situation, "2026-11-24".parse().unwrap());
        assert_eq!(said[0].standing, Standing::Open);
        assert!(said[0].missing.is_empty());
    }
}
