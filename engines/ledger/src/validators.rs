//! What the entries of a ledger come to: who keeps it, and which [claims](crate::claims) stand. Blocks call its digest the
//! application hash.
//!
//! A change of validators is an entry like any other, visible to everybody, and takes effect with the block after. It is bound
//! to the exact validators that it changes, and to when they became it, so that an approval cannot be used twice, and holds only
//! with approvals of more than two thirds of those who are validators before it.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::claims::{self, ClaimError, ClaimMap};
use crate::consensus::{InvalidValidators, Signature, ValidatorSet};
use crate::{BlockError, Entry, Hash};

/// What an entry that changes the validators says it is.
pub const CHANGE_KIND: &str = "ledger.validators.v1";
/// The most bytes of a validator's name.
const MAX_NAME_BYTES: usize = 255;

/// An agency that votes. One agency, one vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validator {
    /// Of the agency.
    pub name: String,
    /// Its Ed25519 key; its SHA-256 is the validator's id, as in [`Header::proposer`](crate::Header::proposer).
    #[serde(with = "hex")]
    pub key: [u8; 32],
}

impl Validator {
    pub fn id(&self) -> Hash {
        Hash::of(&[&self.key])
    }
}

mod hex {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Hash;

    pub fn serialize<S: Serializer>(key: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        Hash(*key).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        Hash::deserialize(deserializer).map(|it| it.0)
    }
}

/// What all entries so far mean taken together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct State {
    /// The ledger's name in its checkpoints.
    origin: String,
    /// In the order of their names.
    validators: Vec<Validator>,
    /// The block that changed them last; 0 while nothing did.
    changed_at: u64,
    claims: ClaimMap,
}

/// A state in JSON. Of the claims it has the root.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    origin: String,
    validators: Vec<Validator>,
    changed_at: u64,
    /// Left out while nothing is claimed.
    #[serde(default, skip_serializing_if = "is_zero")]
    claims: Hash,
}

fn is_zero(hash: &Hash) -> bool {
    *hash == Hash::default()
}

impl From<State> for Written {
    fn from(it: State) -> Self {
        Self {
            claims: it.claims.root(),
            origin: it.origin,
            validators: it.validators,
            changed_at: it.changed_at,
        }
    }
}

/// A state that has claims cannot be read without them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the state has claims, which stand elsewhere")]
pub struct ClaimsElsewhere;

impl TryFrom<Written> for State {
    type Error = ClaimsElsewhere;

    fn try_from(it: Written) -> Result<Self, ClaimsElsewhere> {
        if !is_zero(&it.claims) {
            return Err(ClaimsElsewhere);
        }
        Ok(Self {
            origin: it.origin,
            validators: it.validators,
            changed_at: it.changed_at,
            claims: ClaimMap::default(),
        })
    }
}

impl State {
    /// Before the first block.
    ///
    /// # Errors
    /// No validators, too many, one twice, or a key that is none.
    pub fn genesis(
        origin: impl Into<String>,
        validators: Vec<Validator>,
    ) -> Result<Self, ChangeError> {
        Ok(Self {
            origin: origin.into(),
            validators: ordered(validators)?,
            changed_at: 0,
            claims: ClaimMap::default(),
        })
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn validators(&self) -> &[Validator] {
        &self.validators
    }

    /// What is claimed now.
    pub fn claims(&self) -> &ClaimMap {
        &self.claims
    }

    /// The same state with other claims: how one is kept apart from them, and put together again.
    #[must_use]
    pub fn with_claims(self, claims: ClaimMap) -> Self {
        Self { claims, ..self }
    }

    pub fn keys(&self) -> Vec<[u8; 32]> {
        self.validators.iter().map(|it| it.key).collect()
    }

    /// Its canonical JSON.
    pub fn canonical(&self) -> Vec<u8> {
        serde_json_canonicalizer::to_vec(self).unwrap_or_default()
    }

    /// What a block says of the application once its entries are applied.
    pub fn hash(&self) -> Hash {
        Hash::of(&[b"wise.state.v1\n", &self.canonical()])
    }

    /// What a change of validators is bound to: the state but for its claims, which may change while approvals are gathered.
    fn keepers(&self) -> Hash {
        self.clone().with_claims(ClaimMap::default()).hash()
    }

    /// The state after an entry of the block at `height`; whether it changed. Entries of other kinds change nothing.
    ///
    /// # Errors
    /// The entry would change the validators or claim something, and may not: it may stand in no block.
    pub fn apply(&mut self, entry: &Entry, height: u64) -> Result<bool, ChangeError> {
        if let Some(claims) = claims::apply(&self.claims, entry)? {
            self.claims = claims;
            return Ok(true);
        }
        let Some(validators) = self.changed(entry)? else {
            return Ok(false);
        };
        self.validators = validators;
        self.changed_at = height;
        Ok(true)
    }

    /// Whether an entry may stand in the next block.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn check(&self, entry: &Entry) -> Result<(), ChangeError> {
        claims::apply(&self.claims, entry)?;
        self.changed(entry).map(|_| ())
    }

