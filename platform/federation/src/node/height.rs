//! One height: begun when something waits, a block proposed, judged, agreed on, written.

use std::sync::Arc;
use std::time::Duration;

use arc_malachitebft_core_consensus as core;
use arc_malachitebft_core_types::{Round, Validity, ValueOrigin, VoteExtensionPolicy};
use core::{LocallyProposedValue, ProposedValue};
use ledger::consensus::{BlockContext, Certificate, SignedProposal, ValidatorSet};
use ledger::{Block, Entry, Hash, MAX_BLOCK_BYTES};

use super::watch::Offence;
use super::{Halt, Node, Output, Timer, is_alone};
use crate::chain::{Chain, ChainError, Refusal};
use crate::mempool::passed;
use crate::message::Message;
use crate::wal::{Record, Storage};

/// The most blocks that are kept at one height: honest validators propose one a round.
const MAX_CANDIDATES: usize = 64;
/// How many entries that may not stand in the log are put aside before the others are looked at again in the next step.
const MAX_REFUSALS: usize = 16;

impl<C: Chain, S: Storage> Node<C, S> {
    /// Does what is due, until nothing is.
    pub(super) fn settle(&mut self) -> Result<(), Halt> {
        loop {
            if let Some(certificate) = self.effects.decided.take() {
                let (height, hash) = (certificate.height.0, certificate.value_id);
                let lost = || Halt::Core(format!("block {hash} was agreed on and is not here"));
                let block = self.effects.blocks.get(&hash).cloned().ok_or_else(lost)?;
                let certificate = Certificate::from_commit(&certificate).ok_or_else(lost)?;
                if block.header.proposer != self.effects.signer.id() {
                    self.compare_clocks(&block);
                }
                debug_assert_eq!(height, block.header.height);
                self.write(&block, &certificate.encode())?;
            } else if !self.begun && !self.pool.is_empty() && self.is_time() {
                self.begin(false)?;
            } else if !self.propose()? {
                return Ok(());
            }
        }
    }

    /// Whether the next block may come, by the interval that is wanted.
    fn is_time(&mut self) -> bool {
        let since = Duration::from_millis(passed(self.committed_ms, self.now_ms));
        let wait = self.config.block_interval.saturating_sub(since);
        if wait.is_zero() {
            return true;
        }
        self.effects
            .outputs
            .push(Output::SetTimer(Timer::Pace, wait));
        false
    }

    fn begin(&mut self, restart: bool) -> Result<(), Halt> {
        self.begun = true;
        let height = self.effects.active();
        self.core.params.enabled = height.0 > self.abstains_through;
        let validators = self.validators.clone();
        let policy = VoteExtensionPolicy::Disabled;
        self.process(core::Input::StartHeight(
            height, validators, restart, None, policy,
        ))
    }

    /// Reads back what was logged at the height that is worked on.
    pub(super) fn replay(&mut self, records: Vec<Record>) -> Result<(), Halt> {
        let inputs: Vec<_> = records.iter().map(|it| self.input(it)).collect();
        self.effects.replaying = Some(records.into());
        self.begin(true)?;
        self.core.index_wal_entries(&inputs);
        for input in inputs {
            if self.effects.decided.is_none() {
                self.process(input)?;
            }
        }
        self.core.reset_entries_index();
        self.effects.replaying = None;
        Ok(())
    }

    fn input(&mut self, record: &Record) -> core::Input<BlockContext> {
        match record {
            Record::Vote(vote) => core::Input::Vote(vote.clone()),
            Record::Proposal(proposal) => core::Input::Proposal(proposal.clone()),
            Record::Timeout(timeout) => core::Input::TimeoutElapsed(*timeout),
            Record::Polka(certificate) => core::Input::PolkaCertificate(certificate.clone()),
            Record::Value {
                round,
                valid_round,
                proposer,
                block,
            } => {
                let hash = block.header.hash();
                self.effects.blocks.insert(hash, Arc::clone(block));
                self.value(hash, *round, *valid_round, *proposer)
            }
        }
    }

    fn value(
        &self,
        hash: Hash,
        round: Round,
        valid_round: Round,
        proposer: Hash,
    ) -> core::Input<BlockContext> {
        let value = ProposedValue {
            height: self.effects.active(),
            round,
            valid_round,
            proposer,
            value: hash,
            validity: Validity::Valid,
        };
        core::Input::ProposedValue(value, ValueOrigin::Consensus)
    }

