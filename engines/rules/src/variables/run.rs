//! Runs a case: builds its situation, computes what it names, compares.

use super::book::Book;
use super::cases::Case;
use super::entities::EntityId;
use super::exact::Exact;
use super::formula::VariableId;
use super::parameters::Parameter;
use super::periods::{Period, PeriodUnit};
use super::simulate::Simulation;
use super::situation::{Situation, read_period};
use super::system::System;
use super::value::Value;
use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::reader::entries;
use crate::truth::Answer;
use crate::yaml::{Entry, Kind, Node};

/// One value that a case expects, and what was computed.
#[derive(Clone, Debug)]
pub struct Check {
    pub variable: String,
    /// The name of the person or group.
    pub instance: String,
    pub period: Period,
    pub expected: Value,
    /// `None` where there is no value; [`Check::told`] says why.
    pub computed: Option<Value>,
    /// The computed value, `unknown`, `no value in law` or `out of range`.
    pub told: String,
    pub passed: bool,
}

/// What became of a case.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub name: String,
    pub file: String,
    pub line: usize,
    pub checks: Vec<Check>,
    /// What is wrong in the case itself, or why it could not be computed.
    pub problems: Vec<Diagnostic>,
}

impl Outcome {
    /// Whether everything was computed as expected; a case that expects nothing has not passed.
    pub fn passed(&self) -> bool {
        self.problems.is_empty()
            && !self.checks.is_empty()
            && self.checks.iter().all(|it| it.passed)
    }
}

pub(super) fn run(book: &Book, case: &Case) -> Outcome {
    let mut problems = Problems::new(&case.file);
    let mut checks = Vec::new();
    for extension in &case.extensions {
        problems.at(
            case.at,
            format!("the extension `{extension}` is not loaded"),
            "Express its variables in this book, and remove `extensions`.",
        );
    }
    match book.under(&case.reforms) {
        Ok(system) => checks = compare(case, &system, &mut problems),
        Err(unknown) => problems.at(case.at, unknown.message, unknown.remedy),
    }
    Outcome {
        name: case.name.clone(),
        file: case.file.clone(),
        line: case.at.line,
        checks,
        problems: problems.list,
    }
}

fn compare(case: &Case, system: &System, problems: &mut Problems) -> Vec<Check> {
    let situation = Situation::read(&case.input, case.period, system, problems);
    if !problems.list.is_empty() {
        return Vec::new();
    }
    let parameters: Vec<Option<&Parameter>> = match &case.parameters {
        None => system.parameters.iter().map(Some).collect(),
        Some(own) => system
            .parameters
            .iter()
            .map(|it| own.iter().find(|other| other.name == it.name))
            .collect(),
    };
    let mut comparer = Comparer {
        case,
        system,
        situation: &situation,
        simulation: Simulation::new(system, &situation, parameters),
        checks: Vec::new(),
        problems,
    };
    comparer.outputs();
    comparer.checks
}

struct Comparer<'a, 'p> {
    case: &'a Case,
    system: &'a System,
    situation: &'a Situation,
    simulation: Simulation<'a>,
    checks: Vec<Check>,
    problems: &'p mut Problems,
}

impl Comparer<'_, '_> {
    /// A variable of all instances; an entity with its variables; or a plural with instances.
    fn outputs(&mut self) {
        let case = self.case;
        let entities = &self.system.entities;
        for entry in &case.output {
            if self.system.find(&entry.key).is_some() {
                self.variable(entry, None);
            } else if let Some(entity) = entities.find(&entry.key) {
                for inner in entries(&entry.value, self.problems).unwrap_or_default() {
                    self.of_entity(inner, entity, None);
                }
            } else if let Some(entity) = entities.find_plural(&entry.key) {
                self.instances(entry, entity);
            } else {
                self.system.variable(&entry.key, entry.at, self.problems);
            }
        }
    }

    fn instances(&mut self, entry: &Entry, entity: EntityId) {
        for named in entries(&entry.value, self.problems).unwrap_or_default() {
            let Some(instance) = self.situation.instance(entity, &named.key) else {
                let known = self.situation.names(entity).join(", ");
                self.problems.at(
                    named.at,
                    format!("no instance is called `{}`", named.key),
                    format!("Use one of: {known}."),
                );
                continue;
            };
            for inner in entries(&named.value, self.problems).unwrap_or_default() {
                self.of_entity(inner, entity, Some(instance));
            }
        }
    }

