//! Enters residents from a CSV or JSON file, as much of it as is right.
//!
//! The file is read as a stream; rows of one household (the column `household` is the file's own key)
//! are entered together, many households a transaction. What is wrong is written to a file beside it
//! with line, column and reason; importing the mended rows, or the whole file again, adds only what
//! is new.

mod enter;
mod records;
mod rows;

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use base::ids::PersonId;
use base::{Clock, Entropy, SystemClock};
use db::Db;
use rules::RuleBook;
use serde::Serialize;
use spine::Cx;

use self::enter::{Group, enter_all};
use self::records::{Format, Record, Records};
use self::rows::{Checker, Column, Field, NEEDED, Reason, Row, RowError};
use crate::blocks::exchange::Catalogue;
use crate::blocks::people::model::Error;

/// Households in one transaction.
const BATCH: usize = 200;
/// Rows of one household that are entered together; a longer one goes on in the next batch.
const LONGEST_GROUP: usize = 100;

/// What an import did, in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportSummary {
    pub read: u64,
    pub entered: u64,
    /// There already.
    pub skipped: u64,
    pub errors: u64,
}

/// Why an import could not begin or go on; what was entered before stays.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("cannot read or write: {0}")]
    Io(#[from] std::io::Error),
    #[error("the first line cannot be read: {0}")]
    Head(String),
    #[error("the file has no rows; the first line of a CSV file names its columns")]
    Empty,
    #[error(
        "unknown column(s): {0}; columns are household, name, born, sex, role, municipality, dong, \
         address, latitude, longitude, since, email and the facts of vocabulary.yaml"
    )]
    UnknownColumns(String),
    #[error("the column(s) {0} stand twice")]
    DoubleColumns(String),
    #[error("missing column(s): {0}")]
    MissingColumns(String),
    #[error("the register refused a batch: {0}")]
    Register(#[from] Error),
}

/// Keeps the e-mail address of a person who was entered.
pub type KeepEmail = fn(&mut Cx<'_, '_>, PersonId, &str) -> Result<(), Error>;

/// Enters a file of residents. Wrong rows go to `<file>.errors.csv`; `progress` hears how many rows
/// were read. Blocks: call it outside the async runtime.
pub fn import(
    db: &Db,
    book: &RuleBook,
    catalogue: &Catalogue,
    file: &Path,
    keep_email: KeepEmail,
    progress: impl FnMut(u64),
) -> Result<ImportSummary, ImportError> {
    let now = SystemClock.now();
    let mut name = file.as_os_str().to_owned();
    name.push(".errors.csv");
    let importer = Importer {
        db,
        checker: Checker {
            book,
            catalogue,
            today: base::seoul_date(now),
            now,
        },
        entropy: Entropy::system(),
        keep_email,
        errors: ErrorFile::new(PathBuf::from(name)),
        summary: ImportSummary::default(),
        waiting: Vec::new(),
    };
    importer.run(
        BufReader::with_capacity(1 << 16, File::open(file)?),
        progress,
    )
}

struct Importer<'a> {
    db: &'a Db,
    checker: Checker<'a>,
    entropy: Entropy,
    keep_email: KeepEmail,
    errors: ErrorFile,
    summary: ImportSummary,
    waiting: Vec<Group>,
}

