//! What the rules owe each household, remembered: so that whatever happens, and when nothing happens but
//! time, the difference is offered, announced before its day, or told before it ends.
//!
//! A *look* takes a household as it stands and what was owed at the last look; `model.rs` concludes what
//! opened, what will open within a month, what ends, and on which day to look again; `actions.rs` stores
//! that and tells the people in one transaction.

pub mod actions;
mod events;
pub mod model;
mod store;
