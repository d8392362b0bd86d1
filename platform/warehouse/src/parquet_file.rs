//! A Parquet file before it is trusted: whole, readable, and the same on every machine.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use datafusion::parquet::file::metadata::ParquetMetaDataReader;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::failure::Failure;

const MAGIC: &[u8; 4] = b"PAR1";
/// The magic at both ends and the footer's length.
const SMALLEST: u64 = 12;

/// By what a file is known again: its length, and the digest of the footer that says where each column of each
/// row group lies and what range its values have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub length: u64,
    pub footer: String,
}

/// What the footer of a file tells.
#[derive(Clone, Debug)]
pub(crate) struct Footer {
    pub identity: Identity,
    pub row_groups: usize,
    pub rows: i64,
}

impl Footer {
    /// Reads the end of a file, and nothing else of it.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |reason: String| Failure::NotParquet {
            path: path.to_path_buf(),
            reason,
        };
        let failed = |error| Failure::file(path, error);
        let mut file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        if length < SMALLEST {
            return Err(wrong(format!(
                "{length} bytes are no Parquet file; name the file that was meant, or write it again"
            )));
        }
        let mut head = [0; 4];
        let mut tail = [0; 8];
        file.read_exact(&mut head).map_err(failed)?;
        file.seek(SeekFrom::End(-8)).map_err(failed)?;
        file.read_exact(&mut tail).map_err(failed)?;
        let (size, end) = tail.split_at(4);
        if &head != MAGIC {
            return Err(wrong(
                "not a Parquet file; only Parquet can be read here (SQL over CSV: convert it first)".into(),
            ));
        }
        if end != MAGIC {
            return Err(wrong(format!(
                "the file is cut short: it begins as Parquet, but after {length} bytes has no footer; copy it \
                 again, or write it again"
            )));
        }
        let size = u32::from_le_bytes([size[0], size[1], size[2], size[3]]);
        if u64::from(size) + SMALLEST > length {
            return Err(wrong(damaged("its footer is longer than the file")));
        }
        let mut footer = vec![0; size as usize];
        file.seek(SeekFrom::End(-8 - i64::from(size)))
            .map_err(failed)?;
        file.read_exact(&mut footer).map_err(failed)?;
        let metadata = ParquetMetaDataReader::decode_metadata(&footer)
            .map_err(|error| wrong(damaged(&error.to_string())))?;
        Ok(Self {
            identity: Identity {
                length,
                footer: hex(&Sha256::digest(&footer)),
            },
            row_groups: metadata.num_row_groups(),
            rows: metadata.file_metadata().num_rows(),
        })
    }
}

fn damaged(what: &str) -> String {
    format!("the file is damaged: {what}; copy it again, or write it again")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The Parquet files that a path means: itself, or all in a folder and below that end in `.parquet`; each looked
/// at, so that a query does not find out half-way that one of them is cut short.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let metadata = std::fs::metadata(path).map_err(|error| Failure::file(path, error))?;
    if !metadata.is_dir() {
        Footer::read(path)?;
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    collect(path, &mut found)?;
    if found.is_empty() {
        return Err(Failure::EmptyFolder {
            path: path.to_path_buf(),
        });
    }
    found.sort();
    for file in &found {
        Footer::read(file)?;
    }
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |error| Failure::file(folder, error);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|it| it == "parquet") {
            found.push(path);
        }
    }
    Ok(())
}