impl Importer<'_> {
    fn run(
        mut self,
        input: impl BufRead,
        mut progress: impl FnMut(u64),
    ) -> Result<ImportSummary, ImportError> {
        let mut records = Records::open(input)?;
        let head = match records.format {
            Format::Csv => Some(self.head(&mut records)?),
            Format::Json => None,
        };
        while let Some(record) = records.next()? {
            self.summary.read += 1;
            match self.read(record, head.as_deref()) {
                Ok(row) => self.collect(row)?,
                Err(wrong) => self.note(&wrong)?,
            }
            if self.summary.read.is_multiple_of(1_000) {
                progress(self.summary.read);
            }
        }
        if self.summary.read == 0 {
            return Err(ImportError::Empty);
        }
        self.flush()?;
        self.errors.finish()?;
        progress(self.summary.read);
        Ok(self.summary)
    }

    /// The columns that the first line names.
    fn head(
        &self,
        records: &mut Records<impl BufRead>,
    ) -> Result<Vec<(Column, String)>, ImportError> {
        let first = records.next()?.ok_or(ImportError::Empty)?;
        let text = first.text.map_err(|it| ImportError::Head(it.words().en))?;
        let names = fields_of(&text)
            .ok_or_else(|| ImportError::Head("it is not comma-separated text".into()))?;
        let mut unknown = Vec::new();
        let mut columns = Vec::new();
        for name in names {
            let name = name.trim().to_owned();
            match Column::find(self.checker.book, &name) {
                Some(column) => columns.push((column, name)),
                None => unknown.push(shortened(&name)),
            }
        }
        if !unknown.is_empty() {
            return Err(ImportError::UnknownColumns(unknown.join(", ")));
        }
        let mut seen = HashSet::new();
        let names = columns.iter().map(|(_, name)| name.as_str());
        let double: Vec<_> = names.clone().filter(|it| !seen.insert(*it)).collect();
        if !double.is_empty() {
            return Err(ImportError::DoubleColumns(double.join(", ")));
        }
        let missing: Vec<_> = NEEDED.into_iter().filter(|it| !seen.contains(it)).collect();
        if !missing.is_empty() {
            return Err(ImportError::MissingColumns(missing.join(", ")));
        }
        Ok(columns)
    }

    fn read(
        &self,
        record: Record,
        head: Option<&[(Column, String)]>,
    ) -> Result<Row, Vec<RowError>> {
        let line = record.line;
        let whole = |reason| {
            vec![RowError {
                line,
                column: String::new(),
                reason,
            }]
        };
        let text = record.text.map_err(whole)?;
        let fields = match head {
            Some(head) => csv_fields(&text, head).map_err(whole)?,
            None => json_fields(self.checker.book, line, &text)?,
        };
        self.checker.row(line, &fields)
    }

    /// Puts a row to its household; enters what waits when enough has come together.
    fn collect(&mut self, row: Row) -> Result<(), ImportError> {
        if let Some(group) = self.waiting.last_mut()
            && group.key == row.key
            && group.rows.len() < LONGEST_GROUP
        {
            group.rows.push(row);
            return Ok(());
        }
        if self.waiting.len() >= BATCH {
            self.flush()?;
        }
        self.waiting.push(Group {
            key: row.key.clone(),
            rows: vec![row],
        });
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ImportError> {
        let groups = std::mem::take(&mut self.waiting);
        let (entropy, keep_email, now) = (self.entropy.clone(), self.keep_email, self.checker.now);
        let entered = self.db.write_blocking(move |tx| {
            let mut rng = entropy.rng();
            let mut cx = Cx {
                tx,
                now,
                rng: &mut rng,
                actor: None,
            };
            enter_all(&mut cx, &groups, keep_email)
        })?;
        self.summary.entered += entered.entered;
        self.summary.skipped += entered.skipped;
        for line in entered.without_address {
            self.note(&[RowError {
                line,
                column: "address".into(),
                reason: Reason::AddressMissing,
            }])?;
        }
        Ok(())
    }

    /// Writes down what is wrong with one row.
    fn note(&mut self, wrong: &[RowError]) -> Result<(), ImportError> {
        self.summary.errors += 1;
        wrong.iter().try_for_each(|it| self.errors.write(it))
    }
}

/// The fields of one CSV record.
fn fields_of(text: &str) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(str::to_owned).collect())
}

fn csv_fields(text: &str, head: &[(Column, String)]) -> Result<Vec<Field>, Reason> {
    let fields = fields_of(text).ok_or(Reason::Value)?;
    if fields.len() != head.len() {
        return Err(Reason::Fields(fields.len(), head.len()));
    }
    let columns = head.iter().cloned().zip(fields);
    Ok(columns
        .map(|((column, name), text)| (column, name, text))
        .collect())
}

fn json_fields(book: &RuleBook, line: u64, text: &str) -> Result<Vec<Field>, Vec<RowError>> {
    use serde_json::Value;
    let wrong = |column: &str, reason| RowError {
        line,
        column: shortened(column),
        reason,
    };
    let object: serde_json::Map<String, Value> =
        serde_json::from_str(text).map_err(|_| vec![wrong("", Reason::NotJson)])?;
    let mut fields = Vec::with_capacity(object.len());
    let mut errors = Vec::new();
    for (name, value) in object {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Null => String::new(),
            Value::Array(_) | Value::Object(_) => {
                errors.push(wrong(&name, Reason::NotText));
                continue;
            }
        };
        match Column::find(book, &name) {
            Some(column) => fields.push((column, name, text)),
            None => errors.push(wrong(&name, Reason::UnknownColumn)),
        }
    }
    if errors.is_empty() {
        Ok(fields)
    } else {
        Err(errors)
    }
}

/// A column's name as far as a line of a report can hold it.
fn shortened(name: &str) -> String {
    name.chars().take(60).collect()
}

/// `<file>.errors.csv`: made with the first error; one that an earlier import left is removed when
/// there is none.
struct ErrorFile {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
}

impl ErrorFile {
    fn new(path: PathBuf) -> Self {
        Self { path, writer: None }
    }

    fn write(&mut self, error: &RowError) -> Result<(), ImportError> {
        let failed = |error: csv::Error| ImportError::Io(error.into());
        let writer = match &mut self.writer {
            Some(writer) => writer,
            slot => {
                let mut file = File::create(&self.path)?;
                // Spreadsheets read the Korean only with a byte order mark.
                file.write_all("\u{feff}".as_bytes())?;
                let mut writer = csv::Writer::from_writer(file);
                let head = ["line", "column", "reason_ko", "reason_en"];
                writer.write_record(head).map_err(failed)?;
                slot.insert(writer)
            }
        };
        let (line, words) = (error.line.to_string(), error.reason.words());
        let record = [&line, &error.column, &words.ko, &words.en];
        writer.write_record(record).map_err(failed)
    }

    fn finish(&mut self) -> Result<(), ImportError> {
        match &mut self.writer {
            Some(writer) => Ok(writer.flush()?),
            None if self.path.exists() => Ok(std::fs::remove_file(&self.path)?),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
