//! One transaction, on either store.

use crate::{Error, Row, Value};

/// An open transaction. An action is given one, reads and writes through it, and never commits:
/// whoever opened it does.
pub struct Tx<'c> {
    pub(crate) session: &'c mut dyn Session,
    /// Set when a statement failed in a way that only a fresh transaction can mend.
    pub(crate) must_retry: bool,
    pub(crate) signalled: bool,
}

/// What a store's connection can do inside a transaction.
pub(crate) trait Session {
    fn run(&mut self, sql: &str, values: &[Value]) -> Result<Answer, Failure>;
    fn batch(&mut self, sql: &str) -> Result<(), Failure>;
    fn dialect(&self) -> Dialect;
}

pub(crate) struct Answer {
    pub rows: Vec<Row>,
    pub affected: u64,
}

pub(crate) struct Failure {
    pub reason: String,
    pub must_retry: bool,
}

/// Which database speaks; only this crate branches on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Tx<'_> {
    fn run(&mut self, sql: &str, values: &[Value]) -> Result<Answer, Error> {
        self.session.run(sql, values).map_err(|failure| {
            self.must_retry |= failure.must_retry;
            Error::Statement {
                sql: one_line(sql),
                reason: failure.reason,
            }
        })
    }

    /// Runs a statement; returns how many rows it touched.
    pub fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, Error> {
        Ok(self.run(sql, values)?.affected)
    }

    /// All rows of a query (or of `RETURNING`).
    pub fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Error> {
        Ok(self.run(sql, values)?.rows)
    }

    /// All rows of a query, each made into a `T`.
    pub fn query_map<T>(
        &mut self,
        sql: &str,
        values: &[Value],
        make: impl FnMut(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.query(sql, values)?.iter().map(make).collect()
    }

    /// The only row, or none.
    pub fn query_opt(&mut self, sql: &str, values: &[Value]) -> Result<Option<Row>, Error> {
        let mut rows = self.query(sql, values)?;
        if rows.len() > 1 {
            return Err(Error::NotOne {
                sql: one_line(sql),
                found: rows.len(),
            });
        }
        Ok(rows.pop())
    }

    /// The only row.
    pub fn query_one(&mut self, sql: &str, values: &[Value]) -> Result<Row, Error> {
        self.query_opt(sql, values)?.ok_or_else(|| Error::NotOne {
            sql: one_line(sql),
            found: 0,
        })
    }

    /// Several statements without parameters (migrations).
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.session.batch(sql).map_err(|failure| {
            self.must_retry |= failure.must_retry;
            Error::Statement {
                sql: one_line(sql),
                reason: failure.reason,
            }
        })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.session.dialect()
    }

    /// Wakes those who wait on [`crate::Db::changes`], in every process, once this transaction is
    /// committed. Carries no data: whoever wakes reads again.
    pub fn signal(&mut self) -> Result<(), Error> {
        if !self.signalled {
            self.signalled = true;
            if self.dialect() == Dialect::Postgres {
                self.query("SELECT pg_notify('wise', '')", &[])?;
            }
        }
        Ok(())
    }

    /// A number that orders this transaction's commit among all others together with a serial
    /// column: PostgreSQL's transaction id; 0 on SQLite, whose single writer makes serial order
    /// commit order already.
    pub fn commit_epoch(&mut self) -> Result<i64, Error> {
        match self.dialect() {
            Dialect::Sqlite => Ok(0),
            Dialect::Postgres => self
                .query_one("SELECT pg_current_xact_id()::text::bigint", &[])?
                .get(0),
        }
    }

    /// Rows whose [`Tx::commit_epoch`] is below this number are final: no transaction that is still
    /// in flight can add one there.
    pub fn settled_before(&mut self) -> Result<i64, Error> {
        match self.dialect() {
            Dialect::Sqlite => Ok(i64::MAX),
            Dialect::Postgres => self
                .query_one(
                    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
                    &[],
                )?
                .get(0),
        }
    }
}

/// `$1, $2, …` for lists whose length is known only at run time.
pub fn placeholders(from: usize, count: usize) -> String {
    (from..from + count)
        .map(|number| format!("${number}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn one_line(sql: &str) -> String {
    let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(200) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}
