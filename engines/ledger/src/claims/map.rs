//! All active claims, in a binary trie over digests whose root commits to every one of them, and to the absence of all others.
//!
//! | subtree | digest |
//! |---|---|
//! | no key | 32 zero bytes |
//! | one key | SHA-256 of `0x00`, key, value |
//! | more | SHA-256 of `0x01`, the digest of the keys whose next bit is 0, that of those with 1 |
//!
//! A value is the SHA-256 of `wise.claim.held.v1\n` and the claims on one thing of one right as canonical JSON. Maps share their
//! unchanged parts: a copy costs nothing, a change as much as the trie is deep.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Hash;

/// An active claim on one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The leaf hash of the claim's entry.
    pub claim: Hash,
    /// Days since 1970-01-01, the second not counted in.
    pub from: i32,
    pub lock: Hash,
    pub until: Option<i32>,
}

impl Held {
    /// Whether both hold on one day.
    pub fn meets(&self, other: &Self) -> bool {
        let before = |until: Option<i32>, from| until.is_some_and(|it| it <= from);
        !before(self.until, other.from) && !before(other.until, self.from)
    }
}

#[derive(Debug)]
enum Node {
    Leaf {
        key: Hash,
        held: Vec<Held>,
        value: Hash,
    },
    Fork {
        digest: Hash,
        sides: [Tree; 2],
    },
}

type Tree = Option<Arc<Node>>;

fn digest(tree: &Tree) -> Hash {
    match tree.as_deref() {
        None => Hash::default(),
        Some(Node::Leaf { key, value, .. }) => leaf_digest(key, value),
        Some(Node::Fork { digest, .. }) => *digest,
    }
}

fn leaf_digest(key: &Hash, value: &Hash) -> Hash {
    Hash::of(&[&[0], &key.0, &value.0])
}

fn fork_digest(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], &left.0, &right.0])
}

fn fork(sides: [Tree; 2]) -> Tree {
    // What is left of a fork with one key is that key.
    match &sides {
        [None, None] => return None,
        [Some(it), None] | [None, Some(it)] if matches!(**it, Node::Leaf { .. }) => {
            return Some(Arc::clone(it));
        }
        _ => {}
    }
    let digest = fork_digest(&digest(&sides[0]), &digest(&sides[1]));
    Some(Arc::new(Node::Fork { digest, sides }))
}

/// The bit of a key at a depth, from the most significant.
fn bit(key: &Hash, depth: usize) -> usize {
    usize::from(key.0[depth / 8] >> (7 - depth % 8) & 1)
}

/// Active claims by thing and right.
#[derive(Clone, Debug, Default)]
pub struct ClaimMap(Tree);

impl PartialEq for ClaimMap {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

impl Eq for ClaimMap {}

impl ClaimMap {
    /// Under which the claims on a thing, of a right, stand.
    pub fn key(thing: &Hash, right: &str) -> Hash {
        Hash::of(&[b"wise.claim.key.v1\n", &thing.0, right.as_bytes()])
    }

    /// What a list of claims is hashed to.
    pub fn value(held: &[Held]) -> Hash {
        let text = serde_json_canonicalizer::to_vec(&held).unwrap_or_default();
        Hash::of(&[b"wise.claim.held.v1\n", &text])
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub fn root(&self) -> Hash {
        digest(&self.0)
    }

    /// The claims under a key, by the day on which they begin.
    pub fn get(&self, key: &Hash) -> &[Held] {
        let (mut tree, mut depth) = (&self.0, 0);
        loop {
            match tree.as_deref() {
                Some(Node::Leaf {
                    key: found, held, ..
                }) if found == key => return held,
                Some(Node::Fork { sides, .. }) => tree = &sides[bit(key, depth)],
                _ => return &[],
            }
            depth += 1;
        }
    }

    /// The map with these claims under a key, in place of those before; none takes the key out.
    #[must_use]
    pub fn with(&self, key: Hash, held: Vec<Held>) -> Self {
        let leaf = (!held.is_empty()).then(|| {
            let value = Self::value(&held);
            Arc::new(Node::Leaf { key, held, value })
        });
        Self(put(&self.0, &key, leaf, 0))
    }

    /// Every key with its claims, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (Hash, &[Held])> {
        let mut waiting: Vec<&Node> = self.0.as_deref().into_iter().collect();
        std::iter::from_fn(move || {
            loop {
                match waiting.pop()? {
                    Node::Leaf { key, held, .. } => return Some((*key, held.as_slice())),
                    Node::Fork { sides, .. } => {
                        waiting.extend(sides.iter().rev().filter_map(Option::as_deref));
                    }
                }
            }
        })
    }

