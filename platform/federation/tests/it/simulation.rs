//! A federation in one thread: a network that loses, delays, reorders and is cut, a clock that only the simulation moves, and all
//! chance from one seed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use federation::message::Message;
use federation::node::{Behaviour, Config, Halt, Input, Node, Offence, Output, Status, Timer};
use ledger::consensus::{Certificate, LedgerId, Signer, ValidatorSet};
use ledger::{Entry, Hash};
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::chain::{MemoryChain, MemoryLog};

const START_MS: u64 = 1_795_000_000_000;
const TICK_MS: u64 = 250;

/// How the network treats messages.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    pub latency_ms: (u64, u64),
    /// One in a thousand.
    pub lost: u32,
    /// Whether a message may overtake another between the same two.
    pub reorders: bool,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            latency_ms: (1, 5),
            lost: 0,
            reorders: false,
        }
    }
}

pub struct Member {
    pub signer: Signer,
    pub chain: MemoryChain,
    pub log: MemoryLog,
    pub node: Option<Node<MemoryChain, MemoryLog>>,
    pub halted: Option<String>,
    /// Against the clock of the simulation.
    pub clock_ms: i64,
    pub config: Config,
    timers: HashMap<Timer, u64>,
    pub refused: Vec<String>,
    pub known: usize,
}

enum Event {
    Deliver {
        from: usize,
        to: usize,
        bytes: Vec<u8>,
    },
    Timer {
        of: usize,
        timer: Timer,
        number: u64,
    },
    Tick(usize),
}

pub struct Federation {
    pub members: Vec<Member>,
    pub network: Network,
    pub now_ms: u64,
    cut: BTreeSet<(usize, usize)>,
    queue: BTreeMap<(u64, u64), Event>,
    number: u64,
    last: HashMap<(usize, usize), u64>,
    rng: ChaCha12Rng,
    pub blocks: BTreeMap<u64, Hash>,
    pub acknowledged: BTreeSet<Hash>,
    submitted: u64,
}

pub fn ledger() -> LedgerId {
    LedgerId::of_origin("ledger.test/simulation")
}

impl Federation {
    pub fn new(count: u8, seed: u64) -> Self {
        Self::of(count, count, seed)
    }

    /// The first so many are validators; the others only follow.
    pub fn of(count: u8, validators: u8, seed: u64) -> Self {
        let signers: Vec<_> = (1..=count)
            .map(|it| Signer::new(ledger(), &[it; 32]))
            .collect();
        let keys: Vec<_> = signers.iter().map(Signer::public_key).collect();
        let members = signers.into_iter().map(|signer| Member {
            signer,
            chain: MemoryChain::new(&keys[..usize::from(validators)]),
            log: MemoryLog::default(),
            node: None,
            halted: None,
            clock_ms: 0,
            config: Config::default(),
            timers: HashMap::new(),
            refused: Vec::new(),
            known: 0,
        });
        let mut federation = Self {
            members: members.collect(),
            network: Network::default(),
            now_ms: START_MS,
            cut: BTreeSet::new(),
            queue: BTreeMap::new(),
            number: 0,
            last: HashMap::new(),
            rng: ChaCha12Rng::seed_from_u64(seed),
            blocks: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            submitted: 0,
        };
        for of in 0..federation.members.len() {
            federation.start(of).unwrap();
        }
        federation
    }

    fn clock(&self, of: usize) -> u64 {
        self.now_ms.saturating_add_signed(self.members[of].clock_ms)
    }

    /// Starts a validator over what it has on disk.
    pub fn start(&mut self, of: usize) -> Result<(), Halt> {
        let now = self.clock(of);
        let member = &mut self.members[of];
        let (config, signer) = (member.config.clone(), member.signer.clone());
        let (chain, log) = (member.chain.clone(), member.log.clone());
        member.halted = None;
        let (node, outputs) = Node::open(config, signer, chain, log, now)?;
        member.node = Some(node);
        self.work(of, outputs);
        self.schedule(TICK_MS, Event::Tick(of));
        for other in 0..self.members.len() {
            if other != of && self.members[other].node.is_some() && !self.is_cut(of, other) {
                self.connect(of, other, true);
            }
        }
        Ok(())
    }

