//! A receipt: one text file that proves, without any server, that a record stands in the log.
//!
//! It is a C2SP [`tlog-proof`], so that others' tools check it too:
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra eyJlbnRyeSI6…           base64 of canonical JSON {"entry": …, "opening": {"record": …, "salt": …}}
//! index 73894
//! gSKyXoYZUgZ6jduWYrkDOARi…     the hashes that prove the entry, from its sibling upward
//! <empty line>
//! ledger.example                the checkpoint with its signatures
//! …
//! ```
//!
//! The record travels in the `extra` line, which the specification has for exactly this: “additional data necessary to
//! reconstruct the record hash”. A wrapper around the file would be a format of our own that no other tool reads. Nothing in
//! the line is believed: the entry by its proof, the record by the entry's commitment. A receipt without `opening` proves an
//! entry and gives away no record.
//!
//! [`tlog-proof`]: https://c2sp.org/tlog-proof

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::claims;
use crate::commitment::{Opening, Sealed};
use crate::policy::{Distrust, Policy, Trusted};
use crate::tree::{MAX_PROOF_HASHES, ProofError, verify_inclusion};
use crate::{Entry, Hash, base64};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// The most bytes of a receipt.
pub const MAX_RECEIPT_BYTES: usize = 1 << 20;

/// A receipt, not yet checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    pub entry: Entry,
    pub opening: Option<Opening>,
    /// Where the entry stands in the log, from 0.
    pub index: u64,
    pub proof: Vec<Hash>,
    pub checkpoint: SignedCheckpoint,
}

/// What the `extra` line says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    entry: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opening: Option<Opening>,
}

/// Why a text is no receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptSyntaxError {
    #[error("a receipt begins with the line {FIRST_LINE}")]
    FirstLine,
    #[error("a receipt of {0} bytes: the most is {MAX_RECEIPT_BYTES}")]
    TooLarge(usize),
    #[error("the extra line holds no entry and record that can be read: {0}")]
    Extra(String),
    #[error("the index line is not “index” and a number")]
    Index,
    #[error("hash {0} of the proof is not 32 bytes in base64")]
    Hash(usize),
    #[error("no empty line after the hashes of the proof")]
    Blank,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// What is wrong with a receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    #[error(transparent)]
    Checkpoint(#[from] Distrust),
    #[error("the index or a hash of the proof was altered: {0}")]
    Proof(ProofError),
    #[error("the entry was altered: the record's own entry stands in the log in its place")]
    Entry,
    #[error("the record or its salt was altered: it is not what the entry in the log commits to")]
    Record,
    #[error("the receipt opens an entry that is not sealed")]
    NotSealed,
}

/// What a receipt proves.
#[derive(Clone, Debug, PartialEq)]
pub struct Proven {
    /// The record, where the receipt opens it.
    pub record: Option<Value>,
    pub index: u64,
    pub checkpoint: Trusted,
}

impl Receipt {
    /// Checks everything.
    ///
    /// # Errors
    /// The first thing that is wrong, as narrowly as it can be told.
    pub fn verify(&self, policy: &Policy) -> Result<Proven, ReceiptError> {
        let checkpoint = policy.check(&self.checkpoint)?;
        let stands = |entry: &Entry| {
            verify_inclusion(&checkpoint.head, self.index, &entry.leaf(), &self.proof)
        };
        let sealed = Sealed::read(&self.entry);
        let committed = sealed.as_ref().map(|it| it.commitment);
        let committed = committed.or_else(|| claims::commitment(&self.entry));
        let is_opened = match (&self.opening, &committed) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(opening), Some(committed)) => opening.commitment() == *committed,
        };
        match (stands(&self.entry), is_opened) {
            (Ok(()), true) => Ok(Proven {
                record: self.opening.as_ref().map(|it| it.record().clone()),
                index: self.index,
                checkpoint,
            }),
            (Ok(()), false) if committed.is_none() => Err(ReceiptError::NotSealed),
            (Ok(()), false) => Err(ReceiptError::Record),
            // Whether the entry is what was altered: the opening tells what it should be.
            (Err(error), _) => {
                let tag = sealed.and_then(|it| it.tag);
                let own = self.opening.as_ref().map(|it| it.seal(tag).entry());
                match own {
                    Some(Ok(own)) if own != self.entry && stands(&own).is_ok() => {
                        Err(ReceiptError::Entry)
                    }
                    _ => Err(ReceiptError::Proof(error)),
                }
            }
        }
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = serde_json::from_slice(self.entry.bytes()).map_err(|_| fmt::Error)?;
        let opening = self.opening.clone();
        let extra = serde_json_canonicalizer::to_vec(&Extra { entry, opening });
        let extra = base64::encode(&extra.map_err(|_| fmt::Error)?);
        writeln!(f, "{FIRST_LINE}\nextra {extra}\nindex {}", self.index)?;
        for hash in &self.proof {
            writeln!(f, "{}", base64::encode(&hash.0))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Receipt {
    type Err = ReceiptSyntaxError;

    fn from_str(text: &str) -> Result<Self, ReceiptSyntaxError> {
        if text.len() > MAX_RECEIPT_BYTES {
            return Err(ReceiptSyntaxError::TooLarge(text.len()));
        }
        let rest = text.strip_prefix(FIRST_LINE);
        let rest = rest.and_then(|it| it.strip_prefix('\n'));
        let rest = rest.ok_or(ReceiptSyntaxError::FirstLine)?;
        let (head, note) = rest.split_once("\n\n").ok_or(ReceiptSyntaxError::Blank)?;
        let mut lines = head.split('\n');
        let extra = lines.next().and_then(|it| it.strip_prefix("extra "));
        let (entry, opening) = read_extra(extra.unwrap_or_default())?;
        let index = lines.next().and_then(|it| it.strip_prefix("index "));
        let index = index.ok_or(ReceiptSyntaxError::Index)?;
        let number: u64 = index.parse().map_err(|_| ReceiptSyntaxError::Index)?;
        if number.to_string() != index {
            return Err(ReceiptSyntaxError::Index);
        }
        let mut proof = Vec::new();
        for (place, line) in lines.enumerate() {
            let hash = base64::decode(line).and_then(|it| it.try_into().ok());
            match hash {
                Some(hash) if place < MAX_PROOF_HASHES => proof.push(Hash(hash)),
                _ => return Err(ReceiptSyntaxError::Hash(place)),
            }
        }
        Ok(Self {
            entry,
            opening,
            index: number,
            proof,
            checkpoint: note.parse()?,
        })
    }
}

fn read_extra(line: &str) -> Result<(Entry, Option<Opening>), ReceiptSyntaxError> {
    let refuse = |it: String| ReceiptSyntaxError::Extra(it);
    let bytes = base64::decode(line).ok_or_else(|| refuse("no base64".to_owned()))?;
    let extra: Extra = serde_json::from_slice(&bytes).map_err(|it| refuse(it.to_string()))?;
    let entry = serde_json_canonicalizer::to_vec(&extra.entry);
    let entry = entry.map_err(|it| refuse(it.to_string()))?;
    let entry = Entry::new(entry).map_err(|it| refuse(it.to_string()))?;
    Ok((entry, extra.opening))
}

#[cfg(test)]
mod tests;
