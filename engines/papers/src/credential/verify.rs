use jiff::Timestamp;
use serde_json::{Map, Value};

use super::jwt::{IssuerKey, Jwt, digest};
use super::reveal::Disclosures;
use super::{BINDING_TYPE, HolderKey, LARGEST, MOST_DISCLOSURES, Status, TYPE};

/// Seconds that clocks of holder and verifier may be apart, or a presentation be old.
const PATIENCE: i64 = 300;

/// What a verifier asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The instant of checking.
    pub at: Timestamp,
    /// Audience and nonce of a presentation that the holder's key must have signed; `None` takes it from anybody.
    pub binding: Option<(&'a str, &'a str)>,
}

impl<'a> Expected<'a> {
    /// At an instant, from anybody.
    pub fn at(at: Timestamp) -> Self {
        Self { at, binding: None }
    }

    /// From the holder, for this audience and in answer to this nonce.
    pub fn from_holder(at: Timestamp, audience: &'a str, nonce: &'a str) -> Self {
        let binding = Some((audience, nonce));
        Self { at, binding }
    }
}

/// A credential that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    pub issuer: String,
    /// `vct`.
    pub kind: String,
    /// Visible and shown claims, without those that have fields of their own here.
    pub claims: Map<String, Value>,
    /// Where to look whether it was revoked.
    pub status: Option<Status>,
    pub issued: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    /// The key it is bound to.
    pub holder: Option<HolderKey>,
    /// Whether that key signed this presentation, for the audience and the nonce that were asked for.
    pub is_from_holder: bool,
}

/// Why a credential is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    #[error(
        "not a credential of at most {LARGEST} bytes: a signed JWT, and disclosures between tildes"
    )]
    Malformed,
    #[error("not a credential of the type {TYPE}, signed by EdDSA")]
    Type,
    #[error("the credential says it is by {0}, who is not trusted here")]
    UnknownIssuer(String),
    #[error("the credential was altered, or is not by {0}")]
    Signature(String),
    #[error("digests are made by another function than SHA-256")]
    Algorithm,
    #[error("a disclosure belongs to nothing in the credential, or is none")]
    Disclosure,
    #[error("a digest stands in two places, or is none")]
    Digests,
    #[error("the claim {0} stands there twice, or may not be hidden")]
    Claim(String),
    #[error("the claim {0} is missing or of another kind")]
    Missing(&'static str),
    #[error("the credential is not valid before {0}")]
    NotYet(Timestamp),
    #[error("the credential was valid until {0}")]
    Expired(Timestamp),
    #[error("the credential is bound to no key, or its holder did not sign")]
    NotBound,
    #[error(
        "the holder's signature is not by the key that the credential is bound to, or not over what was shown"
    )]
    Binding,
    #[error("the holder signed for another verifier")]
    Audience,
    #[error("the holder answered another nonce")]
    Nonce,
    #[error("the holder signed at {0}, too long from now")]
    Stale(Timestamp),
}

