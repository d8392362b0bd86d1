//! PostgreSQL, or what speaks its wire: a few threads with a connection each.
//!
//! Writers run SERIALIZABLE and are run again on conflict, so that a story has the same outcome as
//! on SQLite's single writer. Readers run on one snapshot.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Statement};

use crate::job::{Job, Verdict, spawn};
use crate::tls::Target;
use crate::tx::{Answer, Dialect, Failure, Session};
use crate::{Changes, Durability, Error, Row, Value};

const CONNECTIONS: usize = 6;
const ATTEMPTS: u32 = 20;

/// A job and whether it writes.
pub(crate) type Order = (Box<dyn Job>, bool);

pub(crate) struct Postgres {
    pub orders: Sender<Order>,
}

pub(crate) fn open(url: &str, durability: Durability, changes: Changes) -> Result<Postgres, Error> {
    let target = Target::parse(url).map_err(|reason| Error::Connect {
        place: place(url),
        reason,
    })?;
    // One connection is made here, so that a wrong URL is told at once.
    let first = connect(&target, durability)?;
    let (orders, queue) = crossbeam_channel::unbounded::<Order>();
    let mut ready = Some(first);
    for number in 0..CONNECTIONS {
        let (target, queue, changes) = (target.clone(), queue.clone(), changes.clone());
        let client = ready.take();
        spawn(&format!("db-postgres-{number}"), move || {
            work_loop(client, &target, durability, &queue, &changes);
        })?;
    }
    spawn("db-listener", move || listen(&target, &changes))?;
    Ok(Postgres { orders })
}

/// The URL without its password.
fn place(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}://…{}", &url[..scheme], &url[at..]),
        _ => url.to_owned(),
    }
}

fn connect(target: &Target, durability: Durability) -> Result<Client, Error> {
    let fail = |error: postgres::Error| Error::Connect {
        place: format!(
            "{:?}/{}",
            target.config.get_hosts(),
            target.config.get_dbname().unwrap_or("")
        ),
        reason: explain(&error),
    };
    let mut client = target.connect().map_err(fail)?;
    let commit = match durability {
        Durability::Full => "on",
        Durability::Relaxed => "off",
    };
    client
        .batch_execute(&format!(
            "SET synchronous_commit = {commit}; SET client_min_messages = warning; \
             SET idle_in_transaction_session_timeout = '60s'"
        ))
        .map_err(fail)?;
    Ok(client)
}

/// The server's own words: the outer error only says “db error”.
pub(crate) fn explain(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => {
            let mut text = error.to_string();
            let mut source = std::error::Error::source(error);
            while let Some(inner) = source {
                text = format!("{text}: {inner}");
                source = inner.source();
            }
            text
        }
    }
}

fn work_loop(
    mut client: Option<Client>,
    target: &Target,
    durability: Durability,
    queue: &Receiver<Order>,
    changes: &Changes,
) {
    let mut statements = HashMap::new();
    while let Ok((job, writes)) = queue.recv() {
        if client.as_ref().is_none_or(Client::is_closed) {
            statements.clear();
            match connect(target, durability) {
                Ok(new) => client = Some(new),
                Err(error) => {
                    job.finish(Err(error));
                    continue;
                }
            }
        }
        if let Some(client) = &mut client {
            let mut session = PostgresSession {
                client,
                statements: &mut statements,
            };
            perform(&mut session, job, writes, changes);
        }
    }
}

fn perform(
    session: &mut PostgresSession<'_>,
    mut job: Box<dyn Job>,
    writes: bool,
    changes: &Changes,
) {
    let begin = if writes {
        "BEGIN ISOLATION LEVEL SERIALIZABLE"
    } else {
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    };
    for attempt in 0..ATTEMPTS {
        if let Err(error) = session.client.batch_execute(begin) {
            return job.finish(Err(failed(begin, &error)));
        }
        match job.run(session) {
            Verdict::Keep { signal } => match session.client.batch_execute("COMMIT") {
                Ok(()) => {
                    if signal {
                        changes.bump();
                    }
                    return job.finish(Ok(()));
                }
                Err(error) if !is_conflict(&error) => {
                    return job.finish(Err(failed("COMMIT", &error)));
                }
                Err(_) => {}
            },
            Verdict::Undo => {
                let ended = session.client.batch_execute("ROLLBACK");
                return job.finish(ended.map_err(|error| failed("ROLLBACK", &error)));
            }
            Verdict::Again => {
                if let Err(error) = session.client.batch_execute("ROLLBACK") {
                    return job.finish(Err(failed("ROLLBACK", &error)));
                }
            }
        }
        // Conflicting writers step aside for a little longer each time.
        thread::sleep(Duration::from_micros(200 << attempt.min(8)));
    }
    job.finish(Err(Error::Conflict));
}

