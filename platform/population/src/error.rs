use std::path::{Path, PathBuf};

use rules::columns::BatchError;

/// Why a population was not read, swept or written: which file, what is wrong with it, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}: {cause}", path.display())]
    Io {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("{}: not a whole Parquet file ({cause}). Was its writing or copying broken off? Write or copy it again.", path.display())]
    Parquet {
        path: PathBuf,
        cause: parquet::errors::ParquetError,
    },
    #[error("{}, column `{column}`: {message}", path.display())]
    Column {
        path: PathBuf,
        column: String,
        message: String,
    },
    #[error("{}, row group {group}: {cause}", path.display())]
    Batch {
        path: PathBuf,
        group: usize,
        cause: BatchError,
    },
    #[error("{}: {message}", path.display())]
    Results { path: PathBuf, message: String },
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |cause| Self::Io {
            path: path.to_owned(),
            cause,
        }
    }

    pub(crate) fn parquet(path: &Path) -> impl Fn(parquet::errors::ParquetError) -> Self + '_ {
        |cause| Self::Parquet {
            path: path.to_owned(),
            cause,
        }
    }
}
