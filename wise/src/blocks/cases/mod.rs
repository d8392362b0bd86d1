//! Applications, petitions and permits as steps with a clock.

mod actions;
pub mod facts;
mod http;
mod model;
pub mod pages;
mod store;

use db::Migration;

pub use actions::{
    case, count_by_state, erase, list, of_person, open, own_case, queue_size, steps, take_step,
};
pub use http::{openapi, routes};
pub use model::{
    Case, CaseState, Error, FilledForm, FilledLine, NewCase, QueueCount, QueueSize, Step,
};

pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611231850_cases_steps",
    sql: include_str!("migrations/202611231850_cases_steps.sql"),
}];
