//! What the store asks of a file system.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Files below one folder, named by paths with `/`. What is written is lost with the machine's power until [`sync`](Self::sync);
/// a new or renamed file until its folder is.
pub trait Files: Send + Sync {
    /// The whole of a file; nothing where there is none.
    ///
    /// # Errors
    /// As each of these: what the file system says.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;

    /// At most `length` bytes, fewer at the file's end.
    fn read_at(&self, path: &str, offset: u64, length: usize) -> io::Result<Vec<u8>>;

    /// In bytes; nothing where there is no file.
    fn length(&self, path: &str) -> io::Result<Option<u64>>;

    /// The names in a folder, sorted; none where there is no folder.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;

    /// The whole of a file, new or not; its folders are made.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    fn truncate(&self, path: &str, length: u64) -> io::Result<()>;

    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// A folder and all in it, if it is there.
    fn remove_folder(&self, folder: &str) -> io::Result<()>;

    /// A file's bytes, or a folder's names; `.` for the folder of them all.
    fn sync(&self, path: &str) -> io::Result<()>;

    /// Syncs a file or folder, perhaps later.
    fn sync_soon(&self, path: &str) -> io::Result<()> {
        self.sync(path)
    }

    /// Tells when all that was to be synced soon before is, or that some of it could not be.
    fn synced(&self) -> Receiver<io::Result<()>> {
        let (reply, done) = channel();
        // The other end is here.
        let _ = reply.send(Ok(()));
        done
    }
}

/// A folder on a disk. What is to be synced soon is synced by a thread of its own.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    soon: Sender<Soon>,
}

#[derive(Debug)]
enum Soon {
    Sync(PathBuf),
    /// When all before it are synced.
    Tell(Sender<io::Result<()>>),
}

fn sync_in_turn(files: &Receiver<Soon>) {
    // What failed once is lost, whatever a later attempt says.
    let mut failure: Option<io::Error> = None;
    for file in files {
        match file {
            Soon::Sync(path) => {
                let done = File::open(path).and_then(|it| it.sync_all());
                failure = failure.or(done.err());
            }
            Soon::Tell(reply) => {
                let said = |it: &io::Error| Err(io::Error::new(it.kind(), it.to_string()));
                // Whoever asked may have ended.
                let _ = reply.send(failure.as_ref().map_or(Ok(()), said));
            }
        }
    }
}

impl Folder {
    /// # Errors
    /// It is not there and cannot be made, or no thread can be started.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        fs::create_dir_all(&path)?;
        let (soon, files) = channel();
        std::thread::Builder::new()
            .name("ledger-sync".to_owned())
            .spawn(move || sync_in_turn(&files))?;
        Ok(Self { path, soon })
    }

    fn at(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }
}

/// Nothing where there is no such file.
fn if_there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(it) => Ok(Some(it)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Files for Folder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        if_there(fs::read(self.at(path)))
    }

    fn read_at(&self, path: &str, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(self.at(path))?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn length(&self, path: &str) -> io::Result<Option<u64>> {
        Ok(if_there(fs::metadata(self.at(path)))?.map(|it| it.len()))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in if_there(fs::read_dir(self.at(folder)))?
            .into_iter()
            .flatten()
        {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.at(path);
        let written = if_there(fs::write(&path, bytes))?;
        match (written, path.parent()) {
            (None, Some(folder)) => {
                fs::create_dir_all(folder)?;
                fs::write(&path, bytes)
            }
            _ => Ok(()),
        }
    }

    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).open(self.at(path))?;
        file.write_all(bytes)
    }

    fn truncate(&self, path: &str, length: u64) -> io::Result<()> {
        let file = OpenOptions::new().write(true).open(self.at(path))?;
        file.set_len(length)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.at(from), self.at(to))
    }

    fn remove_folder(&self, folder: &str) -> io::Result<()> {
        if_there(fs::remove_dir_all(self.at(folder))).map(|_| ())
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        File::open(self.at(path))?.sync_all()
    }

    fn sync_soon(&self, path: &str) -> io::Result<()> {
        let file = Soon::Sync(self.at(path));
        self.soon.send(file).map_err(io::Error::other)
    }

    fn synced(&self) -> Receiver<io::Result<()>> {
        let (reply, done) = channel();
        // Where the thread has ended nobody answers, which says as much.
        let _ = self.soon.send(Soon::Tell(reply));
        done
    }
}

/// The folder of a path, and so on up to the folder of them all.
pub fn folders(path: &str) -> impl Iterator<Item = &str> {
    let parent = |path: &str| path.rfind('/').unwrap_or(0);
    std::iter::successors(Some(&path[..parent(path)]), move |it| {
        (!it.is_empty()).then(|| &it[..parent(it)])
    })
    .map(|it| if it.is_empty() { "." } else { it })
}

/// Replaces a small file at once: it is the old or the new one, never torn. Durable where `durable`.
///
/// # Errors
/// What the file system says.
pub fn replace(files: &dyn Files, path: &str, bytes: &[u8], durable: bool) -> io::Result<()> {
    let temporary = format!("{path}.new");
    files.write(&temporary, bytes)?;
    if durable {
        files.sync(&temporary)?;
    }
    files.rename(&temporary, path)?;
    if durable {
        folders(path).take(1).try_for_each(|it| files.sync(it))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_could_not_be_synced_soon_is_told_of_ever_after() {
        let folder = tempfile::tempdir().unwrap();
        let files = Folder::open(folder.path()).unwrap();
        files.write("tile/0/000", b"one").unwrap();
        files.sync_soon("tile/0/000").unwrap();
        files.synced().recv().unwrap().unwrap();
        files.sync_soon("tile/0/001").unwrap();
        files.sync_soon("tile/0/000").unwrap();
        for _ in 0..2 {
            let failed = files.synced().recv().unwrap().unwrap_err();
            assert_eq!(failed.kind(), io::ErrorKind::NotFound);
        }
    }

    #[test]
    fn folders_of_a_path_lead_upward() {
        let found: Vec<_> = folders("tile/0/x001/000").collect();
        assert_eq!(found, ["tile/0/x001", "tile/0", "tile", "."]);
        assert_eq!(folders("checkpoint").collect::<Vec<_>>(), ["."]);
    }
}
