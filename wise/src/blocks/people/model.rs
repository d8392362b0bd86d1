use crate::blocks::seals;
use std::fmt;

use base::ids::{BirthId, HouseholdId, PersonId};
use jiff::Timestamp;
use jiff::civil::Date;

/// What a caller of the register may have done wrong, or what failed beneath it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Spine(#[from] spine::Error),
    #[error(transparent)]
    Seal(#[from] seals::Error),
    /// The register law keeps whoever still belongs to a household.
    #[error("the person still belongs to a household")]
    StillMember,
    /// There is no such record, or none that this caller may know of.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// An input is wrong; `field` names it and `key` the message that tells people so.
    #[error("{field}: {key}")]
    Invalid {
        field: &'static str,
        key: &'static str,
    },
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$inner])* $variant),+ }

        impl $name {
            /// The word that stands in the store and in rules.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    other => Err(format!(
                        "{other:?} is not one of {}",
                        [$($word),+].join(", ")
                    )),
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// 세대주와의 관계
    Role {
        Head = "head",
        Spouse = "spouse",
        Child = "child",
        Parent = "parent",
        Grandchild = "grandchild",
        Other = "other",
    }
}

words! {
    Sex { Male = "male", Female = "female" }
}

words! {
    /// How far a birth has come.
    BirthState {
        Told = "told",
        Noticed = "noticed",
        Registered = "registered",
    }
}

/// A resident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    /// Empty until a newborn is named.
    pub name: String,
    pub born: Date,
    pub sex: Sex,
    pub died: Option<Date>,
}

/// A newborn's name as an official enters it; otherwise the key of what is wrong with it.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    const MOST_LETTERS: usize = 50;
    match name.trim().chars().count() {
        0 => Err("people-birth-name-missing"),
        1..=MOST_LETTERS => Ok(()),
        _ => Err("people-birth-name-long"),
    }
}

/// Where a datum comes from and why it may be here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Code of the agency that holds it; `resident` for what the person told.
    pub agency: String,
    /// The article of law, or the consent.
    pub basis: String,
    /// The person gave it directly.
    pub told: bool,
    /// When the holder last confirmed it.
    pub checked_at: Timestamp,
}

/// One dated circumstance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datum {
    /// A name of the vocabulary.
    pub fact: String,
    /// `None`: known to be unknown.
    pub value: Option<String>,
    pub since: Date,
    pub until: Option<Date>,
    pub known_at: Timestamp,
    pub source: Source,
}

/// A circumstance to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDatum {
    pub fact: String,
    pub value: Option<String>,
    pub since: Date,
    pub until: Option<Date>,
    pub source: Source,
}

/// Whose circumstance it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Person(PersonId),
    Household(HouseholdId),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => id.fmt(f),
            Self::Household(id) => id.fmt(f),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    pub municipality: String,
    /// Code of the 행정동, which is also the code of its community centre.
    pub dong: String,
    pub line: String,
    /// Degrees north, WGS 84.
    pub latitude: f64,
    /// Degrees east, WGS 84.
    pub longitude: f64,
    pub since: Date,
}

/// An address to enter; the day it begins is given beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAddress {
    pub municipality: String,
    pub dong: String,
    pub line: String,
    pub latitude: f64,
    pub longitude: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MemberView {
    pub person: Person,
    pub role: Role,
    pub since: Date,
    pub facts: Vec<Datum>,
}

/// A household as it was on a day, as far as it was known at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct HouseholdView {
    pub id: HouseholdId,
    pub revision: i64,
    pub address: Option<Address>,
    pub members: Vec<MemberView>,
    pub facts: Vec<Datum>,
}

impl HouseholdView {
    pub fn member(&self, person: PersonId) -> Option<&MemberView> {
        self.members.iter().find(|it| it.person.id == person)
    }

    /// Whether a member reads and corrects what is known of another: of themselves, and as head or
    /// spouse of the children who are minors on that day (민법 제4조: 19세로 성년). What adults told stays
    /// theirs.
    pub fn answers_for(&self, person: PersonId, other: PersonId, on: Date) -> bool {
        const ADULT_YEARS: i64 = 19;
        let (Some(own), Some(member)) = (self.member(person), self.member(other)) else {
            return false;
        };
        let age = rules::dates::years_between(member.person.born, on);
        let child = matches!(member.role, Role::Child | Role::Grandchild) && age < ADULT_YEARS;
        person == other || (own.answers_for_household() && child)
    }

    /// Who answers for the household: the head, else whoever comes first.
    pub fn head(&self) -> Option<&MemberView> {
        self.members
            .iter()
            .find(|it| it.role == Role::Head)
            .or(self.members.first())
    }
}

impl MemberView {
    /// Adults of the household may see and answer what concerns all of it.
    pub fn answers_for_household(&self) -> bool {
        matches!(self.role, Role::Head | Role::Spouse)
    }

    pub fn datum(&self, fact: &str) -> Option<&Datum> {
        self.facts.iter().find(|it| it.fact == fact)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Birth {
    pub id: BirthId,
    pub mother: PersonId,
    pub child: PersonId,
    pub household: HouseholdId,
    pub dong: String,
    pub state: BirthState,
    pub hospital: Option<String>,
    pub reported_at: Timestamp,
    pub registered_at: Option<Timestamp>,
}

/// A line of a search result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonMatch {
    pub person: Person,
    pub household: HouseholdId,
    pub dong: String,
    pub address: String,
}
/// How many live in a cell of a grid over latitude and longitude: a sum, in which few may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeCell {
    /// Code of the district.
    pub dong: String,
    /// The cell's middle, in cells from the equator and from Greenwich.
    pub north: i64,
    pub east: i64,
    pub persons: i64,
}
