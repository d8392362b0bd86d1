//! The law that is applied: the rule book of a country folder, known by its digest.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rules::RuleBook;

use crate::failure::Failure;
use crate::sweep::{Order, Prepared};

/// The rule book of a country folder, as read when the process started.
pub struct Law {
    folder: PathBuf,
    /// As long as the process: what is compiled points into it.
    book: &'static RuleBook,
    /// What was prepared last: the tasks of a job are of one order.
    prepared: Mutex<Option<(Order, Arc<Prepared>)>>,
}

impl std::fmt::Debug for Law {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Law")
            .field("folder", &self.folder)
            .field("digest", &self.digest())
            .finish_non_exhaustive()
    }
}

impl Law {
    /// Reads `vocabulary.yaml`, `parameters/` and `benefits/` of a country folder.
    ///
    /// # Errors
    /// The folder is not there, or its law has faults: all of them, each with its place and remedy.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let mut files = Vec::new();
        let vocabulary = folder.join("vocabulary.yaml");
        let text =
            fs::read_to_string(&vocabulary).map_err(|error| Failure::file(&vocabulary, error))?;
        files.push(("vocabulary.yaml".to_owned(), text));
        for part in ["benefits", "parameters"] {
            let path = folder.join(part);
            if path.is_dir() {
                collect(folder, &path, &mut files)?;
            }
        }
        let book = RuleBook::load(files).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            Failure::Law(format!(
                "{}: the law has {} fault(s):\n{}",
                folder.display(),
                faults.len(),
                faults.join("\n")
            ))
        })?;
        Ok(Self {
            folder: folder.to_path_buf(),
            book: Box::leak(Box::new(book)),
            prepared: Mutex::new(None),
        })
    }

    /// Hex SHA-256 over the paths and texts of all files.
    pub fn digest(&self) -> &str {
        self.book.digest()
    }

    /// An error where a sweep was ordered under other law than this.
    pub(crate) fn check(&self, order: &Order) -> Result<(), Failure> {
        if order.rules == self.digest() {
            return Ok(());
        }
        Err(Failure::Law(format!(
            "the law differs: the sweep was ordered under {}, and {} on this machine holds {}; give both the same \
             country folder, start the executor again and repeat the sweep",
            short(&order.rules),
            self.folder.display(),
            short(self.digest())
        )))
    }

    /// Everything that the tasks of an order share, once for all of them.
    pub(crate) fn prepared(&self, order: &Order) -> Result<Arc<Prepared>, Failure> {
        self.check(order)?;
        let mut last = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, prepared)) = &*last
            && of == order
        {
            return Ok(prepared.clone());
        }
        order.check_population()?;
        let prepared = Arc::new(Prepared::new(self.book, order)?);
        *last = Some((order.clone(), prepared.clone()));
        Ok(prepared)
    }
}

/// Enough of a digest for people to compare.
pub(crate) fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// Every file below, named from the root of the country.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|error| Failure::file(folder, error))?;
    for entry in entries {
        let path = entry.map_err(|error| Failure::file(folder, error))?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, error))?;
            files.push((name.to_string_lossy().replace('\\', "/"), text));
        }
    }
    Ok(())
}
