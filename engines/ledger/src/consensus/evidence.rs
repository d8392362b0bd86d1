//! What proves that a validator broke the rules: two messages of its own that contradict each other.

use super::codec::{self, Reader};
use super::{CodecError, LedgerId, SignedProposal, SignedVote, ValidatorSet};
use crate::Hash;

/// Two signed messages of one validator of which only one may exist. Whoever knows its key can check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Two votes of one kind in one round.
    Votes(SignedVote, SignedVote),
    /// Two proposals in one round.
    Proposals(SignedProposal, SignedProposal),
}

/// Why evidence proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    #[error("the two messages do not contradict each other")]
    NoConflict,
    #[error("{0} is no validator")]
    Unknown(Hash),
    #[error("a signature does not hold")]
    Signature,
    #[error(transparent)]
    Unreadable(#[from] CodecError),
}

impl Evidence {
    /// Whom it is against.
    pub fn validator(&self) -> Hash {
        match self {
            Self::Votes(first, _) => first.message.validator,
            Self::Proposals(first, _) => first.message.validator,
        }
    }

    pub fn height(&self) -> u64 {
        match self {
            Self::Votes(first, _) => first.message.height.0,
            Self::Proposals(first, _) => first.message.height.0,
        }
    }

    /// # Errors
    /// It does not prove that one of the validators contradicted itself on this ledger.
    pub fn verify(&self, ledger: LedgerId, validators: &ValidatorSet) -> Result<(), EvidenceError> {
        let id = self.validator();
        let key = validators.get(&id).ok_or(EvidenceError::Unknown(id))?.key();
        let (conflict, signed) = match self {
            Self::Votes(one, two) => {
                let place = |it: &SignedVote| {
                    let it = &it.message;
                    (it.kind, it.height, it.round, it.validator)
                };
                let holds = |it: &SignedVote| ledger.verify_vote(&it.message, &it.signature, key);
                let conflict = place(one) == place(two) && one.message != two.message;
                (conflict, holds(one) && holds(two))
            }
            Self::Proposals(one, two) => {
                let place = |it: &SignedProposal| {
                    let it = &it.message;
                    (it.height, it.round, it.validator)
                };
                let holds =
                    |it: &SignedProposal| ledger.verify_proposal(&it.message, &it.signature, key);
                let conflict = place(one) == place(two) && one.message != two.message;
                (conflict, holds(one) && holds(two))
            }
        };
        match (conflict, signed) {
            (false, _) => Err(EvidenceError::NoConflict),
            (_, false) => Err(EvidenceError::Signature),
            _ => Ok(()),
        }
    }

    /// 1 for votes or 2 for proposals, then the two [as they are written](codec).
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Votes(one, two) => {
                bytes.push(1);
                codec::put_signed_vote(&mut bytes, one);
                codec::put_signed_vote(&mut bytes, two);
            }
            Self::Proposals(one, two) => {
                bytes.push(2);
                codec::put_signed_proposal(&mut bytes, one);
                codec::put_signed_proposal(&mut bytes, two);
            }
        }
        bytes
    }

    /// # Errors
    /// Bytes that [`Self::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, EvidenceError> {
        let mut reader = Reader(bytes);
        let evidence = match reader.array()? {
            [1] => Self::Votes(reader.signed_vote()?, reader.signed_vote()?),
            [2] => Self::Proposals(reader.signed_proposal()?, reader.signed_proposal()?),
            _ => return Err(CodecError::Unknown.into()),
        };
        reader.end()?;
        Ok(evidence)
    }
}
