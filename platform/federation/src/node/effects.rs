//! What the core asks for while it works on one input, and what is gathered meanwhile.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use arc_malachitebft_core_consensus as core;
use arc_malachitebft_core_types as types;
use core::{ConsensusMsg, Effect, LivenessMsg, Resumable, Resume, Role, SignedConsensusMsg};
use ledger::consensus::{
    BlockContext, Certificate, Evidence, Height, Proposal, Signer, ValidatorSet, Vote,
    verify_polka, verify_round,
};
use ledger::{Block, Hash};
use types::{CertificateError, CommitCertificate, LinearTimeouts, Round, SignedMessage, Timeout};

use super::watch::{Offence, Watch};
use super::{Halt, Output, Timer};
use crate::message::Message;
use crate::wal::{Record, Storage, Wal};

type Verdict = Result<(), Box<CertificateError<BlockContext>>>;

/// The hands of the core. Once it failed at something nothing leaves any more: the core itself would log that and go on.
#[derive(Debug)]
pub(super) struct Effects<S> {
    pub signer: Signer,
    pub timeouts: LinearTimeouts,
    pub wal: Wal<S>,
    pub watch: Watch,
    pub outputs: Vec<Output>,
    /// The height that is worked on.
    pub height: u64,
    /// Blocks that were found valid at this height, by their hashes.
    pub blocks: BTreeMap<Hash, Arc<Block>>,
    /// Which of them the core has heard of, for which rounds.
    pub offered: BTreeSet<(Hash, i64)>,
    /// The peer whose message is being worked on.
    pub from: Option<Hash>,
    /// What the log holds already while it is read back; nothing is recorded twice, nor passed on.
    pub replaying: Option<VecDeque<Record>>,
    /// The round for which a block is wanted of us.
    pub wanted: Option<Round>,
    pub decided: Option<CommitCertificate<BlockContext>>,
    /// Whether something that we signed waits to leave.
    pub speaks: bool,
    pub failure: Option<Halt>,
    /// Whether it contradicts itself on purpose, and so hears of that from the others.
    pub lies: bool,
}

impl<S: Storage> Effects<S> {
    /// The height was passed: what belonged to it is of no use any more.
    pub fn pass(&mut self, height: u64) {
        self.height = height;
        self.wal.pass();
        self.watch.pass();
        self.blocks.clear();
        self.offered.clear();
        self.wanted = None;
        self.decided = None;
        self.outputs.push(Output::CancelTimers);
    }

    pub fn handle(&mut self, effect: Effect<BlockContext>) -> Resume<BlockContext> {
        if self.failure.is_some() {
            // Where the core expects anything else it gives up here.
            return Resume::Continue;
        }
        match effect {
            Effect::CancelAllTimeouts(resume) => {
                self.outputs.push(Output::CancelTimers);
                resume.resume_with(())
            }
            Effect::CancelTimeout(timeout, resume) => {
                self.outputs.push(Output::CancelTimer(self.timer(timeout)));
                resume.resume_with(())
            }
            Effect::ScheduleTimeout(timeout, resume) => {
                let after = self.timeouts.duration_for(timeout);
                self.outputs
                    .push(Output::SetTimer(self.timer(timeout), after));
                resume.resume_with(())
            }
            Effect::StartRound(_, round, proposer, role, resume) => {
                let ours = role == Role::Proposer;
                self.watch.round_begins(round, (!ours).then_some(proposer));
                self.wanted = None;
                resume.resume_with(())
            }
            Effect::GetValue(_, round, _, resume) => {
                self.wanted = Some(round);
                resume.resume_with(())
            }
            Effect::SignVote(vote, resume) => match self.may_vote(&vote) {
                Ok(()) => resume.resume_with(self.signer.sign_vote(vote)),
                Err(halt) => self.fail(halt),
            },
            Effect::SignProposal(proposal, resume) => match self.may_propose(&proposal) {
                Ok(()) => resume.resume_with(self.signer.sign_proposal(proposal)),
                Err(halt) => self.fail(halt),
            },
            Effect::VerifySignature(signed, key, resume) => {
                let holds = self.holds(&signed, &key);
                resume.resume_with(holds)
            }
            Effect::WalAppend(_, input, resume) => {
                self.record(input);
                resume.resume_with(())
            }
            Effect::Decide(certificate, _, resume) => {
                self.decided = Some(certificate);
                resume.resume_with(())
            }
            other => self.speak_or_verify(other),
        }
    }

