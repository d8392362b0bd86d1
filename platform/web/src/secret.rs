//! Random tokens, their digests, and comparing them without telling how far they agreed.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// 256 random bits as text for cookies and forms.
pub(crate) fn token(rng: &mut dyn Rng) -> String {
    let mut bytes = [0_u8; 32];
    rng.fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256 in hexadecimal: what is stored in place of a token. Tokens are random, so neither salt
/// nor stretching is needed.
pub(crate) fn digest(text: &str) -> String {
    digest_bytes(text.as_bytes())
}

/// SHA-256 in hexadecimal.
pub(crate) fn digest_bytes(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Compares in constant time.
pub(crate) fn equal(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}
