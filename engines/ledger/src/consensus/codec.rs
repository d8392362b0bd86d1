//! The one way in which signed messages are written, on the wire, in the write-ahead log and under signatures.
//!
//! | | bytes, integers big-endian |
//! |---|---|
//! | vote (78) | 1 prevote or 2 precommit; height (8); round (4); 0 for none or 1 for a block; block (32, zeros for none); validator (32) |
//! | proposal (80) | height (8); round (4); earlier round with a polka (4, `ffffffff` for none); block (32); validator (32) |
//! | signed | the message; signature (64) |
//! | polka certificate | 3; number of votes (2); signed votes, each a prevote of the same block and round |
//! | round certificate | 1 to skip into their round or 2 to leave it; number of votes (2); signed votes of one round |
//!
//! Every message has exactly one encoding: whatever else is read is refused.

use arc_malachitebft_core_types::{NilOrVal, Round, RoundCertificateType, VoteType};

use super::{
    BlockContext, Height, MAX_VALIDATORS, PolkaCertificate, Proposal, RoundCertificate, Signature,
    SignedProposal, SignedVote, Vote,
};
use crate::Hash;

/// Why bytes are no message of agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    #[error("the bytes end within a message, or go on after it")]
    Length,
    #[error("a byte stands for nothing that is known")]
    Unknown,
    #[error(
        "a certificate with more votes than a ledger may have validators, with none, or with votes that do not go together"
    )]
    Certificate,
}

const NO_ROUND: u32 = u32::MAX;

fn number(round: Round) -> u32 {
    round.as_u32().unwrap_or(NO_ROUND)
}

pub fn put_vote(bytes: &mut Vec<u8>, vote: &Vote) {
    bytes.push(match vote.kind {
        VoteType::Prevote => 1,
        VoteType::Precommit => 2,
    });
    bytes.extend(vote.height.0.to_be_bytes());
    bytes.extend(number(vote.round).to_be_bytes());
    let (some, block) = match vote.block {
        NilOrVal::Nil => (0, Hash::default()),
        NilOrVal::Val(block) => (1, block),
    };
    bytes.push(some);
    bytes.extend(block.0);
    bytes.extend(vote.validator.0);
}

pub fn put_proposal(bytes: &mut Vec<u8>, proposal: &Proposal) {
    bytes.extend(proposal.height.0.to_be_bytes());
    bytes.extend(number(proposal.round).to_be_bytes());
    bytes.extend(number(proposal.pol_round).to_be_bytes());
    bytes.extend(proposal.block.0);
    bytes.extend(proposal.validator.0);
}

pub fn put_signed_vote(bytes: &mut Vec<u8>, vote: &SignedVote) {
    put_vote(bytes, &vote.message);
    bytes.extend(vote.signature.0);
}

pub fn put_signed_proposal(bytes: &mut Vec<u8>, proposal: &SignedProposal) {
    put_proposal(bytes, &proposal.message);
    bytes.extend(proposal.signature.0);
}

fn put_votes(bytes: &mut Vec<u8>, kind: u8, votes: impl ExactSizeIterator<Item = SignedVote>) {
    bytes.push(kind);
    bytes.extend(u16::try_from(votes.len()).unwrap_or(u16::MAX).to_be_bytes());
    votes.for_each(|vote| put_signed_vote(bytes, &vote));
}

pub fn put_polka(bytes: &mut Vec<u8>, certificate: &PolkaCertificate) {
    let votes: Vec<_> = certificate.votes(&BlockContext).collect();
    put_votes(bytes, 3, votes.into_iter());
}

pub fn put_round(bytes: &mut Vec<u8>, certificate: &RoundCertificate) {
    let kind = match certificate.cert_type {
        RoundCertificateType::Skip => 1,
        RoundCertificateType::Precommit => 2,
    };
    let votes: Vec<_> = certificate.votes(&BlockContext).collect();
    put_votes(bytes, kind, votes.into_iter());
}

