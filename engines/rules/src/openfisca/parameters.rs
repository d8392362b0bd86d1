//! A tree of OpenFisca parameters becomes dated parameters with dotted names.
//!
//! A node holds nodes, parameters and scales. `values:` (or a map whose keys are all days) is a parameter; `brackets:`
//! is a scale, each of whose brackets has a threshold and a rate or an amount with histories of their own, which become
//! one history of whole scales. `null` ends what held before; `expected` announces a change and holds nothing.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::about::{ABOUT, About, check_keys, node_of, text_entry, with_about};
use super::history::{History, day, end};
use crate::diagnostic::{Position, Problems};
use crate::reader::{entries, items};
use crate::variables::{Bracket, Dated, Exact, Group, Held, Parameter, ScaleKind, scale};
use crate::yaml::{Entry, Kind, Node};

/// What a tree holds, in the order of its file.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub parameters: Vec<Parameter>,
    pub groups: Vec<Group>,
}

impl Tree {
    /// Reads a node and all beneath it; its own name is `name`, empty for the root.
    pub fn read(&mut self, name: &str, node: &Node, problems: &mut Problems) {
        let Some(children) = entries(node, problems) else {
            return;
        };
        let has = |key: &str| children.iter().any(|entry| entry.key == key);
        let dated = !children.is_empty() && children.iter().all(|entry| day(&entry.key).is_some());
        if has("values") {
            self.parameter(name, node, children, problems);
        } else if has("brackets") {
            self.scale(name, node, children, problems);
        } else if dated {
            let history = History::read(children, problems);
            self.add(name, About::default(), history, node, problems);
        } else {
            self.describe(name, children);
            for child in children
                .iter()
                .filter(|it| !ABOUT.contains(&it.key.as_str()))
            {
                let full = if name.is_empty() {
                    child.key.clone()
                } else {
                    format!("{name}.{}", child.key)
                };
                self.read(&full, &child.value, problems);
            }
        }
    }

    /// Reads an `index.yaml`, which describes the node of its folder.
    pub fn read_index(&mut self, name: &str, node: &Node, problems: &mut Problems) {
        let Some(children) = entries(node, problems) else {
            return;
        };
        check_keys(children, &ABOUT, problems);
        self.describe(name, children);
    }

    fn describe(&mut self, name: &str, children: &[Entry]) {
        let is_described = children.iter().any(|it| ABOUT.contains(&it.key.as_str()));
        if is_described {
            // The root has no name of its own.
            let name = if name.is_empty() { "parameters" } else { name };
            self.groups.push(About::read(children).group(name));
        }
    }

    fn parameter(&mut self, name: &str, node: &Node, children: &[Entry], problems: &mut Problems) {
        check_keys(children, &with_about("values"), problems);
        let values = children.iter().find(|entry| entry.key == "values");
        let Some(values) = values.and_then(|entry| entries(&entry.value, problems)) else {
            return;
        };
        let history = History::read(values, problems);
        self.add(name, About::read(children), history, node, problems);
    }

    fn scale(&mut self, name: &str, node: &Node, children: &[Entry], problems: &mut Problems) {
        check_keys(children, &with_about("brackets"), problems);
        let mut about = About::read(children);
        let list = children.iter().find(|entry| entry.key == "brackets");
        let list = list.map_or(&[] as &[Node], |entry| items(&entry.value, problems));
        let kind = kind_of(list, &mut about, problems);
        let mut said = History::default();
        let mut brackets = Vec::new();
        for (index, item) in list.iter().enumerate() {
            let Some(parts) = entries(item, problems) else {
                continue;
            };
            check_keys(
                parts,
                &["threshold", "rate", "average_rate", "amount"],
                problems,
            );
            let mut part = |key: &str| {
                let found = parts.iter().find(|entry| entry.key == key);
                let found = found.map(|entry| History::read_part(&entry.value, problems));
                let mut history = found.unwrap_or_default();
                said.expected.append(&mut history.expected);
                said.extra.extend(said_of_part(
                    &format!("brackets[{index}].{key}"),
                    &mut history,
                ));
                history
            };
            brackets.push((part("threshold"), part(value_key(kind))));
        }
        let values = scales(&brackets, node.at, problems);
        self.add(name, about, said, node, problems);
        if let Some(added) = self.parameters.last_mut() {
            added.scale = Some(kind);
            added.values = values;
        }
    }

