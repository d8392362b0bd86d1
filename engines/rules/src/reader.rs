//! Typed reading of YAML nodes; every mistake becomes a diagnostic and reading goes on.

use base::Localized;
use jiff::civil::Date;

use crate::dates;
use crate::diagnostic::{Position, Problems, suggestion};
use crate::yaml::{Entry, Kind, Node, Scalar};

/// A map whose keys have been checked against those a schema allows.
pub(crate) struct Fields<'a> {
    pub at: Position,
    entries: &'a [Entry],
}

impl<'a> Fields<'a> {
    /// Reads `node` as a map with some of the `allowed` keys.
    pub fn read(node: &'a Node, allowed: &[&str], problems: &mut Problems) -> Option<Self> {
        let entries = entries(node, problems)?;
        for entry in entries {
            if !allowed.contains(&entry.key.as_str()) {
                let remedy = if entry.key.contains(' ') {
                    "A comma ends a text between braces: put the text into quotation marks."
                        .to_owned()
                } else {
                    suggestion(&entry.key, allowed.iter().copied())
                };
                problems.at(entry.at, format!("unknown key `{}`", entry.key), remedy);
            }
        }
        Some(Self {
            at: node.at,
            entries,
        })
    }

    pub fn get(&self, key: &str) -> Option<&'a Node> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    pub fn require(&self, key: &str, problems: &mut Problems) -> Option<&'a Node> {
        let node = self.get(key);
        if node.is_none() {
            problems.at(
                self.at,
                format!("`{key}` is missing"),
                format!("Add `{key}: …`."),
            );
        }
        node
    }

    /// The text of a required key; empty where it is missing (which has been reported).
    pub fn text(&self, key: &str, problems: &mut Problems) -> String {
        self.require(key, problems)
            .and_then(|node| text(node, problems))
            .unwrap_or_default()
    }

    pub fn optional_text(&self, key: &str, problems: &mut Problems) -> Option<String> {
        self.get(key).and_then(|node| text(node, problems))
    }

    pub fn localized(&self, key: &str, problems: &mut Problems) -> Localized {
        self.require(key, problems)
            .map(|node| localized(node, problems))
            .unwrap_or_default()
    }

    pub fn optional_localized(&self, key: &str, problems: &mut Problems) -> Option<Localized> {
        self.get(key).map(|node| localized(node, problems))
    }

    pub fn flag(&self, key: &str, problems: &mut Problems) -> bool {
        self.get(key)
            .and_then(|node| boolean(node, problems))
            .unwrap_or(false)
    }

    pub fn date(&self, key: &str, problems: &mut Problems) -> Option<Date> {
        self.get(key).and_then(|node| date(node, problems))
    }

    /// A list of texts; one text alone counts as a list of one.
    pub fn texts(&self, key: &str, problems: &mut Problems) -> Vec<(Position, String)> {
        let Some(node) = self.get(key) else {
            return Vec::new();
        };
        let nodes: Vec<&Node> = match &node.kind {
            Kind::List(items) => items.iter().collect(),
            _ => vec![node],
        };
        nodes
            .into_iter()
            .filter_map(|node| Some((node.at, text(node, problems)?)))
            .collect()
    }
}

pub(crate) fn entries<'a>(node: &'a Node, problems: &mut Problems) -> Option<&'a [Entry]> {
    if let Kind::Map(entries) = &node.kind {
        return Some(entries);
    }
    problems.at(
        node.at,
        "a map is expected here",
        "Write `key: value` pairs.",
    );
    None
}

pub(crate) fn items<'a>(node: &'a Node, problems: &mut Problems) -> &'a [Node] {
    if let Kind::List(items) = &node.kind {
        return items;
    }
    problems.at(
        node.at,
        "a list is expected here",
        "Write the entries as `- …` or `[…, …]`.",
    );
    &[]
}

pub(crate) fn scalar<'a>(node: &'a Node, problems: &mut Problems) -> Option<&'a Scalar> {
    if let Kind::Scalar(scalar) = &node.kind {
        return Some(scalar);
    }
    problems.at(
        node.at,
        "a single value is expected here",
        "Write one value; quote it if it contains `: `, `{`, `[` or `#`.",
    );
    None
}

pub(crate) fn text(node: &Node, problems: &mut Problems) -> Option<String> {
    let scalar = scalar(node, problems)?;
    if scalar.text.trim().is_empty() {
        problems.at(node.at, "the text is empty", "Write it, or remove the key.");
        return None;
    }
    Some(scalar.text.clone())
}

pub(crate) fn date(node: &Node, problems: &mut Problems) -> Option<Date> {
    let scalar = scalar(node, problems)?;
    let date = dates::parse(&scalar.text);
    if date.is_none() {
        problems.at(
            node.at,
            format!("`{}` is not a date", scalar.text),
            "Write a day that exists as YYYY-MM-DD, for example 2026-01-31.",
        );
    }
    date
}

pub(crate) fn boolean(node: &Node, problems: &mut Problems) -> Option<bool> {
    match scalar(node, problems)?.text.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        other => {
            problems.at(
                node.at,
                format!("`{other}` is neither true nor false"),
                "Write `true` or `false`.",
            );
            None
        }
    }
}

pub(crate) fn integer(node: &Node, problems: &mut Problems) -> Option<i64> {
    let text = &scalar(node, problems)?.text;
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let value = digits.parse().ok();
    if value.is_none() {
        let remedy = if text.parse::<f64>().is_ok_and(|_| text.contains('.')) {
            "Amounts are whole numbers: write won, or a ratio as `percent(x, n, half_up)`."
        } else {
            "Write a whole number that fits in 64 bits, for example 1000000."
        };
        problems.at(node.at, format!("`{text}` is not a whole number"), remedy);
    }
    value
}

pub(crate) fn localized(node: &Node, problems: &mut Problems) -> Localized {
    match Fields::read(node, &["ko", "en"], problems) {
        Some(fields) => labels(&fields, problems),
        None => Localized::default(),
    }
}

/// The `ko` and `en` keys of a map that also holds others.
pub(crate) fn labels(fields: &Fields<'_>, problems: &mut Problems) -> Localized {
    Localized {
        ko: fields.text("ko", problems),
        en: fields.text("en", problems),
    }
}

/// Reports a name that expressions could not spell.
pub(crate) fn check_name(name: &str, at: Position, problems: &mut Problems) {
    const RESERVED: [&str; 14] = [
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import",
        "in", "let", "null", "true",
    ];
    let mut characters = name.chars();
    let begins = characters.next().is_some_and(|c| c.is_ascii_lowercase());
    let goes_on = characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !begins || !goes_on || RESERVED.contains(&name) {
        problems.at(
            at,
            format!("`{name}` cannot be a name in an expression"),
            "Use lower-case ASCII letters, digits and `_`, beginning with a letter, and no reserved word.",
        );
    }
}
