//! The totals of a whole sweep: `totals.csv` for people, `totals.parquet` for SQL. Entitlements lie beside them, a file
//! for each row group, as the crate `population` writes them.

use std::fs::{self, File};
use std::path::Path;

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::WriterProperties;

use super::evaluate::lines_of;
use super::order::Order;
use crate::failure::Failure;

const TOTALS: &str = "totals.parquet";
/// What an earlier sweep left, and a later one with totals alone would not know its own by.
const MANIFEST: &str = "manifest.json";

/// Makes the folder, unless it holds totals of which nothing tells whether they are of the same sweep.
pub(crate) fn prepare(folder: &Path, totals_only: bool) -> Result<(), Failure> {
    let manifest = folder.join(MANIFEST);
    let totals = folder.join(TOTALS);
    if totals.exists() && (totals_only || !manifest.exists()) {
        return Err(Failure::Exists { path: totals });
    }
    if totals_only && manifest.exists() {
        return Err(Failure::Exists { path: manifest });
    }
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))
}

/// Writes the totals.
pub(crate) fn write(folder: &Path, order: &Order, totals: &RecordBatch) -> Result<(), Failure> {
    let path = folder.join(TOTALS);
    let unfinished = path.with_extension("unfinished");
    let failed = |error| Failure::file(&unfinished, error);
    let told = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(Some(vec![
            told("wise.rules", &order.rules),
            told("wise.on", &order.on.to_string()),
            told("wise.population", &order.identity.footer),
        ]))
        .build();
    let file = File::create(&unfinished).map_err(failed)?;
    let written =
        ArrowWriter::try_new(file, totals.schema(), Some(properties)).and_then(|mut writer| {
            writer.write(totals)?;
            writer.into_inner()
        });
    let file = written.map_err(|error| failed(std::io::Error::other(error)))?;
    file.sync_all().map_err(failed)?;
    let lines = lines_of(totals)
        .ok_or_else(|| Failure::Sweep("the totals came back in other columns".into()))?;
    population::write_totals(folder, &lines)?;
    fs::rename(&unfinished, &path).map_err(|error| Failure::file(path, error))
}
