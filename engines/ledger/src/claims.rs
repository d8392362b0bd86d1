//! What may be had once only: a claim on a thing, of a right, for a time. Every validator applies the same rule to every entry, so
//! that of two claims that collide one stands, whoever brought them to whom.
//!
//! A claim is an entry of the log, canonical JSON (RFC 8785):
//!
//! | field | what |
//! |---|---|
//! | `commitment` | to the contract, as [`Opening`](crate::commitment::Opening) makes it |
//! | `from`, `until` | days since 1970-01-01, the second not counted in; without it for ever |
//! | `kind` | `ledger.claim.v1` |
//! | `lock` | SHA-256 over `wise.release.v1\n` and the key that releases it: whoever made the claim keeps that |
//! | `right` | a word; only claims of one right collide |
//! | `things` | digests of what is claimed, at most [`MAX_THINGS`], in order |
//!
//! Whoever may know which thing a digest stands for mixes a secret of the agencies into it: a stranger who reads the log learns of no
//! flat that it is let. All active claims stand in a [map](ClaimMap) whose root is part of the application hash, so that it can be
//! proven, too, that a thing is free.

mod map;

use serde::{Deserialize, Serialize};

pub use map::{ClaimMap, Held, MapProof, ProofMismatch};

use crate::{BlockError, Entry, Hash};

pub const CLAIM_KIND: &str = "ledger.claim.v1";
pub const RELEASE_KIND: &str = "ledger.release.v1";
/// How both kinds begin.
const FAMILY: &[u8] = b"ledger.";
/// The most things in one claim: a flat with its parking space and cellar is three.
pub const MAX_THINGS: usize = 16;
/// The most bytes of a right's word.
const MAX_RIGHT_BYTES: usize = 32;

/// An entry that claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub commitment: Hash,
    pub from: i32,
    kind: String,
    pub lock: Hash,
    pub right: String,
    pub things: Vec<Hash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i32>,
}

/// An entry that gives a claim back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The leaf hash of the claim's entry.
    pub claim: Hash,
    /// To why it was given back.
    pub commitment: Hash,
    /// What the claim's lock is made from.
    pub key: Hash,
    kind: String,
    pub right: String,
    pub things: Vec<Hash>,
}

/// Why a claim or a release may not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    #[error("a claim or release is not written as canonical JSON with its fields: {0}")]
    Malformed(String),
    #[error("a claim is on 1 to {MAX_THINGS} different things in the order of their digests")]
    Things,
    #[error("a right is a word of 1 to {MAX_RIGHT_BYTES} letters a–z, digits and _")]
    Right,
    #[error("a claim ends after it begins")]
    Period,
    #[error("{thing} is claimed already, from day {from} until {until:?}, by claim {claim}")]
    Taken {
        thing: Hash,
        from: i32,
        until: Option<i32>,
        claim: Hash,
    },
    #[error("no claim {claim} on {thing} stands")]
    NoClaim { thing: Hash, claim: Hash },
    #[error("the key does not open the lock of claim {claim}")]
    Key { claim: Hash },
}

impl Claim {
    /// # Errors
    /// No things, too many, one twice; a right that is no word; a period that ends before it begins.
    pub fn new(
        commitment: Hash,
        (right, from, until): (&str, i32, Option<i32>),
        mut things: Vec<Hash>,
        lock: Hash,
    ) -> Result<Self, ClaimError> {
        things.sort_unstable();
        let claim = Self {
            commitment,
            from,
            kind: CLAIM_KIND.to_owned(),
            lock,
            right: right.to_owned(),
            things,
            until,
        };
        claim.check()?;
        Ok(claim)
    }

    /// The lock that a key opens.
    pub fn lock(key: &Hash) -> Hash {
        Hash::of(&[b"wise.release.v1\n", &key.0])
    }

    fn check(&self) -> Result<(), ClaimError> {
        check(&self.right, &self.things)?;
        match self.until.is_some_and(|until| until <= self.from) {
            true => Err(ClaimError::Period),
            false => Ok(()),
        }
    }

    /// # Errors
    /// None that [`new`](Self::new) did not meet.
    pub fn entry(&self) -> Result<Entry, BlockError> {
        Entry::new(canonical(self))
    }
}

impl Release {
    /// Of a claim, by the key that its lock was made from; `commitment` is to why.
    pub fn new(claim: &Claim, claim_leaf: Hash, key: Hash, commitment: Hash) -> Self {
        Self {
            claim: claim_leaf,
            commitment,
            key,
            kind: RELEASE_KIND.to_owned(),
            right: claim.right.clone(),
            things: claim.things.clone(),
        }
    }

