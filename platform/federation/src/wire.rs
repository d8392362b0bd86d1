//! The wire between agencies: TLS 1.3 with a hybrid post-quantum key exchange, both sides known by their Ed25519 keys.
//!
//! Of two agencies the one with the smaller id dials, again and again until the other is there. A frame is its length (4 bytes,
//! big-endian) and a [message](crate::message). What a peer sends waits within bounds: where they are reached its connection is
//! read no further. What it does not take waits within bounds too, and beyond them is dropped, since agreement says it again.

mod link;
pub(crate) mod tls;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use ledger::Hash;
use rustls::pki_types::ServerName;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::{TlsAcceptor, TlsConnector};

pub(crate) use link::{Outbox, Received};
pub use tls::TlsError;

use link::Link;
use tls::Tls;

/// Another agency: its Ed25519 key, and where it listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    pub key: [u8; 32],
    /// Host and port.
    pub address: String,
}

impl Peer {
    /// The SHA-256 of its key.
    pub fn id(&self) -> Hash {
        Hash::of(&[&self.key])
    }
}

/// What comes from the wire.
#[derive(Debug)]
pub(crate) enum Wired {
    /// A connection stands; it ends when the outbox is dropped.
    Up(Outbox),
    Down {
        peer: Hash,
        connection: u64,
    },
    Received(Received),
    /// A peer announced a frame that is longer than any may be.
    TooLong {
        peer: Hash,
        length: usize,
    },
}

const HANDSHAKE: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// How many strangers may be greeted at the same time.
const GREETINGS: usize = 32;

/// Keeps connections to all peers until it is dropped.
pub(crate) struct Wire {
    _tasks: JoinSet<()>,
}

struct Shared {
    tls: Tls,
    own: Hash,
    events: mpsc::Sender<Wired>,
    numbers: std::sync::atomic::AtomicU64,
}

impl Wire {
    /// Listens, and dials whom it falls to us to dial. Must be called within a tokio runtime.
    pub fn open(
        secret: &[u8; 32],
        own: Hash,
        peers: &[Peer],
        listener: TcpListener,
        events: mpsc::Sender<Wired>,
    ) -> Result<Self, TlsError> {
        let shared = Arc::new(Shared {
            tls: Tls::new(secret, peers)?,
            own,
            events,
            numbers: Default::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(listen(Arc::clone(&shared), listener));
        for peer in peers.iter().filter(|it| own < it.id()) {
            tasks.spawn(dial(Arc::clone(&shared), peer.clone()));
        }
        Ok(Self { _tasks: tasks })
    }
}

async fn listen(shared: Arc<Shared>, listener: TcpListener) {
    let room = Arc::new(Semaphore::new(GREETINGS));
    let acceptor = TlsAcceptor::from(shared.tls.server());
    let mut links = JoinSet::new();
    loop {
        while links.try_join_next().is_some() {}
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let Ok((stream, from)) = listener.accept().await else {
            // Too many files are open, or alike: it passes.
            sleep(FIRST_PAUSE).await;
            continue;
        };
        let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
        links.spawn(async move {
            let greeted = timeout(HANDSHAKE, greet(acceptor, stream)).await;
            let stream = match greeted.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
                Ok(stream) => stream,
                Err(why) => return tracing::warn!(%from, %why, "not let in"),
            };
            drop(permit);
            let peer = shared.tls.peer(stream.get_ref().1.peer_certificates());
            // It is for the smaller id to dial.
            if let Some(peer) = peer.filter(|it| *it < shared.own) {
                shared.link(peer).run(stream).await;
            }
        });
    }
}

async fn greet(
    acceptor: TlsAcceptor,
    stream: TcpStream,
) -> io::Result<tokio_rustls::server::TlsStream<TcpStream>> {
    stream.set_nodelay(true)?;
    acceptor.accept(stream).await
}

async fn dial(shared: Arc<Shared>, peer: Peer) {
    let (id, mut pause) = (peer.id(), FIRST_PAUSE);
    loop {
        let connected = timeout(HANDSHAKE, connect(&shared, &peer)).await;
        match connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(stream) => {
                pause = FIRST_PAUSE;
                shared.link(id).run(stream).await;
            }
            Err(why) => tracing::debug!(peer = %id, address = %peer.address, %why, "not reached"),
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn connect(
    shared: &Shared,
    peer: &Peer,
) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let stream = TcpStream::connect(&peer.address).await?;
    stream.set_nodelay(true)?;
    let connector = TlsConnector::from(shared.tls.client(peer));
    // The name is not looked at: the key is.
    let name = ServerName::try_from("ledger.invalid").map_err(io::Error::other)?;
    connector.connect(name, stream).await
}

impl Shared {
    fn link(&self, peer: Hash) -> Link {
        let number = self
            .numbers
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Link::new(peer, number, self.events.clone())
    }
}

/// The peers' keys as TLS knows them, with their ids.
fn by_key(peers: &[Peer]) -> BTreeMap<Vec<u8>, Hash> {
    let keys = peers
        .iter()
        .map(|it| (tls::public_key_info(&it.key), it.id()));
    keys.collect()
}
