//! What a plan consists of: households, people, dated facts, places to live.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Names a person within one plan and all days played on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PersonKey(pub u32);

/// Names a household within one plan and all days played on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HouseholdKey(pub u32);

impl fmt::Display for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{:06}", self.0)
    }
}

impl fmt::Display for HouseholdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "h{:06}", self.0)
    }
}

/// Sex as the resident register records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Male,
    Female,
}

impl Sex {
    /// The value of the vocabulary's enum `person.sex`.
    pub fn value(self) -> &'static str {
        match self {
            Sex::Male => "male",
            Sex::Female => "female",
        }
    }

    pub(super) fn index(self) -> usize {
        match self {
            Sex::Male => 0,
            Sex::Female => 1,
        }
    }
}

/// Relation to the head of the household (세대주와의 관계).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Head,
    Spouse,
    Child,
    Parent,
    Grandchild,
    Other,
}

impl Role {
    /// The value of the vocabulary's enum `person.role`.
    pub fn value(self) -> &'static str {
        match self {
            Role::Head => "head",
            Role::Spouse => "spouse",
            Role::Child => "child",
            Role::Parent => "parent",
            Role::Grandchild => "grandchild",
            Role::Other => "other",
        }
    }
}

/// Whether a person is a Korean national.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nationality {
    #[default]
    Korean,
    Foreign,
}

impl Nationality {
    /// The value of the vocabulary's enum `person.nationality`.
    pub fn value(self) -> &'static str {
        match self {
            Nationality::Korean => "korean",
            Nationality::Foreign => "foreign",
        }
    }
}

/// A dated value of a fact of the vocabulary. A fact that nobody holds has no entry: it is unknown.
///
/// `value` is written as the vocabulary's type reads it: `true`/`false`, a decimal integer (won,
/// days, years, a number), `YYYY-MM-DD`, an enum's value, or free text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactPlan {
    /// Name without its entity: `employment`, `income_recognised`.
    pub name: Cow<'static, str>,
    /// The value as text.
    pub value: String,
    /// First day on which it is true.
    pub valid_from: Date,
}

impl FactPlan {
    pub(super) fn new(name: &'static str, value: impl ToString, valid_from: Date) -> Self {
        Self {
            name: Cow::Borrowed(name),
            value: value.to_string(),
            valid_from,
        }
    }
}

/// Where a household lives, or has lived, and since when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddressPlan {
    /// Code of `dongs.csv`.
    pub dong: String,
    /// Road-name address.
    pub text: String,
    /// Degrees north, WGS 84, of an invented place.
    pub lat: f64,
    /// Degrees east, WGS 84.
    pub lon: f64,
    /// Day of the move.
    pub since: Date,
}

/// A resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPlan {
    pub key: PersonKey,
    /// Full name in Hangul, surname first.
    pub name: String,
    /// Name in Latin letters where the plan knows one.
    pub name_latin: Option<String>,
    pub sex: Sex,
    pub born: Date,
    pub role: Role,
    pub nationality: Nationality,
    /// Language the person reads best, ISO 639-1.
    pub language: Cow<'static, str>,
    /// Facts of entity `person`, beside those that are fields here.
    pub facts: Vec<FactPlan>,
}

/// A household: the people who are registered at one address together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HouseholdPlan {
    pub key: HouseholdKey,
    pub address: AddressPlan,
    /// Earlier addresses in this city, oldest first; `since` of the next one ends each.
    pub earlier_addresses: Vec<AddressPlan>,
    /// Members, the head first.
    pub members: Vec<PersonPlan>,
    /// Facts of entity `household`.
    pub facts: Vec<FactPlan>,
}

impl HouseholdPlan {
    /// The head of the household (세대주).
    pub fn head(&self) -> &PersonPlan {
        self.members
            .iter()
            .find(|m| m.role == Role::Head)
            .unwrap_or(&self.members[0])
    }

    /// The last value of a household fact, as text.
    pub fn fact(&self, name: &str) -> Option<&str> {
        fact(&self.facts, name)
    }
}

impl PersonPlan {
    /// The last value of a fact of this person, as text.
    pub fn fact(&self, name: &str) -> Option<&str> {
        fact(&self.facts, name)
    }
}

fn fact<'f>(facts: &'f [FactPlan], name: &str) -> Option<&'f str> {
    facts
        .iter()
        .rev()
        .find(|f| f.name == name)
        .map(|f| f.value.as_str())
}

/// A household that can be chosen on the demo's first page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaPlan {
    /// Id of the person in `personas.yaml`.
    pub id: String,
    pub person: PersonKey,
    pub household: HouseholdKey,
    /// One line on why to choose this person, Korean and English.
    pub why: (String, String),
}

/// Completed years on a day (민법 제158조).
pub(super) fn age_on(born: Date, on: Date) -> i32 {
    let years = i32::from(on.year()) - i32::from(born.year());
    if (on.month(), on.day()) < (born.month(), born.day()) {
        years - 1
    } else {
        years
    }
}
