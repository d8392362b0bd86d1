//! Portable backups: one snapshot of every table as compressed JSON Lines, restorable into either
//! store.
//!
//! First line: a header with the migration history. Then, for each table, a line naming it and its
//! columns, and a line an array of values for each row. Last line: row count and SHA-256 of all lines
//! before, so that a cut file is noticed before anything is stored.

use std::io::{BufRead, BufReader, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::migrate::applied;
use crate::{Db, Dialect, Error, Tx, Value, placeholders};

const FORMAT: u32 = 1;
const PAGE: usize = 2_000;

/// What a backup or restore went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackupSummary {
    pub tables: usize,
    pub rows: u64,
}

#[derive(Serialize, Deserialize)]
struct Header {
    wise_backup: u32,
    migrations: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct TableLine {
    table: String,
    columns: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Trailer {
    rows: u64,
    sha256: String,
}

impl Db {
    /// Writes one consistent snapshot of all tables to `out`, while others go on writing.
    pub fn backup(&self, out: impl Write + Send + 'static) -> Result<BackupSummary, Error> {
        let mut out = Some(out);
        self.read_blocking(move |tx| {
            let out = out
                .take()
                .ok_or_else(|| Error::Backup("interrupted; start it again".into()))?;
            write_all(tx, out)
        })
    }

    /// Loads a backup into an empty, migrated database, all or nothing.
    ///
    /// # Errors
    /// When the database holds rows already, when the migration histories differ, or when the
    /// file is cut or damaged.
    pub fn restore(&self, from: impl Read + Send + 'static) -> Result<BackupSummary, Error> {
        let mut from = Some(from);
        self.write_blocking(move |tx| {
            let from = from
                .take()
                .ok_or_else(|| Error::Backup("interrupted; start it again".into()))?;
            read_all(tx, from)
        })
    }
}

fn tables(tx: &mut Tx<'_>) -> Result<Vec<TableLine>, Error> {
    let names = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
             AND name <> 'db_migration' ORDER BY name"
        }
        Dialect::Postgres => {
            "SELECT table_name::text FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' \
             AND table_name <> 'db_migration' ORDER BY 1"
        }
    };
    let names: Vec<String> = tx.query_map(names, &[], |row| row.get(0))?;
    names
        .into_iter()
        .map(|table| {
            let columns = match tx.dialect() {
                Dialect::Sqlite => "SELECT name FROM pragma_table_info($1) ORDER BY name",
                Dialect::Postgres => {
                    "SELECT column_name::text FROM information_schema.columns \
                     WHERE table_schema = current_schema() AND table_name = $1 ORDER BY 1"
                }
            };
            let columns = tx.query_map(columns, crate::values![&table], |row| row.get(0))?;
            Ok(TableLine { table, columns })
        })
        .collect()
}

