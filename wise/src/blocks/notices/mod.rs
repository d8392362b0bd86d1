//! Telling people: the inbox, and the channels that carry a notice to them.
//!
//! The inbox arrives with the transaction that made it. Then [`choice`] decides: the channel that the
//! person wants first, not in their quiet hours; when it is not read, the next one; after the last, an
//! official calls. A channel takes a queued delivery, marks it as being sent, sends it, and records the
//! outcome; an attempt that was cut between sending and recording is *uncertain* and is repeated only
//! when an official says so. A letter is printed and posted by officials.

mod actions;
mod channels;
pub mod choice;
pub mod facts;
mod http;
pub mod letter;
pub mod mail;
mod model;
pub mod pages;
pub mod push;
pub mod sms;
mod store;
pub mod worker;

use db::Migration;

pub use actions::{
    Settlement, add_device, claim, contact, deliveries, devices, erase, inbox, letters,
    mark_abandoned, mark_posted, mark_read, notice, plan_due, preferences, record_outcome,
    server_key, set_contact, set_preferences, settle, settle_unreached, tell, try_out, uncertain,
    unreached, unread,
};
pub use channels::Channels;
pub use http::{openapi, routes};
pub use model::{
    Channel, Contact, Delivery, DeliveryState, Device, Error, Letter, NewNotice, Notice, Outcome,
    Outgoing, Unreached, UnreachedState, Urgency,
};

pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "202611231900_notices_inbox",
        sql: include_str!("migrations/202611231900_notices_inbox.sql"),
    },
    Migration {
        id: "202611242000_notices_channels",
        sql: include_str!("migrations/202611242000_notices_channels.sql"),
    },
];
