//! What a log says of itself at a size: C2SP [`tlog-checkpoint`], signed by the log and by cosigners.
//!
//! [`tlog-checkpoint`]: https://c2sp.org/tlog-checkpoint

use std::fmt;
use std::str::FromStr;

use crate::Hash;
use crate::note::Signature;
use crate::tree::TreeHead;

/// A log's name, size and root.
#[derive(Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
    text: String,
}

/// Why a text is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("the checkpoint is no signed note: a text, an empty line and lines of signatures")]
    Note,
    #[error("the checkpoint's text is not an origin, a size and a root in base64, each a line")]
    Body,
}

impl Checkpoint {
    /// # Errors
    /// An origin is one line that is not empty.
    pub fn new(origin: &str, head: TreeHead) -> Result<Self, CheckpointError> {
        let root = tlog_tiles::Hash(head.root.0);
        let body = tlog_tiles::Checkpoint::new(origin, head.size, root, "");
        let body = body.map_err(|_| CheckpointError::Body)?;
        // Parsed again: `tlog_tiles` takes an origin with line breaks.
        let text = String::from_utf8(body.to_bytes()).map_err(|_| CheckpointError::Body)?;
        Self::parse(&text).and_then(|it| match it.origin == origin {
            true => Ok(it),
            false => Err(CheckpointError::Body),
        })
    }

    /// Of the note's text, extension lines allowed.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let body = tlog_tiles::Checkpoint::from_bytes(text.as_bytes());
        let body = body.map_err(|_| CheckpointError::Body)?;
        // One text for each checkpoint: what is signed is the text.
        if body.to_bytes() != text.as_bytes() {
            return Err(CheckpointError::Body);
        }
        Ok(Self {
            origin: body.origin().to_owned(),
            head: TreeHead {
                size: body.size(),
                root: Hash(body.hash().0),
            },
            text: text.to_owned(),
        })
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn head(&self) -> TreeHead {
        self.head
    }

    /// What is signed.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// A checkpoint with signatures, none of them checked: see [`Policy`](crate::policy::Policy).
#[derive(Clone, Debug, PartialEq)]
pub struct SignedCheckpoint {
    pub checkpoint: Checkpoint,
    pub signatures: Vec<Signature>,
}

impl FromStr for SignedCheckpoint {
    type Err = CheckpointError;

    /// Of a whole note.
    fn from_str(note: &str) -> Result<Self, CheckpointError> {
        // `signed_note` keeps the signatures to itself, so that none is used unchecked; each is checked by name later.
        signed_note::Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::Note)?;
        let (text, lines) = note.rsplit_once("\n\n").ok_or(CheckpointError::Note)?;
        Ok(Self {
            checkpoint: Checkpoint::parse(&format!("{text}\n"))?,
            signatures: signatures(lines)?,
        })
    }
}

impl SignedCheckpoint {
    /// Adds a signature, in place of an earlier one of the same key.
    pub fn add(&mut self, signature: Signature) {
        self.signatures
            .retain(|it| it.name() != signature.name() || it.id() != signature.id());
        self.signatures.push(signature);
    }
}

/// Of signature lines, as a witness answers them.
///
/// # Errors
/// A line is none.
pub fn signatures(lines: &str) -> Result<Vec<Signature>, CheckpointError> {
    lines
        .lines()
        .map(|it| Signature::from_bytes(it.as_bytes()).map_err(|_| CheckpointError::Note))
        .collect()
}

impl fmt::Display for SignedCheckpoint {
    /// The note.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.checkpoint.text)?;
        self.signatures
            .iter()
            .try_for_each(|it| f.write_str(&String::from_utf8_lossy(&it.to_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::{Algorithm, SigningKey, VerifierKey};
    use crate::tree::CompactRange;

    fn head() -> TreeHead {
        let mut range = CompactRange::default();
        range.append(Hash::default(), |_, _, _| {});
        range.head()
    }

    #[test]
    fn a_signed_checkpoint_reads_back() {
        let checkpoint = Checkpoint::new("ledger.example/서울", head()).unwrap();
        let mut signed = SignedCheckpoint {
            checkpoint: checkpoint.clone(),
            signatures: Vec::new(),
        };
        for (seed, algorithm) in [(1, Algorithm::Ed25519), (1, Algorithm::MlDsa44)] {
            let key = SigningKey::from_seed("ledger.example/서울", algorithm, [seed; 32]).unwrap();
            signed.add(key.sign(&checkpoint, 9).unwrap());
            signed.add(key.sign(&checkpoint, 9).unwrap());
        }
        assert_eq!(signed.signatures.len(), 2);
        assert_eq!(signed.to_string().parse(), Ok(signed));
    }

    #[test]
    fn the_checkpoint_of_another_implementation_is_read_and_holds() {
        let note = include_str!("../tests/tessera/checkpoint");
        let key = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
        let key: VerifierKey = key.parse().unwrap();
        let signed: SignedCheckpoint = note.parse().unwrap();
        assert_eq!(signed.checkpoint.origin(), "example.com/log/testdata");
        assert_eq!(signed.checkpoint.head().size, 15);
        let held = key.verify(&signed.checkpoint, &signed.signatures[0]);
        assert_eq!(held, Ok(None));
        assert_eq!(signed.to_string(), note);
    }

    #[test]
    fn other_texts_are_no_checkpoints() {
        for origin in ["", "two\nlines", "ends\n"] {
            let refused = Checkpoint::new(origin, head());
            assert_eq!(refused, Err(CheckpointError::Body), "{origin}");
        }
        let text = Checkpoint::new("l", head()).unwrap().text().to_owned();
        for spoiled in [
            text.replace("\n1\n", "\n01\n"),
            text.replace("\n1\n", "\n-1\n"),
            text.replace('=', ""),
            text.replace("l\n", "\n"),
            text.trim_end().to_owned(),
            format!("{text}\n"),
        ] {
            assert!(Checkpoint::parse(&spoiled).is_err(), "{spoiled}");
        }
        assert_eq!(text.parse::<SignedCheckpoint>(), Err(CheckpointError::Note));
    }
}
