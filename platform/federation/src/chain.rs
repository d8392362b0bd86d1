//! What agreement needs from whoever keeps the blocks.

use ledger::{Block, BlockError, Entry, Hash};

/// Why a proposed block may not be agreed on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("block {found} where {expected} comes next")]
    Height { expected: u64, found: u64 },
    #[error("the block stands on {found}, the last one is {expected}")]
    Previous { expected: Hash, found: Hash },
    #[error("the block says root {found} of {size} entries, they give {expected}")]
    Root {
        size: u64,
        expected: Hash,
        found: Hash,
    },
    #[error("the block says {found} of the application, its entries give {expected}")]
    Application { expected: Hash, found: Hash },
    #[error("the block's time is {ahead_ms} ms ahead of the clock here")]
    Early { ahead_ms: u64 },
    #[error("the block's time lies before that of the block before")]
    Backwards,
    #[error("entry {position} of the block stands in the log already, as number {index}")]
    Duplicate { position: usize, index: u64 },
    #[error("entry {position} of the block may not stand in the log: {reason}")]
    Entry { position: usize, reason: String },
    #[error(transparent)]
    Malformed(#[from] BlockError),
}

/// Why the keeper of the blocks cannot go on. Whoever meets it stops before another vote leaves.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    #[error("{path}: {source}")]
    Io {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("{what} does not agree with {with}")]
    Corrupt { what: String, with: String },
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// The blocks of one agency, in order.
pub trait Chain {
    /// The last block's height; 0 while there is none.
    fn height(&self) -> u64;

    /// The Ed25519 keys of the agencies that agree on the next block, as the entries so far name them.
    fn validators(&self) -> Vec<[u8; 32]>;

    /// Where an entry stands in the log, by its leaf hash: its index, from 0.
    ///
    /// # Errors
    /// The files cannot be read.
    fn find(&self, leaf: &Hash) -> Result<Option<u64>, ChainError>;

    /// Whether an entry may stand in the next block, if it is new.
    ///
    /// # Errors
    /// [`Refusal::Entry`] at position 0 with why not; others where the files cannot be read.
    fn admit(&self, entry: &Entry) -> Result<(), ChainError>;

    /// The block that would come next: entries that stand in the log already, twice in the list, or may not stand after those
    /// before them are left out.
    ///
    /// # Errors
    /// The files cannot be read.
    fn propose(
        &self,
        entries: Vec<Entry>,
        proposer: Hash,
        now_ms: u64,
    ) -> Result<Block, ChainError>;

    /// Whether a block may come next.
    ///
    /// # Errors
    /// [`ChainError::Refused`] with why not; others where the files cannot be read.
    fn check(&self, block: &Block, now_ms: u64) -> Result<(), ChainError>;

    /// Writes a block that was agreed on, with the certificate of the agreement; durable when it returns.
    ///
    /// # Errors
    /// The block could not be written: nothing of it may be acknowledged.
    fn commit(&mut self, block: &Block, certificate: &[u8]) -> Result<(), ChainError>;

    /// A block that was agreed on, with its certificate.
    ///
    /// # Errors
    /// The files cannot be read.
    fn block(&self, height: u64) -> Result<Option<(Block, Vec<u8>)>, ChainError>;
}
