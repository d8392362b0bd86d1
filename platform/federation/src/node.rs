//! One validator, as a deterministic step machine: an input and the hour go in, what is to be done comes out. It holds no socket,
//! no clock and no thread, so that a whole federation can run in one test.
//!
//! A step does its own disk writes, through [`Chain`] and [`Storage`], and returns what is to leave only when they are durable. If
//! one fails the step returns [`Halt`] instead, and so does every later one.

mod behaviour;
mod catch_up;
mod effects;
mod findings;
mod height;
mod peers;
mod status;
mod watch;

use std::convert::Infallible;
use std::time::Duration;

use arc_malachitebft_core_consensus as core;
use arc_malachitebft_core_types::{self as types, LinearTimeouts, Timeout};
use ledger::consensus::{BlockContext, Height, InvalidValidators, Signer, ValidatorSet};
use ledger::{Entry, Hash, MAX_BLOCK_BYTES};

pub use behaviour::{Behaviour, Flaw};
pub use status::{PeerStatus, Status, Voting};
pub use watch::{Finding, Offence};

use crate::chain::{Chain, ChainError, Refusal};
use crate::mempool::{Admission, Limits, Mempool};
use crate::message::{Message, MessageError};
use crate::wal::{Storage, Wal, WalError};
use behaviour::Liar;
use effects::Effects;
use peers::Peers;
use watch::Watch;

/// How long an entry waits before the others are told of it again.
const REMIND_MS: u64 = 3_000;

/// How a validator works.
#[derive(Clone, Debug)]
pub struct Config {
    pub timeouts: LinearTimeouts,
    /// The least time from one block to the next. Zero: a block as soon as something waits.
    pub block_interval: Duration,
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        let timeouts = LinearTimeouts {
            propose: Duration::from_secs(1),
            prevote: Duration::from_millis(500),
            precommit: Duration::from_millis(500),
            rebroadcast: Duration::from_secs(1),
            max_timeout: Duration::from_secs(10),
            ..LinearTimeouts::default()
        };
        Self {
            timeouts,
            block_interval: Duration::ZERO,
            limits: Limits::default(),
        }
    }
}

/// What happens to a validator.
#[derive(Clone, Debug)]
pub enum Input {
    /// Bytes came from a peer; the connection has shown that it is this one.
    Message {
        from: Hash,
        bytes: Vec<u8>,
    },
    /// A peer announced more bytes than a message may have; they were not read.
    TooLong {
        from: Hash,
        length: usize,
    },
    Connected(Hash),
    Disconnected(Hash),
    /// A timer that was set ran out.
    Timer(Timer),
    /// Entries were submitted at this agency.
    Submit(Vec<Entry>),
    /// About once a second.
    Tick,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    Consensus {
        height: u64,
        timeout: Timeout,
    },
    /// The next block may be proposed.
    Pace,
}

/// What is to be done. [`Timer`]s that are set again replace themselves.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// To every peer but one.
    Broadcast {
        message: Message,
        except: Option<Hash>,
    },
    Send(Hash, Message),
    SetTimer(Timer, Duration),
    CancelTimer(Timer),
    /// All but [`Timer::Pace`].
    CancelTimers,
    /// A block is agreed on and durable here; its entries by their leaf hashes.
    Committed {
        height: u64,
        first: u64,
        leaves: Vec<Hash>,
    },
    /// A submitted entry stands in the log already.
    Known {
        leaf: Hash,
        height: u64,
        index: u64,
    },
    /// A submitted entry will not come into a block.
    Refused {
        leaf: Hash,
        reason: String,
    },
    /// The peer does not keep to the protocol: the connection is to end.
    CutOff(Hash, String),
}

/// Why a validator stopped. It stays stopped: the process is to be started again when the cause is removed.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    #[error(transparent)]
    Wal(#[from] WalError),
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("the validators that the log names: {0}")]
    Validators(#[from] InvalidValidators),
    #[error("a second {what} was about to be signed at height {height}, round {round}")]
    DoubleSign {
        what: &'static str,
        height: u64,
        round: i64,
    },
    #[error(
        "messages at height {height} are signed with this agency's key and not by this process: another runs with the same key, or \
         its write-ahead log was lost"
    )]
    KeyUsedElsewhere { height: u64 },
    #[error("agreement cannot go on: {0}")]
    Core(String),
    #[error("stopped before: {0}")]
    Before(String),
}

