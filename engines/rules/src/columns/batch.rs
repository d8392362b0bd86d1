//! Between Arrow record batches and what is worked out: one row a household, its members as a list.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type,
};
use arrow_array::{Array, ArrowPrimitiveType, RecordBatch, StructArray};
use arrow_buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow_schema::DataType;

use crate::dates;
use crate::diagnostic::suggestion;
use crate::situation::MAX_MEMBERS;
use crate::vocabulary::{Entity, FIRST_DATE, Fact, FactType, LAST_DATE, Vocabulary};

use super::bits::Bits;
use super::build::text;
use super::column::{Column, Columns};
use super::graph::FactId;
use super::lower::{OTHER_TEXT, Texts};

/// The column that lists a household's members.
pub const MEMBERS: &str = "members";

/// Why a batch was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    #[error(
        "there is no column `{MEMBERS}`: a population has one row a household, its members in a list of structs"
    )]
    NoMembers,
    #[error("`{column}` is {found}; {expected} is expected. {remedy}")]
    Type {
        column: String,
        found: String,
        expected: &'static str,
        remedy: &'static str,
    },
    #[error("`{column}`, row {row}: {message}")]
    Value {
        column: String,
        /// From 0, within the batch: of households, or of members.
        row: usize,
        message: String,
    },
}

/// The columns that a plan reads.
pub(super) fn read(
    batch: &RecordBatch,
    vocabulary: &Vocabulary,
    facts: &[FactId],
    texts: &Texts,
) -> Result<Columns, BatchError> {
    let (offsets, members) = members(batch)?;
    let count = |entity| vocabulary.facts(entity).len();
    let mut household = vec![Column::Unknown; count(Entity::Household)];
    let mut person = vec![Column::Unknown; count(Entity::Person)];
    for fact in facts {
        let slot = usize::from(fact.slot);
        let declared = &vocabulary.facts(fact.entity)[slot];
        let reader = Reader {
            fact: declared,
            vocabulary,
            texts,
        };
        let (array, columns) = match fact.entity {
            Entity::Household => (batch.column_by_name(&declared.name), &mut household),
            Entity::Person => (members.column_by_name(&declared.name), &mut person),
        };
        if let Some(array) = array {
            columns[slot] = reader.column(array.as_ref())?;
        }
    }
    Ok(Columns::new(offsets, household, person))
}

/// Where each household's members begin and end, and the members of all.
pub(super) fn members(batch: &RecordBatch) -> Result<(Vec<u32>, StructArray), BatchError> {
    let array = batch.column_by_name(MEMBERS).ok_or(BatchError::NoMembers)?;
    let wrong = |found: &DataType| BatchError::Type {
        column: MEMBERS.to_owned(),
        found: found.to_string(),
        expected: "a list of structs",
        remedy: "One row a household; the struct's fields are the facts of a person.",
    };
    let list = array
        .as_list_opt::<i32>()
        .ok_or_else(|| wrong(array.data_type()))?;
    let ends = list.value_offsets();
    let (first, last) = (ends[0], ends[ends.len() - 1]);
    let values = list.values().slice(first as usize, (last - first) as usize);
    let persons = values
        .as_struct_opt()
        .ok_or_else(|| wrong(array.data_type()))?;
    for (row, pair) in ends.windows(2).enumerate() {
        let size = (pair[1] - pair[0]) as usize;
        if size > MAX_MEMBERS || (list.is_null(row) && size > 0) {
            return Err(BatchError::Value {
                column: MEMBERS.to_owned(),
                row,
                message: format!("{size} members: a household has at most {MAX_MEMBERS}"),
            });
        }
    }
    let offsets = ends.iter().map(|end| (end - first) as u32).collect();
    Ok((offsets, persons.clone()))
}

/// Reads the column of one fact.
struct Reader<'a> {
    fact: &'a Fact,
    vocabulary: &'a Vocabulary,
    texts: &'a Texts,
}

