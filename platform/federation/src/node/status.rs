//! What a validator says of itself and of the others.

use ledger::Hash;

use super::watch::Finding;

/// What one validator knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub id: Hash,
    /// Of the last block.
    pub height: u64,
    /// The round in which the next block is being agreed on; `None` while nothing waits for one.
    pub round: Option<u32>,
    /// Entries that wait for a block.
    pub waiting: usize,
    /// Whether this agency votes on the next block.
    pub votes: Voting,
    pub peers: Vec<PeerStatus>,
    /// Who broke the rules.
    pub findings: Vec<Finding>,
    /// How far the clock here was ahead of the block's when the last block of another agency was agreed on; negative where it is
    /// behind. Beyond a minute one of the two clocks is wrong; where every peer's blocks say so it is this one.
    pub clock_ahead_ms: Option<i64>,
    /// Why it stopped, if it did.
    pub halted: Option<String>,
}

/// Whether this agency votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voting {
    /// It does.
    Yes,
    /// It is none of the validators; it follows.
    NoValidator,
    /// Not before the block of a height is there, because it may have voted on it without remembering.
    AbstainsThrough(u64),
}

/// What is known of a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerStatus {
    pub id: Hash,
    pub connected: bool,
    /// Of the last block it says to have.
    pub height: u64,
    /// How many blocks it lacks against this agency.
    pub behind: u64,
    /// When it was last heard of, in milliseconds since 1970; 0 where it never was.
    pub seen_ms: u64,
}
