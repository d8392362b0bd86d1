//! Who is there, who belongs to whom, and what is said of them: from the input of a case.
//!
//! A case names variables alone (each of N persons then lives in a group of each kind alone), or entities: by their
//! plural with a map of instances, or by their name with one instance. Persons whom no group of a kind names have one
//! of their own, in its first role.

use std::collections::HashMap;

use super::declarations::{Spread, Variable};
use super::entities::EntityId;
use super::exact::Exact;
use super::formula::VariableId;
use super::periods::{self, Period, PeriodUnit};
use super::system::System;
use super::value::{Value, ValueType};
use crate::diagnostic::{Position, Problems, suggestion};
use crate::reader::{entries, text};
use crate::yaml::{Entry, Kind, Node};

/// Persons, groups and inputs.
#[derive(Debug, Default)]
pub(crate) struct Situation {
    /// By entity: the names of its instances.
    names: Vec<Vec<String>>,
    /// By group entity and person: the group and the role.
    places: Vec<Vec<(usize, usize)>>,
    /// By group entity and group: the persons, in the order of their declaration.
    members: Vec<Vec<Vec<usize>>>,
    inputs: HashMap<(VariableId, usize, Period), Value>,
}

impl Situation {
    pub fn count(&self, entity: EntityId) -> usize {
        self.names[entity].len()
    }

    pub fn instance(&self, entity: EntityId, name: &str) -> Option<usize> {
        self.names[entity].iter().position(|known| known == name)
    }

    pub fn names(&self, entity: EntityId) -> &[String] {
        &self.names[entity]
    }

    pub fn input(&self, variable: VariableId, instance: usize, period: Period) -> Option<&Value> {
        self.inputs.get(&(variable, instance, period))
    }

    pub fn group_of(&self, group: EntityId, person: usize) -> usize {
        self.places[group][person].0
    }

    pub fn role_of(&self, group: EntityId, person: usize) -> usize {
        self.places[group][person].1
    }

    pub fn members(&self, group: EntityId, instance: usize) -> &[usize] {
        &self.members[group][instance]
    }

    /// Builds the situation of a case; mistakes go to `problems`.
    pub fn read(
        input: &[Entry],
        period: Option<Period>,
        system: &System,
        problems: &mut Problems,
    ) -> Self {
        let mut builder = Builder {
            system,
            period,
            given: Vec::new(),
            situation: Self::default(),
            problems,
        };
        let entities = &system.entities;
        let is_entity = |entry: &Entry| {
            let key = entry.key.as_str();
            entities
                .find(key)
                .or_else(|| entities.find_plural(key))
                .is_some()
        };
        if input.iter().any(is_entity) {
            builder.entities(input);
        } else {
            builder.flat(input);
        }
        builder.take_inputs();
        builder.situation
    }
}

/// One input as it is told.
struct Given {
    variable: VariableId,
    instance: usize,
    period: Period,
    value: Value,
    at: Position,
}

struct Builder<'a, 'p> {
    system: &'a System,
    period: Option<Period>,
    given: Vec<Given>,
    situation: Situation,
    problems: &'p mut Problems,
}

impl Builder<'_, '_> {
    fn flat(&mut self, input: &[Entry]) {
        let longest = input.iter().map(|entry| match &entry.value.kind {
            Kind::Map(dated) => dated.iter().map(|it| length(&it.value)).max().unwrap_or(1),
            _ => length(&entry.value),
        });
        let count = longest.max().unwrap_or(1).max(1);
        let names: Vec<String> = (0..count).map(|index| index.to_string()).collect();
        for entity in self.system.entities.all() {
            self.situation.names.push(names.clone());
            let alone = (0..count).map(|person| (person, 0));
            let groups = (0..count).map(|person| vec![person]);
            let is_group = !entity.roles.is_empty();
            self.situation
                .places
                .push(alone.filter(|_| is_group).collect());
            self.situation
                .members
                .push(groups.filter(|_| is_group).collect());
        }
        for entry in input {
            let Some(id) = self.variable(entry) else {
                continue;
            };
            for (period, node) in self.dated(&entry.value) {
                let nodes: Vec<&Node> = match &node.kind {
                    Kind::List(list) => list.iter().collect(),
                    _ => vec![node],
                };
                if nodes.len() != count {
                    self.problems.at(
                        node.at,
                        format!("{} values for {count} instances", nodes.len()),
                        "Give as many values everywhere, or name the persons and their groups.",
                    );
                    continue;
                }
                for (instance, node) in nodes.into_iter().enumerate() {
                    self.give(id, instance, period, node);
                }
            }
        }
    }

