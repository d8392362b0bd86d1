//! A small population of invented households, as a statistics office might hand it over.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, DictionaryArray, Int32Array, Int64Array, ListArray,
    RecordBatch, StringArray, StructArray,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{Field, Fields, Int32Type};
use datafusion::parquet::arrow::ArrowWriter;
use rules::RuleBook;

const PLACES: [&str; 3] = ["11110", "26110", "41590"];
const HOMES: [&str; 3] = ["owned", "jeonse", "rent"];
const LIVELIHOOD: [&str; 4] = ["none", "none", "livelihood", "housing"];
const GRADES: [&str; 4] = ["none", "none", "mild", "severe"];
/// 2026-11-25, counted as Parquet counts.
const TODAY: i64 = 20_782;

/// The law that WISE comes with.
pub fn country() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../country/kr")
}

/// Its rules, loaded.
pub fn book() -> RuleBook {
    let mut files = Vec::new();
    for part in ["", "benefits", "parameters"] {
        for entry in std::fs::read_dir(country().join(part)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(country()).unwrap().display().to_string();
            if name.ends_with(".yaml") && (!part.is_empty() || name == "vocabulary.yaml") {
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    RuleBook::load(files).unwrap()
}

/// Writes `row_groups` of `households` each.
pub fn write(path: &Path, row_groups: i64, households: i64) {
    let first = batch(0, households);
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), first.schema(), None).unwrap();
    for group in 0..row_groups {
        let households = batch(group * households, households);
        writer.write(&households).unwrap();
        writer.flush().unwrap();
    }
    writer.close().unwrap();
}

/// A number for a household and a question, the same each time.
fn drawn(id: i64, question: i64) -> i64 {
    let mixed = (id * 31 + question + 7).wrapping_mul(0x2545_F491_4F6C_DD1D);
    (mixed ^ (mixed >> 29)).rem_euclid(1_000_003)
}

fn of<'a>(choice: &'a [&'a str], id: i64, question: i64) -> &'a str {
    choice[drawn(id, question) as usize % choice.len()]
}

fn batch(first: i64, households: i64) -> RecordBatch {
    let ids: Vec<i64> = (first..first + households).collect();
    let texts = |choice: &'static [&'static str], question| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(
            ids.iter().map(|id| of(choice, *id, question)),
        ))
    };
    let sums = |question, most: i64| -> ArrayRef {
        // Of a few households it is not known.
        let sum = |id: &i64| {
            (drawn(*id, question + 100) % 9 > 0).then(|| drawn(*id, question) * most / 1_000_003)
        };
        Arc::new(Int64Array::from_iter(ids.iter().map(sum)))
    };
    let flags: ArrayRef = Arc::new(BooleanArray::from_iter(
        ids.iter().map(|id| Some(drawn(*id, 6) % 5 == 0)),
    ));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(ids.clone()))),
        ("district", texts(&["1", "2"], 0)),
        ("receives", receives(&ids)),
        ("municipality", texts(&PLACES, 1)),
        ("income_recognised", sums(2, 9_000_000)),
        ("income_assessed", sums(3, 9_000_000)),
        ("property", sums(4, 900_000_000)),
        ("housing", texts(&HOMES, 5)),
        ("near_poor", flags),
        ("basic_livelihood", texts(&LIVELIHOOD, 7)),
        ("members", members(&ids)),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn list(sizes: Vec<usize>, fields: Vec<(&str, ArrayRef)>) -> ArrayRef {
    let (fields, columns): (Vec<Field>, Vec<ArrayRef>) = fields
        .into_iter()
        .map(|(name, column)| (Field::new(name, column.data_type().clone(), true), column))
        .unzip();
    let items = StructArray::new(Fields::from(fields), columns, None);
    let item = Arc::new(Field::new("item", items.data_type().clone(), false));
    let offsets = OffsetBuffer::from_lengths(sizes);
    Arc::new(ListArray::new(item, offsets, Arc::new(items), None))
}

fn members(ids: &[i64]) -> ArrayRef {
    let sizes: Vec<usize> = ids
        .iter()
        .map(|id| drawn(*id, 10) as usize % 4 + 1)
        .collect();
    let each = ids.iter().zip(&sizes);
    let each = each.flat_map(|(id, size)| (0..*size as i64).map(move |at| (*id, at)));
    let each: Vec<(i64, i64)> = each.collect();
    let born = each.iter().map(|(id, at)| {
        let years = if *at < 2 {
            20 + drawn(*id, 11 + at) % 70
        } else {
            drawn(*id, 11 + at) % 20
        };
        (TODAY - years * 365 - drawn(*id, 20 + at) % 365) as i32
    });
    let texts = |choice: &'static [&'static str], question| -> ArrayRef {
        let chosen = each.iter().map(|(id, at)| of(choice, *id, question + at));
        Arc::new(StringArray::from_iter_values(chosen))
    };
    list(
        sizes,
        vec![
            ("born", Arc::new(Date32Array::from_iter_values(born))),
            ("nationality", texts(&["korean", "korean", "foreign"], 30)),
            ("disability", texts(&GRADES, 40)),
        ],
    )
}

/// Some receive what they may or may not have.
fn receives(ids: &[i64]) -> ArrayRef {
    let sizes: Vec<usize> = ids
        .iter()
        .map(|id| usize::from(drawn(*id, 50) % 4 == 0))
        .collect();
    let count = sizes.iter().sum();
    let benefits: DictionaryArray<Int32Type> = std::iter::repeat_n("culture-card", count).collect();
    let members = Int32Array::from_iter_values(std::iter::repeat_n(0, count));
    list(
        sizes,
        vec![
            ("benefit", Arc::new(benefits)),
            ("member", Arc::new(members)),
        ],
    )
}

/// What a file is said to hold.
#[test]
fn every_column_is_a_fact_of_the_law() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.parquet");
    write(&file, 3, 5);
    let read = population::Population::open(&file, book().vocabulary()).unwrap();
    assert_eq!(read.groups().len(), 3);
    assert_eq!(read.households(), 15);
}
