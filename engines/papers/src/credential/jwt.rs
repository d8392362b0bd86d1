//! Keys, and JWTs in the compact form (RFC 7515, 7519) by `EdDSA` over Ed25519 alone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// SHA-256 in base64url: how RFC 9901 names a disclosure or what was presented.
pub(super) fn digest(text: &str) -> String {
    encode(Sha256::digest(text))
}

/// Who issues credentials.
#[derive(Clone)]
pub struct Issuer {
    pub(super) id: String,
    pub(super) key_id: String,
    pub(super) key: SigningKey,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issuer({}, {})", self.id, self.key_id)
    }
}

impl Issuer {
    /// `id` is the issuer's HTTPS address (`iss`), `key_id` tells its keys apart (`kid`), the seed is the private key of
    /// RFC 8032.
    pub fn new(id: &str, key_id: &str, seed: &[u8; 32]) -> Self {
        Self {
            id: id.to_owned(),
            key_id: key_id.to_owned(),
            key: SigningKey::from_bytes(seed),
        }
    }

    /// What verifiers need.
    pub fn public(&self) -> IssuerKey {
        IssuerKey {
            id: self.id.clone(),
            key: self.key.verifying_key(),
        }
    }
}

/// A key by which credentials of an issuer are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerKey {
    pub(super) id: String,
    pub(super) key: VerifyingKey,
}

impl IssuerKey {
    /// `None` where the 32 bytes are no key.
    pub fn new(id: &str, key: &[u8; 32]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(key).ok()?;
        Some(Self {
            id: id.to_owned(),
            key,
        })
    }

    /// The key as JWK (RFC 8037): `kty` `OKP`, `crv` `Ed25519`.
    pub fn jwk(&self) -> Value {
        jwk(&self.key)
    }
}

/// The public key of a holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderKey(pub(super) VerifyingKey);

impl HolderKey {
    /// `None` where the 32 bytes are no key.
    pub fn new(key: &[u8; 32]) -> Option<Self> {
        VerifyingKey::from_bytes(key).ok().map(Self)
    }

    /// Of a JWK as wallets send it; `None` for other keys than Ed25519.
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let is_ed25519 = jwk.get("kty")? == "OKP" && jwk.get("crv")? == "Ed25519";
        is_ed25519.then_some(())?;
        let key = decode(jwk.get("x")?.as_str()?)?.try_into().ok()?;
        Self::new(&key)
    }

    /// The key as JWK (RFC 8037).
    pub fn jwk(&self) -> Value {
        jwk(&self.0)
    }
}

fn jwk(key: &VerifyingKey) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": encode(key.as_bytes())})
}

/// Signs a JWT.
pub(super) fn signed(header: &Value, payload: &Map<String, Value>, key: &SigningKey) -> String {
    let payload = Value::Object(payload.clone()).to_string();
    let input = format!("{}.{}", encode(header.to_string()), encode(payload));
    let signature = key.sign(input.as_bytes());
    format!("{input}.{}", encode(signature.to_bytes()))
}

/// A JWT that was read and not yet believed.
pub(super) struct Jwt<'a> {
    pub header: Map<String, Value>,
    pub payload: Map<String, Value>,
    input: &'a str,
    signature: ed25519_dalek::Signature,
}

impl<'a> Jwt<'a> {
    /// `None` where the text is none.
    pub fn read(text: &'a str) -> Option<Self> {
        let (input, signature) = text.rsplit_once('.')?;
        let (header, payload) = input.split_once('.')?;
        let object = |it: &str| serde_json::from_slice::<Map<String, Value>>(&decode(it)?).ok();
        Some(Self {
            header: object(header)?,
            payload: object(payload)?,
            input,
            signature: ed25519_dalek::Signature::from_slice(&decode(signature)?).ok()?,
        })
    }

    /// Whether it is of a type and by `EdDSA`, and asks for nothing that is not known here (`crit`, RFC 7515, 4.1.11).
    /// RFC 9864 calls the same algorithm `Ed25519`.
    pub fn is_of(&self, kind: &str) -> bool {
        let is = |name, wanted: &[&str]| {
            self.header
                .get(name)
                .and_then(Value::as_str)
                .is_some_and(|it| wanted.contains(&it))
        };
        is("typ", &[kind]) && is("alg", &["EdDSA", "Ed25519"]) && !self.header.contains_key("crit")
    }

    pub fn is_by(&self, key: &VerifyingKey) -> bool {
        key.verify_strict(self.input.as_bytes(), &self.signature)
            .is_ok()
    }
}