    fn entities(&mut self, input: &[Entry]) {
        let entities = &self.system.entities;
        let count = entities.all().len();
        self.situation.names = vec![Vec::new(); count];
        self.situation.places = vec![Vec::new(); count];
        self.situation.members = vec![Vec::new(); count];
        // By entity, with the name and the fields of each instance.
        let mut told: Vec<Vec<(&str, &[Entry], Position)>> = vec![Vec::new(); count];
        for entry in input {
            let key = entry.key.as_str();
            if let Some(entity) = entities.find_plural(key) {
                for instance in entries(&entry.value, self.problems).unwrap_or_default() {
                    let fields = fields_of(&instance.value, self.problems);
                    told[entity].push((&instance.key, fields, instance.at));
                }
            } else if let Some(entity) = entities.find(key) {
                told[entity].push((key, fields_of(&entry.value, self.problems), entry.at));
            } else {
                let known = entities.names();
                self.problems.at(
                    entry.at,
                    format!("unknown entity `{key}`"),
                    suggestion(key, known),
                );
            }
        }
        let person = entities.person_id();
        for (name, ..) in &told[person] {
            self.situation.names[person].push((*name).to_owned());
        }
        if told[person].is_empty() {
            let at = input.first().map_or(Position::default(), |entry| entry.at);
            let plural = &entities.person().plural;
            self.problems.at(
                at,
                "nobody is there",
                format!("Name at least one under `{plural}`."),
            );
        }
        for group in entities.groups() {
            self.group(group, &told[group]);
        }
        for (entity, instances) in told.iter().enumerate() {
            for (instance, (_, fields, _)) in instances.iter().enumerate() {
                self.fields(entity, instance, fields);
            }
        }
    }

    /// Puts persons into the groups of one kind.
    fn group(&mut self, group: EntityId, told: &[(&str, &[Entry], Position)]) {
        let person = self.system.entities.person_id();
        let count = self.situation.names[person].len();
        let mut places: Vec<Option<(usize, usize)>> = vec![None; count];
        for (instance, (name, fields, _)) in told.iter().enumerate() {
            self.situation.names[group].push((*name).to_owned());
            for (role, declared) in self.system.entities.all()[group].roles.iter().enumerate() {
                let Some(entry) = fields.iter().find(|entry| entry.key == declared.plural) else {
                    continue;
                };
                let nodes = one_or_many(&entry.value);
                if declared.max.is_some_and(|max| nodes.len() > max) {
                    let message = format!("{} persons are `{}`", nodes.len(), declared.plural);
                    self.problems.at(
                        entry.at,
                        message,
                        "Fewer may be, as the entity declares under `max`.",
                    );
                }
                for node in nodes {
                    self.put(node, (instance, role), &mut places);
                }
            }
        }
        for (index, place) in places.iter_mut().enumerate() {
            place.get_or_insert_with(|| {
                let own = self.situation.names[person][index].clone();
                self.situation.names[group].push(own);
                (self.situation.names[group].len() - 1, 0)
            });
        }
        let places: Vec<(usize, usize)> = places.into_iter().flatten().collect();
        let mut members = vec![Vec::new(); self.situation.names[group].len()];
        for (index, (instance, _)) in places.iter().enumerate() {
            members[*instance].push(index);
        }
        self.situation.places[group] = places;
        self.situation.members[group] = members;
    }

    fn put(&mut self, node: &Node, place: (usize, usize), places: &mut [Option<(usize, usize)>]) {
        let Some(name) = text(node, self.problems) else {
            return;
        };
        let person = self.system.entities.person_id();
        match self.situation.instance(person, &name) {
            None => {
                let known = self.situation.names[person].iter().map(String::as_str);
                let remedy = suggestion(&name, known);
                self.problems
                    .at(node.at, format!("nobody is called `{name}`"), remedy);
            }
            Some(index) if places[index].is_some() => self.problems.at(
                node.at,
                format!("`{name}` is in two places"),
                "A person is in one group of each kind, in one role.",
            ),
            Some(index) => places[index] = Some(place),
        }
    }

    fn fields(&mut self, entity: EntityId, instance: usize, fields: &[Entry]) {
        let declared = &self.system.entities.all()[entity];
        let is_role = |key: &str| declared.roles.iter().any(|role| role.plural == key);
        for entry in fields.iter().filter(|entry| !is_role(&entry.key)) {
            let Some(id) = self.variable(entry) else {
                continue;
            };
            if self.system.variables[id].entity != entity {
                let of = &self.system.entities.all()[self.system.variables[id].entity].name;
                self.problems.at(
                    entry.at,
                    format!("`{}` is a variable of the {of}", entry.key),
                    format!("Write it under an instance of {of}."),
                );
                continue;
            }
            for (period, node) in self.dated(&entry.value) {
                self.give(id, instance, period, node);
            }
        }
    }

    fn variable(&mut self, entry: &Entry) -> Option<VariableId> {
        self.system.variable(&entry.key, entry.at, self.problems)
    }

