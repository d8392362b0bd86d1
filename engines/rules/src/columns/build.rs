//! Batches from situations, and situations from batches.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Date32Builder, Int64Builder, StringDictionaryBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
};
use arrow_array::{Array, ArrayRef, ListArray, RecordBatch, StructArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

use crate::book::RuleBook;
use crate::dates;
use crate::situation::{Situation, Stored, Value};
use crate::vocabulary::{Entity, Fact, FactType, Vocabulary};

use super::batch::{self, BatchError, MEMBERS};

/// The columns of a vocabulary: the household's facts, then `members`, each with the facts of a person. Dates are
/// `date32`, numbers `int64`, enum values and texts dictionaries of their codes. Every fact may be null: unknown.
pub fn schema(vocabulary: &Vocabulary) -> SchemaRef {
    let mut fields = facts(vocabulary, Entity::Household);
    fields.push(Field::new(MEMBERS, DataType::List(item(vocabulary)), false));
    Arc::new(Schema::new(fields))
}

fn facts(vocabulary: &Vocabulary, entity: Entity) -> Vec<Field> {
    let field = |fact: &Fact| {
        let data_type = match fact.fact_type {
            FactType::Bool => DataType::Boolean,
            FactType::Date => DataType::Date32,
            FactType::Integer(_) => DataType::Int64,
            FactType::Enum(_) | FactType::Text => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
        };
        Field::new(&fact.name, data_type, true)
    };
    vocabulary.facts(entity).iter().map(field).collect()
}

/// A member of the list.
fn item(vocabulary: &Vocabulary) -> Arc<Field> {
    let fields = Fields::from(facts(vocabulary, Entity::Person));
    Arc::new(Field::new("item", DataType::Struct(fields), false))
}

/// A column that is being written.
enum Writer {
    Bool(BooleanBuilder),
    Date(Date32Builder),
    Integer(Int64Builder),
    Text(StringDictionaryBuilder<Int32Type>),
    /// With the codes of its values.
    Enum(StringDictionaryBuilder<Int32Type>, Vec<String>),
}

impl Writer {
    fn of(vocabulary: &Vocabulary, fact: &Fact) -> Self {
        match fact.fact_type {
            FactType::Bool => Self::Bool(BooleanBuilder::new()),
            FactType::Date => Self::Date(Date32Builder::new()),
            FactType::Integer(_) => Self::Integer(Int64Builder::new()),
            FactType::Text => Self::Text(StringDictionaryBuilder::new()),
            FactType::Enum(_) => {
                Self::Enum(StringDictionaryBuilder::new(), codes(vocabulary, fact))
            }
        }
    }

    /// A stored value is of its fact's type; one of another would be told as unknown.
    fn put(&mut self, stored: Option<&Stored>) {
        match (self, stored) {
            (Self::Bool(column), Some(Stored::Bool(value))) => column.append_value(*value),
            (Self::Date(column), Some(Stored::Date(day))) => {
                column.append_value(dates::day_number(*day) as i32);
            }
            (Self::Integer(column), Some(Stored::Integer(value))) => column.append_value(*value),
            (Self::Text(column), Some(Stored::Text(text))) => column.append_value(text),
            (Self::Enum(column, codes), Some(Stored::Enum(place))) => {
                column.append_option(codes.get(usize::from(*place)));
            }
            (Self::Bool(column), _) => column.append_null(),
            (Self::Date(column), _) => column.append_null(),
            (Self::Integer(column), _) => column.append_null(),
            (Self::Text(column) | Self::Enum(column, _), _) => column.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Bool(column) => Arc::new(column.finish()),
            Self::Date(column) => Arc::new(column.finish()),
            Self::Integer(column) => Arc::new(column.finish()),
            Self::Text(column) | Self::Enum(column, _) => Arc::new(column.finish()),
        }
    }
}

/// Makes a record batch of households.
pub struct BatchBuilder {
    vocabulary: Arc<Vocabulary>,
    household: Vec<Writer>,
    person: Vec<Writer>,
    offsets: Vec<i32>,
}

/// The codes of an enum's values.
fn codes(vocabulary: &Vocabulary, fact: &Fact) -> Vec<String> {
    match fact.fact_type {
        FactType::Enum(id) => {
            let values = vocabulary.enum_values(id).iter();
            values.map(|value| value.code.clone()).collect()
        }
        _ => Vec::new(),
    }
}

impl BatchBuilder {
    /// An empty batch over a book's vocabulary.
    pub fn new(book: &RuleBook) -> Self {
        let vocabulary = book.words();
        let writer = |fact: &Fact| Writer::of(&vocabulary, fact);
        let writers = |entity| vocabulary.facts(entity).iter().map(writer).collect();
        Self {
            household: writers(Entity::Household),
            person: writers(Entity::Person),
            offsets: vec![0],
            vocabulary,
        }
    }

    /// How many households there are.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a household with its members in their order.
    pub fn push(&mut self, situation: &Situation) {
        for (slot, writer) in self.household.iter_mut().enumerate() {
            writer.put(situation.household_slot(slot));
        }
        for (slot, writer) in self.person.iter_mut().enumerate() {
            for member in 0..situation.member_count() {
                writer.put(situation.member_slot(member, slot));
            }
        }
        let members = self.offsets[self.offsets.len() - 1] + situation.member_count() as i32;
        self.offsets.push(members);
    }

    /// The batch, with the columns of [`schema`]; the builder is empty again.
    pub fn finish(&mut self) -> RecordBatch {
        let item = item(&self.vocabulary);
        let persons: Vec<ArrayRef> = self.person.iter_mut().map(Writer::finish).collect();
        let offsets = std::mem::replace(&mut self.offsets, vec![0]);
        let length = offsets[offsets.len() - 1] as usize;
        let DataType::Struct(fields) = item.data_type().clone() else {
            unreachable!("the item of the list is a struct");
        };
        let persons = StructArray::try_new_with_length(fields, persons, None, length);
        let persons = Arc::new(persons.expect("built by the fields of the vocabulary"));
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        let members = ListArray::new(item, offsets, persons, None);
        let mut columns: Vec<ArrayRef> = self.household.iter_mut().map(Writer::finish).collect();
        columns.push(Arc::new(members));
        RecordBatch::try_new(schema(&self.vocabulary), columns)
            .expect("built by the fields of the vocabulary")
    }
}

/// A household of a batch by itself; its members are named by their place, from 0.
///
/// # Errors
/// A column of another type than the fact's, or a value that the fact cannot have.
pub fn situation(
    book: &RuleBook,
    batch: &RecordBatch,
    household: usize,
) -> Result<Situation, BatchError> {
    let vocabulary = book.vocabulary();
    let (offsets, members) = batch::members(batch)?;
    let mut situation = book.situation();
    for fact in vocabulary.facts(Entity::Household) {
        let array = batch.column_by_name(&fact.name);
        if let Some(value) = array.and_then(|array| cell(array.as_ref(), household)) {
            let set = situation.set_household(&fact.name, value);
            set.map_err(|error| refused(&fact.name, household, &error))?;
        }
    }
    let rows = offsets[household] as usize..offsets[household + 1] as usize;
    for (place, row) in rows.enumerate() {
        let key = place.to_string();
        situation.add_member(&key);
        for fact in vocabulary.facts(Entity::Person) {
            let array = members.column_by_name(&fact.name);
            if let Some(value) = array.and_then(|array| cell(array.as_ref(), row)) {
                let set = situation.set_member(&key, &fact.name, value);
                set.map_err(|error| refused(&fact.name, row, &error))?;
            }
        }
    }
    Ok(situation)
}

fn refused(column: &str, row: usize, error: &crate::situation::ValueError) -> BatchError {
    BatchError::Value {
        column: column.to_owned(),
        row,
        message: error.to_string(),
    }
}

/// The value of a cell, if it is known.
fn cell(array: &dyn Array, row: usize) -> Option<Value> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Boolean => Some(Value::Bool(array.as_boolean_opt()?.value(row))),
        DataType::Date32 => {
            let days = array.as_primitive_opt::<Date32Type>()?.value(row);
            dates::from_day_number(days.into()).map(Value::Date)
        }
        DataType::Dictionary(_, _) | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            text(array, row).map(|text| Value::Text(text.to_owned()))
        }
        _ => integer(array, row).map(Value::Integer),
    }
}

