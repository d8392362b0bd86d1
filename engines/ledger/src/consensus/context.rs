//! Malachite's types, as they are for blocks.

use std::fmt;

use arc_malachitebft_core_types as core;
use core::{
    Context, LinearTimeouts, NilOrVal, Round, SignedExtension, ValidatorSet as _, VoteType,
};

use super::{Ed25519, ValidatorSet, Voter};
use crate::{Block, Hash};

/// Agreement about blocks, for Malachite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockContext;

/// A block's height; the first block's is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Height(pub u64);

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl core::Height for Height {
    const ZERO: Self = Self(0);
    const INITIAL: Self = Self(1);

    fn increment_by(&self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }

    fn decrement_by(&self, n: u64) -> Option<Self> {
        self.0.checked_sub(n).map(Self)
    }

    fn as_u64(&self) -> u64 {
        self.0
    }
}

/// A validator is addressed by its id: the SHA-256 of its key.
impl core::Address for Hash {}

/// What is agreed on is the block's hash, so the value is its own id.
impl core::Value for Hash {
    type Id = Self;

    fn id(&self) -> Self {
        *self
    }
}

/// A block travels in one part.
impl core::ProposalPart<BlockContext> for Block {
    fn is_first(&self) -> bool {
        true
    }

    fn is_last(&self) -> bool {
        true
    }
}

/// The proposer's word that a block should come at a height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub height: Height,
    pub round: Round,
    pub block: Hash,
    /// The earlier round in which more than two thirds prevoted this block; `Nil` for a new one.
    pub pol_round: Round,
    pub validator: Hash,
}

impl core::Proposal<BlockContext> for Proposal {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &Hash {
        &self.block
    }

    fn take_value(self) -> Hash {
        self.block
    }

    fn pol_round(&self) -> Round {
        self.pol_round
    }

    fn validator_address(&self) -> &Hash {
        &self.validator
    }
}

/// A validator's vote for a block, or for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    pub kind: VoteType,
    pub height: Height,
    pub round: Round,
    pub block: NilOrVal<Hash>,
    pub validator: Hash,
}

impl core::Vote<BlockContext> for Vote {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &NilOrVal<Hash> {
        &self.block
    }

    fn take_value(self) -> NilOrVal<Hash> {
        self.block
    }

    fn vote_type(&self) -> VoteType {
        self.kind
    }

    fn validator_address(&self) -> &Hash {
        &self.validator
    }

    // Votes carry no extensions: the policy is `Disabled` at every height.
    fn extension(&self) -> Option<&SignedExtension<BlockContext>> {
        None
    }

    fn take_extension(&mut self) -> Option<SignedExtension<BlockContext>> {
        None
    }

    fn extend(self, _: SignedExtension<BlockContext>) -> Self {
        self
    }
}

impl Context for BlockContext {
    type Address = Hash;
    type Height = Height;
    type ProposalPart = Block;
    type Proposal = Proposal;
    type Validator = Voter;
    type ValidatorSet = ValidatorSet;
    type Timeouts = LinearTimeouts;
    type Value = Hash;
    type Vote = Vote;
    type Extension = ();
    type SigningScheme = Ed25519;

    /// In turn: another one at each height, and at each round of it.
    fn select_proposer<'a>(
        &self,
        validators: &'a ValidatorSet,
        height: Height,
        round: Round,
    ) -> &'a Voter {
        let turn = height
            .0
            .wrapping_add(u64::from(round.as_u32().unwrap_or(0)));
        // The remainder is below the count, which is never zero and at most MAX_VALIDATORS.
        validators.at((turn % validators.count() as u64) as usize)
    }

    fn new_proposal(
        &self,
        height: Height,
        round: Round,
        block: Hash,
        pol_round: Round,
        validator: Hash,
    ) -> Proposal {
        Proposal {
            height,
            round,
            block,
            pol_round,
            validator,
        }
    }

    fn new_prevote(
        &self,
        height: Height,
        round: Round,
        block: NilOrVal<Hash>,
        validator: Hash,
    ) -> Vote {
        Vote {
            kind: VoteType::Prevote,
            height,
            round,
            block,
            validator,
        }
    }

    fn new_precommit(
        &self,
        height: Height,
        round: Round,
        block: NilOrVal<Hash>,
        validator: Hash,
    ) -> Vote {
        Vote {
            kind: VoteType::Precommit,
            height,
            round,
            block,
            validator,
        }
    }
}
