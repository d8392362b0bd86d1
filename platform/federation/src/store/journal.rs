//! The journal: the blocks that were agreed on, one after another, in files of a bounded size below `blocks/`, each named by
//! the height of its first block. It is the truth; all else in the store is worked out from it.
//!
//! ```text
//! record = "WJ1\n", length of the block (4), length of the certificate (4), SHA-256 over the rest of the record and what
//!          stands before it (32), block, certificate; integers big-endian
//! ```

use std::io;
use std::sync::Arc;

use ledger::{Block, Hash, MAX_BLOCK_BYTES};

use super::files::{Files, folders};
use super::{corrupt, failed};
use crate::ChainError;

const FOLDER: &str = "blocks";
const MAGIC: [u8; 4] = *b"WJ1\n";
const HEADER_BYTES: usize = 4 + 4 + 4 + 32;
/// A file that is longer takes no more blocks.
const SEGMENT_BYTES: u64 = 64 << 20;
/// The most bytes of a block with its header, or of a certificate.
const MAX_PART_BYTES: usize = MAX_BLOCK_BYTES + (1 << 20);

/// Where a record begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The height of the file's first block.
    pub segment: u64,
    pub offset: u64,
}

/// A record that was read.
pub struct Record {
    pub block: Block,
    pub certificate: Vec<u8>,
    pub at: Position,
    pub next: Position,
}

/// What stands at a place.
enum Found {
    Record(Box<Record>),
    End,
    /// No whole record.
    Torn,
}

pub struct Journal {
    files: Arc<dyn Files>,
    /// Where the next record goes.
    end: Position,
}

fn path(segment: u64) -> String {
    format!("{FOLDER}/{segment:020}")
}

fn checksum(block: &[u8], certificate: &[u8]) -> Hash {
    let length = |it: &[u8]| (it.len() as u64).to_be_bytes();
    Hash::of(&[
        &MAGIC,
        &length(block),
        &length(certificate),
        block,
        certificate,
    ])
}

fn encode(block: &[u8], certificate: &[u8]) -> io::Result<Vec<u8>> {
    let length = |it: &[u8]| match u32::try_from(it.len()) {
        Ok(length) if it.len() <= MAX_PART_BYTES => Ok(length.to_be_bytes()),
        _ => Err(io::Error::other("a block or certificate that is too large")),
    };
    let mut bytes = Vec::with_capacity(HEADER_BYTES + block.len() + certificate.len());
    bytes.extend(MAGIC);
    bytes.extend(length(block)?);
    bytes.extend(length(certificate)?);
    bytes.extend(checksum(block, certificate).0);
    bytes.extend(block);
    bytes.extend(certificate);
    Ok(bytes)
}

/// Lengths and checksum of a record's header.
fn header(bytes: &[u8]) -> Option<(usize, usize, Hash)> {
    let rest = bytes.strip_prefix(&MAGIC)?;
    let (block, rest) = rest.split_first_chunk()?;
    let (certificate, rest) = rest.split_first_chunk()?;
    let (checksum, _) = rest.split_first_chunk()?;
    let [block, certificate] = [block, certificate].map(|it| u32::from_be_bytes(*it) as usize);
    let fits = block.max(certificate) <= MAX_PART_BYTES;
    fits.then_some((block, certificate, Hash(*checksum)))
}

impl Journal {
    /// Its files as they are; nothing is read yet.
    pub fn new(files: Arc<dyn Files>) -> Self {
        let end = Position::default();
        Self { files, end }
    }

    /// The heights of the files' first blocks.
    pub fn segments(&self) -> Result<Vec<u64>, ChainError> {
        let names = self.files.list(FOLDER).map_err(failed(FOLDER))?;
        Ok(names.iter().filter_map(|it| it.parse().ok()).collect())
    }

    /// Reads all records from a place on, and remembers where they end. What a crash tore at the very end was never
    /// acknowledged and is cut off; a record that is damaged elsewhere is an error.
    pub fn recover(
        &mut self,
        from: Position,
        mut each: impl FnMut(Record) -> Result<(), ChainError>,
    ) -> Result<(), ChainError> {
        let torn = self.scan(from, &mut each)?;
        if let Some(at) = torn {
            let path = path(at.segment);
            self.files
                .truncate(&path, at.offset)
                .and_then(|()| self.files.sync(&path))
                .map_err(failed(&path))?;
        }
        Ok(())
    }

