use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::jwt::{Jwt, decode, digest, signed};
use super::{BINDING_TYPE, HolderKey};

/// Why nothing is presented.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresentError {
    #[error(
        "not a credential as it was issued: a JWT, and after it disclosures, a tilde after each"
    )]
    Malformed,
    #[error("the credential has no hidden claim {0}")]
    Unknown(String),
    #[error("the credential is bound to another key than the holder's, or to none")]
    Key,
}

/// The holder's word that this is presented to one verifier, now.
#[derive(Clone, Copy)]
pub struct Binding<'a> {
    /// The private key of RFC 8032.
    pub seed: &'a [u8; 32],
    /// The verifier's address, `aud`.
    pub audience: &'a str,
    /// What the verifier gave, so that no answer serves twice.
    pub nonce: &'a str,
    pub at: Timestamp,
}

/// A credential that shows the hidden claims of these names, and no other.
///
/// # Errors
/// The text is no credential as [`issue`](super::issue) makes it, has no such claim, or is bound to another key.
pub fn present(
    credential: &str,
    shown: &[&str],
    binding: Option<Binding<'_>>,
) -> Result<String, PresentError> {
    let mut parts = credential
        .strip_suffix('~')
        .ok_or(PresentError::Malformed)?
        .split('~');
    let jwt = parts.next().unwrap_or_default();
    let read = Jwt::read(jwt).ok_or(PresentError::Malformed)?;
    let mut disclosures = Vec::new();
    for disclosure in parts {
        let name = name(disclosure).ok_or(PresentError::Malformed)?;
        disclosures.push((name, disclosure));
    }
    if let Some(unknown) = shown
        .iter()
        .find(|it| !disclosures.iter().any(|(name, _)| name == **it))
    {
        return Err(PresentError::Unknown((*unknown).to_owned()));
    }
    let mut text = format!("{jwt}~");
    for (_, disclosure) in disclosures
        .iter()
        .filter(|(name, _)| shown.contains(&name.as_str()))
    {
        text.push_str(disclosure);
        text.push('~');
    }
    if let Some(binding) = binding {
        let key = SigningKey::from_bytes(binding.seed);
        let bound = read
            .payload
            .get("cnf")
            .and_then(|it| HolderKey::from_jwk(it.get("jwk")?));
        if bound != Some(HolderKey(key.verifying_key())) {
            return Err(PresentError::Key);
        }
        let header = json!({"alg": "EdDSA", "typ": BINDING_TYPE});
        let payload = [
            ("iat", json!(binding.at.as_second())),
            ("aud", json!(binding.audience)),
            ("nonce", json!(binding.nonce)),
            ("sd_hash", json!(digest(&text))),
        ];
        let payload = Map::from_iter(payload.map(|(name, value)| (name.to_owned(), value)));
        text.push_str(&signed(&header, &payload, &key));
    }
    Ok(text)
}

/// The name of a claim in its disclosure: salt, name, value.
fn name(disclosure: &str) -> Option<String> {
    let Ok(Value::Array(parts)) = serde_json::from_slice(&decode(disclosure)?) else {
        return None;
    };
    match parts.as_slice() {
        [Value::String(_), Value::String(name), _] => Some(name.clone()),
        _ => None,
    }
}
