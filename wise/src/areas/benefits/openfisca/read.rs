//! Reads a simulation and refuses what is wrong with it as OpenFisca does.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rules::{Entity, FactType, MAX_MEMBERS, RuleBook, Situation, Value, nearest};
use serde_json::{Map, Value as Json};

use super::period::Period;
use super::{Refusal, Variable, plural};
use crate::areas::benefits::evaluation::{Expected, Wrong, read_fact};

/// Persons, their homes and what was told of them.
#[derive(Clone, Debug, Default)]
pub struct Simulation {
    persons: Vec<String>,
    households: Vec<String>,
    homes: Vec<Home>,
    /// The home of each person.
    home_of: BTreeMap<String, usize>,
}

/// One household, named in the request or made for somebody who lives in none.
#[derive(Clone, Debug, Default)]
struct Home {
    /// Persons with the code of their role, where it was told.
    members: Vec<(String, Option<String>)>,
    told: Vec<Told>,
}

#[derive(Clone, Debug)]
struct Told {
    member: Option<String>,
    fact: String,
    period: Period,
    value: Value,
}

/// A null of the request.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    pub entity: Entity,
    pub key: String,
    pub name: String,
    pub variable: Variable<'a>,
    /// As it was written.
    pub period: String,
    /// `None` for eternity.
    pub on: Option<Date>,
}

impl Simulation {
    pub fn homes(&self) -> usize {
        self.homes.len()
    }

    pub fn members_of(&self, home: usize) -> usize {
        self.homes[home].members.len()
    }

    /// How much there is to set for a home.
    pub fn size_of(&self, home: usize) -> usize {
        self.homes[home].members.len() + self.homes[home].told.len()
    }

    pub fn keys(&self, entity: Entity) -> &[String] {
        match entity {
            Entity::Person => &self.persons,
            Entity::Household => &self.households,
        }
    }

    pub fn home_of(&self, entity: Entity, key: &str) -> Option<usize> {
        match entity {
            Entity::Person => self.home_of.get(key).copied(),
            Entity::Household => self.households.iter().position(|it| it == key),
        }
    }

    /// A home as it is told for a day.
    pub fn situation(
        &self,
        book: &RuleBook,
        home: usize,
        on: Option<Date>,
    ) -> Result<Situation, Refusal> {
        let home = &self.homes[home];
        let mut situation = book.situation();
        let unfit = |error: rules::ValueError| Refusal::at(&["error"], error.to_string());
        for (key, role) in &home.members {
            situation.add_member(key);
            if let Some(role) = role {
                let role = Value::Text(role.clone());
                situation.set_member(key, "role", role).map_err(unfit)?;
            }
        }
        // The longest first, so that the shortest has the last word.
        let mut told: Vec<&Told> = home.told.iter().filter(|it| it.period.holds(on)).collect();
        told.sort_by_key(|it| std::cmp::Reverse(it.period.days()));
        for it in told {
            let value = it.value.clone();
            match &it.member {
                Some(key) => situation.set_member(key, &it.fact, value),
                None => situation.set_household(&it.fact, value),
            }
            .map_err(unfit)?;
        }
        Ok(situation)
    }
}

/// Reads a request.
///
/// # Errors
/// The first thing that is wrong, with OpenFisca's message at the request's own path.
pub fn read<'a>(book: &'a RuleBook, body: &Json) -> Result<(Simulation, Vec<Asked<'a>>), Refusal> {
    let Json::Object(body) = body else {
        let message = "Invalid type: a situation is an object of persons and households.";
        return Err(Refusal::at(&["error"], message));
    };
    for name in body.keys() {
        if name == "axes" {
            return Err(Refusal::at(
                &["axes"],
                "Axes are not supported: send one simulation each.",
            ));
        }
        if !["persons", "households"].contains(&name.as_str()) {
            let message = format!(
                "Some entities in the situation are not defined in the loaded tax and benefit system. \
                 These entities are not found: {name}. The defined entities are: persons, households."
            );
            return Err(Refusal::at(&[name], message));
        }
    }
    let persons = entities(body, "persons")?;
    if persons.is_none_or(Map::is_empty) {
        let message = "At least one person must be defined for the simulation to run.";
        return Err(Refusal::at(&["persons"], message));
    }
    let none = Map::new();
    let persons = persons.unwrap_or(&none);
    if persons.len() > MAX_MEMBERS {
        return Err(Refusal::at(
            &["persons"],
            "More than 1000 persons: send them in parts.",
        ));
    }
    let households = entities(body, "households")?.unwrap_or(&none);
    let mut simulation = Simulation {
        persons: persons.keys().cloned().collect(),
        ..Simulation::default()
    };
    for (key, home) in households {
        let home = object(home, &["households", key])?;
        settle(book, &mut simulation, key, home)?;
    }
    settle_alone(book, &mut simulation);
    let mut asked = Vec::new();
    for (key, facts) in persons {
        let facts = object(facts, &["persons", key])?;
        variables(
            book,
            &mut simulation,
            Entity::Person,
            key,
            facts,
            &mut asked,
        )?;
    }
    for (key, home) in households {
        let home = object(home, &["households", key])?;
        let roles = roles(book);
        let facts = home
            .iter()
            .filter(|(name, _)| !roles.iter().any(|it| it.named(name)));
        let facts = facts
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        variables(
            book,
            &mut simulation,
            Entity::Household,
            key,
            &facts,
            &mut asked,
        )?;
    }
    Ok((simulation, asked))
}

