//! Words people read: Fluent messages in files of the country, found by key.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use base::{Locale, Won, thousands};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast;

/// A value put into a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Shown as it is.
    Text(String),
    /// Shown with thousands separators; selects plural forms.
    Number(i64),
}

macro_rules! arg_from {
    ($($type:ty => |$it:ident| $make:expr),+ $(,)?) => {$(
        impl From<$type> for Arg {
            fn from($it: $type) -> Self {
                $make
            }
        }
    )+};
}
// References too: templates pass their fields by reference.
arg_from! {
    &str => |it| Self::Text(it.to_owned()),
    String => |it| Self::Text(it),
    &String => |it| Self::Text(it.clone()),
    i64 => |it| Self::Number(it),
    &i64 => |it| Self::Number(*it),
    i32 => |it| Self::Number(it.into()),
    &i32 => |it| Self::Number((*it).into()),
    u32 => |it| Self::Number(it.into()),
    &u32 => |it| Self::Number((*it).into()),
    u64 => |it| Self::Number(i64::try_from(it).unwrap_or(i64::MAX)),
    &u64 => |it| Self::Number(i64::try_from(*it).unwrap_or(i64::MAX)),
    usize => |it| Self::Number(i64::try_from(it).unwrap_or(i64::MAX)),
    &usize => |it| Self::Number(i64::try_from(*it).unwrap_or(i64::MAX)),
    Won => |it| Self::Number(it.0),
    &Won => |it| Self::Number(it.0),
}

/// A line that stands in a file which a machine wrote and no person has checked.
pub const MACHINE_DRAFTED: &str = "### machine-drafted";

/// All messages of all languages; cheap to clone.
#[derive(Clone)]
pub struct Texts(Arc<BTreeMap<String, Language>>);

struct Language {
    bundle: FluentBundle<FluentResource>,
    /// Messages (`area-key`) and attributes (`area-key.detail`).
    keys: BTreeSet<String>,
    /// Files that no person has checked.
    drafted: Vec<String>,
    /// How many Korean messages it lacks.
    lacking: usize,
}

/// A text file that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct TextsError {
    pub path: String,
    pub reason: String,
}

impl Texts {
    /// Reads Fluent files whose path has the language as a folder: `…/ko/benefits.ftl`.
    ///
    /// # Errors
    /// A file that does not parse, a key that stands twice, a path without a language.
    pub fn load<P: AsRef<str>, T: Into<String>>(
        files: impl IntoIterator<Item = (P, T)>,
    ) -> Result<Self, TextsError> {
        let mut languages: BTreeMap<String, Language> = BTreeMap::new();
        for (path, text) in files {
            let path = path.as_ref();
            let failed = |reason: String| TextsError {
                path: path.to_owned(),
                reason,
            };
            let tag = language_of(path)
                .ok_or_else(|| failed("no folder names the language (ko, en …)".into()))?;
            let text: String = text.into();
            let drafted = text.lines().any(|line| line.trim_end() == MACHINE_DRAFTED);
            let resource = FluentResource::try_new(text).map_err(|(_, errors)| {
                failed(
                    errors
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join("; "),
                )
            })?;
            let language = languages
                .entry(tag.to_string())
                .or_insert_with(|| Language::new(tag));
            language.keys.extend(keys_of(&resource));
            if drafted {
                language.drafted.push(path.to_owned());
            }
            language.bundle.add_resource(resource).map_err(|errors| {
                failed(
                    errors
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join("; "),
                )
            })?;
        }
        let korean = languages.get(Locale::KO.tag()).map(|it| it.keys.clone());
        for language in languages.values_mut() {
            let korean = korean.iter().flatten();
            language.lacking = korean.filter(|it| !language.keys.contains(*it)).count();
        }
        Ok(Self(Arc::new(languages)))
    }

    /// The message `key` (or `key.attribute`) for a reader; what their language lacks in English,
    /// then in Korean; the key itself where nobody wrote it.
    pub fn get(&self, locale: Locale, key: &str, args: &[(&str, Arg)]) -> String {
        self.lookup(locale, key, args).unwrap_or_else(|| {
            tracing::warn!(key, locale = locale.tag(), "a text is missing");
            key.to_owned()
        })
    }

