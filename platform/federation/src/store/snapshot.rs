//! What the journal comes to at a block, so that opening the store need not read it from the beginning. Derived: without it, or
//! with one that is damaged, everything is worked out anew.
//!
//! ```text
//! "wise.snapshot.v2\n", SHA-256 over the rest (32), length of the JSON (4, big-endian), JSON, the edge's own bytes
//! ```

use ledger::claims::{ClaimMap, Held};
use ledger::tree::Edge;
use ledger::{Hash, State};
use serde::{Deserialize, Serialize};

use super::journal::Position;

const MAGIC: &[u8] = b"wise.snapshot.v2\n";

/// The last block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    pub height: u64,
    pub hash: Hash,
    pub time_ms: u64,
}

#[derive(Clone, Debug)]
pub struct Snapshot {
    pub last: Last,
    pub state: State,
    /// Where the journal goes on.
    pub next: Position,
    pub edge: Edge,
}

#[derive(Serialize, Deserialize)]
struct Head {
    last: Last,
    /// Without its claims.
    state: State,
    claims: Vec<(Hash, Vec<Held>)>,
    segment: u64,
    offset: u64,
}

impl Snapshot {
    pub fn encode(&self) -> Vec<u8> {
        let claims = self.state.claims().iter();
        let head = Head {
            last: self.last,
            state: self.state.clone().with_claims(ClaimMap::default()),
            claims: claims.map(|(key, held)| (key, held.to_vec())).collect(),
            segment: self.next.segment,
            offset: self.next.offset,
        };
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let length = u32::try_from(head.len()).unwrap_or(u32::MAX).to_be_bytes();
        let body = [length.as_slice(), &head, &self.edge.encode()].concat();
        [MAGIC, &Hash::of(&[&body]).0, &body].concat()
    }

    /// Nothing where the bytes are damaged.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (sum, body) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
        if Hash::of(&[body]) != Hash(*sum) {
            return None;
        }
        let (length, rest) = body.split_first_chunk()?;
        let (head, edge) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let head: Head = serde_json::from_slice(head).ok()?;
        Some(Self {
            last: head.last,
            state: head.state.with_claims(head.claims.into_iter().collect()),
            next: Position {
                segment: head.segment,
                offset: head.offset,
            },
            edge: Edge::decode(edge).ok()?,
        })
    }
}
