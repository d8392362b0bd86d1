//! The unfinished tiles at the right edge of a log.

use super::{CompactRange, TILE_WIDTH, Tile, TreeHead};
use crate::{Entry, Hash};

/// All that appending to tiles needs: the partial tile of each level, the partial bundle of entries, and the tree's parts.
/// A few kilobytes and at most 255 entries, however long the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    range: CompactRange,
    levels: Vec<Vec<u8>>,
    bundle: Vec<u8>,
}

/// Bytes that are no edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes do not describe the right edge of a log")]
pub struct EdgeError;

impl Edge {
    pub fn size(&self) -> u64 {
        self.range.size()
    }

    pub fn head(&self) -> TreeHead {
        self.range.head()
    }

    pub fn range(&self) -> &CompactRange {
        &self.range
    }

    /// Appends an entry whose leaf hash is known; `finished` takes each tile and bundle that it fills.
    pub fn append(&mut self, entry: &Entry, leaf: Hash, mut finished: impl FnMut(Tile, Vec<u8>)) {
        let index = self.range.size();
        let length = u16::try_from(entry.bytes().len()).unwrap_or(u16::MAX);
        self.bundle.extend(length.to_be_bytes());
        self.bundle.extend(entry.bytes());
        if (index + 1).is_multiple_of(TILE_WIDTH) {
            let tile = Tile::entries(index / TILE_WIDTH, TILE_WIDTH);
            let bytes = std::mem::take(&mut self.bundle);
            tile.into_iter()
                .for_each(|tile| finished(tile, bytes.clone()));
        }
        let levels = &mut self.levels;
        self.range.append(leaf, |height, place, hash| {
            if height % super::tile::HEIGHT != 0 {
                return;
            }
            let level = height / super::tile::HEIGHT;
            if levels.len() <= usize::from(level) {
                levels.push(Vec::new());
            }
            let bytes = &mut levels[usize::from(level)];
            bytes.extend(hash.0);
            if (place + 1).is_multiple_of(TILE_WIDTH) {
                let tile = Tile::hashes(level, place / TILE_WIDTH, TILE_WIDTH);
                let bytes = std::mem::take(bytes);
                tile.into_iter()
                    .for_each(|tile| finished(tile, bytes.clone()));
            }
        });
    }

    /// The partial tiles and the partial bundle, which a checkpoint of this size makes public.
    pub fn partial(&self) -> Vec<(Tile, &[u8])> {
        let bundle = Tile::entries(self.size() / TILE_WIDTH, self.size() % TILE_WIDTH);
        let mut found: Vec<_> = bundle
            .map(|it| (it, self.bundle.as_slice()))
            .into_iter()
            .collect();
        for (level, bytes) in (0..).zip(&self.levels) {
            let nodes = self.size() >> (super::tile::HEIGHT * level);
            let tile = Tile::hashes(level, nodes / TILE_WIDTH, nodes % TILE_WIDTH);
            found.extend(tile.map(|it| (it, bytes.as_slice())));
        }
        found
    }

    /// To be read again by [`Self::decode`].
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.size().to_be_bytes().to_vec();
        let peaks: Vec<u8> = self.range.peaks().iter().flat_map(|it| it.0).collect();
        let parts = [&peaks, &self.bundle].into_iter().chain(&self.levels);
        for part in parts {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        bytes
    }

    /// # Errors
    /// Bytes that [`Self::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, EdgeError> {
        let (size, mut rest) = number(bytes)?;
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (length, after) = number(rest)?;
            let length = usize::try_from(length).map_err(|_| EdgeError)?;
            let (part, after) = after.split_at_checked(length).ok_or(EdgeError)?;
            parts.push(part.to_vec());
            rest = after;
        }
        if parts.len() < 2 {
            return Err(EdgeError);
        }
        let levels = parts.split_off(2);
        let bundle = parts.pop().ok_or(EdgeError)?;
        let peaks = parts.pop().ok_or(EdgeError)?;
        let (peaks, []) = peaks.as_chunks() else {
            return Err(EdgeError);
        };
        let peaks = peaks.iter().map(|it| Hash(*it)).collect();
        let range = CompactRange::new(size, peaks).ok_or(EdgeError)?;
        let edge = Self {
            range,
            levels,
            bundle,
        };
        edge.is_whole().then_some(edge).ok_or(EdgeError)
    }

    /// Whether the tiles are as wide as the size says, and there are as many.
    fn is_whole(&self) -> bool {
        let mut nodes = self.size();
        for level in &self.levels {
            if nodes == 0 || level.len() as u64 != nodes % TILE_WIDTH * 32 {
                return false;
            }
            nodes /= TILE_WIDTH;
        }
        let entries = super::bundle(&self.bundle).map(|it| it.len() as u64);
        nodes == 0 && entries == Ok(self.size() % TILE_WIDTH)
    }
}

fn number(bytes: &[u8]) -> Result<(u64, &[u8]), EdgeError> {
    let (number, rest) = bytes.split_first_chunk().ok_or(EdgeError)?;
    Ok((u64::from_be_bytes(*number), rest))
}
