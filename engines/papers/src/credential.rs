//! Facts as a credential of which its holder shows only what is asked for: SD-JWT VC
//! (draft-ietf-oauth-sd-jwt-vc, `typ` `dc+sd-jwt`) over SD-JWT (RFC 9901), signed by Ed25519 (RFC 8037, `EdDSA`).
//!
//! [`issue`] gives the holder a text: a signed JWT that holds digests, and after it, between tildes, the disclosures that
//! belong to the digests. [`present`] leaves out disclosures, and signs with the holder's key, for one verifier and
//! once. [`verify`] gives back the claims that were shown.
//!
//! ```
//! use papers::credential::{Claims, Issuer, verify, present, issue, Expected};
//! use rand_chacha::{ChaCha12Rng, rand_core::SeedableRng};
//! use serde_json::json;
//!
//! let issuer = Issuer::new("https://city.example", "2026-1", &[7; 32]);
//! let mut claims = Claims::new("https://city.example/resident", "2026-03-02T01:30:00Z".parse()?);
//! claims.hidden.insert("birthdate".to_owned(), json!("1994-05-17"));
//! claims.hidden.insert("age_over_19".to_owned(), json!(true));
//! let whole = issue(&claims, &issuer, &mut ChaCha12Rng::seed_from_u64(1))?;
//!
//! let shown = present(&whole, &["age_over_19"], None)?;
//! let found = verify(&shown, &[issuer.public()], &Expected::at("2026-03-03T00:00:00Z".parse()?))?;
//! assert_eq!(found.claims.get("age_over_19"), Some(&json!(true)));
//! assert!(!found.claims.contains_key("birthdate"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use jiff::Timestamp;
use serde_json::{Map, Value};

mod issue;
mod jwt;
mod present;
mod reveal;
mod verify;

pub use issue::{IssueError, issue};
pub use jwt::{HolderKey, Issuer, IssuerKey};
pub use present::{Binding, PresentError, present};
pub use verify::{CredentialError, Expected, Verified, verify};

/// `typ` of a credential.
pub const TYPE: &str = "dc+sd-jwt";
/// `typ` of the holder's own signature (RFC 9901, 4.3).
const BINDING_TYPE: &str = "kb+jwt";
/// What may not be hidden (draft-ietf-oauth-sd-jwt-vc, 3.2.2.2), or is made from the other fields of [`Claims`].
const ALWAYS_VISIBLE: [&str; 10] = [
    "iss",
    "iat",
    "nbf",
    "exp",
    "cnf",
    "vct",
    "vct#integrity",
    "status",
    "_sd",
    "_sd_alg",
];
/// The name that stands for a digest in a list (RFC 9901, 4.2.4.2).
const ELLIPSIS: &str = "...";
/// The largest credential that is looked at: bytes.
pub const LARGEST: usize = 256 << 10;
/// The most disclosures of a credential.
pub const MOST_DISCLOSURES: usize = 512;

/// What a credential says.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// `vct`: which kind of credential it is, a URI.
    pub kind: String,
    /// Claims that every verifier sees.
    pub visible: Map<String, Value>,
    /// Claims that the holder shows or not, each by itself.
    pub hidden: Map<String, Value>,
    /// Digests of nothing, so that nobody can count what is hidden.
    pub decoys: usize,
    /// The key whose owner alone may present the credential, `cnf`.
    pub holder: Option<HolderKey>,
    pub status: Option<Status>,
    pub issued: Timestamp,
    pub expires: Option<Timestamp>,
}

impl Claims {
    /// Of a kind, and nothing else yet.
    pub fn new(kind: &str, issued: Timestamp) -> Self {
        Self {
            kind: kind.to_owned(),
            visible: Map::new(),
            hidden: Map::new(),
            decoys: 0,
            holder: None,
            status: None,
            issued,
            expires: None,
        }
    }
}

/// Where it says whether the credential was revoked: a place in a Token Status List (draft-ietf-oauth-status-list, 6.2).
/// It is passed through: reading the list needs a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub uri: String,
    pub index: u64,
}
