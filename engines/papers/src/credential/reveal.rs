//! Puts disclosures where their digests stand (RFC 9901, 7.1), in objects and lists at any depth.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::jwt::{decode, digest};
use super::{ALWAYS_VISIBLE, CredentialError, ELLIPSIS};

/// What a disclosure tells.
enum Disclosure {
    Claim(String, Value),
    Element(Value),
}

/// Disclosures by their digests, each to be used once.
pub(super) struct Disclosures {
    left: BTreeMap<String, Disclosure>,
    /// Digests that were met: none may stand in two places.
    met: BTreeSet<String>,
    /// How deep within values.
    depth: usize,
}

/// Values within values, at the most: a disclosure may stand within another.
const DEEPEST: usize = 128;

impl Disclosures {
    pub fn read(texts: &[&str]) -> Result<Self, CredentialError> {
        let mut left = BTreeMap::new();
        for text in texts {
            let parts = decode(text).and_then(|it| serde_json::from_slice::<Vec<Value>>(&it).ok());
            let mut parts = parts.ok_or(CredentialError::Disclosure)?.into_iter();
            let disclosure = match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (Some(Value::String(_)), Some(Value::String(name)), Some(value), None) => {
                    Disclosure::Claim(name, value)
                }
                (Some(Value::String(_)), Some(value), None, None) => Disclosure::Element(value),
                _ => return Err(CredentialError::Disclosure),
            };
            if left.insert(digest(text), disclosure).is_some() {
                return Err(CredentialError::Disclosure);
            }
        }
        Ok(Self {
            left,
            met: BTreeSet::new(),
            depth: 0,
        })
    }

    /// The payload with what was disclosed, and without digests.
    pub fn reveal(
        mut self,
        payload: Map<String, Value>,
    ) -> Result<Map<String, Value>, CredentialError> {
        let mut claims = self.object(payload, true)?;
        claims.remove("_sd_alg");
        if self.left.is_empty() {
            Ok(claims)
        } else {
            Err(CredentialError::Disclosure)
        }
    }

    fn meet(&mut self, digest: &Value) -> Result<Option<Disclosure>, CredentialError> {
        let digest = digest.as_str().ok_or(CredentialError::Digests)?;
        if !self.met.insert(digest.to_owned()) {
            return Err(CredentialError::Digests);
        }
        Ok(self.left.remove(digest))
    }

    fn value(&mut self, value: Value) -> Result<Value, CredentialError> {
        if self.depth == DEEPEST {
            return Err(CredentialError::Malformed);
        }
        self.depth += 1;
        let value = match value {
            Value::Object(it) => self.object(it, false).map(Value::Object)?,
            Value::Array(it) => self.list(it).map(Value::Array)?,
            it => it,
        };
        self.depth -= 1;
        Ok(value)
    }

    fn object(
        &mut self,
        object: Map<String, Value>,
        is_top: bool,
    ) -> Result<Map<String, Value>, CredentialError> {
        let mut digests = Vec::new();
        let mut whole = Map::new();
        for (name, value) in object {
            match (name.as_str(), value) {
                ("_sd", Value::Array(it)) => digests = it,
                ("_sd" | ELLIPSIS, _) => return Err(CredentialError::Digests),
                (_, value) => {
                    let value = self.value(value)?;
                    whole.insert(name, value);
                }
            }
        }
        for digest in &digests {
            let (name, value) = match self.meet(digest)? {
                None => continue,
                Some(Disclosure::Claim(name, value)) => (name, value),
                Some(Disclosure::Element(_)) => return Err(CredentialError::Disclosure),
            };
            let is_reserved = name == "_sd"
                || name == ELLIPSIS
                || (is_top && ALWAYS_VISIBLE.contains(&name.as_str()));
            if is_reserved || whole.contains_key(&name) {
                return Err(CredentialError::Claim(name));
            }
            let value = self.value(value)?;
            whole.insert(name, value);
        }
        Ok(whole)
    }

    fn list(&mut self, list: Vec<Value>) -> Result<Vec<Value>, CredentialError> {
        let mut whole = Vec::new();
        for element in list {
            let digest = match &element {
                Value::Object(it) if it.len() == 1 => it.get(ELLIPSIS),
                _ => None,
            };
            match digest {
                None => whole.push(self.value(element)?),
                Some(digest) => match self.meet(digest)? {
                    None => {}
                    Some(Disclosure::Element(value)) => whole.push(self.value(value)?),
                    Some(Disclosure::Claim(..)) => return Err(CredentialError::Disclosure),
                },
            }
        }
        Ok(whole)
    }
}
