//! Dated values of law for plain variables: numbers, truth values, texts, lists of them, and scales.

use jiff::civil::Date;

use super::exact::Exact;
use super::scale::{self, Bracket, ScaleKind};
use super::value::Value;
use super::write;
use crate::diagnostic::{Position, Problems, suggestion};
use crate::reader::{Fields, date, entries, items, scalar, text};
use crate::yaml::{Kind, Node};

/// What a parameter holds at a time.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    Value(Value),
    List(Vec<Value>),
    /// The brackets in order of their thresholds.
    Scale(Vec<Bracket>),
}

/// A value and the days on which it holds.
#[derive(Clone, Debug)]
pub struct Dated {
    pub from: Date,
    /// The first day on which it no longer holds, where no later value ends it.
    pub to: Option<Date>,
    pub held: Held,
    /// The act, notice or page that says so.
    pub source: Option<String>,
    /// What else the file says of it, kept and not interpreted.
    pub(crate) metadata: Option<Node>,
}

/// A named value of law with its history.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The dotted name after `param.` in expressions.
    pub name: String,
    /// The file that declares it.
    pub file: String,
    pub label: Option<String>,
    /// The unit as its source writes it (`currency-EUR`, `/1`); told to people, not computed with.
    pub unit: Option<String>,
    pub source: Option<String>,
    pub note: Option<String>,
    /// For scales.
    pub scale: Option<ScaleKind>,
    /// In order of `from`.
    pub values: Vec<Dated>,
    /// Days on which a change is expected whose value is not known yet.
    pub expected: Vec<Date>,
    pub(crate) metadata: Option<Node>,
    pub at: Position,
}

/// What is said of all parameters whose names begin alike.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    pub label: Option<String>,
    pub note: Option<String>,
    pub(crate) metadata: Option<Node>,
}

impl Parameter {
    /// What holds on a day, if the law has something then.
    pub fn on(&self, day: Date) -> Option<&Held> {
        let value = self.values.iter().rev().find(|value| value.from <= day)?;
        value.to.is_none_or(|to| day < to).then_some(&value.held)
    }
}

/// Reads a map from names to parameters and groups; mistakes go to `problems`.
pub(crate) fn read_all(node: &Node, problems: &mut Problems) -> (Vec<Parameter>, Vec<Group>) {
    let (mut parameters, mut groups) = (Vec::new(), Vec::new());
    for entry in entries(node, problems).unwrap_or_default() {
        let is_group = matches!(&entry.value.kind, Kind::Map(keys) if keys.iter().all(|it| it.key != "values"));
        if is_group {
            groups.extend(read_group(&entry.key, &entry.value, problems));
        } else {
            parameters.extend(read(&entry.key, entry.at, &entry.value, problems));
        }
    }
    (parameters, groups)
}

fn read_group(name: &str, node: &Node, problems: &mut Problems) -> Option<Group> {
    let allowed = ["label", "note", "metadata"];
    let fields = Fields::read(node, &allowed, problems)?;
    Some(Group {
        name: name.to_owned(),
        label: fields.optional_text("label", problems),
        note: fields.optional_text("note", problems),
        metadata: fields.get("metadata").cloned(),
    })
}

fn read(name: &str, at: Position, node: &Node, problems: &mut Problems) -> Option<Parameter> {
    let allowed = [
        "label", "unit", "source", "note", "scale", "values", "expected", "metadata",
    ];
    let fields = Fields::read(node, &allowed, problems)?;
    let scale = match fields.get("scale") {
        Some(node) => Some(read_kind(node, problems)?),
        None => None,
    };
    let values_node = fields.require("values", problems)?;
    let values: Vec<Dated> = items(values_node, problems)
        .iter()
        .filter_map(|item| read_dated(item, scale, problems))
        .collect();
    check_order(values_node, &values, problems);
    let expected = fields.get("expected").map(|node| items(node, problems));
    let expected = expected.unwrap_or_default().iter();
    Some(Parameter {
        name: name.to_owned(),
        file: problems.file.clone(),
        label: fields.optional_text("label", problems),
        unit: fields.optional_text("unit", problems),
        source: fields.optional_text("source", problems),
        note: fields.optional_text("note", problems),
        scale,
        values,
        expected: expected.filter_map(|node| date(node, problems)).collect(),
        metadata: fields.get("metadata").cloned(),
        at,
    })
}

fn read_kind(node: &Node, problems: &mut Problems) -> Option<ScaleKind> {
    let name = text(node, problems)?;
    let kind = ScaleKind::ALL.into_iter().find(|kind| kind.name() == name);
    if kind.is_none() {
        let known = ScaleKind::ALL.into_iter().map(ScaleKind::name);
        problems.at(
            node.at,
            format!("unknown scale `{name}`"),
            suggestion(&name, known),
        );
    }
    kind
}

fn read_dated(node: &Node, scale: Option<ScaleKind>, problems: &mut Problems) -> Option<Dated> {
    let held_key = if scale.is_some() { "brackets" } else { "value" };
    let allowed = ["from", "to", held_key, "source", "metadata"];
    let fields = Fields::read(node, &allowed, problems)?;
    let from = fields
        .require("from", problems)
        .and_then(|node| date(node, problems))?;
    let to = fields.date("to", problems);
    if to.is_some_and(|to| to <= from) {
        problems.at(
            node.at,
            "the value ends before it begins",
            "`to` is the first day on which it no longer holds: make it later than `from`.",
        );
    }
    let held_node = fields.require(held_key, problems)?;
    let held = match scale {
        Some(kind) => Held::Scale(read_brackets(held_node, kind, problems)?),
        None => read_held(held_node, problems)?,
    };
    Some(Dated {
        from,
        to,
        held,
        source: fields.optional_text("source", problems),
        metadata: fields.get("metadata").cloned(),
    })
}

