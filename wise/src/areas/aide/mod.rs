//! The aide of those who decide: a question about everybody, answered from the register, with what it rests on.
//!
//! A [`model::Kind`] of question has its form and its result (`http/<kind>.rs`, `pages/<kind>.html`) and a module that
//! works it out (`reform.rs`, `evidence.rs`, `goals.rs`). A run keeps what was asked, the version of rules and data, and the answer as canonical
//! bytes, so that it can be repeated; a briefing is made of runs, and every figure in it leads to its run.

pub mod actions;
pub mod effects;
pub mod evidence;
pub mod facts;
pub mod goals;
pub mod http;
pub mod measures;
pub mod model;
pub mod pages;
pub mod reform;
pub mod said;
mod store;
pub mod timing;
pub mod wording;

use db::Migration;

use super::Area;

pub static AREA: Area = Area {
    name: "aide",
    migrations: MIGRATIONS,
    sealed: &[],
    // Runs hold sums, and the officials who asked.
    erase: |_, _| Ok(()),
};

const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611250340_aide_runs",
    sql: include_str!("migrations/202611250340_aide_runs.sql"),
}];
