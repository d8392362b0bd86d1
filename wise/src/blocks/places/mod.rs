//! Places near home: childcare with vacancies and waiting, sitters and helpers for hire, offices.

mod actions;
mod model;
mod store;

use db::Migration;

pub use actions::{enter_place, nearest, set_vacancy};
pub use model::{NearPlace, NewPlace, Place, PlaceKind, Point, Vacancy, walk_minutes};

pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611231840_places_directory",
    sql: include_str!("migrations/202611231840_places_directory.sql"),
}];
