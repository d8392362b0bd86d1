//! What went wrong, where, and what to do about it.

use std::path::PathBuf;

use datafusion::error::DataFusionError;

/// Everything that a command can end with instead of a result. The texts are for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{}: no such file or folder; write the path from here or from the root", path.display())]
    Missing { path: PathBuf },
    #[error("{}: {error}", path.display())]
    File {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{}: {reason}", path.display())]
    NotParquet { path: PathBuf, reason: String },
    #[error("{}: the folder holds no file that ends in .parquet", path.display())]
    EmptyFolder { path: PathBuf },
    #[error("{}: already there; choose another name, or take it away first", path.display())]
    Exists { path: PathBuf },
    #[error("{0}")]
    Law(String),
    #[error("{0}")]
    Sql(String),
    #[error("{0}")]
    Cluster(String),
    #[error("{0}")]
    Sweep(String),
}

impl Failure {
    /// An error of the file system, at its place.
    pub fn file(path: impl Into<PathBuf>, error: std::io::Error) -> Self {
        let path = path.into();
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing { path },
            _ => Self::File { path, error },
        }
    }
}

/// As an error within a plan: told as it is, and never taken for a passing fault that is worth another try.
impl From<Failure> for DataFusionError {
    fn from(failure: Failure) -> Self {
        Self::Execution(failure.to_string())
    }
}

/// Without the library's name for the kind of error.
pub(crate) fn plain(error: &DataFusionError) -> String {
    match error {
        DataFusionError::Plan(text)
        | DataFusionError::Execution(text)
        | DataFusionError::NotImplemented(text)
        | DataFusionError::Configuration(text) => {
            let text = text.split(DataFusionError::BACK_TRACE_SEP).next();
            text.unwrap_or_default().to_owned()
        }
        other => other.strip_backtrace(),
    }
}
