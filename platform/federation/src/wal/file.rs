//! The write-ahead log in a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::Storage;

/// A file that is written behind its end and made durable each time.
#[derive(Debug)]
pub struct FileStorage {
    file: File,
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
        if made && let Some(folder) = path.parent() {
            file.sync_all()?;
            File::open(folder)?.sync_all()?;
        }
        Ok(Self { file })
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
}
