//! Golden files: what came out last time, reviewed by a person.

use std::{
    env, fmt, fs, io,
    path::{Path, PathBuf},
};

use similar::TextDiff;

/// Compares a text with the file at `path` (relative to the crate's folder, where Cargo runs its tests).
/// `WISE_BLESS=1` rewrites the file instead, for the difference to be reviewed in git.
///
/// ```no_run
/// testkit::golden("tests/golden/offer_made.v1.json", "{\n  \"kind\": \"benefits.offer_made.v1\"\n}\n");
/// ```
///
/// # Panics
/// With the difference line by line, when they differ or the file is missing or unreadable.
#[track_caller]
pub fn golden(path: impl AsRef<Path>, actual: &str) {
    let blesses = env::var_os("WISE_BLESS").is_some_and(|value| value == "1");
    if let Err(error) = check_golden(path.as_ref(), actual, blesses) {
        panic!("{error}");
    }
}

/// [`golden`] without the environment and the panic. A file that is right is not written again.
///
/// # Errors
/// When the texts differ and `blesses` is not set, or the file cannot be read or written.
pub fn check_golden(path: &Path, actual: &str, blesses: bool) -> Result<(), GoldenError> {
    let broken = |error| GoldenError::Io(path.to_path_buf(), error);
    let expected = match fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(broken(error)),
    };
    if expected.as_deref() == Some(actual) {
        return Ok(());
    }
    if !blesses {
        return Err(GoldenError::differs(path, expected.as_deref(), actual));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(broken)?;
    }
    fs::write(path, actual).map_err(broken)
}

/// Why a golden file did not agree.
#[derive(Debug)]
pub enum GoldenError {
    /// The file says something else, or is not there; with the difference as a unified diff.
    Differs {
        /// The golden file.
        path: PathBuf,
        /// Lines to take away (`-`) and to add (`+`).
        diff: String,
        /// Whether there was no file at all.
        is_new: bool,
    },
    /// The file could not be read or written.
    Io(PathBuf, io::Error),
}

impl GoldenError {
    fn differs(path: &Path, expected: Option<&str>, actual: &str) -> GoldenError {
        let diff = TextDiff::from_lines(expected.unwrap_or_default(), actual)
            .unified_diff()
            .context_radius(3)
            .header("golden file", "this run")
            .to_string();
        GoldenError::Differs {
            path: path.to_path_buf(),
            diff,
            is_new: expected.is_none(),
        }
    }
}

impl fmt::Display for GoldenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GoldenError::Differs { path, diff, is_new } => {
                let what = if *is_new {
                    "does not exist yet"
                } else {
                    "says something else"
                };
                write!(f, "the golden file {} {what}\n{diff}", path.display())?;
                write!(
                    f,
                    "If this run is right: WISE_BLESS=1 cargo test, then review with git diff."
                )
            }
            GoldenError::Io(path, error) => {
                write!(f, "the golden file {}: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for GoldenError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_shown_line_by_line_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/offer.txt");
        let error = check_golden(&path, "one\ntwo\n", false)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("does not exist yet") && error.contains("+one\n"),
            "{error}"
        );
        assert!(!path.exists());

        check_golden(&path, "one\ntwo\n", true).unwrap();
        check_golden(&path, "one\ntwo\n", false).unwrap();
        let error = check_golden(&path, "one\n2\n", false)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(" one\n-two\n+2\n") && error.contains("WISE_BLESS=1"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn a_missing_end_of_line_is_a_difference() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("offer.txt");
        fs::write(&path, "one\n").unwrap();
        assert!(check_golden(&path, "one", false).is_err());
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_new() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            check_golden(folder.path(), "one", true),
            Err(GoldenError::Io(..))
        ));
    }
}
