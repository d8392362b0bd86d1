//! A verifiable log that no single operator can rewrite: salted commitments to records, the Merkle tree of RFC 6962 in the
//! tiles of C2SP `tlog-tiles`, checkpoints as C2SP signed notes, receipts as C2SP `tlog-proof`, and the blocks that agencies
//! agree on.
//!
//! No files, no sockets, no clock: whoever calls brings bytes, instants and randomness.

mod base64;
mod block;
pub mod checkpoint;
pub mod claims;
pub mod commitment;
pub mod consensus;
mod hash;
pub mod note;
pub mod policy;
pub mod receipt;
pub mod tree;
mod validators;
pub mod witness;

pub use block::{Block, BlockError, Entry, Header, MAX_BLOCK_BYTES, MAX_ENTRY_BYTES};
pub use hash::Hash;
pub use validators::{CHANGE_KIND, Change, ChangeError, State, Validator};
