//! One store for the validator that writes it and for everybody who reads it.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ledger::{Block, Entry, Hash};

use super::Store;
use crate::{Chain, ChainError};

/// A store that is read while a validator works on it; cheap to clone.
#[derive(Clone)]
pub struct Shared(Arc<RwLock<Store>>);

impl Shared {
    pub fn new(store: Store) -> Self {
        Self(Arc::new(RwLock::new(store)))
    }

    /// For reading; a commit waits until it is dropped.
    pub fn read(&self) -> RwLockReadGuard<'_, Store> {
        // A commit that panicked has marked the store broken: it takes no further block.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// For adding cosignatures.
    pub fn write(&self) -> RwLockWriteGuard<'_, Store> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
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
