//! Residents: persons, households, addresses and dated circumstances, each with its source; births
//! from the first notice to the registration; who looked at whose data.

mod actions;
pub mod facts;
mod model;
mod store;

use db::Migration;

pub use actions::births::{
    BirthReport, Registration, births_waiting, birth, register_birth, report_birth,
};
pub use actions::household::{
    NewHousehold, NewMember, add_member, head_of, household_of, move_household, record,
    register_household, register_death, remove_member, view,
};
pub use actions::import::{ImportError, Importer, RowError};
pub use actions::looks::{Look, looks_at, note_look};
pub use actions::search::{person, person_of, pseudonym_of, search};
pub use model::{
    Address, Birth, BirthState, Datum, Error, HouseholdView, MemberView, NewAddress, NewDatum,
    Owner, Person, PersonMatch, Role, Sex, Source,
};
pub(crate) use model::words;

pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611231830_people_register",
    sql: include_str!("migrations/202611231830_people_register.sql"),
}];
