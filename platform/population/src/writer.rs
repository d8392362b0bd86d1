//! Writing a population.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, Int64Builder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, ListArray, RecordBatch, StructArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rules::columns::{BatchBuilder, schema};
use rules::{RuleBook, Situation};

use crate::error::Error;
use crate::{DISTRICT, ID, RECEIVES};

/// Households in a row group: with their members some 300,000 rows of persons.
const GROUP: usize = 131_072;
/// Households that are turned into columns at once.
const BATCH: usize = 8_192;

/// A household to be written.
#[derive(Clone, Debug)]
pub struct Household<'a> {
    /// What its source knows it by; all of one kind.
    pub id: Id<'a>,
    /// The part of the municipality where it lives.
    pub district: &'a str,
    pub situation: &'a Situation,
    /// The benefits that it receives already.
    pub receives: &'a [Received<'a>],
}

/// What a source knows a household by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id<'a> {
    Number(i64),
    Name(&'a str),
}

/// Whether households have numbers or names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    Numbers,
    Names,
}

enum Ids {
    Numbers(Int64Builder),
    Names(StringBuilder),
}

impl IdKind {
    fn data_type(self) -> DataType {
        match self {
            Self::Numbers => DataType::Int64,
            Self::Names => DataType::Utf8,
        }
    }
}

impl Ids {
    fn push(&mut self, id: Id<'_>) {
        match (self, id) {
            (Self::Numbers(ids), Id::Number(id)) => ids.append_value(id),
            (Self::Names(ids), Id::Name(id)) => ids.append_value(id),
            (Self::Names(ids), Id::Number(id)) => ids.append_value(id.to_string()),
            // A name that is no number has none.
            (Self::Numbers(ids), Id::Name(id)) => ids.append_option(id.parse().ok()),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Numbers(ids) => Arc::new(ids.finish()),
            Self::Names(ids) => Arc::new(ids.finish()),
        }
    }
}

/// A benefit that somebody receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received<'a> {
    pub benefit: &'a str,
    /// The place of the member, from 0; `None` where it is the household's.
    pub member: Option<i32>,
}

/// Writes households to a Parquet file.
pub struct PopulationWriter {
    path: PathBuf,
    schema: SchemaRef,
    writer: ArrowWriter<File>,
    batch: BatchBuilder,
    ids: Ids,
    districts: StringDictionaryBuilder<Int32Type>,
    received: StringDictionaryBuilder<Int32Type>,
    receiving: Int32Builder,
    receives: Vec<i32>,
}

impl PopulationWriter {
    /// A new file over a book's vocabulary.
    ///
    /// # Errors
    /// A file that cannot be made.
    pub fn create(path: &Path, book: &RuleBook, kind: IdKind) -> Result<Self, Error> {
        let schema = file_schema(book, kind);
        let file = File::create(path).map_err(Error::io(path))?;
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(GROUP))
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties));
        Ok(Self {
            path: path.to_owned(),
            writer: writer.map_err(Error::parquet(path))?,
            schema,
            batch: BatchBuilder::new(book),
            ids: match kind {
                IdKind::Numbers => Ids::Numbers(Int64Builder::new()),
                IdKind::Names => Ids::Names(StringBuilder::new()),
            },
            districts: StringDictionaryBuilder::new(),
            received: StringDictionaryBuilder::new(),
            receiving: Int32Builder::new(),
            receives: vec![0],
        })
    }

    /// Adds a household.
    ///
    /// # Errors
    /// A disk that takes no more.
    pub fn push(&mut self, household: &Household<'_>) -> Result<(), Error> {
        self.batch.push(household.situation);
        self.ids.push(household.id);
        self.districts.append_value(household.district);
        for received in household.receives {
            self.received.append_value(received.benefit);
            self.receiving.append_option(received.member);
        }
        let last = self.receives[self.receives.len() - 1];
        self.receives.push(last + household.receives.len() as i32);
        if self.batch.len() == BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = self.batch.finish();
        let mut columns: Vec<ArrayRef> = vec![
            self.ids.finish(),
            Arc::new(self.districts.finish()),
            Arc::new(self.receives()),
        ];
        columns.extend(batch.columns().iter().cloned());
        let batch = RecordBatch::try_new(self.schema.clone(), columns);
        let written = batch
            .map_err(Into::into)
            .and_then(|batch| self.writer.write(&batch));
        written.map_err(Error::parquet(&self.path))
    }

    fn receives(&mut self) -> ListArray {
        let parts: Vec<ArrayRef> = vec![
            Arc::new(self.received.finish()),
            Arc::new(self.receiving.finish()),
        ];
        let offsets = std::mem::replace(&mut self.receives, vec![0]);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        let item = StructArray::new(received_fields(), parts, None);
        ListArray::new(received_item(), offsets, Arc::new(item), None)
    }

    /// Writes what is left and closes the file.
    ///
    /// # Errors
    /// A disk that takes no more.
    pub fn finish(mut self) -> Result<(), Error> {
        self.flush()?;
        let path = self.path;
        self.writer.close().map_err(Error::parquet(&path))?;
        Ok(())
    }
}

/// The columns of a population: what names and places a household, what it receives, then the facts.
fn file_schema(book: &RuleBook, kind: IdKind) -> SchemaRef {
    let mut fields = vec![
        Field::new(ID, kind.data_type(), true),
        Field::new(DISTRICT, dictionary(), true),
        Field::new(RECEIVES, DataType::List(received_item()), false),
    ];
    let facts = schema(book.vocabulary());
    fields.extend(facts.fields().iter().map(|field| (**field).clone()));
    Arc::new(Schema::new(fields))
}

/// Text of which there are few different ones.
pub(crate) fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn received_fields() -> Fields {
    Fields::from(vec![
        Field::new("benefit", dictionary(), false),
        Field::new("member", DataType::Int32, true),
    ])
}

fn received_item() -> Arc<Field> {
    Arc::new(Field::new(
        "item",
        DataType::Struct(received_fields()),
        false,
    ))
}
