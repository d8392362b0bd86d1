//! Blocks: what agencies agree on, one after another.

use serde::{Deserialize, Serialize};

use crate::hash::Hash;

/// The most bytes of an entry: what the length before it in a bundle of `tlog-tiles` can say.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;
/// The most bytes of a block's entries together, their lengths included.
pub const MAX_BLOCK_BYTES: usize = 4 << 20;

/// An entry of the log, as it is hashed: in WISE the canonical JSON (RFC 8785) of what is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry(Vec<u8>);

impl Entry {
    /// # Errors
    /// Nothing at all, or more than [`MAX_ENTRY_BYTES`].
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, BlockError> {
        let bytes = bytes.into();
        match bytes.len() {
            0 => Err(BlockError::EmptyEntry),
            1..=MAX_ENTRY_BYTES => Ok(Self(bytes)),
            size => Err(BlockError::EntryTooLarge { size }),
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The leaf hash of RFC 6962, which also tells one entry from another.
    pub fn leaf(&self) -> Hash {
        Hash::of(&[&[0], &self.0])
    }
}

/// What a block says beside its entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// From 1.
    pub height: u64,
    /// The hash of the block before; zeros before the first.
    pub previous: Hash,
    /// Milliseconds since 1970-01-01T00:00:00Z by the proposer's clock.
    pub time_ms: u64,
    /// The agency that proposed it: the SHA-256 of its Ed25519 key.
    pub proposer: Hash,
    /// Entries in the log after this block, and the root of its tree (RFC 6962).
    pub log_size: u64,
    pub log_root: Hash,
    /// What the entries mean taken together: validators, and whatever the application adds.
    pub application: Hash,
}

impl Header {
    /// Of its canonical JSON, so that an outsider can work it out.
    pub fn hash(&self) -> Hash {
        let text = serde_json_canonicalizer::to_vec(self).unwrap_or_default();
        Hash::of(&[b"wise.block.v1\n", &text])
    }
}

/// A block as it is proposed, agreed on and kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub header: Header,
    pub entries: Vec<Entry>,
}

/// Why bytes are no block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    #[error("an entry holds nothing")]
    EmptyEntry,
    #[error("an entry of {size} bytes: the most is {MAX_ENTRY_BYTES}")]
    EntryTooLarge { size: usize },
    #[error("entries of {size} bytes in one block: the most is {MAX_BLOCK_BYTES}")]
    BlockTooLarge { size: usize },
    #[error("the bytes end within a block, or go on after it")]
    Torn,
    #[error("the block's header cannot be read: {0}")]
    Header(String),
}

impl Block {
    /// The header's canonical JSON and the entries, each of the two with 4 bytes of length before it (big-endian); the entries as
    /// in a bundle of `tlog-tiles`, 2 bytes of length before each.
    pub fn encode(&self) -> Vec<u8> {
        let header = serde_json_canonicalizer::to_vec(&self.header).unwrap_or_default();
        let size = self.entry_bytes();
        let length = |it: usize| u32::try_from(it).unwrap_or(u32::MAX).to_be_bytes();
        let mut bytes = Vec::with_capacity(8 + header.len() + size);
        bytes.extend(length(header.len()));
        bytes.extend(header);
        bytes.extend(length(size));
        for Entry(entry) in &self.entries {
            bytes.extend(u16::try_from(entry.len()).unwrap_or(u16::MAX).to_be_bytes());
            bytes.extend(entry);
        }
        bytes
    }

    /// # Errors
    /// Bytes that [`Self::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, BlockError> {
        let (header, rest) = framed(bytes)?;
        let (mut rest, after) = framed(rest)?;
        if !after.is_empty() {
            return Err(BlockError::Torn);
        }
        if rest.len() > MAX_BLOCK_BYTES {
            return Err(BlockError::BlockTooLarge { size: rest.len() });
        }
        let header =
            serde_json::from_slice(header).map_err(|it| BlockError::Header(it.to_string()))?;
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let (length, after) = rest.split_first_chunk().ok_or(BlockError::Torn)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (entry, after) = after.split_at_checked(length).ok_or(BlockError::Torn)?;
            entries.push(Entry::new(entry)?);
            rest = after;
        }
        Ok(Self { header, entries })
    }

    /// Of the entries with their lengths.
    pub fn entry_bytes(&self) -> usize {
        self.entries.iter().map(|it| 2 + it.0.len()).sum()
    }
}

/// What 4 bytes of length say, and what comes after it.
fn framed(bytes: &[u8]) -> Result<(&[u8], &[u8]), BlockError> {
    let (length, rest) = bytes.split_first_chunk().ok_or(BlockError::Torn)?;
    let length = u32::from_be_bytes(*length) as usize;
    rest.split_at_checked(length).ok_or(BlockError::Torn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Block {
        Block {
            header: Header {
                height: 1,
                previous: Hash::default(),
                time_ms: 1_795_000_000_000,
                proposer: Hash::of(&[b"a key"]),
                log_size: 2,
                log_root: Hash::of(&[b"a root"]),
                application: Hash::default(),
            },
            entries: ["one", "two"].map(|it| Entry::new(it).unwrap()).to_vec(),
        }
    }

    #[test]
    fn a_block_reads_back_and_a_torn_one_does_not() {
        let bytes = block().encode();
        assert_eq!(Block::decode(&bytes).unwrap(), block());
        for end in 0..bytes.len() {
            assert!(Block::decode(&bytes[..end]).is_err(), "{end}");
        }
        assert_eq!(Entry::new(""), Err(BlockError::EmptyEntry));
        let size = MAX_ENTRY_BYTES + 1;
        assert_eq!(
            Entry::new(vec![0; size]),
            Err(BlockError::EntryTooLarge { size })
        );
    }
}
