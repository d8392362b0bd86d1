//! Who agrees on the next block.

use arc_malachitebft_core_types as core;
use ed25519_dalek::VerifyingKey;

use super::BlockContext;
use crate::Hash;

/// The most validators of a ledger: a certificate holds a signature of each.
pub const MAX_VALIDATORS: usize = 256;

/// A validator as agreement sees it. One agency, one vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voter {
    id: Hash,
    key: VerifyingKey,
}

impl Voter {
    /// The SHA-256 of the key.
    pub fn id(&self) -> Hash {
        self.id
    }

    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }
}

impl core::Validator<BlockContext> for Voter {
    fn address(&self) -> &Hash {
        &self.id
    }

    fn public_key(&self) -> &VerifyingKey {
        &self.key
    }

    fn voting_power(&self) -> core::VotingPower {
        1
    }
}

/// Why keys make no set of validators.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValidators {
    #[error("a ledger needs at least one validator")]
    Empty,
    #[error("{count} validators: the most is {MAX_VALIDATORS}")]
    TooMany { count: usize },
    #[error("the key of validator {id} is no Ed25519 key")]
    Key { id: Hash },
    #[error("validator {id} is named twice")]
    Twice { id: Hash },
}

/// The validators of one height, in the order of their ids; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorSet(Vec<Voter>);

impl ValidatorSet {
    /// Of their Ed25519 keys.
    ///
    /// # Errors
    /// None or too many, one named twice, or bytes that are no key.
    pub fn new(keys: impl IntoIterator<Item = [u8; 32]>) -> Result<Self, InvalidValidators> {
        let mut voters = Vec::new();
        for key in keys {
            let id = Hash::of(&[&key]);
            let key = VerifyingKey::from_bytes(&key).map_err(|_| InvalidValidators::Key { id })?;
            voters.push(Voter { id, key });
        }
        voters.sort_by_key(|it| it.id);
        if let Some(pair) = voters.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(InvalidValidators::Twice { id: pair[0].id });
        }
        match voters.len() {
            0 => Err(InvalidValidators::Empty),
            1..=MAX_VALIDATORS => Ok(Self(voters)),
            count => Err(InvalidValidators::TooMany { count }),
        }
    }

    /// The validator at a place below [`len`](Self::len).
    pub(super) fn at(&self, place: usize) -> &Voter {
        &self.0[place]
    }

    pub fn get(&self, id: &Hash) -> Option<&Voter> {
        let place = self.0.binary_search_by_key(id, |it| it.id).ok()?;
        self.0.get(place)
    }

    pub fn voters(&self) -> &[Voter] {
        &self.0
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never: a set has at least one validator.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fewest votes that are more than two thirds.
    pub fn quorum(&self) -> usize {
        self.len() * 2 / 3 + 1
    }
}

impl core::ValidatorSet<BlockContext> for ValidatorSet {
    fn count(&self) -> usize {
        self.len()
    }

    fn total_voting_power(&self) -> core::VotingPower {
        self.len() as core::VotingPower
    }

    fn get_by_address(&self, address: &Hash) -> Option<&Voter> {
        self.get(address)
    }

    fn get_by_index(&self, index: usize) -> Option<&Voter> {
        self.0.get(index)
    }
}
