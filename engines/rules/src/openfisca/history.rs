//! Values by the day from which they hold, as OpenFisca writes them.

use jiff::civil::Date;

use super::about::{check_keys, node_of, said_of_value, with_about};
use super::python;
use crate::dates;
use crate::diagnostic::Problems;
use crate::reader::{entries, scalar};
use crate::variables::{Dated, Exact, Held, Value};
use crate::yaml::{Entry, Kind, Node};

/// Dated values as they are written.
pub(super) struct History<T> {
    /// In order of their days.
    pub instants: Vec<Instant<T>>,
    /// Days on which a change is expected whose value is not known.
    pub expected: Vec<Date>,
    /// What is said of days that hold no value: repeals and announcements.
    pub extra: Vec<Entry>,
}

/// What holds from a day on.
pub(super) struct Instant<T> {
    pub from: Date,
    /// `None` is `null`: nothing holds.
    pub held: Option<T>,
    pub source: Option<String>,
    pub metadata: Option<Node>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self {
            instants: Vec::new(),
            expected: Vec::new(),
            extra: Vec::new(),
        }
    }
}

impl History<Held> {
    /// The history of a parameter, from a map of days.
    pub fn read(children: &[Entry], problems: &mut Problems) -> Self {
        let mut history = Self::default();
        history.take(children, problems, held);
        history
    }

    /// Values that end where `null` stands.
    pub fn values(self) -> Vec<Dated> {
        let mut values: Vec<Dated> = Vec::new();
        for instant in self.instants {
            match instant.held {
                Some(held) => values.push(Dated {
                    from: instant.from,
                    to: None,
                    held,
                    source: instant.source,
                    metadata: instant.metadata,
                }),
                None => end(&mut values, instant.from),
            }
        }
        values
    }
}

impl History<Exact> {
    /// The history of one part of a bracket, from a map of days or a map with `values:`.
    pub fn read_part(node: &Node, problems: &mut Problems) -> Self {
        let mut history = Self::default();
        let Some(mut children) = entries(node, problems) else {
            return history;
        };
        if let Some(values) = children.iter().find(|entry| entry.key == "values") {
            check_keys(children, &with_about("values"), problems);
            let about = children.iter().filter(|it| it.key != "values");
            history.extra.extend(about.cloned());
            children = entries(&values.value, problems).unwrap_or_default();
        }
        history.take(children, problems, number);
        history
    }

    /// The number that holds on a day.
    pub fn on(&self, day: Date) -> Option<Exact> {
        let last = self.instants.iter().rev().find(|it| it.from <= day);
        last.and_then(|instant| instant.held)
    }
}

/// Reads what stands for a value: `Some(None)` is `null`, `None` a mistake that has been reported.
type Read<T> = fn(&Node, &mut Problems) -> Option<Option<T>>;

impl<T> History<T> {
    fn take(&mut self, children: &[Entry], problems: &mut Problems, read: Read<T>) {
        for entry in children {
            let Some(from) = day(&entry.key) else {
                problems.at(
                    entry.at,
                    format!("`{}` is not a day", entry.key),
                    "Write the first day on which the value holds as YYYY-MM-DD.",
                );
                continue;
            };
            match &entry.value.kind {
                Kind::Scalar(it) if it.text == "expected" => self.expected.push(from),
                Kind::Map(fields) if fields.iter().any(|field| field.key == "expected") => {
                    self.expected.push(from);
                    self.extra.push(entry.clone());
                }
                Kind::Map(fields) => self.take_fields(from, entry, fields, problems, read),
                _ => {
                    let held = read(&entry.value, problems);
                    self.instants.extend(held.map(|held| Instant {
                        from,
                        held,
                        source: None,
                        metadata: None,
                    }));
                }
            }
        }
        self.instants.sort_by_key(|instant| instant.from);
    }