    /// [`Texts::get`], where a text may be left out.
    pub(crate) fn lookup(&self, locale: Locale, key: &str, args: &[(&str, Arg)]) -> Option<String> {
        let order = if locale == Locale::KO {
            [Locale::KO, Locale::EN]
        } else {
            [Locale::EN, Locale::KO]
        };
        self.find(locale, key, args)
            .or_else(|| order.iter().find_map(|it| self.find(*it, key, args)))
    }

    /// The message in exactly this language, when it is there.
    pub fn find(&self, locale: Locale, key: &str, args: &[(&str, Arg)]) -> Option<String> {
        let language = self.0.get(locale.tag())?;
        let (id, attribute) = match key.split_once('.') {
            Some((id, attribute)) => (id, Some(attribute)),
            None => (key, None),
        };
        let message = language.bundle.get_message(id)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let values: FluentArgs<'_> = args
            .iter()
            .map(|(name, arg)| (*name, arg.value()))
            .collect();
        let mut errors = Vec::new();
        let text = language
            .bundle
            .format_pattern(pattern, Some(&values), &mut errors);
        if !errors.is_empty() {
            tracing::warn!(key, ?errors, "a text lacks a value");
        }
        if locale == Locale::KO {
            return Some(base::korean::settle(&text));
        }
        Some(text.into_owned())
    }

    /// The languages there are texts in.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The files of a language that a machine wrote and no person has checked.
    pub fn drafted(&self, locale: Locale) -> &[String] {
        self.0
            .get(locale.tag())
            .map_or(&[], |it| it.drafted.as_slice())
    }

    /// How many of the Korean messages a language lacks, and how many there are.
    pub fn lacking(&self, locale: Locale) -> (usize, usize) {
        let of = |locale: Locale| self.0.get(locale.tag());
        let all = of(Locale::KO).map_or(0, |it| it.keys.len());
        (of(locale).map_or(all, |it| it.lacking), all)
    }

    /// This language if it has every message, else English: a page in two languages at once is
    /// read out wrongly.
    #[must_use]
    pub fn whole(&self, locale: Locale) -> Locale {
        if self.lacking(locale).0 == 0 {
            locale
        } else {
            Locale::EN
        }
    }

    /// Keys that Korean or English has and the other has not: `en: web-title`. Other languages may
    /// be partial.
    pub fn missing(&self) -> Vec<String> {
        let must = [Locale::EN, Locale::KO];
        let complete = || must.iter().filter_map(|it| self.0.get(it.tag()));
        let all: BTreeSet<&String> = complete().flat_map(|it| &it.keys).collect();
        let mut missing = Vec::new();
        for tag in must {
            let Some(language) = self.0.get(tag.tag()) else {
                continue;
            };
            let lacks = all.iter().filter(|key| !language.keys.contains(**key));
            missing.extend(lacks.map(|key| format!("{tag}: {key}")));
        }
        missing
    }
}

impl Arg {
    fn value(&self) -> FluentValue<'_> {
        match self {
            Self::Text(text) => FluentValue::from(text.as_str()),
            Self::Number(number) => FluentValue::from(*number),
        }
    }
}

impl Language {
    fn new(locale: Locale) -> Self {
        let identifier = locale.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // Isolation marks are for mixing right-to-left scripts; they show up as boxes in copied text.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(|value, _| match value {
            FluentValue::Number(number) => Some(grouped(number.value)),
            _ => None,
        }));
        Self {
            bundle,
            keys: BTreeSet::new(),
            drafted: Vec::new(),
            lacking: 0,
        }
    }
}

/// Fluent keeps numbers as doubles; what is put in are whole numbers.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole numbers up to 2^53 went in"
)]
fn grouped(number: f64) -> String {
    thousands(number as i64)
}

/// The folder a text file stands in is its language.
fn language_of(path: &str) -> Option<Locale> {
    path.split('/').rev().nth(1)?.parse().ok()
}

