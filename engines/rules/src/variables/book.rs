//! A book of variables: everything loaded and checked, as the law is and under each reform.

use std::collections::{BTreeMap, BTreeSet};

use super::cases::{self, Case, Own};
use super::declarations::{self, Variable};
use super::entities::{Entities, Entity};
use super::parameters::{self, Parameter};
use super::run::{self, Outcome};
use super::system::System;
use crate::diagnostic::{Diagnostic, Position, Problems, suggestion};
use crate::reader::Fields;
use crate::yaml::{self, Node};

/// Changes of law that somebody proposes: what it names takes the place of what bears the same name.
#[derive(Debug, Default)]
struct Reform {
    parameters: Vec<Parameter>,
    variables: BTreeMap<String, Variable>,
    /// Variables that are always their default, whatever is told of them.
    neutralize: Vec<(Position, String)>,
    file: String,
}

/// Entities, parameters, variables and reforms that have passed every check.
#[derive(Debug)]
pub struct Book {
    system: System,
    reforms: BTreeMap<String, Reform>,
}

impl Book {
    /// Loads and checks all files, given as path and text. Paths tell what a file is: one that ends in
    /// `entities.yaml`, those in a folder `parameters/`,
    /// `variables/` or `reforms/` (the outermost of them and `cases/` counts); others are ignored.
    ///
    /// # Errors
    /// Every mistake in every file, each with its place and a remedy, in the order of files and lines.
    pub fn load(
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let files: BTreeMap<String, String> = files.into_iter().collect();
        let mut diagnostics = Vec::new();
        let book = load(&files, &mut diagnostics);
        match book {
            Some(book) if diagnostics.is_empty() => Ok(book),
            _ => {
                diagnostics
                    .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
                diagnostics.dedup();
                Err(diagnostics)
            }
        }
    }

    /// Whom variables are about.
    pub fn entities(&self) -> &[Entity] {
        self.system.entities.all()
    }

    /// Every variable of the law as it is, by name.
    pub fn variables(&self) -> &[Variable] {
        &self.system.variables
    }

    /// Whom a variable of this name is about.
    pub fn entity_of(&self, variable: &str) -> Option<&Entity> {
        let id = self.system.find(variable)?;
        Some(&self.entities()[self.system.variables[id].entity])
    }

    /// Every parameter of the law as it is, by name.
    pub fn parameters(&self) -> &[Parameter] {
        &self.system.parameters
    }

    /// The names of the reforms.
    pub fn reforms(&self) -> impl Iterator<Item = &str> {
        self.reforms.keys().map(String::as_str)
    }

    /// Reads a file of cases.
    ///
    /// # Errors
    /// Every mistake in its form; names are settled when a case is run.
    pub fn read_cases(&self, file: &str, text: &str) -> Result<Vec<Case>, Vec<Diagnostic>> {
        let root = yaml::parse(file, text).map_err(|error| vec![error])?;
        let mut problems = Problems::new(file);
        let cases = cases::read(&root, &Own, &mut problems);
        if problems.list.is_empty() {
            Ok(cases)
        } else {
            Err(problems.list)
        }
    }

    /// Runs a case under its reforms.
    pub fn run(&self, case: &Case) -> Outcome {
        run::run(self, case)
    }

    /// The law as these reforms, one after the other, would make it.
    pub(super) fn under(&self, reforms: &[String]) -> Result<System, Diagnostic> {
        let mut variables: BTreeMap<String, Variable> = self
            .system
            .variables
            .iter()
            .map(|it| (it.name.clone(), it.clone()))
            .collect();
        let mut parameters = self.system.parameters.clone();
        for name in reforms {
            let Some(reform) = self.reforms.get(name) else {
                let known: Vec<&str> = self.reforms().collect();
                return Err(Diagnostic {
                    file: String::new(),
                    line: 0,
                    column: 0,
                    message: format!("unknown reform `{name}`"),
                    remedy: suggestion(name, known),
                });
            };
            apply(reform, &mut variables, &mut parameters)?;
        }
        let compiled = System::compile(
            self.system.entities.clone(),
            variables.into_values().collect(),
            parameters,
        );
        // Each reform alone was checked when it was loaded; several may still contradict each other.
        compiled.map_err(|mut found| found.swap_remove(0))
    }
}

fn apply(
    reform: &Reform,
    variables: &mut BTreeMap<String, Variable>,
    parameters: &mut Vec<Parameter>,
) -> Result<(), Diagnostic> {
    for parameter in &reform.parameters {
        parameters.retain(|it| it.name != parameter.name);
        parameters.push(parameter.clone());
    }
    for (name, variable) in &reform.variables {
        variables.insert(name.clone(), variable.clone());
    }
    for (at, name) in &reform.neutralize {
        let Some(variable) = variables.get_mut(name) else {
            return Err(Diagnostic {
                file: reform.file.clone(),
                line: at.line,
                column: at.column,
                message: format!("unknown variable `{name}`"),
                remedy: suggestion(name, variables.keys().map(String::as_str)),
            });
        };
        variable.formulas.clear();
        variable.to = Some(jiff::civil::Date::MIN);
    }
    Ok(())
}