/// Reads messages one after another.
#[derive(Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// # Errors
    /// Bytes are left.
    pub fn end(&self) -> Result<(), CodecError> {
        self.0.is_empty().then_some(()).ok_or(CodecError::Length)
    }

    /// # Errors
    /// Fewer bytes are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(CodecError::Length)?;
        self.0 = rest;
        Ok(*bytes)
    }

    /// # Errors
    /// Fewer bytes are left.
    pub fn bytes(&mut self, length: usize) -> Result<&'a [u8], CodecError> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(CodecError::Length)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// # Errors
    /// Fewer bytes are left.
    pub fn hash(&mut self) -> Result<Hash, CodecError> {
        self.array().map(Hash)
    }

    fn round(&mut self) -> Result<Round, CodecError> {
        match u32::from_be_bytes(self.array()?) {
            NO_ROUND => Err(CodecError::Unknown),
            round => Ok(Round::new(round)),
        }
    }

    fn height(&mut self) -> Result<Height, CodecError> {
        Ok(Height(u64::from_be_bytes(self.array()?)))
    }

    fn vote(&mut self) -> Result<Vote, CodecError> {
        let kind = match self.array()? {
            [1] => VoteType::Prevote,
            [2] => VoteType::Precommit,
            _ => return Err(CodecError::Unknown),
        };
        let (height, round) = (self.height()?, self.round()?);
        let block = match (self.array()?, self.hash()?) {
            ([0], block) if block == Hash::default() => NilOrVal::Nil,
            ([1], block) => NilOrVal::Val(block),
            _ => return Err(CodecError::Unknown),
        };
        let validator = self.hash()?;
        Ok(Vote {
            kind,
            height,
            round,
            block,
            validator,
        })
    }

    /// # Errors
    /// The bytes that come next are no signed vote.
    pub fn signed_vote(&mut self) -> Result<SignedVote, CodecError> {
        Ok(SignedVote::new(self.vote()?, Signature(self.array()?)))
    }

    /// # Errors
    /// The bytes that come next are no signed proposal.
    pub fn signed_proposal(&mut self) -> Result<SignedProposal, CodecError> {
        let (height, round) = (self.height()?, self.round()?);
        let pol_round = match u32::from_be_bytes(self.array()?) {
            NO_ROUND => Round::Nil,
            round => Round::new(round),
        };
        let proposal = Proposal {
            height,
            round,
            pol_round,
            block: self.hash()?,
            validator: self.hash()?,
        };
        Ok(SignedProposal::new(proposal, Signature(self.array()?)))
    }

    fn votes(&mut self) -> Result<(u8, SignedVote, Vec<SignedVote>), CodecError> {
        let [kind] = self.array()?;
        let count = usize::from(u16::from_be_bytes(self.array()?));
        if !(1..=MAX_VALIDATORS).contains(&count) {
            return Err(CodecError::Certificate);
        }
        let votes: Vec<_> = (0..count)
            .map(|_| self.signed_vote())
            .collect::<Result<_, _>>()?;
        let first = votes.first().cloned().ok_or(CodecError::Certificate)?;
        let together = |it: &SignedVote| {
            (it.message.height, it.message.round) == (first.message.height, first.message.round)
        };
        if !votes.iter().all(together) {
            return Err(CodecError::Certificate);
        }
        Ok((kind, first, votes))
    }

    /// # Errors
    /// The bytes that come next are no polka certificate.
    pub fn polka(&mut self) -> Result<PolkaCertificate, CodecError> {
        let (kind, first, votes) = self.votes()?;
        let (NilOrVal::Val(block), 3) = (first.message.block, kind) else {
            return Err(CodecError::Certificate);
        };
        let (height, round, count) = (first.message.height, first.message.round, votes.len());
        let certificate = PolkaCertificate::new(height, round, block, votes);
        // Votes of another kind or for another block are left out there.
        if certificate.polka_signatures.len() != count {
            return Err(CodecError::Certificate);
        }
        Ok(certificate)
    }

    /// # Errors
    /// The bytes that come next are no round certificate.
    pub fn round_certificate(&mut self) -> Result<RoundCertificate, CodecError> {
        let (kind, first, votes) = self.votes()?;
        let kind = match kind {
            1 => RoundCertificateType::Skip,
            2 => RoundCertificateType::Precommit,
            _ => return Err(CodecError::Unknown),
        };
        let (height, round) = (first.message.height, first.message.round);
        Ok(RoundCertificate::new_from_votes(height, round, kind, votes))
    }
}