impl Reader<'_> {
    fn column(&self, array: &dyn Array) -> Result<Column, BatchError> {
        if array.null_count() == array.len() {
            return Ok(Column::Unknown);
        }
        let known = known(array.nulls());
        match self.fact.fact_type {
            FactType::Bool => {
                let flags = array
                    .as_boolean_opt()
                    .ok_or_else(|| self.wrong(array, "boolean", "Write true or false."))?;
                Ok(Column::Flags {
                    yes: bits(flags.values()),
                    known,
                })
            }
            FactType::Date => {
                let days = array.as_primitive_opt::<Date32Type>().ok_or_else(|| {
                    self.wrong(array, "date32", "Cast it to a date without a time.")
                })?;
                let ends = (dates::day_number(FIRST_DATE), dates::day_number(LAST_DATE));
                let told = |day: i64| {
                    dates::from_day_number(day).map_or_else(|| day.to_string(), |it| it.to_string())
                };
                self.within(days.values(), known.as_ref(), ends, told)?;
                Ok(Column::Days {
                    days: days.values().clone(),
                    known,
                })
            }
            FactType::Integer(unit) => {
                let values = self.integers(array)?;
                self.within(&values, known.as_ref(), unit.bounds(), |value| {
                    value.to_string()
                })?;
                Ok(Column::Integers { values, known })
            }
            FactType::Enum(id) => {
                let values = self.vocabulary.enum_values(id);
                let code = |text: &str| values.iter().position(|it| it.code == text);
                let codes = self.coded(array, |text| {
                    let place = code(text).and_then(|place| u8::try_from(place).ok());
                    place.ok_or_else(|| {
                        let hint = suggestion(text, values.iter().map(|it| it.code.as_str()));
                        format!("`{text}` is not a declared value. {hint}")
                    })
                })?;
                Ok(Column::Codes { codes, known })
            }
            FactType::Text => {
                let codes = self.coded(array, |text| {
                    let place = self.texts.0.iter().position(|it| &**it == text);
                    Ok(place.map_or(OTHER_TEXT as i32, |place| place as i32))
                })?;
                Ok(Column::Texts { codes, known })
            }
        }
    }

    fn wrong(&self, array: &dyn Array, expected: &'static str, remedy: &'static str) -> BatchError {
        BatchError::Type {
            column: self.name(),
            found: array.data_type().to_string(),
            expected,
            remedy,
        }
    }

    fn name(&self) -> String {
        format!("{}.{}", self.fact.entity, self.fact.name)
    }

    fn integers(&self, array: &dyn Array) -> Result<ScalarBuffer<i64>, BatchError> {
        fn widened<T: ArrowPrimitiveType>(array: &dyn Array) -> Option<ScalarBuffer<i64>>
        where
            T::Native: Into<i64>,
        {
            let values = array.as_primitive_opt::<T>()?.values();
            Some(values.iter().map(|value| (*value).into()).collect())
        }
        let values = match array.data_type() {
            DataType::Int64 => array
                .as_primitive_opt::<Int64Type>()
                .map(|it| it.values().clone()),
            DataType::Int32 => widened::<Int32Type>(array),
            DataType::Int16 => widened::<Int16Type>(array),
            DataType::Int8 => widened::<Int8Type>(array),
            DataType::UInt32 => widened::<UInt32Type>(array),
            DataType::UInt16 => widened::<UInt16Type>(array),
            DataType::UInt8 => widened::<UInt8Type>(array),
            _ => None,
        };
        values.ok_or_else(|| {
            self.wrong(
                array,
                "a whole number",
                "Cast it to int64; money is whole won.",
            )
        })
    }

    fn within<T: Copy + Into<i64>>(
        &self,
        values: &[T],
        known: Option<&Bits>,
        (least, greatest): (i64, i64),
        told: impl Fn(i64) -> String,
    ) -> Result<(), BatchError> {
        let outside = |value: T| {
            let value: i64 = value.into();
            (value < least) | (value > greatest)
        };
        if !values
            .iter()
            .fold(false, |any, value| any | outside(*value))
        {
            return Ok(());
        }
        // What stands where nothing is known does not matter.
        let is_known = |row: &usize| known.is_none_or(|known| known.get(*row));
        let row = (0..values.len())
            .filter(is_known)
            .find(|row| outside(values[*row]));
        row.map_or(Ok(()), |row| {
            let value = told(values[row].into());
            let message = format!(
                "{value} is not between {} and {}",
                told(least),
                told(greatest)
            );
            Err(BatchError::Value {
                column: self.name(),
                row,
                message,
            })
        })
    }

    /// Texts as codes; each different text of a dictionary is looked at once.
    fn coded<C: Copy + Default>(
        &self,
        array: &dyn Array,
        code: impl Fn(&str) -> Result<C, String>,
    ) -> Result<Vec<C>, BatchError> {
        let at = |row: usize| {
            move |message| BatchError::Value {
                column: self.name(),
                row,
                message,
            }
        };
        match array.data_type() {
            DataType::Dictionary(key, _) => match **key {
                DataType::Int32 => self.dictionary::<Int32Type, C>(array, code),
                DataType::Int16 => self.dictionary::<Int16Type, C>(array, code),
                DataType::Int8 => self.dictionary::<Int8Type, C>(array, code),
                DataType::UInt32 => self.dictionary::<UInt32Type, C>(array, code),
                DataType::UInt16 => self.dictionary::<UInt16Type, C>(array, code),
                DataType::UInt8 => self.dictionary::<UInt8Type, C>(array, code),
                _ => Err(self.wrong(array, "text", "Write the codes of vocabulary.yaml.")),
            },
            _ => {
                if !is_text(array) {
                    return Err(self.wrong(array, "text", "Write the codes of vocabulary.yaml."));
                }
                let one = |row: usize| {
                    text(array, row).map_or(Ok(C::default()), |it| code(it).map_err(at(row)))
                };
                (0..array.len()).map(one).collect()
            }
        }
    }

    fn dictionary<K: ArrowDictionaryKeyType, C: Copy + Default>(
        &self,
        array: &dyn Array,
        code: impl Fn(&str) -> Result<C, String>,
    ) -> Result<Vec<C>, BatchError>
    where
        K::Native: Into<i64>,
    {
        let wrong = || self.wrong(array, "text", "Write the codes of vocabulary.yaml.");
        let dictionary = array.as_dictionary_opt::<K>().ok_or_else(wrong)?;
        let values = dictionary.values().as_ref();
        if !is_text(values) {
            return Err(wrong());
        }
        let codes: Vec<Result<C, String>> = (0..dictionary.values().len())
            .map(|place| text(values, place).map_or(Ok(C::default()), &code))
            .collect();
        let keys = dictionary.keys();
        // A text that is in the dictionary need not be used by any row.
        if codes.iter().all(Result::is_ok) {
            let codes: Vec<C> = codes.into_iter().flatten().collect();
            let look = |key: &K::Native| {
                let place = usize::try_from((*key).into()).unwrap_or(usize::MAX);
                codes.get(place).copied().unwrap_or_default()
            };
            return Ok(keys.values().iter().map(look).collect());
        }
        let one = |row: usize| {
            if keys.is_null(row) {
                return Ok(C::default());
            }
            let place = usize::try_from(keys.value(row).into()).unwrap_or(usize::MAX);
            codes
                .get(place)
                .cloned()
                .unwrap_or(Ok(C::default()))
                .map_err(|message| BatchError::Value {
                    column: self.name(),
                    row,
                    message,
                })
        };
        (0..array.len()).map(one).collect()
    }
}

/// Whether an array holds texts, by themselves and not in a dictionary.
fn is_text(array: &dyn Array) -> bool {
    matches!(
        array.data_type(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

/// The rows that are known, unless all are.
fn known(nulls: Option<&NullBuffer>) -> Option<Bits> {
    nulls
        .filter(|nulls| nulls.null_count() > 0)
        .map(|nulls| bits(nulls.inner()))
}

fn bits(buffer: &BooleanBuffer) -> Bits {
    let chunks = buffer.bit_chunks();
    Bits::from_words(chunks.iter_padded().collect(), buffer.len())
}
