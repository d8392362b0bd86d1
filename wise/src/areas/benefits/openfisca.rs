//! OpenFisca's way of asking: a simulation of persons and households in which every null is computed.
//!
//! A fact is an input variable, a benefit is two computed ones: `parental_benefit` (the sum, 0 where the
//! law does not grant it) and `parental_benefit_eligible`. Hyphens of ids become `_`. A computed variable
//! is asked for a period and worked out on the period's first day, as OpenFisca reads its parameters; ask
//! for a day (`2026-11-23`) to choose it. A value told for a period holds on its days, for `ETERNITY`
//! always. OpenFisca knows no unknown: what the facts told do not decide stays null.
//!
//! Errors have OpenFisca's shape, the request's own path with the message at its end.

mod period;
mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rules::{
    Benefit, BenefitUnit, Entity, Fact, FactRef, Finding, Outcome, ParameterValue, Reason,
    RuleBook, Situation, Value,
};
use serde_json::{Map, Value as Json, json};

pub use read::{Asked, Simulation, read, roles};

/// Work of one request: for each benefit and day the square of the members (a rule about one may look at
/// every other), at least [`LEAST_WORK`]; and every value set.
const MAX_WORK: usize = 1_000_000;
const LEAST_WORK: usize = 20;

/// Why a simulation cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A variable that does not exist (404); otherwise the request is wrong (400).
    pub not_found: bool,
    pub body: Json,
}

impl Refusal {
    fn at(path: &[&str], message: impl Into<String>) -> Self {
        let end = Json::String(message.into());
        let body = path
            .iter()
            .rev()
            .fold(end, |inner, step| json!({*step: inner}));
        Self {
            not_found: false,
            body,
        }
    }
}

/// What a variable's name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Variable<'a> {
    Fact(&'a Fact),
    Amount(&'a Benefit),
    Eligible(&'a Benefit),
}

impl<'a> Variable<'a> {
    /// The variable of this name about an entity.
    pub fn find(book: &'a RuleBook, entity: Entity, name: &str) -> Option<Self> {
        let known =
            Self::all(book).find(|(it, variable)| it == name && variable.entity() == entity);
        known.map(|(_, variable)| variable)
    }

    /// Every variable by its name: the facts, then two for each benefit.
    pub fn all(book: &'a RuleBook) -> impl Iterator<Item = (String, Self)> {
        let facts = [Entity::Person, Entity::Household]
            .into_iter()
            .flat_map(|entity| book.vocabulary().facts(entity))
            .map(|fact| (fact.name.clone(), Self::Fact(fact)));
        let benefits = book.benefits().flat_map(|benefit| {
            let name = benefit.id.replace('-', "_");
            let eligible = format!("{name}_eligible");
            [
                (name, Self::Amount(benefit)),
                (eligible, Self::Eligible(benefit)),
            ]
        });
        facts.chain(benefits)
    }

    pub fn entity(self) -> Entity {
        match self {
            Self::Fact(fact) => fact.entity,
            Self::Amount(benefit) | Self::Eligible(benefit) => match benefit.unit {
                BenefitUnit::Person => Entity::Person,
                BenefitUnit::Household => Entity::Household,
            },
        }
    }
}

/// The plural by which a request names an entity.
pub fn plural(entity: Entity) -> &'static str {
    match entity {
        Entity::Person => "persons",
        Entity::Household => "households",
    }
}

/// Answers from one simulation; what was worked out once is kept while it is asked.
struct Desk<'a> {
    book: &'a RuleBook,
    simulation: &'a Simulation,
    situations: BTreeMap<(usize, Option<Date>), Situation>,
    findings: BTreeMap<(usize, Date, &'a str), Vec<Finding>>,
    work: usize,
}

impl<'a> Desk<'a> {
    fn new(book: &'a RuleBook, simulation: &'a Simulation) -> Self {
        Self {
            book,
            simulation,
            situations: BTreeMap::new(),
            findings: BTreeMap::new(),
            work: 0,
        }
    }

    fn spend(&mut self, work: usize) -> Result<(), Refusal> {
        self.work += work.max(LEAST_WORK);
        if self.work <= MAX_WORK {
            return Ok(());
        }
        Err(Refusal::at(
            &["error"],
            "Too much for one request: ask for fewer variables, periods or persons.",
        ))
    }

    fn situation(&mut self, home: usize, on: Option<Date>) -> Result<&Situation, Refusal> {
        if !self.situations.contains_key(&(home, on)) {
            self.spend(self.simulation.size_of(home))?;
            let built = self.simulation.situation(self.book, home, on)?;
            self.situations.insert((home, on), built);
        }
        Ok(&self.situations[&(home, on)])
    }

    fn findings(
        &mut self,
        home: usize,
        on: Date,
        benefit: &'a Benefit,
    ) -> Result<&[Finding], Refusal> {
        let key = (home, on, benefit.id.as_str());
        if !self.findings.contains_key(&key) {
            self.spend(self.simulation.members_of(home).pow(2))?;
            let situation = self.situation(home, Some(on))?.clone();
            let found = self.book.evaluate(benefit, &situation, on);
            self.findings.insert(key, found);
        }
        Ok(&self.findings[&key])
    }

    /// The value of a variable about one person or household.
    fn value(&mut self, asked: &Asked<'a>, key: &str) -> Result<Json, Refusal> {
        let Some(home) = self.simulation.home_of(asked.entity, key) else {
            return Ok(Json::Null);
        };
        let member = (asked.entity == Entity::Person).then(|| key.to_owned());
        let benefit = match asked.variable {
            Variable::Fact(fact) => {
                let reference = FactRef {
                    entity: fact.entity,
                    member,
                    fact: fact.name.clone(),
                };
                let known = self.situation(home, asked.on)?.get(&reference);
                return Ok(known.map_or(Json::Null, |it| plain(&it)));
            }
            Variable::Amount(benefit) | Variable::Eligible(benefit) => benefit,
        };
        let Some(on) = asked.on else {
            return Ok(Json::Null);
        };
        let found = self.findings(home, on, benefit)?;
        let Some(finding) = found.iter().find(|it| it.member == member) else {
            return Ok(Json::Null);
        };
        let amount = finding.amount.as_ref().and_then(|it| it.value);
        Ok(match (asked.variable, finding.outcome) {
            (_, Outcome::Unknown) => Json::Null,
            (Variable::Eligible(_), outcome) => json!(outcome == Outcome::Eligible),
            (_, Outcome::NotEligible) => json!(0),
            (_, Outcome::Eligible) => amount.map_or(Json::Null, |won| json!(won)),
        })
    }

    /// The value for every person or household, in the order of the request.
    fn values(&mut self, asked: &Asked<'a>) -> Result<Json, Refusal> {
        let keys = self.simulation.keys(asked.entity);
        let values = keys.iter().map(|key| self.value(asked, key));
        values.collect::<Result<Vec<_>, _>>().map(Json::Array)
    }
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::Integer(value) => json!(value),
        Value::Date(value) => json!(value.to_string()),
        Value::Text(value) => json!(value),
    }
}

