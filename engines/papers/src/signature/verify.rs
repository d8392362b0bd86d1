use std::ops::Range;

use der::{Decode, Header, Reader, SliceReader};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ml_dsa::MlDsa44;
use sha2::{Digest, Sha512};

use super::certificate::Certificate;
use super::{Signed, cms};
use crate::attachments::words;
use crate::file::{Dict, LARGEST, Value, dictionary_around};

/// What of a signed file was altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Pages, attachments or whatever else the signature is over.
    Document,
    /// The message that holds the signature, or the room around it.
    Signature,
    /// The ML-DSA-44 signature, which may also have been taken away.
    QuantumSignature,
}

/// Why a file is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error("this is no PDF file of at most {LARGEST} bytes")]
    NotPdf,
    #[error("the file is not signed")]
    NotSigned,
    #[error("the end of the file is missing")]
    Truncated,
    #[error("the file was altered after it was signed: {}", match .0 {
        Part::Document => "its content",
        Part::Signature => "its signature",
        Part::QuantumSignature => "its second signature",
    })]
    Altered(Part),
    /// What was signed is unaltered, but it is not the whole file any more.
    #[error("{bytes} bytes were added after {by} had signed the file")]
    Added { by: String, bytes: usize },
    #[error("the file is signed by somebody who is not trusted here{}", .name.as_ref().map(|it| format!("; it says, by {it}")).unwrap_or_default())]
    UnknownSigner { name: Option<String> },
    #[error(
        "the certificate of {by} was valid from {from} until {until}, and the file says it was signed at {at}"
    )]
    NotValid {
        by: String,
        from: Timestamp,
        until: Timestamp,
        at: Timestamp,
    },
    #[error("the file has no ML-DSA-44 signature, which is demanded here")]
    NoQuantumSignature,
}

/// What is demanded of a signature beside that it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// An ML-DSA-44 signature is checked where the signed attributes or the message speak of one.
    #[default]
    WhenPresent,
    /// There must be one: for the day on which Ed25519 can be forged, when it could be left out unseen.
    Hybrid,
}

/// Signatures that are looked at, from the end of the file.
const MOST: usize = 4;

/// Checks who signed a file, that the signature is over the whole of it, and that nothing was altered since.
///
/// # Errors
/// Says what is wrong with it. Bytes that are no such file are never accepted and never make it panic.
pub fn verify(pdf: &[u8], trusted: &[Certificate], policy: Policy) -> Result<Signed, VerifyError> {
    if !pdf.starts_with(b"%PDF-") || pdf.len() > LARGEST {
        return Err(VerifyError::NotPdf);
    }
    let mut refusals = Vec::new();
    let mut before = pdf;
    while let Some(at) = last(before, b"/ByteRange") {
        match check(pdf, at, trusted, policy) {
            Ok(signed) => return Ok(signed),
            Err(why) => refusals.push(why),
        }
        if refusals.len() == MOST {
            break;
        }
        before = pdf.get(..at).unwrap_or_default();
    }
    let unsigned = match pdf.trim_ascii_end().ends_with(b"%%EOF") {
        true => VerifyError::NotSigned,
        false => VerifyError::Truncated,
    };
    // A signature that held before something was added tells most.
    let added = refusals
        .iter()
        .position(|it| matches!(it, VerifyError::Added { .. }));
    Err(refusals
        .into_iter()
        .nth(added.unwrap_or_default())
        .unwrap_or(unsigned))
}

fn last(bytes: &[u8], word: &[u8]) -> Option<usize> {
    memchr::memmem::rfind(bytes, word)
}

/// A signature's dictionary, as far as it was read.
struct Slot<'a> {
    dict: Dict<'a>,
    /// Of `/Contents`, with its brackets.
    gap: Range<usize>,
    /// Where what is signed ends.
    end: usize,
    at: Timestamp,
}

