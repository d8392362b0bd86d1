//! The Merkle tree of RFC 6962, read from the tiles of C2SP [`tlog-tiles`].
//!
//! Proofs are made and checked by the crate `tlog_tiles`. Each is checked before it leaves: a tile that was altered yields an
//! error, never a proof.
//!
//! [`tlog-tiles`]: https://c2sp.org/tlog-tiles

mod edge;
mod range;
mod tile;

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tlog_tiles::HashReader;

use crate::Hash;

pub use edge::{Edge, EdgeError};
pub use range::CompactRange;
pub use tile::{TILE_WIDTH, Tile, bundle};

/// The most hashes of a proof: a tree holds fewer than 2^63 entries.
pub const MAX_PROOF_HASHES: usize = 63;

/// A tree: how many entries, and the hash over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    pub size: u64,
    pub root: Hash,
}

impl TreeHead {
    /// Of no entries: the hash of nothing.
    pub fn empty() -> Self {
        let root = Hash(tlog_tiles::EMPTY_HASH.0);
        Self { size: 0, root }
    }
}

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("entry {index} of a log of {size} entries")]
    Index { index: u64, size: u64 },
    #[error("{found} hashes in the proof where {expected} are needed")]
    Length { expected: usize, found: usize },
    #[error("the hashes of the proof do not lead from the entry to the root {root}")]
    Root { root: Hash },
    #[error("no consistency from {old} to {new} entries")]
    Sizes { old: u64, new: u64 },
    #[error(
        "the log of {old} entries is no beginning of the log of {new} entries, or the proof was altered"
    )]
    Inconsistent { old: u64, new: u64 },
}

/// Why no proof could be made.
#[derive(Debug, thiserror::Error)]
pub enum TreeError<E> {
    #[error(transparent)]
    Proof(#[from] ProofError),
    #[error("a tile does not belong to the tree with root {root}")]
    Tile { root: Hash },
    #[error(transparent)]
    Read(E),
}

/// Where tiles come from.
pub trait TileSource {
    type Error;

    /// The bytes of a tile, 32 for each of its hashes.
    ///
    /// # Errors
    /// It cannot be read.
    fn tile(&self, tile: &Tile) -> Result<Vec<u8>, Self::Error>;
}

/// How many hashes prove an entry (RFC 9162, 2.1.3.2): those within the smallest perfect tree around both it and the last
/// entry, and one for each perfect tree to its left above that.
fn inclusion_hashes(index: u64, size: u64) -> usize {
    let inner = u64::BITS - (index ^ (size - 1)).leading_zeros();
    let border = index.checked_shr(inner).unwrap_or(0).count_ones();
    (inner + border) as usize
}

/// Whether a leaf stands in the tree at `index`.
///
/// # Errors
/// It is not proven.
pub fn verify_inclusion(
    head: &TreeHead,
    index: u64,
    leaf: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let (size, root) = (head.size, head.root);
    if index >= size {
        return Err(ProofError::Index { index, size });
    }
    let expected = inclusion_hashes(index, size);
    if proof.len() != expected {
        let found = proof.len();
        return Err(ProofError::Length { expected, found });
    }
    let proof = proof.iter().map(|it| theirs(*it)).collect();
    tlog_tiles::check_record(&proof, size, theirs(root), index, theirs(*leaf))
        .map_err(|_| ProofError::Root { root })
}

/// Whether one tree is the beginning of another.
///
/// # Errors
/// It is not proven; nothing is of a tree without entries.
pub fn verify_consistency(
    old: &TreeHead,
    new: &TreeHead,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old.size == 0 || old.size > new.size {
        let (old, new) = (old.size, new.size);
        return Err(ProofError::Sizes { old, new });
    }
    if proof.len() > MAX_PROOF_HASHES {
        let (expected, found) = (MAX_PROOF_HASHES, proof.len());
        return Err(ProofError::Length { expected, found });
    }
    let (from, to) = (theirs(old.root), theirs(new.root));
    let proof = proof.iter().map(|it| theirs(*it)).collect();
    tlog_tiles::check_tree(&proof, new.size, to, old.size, from).map_err(|_| {
        let (old, new) = (old.size, new.size);
        ProofError::Inconsistent { old, new }
    })
}

/// An entry's leaf, and the hashes that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    pub leaf: Hash,
    pub proof: Vec<Hash>,
}

