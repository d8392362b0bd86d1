//! Witnesses, after C2SP [`tlog-witness`]: outsiders who cosign a log's checkpoint if it goes on where the last one they saw
//! ended. Both sides, without the HTTP between them.
//!
//! A witness keeps one thing for each log: the last tree that it cosigned. Between reading it for [`Witness::answer`] and
//! writing what a [`Answer::Cosigned`] carries nobody else may answer for the same log, and nothing may be sent before it is on
//! the disk: a witness that forgets cosigns a fork.
//!
//! [`tlog-witness`]: https://c2sp.org/tlog-witness

use std::fmt;
use std::str::FromStr;

use crate::checkpoint::{CheckpointError, SignedCheckpoint, signatures};
use crate::note::{KeyError, Signature, SigningKey, VerifierKey};
use crate::policy::{Distrust, Policy, PolicySyntaxError};
use crate::tree::{MAX_PROOF_HASHES, TreeHead, verify_consistency};
use crate::{Hash, base64};

/// The body of a request to cosign: `POST <prefix>/add-checkpoint`.
#[derive(Clone, Debug, PartialEq)]
pub struct AddCheckpoint {
    /// The size of the last tree that the witness cosigned, as the log believes.
    pub old: u64,
    /// That the tree of that size is the beginning of the checkpoint's.
    pub proof: Vec<Hash>,
    pub checkpoint: SignedCheckpoint,
}

/// Why a body is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error("the first line is not “old” and a size")]
    Old,
    #[error("hash {0} of the proof is not 32 bytes in base64, or one too many")]
    Hash(usize),
    #[error("no empty line after the proof")]
    Blank,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error("the log goes from {old} back to {new} entries")]
    Backwards { old: u64, new: u64 },
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", base64::encode(&hash.0))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = RequestError;

    fn from_str(text: &str) -> Result<Self, RequestError> {
        let (head, note) = text.split_once("\n\n").ok_or(RequestError::Blank)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|it| it.strip_prefix("old "));
        let size: Option<u64> = old.and_then(|it| it.parse().ok());
        let size = size.filter(|it| Some(it.to_string().as_str()) == old);
        let size = size.ok_or(RequestError::Old)?;
        let mut proof = Vec::new();
        for (place, line) in lines.enumerate() {
            match base64::decode(line).and_then(|it| it.try_into().ok()) {
                Some(hash) if place < MAX_PROOF_HASHES => proof.push(Hash(hash)),
                _ => return Err(RequestError::Hash(place)),
            }
        }
        Ok(Self {
            old: size,
            proof,
            checkpoint: note.parse()?,
        })
    }
}

/// What a witness answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// 200. The caller keeps `head` as the log's latest, durably, before it sends the cosignatures.
    Cosigned {
        origin: String,
        head: TreeHead,
        cosignatures: Vec<Signature>,
    },
    /// 400.
    Malformed(RequestError),
    /// 403: no signature by a key of the log.
    Forbidden(Distrust),
    /// 404.
    UnknownLog,
    /// 409: another size than the log believes was cosigned last, or the same size with another root.
    Conflict { size: u64 },
    /// 422: the proof of consistency does not hold.
    Inconsistent,
}

impl Answer {
    /// Of the HTTP response.
    pub fn status(&self) -> u16 {
        match self {
            Self::Cosigned { .. } => 200,
            Self::Malformed(_) => 400,
            Self::Forbidden(_) => 403,
            Self::UnknownLog => 404,
            Self::Conflict { .. } => 409,
            Self::Inconsistent => 422,
        }
    }

    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "text/x.tlog.size",
            _ => "text/plain; charset=utf-8",
        }
    }

    pub fn body(&self) -> String {
        match self {
            Self::Cosigned { cosignatures, .. } => {
                let lines = cosignatures.iter().map(Signature::to_bytes);
                lines
                    .map(|it| String::from_utf8_lossy(&it).into_owned())
                    .collect()
            }
            Self::Malformed(error) => format!("{error}\n"),
            Self::Forbidden(error) => format!("{error}\n"),
            Self::UnknownLog => "this witness does not know the log\n".to_owned(),
            Self::Conflict { size } => format!("{size}\n"),
            Self::Inconsistent => "the proof of consistency does not hold\n".to_owned(),
        }
    }
}

