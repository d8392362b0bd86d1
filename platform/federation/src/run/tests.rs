//! What a peer meets that does not keep to the protocol.

use std::time::Duration;

use base::SystemClock;
use ledger::Hash;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::message::{MAX_MESSAGE_BYTES, Message};
use crate::node::Offence;
use crate::wire::tls::Tls;

#[path = "../../tests/it/chain.rs"]
#[expect(dead_code, reason = "shared with the tests beside this crate")]
mod chain;

use chain::{MemoryChain, MemoryLog};

/// An agency at work, and a rogue that it knows as a peer and that is to dial it.
struct Pair {
    handle: Handle,
    ledger: LedgerId,
    rogue: [u8; 32],
    agency: Peer,
}

fn pair() -> Pair {
    pair_by(|setup, chain| start(setup, chain, MemoryLog::default()).unwrap())
}

fn pair_by(start: impl FnOnce(Setup, MemoryChain) -> Handle) -> Pair {
    let ledger = LedgerId::of_origin("ledger.test/run");
    let signer = |secret: &[u8; 32]| Signer::new(ledger, secret);
    let (mut rogue, mut own) = ([1; 32], [2; 32]);
    if signer(&rogue).id() > signer(&own).id() {
        std::mem::swap(&mut rogue, &mut own);
    }
    let keys = [signer(&own).public_key(), signer(&rogue).public_key()];
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let agency = Peer {
        key: keys[0],
        address: listener.local_addr().unwrap().to_string(),
    };
    let setup = Setup {
        ledger,
        secret: own,
        config: Config::default(),
        peers: vec![Peer {
            key: keys[1],
            address: "127.0.0.1:9".to_owned(),
        }],
        listener: Some(listener),
        clock: Arc::new(SystemClock),
    };
    let handle = start(setup, MemoryChain::new(&keys));
    Pair {
        handle,
        ledger,
        rogue,
        agency,
    }
}

impl Pair {
    async fn dial(&self) -> TlsStream<TcpStream> {
        let tls = Tls::new(&self.rogue, std::slice::from_ref(&self.agency)).unwrap();
        let stream = TcpStream::connect(&self.agency.address).await.unwrap();
        let name = ServerName::try_from("ledger.invalid").unwrap();
        let connector = TlsConnector::from(tls.client(&self.agency));
        connector.connect(name, stream).await.unwrap()
    }

    fn rogue_id(&self) -> Hash {
        Signer::new(self.ledger, &self.rogue).id()
    }

    async fn peer(&self) -> crate::node::PeerStatus {
        self.handle.status().await.unwrap().peers[0].clone()
    }
}

/// Reads until the other side ends the connection.
async fn ended(stream: &mut TlsStream<TcpStream>) {
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    // An end without a farewell is one as well.
    let _ = tokio::time::timeout(Duration::from_secs(5), read)
        .await
        .unwrap();
}

async fn frame(stream: &mut TlsStream<TcpStream>, bytes: &[u8]) {
    stream.write_u32(bytes.len() as u32).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream.flush().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_sends_rubbish_is_named_and_cut_off() {
    let pair = pair();
    let mut stream = pair.dial().await;
    let message = Message::Status { height: 0 }.encode(pair.ledger);
    frame(&mut stream, &message).await;
    while pair.peer().await.seen_ms == 0 {
        sleep(Duration::from_millis(10)).await;
    }
    assert!(pair.peer().await.connected);
    frame(&mut stream, b"rubbish").await;
    ended(&mut stream).await;
    let status = pair.handle.status().await.unwrap();
    assert_eq!(status.findings[0].validator, pair.rogue_id());
    assert_eq!(status.findings[0].offence, Offence::Malformed);
    // For a while it is not talked to.
    let mut again = pair.dial().await;
    ended(&mut again).await;
    assert!(!pair.peer().await.connected);
    pair.handle.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_that_is_too_long_ends_the_connection_unread() {
    let pair = pair();
    let mut stream = pair.dial().await;
    stream
        .write_u32(MAX_MESSAGE_BYTES as u32 + 1)
        .await
        .unwrap();
    stream.flush().await.unwrap();
    ended(&mut stream).await;
    while pair.handle.status().await.unwrap().findings.is_empty() {
        sleep(Duration::from_millis(10)).await;
    }
    let findings = pair.handle.status().await.unwrap().findings;
    assert_eq!(findings[0].validator, pair.rogue_id());
    pair.handle.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_was_started_for_a_demonstration_is_silenced_and_cut_off() {
    let mut demonstration = None;
    let pair = pair_by(|setup, chain| {
        let started = Demonstration::start(setup, chain, MemoryLog::default()).unwrap();
        demonstration.insert(started).handle().clone()
    });
    let demonstration = demonstration.unwrap();
    demonstration.misbehave(Some(Behaviour::Silent)).await;
    // Answered after that was done, as all requests are in turn.
    pair.peer().await;
    let mut stream = pair.dial().await;
    let heard = tokio::time::timeout(Duration::from_millis(1_500), stream.read_u32()).await;
    assert!(heard.is_err(), "it speaks at once, and once a second");
    demonstration.misbehave(None).await;
    stream.read_u32().await.unwrap();
    demonstration.cut_off(true).await;
    ended(&mut stream).await;
    assert!(!pair.peer().await.connected);
    demonstration.cut_off(false).await;
    pair.peer().await;
    let mut stream = pair.dial().await;
    stream.read_u32().await.unwrap();
    pair.handle.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_validator_says_so() {
    let pair = pair();
    pair.handle.stop().await;
    assert_eq!(pair.handle.status().await, None);
    let entry = ledger::Entry::new("one").unwrap();
    let refused = pair.handle.submit(vec![entry]).await;
    assert!(matches!(refused, Err(SubmitError::Stopped(_))));
}
