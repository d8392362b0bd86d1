//! Applications, petitions and permits as steps with a clock.

mod actions;
pub mod facts;
mod model;
mod store;

use db::Migration;

pub use actions::{case, count_by_state, list, of_person, open, steps, take_step};
pub use model::{Case, CaseState, Error, NewCase, QueueCount, Step};

pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611231850_cases_steps",
    sql: include_str!("migrations/202611231850_cases_steps.sql"),
}];
