//! Values of variables and parameters.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

use super::arithmetic;
use super::exact::Exact;
use crate::dates;
use crate::diagnostic::suggestion;
use crate::yaml::Scalar;

/// One value; the code of an enum is a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Number(Exact),
    Bool(bool),
    Date(Date),
    Text(Arc<str>),
}

impl Value {
    /// The value that a scalar is by its own look, as a parameter's is read; `None` for `null`.
    pub(crate) fn literal(scalar: &Scalar) -> Option<Self> {
        let text = scalar.text.as_str();
        if scalar.quoted {
            return Some(Self::Text(text.into()));
        }
        if scalar.is_null() {
            return None;
        }
        let read = (bool_word(text), Exact::parse(text), dates::parse(text));
        Some(match read {
            (Some(value), _, _) => Self::Bool(value),
            (_, Some(number), _) => Self::Number(number),
            (_, _, Some(day)) => Self::Date(day),
            _ => Self::Text(text.into()),
        })
    }

    /// As YAML that [`Value::literal`] reads back.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Text(text) => super::write::quoted(text),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Bool(value) => value.fmt(f),
            Self::Date(day) => day.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The words that YAML 1.1, which OpenFisca reads, takes for a truth value.
fn bool_word(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// What a variable may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueType {
    Number,
    Bool,
    Date,
    Text,
    /// One of these codes.
    Enum(Arc<[String]>),
}

impl ValueType {
    pub(crate) const NAMES: [&'static str; 5] = ["number", "bool", "date", "text", "enum"];

    /// The word used in files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Text => "text",
            Self::Enum(_) => "enum",
        }
    }

    /// Reads a value of this type; a number may be arithmetic with numbers (`600 - 200 / 12`), and truth and number
    /// stand for each other (`true` is 1).
    ///
    /// # Errors
    /// What is expected instead.
    pub(crate) fn read(&self, scalar: &Scalar) -> Result<Value, String> {
        let text = scalar.text.as_str();
        let truth = bool_word(text);
        let read = match self {
            Self::Number => {
                let of_truth = truth.map(|value| Exact::from(i64::from(value)));
                let number = of_truth.or_else(|| arithmetic::evaluate(text));
                number.map(Value::Number)
            }
            Self::Bool => {
                let number = Exact::parse(text);
                let of_number = number.and_then(|number| match number {
                    Exact::ONE => Some(true),
                    Exact::ZERO => Some(false),
                    _ => None,
                });
                truth.or(of_number).map(Value::Bool)
            }
            Self::Date => dates::parse(text).map(Value::Date),
            Self::Text => Some(Value::Text(text.into())),
            Self::Enum(codes) => {
                let known = codes.iter().any(|code| code == text);
                known.then(|| Value::Text(text.into()))
            }
        };
        read.ok_or_else(|| match self {
            Self::Number => {
                "Write a number, or arithmetic with numbers: `600 - 200 / 12`.".to_owned()
            }
            Self::Bool => "Write `true` or `false`.".to_owned(),
            Self::Date => "Write a day that exists as YYYY-MM-DD.".to_owned(),
            Self::Text => "Write a text.".to_owned(),
            Self::Enum(codes) => suggestion(text, codes.iter().map(String::as_str)),
        })
    }
}
