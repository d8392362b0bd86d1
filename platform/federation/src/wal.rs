//! The write-ahead log: what a validator took part in at the height it works on, durable before any vote of it leaves, so that
//! after a crash it says again what it said and never anything else.
//!
//! A file of frames, one for each time it was written out:
//!
//! | frame | bytes, integers big-endian |
//! |---|---|
//! | head | `WAL1`; height (8); length of the records (4); first 8 bytes of the SHA-256 of these |
//! | records | kind (1), length (4), record; one after another |
//! | seal | SHA-256 of `wise.wal.v1\n`, ledger (32), validator (32), head and records |
//!
//! The first frame has no records and stands as long as the log does: what was voted up to and including its height is unknown.
//! In a log that was begun with the ledger that is height 0; in one that was [given up](Wal::forget) it is where the validator
//! may have voted without remembering. So a file that somebody emptied is not taken for a new one. More such frames may follow it
//! at once. The first frame of each further height replaces all but these.
//!
//! A crash leaves at most the last frame unfinished, and nothing that stands in it has left the validator: that one is cut off.
//! Anything else that does not read back is corruption, and the validator does not start: it may have voted what it can no longer
//! read (see “When a write-ahead log is corrupt” in this crate's README).

mod file;
mod record;

use std::io;

use ledger::Hash;
use ledger::consensus::Signer;

pub use file::FileStorage;
pub use record::Record;

use crate::message::MAX_MESSAGE_BYTES;

/// Where the log is kept.
pub trait Storage {
    /// # Errors
    /// It cannot be read.
    fn read(&mut self) -> io::Result<Vec<u8>>;

    /// Adds bytes; durable when it returns.
    ///
    /// # Errors
    /// They may not be durable.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Keeps only the first so many bytes; durable at the latest with the next [`append`](Self::append).
    ///
    /// # Errors
    /// It cannot be written.
    fn cut(&mut self, length: u64) -> io::Result<()>;

    /// What is kept beside the log; nothing where nothing is.
    ///
    /// # Errors
    /// It cannot be read.
    fn kept(&mut self) -> io::Result<Vec<u8>>;

    /// Replaces what is kept beside the log; durable when it returns.
    ///
    /// # Errors
    /// It may not be durable.
    fn keep(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// Why a write-ahead log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WalError {
    #[error("the write-ahead log: {0}")]
    Io(#[from] io::Error),
    #[error(
        "the write-ahead log is corrupt at byte {at}: {what}. This validator may have voted what it can no longer read, so it does \
         not start. Read “When a write-ahead log is corrupt” in platform/federation/README.md"
    )]
    Corrupt { at: usize, what: String },
    #[error(
        "the write-ahead log is missing or empty, and {blocks} blocks are here. This validator may have voted on block {} and no \
         longer know what, so it does not start. Put the log back if it was moved; if it is lost give it up (Wal::forget). Read “When \
         a write-ahead log is corrupt” in platform/federation/README.md",
        blocks + 1
    )]
    Missing { blocks: u64 },
}

/// What a log holds.
#[derive(Debug, PartialEq)]
pub struct Logged {
    /// What was voted up to and including this height is not known; 0 in a log that holds all. `None` where there is no log.
    pub unknown_through: Option<u64>,
    /// Of the records; 0 where there are none.
    pub height: u64,
    pub records: Vec<Record>,
}

const HEAD: usize = 24;
const SEAL: usize = 32;
/// Values of several rounds may stand in one frame.
const MAX_RECORDS_BYTES: usize = 16 * MAX_MESSAGE_BYTES;

/// The write-ahead log of one validator.
#[derive(Debug)]
pub struct Wal<S> {
    storage: S,
    ledger: Hash,
    validator: Hash,
    /// Bytes of the frames without records, with which the log begins.
    first: usize,
    /// Of the frames after it; 0 where there are none.
    height: u64,
    pending: Vec<u8>,
}

impl<S: Storage> Wal<S> {
    fn new(storage: S, signer: &Signer) -> Self {
        Self {
            storage,
            ledger: signer.ledger().0,
            validator: signer.id(),
            first: 0,
            height: 0,
            pending: Vec::new(),
        }
    }

    /// The log, with the records of the last height in it. Where there is none it is to be [begun](Self::begin) before anything is
    /// written.
    ///
    /// # Errors
    /// It cannot be read, or is corrupt.
    pub fn open(storage: S, signer: &Signer) -> Result<(Self, Logged), WalError> {
        let mut wal = Self::new(storage, signer);
        let bytes = wal.storage.read()?;
        let mut logged = Logged {
            unknown_through: None,
            height: 0,
            records: Vec::new(),
        };
        let mut at = 0;
        while let Some((height, body)) = wal.frame(&bytes, at)? {
            let corrupt = |what: String| WalError::Corrupt { at, what };
            let begins = at == wal.first;
            if body.is_empty() && !begins || at == 0 && !body.is_empty() {
                let what =
                    "a frame with records where the log should begin, or one without later on";
                return Err(corrupt(what.to_owned()));
            }
            let records = Record::read(body).map_err(|it| corrupt(it.to_string()))?;
            at += HEAD + body.len() + SEAL;
            if records.is_empty() {
                logged.unknown_through = logged.unknown_through.max(Some(height));
                wal.first = at;
                continue;
            }
            if height != logged.height {
                logged.records.clear();
                logged.height = height;
            }
            logged.records.extend(records);
        }
        if at < bytes.len() {
            wal.storage.cut(at as u64)?;
        }
        wal.height = logged.height;
        Ok((wal, logged))
    }

