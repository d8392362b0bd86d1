//! What the write-ahead log records.

use std::sync::Arc;

use arc_malachitebft_core_types::{Round, Timeout, TimeoutKind};
use ledger::consensus::codec::{self, CodecError, Reader};
use ledger::consensus::{PolkaCertificate, SignedProposal, SignedVote};
use ledger::{Block, BlockError, Hash};

use crate::message::{get, put};

/// What changed a validator's mind at a height.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    Vote(SignedVote),
    Proposal(SignedProposal),
    /// A block that was found valid.
    Value {
        round: Round,
        valid_round: Round,
        proposer: Hash,
        block: Arc<Block>,
    },
    Timeout(Timeout),
    Polka(PolkaCertificate),
}

/// Why bytes are no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error(transparent)]
    Codec(#[from] CodecError),
    #[error(transparent)]
    Block(#[from] BlockError),
}

impl Record {
    /// Writes it behind others.
    pub fn put(&self, to: &mut Vec<u8>) {
        let mut bytes = Vec::new();
        let kind = match self {
            Self::Vote(vote) => {
                codec::put_signed_vote(&mut bytes, vote);
                1
            }
            Self::Proposal(proposal) => {
                codec::put_signed_proposal(&mut bytes, proposal);
                2
            }
            Self::Value {
                round,
                valid_round,
                proposer,
                block,
            } => {
                bytes.extend(number(*round));
                bytes.extend(number(*valid_round));
                bytes.extend(proposer.0);
                bytes.extend(block.encode());
                3
            }
            Self::Timeout(timeout) => {
                bytes.push(match timeout.kind {
                    TimeoutKind::Propose => 1,
                    TimeoutKind::Prevote => 2,
                    TimeoutKind::Precommit => 3,
                    // These two change no mind, and are not recorded.
                    TimeoutKind::Rebroadcast | TimeoutKind::FinalizeHeight(_) => return,
                });
                bytes.extend(number(timeout.round));
                4
            }
            Self::Polka(certificate) => {
                codec::put_polka(&mut bytes, certificate);
                5
            }
        };
        to.push(kind);
        put(to, &bytes);
    }

    /// The records that stand one after another.
    ///
    /// # Errors
    /// Bytes that [`Self::put`] would not have written.
    pub fn read(bytes: &[u8]) -> Result<Vec<Self>, RecordError> {
        let mut reader = Reader(bytes);
        let mut records = Vec::new();
        while !reader.0.is_empty() {
            let [kind] = reader.array()?;
            let mut body = Reader(get(&mut reader)?);
            records.push(Self::body(kind, &mut body)?);
            body.end()?;
        }
        Ok(records)
    }

    fn body(kind: u8, reader: &mut Reader<'_>) -> Result<Self, RecordError> {
        Ok(match kind {
            1 => Self::Vote(reader.signed_vote()?),
            2 => Self::Proposal(reader.signed_proposal()?),
            3 => Self::Value {
                round: round(reader)?,
                valid_round: round(reader)?,
                proposer: reader.hash()?,
                block: Arc::new(Block::decode(reader.bytes(reader.0.len())?)?),
            },
            4 => {
                let kind = match reader.array()? {
                    [1] => TimeoutKind::Propose,
                    [2] => TimeoutKind::Prevote,
                    [3] => TimeoutKind::Precommit,
                    _ => return Err(CodecError::Unknown.into()),
                };
                Self::Timeout(Timeout::new(round(reader)?, kind))
            }
            5 => Self::Polka(reader.polka()?),
            _ => return Err(CodecError::Unknown.into()),
        })
    }
}

fn number(round: Round) -> [u8; 4] {
    round.as_u32().unwrap_or(u32::MAX).to_be_bytes()
}

fn round(reader: &mut Reader<'_>) -> Result<Round, CodecError> {
    Ok(match u32::from_be_bytes(reader.array()?) {
        u32::MAX => Round::Nil,
        round => Round::new(round),
    })
}
