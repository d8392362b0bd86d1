//! Entities, parameters and variables with their checked formulas: one state of law, as it is or under reforms.

use std::collections::BTreeMap;

use super::compile::Names;
use super::declarations::Variable;
use super::entities::Entities;
use super::formula::{Formula, VariableId};
use super::parameters::Parameter;
use crate::diagnostic::{Diagnostic, Position, Problems, suggestion};

/// What has passed every check.
#[derive(Debug)]
pub(crate) struct System {
    pub entities: Entities,
    pub variables: Vec<Variable>,
    pub parameters: Vec<Parameter>,
    /// By variable, as its declaration lists them.
    pub formulas: Vec<Vec<Formula>>,
    by_name: BTreeMap<String, VariableId>,
}

impl System {
    /// Checks all formulas against all names.
    ///
    /// # Errors
    /// Every mistake with its place.
    pub fn compile(
        entities: Entities,
        variables: Vec<Variable>,
        parameters: Vec<Parameter>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let names = variables.iter().enumerate();
        let by_name: BTreeMap<String, VariableId> =
            names.map(|(id, it)| (it.name.clone(), id)).collect();
        let names = Names {
            entities: &entities,
            variables: &variables,
            by_name: &by_name,
            parameters: &parameters,
        };
        let mut diagnostics = Vec::new();
        let mut formulas = Vec::with_capacity(variables.len());
        for variable in &variables {
            let mut checked = Vec::with_capacity(variable.formulas.len());
            for formula in &variable.formulas {
                match names.compile(variable, &formula.source.syntax) {
                    Ok(tree) => checked.push(tree),
                    Err(fault) => diagnostics.push(formula.source.diagnostic(&fault)),
                }
            }
            formulas.push(checked);
        }
        diagnostics.extend(circles(&variables, &formulas));
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        Ok(Self {
            entities,
            variables,
            parameters,
            formulas,
            by_name,
        })
    }

    /// The variable of this name, or a problem.
    pub fn variable(
        &self,
        name: &str,
        at: Position,
        problems: &mut Problems,
    ) -> Option<VariableId> {
        let found = self.by_name.get(name).copied();
        if found.is_none() {
            let known = self.by_name.keys().map(String::as_str);
            problems.at(
                at,
                format!("unknown variable `{name}`"),
                suggestion(name, known),
            );
        }
        found
    }

    pub fn find(&self, name: &str) -> Option<VariableId> {
        self.by_name.get(name).copied()
    }
}

/// Variables that need themselves in the same period. Dates do not excuse: formulas of different days may meet.
fn circles(variables: &[Variable], formulas: &[Vec<Formula>]) -> Vec<Diagnostic> {
    let reads: Vec<Vec<VariableId>> = formulas
        .iter()
        .map(|formulas| {
            let mut found = Vec::new();
            formulas
                .iter()
                .for_each(|formula| formula.reads_now(&mut found));
            found
        })
        .collect();
    let mut found = Vec::new();
    // 0: not seen, 1: open, 2: done.
    let mut state = vec![0_u8; variables.len()];
    for start in 0..variables.len() {
        let mut stack = vec![(start, 0)];
        while let Some((id, next)) = stack.pop() {
            if next == 0 {
                if state[id] != 0 {
                    continue;
                }
                state[id] = 1;
            }
            match reads[id].get(next) {
                None => state[id] = 2,
                Some(other) => {
                    stack.push((id, next + 1));
                    if state[*other] == 1 {
                        found.push(circle(&variables[id], &variables[*other]));
                    } else {
                        stack.push((*other, 0));
                    }
                }
            }
        }
    }
    found
}

fn circle(variable: &Variable, other: &Variable) -> Diagnostic {
    let (from, to) = (&variable.name, &other.name);
    Diagnostic {
        file: variable.file.clone(),
        line: variable.at.line,
        column: variable.at.column,
        message: format!("a circle: `{from}` needs `{to}`, which needs it in turn"),
        remedy: "Break it: let one of them read another period, as in `at(…, last_month)`."
            .to_owned(),
    }
}
