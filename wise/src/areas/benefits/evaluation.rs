//! A situation as somebody else tells it, checked against the vocabulary, and the benefits that are
//! asked about. Pure: what is told here is evaluated and forgotten.

use jiff::civil::Date;
use rules::{
    Benefit, Entity, Fact, FactType, Finding, MAX_MEMBERS, Reason, RuleBook, Situation, Unit,
    Value, nearest,
};
use serde_json::{Map, Value as Json};

/// What is wrong with one place of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer (RFC 6901): `/members/baby/born`.
    pub path: String,
    pub what: Wrong,
}

/// In which way it is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing of this name is known; `nearest` is what was probably meant.
    Unknown {
        what: Named,
        name: String,
        nearest: Option<String>,
    },
    /// A value that the fact's type does not allow.
    Value(Expected),
    /// A member who is not an object of facts.
    NotFacts,
    /// A member's key must be 1 to 100 characters.
    Key,
    TooManyMembers,
    /// Members, benefits or what is not known of them are more than one request may ask.
    TooMuch,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Fact(Entity),
    Benefit,
    Event,
}

/// What stands where a wrong value stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    Bool,
    Date,
    Text,
    /// One of these codes.
    Code(Vec<String>),
    /// A whole number between the unit's bounds, both included.
    Integer(Unit),
}

/// No more faults than this are told at once.
const MAX_FAULTS: usize = 50;
/// The longest key of a member, in characters.
const MAX_KEY: usize = 100;
/// The longest text of a fact, in characters.
const MAX_TEXT: usize = 200;
/// Benefits × members² of one request: a rule about a member may look at every other one. A thousand
/// members may ask about one benefit, a hundred about a hundred, a family about all.
pub const MAX_WORK: usize = 1_000_000;
/// Facts that an answer may name, in reasons and among what is missing.
const MAX_NAMED: usize = 100_000;

/// A step of a JSON pointer: `~` and `/` are escaped.
pub fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Reads a household and its members. A fact that is absent or null is unknown.
///
/// # Errors
/// Everything that is wrong, up to [`MAX_FAULTS`] places.
pub fn read_situation(
    book: &RuleBook,
    household: &Map<String, Json>,
    members: &Map<String, Json>,
) -> Result<Situation, Vec<Fault>> {
    if members.len() > MAX_MEMBERS {
        return Err(vec![fault("/members".into(), Wrong::TooManyMembers)]);
    }
    let mut situation = book.situation();
    let mut faults = Vec::new();
    for (name, value) in household {
        let path = format!("/household/{}", step(name));
        match read_fact(book, Entity::Household, name, value) {
            Ok(Some(value)) => {
                if situation.set_household(name, value).is_err() {
                    faults.push(refused(book, Entity::Household, name, path));
                }
            }
            Ok(None) => {}
            Err(what) => faults.push(fault(path, what)),
        }
    }
    for (key, facts) in members {
        let path = format!("/members/{}", step(key));
        if key.is_empty() || key.chars().count() > MAX_KEY {
            faults.push(fault(path, Wrong::Key));
            continue;
        }
        situation.add_member(key);
        match facts {
            Json::Object(facts) => read_member(book, &mut situation, key, facts, &mut faults),
            Json::Null => {}
            _ => faults.push(fault(path, Wrong::NotFacts)),
        }
        if faults.len() >= MAX_FAULTS {
            break;
        }
    }
    faults.truncate(MAX_FAULTS);
    if faults.is_empty() {
        Ok(situation)
    } else {
        Err(faults)
    }
}

fn read_member(
    book: &RuleBook,
    situation: &mut Situation,
    key: &str,
    facts: &Map<String, Json>,
    faults: &mut Vec<Fault>,
) {
    for (name, value) in facts {
        let path = format!("/members/{}/{}", step(key), step(name));
        match read_fact(book, Entity::Person, name, value) {
            Ok(Some(value)) => {
                if situation.set_member(key, name, value).is_err() {
                    faults.push(refused(book, Entity::Person, name, path));
                }
            }
            Ok(None) => {}
            Err(what) => faults.push(fault(path, what)),
        }
    }
}

fn fault(path: String, what: Wrong) -> Fault {
    Fault { path, what }
}

fn refused(book: &RuleBook, entity: Entity, name: &str, path: String) -> Fault {
    let what = match book.vocabulary().fact(entity, name) {
        Some(fact) => Wrong::Value(expected(book, fact)),
        None => unknown_fact(book, entity, name),
    };
    fault(path, what)
}

fn unknown_fact(book: &RuleBook, entity: Entity, name: &str) -> Wrong {
    let known = book.vocabulary().facts(entity).iter();
    unknown(Named::Fact(entity), name, known.map(|it| it.name.as_str()))
}

fn unknown<'a>(what: Named, name: &str, known: impl Iterator<Item = &'a str>) -> Wrong {
    // What somebody sent is repeated, but not at any length.
    let name: String = name.chars().take(MAX_KEY).collect();
    Wrong::Unknown {
        what,
        nearest: nearest(&name, known).map(str::to_owned),
        name,
    }
}