    /// What proves to whoever knows the root which claims stand under a key, or that none does.
    pub fn prove(&self, key: &Hash) -> MapProof {
        let (mut tree, mut depth, mut siblings) = (&self.0, 0, Vec::new());
        while let Some(Node::Fork { sides, .. }) = tree.as_deref() {
            let side = bit(key, depth);
            siblings.push(digest(&sides[1 - side]));
            tree = &sides[side];
            depth += 1;
        }
        let found = match tree.as_deref() {
            Some(Node::Leaf { key, value, .. }) => Some((*key, *value)),
            _ => None,
        };
        MapProof { siblings, found }
    }
}

impl FromIterator<(Hash, Vec<Held>)> for ClaimMap {
    fn from_iter<I: IntoIterator<Item = (Hash, Vec<Held>)>>(all: I) -> Self {
        let with = |map: Self, (key, held)| map.with(key, held);
        all.into_iter().fold(Self::default(), with)
    }
}

fn put(tree: &Tree, key: &Hash, leaf: Tree, depth: usize) -> Tree {
    match tree.as_deref() {
        None => leaf,
        Some(Node::Leaf { key: found, .. }) if found == key => leaf,
        Some(Node::Leaf { key: found, .. }) => {
            if leaf.is_none() {
                return tree.clone();
            }
            let mut sides = [None, None];
            sides[bit(found, depth)] = tree.clone();
            let side = bit(key, depth);
            sides[side] = put(&sides[side], key, leaf, depth + 1);
            fork(sides)
        }
        Some(Node::Fork { sides, .. }) => {
            let side = bit(key, depth);
            let mut sides = sides.clone();
            sides[side] = put(&sides[side], key, leaf, depth + 1);
            fork(sides)
        }
    }
}

/// Which claims stand under a key, against a map's root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapProof {
    /// Digests beside the way down, from the root.
    pub siblings: Vec<Hash>,
    /// The key and value at its end; another key there proves that this one is not in the map.
    pub found: Option<(Hash, Hash)>,
}

/// The proof is not of this key and root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the proof of claims was altered, or is of another ledger, block or thing")]
pub struct ProofMismatch;

impl MapProof {
    /// The value under a key; `None` where nothing stands there.
    ///
    /// # Errors
    /// It proves nothing about this key under this root.
    pub fn verify(&self, root: &Hash, key: &Hash) -> Result<Option<Hash>, ProofMismatch> {
        if self.siblings.len() > 256 {
            return Err(ProofMismatch);
        }
        let mut digest = match self.found {
            None => Hash::default(),
            Some((found, value)) => {
                let is_on_the_way =
                    (0..self.siblings.len()).all(|it| bit(&found, it) == bit(key, it));
                if !is_on_the_way {
                    return Err(ProofMismatch);
                }
                leaf_digest(&found, &value)
            }
        };
        for (depth, sibling) in self.siblings.iter().enumerate().rev() {
            digest = match bit(key, depth) {
                0 => fork_digest(&digest, sibling),
                _ => fork_digest(sibling, &digest),
            };
        }
        if digest != *root {
            return Err(ProofMismatch);
        }
        Ok(self.found.filter(|it| it.0 == *key).map(|it| it.1))
    }
}