/// `POST /calculate`: the request with every null filled in.
///
/// # Errors
/// In OpenFisca's shape.
pub fn calculate(book: &RuleBook, body: &Json) -> Result<Json, Refusal> {
    let (simulation, asked) = read(book, body)?;
    let mut desk = Desk::new(book, &simulation);
    let mut answer = body.clone();
    for it in &asked {
        let value = desk.value(it, &it.key)?;
        answer[plural(it.entity)][&it.key][&it.name][&it.period] = value;
    }
    Ok(answer)
}

/// `POST /trace`: what was computed, from which variables and parameters.
///
/// # Errors
/// In OpenFisca's shape.
pub fn trace(book: &RuleBook, body: &Json) -> Result<Json, Refusal> {
    let (simulation, asked) = read(book, body)?;
    let mut desk = Desk::new(book, &simulation);
    let mut entries = Map::new();
    let mut requested = BTreeSet::new();
    for it in &asked {
        let label = format!("{}<{}>", it.name, it.period);
        if !requested.insert(label.clone()) {
            continue;
        }
        let used = match it.variable {
            Variable::Fact(_) => BTreeSet::new(),
            Variable::Amount(benefit) | Variable::Eligible(benefit) => {
                facts_used(&mut desk, it, benefit)?
            }
        };
        let mut dependencies = Vec::new();
        for (entity, name) in &used {
            let Some(variable) = Variable::find(book, *entity, name) else {
                continue;
            };
            let dependency = Asked {
                entity: *entity,
                name: name.clone(),
                variable,
                ..it.clone()
            };
            let label = format!("{name}<{}>", it.period);
            let value = desk.values(&dependency)?;
            entries
                .entry(label.clone())
                .or_insert_with(|| json!({"dependencies": [], "parameters": {}, "value": value}));
            dependencies.push(label);
        }
        let parameters = match (it.variable, it.on) {
            (Variable::Amount(benefit) | Variable::Eligible(benefit), Some(on)) => {
                parameters_on(benefit, on)
            }
            _ => Map::new(),
        };
        let value = desk.values(it)?;
        let entry = json!({"dependencies": dependencies, "parameters": parameters, "value": value});
        entries.insert(label, entry);
    }
    Ok(json!({
        "requestedCalculations": requested,
        "entitiesDescription": {
            "persons": simulation.keys(Entity::Person),
            "households": simulation.keys(Entity::Household),
        },
        "trace": entries,
    }))
}

/// Which facts a benefit was concluded from, over all homes.
fn facts_used<'a>(
    desk: &mut Desk<'a>,
    asked: &Asked<'a>,
    benefit: &'a Benefit,
) -> Result<BTreeSet<(Entity, String)>, Refusal> {
    let mut used = BTreeSet::new();
    let Some(on) = asked.on else {
        return Ok(used);
    };
    for home in 0..desk.simulation.homes() {
        for finding in desk.findings(home, on, benefit)? {
            collect(&finding.reasons, &mut used);
            let open = finding.missing.iter().chain(&finding.needs);
            used.extend(open.map(|it| (it.entity, it.fact.clone())));
        }
    }
    Ok(used)
}

fn collect(reasons: &[Reason], used: &mut BTreeSet<(Entity, String)>) {
    for reason in reasons {
        used.extend(reason.facts.iter().map(|it| (it.entity, it.fact.clone())));
        collect(&reason.children, used);
    }
}

fn parameters_on(benefit: &Benefit, on: Date) -> Map<String, Json> {
    let values = benefit.parameters.iter().filter_map(|parameter| {
        let value = match &parameter.on(on)?.value {
            ParameterValue::Single(value) => json!(value),
            ParameterValue::Table(values) => json!(values),
        };
        let id = parameter_id(&parameter.file, &parameter.name);
        Some((format!("{id}<{on}>"), value))
    });
    values.collect()
}

/// A parameter's id: the file that declares it, without folder and ending, and its name there.
pub fn parameter_id(file: &str, name: &str) -> String {
    let stem = file.rsplit('/').next().unwrap_or(file);
    let stem = stem.split('.').next().unwrap_or(stem).replace('-', "_");
    format!("{stem}.{name}")
}