fn entities<'a>(
    body: &'a Map<String, Json>,
    name: &str,
) -> Result<Option<&'a Map<String, Json>>, Refusal> {
    body.get(name).map(|it| object(it, &[name])).transpose()
}

fn object<'a>(value: &'a Json, path: &[&str]) -> Result<&'a Map<String, Json>, Refusal> {
    value.as_object().ok_or_else(|| {
        let message = format!("Invalid type: must be of type 'object', got {value}.");
        Refusal::at(path, message)
    })
}

/// How a household names those who live in it.
pub struct HouseholdRole {
    /// The code of the fact `role`; empty for `members`, of whom no role is told.
    pub code: String,
    pub plural: String,
    pub label: rules::Localized,
}

impl HouseholdRole {
    fn named(&self, name: &str) -> bool {
        name == self.plural || (name == self.code && !name.is_empty())
    }
}

/// The roles of the vocabulary with their plurals, and `members` for any.
pub fn roles(book: &RuleBook) -> Vec<HouseholdRole> {
    let declared = book.vocabulary().fact(Entity::Person, "role");
    let values = match declared.map(|it| it.fact_type) {
        Some(FactType::Enum(id)) => book.vocabulary().enum_values(id),
        _ => &[],
    };
    let mut roles: Vec<HouseholdRole> = values
        .iter()
        .map(|it| HouseholdRole {
            plural: match it.code.strip_suffix("child") {
                Some(stem) => format!("{stem}children"),
                None => format!("{}s", it.code),
            },
            code: it.code.clone(),
            label: it.label.clone(),
        })
        .collect();
    roles.push(HouseholdRole {
        code: String::new(),
        plural: "members".into(),
        label: rules::Localized::new("가구원", "member"),
    });
    roles
}

/// Who lives in a household, by role.
fn settle(
    book: &RuleBook,
    simulation: &mut Simulation,
    key: &str,
    home: &Map<String, Json>,
) -> Result<(), Refusal> {
    let mut members: Vec<(String, Option<String>)> = Vec::new();
    let roles = roles(book);
    for (name, list) in home {
        let Some(role) = roles.iter().find(|it| it.named(name)) else {
            continue;
        };
        let path = ["households", key, name];
        let one;
        let list = match list {
            Json::Array(list) => list,
            Json::String(_) => {
                one = vec![list.clone()];
                &one
            }
            other => {
                let message = format!("Invalid type: must be of type 'array', got {other}.");
                return Err(Refusal::at(&path, message));
            }
        };
        for (index, person) in list.iter().enumerate() {
            let Some(person) = person.as_str() else {
                let index = index.to_string();
                let message = "Invalid type: must be of type 'string'.";
                return Err(Refusal::at(&["households", key, name, &index], message));
            };
            if !simulation.persons.iter().any(|it| it == person) {
                let message = format!(
                    "Unexpected value: {person}. {person} has been declared in {key} {name}, but has \
                     not been declared in persons."
                );
                return Err(Refusal::at(&path, message));
            }
            let there = simulation.homes.len();
            if simulation
                .home_of
                .insert(person.to_owned(), there)
                .is_some()
            {
                let message = format!("{person} has been declared more than once in households");
                return Err(Refusal::at(&path, message));
            }
            let role = (!role.code.is_empty()).then(|| role.code.clone());
            members.push((person.to_owned(), role));
        }
    }
    simulation.households.push(key.to_owned());
    simulation.homes.push(Home {
        members,
        told: Vec::new(),
    });
    Ok(())
}

/// Whoever is in no household lives alone, in the first role, as OpenFisca does it.
fn settle_alone(book: &RuleBook, simulation: &mut Simulation) {
    let first = roles(book).first().map(|it| it.code.clone());
    let first = first.filter(|it| !it.is_empty());
    for person in simulation.persons.clone() {
        if !simulation.home_of.contains_key(&person) {
            simulation
                .home_of
                .insert(person.clone(), simulation.homes.len());
            simulation.homes.push(Home {
                members: vec![(person, first.clone())],
                told: Vec::new(),
            });
        }
    }
}

