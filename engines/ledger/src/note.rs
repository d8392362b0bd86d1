//! Keys that sign checkpoints, written as C2SP [`signed-note`] has it (`vkey`), in the three kinds that a log and its cosigners
//! use:
//!
//! | [`Algorithm`] | byte | signs |
//! |---|---|---|
//! | `Ed25519` | `0x01` | the checkpoint's text |
//! | `Ed25519Cosignature` | `0x04` | the text after `cosignature/v1` and a time, C2SP [`tlog-cosignature`] |
//! | `MlDsa44` | `0x06` | origin, size, root and a time, the same specification (FIPS 204) |
//!
//! A note itself is read and written by the crate `signed_note`.
//!
//! [`signed-note`]: https://c2sp.org/signed-note
//! [`tlog-cosignature`]: https://c2sp.org/tlog-cosignature

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::Signer as _;
use ml_dsa::MlDsa44;

use crate::base64;
use crate::checkpoint::Checkpoint;

pub use signed_note::Signature;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Ed25519 = 1,
    Ed25519Cosignature = 4,
    MlDsa44 = 6,
}

impl Algorithm {
    fn of(byte: u8) -> Option<Self> {
        let all = [Self::Ed25519, Self::Ed25519Cosignature, Self::MlDsa44];
        all.into_iter().find(|it| *it as u8 == byte)
    }
}

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("a key's name is not empty and holds neither spaces nor a plus")]
    Name,
    #[error("not a key: a name, 8 hexadecimal digits and base64, with a plus between them")]
    Malformed,
    #[error("a key of kind {0:#04x}: known are 0x01, 0x04 and 0x06")]
    Algorithm(u8),
    #[error("the key of {name} cannot be one of its kind")]
    Key { name: String },
    #[error("the key of {name} has the id {expected:08x}, not {found:08x}")]
    Id {
        name: String,
        expected: u32,
        found: u32,
    },
}

/// Why a signature is worth nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the signature of {name} has {found} bytes, its kind has {expected}")]
    Length {
        name: String,
        expected: usize,
        found: usize,
    },
    #[error("the signature of {name} is not by its key over this checkpoint")]
    Invalid { name: String },
}

#[derive(Clone, PartialEq, Eq)]
enum PublicKey {
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
    MlDsa44(Box<ml_dsa::EncodedVerifyingKey<MlDsa44>>),
}

/// A key that checks signatures. Its text is the `vkey` of C2SP `signed-note`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    algorithm: Algorithm,
    key: PublicKey,
}