/// Counts and hashes lines on their way into the file.
struct Lines<W: Write> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Lines<W> {
    fn put(&mut self, line: &impl Serialize) -> Result<(), Error> {
        let mut text = serde_json::to_vec(line).map_err(|e| Error::Backup(e.to_string()))?;
        text.push(b'\n');
        self.hash.update(&text);
        self.out.write_all(&text).map_err(io)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used with map_err")]
fn io(error: std::io::Error) -> Error {
    Error::Backup(error.to_string())
}

fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn write_all(tx: &mut Tx<'_>, out: impl Write) -> Result<BackupSummary, Error> {
    let mut lines = Lines {
        out: GzEncoder::new(out, Compression::fast()),
        hash: Sha256::new(),
    };
    lines.put(&Header {
        wise_backup: FORMAT,
        migrations: applied(tx)?,
    })?;
    let mut summary = BackupSummary::default();
    for table in tables(tx)? {
        lines.put(&table)?;
        summary.tables += 1;
        summary.rows += write_table(tx, &table, &mut lines)?;
    }
    let sha256 = hex(lines.hash.clone());
    lines.put(&Trailer {
        rows: summary.rows,
        sha256,
    })?;
    lines
        .out
        .finish()
        .and_then(|mut out| out.flush())
        .map_err(io)?;
    Ok(summary)
}

/// Pages by a cursor where the store has one, so that memory stays bounded.
fn write_table(
    tx: &mut Tx<'_>,
    table: &TableLine,
    lines: &mut Lines<impl Write>,
) -> Result<u64, Error> {
    let columns = table.columns.join(", ");
    let name = &table.table;
    let mut count = 0;
    let mut page = |rows: Vec<crate::Row>| -> Result<usize, Error> {
        for row in &rows {
            let cells: Vec<_> = row.values().iter().map(to_json).collect();
            lines.put(&cells)?;
        }
        count += rows.len() as u64;
        Ok(rows.len())
    };
    if tx.dialect() == Dialect::Postgres {
        tx.batch(&format!(
            "DECLARE wise_backup NO SCROLL CURSOR FOR SELECT {columns} FROM {name}"
        ))?;
        let fetch = format!("FETCH {PAGE} FROM wise_backup");
        // A fetch is prepared anew for every table: its columns differ.
        loop {
            let rows = tx.query(&format!("{fetch} /* {name} */"), &[])?;
            if page(rows)? == 0 {
                break;
            }
        }
        tx.batch("CLOSE wise_backup")?;
    } else {
        let mut last = i64::MIN;
        loop {
            let mut rows = tx.query(
                &format!(
                    "SELECT {columns}, rowid FROM {name} WHERE rowid > $1 ORDER BY rowid LIMIT {PAGE}"
                ),
                crate::values![last],
            )?;
            for row in &mut rows {
                if let Some(Value::Integer(rowid)) = row.0.pop() {
                    last = rowid;
                }
            }
            if page(rows)? == 0 {
                break;
            }
        }
    }
    Ok(count)
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => json!(null),
        Value::Integer(it) => json!(it),
        Value::Real(it) => json!({"real": it}),
        Value::Text(it) => json!(it),
        Value::Blob(it) => json!({"blob": STANDARD.encode(it)}),
    }
}

fn from_json(cell: serde_json::Value) -> Result<Value, Error> {
    use serde_json::Value as Json;
    let damaged = || Error::Backup("a value is damaged".into());
    Ok(match cell {
        Json::Null => Value::Null,
        Json::Number(it) => Value::Integer(it.as_i64().ok_or_else(damaged)?),
        Json::String(it) => Value::Text(it),
        Json::Object(it) => match (it.get("real"), it.get("blob")) {
            (Some(real), _) => Value::Real(real.as_f64().ok_or_else(damaged)?),
            (_, Some(Json::String(text))) => {
                Value::Blob(STANDARD.decode(text).map_err(|_| damaged())?)
            }
            _ => return Err(damaged()),
        },
        Json::Bool(_) | Json::Array(_) => return Err(damaged()),
    })
}

fn read_all(tx: &mut Tx<'_>, from: impl Read) -> Result<BackupSummary, Error> {
    let mut reader = BufReader::new(GzDecoder::new(from));
    let mut hash = Sha256::new();
    let header: Header = next_line(&mut reader, &mut hash)
        .and_then(|line| serde_json::from_str(&line).map_err(|e| Error::Backup(e.to_string())))
        .map_err(|e| Error::Backup(format!("this is not a backup made by wise ({e})")))?;
    if header.wise_backup != FORMAT || header.migrations != applied(tx)? {
        return Err(Error::Backup(
            "it was made by another version of wise; restore it with that version, then start \
             the newer one, which upgrades it"
                .into(),
        ));
    }
    let known = tables(tx)?;
    refuse_rows(tx, &known)?;
    let mut summary = BackupSummary::default();
    let mut current: Option<TableLine> = None;
    let mut pending: Vec<Value> = Vec::new();
    loop {
        let before = hex(hash.clone());
        let line = next_line(&mut reader, &mut hash)?;
        if line.starts_with('[') {
            let table = current
                .as_ref()
                .ok_or_else(|| Error::Backup("a row stands before any table".into()))?;
            let cells: Vec<serde_json::Value> =
                serde_json::from_str(&line).map_err(|e| Error::Backup(e.to_string()))?;
            if cells.len() != table.columns.len() {
                return Err(Error::Backup(format!(
                    "a row of {} is damaged",
                    table.table
                )));
            }
            for cell in cells {
                pending.push(from_json(cell)?);
            }
            summary.rows += 1;
            if pending.len() >= 2_000 {
                insert(tx, table, &mut pending)?;
            }
            continue;
        }
        if let Some(table) = &current {
            insert(tx, table, &mut pending)?;
        }
        if let Ok(trailer) = serde_json::from_str::<Trailer>(&line) {
            if trailer.rows != summary.rows || trailer.sha256 != before {
                return Err(Error::Backup(
                    "the file is damaged: its sums do not agree".into(),
                ));
            }
            // The archive's own check sum stands behind the last line.
            let rest = reader.read_to_end(&mut Vec::new());
            if !matches!(rest, Ok(0)) {
                return Err(Error::Backup(
                    "the file is cut or damaged at its end".into(),
                ));
            }
            break;
        }
        let table: TableLine =
            serde_json::from_str(&line).map_err(|e| Error::Backup(e.to_string()))?;
        let fits = known
            .iter()
            .any(|it| it.table == table.table && it.columns == table.columns);
        if !fits {
            return Err(Error::Backup(format!(
                "the table {} does not fit",
                table.table
            )));
        }
        summary.tables += 1;
        current = Some(table);
    }
    continue_serials(tx)?;
    Ok(summary)
}

fn next_line(reader: &mut impl BufRead, hash: &mut Sha256) -> Result<String, Error> {
    let mut line = String::new();
    let read = reader
        .read_line(&mut line)
        .map_err(|e| Error::Backup(format!("the file is cut or damaged ({e})")))?;
    if read == 0 {
        return Err(Error::Backup("the file ends too early".into()));
    }
    hash.update(line.as_bytes());
    line.truncate(line.trim_end().len());
    Ok(line)
}

fn refuse_rows(tx: &mut Tx<'_>, known: &[TableLine]) -> Result<(), Error> {
    for table in known {
        let found = tx.query(&format!("SELECT 1 FROM {} LIMIT 1", table.table), &[])?;
        if !found.is_empty() {
            return Err(Error::Backup(format!(
                "the database is not empty ({} holds rows); give --data a new folder or \
                 --database an empty database",
                table.table
            )));
        }
    }
    Ok(())
}

fn insert(tx: &mut Tx<'_>, table: &TableLine, pending: &mut Vec<Value>) -> Result<(), Error> {
    let width = table.columns.len();
    for rows in pending.chunks(width * (900 / width).max(1)) {
        let groups: Vec<String> = (0..rows.len() / width)
            .map(|row| format!("({})", placeholders(row * width + 1, width)))
            .collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES {}",
            table.table,
            table.columns.join(", "),
            groups.join(", ")
        );
        tx.execute(&sql, rows)?;
    }
    pending.clear();
    Ok(())
}

/// PostgreSQL's identity columns go on after the highest restored number.
fn continue_serials(tx: &mut Tx<'_>) -> Result<(), Error> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let columns: Vec<(String, String)> = tx.query_map(
        "SELECT table_name::text, column_name::text FROM information_schema.columns \
         WHERE table_schema = current_schema() AND is_identity = 'YES'",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (table, column) in columns {
        tx.query(
            &format!(
                "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), \
                 (SELECT COALESCE(MAX({column}), 0) + 1 FROM {table}), false)"
            ),
            &[],
        )?;
    }
    Ok(())
}
