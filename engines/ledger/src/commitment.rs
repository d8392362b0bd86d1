//! What stands in the log for a record: not the record but a commitment to it, which says nothing without a salt.
//!
//! ```text
//! commitment = SHA-256( "wise.commitment.v1\n" ‖ salt (32 random bytes) ‖ canonical JSON of the record (RFC 8785) )
//! tag        = HMAC-SHA-256( key of the person, "wise.tag.v1\n" ‖ number (8 bytes, big-endian) )
//! entry      = {"commitment":"<hex>","kind":"wise.sealed.v1","tag":"<hex>"}, itself canonical JSON; the tag where there is one
//! ```
//!
//! Record and salt stay in rows that can be erased: who has neither can not even try what the record may have been, and every
//! proof of the log holds as before. A tag lets a person, who knows the key and counts 0, 1, 2, …, find the entries about
//! themselves; without the key two tags of one person look like tags of two.
//!
//! ```
//! use ledger::commitment::{Opening, Sealed, SubjectKey};
//!
//! // Salt and key are random bytes of the caller's.
//! let opening = Opening::new([1; 32], serde_json::json!({"who": "구청", "why": "돌봄"}))?;
//! let key = SubjectKey([2; 32]);
//! let entry = opening.seal(Some(key.tag(0))).entry()?;
//!
//! let sealed = Sealed::read(&entry).unwrap();
//! assert!(opening.opens(&sealed));
//! assert_eq!(sealed.tag, Some(key.tag(0)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use crate::{BlockError, Entry, Hash};

/// What a sealed entry says it is.
pub const SEALED_KIND: &str = "wise.sealed.v1";
/// The greatest whole number that every reader of JSON reads exactly (RFC 8785 takes numbers as IEEE 754 doubles).
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// A commitment to a record, as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    pub commitment: Hash,
    kind: String,
    /// By which the person whom the record is about finds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Hash>,
}

impl Sealed {
    fn new(commitment: Hash, tag: Option<Hash>) -> Self {
        Self {
            commitment,
            kind: SEALED_KIND.to_owned(),
            tag,
        }
    }

    /// # Errors
    /// None: the text is short. The type is that of every entry.
    pub fn entry(&self) -> Result<Entry, BlockError> {
        Entry::new(serde_json_canonicalizer::to_vec(self).unwrap_or_default())
    }

    /// Of an entry, if it is sealed.
    pub fn read(entry: &Entry) -> Option<Self> {
        let sealed: Self = serde_json::from_slice(entry.bytes()).ok()?;
        let is_canonical = sealed.entry().is_ok_and(|it| it == *entry);
        (sealed.kind == SEALED_KIND && is_canonical).then_some(sealed)
    }
}

/// Why a record cannot be committed to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error("the number {0} is not read the same everywhere: write it as text")]
    Number(String),
}

/// What opens a commitment: keep it where it can be erased.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "Written")]
pub struct Opening {
    record: Value,
    salt: Hash,
}

/// An opening as somebody wrote it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    record: Value,
    salt: Hash,
}

impl TryFrom<Written> for Opening {
    type Error = RecordError;

    fn try_from(it: Written) -> Result<Self, RecordError> {
        Self::new(it.salt.0, it.record)
    }
}

impl Opening {
    /// With 32 random bytes that are used for no other record.
    ///
    /// # Errors
    /// The record holds a number that JSON does not hold exactly.
    pub fn new(salt: [u8; 32], record: Value) -> Result<Self, RecordError> {
        exact(&record)?;
        let salt = Hash(salt);
        Ok(Self { record, salt })
    }

    pub fn record(&self) -> &Value {
        &self.record
    }

    pub fn salt(&self) -> &[u8; 32] {
        &self.salt.0
    }

    pub fn commitment(&self) -> Hash {
        let record = serde_json_canonicalizer::to_vec(&self.record).unwrap_or_default();
        Hash::of(&[b"wise.commitment.v1\n", &self.salt.0, &record])
    }

    /// What goes into the log.
    pub fn seal(&self, tag: Option<Hash>) -> Sealed {
        Sealed::new(self.commitment(), tag)
    }

    pub fn opens(&self, sealed: &Sealed) -> bool {
        self.commitment() == sealed.commitment
    }
}