    /// The validators after an entry that changes them.
    fn changed(&self, entry: &Entry) -> Result<Option<Vec<Validator>>, ChangeError> {
        let Some(change) = Change::read(entry)? else {
            return Ok(None);
        };
        let expected = self.keepers();
        if change.state != expected {
            let found = change.state;
            return Err(ChangeError::State { expected, found });
        }
        let validators = ordered(change.validators.clone())?;
        let voters = ValidatorSet::new(self.keys())?;
        let message = change.message();
        let mut approved = BTreeSet::new();
        for approval in &change.approvals {
            let by = approval.by;
            let voter = voters.get(&by).ok_or(ChangeError::Stranger { by })?;
            if !is_signed(voter.key(), &message, &approval.signature) {
                return Err(ChangeError::Signature { by });
            }
            if !approved.insert(by) {
                return Err(ChangeError::Twice { by });
            }
        }
        if approved.len() < voters.quorum() {
            let (found, needed) = (approved.len(), voters.quorum());
            return Err(ChangeError::TooFew { found, needed });
        }
        Ok(Some(validators))
    }
}

fn is_signed(key: &VerifyingKey, message: &[u8], signature: &Signature) -> bool {
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    key.verify_strict(message, &signature).is_ok()
}

fn ordered(mut validators: Vec<Validator>) -> Result<Vec<Validator>, ChangeError> {
    ValidatorSet::new(validators.iter().map(|it| it.key))?;
    let mut names = BTreeMap::new();
    for it in &validators {
        if it.name.is_empty() || it.name.len() > MAX_NAME_BYTES {
            return Err(ChangeError::Name { id: it.id() });
        }
        if names.insert(it.name.as_str(), it.key).is_some() {
            return Err(ChangeError::NameTwice {
                name: it.name.clone(),
            });
        }
    }
    validators.sort_by(|one, two| one.name.cmp(&two.name));
    Ok(validators)
}

/// Why validators are none, or an entry may not change them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    #[error(transparent)]
    Validators(#[from] InvalidValidators),
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error("the name of validator {id} is empty or longer than {MAX_NAME_BYTES} bytes")]
    Name { id: Hash },
    #[error("two validators are called {name}")]
    NameTwice { name: String },
    #[error("the change of validators cannot be read: {0}")]
    Malformed(String),
    #[error("the change of validators is for state {found}, the ledger is in {expected}")]
    State { expected: Hash, found: Hash },
    #[error("{by} approves a change of validators and is none")]
    Stranger { by: Hash },
    #[error("the approval of {by} is not signed by its key")]
    Signature { by: Hash },
    #[error("{by} approves twice")]
    Twice { by: Hash },
    #[error("{found} approvals of the change of validators: it needs {needed}")]
    TooFew { found: usize, needed: usize },
    #[error(transparent)]
    Entry(#[from] BlockError),
}