    /// As `kill -9` does: what is durable stays, and nothing else.
    pub fn kill(&mut self, of: usize) {
        self.members[of].node = None;
        self.members[of].timers.clear();
        for other in 0..self.members.len() {
            if other != of && self.members[other].node.is_some() {
                let id = self.members[of].signer.id();
                self.step(other, Input::Disconnected(id));
            }
        }
    }

    fn connect(&mut self, one: usize, two: usize, connected: bool) {
        for (of, other) in [(one, two), (two, one)] {
            let id = self.members[other].signer.id();
            let input = match connected {
                true => Input::Connected(id),
                false => Input::Disconnected(id),
            };
            self.step(of, input);
        }
    }

    fn is_cut(&self, one: usize, two: usize) -> bool {
        self.cut.contains(&(one.min(two), one.max(two)))
    }

    /// Cuts a member, or some, off from the others.
    pub fn partition(&mut self, group: &[usize]) {
        for one in 0..self.members.len() {
            for two in one + 1..self.members.len() {
                if group.contains(&one) != group.contains(&two) && self.cut.insert((one, two)) {
                    self.connect(one, two, false);
                }
            }
        }
    }

    pub fn heal(&mut self) {
        for (one, two) in std::mem::take(&mut self.cut) {
            self.connect(one, two, true);
        }
    }

    pub fn misbehave(&mut self, of: usize, behaviour: Behaviour) {
        let node = self.members[of].node.take().unwrap();
        self.members[of].node = Some(node.misbehaving(behaviour));
    }

    fn schedule(&mut self, after_ms: u64, event: Event) {
        self.number += 1;
        self.queue
            .insert((self.now_ms + after_ms, self.number), event);
    }

    /// One step of one member, and what comes of it.
    pub fn step(&mut self, of: usize, input: Input) {
        let now = self.clock(of);
        let member = &mut self.members[of];
        let Some(node) = &mut member.node else { return };
        match node.handle(now, input) {
            Ok(outputs) => self.work(of, outputs),
            Err(Halt::Before(_)) => {}
            Err(halt) => member.halted = Some(halt.to_string()),
        }
    }

