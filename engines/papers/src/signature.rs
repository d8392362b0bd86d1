//! An agency's signature in a PDF file: PAdES B-B (ETSI EN 319 142-1), `ETSI.CAdES.detached` of ISO 32000-2, 12.8.3.4, by
//! Ed25519 (RFC 8419), with a second one by ML-DSA-44 in the same message where the agency's certificate has such a key.
//!
//! The message is a CMS message (RFC 5652) of one signer:
//!
//! | signed attribute | says |
//! |---|---|
//! | content type | `id-data` |
//! | message digest | SHA-512 of the file but for the message itself (RFC 8419 wants SHA-512 beside Ed25519) |
//! | signing-certificate-v2 (RFC 5035) | SHA-256 of the certificate |
//! | `altSignatureAlgorithm` (2.5.29.73) | ML-DSA-44: a second signature belongs to this one |
//!
//! The second signature is the unsigned attribute `altSignatureValue` (2.5.29.74). Both names are those of X.509 (10/2019),
//! 9.8, for exactly this: another signature over the same bytes, which whoever does not know it passes over. It is over
//! the same bytes as the first, the DER of the signed attributes, and in the context [`CONTEXT`] (FIPS 204, 5.2). A second
//! `SignerInfo` (RFC 9882) would be the alternative, were it not that readers of PAdES refuse a message of two.
//!
//! [`sign`] appends to a file and leaves every byte that was there. [`verify`] wants exactly that form back: the
//! signature is over the whole file but itself, and itself has one spelling, so there is no byte that could be
//! altered, added or taken away. It does not follow the file's structure, which could be read in two ways; what a reader
//! shows is what was signed, since everything was.
//!
//! The instant of signing is the agency's word, as the standard's level B has it: there is no other witness to it.

use jiff::Timestamp;

mod certificate;
mod cms;
mod sign;
mod verify;

pub use certificate::{Certificate, CertificateError, Seeds, Signer, Subject};
pub use cms::CONTEXT;
pub use sign::{SignError, sign};
pub use verify::{Part, Policy, VerifyError, verify};

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The agency's name in the trusted certificate.
    pub by: String,
    /// SHA-256 of that certificate.
    pub certificate_sha256: [u8; 32],
    /// When, by the agency's word.
    pub at: Timestamp,
    /// Why, where it says.
    pub reason: Option<String>,
    /// Always so, in what [`verify`] accepts; said for whoever shows it.
    pub covers_whole_file: bool,
    /// Whether an ML-DSA-44 signature was there and holds as well.
    pub is_hybrid: bool,
}
