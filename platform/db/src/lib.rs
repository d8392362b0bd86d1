//! One SQL text on SQLite or PostgreSQL.
//!
//! Work is a closure over a [`Tx`]; it runs on a database thread, cannot await, and so cannot hold
//! a transaction across the network or an engine. Differences between the two stores (locks,
//! commit order, bulk load) live here and nowhere else.

mod backup;
mod error;
mod job;
mod migrate;
mod pg;
mod sqlite;
mod tls;
mod tx;
mod value;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{oneshot, watch};

pub use backup::BackupSummary;
pub use error::Error;
pub use migrate::Migration;
pub use tx::{Dialect, Tx, placeholders};
pub use value::{FromValue, Row, Value};

/// Where the data lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A SQLite file.
    File(PathBuf),
    /// A `postgres://` URL.
    Postgres(String),
}

/// What an acknowledged commit survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Power loss.
    Full,
    /// The end of the process, not of the machine; for data that can be made again.
    Relaxed,
}

/// A counter that moves when committed work called [`Tx::signal`].
#[derive(Clone, Debug)]
pub(crate) struct Changes(Arc<watch::Sender<u64>>);

impl Changes {
    fn bump(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// No database handle is left; only background threads hold this.
    fn is_unused(&self) -> bool {
        self.0.receiver_count() == 0
    }
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(pg::Postgres),
}

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Arc<Engine>,
    changes: watch::Receiver<u64>,
}

impl Db {
    /// Opens or creates the database for reading and writing.
    pub fn open(place: &Place, durability: Durability) -> Result<Self, Error> {
        Self::open_as(place, durability, false)
    }

    /// Opens an existing database for reading beside a running server.
    pub fn open_read_only(place: &Place) -> Result<Self, Error> {
        Self::open_as(place, Durability::Full, true)
    }

    fn open_as(place: &Place, durability: Durability, read_only: bool) -> Result<Self, Error> {
        let (sender, receiver) = watch::channel(0);
        let changes = Changes(Arc::new(sender));
        let engine = match place {
            Place::File(path) => {
                Engine::Sqlite(sqlite::open(path, durability, changes, read_only)?)
            }
            Place::Postgres(url) => Engine::Postgres(pg::open(url, durability, changes)?),
        };
        Ok(Self {
            engine: Arc::new(engine),
            changes: receiver,
        })
    }

    /// Which database this is, for messages to operators.
    pub fn dialect(&self) -> Dialect {
        match *self.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Moves when facts were committed here or, on PostgreSQL, by any process.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    /// Runs `work` in one transaction and commits it when it returns `Ok`.
    ///
    /// On PostgreSQL `work` is run again when a concurrent writer was in the way, so it must have
    /// no effect outside its transaction.
    pub async fn write<T, E>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let answer = self.submit(work, true);
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Runs `work` on one snapshot; what it writes is refused or undone.
    pub async fn read<T, E>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let answer = self.submit(work, false);
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// [`Db::write`] for threads outside the async runtime.
    pub fn write_blocking<T, E>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let answer = self.submit(work, true);
        answer
            .blocking_recv()
            .unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// [`Db::read`] for threads outside the async runtime.
    pub fn read_blocking<T, E>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let answer = self.submit(work, false);
        answer
            .blocking_recv()
            .unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    fn submit<T, E>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        writes: bool,
    ) -> oneshot::Receiver<Result<T, E>>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (work, answer) = job::Work::new(work);
        let job: Box<dyn job::Job> = Box::new(work);
        // A closed queue drops the job, and with it the reply: the waiter hears `Closed`.
        match &*self.engine {
            Engine::Sqlite(it) if writes => drop(it.writer.send(job)),
            Engine::Sqlite(it) => drop(it.readers.send(job)),
            Engine::Postgres(it) => drop(it.orders.send((job, writes))),
        }
        answer
    }
}
