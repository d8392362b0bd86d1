//! Languages are data: a locale is a tag. What a language lacks is said in English, then in Korean.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A BCP 47 primary language subtag of two letters (`ko`, `en`, `vi` …).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Locale([u8; 2]);

impl Locale {
    /// Korean, the language every text exists in.
    pub const KO: Self = Self(*b"ko");
    /// English, which must be complete.
    pub const EN: Self = Self(*b"en");

    /// The tag, as in `<html lang>`.
    pub fn tag(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ko")
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Locale {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_lowercase() && b.is_ascii_lowercase() => Ok(Self([*a, *b])),
            _ => Err(format!(
                "{text:?} is not a language tag: write two small letters such as ko or en"
            )),
        }
    }
}

/// One text in Korean and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Localized {
    /// 한국어
    pub ko: String,
    /// English
    pub en: String,
}

impl Localized {
    /// Both texts at once.
    pub fn new(ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            ko: ko.into(),
            en: en.into(),
        }
    }

    /// The text for a reader; Korean for Korean readers, English for all others.
    pub fn get(&self, locale: Locale) -> &str {
        if locale == Locale::KO {
            &self.ko
        } else {
            &self.en
        }
    }
}
