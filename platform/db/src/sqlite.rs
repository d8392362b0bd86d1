//! SQLite: one writer thread with group commit, a few reader threads over WAL snapshots.

use std::fs::File;
use std::path::{Path, PathBuf};

use crossbeam_channel::{Receiver, Sender};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};

use crate::job::{Job, Verdict, spawn};
use crate::tx::{Answer, Dialect, Failure, Session};
use crate::{Changes, Durability, Error, Row, Value};

/// Work committed together shares one flush to disk; this bounds how long the first waits.
const GROUP: usize = 64;
const READERS: usize = 3;

pub(crate) struct Sqlite {
    pub writer: Sender<Box<dyn Job>>,
    pub readers: Sender<Box<dyn Job>>,
    /// Held for as long as the server lives: one writing process a data folder.
    _lock: Option<File>,
}

pub(crate) fn open(
    path: &Path,
    durability: Durability,
    changes: Changes,
    read_only: bool,
) -> Result<Sqlite, Error> {
    let fail = |reason: String| Error::Connect {
        place: path.display().to_string(),
        reason,
    };
    let lock = if read_only {
        if !path.exists() {
            return Err(fail("there is no such database".into()));
        }
        None
    } else {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| fail(e.to_string()))?;
        }
        Some(lock(path)?)
    };
    let (writer, jobs) = crossbeam_channel::unbounded();
    if !read_only {
        let connection = connect(path, durability, false).map_err(|e| fail(e.to_string()))?;
        spawn("db-writer", move || write_loop(connection, &jobs, &changes))?;
    }
    let (readers, reads) = crossbeam_channel::unbounded::<Box<dyn Job>>();
    for number in 0..READERS {
        let connection = connect(path, durability, true).map_err(|e| fail(e.to_string()))?;
        let reads = reads.clone();
        spawn(&format!("db-reader-{number}"), move || {
            read_loop(connection, &reads);
        })?;
    }
    Ok(Sqlite {
        writer,
        readers,
        _lock: lock,
    })
}

fn lock(path: &Path) -> Result<File, Error> {
    let place = PathBuf::from(format!("{}.lock", path.display()));
    let fail = |reason: String| Error::Connect {
        place: place.display().to_string(),
        reason,
    };
    let file = File::create(&place).map_err(|e| fail(e.to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::InUse {
            place: path.display().to_string(),
        }),
        Err(std::fs::TryLockError::Error(e)) => Err(fail(e.to_string())),
    }
}

fn connect(path: &Path, durability: Durability, reader: bool) -> rusqlite::Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if !reader {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    // A statement keeps its plan: without this, `LIMIT $1` alone has it compiled again for each new value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if reader {
        connection.execute_batch(
            "PRAGMA query_only = ON; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;",
        )?;
    } else {
        let synchronous = match durability {
            Durability::Full => "FULL",
            Durability::Relaxed => "OFF",
        };
        connection.execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; \
             PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;"
        ))?;
    }
    Ok(connection)
}

fn write_loop(mut connection: Connection, jobs: &Receiver<Box<dyn Job>>, changes: &Changes) {
    while let Ok(first) = jobs.recv() {
        let mut kept: Vec<Box<dyn Job>> = Vec::new();
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            first.finish(Err(failed("BEGIN IMMEDIATE", &error)));
            continue;
        }
        let mut signal = false;
        let mut next = Some(first);
        while let Some(job) = next {
            // The first needs no savepoint: the transaction is its own. A savepoint has SQLite keep every
            // page as it was, and walk these at the end of many a statement.
            let scope = if kept.is_empty() { &WHOLE } else { &SAVEPOINT };
            match run(&mut connection, job, scope) {
                Ok((job, wake)) => {
                    signal |= wake;
                    kept.push(job);
                }
                Err(Lost) if kept.is_empty() => break,
                Err(Lost) => {}
            }
            next = (kept.len() < GROUP).then(|| jobs.try_recv().ok()).flatten();
        }
        if kept.is_empty() {
            continue;
        }
        let committed = connection.execute_batch("COMMIT").map_err(|error| {
            // Best effort: the transaction is lost either way, and its waiters are told so.
            drop(connection.execute_batch("ROLLBACK"));
            failed("COMMIT", &error)
        });
        if signal && committed.is_ok() {
            changes.bump();
        }
        for job in kept {
            job.finish(committed.clone());
        }
    }
}

/// The job was told of its failure already.
struct Lost;