    /// Begins the log anew; what was voted up to and including a height is unknown. Durable when it returns.
    ///
    /// # Errors
    /// It may not be durable.
    pub fn begin(&mut self, unknown_through: u64) -> Result<(), WalError> {
        self.storage.cut(0)?;
        (self.first, self.height) = (0, 0);
        self.doubt(unknown_through)
    }

    /// Says in a log that has no records yet that votes up to a further height are unknown. Durable when it returns.
    ///
    /// # Errors
    /// It may not be durable.
    pub fn doubt(&mut self, unknown_through: u64) -> Result<(), WalError> {
        let frame = self.sealed(head(unknown_through, 0));
        self.storage.append(&frame)?;
        self.first += frame.len();
        Ok(())
    }

    /// Whether nothing was ever recorded.
    pub fn is_unused(&self) -> bool {
        self.height == 0
    }

    /// Gives up a log that is lost or cannot be read: `height` is that of the last block which any agency is known to have. What was
    /// voted on the block after it is unknown from now on, and the [node](crate::node::Node::open) neither proposes nor votes until
    /// the others have agreed on that block. Keep a copy of the log before.
    ///
    /// # Errors
    /// It cannot be written: the log is then empty, and the validator does not start.
    pub fn forget(storage: S, signer: &Signer, height: u64) -> Result<(), WalError> {
        Self::new(storage, signer).begin(height.saturating_add(1))
    }

    /// Adds a record to what the next [`flush`](Self::flush) writes.
    pub fn push(&mut self, record: &Record) {
        record.put(&mut self.pending);
    }

    /// Whether something waits to be written.
    pub fn is_dirty(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Makes durable what was added, as records of a height.
    ///
    /// # Errors
    /// It may not be durable: no vote may leave any more.
    pub fn flush(&mut self, height: u64) -> Result<(), WalError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        if height != self.height {
            self.storage.cut(self.first as u64)?;
            self.height = height;
        }
        let mut frame = head(height, self.pending.len());
        frame.append(&mut self.pending);
        self.storage.append(&self.sealed(frame))?;
        Ok(())
    }

    /// The height was decided and its block is durable: what waited is of no use any more.
    pub fn pass(&mut self) {
        self.pending.clear();
    }

    /// What is kept beside the log; `None` where it does not match its seal.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn kept(&mut self) -> Result<Option<Vec<u8>>, WalError> {
        let mut bytes = self.storage.kept()?;
        let seal = bytes.split_off(bytes.len().saturating_sub(SEAL));
        let holds = seal.is_empty() || self.seal(&bytes).0 == *seal;
        Ok(holds.then_some(bytes))
    }

    /// Replaces what is kept beside the log; durable when it returns.
    ///
    /// # Errors
    /// It may not be durable.
    pub fn keep(&mut self, bytes: &[u8]) -> Result<(), WalError> {
        let sealed = self.sealed(bytes.to_vec());
        Ok(self.storage.keep(&sealed)?)
    }

    fn sealed(&self, mut frame: Vec<u8>) -> Vec<u8> {
        let seal = self.seal(&frame);
        frame.extend(seal.0);
        frame
    }

    fn seal(&self, frame: &[u8]) -> Hash {
        let of = [
            b"wise.wal.v1\n".as_slice(),
            &self.ledger.0,
            &self.validator.0,
            frame,
        ];
        Hash::of(&of)
    }

    /// The frame at a place: its height and its records; `None` where the log ends, or was cut off by a crash.
    fn frame<'a>(&self, bytes: &'a [u8], at: usize) -> Result<Option<(u64, &'a [u8])>, WalError> {
        let rest = &bytes[at..];
        // A file system may have made the file longer before the bytes came.
        if rest.iter().all(|it| *it == 0) {
            return Ok(None);
        }
        let corrupt = |what: &str| {
            let what = what.to_owned();
            Err(WalError::Corrupt { at, what })
        };
        let Some((first, _)) = rest.split_first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let mut reader = ledger::consensus::codec::Reader(&first[4..16]);
        let (Ok(height), Ok(length)) = (reader.array(), reader.array()) else {
            return corrupt("a frame's head is too short");
        };
        let (height, length) = (
            u64::from_be_bytes(height),
            u32::from_be_bytes(length) as usize,
        );
        if head(height, length) != first {
            return match rest[HEAD..].iter().all(|it| *it == 0) {
                true if first[HEAD - 8..] == [0; 8] => Ok(None),
                _ => corrupt("no frame begins here"),
            };
        }
        if length > MAX_RECORDS_BYTES {
            return corrupt("a frame is longer than any that is written");
        }
        let Some((body, after)) = rest[HEAD..].split_at_checked(length) else {
            return Ok(None);
        };
        let Some((seal, after)) = after.split_at_checked(SEAL) else {
            return Ok(None);
        };
        if self.seal(&rest[..HEAD + length]).0 == *seal {
            return Ok(Some((height, body)));
        }
        if seal == [0; SEAL] && after.iter().all(|it| *it == 0) {
            return Ok(None);
        }
        corrupt("a frame does not match its seal, or is of another ledger or validator")
    }
}

fn head(height: u64, length: usize) -> Vec<u8> {
    let mut head = b"WAL1".to_vec();
    head.extend(height.to_be_bytes());
    head.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    let check = Hash::of(&[&head]);
    head.extend(&check.0[..8]);
    head
}

#[cfg(test)]
mod tests;
