//! The cases beside a rule: reading them, running them.

use jiff::civil::Date;

use crate::benefit::{Benefit, FactName};
use crate::conclude::findings;
use crate::diagnostic::{Position, Problems, suggestion};
use crate::finding::{Finding, Outcome, Reason};
use crate::read_benefit::fact_name;
use crate::reader::{Fields, date, entries, integer, items, scalar, text};
use crate::situation::{FactRef, Situation, ValueError, parse_value};
use crate::vocabulary::{Entity, Vocabulary};
use crate::yaml::Node;
use std::sync::Arc;

/// One case: a household, a day, and what the rule must conclude.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    name: String,
    pub on: Date,
    pub situation: Situation,
    /// By member key, or one entry without a key.
    expectations: Vec<(Option<String>, Expectation)>,
    at: Position,
}

#[derive(Clone, Debug)]
struct Expectation {
    outcome: Outcome,
    /// `Some(None)`: the amount must be unknown.
    amount: Option<Option<i64>>,
    deadline: Option<Date>,
    paid_from: Option<Date>,
    missing: Option<Vec<FactName>>,
    deciding: Option<Vec<Vec<FactName>>>,
}

/// How a case went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    pub name: String,
    /// The line of the case in the benefit's file.
    pub line: usize,
    pub passed: bool,
    /// What differed and why the rule concluded otherwise; empty when it passed.
    pub explanation: String,
}

/// Reads `cases:`; at least one must be eligible and one not.
pub(crate) fn read(
    fields: &Fields<'_>,
    person: bool,
    vocabulary: &Arc<Vocabulary>,
    problems: &mut Problems,
) -> Vec<Case> {
    let Some(node) = fields.get("cases") else {
        problems.at(
            fields.at,
            "no cases",
            "Add `cases:` with at least one household that is eligible and one that is not.",
        );
        return Vec::new();
    };
    let before = problems.list.len();
    let cases: Vec<Case> = items(node, problems)
        .iter()
        .filter_map(|item| read_case(item, person, vocabulary, problems))
        .collect();
    if problems.list.len() == before {
        for (outcome, word) in [
            (Outcome::Eligible, "eligible"),
            (Outcome::NotEligible, "not"),
        ] {
            let shown = cases
                .iter()
                .flat_map(|case| &case.expectations)
                .any(|(_, expectation)| expectation.outcome == outcome);
            if !shown {
                problems.at(
                    node.at,
                    format!("no case expects `result: {word}`"),
                    "Show both sides of the rule: at least one eligible and one not.",
                );
            }
        }
    }
    cases
}

fn read_case(
    node: &Node,
    person: bool,
    vocabulary: &Arc<Vocabulary>,
    problems: &mut Problems,
) -> Option<Case> {
    let allowed = ["name", "on", "household", "members", "expect", "note"];
    let fields = Fields::read(node, &allowed, problems)?;
    let name = fields.text("name", problems);
    let on = fields
        .require("on", problems)
        .and_then(|node| date(node, problems));
    let mut situation = Situation::new(vocabulary.clone());
    if let Some(node) = fields.get("household") {
        read_facts(node, None, &mut situation, problems);
    }
    if let Some(node) = fields.get("members") {
        for entry in entries(node, problems).unwrap_or_default() {
            if situation.add_member(&entry.key).is_none() {
                problems.at(
                    entry.at,
                    ValueError::TooManyMembers.to_string(),
                    "Leave members out.",
                );
                break;
            }
            read_facts(&entry.value, Some(&entry.key), &mut situation, problems);
        }
    }
    let expect = fields.require("expect", problems)?;
    let expectations = if person {
        read_expectations(expect, &situation, problems)
    } else {
        vec![(None, read_expectation(expect, vocabulary, problems)?)]
    };
    Some(Case {
        name,
        on: on?,
        situation,
        expectations,
        at: node.at,
    })
}

fn read_facts(
    node: &Node,
    member: Option<&str>,
    situation: &mut Situation,
    problems: &mut Problems,
) {
    let entity = match member {
        Some(_) => Entity::Person,
        None => Entity::Household,
    };
    for entry in entries(node, problems).unwrap_or_default() {
        let Some(scalar) = scalar(&entry.value, problems) else {
            continue;
        };
        let parsed = parse_value(situation.vocabulary(), entity, &entry.key, &scalar.text);
        let set = parsed.and_then(|value| match member {
            Some(key) => situation.set_member(key, &entry.key, value),
            None => situation.set_household(&entry.key, value),
        });
        if let Err(error) = set {
            problems.at(
                entry.at,
                error.to_string(),
                "Facts and their types are declared in the vocabulary.",
            );
        }
    }
}

fn read_expectations(
    node: &Node,
    situation: &Situation,
    problems: &mut Problems,
) -> Vec<(Option<String>, Expectation)> {
    let mut expectations = Vec::new();
    for entry in entries(node, problems).unwrap_or_default() {
        let keys: Vec<&str> = situation.member_keys().collect();
        if !keys.contains(&entry.key.as_str()) {
            problems.at(
                entry.at,
                format!("no member `{}` in this case", entry.key),
                suggestion(&entry.key, keys.iter().copied()),
            );
            continue;
        }
        if let Some(expectation) = read_expectation(&entry.value, situation.vocabulary(), problems)
        {
            expectations.push((Some(entry.key.clone()), expectation));
        }
    }
    expectations
}

