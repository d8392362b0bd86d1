//! 행정정보 공동이용: which agency holds which datum, under which law or consent it may be used here,
//! and how fresh it must be. What may not be shared is asked, not taken.

mod actions;
mod model;
mod store;

use db::Migration;

pub use actions::{consents_of, erase, give_consent, withdraw_consent};
pub use model::{Catalogue, Holding, Sharing, Use};
pub use store::Consent;

pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611231820_exchange_consents",
    sql: include_str!("migrations/202611231820_exchange_consents.sql"),
}];