    fn work(&mut self, of: usize, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Broadcast { message, except } => {
                    for to in 0..self.members.len() {
                        if to != of && Some(self.members[to].signer.id()) != except {
                            self.deliver(of, to, &message);
                        }
                    }
                }
                Output::Send(peer, message) => {
                    let to = self.members.iter().position(|it| it.signer.id() == peer);
                    self.deliver(of, to.unwrap(), &message);
                }
                Output::SetTimer(timer, after) => {
                    self.number += 1;
                    let number = self.number;
                    self.members[of].timers.insert(timer, number);
                    let event = Event::Timer { of, timer, number };
                    self.schedule(after.as_millis() as u64, event);
                }
                Output::CancelTimer(timer) => {
                    self.members[of].timers.remove(&timer);
                }
                Output::CancelTimers => {
                    self.members[of].timers.retain(|it, _| *it == Timer::Pace);
                }
                Output::Committed { height, leaves, .. } => self.committed(of, height, leaves),
                Output::Known { .. } => self.members[of].known += 1,
                Output::Refused { reason, .. } => self.members[of].refused.push(reason),
                Output::CutOff(..) => {}
            }
        }
    }

    /// Nobody ever has another block at the same height.
    fn committed(&mut self, of: usize, height: u64, leaves: Vec<Hash>) {
        let (block, certificate) = {
            let disk = self.members[of].chain.disk();
            disk.blocks[height as usize - 1].clone()
        };
        let hash = block.header.hash();
        let first = self.blocks.entry(height).or_insert(hash);
        assert_eq!(*first, hash, "a fork at height {height}");
        let certificate = Certificate::decode(&certificate).unwrap();
        assert_eq!((certificate.height, certificate.block), (height, hash));
        self.acknowledged.extend(leaves);
    }

    fn deliver(&mut self, from: usize, to: usize, message: &Message) {
        let lost = self.rng.random_range(0..1000) < self.network.lost;
        if lost || self.is_cut(from, to) {
            return;
        }
        let (least, most) = self.network.latency_ms;
        let mut at = self.now_ms + self.rng.random_range(least..=most);
        if !self.network.reorders {
            let last = self.last.entry((from, to)).or_default();
            at = at.max(*last);
            *last = at;
        }
        let bytes = message.encode(ledger());
        self.schedule(at - self.now_ms, Event::Deliver { from, to, bytes });
    }

    /// Lets so much time go by.
    pub fn run(&mut self, for_ms: u64) {
        let end = self.now_ms + for_ms;
        while let Some(entry) = self.queue.first_entry()
            && entry.key().0 <= end
        {
            let ((at, _), event) = entry.remove_entry();
            self.now_ms = at;
            match event {
                Event::Deliver { from, to, bytes } => {
                    if !self.is_cut(from, to) {
                        let from = self.members[from].signer.id();
                        self.step(to, Input::Message { from, bytes });
                    }
                }
                Event::Timer { of, timer, number } => {
                    if self.members[of].timers.get(&timer) == Some(&number) {
                        self.members[of].timers.remove(&timer);
                        self.step(of, Input::Timer(timer));
                    }
                }
                Event::Tick(of) => {
                    if self.members[of].node.is_some() {
                        self.step(of, Input::Tick);
                        self.schedule(TICK_MS, Event::Tick(of));
                    }
                }
            }
        }
        self.now_ms = end;
    }

    /// Submits new entries at a member.
    pub fn submit(&mut self, at: usize, count: u64) {
        let first = self.submitted;
        self.submitted += count;
        let entries = (first..first + count).map(|it| Entry::new(format!("entry {it}")).unwrap());
        self.step(at, Input::Submit(entries.collect()));
    }

    pub fn height(&self, of: usize) -> u64 {
        self.members[of].chain.disk().blocks.len() as u64
    }

    pub fn status(&self, of: usize) -> Status {
        self.members[of].node.as_ref().unwrap().status()
    }

    pub fn named(&self, by: usize, who: usize) -> Vec<Offence> {
        let id = self.members[who].signer.id();
        let findings = self.status(by).findings;
        let of = findings.iter().filter(|it| it.validator == id);
        of.map(|it| it.offence).collect()
    }

    /// Whether these members have the same blocks, every submitted entry once, and every acknowledged one.
    pub fn assert_complete(&self, members: &[usize]) {
        let all: BTreeSet<_> = (0..self.submitted)
            .map(|it| format!("entry {it}").into_bytes())
            .collect();
        for of in members {
            let entries = self.members[*of].chain.entries();
            let once: BTreeSet<_> = entries.iter().cloned().collect();
            assert_eq!(once.len(), entries.len(), "an entry stands twice at {of}");
            let missing: Vec<_> = all.difference(&once).collect();
            assert!(
                missing.is_empty(),
                "{} entries are missing at {of}",
                missing.len()
            );
            self.assert_acknowledged(*of);
        }
    }

    pub fn assert_acknowledged(&self, of: usize) {
        let entries = self.members[of].chain.entries();
        let leaves: BTreeSet<_> = entries
            .into_iter()
            .map(|it| Entry::new(it).unwrap().leaf())
            .collect();
        assert!(
            self.acknowledged.is_subset(&leaves),
            "an acknowledged entry is lost at {of}"
        );
    }

    /// Nobody honest is accused of what it did not do.
    pub fn assert_only_named(&self, who: &[usize], by: &[usize]) {
        let validators = self.members[by[0]].chain.disk().keys.clone();
        let validators = ValidatorSet::new(validators).unwrap();
        for by in by {
            for finding in self.status(*by).findings {
                let named = self
                    .members
                    .iter()
                    .position(|it| it.signer.id() == finding.validator);
                assert!(
                    who.contains(&named.unwrap()),
                    "{by} names the honest: {finding:?}"
                );
                if let Some(evidence) = finding.evidence {
                    evidence.verify(ledger(), &validators).unwrap();
                }
            }
        }
    }
}