fn read_expectation(
    node: &Node,
    vocabulary: &Vocabulary,
    problems: &mut Problems,
) -> Option<Expectation> {
    let allowed = [
        "result",
        "amount",
        "deadline",
        "paid_from",
        "missing",
        "deciding",
    ];
    let fields = Fields::read(node, &allowed, problems)?;
    let result = fields.require("result", problems)?;
    let outcome = match text(result, problems)?.as_str() {
        "eligible" => Outcome::Eligible,
        "not" => Outcome::NotEligible,
        "unknown" => Outcome::Unknown,
        other => {
            problems.at(
                result.at,
                format!("unknown result `{other}`"),
                suggestion(other, ["eligible", "not", "unknown"]),
            );
            return None;
        }
    };
    let amount = match fields.get("amount") {
        Some(node) if scalar(node, problems)?.text == "unknown" => Some(None),
        Some(node) => Some(Some(integer(node, problems)?)),
        None => None,
    };
    let missing = fields
        .get("missing")
        .map(|_| fact_names(fields.texts("missing", problems), vocabulary, problems));
    let deciding = fields.get("deciding").map(|node| {
        let sets = items(node, problems).iter();
        sets.map(|set| {
            let names = items(set, problems).iter();
            let names = names.filter_map(|name| Some((name.at, text(name, problems)?)));
            let names = names.collect();
            fact_names(names, vocabulary, problems)
        })
        .collect()
    });
    Some(Expectation {
        outcome,
        amount,
        deadline: fields.date("deadline", problems),
        paid_from: fields.date("paid_from", problems),
        missing,
        deciding,
    })
}

fn fact_names(
    written: Vec<(Position, String)>,
    vocabulary: &Vocabulary,
    problems: &mut Problems,
) -> Vec<FactName> {
    let mut names = Vec::new();
    for (at, name) in written {
        match fact_name(&name, vocabulary) {
            Ok(name) => names.push(name),
            Err(remedy) => problems.at(at, format!("unknown fact `{name}`"), remedy),
        }
    }
    names
}

/// Runs every case of a benefit.
pub(crate) fn run(benefit: &Benefit) -> Vec<CaseResult> {
    benefit
        .cases
        .iter()
        .map(|case| run_case(benefit, case))
        .collect()
}

fn run_case(benefit: &Benefit, case: &Case) -> CaseResult {
    let found = findings(benefit, &case.situation, case.on);
    let mut differences = String::new();
    for (key, expectation) in &case.expectations {
        let Some(finding) = found.iter().find(|finding| finding.member == *key) else {
            continue;
        };
        let who = key.as_deref().unwrap_or("household");
        let different = compare(expectation, finding);
        if !different.is_empty() {
            differences.push_str(&format!("{who}: {}\n", different.join("; ")));
            for reason in &finding.reasons {
                write_reason(reason, 1, &mut differences);
            }
        }
    }
    CaseResult {
        name: case.name.clone(),
        line: case.at.line,
        passed: differences.is_empty(),
        explanation: differences,
    }
}

fn compare(expectation: &Expectation, finding: &Finding) -> Vec<String> {
    let mut different = Vec::new();
    if finding.outcome != expectation.outcome {
        let mut line = format!(
            "expected {}, found {}",
            word(expectation.outcome),
            word(finding.outcome)
        );
        if !finding.missing.is_empty() {
            let missing: Vec<String> = finding.missing.iter().map(ToString::to_string).collect();
            line.push_str(&format!(" (unknown: {})", missing.join(", ")));
        }
        different.push(line);
        return different;
    }
    let amount = finding.amount.as_ref().and_then(|amount| amount.value);
    if let Some(expected) = expectation.amount.filter(|expected| *expected != amount) {
        different.push(format!(
            "expected amount {}, found {}",
            told(expected),
            told(amount)
        ));
    }
    let paid_from = finding.claim.and_then(|claim| claim.paid_from);
    for (name, expected, found) in [
        ("deadline", expectation.deadline, finding.deadline),
        ("paid_from", expectation.paid_from, paid_from),
    ] {
        if let Some(expected) = expected.filter(|day| Some(*day) != found) {
            let found = found.map_or("none".to_owned(), |day| day.to_string());
            different.push(format!("expected {name} {expected}, found {found}"));
        }
    }
    if let Some(expected) = &expectation.missing {
        let (expected, found) = (named(expected), referred(&finding.missing));
        if expected != found {
            different.push(format!(
                "expected missing [{}], found [{}]",
                expected.join(", "),
                found.join(", ")
            ));
        }
    }
    if let Some(expected) = &expectation.deciding {
        let sets = |sets: Vec<Vec<String>>| {
            let mut sets: Vec<String> = sets.iter().map(|set| set.join(" + ")).collect();
            sets.sort();
            sets.join(", ")
        };
        let expected = sets(expected.iter().map(|set| named(set)).collect());
        let found = sets(finding.deciding.iter().map(|set| referred(set)).collect());
        if expected != found {
            different.push(format!("expected deciding [{expected}], found [{found}]"));
        }
    }
    different
}

/// The names of facts without whose they are, each once, in order.
fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    names
}

fn named(facts: &[FactName]) -> Vec<String> {
    sorted(
        facts
            .iter()
            .map(|fact| format!("{}.{}", fact.entity, fact.name)),
    )
}

fn referred(facts: &[FactRef]) -> Vec<String> {
    sorted(
        facts
            .iter()
            .map(|fact| format!("{}.{}", fact.entity, fact.fact)),
    )
}

fn told(amount: Option<i64>) -> String {
    amount.map_or("unknown".to_owned(), |amount| amount.to_string())
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Eligible => "eligible",
        Outcome::NotEligible => "not",
        Outcome::Unknown => "unknown",
    }
}

fn write_reason(reason: &Reason, depth: usize, out: &mut String) {
    let mark = match reason.holds {
        Some(true) => "○",
        Some(false) => "×",
        None => "?",
    };
    out.push_str(&format!(
        "{}{mark} {}\n",
        "  ".repeat(depth),
        reason.text.ko
    ));
    for child in &reason.children {
        write_reason(child, depth + 1, out);
    }
}