    fn of_entity(&mut self, entry: &Entry, entity: EntityId, instance: Option<usize>) {
        let id = self.system.variable(&entry.key, entry.at, self.problems);
        let Some(id) = id else { return };
        let of = self.system.variables[id].entity;
        if of != entity {
            let of = &self.system.entities.all()[of];
            self.problems.at(
                entry.at,
                format!("`{}` is a variable of the {}", entry.key, of.name),
                format!("Expect it under `{}` or `{}`.", of.name, of.plural),
            );
            return;
        }
        self.variable(entry, instance);
    }

    fn variable(&mut self, entry: &Entry, instance: Option<usize>) {
        let Some(id) = self.system.find(&entry.key) else {
            return;
        };
        let Kind::Map(dated) = &entry.value.kind else {
            match self.case.period {
                Some(period) => self.values(id, instance, period, &entry.value),
                None => self.problems.at(
                    entry.at,
                    "a value without a period",
                    "Give the case a `period`, or the value one: `{2026-01: 2000}`.",
                ),
            }
            return;
        };
        for dated in dated {
            if let Some(period) = read_period(&dated.key, dated.at, self.problems) {
                self.values(id, instance, period, &dated.value);
            }
        }
    }

    /// One expected value for all instances concerned, or one for each.
    fn values(&mut self, id: VariableId, instance: Option<usize>, period: Period, node: &Node) {
        let variable = &self.system.variables[id];
        let fits = variable.period == PeriodUnit::Eternity
            || (variable.period == period.unit() && period.size() == 1);
        if !fits {
            self.problems.at(
                node.at,
                format!(
                    "`{}` is told by the {}, not for {period}",
                    variable.name, variable.period
                ),
                format!("Expect it of each {}.", variable.period),
            );
            return;
        }
        let instances: Vec<usize> = match instance {
            Some(one) => vec![one],
            None => (0..self.situation.count(variable.entity)).collect(),
        };
        let nodes: Vec<&Node> = match &node.kind {
            Kind::List(list) => list.iter().collect(),
            _ => vec![node; instances.len()],
        };
        if nodes.len() != instances.len() {
            self.problems.at(
                node.at,
                format!(
                    "{} values are expected of {} instances",
                    nodes.len(),
                    instances.len()
                ),
                "Give one value for all, or one for each in their order.",
            );
            return;
        }
        for (instance, node) in instances.into_iter().zip(nodes) {
            self.check(id, instance, period, node);
        }
    }

    fn check(&mut self, id: VariableId, instance: usize, period: Period, node: &Node) {
        let variable = &self.system.variables[id];
        let Kind::Scalar(scalar) = &node.kind else {
            self.problems.at(
                node.at,
                "a single value is expected here",
                "Write one value.",
            );
            return;
        };
        let expected = match variable.value_type.read(scalar) {
            Ok(expected) => expected,
            Err(remedy) => {
                let message = format!("`{}` is no value of `{}`", scalar.text, variable.name);
                self.problems.at(node.at, message, remedy);
                return;
            }
        };
        let answer = match self.simulation.value(id, instance, period) {
            Ok(answer) => answer,
            Err(trouble) => return self.report(node.at, &trouble.to_string()),
        };
        let told = match &answer {
            Answer::Known(value) => value.to_string(),
            Answer::Unknown => "unknown".to_owned(),
            Answer::Absent => "no value in law".to_owned(),
            Answer::Overflow => "out of range".to_owned(),
        };
        let computed = answer.known();
        let passed = computed
            .as_ref()
            .is_some_and(|it| self.is_near(&variable.name, it, &expected));
        self.checks.push(Check {
            variable: variable.name.clone(),
            instance: self.situation.names(variable.entity)[instance].clone(),
            period,
            expected,
            computed,
            told,
            passed,
        });
    }

    fn report(&mut self, at: Position, message: &str) {
        let remedy =
            "Let a formula end somewhere: by `from`, by an input, or by reading fewer periods.";
        self.problems.at(at, message, remedy);
    }

    fn is_near(&self, name: &str, computed: &Value, expected: &Value) -> bool {
        let (Value::Number(computed), Value::Number(expected)) = (computed, expected) else {
            return computed == expected;
        };
        let off = computed.checked_sub(*expected).and_then(Exact::abs);
        let (absolute, relative) = (self.case.absolute.get(name), self.case.relative.get(name));
        let relative = relative.map(|margin| margin.checked_mul(*expected).and_then(Exact::abs));
        match (off, absolute, relative) {
            (None, ..) | (_, _, Some(None)) => false,
            (Some(off), None, None) => off == Exact::ZERO,
            (Some(off), absolute, relative) => {
                absolute.is_none_or(|margin| off <= margin)
                    && relative.flatten().is_none_or(|margin| off <= margin)
            }
        }
    }
}
