//! The ledger of one agency on its disk.
//!
//! ```text
//! genesis             origin and first validators, canonical JSON
//! blocks/             the journal: agreed blocks with their certificates; the truth
//! checkpoint, tile/   the log as C2SP tlog-tiles serves it
//! index/              leaf → number, height → place in the journal
//! snapshot            what the journal comes to, so that opening is quick
//! ```
//!
//! A block is acknowledged when its journal record is on the disk. Tiles, index and checkpoint follow; whatever of them a crash
//! takes away is worked out again from the journal when the store is opened. After any failed write the store takes no further
//! block until it is opened again: what is on the disk is then unknown.

mod audit;
mod files;
mod index;
mod journal;
mod publish;
mod read;
mod shared;
mod snapshot;

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};

use ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use ledger::note::Signature;
use ledger::tree::{Edge, TreeHead, verify_consistency};
use ledger::{Block, Entry, Hash, Header, State};

use crate::{Chain, ChainError, Refusal};
use index::Index;
use journal::{Journal, Position};
use publish::{CHECKPOINT, Public};
use snapshot::{Last, Snapshot};

pub use audit::{Altered, Audit};
pub use files::{Files, Folder};
pub use publish::Signer;
pub use shared::Shared;

const GENESIS: &str = "genesis";
const SNAPSHOT: &str = "snapshot";
/// How far ahead of the clock here a block's time may lie.
const CLOCK_TOLERANCE_MS: u64 = 60_000;
/// A snapshot is made after so many entries or blocks.
const SNAPSHOT_ENTRIES: u64 = 1 << 16;
const SNAPSHOT_BLOCKS: u64 = 1 << 12;

/// Files that disagree.
fn corrupt(what: impl Into<String>, with: impl Into<String>) -> ChainError {
    let (what, with) = (what.into(), with.into());
    ChainError::Corrupt { what, with }
}

/// An error of the file system at a path.
fn failed(path: &str) -> impl FnOnce(io::Error) -> ChainError {
    let path = path.to_owned();
    move |source| ChainError::Io { path, source }
}

fn spoken(path: &str, what: &str) -> ChainError {
    failed(path)(io::Error::other(what.to_owned()))
}

/// A snapshot, and who tells when what it rests on is durable.
type Coming = (Snapshot, Receiver<io::Result<()>>);

/// The blocks, entries and proofs of one agency.
pub struct Store {
    files: Arc<dyn Files>,
    journal: Journal,
    index: Index,
    public: Public,
    signer: Box<dyn Signer>,
    genesis: State,
    state: State,
    edge: Edge,
    last: Last,
    /// The checkpoint that outsiders see.
    checkpoint: SignedCheckpoint,
    /// Block and size of the last snapshot.
    snapshot: (u64, u64),
    /// A snapshot that is written once the tiles it rests on are durable. Locked by nobody: a receiver alone is not for several
    /// threads.
    coming: Mutex<Option<Coming>>,
    /// The last block that was found good, so that committing it does not ask the index for its entries again.
    checked: Mutex<Option<Hash>>,
    /// A write failed.
    is_broken: bool,
}

impl Store {
    /// Opens the ledger in a folder, or begins one.
    ///
    /// # Errors
    /// The files cannot be read or written, disagree, or are of a ledger that began otherwise.
    pub fn open(
        folder: &Path,
        genesis: State,
        signer: Box<dyn Signer>,
    ) -> Result<Self, ChainError> {
        let files = Folder::open(folder).map_err(failed("."))?;
        Self::with_files(Arc::new(files), &folder.join("index"), genesis, signer)
    }

