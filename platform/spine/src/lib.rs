//! The spine: facts are appended in the writer's transaction; followers read them in commit order
//! with durable cursors, and each fact takes effect in a follower exactly once.
//!
//! The envelope of a fact is a CloudEvents 1.0 event. Facts carry opaque ids only; their subject is
//! a pseudonym whose mapping to a person can be erased elsewhere.

mod cx;
mod fact;
mod follower;

use db::Migration;

pub use cx::Cx;
pub use fact::{Fact, FactKind, fact};
pub use follower::{Follower, FollowerState, Followers, PARTS, after_restore, rewind, states};

/// The spine's own tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611231800_spine_facts",
    sql: include_str!("../migrations/202611231800_spine_facts.sql"),
}];

/// What can go wrong on the spine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    /// A fact's data does not have the shape of its kind.
    #[error("fact {id} of kind {kind} cannot be read: {reason}")]
    Shape {
        id: String,
        kind: String,
        reason: String,
    },
    /// A follower could not work out what a fact means.
    #[error("{0}")]
    Follower(String),
}
