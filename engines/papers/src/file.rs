//! As much of a PDF file's structure (ISO 32000-2, 7.2 to 7.5) as papers need, read from bytes of which nothing is believed.
//!
//! Read are cross-reference tables and the updates after them, as `pdf` and `signature` write them. Cross-reference
//! streams and object streams are refused: within them sizes cannot be bounded by the size of the file.

use std::collections::BTreeMap;
use std::ops::Range;

mod lexer;

pub use lexer::{Dict, Value};

use lexer::Lexer;

/// The largest file that is looked at: bytes.
pub const LARGEST: usize = 48 << 20;
/// Updates that are followed back from the end.
const MOST_UPDATES: usize = 16;

/// Why bytes are no PDF file that this crate reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("the file has more than {LARGEST} bytes")]
    TooLarge,
    #[error("not a PDF file: {0}")]
    Malformed(&'static str),
    #[error("a PDF file of a kind that is not read here: {0}")]
    Unsupported(&'static str),
}

/// An object and where its value stands.
pub struct Object<'a> {
    pub value: Value<'a>,
    pub range: Range<usize>,
    /// The bytes of a stream begin here.
    stream: Option<usize>,
}

/// A file whose objects can be looked up.
pub struct File<'a> {
    bytes: &'a [u8],
    /// Offsets by number of object.
    offsets: BTreeMap<u32, usize>,
    /// Of the last update.
    pub trailer: Dict<'a>,
    /// Where the last table begins.
    pub table: usize,
}

impl<'a> File<'a> {
    /// Reads the tables of a file.
    ///
    /// # Errors
    /// It is too large, broken, or of a kind that is not read here.
    pub fn read(bytes: &'a [u8]) -> Result<Self, FileError> {
        if bytes.len() > LARGEST {
            return Err(FileError::TooLarge);
        }
        if !bytes.starts_with(b"%PDF-") {
            return Err(FileError::Malformed("it does not begin with %PDF-"));
        }
        let table =
            last_table(bytes).ok_or(FileError::Malformed("it does not end with its table"))?;
        let mut offsets = BTreeMap::new();
        let mut last = None;
        let mut next = Some(table);
        for _ in 0..MOST_UPDATES {
            let Some(at) = next else { break };
            let trailer = section(bytes, at, &mut offsets)?;
            // Only ever backwards, so that a table cannot be its own predecessor.
            next = match trailer.number("Prev") {
                None => None,
                Some(it) => match usize::try_from(it) {
                    Ok(before) if before < at => Some(before),
                    _ => return Err(FileError::Malformed("a table follows itself")),
                },
            };
            last.get_or_insert(trailer);
        }
        let trailer = last.ok_or(FileError::Malformed("it has no trailer"))?;
        if next.is_some() {
            return Err(FileError::Unsupported("it was updated more than 16 times"));
        }
        if trailer.get("Encrypt").is_some() {
            return Err(FileError::Unsupported("it is encrypted"));
        }
        Ok(Self {
            bytes,
            offsets: offsets
                .into_iter()
                .filter_map(|(number, at)| Some((number, at?)))
                .collect(),
            trailer,
            table,
        })
    }

