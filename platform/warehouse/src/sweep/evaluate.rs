//! The seam to the evaluation in columns: one row group of a population in, entitlements and totals out.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, AsArray, Decimal128Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, Int64Type, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use population::{Count, Line, Population, Run, Sweep};
use rules::RuleBook;

use super::order::Order;
use crate::failure::Failure;

/// The law of a day and the population it is asked of.
pub(crate) struct Prepared {
    sweep: Sweep<'static>,
    population: Population,
}

impl Prepared {
    /// Compiles the law for the day, and reads what the population says of itself.
    pub fn new(book: &'static RuleBook, order: &Order) -> Result<Self, Failure> {
        Ok(Self {
            sweep: Sweep::new(book, order.on),
            population: Population::open(&order.population, book.vocabulary())?,
        })
    }

    /// Sweeps one row group: its entitlements to their file, where they are wanted, and its totals. The same order
    /// gives the same on every machine, however often.
    pub fn row_group(&self, order: &Order, number: usize) -> Result<RecordBatch, Failure> {
        let totals = match &order.out {
            Some(out) => self.run(order, out)?.group(number, true)?,
            None => self.sweep.group(&self.population, number, |_, _| Ok(()))?,
        };
        batch_of(&totals.lines())
            .map_err(|error| Failure::Sweep(format!("row group {number}: {error}")))
    }

    /// The folder of results, which is made where it is not there.
    pub fn run(&self, order: &Order, out: &Path) -> Result<Run<'_>, Failure> {
        Ok(Run::new(&self.sweep, &order.rules, &self.population, out)?)
    }
}

impl From<population::Error> for Failure {
    fn from(error: population::Error) -> Self {
        Self::Sweep(error.to_string())
    }
}

/// What is counted, in the order of the columns after the names.
const COUNTS: [&str; 5] = ["eligible", "open", "received", "received_only", "paid"];

/// One row for each benefit and place. Whole numbers, so that the order of adding is of no account.
pub(crate) fn totals_schema() -> SchemaRef {
    let names = ["benefit", "municipality", "district"];
    let names = names.map(|name| Field::new(name, DataType::Utf8, false));
    let counts = COUNTS.map(|name| Field::new(name, DataType::Int64, false));
    let amount = Field::new("amount", DataType::Decimal128(38, 0), false);
    let fields: Vec<Field> = names.into_iter().chain(counts).chain([amount]).collect();
    Arc::new(Schema::new(fields))
}

fn batch_of(lines: &[Line]) -> Result<RecordBatch, ArrowError> {
    let text = |of: fn(&Line) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(lines.iter().map(of)))
    };
    let count = |of: fn(&Count) -> u64| -> ArrayRef {
        let counts = lines.iter().map(|line| of(&line.count).cast_signed());
        Arc::new(Int64Array::from_iter_values(counts))
    };
    let amounts = lines.iter().map(|line| line.count.amount);
    let amounts = Decimal128Array::from_iter_values(amounts).with_precision_and_scale(38, 0)?;
    let columns = vec![
        text(|line| &line.benefit),
        text(|line| &line.municipality),
        text(|line| &line.district),
        count(|it| it.eligible),
        count(|it| it.open),
        count(|it| it.received),
        count(|it| it.received_only),
        count(|it| it.paid),
        Arc::new(amounts),
    ];
    RecordBatch::try_new(totals_schema(), columns)
}

/// The lines that a batch of sums tells.
pub(crate) fn lines_of(batch: &RecordBatch) -> Option<Vec<Line>> {
    let text = |name| batch.column_by_name(name)?.as_string_opt::<i32>();
    let count = |name| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
    let (benefit, municipality, district) =
        (text("benefit")?, text("municipality")?, text("district")?);
    let counts: Vec<&Int64Array> = COUNTS
        .iter()
        .map(|name| count(name))
        .collect::<Option<_>>()?;
    let amount = batch.column_by_name("amount")?;
    let amount = amount.as_primitive_opt::<Decimal128Type>()?;
    let line = |row| {
        let count = |column: usize| counts[column].value(row).cast_unsigned();
        Line {
            benefit: benefit.value(row).to_owned(),
            municipality: municipality.value(row).to_owned(),
            district: district.value(row).to_owned(),
            count: Count {
                eligible: count(0),
                open: count(1),
                received: count(2),
                received_only: count(3),
                paid: count(4),
                amount: amount.value(row),
            },
        }
    };
    Some((0..batch.num_rows()).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_the_same_after_the_way_through_columns() {
        let line = |benefit: &str, district: &str| Line {
            benefit: benefit.to_owned(),
            municipality: "11110".to_owned(),
            district: district.to_owned(),
            count: Count {
                eligible: 5,
                open: 4,
                received: 3,
                received_only: 2,
                paid: 1,
                amount: i128::from(u64::MAX) * 3,
            },
        };
        let lines = [line("a", ""), line("a", "2"), line("b", "1")];
        assert_eq!(lines_of(&batch_of(&lines).unwrap()).unwrap(), lines);
    }
}
