//! A disk in memory that loses what was not made durable, and fails when told to.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Mutex;

use federation::store::Files;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The machine stops in the midst of the operation.
    Crash,
    /// No room from this operation on; half of what is to be written still fits.
    Full,
}

/// What of the bytes and names that were not durable is there after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survival {
    Nothing,
    Everything,
    /// Names, and half of the bytes that were appended.
    Half,
}

#[derive(Clone, Debug, Default)]
struct File {
    now: Vec<u8>,
    durable: Vec<u8>,
}

#[derive(Clone, Debug, Default)]
struct Inner {
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    durable_folders: BTreeSet<String>,
    /// Operations that change anything, so far.
    changes: u64,
    fault: Option<(u64, Fault)>,
}

#[derive(Debug, Default)]
pub struct Disk(Mutex<Inner>);

fn folder(path: &str) -> &str {
    path.rfind('/').map_or(".", |it| &path[..it])
}

fn crashed() -> io::Error {
    io::Error::other("the machine has stopped")
}

impl Disk {
    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    pub fn changes(&self) -> u64 {
        self.inner().changes
    }

    /// Fails at the change after so many.
    pub fn fail_at(&self, change: u64, fault: Fault) {
        self.inner().fault = Some((change, fault));
    }

    /// The disk as the next process finds it, after the machine stopped or the process ended.
    pub fn restart(&self, survival: Survival) -> Self {
        let mut inner = self.inner().clone();
        if survival == Survival::Nothing {
            let folders = inner.durable_folders.clone();
            inner.names = inner.durable_names.clone();
            inner.names.retain(|path, _| {
                let mut at = folder(path);
                while at != "." && folders.contains(at) {
                    at = folder(at);
                }
                at == "."
            });
        }
        for file in &mut inner.files {
            match survival {
                Survival::Nothing => file.now = file.durable.clone(),
                Survival::Everything => {}
                Survival::Half => {
                    if file.now.starts_with(&file.durable) {
                        let half = (file.durable.len() + file.now.len()) / 2;
                        file.now.truncate(half);
                    }
                }
            }
            file.durable = file.now.clone();
        }
        inner.durable_names = inner.names.clone();
        inner.durable_folders = inner.names.keys().flat_map(|it| above(it)).collect();
        (inner.changes, inner.fault) = (0, None);
        Self(Mutex::new(inner))
    }

    /// Behind the store's back.
    pub fn alter(&self, path: &str, alter: impl FnOnce(&mut Vec<u8>)) {
        let mut inner = self.inner();
        let file = inner.names[path];
        alter(&mut inner.files[file].now);
    }
}

fn above(path: &str) -> Vec<String> {
    let up = std::iter::successors(Some(folder(path)), |it| (*it != ".").then(|| folder(it)));
    up.map(str::to_owned).collect()
}

impl Inner {
    /// Counts a change; whether only half of it is done, and what to say then.
    fn change(&mut self) -> Result<(), (bool, io::Error)> {
        let is_dead = matches!(self.fault, Some((at, Fault::Crash)) if self.changes >= at);
        if is_dead {
            return Err((false, crashed()));
        }
        self.changes += 1;
        match self.fault {
            Some((at, Fault::Crash)) if self.changes >= at => Err((true, crashed())),
            Some((at, Fault::Full)) if self.changes >= at => {
                let full = io::ErrorKind::StorageFull;
                Err((true, io::Error::new(full, "no space left on device")))
            }
            _ => Ok(()),
        }
    }

    fn is_dead(&self) -> io::Result<()> {
        match self.fault {
            Some((at, Fault::Crash)) if self.changes >= at => Err(crashed()),
            _ => Ok(()),
        }
    }

    fn get(&self, path: &str) -> io::Result<usize> {
        let found = self.names.get(path).copied();
        found.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }

    fn is_full(&self) -> bool {
        matches!(self.fault, Some((at, Fault::Full)) if self.changes >= at)
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let inner = self.inner();
        inner.is_dead()?;
        let file = inner.names.get(path);
        Ok(file.map(|it| inner.files[*it].now.clone()))
    }

    fn read_at(&self, path: &str, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let inner = self.inner();
        inner.is_dead()?;
        let bytes = &inner.files[inner.get(path)?].now;
        let begin = bytes.len().min(offset as usize);
        let end = bytes.len().min(begin + length);
        Ok(bytes[begin..end].to_vec())
    }

    fn length(&self, path: &str) -> io::Result<Option<u64>> {
        Ok(self.read(path)?.map(|it| it.len() as u64))
    }

    fn list(&self, at: &str) -> io::Result<Vec<String>> {
        let inner = self.inner();
        inner.is_dead()?;
        let inside = inner.names.keys().filter(|it| folder(it) == at);
        let name = |it: &String| it.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(inside.map(name).collect())
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.inner();
        let done = inner.change();
        let part = match &done {
            Ok(()) => bytes,
            Err((true, _)) => &bytes[..bytes.len() / 2],
            Err((false, _)) => return done.map_err(|it| it.1),
        };
        let file = match inner.names.get(path) {
            Some(file) => *file,
            None => {
                inner.files.push(File::default());
                let file = inner.files.len() - 1;
                inner.names.insert(path.to_owned(), file);
                file
            }
        };
        inner.files[file].now = part.to_vec();
        done.map_err(|it| it.1)
    }

    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.inner();
        let done = inner.change();
        let part = match &done {
            Ok(()) => bytes,
            Err((true, _)) => &bytes[..bytes.len() / 2],
            Err((false, _)) => return done.map_err(|it| it.1),
        };
        let file = inner.get(path)?;
        inner.files[file].now.extend(part);
        done.map_err(|it| it.1)
    }

    fn truncate(&self, path: &str, length: u64) -> io::Result<()> {
        let mut inner = self.inner();
        inner.change().map_err(|it| it.1)?;
        let file = inner.get(path)?;
        inner.files[file].now.truncate(length as usize);
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut inner = self.inner();
        // Moves a name: no room is needed.
        match inner.change() {
            Err((_, error)) if !inner.is_full() => return Err(error),
            _ => {}
        }
        let file = inner.get(from)?;
        inner.names.remove(from);
        inner.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove_folder(&self, at: &str) -> io::Result<()> {
        let mut inner = self.inner();
        match inner.change() {
            Err((_, error)) if !inner.is_full() => return Err(error),
            _ => {}
        }
        let below = format!("{at}/");
        inner.names.retain(|path, _| !path.starts_with(&below));
        Ok(())
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        let mut inner = self.inner();
        inner.change().map_err(|it| it.1)?;
        if let Some(file) = inner.names.get(path).copied() {
            let file = &mut inner.files[file];
            file.durable = file.now.clone();
            return Ok(());
        }
        let in_folder = |it: &str| folder(it) == path;
        inner.durable_names.retain(|it, _| !in_folder(it));
        let now: Vec<_> = inner.names.clone().into_iter().collect();
        let folders: BTreeSet<_> = now.iter().flat_map(|it| above(&it.0)).collect();
        let names = now.into_iter().filter(|it| in_folder(&it.0));
        inner.durable_names.extend(names);
        let folders = folders.into_iter().filter(|it| it != "." && in_folder(it));
        inner.durable_folders.extend(folders);
        Ok(())
    }
}
