//! An answer as a table for people, CSV for other programs, or Parquet for further questions.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::parquet::arrow::ArrowWriter;
use futures::StreamExt;

use super::Query;
use crate::failure::Failure;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: the first rows, drawn as a table
    Table,
    /// For other programs: all rows
    Csv,
    /// For further questions: all rows, into a file
    Parquet,
}

/// Writes what a question is answered with.
pub(super) async fn write(
    query: &Query,
    schema: SchemaRef,
    rows: SendableRecordBatchStream,
    said: &dyn Fn(DataFusionError) -> Failure,
) -> Result<(), Failure> {
    let Some(path) = &query.out else {
        if query.format == Format::Parquet {
            return Err(Failure::Sql(
                "Parquet is written to a file: name a new one with --out FILE".into(),
            ));
        }
        let out = BufWriter::new(io::stdout());
        return match answer(query, schema, rows, said, out).await {
            // Whoever reads has seen enough.
            Err(Failure::File { error, .. }) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done,
        };
    };
    if path.exists() {
        return Err(Failure::Exists { path: path.clone() });
    }
    let unfinished = path.with_extension("unfinished");
    let file = File::create(&unfinished).map_err(|error| Failure::file(&unfinished, error))?;
    let written = answer(query, schema, rows, said, BufWriter::new(file)).await;
    match written {
        Ok(()) => fs::rename(&unfinished, path).map_err(|error| Failure::file(path, error)),
        Err(failure) => {
            let _ = fs::remove_file(&unfinished);
            Err(failure)
        }
    }
}

async fn answer(
    query: &Query,
    schema: SchemaRef,
    mut rows: SendableRecordBatchStream,
    said: &dyn Fn(DataFusionError) -> Failure,
    mut out: impl Write + Send,
) -> Result<(), Failure> {
    let place = query.out.as_deref().unwrap_or(Path::new("standard output"));
    let failed = |error: io::Error| Failure::File {
        path: place.to_path_buf(),
        error,
    };
    match query.format {
        Format::Table => {
            let table = table(query.rows, &schema, rows, said).await?;
            writeln!(out, "{table}").map_err(failed)?;
        }
        Format::Csv => {
            let nested = schema.fields().iter().find(|it| it.data_type().is_nested());
            if let Some(field) = nested {
                return Err(Failure::Sql(format!(
                    "the column `{}` holds lists or parts, which CSV cannot: ask for unnest({0}) or a part of it, or \
                     write --format parquet",
                    field.name()
                )));
            }
            let mut writer = csv::WriterBuilder::new().with_header(true).build(&mut out);
            // The names of the columns, also of an answer without rows.
            let write = |writer: &mut csv::Writer<_>, batch: &RecordBatch| {
                writer.write(batch).map_err(|error| failed(io_error(error)))
            };
            write(&mut writer, &RecordBatch::new_empty(schema))?;
            while let Some(batch) = rows.next().await {
                write(&mut writer, &batch.map_err(said)?)?;
            }
        }
        Format::Parquet => {
            let wrong = |error: datafusion::parquet::errors::ParquetError| {
                Failure::Sql(format!("{}: {error}", place.display()))
            };
            let mut writer = ArrowWriter::try_new(&mut out, schema, None).map_err(wrong)?;
            while let Some(batch) = rows.next().await {
                writer.write(&batch.map_err(said)?).map_err(wrong)?;
            }
            writer.close().map_err(wrong)?;
        }
    }
    out.flush().map_err(failed)
}

/// A pipe that was closed is one, whatever wraps it.
fn io_error(error: datafusion::arrow::error::ArrowError) -> io::Error {
    match error {
        datafusion::arrow::error::ArrowError::IoError(_, error) => error,
        datafusion::arrow::error::ArrowError::CsvError(text) if text.contains("Broken pipe") => {
            io::ErrorKind::BrokenPipe.into()
        }
        other => io::Error::other(other),
    }
}

/// The first rows, and whether there are more.
async fn table(
    most: usize,
    schema: &SchemaRef,
    mut rows: SendableRecordBatchStream,
    said: &dyn Fn(DataFusionError) -> Failure,
) -> Result<String, Failure> {
    let mut shown = vec![RecordBatch::new_empty(schema.clone())];
    let mut left = most;
    let mut has_more = false;
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(said)?;
        has_more = batch.num_rows() > left;
        shown.push(batch.slice(0, left.min(batch.num_rows())));
        left -= left.min(batch.num_rows());
        if has_more {
            break;
        }
    }
    let drawn = pretty_format_batches(&shown)
        .map_err(|error| Failure::Sql(error.to_string()))?
        .to_string();
    if has_more {
        return Ok(format!(
            "{drawn}\nThe first {most} rows; --rows N shows more, --format csv writes all."
        ));
    }
    Ok(drawn)
}
