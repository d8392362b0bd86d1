//! What peers say to have, and which of them is asked for blocks that are missing here.

use std::collections::BTreeMap;

use ledger::Hash;

use crate::mempool::passed;

/// How long one block may be missing before it is asked for: it is likely on its way.
const GRACE_MS: u64 = 300;
/// How long a peer may take to answer before another is asked.
const PATIENCE_MS: u64 = 2_000;
/// How long blocks that were sent to a peer are not sent to it again. One that lost them asks another meanwhile.
const SERVED_MS: u64 = 1_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Peer {
    pub connected: bool,
    /// Of the last block it says to have.
    pub height: u64,
    pub seen_ms: u64,
    /// The last block that was sent to it, and when.
    served: (u64, u64),
}

#[derive(Debug, Default)]
pub(super) struct Peers {
    peers: BTreeMap<Hash, Peer>,
    asked: Option<(Hash, u64)>,
    behind_since_ms: Option<u64>,
}

impl Peers {
    pub fn get(&self, id: &Hash) -> Peer {
        self.peers.get(id).copied().unwrap_or_default()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Hash, &Peer)> {
        self.peers.iter()
    }

    pub fn expect(&mut self, id: Hash) {
        self.peers.entry(id).or_default();
    }

    pub fn connected(&mut self, id: Hash, connected: bool) {
        let peer = self.peers.entry(id).or_default();
        peer.connected = connected;
        if !connected {
            // It may come back with an older store.
            peer.height = 0;
            self.asked.take_if(|(asked, _)| *asked == id);
        }
    }

    pub fn saw(&mut self, id: Hash, height: u64, now_ms: u64) {
        let peer = self.peers.entry(id).or_default();
        peer.height = peer.height.max(height);
        peer.seen_ms = now_ms;
    }

    /// Whom to ask for the block after `own`, if anybody, and if it is time.
    pub fn ask(&mut self, own: u64, now_ms: u64) -> Option<Hash> {
        let ahead = |peer: &Peer| peer.connected && peer.height > own;
        let best = self
            .peers
            .values()
            .filter(|it| ahead(it))
            .map(|it| it.height)
            .max();
        let Some(best) = best else {
            self.behind_since_ms = None;
            return None;
        };
        let since = *self.behind_since_ms.get_or_insert(now_ms);
        if best == own + 1 && passed(since, now_ms) < GRACE_MS {
            return None;
        }
        let mut after = None;
        if let Some((asked, at)) = self.asked {
            if passed(at, now_ms) < PATIENCE_MS {
                return None;
            }
            after = Some(asked);
        }
        // In turn, so that one that does not answer holds nobody up.
        let able = || {
            self.peers
                .iter()
                .filter(|(_, it)| ahead(it))
                .map(|(id, _)| *id)
        };
        let next = able()
            .find(|id| Some(*id) > after)
            .or_else(|| able().next())?;
        self.asked = Some((next, now_ms));
        Some(next)
    }

    /// Whether a peer that wants blocks from a height on is to have them now.
    pub fn may_want(&self, id: &Hash, first: u64, now_ms: u64) -> bool {
        let (height, at_ms) = self.get(id).served;
        first > height || passed(at_ms, now_ms) >= SERVED_MS
    }

    pub fn served(&mut self, id: Hash, height: u64, now_ms: u64) {
        self.peers.entry(id).or_default().served = (height, now_ms);
    }

    /// Whether blocks of a peer were asked for.
    pub fn is_asked(&self, id: &Hash) -> bool {
        self.asked.is_some_and(|(asked, _)| asked == *id)
    }

    /// Blocks came: more may be asked for at once.
    pub fn answered(&mut self) {
        self.asked = None;
    }
}