/// The text of a cell, of any of Arrow's kinds of text and dictionaries; `None` where it is null or no text.
pub fn text(array: &dyn Array, row: usize) -> Option<&str> {
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        let place = integer(dictionary.keys(), row)?;
        return text(dictionary.values().as_ref(), usize::try_from(place).ok()?);
    }
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string_opt::<i32>()?.value(row)),
        DataType::LargeUtf8 => Some(array.as_string_opt::<i64>()?.value(row)),
        DataType::Utf8View => Some(array.as_string_view_opt()?.value(row)),
        _ => None,
    }
}

/// The whole number of a cell, of any width up to 64 bits; `None` where it is null or no such number.
pub fn integer(array: &dyn Array, row: usize) -> Option<i64> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Int64 => Some(array.as_primitive_opt::<Int64Type>()?.value(row)),
        DataType::Int32 => Some(array.as_primitive_opt::<Int32Type>()?.value(row).into()),
        DataType::Int16 => Some(array.as_primitive_opt::<Int16Type>()?.value(row).into()),
        DataType::Int8 => Some(array.as_primitive_opt::<Int8Type>()?.value(row).into()),
        DataType::UInt32 => Some(array.as_primitive_opt::<UInt32Type>()?.value(row).into()),
        DataType::UInt16 => Some(array.as_primitive_opt::<UInt16Type>()?.value(row).into()),
        DataType::UInt8 => Some(array.as_primitive_opt::<UInt8Type>()?.value(row).into()),
        _ => None,
    }
}
