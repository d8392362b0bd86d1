//! Entries that wait for a block.

use std::collections::{BTreeMap, HashMap};

use ledger::{Entry, Hash};

/// Bytes of entries that may wait: those submitted here, and those of any one peer.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub own_bytes: usize,
    pub peer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            own_bytes: 32 << 20,
            peer_bytes: 16 << 20,
        }
    }
}

/// What became of an entry that was brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Waits,
    WaitedAlready,
    /// As many bytes wait as may: come again later.
    Full,
}

#[derive(Debug)]
struct Waiting {
    leaf: Hash,
    entry: Entry,
    /// `None` where it was submitted here.
    from: Option<Hash>,
    since_ms: u64,
}

/// In the order in which they came; each only once. Nobody can fill it for the others: what each peer may leave is bounded.
#[derive(Debug, Default)]
pub struct Mempool {
    limits: Limits,
    waiting: BTreeMap<u64, Waiting>,
    places: HashMap<Hash, u64>,
    bytes: HashMap<Option<Hash>, usize>,
    next: u64,
}

impl Mempool {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn admit(
        &mut self,
        leaf: Hash,
        entry: Entry,
        from: Option<Hash>,
        now_ms: u64,
    ) -> Admission {
        if let Some(waiting) = self
            .places
            .get(&leaf)
            .and_then(|place| self.waiting.get_mut(place))
        {
            // Submitted here too: it is ours to tell the others of, and no longer counts against the peer.
            if from.is_none() && waiting.from.is_some() {
                let from = std::mem::take(&mut waiting.from);
                let size = cost(&waiting.entry);
                self.charge(from, size, false);
                self.charge(None, size, true);
            }
            return Admission::WaitedAlready;
        }
        let limit = match from {
            None => self.limits.own_bytes,
            Some(_) => self.limits.peer_bytes,
        };
        let size = cost(&entry);
        if self.bytes.get(&from).copied().unwrap_or(0) + size > limit {
            return Admission::Full;
        }
        self.charge(from, size, true);
        self.places.insert(leaf, self.next);
        let waiting = Waiting {
            leaf,
            entry,
            from,
            since_ms: now_ms,
        };
        self.waiting.insert(self.next, waiting);
        self.next += 1;
        Admission::Waits
    }

    /// The oldest entries, as many as fit into so many bytes.
    pub fn batch(&self, most: usize) -> Vec<Entry> {
        let mut size = 0;
        self.waiting
            .values()
            .take_while(|it| {
                size += 2 + it.entry.bytes().len();
                size <= most
            })
            .map(|it| it.entry.clone())
            .collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.waiting.values().map(|it| &it.entry)
    }

    /// Those submitted here that have waited so long, as many as fit into so many bytes.
    pub fn overdue(&self, age_ms: u64, now_ms: u64, most: usize) -> Vec<Entry> {
        let mut size = 0;
        let ours = self.waiting.values().filter(|it| it.from.is_none());
        ours.take_while(|it| passed(it.since_ms, now_ms) >= age_ms)
            .take_while(|it| {
                size += 2 + it.entry.bytes().len();
                size <= most
            })
            .map(|it| it.entry.clone())
            .collect()
    }

    pub fn remove(&mut self, leaf: &Hash) {
        let Some(waiting) = self
            .places
            .remove(leaf)
            .and_then(|place| self.waiting.remove(&place))
        else {
            return;
        };
        debug_assert_eq!(waiting.leaf, *leaf);
        self.charge(waiting.from, cost(&waiting.entry), false);
    }

    fn charge(&mut self, to: Option<Hash>, size: usize, more: bool) {
        let bytes = self.bytes.entry(to).or_default();
        *bytes = if more {
            *bytes + size
        } else {
            bytes.saturating_sub(size)
        };
    }
}

/// How long ago an instant was; for ever, where the clock was set back meanwhile.
pub(crate) fn passed(since_ms: u64, now_ms: u64) -> u64 {
    now_ms.checked_sub(since_ms).unwrap_or(u64::MAX)
}

/// What an entry takes here: its bytes and what is kept beside them.
fn cost(entry: &Entry) -> usize {
    entry.bytes().len() + 200
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(pool: &mut Mempool, text: &str, from: Option<Hash>) -> Admission {
        let entry = Entry::new(text).unwrap();
        pool.admit(entry.leaf(), entry, from, 0)
    }

    #[test]
    fn entries_wait_once_in_order_and_within_bounds() {
        let peer = Some(Hash::of(&[b"peer"]));
        let mut pool = Mempool::new(Limits {
            own_bytes: 700,
            peer_bytes: 250,
        });
        assert_eq!(admit(&mut pool, "one", None), Admission::Waits);
        assert_eq!(admit(&mut pool, "one", peer), Admission::WaitedAlready);
        assert_eq!(admit(&mut pool, "two", peer), Admission::Waits);
        assert_eq!(admit(&mut pool, "three", peer), Admission::Full);
        assert_eq!(admit(&mut pool, "three", None), Admission::Waits);
        let batch = pool.batch(10);
        let texts: Vec<_> = batch.iter().map(Entry::bytes).collect();
        assert_eq!(texts, [b"one", b"two"]);
        assert_eq!(pool.overdue(1, 1, 1000).len(), 2);
        // Submitted here as well, it counts here, and the peer may leave another.
        assert_eq!(admit(&mut pool, "two", None), Admission::WaitedAlready);
        assert_eq!(admit(&mut pool, "four", peer), Admission::Waits);
        for entry in pool.batch(1000) {
            pool.remove(&entry.leaf());
        }
        assert!(pool.is_empty());
        assert_eq!(admit(&mut pool, "one", peer), Admission::Waits);
    }
}
