//! Recomputing everything from the journal.

use ledger::checkpoint::SignedCheckpoint;
use ledger::tree::{Edge, Tile};
use ledger::{Block, Entry, Hash, State};

use super::journal::{Journal, Position, Record};
use super::snapshot::Snapshot;
use super::{CHECKPOINT, GENESIS, SNAPSHOT, Store, failed};
use crate::ChainError;

/// What an audit went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    pub blocks: u64,
    pub entries: u64,
}

/// The first thing that was altered.
#[derive(Debug, thiserror::Error)]
pub enum Altered {
    #[error("the genesis file is not how this ledger began")]
    Genesis,
    #[error("the journal: {0}")]
    Journal(String),
    #[error("block {height} in the journal: {reason}")]
    Block { height: u64, reason: String },
    #[error("{path}: hash {place} of the tile is not that of the log's entries")]
    Tile { path: String, place: u64 },
    #[error("{path}: entry {index} is not the one that was agreed on")]
    Bundle { path: String, index: u64 },
    #[error("{path} is missing")]
    Missing { path: String },
    #[error("the index has {found:?} for entry {index}")]
    Leaf { index: u64, found: Option<u64> },
    #[error("the index does not lead to block {height}")]
    Position { height: u64 },
    #[error("the checkpoint: {0}")]
    Checkpoint(String),
    #[error("the snapshot is damaged: remove it, and it is made anew")]
    Snapshot,
    #[error(transparent)]
    Unreadable(#[from] ChainError),
}

/// The ledger as the journal gives it, block after block.
struct Recomputed<'a> {
    store: &'a Store,
    edge: Edge,
    state: State,
    previous: Hash,
    audit: Audit,
}

impl Store {
    /// Reads the whole ledger from its disk, recomputes it from the journal, and compares: blocks and what they say of
    /// themselves, every tile and bundle, the index, the snapshot, the checkpoint with the log's own signatures. Needs the
    /// same memory however long the log.
    ///
    /// # Errors
    /// The first thing that was altered, or cannot be read.
    pub fn audit(&self) -> Result<Audit, Altered> {
        let genesis = self.files.read(GENESIS).map_err(failed(GENESIS))?;
        if genesis != Some(self.genesis.canonical()) {
            return Err(Altered::Genesis);
        }
        let mut recomputed = Recomputed {
            store: self,
            edge: Edge::default(),
            state: self.genesis.clone(),
            previous: Hash::default(),
            audit: Audit::default(),
        };
        let mut altered = None;
        let mut journal = Journal::new(self.files.clone());
        let torn = journal.scan(Position::default(), &mut |record| {
            if altered.is_none() {
                altered = recomputed.block(record).err();
            }
            Ok(())
        });
        let torn = torn.map_err(|it| match it {
            ChainError::Corrupt { what, with } => {
                Altered::Journal(format!("{what} does not agree with {with}"))
            }
            it => Altered::Unreadable(it),
        });
        match altered {
            Some(altered) => return Err(altered),
            None if torn?.is_some() || recomputed.audit.blocks < self.last.height => {
                let blocks = recomputed.audit.blocks;
                let whole = self.last.height;
                let what = format!("after block {blocks} of {whole} comes none that is whole");
                return Err(Altered::Journal(what));
            }
            None => {}
        }
        for (tile, bytes) in recomputed.edge.partial() {
            self.compare(&tile, bytes)?;
        }
        self.audit_checkpoint(&recomputed.edge)?;
        let snapshot = self.files.read(SNAPSHOT).map_err(failed(SNAPSHOT))?;
        if snapshot.is_some_and(|it| Snapshot::decode(&it).is_none()) {
            return Err(Altered::Snapshot);
        }
        Ok(recomputed.audit)
    }

    /// A tile or bundle on the disk, with what it has to be.
    fn compare(&self, tile: &Tile, expected: &[u8]) -> Result<(), Altered> {
        let path = tile.path();
        let found = self.files.read(&path).map_err(failed(&path))?;
        let Some(found) = found else {
            return Err(Altered::Missing { path });
        };
        if found == expected {
            return Ok(());
        }
        if !tile.is_bundle() {
            let pairs = expected.chunks(32).zip(found.chunks(32));
            let place = pairs.take_while(|(a, b)| a == b).count() as u64;
            return Err(Altered::Tile { path, place });
        }
        // Where in the bundle: entries up to the first byte that differs.
        let same = expected.iter().zip(&found).take_while(|(a, b)| a == b);
        let (same, mut at, mut place) = (same.count(), 0, 0);
        while let Some([high, low]) = expected.get(at..at + 2) {
            at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
            if at > same {
                break;
            }
            place += 1;
        }
        let index = tile.index() * ledger::tree::TILE_WIDTH + place;
        Err(Altered::Bundle { path, index })
    }

    fn audit_checkpoint(&self, edge: &Edge) -> Result<(), Altered> {
        let refuse = |it: String| Altered::Checkpoint(it);
        let bytes = self.files.read(CHECKPOINT).map_err(failed(CHECKPOINT))?;
        let bytes = bytes.ok_or_else(|| refuse("it is missing".to_owned()))?;
        let text = String::from_utf8(bytes).map_err(|_| refuse("it is no text".to_owned()))?;
        let signed: SignedCheckpoint = text
            .parse()
            .map_err(|it| refuse(format!("it cannot be read: {it}")))?;
        if signed.checkpoint.head() != edge.head() {
            return Err(refuse("its size and root are not the log's".to_owned()));
        }
        if signed.checkpoint.origin() != self.genesis.origin() {
            return Err(refuse("its origin is not the log's".to_owned()));
        }
        for key in self.signer.verifiers() {
            let signature = signed.signatures.iter().find(|it| key.is_named_by(it));
            let missing = || refuse(format!("the signature of {} is missing", key.name()));
            let verified = key.verify(&signed.checkpoint, signature.ok_or_else(missing)?);
            verified.map_err(|it| refuse(it.to_string()))?;
        }
        Ok(())
    }
}

impl Recomputed<'_> {
    fn block(&mut self, record: Record) -> Result<(), Altered> {
        let Block { header, entries } = &record.block;
        let height = self.audit.blocks + 1;
        let refuse = |reason: String| Altered::Block { height, reason };
        if header.height != height || header.previous != self.previous {
            return Err(refuse("it does not follow the one before".to_owned()));
        }
        for entry in entries {
            self.entry(entry, height)?;
        }
        let head = self.edge.head();
        if (header.log_size, header.log_root) != (head.size, head.root) {
            return Err(refuse(
                "its entries do not give the root it says".to_owned(),
            ));
        }
        if header.application != self.state.hash() {
            return Err(refuse(
                "its entries do not give the validators it says".to_owned(),
            ));
        }
        if self.store.index.block(height)? != Some(record.at) {
            return Err(Altered::Position { height });
        }
        self.previous = header.hash();
        self.audit = Audit {
            blocks: height,
            entries: head.size,
        };
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, height: u64) -> Result<(), Altered> {
        let (index, leaf) = (self.edge.size(), entry.leaf());
        let found = self.store.index.find(&leaf)?;
        if found != Some(index) {
            return Err(Altered::Leaf { index, found });
        }
        let mut full = Vec::new();
        self.edge
            .append(entry, leaf, |tile, bytes| full.push((tile, bytes)));
        for (tile, bytes) in full {
            self.store.compare(&tile, &bytes)?;
        }
        let applied = self.state.apply(entry, height);
        let applied = applied.map_err(|it| Altered::Block {
            height,
            reason: it.to_string(),
        });
        applied.map(|_| ())
    }
}
