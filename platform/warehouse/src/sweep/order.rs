//! What a sweep is asked to do: travels inside the plan to every executor.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::parquet_file::{Footer, Identity};

/// Which population is swept, under which law, on which day, and where the entitlements go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Reached by the same path on every machine.
    pub population: PathBuf,
    pub identity: Identity,
    /// Digest of the rule book. The law itself does not travel: each executor has its own copy, and compares.
    pub rules: String,
    pub on: Date,
    /// The folder for entitlements, a file for each row group; `None`: totals alone, which no machine writes but the
    /// one that ordered.
    pub out: Option<PathBuf>,
}

impl Order {
    /// The population is the file that the sweep was ordered over.
    pub fn check_population(&self) -> Result<(), Failure> {
        let here = Footer::read(&self.population)?;
        if here.identity == self.identity {
            return Ok(());
        }
        Err(Failure::Sweep(format!(
            "{}: the population on this machine is not the file that the sweep was ordered over; share one file \
             with all machines, and do not write to it during a sweep",
            self.population.display()
        )))
    }
}

/// The folders that an executor reads and writes for others; none: it does not ask.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folders(Vec<PathBuf>);

impl Folders {
    /// The folders must be there already, so that links in them are known.
    pub fn open(folders: &[PathBuf]) -> Result<Self, Failure> {
        let folders = folders.iter().map(|folder| {
            folder
                .canonicalize()
                .map_err(|error| Failure::file(folder, error))
        });
        Ok(Self(folders.collect::<Result<_, _>>()?))
    }

    /// Everything that an order touches lies in one of the folders, links followed.
    pub fn permit(&self, order: &Order) -> Result<(), Failure> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.within(&order.population)?;
        order.out.as_deref().map_or(Ok(()), |it| self.within(it))
    }

    fn within(&self, path: &Path) -> Result<(), Failure> {
        let real = path.canonicalize().map_err(|error| {
            Failure::Sweep(format!(
                "{}: not on this machine ({error}); population and results must lie where all machines reach them, at \
                 one path",
                path.display()
            ))
        })?;
        if self.0.iter().any(|folder| real.starts_with(folder)) {
            return Ok(());
        }
        Err(Failure::Sweep(format!(
            "{}: outside of the folders that this executor was started for; put it into one of them, or start the \
             executor with --data FOLDER",
            path.display()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(population: PathBuf, out: Option<PathBuf>) -> Order {
        Order {
            population,
            identity: Identity {
                length: 0,
                footer: String::new(),
            },
            rules: String::new(),
            on: Date::new(2026, 1, 1).unwrap(),
            out,
        }
    }

    #[test]
    fn an_executor_touches_its_own_folders_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (mine, other) = (folder.path().join("mine"), folder.path().join("mine-not"));
        std::fs::create_dir(&mine).unwrap();
        std::fs::create_dir(&other).unwrap();
        for file in [mine.join("people"), other.join("people")] {
            std::fs::write(file, "").unwrap();
        }
        std::os::unix::fs::symlink(&other, mine.join("link")).unwrap();
        let folders = Folders::open(std::slice::from_ref(&mine)).unwrap();

        folders
            .permit(&order(mine.join("people"), Some(mine.clone())))
            .unwrap();
        for refused in [
            order(other.join("people"), None),
            order(mine.join("people"), Some(other.clone())),
            order(mine.join("../mine-not/people"), None),
            order(mine.join("link/people"), None),
        ] {
            let error = folders.permit(&refused).unwrap_err().to_string();
            assert!(error.contains("--data"), "{error}");
        }
        Folders::default()
            .permit(&order(other.join("people"), None))
            .unwrap();
    }
}
