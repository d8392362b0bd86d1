//! What proves to an outsider that agencies agreed on a block.

use arc_malachitebft_core_types as core;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::signing::precommit;
use super::{BlockContext, LedgerId, MAX_VALIDATORS, Signature, ValidatorSet};
use crate::Hash;

/// The most bytes of a certificate: a signature of each of [`MAX_VALIDATORS`], and what goes around them.
pub const MAX_CERTIFICATE_BYTES: usize = 512 + 300 * MAX_VALIDATORS;

/// Precommits of more than two thirds of the validators for one block, as canonical JSON (RFC 8785).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    pub height: u64,
    /// The round in which they agreed; 0 unless something went wrong first.
    pub round: u32,
    /// The block's hash: that of its header.
    pub block: Hash,
    /// In the order of the validators' ids.
    pub signatures: Vec<CommitSignature>,
}

/// A validator's precommit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitSignature {
    pub validator: Hash,
    #[serde(with = "hex")]
    pub signature: Signature,
}

/// Why a certificate proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("the certificate cannot be read: {0}")]
    Unreadable(String),
    #[error("the certificate is for block {found} at height {height}, not for {expected}")]
    Block {
        height: u64,
        expected: Hash,
        found: Hash,
    },
    #[error("{validator} signed the certificate and is no validator at height {height}")]
    Unknown { validator: Hash, height: u64 },
    #[error("the signatures are not in the order of the validators' ids, or one stands twice")]
    Order,
    #[error("the signature of {validator} does not hold")]
    Signature { validator: Hash },
    #[error("{signed} of {total} validators signed: it takes {quorum}")]
    TooFew {
        signed: usize,
        total: usize,
        quorum: usize,
    },
}

impl Certificate {
    /// What Malachite collected; `None` where it gives no round.
    pub fn from_commit(certificate: &core::CommitCertificate<BlockContext>) -> Option<Self> {
        let mut signatures: Vec<_> = certificate
            .commit_signatures
            .iter()
            .map(|it| CommitSignature {
                validator: it.address,
                signature: it.signature.clone(),
            })
            .collect();
        signatures.sort_by_key(|it| it.validator);
        Some(Self {
            height: certificate.height.0,
            round: certificate.round.as_u32()?,
            block: certificate.value_id,
            signatures,
        })
    }

    pub fn encode(&self) -> Vec<u8> {
        serde_json_canonicalizer::to_vec(self).unwrap_or_default()
    }

    /// # Errors
    /// Bytes that [`Self::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() > MAX_CERTIFICATE_BYTES {
            let said = format!("{} bytes, the most is {MAX_CERTIFICATE_BYTES}", bytes.len());
            return Err(CertificateError::Unreadable(said));
        }
        serde_json::from_slice(bytes).map_err(|it| CertificateError::Unreadable(it.to_string()))
    }

    /// Whether more than two thirds of the validators of its height agreed on this block of this ledger.
    ///
    /// # Errors
    /// Why it does not prove that.
    pub fn verify(
        &self,
        ledger: LedgerId,
        block: Hash,
        validators: &ValidatorSet,
    ) -> Result<(), CertificateError> {
        let height = self.height;
        if self.block != block {
            return Err(CertificateError::Block {
                height,
                expected: block,
                found: self.block,
            });
        }
        if !self
            .signatures
            .is_sorted_by(|a, b| a.validator < b.validator)
        {
            return Err(CertificateError::Order);
        }
        for CommitSignature {
            validator,
            signature,
        } in &self.signatures
        {
            let validator = *validator;
            let voter = validators
                .get(&validator)
                .ok_or(CertificateError::Unknown { validator, height })?;
            let vote = precommit(height, self.round, block, validator);
            if !ledger.verify_vote(&vote, signature, voter.key()) {
                return Err(CertificateError::Signature { validator });
            }
        }
        let (signed, quorum) = (self.signatures.len(), validators.quorum());
        if signed < quorum {
            return Err(CertificateError::TooFew {
                signed,
                total: validators.len(),
                quorum,
            });
        }
        Ok(())
    }
}

/// Bytes as hexadecimal digits.
mod hex {
    use super::{Deserialize, Deserializer, Serializer, Signature};

    pub fn serialize<S: Serializer>(it: &Signature, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(it)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Signature, D::Error> {
        let text = String::deserialize(from)?;
        read(&text).ok_or_else(|| serde::de::Error::custom("a signature is 128 hexadecimal digits"))
    }

    fn read(text: &str) -> Option<Signature> {
        let mut bytes = [0; 64];
        if text.len() != 128 || !text.bytes().all(|it| it.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..128).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Signature(bytes))
    }
}