/// One value, or a list of values.
pub(crate) fn read_held(node: &Node, problems: &mut Problems) -> Option<Held> {
    if let Kind::List(list) = &node.kind {
        let values: Option<Vec<Value>> =
            list.iter().map(|item| read_value(item, problems)).collect();
        return values.map(Held::List);
    }
    read_value(node, problems).map(Held::Value)
}

fn read_value(node: &Node, problems: &mut Problems) -> Option<Value> {
    let value = Value::literal(scalar(node, problems)?);
    if value.is_none() {
        problems.at(
            node.at,
            "`null` where a value is expected",
            "End the value before with `to: YYYY-MM-DD` instead.",
        );
    }
    value
}

fn read_brackets(node: &Node, kind: ScaleKind, problems: &mut Problems) -> Option<Vec<Bracket>> {
    let mut brackets = Vec::new();
    for item in items(node, problems) {
        let fields = Fields::read(item, &["threshold", kind.value_key()], problems)?;
        let threshold = number(fields.require("threshold", problems)?, problems)?;
        let value = number(fields.require(kind.value_key(), problems)?, problems)?;
        brackets.push(Bracket { threshold, value });
    }
    let ordered = scale::ordered(brackets.clone());
    if brackets.is_empty() || ordered.as_ref() != Some(&brackets) {
        problems.at(
            node.at,
            "the brackets are not in order",
            "Give at least one; order them by `threshold`, each threshold once.",
        );
        return None;
    }
    ordered
}

pub(crate) fn number(node: &Node, problems: &mut Problems) -> Option<Exact> {
    let scalar = scalar(node, problems)?;
    let number = Exact::parse(&scalar.text);
    if number.is_none() {
        problems.at(
            node.at,
            format!("`{}` is not a number", scalar.text),
            "Write a decimal with at most 18 digits after the point, for example 0.15.",
        );
    }
    number
}

fn check_order(node: &Node, values: &[Dated], problems: &mut Problems) {
    for pair in values.windows(2) {
        let (earlier, later) = (&pair[0], &pair[1]);
        if later.from <= earlier.from || earlier.to.is_some_and(|to| to > later.from) {
            problems.at(
                node.at,
                format!("the value from {} begins while or before the one from {} holds", later.from, earlier.from),
                "Order the values by `from`, each day once, and end none later than the next begins.",
            );
        }
    }
}

/// The parameter as an entry of a file of parameters, indented by `indent` spaces.
pub(crate) fn write(parameter: &Parameter, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    out.push_str(&format!("{pad}{}:\n", write::key(&parameter.name)));
    let mut lines = Vec::new();
    let texts = [
        ("label", &parameter.label),
        ("unit", &parameter.unit),
        ("source", &parameter.source),
        ("note", &parameter.note),
    ];
    for (key, text) in texts {
        lines.extend(
            text.as_deref()
                .map(|text| format!("{key}: {}", write::quoted(text))),
        );
    }
    lines.extend(
        parameter
            .scale
            .map(|scale| format!("scale: {}", scale.name())),
    );
    if !parameter.expected.is_empty() {
        let days: Vec<String> = parameter.expected.iter().map(Date::to_string).collect();
        lines.push(format!("expected: [{}]", days.join(", ")));
    }
    lines.extend(
        parameter
            .metadata
            .as_ref()
            .map(|it| format!("metadata: {}", write::flow(it))),
    );
    match parameter.values.as_slice() {
        [] => lines.push("values: []".to_owned()),
        values => {
            lines.push("values:".to_owned());
            let written = values.iter().map(|it| dated_fields(it, parameter.scale));
            lines.extend(written.map(|fields| format!("  - {{{fields}}}")));
        }
    }
    for line in lines {
        out.push_str(&format!("{pad}  {line}\n"));
    }
}

fn dated_fields(dated: &Dated, scale: Option<ScaleKind>) -> String {
    let mut fields = vec![format!("from: {}", dated.from)];
    fields.extend(dated.to.map(|to| format!("to: {to}")));
    fields.push(match &dated.held {
        Held::Value(value) => format!("value: {}", value.written()),
        Held::List(values) => {
            let values: Vec<String> = values.iter().map(Value::written).collect();
            format!("value: [{}]", values.join(", "))
        }
        Held::Scale(brackets) => {
            let key = scale.map_or("value", ScaleKind::value_key);
            let brackets: Vec<String> = brackets
                .iter()
                .map(|it| format!("{{threshold: {}, {key}: {}}}", it.threshold, it.value))
                .collect();
            format!("brackets: [{}]", brackets.join(", "))
        }
    });
    fields.extend(
        dated
            .source
            .as_deref()
            .map(|it| format!("source: {}", write::quoted(it))),
    );
    fields.extend(
        dated
            .metadata
            .as_ref()
            .map(|it| format!("metadata: {}", write::flow(it))),
    );
    fields.join(", ")
}

/// The group as an entry of a file of parameters.
pub(crate) fn write_group(group: &Group, out: &mut String) {
    out.push_str(&format!("{}:", write::key(&group.name)));
    let mut fields = Vec::new();
    fields.extend(
        group
            .label
            .as_deref()
            .map(|it| format!("label: {}", write::quoted(it))),
    );
    fields.extend(
        group
            .note
            .as_deref()
            .map(|it| format!("note: {}", write::quoted(it))),
    );
    fields.extend(
        group
            .metadata
            .as_ref()
            .map(|it| format!("metadata: {}", write::flow(it))),
    );
    out.push_str(&format!(" {{{}}}\n", fields.join(", ")));
}