    fn speak_or_verify(&mut self, effect: Effect<BlockContext>) -> Resume<BlockContext> {
        match effect {
            Effect::PublishConsensusMsg(SignedConsensusMsg::Vote(vote), resume)
            | Effect::PublishLivenessMsg(LivenessMsg::Vote(vote), resume)
            | Effect::RepublishVote(vote, resume) => {
                self.say(Message::Vote(vote));
                resume.resume_with(())
            }
            Effect::PublishConsensusMsg(SignedConsensusMsg::Proposal(proposal), resume) => {
                let block = self.blocks.get(&proposal.message.block);
                let block = block.map(|it| Block::clone(it));
                self.say(Message::Proposal(proposal, block));
                resume.resume_with(())
            }
            Effect::PublishLivenessMsg(LivenessMsg::PolkaCertificate(certificate), resume) => {
                self.say(Message::Polka(certificate));
                resume.resume_with(())
            }
            Effect::PublishLivenessMsg(LivenessMsg::SkipRoundCertificate(certificate), resume)
            | Effect::RepublishRoundCertificate(certificate, resume) => {
                self.say(Message::Round(certificate));
                resume.resume_with(())
            }
            Effect::VerifyCommitCertificate(certificate, validators, _, resume) => {
                let verdict = self.verify_commit(&certificate, &validators);
                resume.resume_with(verdict.map_err(|it| *it))
            }
            Effect::VerifyPolkaCertificate(certificate, validators, _, resume) => {
                let verdict = verify_polka(self.signer.ledger(), &certificate, &validators);
                resume.resume_with(self.certificate(verdict).map_err(|it| *it))
            }
            Effect::VerifyRoundCertificate(certificate, validators, _, resume) => {
                let verdict = verify_round(self.signer.ledger(), &certificate, &validators);
                resume.resume_with(self.certificate(verdict).map_err(|it| *it))
            }
            // The block goes out with the proposal that follows. Missed heights do not pass through the core, and the evidence it
            // has at the end of one was found before.
            Effect::RestreamProposal(.., resume)
            | Effect::CertVerifiedSyncValue(.., resume)
            | Effect::CertRejectedSyncValue(.., resume)
            | Effect::Finalize(.., resume) => resume.resume_with(()),
            // Votes have no extensions: the core does not ask for any.
            _ => self.fail(Halt::Core("an effect that was not asked for".to_owned())),
        }
    }

    fn timer(&self, timeout: Timeout) -> Timer {
        Timer::Consensus {
            height: self.height,
            timeout,
        }
    }

    fn fail(&mut self, halt: Halt) -> Resume<BlockContext> {
        self.failure = Some(halt);
        Resume::Continue
    }

    /// To everybody, once the log is durable.
    fn say(&mut self, message: Message) {
        self.speaks = true;
        let except = None;
        self.outputs.push(Output::Broadcast { message, except });
    }

    /// The last line of defence: whatever else goes wrong, nothing is signed that contradicts what was signed before.
    fn may_vote(&self, vote: &Vote) -> Result<(), Halt> {
        let before = self.watch.vote(vote.kind, vote.round, &vote.validator);
        match before.is_none_or(|it| it.message == *vote) {
            true => Ok(()),
            false => Err(Halt::DoubleSign {
                what: "vote",
                height: vote.height.0,
                round: vote.round.as_i64(),
            }),
        }
    }

    fn may_propose(&self, proposal: &Proposal) -> Result<(), Halt> {
        let before = self.watch.proposal(proposal.round, &proposal.validator);
        match before.is_none_or(|it| it.message == *proposal) {
            true => Ok(()),
            false => Err(Halt::DoubleSign {
                what: "proposal",
                height: proposal.height.0,
                round: proposal.round.as_i64(),
            }),
        }
    }

