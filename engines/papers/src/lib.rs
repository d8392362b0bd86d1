//! Papers that strangers can check, without asking whoever issued them:
//!
//! - [`pdf`]: a certificate on A4 as PDF/A-3b (ISO 19005-3), with a QR code and with files in it,
//! - [`signature`]: the agency's signature in such a file (PAdES B-B, ETSI EN 319 142-1) by Ed25519 and ML-DSA-44,
//! - [`attachments`]: the files in it, read from bytes of which nothing is believed,
//! - [`credential`]: the same facts as an SD-JWT VC (RFC 9901), of which a holder shows only what is asked for.
//!
//! Pure: fonts, instants and random numbers are the caller's.

pub mod attachments;
pub mod credential;
mod file;
pub mod pdf;
pub mod signature;
