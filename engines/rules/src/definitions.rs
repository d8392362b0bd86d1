//! Named values of a benefit: read, ordered by who refers to whom, checked; cycles are errors.

use base::Localized;

use crate::benefit::Definition;
use crate::check::{Type, is_name};
use crate::diagnostic::Position;
use crate::expression::Expression;
use crate::parse::{Syntax, SyntaxKind};
use crate::read_benefit::Reader;
use crate::reader::{Fields, check_name};
use crate::yaml::{Kind, Node};

struct Entry<'n> {
    name: &'n str,
    at: Position,
    node: &'n Node,
    label: Option<Localized>,
    syntax: Option<Syntax>,
    expression: Option<Expression>,
}

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    Not,
    Open,
    Done,
}

/// Reads `define:`. `None` when one of them is not valid.
pub(crate) fn read(node: Option<&Node>, reader: &mut Reader<'_, '_>) -> Option<Vec<Definition>> {
    let Some(node) = node else {
        return Some(Vec::new());
    };
    let mut read = Vec::new();
    for (name, at, value) in reader.definition_entries(node) {
        check_name(name, at, reader.problems);
        let (expr, label) = parts(value, reader)?;
        let syntax = reader.syntax(expr);
        read.push(Entry {
            name,
            at,
            node: expr,
            label,
            syntax,
            expression: None,
        });
    }
    reader.names = read
        .iter()
        .map(|entry| (entry.name.to_owned(), None))
        .collect();
    let mut visits = vec![Visit::Not; read.len()];
    for index in 0..read.len() {
        check(index, &mut read, &mut visits, reader);
    }
    read.into_iter()
        .map(|entry| {
            Some(Definition {
                name: entry.name.to_owned(),
                label: entry.label,
                expression: entry.expression?,
                at: entry.at,
            })
        })
        .collect()
}

/// `{expr: …, ko: …, en: …}`, or the expression alone.
fn parts<'n>(node: &'n Node, reader: &mut Reader<'_, '_>) -> Option<(&'n Node, Option<Localized>)> {
    if let Kind::Scalar(_) = node.kind {
        return Some((node, None));
    }
    let fields = Fields::read(node, &["expr", "ko", "en"], reader.problems)?;
    let labelled = fields.get("ko").is_some() || fields.get("en").is_some();
    let label = labelled.then(|| crate::reader::labels(&fields, reader.problems));
    Some((fields.require("expr", reader.problems)?, label))
}

/// Depth first, so that what a definition refers to has its type before it is checked.
fn check(index: usize, read: &mut [Entry<'_>], visits: &mut [Visit], reader: &mut Reader<'_, '_>) {
    if visits[index] != Visit::Not {
        return;
    }
    visits[index] = Visit::Open;
    let Some(syntax) = read[index].syntax.take() else {
        visits[index] = Visit::Done;
        return;
    };
    let mut references = Vec::new();
    collect(&syntax, &mut references);
    let mut cycle = false;
    for name in references {
        let Some(other) = read.iter().position(|entry| entry.name == name) else {
            continue;
        };
        if visits[other] == Visit::Open {
            cycle = true;
            let (from, to) = (read[index].name, read[other].name);
            reader.problems.at(
                read[index].at,
                format!("a cycle: `define.{from}` needs `define.{to}`, which needs it in turn"),
                "Break the circle: one of them must not refer to the other.",
            );
        } else {
            check(other, read, visits, reader);
        }
    }
    if !cycle {
        let node = read[index].node;
        read[index].expression = reader.definition(node, &syntax);
        reader.names[index].1 = read[index].expression.as_ref().map(Type::of);
    }
    visits[index] = Visit::Done;
}

/// The names after `define.` in an expression.
fn collect(syntax: &Syntax, names: &mut Vec<String>) {
    let mut all = |parts: &[&Syntax]| parts.iter().for_each(|part| collect(part, names));
    match &syntax.kind {
        SyntaxKind::Bool(_)
        | SyntaxKind::Integer(_)
        | SyntaxKind::Text(_)
        | SyntaxKind::Name(_) => {}
        SyntaxKind::Field(owner, name) if is_name(owner, "define") => names.push(name.clone()),
        SyntaxKind::Field(owner, _) => all(&[owner]),
        SyntaxKind::Not(inner) | SyntaxKind::Negate(inner) => all(&[inner]),
        SyntaxKind::Index(a, b) | SyntaxKind::Binary(_, a, b) => all(&[a, b]),
        SyntaxKind::Conditional(a, b, c) => all(&[a, b, c]),
        SyntaxKind::List(parts) | SyntaxKind::All(parts) | SyntaxKind::Any(parts) => {
            parts.iter().for_each(|part| collect(part, names));
        }
        SyntaxKind::Call {
            receiver,
            arguments,
            ..
        } => {
            receiver.iter().for_each(|part| collect(part, names));
            arguments.iter().for_each(|part| collect(part, names));
        }
        SyntaxKind::Comprehension {
            list, filter, body, ..
        } => {
            collect(list, names);
            filter.iter().for_each(|part| collect(part, names));
            collect(body, names);
        }
    }
}