    /// Proposes a block where one is wanted of us and entries wait; whether it did.
    fn propose(&mut self) -> Result<bool, Halt> {
        let Some(round) = self.effects.wanted else {
            return Ok(false);
        };
        let due = self.begun && self.core.driver.step_is_propose() && self.core.round() == round;
        if !due || self.pool.is_empty() || !self.is_time() {
            return Ok(false);
        }
        let Some(block) = self.build()? else {
            return Ok(false);
        };
        self.effects.wanted = None;
        let value = block.header.hash();
        self.effects.blocks.insert(value, Arc::new(block));
        let height = self.effects.active();
        let value = LocallyProposedValue::new(height, round, value);
        self.process(core::Input::Propose(value))?;
        Ok(true)
    }

    /// Puts aside what waits and may stand in no block any more; whoever submitted it is told.
    fn reconsider(&mut self) -> Result<(), Halt> {
        let mut refused = Vec::new();
        for entry in self.pool.iter() {
            if let Some(reason) = self.unfit(entry)? {
                refused.push((entry.leaf(), reason));
            }
        }
        for (leaf, reason) in refused {
            self.pool.remove(&leaf);
            self.effects.outputs.push(Output::Refused { leaf, reason });
        }
        Ok(())
    }

    /// A block of what waits; `None` where nothing of it may stand in the log.
    fn build(&mut self) -> Result<Option<Block>, Halt> {
        let proposer = self.effects.signer.id();
        for _ in 0..MAX_REFUSALS {
            let batch = self.pool.batch(MAX_BLOCK_BYTES);
            let leaves: Vec<_> = batch.iter().map(Entry::leaf).collect();
            let block = self.chain.propose(batch, proposer, self.now_ms)?;
            if block.entries.len() < leaves.len() {
                // Those left out stand in the log already.
                for leaf in &leaves {
                    if self.chain.find(leaf)?.is_some() {
                        self.pool.remove(leaf);
                    }
                }
            }
            if block.entries.is_empty() {
                return Ok(None);
            }
            // Where our clock is behind, the block's time is that of the block before.
            let now_ms = self.now_ms.max(block.header.time_ms);
            match self.chain.check(&block, now_ms) {
                Ok(()) => return Ok(Some(block)),
                Err(ChainError::Refused(Refusal::Entry { position, reason })) => {
                    let Some(entry) = block.entries.get(position) else {
                        return Ok(None);
                    };
                    let leaf = entry.leaf();
                    self.pool.remove(&leaf);
                    self.effects.outputs.push(Output::Refused { leaf, reason });
                }
                Err(other) => return Err(other.into()),
            }
        }
        Ok(None)
    }

    /// A message of the height that is worked on.
    pub(super) fn agree(&mut self, from: Hash, message: Message) -> Result<(), Halt> {
        if !self.begun && is_alone(&self.validators, &self.effects.signer) {
            // A round without entries would end in votes for nothing, which leave before any block does.
            return Ok(());
        }
        if !self.begun {
            self.begin(false)?;
        }
        self.effects.from = Some(from);
        let done = match message {
            Message::Proposal(proposal, block) => self.proposed(from, proposal, block),
            Message::Vote(vote) => self.process(core::Input::Vote(vote)),
            Message::Polka(polka) => self.process(core::Input::PolkaCertificate(polka)),
            Message::Round(round) => self.process(core::Input::RoundCertificate(round)),
            _ => Ok(()),
        };
        self.effects.from = None;
        done
    }