/// A witness of other logs.
#[derive(Debug)]
pub struct Witness {
    logs: Policy,
    keys: Vec<SigningKey>,
}

impl Witness {
    /// With the keys of the logs that it knows, and its own, which make cosignatures.
    ///
    /// # Errors
    /// A log's key stands there twice.
    pub fn new(logs: &[VerifierKey], keys: Vec<SigningKey>) -> Result<Self, PolicySyntaxError> {
        let logs = Policy::new(logs, &[], 0)?;
        Ok(Self { logs, keys })
    }

    /// Answers a request at a time in seconds since 1970; `latest` gives the last tree of a log, by its origin, that was
    /// cosigned.
    ///
    /// # Errors
    /// Its own keys cannot sign this log's checkpoints.
    pub fn answer(
        &self,
        body: &str,
        time_s: u64,
        latest: impl FnOnce(&str) -> Option<TreeHead>,
    ) -> Result<Answer, KeyError> {
        let request: AddCheckpoint = match body.parse() {
            Ok(request) => request,
            Err(error) => return Ok(Answer::Malformed(error)),
        };
        match self.logs.check(&request.checkpoint) {
            Ok(_) => {}
            Err(Distrust::Origin { .. }) => return Ok(Answer::UnknownLog),
            Err(distrust) => return Ok(Answer::Forbidden(distrust)),
        }
        let checkpoint = &request.checkpoint.checkpoint;
        let (old, head) = (request.old, checkpoint.head());
        if old > head.size {
            let new = head.size;
            let backwards = RequestError::Backwards { old, new };
            return Ok(Answer::Malformed(backwards));
        }
        let known = latest(checkpoint.origin()).unwrap_or_else(TreeHead::empty);
        let size = known.size;
        if old != size || (head.size == size && head.root != known.root) {
            return Ok(Answer::Conflict { size });
        }
        let is_consistent = match size {
            0 => request.proof.is_empty(),
            _ => verify_consistency(&known, &head, &request.proof).is_ok(),
        };
        if !is_consistent {
            return Ok(Answer::Inconsistent);
        }
        let cosignatures = self.keys.iter().map(|it| it.sign(checkpoint, time_s));
        Ok(Answer::Cosigned {
            origin: checkpoint.origin().to_owned(),
            head,
            cosignatures: cosignatures.collect::<Result<_, _>>()?,
        })
    }
}

/// What a witness's answer means to the log that asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Cosignatures by the witness's keys over the checkpoint, each checked.
    Cosigned(Vec<Signature>),
    /// It saw another size last: ask again with a proof from there, unless that is beyond the log.
    Behind {
        size: u64,
    },
    Refused {
        status: u16,
        reason: String,
    },
}

/// Reads an answer. Signatures by keys that are not the witness's are passed over.
pub fn outcome(
    request: &AddCheckpoint,
    witness: &[VerifierKey],
    status: u16,
    body: &str,
) -> Outcome {
    let refused = |reason: &str| {
        let reason = reason.trim().chars().take(200).collect();
        Outcome::Refused { status, reason }
    };
    match (status, body.trim_end().parse()) {
        (409, Ok(size)) => Outcome::Behind { size },
        (200, _) => {
            let mut lines = signatures(body).unwrap_or_default();
            let checkpoint = &request.checkpoint.checkpoint;
            lines.retain(|it| {
                let mut keys = witness.iter();
                keys.any(|key| key.verify(checkpoint, it).is_ok())
            });
            match lines.is_empty() {
                true => refused("it answers without a cosignature by its key"),
                false => Outcome::Cosigned(lines),
            }
        }
        _ => refused(body),
    }
}

#[cfg(test)]
mod tests;
