//! The thread on which a node works.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use ledger::consensus::LedgerId;
use ledger::{Entry, Hash};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::{Request, SubmitError};
use crate::chain::Chain;
use crate::message::Message;
use crate::node::{Halt, Input, Node, Output, Timer};
use crate::wal::Storage;
use crate::wire::{Outbox, Wire, Wired};

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The height of its block.
    pub height: u64,
    /// Its index in the log, from 0.
    pub index: u64,
}

const TICK: Duration = Duration::from_secs(1);
/// How long a peer that does not keep to the protocol is not talked to.
const BAN: Duration = Duration::from_secs(30);
/// Entries that are taken into one step from all who brought some meanwhile.
const GATHERED_ENTRIES: usize = 20_000;

pub(super) fn millis(clock: &dyn Clock) -> u64 {
    u64::try_from(clock.now().as_millisecond()).unwrap_or(0)
}

/// Somebody who brought entries and waits.
struct Ticket {
    places: Vec<Option<Place>>,
    missing: usize,
    reply: oneshot::Sender<Result<Vec<Place>, SubmitError>>,
}

pub(super) struct Desk<C, S> {
    node: Node<C, S>,
    ledger: LedgerId,
    clock: Arc<dyn Clock>,
    wire: Option<Wire>,
    outboxes: BTreeMap<Hash, Outbox>,
    banned: BTreeMap<Hash, Instant>,
    timers: HashMap<Timer, Instant>,
    tick: Instant,
    tickets: HashMap<u64, Ticket>,
    /// Who waits for an entry, by its leaf hash: the ticket, and the place in it.
    waiting: HashMap<Hash, Vec<(u64, usize)>>,
    next_ticket: u64,
    halted: Option<String>,
    cut: bool,
}

impl<C: Chain, S: Storage> Desk<C, S> {
    pub fn new(
        node: Node<C, S>,
        ledger: LedgerId,
        clock: Arc<dyn Clock>,
        wire: Option<Wire>,
    ) -> Self {
        Self {
            node,
            ledger,
            clock,
            wire,
            outboxes: BTreeMap::new(),
            banned: BTreeMap::new(),
            timers: HashMap::new(),
            tick: Instant::now(),
            tickets: HashMap::new(),
            waiting: HashMap::new(),
            next_ticket: 0,
            halted: None,
            cut: false,
        }
    }

    /// Until it is stopped, or nobody is left who could.
    pub fn work(
        mut self,
        runtime: &tokio::runtime::Handle,
        outputs: Vec<Output>,
        mut requests: mpsc::Receiver<Request>,
        mut wired: mpsc::Receiver<Wired>,
    ) {
        self.carry_out(outputs);
        loop {
            let due = self
                .timers
                .values()
                .min()
                .map_or(self.tick, |it| self.tick.min(*it));
            let alone = self.wire.is_none();
            let woken = runtime.block_on(async {
                tokio::select! {
                    () = tokio::time::sleep_until(due) => Woken::Due,
                    event = wired.recv(), if !alone => event.map_or(Woken::Due, Woken::Wired),
                    request = requests.recv() => request.map_or(Woken::Left, Woken::Asked),
                }
            });
            match woken {
                Woken::Due => self.due(),
                Woken::Wired(event) => self.wired(event),
                Woken::Asked(Request::Submit { entries, reply }) => {
                    let other = self.submit(entries, reply, &mut requests);
                    if let Some(other) = other
                        && let Some(done) = self.asked(other)
                    {
                        return self.end(done);
                    }
                }
                Woken::Asked(other) => {
                    if let Some(done) = self.asked(other) {
                        return self.end(done);
                    }
                }
                Woken::Left => return,
            }
        }
    }

    fn end(self, done: oneshot::Sender<()>) {
        drop(self);
        // Whoever asked may have gone.
        let _ = done.send(());
    }

    fn due(&mut self) {
        let now = Instant::now();
        let due: Vec<_> = self.timers.extract_if(|_, at| *at <= now).collect();
        for (timer, _) in due {
            self.step(Input::Timer(timer));
        }
        if self.tick <= now {
            self.tick = now + TICK;
            self.step(Input::Tick);
        }
    }

    fn wired(&mut self, event: Wired) {
        match event {
            Wired::Up(outbox) => {
                let peer = outbox.peer;
                let banned = self
                    .banned
                    .get(&peer)
                    .is_some_and(|it| Instant::now() < *it);
                if self.cut || banned || self.halted.is_some() {
                    return;
                }
                self.outboxes.insert(peer, outbox);
                self.step(Input::Connected(peer));
            }
            Wired::Down { peer, connection } => {
                // A later connection may have taken its place.
                if self
                    .outboxes
                    .get(&peer)
                    .is_some_and(|it| it.connection == connection)
                {
                    self.disconnect(peer);
                }
            }
            Wired::Received(received) => {
                let (from, bytes) = (received.peer, received.bytes);
                if self.outboxes.contains_key(&from) {
                    self.step(Input::Message { from, bytes });
                }
            }
            Wired::TooLong { peer, length } => self.step(Input::TooLong { from: peer, length }),
        }
    }

    fn disconnect(&mut self, peer: Hash) {
        self.outboxes.remove(&peer);
        self.step(Input::Disconnected(peer));
    }