/// Checks a presentation, and gives what it shows.
///
/// # Errors
/// Says what is wrong with it. No text makes it panic.
pub fn verify(
    presentation: &str,
    trusted: &[IssuerKey],
    expected: &Expected<'_>,
) -> Result<Verified, CredentialError> {
    if presentation.len() > LARGEST {
        return Err(CredentialError::Malformed);
    }
    let (shown, binding) = presentation
        .rsplit_once('~')
        .ok_or(CredentialError::Malformed)?;
    let mut parts = shown.split('~');
    let jwt = Jwt::read(parts.next().unwrap_or_default()).ok_or(CredentialError::Malformed)?;
    let disclosures: Vec<&str> = parts.collect();
    if disclosures.len() > MOST_DISCLOSURES {
        return Err(CredentialError::Malformed);
    }
    if !jwt.is_of(TYPE) {
        return Err(CredentialError::Type);
    }
    let issuer = jwt.payload.get("iss").and_then(Value::as_str);
    let issuer = issuer.ok_or(CredentialError::Missing("iss"))?.to_owned();
    let mut keys = trusted.iter().filter(|it| it.id == issuer).peekable();
    if keys.peek().is_none() {
        return Err(CredentialError::UnknownIssuer(issuer));
    }
    if !keys.any(|it| jwt.is_by(&it.key)) {
        return Err(CredentialError::Signature(issuer));
    }
    if jwt.payload.get("_sd_alg").is_some_and(|it| it != "sha-256") {
        return Err(CredentialError::Algorithm);
    }
    let mut claims = Disclosures::read(&disclosures)?.reveal(jwt.payload)?;
    let (issued, expires) = lifetime(&mut claims, expected.at)?;
    let holder = match claims.remove("cnf") {
        None => None,
        Some(it) => {
            let key = it.get("jwk").and_then(HolderKey::from_jwk);
            Some(key.ok_or(CredentialError::Missing("cnf"))?)
        }
    };
    let is_from_holder = match expected.binding {
        None => false,
        Some(asked) => {
            let signed = presentation
                .get(..presentation.len() - binding.len())
                .unwrap_or_default();
            let holder = holder.as_ref().ok_or(CredentialError::NotBound)?;
            bound(signed, binding, holder, asked, expected.at)?;
            true
        }
    };
    claims.remove("iss");
    let Some(Value::String(kind)) = claims.remove("vct") else {
        return Err(CredentialError::Missing("vct"));
    };
    let status = claims.remove("status").map(|it| status(&it)).transpose()?;
    Ok(Verified {
        issuer,
        kind,
        claims,
        status,
        issued,
        expires,
        holder,
        is_from_holder,
    })
}

/// Takes `iat`, `nbf` and `exp` (RFC 7519, 4.1) out of the claims: from when, until when.
fn lifetime(
    claims: &mut Map<String, Value>,
    now: Timestamp,
) -> Result<(Option<Timestamp>, Option<Timestamp>), CredentialError> {
    let mut instant = |name: &'static str| {
        let read = claims
            .remove(name)
            .map(|it| Timestamp::from_second(it.as_i64()?).ok());
        match read {
            Some(None) => Err(CredentialError::Missing(name)),
            it => Ok(it.flatten()),
        }
    };
    let (issued, from, expires) = (instant("iat")?, instant("nbf")?, instant("exp")?);
    let is_after = |it: &Timestamp| it.as_second() > now.as_second().saturating_add(PATIENCE);
    if let Some(early) = issued.into_iter().chain(from).find(is_after) {
        return Err(CredentialError::NotYet(early));
    }
    match expires {
        Some(end) if end <= now => Err(CredentialError::Expired(end)),
        _ => Ok((issued, expires)),
    }
}

/// Checks the holder's own signature (RFC 9901, 7.3).
fn bound(
    signed: &str,
    binding: &str,
    holder: &HolderKey,
    (audience, nonce): (&str, &str),
    now: Timestamp,
) -> Result<(), CredentialError> {
    if binding.is_empty() {
        return Err(CredentialError::NotBound);
    }
    let jwt = Jwt::read(binding).filter(|it| it.is_of(BINDING_TYPE) && it.is_by(&holder.0));
    let jwt = jwt.ok_or(CredentialError::Binding)?;
    let is =
        |name: &str, wanted: &str| jwt.payload.get(name).and_then(Value::as_str) == Some(wanted);
    if !is("sd_hash", &digest(signed)) {
        return Err(CredentialError::Binding);
    }
    if !is("aud", audience) {
        return Err(CredentialError::Audience);
    }
    if !is("nonce", nonce) {
        return Err(CredentialError::Nonce);
    }
    let at = jwt
        .payload
        .get("iat")
        .and_then(Value::as_i64)
        .and_then(|it| Timestamp::from_second(it).ok());
    let at = at.ok_or(CredentialError::Binding)?;
    if at.as_second().abs_diff(now.as_second()) > PATIENCE.unsigned_abs() {
        return Err(CredentialError::Stale(at));
    }
    Ok(())
}

fn status(it: &Value) -> Result<Status, CredentialError> {
    let list = it.get("status_list");
    let uri = list.and_then(|it| it.get("uri")?.as_str());
    let index = list.and_then(|it| it.get("idx")?.as_u64());
    let (uri, index) = uri.zip(index).ok_or(CredentialError::Missing("status"))?;
    let uri = uri.to_owned();
    Ok(Status { uri, index })
}
