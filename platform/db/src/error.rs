//! What can go wrong between a store and its database.

/// A failure of the database or of what a statement asked of it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The database could not be opened or reached.
    #[error("cannot open the database {place}: {reason}")]
    Connect { place: String, reason: String },
    /// Another server process already writes to this data folder.
    #[error("{place} is in use by another wise process; stop it, or give --data another folder")]
    InUse { place: String },
    /// A statement failed.
    #[error("statement failed: {reason} in: {sql}")]
    Statement { sql: String, reason: String },
    /// A column did not hold what the store expected.
    #[error("column {index}: wanted {wanted}, found {found}")]
    Column {
        index: usize,
        wanted: &'static str,
        found: String,
    },
    /// Exactly one row was wanted.
    #[error("wanted one row, found {found} in: {sql}")]
    NotOne { sql: String, found: usize },
    /// Concurrent writers got in each other's way too often.
    #[error("too many conflicting writers; try again")]
    Conflict,
    /// The work inside a transaction panicked; nothing was stored.
    #[error("internal error while working on the database: {0}")]
    Panicked(String),
    /// The database threads are gone (the server is shutting down).
    #[error("the database is closed")]
    Closed,
    /// The migration history and this program do not fit together.
    #[error("{0}")]
    Migration(String),
    /// A backup file is damaged, or does not fit this program.
    #[error("backup: {0}")]
    Backup(String),
}