    fn add(
        &mut self,
        name: &str,
        about: About,
        mut history: History<Held>,
        node: &Node,
        problems: &Problems,
    ) {
        let mut rest = about.rest;
        // A `type` says nothing of a plain value and is kept as it stood.
        rest.extend(about.kind.map(|kind| text_entry("type", kind, node.at)));
        rest.append(&mut history.extra);
        let mut expected = std::mem::take(&mut history.expected);
        expected.sort();
        expected.dedup();
        self.parameters.push(Parameter {
            name: name.to_owned(),
            file: problems.file.clone(),
            label: about.label,
            unit: about.unit,
            source: about.source,
            note: about.note,
            scale: None,
            values: history.values(),
            expected,
            metadata: node_of(rest),
            at: node.at,
        });
    }
}

/// What is said of a bracket's values: a bracket becomes part of many dated scales, so that it stands aside.
fn said_of_part(part: &str, history: &mut History<Exact>) -> Vec<Entry> {
    let named = |key: &str, entry: Entry| Entry {
        key: format!("{part}.{key}"),
        ..entry
    };
    let mut said: Vec<Entry> = history
        .extra
        .drain(..)
        .map(|it| named(&it.key.clone(), it))
        .collect();
    for instant in &mut history.instants {
        let source = instant.source.take();
        let source = source.map(|it| text_entry("reference", it, Position::default()));
        let day = instant.from.to_string();
        said.extend(source.map(|it| named(&format!("{day}.reference"), it)));
        said.extend(instant.metadata.take().map(|value| Entry {
            at: value.at,
            key: format!("{part}.{day}"),
            value,
        }));
    }
    said
}

/// The kind of a scale, from its `type` and from what its brackets hold.
fn kind_of(list: &[Node], about: &mut About, problems: &mut Problems) -> ScaleKind {
    let has = |key: &str| {
        let mut brackets = list.iter().filter_map(|node| match &node.kind {
            Kind::Map(parts) => Some(parts),
            _ => None,
        });
        brackets.any(|parts| parts.iter().any(|entry| entry.key == key))
    };
    let kinds = [
        ("amount", ScaleKind::MarginalAmount),
        ("average_rate", ScaleKind::AverageRate),
        ("rate", ScaleKind::MarginalRate),
    ];
    let found: Vec<ScaleKind> = kinds
        .into_iter()
        .filter(|(key, _)| has(key))
        .map(|it| it.1)
        .collect();
    let single = about.kind.as_deref() == Some("single_amount");
    let mixed = found.len() > 1 || (single && found != [ScaleKind::MarginalAmount]);
    if let (Some(node), true) = (list.first(), mixed) {
        problems.at(
            node.at,
            "the brackets do not hold what the kind of the scale asks for",
            "Give every bracket a `rate`, an `average_rate` or (with `type: single_amount`) an `amount`; make two scales of two kinds.",
        );
    }
    match about.kind.take().as_deref() {
        Some("single_amount") => ScaleKind::SingleAmount,
        other => {
            let at = list.first().map_or(Position::default(), |node| node.at);
            // Only `single_amount` has a meaning; other words are kept.
            about
                .rest
                .extend(other.map(|text| text_entry("type", text.to_owned(), at)));
            found.first().copied().unwrap_or(ScaleKind::MarginalRate)
        }
    }
}

fn value_key(kind: ScaleKind) -> &'static str {
    match kind {
        ScaleKind::MarginalRate => "rate",
        ScaleKind::AverageRate => "average_rate",
        ScaleKind::MarginalAmount | ScaleKind::SingleAmount => "amount",
    }
}

/// Histories of thresholds and values as one history of whole scales: on every day on which something changes, the
/// brackets that have both.
fn scales(
    brackets: &[(History<Exact>, History<Exact>)],
    at: Position,
    problems: &mut Problems,
) -> Vec<Dated> {
    let all = brackets
        .iter()
        .flat_map(|(thresholds, values)| thresholds.instants.iter().chain(&values.instants));
    let days: BTreeSet<Date> = all.map(|instant| instant.from).collect();
    let mut scales: Vec<Dated> = Vec::new();
    for day in days {
        let held: Vec<Bracket> = brackets
            .iter()
            .filter_map(|(thresholds, values)| {
                let (threshold, value) = (thresholds.on(day)?, values.on(day)?);
                Some(Bracket { threshold, value })
            })
            .collect();
        if held.is_empty() {
            end(&mut scales, day);
            continue;
        }
        let Some(held) = scale::ordered(held) else {
            problems.at(
                at,
                "the values of one threshold add up beyond the range",
                "Write smaller numbers.",
            );
            continue;
        };
        let same = scales
            .last()
            .is_some_and(|last| last.to.is_none() && last.held == Held::Scale(held.clone()));
        if !same {
            scales.push(Dated {
                from: day,
                to: None,
                held: Held::Scale(held),
                source: None,
                metadata: None,
            });
        }
    }
    scales
}
