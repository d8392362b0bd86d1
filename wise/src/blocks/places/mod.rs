//! Places near home (childcare with vacancies and waiting, sitters and helpers for hire, offices) and what holds
//! over an area today: a weather warning, a festival.

mod actions;
mod conditions;
mod model;
mod store;

use db::Migration;

pub use actions::{enter_place, nearest, of_kind, set_vacancy};
pub use conditions::{
    Condition, ConditionKind, NewCondition, conditions, conditions_at, declare, end, next_condition,
};
pub use model::{NearPlace, NewPlace, Place, PlaceKind, Point, Vacancy, distance_m, walk_minutes};

pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "202611231840_places_directory",
        sql: include_str!("migrations/202611231840_places_directory.sql"),
    },
    Migration {
        id: "202611250010_places_conditions",
        sql: include_str!("migrations/202611250010_places_conditions.sql"),
    },
];