fn check(
    pdf: &[u8],
    range_at: usize,
    trusted: &[Certificate],
    policy: Policy,
) -> Result<Signed, VerifyError> {
    let slot = slot(pdf, range_at)?;
    let altered = VerifyError::Altered(Part::Signature);
    let hex = pdf
        .get(slot.gap.start + 1..slot.gap.end - 1)
        .ok_or(altered.clone())?;
    let der = unhex(hex).ok_or(altered.clone())?;
    let (message, rest) = first_value(&der).ok_or(altered.clone())?;
    let parts = cms::parts(message).ok_or(altered.clone())?;
    if rest.iter().any(|it| *it != 0) {
        return Err(altered);
    }
    let digest = Sha512::new()
        .chain_update(pdf.get(..slot.gap.start).unwrap_or_default())
        .chain_update(pdf.get(slot.gap.end..slot.end).unwrap_or_default())
        .finalize();
    let is_whole = slot.end == pdf.len();
    if parts.digest.as_slice() != digest.as_slice() {
        return Err(VerifyError::Altered(Part::Document));
    }
    let signer = trusted
        .iter()
        .find(|it| it.sha256 == parts.certificate_sha256);
    let signer = signer.ok_or_else(|| VerifyError::UnknownSigner {
        name: parts
            .certificate
            .as_ref()
            .and_then(|it| Certificate::from_der(it).ok())
            .map(|it| it.name().to_owned()),
    })?;
    let attributes = cms::signed_attributes(&parts.digest, &signer.sha256, parts.is_hybrid);
    let attributes = attributes.map_err(|_| altered.clone())?;
    // Made again, the message is the same to the byte: nothing in it, not even what no signature is over, was altered.
    let again = cms::message(
        signer,
        &attributes,
        &parts.signature,
        parts.second.as_deref(),
    );
    if !again.is_ok_and(|it| it == message) {
        return Err(altered);
    }
    let signature = ed25519_dalek::Signature::from_slice(&parts.signature);
    let signature = signature.map_err(|_| altered.clone())?;
    if signer.key.verify_strict(&attributes, &signature).is_err() {
        return Err(altered);
    }
    let is_hybrid = second(signer, &attributes, &parts, policy)?;
    let (from, until) = signer.validity();
    let by = signer.name().to_owned();
    if slot.at < from || until < slot.at {
        let at = slot.at;
        return Err(VerifyError::NotValid {
            by,
            from,
            until,
            at,
        });
    }
    if !is_whole {
        let bytes = pdf.len() - slot.end;
        return Err(VerifyError::Added { by, bytes });
    }
    Ok(Signed {
        by,
        certificate_sha256: signer.sha256,
        at: slot.at,
        reason: slot.dict.text("Reason").map(words),
        covers_whole_file: is_whole,
        is_hybrid,
    })
}

/// Whether there is a second signature that holds.
fn second(
    signer: &Certificate,
    attributes: &[u8],
    parts: &cms::Parts,
    policy: Policy,
) -> Result<bool, VerifyError> {
    let Some(signature) = &parts.second else {
        return match (parts.is_hybrid, policy) {
            (true, _) => Err(VerifyError::Altered(Part::QuantumSignature)),
            (false, Policy::Hybrid) => Err(VerifyError::NoQuantumSignature),
            (false, Policy::WhenPresent) => Ok(false),
        };
    };
    let key = signer.quantum_key.as_ref().filter(|_| parts.is_hybrid);
    let signature = ml_dsa::Signature::<MlDsa44>::try_from(signature.as_slice()).ok();
    match key.zip(signature) {
        Some((key, signature)) if key.verify_with_context(attributes, cms::CONTEXT, &signature) => {
            Ok(true)
        }
        _ => Err(VerifyError::Altered(Part::QuantumSignature)),
    }
}

/// Reads the dictionary around a `/ByteRange`, which is to be over everything but `/Contents`.
fn slot(pdf: &[u8], range_at: usize) -> Result<Slot<'_>, VerifyError> {
    let altered = || VerifyError::Altered(Part::Signature);
    // Half a dictionary at the end of half a file.
    let is_end = !pdf.trim_ascii_end().ends_with(b"%%EOF");
    let broken = || {
        if is_end {
            VerifyError::Truncated
        } else {
            altered()
        }
    };
    let (dict, around) = dictionary_around(pdf, range_at).ok_or_else(broken)?;
    let Some(Value::Array(range)) = dict.get("ByteRange") else {
        return Err(altered());
    };
    let [
        Value::Number(0),
        Value::Number(first),
        Value::Number(next),
        Value::Number(length),
    ] = range.as_slice()
    else {
        return Err(altered());
    };
    let offset = |it: i64| usize::try_from(it).map_err(|_| altered());
    let (start, next, length) = (offset(*first)?, offset(*next)?, offset(*length)?);
    let gap = dict.range("Contents").ok_or_else(altered)?;
    let end = next.checked_add(length).ok_or_else(altered)?;
    if gap != (start..next)
        || dict.name("SubFilter") != Some(b"ETSI.CAdES.detached")
        || end < around.end
    {
        return Err(altered());
    }
    if end > pdf.len() {
        return Err(VerifyError::Truncated);
    }
    let at = dict.text("M").and_then(instant).ok_or_else(altered)?;
    Ok(Slot { dict, gap, end, at })
}

/// `D:20260302013000Z` (7.9.4), as [`sign`](super::sign) writes it.
fn instant(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let at = DateTime::strptime("D:%Y%m%d%H%M%SZ", text).ok()?;
    Some(at.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
}

/// Pairs of lower-case digits, so that there is one spelling.
fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |it: u8| match it {
        b'0'..=b'9' => Some(it - b'0'),
        b'a'..=b'f' => Some(it - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect();
    bytes.filter(|_| rest.is_empty())
}

/// The first value of DER, and what follows it.
fn first_value(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = SliceReader::new(der).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let start = u32::from(reader.position());
    let length = start.checked_add(u32::from(header.length))?;
    der.split_at_checked(usize::try_from(length).ok()?)
}
