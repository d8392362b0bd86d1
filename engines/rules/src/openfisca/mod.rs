//! Parameters and cases of an OpenFisca country package become files of a [`crate::variables::Book`].
//!
//! What is data there is taken over: parameter files and YAML tests. What is a program there (entities, variables,
//! reforms: Python) is listed, to be re-expressed. `docs/openfisca.md` says what becomes what.

mod about;
mod history;
mod parameters;
mod python;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Problems};
use crate::variables::cases::{self, Dialect};
use crate::variables::{Case, Parameter, outermost, parameters as own};
use crate::yaml::{self, Node};

/// What a package held.
#[derive(Debug)]
pub struct Imported {
    /// Our files, as path and text: `parameters/…` and `cases/…`.
    pub files: Vec<(String, String)>,
    pub parameters: usize,
    pub cases: usize,
    /// Python files, with the variables, reforms and other classes that each declares: to be re-expressed.
    pub to_express: Vec<(String, Vec<String>)>,
}

/// Takes over a country package, given as path and text of each file. Files in a folder `parameters/` or `tests/` that
/// end in `.yaml` or `.yml` are read; those that end in `.py` are listed; others are ignored.
///
/// ```
/// let file = ("parameters/tax/rate.yaml".to_owned(), "values:\n  2024-01-01: 0.15\n  2025-01-01: null\n".to_owned());
/// let imported = rules::openfisca::import([file]).expect("valid");
/// assert_eq!(imported.files[0].0, "parameters/tax/rate.yaml");
/// assert_eq!(imported.files[0].1, "tax.rate:\n  values:\n    - {from: 2024-01-01, to: 2025-01-01, value: 0.15}\n");
/// ```
///
/// # Errors
/// Every mistake in every file, in the order of files and lines; nothing is taken over while one remains.
pub fn import(
    files: impl IntoIterator<Item = (String, String)>,
) -> Result<Imported, Vec<Diagnostic>> {
    let files: BTreeMap<String, String> = files.into_iter().collect();
    let mut imported = Imported {
        files: Vec::new(),
        parameters: 0,
        cases: 0,
        to_express: Vec::new(),
    };
    let mut diagnostics = Vec::new();
    for (path, text) in &files {
        let mut problems = Problems::new(path);
        let is_yaml = path.ends_with(".yaml") || path.ends_with(".yml");
        match outermost(path, &["parameters", "tests"]).filter(|_| is_yaml) {
            Some(("parameters", inner)) => imported.take_parameters(inner, text, &mut problems),
            Some((_, inner)) => imported.take_cases(inner, text, &mut problems),
            None if path.ends_with(".py") => {
                let classes = classes(text);
                if !classes.is_empty() {
                    imported.to_express.push((path.clone(), classes));
                }
            }
            None => {}
        }
        diagnostics.append(&mut problems.list);
    }
    if diagnostics.is_empty() {
        return Ok(imported);
    }
    diagnostics.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    Err(diagnostics)
}

impl Imported {
    fn take_parameters(&mut self, inner: &str, text: &str, problems: &mut Problems) {
        if let Some(root) = read(text, problems) {
            let tree = tree_of_file(inner, &root, problems);
            self.parameters += tree.parameters.len();
            self.files.extend(written(inner, &tree));
        }
    }

    fn take_cases(&mut self, inner: &str, text: &str, problems: &mut Problems) {
        if let Some(root) = read(text, problems) {
            python::refuse_calls(&root, problems);
            let found = cases::read(&root, &OpenFisca, problems);
            self.cases += found.len();
            // An empty list is no file: read back, it would be one without content.
            if !found.is_empty() {
                self.files
                    .push((format!("cases/{inner}"), cases::write(&found)));
            }
        }
    }
}

/// Reads a YAML test file of OpenFisca as it is, without writing it anew.
///
/// # Errors
/// Every mistake in its form.
pub fn read_cases(file: &str, text: &str) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let mut problems = Problems::new(file);
    let mut found = Vec::new();
    if let Some(root) = read(text, &mut problems) {
        python::refuse_calls(&root, &mut problems);
        found = cases::read(&root, &OpenFisca, &mut problems);
    }
    if problems.list.is_empty() {
        Ok(found)
    } else {
        Err(problems.list)
    }
}

/// The tree of a text that is no program. A file without content is none.
fn read(text: &str, problems: &mut Problems) -> Option<Node> {
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    if !text.lines().any(says) {
        return None;
    }
    let root = python::refuse_program(&problems.file, text)
        .and_then(|()| yaml::parse(&problems.file, text));
    match root {
        Ok(root) => Some(root),
        Err(error) => {
            problems.list.push(error);
            None
        }
    }
}

fn tree_of_file(inner: &str, root: &Node, problems: &mut Problems) -> parameters::Tree {
    let mut tree = parameters::Tree::default();
    let stem = inner.rsplit_once('.').map_or(inner, |(stem, _)| stem);
    let name = stem.replace('/', ".");
    match name
        .strip_suffix("index")
        .filter(|before| before.is_empty() || before.ends_with('.'))
    {
        Some(folder) => tree.read_index(folder.trim_end_matches('.'), root, problems),
        None => tree.read(&name, root, problems),
    }
    tree
}

fn written(inner: &str, tree: &parameters::Tree) -> Option<(String, String)> {
    let mut out = String::new();
    tree.groups
        .iter()
        .for_each(|group| own::write_group(group, &mut out));
    tree.parameters
        .iter()
        .for_each(|parameter| own::write(parameter, 0, &mut out));
    (!out.is_empty()).then(|| (format!("parameters/{inner}"), out))
}

/// `class NAME(Variable):` as `NAME (Variable)`, in the order of the file; entities are built by calls.
fn classes(text: &str) -> Vec<String> {
    let declared = text.lines().filter_map(|line| {
        let (name, base) = line.strip_prefix("class ")?.split_once('(')?;
        let base = base.split_once(')').map_or("", |(base, _)| base);
        Some(format!("{name} ({base})"))
    });
    let built = text.lines().filter_map(|line| {
        let (name, _) = line.split_once(" = build_entity(")?;
        Some(format!("{} (Entity)", name.trim()))
    });
    declared.chain(built).collect()
}

/// How OpenFisca writes cases.
struct OpenFisca;

impl Dialect for OpenFisca {
    /// The last word of the dotted path of a Python class.
    fn reform(&self, text: &str) -> String {
        text.rsplit('.').next().unwrap_or(text).to_owned()
    }

    fn parameters(&self, node: &Node, problems: &mut Problems) -> Vec<Parameter> {
        let mut tree = parameters::Tree::default();
        tree.read("", node, problems);
        tree.parameters
    }
}
