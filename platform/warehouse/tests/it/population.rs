//! A small population of invented households, its members within.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, Int32Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema};
use datafusion::parquet::arrow::ArrowWriter;

const PLACES: [&str; 3] = ["11110", "26110", "41590"];

/// The law that WISE comes with.
pub fn country() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../country/kr")
}

/// Writes `row_groups` of `households` each.
pub fn write(path: &Path, row_groups: i64, households: i64) {
    let member_fields = Fields::from(vec![
        Field::new("member", DataType::Int32, false),
        Field::new("income", DataType::Int64, true),
    ]);
    let member = Arc::new(Field::new(
        "item",
        DataType::Struct(member_fields.clone()),
        false,
    ));
    let schema = Arc::new(Schema::new(vec![
        Field::new("household", DataType::Int64, false),
        Field::new("municipality", DataType::Utf8, false),
        Field::new("members", DataType::List(member.clone()), false),
    ]));
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), schema.clone(), None).unwrap();
    for group in 0..row_groups {
        let ids: Vec<i64> = (group * households..(group + 1) * households).collect();
        let sizes: Vec<usize> = ids.iter().map(|id| (*id % 4) as usize + 1).collect();
        let numbers = sizes.iter().flat_map(|size| 0..*size as i32);
        let incomes = ids.iter().zip(&sizes).flat_map(|(id, size)| {
            (0..*size as i64).map(move |at| (at < 2).then_some(id * 1_000 + at))
        });
        let members = StructArray::new(
            member_fields.clone(),
            vec![
                Arc::new(Int32Array::from_iter_values(numbers)) as Arc<dyn Array>,
                Arc::new(Int64Array::from_iter(incomes)),
            ],
            None,
        );
        let members = ListArray::new(
            member.clone(),
            OffsetBuffer::from_lengths(sizes),
            Arc::new(members),
            None,
        );
        let places = ids.iter().map(|id| PLACES[(*id % 3) as usize]);
        let columns: Vec<Arc<dyn Array>> = vec![
            Arc::new(Int64Array::from(ids.clone())),
            Arc::new(StringArray::from_iter_values(places)),
            Arc::new(members),
        ];
        writer
            .write(&RecordBatch::try_new(schema.clone(), columns).unwrap())
            .unwrap();
        writer.flush().unwrap();
    }
    writer.close().unwrap();
}
