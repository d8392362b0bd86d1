//! One file of the interface: JSON or gzipped JSON, a list or a page `{"data": […]}`.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use serde_json::Value;

/// The most that one file may unpack to, in bytes; the whole interface is a fifth of it.
const LARGEST: u64 = 512 << 20;

/// Why a file gives no rows. It is about the whole file, so nothing of the folder is stored.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}; nothing of this folder was stored", .file.display())]
pub struct FileError {
    file: PathBuf,
    what: Fault,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("cannot be read: {0}")]
    Io(std::io::Error),
    #[error(
        "the gzip data is cut off or damaged at byte {offset} of {size} ({reason}): fetch the file again"
    )]
    Gzip {
        offset: usize,
        size: usize,
        reason: std::io::Error,
    },
    #[error("unpacks to more than {LARGEST} bytes: fetch it in smaller pages (perPage)")]
    TooLarge,
    #[error("the JSON is cut off at byte {0}: fetch the file again")]
    CutOff(usize),
    #[error("is not JSON at byte {offset} ({reason}): fetch the file again")]
    Json { offset: usize, reason: String },
    #[error("the interface answered with an error instead of rows: {0}")]
    Answer(String),
    #[error("holds neither a list nor an object with a list `data`")]
    Shape,
    #[error("says currentCount {said} and holds {held} rows: fetch the page again")]
    Count { said: u64, held: usize },
}

/// All `.json` and `.json.gz` files of a folder, by name.
pub(super) fn list(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.to_string_lossy().to_lowercase();
        if path.is_file() && (name.ends_with(".json") || name.ends_with(".json.gz")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The rows of a file.
pub(super) fn rows(path: &Path) -> Result<Vec<Value>, FileError> {
    let wrong = |what| FileError {
        file: path.to_owned(),
        what,
    };
    let bytes = std::fs::read(path).map_err(|error| wrong(Fault::Io(error)))?;
    let text = unpacked(bytes).map_err(wrong)?;
    parsed(&text).map_err(wrong)
}

/// Told by its first bytes, not by its name.
fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut decoder = MultiGzDecoder::new(bytes.as_slice());
    let mut text = Vec::new();
    let read = decoder.by_ref().take(LARGEST + 1).read_to_end(&mut text);
    match read {
        Ok(size) if size as u64 > LARGEST => Err(Fault::TooLarge),
        Ok(_) => Ok(text),
        Err(reason) => Err(Fault::Gzip {
            offset: bytes.len() - decoder.get_ref().len(),
            size: bytes.len(),
            reason,
        }),
    }
}

fn parsed(bytes: &[u8]) -> Result<Vec<Value>, Fault> {
    let mark = if bytes.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    let text = &bytes[mark..];
    let value: Value = serde_json::from_slice(text).map_err(|error| {
        let offset = mark + offset_of(text, error.line(), error.column());
        if error.is_eof() {
            Fault::CutOff(offset)
        } else {
            Fault::Json {
                offset,
                reason: error.to_string(),
            }
        }
    })?;
    let mut page = match value {
        Value::Array(rows) => return Ok(rows),
        Value::Object(page) => page,
        _ => return Err(Fault::Shape),
    };
    match page.remove("data") {
        Some(Value::Array(rows)) => match page.get("currentCount").and_then(Value::as_u64) {
            Some(said) if said != rows.len() as u64 => Err(Fault::Count {
                said,
                held: rows.len(),
            }),
            _ => Ok(rows),
        },
        _ => match page.get("msg").and_then(Value::as_str) {
            Some(message) => Err(Fault::Answer(message.chars().take(200).collect())),
            None => Err(Fault::Shape),
        },
    }
}

/// The byte of a line and column as `serde_json` counts them: lines from 1, columns in bytes.
fn offset_of(text: &[u8], line: usize, column: usize) -> usize {
    let before = text
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1));
    before.map(<[u8]>::len).sum::<usize>() + column
}
