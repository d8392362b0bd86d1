//! 봉인: records whose commitment stands in the ledger, with the salt that opens it. The record stays with whoever keeps it, in
//! rows that can be erased; a receipt proves, without this server, that nobody changed it since.

mod actions;
mod follow;
mod http;
mod model;
pub mod pages;
mod store;

use db::Migration;

pub use actions::{audit, erase, known_ledger, place, seal, seal_about, sealed, waiting};
pub use follow::{FACTS, SealFollower};
pub use http::{proof_href, routes};
pub use model::{Compared, Error, Flaw, KnownLedger, Sealed, Source, Unsound, Waiting};
pub use pages::offence;

pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611250800_seals_entries",
    sql: include_str!("migrations/202611250800_seals_entries.sql"),
}];