    /// The core hears of a block only if it is valid; of the proposal in any case, since another may contradict it.
    fn proposed(
        &mut self,
        from: Hash,
        signed: SignedProposal,
        block: Option<Block>,
    ) -> Result<(), Halt> {
        let proposal = &signed.message;
        if from == proposal.validator && proposal.round < self.core.round() {
            let detail = format!(
                "its proposal for round {} came when that was over",
                proposal.round
            );
            let height = self.effects.height;
            self.effects
                .watch
                .strike(from, Offence::Late, height, detail);
        }
        if let Some(block) = block
            && !self.effects.blocks.contains_key(&proposal.block)
            && self.effects.blocks.len() < MAX_CANDIDATES
            && self.is_signed(&signed)
        {
            match self.judge(&signed, &block) {
                Ok(()) => {
                    self.effects.blocks.insert(proposal.block, Arc::new(block));
                }
                Err(ChainError::Refused(refusal)) => {
                    self.refuse(from, &signed, &refusal);
                }
                Err(other) => return Err(other.into()),
            }
        }
        let offer = (proposal.block, proposal.round.as_i64());
        if self.effects.blocks.contains_key(&proposal.block) && self.effects.offered.insert(offer) {
            let (round, valid_round) = (proposal.round, proposal.pol_round);
            let value = self.value(proposal.block, round, valid_round, proposal.validator);
            self.process(value)?;
        }
        // Everybody passes it on: once is enough.
        let seen = self
            .effects
            .watch
            .proposal(proposal.round, &proposal.validator);
        match seen == Some(&signed) {
            true => Ok(()),
            false => self.process(core::Input::Proposal(signed)),
        }
    }

    fn refuse(&mut self, from: Hash, signed: &SignedProposal, refusal: &Refusal) {
        let detail = refusal.to_string();
        if !matches!(refusal, Refusal::Early { .. }) {
            let height = self.effects.height;
            self.effects
                .watch
                .found(from, Offence::InvalidBlock, height, detail);
        } else if from == signed.message.validator && self.early.len() < MAX_CANDIDATES {
            // One of the two clocks is wrong; whether it is ours the others will decide.
            self.early.push((from, signed.message.block, detail));
        }
    }

    fn compare_clocks(&mut self, block: &Block) {
        let (here, there) = (self.now_ms as i64, block.header.time_ms as i64);
        self.clock_ahead_ms = Some(here.saturating_sub(there));
    }

    fn is_signed(&self, signed: &SignedProposal) -> bool {
        let Some(voter) = self.validators.get(&signed.message.validator) else {
            return false;
        };
        let ledger = self.effects.signer.ledger();
        ledger.verify_proposal(&signed.message, &signed.signature, voter.key())
    }

    fn judge(&self, signed: &SignedProposal, block: &Block) -> Result<(), ChainError> {
        let (proposal, header) = (&signed.message, &block.header);
        let entry = |reason: &str| Refusal::Entry {
            position: 0,
            reason: reason.to_owned(),
        };
        if header.hash() != proposal.block {
            Err(entry("it is not the block that was proposed"))?;
        }
        if block.entries.is_empty() {
            Err(entry("there is none"))?;
        }
        // A block that was proposed again keeps the name of its first proposer.
        let own = proposal.pol_round.is_defined() || header.proposer == proposal.validator;
        if !own || self.validators.get(&header.proposer).is_none() {
            Err(entry("the block names a proposer who did not propose it"))?;
        }
        self.chain.check(block, self.now_ms)
    }

    /// Writes a block that was agreed on, and turns to the next height.
    pub(super) fn write(&mut self, block: &Block, certificate: &[u8]) -> Result<(), Halt> {
        self.chain.commit(block, certificate)?;
        let height = block.header.height;
        let leaves: Vec<_> = block.entries.iter().map(Entry::leaf).collect();
        leaves.iter().for_each(|leaf| self.pool.remove(leaf));
        let first = block.header.log_size.saturating_sub(leaves.len() as u64);
        let hash = block.header.hash();
        for (from, early, detail) in std::mem::take(&mut self.early) {
            if early == hash {
                self.compare_clocks(block);
            } else {
                self.effects
                    .watch
                    .found(from, Offence::InvalidBlock, height, detail);
            }
        }
        self.validators = ValidatorSet::new(self.chain.validators())?;
        self.effects.pass(height + 1);
        let application = block.header.application;
        if self.application.replace(application) != Some(application) {
            self.reconsider()?;
        }
        self.begun = false;
        self.committed_ms = self.now_ms;
        self.effects.outputs.push(Output::Committed {
            height,
            first,
            leaves,
        });
        self.broadcast(self.own_status());
        for (from, message) in std::mem::take(&mut self.held) {
            self.message(from, message)?;
        }
        Ok(())
    }
}
