use db::Tx;
use ledger::commitment::{Opening, RecordError};
use ledger::tree::TreeHead;
use ledger::{Entry, Hash};
use serde_json::Value;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("the records of this database are sealed in another ledger than {0}")]
    OtherLedger(String),
    #[error("a sealed row cannot be read: {0}")]
    Shape(String),
}

/// Who keeps sealed records of a kind.
#[derive(Clone, Copy)]
pub struct Source {
    /// A word that stands in the database.
    pub kind: &'static str,
    /// The record with an id as its rows give it now; `None` where there is none any more.
    pub record: fn(&mut Tx<'_>, id: &str) -> Result<Option<Value>, db::Error>,
}

/// An entry that is to go into the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub id: String,
    pub entry: Entry,
}

/// What was sealed under an id.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealed {
    pub id: String,
    pub kind: String,
    /// The person whom it is about, or the pseudonym of a fact.
    pub owner: String,
    pub entry: Entry,
    /// `None` once it was erased.
    pub salt: Option<[u8; 32]>,
    /// Where it stands in the ledger; `None` until it does.
    pub index: Option<u64>,
}

impl Sealed {
    /// What the entry in the ledger commits to.
    pub fn commitment(&self) -> Hash {
        let sealed = ledger::commitment::Sealed::read(&self.entry);
        sealed.map(|it| it.commitment).unwrap_or_default()
    }

    /// What opens the entry, where the salt was not erased and the record is the one that was sealed.
    pub fn open(&self, record: Value) -> Option<Opening> {
        let opening = Opening::new(self.salt?, record).ok()?;
        (opening.commitment() == self.commitment()).then_some(opening)
    }
}

/// What is wrong with a sealed record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("it is not what was sealed: it was altered, or its salt was")]
    Altered,
    #[error("it is gone, and nobody erased it")]
    Gone,
    #[error("nobody keeps records of this kind")]
    Kind,
}

/// A record that is not what was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsound {
    pub id: String,
    pub kind: String,
    pub flaw: Flaw,
}

/// What a comparison of some records found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub seen: usize,
    pub unsound: Vec<Unsound>,
    /// The last id that was compared; `None` beyond the end.
    pub last: Option<String>,
}

/// The ledger in which this database's records are sealed, as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLedger {
    pub origin: String,
    /// A C2SP vkey.
    pub log_key: String,
    pub head: TreeHead,
}