    /// The same over other files; the index always is a folder.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn with_files(
        files: Arc<dyn Files>,
        index: &Path,
        genesis: State,
        signer: Box<dyn Signer>,
    ) -> Result<Self, ChainError> {
        begin(&*files, &genesis)?;
        let empty = Checkpoint::new(genesis.origin(), TreeHead::empty());
        let empty = empty.map_err(|it| corrupt("the origin", it.to_string()))?;
        let mut store = Self {
            journal: Journal::new(files.clone()),
            index: Index::open(index)?,
            public: Public::new(files.clone()),
            files,
            signer,
            state: genesis.clone(),
            genesis,
            edge: Edge::default(),
            last: Last::default(),
            checkpoint: SignedCheckpoint {
                checkpoint: empty,
                signatures: Vec::new(),
            },
            snapshot: (0, 0),
            coming: Mutex::new(None),
            checked: Mutex::new(None),
            is_broken: false,
        };
        store.recover()?;
        Ok(store)
    }

    /// Works out from the journal what is not there, and compares what is.
    fn recover(&mut self) -> Result<(), ChainError> {
        let indexed = self.index.height()?;
        let bytes = self.files.read(SNAPSHOT).map_err(failed(SNAPSHOT))?;
        let snapshot = bytes.and_then(|it| Snapshot::decode(&it));
        // An index that lags behind the snapshot needs what lies before it.
        let snapshot = snapshot.filter(|it| it.last.height <= indexed);
        let mut from = Position::default();
        if let Some(it) = snapshot {
            self.snapshot = (it.last.height, it.edge.size());
            (self.last, self.state, self.edge, from) = (it.last, it.state, it.edge, it.next);
        }
        let mut journal = Journal::new(self.files.clone());
        journal.recover(from, |record| {
            let block = &record.block;
            self.follows(block)
                .map_err(|it| corrupt(format!("block {}", block.header.height), it.to_string()))?;
            self.append(block, record.at, indexed, true)
        })?;
        self.journal = journal;
        if indexed > self.last.height {
            let what = format!("the journal, which ends at block {}", self.last.height);
            return Err(corrupt(
                what,
                format!("the index, which knows block {indexed}"),
            ));
        }
        self.resume()
    }

    /// Takes up the checkpoint that outsiders saw last, if the log still begins like it, and publishes the current one.
    fn resume(&mut self) -> Result<(), ChainError> {
        let bytes = self.files.read(CHECKPOINT).map_err(failed(CHECKPOINT))?;
        let text = bytes.and_then(|it| String::from_utf8(it).ok());
        let found = text.and_then(|it| it.parse::<SignedCheckpoint>().ok());
        let now = self.edge.head();
        self.public.partial(&self.edge)?;
        if let Some(found) = found {
            let before = found.checkpoint.head();
            let disagrees = || corrupt("the journal", "the checkpoint that was published");
            if before.size > now.size {
                return Err(disagrees());
            }
            if before.size > 0 && before.size < now.size {
                let proof = self.consistency(&now, before.size)?;
                verify_consistency(&before, &now, &proof).map_err(|_| disagrees())?;
            }
            if before == now && found.checkpoint.origin() == self.genesis.origin() {
                self.checkpoint = found;
                return Ok(());
            }
            if before.size == now.size {
                return Err(disagrees());
            }
        }
        self.publish()
    }

    /// Signs and publishes the log as it is.
    fn publish(&mut self) -> Result<(), ChainError> {
        let checkpoint = Checkpoint::new(self.genesis.origin(), self.edge.head());
        let checkpoint = checkpoint.map_err(|it| corrupt("the origin", it.to_string()))?;
        let signatures = self.signer.sign(&checkpoint, self.last.time_ms / 1_000);
        let signatures = signatures.map_err(|it| spoken(CHECKPOINT, &it))?;
        let signed = SignedCheckpoint {
            checkpoint,
            signatures,
        };
        self.public.checkpoint(&signed)?;
        self.checkpoint = signed;
        Ok(())
    }

    /// Adds cosignatures to the current checkpoint; whether it still was the current one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn cosign(
        &mut self,
        checkpoint: &Checkpoint,
        cosignatures: Vec<Signature>,
    ) -> Result<bool, ChainError> {
        if self.checkpoint.checkpoint != *checkpoint {
            return Ok(false);
        }
        let mut signed = self.checkpoint.clone();
        cosignatures.into_iter().for_each(|it| signed.add(it));
        self.public.checkpoint(&signed)?;
        self.checkpoint = signed;
        Ok(true)
    }

    /// The header of a block with these entries, and the state after it.
    fn expected(
        &self,
        entries: &[Entry],
        proposer: Hash,
        time_ms: u64,
    ) -> Result<(Header, State), Refusal> {
        let height = self.last.height + 1;
        let (mut range, mut state) = (self.edge.range().clone(), self.state.clone());
        for (position, entry) in entries.iter().enumerate() {
            range.append(entry.leaf(), |_, _, _| {});
            let applied = state.apply(entry, height);
            applied.map_err(|it| Refusal::Entry {
                position,
                reason: it.to_string(),
            })?;
        }
        let TreeHead { size, root } = range.head();
        let header = Header {
            height,
            previous: self.last.hash,
            time_ms,
            proposer,
            log_size: size,
            log_root: root,
            application: state.hash(),
        };
        Ok((header, state))
    }

    /// Whether a block says of itself what comes after the last one, its entries being new.
    fn follows(&self, block: &Block) -> Result<State, Refusal> {
        let found = &block.header;
        let (expected, state) = self.expected(&block.entries, found.proposer, found.time_ms)?;
        if found.height != expected.height {
            let (expected, found) = (expected.height, found.height);
            return Err(Refusal::Height { expected, found });
        }
        if found.previous != expected.previous {
            let (expected, found) = (expected.previous, found.previous);
            return Err(Refusal::Previous { expected, found });
        }
        if found.time_ms < self.last.time_ms {
            return Err(Refusal::Backwards);
        }
        if (found.log_size, found.log_root) != (expected.log_size, expected.log_root) {
            return Err(Refusal::Root {
                size: found.log_size,
                expected: expected.log_root,
                found: found.log_root,
            });
        }
        if found.application != expected.application {
            let (expected, found) = (expected.application, found.application);
            return Err(Refusal::Application { expected, found });
        }
        Ok(state)
    }

    /// The first entry that stands in the log or in the list before it already, with its number.
    fn duplicate(&self, entries: &[Entry]) -> Result<Option<(usize, u64)>, ChainError> {
        let mut leaves = HashSet::new();
        for (position, entry) in entries.iter().enumerate() {
            let leaf = entry.leaf();
            if let Some(index) = self.index.find(&leaf)? {
                return Ok(Some((position, index)));
            }
            if !leaves.insert(leaf) {
                let before = entries.iter().position(|it| it == entry);
                let index = self.edge.size() + before.unwrap_or_default() as u64;
                return Ok(Some((position, index)));
            }
        }
        Ok(None)
    }

    /// Everything about a block but its time against the clock.
    fn judge(&self, block: &Block) -> Result<(), ChainError> {
        let size = block.entry_bytes();
        if size > ledger::MAX_BLOCK_BYTES {
            return Err(Refusal::from(ledger::BlockError::BlockTooLarge { size }).into());
        }
        let hash = block.header.hash();
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if *checked != Some(hash)
            && let Some((position, index)) = self.duplicate(&block.entries)?
        {
            return Err(Refusal::Duplicate { position, index }.into());
        }
        // Always: the header binds the entries through the root, and only if they give it.
        self.follows(block)?;
        *checked = Some(hash);
        Ok(())
    }

    /// Tiles and index after a block that stands in the journal; its entries are known to follow.
    fn append(
        &mut self,
        block: &Block,
        at: Position,
        indexed: u64,
        is_recovery: bool,
    ) -> Result<(), ChainError> {
        let height = block.header.height;
        let first = self.edge.size();
        let leaves: Vec<Hash> = block.entries.iter().map(Entry::leaf).collect();
        let mut full = Vec::new();
        for (entry, leaf) in block.entries.iter().zip(&leaves) {
            self.edge.append(entry, *leaf, |tile, bytes| {
                full.push((tile, bytes));
            });
            let applied = self.state.apply(entry, height);
            applied.map_err(|it| corrupt(format!("block {height}"), it.to_string()))?;
        }
        for (tile, bytes) in full {
            self.public.full(tile, &bytes, is_recovery)?;
        }
        if height > indexed {
            self.index.insert(height, at, first, &leaves)?;
        }
        self.last = Last {
            height,
            hash: block.header.hash(),
            time_ms: block.header.time_ms,
        };
        Ok(())
    }

    /// The part of a commit that may be lost.
    fn follow_up(&mut self, block: &Block, at: Position) -> Result<(), ChainError> {
        self.append(block, at, 0, false)?;
        if !block.entries.is_empty() {
            self.public.partial(&self.edge)?;
            self.publish()?;
        }
        let (height, size) = self.snapshot;
        let is_due = self.edge.size() - size >= SNAPSHOT_ENTRIES
            || self.last.height - height >= SNAPSHOT_BLOCKS;
        if is_due {
            self.begin_snapshot()?;
        }
        self.finish_snapshot(false)
    }

    /// Writes a snapshot. What it rests on is durable before it is.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn save(&mut self) -> Result<(), ChainError> {
        self.begin_snapshot()?;
        self.finish_snapshot(true)
    }

    /// Has made durable what a snapshot of now rests on; nobody waits for it.
    fn begin_snapshot(&mut self) -> Result<(), ChainError> {
        let snapshot = Snapshot {
            last: self.last,
            state: self.state.clone(),
            next: self.journal.end(),
            edge: self.edge.clone(),
        };
        let synced = self.public.sync_soon()?;
        *self.coming() = Some((snapshot, synced));
        self.snapshot = (self.last.height, self.edge.size());
        Ok(())
    }

    fn coming(&mut self) -> &mut Option<Coming> {
        let coming = self.coming.get_mut();
        coming.unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the snapshot that was begun, if there is one and the tiles that it rests on are durable by now.
    fn finish_snapshot(&mut self, waits: bool) -> Result<(), ChainError> {
        let Some((snapshot, synced)) = self.coming().take() else {
            return Ok(());
        };
        let told = match waits {
            true => synced.recv().map_err(|_| TryRecvError::Disconnected),
            false => synced.try_recv(),
        };
        match told {
            Ok(done) => done.map_err(failed("tile"))?,
            Err(TryRecvError::Empty) => {
                *self.coming() = Some((snapshot, synced));
                return Ok(());
            }
            Err(TryRecvError::Disconnected) => {
                return Err(spoken("tile", "nobody is left who makes tiles durable"));
            }
        }
        self.index.sync()?;
        let written = files::replace(&*self.files, SNAPSHOT, &snapshot.encode(), true);
        written.map_err(failed(SNAPSHOT))
    }

    fn check_usable(&self) -> Result<(), ChainError> {
        match self.is_broken {
            true => Err(spoken(
                "blocks",
                "a write failed before: open the ledger again",
            )),
            false => Ok(()),
        }
    }
}