/// One validator of a ledger. A ledger of one validator takes the same way as one of many.
pub struct Node<C, S> {
    chain: C,
    core: core::State<BlockContext>,
    effects: Effects<S>,
    config: Config,
    validators: ValidatorSet,
    /// Votes on no block up to this height, because it may have voted there without remembering.
    abstains_through: u64,
    pool: Mempool,
    peers: Peers,
    /// Whether agreement on the next block is under way.
    begun: bool,
    /// What the last block that was written here said of the application.
    application: Option<Hash>,
    /// Messages for the height after the one that is worked on.
    held: Vec<(Hash, Message)>,
    /// Proposals of this height with a time ahead of the clock here: who, the block, and the words for it.
    early: Vec<(Hash, Hash, String)>,
    now_ms: u64,
    committed_ms: u64,
    clock_ahead_ms: Option<i64>,
    liar: Option<Liar>,
    halted: Option<String>,
}

impl<C: Chain, S: Storage> Node<C, S> {
    /// Takes up the work where the write-ahead log ends; returned beside it is what is to be done at once.
    ///
    /// # Errors
    /// The log is corrupt, or missing beside blocks that others agreed on too; files cannot be read or written.
    pub fn open(
        config: Config,
        signer: Signer,
        chain: C,
        storage: S,
        now_ms: u64,
    ) -> Result<(Self, Vec<Output>), Halt> {
        let (mut wal, logged) = Wal::open(storage, &signer)?;
        let validators = ValidatorSet::new(chain.validators())?;
        let height = chain.height() + 1;
        // Alone, a vote leaves only with its block once that is durable: of the height in hand nobody else can hold one.
        let alone = is_alone(&validators, &signer);
        let unknown_through = match logged.unknown_through {
            Some(through) if alone && through == height => 0,
            Some(through) => through,
            None if alone || height == 1 => {
                wal.begin(0)?;
                0
            }
            None => return Err(WalError::Missing { blocks: height - 1 }.into()),
        };
        let kept = wal.kept()?.filter(|it| !it.is_empty());
        let found = kept.map(|it| findings::decode(&it)).transpose();
        let found = found.unwrap_or_else(|why| {
            tracing::warn!(%why, "what was found about others before cannot be read");
            None
        });
        // Where the blocks are older than the log, those in between were agreed on with our votes, and are fetched first.
        let behind = if logged.height > height {
            logged.height
        } else {
            0
        };
        let params = core::Params {
            address: signer.id(),
            threshold_params: types::ThresholdParams::default(),
            value_payload: types::ValuePayload::ProposalAndParts,
            enabled: true,
        };
        let core = core::State::new(
            BlockContext,
            Height(height),
            validators.clone(),
            params,
            1,
            1,
        );
        let effects = Effects {
            signer,
            timeouts: config.timeouts,
            wal,
            watch: Watch::new(found.unwrap_or_default()),
            outputs: Vec::new(),
            height,
            blocks: Default::default(),
            offered: Default::default(),
            from: None,
            replaying: None,
            wanted: None,
            decided: None,
            speaks: false,
            failure: None,
            lies: false,
        };
        let mut node = Self {
            chain,
            core,
            effects,
            pool: Mempool::new(config.limits),
            config,
            validators,
            abstains_through: unknown_through.max(behind),
            peers: Peers::default(),
            begun: false,
            application: None,
            held: Vec::new(),
            early: Vec::new(),
            now_ms,
            committed_ms: 0,
            clock_ahead_ms: None,
            liar: None,
            halted: None,
        };
        if logged.height == height {
            node.replay(logged.records)?;
        }
        node.settle()?;
        let outputs = node.leave()?;
        Ok((node, outputs))
    }

    /// One step.
    ///
    /// # Errors
    /// The validator stopped: nothing of what it was about to say may leave.
    pub fn handle(&mut self, now_ms: u64, input: Input) -> Result<Vec<Output>, Halt> {
        if let Some(why) = &self.halted {
            return Err(Halt::Before(why.clone()));
        }
        self.now_ms = now_ms;
        let done = self.step(input).and_then(|()| self.leave());
        match done {
            Ok(outputs) => Ok(self.twist(outputs)),
            Err(halt) => {
                self.halted = Some(halt.to_string());
                Err(halt)
            }
        }
    }