fn load(files: &BTreeMap<String, String>, diagnostics: &mut Vec<Diagnostic>) -> Option<Book> {
    let entities = load_entities(files, diagnostics);
    let parameters = load_parameters(files, diagnostics);
    let entities = entities?;
    let variables = load_variables(files, &entities, diagnostics);
    let reforms = load_reforms(files, &entities, diagnostics);
    if !diagnostics.is_empty() {
        // Without what they share, the formulas are full of errors that are not their own.
        return None;
    }
    let variables: Vec<Variable> = variables.into_values().collect();
    match System::compile(entities, variables, parameters) {
        Ok(system) => {
            let book = Book { system, reforms };
            for name in book.reforms.keys() {
                diagnostics.extend(book.under(std::slice::from_ref(name)).err());
            }
            Some(book)
        }
        Err(mut found) => {
            diagnostics.append(&mut found);
            None
        }
    }
}

/// Reads every file that `is_meant` with `read`.
fn each(
    files: &BTreeMap<String, String>,
    diagnostics: &mut Vec<Diagnostic>,
    is_meant: impl Fn(&str) -> bool,
    mut read: impl FnMut(&str, &Node, &mut Problems),
) {
    for (path, text) in files.iter().filter(|(path, _)| is_meant(path)) {
        let mut problems = Problems::new(path);
        match yaml::parse(path, text) {
            Ok(root) => read(path, &root, &mut problems),
            Err(error) => problems.list.push(error),
        }
        diagnostics.append(&mut problems.list);
    }
}

fn load_entities(
    files: &BTreeMap<String, String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Entities> {
    let is_meant = |path: &str| path.ends_with("entities.yaml");
    let mut entities = None;
    each(files, diagnostics, is_meant, |_, root, problems| {
        entities = Entities::read(root, problems);
    });
    if !files.keys().any(|path| is_meant(path)) {
        diagnostics.push(Diagnostic {
            file: "entities.yaml".to_owned(),
            line: 1,
            column: 1,
            message: "the file is missing".to_owned(),
            remedy: "Declare whom variables are about: `entities: {person: {plural: persons}}`."
                .to_owned(),
        });
    }
    entities
}

fn load_parameters(
    files: &BTreeMap<String, String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    each(
        files,
        diagnostics,
        |path| is_in(path, "parameters"),
        |_, root, problems| parameters.extend(parameters::read_all(root, problems).0),
    );
    let mut seen = BTreeSet::new();
    for parameter in &parameters {
        if !seen.insert(parameter.name.as_str()) {
            diagnostics.push(Diagnostic {
                file: parameter.file.clone(),
                line: parameter.at.line,
                column: parameter.at.column,
                message: format!("the parameter `{}` is declared twice", parameter.name),
                remedy: "Keep one of the two.".to_owned(),
            });
        }
    }
    parameters
}

fn load_variables(
    files: &BTreeMap<String, String>,
    entities: &Entities,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Variable> {
    let mut variables = BTreeMap::new();
    each(
        files,
        diagnostics,
        |path| is_in(path, "variables"),
        |_, root, problems| {
            let fields = Fields::read(root, &["variables"], problems);
            let node = fields.and_then(|fields| fields.require("variables", problems));
            let declared = node.map(|node| declarations::read_all(node, entities, problems));
            for (name, variable) in declared.unwrap_or_default() {
                let at = variable.at;
                if variables.insert(name.clone(), variable).is_some() {
                    let message = format!("`{name}` is declared twice");
                    problems.at(at, message, "Keep one of the two.");
                }
            }
        },
    );
    variables
}

fn load_reforms(
    files: &BTreeMap<String, String>,
    entities: &Entities,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Reform> {
    let mut reforms = BTreeMap::new();
    each(
        files,
        diagnostics,
        |path| is_in(path, "reforms"),
        |path, root, problems| {
            reforms.insert(stem(path).to_owned(), read_reform(root, entities, problems));
        },
    );
    reforms
}

fn read_reform(root: &Node, entities: &Entities, problems: &mut Problems) -> Reform {
    let allowed = ["label", "parameters", "variables", "neutralize"];
    let Some(fields) = Fields::read(root, &allowed, problems) else {
        return Reform::default();
    };
    let parameters = fields
        .get("parameters")
        .map(|node| parameters::read_all(node, problems).0);
    let variables = fields
        .get("variables")
        .map(|node| declarations::read_all(node, entities, problems));
    let neutralize = fields.texts("neutralize", problems);
    Reform {
        parameters: parameters.unwrap_or_default(),
        variables: variables.unwrap_or_default(),
        neutralize,
        file: problems.file.clone(),
    }
}

/// The outermost of these folders that a path lies in, and the path beneath it.
pub(crate) fn outermost<'p>(
    path: &'p str,
    folders: &[&'static str],
) -> Option<(&'static str, &'p str)> {
    let mut rest = path;
    while let Some((first, inner)) = rest.split_once('/') {
        if let Some(folder) = folders.iter().find(|folder| **folder == first) {
            return Some((folder, inner));
        }
        rest = inner;
    }
    None
}

fn is_in(path: &str, folder: &str) -> bool {
    let found = outermost(path, &["parameters", "variables", "reforms", "cases"]);
    found.is_some_and(|(found, _)| found == folder)
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
