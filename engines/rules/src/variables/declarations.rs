//! Declared variables: of whom, by which period, of which type, and the formulas by the day from which they hold.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::entities::{Entities, EntityId};
use super::periods::PeriodUnit;
use super::value::{Value, ValueType};
use crate::diagnostic::{Diagnostic, Position, Problems, suggestion};
use crate::parse::{self, Fault, Syntax};
use crate::reader::{Fields, check_name, entries, items, scalar, text};
use crate::yaml::{Kind, Node};

/// What an input for a longer period says of the variable's own periods in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// The same in each.
    Repeat,
    /// Their sum: what they have not said themselves is divided equally among the others.
    Divide,
}

/// A formula and the day from which it holds.
#[derive(Clone, Debug)]
pub(crate) struct DatedFormula {
    pub from: Option<Date>,
    pub source: Source,
}

/// An expression with its place.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub syntax: Syntax,
    pub file: String,
    at: Position,
    /// Where its first character stands, when it stands on one line.
    first: Option<Position>,
    text: String,
}

impl Source {
    /// What is wrong in it, in its place.
    pub fn diagnostic(&self, fault: &Fault) -> Diagnostic {
        place(&self.file, self.at, self.first, &self.text, fault)
    }
}

fn place(
    file: &str,
    at: Position,
    first: Option<Position>,
    text: &str,
    fault: &Fault,
) -> Diagnostic {
    let before = text
        .get(..fault.offset)
        .map_or(0, |text| text.chars().count());
    let at = first.map_or(at, |first| Position {
        column: first.column + before,
        ..first
    });
    Diagnostic {
        file: file.to_owned(),
        line: at.line,
        column: at.column,
        message: fault.message.clone(),
        remedy: fault.remedy.to_string(),
    }
}

/// A variable as it is declared.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    pub(crate) entity: EntityId,
    pub period: PeriodUnit,
    pub value_type: ValueType,
    pub label: Option<String>,
    /// The act or page that defines it.
    pub source: Option<String>,
    /// What it is where neither an input nor a formula says; without it, it is unknown then.
    pub default: Option<Value>,
    pub spread: Option<Spread>,
    /// The first day on which it no longer exists: it is its default from then on.
    pub to: Option<Date>,
    pub(crate) formulas: Vec<DatedFormula>,
    pub file: String,
    pub at: Position,
}

impl Variable {
    /// The formula that holds on a day, by its index.
    pub(crate) fn formula_on(&self, day: Date) -> Option<usize> {
        if self.has_ended(day) {
            return None;
        }
        let holds = |formula: &DatedFormula| formula.from.is_none_or(|from| from <= day);
        self.formulas.iter().rposition(holds)
    }

    pub(crate) fn has_ended(&self, day: Date) -> bool {
        self.to.is_some_and(|to| to <= day)
    }
}

/// Reads a map from names to variables; mistakes go to `problems`.
pub(crate) fn read_all(
    node: &Node,
    entities: &Entities,
    problems: &mut Problems,
) -> BTreeMap<String, Variable> {
    let mut variables = BTreeMap::new();
    for entry in entries(node, problems).unwrap_or_default() {
        // Variables of other countries are not all in lower case.
        check_name(&entry.key.to_ascii_lowercase(), entry.at, problems);
        if let Some(variable) = read(&entry.key, entry.at, &entry.value, entities, problems) {
            variables.insert(entry.key.clone(), variable);
        }
    }
    variables
}

const KEYS: [&str; 11] = [
    "entity", "period", "type", "values", "label", "source", "default", "spread", "to", "expr",
    "formulas",
];

