//! Telling people: the inbox, and the channels that carry a notice to them.
//!
//! The inbox arrives with the transaction that made it. A channel (e-mail today) takes a queued
//! delivery, marks it as being sent, sends it, and records the outcome; an attempt that was cut
//! between sending and recording is *uncertain* and is repeated only when an official says so.

mod actions;
pub mod facts;
mod http;
pub mod mail;
mod model;
pub mod pages;
mod store;
pub mod worker;

use db::Migration;

pub use actions::{
    Settlement, claim, contact, deliveries, inbox, mark_abandoned, mark_read, notice,
    record_outcome, set_contact, settle, tell, uncertain, unread,
};
pub use http::{openapi, routes};
pub use model::{
    Channel, Contact, Delivery, DeliveryState, Error, NewNotice, Notice, Outcome, Outgoing,
};

pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611231900_notices_inbox",
    sql: include_str!("migrations/202611231900_notices_inbox.sql"),
}];