/// Proves an entry.
///
/// # Errors
/// There is no such entry, tiles cannot be read or are not of this tree.
pub fn prove_inclusion<S: TileSource>(
    source: &S,
    head: &TreeHead,
    index: u64,
) -> Result<Inclusion, TreeError<S::Error>> {
    let (size, root) = (head.size, head.root);
    if index >= size {
        return Err(ProofError::Index { index, size }.into());
    }
    let tiles = Tiles::new(source, size);
    let leaf = [tlog_tiles::stored_hash_index(0, index)];
    let leaf = tiles.ask(root, |it| it.read_hashes(&leaf))?;
    let leaf = *leaf.first().ok_or(TreeError::Tile { root })?;
    let proof = tiles.ask(root, |it| tlog_tiles::prove_record(size, index, it))?;
    verify_inclusion(head, index, &leaf, &proof).map_err(|_| TreeError::Tile { root })?;
    Ok(Inclusion { leaf, proof })
}

/// The hashes that prove that the log of `old` entries is its beginning.
///
/// # Errors
/// There is no such beginning, tiles cannot be read or are not of this tree.
pub fn prove_consistency<S: TileSource>(
    source: &S,
    head: &TreeHead,
    old: u64,
) -> Result<Vec<Hash>, TreeError<S::Error>> {
    let (new, root) = (head.size, head.root);
    if old == 0 || old > new {
        return Err(ProofError::Sizes { old, new }.into());
    }
    let tiles = Tiles::new(source, new);
    let before = tiles.ask(root, |it| Ok(vec![tlog_tiles::tree_hash(old, it)?]))?;
    let before = TreeHead {
        size: old,
        root: *before.first().ok_or(TreeError::Tile { root })?,
    };
    let proof = tiles.ask(root, |it| tlog_tiles::prove_tree(new, old, it))?;
    verify_consistency(&before, head, &proof).map_err(|_| TreeError::Tile { root })?;
    Ok(proof)
}

/// A [`TileSource`] as `tlog_tiles` asks for it, for one proof.
///
/// Its own `TileHashReader`, which would check tiles on the way, is not used: in version 0.2.0 it leaves tiles unchecked where
/// one tile holds several of the tree's perfect parts (it begins to check at the number of parts, not of their tiles).
struct Tiles<'a, S: TileSource> {
    source: &'a S,
    size: u64,
    read: RefCell<HashMap<Tile, Vec<u8>>>,
    /// Errors of `tlog_tiles` have no room for ours.
    failed: RefCell<Option<S::Error>>,
}

impl<'a, S: TileSource> Tiles<'a, S> {
    fn new(source: &'a S, size: u64) -> Self {
        Self {
            source,
            size,
            read: RefCell::default(),
            failed: RefCell::new(None),
        }
    }

    fn ask(
        &self,
        root: Hash,
        ask: impl FnOnce(&Self) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error>,
    ) -> Result<Vec<Hash>, TreeError<S::Error>> {
        match ask(self) {
            Ok(hashes) => Ok(hashes.into_iter().map(|it| Hash(it.0)).collect()),
            Err(_) => Err(match self.failed.take() {
                Some(error) => TreeError::Read(error),
                None => TreeError::Tile { root },
            }),
        }
    }

    fn hash(&self, stored: u64) -> Result<tlog_tiles::Hash, tlog_tiles::Error> {
        let least = tlog_tiles::Tile::from_index(tile::HEIGHT, stored);
        let whole = least.parent(0, self.size);
        let whole = whole.ok_or(tlog_tiles::Error::IndexesNotInTree)?;
        let mut read = self.read.borrow_mut();
        let bytes = match read.entry(Tile::from(whole)) {
            Entry::Occupied(it) => it.into_mut(),
            Entry::Vacant(it) => {
                let bytes = self.source.tile(it.key()).map_err(|error| {
                    self.failed.replace(Some(error));
                    tlog_tiles::Error::InvalidTile
                })?;
                it.insert(bytes)
            }
        };
        whole.hash_at_index(bytes, stored)
    }
}

impl<S: TileSource> HashReader for Tiles<'_, S> {
    fn read_hashes(&self, stored: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        stored.iter().map(|it| self.hash(*it)).collect()
    }
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

#[cfg(test)]
mod tests;
