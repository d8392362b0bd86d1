//! What a sweep leaves behind: `totals.parquet`, a file of entitlements for each row group, `sweep.json`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::WriterProperties;
use jiff::civil::Date;
use serde::Serialize;

use super::order::Order;
use crate::failure::Failure;
use crate::parquet_file::{Footer, Identity};

pub(crate) const ENTITLEMENTS: &str = "entitlements";
const TOTALS: &str = "totals.parquet";
const SUMMARY: &str = "sweep.json";
const PART: &str = "part-";
/// Ends the name of a file that is being written.
const UNFINISHED: &str = ".unfinished";

/// What was swept, for whoever finds the folder: the same for the same sweep, wherever it ran.
#[derive(Debug, Serialize)]
struct Summary<'a> {
    population: &'a Path,
    identity: &'a Identity,
    rules: &'a str,
    on: Date,
    row_groups: usize,
    households: i64,
    totals: usize,
    has_entitlements: bool,
}

/// Makes the folder for a sweep's results. What an earlier sweep left that did not end is taken away.
pub(crate) fn prepare(folder: &Path, with_entitlements: bool) -> Result<(), Failure> {
    for name in [TOTALS, SUMMARY] {
        let path = folder.join(name);
        if path.exists() {
            return Err(Failure::Exists { path });
        }
    }
    let parts = folder.join(ENTITLEMENTS);
    let made = match with_entitlements {
        true => &parts,
        false => folder,
    };
    fs::create_dir_all(made).map_err(|error| Failure::file(made, error))?;
    remove(&parts, |name| {
        name.starts_with(PART) || name.ends_with(UNFINISHED)
    })
}

/// Removes files by their names; a folder that is not there holds none.
fn remove(folder: &Path, is_meant: impl Fn(&str) -> bool) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(&is_meant) {
            fs::remove_file(entry.path()).map_err(|error| Failure::file(entry.path(), error))?;
        }
    }
    Ok(())
}

/// The entitlements of a row group. A task that runs twice, here or there, leaves one whole file.
pub(crate) fn write_part(
    folder: &Path,
    row_group: usize,
    order: &Order,
    entitlements: &RecordBatch,
) -> Result<(), Failure> {
    write(&part(folder, row_group), order, entitlements)
}

fn part(folder: &Path, row_group: usize) -> PathBuf {
    folder.join(format!("{PART}{row_group:06}.parquet"))
}

/// The totals and the summary. Every row group has left its entitlements, or nothing is said to be done.
pub(crate) fn finish(
    folder: &Path,
    order: &Order,
    footer: &Footer,
    totals: &RecordBatch,
) -> Result<(), Failure> {
    if let Some(parts) = &order.entitlements {
        all_are_there(parts, footer.row_groups)?;
    }
    write(&folder.join(TOTALS), order, totals)?;
    let summary = Summary {
        population: &order.population,
        identity: &order.identity,
        rules: &order.rules,
        on: order.on,
        row_groups: footer.row_groups,
        households: footer.rows,
        totals: totals.num_rows(),
        has_entitlements: order.entitlements.is_some(),
    };
    let path = folder.join(SUMMARY);
    let mut text = serde_json::to_string_pretty(&summary)
        .map_err(|error| Failure::Sweep(error.to_string()))?;
    text.push('\n');
    fs::write(&path, text).map_err(|error| Failure::file(path, error))
}

fn all_are_there(parts: &Path, row_groups: usize) -> Result<(), Failure> {
    if let Some(number) = (0..row_groups).find(|number| !part(parts, *number).is_file()) {
        return Err(Failure::Sweep(format!(
            "{}: not there, though its row group was swept: the executors wrote to a folder of their own; name a folder \
             with --out that all machines share, or leave the entitlements out with --totals-only",
            part(parts, number).display()
        )));
    }
    // What executors that were killed had begun.
    remove(parts, |name| name.ends_with(UNFINISHED))
}

/// Under another name first: a reader never meets half a file, nor do two writers of one file meet.
fn write(path: &Path, order: &Order, batch: &RecordBatch) -> Result<(), Failure> {
    let unfinished = path.with_extension(format!("{}{UNFINISHED}", std::process::id()));
    let failed = |error| Failure::file(&unfinished, error);
    let told = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_key_value_metadata(Some(vec![
            told("wise.rules", order.rules.clone()),
            told("wise.on", order.on.to_string()),
            told("wise.population", order.identity.footer.clone()),
        ]))
        .build();
    let file = File::create(&unfinished).map_err(failed)?;
    let written =
        ArrowWriter::try_new(file, batch.schema(), Some(properties)).and_then(|mut writer| {
            writer.write(batch)?;
            writer.into_inner()
        });
    let file = written.map_err(|error| failed(std::io::Error::other(error)))?;
    file.sync_all().map_err(failed)?;
    fs::rename(&unfinished, path).map_err(|error| Failure::file(path, error))
}