/// What opens, keeps and undoes a job's part of the transaction.
struct Scope {
    open: &'static str,
    keep: &'static str,
    undo: &'static str,
}

const WHOLE: Scope = Scope {
    open: "",
    keep: "",
    undo: "ROLLBACK",
};
const SAVEPOINT: Scope = Scope {
    open: "SAVEPOINT job",
    keep: "RELEASE job",
    undo: "ROLLBACK TO job; RELEASE job",
};

fn run(
    connection: &mut Connection,
    mut job: Box<dyn Job>,
    scope: &Scope,
) -> Result<(Box<dyn Job>, bool), Lost> {
    if let Err(error) = connection.execute_batch(scope.open) {
        job.finish(Err(failed(scope.open, &error)));
        return Err(Lost);
    }
    let verdict = job.run(&mut SqliteSession(connection));
    let (sql, outcome) = match verdict {
        Verdict::Keep { signal } => (scope.keep, Some(signal)),
        Verdict::Undo | Verdict::Again => (scope.undo, None),
    };
    if let Err(error) = connection.execute_batch(sql) {
        job.finish(Err(failed(sql, &error)));
        return Err(Lost);
    }
    match outcome {
        Some(signal) => Ok((job, signal)),
        None => {
            job.finish(Ok(()));
            Err(Lost)
        }
    }
}

fn read_loop(mut connection: Connection, jobs: &Receiver<Box<dyn Job>>) {
    while let Ok(mut job) = jobs.recv() {
        let begun = connection.execute_batch("BEGIN DEFERRED");
        if let Err(error) = begun {
            job.finish(Err(failed("BEGIN", &error)));
            continue;
        }
        job.run(&mut SqliteSession(&mut connection));
        let ended = connection.execute_batch("ROLLBACK");
        job.finish(ended.map_err(|error| failed("ROLLBACK", &error)));
    }
}

fn failed(sql: &str, error: &rusqlite::Error) -> Error {
    Error::Statement {
        sql: sql.to_owned(),
        reason: error.to_string(),
    }
}

struct SqliteSession<'c>(&'c mut Connection);

impl SqliteSession<'_> {
    fn answer(&mut self, sql: &str, values: &[Value]) -> rusqlite::Result<Answer> {
        let mut statement = self.0.prepare_cached(&numbered(sql))?;
        for index in 1..=statement.parameter_count() {
            let value = values.get(index - 1).ok_or_else(|| {
                rusqlite::Error::InvalidParameterName(format!("${index} has no value"))
            })?;
            statement.raw_bind_parameter(index, value)?;
        }
        let columns = statement.column_count();
        let mut rows = Vec::new();
        let mut cursor = statement.raw_query();
        while let Some(row) = cursor.next()? {
            let mut values = Vec::with_capacity(columns);
            for index in 0..columns {
                values.push(from_sqlite(row.get_ref(index)?));
            }
            rows.push(Row(values));
        }
        drop(cursor);
        drop(statement);
        Ok(Answer {
            rows,
            affected: self.0.changes(),
        })
    }
}

impl Session for SqliteSession<'_> {
    fn run(&mut self, sql: &str, values: &[Value]) -> Result<Answer, Failure> {
        self.answer(sql, values).map_err(|error| Failure {
            reason: error.to_string(),
            must_retry: false,
        })
    }

    fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        self.0.execute_batch(sql).map_err(|error| Failure {
            reason: error.to_string(),
            must_retry: false,
        })
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

/// `$3` is a *named* parameter to SQLite, numbered by first appearance and slow to look up; `?3` is the third.
fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find('$') {
        let is_parameter = rest[at + 1..].starts_with(|it: char| it.is_ascii_digit());
        text.push_str(&rest[..at]);
        text.push(if is_parameter { '?' } else { '$' });
        rest = &rest[at + 1..];
    }
    text.push_str(rest);
    text
}

fn from_sqlite(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(it) => Value::Integer(it),
        ValueRef::Real(it) => Value::Real(it),
        ValueRef::Text(it) => Value::Text(String::from_utf8_lossy(it).into_owned()),
        ValueRef::Blob(it) => Value::Blob(it.to_vec()),
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(it) => ValueRef::Integer(*it),
            Value::Real(it) => ValueRef::Real(*it),
            Value::Text(it) => ValueRef::Text(it.as_bytes()),
            Value::Blob(it) => ValueRef::Blob(it),
        }))
    }
}
