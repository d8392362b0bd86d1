//! Residents: persons, households, addresses and dated circumstances, each with its source; births
//! from the first notice to the registration; who looked at whose data.

mod actions;
pub mod facts;
mod http;
mod model;
pub mod pages;
mod store;

use db::Migration;

pub use actions::births::{
    BirthReport, Registration, birth, births_of, births_waiting, register_birth, register_births,
    report_birth,
};
pub use actions::consents::{may_consent, set_consent};
pub use actions::erase::{Erased, erase};
pub use actions::household::{
    NewHousehold, NewMember, add_member, address, form_household, head_of, household_of,
    households, move_household, move_member, record, register_death, register_household,
    remove_member, view,
};
pub use actions::import::{ImportError, ImportSummary, import};
pub use actions::looks::{LOOKS, Look, Looker, looks_at, note_look};
pub use actions::search::{homes, person, person_of, pseudonym_of, search};
pub(crate) use http::{Done, own_person};
pub use http::{openapi, routes};
pub(crate) use model::words;
pub use model::{
    Address, Birth, BirthState, Datum, Error, HomeCell, HouseholdView, MemberView, NewAddress,
    NewDatum, Owner, Person, PersonMatch, Role, Sex, Source,
};

pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "202611231830_people_register",
        sql: include_str!("migrations/202611231830_people_register.sql"),
    },
    Migration {
        id: "202611232010_people_import",
        sql: include_str!("migrations/202611232010_people_import.sql"),
    },
    Migration {
        id: "202611250801_people_look_seals",
        sql: include_str!("migrations/202611250801_people_look_seals.sql"),
    },
];
