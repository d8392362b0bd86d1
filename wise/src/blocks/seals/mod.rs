//! 봉인: records whose commitment stands in the ledger, with what opens it. The record stays in rows that can be erased; a
//! receipt proves, without this server, that nobody changed it since.

mod actions;
mod follow;
mod model;
mod store;

use db::Migration;

pub use actions::{audit, erase, place, seal, seal_about, sealed, waiting};
pub use follow::SealFollower;
pub use model::{Broken, Error, Sealed, Waiting};

pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611250800_seals_entries",
    sql: include_str!("migrations/202611250800_seals_entries.sql"),
}];
