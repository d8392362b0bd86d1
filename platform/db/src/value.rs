//! What goes into a statement and what comes out of a row: four portable types and NULL.

use std::str::FromStr;

use jiff::{Timestamp, civil};

use crate::Error;

/// A portable SQL value. Booleans are 0 and 1, instants are microseconds since 1970 (UTC), civil
/// dates are ISO 8601 text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

macro_rules! value_from {
    ($($type:ty => |$it:ident| $make:expr),+ $(,)?) => {$(
        impl From<$type> for Value {
            fn from($it: $type) -> Self {
                $make
            }
        }
    )+};
}

value_from! {
    i64 => |it| Value::Integer(it),
    i32 => |it| Value::Integer(it.into()),
    u32 => |it| Value::Integer(it.into()),
    bool => |it| Value::Integer(it.into()),
    f64 => |it| Value::Real(it),
    String => |it| Value::Text(it),
    &str => |it| Value::Text(it.to_owned()),
    &String => |it| Value::Text(it.clone()),
    Vec<u8> => |it| Value::Blob(it),
    &[u8] => |it| Value::Blob(it.to_vec()),
    Timestamp => |it| Value::Integer(it.as_microsecond()),
    civil::Date => |it| Value::Text(it.to_string()),
}

macro_rules! value_from_ids {
    ($($name:ident),+) => {$(
        impl From<base::ids::$name> for Value {
            fn from(id: base::ids::$name) -> Self {
                Value::Text(id.to_string())
            }
        }
    )+};
}
base::for_each_id!(value_from_ids);

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Self {
        it.map_or(Value::Null, Into::into)
    }
}

/// The parameters of a statement: `values![id, name, now]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] as &[$crate::Value] };
}

/// One row of a result, columns by position.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(pub(crate) Vec<Value>);

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// What a reader of an error message calls this type.
    const WANTED: &'static str;
    /// The value, or `None` when the column holds something else.
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! from_value {
    ($($type:ty, $wanted:literal, $pattern:pat => $make:expr);+ $(;)?) => {$(
        impl FromValue for $type {
            const WANTED: &'static str = $wanted;
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    $pattern => $make,
                    _ => None,
                }
            }
        }
    )+};
}

from_value! {
    i64, "integer", Value::Integer(it) => Some(*it);
    bool, "0 or 1", Value::Integer(it @ (0 | 1)) => Some(*it == 1);
    String, "text", Value::Text(it) => Some(it.clone());
    Vec<u8>, "bytes", Value::Blob(it) => Some(it.clone());
    Timestamp, "microseconds", Value::Integer(it) => Timestamp::from_microsecond(*it).ok();
    civil::Date, "ISO 8601 date", Value::Text(it) => it.parse().ok();
}

impl FromValue for f64 {
    const WANTED: &'static str = "number";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Real(it) => Some(*it),
            #[expect(
                clippy::cast_precision_loss,
                reason = "SQLite stores whole doubles as integers"
            )]
            Value::Integer(it) => Some(*it as f64),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const WANTED: &'static str = T::WANTED;
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

impl Row {
    /// Column `index` as `T`.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, Error> {
        let value = self.0.get(index).ok_or(Error::Column {
            index,
            wanted: T::WANTED,
            found: "no such column".into(),
        })?;
        T::from_value(value).ok_or_else(|| Error::Column {
            index,
            wanted: T::WANTED,
            found: describe(value),
        })
    }

    /// Column `index`, a text that parses as `T` (ids, codes, states).
    pub fn parse<T: FromStr>(&self, index: usize) -> Result<T, Error> {
        let text: String = self.get(index)?;
        text.parse().map_err(|_| Error::Column {
            index,
            wanted: std::any::type_name::<T>(),
            found: "another text".into(),
        })
    }

    /// Like [`Row::parse`] for a column that may be NULL.
    pub fn parse_opt<T: FromStr>(&self, index: usize) -> Result<Option<T>, Error> {
        match self.0.get(index) {
            Some(Value::Null) => Ok(None),
            _ => self.parse(index).map(Some),
        }
    }

    /// All values, for generic readers such as the backup.
    pub fn values(&self) -> &[Value] {
        &self.0
    }
}

/// The kind of a value, never its content: rows hold people.
fn describe(value: &Value) -> String {
    match value {
        Value::Null => "NULL",
        Value::Integer(_) => "an integer",
        Value::Real(_) => "a real number",
        Value::Text(_) => "a text",
        Value::Blob(_) => "bytes",
    }
    .to_owned()
}