    fn step(&mut self, input: Input) -> Result<(), Halt> {
        match input {
            Input::Message { from, bytes } => self.receive(from, &bytes)?,
            Input::TooLong { from, length } => {
                self.unreadable(from, &MessageError::TooLarge { size: length });
            }
            Input::Connected(peer) => {
                self.peers.connected(peer, true);
                self.send(peer, self.own_status());
                self.remind(Some(peer), 0);
            }
            Input::Disconnected(peer) => self.peers.connected(peer, false),
            Input::Timer(Timer::Consensus { height, timeout }) => {
                if self.begun && height == self.effects.height {
                    self.process(core::Input::TimeoutElapsed(timeout))?;
                }
            }
            Input::Timer(Timer::Pace) => {}
            Input::Submit(entries) => self.submit(entries)?,
            Input::Tick => {
                self.broadcast(self.own_status());
                self.remind(None, REMIND_MS);
            }
        }
        self.settle()?;
        self.catch_up();
        Ok(())
    }

    /// What leaves a step: only after the log is durable where something of ours goes with it.
    fn leave(&mut self) -> Result<Vec<Output>, Halt> {
        if std::mem::take(&mut self.effects.speaks) {
            self.effects.wal.flush(self.effects.height)?;
        }
        if self.effects.watch.take_news() {
            let found = findings::encode(self.effects.watch.findings());
            self.effects.wal.keep(&found)?;
        }
        Ok(std::mem::take(&mut self.effects.outputs))
    }

    fn receive(&mut self, from: Hash, bytes: &[u8]) -> Result<(), Halt> {
        let message = match Message::decode(bytes, self.effects.signer.ledger()) {
            Ok(message) => message,
            Err(why) => {
                self.unreadable(from, &why);
                return Ok(());
            }
        };
        self.peers.saw(from, 0, self.now_ms);
        self.message(from, message)
    }

    fn unreadable(&mut self, from: Hash, why: &MessageError) {
        let offence = match why {
            MessageError::ForeignLedger => Offence::ForeignLedger,
            _ => Offence::Malformed,
        };
        let (height, why) = (self.effects.height, why.to_string());
        self.effects.watch.found(from, offence, height, why.clone());
        self.effects.outputs.push(Output::CutOff(from, why));
    }

    fn message(&mut self, from: Hash, message: Message) -> Result<(), Halt> {
        let (height, signer) = match &message {
            Message::Status { height } => {
                self.peers.saw(from, *height, self.now_ms);
                return Ok(());
            }
            Message::Entries(_) => return self.gossiped(from, message),
            Message::Wanted { from: first } => return self.serve(from, *first),
            Message::Blocks(_) => return self.fetched(from, message),
            Message::Proposal(it, _) => (it.message.height, it.message.validator),
            Message::Vote(it) => (it.message.height, it.message.validator),
            Message::Polka(it) => (it.height, from),
            Message::Round(it) => (it.height, from),
        };
        let (Height(height), active) = (height, self.effects.height);
        if height < active {
            let announced = self.peers.get(&from).height;
            let proposal = matches!(message, Message::Proposal(..));
            self.effects
                .watch
                .stale(from, signer, height, announced, proposal);
            return Ok(());
        }
        // Who speaks of a height has the block before it.
        self.peers.saw(from, height - 1, self.now_ms);
        if height > active {
            self.hold(from, height, message);
            return Ok(());
        }
        self.agree(from, message)
    }

    /// One height ahead messages wait, a few from each peer; beyond that blocks are missing here.
    fn hold(&mut self, from: Hash, height: u64, message: Message) {
        let block = |it: &Message| matches!(it, Message::Proposal(_, Some(_)));
        let of_peer = self.held.iter().filter(|(it, _)| *it == from);
        let room = match block(&message) {
            true => of_peer.filter(|(_, it)| block(it)).count() < 2,
            false => of_peer.count() < 8 * self.validators.len(),
        };
        if height == self.effects.height + 1 && room {
            self.held.push((from, message));
        }
    }

    fn submit(&mut self, entries: Vec<Entry>) -> Result<(), Halt> {
        let mut fresh = Vec::new();
        for entry in entries {
            let leaf = entry.leaf();
            if let Some(index) = self.chain.find(&leaf)? {
                let height = self.height_of(index)?;
                let known = Output::Known {
                    leaf,
                    height,
                    index,
                };
                self.effects.outputs.push(known);
                continue;
            }
            if let Some(reason) = self.unfit(&entry)? {
                self.effects.outputs.push(Output::Refused { leaf, reason });
                continue;
            }
            match self.pool.admit(leaf, entry.clone(), None, self.now_ms) {
                Admission::Waits | Admission::WaitedAlready => fresh.push(entry),
                Admission::Full => {
                    let reason = "too many entries wait for a block: try again later".to_owned();
                    self.effects.outputs.push(Output::Refused { leaf, reason });
                }
            }
        }
        if self.peers.iter().any(|(_, it)| it.connected) {
            self.tell(None, fresh);
        }
        Ok(())
    }

