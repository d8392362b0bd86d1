//! What outsiders read: tiles, bundles of entries and the checkpoint, as C2SP `tlog-tiles` lays them out.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use ledger::note::{Signature, SigningKey, VerifierKey};
use ledger::tree::{Edge, Tile, TileSource};

use super::files::{Files, folders, replace};
use super::{failed, spoken};
use crate::ChainError;

pub const CHECKPOINT: &str = "checkpoint";

/// Signs the log's checkpoints.
pub trait Signer: Send + Sync {
    /// At a time in seconds since 1970, for signatures that say one.
    ///
    /// # Errors
    /// Why there are no signatures.
    fn sign(&self, checkpoint: &Checkpoint, time_s: u64) -> Result<Vec<Signature>, String>;

    /// The keys that check what [`sign`](Self::sign) gives.
    fn verifiers(&self) -> Vec<VerifierKey>;
}

impl Signer for Vec<SigningKey> {
    fn sign(&self, checkpoint: &Checkpoint, time_s: u64) -> Result<Vec<Signature>, String> {
        let signatures = self.iter().map(|it| it.sign(checkpoint, time_s));
        signatures
            .collect::<Result<_, _>>()
            .map_err(|it| it.to_string())
    }

    fn verifiers(&self) -> Vec<VerifierKey> {
        self.iter().map(|it| it.verifier().clone()).collect()
    }
}

/// The files that outsiders read.
pub struct Public {
    files: Arc<dyn Files>,
    unsynced_folders: BTreeSet<String>,
}

impl Public {
    pub fn new(files: Arc<dyn Files>) -> Self {
        Self {
            files,
            unsynced_folders: BTreeSet::new(),
        }
    }

    /// Writes a full tile or bundle, and removes what was there of it while it was partial. One that is there already, as
    /// after a crash, stays as it is unless it differs.
    pub fn full(&mut self, tile: Tile, bytes: &[u8], is_recovery: bool) -> Result<(), ChainError> {
        let path = tile.path();
        let written = || -> io::Result<()> {
            if !is_recovery {
                self.files.write(&path, bytes)?;
            } else if self.files.read(&path)?.as_deref() != Some(bytes) {
                replace(&*self.files, &path, bytes, false)?;
            }
            // Nobody waits for it: a tile that a crash takes away is made anew, as long as no snapshot rests on it.
            self.files.sync_soon(&path)?;
            self.files.remove_folder(&format!("{path}.p"))
        };
        written().map_err(failed(&path))?;
        self.unsynced_folders
            .extend(folders(&path).map(str::to_owned));
        Ok(())
    }

    /// Writes the partial tiles, which the checkpoint of this size needs.
    pub fn partial(&self, edge: &Edge) -> Result<(), ChainError> {
        edge.partial().into_iter().try_for_each(|(tile, bytes)| {
            let path = tile.path();
            self.files.write(&path, bytes).map_err(failed(&path))
        })
    }

    /// Shows outsiders a checkpoint whose tiles are all there.
    pub fn checkpoint(&self, checkpoint: &SignedCheckpoint) -> Result<(), ChainError> {
        let text = checkpoint.to_string();
        replace(&*self.files, CHECKPOINT, text.as_bytes(), false).map_err(failed(CHECKPOINT))
    }

    /// Has all full tiles made durable; tells when they are.
    pub fn sync_soon(&mut self) -> Result<Receiver<io::Result<()>>, ChainError> {
        for folder in std::mem::take(&mut self.unsynced_folders) {
            self.files.sync_soon(&folder).map_err(failed(&folder))?;
        }
        Ok(self.files.synced())
    }

    /// The bytes of a tile or bundle; of a partial one that was removed when it filled, from the full one.
    pub fn read(&self, tile: &Tile) -> Result<Vec<u8>, ChainError> {
        let found = self.find(tile)?;
        let found = found.map(Ok);
        found.unwrap_or_else(|| match self.find(&tile.full())? {
            Some(bytes) => Ok(bytes),
            None => Err(spoken(&tile.path(), "there is no such tile")),
        })
    }

    /// Exactly this tile or bundle.
    pub fn find(&self, tile: &Tile) -> Result<Option<Vec<u8>>, ChainError> {
        let path = tile.path();
        self.files.read(&path).map_err(failed(&path))
    }
}

/// Tiles of hashes, for proofs.
impl TileSource for Public {
    type Error = ChainError;

    fn tile(&self, tile: &Tile) -> Result<Vec<u8>, ChainError> {
        self.read(tile)
    }
}