impl VerifierKey {
    /// Of the key itself: 32 or 1,312 bytes.
    ///
    /// # Errors
    /// The name is none for a key, or the bytes are no key of this kind.
    pub fn new(name: &str, algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        if !signed_note::is_key_name_valid(name) {
            return Err(KeyError::Name);
        }
        let invalid = || KeyError::Key {
            name: name.to_owned(),
        };
        let key = match algorithm {
            Algorithm::MlDsa44 => {
                let key = bytes.try_into().map_err(|_| invalid())?;
                PublicKey::MlDsa44(Box::new(key))
            }
            Algorithm::Ed25519 | Algorithm::Ed25519Cosignature => {
                let key = bytes.try_into().map_err(|_| invalid())?;
                PublicKey::Ed25519(Box::new(key))
            }
        };
        Ok(Self {
            name: name.to_owned(),
            id: signed_note::key_id(name, &[&[algorithm as u8], bytes].concat()),
            algorithm,
            key,
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of a digest over name, kind and key: says which key signed, and proves nothing.
    pub fn id(&self) -> u32 {
        self.id
    }

    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key without its name: 32 or 1,312 bytes.
    pub fn bytes(&self) -> &[u8] {
        match &self.key {
            PublicKey::Ed25519(key) => key.as_bytes(),
            PublicKey::MlDsa44(key) => key.as_slice(),
        }
    }

    /// Whether a signature says that it is by this key.
    pub fn is_named_by(&self, signature: &Signature) -> bool {
        signature.name() == self.name && signature.id() == self.id
    }

    /// Checks a signature; for a cosignature, when it was made, in seconds since 1970, 0 where it does not say.
    ///
    /// # Errors
    /// It is not by this key, or not over this checkpoint.
    pub fn verify(
        &self,
        checkpoint: &Checkpoint,
        signature: &Signature,
    ) -> Result<Option<u64>, SignatureError> {
        let bytes = signature.signature();
        let expected = match self.algorithm {
            Algorithm::Ed25519 => 64,
            Algorithm::Ed25519Cosignature => 8 + 64,
            Algorithm::MlDsa44 => 8 + 2420,
        };
        if bytes.len() != expected {
            return Err(SignatureError::Length {
                name: self.name.clone(),
                expected,
                found: bytes.len(),
            });
        }
        let (time, is_valid) = match (self.algorithm, bytes.split_first_chunk()) {
            (Algorithm::Ed25519, _) | (_, None) => {
                (None, self.is_over(checkpoint.text().as_bytes(), bytes))
            }
            (_, Some((time, bytes))) => {
                let time_s = u64::from_be_bytes(*time);
                let message = message(self.algorithm, &self.name, checkpoint, time_s);
                (Some(time_s), self.is_over(&message, bytes))
            }
        };
        match is_valid && self.is_named_by(signature) {
            true => Ok(time),
            false => Err(SignatureError::Invalid {
                name: self.name.clone(),
            }),
        }
    }

    fn is_over(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            PublicKey::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|it| key.verify_strict(message, &it).is_ok()),
            PublicKey::MlDsa44(key) => {
                let key = ml_dsa::VerifyingKey::<MlDsa44>::decode(key);
                ml_dsa::Signature::<MlDsa44>::try_from(signature)
                    .is_ok_and(|it| key.verify_with_context(message, &[], &it))
            }
        }
    }
}

/// What is signed where a time is.
fn message(algorithm: Algorithm, name: &str, checkpoint: &Checkpoint, time_s: u64) -> Vec<u8> {
    if algorithm != Algorithm::MlDsa44 {
        let text = checkpoint.text();
        return format!("cosignature/v1\ntime {time_s}\n{text}").into_bytes();
    }
    // The names' lengths fit: a key's is at most 255 bytes, an origin's likewise, or no key can sign.
    let head = checkpoint.head();
    let mut bytes = b"subtree/v1\n\0".to_vec();
    let mut put = |text: &str, number: u64| {
        bytes.push(u8::try_from(text.len()).unwrap_or_default());
        bytes.extend(text.as_bytes());
        bytes.extend(number.to_be_bytes());
    };
    put(name, time_s);
    put(checkpoint.origin(), 0);
    bytes.extend(head.size.to_be_bytes());
    bytes.extend(head.root.0);
    bytes
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.algorithm as u8], self.bytes()].concat();
        let (name, id) = (&self.name, self.id);
        write!(f, "{name}+{id:08x}+{}", base64::encode(&bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Name, id, kind and key of a text.
fn split(text: &str) -> Result<(&str, u32, Algorithm, Vec<u8>), KeyError> {
    let malformed = KeyError::Malformed;
    let (name, rest) = text.split_once('+').ok_or(malformed.clone())?;
    let (id, key) = rest.split_once('+').ok_or(malformed.clone())?;
    let is_hex = id.len() == 8 && id.bytes().all(|it| it.is_ascii_hexdigit());
    let id = u32::from_str_radix(id, 16).ok().filter(|_| is_hex);
    let bytes = base64::decode(key).ok_or(malformed.clone())?;
    let (kind, bytes) = bytes.split_first().ok_or(malformed.clone())?;
    let algorithm = Algorithm::of(*kind).ok_or(KeyError::Algorithm(*kind))?;
    Ok((name, id.ok_or(malformed)?, algorithm, bytes.to_vec()))
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, found, algorithm, bytes) = split(text)?;
        let key = Self::new(name, algorithm, &bytes)?;
        key.check_id(found)?;
        Ok(key)
    }
}

