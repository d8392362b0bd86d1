//! Who breaks the rules: named, with what proves it where something does.

use std::collections::BTreeMap;

use arc_malachitebft_core_types::{Round, VoteType};
use ledger::Hash;
use ledger::consensus::{Evidence, SignedProposal, SignedVote};

/// A validator may be found out in so many ways, each kept once with a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offence {
    /// Signed two votes of one kind in one round. Proved.
    DoubleVote,
    /// Signed two proposals in one round. Proved.
    DoubleProposal,
    /// Sent a block that may not come next.
    InvalidBlock,
    /// Sent a signature or a certificate that does not hold.
    Forgery,
    /// Sent what belongs to another ledger.
    ForeignLedger,
    /// Sent again, and again, what was decided long ago by its own account.
    Replay,
    /// Sent bytes that are no message.
    Malformed,
    /// Sent its own messages, again and again, when their time was over.
    Late,
    /// Proposed nothing in three of its turns, one after another.
    Silent,
}

/// What was found about a validator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub validator: Hash,
    pub offence: Offence,
    /// The height at which it was seen first.
    pub height: u64,
    /// What was seen first, in words.
    pub detail: String,
    /// What proves it to anybody who knows the validators' keys. Without it there is our word only: the message came over a
    /// connection that only this validator can open.
    pub evidence: Option<Evidence>,
    pub count: u64,
}

/// Signatures that were passed by the network late, or out of order, look like a replay or a delay once or twice.
const STRIKES: u32 = 3;
/// How many heights a message must be old, against what its sender says to have.
const REPLAY_DISTANCE: u64 = 8;

#[derive(Debug, Default)]
pub(super) struct Watch {
    findings: BTreeMap<(Hash, Offence), Finding>,
    strikes: BTreeMap<(Hash, Offence), u32>,
    votes: BTreeMap<(VoteType, i64, Hash), SignedVote>,
    proposals: BTreeMap<(i64, Hash), SignedProposal>,
    /// The proposer of the round that is under way, where it is another.
    expected: Option<(Round, Hash)>,
    /// Whether anything was found, or proved, that was not before.
    has_news: bool,
}

impl Watch {
    /// With what was found before.
    pub fn new(findings: Vec<Finding>) -> Self {
        let findings = findings.into_iter();
        Self {
            findings: findings
                .map(|it| ((it.validator, it.offence), it))
                .collect(),
            ..Self::default()
        }
    }

    /// Whether anything was found since this was asked last, other than the same once more.
    pub fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }

    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.values()
    }

    pub fn vote(&self, kind: VoteType, round: Round, by: &Hash) -> Option<&SignedVote> {
        self.votes.get(&(kind, round.as_i64(), *by))
    }

    pub fn proposal(&self, round: Round, by: &Hash) -> Option<&SignedProposal> {
        self.proposals.get(&(round.as_i64(), *by))
    }

    /// A vote that holds; with the one before that it contradicts.
    pub fn saw_vote(&mut self, vote: &SignedVote) -> Option<(SignedVote, SignedVote)> {
        let it = &vote.message;
        let key = (it.kind, it.round.as_i64(), it.validator);
        let first = self.votes.entry(key).or_insert_with(|| vote.clone());
        (first.message != *it).then(|| (first.clone(), vote.clone()))
    }

    /// A proposal that holds; with the one before that it contradicts.
    pub fn saw_proposal(
        &mut self,
        proposal: &SignedProposal,
    ) -> Option<(SignedProposal, SignedProposal)> {
        let it = &proposal.message;
        self.strikes.remove(&(it.validator, Offence::Silent));
        let key = (it.round.as_i64(), it.validator);
        let first = self
            .proposals
            .entry(key)
            .or_insert_with(|| proposal.clone());
        (first.message != *it).then(|| (first.clone(), proposal.clone()))
    }

    pub fn round_begins(&mut self, round: Round, proposer: Option<Hash>) {
        if let Some((before, expected)) = self.expected.take()
            && round > before
            && self.proposal(before, &expected).is_none()
        {
            let detail = "no proposal in three of its turns".to_owned();
            self.strike(expected, Offence::Silent, 0, detail);
        }
        self.expected = proposer.map(|it| (round, it));
    }

    /// The height was passed.
    pub fn pass(&mut self) {
        self.votes.clear();
        self.proposals.clear();
        self.expected = None;
    }

    pub fn proved(&mut self, evidence: Evidence) {
        let (offence, detail) = match evidence {
            Evidence::Votes(..) => (Offence::DoubleVote, "two votes in one round"),
            Evidence::Proposals(..) => (Offence::DoubleProposal, "two proposals in one round"),
        };
        let (by, height) = (evidence.validator(), evidence.height());
        self.found(by, offence, height, detail.to_owned());
        if let Some(finding) = self.findings.get_mut(&(by, offence)) {
            self.has_news |= finding.evidence.is_none();
            finding.evidence.get_or_insert(evidence);
        }
    }

    pub fn found(&mut self, validator: Hash, offence: Offence, height: u64, detail: String) {
        let finding = self
            .findings
            .entry((validator, offence))
            .or_insert(Finding {
                validator,
                offence,
                height,
                detail,
                evidence: None,
                count: 0,
            });
        self.has_news |= finding.count == 0;
        finding.count += 1;
    }

    /// What may happen to the honest too is held against them when it happens again and again.
    pub fn strike(&mut self, validator: Hash, offence: Offence, height: u64, detail: String) {
        let strikes = self.strikes.entry((validator, offence)).or_default();
        *strikes += 1;
        if *strikes >= STRIKES {
            self.found(validator, offence, height, detail);
        }
    }

    /// A message for a height that is decided: `announced` is the height its sender says to have.
    pub fn stale(&mut self, from: Hash, signer: Hash, height: u64, announced: u64, proposal: bool) {
        if from == signer && proposal {
            let detail =
                format!("its proposal for height {height} came when the height was decided");
            self.strike(from, Offence::Late, height, detail);
        } else if from != signer && height + REPLAY_DISTANCE <= announced {
            let detail = format!("a message of height {height}, when it said to have {announced}");
            self.strike(from, Offence::Replay, height, detail);
        }
    }
}
