//! Blocks and a write-ahead log in memory, which survive the validator that writes them and fail when told to.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use federation::wal::Storage;
use federation::{Chain, ChainError, Refusal};
use ledger::{Block, Entry, Hash, Header};

/// How far ahead of the clock here a block's time may lie.
const TOLERANCE_MS: u64 = 60_000;

#[derive(Debug, Default)]
pub struct Disk {
    pub blocks: Vec<(Block, Vec<u8>)>,
    pub keys: Vec<[u8; 32]>,
    pub full: bool,
    index: HashMap<Hash, u64>,
    /// Roots of the perfect trees that the log consists of, the greatest first, with their sizes.
    peaks: Vec<(u64, Hash)>,
}

#[derive(Clone, Debug, Default)]
pub struct MemoryChain(Arc<Mutex<Disk>>);

impl MemoryChain {
    pub fn new(keys: &[[u8; 32]]) -> Self {
        let chain = Self::default();
        chain.disk().keys = keys.to_vec();
        chain
    }

    pub fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap()
    }

    pub fn entries(&self) -> Vec<Vec<u8>> {
        let disk = self.disk();
        let blocks = disk.blocks.iter();
        blocks
            .flat_map(|(block, _)| block.entries.iter().map(|it| it.bytes().to_vec()))
            .collect()
    }
}

fn fits(entry: &Entry, position: usize) -> Result<(), Refusal> {
    if entry.bytes().starts_with(b"!") {
        let reason = "it begins with an exclamation mark".to_owned();
        return Err(Refusal::Entry { position, reason });
    }
    Ok(())
}

fn grow(peaks: &mut Vec<(u64, Hash)>, leaf: Hash) {
    peaks.push((1, leaf));
    while let [.., (left, one), (right, two)] = peaks[..]
        && left == right
    {
        let parent = Hash::of(&[&[1], &one.0, &two.0]);
        peaks.truncate(peaks.len() - 2);
        peaks.push((left + right, parent));
    }
}

fn root(peaks: &[(u64, Hash)]) -> Hash {
    let mut roots = peaks.iter().rev().map(|it| it.1);
    match roots.next() {
        None => Hash::of(&[]),
        Some(last) => roots.fold(last, |right, left| Hash::of(&[&[1], &left.0, &right.0])),
    }
}

impl Disk {
    fn size(&self) -> u64 {
        self.peaks.iter().map(|it| it.0).sum()
    }

    fn header(&self, entries: &[Entry], proposer: Hash, now_ms: u64) -> Header {
        let mut peaks = self.peaks.clone();
        entries.iter().for_each(|it| grow(&mut peaks, it.leaf()));
        let last = self.blocks.last().map(|it| &it.0.header);
        Header {
            height: self.blocks.len() as u64 + 1,
            previous: last.map(Header::hash).unwrap_or_default(),
            time_ms: last.map_or(now_ms, |it| it.time_ms.max(now_ms)),
            proposer,
            log_size: self.size() + entries.len() as u64,
            log_root: root(&peaks),
            application: Hash::default(),
        }
    }

    fn judge(&self, block: &Block, now_ms: u64) -> Result<(), Refusal> {
        let found = &block.header;
        let expected = self.header(&block.entries, found.proposer, found.time_ms);
        if found.height != expected.height {
            let (expected, found) = (expected.height, found.height);
            return Err(Refusal::Height { expected, found });
        }
        if found.previous != expected.previous {
            let (expected, found) = (expected.previous, found.previous);
            return Err(Refusal::Previous { expected, found });
        }
        if found.time_ms > now_ms + TOLERANCE_MS {
            let ahead_ms = found.time_ms - now_ms;
            return Err(Refusal::Early { ahead_ms });
        }
        if found.time_ms < expected.time_ms {
            return Err(Refusal::Backwards);
        }
        let mut here = HashMap::new();
        for (position, entry) in block.entries.iter().enumerate() {
            if let Some(index) = self.index.get(&entry.leaf()) {
                let index = *index;
                return Err(Refusal::Duplicate { position, index });
            }
            if let Some(before) = here.insert(entry, position) {
                let index = self.size() + before as u64;
                return Err(Refusal::Duplicate { position, index });
            }
            fits(entry, position)?;
        }
        if (found.log_size, found.log_root) != (expected.log_size, expected.log_root) {
            return Err(Refusal::Root {
                size: found.log_size,
                expected: expected.log_root,
                found: found.log_root,
            });
        }
        Ok(())
    }
}

impl Chain for MemoryChain {
    fn height(&self) -> u64 {
        self.disk().blocks.len() as u64
    }

    fn validators(&self) -> Vec<[u8; 32]> {
        self.disk().keys.clone()
    }

    fn find(&self, leaf: &Hash) -> Result<Option<u64>, ChainError> {
        Ok(self.disk().index.get(leaf).copied())
    }

    fn admit(&self, entry: &Entry) -> Result<(), ChainError> {
        Ok(fits(entry, 0)?)
    }

    fn propose(
        &self,
        mut entries: Vec<Entry>,
        proposer: Hash,
        now_ms: u64,
    ) -> Result<Block, ChainError> {
        let disk = self.disk();
        entries.retain(|it| !disk.index.contains_key(&it.leaf()));
        let header = disk.header(&entries, proposer, now_ms);
        Ok(Block { header, entries })
    }

    fn check(&self, block: &Block, now_ms: u64) -> Result<(), ChainError> {
        Ok(self.disk().judge(block, now_ms)?)
    }

    fn commit(&mut self, block: &Block, certificate: &[u8]) -> Result<(), ChainError> {
        let mut disk = self.disk();
        if disk.full {
            return Err(ChainError::Io {
                path: "blocks".to_owned(),
                source: io::Error::new(io::ErrorKind::StorageFull, "no space left on device"),
            });
        }
        disk.judge(block, u64::MAX - TOLERANCE_MS)?;
        for entry in &block.entries {
            let index = disk.size();
            disk.index.insert(entry.leaf(), index);
            grow(&mut disk.peaks, entry.leaf());
            match entry.bytes() {
                [b'+', key @ ..] => disk.keys.push(key.try_into().unwrap()),
                [b'-', key @ ..] => disk.keys.retain(|it| it != key),
                _ => {}
            }
        }
        disk.blocks.push((block.clone(), certificate.to_vec()));
        Ok(())
    }

    fn block(&self, height: u64) -> Result<Option<(Block, Vec<u8>)>, ChainError> {
        let place = height.checked_sub(1).map(|it| it as usize);
        Ok(place.and_then(|it| self.disk().blocks.get(it).cloned()))
    }
}

#[derive(Debug, Default)]
pub struct Log {
    pub bytes: Vec<u8>,
    pub kept: Vec<u8>,
    pub appends: usize,
    /// Fails from this append on.
    pub fails_at: Option<usize>,
}

#[derive(Clone, Debug, Default)]
pub struct MemoryLog(Arc<Mutex<Log>>);

impl MemoryLog {
    pub fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap()
    }
}

impl Storage for MemoryLog {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.log().bytes.clone())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut log = self.log();
        if log.fails_at.is_some_and(|it| log.appends >= it) {
            // Some of it may be there.
            log.bytes.extend(&bytes[..bytes.len() / 2]);
            return Err(io::Error::new(
                io::ErrorKind::StorageFull,
                "no space left on device",
            ));
        }
        log.appends += 1;
        log.bytes.extend(bytes);
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.log().bytes.truncate(length as usize);
        Ok(())
    }

    fn kept(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.log().kept.clone())
    }

    fn keep(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.log().kept = bytes.to_vec();
        Ok(())
    }
}
