//! How what was found about others is written, to be kept beside the write-ahead log.
//!
//! `WFD1`, then each finding: validator (32), offence (1), height (8), count (8), length (4) and what was seen in words, length
//! (4) and evidence, length 0 where there is none. Integers big-endian.

use ledger::consensus::codec::{CodecError, Reader};
use ledger::consensus::{Evidence, EvidenceError};

use super::watch::{Finding, Offence};
use crate::message::{get, put};

const MAGIC: [u8; 4] = *b"WFD1";
/// In the order of the numbers that stand for them, from 0.
const OFFENCES: [Offence; 9] = [
    Offence::DoubleVote,
    Offence::DoubleProposal,
    Offence::InvalidBlock,
    Offence::Forgery,
    Offence::ForeignLedger,
    Offence::Replay,
    Offence::Malformed,
    Offence::Late,
    Offence::Silent,
];

/// Why bytes are no findings.
#[derive(Debug, thiserror::Error)]
pub enum FindingsError {
    #[error(transparent)]
    Codec(#[from] CodecError),
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
}

pub fn encode<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for it in findings {
        let offence = OFFENCES.iter().position(|known| *known == it.offence);
        bytes.extend(it.validator.0);
        bytes.push(offence.and_then(|it| it.try_into().ok()).unwrap_or(u8::MAX));
        bytes.extend(it.height.to_be_bytes());
        bytes.extend(it.count.to_be_bytes());
        put(&mut bytes, it.detail.as_bytes());
        let evidence = it.evidence.as_ref().map(Evidence::encode);
        put(&mut bytes, &evidence.unwrap_or_default());
    }
    bytes
}

/// # Errors
/// Bytes that [`encode`] would not have written.
pub fn decode(bytes: &[u8]) -> Result<Vec<Finding>, FindingsError> {
    let mut reader = Reader(bytes);
    if reader.array()? != MAGIC {
        return Err(CodecError::Unknown.into());
    }
    let mut findings = Vec::new();
    while !reader.0.is_empty() {
        let validator = reader.hash()?;
        let [offence] = reader.array()?;
        let offence = OFFENCES.get(usize::from(offence));
        findings.push(Finding {
            validator,
            offence: *offence.ok_or(CodecError::Unknown)?,
            height: u64::from_be_bytes(reader.array()?),
            count: u64::from_be_bytes(reader.array()?),
            detail: String::from_utf8_lossy(get(&mut reader)?).into_owned(),
            evidence: match get(&mut reader)? {
                [] => None,
                evidence => Some(Evidence::decode(evidence)?),
            },
        });
    }
    Ok(findings)
}
