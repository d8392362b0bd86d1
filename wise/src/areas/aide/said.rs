//! Sentences made of numbers by rules, kept with the numbers and put into the reader's words when shown; and numbers
//! as texts that are the same bytes each time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A sentence: the key of a text and what is put into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    pub key: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, Piece>,
}

/// What is put into a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Piece {
    /// Shown with thousands separators.
    Number(i64),
    /// Shown as it is: a name, a decimal number.
    Text(String),
}

impl From<i64> for Piece {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Piece {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Piece {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Said {
    pub fn new(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            args: BTreeMap::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, piece: impl Into<Piece>) -> Self {
        self.args.insert(name.to_owned(), piece.into());
        self
    }

    /// The sentence in the words of whoever `words` speaks for: given the key and what is put in.
    pub fn told(&self, words: impl Fn(&str, &[(&str, web::Arg)]) -> String) -> String {
        let args = self.args.iter().map(|(name, piece)| {
            let arg = match piece {
                Piece::Number(number) => web::Arg::Number(*number),
                Piece::Text(text) => web::Arg::Text(text.clone()),
            };
            (name.as_str(), arg)
        });
        words(&self.key, &args.collect::<Vec<_>>())
    }
}

/// A number as text with so many decimals; nothing is told as minus zero.
pub fn decimal(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|it| matches!(it, b'0' | b'.')) => digits.to_owned(),
        _ => text,
    }
}

/// What a person wrote as a number, as a computer reads it. Spaces and thousands separators may stand in it.
/// `None` when it is none, or when a comma could mean either (`1,234` where commas are decimal signs).
pub fn number(text: &str, comma_is_decimal: bool) -> Option<f64> {
    let text: String = text
        .chars()
        .filter(|it| !it.is_whitespace() && *it != '\u{a0}')
        .map(|it| if it == '−' { '-' } else { it })
        .collect();
    let (integer, fraction) = match text.rsplit_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (text.as_str(), None),
    };
    let groups: Vec<&str> = integer.split(',').collect();
    let is_grouped = groups.len() > 1 && groups[1..].iter().all(|it| it.len() == 3);
    let plain = match (groups.len(), fraction) {
        (1, _) => text.clone(),
        (2, None) if comma_is_decimal && is_grouped => return None,
        (2, None) if comma_is_decimal => text.replace(',', "."),
        _ if is_grouped => text.replace(',', ""),
        _ => return None,
    };
    let is_number = plain
        .bytes()
        .all(|it| it.is_ascii_digit() || matches!(it, b'.' | b'-' | b'+' | b'e' | b'E'));
    let value: f64 = plain.parse().ok().filter(|_| is_number)?;
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_text_each_time() {
        assert_eq!(decimal(-0.0004, 2), "0.00");
        assert_eq!(decimal(-3.126, 2), "-3.13");
        assert_eq!(decimal(12.0, 0), "12");
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(number(" 1,234.5 ", false), Some(1234.5));
        assert_eq!(number("3,5", true), Some(3.5));
        assert_eq!(number("−3.5", false), Some(-3.5));
        assert_eq!(number("1,234,567", true), Some(1_234_567.0));
        assert_eq!(number("1e3", false), Some(1000.0));
        for (text, comma) in [
            ("1,234", true),
            ("3,5", false),
            ("", false),
            ("NaN", false),
            ("inf", false),
            ("12%", false),
            ("1e999", false),
        ] {
            assert_eq!(number(text, comma), None, "{text}");
        }
    }

    #[test]
    fn a_sentence_keeps_what_it_is_made_of() {
        let said = Said::new("x").with("count", 3_i64).with("of", "새빛동");
        let json = serde_json::to_string(&said).unwrap();
        assert_eq!(json, r#"{"key":"x","args":{"count":3,"of":"새빛동"}}"#);
        assert_eq!(serde_json::from_str::<Said>(&json).unwrap(), said);
        let told = said.told(|key, args| format!("{key} {args:?}"));
        assert!(told.starts_with("x [(\"count\", Number(3))"), "{told}");
    }
}
