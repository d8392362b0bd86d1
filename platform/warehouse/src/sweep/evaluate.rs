//! The seam to the columnar evaluation: one row group of a population in, entitlements and totals out.
//!
//! STAND-IN: an arithmetic of its own until the evaluation of the rules in columns is there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    AsArray, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use jiff::civil::Date;
use rules::RuleBook;

use crate::failure::Failure;

/// One row group of a population, to be swept.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    pub population: &'a Path,
    pub row_group: usize,
}

/// What a row group came to.
#[derive(Debug)]
pub struct Swept {
    /// One row for each benefit that somebody has or may have: [`entitlements_schema`].
    pub entitlements: RecordBatch,
    /// Counts and sums of this row group: [`totals_schema`].
    pub totals: RecordBatch,
}

/// `household`, `member` (null: the household's), `benefit`, `amount` (null: unknown).
pub fn entitlements_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("household", DataType::Int64, false),
        Field::new("member", DataType::Int32, true),
        Field::new("benefit", DataType::Utf8, false),
        Field::new("amount", DataType::Int64, true),
    ]))
}

/// `benefit`, `municipality`, `eligible`, `unknown`, `amount`: whole numbers, so that the order of adding is of no
/// account.
pub fn totals_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("benefit", DataType::Utf8, false),
        Field::new("municipality", DataType::Utf8, false),
        Field::new("eligible", DataType::Int64, false),
        Field::new("unknown", DataType::Int64, false),
        Field::new("amount", DataType::Decimal128(38, 0), false),
    ]))
}

/// The law as in force on a day, ready for many row groups.
#[derive(Debug)]
pub struct Sweeper {
    benefits: Vec<String>,
    on: Date,
}

impl Sweeper {
    /// Compiles the law for a day.
    pub fn new(book: Arc<RuleBook>, on: Date) -> Result<Self, Failure> {
        Ok(Self {
            benefits: book.benefits().map(|it| it.id.to_string()).collect(),
            on,
        })
    }

    /// Sweeps one row group. The same task gives the same result on every machine.
    pub fn evaluate(&self, task: Task<'_>) -> Result<Swept, Failure> {
        let failed = |error: String| Failure::NotParquet {
            path: task.population.to_path_buf(),
            reason: format!("row group {}: {error}", task.row_group),
        };
        let file = std::fs::File::open(task.population)
            .map_err(|error| Failure::file(task.population, error))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|it| it.with_row_groups(vec![task.row_group]).build())
            .map_err(|error| failed(error.to_string()))?;
        let mut rows = Rows::default();
        let mut totals: BTreeMap<(String, String), (i64, i64, i128)> = BTreeMap::new();
        for batch in reader {
            let batch = batch.map_err(|error| failed(error.to_string()))?;
            let (Some(households), Some(municipalities)) = (
                batch.column_by_name("household"),
                batch.column_by_name("municipality"),
            ) else {
                return Err(failed("no columns `household` and `municipality`".into()));
            };
            let households = households.as_primitive::<Int64Type>();
            let municipalities = municipalities.as_string::<i32>();
            for at in 0..batch.num_rows() {
                let place = municipalities.value(at);
                self.household(households.value(at), place, &mut rows, &mut totals);
            }
        }
        Ok(Swept {
            entitlements: rows.batch().map_err(&failed)?,
            totals: batch_of(&totals).map_err(&failed)?,
        })
    }

    fn household(
        &self,
        household: i64,
        place: &str,
        rows: &mut Rows,
        totals: &mut BTreeMap<(String, String), (i64, i64, i128)>,
    ) {
        for (number, benefit) in self.benefits.iter().enumerate() {
            let mut value = household.wrapping_mul(31) + number as i64;
            for _ in 0..2_000 {
                value = value
                    .rotate_left(7)
                    .wrapping_mul(0x9E37_79B9)
                    .wrapping_add(1);
            }
            let chosen = (value as u64) % 10;
            if chosen > 4 {
                continue;
            }
            let amount = (chosen > 0)
                .then(|| i64::from(self.on.year()) * 100 + ((value as u64) % 900_000) as i64);
            rows.household.push(household);
            rows.benefit.push(benefit.clone());
            rows.amount.push(amount);
            let sum = totals
                .entry((benefit.clone(), place.to_owned()))
                .or_default();
            match amount {
                Some(amount) => {
                    sum.0 += 1;
                    sum.2 += i128::from(amount);
                }
                None => sum.1 += 1,
            }
        }
    }
}

#[derive(Default)]
struct Rows {
    household: Vec<i64>,
    benefit: Vec<String>,
    amount: Vec<Option<i64>>,
}

impl Rows {
    fn batch(self) -> Result<RecordBatch, String> {
        let members: Int32Array = std::iter::repeat_n(None, self.household.len()).collect();
        RecordBatch::try_new(
            entitlements_schema(),
            vec![
                Arc::new(Int64Array::from(self.household)),
                Arc::new(members),
                Arc::new(StringArray::from(self.benefit)),
                Arc::new(Int64Array::from(self.amount)),
            ],
        )
        .map_err(|error| error.to_string())
    }
}

fn batch_of(totals: &BTreeMap<(String, String), (i64, i64, i128)>) -> Result<RecordBatch, String> {
    let amount = Decimal128Array::from_iter_values(totals.values().map(|it| it.2))
        .with_precision_and_scale(38, 0)
        .map_err(|error| error.to_string())?;
    RecordBatch::try_new(
        totals_schema(),
        vec![
            Arc::new(StringArray::from_iter_values(totals.keys().map(|it| &it.0))),
            Arc::new(StringArray::from_iter_values(totals.keys().map(|it| &it.1))),
            Arc::new(Int64Array::from_iter_values(totals.values().map(|it| it.0))),
            Arc::new(Int64Array::from_iter_values(totals.values().map(|it| it.1))),
            Arc::new(amount),
        ],
    )
    .map_err(|error| error.to_string())
}
