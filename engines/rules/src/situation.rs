//! What is known about one household. What was not set is unknown.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::dates;
use crate::diagnostic::suggestion;
use crate::expression::{DefinitionId, FactSlot, Subject};
use crate::vocabulary::{Entity, FIRST_DATE, Fact, FactType, LAST_DATE, Unit, Vocabulary};

/// A fact's value as callers give it. Enum values are their codes, as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Bool(bool),
    Integer(i64),
    Date(Date),
    Text(String),
}

/// A fact of somebody in a situation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FactRef {
    pub entity: Entity,
    /// The member's key, for facts of persons.
    pub member: Option<String>,
    pub fact: String,
}

impl std::fmt::Display for FactRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.member {
            Some(member) => write!(f, "{member}.{}", self.fact),
            None => write!(f, "{}.{}", self.entity, self.fact),
        }
    }
}

/// Why a value was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    #[error("unknown fact `{entity}.{name}`. {hint}")]
    UnknownFact {
        entity: Entity,
        name: String,
        hint: String,
    },
    #[error("`{entity}.{name}`: {message}")]
    Refused {
        entity: Entity,
        name: String,
        message: String,
    },
    #[error("more than {MAX_MEMBERS} members: a home or a barracks is not one household")]
    TooManyMembers,
}

/// The most members a household may have.
pub const MAX_MEMBERS: usize = 1_000;

/// How it is told that nothing was said about who lives in a household.
pub(crate) const MEMBERS: &str = "members";

/// A value in its slot; enums by index.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stored {
    Bool(bool),
    Integer(i64),
    Date(Date),
    Enum(u16),
    Text(Arc<str>),
}

type Slots = Arc<[Option<Stored>]>;

#[derive(Clone, Debug)]
struct Member {
    key: Arc<str>,
    facts: Slots,
}

/// One household and its members. Cloning shares what is not changed afterwards.
#[derive(Clone, Debug)]
pub struct Situation {
    vocabulary: Arc<Vocabulary>,
    household: Slots,
    members: Vec<Member>,
}

impl Situation {
    pub(crate) fn new(vocabulary: Arc<Vocabulary>) -> Self {
        let household = empty(&vocabulary, Entity::Household);
        Self {
            vocabulary,
            household,
            members: Vec::new(),
        }
    }

    /// Sets a fact of the household.
    pub fn set_household(&mut self, name: &str, value: Value) -> Result<(), ValueError> {
        let (slot, stored) = store(&self.vocabulary, Entity::Household, name, value)?;
        Arc::make_mut(&mut self.household)[slot] = Some(stored);
        Ok(())
    }

    /// Sets a fact of a member, who joins the household (last) if not yet in it.
    pub fn set_member(&mut self, key: &str, name: &str, value: Value) -> Result<(), ValueError> {
        let (slot, stored) = store(&self.vocabulary, Entity::Person, name, value)?;
        let index = self.add_member(key).ok_or(ValueError::TooManyMembers)?;
        Arc::make_mut(&mut self.members[index].facts)[slot] = Some(stored);
        Ok(())
    }

    /// Adds a member of whom nothing is known yet; the index of that member, new or not.
    /// `None` when the household has [`MAX_MEMBERS`] already.
    pub fn add_member(&mut self, key: &str) -> Option<usize> {
        if let Some(index) = self.members.iter().position(|m| &*m.key == key) {
            return Some(index);
        }
        if self.members.len() == MAX_MEMBERS {
            return None;
        }
        self.members.push(Member {
            key: key.into(),
            facts: empty(&self.vocabulary, Entity::Person),
        });
        Some(self.members.len() - 1)
    }

    /// Makes a fact unknown again. Unknown names are no error: there is nothing to forget.
    pub fn forget(&mut self, fact: &FactRef) {
        let Some(slot) = self.vocabulary.slot(fact.entity, &fact.fact) else {
            return;
        };
        match &fact.member {
            None => Arc::make_mut(&mut self.household)[slot] = None,
            Some(key) => {
                if let Some(member) = self.members.iter_mut().find(|m| &*m.key == key.as_str()) {
                    Arc::make_mut(&mut member.facts)[slot] = None;
                }
            }
        }
    }

