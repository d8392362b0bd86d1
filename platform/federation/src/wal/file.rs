//! The write-ahead log in a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Storage;

/// A file that is written behind its end and made durable each time; what is kept beside it stands in `PATH.findings`.
#[derive(Debug)]
pub struct FileStorage {
    file: File,
    beside: PathBuf,
}

impl FileStorage {
    /// Opens the file, or makes it, durably, where there is none.
    ///
    /// # Errors
    /// It can neither be opened nor made, or is locked by another process: two validators with one key would contradict each
    /// other.
    pub fn open(path: &Path) -> io::Result<Self> {
        let made = !path.exists();
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        file.try_lock().map_err(|_| {
            let said = format!("{} is in use by another process", path.display());
            io::Error::new(io::ErrorKind::ResourceBusy, said)
        })?;
        if made {
            file.sync_all()?;
            sync_folder(path)?;
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".findings");
        let beside = beside.into();
        Ok(Self { file, beside })
    }
}

fn sync_folder(of: &Path) -> io::Result<()> {
    match of.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

impl Storage for FileStorage {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::End(0))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn kept(&mut self) -> io::Result<Vec<u8>> {
        match std::fs::read(&self.beside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> io::Result<()> {
        let new = self.beside.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, &self.beside)?;
        sync_folder(&self.beside)
    }
}
