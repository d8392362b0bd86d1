//! Validators that break the rules on purpose, for the fault table and for showing what happens then. An honest validator works
//! within; only what leaves it is bent.

use std::collections::VecDeque;
use std::time::Duration;

use arc_malachitebft_core_types::NilOrVal;
use ledger::consensus::{LedgerId, Proposal, SignedProposal, SignedVote, Signer, Vote};
use ledger::{Block, Entry, Hash, MAX_ENTRY_BYTES};

use super::{Node, Output};
use crate::chain::Chain;
use crate::message::Message;
use crate::wal::Storage;

/// In which way a validator breaks the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Says nothing at all.
    Silent,
    /// Proposes one block to some and another to the others.
    EquivocatingProposer,
    /// Votes one thing to some and another to the others.
    EquivocatingVoter,
    /// Votes in the name of others.
    Forger,
    /// Says everything so much later.
    Delayer(Duration),
    /// Says again what others said long ago.
    Replayer,
    /// Signs its votes for another ledger.
    Foreigner,
    /// Proposes blocks that may not come next.
    InvalidProposer(Flaw),
}

/// What is wrong with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    WrongRoot,
    Duplicate,
    Oversize,
    ClockAYearOff,
}

const YEAR_MS: u64 = 365 * 24 * 60 * 60 * 1000;

#[derive(Debug)]
pub(super) struct Liar {
    behaviour: Behaviour,
    late: VecDeque<(u64, Output)>,
    heard: VecDeque<SignedVote>,
}

impl<C: Chain, S: Storage> Node<C, S> {
    /// Makes it break the rules from now on, or keep them again. For tests, and for a demonstration that says so.
    pub(crate) fn misbehave(&mut self, behaviour: Option<Behaviour>) {
        self.effects.lies |= behaviour.is_some();
        self.liar = behaviour.map(|behaviour| Liar {
            behaviour,
            late: VecDeque::new(),
            heard: VecDeque::new(),
        });
    }

    /// A validator that breaks the rules. For tests, and for a demonstration that says so.
    #[must_use]
    pub fn misbehaving(mut self, behaviour: Behaviour) -> Self {
        self.misbehave(Some(behaviour));
        self
    }

    pub(super) fn twist(&mut self, outputs: Vec<Output>) -> Vec<Output> {
        let Some(mut liar) = self.liar.take() else {
            return outputs;
        };
        let mut bent = Vec::new();
        for output in outputs {
            let speaks = matches!(output, Output::Broadcast { .. } | Output::Send(..));
            match (speaks, liar.behaviour) {
                (true, Behaviour::Silent) => {}
                (true, Behaviour::Delayer(by)) => {
                    let due = self.now_ms + by.as_millis() as u64;
                    liar.late.push_back((due, output));
                }
                (true, _) => self.bend(&mut liar, output, &mut bent),
                (false, _) => bent.push(output),
            }
        }
        while let Some((_, output)) = liar.late.pop_front_if(|(due, _)| *due <= self.now_ms) {
            bent.push(output);
        }
        self.liar = Some(liar);
        bent
    }

    fn bend(&self, liar: &mut Liar, output: Output, bent: &mut Vec<Output>) {
        let signer = &self.effects.signer;
        let message = match &output {
            Output::Broadcast { message, .. } | Output::Send(_, message) => message.clone(),
            _ => return bent.push(output),
        };
        match (liar.behaviour, message) {
            (Behaviour::EquivocatingVoter, Message::Vote(vote))
                if vote.message.validator == signer.id() =>
            {
                let other = signer.sign_vote(opposite(&vote.message));
                self.split(bent, Message::Vote(vote), Message::Vote(other));
            }
            (Behaviour::EquivocatingProposer, Message::Proposal(first, Some(block)))
                if first.message.validator == signer.id() =>
            {
                let entries = block.entries.clone();
                let time_ms = block.header.time_ms + 1;
                let other = self.chain.propose(entries, signer.id(), time_ms);
                let second = other.map(|it| resign(signer, &first.message, it));
                let first = Message::Proposal(first, Some(block));
                self.split(bent, first.clone(), second.unwrap_or(first));
            }
            (Behaviour::InvalidProposer(flaw), Message::Proposal(signed, Some(block)))
                if signed.message.validator == signer.id() =>
            {
                let message = resign(signer, &signed.message, spoil(flaw, block));
                let except = None;
                bent.push(Output::Broadcast { message, except });
            }
            (Behaviour::Forger, Message::Vote(vote)) => {
                let mut voters = self.validators.voters().iter();
                if let Some(other) = voters.find(|it| it.id() != signer.id()) {
                    let mut forged = signer.sign_vote(opposite(&vote.message));
                    forged.message.validator = other.id();
                    let (message, except) = (Message::Vote(forged), None);
                    bent.push(Output::Broadcast { message, except });
                }
                bent.push(output);
            }
            (Behaviour::Foreigner, Message::Vote(vote))
                if vote.message.validator == signer.id() =>
            {
                let elsewhere = LedgerId(Hash::of(&[b"another ledger"]));
                let vote = signer.of(elsewhere).sign_vote(vote.message);
                let (message, except) = (Message::Vote(vote), None);
                bent.push(Output::Broadcast { message, except });
            }
            (Behaviour::Replayer, message) => {
                if let Message::Vote(vote) = message {
                    liar.heard.push_back(vote);
                }
                bent.push(output);
                let old = |it: &mut SignedVote| it.message.height.0 + 10 <= self.effects.height;
                while let Some(vote) = liar.heard.pop_front_if(old) {
                    let (message, except) = (Message::Vote(vote), None);
                    bent.push(Output::Broadcast { message, except });
                }
            }
            _ => bent.push(output),
        }
    }

    /// One thing to every other validator, another to the rest.
    fn split(&self, bent: &mut Vec<Output>, one: Message, other: Message) {
        let own = self.effects.signer.id();
        let others = self.validators.voters().iter().filter(|it| it.id() != own);
        for (at, voter) in others.enumerate() {
            let message = if at % 2 == 0 { &one } else { &other };
            bent.push(Output::Send(voter.id(), message.clone()));
        }
    }
}

fn opposite(vote: &Vote) -> Vote {
    let block = match vote.block {
        NilOrVal::Nil => NilOrVal::Val(Hash::of(&[b"a block that nobody proposed"])),
        NilOrVal::Val(_) => NilOrVal::Nil,
    };
    Vote {
        block,
        ..vote.clone()
    }
}

fn resign(signer: &Signer, proposal: &Proposal, block: Block) -> Message {
    let signed: SignedProposal = signer.sign_proposal(Proposal {
        block: block.header.hash(),
        ..proposal.clone()
    });
    Message::Proposal(signed, Some(block))
}

fn spoil(flaw: Flaw, mut block: Block) -> Block {
    match flaw {
        Flaw::WrongRoot => block.header.log_root = Hash::of(&[b"another root"]),
        Flaw::Duplicate => {
            block.entries.extend(block.entries.first().cloned());
            block.header.log_size += 1;
        }
        Flaw::Oversize => {
            let big = (0..100_u8).map(|it| Entry::new(vec![it; MAX_ENTRY_BYTES]));
            block.entries.extend(big.filter_map(Result::ok));
        }
        Flaw::ClockAYearOff => block.header.time_ms += YEAR_MS,
    }
    block
}
