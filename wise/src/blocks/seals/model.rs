use ledger::{Entry, Hash};
use ledger::commitment::{Opening, RecordError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("a sealed row cannot be read: {0}")]
    Shape(String),
}

/// An entry that is to go into the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub id: String,
    pub entry: Entry,
}

/// A record that was sealed, as far as it was not erased.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealed {
    /// The person whom it is about, or the pseudonym of a fact.
    pub owner: String,
    pub entry: Entry,
    /// `None` once it was erased, or where the record is kept on the spine.
    pub opening: Option<Opening>,
    /// Where it stands in the ledger; `None` until it does.
    pub index: Option<u64>,
}

/// A row that is not what was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub id: String,
    /// What the row gives.
    pub found: Hash,
    /// What stands in the ledger.
    pub sealed: Hash,
}
