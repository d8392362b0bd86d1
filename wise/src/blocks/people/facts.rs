//! What the register tells: opaque ids and the household's revision, never a name or a value.

use base::ids::{BirthId, HouseholdId};
use serde::{Deserialize, Serialize};
use spine::FactKind;

macro_rules! household_fact {
    ($(#[$doc:meta])* $name:ident = $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            pub household: HouseholdId,
            pub revision: i64,
        }

        impl FactKind for $name {
            const KIND: &'static str = $kind;
            fn sample() -> Self {
                Self {
                    household: HouseholdId::sample(1),
                    revision: 3,
                }
            }
        }
    };
}

macro_rules! birth_fact {
    ($(#[$doc:meta])* $name:ident = $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            pub birth: BirthId,
            pub household: HouseholdId,
            pub revision: i64,
        }

        impl FactKind for $name {
            const KIND: &'static str = $kind;
            fn sample() -> Self {
                Self {
                    birth: BirthId::sample(2),
                    household: HouseholdId::sample(1),
                    revision: 3,
                }
            }
        }
    };
}

birth_fact! {
    /// A hospital reported a birth (가족관계등록법 제44조의3).
    BirthNoticed = "people.birth_noticed.v1"
}
birth_fact! {
    /// A resident told of a birth that no office has confirmed yet.
    BirthTold = "people.birth_told.v1"
}
birth_fact! {
    /// An official entered the birth in the register.
    BirthRegistered = "people.birth_registered.v1"
}
household_fact! {
    /// A household came under this register: from elsewhere, or newly formed.
    HouseholdRegistered = "people.household_registered.v1"
}
household_fact! {
    /// A household lives at another address.
    HouseholdMoved = "people.household_moved.v1"
}
household_fact! {
    /// Somebody joined or left a household.
    MembersChanged = "people.members_changed.v1"
}
household_fact! {
    /// Something that is known about a household or its members changed.
    CircumstancesChanged = "people.circumstances_changed.v1"
}
household_fact! {
    /// Somebody died.
    DeathRegistered = "people.death_registered.v1"
}

/// A person's data were destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonErased {
    /// The article of law, or the decision.
    pub basis: String,
}

impl FactKind for PersonErased {
    const KIND: &'static str = "people.person_erased.v1";
    fn sample() -> Self {
        Self {
            basis: "개인정보 보호법 제21조".into(),
        }
    }
}
