//! Cases: a situation, and what variables must be in it.

use super::exact::Exact;
use super::parameters::{self, Parameter};
use super::periods::Period;
use super::situation::read_period;
use super::write;
use crate::diagnostic::{Position, Problems};
use crate::reader::{Fields, entries, scalar, text};
use crate::yaml::{Entry, Kind, Node};

/// How far a computed number may lie from the expected one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Margins {
    /// For variables without a margin of their own.
    pub default: Option<Exact>,
    pub of: Vec<(String, Exact)>,
}

impl Margins {
    /// The margin of a variable, where one is given.
    pub fn get(&self, variable: &str) -> Option<Exact> {
        let own = self.of.iter().find(|(name, _)| name == variable);
        own.map(|(_, margin)| *margin).or(self.default)
    }
}

/// One case, as it is written; who and what its names mean is settled against a book when it is run.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub description: Option<String>,
    pub keywords: Vec<String>,
    /// The period of values that name none.
    pub period: Option<Period>,
    /// The reforms under which it holds, in the order of their application.
    pub reforms: Vec<String>,
    /// Other packages that it needs.
    pub extensions: Vec<String>,
    /// In place of all parameters of the book.
    pub parameters: Option<Vec<Parameter>>,
    /// How far off numbers may be; where neither margin is given they must be exact, where both are, both must hold.
    pub absolute: Margins,
    pub relative: Margins,
    pub file: String,
    pub at: Position,
    pub(crate) input: Vec<Entry>,
    pub(crate) output: Vec<Entry>,
}

const KEYS: [&str; 12] = [
    "name",
    "description",
    "keywords",
    "period",
    "reforms",
    "extensions",
    "parameters",
    "input",
    "output",
    "absolute_error_margin",
    "relative_error_margin",
    "max_spiral_loops",
];

/// How the parts of a case are written that OpenFisca writes in its own way.
pub(crate) trait Dialect {
    /// The name of a reform from how a case calls it.
    fn reform(&self, text: &str) -> String;
    fn parameters(&self, node: &Node, problems: &mut Problems) -> Vec<Parameter>;
}

/// Our own way.
pub(crate) struct Own;

impl Dialect for Own {
    fn reform(&self, text: &str) -> String {
        text.to_owned()
    }

    fn parameters(&self, node: &Node, problems: &mut Problems) -> Vec<Parameter> {
        parameters::read_all(node, problems).0
    }
}

/// Reads a list of cases, or one; mistakes go to `problems`.
pub(crate) fn read(root: &Node, dialect: &dyn Dialect, problems: &mut Problems) -> Vec<Case> {
    let nodes = match &root.kind {
        Kind::List(list) => list.iter().collect(),
        _ => vec![root],
    };
    nodes
        .into_iter()
        .filter_map(|node| read_case(node, dialect, problems))
        .collect()
}

fn read_case(node: &Node, dialect: &dyn Dialect, problems: &mut Problems) -> Option<Case> {
    // A key without a value says nothing, as in a description that nobody wrote.
    let says = |entry: &&Entry| !matches!(&entry.value.kind, Kind::Scalar(it) if it.is_null() || it.text.trim().is_empty());
    let said = entries(node, problems)?.iter().filter(says).cloned();
    let said = Node {
        at: node.at,
        kind: Kind::Map(said.collect()),
    };
    let fields = Fields::read(&said, &KEYS, problems)?;
    let period = fields.get("period").and_then(|node| {
        let text = text(node, problems)?;
        read_period(&text, node.at, problems)
    });
    let output = fields.require("output", problems)?;
    let input = fields.get("input");
    let reforms = words(&fields, "reforms", problems);
    Some(Case {
        name: fields.optional_text("name", problems).unwrap_or_default(),
        description: fields.optional_text("description", problems),
        keywords: words(&fields, "keywords", problems),
        period,
        reforms: reforms.iter().map(|it| dialect.reform(it)).collect(),
        extensions: words(&fields, "extensions", problems),
        parameters: fields
            .get("parameters")
            .map(|node| dialect.parameters(node, problems)),
        absolute: read_margins(fields.get("absolute_error_margin"), problems),
        relative: read_margins(fields.get("relative_error_margin"), problems),
        file: problems.file.clone(),
        at: node.at,
        input: input
            .and_then(|node| entries(node, problems))
            .map_or_else(Vec::new, <[Entry]>::to_vec),
        output: entries(output, problems)?.to_vec(),
    })
}