    /// `{value: …, metadata: …}`.
    fn take_fields(
        &mut self,
        from: Date,
        entry: &Entry,
        fields: &[Entry],
        problems: &mut Problems,
        read: Read<T>,
    ) {
        check_keys(
            fields,
            &["value", "metadata", "unit", "reference"],
            problems,
        );
        let Some(node) = fields.iter().find(|field| field.key == "value") else {
            problems.at(
                entry.at,
                format!("`value` is missing on {from}"),
                "Write `value: …`; `value: null` where it is repealed.",
            );
            return;
        };
        let Some(held) = read(&node.value, problems) else {
            return;
        };
        let about: Vec<Entry> = fields
            .iter()
            .filter(|it| it.key != "value")
            .cloned()
            .collect();
        let (source, metadata) = if held.is_some() {
            said_of_value(&about)
        } else {
            // A repeal is no value of ours: what is said of it stays under its day.
            self.extra.extend(node_of(about).map(|value| Entry {
                value,
                ..entry.clone()
            }));
            (None, None)
        };
        self.instants.push(Instant {
            from,
            held,
            source,
            metadata,
        });
    }
}

/// From this day on there is no value, until a later one begins.
pub(super) fn end(values: &mut [Dated], day: Date) {
    if let Some(last) = values.last_mut()
        && last.to.is_none()
    {
        last.to = Some(day);
    }
}

/// One value, or a list.
fn held(node: &Node, problems: &mut Problems) -> Option<Option<Held>> {
    let Kind::List(list) = &node.kind else {
        return value(node, problems).map(|value| value.map(Held::Value));
    };
    let mut values = Vec::with_capacity(list.len());
    for item in list {
        match value(item, problems)? {
            Some(value) => values.push(value),
            None => {
                problems.at(
                    item.at,
                    "`null` in a list",
                    "Leave it out, or write the value.",
                );
                return None;
            }
        }
    }
    Some(Some(Held::List(values)))
}

fn number(node: &Node, problems: &mut Problems) -> Option<Option<Exact>> {
    match value(node, problems)? {
        None => Some(None),
        Some(Value::Number(number)) => Some(Some(number)),
        Some(other) => {
            problems.at(
                node.at,
                format!("`{other}` is not a number"),
                "A bracket holds numbers: thresholds, rates, amounts.",
            );
            None
        }
    }
}

/// The first day of a value, from its key.
pub(super) fn day(text: &str) -> Option<Date> {
    dates::parse(text)
}

/// A scalar as YAML 1.1 understands it; `Some(None)` is `null`. What two readers of YAML would take for different
/// values is refused.
fn value(node: &Node, problems: &mut Problems) -> Option<Option<Value>> {
    let scalar = scalar(node, problems)?;
    let text = scalar.text.as_str();
    if python::is_call(text) {
        python::report_call(text, node.at, problems);
        return None;
    }
    match ambiguity(text).filter(|_| !scalar.quoted) {
        Some((message, remedy)) => {
            problems.at(node.at, format!("`{text}` {message}"), remedy);
            None
        }
        None => Some(Value::literal(scalar)),
    }
}

/// What a plain scalar may be for one reader and not for another, or for none exactly; and the remedy.
fn ambiguity(text: &str) -> Option<(&'static str, &'static str)> {
    let unsigned = text.trim_start_matches(['-', '+']);
    let digits = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    if unsigned.len() > 1 && unsigned.starts_with('0') && digits(unsigned) {
        Some((
            "is a number in base eight for some readers of YAML",
            "Write it without the leading zero, or a text between quotation marks.",
        ))
    } else if matches!(unsigned.to_ascii_lowercase().as_str(), ".inf" | ".nan") {
        Some((
            "is not a finite number",
            "Leave the last bracket open, or write the number that is meant.",
        ))
    } else if unsigned.starts_with(|c: char| c.is_ascii_digit())
        && unsigned.parse::<f64>().is_ok()
        && Exact::parse(text).is_none()
    {
        Some((
            "has more digits than are kept exactly",
            "Write at most 38 digits, 18 of them after the point.",
        ))
    } else {
        None
    }
}