fn failed(sql: &str, error: &postgres::Error) -> Error {
    Error::Statement {
        sql: sql.to_owned(),
        reason: explain(error),
    }
}

fn is_conflict(error: &postgres::Error) -> bool {
    matches!(
        error.code(),
        Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED)
    )
}

/// Hears the wake-ups of other processes; they carry no data.
fn listen(target: &Target, changes: &Changes) {
    loop {
        if let Ok(mut client) = target.connect()
            && client.batch_execute("LISTEN wise").is_ok()
        {
            changes.bump();
            let mut notifications = client.notifications();
            let mut heard = notifications.blocking_iter();
            while let Ok(Some(_)) = heard.next() {
                changes.bump();
            }
        }
        if changes.is_unused() {
            return;
        }
        thread::sleep(Duration::from_secs(1));
    }
}

struct PostgresSession<'c> {
    client: &'c mut Client,
    statements: &'c mut HashMap<String, Statement>,
}

impl PostgresSession<'_> {
    fn answer(&mut self, sql: &str, values: &[Value]) -> Result<Answer, postgres::Error> {
        let statement = match self.statements.get(sql) {
            Some(known) => known.clone(),
            None => {
                let new = self.client.prepare(sql)?;
                self.statements.insert(sql.to_owned(), new.clone());
                new
            }
        };
        let params: Vec<&(dyn ToSql + Sync)> = values
            .iter()
            .map(|value| value as &(dyn ToSql + Sync))
            .collect();
        if statement.columns().is_empty() {
            let affected = self.client.execute(&statement, &params)?;
            return Ok(Answer {
                rows: Vec::new(),
                affected,
            });
        }
        let rows = self.client.query(&statement, &params)?;
        let rows = rows
            .iter()
            .map(from_postgres)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Answer {
            affected: rows.len() as u64,
            rows,
        })
    }
}

impl Session for PostgresSession<'_> {
    fn run(&mut self, sql: &str, values: &[Value]) -> Result<Answer, Failure> {
        self.answer(sql, values).map_err(failure)
    }

    fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        self.client.batch_execute(sql).map_err(failure)
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used with map_err")]
fn failure(error: postgres::Error) -> Failure {
    Failure {
        reason: explain(&error),
        must_retry: is_conflict(&error),
    }
}

fn from_postgres(row: &postgres::Row) -> Result<Row, postgres::Error> {
    let mut values = Vec::with_capacity(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        values.push(match *column.type_() {
            Type::VOID => Value::Null,
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.into(),
            Type::INT4 => row.try_get::<_, Option<i32>>(index)?.into(),
            Type::FLOAT8 => row.try_get::<_, Option<f64>>(index)?.into(),
            Type::BOOL => row.try_get::<_, Option<bool>>(index)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index)?.into(),
            _ => row.try_get::<_, Option<String>>(index)?.into(),
        });
    }
    Ok(Row(values))
}

impl ToSql for Value {
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(it) if *wanted == Type::FLOAT8 => {
                #[expect(clippy::cast_precision_loss, reason = "the column is a double")]
                let it = *it as f64;
                it.to_sql(wanted, out)
            }
            Value::Integer(it) if *wanted == Type::INT4 => i32::try_from(*it)?.to_sql(wanted, out),
            Value::Integer(it) if *wanted == Type::INT8 => it.to_sql(wanted, out),
            Value::Real(it) if *wanted == Type::FLOAT8 => it.to_sql(wanted, out),
            Value::Text(it) if <&str as ToSql>::accepts(wanted) => it.to_sql(wanted, out),
            Value::Blob(it) if *wanted == Type::BYTEA => it.to_sql(wanted, out),
            _ => Err(format!("a value does not fit the column type {wanted}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