    /// Whoever passes on a signature has checked it: one that does not hold is the sender's own.
    fn holds(
        &mut self,
        signed: &SignedMessage<BlockContext, ConsensusMsg<BlockContext>>,
        key: &types::PublicKey<BlockContext>,
    ) -> bool {
        let (ledger, signature) = (self.signer.ledger(), &signed.signature);
        let (holds, by) = match &signed.message {
            ConsensusMsg::Vote(it) => (ledger.verify_vote(it, signature, key), it.validator),
            ConsensusMsg::Proposal(it) => {
                (ledger.verify_proposal(it, signature, key), it.validator)
            }
        };
        if let (false, Some(from)) = (holds, self.from) {
            let detail = format!("a signature in the name of {by} that does not hold");
            self.watch
                .found(from, Offence::Forgery, self.height, detail);
        }
        holds
    }

    fn certificate(&mut self, verdict: Verdict) -> Verdict {
        if let (Err(why), Some(from)) = (&verdict, self.from) {
            let detail = format!("a certificate that proves nothing: {why}");
            self.watch
                .found(from, Offence::Forgery, self.height, detail);
        }
        verdict
    }

    fn verify_commit(
        &self,
        certificate: &CommitCertificate<BlockContext>,
        validators: &ValidatorSet,
    ) -> Verdict {
        let verified = Certificate::from_commit(certificate).is_some_and(|it| {
            let ledger = self.signer.ledger();
            it.verify(ledger, certificate.value_id, validators).is_ok()
        });
        match verified {
            true => Ok(()),
            false => Err(Box::new(CertificateError::NotEnoughVotingPower {
                signed: certificate.commit_signatures.len() as u64,
                total: validators.len() as u64,
                expected: validators.quorum() as u64,
            })),
        }
    }

    /// What changed the core's mind goes into the log; what is new to us is passed on, so that nobody can tell two of us two
    /// different things.
    fn record(&mut self, input: core::Input<BlockContext>) {
        let record = match input {
            core::Input::Vote(vote) => Record::Vote(vote),
            core::Input::Proposal(proposal) => Record::Proposal(proposal),
            core::Input::ProposedValue(value, _) => match self.blocks.get(&value.value) {
                Some(block) => Record::Value {
                    round: value.round,
                    valid_round: value.valid_round,
                    proposer: value.proposer,
                    block: Arc::clone(block),
                },
                None => {
                    let lost = format!("block {} of a proposal is not here", value.value);
                    self.failure = Some(Halt::Core(lost));
                    return;
                }
            },
            core::Input::TimeoutElapsed(timeout) => Record::Timeout(timeout),
            core::Input::PolkaCertificate(certificate) => Record::Polka(certificate),
            // The core does not ask for these to be recorded.
            core::Input::StartHeight(..)
            | core::Input::Propose(_)
            | core::Input::RoundCertificate(_)
            | core::Input::SyncValueResponse(_) => return,
        };
        self.observe(&record);
        match &self.replaying {
            Some(held) if held.contains(&record) => {}
            _ => self.wal.push(&record),
        }
    }

    fn observe(&mut self, record: &Record) {
        let (message, signer) = match record {
            Record::Vote(vote) => {
                let evidence = self
                    .watch
                    .saw_vote(vote)
                    .map(|(a, b)| Evidence::Votes(a, b));
                self.contradicts(evidence);
                (Message::Vote(vote.clone()), vote.message.validator)
            }
            Record::Proposal(proposal) => {
                let pair = self.watch.saw_proposal(proposal);
                self.contradicts(pair.map(|(a, b)| Evidence::Proposals(a, b)));
                let signer = proposal.message.validator;
                (Message::Proposal(proposal.clone(), None), signer)
            }
            _ => return,
        };
        if signer != self.signer.id() && self.replaying.is_none() {
            let except = self.from;
            self.outputs.push(Output::Broadcast { message, except });
        }
    }

    fn contradicts(&mut self, evidence: Option<Evidence>) {
        let Some(evidence) = evidence else { return };
        if evidence.validator() == self.signer.id() {
            if !self.lies {
                let height = evidence.height();
                self.failure = Some(Halt::KeyUsedElsewhere { height });
            }
            return;
        }
        self.watch.proved(evidence);
    }
}

impl<S> Effects<S> {
    pub fn active(&self) -> Height {
        Height(self.height)
    }
}
