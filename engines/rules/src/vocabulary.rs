//! The facts that a rule may speak of: types, units, labels. Names become slots here, once.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use base::Localized;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Position, Problems, suggestion};
use crate::reader::{Fields, check_name, entries, labels, text};
use crate::yaml::Node;

/// Whom a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    Person,
    Household,
}

impl Entity {
    /// The word used in expressions and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Household => "household",
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an integer counts. Sums and comparisons need the same unit on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Won,
    WonPerMonth,
    WonPerYear,
    Years,
    Months,
    Weeks,
    Days,
    People,
    Percent,
    Number,
}

impl Unit {
    /// Every unit, in the order of the format's documentation.
    pub const ALL: [Self; 10] = [
        Self::Won,
        Self::WonPerMonth,
        Self::WonPerYear,
        Self::Years,
        Self::Months,
        Self::Weeks,
        Self::Days,
        Self::People,
        Self::Percent,
        Self::Number,
    ];

    /// The word used in the files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Won => "won",
            Self::WonPerMonth => "won_per_month",
            Self::WonPerYear => "won_per_year",
            Self::Years => "years",
            Self::Months => "months",
            Self::Weeks => "weeks",
            Self::Days => "days",
            Self::People => "people",
            Self::Percent => "percent",
            Self::Number => "number",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// Won, by the month or the year or at once.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Won | Self::WonPerMonth | Self::WonPerYear)
    }

    /// The least and the greatest value that a fact of this unit may take. Income and property may be negative
    /// (losses, debts); everything that is counted begins at 0.
    pub fn bounds(self) -> (i64, i64) {
        const MONEY: i64 = 1_000_000_000_000_000;
        match self {
            Self::Won | Self::WonPerMonth | Self::WonPerYear => (-MONEY, MONEY),
            Self::Years => (0, 200),
            Self::Months => (0, 2_400),
            Self::Weeks => (0, 10_500),
            Self::Days => (0, 73_100),
            Self::People => (0, 1_000),
            Self::Percent => (0, 10_000),
            Self::Number => (0, 1_000_000_000),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The number of a set of enum values in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EnumId(pub u16);

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactType {
    Bool,
    Date,
    Text,
    Enum(EnumId),
    Integer(Unit),
}

/// One value of an enum: the code that data and rules use, and what people read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumValue {
    pub code: String,
    pub label: Localized,
}

/// A fact that may be known about a person or a household.
#[derive(Clone, Debug)]
pub struct Fact {
    pub entity: Entity,
    pub name: String,
    pub fact_type: FactType,
    pub label: Localized,
    /// The code of the agency whose register holds it; `resident` when nobody does.
    pub held_by: Option<String>,
}

/// The dates between which dated facts must lie.
pub(crate) const FIRST_DATE: jiff::civil::Date = jiff::civil::Date::constant(1850, 1, 1);
pub(crate) const LAST_DATE: jiff::civil::Date = jiff::civil::Date::constant(2200, 12, 31);

/// Names that the language itself gives to a household.
const BUILT_IN: [&str; 2] = ["members", "size"];

/// All declared facts; a fact's index within its entity is its slot.
#[derive(Debug, Default)]
pub struct Vocabulary {
    person: Vec<Fact>,
    household: Vec<Fact>,
    /// By name: of persons, of households.
    slots: [HashMap<String, usize>; 2],
    enums: Vec<Vec<EnumValue>>,
}

impl Vocabulary {
    /// The facts about an entity in the order of their declaration.
    pub fn facts(&self, entity: Entity) -> &[Fact] {
        match entity {
            Entity::Person => &self.person,
            Entity::Household => &self.household,
        }
    }

    /// The fact of this name.
    pub fn fact(&self, entity: Entity, name: &str) -> Option<&Fact> {
        self.slot(entity, name)
            .map(|slot| &self.facts(entity)[slot])
    }

    /// The values of an enum.
    pub fn enum_values(&self, id: EnumId) -> &[EnumValue] {
        &self.enums[usize::from(id.0)]
    }

    pub(crate) fn slot(&self, entity: Entity, name: &str) -> Option<usize> {
        self.slots[entity as usize].get(name).copied()
    }

    pub(crate) fn names(&self, entity: Entity) -> Vec<&str> {
        self.facts(entity)
            .iter()
            .map(|fact| fact.name.as_str())
            .collect()
    }

    /// Reads `vocabulary.yaml`.
    pub(crate) fn read(root: &Node, problems: &mut Problems) -> Arc<Self> {
        let mut vocabulary = Self::default();
        let top = Fields::read(root, &["entities"], problems);
        let declared = top
            .and_then(|top| top.require("entities", problems))
            .and_then(|node| Fields::read(node, &["person", "household"], problems));
        if let Some(declared) = declared {
            for entity in [Entity::Person, Entity::Household] {
                let Some(node) = declared.get(entity.name()) else {
                    continue;
                };
                for entry in entries(node, problems).unwrap_or_default() {
                    vocabulary.declare(entity, &entry.key, entry.at, &entry.value, problems);
                }
            }
        }
        Arc::new(vocabulary)
    }

    fn declare(
        &mut self,
        entity: Entity,
        name: &str,
        at: Position,
        node: &Node,
        problems: &mut Problems,
    ) {
        check_name(name, at, problems);
        if entity == Entity::Household && BUILT_IN.contains(&name) {
            problems.at(
                at,
                format!("`household.{name}` is built in"),
                "Choose another name.",
            );
            return;
        }
        let allowed = ["type", "values", "ko", "en", "held_by", "note"];
        let Some(fields) = Fields::read(node, &allowed, problems) else {
            return;
        };
        let label = labels(&fields, problems);
        let held_by = fields.optional_text("held_by", problems);
        let Some(fact_type) = self.read_type(&fields, problems) else {
            return;
        };
        let facts = match entity {
            Entity::Person => &mut self.person,
            Entity::Household => &mut self.household,
        };
        self.slots[entity as usize].insert(name.to_owned(), facts.len());
        facts.push(Fact {
            entity,
            name: name.to_owned(),
            fact_type,
            label,
            held_by,
        });
    }

    fn read_type(&mut self, fields: &Fields<'_>, problems: &mut Problems) -> Option<FactType> {
        let node = fields.require("type", problems)?;
        let name = text(node, problems)?;
        let values = fields.get("values");
        if let (Some(values), true) = (values, name != "enum") {
            problems.at(
                values.at,
                format!("type `{name}` has no values"),
                "Remove `values`, or make the type `enum`.",
            );
        }
        match name.as_str() {
            "bool" => Some(FactType::Bool),
            "date" => Some(FactType::Date),
            "text" => Some(FactType::Text),
            "enum" => {
                let values = fields.require("values", problems)?;
                Some(FactType::Enum(self.read_values(values, problems)?))
            }
            other => {
                let unit = Unit::parse(other);
                if unit.is_none() {
                    let types = ["bool", "date", "text", "enum"].into_iter();
                    let known = types.chain(Unit::ALL.into_iter().map(Unit::name));
                    problems.at(
                        node.at,
                        format!("unknown type `{other}`"),
                        suggestion(other, known),
                    );
                }
                unit.map(FactType::Integer)
            }
        }
    }

    /// Enums with the same codes share an id, so that their facts can be compared.
    fn read_values(&mut self, node: &Node, problems: &mut Problems) -> Option<EnumId> {
        let mut values = Vec::new();
        for entry in entries(node, problems)? {
            check_name(&entry.key, entry.at, problems);
            values.push(EnumValue {
                code: entry.key.clone(),
                label: crate::reader::localized(&entry.value, problems),
            });
        }
        if values.is_empty() || values.len() > 64 {
            problems.at(
                node.at,
                format!("an enum of {} values", values.len()),
                "Declare 1 to 64 values.",
            );
            return None;
        }
        let known = self.enums.iter().position(|other| *other == values);
        let index = known.unwrap_or_else(|| {
            self.enums.push(values);
            self.enums.len() - 1
        });
        u16::try_from(index).ok().map(EnumId)
    }
}
