//! A tree of which only the roots of its perfect parts are kept: what appending needs, in the same room however long the log.

use super::TreeHead;
use crate::Hash;

/// The roots of the perfect trees that a tree consists of, the greatest first: one for each bit of its size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompactRange {
    size: u64,
    peaks: Vec<Hash>,
}

impl CompactRange {
    /// Of its parts; nothing unless there is one for each bit of the size.
    pub fn new(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends a leaf. Every node that it completes is told, from the leaf upward: its level, its place within that, its hash.
    pub fn append(&mut self, leaf: Hash, mut completed: impl FnMut(u8, u64, Hash)) {
        let (mut level, mut hash) = (0, leaf);
        completed(level, self.size, hash);
        // Each trailing one of the size is a perfect tree that the leaf makes half of a greater one.
        while (self.size >> level) & 1 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = node(&left, &hash);
            level += 1;
            completed(level, self.size >> level, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    pub fn head(&self) -> TreeHead {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return TreeHead::empty();
        };
        TreeHead {
            size: self.size,
            root: peaks.fold(*last, |right, left| node(left, &right)),
        }
    }
}

/// The hash of an inner node (RFC 6962, 2.1).
pub(super) fn node(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], &left.0, &right.0])
}