/// Canonical JSON rounds numbers to doubles: two records must not become one.
fn exact(value: &Value) -> Result<(), RecordError> {
    match value {
        Value::Number(it) => {
            let is_exact = match (it.as_u64(), it.as_i64()) {
                (Some(it), _) => it <= MAX_INTEGER,
                (_, Some(it)) => it.unsigned_abs() <= MAX_INTEGER,
                _ => it.as_f64().is_some_and(f64::is_finite),
            };
            is_exact
                .then_some(())
                .ok_or_else(|| RecordError::Number(it.to_string()))
        }
        Value::Array(items) => items.iter().try_for_each(exact),
        Value::Object(fields) => fields.values().try_for_each(exact),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// The key under which a person's entries are tagged: theirs, and erased with them.
#[derive(Clone, PartialEq, Eq)]
pub struct SubjectKey(pub [u8; 32]);

impl SubjectKey {
    /// The tag of the person's entry with this number, from 0.
    pub fn tag(&self, number: u64) -> Hash {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return Hash::default();
        };
        mac.update(b"wise.tag.v1\n");
        mac.update(&number.to_be_bytes());
        Hash(mac.finalize().into_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_formats_are_fixed() {
        // Worked out with another program (Python's hashlib and hmac).
        let opening = Opening::new([7; 32], json!({"b": 1, "a": "가"})).unwrap();
        let key = SubjectKey([9; 32]);
        let entry = opening.seal(Some(key.tag(3))).entry().unwrap();
        let expected = r#"{"commitment":"7235d840e9accecc46ef55e075dd7f05f7c7271d01f00b3eae0a9892eb98540e","kind":"wise.sealed.v1","tag":"94112066eabfad726425effbf68c301d5ec5a81d77ca35a54e5228d421c8a2a4"}"#;
        assert_eq!(String::from_utf8_lossy(entry.bytes()), expected);
    }

    #[test]
    fn an_opening_opens_its_own_commitment_only() {
        let opening = Opening::new([1; 32], json!({"amount_won": 500_000})).unwrap();
        let sealed = opening.seal(None);
        assert!(opening.opens(&sealed));
        for other in [
            Opening::new([2; 32], json!({"amount_won": 500_000})),
            Opening::new([1; 32], json!({"amount_won": 500_001})),
            Opening::new([1; 32], json!({"amount_won": "500000"})),
        ] {
            assert!(!other.unwrap().opens(&sealed));
        }
    }

    #[test]
    fn numbers_that_json_rounds_are_refused_wherever_they_stand() {
        for record in [
            json!(9_007_199_254_740_992_u64),
            json!({"deep": [1, -9_007_199_254_740_993_i64]}),
        ] {
            let refused = Opening::new([0; 32], record.clone());
            assert!(matches!(refused, Err(RecordError::Number(_))), "{record}");
            let text = json!({"record": record, "salt": Hash::default()}).to_string();
            assert!(serde_json::from_str::<Opening>(&text).is_err());
        }
        assert!(Opening::new([0; 32], json!([9_007_199_254_740_991_u64, 0.5, -1])).is_ok());
    }

    #[test]
    fn other_entries_are_not_sealed() {
        let sealed = Opening::new([1; 32], json!(1)).unwrap().seal(None);
        let text = String::from_utf8(sealed.entry().unwrap().bytes().to_vec()).unwrap();
        for other in [
            format!(" {text}"),
            text.replace("v1", "v2"),
            text.replace('{', r#"{"a":1,"#),
            "not JSON".to_owned(),
        ] {
            assert_eq!(Sealed::read(&Entry::new(other).unwrap()), None);
        }
    }

    proptest! {
        #[test]
        fn tags_of_persons_and_numbers_differ(one in any::<[u8; 32]>(), two in any::<[u8; 32]>(), a in any::<u64>(), b in any::<u64>()) {
            let (x, y) = (SubjectKey(one), SubjectKey(two));
            prop_assert_eq!(x.tag(a) == y.tag(b), one == two && a == b);
        }

        #[test]
        fn a_record_that_went_through_text_opens_the_same(salt in any::<[u8; 32]>(), text in ".*", number in -1.0e15..1.0e15_f64) {
            let opening = Opening::new(salt, json!({"t": text, "n": number, "l": [null, true]})).unwrap();
            let again: Opening = serde_json::from_str(&serde_json::to_string(&opening).unwrap()).unwrap();
            prop_assert!(again.opens(&opening.seal(None)));
        }
    }
}