/// The variables of one person or household: what is told, and what is asked.
fn variables<'a>(
    book: &'a RuleBook,
    simulation: &mut Simulation,
    entity: Entity,
    key: &str,
    facts: &Map<String, Json>,
    asked: &mut Vec<Asked<'a>>,
) -> Result<(), Refusal> {
    for (name, dated) in facts {
        let path = [plural(entity), key, name.as_str()];
        let variable = find(book, entity, name, &path)?;
        let Json::Object(dated) = dated else {
            let message = format!(
                "Can't deal with type: expected object. Input variables need to be set for specific \
                 periods. For instance: {{\"{name}\": {{\"2026-11\": …}}}}, or {{\"{name}\": \
                 {{\"ETERNITY\": …}}}}."
            );
            return Err(Refusal::at(&path, message));
        };
        for (written, value) in dated {
            let Some(period) = Period::parse(written) else {
                let message = format!(
                    "Expected a period (eg. '2026-11', '2026-11-23', 'month:2026-11:3', 'ETERNITY'); \
                     got: '{written}'."
                );
                return Err(Refusal::at(&path, message));
            };
            let path = [plural(entity), key, name.as_str(), written.as_str()];
            if value.is_null() {
                let on = period.first_day();
                if on.is_none() && !matches!(variable, Variable::Fact(_)) {
                    let message = format!(
                        "{name} is worked out for a day: ask for a day, or for a month or year, whose \
                         first day counts."
                    );
                    return Err(Refusal::at(&path, message));
                }
                asked.push(Asked {
                    entity,
                    key: key.to_owned(),
                    name: name.clone(),
                    variable,
                    period: written.clone(),
                    on,
                });
                continue;
            }
            let value = told(book, entity, name, variable, value, &path)?;
            if let Some(home) = simulation.home_of(entity, key) {
                simulation.homes[home].told.push(Told {
                    member: (entity == Entity::Person).then(|| key.to_owned()),
                    fact: name.clone(),
                    period,
                    value,
                });
            }
        }
    }
    Ok(())
}

fn find<'a>(
    book: &'a RuleBook,
    entity: Entity,
    name: &str,
    path: &[&str],
) -> Result<Variable<'a>, Refusal> {
    if let Some(variable) = Variable::find(book, entity, name) {
        return Ok(variable);
    }
    let other = match entity {
        Entity::Person => Entity::Household,
        Entity::Household => Entity::Person,
    };
    if Variable::find(book, other, name).is_some() {
        let message = format!(
            "You tried to compute the variable '{name}' for the entity '{}'; however the variable \
             '{name}' is defined for the entity '{}'.",
            plural(entity),
            plural(other)
        );
        return Err(Refusal::at(path, message));
    }
    let names: Vec<String> = Variable::all(book).map(|(name, _)| name).collect();
    let hint = nearest(name, names.iter().map(String::as_str))
        .map_or(String::new(), |it| format!(" Did you mean '{it}'?"));
    let message = format!(
        "You tried to calculate or to set a value for variable '{name}', but it was not found in the \
         loaded tax and benefit system.{hint}"
    );
    Err(Refusal {
        not_found: true,
        ..Refusal::at(path, message)
    })
}

fn told(
    book: &RuleBook,
    entity: Entity,
    name: &str,
    variable: Variable<'_>,
    value: &Json,
    path: &[&str],
) -> Result<Value, Refusal> {
    if !matches!(variable, Variable::Fact(_)) {
        let message =
            format!("{name} is worked out from facts and cannot be set: write null to ask for it.");
        return Err(Refusal::at(path, message));
    }
    // Clients of languages with one kind of number send 2000.0.
    let whole = value
        .as_f64()
        .filter(|it| it.fract() == 0.0 && it.abs() < 9e15);
    let value = match whole {
        Some(number) if value.is_f64() => Json::from(number as i64),
        _ => value.clone(),
    };
    let wrong = match read_fact(book, entity, name, &value) {
        Ok(Some(value)) => return Ok(value),
        Ok(None) => return Err(Refusal::at(path, "A value is expected.")),
        Err(wrong) => wrong,
    };
    let message = match wrong {
        Wrong::Value(Expected::Date) => {
            format!("Can't deal with date: {value}. Expected a text such as '2026-11-23'.")
        }
        Wrong::Value(Expected::Code(codes)) => {
            format!("{value} is not a known value for '{name}'. Possible values are {codes:?}.")
        }
        Wrong::Value(Expected::Bool) => {
            format!("Can't deal with value: expected type boolean, received {value}.")
        }
        Wrong::Value(Expected::Integer(unit)) => {
            let (least, greatest) = unit.bounds();
            format!(
                "Can't deal with value: expected type integer, received {value}. It is a whole \
                 number of {unit} from {least} to {greatest}."
            )
        }
        _ => format!("Can't deal with value: expected type string, received {value}."),
    };
    Err(Refusal::at(path, message))
}