    /// The members' keys in order.
    pub fn member_keys(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| &*member.key)
    }

    /// The number of members.
    pub fn member_count(&self) -> usize {
        self.members.len()
    }

    /// The value of a fact, if known.
    pub fn get(&self, fact: &FactRef) -> Option<Value> {
        let slot = self.vocabulary.slot(fact.entity, &fact.fact)?;
        let slots = match &fact.member {
            None => &self.household,
            Some(key) => &self.members.iter().find(|m| &*m.key == key.as_str())?.facts,
        };
        let declared = &self.vocabulary.facts(fact.entity)[slot];
        slots[slot]
            .as_ref()
            .map(|stored| self.value(declared, stored))
    }

    /// Every known fact, household first, in the order of the vocabulary.
    pub fn known(&self) -> impl Iterator<Item = (FactRef, Value)> {
        let household = self.known_of(Entity::Household, None, &self.household);
        let members = self.members.iter().flat_map(|member| {
            self.known_of(Entity::Person, Some(member.key.to_string()), &member.facts)
        });
        household.chain(members)
    }

    fn known_of<'a>(
        &'a self,
        entity: Entity,
        member: Option<String>,
        slots: &'a Slots,
    ) -> impl Iterator<Item = (FactRef, Value)> + use<'a> {
        let declared = self.vocabulary.facts(entity).iter();
        declared
            .zip(slots.iter())
            .filter_map(move |(fact, stored)| {
                let value = self.value(fact, stored.as_ref()?);
                let reference = FactRef {
                    entity,
                    member: member.clone(),
                    fact: fact.name.clone(),
                };
                Some((reference, value))
            })
    }

    fn value(&self, fact: &Fact, stored: &Stored) -> Value {
        match (stored, fact.fact_type) {
            (Stored::Bool(value), _) => Value::Bool(*value),
            (Stored::Integer(value), _) => Value::Integer(*value),
            (Stored::Date(value), _) => Value::Date(*value),
            (Stored::Text(value), _) => Value::Text(value.to_string()),
            (Stored::Enum(index), FactType::Enum(id)) => Value::Text(
                self.vocabulary.enum_values(id)[usize::from(*index)]
                    .code
                    .clone(),
            ),
            (Stored::Enum(index), _) => Value::Integer(i64::from(*index)),
        }
    }

    /// The vocabulary this situation was built over.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    pub(crate) fn member_key(&self, index: usize) -> &str {
        &self.members[index].key
    }

    pub(crate) fn household_slot(&self, slot: usize) -> Option<&Stored> {
        self.household[slot].as_ref()
    }

    pub(crate) fn member_slot(&self, member: usize, slot: usize) -> Option<&Stored> {
        self.members.get(member)?.facts[slot].as_ref()
    }

    /// The value of a fact by its key, if known.
    pub(crate) fn stored(&self, key: FactKey) -> Option<&Stored> {
        let slot = usize::from(key.slot?);
        match key.member {
            Some(member) => self.member_slot(member.into(), slot),
            None => self.household_slot(slot),
        }
    }

    /// Sets or forgets a fact by its key; the value must be one of its type.
    pub(crate) fn put(&mut self, key: FactKey, value: Option<Stored>) {
        let Some(slot) = key.slot.map(usize::from) else {
            return;
        };
        let slots = match key.member {
            Some(member) => &mut self.members[usize::from(member)].facts,
            None => &mut self.household,
        };
        Arc::make_mut(slots)[slot] = value;
    }

    pub(crate) fn declared(&self, key: FactKey) -> Option<&Fact> {
        let slot = usize::from(key.slot?);
        self.vocabulary.facts(key.entity).get(slot)
    }

    /// The type of a fact by its key; who the members are is a text to nobody.
    pub(crate) fn fact_type(&self, key: FactKey) -> FactType {
        self.declared(key)
            .map_or(FactType::Text, |fact| fact.fact_type)
    }

    /// A value as callers know it.
    pub(crate) fn told(&self, key: FactKey, stored: &Stored) -> Option<Value> {
        self.declared(key).map(|fact| self.value(fact, stored))
    }

    /// The facts of a set by name, in the order of their addition.
    pub(crate) fn references(&self, set: &FactSet) -> Vec<FactRef> {
        let name = |key: &FactKey| match key.slot {
            Some(slot) => self.vocabulary.facts(key.entity)[usize::from(slot)]
                .name
                .clone(),
            None => MEMBERS.to_owned(),
        };
        set.keys
            .iter()
            .map(|key| FactRef {
                entity: key.entity,
                member: key
                    .member
                    .map(|index| self.member_key(index.into()).to_owned()),
                fact: name(key),
            })
            .collect()
    }
}

/// A set of more facts than this is searched by hashing.
const FEW: usize = 32;

/// Facts of a situation without their names; each once.
#[derive(Debug, Default)]
pub(crate) struct FactSet {
    keys: Vec<FactKey>,
    /// The keys again, once they are many.
    hashed: HashSet<FactKey>,
    entered: Vec<DefinitionId>,
}

/// A fact of a situation without its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FactKey {
    pub entity: Entity,
    pub member: Option<u16>,
    /// `None` stands for who the members are.
    pub slot: Option<u16>,
}

impl FactKey {
    /// The fact that a slot of a subject stands for, `member` being that subject.
    pub fn of(fact: FactSlot, member: Option<usize>) -> Self {
        let entity = match fact.subject {
            Subject::Household => Entity::Household,
            Subject::Person | Subject::Variable(_) => Entity::Person,
        };
        Self {
            entity,
            member: member.map(|index| index as u16),
            slot: Some(fact.slot),
        }
    }
}

