//! YAML as a tree in which every node knows its place. Anchors, tags and repeated keys are errors.

use granit_parser::{Event, Parser, ScalarStyle, Span};

use crate::diagnostic::{Diagnostic, Position};

/// Deeper files than this are refused before they can exhaust the stack.
const MAX_DEPTH: usize = 24;

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub at: Position,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A scalar in its original spelling.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    pub text: String,
    /// Whether it stood between quotation marks: a text then, whatever it looks like.
    pub quoted: bool,
    /// Where its first character stands, when the whole text stands on one line.
    pub first: Option<Position>,
}

impl Scalar {
    /// Whether it is YAML's `null`.
    pub fn is_null(&self) -> bool {
        !self.quoted && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub at: Position,
    pub key: String,
    pub value: Node,
}

/// The root node of the only document of `text`.
pub(crate) fn parse(file: &str, text: &str) -> Result<Node, Diagnostic> {
    let fault = |at: Position, message: String, remedy: &str| Diagnostic {
        file: file.to_owned(),
        line: at.line,
        column: at.column,
        message,
        remedy: remedy.to_owned(),
    };
    let mut builder = Builder::default();
    for next in Parser::new_from_str(text) {
        let (event, span) = next.map_err(|error| {
            let at = Position {
                line: error.marker().line(),
                column: error.marker().col() + 1,
            };
            fault(
                at,
                format!("not valid YAML: {}", error.info()),
                "Check indentation, quotes and brackets here and on the line before.",
            )
        })?;
        let at = position(&span);
        builder
            .take(event, &span)
            .map_err(|(message, remedy)| fault(at, message, remedy))?;
    }
    builder.root.ok_or_else(|| {
        fault(
            Position { line: 1, column: 1 },
            "the file is empty".to_owned(),
            "Write it, or remove the file.",
        )
    })
}

fn position(span: &Span) -> Position {
    Position {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

/// A collection that is still open; a map remembers the key whose value it awaits.
enum Open {
    List(Position, Vec<Node>),
    Map(Position, Vec<Entry>, Option<(Position, String)>),
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
}

type Refusal = (String, &'static str);

impl Builder {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Refusal> {
        let at = position(span);
        if event.tag().is_some() || event.is_alias() || event.anchor_id().is_some() {
            return Err((
                "anchors, aliases and tags are not used in these files".to_owned(),
                "Write the value out.",
            ));
        }
        match event {
            Event::Scalar(text, style, ..) => self.add(scalar(text.into_owned(), style, span)),
            Event::SequenceStart(..) => self.push(Open::List(at, Vec::new())),
            Event::MappingStart(..) => self.push(Open::Map(at, Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(at, items)) => self.add(Node {
                    at,
                    kind: Kind::List(items),
                }),
                Some(Open::Map(at, entries, _)) => self.add(Node {
                    at,
                    kind: Kind::Map(entries),
                }),
                None => Ok(()),
            },
            Event::DocumentStart(..) if self.root.is_some() => Err((
                "a second document begins here".to_owned(),
                "Keep one document in a file: remove the line `---`.",
            )),
            _ => Ok(()),
        }
    }

    fn push(&mut self, open: Open) -> Result<(), Refusal> {
        if self.open.len() >= MAX_DEPTH {
            return Err((
                format!("nested deeper than {MAX_DEPTH} levels"),
                "Flatten it.",
            ));
        }
        self.open.push(open);
        Ok(())
    }

    fn add(&mut self, node: Node) -> Result<(), Refusal> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, key)) => match key.take() {
                Some((at, key)) => entries.push(Entry {
                    at,
                    key,
                    value: node,
                }),
                None => {
                    let Kind::Scalar(scalar) = node.kind else {
                        return Err(("a key must be a word".to_owned(), "Write `key: value`."));
                    };
                    if entries.iter().any(|entry| entry.key == scalar.text) {
                        return Err((
                            format!("`{}` is given twice", scalar.text),
                            "Keep one of the two.",
                        ));
                    }
                    *key = Some((node.at, scalar.text));
                }
            },
        }
        Ok(())
    }
}

fn scalar(text: String, style: ScalarStyle, span: &Span) -> Node {
    let at = position(span);
    let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    let inline = (quoted || style == ScalarStyle::Plain) && span.start.line() == span.end.line();
    Node {
        at,
        kind: Kind::Scalar(Scalar {
            text,
            quoted,
            first: inline.then_some(Position {
                line: at.line,
                column: at.column + usize::from(quoted),
            }),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive() {
        let node = parse("a.yaml", "a: 1\nb: [x, \"y\"]\nno: {on: 2026-01-01}\n").expect("valid");
        let Kind::Map(entries) = node.kind else {
            panic!("a map")
        };
        assert_eq!(entries[2].key, "no");
        let Kind::List(items) = &entries[1].value.kind else {
            panic!("a list")
        };
        assert_eq!(items[1].at, Position { line: 2, column: 8 });
    }

    #[test]
    fn what_is_not_wanted_is_refused_with_its_line() {
        for (text, line, message) in [
            ("a: 1\na: 2\n", 2, "given twice"),
            ("a: &x 1\nb: *x\n", 1, "anchors"),
            ("a: [1\n", 1, "not valid YAML"),
            ("", 1, "empty"),
            ("a: 1\n---\nb: 2\n", 2, "second document"),
            ("? [a]\n: 1\n", 1, "key must be a word"),
        ] {
            let error = parse("a.yaml", text).expect_err(text);
            assert!(error.message.contains(message), "{text}: {error}");
            assert_eq!(error.line, line, "{text}: {error}");
        }
        let deep = "[".repeat(10_000);
        assert!(parse("a.yaml", &deep).is_err());
    }
}
