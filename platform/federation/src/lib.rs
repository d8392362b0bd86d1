//! Agencies that keep one ledger. One agency alone is the default (단독 운영) and takes the same path as many: entries come
//! in, a block is proposed, agreed on, written and acknowledged.

mod chain;
mod mempool;
pub mod message;
pub mod node;
pub mod run;
pub mod store;
pub mod wal;
mod wire;

pub use chain::{Chain, ChainError, Refusal};
pub use mempool::Limits;
pub use wire::{Peer, TlsError};

#[cfg(test)]
extern crate self as federation;
