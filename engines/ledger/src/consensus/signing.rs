//! Signatures over votes and proposals, each bound to its kind and to one ledger.

use std::collections::BTreeSet;
use std::fmt;

use arc_malachitebft_core_types as core;
use core::{CertificateError, Context as _, RoundCertificateType, VoteType};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

use super::{
    BlockContext, PolkaCertificate, Proposal, RoundCertificate, SignedProposal, SignedVote,
    ValidatorSet, Vote, codec,
};
use crate::Hash;

/// Which ledger a signature is for: the SHA-256 of its origin, the name in its checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerId(pub Hash);

impl LedgerId {
    pub fn of_origin(origin: &str) -> Self {
        Self(Hash::of(&[b"wise.ledger.v1\n", origin.as_bytes()]))
    }

    fn vote(&self, vote: &Vote) -> Vec<u8> {
        let mut bytes = [b"wise.vote.v1\n".as_slice(), &self.0.0].concat();
        codec::put_vote(&mut bytes, vote);
        bytes
    }

    fn proposal(&self, proposal: &Proposal) -> Vec<u8> {
        let mut bytes = [b"wise.proposal.v1\n".as_slice(), &self.0.0].concat();
        codec::put_proposal(&mut bytes, proposal);
        bytes
    }

    /// Whether the signature is by this key, over this vote, for this ledger.
    pub fn verify_vote(&self, vote: &Vote, signature: &Signature, key: &VerifyingKey) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(&self.vote(vote), &signature).is_ok()
    }

    /// Whether the signature is by this key, over this proposal, for this ledger.
    pub fn verify_proposal(
        &self,
        proposal: &Proposal,
        signature: &Signature,
        key: &VerifyingKey,
    ) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(&self.proposal(proposal), &signature)
            .is_ok()
    }
}

/// An Ed25519 signature (RFC 8032).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature(pub [u8; 64]);

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Bytes of the wrong length, or that are no point of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 key or signature")]
pub struct NotEd25519;

/// Ed25519, as Malachite asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ed25519;

impl core::SigningScheme for Ed25519 {
    type DecodingError = NotEd25519;
    type Signature = Signature;
    type PublicKey = VerifyingKey;
    type PrivateKey = SigningKey;

    fn decode_signature(bytes: &[u8]) -> Result<Signature, NotEd25519> {
        bytes.try_into().map(Signature).map_err(|_| NotEd25519)
    }

    fn encode_signature(signature: &Signature) -> Vec<u8> {
        signature.0.to_vec()
    }

    fn decode_public_key(bytes: &[u8]) -> Result<VerifyingKey, NotEd25519> {
        VerifyingKey::try_from(bytes).map_err(|_| NotEd25519)
    }

    fn encode_public_key(key: &VerifyingKey) -> Vec<u8> {
        key.as_bytes().to_vec()
    }
}

/// An agency's key, signing for one ledger.
#[derive(Clone)]
pub struct Signer {
    ledger: LedgerId,
    key: SigningKey,
    id: Hash,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.id)
    }
}

impl Signer {
    pub fn new(ledger: LedgerId, secret: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(secret);
        let id = Hash::of(&[key.verifying_key().as_bytes()]);
        Self { ledger, key, id }
    }

    /// The same key, signing for another ledger.
    #[must_use]
    pub fn of(&self, ledger: LedgerId) -> Self {
        Self {
            ledger,
            ..self.clone()
        }
    }

    pub fn ledger(&self) -> LedgerId {
        self.ledger
    }

    pub fn id(&self) -> Hash {
        self.id
    }

    pub fn public_key(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    pub fn sign_vote(&self, vote: Vote) -> SignedVote {
        let signature = self.key.sign(&self.ledger.vote(&vote));
        SignedVote::new(vote, Signature(signature.to_bytes()))
    }

    pub fn sign_proposal(&self, proposal: Proposal) -> SignedProposal {
        let signature = self.key.sign(&self.ledger.proposal(&proposal));
        SignedProposal::new(proposal, Signature(signature.to_bytes()))
    }
}

/// Whether prevotes of more than two thirds stand behind a block.
///
/// # Errors
/// Too few, one twice, by an unknown validator, or a signature that does not hold.
pub fn verify_polka(
    ledger: LedgerId,
    certificate: &PolkaCertificate,
    validators: &ValidatorSet,
) -> Result<(), Box<CertificateError<BlockContext>>> {
    let signed = signers(ledger, certificate.votes(&BlockContext), validators, |at| {
        CertificateError::InvalidPolkaSignature(certificate.polka_signatures[at].clone())
    })?;
    enough(signed, validators, validators.quorum())
}

/// Whether the votes justify entering the round: more than a third of any kind in it, or more than two thirds of the precommits
/// of the one before.
///
/// # Errors
/// Too few, one twice, by an unknown validator, of the wrong kind, or a signature that does not hold.
pub fn verify_round(
    ledger: LedgerId,
    certificate: &RoundCertificate,
    validators: &ValidatorSet,
) -> Result<(), Box<CertificateError<BlockContext>>> {
    let expected = match certificate.cert_type {
        RoundCertificateType::Skip => validators.len() / 3 + 1,
        RoundCertificateType::Precommit => validators.quorum(),
    };
    if certificate.cert_type == RoundCertificateType::Precommit {
        let mut votes = certificate.round_signatures.iter();
        if let Some(vote) = votes.find(|it| it.vote_type == VoteType::Prevote) {
            return Err(Box::new(CertificateError::InvalidVoteType(vote.address)));
        }
    }
    let signed = signers(ledger, certificate.votes(&BlockContext), validators, |at| {
        CertificateError::InvalidRoundSignature(certificate.round_signatures[at].clone())
    })?;
    enough(signed, validators, expected)
}

/// How many validators signed, each once.
fn signers(
    ledger: LedgerId,
    votes: impl Iterator<Item = SignedVote>,
    validators: &ValidatorSet,
    invalid: impl Fn(usize) -> CertificateError<BlockContext>,
) -> Result<usize, Box<CertificateError<BlockContext>>> {
    let mut seen = BTreeSet::new();
    for (at, vote) in votes.enumerate() {
        let id = vote.message.validator;
        let voter = validators
            .get(&id)
            .ok_or_else(|| Box::new(CertificateError::UnknownValidator(id)))?;
        if !seen.insert(id) {
            return Err(Box::new(CertificateError::DuplicateVote(id)));
        }
        if !ledger.verify_vote(&vote.message, &vote.signature, voter.key()) {
            return Err(Box::new(invalid(at)));
        }
    }
    Ok(seen.len())
}

fn enough(
    signed: usize,
    validators: &ValidatorSet,
    expected: usize,
) -> Result<(), Box<CertificateError<BlockContext>>> {
    if signed >= expected {
        return Ok(());
    }
    Err(Box::new(CertificateError::NotEnoughVotingPower {
        signed: signed as u64,
        total: validators.len() as u64,
        expected: expected as u64,
    }))
}

/// A precommit for a block, as a commit certificate holds it.
pub(super) fn precommit(height: u64, round: u32, block: Hash, validator: Hash) -> Vote {
    BlockContext.new_precommit(
        super::Height(height),
        core::Round::new(round),
        core::NilOrVal::Val(block),
        validator,
    )
}