    fn gossiped(&mut self, from: Hash, message: Message) -> Result<(), Halt> {
        let Message::Entries(entries) = message else {
            return Ok(());
        };
        for entry in entries {
            let leaf = entry.leaf();
            if self.chain.find(&leaf)?.is_none() && self.unfit(&entry)?.is_none() {
                self.pool.admit(leaf, entry, Some(from), self.now_ms);
            }
        }
        Ok(())
    }

    /// Why an entry may not stand in the next block.
    fn unfit(&self, entry: &Entry) -> Result<Option<String>, Halt> {
        match self.chain.admit(entry) {
            Ok(()) => Ok(None),
            Err(ChainError::Refused(Refusal::Entry { reason, .. })) => Ok(Some(reason)),
            Err(ChainError::Refused(other)) => Ok(Some(other.to_string())),
            Err(other) => Err(other.into()),
        }
    }

    /// Tells of entries submitted here that still wait: a message may have been lost.
    fn remind(&mut self, to: Option<Hash>, age_ms: u64) {
        let entries = self.pool.overdue(age_ms, self.now_ms, MAX_BLOCK_BYTES / 4);
        self.tell(to, entries);
    }

    fn tell(&mut self, to: Option<Hash>, entries: Vec<Entry>) {
        let mut size = 0;
        let mut some = Vec::new();
        for entry in entries {
            size += 2 + entry.bytes().len();
            if size > MAX_BLOCK_BYTES {
                size = 2 + entry.bytes().len();
                self.tell_some(to, std::mem::take(&mut some));
            }
            some.push(entry);
        }
        self.tell_some(to, some);
    }

    fn tell_some(&mut self, to: Option<Hash>, entries: Vec<Entry>) {
        match (entries.is_empty(), to) {
            (true, _) => {}
            (_, Some(peer)) => self.send(peer, Message::Entries(entries)),
            (_, None) => self.broadcast(Message::Entries(entries)),
        }
    }

    fn own_status(&self) -> Message {
        let height = self.chain.height();
        Message::Status { height }
    }

    fn send(&mut self, peer: Hash, message: Message) {
        self.effects.outputs.push(Output::Send(peer, message));
    }

    fn broadcast(&mut self, message: Message) {
        let except = None;
        self.effects
            .outputs
            .push(Output::Broadcast { message, except });
    }

    /// Lets the core work on an input.
    fn process(&mut self, input: core::Input<BlockContext>) -> Result<(), Halt> {
        let effects = &mut self.effects;
        let done: Result<(), core::Error<BlockContext>> = core::process!(
            input: input,
            state: &mut self.core,
            metrics: &(),
            with: effect => Ok::<_, Infallible>(effects.handle(effect))
        );
        match (self.effects.failure.take(), done) {
            (Some(halt), _) => Err(halt),
            (None, Err(why)) => Err(Halt::Core(why.to_string())),
            (None, Ok(())) => Ok(()),
        }
    }

    /// Whom it keeps the ledger with: its status names them before they were ever reached.
    pub(crate) fn expect(&mut self, peers: impl IntoIterator<Item = Hash>) {
        peers.into_iter().for_each(|it| self.peers.expect(it));
    }

    pub fn chain(&self) -> &C {
        &self.chain
    }

    pub fn validators(&self) -> &ValidatorSet {
        &self.validators
    }

    pub fn status(&self) -> Status {
        let own = self.chain.height();
        let id = self.effects.signer.id();
        let votes = match self.validators.get(&id) {
            None => Voting::NoValidator,
            Some(_) if own < self.abstains_through => {
                Voting::AbstainsThrough(self.abstains_through)
            }
            Some(_) => Voting::Yes,
        };
        let peers = self.peers.iter().map(|(id, peer)| PeerStatus {
            id: *id,
            connected: peer.connected,
            height: peer.height,
            behind: own.saturating_sub(peer.height),
            seen_ms: peer.seen_ms,
        });
        Status {
            id,
            height: own,
            round: self.core.round().as_u32().filter(|_| self.begun),
            waiting: self.pool.len(),
            votes,
            peers: peers.collect(),
            findings: self.effects.watch.findings().cloned().collect(),
            clock_ahead_ms: self.clock_ahead_ms,
            halted: self.halted.clone(),
        }
    }
}

/// Whether nobody else's vote is needed.
fn is_alone(validators: &ValidatorSet, signer: &Signer) -> bool {
    validators.len() == 1 && validators.get(&signer.id()).is_some()
}
