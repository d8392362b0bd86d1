//! One store for several: the node commits, and a server proves meanwhile.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ledger::checkpoint::Checkpoint;
use ledger::note::Signature;
use ledger::{Block, Entry, Hash};

use super::Store;
use crate::{Chain, ChainError};

/// A store that the node and others hold. Whoever reads it waits for a block that is being written, and that for whoever reads.
#[derive(Clone)]
pub struct Shared(Arc<RwLock<Store>>);

impl Shared {
    pub fn new(store: Store) -> Self {
        Self(Arc::new(RwLock::new(store)))
    }

    /// To find, read and prove entries; no block is written before what is returned is dropped.
    pub fn read(&self) -> RwLockReadGuard<'_, Store> {
        // A panic in the middle of a commit leaves the store refusing further ones.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Store> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds cosignatures to the current checkpoint; whether it still was the current one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn cosign(
        &self,
        checkpoint: &Checkpoint,
        cosignatures: Vec<Signature>,
    ) -> Result<bool, ChainError> {
        self.write().cosign(checkpoint, cosignatures)
    }
}

impl Chain for Shared {
    fn height(&self) -> u64 {
        self.read().height()
    }

    fn validators(&self) -> Vec<[u8; 32]> {
        self.read().validators()
    }

    fn find(&self, leaf: &Hash) -> Result<Option<u64>, ChainError> {
        self.read().find(leaf)
    }

    fn admit(&self, entry: &Entry) -> Result<(), ChainError> {
        self.read().admit(entry)
    }

    fn propose(
        &self,
        entries: Vec<Entry>,
        proposer: Hash,
        now_ms: u64,
    ) -> Result<Block, ChainError> {
        self.read().propose(entries, proposer, now_ms)
    }

    fn check(&self, block: &Block, now_ms: u64) -> Result<(), ChainError> {
        self.read().check(block, now_ms)
    }

    fn commit(&mut self, block: &Block, certificate: &[u8]) -> Result<(), ChainError> {
        self.write().commit(block, certificate)
    }

    fn block(&self, height: u64) -> Result<Option<(Block, Vec<u8>)>, ChainError> {
        self.read().block(height)
    }
}