/// An entry that replaces the validators. Its fields stand in the order of their names, as canonical JSON wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    approvals: Vec<Approval>,
    kind: String,
    /// The hash of the state that it changes, but for its claims.
    state: Hash,
    validators: Vec<Validator>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    /// The validator's id.
    by: Hash,
    #[serde(with = "base64_signature")]
    signature: Signature,
}

mod base64_signature {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use crate::base64;
    use crate::consensus::Signature;

    pub fn serialize<S: Serializer>(it: &Signature, serializer: S) -> Result<S::Ok, S::Error> {
        base64::encode(&it.0).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Signature, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = base64::decode(&text).and_then(|it| it.try_into().ok());
        let bytes = bytes.ok_or_else(|| de::Error::custom("a signature is 64 bytes in base64"))?;
        Ok(Signature(bytes))
    }
}

impl Change {
    /// What the validators of `state` are asked to approve.
    ///
    /// # Errors
    /// What would come after is no set of validators.
    pub fn new(state: &State, validators: Vec<Validator>) -> Result<Self, ChangeError> {
        Ok(Self {
            approvals: Vec::new(),
            kind: CHANGE_KIND.to_owned(),
            state: state.keepers(),
            validators: ordered(validators)?,
        })
    }

    /// Who would vote after it.
    pub fn validators(&self) -> &[Validator] {
        &self.validators
    }

    /// The ids of those who approved it, as it says.
    pub fn approved_by(&self) -> impl Iterator<Item = Hash> {
        self.approvals.iter().map(|it| it.by)
    }

    /// Approves with the Ed25519 secret of a validator.
    #[must_use]
    pub fn approve(mut self, secret: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(secret);
        let signature = Signature(key.sign(&self.message()).to_bytes());
        let by = Hash::of(&[key.verifying_key().as_bytes()]);
        self.approvals.push(Approval { by, signature });
        self.approvals.sort_by_key(|it| it.by);
        self
    }

    /// As it is put into the log.
    ///
    /// # Errors
    /// More validators than an entry has room for.
    pub fn entry(&self) -> Result<Entry, ChangeError> {
        Ok(Entry::new(self.canonical())?)
    }

    fn canonical(&self) -> Vec<u8> {
        serde_json_canonicalizer::to_vec(self).unwrap_or_default()
    }

    fn message(&self) -> Vec<u8> {
        let bare = Self {
            approvals: Vec::new(),
            ..self.clone()
        };
        [b"wise.validators.v1\n".as_slice(), &bare.canonical()].concat()
    }