fn read(
    name: &str,
    at: Position,
    node: &Node,
    entities: &Entities,
    problems: &mut Problems,
) -> Option<Variable> {
    let fields = Fields::read(node, &KEYS, problems)?;
    let entity = one_of("entity", &fields, entities.names(), problems);
    let period = one_of(
        "period",
        &fields,
        PeriodUnit::ALL.into_iter().map(PeriodUnit::name),
        problems,
    );
    let value_type = read_type(&fields, problems);
    let spread = fields.get("spread").and_then(|_| {
        let word = one_of("spread", &fields, ["repeat", "divide"], problems)?;
        Some(if word == "divide" {
            Spread::Divide
        } else {
            Spread::Repeat
        })
    });
    let formulas = read_formulas(&fields, problems);
    let value_type = value_type?;
    let default = fields.get("default").and_then(|node| {
        let scalar = scalar(node, problems)?;
        let read = value_type.read(scalar);
        read.map_err(|remedy| {
            let message = format!("`{}` is not a {}", scalar.text, value_type.name());
            problems.at(node.at, message, remedy);
        })
        .ok()
    });
    Some(Variable {
        name: name.to_owned(),
        entity: entities.find(&entity?)?,
        period: PeriodUnit::parse(&period?)?,
        value_type,
        label: fields.optional_text("label", problems),
        source: fields.optional_text("source", problems),
        default,
        spread,
        to: fields.date("to", problems),
        formulas,
        file: problems.file.clone(),
        at,
    })
}

/// The word under a required key, which must be one of those known.
fn one_of<'a>(
    key: &str,
    fields: &Fields<'_>,
    known: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
    problems: &mut Problems,
) -> Option<String> {
    let known = known.into_iter();
    let node = fields.require(key, problems)?;
    let word = text(node, problems)?;
    if known.clone().all(|it| it != word) {
        problems.at(
            node.at,
            format!("unknown {key} `{word}`"),
            suggestion(&word, known),
        );
        return None;
    }
    Some(word)
}

fn read_type(fields: &Fields<'_>, problems: &mut Problems) -> Option<ValueType> {
    let name = one_of("type", fields, ValueType::NAMES, problems)?;
    let codes = fields.texts("values", problems);
    match (name.as_str(), codes.is_empty()) {
        ("number", true) => Some(ValueType::Number),
        ("bool", true) => Some(ValueType::Bool),
        ("date", true) => Some(ValueType::Date),
        ("text", true) => Some(ValueType::Text),
        ("enum", false) => Some(ValueType::Enum(
            codes.into_iter().map(|(_, code)| code).collect(),
        )),
        _ => {
            problems.at(
                fields.at,
                "an enum has `values`, and nothing else has",
                "Write `type: enum` with `values: [a, b]`, or remove `values`.",
            );
            None
        }
    }
}

fn read_formulas(fields: &Fields<'_>, problems: &mut Problems) -> Vec<DatedFormula> {
    let mut formulas = Vec::new();
    if let Some(node) = fields.get("expr") {
        formulas
            .extend(read_source(node, problems).map(|source| DatedFormula { from: None, source }));
    }
    let Some(node) = fields.get("formulas") else {
        return formulas;
    };
    if fields.get("expr").is_some() {
        problems.at(
            node.at,
            "both `expr` and `formulas`",
            "Keep one of the two.",
        );
    }
    for item in items(node, problems) {
        let Some(fields) = Fields::read(item, &["from", "expr"], problems) else {
            continue;
        };
        let from = fields.date("from", problems);
        let Some(expression) = fields.require("expr", problems) else {
            continue;
        };
        let Some(source) = read_source(expression, problems) else {
            continue;
        };
        let last: Option<&DatedFormula> = formulas.last();
        if last.is_some_and(|last| from.is_none() || from <= last.from) {
            problems.at(
                item.at,
                "the formulas are not in order",
                "Order them by `from`, each day once; only the first may omit it.",
            );
        }
        formulas.push(DatedFormula { from, source });
    }
    formulas
}

fn read_source(node: &Node, problems: &mut Problems) -> Option<Source> {
    let Kind::Scalar(scalar) = &node.kind else {
        problems.at(
            node.at,
            "an expression is expected here",
            "Write it as one text.",
        );
        return None;
    };
    match parse::parse(&scalar.text) {
        Ok(syntax) => Some(Source {
            syntax,
            file: problems.file.clone(),
            at: node.at,
            first: scalar.first,
            text: scalar.text.clone(),
        }),
        Err(fault) => {
            let file = problems.file.clone();
            let found = place(&file, node.at, scalar.first, &scalar.text, &fault);
            problems.list.push(found);
            None
        }
    }
}