fn keys_of(resource: &FluentResource) -> Vec<String> {
    let mut keys = Vec::new();
    for entry in resource.entries() {
        let ast::Entry::Message(message) = entry else {
            continue;
        };
        if message.value.is_some() {
            keys.push(message.id.name.to_owned());
        }
        for attribute in &message.attributes {
            let mut key = message.id.name.to_owned();
            let _ = write!(key, ".{}", attribute.id.name);
            keys.push(key);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        Texts::load([
            (
                "texts/ko/a.ftl",
                "a-hello = { $name }님, 안녕하세요\n    .easy = { $name }님!\na-only = 한국어\na-sum = { $sum }원\n",
            ),
            (
                "texts/en/a.ftl",
                "a-hello = Hello { $name }\n    .easy = Hi\na-sum = { $sum ->\n    [one] one won\n   *[other] ₩{ $sum }\n }\n",
            ),
        ])
        .unwrap()
    }

    #[test]
    fn a_message_takes_its_values_without_invisible_marks() {
        let text = texts().get(Locale::KO, "a-hello", &[("name", "하늘".into())]);
        assert_eq!(text, "하늘님, 안녕하세요");
        assert_eq!(
            texts().get(Locale::KO, "a-hello.easy", &[("name", "하늘".into())]),
            "하늘님!"
        );
    }

    #[test]
    fn numbers_are_grouped_and_still_choose_the_plural() {
        let won = |sum: i64| texts().get(Locale::EN, "a-sum", &[("sum", sum.into())]);
        assert_eq!(won(1), "one won");
        assert_eq!(won(3_000_000), "₩3,000,000");
        assert_eq!(
            texts().get(Locale::KO, "a-sum", &[("sum", Won(1_000_000).into())]),
            "1,000,000원"
        );
    }

    #[test]
    fn what_english_lacks_falls_back_to_korean_and_is_listed() {
        assert_eq!(texts().get(Locale::EN, "a-only", &[]), "한국어");
        assert_eq!(texts().missing(), ["en: a-only"]);
        assert_eq!(texts().get(Locale::EN, "a-none", &[]), "a-none");
    }

    #[test]
    fn another_language_may_be_partial_and_says_what_no_person_checked() {
        let files = [
            (
                "texts/ko/a.ftl",
                "a-hello = 안녕하세요\na-bye = 안녕히 가세요\n",
            ),
            ("texts/en/a.ftl", "a-hello = Hello\na-bye = Goodbye\n"),
            (
                "texts/vi/a.ftl",
                "### machine-drafted\n\na-hello = Xin chào\n",
            ),
            ("texts/vi/b.ftl", "b-own = chỉ tiếng Việt\n"),
        ];
        let texts = Texts::load(files).unwrap();
        let vi: Locale = "vi".parse().unwrap();
        assert_eq!(texts.get(vi, "a-hello", &[]), "Xin chào");
        assert_eq!(texts.get(vi, "a-bye", &[]), "Goodbye");
        assert_eq!(texts.drafted(vi), ["texts/vi/a.ftl"]);
        assert!(texts.drafted(Locale::EN).is_empty());
        assert_eq!(texts.lacking(vi), (1, 2));
        assert_eq!(
            (texts.whole(vi), texts.whole(Locale::KO)),
            (Locale::EN, Locale::KO)
        );
        assert!(
            texts.missing().is_empty(),
            "only Korean and English must be complete"
        );
    }

    #[test]
    fn a_broken_file_is_named() {
        let error = Texts::load([("x/ko/bad.ftl", "= nothing")]).err().unwrap();
        assert_eq!(error.path, "x/ko/bad.ftl");
        let twice = Texts::load([("x/ko/a.ftl", "a = 1\n"), ("x/ko/b.ftl", "a = 2\n")]);
        assert_eq!(twice.err().unwrap().path, "x/ko/b.ftl");
        assert!(Texts::load([("x/a.ftl", "a = 1\n")]).is_err());
    }
}
