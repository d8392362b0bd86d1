//! Snapshots of the register as populations (Parquet), for questions about everybody. They hold what rules may know
//! of people: the folder is for the server alone, and only the newest are kept.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// As many snapshots are kept, so that a run that is under way keeps its own.
const KEPT: usize = 2;
/// As many snapshots are held for runs that may be repeated.
const HELD: usize = 8;

/// The folder of the snapshots.
#[derive(Clone, Debug, Default)]
pub struct Populations {
    folder: Option<PathBuf>,
}

/// A population as it was at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub path: PathBuf,
    pub taken_at: Timestamp,
    /// The first half of the hex SHA-256 of the file.
    pub digest: String,
}

impl Populations {
    /// Snapshots lie in this folder, which need not be there yet.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder: Some(folder),
        }
    }

    /// The newest snapshot, if there is one.
    pub fn latest(&self) -> Option<Snapshot> {
        self.all().pop()
    }

    /// The snapshot of this digest, while it is kept or held.
    pub fn find(&self, digest: &str) -> Option<Snapshot> {
        let mut all = self.held();
        all.extend(self.all());
        all.into_iter().rev().find(|it| it.digest == digest)
    }

    /// Keeps a snapshot on which something stands beyond its day, until newer ones are held. It takes no further
    /// room while the snapshot is one of the newest.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn hold(&self, snapshot: &Snapshot) -> io::Result<()> {
        let (Some(folder), Some(name)) = (self.held_folder(), snapshot.path.file_name()) else {
            return Ok(());
        };
        let path = folder.join(name);
        if path.exists() {
            return Ok(());
        }
        private_folder(&folder)?;
        if fs::hard_link(&snapshot.path, &path).is_err() {
            fs::copy(&snapshot.path, &path)?;
        }
        let mut all = self.held();
        let newest = all.len().saturating_sub(HELD);
        for old in all.drain(..newest) {
            fs::remove_file(old.path)?;
        }
        Ok(())
    }

    fn held_folder(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join("held"))
    }

    fn held(&self) -> Vec<Snapshot> {
        snapshots(self.held_folder().as_deref())
    }

    fn all(&self) -> Vec<Snapshot> {
        snapshots(self.folder.as_deref())
    }

    /// Takes a snapshot: `write` fills a file, which then is the newest. Older ones are removed.
    ///
    /// # Errors
    /// What `write` says, or a folder that cannot be written; without a folder nothing is taken.
    pub fn take<E: From<io::Error>>(
        &self,
        now: Timestamp,
        write: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<Option<Snapshot>, E> {
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        private_folder(folder)?;
        let aside = folder.join("population.part");
        write(&aside)?;
        let digest = digest(&aside)?;
        let path = folder.join(format!("{}-{digest}.parquet", now.as_second()));
        fs::rename(&aside, &path)?;
        let mut all = self.all();
        let newest = all.len().saturating_sub(KEPT);
        for old in all.drain(..newest) {
            fs::remove_file(old.path)?;
        }
        Ok(snapshot(&path))
    }
}

/// What lies in a folder, the oldest first.
fn snapshots(folder: Option<&Path>) -> Vec<Snapshot> {
    let entries = folder.and_then(|folder| fs::read_dir(folder).ok());
    let paths = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut all: Vec<Snapshot> = paths.filter_map(|path| snapshot(&path)).collect();
    all.sort_by_key(|it| it.taken_at);
    all
}

/// `<seconds>-<digest>.parquet`
fn snapshot(path: &Path) -> Option<Snapshot> {
    let name = path.file_name()?.to_str()?.strip_suffix(".parquet")?;
    let (seconds, digest) = name.split_once('-')?;
    Some(Snapshot {
        taken_at: Timestamp::from_second(seconds.parse().ok()?).ok()?,
        digest: digest.to_owned(),
        path: path.to_owned(),
    })
}

fn digest(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut fs::File::open(path)?, &mut HashWriter(&mut hasher))?;
    let bytes = hasher.finalize();
    Ok(bytes
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A folder that nobody else on the machine can look into.
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_snapshot_is_told_and_old_ones_go() {
        let folder = tempfile::tempdir().unwrap();
        let populations = Populations::in_folder(folder.path().join("populations"));
        assert_eq!(populations.latest(), None);
        for second in 1..=4 {
            let now = Timestamp::from_second(second).unwrap();
            let write = |path: &Path| fs::write(path, second.to_string());
            let taken = populations.take(now, write).unwrap().unwrap();
            assert_eq!(populations.latest(), Some(taken.clone()));
            assert_eq!(fs::read_to_string(taken.path).unwrap(), second.to_string());
        }
        assert_eq!(populations.all().len(), KEPT);
        let held = populations.latest().unwrap();
        populations.hold(&held).unwrap();
        for second in 5..=7 {
            let now = Timestamp::from_second(second).unwrap();
            let write = |path: &Path| fs::write(path, second.to_string());
            populations.take(now, write).unwrap();
        }
        assert!(!held.path.exists());
        let found = populations.find(&held.digest).unwrap();
        assert_eq!(fs::read_to_string(found.path).unwrap(), "4");
        let failed = populations.take(Timestamp::from_second(9).unwrap(), |_| {
            Err(io::Error::other("full"))
        });
        assert!(failed.is_err());
        assert_eq!(populations.latest().unwrap().taken_at.as_second(), 7);
    }
}
