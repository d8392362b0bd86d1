//! One connection: frames in and out, within bounds.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ledger::Hash;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, BufWriter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;

use super::Wired;
use crate::message::MAX_MESSAGE_BYTES;

/// Bytes that may wait to be worked on, and to be sent.
const INBOX_BYTES: usize = 4 * MAX_MESSAGE_BYTES;
const OUTBOX_BYTES: usize = 8 * MAX_MESSAGE_BYTES;
const OUTBOX_FRAMES: usize = 4096;
/// Peers speak at least once a second: one that is silent, or takes nothing, for so long is gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message from a peer, which counts against its bound until it is dropped.
#[derive(Debug)]
pub struct Received {
    pub peer: Hash,
    pub bytes: Vec<u8>,
    _room: OwnedSemaphorePermit,
}

/// What is to be sent on one connection; dropping it ends the connection.
#[derive(Debug)]
pub struct Outbox {
    pub peer: Hash,
    pub connection: u64,
    frames: mpsc::Sender<Arc<[u8]>>,
    waiting: Arc<AtomicUsize>,
}

impl Outbox {
    /// Whether there was room.
    pub fn send(&self, bytes: &Arc<[u8]>) -> bool {
        let waiting = self.waiting.load(Ordering::Relaxed);
        if waiting + bytes.len() > OUTBOX_BYTES {
            return false;
        }
        self.waiting.fetch_add(bytes.len(), Ordering::Relaxed);
        let sent = self.frames.try_send(Arc::clone(bytes)).is_ok();
        if !sent {
            self.waiting.fetch_sub(bytes.len(), Ordering::Relaxed);
        }
        sent
    }
}

pub(super) struct Link {
    peer: Hash,
    connection: u64,
    events: mpsc::Sender<Wired>,
}

impl Link {
    pub fn new(peer: Hash, connection: u64, events: mpsc::Sender<Wired>) -> Self {
        Self {
            peer,
            connection,
            events,
        }
    }

    /// Until either side ends it.
    pub async fn run(self, stream: impl AsyncRead + AsyncWrite) {
        let (reader, writer) = tokio::io::split(stream);
        let (frames, queue) = mpsc::channel(OUTBOX_FRAMES);
        let waiting = Arc::new(AtomicUsize::new(0));
        let outbox = Outbox {
            peer: self.peer,
            connection: self.connection,
            frames,
            waiting: Arc::clone(&waiting),
        };
        let (peer, connection) = (self.peer, self.connection);
        if self.events.send(Wired::Up(outbox)).await.is_err() {
            return;
        }
        let ended = tokio::select! {
            ended = self.read(BufReader::new(reader)) => ended,
            ended = write(BufWriter::new(writer), queue, &waiting) => ended,
        };
        if let Err(why) = ended {
            tracing::info!(%peer, %why, "a connection ended");
        }
        let down = Wired::Down { peer, connection };
        // Nobody is left to tell where this fails.
        let _ = self.events.send(down).await;
    }

    async fn read(&self, mut reader: impl AsyncRead + Unpin) -> io::Result<()> {
        let room = Arc::new(Semaphore::new(INBOX_BYTES));
        loop {
            let length = timeout(PATIENCE, reader.read_u32()).await??;
            if length as usize > MAX_MESSAGE_BYTES {
                let (peer, length) = (self.peer, length as usize);
                // Whoever is told may have ended.
                let _ = self.events.send(Wired::TooLong { peer, length }).await;
                return Ok(());
            }
            let permit = Arc::clone(&room).acquire_many_owned(length).await;
            let permit = permit.map_err(io::Error::other)?;
            let mut bytes = vec![0; length as usize];
            timeout(PATIENCE, reader.read_exact(&mut bytes)).await??;
            let received = Received {
                peer: self.peer,
                bytes,
                _room: permit,
            };
            if self.events.send(Wired::Received(received)).await.is_err() {
                return Ok(());
            }
        }
    }
}

async fn write(
    mut writer: impl AsyncWrite + Unpin,
    mut queue: mpsc::Receiver<Arc<[u8]>>,
    waiting: &AtomicUsize,
) -> io::Result<()> {
    while let Some(frame) = queue.recv().await {
        let sent = async {
            writer.write_u32(frame.len() as u32).await?;
            writer.write_all(&frame).await?;
            match queue.is_empty() {
                true => writer.flush().await,
                false => Ok(()),
            }
        };
        timeout(PATIENCE, sent).await??;
        waiting.fetch_sub(frame.len(), Ordering::Relaxed);
    }
    writer.shutdown().await
}