/// Writes down how the ledger begins, or compares.
fn begin(files: &dyn Files, genesis: &State) -> Result<(), ChainError> {
    let text = genesis.canonical();
    match files.read(GENESIS).map_err(failed(GENESIS))? {
        Some(found) if found == text => Ok(()),
        Some(_) => Err(corrupt(
            "the genesis file",
            "how this ledger is said to begin",
        )),
        None if files.list("blocks").is_ok_and(|it| it.is_empty()) => {
            files::replace(files, GENESIS, &text, true).map_err(failed(GENESIS))
        }
        None => Err(corrupt("the blocks", "the genesis file, which is missing")),
    }
}

impl Chain for Store {
    fn height(&self) -> u64 {
        self.last.height
    }

    fn validators(&self) -> Vec<[u8; 32]> {
        self.state.keys()
    }

    fn find(&self, leaf: &Hash) -> Result<Option<u64>, ChainError> {
        self.index.find(leaf)
    }

    fn admit(&self, entry: &Entry) -> Result<(), ChainError> {
        let fits = self.state.check(entry);
        fits.map_err(|it| {
            let reason = it.to_string();
            Refusal::Entry {
                position: 0,
                reason,
            }
            .into()
        })
    }

    fn propose(
        &self,
        mut entries: Vec<Entry>,
        proposer: Hash,
        now_ms: u64,
    ) -> Result<Block, ChainError> {
        let (mut leaves, mut state) = (HashSet::new(), self.state.clone());
        let mut unreadable = None;
        entries.retain(|entry| {
            let leaf = entry.leaf();
            let is_new = self.index.find(&leaf).map(|it| it.is_none());
            let is_new = is_new.unwrap_or_else(|error| {
                unreadable.get_or_insert(error);
                false
            });
            is_new && leaves.insert(leaf) && state.apply(entry, self.last.height + 1).is_ok()
        });
        if let Some(error) = unreadable {
            return Err(error);
        }
        let time_ms = now_ms.max(self.last.time_ms);
        let (header, _) = self.expected(&entries, proposer, time_ms)?;
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        *checked = Some(header.hash());
        Ok(Block { header, entries })
    }

    fn check(&self, block: &Block, now_ms: u64) -> Result<(), ChainError> {
        let ahead_ms = block.header.time_ms.saturating_sub(now_ms);
        if ahead_ms > CLOCK_TOLERANCE_MS {
            return Err(Refusal::Early { ahead_ms }.into());
        }
        self.judge(block)
    }

    fn commit(&mut self, block: &Block, certificate: &[u8]) -> Result<(), ChainError> {
        self.check_usable()?;
        self.judge(block)?;
        // Broken until all is written: an early return leaves it so.
        self.is_broken = true;
        let at = self.journal.append(block, certificate)?;
        self.follow_up(block, at)?;
        self.is_broken = false;
        Ok(())
    }

    fn block(&self, height: u64) -> Result<Option<(Block, Vec<u8>)>, ChainError> {
        let Some(at) = self.index.block(height)? else {
            return Ok(None);
        };
        let record = self.journal.record(at)?;
        if record.block.header.height != height {
            let found = record.block.header.height;
            return Err(corrupt(
                format!("block {found}"),
                format!("the index, which has {height}"),
            ));
        }
        Ok(Some((record.block, record.certificate)))
    }
}