    /// The object of a number, where it can be read.
    pub fn object(&self, number: u32) -> Option<Object<'a>> {
        let mut lexer = Lexer::new(self.bytes, *self.offsets.get(&number)?);
        let is_it = lexer.number() == Some(i64::from(number));
        if !is_it || lexer.number().is_none() || !lexer.word(b"obj") {
            return None;
        }
        let start = lexer.skip_space();
        let value = lexer.value()?;
        let range = start..lexer.at();
        let stream = lexer.stream();
        Some(Object {
            value,
            range,
            stream,
        })
    }

    /// A value, or the one that it refers to.
    pub fn resolved(&self, value: &Value<'a>) -> Option<Value<'a>> {
        match value {
            Value::Reference(number) => match self.object(*number)?.value {
                Value::Reference(_) => None,
                it => Some(it),
            },
            it => Some(it.clone()),
        }
    }

    /// The dictionary that a dictionary holds or names.
    pub fn dict(&self, of: &Dict<'a>, name: &str) -> Option<Dict<'a>> {
        match self.resolved(of.get(name)?)? {
            Value::Dict(it) => Some(it),
            _ => None,
        }
    }

    /// The dictionary and the raw bytes of a stream.
    pub fn stream(&self, number: u32) -> Option<(Dict<'a>, &'a [u8])> {
        let object = self.object(number)?;
        let Value::Dict(dict) = object.value else {
            return None;
        };
        let start = object.stream?;
        let length = match self.resolved(dict.get("Length")?)? {
            Value::Number(it) => usize::try_from(it).ok()?,
            _ => return None,
        };
        let bytes = self.bytes.get(start..start.checked_add(length)?)?;
        Some((dict, bytes))
    }

    /// The number of the catalogue.
    pub fn root(&self) -> Option<u32> {
        self.trailer.reference("Root")
    }

    /// The number of the first page.
    pub fn first_page(&self) -> Option<u32> {
        let Value::Dict(root) = self.object(self.root()?)?.value else {
            return None;
        };
        let mut number = root.reference("Pages")?;
        // A tree of pages of more than this depth is nobody's.
        for _ in 0..16 {
            let Value::Dict(node) = self.object(number)?.value else {
                return None;
            };
            let Some(kids) = node.get("Kids") else {
                return Some(number);
            };
            let Value::Array(kids) = self.resolved(kids)? else {
                return None;
            };
            let Some(Value::Reference(first)) = kids.first() else {
                return None;
            };
            number = *first;
        }
        None
    }
}

/// The dictionary within which a byte of a file stands, found by the object's beginning before it; where it begins and ends.
pub fn dictionary_around(bytes: &[u8], at: usize) -> Option<(Dict<'_>, Range<usize>)> {
    let before = bytes.get(..at)?;
    let start = memchr::memmem::rfind(before, b" obj")? + 4;
    let mut lexer = Lexer::new(bytes, start);
    let start = lexer.skip_space();
    match lexer.value()? {
        Value::Dict(it) if lexer.at() > at => Some((it, start..lexer.at())),
        _ => None,
    }
}

/// The offset after the last `startxref`.
fn last_table(bytes: &[u8]) -> Option<usize> {
    let word = b"startxref";
    let tail = bytes.len().saturating_sub(1024);
    let at = memchr::memmem::rfind(bytes.get(tail..)?, word)?;
    let mut lexer = Lexer::new(bytes, tail + at + word.len());
    let table = usize::try_from(lexer.number()?).ok()?;
    lexer.skip_space();
    bytes
        .get(lexer.at()..)?
        .starts_with(b"%%EOF")
        .then_some(table)
}

/// Reads one table and its trailer. What a later table says of an object stays; `None` is a free number.
fn section<'a>(
    bytes: &'a [u8],
    at: usize,
    offsets: &mut BTreeMap<u32, Option<usize>>,
) -> Result<Dict<'a>, FileError> {
    let malformed = FileError::Malformed("its table of objects cannot be read");
    let mut lexer = Lexer::new(bytes, at);
    if !lexer.word(b"xref") {
        return Err(FileError::Unsupported(
            "its table of objects is no plain table",
        ));
    }
    while !lexer.word(b"trailer") {
        let (Some(first), Some(count)) = (lexer.number(), lexer.number()) else {
            return Err(malformed);
        };
        for index in 0..count {
            let (Some(offset), Some(_)) = (lexer.number(), lexer.number()) else {
                return Err(malformed);
            };
            let is_used = lexer.word(b"n");
            if !is_used && !lexer.word(b"f") {
                return Err(malformed);
            }
            let number = first
                .checked_add(index)
                .and_then(|it| u32::try_from(it).ok());
            let offset = usize::try_from(offset).ok();
            let (Some(number), Some(offset)) = (number, offset) else {
                return Err(malformed);
            };
            offsets.entry(number).or_insert(is_used.then_some(offset));
        }
    }
    match lexer.value() {
        Some(Value::Dict(it)) => Ok(it),
        _ => Err(malformed),
    }
}
