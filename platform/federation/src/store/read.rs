//! Reading the ledger: entries, proofs, receipts.

use std::ops::Range;

use ledger::checkpoint::SignedCheckpoint;
use ledger::receipt::Receipt;
use ledger::tree::{
    Inclusion, TILE_WIDTH, Tile, TreeError, TreeHead, bundle, prove_consistency, prove_inclusion,
};
use ledger::{Entry, State};

use super::{Store, corrupt};
use crate::{Chain, ChainError};

fn unproven(error: TreeError<ChainError>) -> ChainError {
    match error {
        TreeError::Read(error) => error,
        TreeError::Tile { root } => corrupt("a tile", format!("the log's root {root}: audit it")),
        TreeError::Proof(error) => corrupt("what is asked for", error.to_string()),
    }
}

impl Store {
    /// The checkpoint that outsiders see, with all its signatures.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// How many entries the published log has.
    pub fn size(&self) -> u64 {
        self.checkpoint.checkpoint.head().size
    }

    /// Who votes, as the entries say.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// How the ledger began.
    pub fn genesis(&self) -> &State {
        &self.genesis
    }

    /// The entries with these numbers, as far as there are.
    ///
    /// # Errors
    /// The files cannot be read, or a bundle is no bundle.
    pub fn entries(&self, range: Range<u64>) -> Result<Vec<Entry>, ChainError> {
        let size = self.size();
        let range = range.start..range.end.min(size);
        let mut found = Vec::new();
        let mut place = range.start;
        while place < range.end {
            let first = place / TILE_WIDTH * TILE_WIDTH;
            let width = TILE_WIDTH.min(size - first);
            let tile = Tile::entries(place / TILE_WIDTH, width);
            let tile = tile.ok_or_else(|| corrupt("a bundle", "its bounds"))?;
            let bytes = self.public.read(&tile)?;
            let entries = bundle(&bytes).map_err(|it| corrupt(tile.path(), it.to_string()))?;
            if (entries.len() as u64) < width {
                return Err(corrupt(tile.path(), "the number of its entries"));
            }
            let until = range.end.min(first + width);
            let skip = usize::try_from(place - first).unwrap_or(usize::MAX);
            let take = usize::try_from(until - place).unwrap_or(usize::MAX);
            found.extend(entries.into_iter().skip(skip).take(take));
            place = until;
        }
        Ok(found)
    }

    /// A tile of hashes or a bundle of entries as it is published; `None` where the log has none such.
    ///
    /// # Errors
    /// The files cannot be read.
    pub fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>, ChainError> {
        self.public.find(tile)
    }

    /// A receipt for an entry against the current checkpoint, its record not opened. Nothing beyond the log's end.
    ///
    /// # Errors
    /// The files cannot be read or do not belong to the log.
    pub fn prove(&self, index: u64) -> Result<Option<Receipt>, ChainError> {
        self.prove_against(index, &self.checkpoint)
    }

    /// The same against an earlier checkpoint of this log, as one that witnesses have cosigned.
    ///
    /// # Errors
    /// As [`Self::prove`]; and the checkpoint is not one of this log.
    pub fn prove_against(
        &self,
        index: u64,
        checkpoint: &SignedCheckpoint,
    ) -> Result<Option<Receipt>, ChainError> {
        let head = checkpoint.checkpoint.head();
        if index >= head.size || head.size > self.size() {
            return Ok(None);
        }
        let Inclusion { leaf, proof } =
            prove_inclusion(&self.public, &head, index).map_err(unproven)?;
        let entry = self.entries(index..index + 1)?.pop();
        let entry = entry.filter(|it| it.leaf() == leaf);
        let entry = entry.ok_or_else(|| corrupt(format!("entry {index}"), "its leaf"))?;
        Ok(Some(Receipt {
            entry,
            opening: None,
            index,
            proof,
            checkpoint: checkpoint.clone(),
        }))
    }

    /// The proof that the log of `old` entries is the beginning of the current one.
    ///
    /// # Errors
    /// There is none, the files cannot be read or do not belong to the log.
    pub fn prove_consistency(&self, old: u64) -> Result<Vec<ledger::Hash>, ChainError> {
        self.consistency(&self.checkpoint.checkpoint.head(), old)
    }

    /// The proof that the log of `old` entries is the beginning of an earlier or the current head of this log.
    ///
    /// # Errors
    /// As [`Self::prove_consistency`].
    pub fn consistency(&self, head: &TreeHead, old: u64) -> Result<Vec<ledger::Hash>, ChainError> {
        prove_consistency(&self.public, head, old).map_err(unproven)
    }

    /// A receipt for an entry by its leaf hash.
    ///
    /// # Errors
    /// As [`Self::prove`].
    pub fn prove_leaf(&self, leaf: &ledger::Hash) -> Result<Option<Receipt>, ChainError> {
        match self.find(leaf)? {
            Some(index) => self.prove(index),
            None => Ok(None),
        }
    }
}