    /// # Errors
    /// None: it is as long as the claim at most.
    pub fn entry(&self) -> Result<Entry, BlockError> {
        Entry::new(canonical(self))
    }
}

fn canonical(it: &impl Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(it).unwrap_or_default()
}

fn check(right: &str, things: &[Hash]) -> Result<(), ClaimError> {
    let is_ordered = things.windows(2).all(|it| it[0] < it[1]);
    if !(1..=MAX_THINGS).contains(&things.len()) || !is_ordered {
        return Err(ClaimError::Things);
    }
    let is_letter = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    let is_word = (1..=MAX_RIGHT_BYTES).contains(&right.len()) && right.bytes().all(is_letter);
    is_word.then_some(()).ok_or(ClaimError::Right)
}

/// What an entry does to the claims.
enum Act {
    Claim(Claim),
    Release(Release),
}

/// `None` for entries of other kinds.
fn read(entry: &Entry) -> Result<Option<Act>, ClaimError> {
    // Most entries are of other kinds: those need not be read as JSON.
    if !entry.bytes().windows(FAMILY.len()).any(|it| it == FAMILY) {
        return Ok(None);
    }
    #[derive(Deserialize)]
    struct Kind {
        #[serde(default)]
        kind: String,
    }
    let kind = serde_json::from_slice::<Kind>(entry.bytes()).map(|it| it.kind);
    let malformed = |it: serde_json::Error| ClaimError::Malformed(it.to_string());
    let (act, text) = match kind.as_deref() {
        Ok(CLAIM_KIND) => {
            let claim: Claim = serde_json::from_slice(entry.bytes()).map_err(malformed)?;
            claim.check()?;
            let text = canonical(&claim);
            (Act::Claim(claim), text)
        }
        Ok(RELEASE_KIND) => {
            let release: Release = serde_json::from_slice(entry.bytes()).map_err(malformed)?;
            check(&release.right, &release.things)?;
            let text = canonical(&release);
            (Act::Release(release), text)
        }
        _ => return Ok(None),
    };
    match text == entry.bytes() {
        true => Ok(Some(act)),
        false => Err(ClaimError::Malformed("it is not canonical".to_owned())),
    }
}

/// The commitment in a claim or release; `None` for entries of other kinds, and those that may not stand.
pub fn commitment(entry: &Entry) -> Option<Hash> {
    match read(entry).ok()?? {
        Act::Claim(it) => Some(it.commitment),
        Act::Release(it) => Some(it.commitment),
    }
}

/// Applies an entry: the claims after it, `None` where it is of another kind.
///
/// # Errors
/// It may not stand.
pub fn apply(claims: &ClaimMap, entry: &Entry) -> Result<Option<ClaimMap>, ClaimError> {
    match read(entry)? {
        None => Ok(None),
        Some(Act::Claim(claim)) => claimed(claims, &claim, entry.leaf()).map(Some),
        Some(Act::Release(release)) => released(claims, &release).map(Some),
    }
}

fn claimed(claims: &ClaimMap, claim: &Claim, leaf: Hash) -> Result<ClaimMap, ClaimError> {
    let held = Held {
        from: claim.from,
        until: claim.until,
        claim: leaf,
        lock: claim.lock,
    };
    let mut after = claims.clone();
    for thing in &claim.things {
        let key = ClaimMap::key(thing, &claim.right);
        let mut all = claims.get(&key).to_vec();
        if let Some(taken) = all.iter().find(|it| it.meets(&held)) {
            return Err(ClaimError::Taken {
                thing: *thing,
                from: taken.from,
                until: taken.until,
                claim: taken.claim,
            });
        }
        let place = all.partition_point(|it| it.from < held.from);
        all.insert(place, held);
        after = after.with(key, all);
    }
    Ok(after)
}

fn released(claims: &ClaimMap, release: &Release) -> Result<ClaimMap, ClaimError> {
    let claim = release.claim;
    let mut after = claims.clone();
    for thing in &release.things {
        let key = ClaimMap::key(thing, &release.right);
        let mut all = claims.get(&key).to_vec();
        let place = all.iter().position(|it| it.claim == claim);
        let place = place.ok_or(ClaimError::NoClaim {
            thing: *thing,
            claim,
        })?;
        if Claim::lock(&release.key) != all[place].lock {
            return Err(ClaimError::Key { claim });
        }
        all.remove(place);
        after = after.with(key, all);
    }
    Ok(after)
}

#[cfg(test)]
mod tests;