/// What a fact's value may be.
pub fn expected(book: &RuleBook, fact: &Fact) -> Expected {
    match fact.fact_type {
        FactType::Bool => Expected::Bool,
        FactType::Date => Expected::Date,
        FactType::Text => Expected::Text,
        FactType::Integer(unit) => Expected::Integer(unit),
        FactType::Enum(id) => {
            let values = book.vocabulary().enum_values(id).iter();
            Expected::Code(values.map(|it| it.code.clone()).collect())
        }
    }
}

/// One fact's value; `None` when it is null. JSON's own types are asked for: no number in quotation
/// marks, no fraction, no 1 for true.
///
/// # Errors
/// An unknown name, or a value that its type does not allow.
pub fn read_fact(
    book: &RuleBook,
    entity: Entity,
    name: &str,
    value: &Json,
) -> Result<Option<Value>, Wrong> {
    let Some(fact) = book.vocabulary().fact(entity, name) else {
        return Err(unknown_fact(book, entity, name));
    };
    let read = match (fact.fact_type, value) {
        (_, Json::Null) => return Ok(None),
        (FactType::Bool, Json::Bool(value)) => Some(Value::Bool(*value)),
        (FactType::Integer(unit), Json::Number(number)) => {
            let (least, greatest) = unit.bounds();
            let whole = number.as_i64();
            whole
                .filter(|it| (least..=greatest).contains(it))
                .map(Value::Integer)
        }
        (FactType::Text, Json::String(text)) => {
            let fits = !text.trim().is_empty() && text.chars().count() <= MAX_TEXT;
            fits.then(|| Value::Text(text.trim().to_owned()))
        }
        (FactType::Date | FactType::Enum(_), Json::String(text)) => {
            book.parse_value(entity, name, text).ok()
        }
        _ => None,
    };
    match read {
        Some(value) => Ok(Some(value)),
        None => Err(Wrong::Value(expected(book, fact))),
    }
}

/// Which benefits are asked about; nothing given asks about all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Ids; empty: all.
    pub benefits: Vec<String>,
    /// Only those that this life event can open.
    pub event: Option<String>,
    /// Only those of the whole country or of this municipality.
    pub territory: Option<String>,
}

impl Selection {
    /// The benefits chosen, in the order of the rules.
    ///
    /// # Errors
    /// Names that no rule knows.
    pub fn pick<'a>(&self, book: &'a RuleBook) -> Result<Vec<&'a Benefit>, Vec<Fault>> {
        let mut faults = Vec::new();
        for (index, id) in self.benefits.iter().enumerate() {
            if book.benefit(id).is_none() {
                let known = book.benefits().map(|it| it.id.as_str());
                let what = unknown(Named::Benefit, id, known);
                faults.push(fault(format!("/benefits/{index}"), what));
            }
        }
        if let Some(event) = &self.event {
            let known = || book.benefits().flat_map(|it| &it.events);
            if !known().any(|it| it == event) {
                let what = unknown(Named::Event, event, known().map(String::as_str));
                faults.push(fault("/event".into(), what));
            }
        }
        faults.truncate(MAX_FAULTS);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(book.benefits().filter(|it| self.takes(it)).collect())
    }

    fn takes(&self, benefit: &Benefit) -> bool {
        let named = self.benefits.is_empty() || self.benefits.contains(&benefit.id);
        let event = self.event.as_ref();
        let opens = event.is_none_or(|it| benefit.events.contains(it));
        let place = self.territory.as_ref();
        let here =
            place.is_none_or(|it| benefit.territory.is_empty() || benefit.territory.contains(it));
        named && opens && here
    }
}

/// What each chosen benefit says of a situation.
///
/// # Errors
/// When it is more work than [`MAX_WORK`], or names more facts than [`MAX_NAMED`].
pub fn evaluate<'a>(
    book: &'a RuleBook,
    benefits: Vec<&'a Benefit>,
    situation: &Situation,
    on: Date,
) -> Result<Vec<(&'a Benefit, Vec<Finding>)>, Vec<Fault>> {
    let too_much = || vec![fault("/members".into(), Wrong::TooMuch)];
    if benefits.len() * situation.member_count().pow(2) > MAX_WORK {
        return Err(too_much());
    }
    let mut found = Vec::new();
    let mut named = 0;
    for benefit in benefits {
        let findings = book.evaluate(benefit, situation, on);
        named += findings.iter().map(facts_named).sum::<usize>();
        if named > MAX_NAMED {
            return Err(too_much());
        }
        found.push((benefit, findings));
    }
    Ok(found)
}

fn facts_named(finding: &Finding) -> usize {
    fn of(reasons: &[Reason]) -> usize {
        let each = reasons.iter().map(|it| it.facts.len() + of(&it.children));
        each.sum()
    }
    finding.missing.len() + finding.needs.len() + of(&finding.reasons)
}

#[cfg(test)]
mod tests;