/// The words of a list, or the one that stands alone; blank ones say nothing.
fn words(fields: &Fields<'_>, key: &str, problems: &mut Problems) -> Vec<String> {
    let nodes = match fields.get(key).map(|node| (&node.kind, node)) {
        None => Vec::new(),
        Some((Kind::List(list), _)) => list.iter().collect(),
        Some((_, node)) => vec![node],
    };
    let words = nodes.into_iter().filter_map(|node| scalar(node, problems));
    let words = words.map(|word| word.text.trim().to_owned());
    words.filter(|word| !word.is_empty()).collect()
}

fn read_margins(node: Option<&Node>, problems: &mut Problems) -> Margins {
    let mut margins = Margins::default();
    match node {
        None => {}
        Some(node) if matches!(&node.kind, Kind::Map(_)) => {
            for entry in entries(node, problems).unwrap_or_default() {
                match (
                    parameters::number(&entry.value, problems),
                    entry.key.as_str(),
                ) {
                    (Some(margin), "default") => margins.default = Some(margin),
                    (Some(margin), name) => margins.of.push((name.to_owned(), margin)),
                    (None, _) => {}
                }
            }
        }
        Some(node) => margins.default = parameters::number(node, problems),
    }
    margins
}

/// A file of cases that [`read`] reads back.
pub(crate) fn write(cases: &[Case]) -> String {
    let mut out = String::new();
    for case in cases {
        write_case(case, &mut out);
    }
    out
}

fn write_case(case: &Case, out: &mut String) {
    let begin = out.len();
    let mut line = |key: &str, value: String| out.push_str(&format!("  {key}: {value}\n"));
    if !case.name.is_empty() {
        line("name", write::quoted(&case.name));
    }
    if let Some(description) = &case.description {
        line("description", write::quoted(description));
    }
    for (key, texts) in [
        ("keywords", &case.keywords),
        ("reforms", &case.reforms),
        ("extensions", &case.extensions),
    ] {
        if !texts.is_empty() {
            let texts: Vec<String> = texts.iter().map(|text| write::quoted(text)).collect();
            line(key, format!("[{}]", texts.join(", ")));
        }
    }
    if let Some(period) = case.period {
        line("period", period.to_string());
    }
    for (key, margins) in [
        ("absolute_error_margin", &case.absolute),
        ("relative_error_margin", &case.relative),
    ] {
        if *margins != Margins::default() {
            line(key, written(margins));
        }
    }
    if let Some(parameters) = &case.parameters {
        out.push_str(if parameters.is_empty() {
            "  parameters: {}\n"
        } else {
            "  parameters:\n"
        });
        for parameter in parameters {
            parameters::write(parameter, 4, out);
        }
    }
    for (key, entries) in [("input", &case.input), ("output", &case.output)] {
        if entries.is_empty() {
            out.push_str(&format!("  {key}: {{}}\n"));
        } else {
            out.push_str(&format!("  {key}:\n"));
            write::block(entries, 4, out);
        }
    }
    out.replace_range(begin..begin + 2, "- ");
}

fn written(margins: &Margins) -> String {
    if let ([], Some(default)) = (margins.of.as_slice(), margins.default) {
        return default.to_string();
    }
    let default = margins.default.map(|margin| ("default".to_owned(), margin));
    let all = default.iter().chain(&margins.of);
    let all: Vec<String> = all
        .map(|(name, margin)| format!("{}: {margin}", write::key(name)))
        .collect();
    format!("{{{}}}", all.join(", "))
}
