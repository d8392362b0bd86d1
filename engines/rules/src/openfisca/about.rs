//! What files say about a node, beside its values.

use crate::diagnostic::{Position, Problems, suggestion};
use crate::variables::Group;
use crate::yaml::{Entry, Kind, Node, Scalar};

/// Keys that describe a node rather than being a child of it.
pub(super) const ABOUT: [&str; 5] = [
    "description",
    "documentation",
    "metadata",
    "unit",
    "reference",
];

/// The descriptions of a node: what we have a place for, and the rest as it stands.
#[derive(Default)]
pub(super) struct About {
    pub label: Option<String>,
    pub note: Option<String>,
    pub unit: Option<String>,
    pub source: Option<String>,
    /// The `type` of a scale.
    pub kind: Option<String>,
    pub rest: Vec<Entry>,
}

impl About {
    pub fn read(children: &[Entry]) -> Self {
        let mut about = Self::default();
        for entry in spread(children) {
            let place = match entry.key.as_str() {
                "description" => &mut about.label,
                "documentation" => &mut about.note,
                "unit" => &mut about.unit,
                "reference" => &mut about.source,
                "type" => &mut about.kind,
                _ => {
                    about.rest.push(entry.clone());
                    continue;
                }
            };
            match &entry.value.kind {
                Kind::Scalar(it) if place.is_none() => *place = some_text(&it.text),
                _ => about.rest.push(entry.clone()),
            }
        }
        about
    }

    /// What a group keeps: its label and note, all else as it stands.
    pub fn group(self, name: &str) -> Group {
        let texts = [
            ("unit", self.unit),
            ("reference", self.source),
            ("type", self.kind),
        ];
        let mut rest = self.rest;
        rest.extend(
            texts
                .into_iter()
                .filter_map(|(key, text)| Some(text_entry(key, text?, Position::default()))),
        );
        Group {
            name: name.to_owned(),
            label: self.label,
            note: self.note,
            metadata: node_of(rest),
        }
    }
}

/// The source of one value, and the rest that is said of it.
pub(super) fn said_of_value(about: &[Entry]) -> (Option<String>, Option<Node>) {
    let mut source = None;
    let mut rest = Vec::new();
    for entry in spread(about) {
        match &entry.value.kind {
            Kind::Scalar(it) if entry.key == "reference" && source.is_none() => {
                source = some_text(&it.text);
            }
            _ => rest.push(entry.clone()),
        }
    }
    (source, node_of(rest))
}

/// The descriptions among the keys of a node, with those under `metadata` beside the others.
fn spread(children: &[Entry]) -> impl Iterator<Item = &Entry> {
    let described = children
        .iter()
        .filter(|it| ABOUT.contains(&it.key.as_str()));
    described.flat_map(|entry| match &entry.value.kind {
        Kind::Map(metadata) if entry.key == "metadata" => metadata.as_slice(),
        _ => std::slice::from_ref(entry),
    })
}

fn some_text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

pub(super) fn node_of(entries: Vec<Entry>) -> Option<Node> {
    let at = entries.first()?.at;
    Some(Node {
        at,
        kind: Kind::Map(entries),
    })
}

pub(super) fn with_about(key: &'static str) -> [&'static str; 6] {
    let [a, b, c, d, e] = ABOUT;
    [a, b, c, d, e, key]
}

pub(super) fn check_keys(children: &[Entry], allowed: &[&str], problems: &mut Problems) {
    for entry in children
        .iter()
        .filter(|it| !allowed.contains(&it.key.as_str()))
    {
        problems.at(
            entry.at,
            format!("unknown key `{}`", entry.key),
            suggestion(&entry.key, allowed.iter().copied()),
        );
    }
}

pub(super) fn text_entry(key: &str, text: String, at: Position) -> Entry {
    let scalar = Scalar {
        text,
        quoted: true,
        first: None,
    };
    Entry {
        at,
        key: key.to_owned(),
        value: Node {
            at,
            kind: Kind::Scalar(scalar),
        },
    }
}
