//! Byzantine agreement about blocks: what is signed, by whom, and what proves to an outsider that agencies agreed.
//!
//! The algorithm is Malachite's (Tendermint); these are its types, pure. What is agreed on is a block's hash, which binds its
//! entries through the log's root; the block itself travels beside the proposal.
//!
//! | signed | bytes under the signature, integers big-endian |
//! |---|---|
//! | vote | `wise.vote.v1\n`, ledger (32), [vote](codec) (78) |
//! | proposal | `wise.proposal.v1\n`, ledger (32), [proposal](codec) (80) |
//!
//! The ledger's id stands in each, so what was signed for one ledger is worth nothing in another.

mod certificate;
pub mod codec;
mod context;
mod evidence;
mod signing;
mod validators;

pub use certificate::{Certificate, CertificateError, MAX_CERTIFICATE_BYTES};
pub use codec::CodecError;
pub use context::{BlockContext, Height, Proposal, Vote};
pub use evidence::{Evidence, EvidenceError};
pub use signing::{Ed25519, LedgerId, Signature, Signer, verify_polka, verify_round};
pub use validators::{InvalidValidators, MAX_VALIDATORS, ValidatorSet, Voter};

/// A vote with its signature.
pub type SignedVote = arc_malachitebft_core_types::SignedVote<BlockContext>;
/// A proposal with its signature.
pub type SignedProposal = arc_malachitebft_core_types::SignedProposal<BlockContext>;
/// Prevotes of more than two thirds for one block.
pub type PolkaCertificate = arc_malachitebft_core_types::PolkaCertificate<BlockContext>;
/// Votes that justify entering a round.
pub type RoundCertificate = arc_malachitebft_core_types::RoundCertificate<BlockContext>;

#[cfg(test)]
mod tests;
