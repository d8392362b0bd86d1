use rand::CryptoRng;
use serde_json::{Map, Value, json};

use super::jwt::{Issuer, digest, encode, signed};
use super::{ALWAYS_VISIBLE, Claims, ELLIPSIS, MOST_DISCLOSURES, TYPE};

/// Why no credential is issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    #[error("the claim {0} has a meaning of its own and is not given as one of the others")]
    Reserved(String),
    #[error("the claim {0} is both visible and hidden")]
    Twice(String),
    #[error("a credential has at most {MOST_DISCLOSURES} hidden claims and decoys")]
    TooMany,
    #[error("the credential would expire before it was issued")]
    Expired,
}

/// Bytes of a salt: 128 bits, as RFC 9901, 9.3 recommends.
const SALT: usize = 16;

/// Issues a credential to its holder, every disclosure with it: `JWT~disclosure~…~`.
///
/// # Errors
/// A claim's name is reserved or given twice, or there are too many.
pub fn issue(
    claims: &Claims,
    issuer: &Issuer,
    salts: &mut impl CryptoRng,
) -> Result<String, IssueError> {
    for name in claims.visible.keys().chain(claims.hidden.keys()) {
        if ALWAYS_VISIBLE.contains(&name.as_str()) || name == ELLIPSIS {
            return Err(IssueError::Reserved(name.clone()));
        }
    }
    if let Some(name) = claims
        .hidden
        .keys()
        .find(|it| claims.visible.contains_key(*it))
    {
        return Err(IssueError::Twice(name.clone()));
    }
    if let Some(name) = claims
        .visible
        .iter()
        .chain(&claims.hidden)
        .find_map(|(name, value)| is_marked(value).then_some(name))
    {
        return Err(IssueError::Reserved(name.clone()));
    }
    if claims.hidden.len().saturating_add(claims.decoys) > MOST_DISCLOSURES {
        return Err(IssueError::TooMany);
    }
    if claims.expires.is_some_and(|it| it <= claims.issued) {
        return Err(IssueError::Expired);
    }
    let mut disclosures = Vec::new();
    for (name, value) in &claims.hidden {
        disclosures.push(encode(json!([salt(salts), name, value]).to_string()));
    }
    let mut digests: Vec<String> = disclosures.iter().map(|it| digest(it)).collect();
    for _ in 0..claims.decoys {
        digests.push(digest(&salt(salts)));
    }
    // In the order of their digests nobody sees which claim is which, or a decoy (RFC 9901, 4.2.4.1).
    digests.sort_unstable();

    let mut payload = claims.visible.clone();
    payload.insert("iss".to_owned(), json!(issuer.id));
    payload.insert("vct".to_owned(), json!(claims.kind));
    payload.insert("iat".to_owned(), json!(claims.issued.as_second()));
    if let Some(expires) = claims.expires {
        payload.insert("exp".to_owned(), json!(expires.as_second()));
    }
    if let Some(holder) = &claims.holder {
        payload.insert("cnf".to_owned(), json!({"jwk": holder.jwk()}));
    }
    if let Some(it) = &claims.status {
        let list = json!({"idx": it.index, "uri": it.uri});
        payload.insert("status".to_owned(), json!({"status_list": list}));
    }
    if !digests.is_empty() {
        payload.insert("_sd".to_owned(), json!(digests));
        payload.insert("_sd_alg".to_owned(), json!("sha-256"));
    }
    let header = json!({"alg": "EdDSA", "kid": issuer.key_id, "typ": TYPE});
    let mut text = signed(&header, &payload, &issuer.key);
    for disclosure in &disclosures {
        text.push('~');
        text.push_str(disclosure);
    }
    text.push('~');
    Ok(text)
}

fn salt(salts: &mut impl CryptoRng) -> String {
    let mut bytes = [0; SALT];
    salts.fill_bytes(&mut bytes);
    encode(bytes)
}

/// Whether somewhere within a value stands a name that a verifier would take for a digest's.
fn is_marked(value: &Value) -> bool {
    match value {
        Value::Object(it) => has_mark(it) || it.values().any(is_marked),
        Value::Array(it) => it.iter().any(is_marked),
        _ => false,
    }
}

fn has_mark(object: &Map<String, Value>) -> bool {
    object.contains_key("_sd") || object.contains_key(ELLIPSIS)
}