impl VerifierKey {
    fn check_id(&self, found: u32) -> Result<(), KeyError> {
        let (name, expected) = (self.name.clone(), self.id);
        (expected == found).then_some(()).ok_or(KeyError::Id {
            name,
            expected,
            found,
        })
    }
}

enum Secret {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    MlDsa44(Box<ml_dsa::SigningKey<MlDsa44>>),
}

/// A key that signs checkpoints.
pub struct SigningKey {
    public: VerifierKey,
    seed: [u8; 32],
    secret: Secret,
}

impl SigningKey {
    /// From 32 random bytes, a key of its kind (RFC 8032, FIPS 204).
    ///
    /// # Errors
    /// The name is none for a key.
    pub fn from_seed(name: &str, algorithm: Algorithm, seed: [u8; 32]) -> Result<Self, KeyError> {
        if name.len() > 255 {
            return Err(KeyError::Name);
        }
        let (public, secret) = match algorithm {
            Algorithm::MlDsa44 => {
                let key = ml_dsa::SigningKey::<MlDsa44>::from_seed(&seed.into());
                let public = key.expanded_key().verifying_key().encode();
                (public.to_vec(), Secret::MlDsa44(Box::new(key)))
            }
            Algorithm::Ed25519 | Algorithm::Ed25519Cosignature => {
                let key = ed25519_dalek::SigningKey::from_bytes(&seed);
                let public = key.verifying_key().as_bytes().to_vec();
                (public, Secret::Ed25519(Box::new(key)))
            }
        };
        Ok(Self {
            public: VerifierKey::new(name, algorithm, &public)?,
            seed,
            secret,
        })
    }

    /// Of the text that [`Self::secret`] gives.
    ///
    /// # Errors
    /// It is no such text.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let rest = text.strip_prefix("PRIVATE+KEY+");
        let (name, id, algorithm, seed) = split(rest.ok_or(KeyError::Malformed)?)?;
        let seed = seed.try_into().map_err(|_| KeyError::Malformed)?;
        let key = Self::from_seed(name, algorithm, seed)?;
        key.public.check_id(id)?;
        Ok(key)
    }

    /// As Go's `sumdb/note` writes private keys: keep it secret.
    pub fn secret(&self) -> String {
        let bytes = [&[self.public.algorithm as u8][..], &self.seed].concat();
        let (name, id) = (&self.public.name, self.public.id);
        format!("PRIVATE+KEY+{name}+{id:08x}+{}", base64::encode(&bytes))
    }

    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    /// Signs a checkpoint; a cosignature says that it is the latest at this time, in seconds since 1970.
    ///
    /// # Errors
    /// ML-DSA signs origins of at most 255 bytes.
    pub fn sign(&self, checkpoint: &Checkpoint, time_s: u64) -> Result<Signature, KeyError> {
        let public = &self.public;
        let mut bytes = Vec::new();
        let message = match public.algorithm {
            Algorithm::Ed25519 => checkpoint.text().as_bytes().to_vec(),
            algorithm => {
                bytes.extend(time_s.to_be_bytes());
                message(algorithm, &public.name, checkpoint, time_s)
            }
        };
        match &self.secret {
            Secret::Ed25519(key) => bytes.extend(key.sign(&message).to_bytes()),
            Secret::MlDsa44(key) => {
                let fits = checkpoint.origin().len() <= 255;
                let signature = key.expanded_key().sign_deterministic(&message, &[]);
                let signature = signature.ok().filter(|_| fits).ok_or(KeyError::Name)?;
                bytes.extend(signature.encode());
            }
        }
        Signature::new(public.name.clone(), public.id, bytes).map_err(|_| KeyError::Name)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the private key of {}", self.public)
    }
}

#[cfg(test)]
mod tests;
