//! The files in a PDF file (ISO 32000-2, 7.11.4), read from bytes of which nothing is believed: nothing in a file can
//! make this take more than a bounded amount of memory, or panic.
//!
//! Whether the paper is genuine is [`signature::verify`](crate::signature::verify)'s to say: first that, then this.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::file::{Dict, File, FileError, Value};
use crate::pdf::{Attachment, Relationship};

/// The most files that are read.
pub const MOST: usize = 64;
/// The most bytes of all files together, decompressed.
pub const LARGEST: usize = 32 << 20;
/// Nodes of the tree of names, one under the other.
const DEEPEST: usize = 8;
/// Nodes of the tree of names in all.
const MOST_NODES: usize = 64;

/// Why attachments are not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the list of attached files is broken")]
    List,
    #[error("the file holds more than {MOST} others")]
    TooMany,
    #[error("the attached files have more than {LARGEST} bytes together")]
    TooLarge,
    #[error("the attached file {0} cannot be read")]
    Broken(String),
}

/// The files in a PDF file, in the order of their names; none is no error.
///
/// # Errors
/// It is no PDF file, its list of files is broken, or they are more or larger than anybody's.
pub fn attachments(pdf: &[u8]) -> Result<Vec<Attachment>, AttachmentError> {
    let file = File::read(pdf)?;
    let root = file.root().and_then(|it| file.object(it));
    let Some(Value::Dict(root)) = root.map(|it| it.value) else {
        return Err(FileError::Malformed("it has no catalogue").into());
    };
    let Some(names) = root.get("Names") else {
        return Ok(Vec::new());
    };
    let Some(Value::Dict(names)) = file.resolved(names) else {
        return Err(AttachmentError::List);
    };
    if names.get("EmbeddedFiles").is_none() {
        return Ok(Vec::new());
    }
    let tree = file
        .dict(&names, "EmbeddedFiles")
        .ok_or(AttachmentError::List)?;
    let mut specifications = Vec::new();
    let mut nodes = MOST_NODES;
    collect(&file, &tree, DEEPEST, &mut nodes, &mut specifications)?;
    let mut found = Vec::new();
    let mut room = LARGEST;
    for specification in &specifications {
        let attachment = attached(&file, specification, room)?;
        room -= attachment.bytes.len().min(room);
        found.push(attachment);
    }
    Ok(found)
}

/// Walks a tree of names (7.9.6).
fn collect<'a>(
    file: &File<'a>,
    node: &Dict<'a>,
    depth: usize,
    nodes: &mut usize,
    found: &mut Vec<Dict<'a>>,
) -> Result<(), AttachmentError> {
    if depth == 0 || *nodes == 0 {
        return Err(AttachmentError::List);
    }
    *nodes -= 1;
    let array = |name| match node.get(name).map(|it| file.resolved(it)) {
        None => Ok(Vec::new()),
        Some(Some(Value::Array(it))) => Ok(it),
        Some(_) => Err(AttachmentError::List),
    };
    for pair in array("Names")?.chunks(2) {
        let specification = pair.get(1).and_then(|it| file.resolved(it));
        let Some(Value::Dict(specification)) = specification else {
            return Err(AttachmentError::List);
        };
        if found.len() == MOST {
            return Err(AttachmentError::TooMany);
        }
        found.push(specification);
    }
    for kid in array("Kids")? {
        let Some(Value::Dict(kid)) = file.resolved(&kid) else {
            return Err(AttachmentError::List);
        };
        collect(file, &kid, depth - 1, nodes, found)?;
    }
    Ok(())
}

fn attached(
    file: &File<'_>,
    specification: &Dict<'_>,
    room: usize,
) -> Result<Attachment, AttachmentError> {
    let name = specification.text("UF").or_else(|| specification.text("F"));
    let name = name.map(words).ok_or(AttachmentError::List)?;
    let broken = || AttachmentError::Broken(name.clone());
    let streams = file.dict(specification, "EF").ok_or_else(broken)?;
    let number = streams
        .reference("F")
        .or_else(|| streams.reference("UF"))
        .ok_or_else(broken)?;
    let (dict, raw) = file.stream(number).ok_or_else(broken)?;
    let bytes = match dict.get("Filter") {
        None => raw.to_vec(),
        Some(filter) => {
            let is_deflate = match filter {
                Value::Name(it) => *it == b"FlateDecode",
                Value::Array(it) => *it == [Value::Name(b"FlateDecode")],
                _ => false,
            };
            if !is_deflate || dict.get("DecodeParms").is_some() {
                return Err(broken());
            }
            let mut bytes = Vec::new();
            let bound = u64::try_from(room).unwrap_or(u64::MAX).saturating_add(1);
            ZlibDecoder::new(raw)
                .take(bound)
                .read_to_end(&mut bytes)
                .map_err(|_| broken())?;
            bytes
        }
    };
    if bytes.len() > room {
        return Err(AttachmentError::TooLarge);
    }
    Ok(Attachment {
        description: specification.text("Desc").map(words).unwrap_or_default(),
        mime_type: dict.name("Subtype").map(unescaped).unwrap_or_default(),
        relationship: match specification.name("AFRelationship") {
            Some(b"Source") => Relationship::Source,
            Some(b"Data") => Relationship::Data,
            Some(b"Alternative") => Relationship::Alternative,
            Some(b"Supplement") => Relationship::Supplement,
            _ => Relationship::Unspecified,
        },
        name,
        bytes,
    })
}

/// A text string (7.9.2.2): UTF-16 after its mark, else UTF-8, which holds for the letters of PDFDocEncoding that are ASCII.
pub(crate) fn words(text: &[u8]) -> String {
    match text.strip_prefix(b"\xfe\xff") {
        Some(units) => {
            let units = units
                .chunks(2)
                .map(|it| it.iter().fold(0, |sum, byte| sum << 8 | u16::from(*byte)));
            char::decode_utf16(units)
                .map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        None => {
            String::from_utf8_lossy(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)).into_owned()
        }
    }
}

/// A name with its `#2F` resolved (7.3.5).
fn unescaped(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let mut pieces = name.split('#');
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let code = piece
            .get(..2)
            .and_then(|it| u8::from_str_radix(it, 16).ok());
        match code {
            Some(code) => {
                whole.push(char::from(code));
                whole.push_str(piece.get(2..).unwrap_or_default());
            }
            None => {
                whole.push('#');
                whole.push_str(piece);
            }
        }
    }
    whole
}