impl FactSet {
    pub fn insert(&mut self, fact: FactSlot, member: Option<usize>) {
        self.add(FactKey::of(fact, member));
    }

    /// A fact of the household by its slot; `None` stands for who the members are.
    pub fn insert_household(&mut self, slot: Option<usize>) {
        self.add(FactKey {
            entity: Entity::Household,
            member: None,
            slot: slot.map(|slot| slot as u16),
        });
    }

    /// Whether a definition has not been entered before: entering each once keeps long chains linear.
    pub fn enter(&mut self, id: DefinitionId) -> bool {
        let new = !self.entered.contains(&id);
        if new {
            self.entered.push(id);
        }
        new
    }

    /// The facts in the order of their addition.
    pub fn keys(&self) -> &[FactKey] {
        &self.keys
    }

    pub fn add(&mut self, key: FactKey) {
        if self.keys.len() <= FEW {
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
            return;
        }
        if self.hashed.is_empty() {
            self.hashed = self.keys.iter().copied().collect();
        }
        if self.hashed.insert(key) {
            self.keys.push(key);
        }
    }
}

fn empty(vocabulary: &Vocabulary, entity: Entity) -> Slots {
    vec![None; vocabulary.facts(entity).len()].into()
}

fn find<'a>(
    vocabulary: &'a Vocabulary,
    entity: Entity,
    name: &str,
) -> Result<(usize, &'a Fact), ValueError> {
    match vocabulary.slot(entity, name) {
        Some(slot) => Ok((slot, &vocabulary.facts(entity)[slot])),
        None => Err(ValueError::UnknownFact {
            entity,
            name: name.to_owned(),
            hint: suggestion(name, vocabulary.names(entity).iter().copied()),
        }),
    }
}

fn store(
    vocabulary: &Vocabulary,
    entity: Entity,
    name: &str,
    value: Value,
) -> Result<(usize, Stored), ValueError> {
    let (slot, fact) = find(vocabulary, entity, name)?;
    let refused = |message: String| ValueError::Refused {
        entity,
        name: name.to_owned(),
        message,
    };
    let stored = match (fact.fact_type, value) {
        (FactType::Bool, Value::Bool(value)) => Stored::Bool(value),
        (FactType::Date, Value::Date(value)) => {
            if !(FIRST_DATE..=LAST_DATE).contains(&value) {
                return Err(refused(format!(
                    "{value} is not between {FIRST_DATE} and {LAST_DATE}"
                )));
            }
            Stored::Date(value)
        }
        (FactType::Integer(unit), Value::Integer(value)) => {
            let (least, greatest) = unit.bounds();
            if !(least..=greatest).contains(&value) {
                return Err(refused(format!(
                    "{value} is not between {least} and {greatest} {unit}"
                )));
            }
            Stored::Integer(value)
        }
        (FactType::Text, Value::Text(value)) => Stored::Text(value.into()),
        (FactType::Enum(id), Value::Text(code)) => {
            let values = vocabulary.enum_values(id);
            let Some(index) = values.iter().position(|value| value.code == code) else {
                let hint = suggestion(&code, values.iter().map(|value| value.code.as_str()));
                return Err(refused(format!("`{code}` is not a declared value. {hint}")));
            };
            Stored::Enum(index as u16)
        }
        (fact_type, value) => {
            return Err(refused(format!(
                "{} is expected, not {value:?}",
                expected(fact_type)
            )));
        }
    };
    Ok((slot, stored))
}

fn expected(fact_type: FactType) -> String {
    match fact_type {
        FactType::Bool => "true or false".to_owned(),
        FactType::Date => "a date".to_owned(),
        FactType::Text => "a text".to_owned(),
        FactType::Enum(_) => "the code of a declared value".to_owned(),
        FactType::Integer(Unit::Number) => "a whole number".to_owned(),
        FactType::Integer(unit) => format!("a whole number of {unit}"),
    }
}

/// Reads a value from text as the fact's type asks: `true`/`false`, YYYY-MM-DD, digits (`_` and `,` allowed
/// between them), the code of an enum value, or any text.
pub(crate) fn parse_value(
    vocabulary: &Vocabulary,
    entity: Entity,
    name: &str,
    text: &str,
) -> Result<Value, ValueError> {
    let (_, fact) = find(vocabulary, entity, name)?;
    let text = text.trim();
    let parsed = match fact.fact_type {
        FactType::Bool => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        FactType::Date => dates::parse(text).map(Value::Date),
        FactType::Integer(_) => {
            let digits: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
            digits.parse().ok().map(Value::Integer)
        }
        FactType::Text | FactType::Enum(_) => {
            (!text.is_empty()).then(|| Value::Text(text.to_owned()))
        }
    };
    let value = parsed.ok_or_else(|| ValueError::Refused {
        entity,
        name: name.to_owned(),
        message: format!("{} is expected, not `{text}`", expected(fact.fact_type)),
    })?;
    store(vocabulary, entity, name, value.clone())?;
    Ok(value)
}
