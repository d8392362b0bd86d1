//! A validator at work: the [node](crate::node) on a thread of its own, which alone touches its files, the wire around it, and a
//! handle for everybody else.

mod desk;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;

use base::Clock;
use ledger::Entry;
use ledger::consensus::{LedgerId, Signer};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

pub use desk::Place;

use crate::chain::Chain;
use crate::node::{Behaviour, Config, Halt, Node, Status};
use crate::wal::Storage;
use crate::wire::{Peer, TlsError, Wire};
use desk::Desk;

/// Who this agency is, and whom it keeps the ledger with.
pub struct Setup {
    pub ledger: LedgerId,
    /// The Ed25519 private key.
    pub secret: [u8; 32],
    pub config: Config,
    /// The other agencies; nobody, where one keeps the ledger alone.
    pub peers: Vec<Peer>,
    /// Where the others reach this one; not needed alone.
    pub listener: Option<std::net::TcpListener>,
    pub clock: Arc<dyn Clock>,
}

/// Why a validator does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Halt(#[from] Halt),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the network: {0}")]
    Network(#[from] io::Error),
}

/// Why entries were not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    #[error("entry {position} was refused: {reason}")]
    Refused { position: usize, reason: String },
    /// It may yet come into a block: to submit it again does no harm.
    #[error("the validator stopped: {0}")]
    Stopped(String),
}

/// What is asked of the thread.
pub(crate) enum Request {
    Submit {
        entries: Vec<Entry>,
        reply: oneshot::Sender<Result<Vec<Place>, SubmitError>>,
    },
    Status(oneshot::Sender<Status>),
    Misbehave(Option<Behaviour>),
    CutOff(bool),
    Stop(oneshot::Sender<()>),
}

/// A validator at work. It works until [`stop`](Self::stop).
#[derive(Clone)]
pub struct Handle {
    requests: mpsc::Sender<Request>,
}

/// Requests that may wait; whoever brings more waits with them.
const REQUESTS: usize = 1024;
const EVENTS: usize = 1024;

/// Starts a validator. Must be called within a tokio runtime.
///
/// # Errors
/// Its write-ahead log or its files cannot be used, or the network.
pub fn start<C, S>(setup: Setup, chain: C, storage: S) -> Result<Handle, StartError>
where
    C: Chain + Send + 'static,
    S: Storage + Send + 'static,
{
    let signer = Signer::new(setup.ledger, &setup.secret);
    let now_ms = desk::millis(&*setup.clock);
    let (events, wired) = mpsc::channel(EVENTS);
    let own = signer.id();
    let (mut node, outputs) = Node::open(setup.config, signer, chain, storage, now_ms)?;
    node.expect(setup.peers.iter().map(Peer::id));
    let wire = match setup.listener {
        None => None,
        Some(listener) => {
            listener.set_nonblocking(true)?;
            let listener = TcpListener::from_std(listener)?;
            Some(Wire::open(
                &setup.secret,
                own,
                &setup.peers,
                listener,
                events,
            )?)
        }
    };
    let (requests, asked) = mpsc::channel(REQUESTS);
    let runtime = tokio::runtime::Handle::current();
    let desk = Desk::new(node, setup.ledger, setup.clock, wire);
    std::thread::Builder::new()
        .name("ledger".to_owned())
        .spawn(move || desk.work(&runtime, outputs, asked, wired))?;
    Ok(Handle { requests })
}

impl Handle {
    /// Brings entries; where they stand once all of them are agreed on and durable. An entry that stands already, or was brought
    /// by somebody else meanwhile, is answered the same way.
    ///
    /// # Errors
    /// One was refused, or the validator stopped.
    pub async fn submit(&self, entries: Vec<Entry>) -> Result<Vec<Place>, SubmitError> {
        let stopped = || SubmitError::Stopped("it is not at work".to_owned());
        let (reply, answer) = oneshot::channel();
        let request = Request::Submit { entries, reply };
        self.requests.send(request).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// What the validator knows; `None` where it was stopped.
    pub async fn status(&self) -> Option<Status> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request::Status(reply)).await.ok()?;
        answer.await.ok()
    }

    /// Ends it; its files are closed when this returns.
    pub async fn stop(&self) {
        let (reply, answer) = oneshot::channel();
        if self.requests.send(Request::Stop(reply)).await.is_ok() {
            // An error says that it has ended as well.
            let _ = answer.await;
        }
    }
}

/// A validator that can be made to break the rules: for a demonstration that says what it does. One that was [started](start)
/// in earnest cannot.
#[derive(Clone)]
pub struct Demonstration(Handle);

impl Demonstration {
    /// Starts a validator that obeys this. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// As [`start`].
    pub fn start<C, S>(setup: Setup, chain: C, storage: S) -> Result<Self, StartError>
    where
        C: Chain + Send + 'static,
        S: Storage + Send + 'static,
    {
        start(setup, chain, storage).map(Self)
    }

    /// For what any validator is asked.
    pub fn handle(&self) -> &Handle {
        &self.0
    }

    /// Makes it break the rules from now on, or keep them again.
    pub async fn misbehave(&self, behaviour: Option<Behaviour>) {
        // One that has ended breaks no rules.
        let _ = self.0.requests.send(Request::Misbehave(behaviour)).await;
    }

    /// Cuts it off from all others, or lets it back.
    pub async fn cut_off(&self, cut: bool) {
        // One that has ended is cut off.
        let _ = self.0.requests.send(Request::CutOff(cut)).await;
    }
}