    /// The change that an entry is, if it is one. Canonical JSON of a change begins with its approvals, so that other entries
    /// need not be parsed.
    fn read(entry: &Entry) -> Result<Option<Self>, ChangeError> {
        #[derive(Deserialize)]
        struct Kind {
            kind: String,
        }

        if !entry.bytes().starts_with(br#"{"approvals":"#) {
            return Ok(None);
        }
        match serde_json::from_slice::<Kind>(entry.bytes()) {
            Ok(it) if it.kind == CHANGE_KIND => {}
            _ => return Ok(None),
        }
        let change: Self = serde_json::from_slice(entry.bytes())
            .map_err(|it| ChangeError::Malformed(it.to_string()))?;
        if change.canonical() != entry.bytes() {
            let reason = "it is no canonical JSON".to_owned();
            return Err(ChangeError::Malformed(reason));
        }
        Ok(Some(change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn validator(seed: u8) -> Validator {
        Validator {
            name: format!("agency {seed}"),
            key: key(seed).verifying_key().to_bytes(),
        }
    }

    fn state(seeds: &[u8]) -> State {
        let validators = seeds.iter().map(|it| validator(*it)).collect();
        State::genesis("ledger.example", validators).unwrap()
    }

    fn change(state: &State, to: &[u8], approved_by: &[u8]) -> Change {
        let to = to.iter().map(|it| validator(*it)).collect();
        let change = Change::new(state, to).unwrap();
        approved_by
            .iter()
            .fold(change, |it, seed| it.approve(key(*seed).as_bytes()))
    }

    #[test]
    fn more_than_two_thirds_replace_the_validators() {
        let before = state(&[1, 2, 3, 4]);
        let entry = change(&before, &[1, 2, 3, 5], &[1, 2, 3]).entry().unwrap();
        let mut after = before.clone();
        assert_eq!(after.apply(&entry, 7), Ok(true));
        assert_eq!(after.validators(), state(&[1, 2, 3, 5]).validators());
        assert_ne!(after.hash(), before.hash());

        // The same change again is for a state that is gone, even once the validators are the same again.
        let back = change(&after, &[1, 2, 3, 4], &[1, 2, 5]).entry().unwrap();
        after.apply(&back, 9).unwrap();
        assert_eq!(after.validators(), before.validators());
        let again = after.apply(&entry, 10);
        assert!(matches!(again, Err(ChangeError::State { .. })), "{again:?}");
    }

    #[test]
    fn a_change_that_too_few_approve_or_strangers_sign_is_refused() {
        let before = state(&[1, 2, 3, 4]);
        let stranger = Hash::of(&[&validator(9).key]);
        let twice = Hash::of(&[&validator(2).key]);
        let cases = [
            (
                vec![1, 2],
                ChangeError::TooFew {
                    found: 2,
                    needed: 3,
                },
            ),
            (vec![1, 2, 9], ChangeError::Stranger { by: stranger }),
            (vec![1, 2, 2], ChangeError::Twice { by: twice }),
        ];
        for (by, expected) in cases {
            let entry = change(&before, &[1, 5], &by).entry().unwrap();
            let mut after = before.clone();
            assert_eq!(after.apply(&entry, 1), Err(expected));
            assert_eq!(after, before);
        }

        let mut forged = change(&before, &[1, 5], &[1, 2, 3]);
        forged.validators[0].name = "another".to_owned();
        let refused = before.clone().apply(&forged.entry().unwrap(), 1);
        assert!(matches!(refused, Err(ChangeError::Signature { .. })));
    }

    #[test]
    fn an_approval_of_one_ledger_is_worth_nothing_in_another() {
        let here = state(&[1]);
        let mut there = State::genesis("other.example", vec![validator(1)]).unwrap();
        let entry = change(&here, &[1, 2], &[1]).entry().unwrap();
        let refused = there.apply(&entry, 1);
        assert!(matches!(refused, Err(ChangeError::State { .. })));
    }

    #[test]
    fn other_entries_change_nothing_and_a_change_has_one_spelling() {
        let mut state = state(&[1]);
        let texts = [
            r#"{"kind":"wise.sealed.v1"}"#,
            r#"{"approvals":3,"kind":"something else"}"#,
            "{\"approvals\":",
        ];
        for text in texts {
            assert_eq!(state.apply(&Entry::new(text).unwrap(), 1), Ok(false));
        }
        let entry = change(&state, &[1, 2], &[1]).entry().unwrap();
        let spaced = [entry.bytes(), b" "].concat();
        let refused = state.apply(&Entry::new(spaced).unwrap(), 1);
        assert!(matches!(refused, Err(ChangeError::Malformed(_))));
    }

    #[test]
    fn validators_have_distinct_names_and_keys() {
        let named = |name: &str, seed| Validator {
            name: name.to_owned(),
            ..validator(seed)
        };
        let genesis = |validators| State::genesis("ledger.example", validators).unwrap_err();
        assert!(matches!(
            genesis(vec![named("a", 1), named("b", 1)]),
            ChangeError::Validators(InvalidValidators::Twice { .. })
        ));
        assert!(matches!(
            genesis(vec![named("a", 1), named("a", 2)]),
            ChangeError::NameTwice { .. }
        ));
        assert!(matches!(
            genesis(vec![named("", 1)]),
            ChangeError::Name { .. }
        ));
    }
}
