//! Before Service: when life changes, every benefit is worked out before and after, and what opened
//! is offered to the person it concerns, with the reason, the deadline and what is still to be told.
//!
//! A birth comes in through `people`; `follow.rs` evaluates the household before and after
//! (`model.rs`, `engines/rules`); `actions/offer.rs` stores the difference and tells the parent;
//! `actions/accept.rs` opens the cases with everything filled in and gives a receipt. `services` holds
//! what the rest of the government offers, as something to look into.

pub mod actions;
pub mod entitlements;
mod evaluation;
pub mod facts;
pub mod follow;
pub mod http;
pub mod model;
mod openfisca;
pub mod pages;
pub mod reach;
pub mod services;
pub mod standing;
mod store;
pub mod vouchers;
pub mod what_if;

use db::Migration;

use super::Area;

pub static AREA: Area = Area {
    name: "benefits",
    migrations: MIGRATIONS,
    sealed: &[actions::accept::RECEIPTS],
    erase: actions::erase::erase,
};

const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "202611231910_benefits_offers",
        sql: include_str!("migrations/202611231910_benefits_offers.sql"),
    },
    Migration {
        id: "202611242030_benefits_standing",
        sql: include_str!("migrations/202611242030_benefits_standing.sql"),
    },
    Migration {
        id: "202611242010_benefits_services",
        sql: include_str!("migrations/202611242010_benefits_services.sql"),
    },
    Migration {
        id: "202611242025_benefits_vouchers",
        sql: include_str!("migrations/202611242025_benefits_vouchers.sql"),
    },
    Migration {
        id: "202611242110_benefits_reach",
        sql: include_str!("migrations/202611242110_benefits_reach.sql"),
    },
    Migration {
        id: "202611251300_benefits_receipt_seals",
        sql: include_str!("migrations/202611251300_benefits_receipt_seals.sql"),
    },
];
