//! Where a leaf stands, and where a block: a derived index, rebuilt from the journal where it is missing.
//!
//! Kept by fjall, a log-structured store. Measured on 2 shared cores with 10 million leaves, each looked up before it was
//! inserted, 500 a batch: fjall 74 s, 59 CPU-seconds, 190 MB resident; SQLite (one table without row ids, WAL, 32 MB cache) fell
//! to 30,000 leaves a second after 4 million, at 20 CPU-seconds a million. Hashes come in no order, which a B-tree pays for
//! with a page each.

use std::path::Path;

use fjall::config::PinningPolicy;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use ledger::Hash;

use super::corrupt;
use super::journal::Position;
use crate::ChainError;

/// What the index keeps in memory of what it read.
const CACHE_BYTES: u64 = 128 << 20;
/// What it gathers in memory before it writes.
const MEMTABLE_BYTES: u64 = 8 << 20;

pub struct Index {
    database: Database,
    leaves: Keyspace,
    blocks: Keyspace,
}

fn failed(error: fjall::Error) -> ChainError {
    let source = match error {
        fjall::Error::Io(error) => error,
        error => std::io::Error::other(error),
    };
    let path = "index".to_owned();
    ChainError::Io { path, source }
}

impl Index {
    pub fn open(path: &Path) -> Result<Self, ChainError> {
        let database = Database::builder(path)
            .cache_size(CACHE_BYTES)
            .worker_threads(1)
            .open()
            .map_err(failed)?;
        // Filters and block indexes come through the cache: pinned, they would grow with the log.
        let options = || {
            KeyspaceCreateOptions::default()
                .max_memtable_size(MEMTABLE_BYTES)
                .filter_block_pinning_policy(PinningPolicy::all(false))
                .index_block_pinning_policy(PinningPolicy::all(false))
        };
        let leaves = database.keyspace("leaves", options).map_err(failed)?;
        let blocks = database.keyspace("blocks", options).map_err(failed)?;
        Ok(Self {
            database,
            leaves,
            blocks,
        })
    }

    /// The last block that it knows; 0 while there is none.
    pub fn height(&self) -> Result<u64, ChainError> {
        let last = self.blocks.last_key_value().map(fjall::Guard::key);
        match last.transpose().map_err(failed)? {
            None => Ok(0),
            Some(key) => number(&key),
        }
    }

    /// Where a leaf stands in the log.
    pub fn find(&self, leaf: &Hash) -> Result<Option<u64>, ChainError> {
        let found = self.leaves.get(leaf.0).map_err(failed)?;
        found.map(|it| number(&it)).transpose()
    }

    /// Where a block stands in the journal.
    pub fn block(&self, height: u64) -> Result<Option<Position>, ChainError> {
        let found = self.blocks.get(height.to_be_bytes()).map_err(failed)?;
        let Some(value) = found else { return Ok(None) };
        let (segment, offset) = value.split_at_checked(8).ok_or_else(spoiled)?;
        Ok(Some(Position {
            segment: number(segment)?,
            offset: number(offset)?,
        }))
    }

    /// A block and its leaves, all or nothing.
    pub fn insert(
        &self,
        height: u64,
        at: Position,
        first: u64,
        leaves: &[Hash],
    ) -> Result<(), ChainError> {
        let mut batch = self.database.batch();
        for (number, leaf) in (first..).zip(leaves) {
            batch.insert(&self.leaves, leaf.0, number.to_be_bytes());
        }
        let place = [at.segment.to_be_bytes(), at.offset.to_be_bytes()].concat();
        batch.insert(&self.blocks, height.to_be_bytes(), place);
        batch.commit().map_err(failed)
    }

    /// Makes all of it durable.
    pub fn sync(&self) -> Result<(), ChainError> {
        self.database.persist(PersistMode::SyncAll).map_err(failed)
    }
}

fn number(bytes: &[u8]) -> Result<u64, ChainError> {
    let bytes = bytes.try_into().map_err(|_| spoiled())?;
    Ok(u64::from_be_bytes(bytes))
}

fn spoiled() -> ChainError {
    corrupt(
        "the index",
        "its own format; remove its folder and it is built anew",
    )
}