    /// All that was brought meanwhile goes into one step, and so into one block. Returns a request of another kind that came up.
    fn submit(
        &mut self,
        mut entries: Vec<Entry>,
        reply: oneshot::Sender<Result<Vec<Place>, SubmitError>>,
        requests: &mut mpsc::Receiver<Request>,
    ) -> Option<Request> {
        self.ticket(&entries, reply);
        let mut other = None;
        while entries.len() < GATHERED_ENTRIES {
            match requests.try_recv() {
                Ok(Request::Submit {
                    entries: more,
                    reply,
                }) => {
                    self.ticket(&more, reply);
                    entries.extend(more);
                }
                Ok(request) => {
                    other = Some(request);
                    break;
                }
                Err(_) => break,
            }
        }
        self.step(Input::Submit(entries));
        other
    }

    fn ticket(
        &mut self,
        entries: &[Entry],
        reply: oneshot::Sender<Result<Vec<Place>, SubmitError>>,
    ) {
        if entries.is_empty() {
            // Whoever brought nothing may have gone.
            let _ = reply.send(Ok(Vec::new()));
            return;
        }
        let number = self.next_ticket;
        self.next_ticket += 1;
        for (position, entry) in entries.iter().enumerate() {
            let waiting = self.waiting.entry(entry.leaf()).or_default();
            waiting.push((number, position));
        }
        let ticket = Ticket {
            places: vec![None; entries.len()],
            missing: entries.len(),
            reply,
        };
        self.tickets.insert(number, ticket);
    }

    /// Returns whom to tell, where it is to end.
    fn asked(&mut self, request: Request) -> Option<oneshot::Sender<()>> {
        match request {
            // Those are gathered before.
            Request::Submit { entries, reply } => {
                self.ticket(&entries, reply);
                self.step(Input::Submit(entries));
            }
            Request::Status(reply) => {
                // Whoever asked may have gone.
                let _ = reply.send(self.node.status());
            }
            Request::Misbehave(behaviour) => self.node.misbehave(behaviour),
            Request::CutOff(cut) => {
                self.cut = cut;
                let peers: Vec<_> = self.outboxes.keys().copied().collect();
                if cut {
                    peers.into_iter().for_each(|it| self.disconnect(it));
                }
            }
            Request::Stop(done) => return Some(done),
        }
        None
    }

    fn step(&mut self, input: Input) {
        let now_ms = millis(&*self.clock);
        match self.node.handle(now_ms, input) {
            Ok(outputs) => self.carry_out(outputs),
            Err(Halt::Before(_)) => self.refuse_all(),
            Err(halt) => {
                tracing::error!(%halt, "the validator stopped");
                self.halted = Some(halt.to_string());
                self.outboxes.clear();
                self.timers.clear();
                self.refuse_all();
            }
        }
    }

    fn refuse_all(&mut self) {
        let why = self.halted.clone().unwrap_or_default();
        self.waiting.clear();
        for (_, ticket) in self.tickets.drain() {
            // Whoever waited may have gone.
            let _ = ticket.reply.send(Err(SubmitError::Stopped(why.clone())));
        }
    }

    fn carry_out(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Broadcast { message, except } => self.broadcast(&message, except),
                Output::Send(peer, message) => {
                    if let Some(outbox) = self.outboxes.get(&peer) {
                        send(outbox, &message.encode(self.ledger).into());
                    }
                }
                Output::SetTimer(timer, after) => {
                    self.timers.insert(timer, Instant::now() + after);
                }
                Output::CancelTimer(timer) => {
                    self.timers.remove(&timer);
                }
                Output::CancelTimers => self.timers.retain(|it, _| *it == Timer::Pace),
                Output::Committed {
                    height,
                    first,
                    leaves,
                } => {
                    for (index, leaf) in (first..).zip(leaves) {
                        self.placed(&leaf, Place { height, index });
                    }
                }
                Output::Known {
                    leaf,
                    height,
                    index,
                } => {
                    self.placed(&leaf, Place { height, index });
                }
                Output::Refused { leaf, reason } => self.refused(&leaf, &reason),
                Output::CutOff(peer, why) => {
                    tracing::warn!(%peer, %why, "a peer does not keep to the protocol");
                    self.banned.insert(peer, Instant::now() + BAN);
                    self.disconnect(peer);
                }
            }
        }
    }

    fn broadcast(&self, message: &Message, except: Option<Hash>) {
        if self.outboxes.is_empty() {
            return;
        }
        let bytes: Arc<[u8]> = message.encode(self.ledger).into();
        let others = self.outboxes.values().filter(|it| Some(it.peer) != except);
        others.for_each(|it| send(it, &bytes));
    }

    fn placed(&mut self, leaf: &Hash, place: Place) {
        for (number, position) in self.waiting.remove(leaf).unwrap_or_default() {
            let Some(ticket) = self.tickets.get_mut(&number) else {
                continue;
            };
            if ticket.places[position].replace(place).is_none() {
                ticket.missing -= 1;
            }
            if ticket.missing == 0
                && let Some(ticket) = self.tickets.remove(&number)
            {
                let places = ticket.places.into_iter().flatten().collect();
                // Whoever waited may have gone.
                let _ = ticket.reply.send(Ok(places));
            }
        }
    }

    fn refused(&mut self, leaf: &Hash, reason: &str) {
        for (number, position) in self.waiting.remove(leaf).unwrap_or_default() {
            if let Some(ticket) = self.tickets.remove(&number) {
                let reason = reason.to_owned();
                let refused = SubmitError::Refused { position, reason };
                // Whoever waited may have gone.
                let _ = ticket.reply.send(Err(refused));
            }
        }
    }
}

enum Woken {
    Due,
    Wired(Wired),
    Asked(Request),
    Left,
}

fn send(outbox: &Outbox, bytes: &Arc<[u8]>) {
    if !outbox.send(bytes) {
        tracing::debug!(peer = %outbox.peer, "a message is dropped: the peer takes too little");
    }
}