    /// A value of the case's period, or values by period.
    fn dated<'n>(&mut self, node: &'n Node) -> Vec<(Period, &'n Node)> {
        let Kind::Map(dated) = &node.kind else {
            return match self.period {
                Some(period) => vec![(period, node)],
                None => {
                    self.problems.at(
                        node.at,
                        "a value without a period",
                        "Give the case a `period`, or the value one: `{2026-01: 2000}`.",
                    );
                    Vec::new()
                }
            };
        };
        dated
            .iter()
            .filter_map(|entry| {
                Some((
                    read_period(&entry.key, entry.at, self.problems)?,
                    &entry.value,
                ))
            })
            .collect()
    }

    fn give(&mut self, id: VariableId, instance: usize, period: Period, node: &Node) {
        let variable = &self.system.variables[id];
        let Kind::Scalar(scalar) = &node.kind else {
            self.problems.at(
                node.at,
                "a single value is expected here",
                "Write one value.",
            );
            return;
        };
        if scalar.is_null() {
            return;
        }
        match variable.value_type.read(scalar) {
            Ok(value) => self.given.push(Given {
                variable: id,
                instance,
                period,
                value,
                at: node.at,
            }),
            Err(remedy) => {
                let message = format!("`{}` is no value of `{}`", scalar.text, variable.name);
                self.problems.at(node.at, message, remedy);
            }
        }
    }

    /// The shorter periods first, so that a year is spread over what its months left open.
    fn take_inputs(&mut self) {
        let mut given = std::mem::take(&mut self.given);
        given.sort_by_key(|it| it.period.length());
        for it in given {
            let variable = &self.system.variables[it.variable];
            if variable.has_ended(it.period.start()) {
                // What no longer exists cannot be told: it is its default.
            } else if variable.period == PeriodUnit::Eternity {
                self.set(&it, Period::ETERNITY, it.value.clone());
            } else if it.period.unit() == variable.period && it.period.size() == 1 {
                self.set(&it, it.period, it.value.clone());
            } else {
                self.spread(&it, variable);
            }
        }
    }

    fn set(&mut self, given: &Given, period: Period, value: Value) {
        self.situation
            .inputs
            .insert((given.variable, given.instance, period), value);
    }

    fn spread(&mut self, given: &Given, variable: &Variable) {
        let parts = given.period.parts(variable.period);
        let (Some(parts), Some(spread)) = (parts, variable.spread) else {
            self.problems.at(
                given.at,
                format!(
                    "`{}` is told by the {}, not for {}",
                    variable.name, variable.period, given.period
                ),
                format!(
                    "Name each {}, or declare the variable with `spread`.",
                    variable.period
                ),
            );
            return;
        };
        let key = |period| (given.variable, given.instance, period);
        let (said, open): (Vec<Period>, Vec<Period>) = parts
            .into_iter()
            .partition(|period| self.situation.inputs.contains_key(&key(*period)));
        let value = match (&given.value, spread) {
            (Value::Number(sum), Spread::Divide) if variable.value_type == ValueType::Number => {
                let mut told = said
                    .iter()
                    .filter_map(|period| self.situation.inputs.get(&key(*period)));
                let rest = told.try_fold(*sum, |rest, value| match value {
                    Value::Number(part) => rest.checked_sub(*part),
                    _ => Some(rest),
                });
                if open.is_empty() {
                    if rest != Some(Exact::ZERO) {
                        self.problems.at(
                            given.at,
                            format!("the parts of {} do not add up to {sum}", given.period),
                            "Leave one of them out, or mend the sum.",
                        );
                    }
                    return;
                }
                let count = Exact::from(i64::try_from(open.len()).unwrap_or(i64::MAX));
                rest.and_then(|rest| rest.checked_div(count))
                    .map(Value::Number)
            }
            (value, _) => Some(value.clone()),
        };
        match value {
            Some(value) => open
                .into_iter()
                .for_each(|period| self.set(given, period, value.clone())),
            None => self.problems.at(
                given.at,
                "the number leaves the range",
                "Write smaller numbers.",
            ),
        }
    }
}

/// Reads the period of a key.
pub(super) fn read_period(text: &str, at: Position, problems: &mut Problems) -> Option<Period> {
    let period = Period::parse(text);
    if period.is_none() {
        problems.at(at, format!("`{text}` is no period"), periods::FORMS);
    }
    period
}

fn length(node: &Node) -> usize {
    match &node.kind {
        Kind::List(list) => list.len(),
        _ => 1,
    }
}

fn one_or_many(node: &Node) -> Vec<&Node> {
    match &node.kind {
        Kind::List(list) => list.iter().collect(),
        _ => vec![node],
    }
}

/// The fields of an instance; `null` has none.
fn fields_of<'n>(node: &'n Node, problems: &mut Problems) -> &'n [Entry] {
    match &node.kind {
        Kind::Scalar(it) if it.is_null() => &[],
        _ => entries(node, problems).unwrap_or_default(),
    }
}