    /// Reads all records from a place on; where a torn one follows, its place.
    pub fn scan(
        &mut self,
        from: Position,
        each: &mut impl FnMut(Record) -> Result<(), ChainError>,
    ) -> Result<Option<Position>, ChainError> {
        let segments = self.segments()?;
        self.end = from;
        if from != Position::default() {
            let path = path(from.segment);
            let length = self.files.length(&path).map_err(failed(&path))?;
            if length.is_none_or(|it| it < from.offset) {
                return Err(corrupt(path, "the snapshot, which goes further"));
            }
        }
        for segment in segments.iter().copied().filter(|it| *it >= from.segment) {
            if segment != self.end.segment {
                self.end = Position { segment, offset: 0 };
            }
            loop {
                match self.read(self.end)? {
                    Found::Record(record) => {
                        let next = record.next;
                        each(*record)?;
                        self.end = next;
                    }
                    Found::End => break,
                    Found::Torn if segments.last() == Some(&segment) && self.is_tail()? => {
                        return Ok(Some(self.end));
                    }
                    Found::Torn => {
                        let what = format!("{} at byte {}", path(segment), self.end.offset);
                        return Err(corrupt(what, "its checksum"));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Whether no whole record stands after the end: what is there was torn, not altered.
    fn is_tail(&self) -> Result<bool, ChainError> {
        let Position { segment, offset } = self.end;
        let path = path(segment);
        let length = usize::try_from(SEGMENT_BYTES).unwrap_or(usize::MAX) + 4 * MAX_PART_BYTES;
        let rest = self.files.read_at(&path, offset, length);
        let rest = rest.map_err(failed(&path))?;
        let is_record = |bytes: &[u8]| {
            header(bytes).is_some_and(|(block, certificate, sum)| {
                let body = bytes.get(HEADER_BYTES..HEADER_BYTES + block + certificate);
                body.is_some_and(|it| checksum(&it[..block], &it[block..]) == sum)
            })
        };
        let mut places = 1..rest.len();
        Ok(!places.any(|it| is_record(&rest[it..])))
    }

    fn read(&self, at: Position) -> Result<Found, ChainError> {
        let path = path(at.segment);
        let read = |offset, length| {
            let bytes = self.files.read_at(&path, offset, length);
            bytes.map_err(failed(&path))
        };
        let head = read(at.offset, HEADER_BYTES)?;
        if head.is_empty() {
            return Ok(Found::End);
        }
        let Some((block, certificate, sum)) = header(&head) else {
            return Ok(Found::Torn);
        };
        let body = read(at.offset + HEADER_BYTES as u64, block + certificate)?;
        if body.len() < block + certificate {
            return Ok(Found::Torn);
        }
        let (block, certificate) = body.split_at(block);
        if checksum(block, certificate) != sum {
            return Ok(Found::Torn);
        }
        let what = || format!("{path} at byte {}", at.offset);
        let block = Block::decode(block).map_err(|it| corrupt(what(), it.to_string()))?;
        let offset = at.offset + (HEADER_BYTES + body.len()) as u64;
        Ok(Found::Record(Box::new(Record {
            certificate: certificate.to_vec(),
            block,
            at,
            next: Position { offset, ..at },
        })))
    }

    /// The record at a place where one is known to begin.
    pub fn record(&self, at: Position) -> Result<Record, ChainError> {
        match self.read(at)? {
            Found::Record(record) => Ok(*record),
            Found::End | Found::Torn => {
                let what = format!("{} at byte {}", path(at.segment), at.offset);
                Err(corrupt(what, "its checksum"))
            }
        }
    }

    /// Writes a block; durable when it returns. Where it began.
    pub fn append(&mut self, block: &Block, certificate: &[u8]) -> Result<Position, ChainError> {
        let is_new = self.end.offset == 0 || self.end.offset >= SEGMENT_BYTES;
        let at = match is_new {
            true => Position {
                segment: block.header.height,
                offset: 0,
            },
            false => self.end,
        };
        let path = path(at.segment);
        let written = encode(&block.encode(), certificate).and_then(|bytes| {
            match is_new {
                true => self.files.write(&path, &bytes)?,
                false => self.files.append(&path, &bytes)?,
            }
            self.files.sync(&path)?;
            if is_new {
                folders(&path).try_for_each(|it| self.files.sync(it))?;
            }
            Ok(bytes.len() as u64)
        });
        let offset = at.offset + written.map_err(failed(&path))?;
        self.end = Position { offset, ..at };
        Ok(at)
    }

    /// Where the next record goes.
    pub fn end(&self) -> Position {
        self.end
    }
}
