//! Rows of `serviceList`, `serviceDetail` and `supportConditions`, by the interface's own field names.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Localized;
use serde_json::{Map, Value};

use crate::areas::benefits::services::model::Conditions;
use crate::country::CodeTable;

/// The longest text of one field, in letters.
const LONGEST: usize = 20_000;
/// Whoever means “no limit” writes 120, sometimes 200.
const GREATEST_AGE: i64 = 999;
/// The number of a service; v1 named it SVC_ID.
const ID: [&str; 2] = ["서비스ID", "SVC_ID"];

/// Which of the three answers of the interface a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    List,
    Detail,
    Conditions,
}

/// One row, its number in its file, from 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub kind: Kind,
    pub id: String,
    pub file: Arc<str>,
    pub number: usize,
    pub fields: Map<String, Value>,
}

/// What is wrong with a row: a line of the errors file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowError {
    pub file: Arc<str>,
    pub number: usize,
    pub service: String,
    pub field: String,
    pub reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    NoObject,
    NoId,
    NoKind,
    Missing,
    NotText,
    TooLong,
    /// Neither Y nor empty, or no age.
    Value(String),
    AgesTurned,
    /// A code that the version lacks, and a version that has it.
    Code {
        version: String,
        other: Option<String>,
    },
    Twice,
    NotListed,
}

impl Reason {
    pub fn words(&self) -> Localized {
        let (ko, en): (String, String) = match self {
            Self::NoObject => (
                "항목이 JSON 객체가 아닙니다".into(),
                "the row is not a JSON object".into(),
            ),
            Self::NoId => (
                "서비스ID가 없습니다".into(),
                "the service has no number (서비스ID or SVC_ID)".into(),
            ),
            Self::NoKind => (
                "serviceList, serviceDetail, supportConditions 가운데 어느 것도 아닙니다".into(),
                "neither a row of serviceList nor of serviceDetail nor of supportConditions".into(),
            ),
            Self::Missing => (
                "비어 있습니다".into(),
                "it is empty; the interface always fills it".into(),
            ),
            Self::NotText => ("글자가 아닙니다".into(), "a text is expected".into()),
            Self::TooLong => (
                format!("{LONGEST}자보다 깁니다"),
                format!("longer than {LONGEST} letters"),
            ),
            Self::Value(value) => (
                format!("{value}: Y, 빈 값 또는 나이(0~{GREATEST_AGE})여야 합니다"),
                format!("{value}: Y, nothing or an age from 0 to {GREATEST_AGE} is expected"),
            ),
            Self::AgesTurned => (
                "시작 나이가 종료 나이보다 많습니다".into(),
                "the youngest age is above the greatest".into(),
            ),
            Self::Code {
                version,
                other: Some(other),
            } => (
                format!(
                    "{version}에 없는 코드입니다. {other} 자료이면 --api-version {other} 로 가져오세요"
                ),
                format!(
                    "{version} has no such code; if this was fetched from {other}, import it with --api-version {other}"
                ),
            ),
            Self::Code {
                version,
                other: None,
            } => (
                format!(
                    "{version}에 없는 코드입니다. 뜻을 확인하여 gov24/{version}.yaml에 적으세요"
                ),
                format!(
                    "{version} has no such code; add it with its meaning to gov24/{version}.yaml of the country"
                ),
            ),
            Self::Twice => (
                "같은 서비스가 서로 다른 내용으로 두 번 있습니다".into(),
                "the service stands twice with different content; keep the later page".into(),
            ),
            Self::NotListed => (
                "serviceList에 없는 서비스입니다".into(),
                "serviceList does not have this service; put its page into the folder too".into(),
            ),
        };
        Localized::new(ko, en)
    }
}

impl Row {
    pub fn error(&self, field: &str, reason: Reason) -> RowError {
        RowError {
            file: self.file.clone(),
            number: self.number,
            service: self.id.clone(),
            field: field.to_owned(),
            reason,
        }
    }

    /// The codes that a row names, set or not.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let names = self.fields.keys().map(String::as_str);
        names.filter(|it| is_code(it))
    }

    /// A text; empty where there is none. Line ends are made one kind.
    pub fn text(&self, field: &str) -> Result<String, RowError> {
        let text = match self.fields.get(field) {
            None | Some(Value::Null) => return Ok(String::new()),
            Some(Value::String(text)) => text.replace("\r\n", "\n").replace('\0', ""),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => return Err(self.error(field, Reason::NotText)),
        };
        let text = text.trim();
        if text.chars().count() > LONGEST {
            return Err(self.error(field, Reason::TooLong));
        }
        Ok(text.to_owned())
    }

    /// A text that must be there.
    pub fn needed(&self, field: &str) -> Result<String, RowError> {
        match self.text(field)? {
            text if text.is_empty() => Err(self.error(field, Reason::Missing)),
            text => Ok(text),
        }
    }

    /// An address to follow; anything but http and https is dropped, since a page links to it.
    pub fn link(&self, field: &str) -> Result<String, RowError> {
        let text = self.text(field)?;
        let safe = text.starts_with("https://") || text.starts_with("http://");
        let safe = safe && !text.contains(char::is_whitespace);
        Ok(if safe { text } else { String::new() })
    }

    /// The conditions by this version's table, or everything that is wrong with them.
    pub fn conditions(
        &self,
        table: &CodeTable,
        tables: &BTreeMap<String, CodeTable>,
    ) -> Result<Conditions, Vec<RowError>> {
        let mut conditions = Conditions::default();
        let mut errors = Vec::new();
        for (name, value) in self.fields.iter().filter(|(name, _)| is_code(name)) {
            if !table.knows(name) {
                let other = tables.values().find(|it| it.knows(name));
                let reason = Reason::Code {
                    version: table.version.clone(),
                    other: other.map(|it| it.version.clone()),
                };
                errors.push(self.error(name, reason));
            } else if table.is_age(name) {
                match age(value) {
                    Ok(age) if table.age.as_ref().is_some_and(|it| it.from == *name) => {
                        conditions.age_from = age;
                    }
                    Ok(age) => conditions.age_to = age,
                    Err(value) => errors.push(self.error(name, Reason::Value(value))),
                }
            } else {
                match flag(value) {
                    Ok(true) => conditions.codes.push(name.clone()),
                    Ok(false) => {}
                    Err(value) => errors.push(self.error(name, Reason::Value(value))),
                }
            }
        }
        if let (Some(from), Some(to)) = (conditions.age_from, conditions.age_to)
            && from > to
        {
            let field = table.age.as_ref().map_or("", |it| it.from.as_str());
            errors.push(self.error(field, Reason::AgesTurned));
        }
        conditions.codes.sort();
        if errors.is_empty() {
            Ok(conditions)
        } else {
            Err(errors)
        }
    }
}

fn is_code(name: &str) -> bool {
    let digits = name.strip_prefix("JA").unwrap_or_default();
    digits.len() == 4 && digits.bytes().all(|it| it.is_ascii_digit())
}

fn flag(value: &Value) -> Result<bool, String> {
    match value {
        Value::Null => Ok(false),
        Value::String(text) => match text.trim() {
            "Y" | "y" => Ok(true),
            "" | "N" | "n" => Ok(false),
            other => Err(shortened(other)),
        },
        other => Err(shortened(&other.to_string())),
    }
}

fn age(value: &Value) -> Result<Option<i64>, String> {
    let number = match value {
        Value::Null => return Ok(None),
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64(),
        _ => None,
    };
    match number {
        Some(age @ 0..=GREATEST_AGE) => Ok(Some(age)),
        _ => Err(shortened(&value.to_string())),
    }
}

/// A value as far as a line of a report can hold it.
fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Takes the rows of one file apart; what is no row is told.
pub(super) fn read(file: &str, values: Vec<Value>) -> (Vec<Row>, Vec<RowError>) {
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    let file: Arc<str> = file.into();
    for (index, value) in values.into_iter().enumerate() {
        let wrong = |service: String, reason| RowError {
            file: file.clone(),
            number: index + 1,
            service,
            field: String::new(),
            reason,
        };
        let Value::Object(fields) = value else {
            errors.push(wrong(String::new(), Reason::NoObject));
            continue;
        };
        let id = ID.iter().find_map(|name| fields.get(*name)?.as_str());
        let id = id.map(str::trim).filter(|it| {
            !it.is_empty()
                && it.len() <= 64
                && it
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
        let Some(id) = id.map(str::to_owned) else {
            errors.push(wrong(String::new(), Reason::NoId));
            continue;
        };
        match kind(&fields) {
            Some(kind) => rows.push(Row {
                kind,
                id,
                file: file.clone(),
                number: index + 1,
                fields,
            }),
            None => errors.push(wrong(id, Reason::NoKind)),
        }
    }
    (rows, errors)
}

/// Told by fields that only one of the three answers has.
fn kind(fields: &Map<String, Value>) -> Option<Kind> {
    let has = |names: &[&str]| names.iter().any(|name| fields.contains_key(*name));
    if fields.keys().any(|name| is_code(name)) {
        Some(Kind::Conditions)
    } else if has(&["소관기관코드", "소관기관유형", "사용자구분"]) {
        Some(Kind::List)
    } else if has(&["구비서류", "법령", "온라인신청사이트URL"]) {
        Some(Kind::Detail)
    } else {
        None
    }
}

/// The version whose table reads most rows whole or, where none does, most codes; `None` when
/// several do equally well.
pub(super) fn detect<'t>(
    rows: &[Row],
    tables: &'t BTreeMap<String, CodeTable>,
) -> Option<&'t CodeTable> {
    let mut fits: Vec<(usize, usize, &CodeTable)> = tables
        .values()
        .map(|table| {
            let (mut whole, mut known) = (0, 0);
            for row in rows.iter().filter(|it| it.kind == Kind::Conditions) {
                let of_it = row.codes().filter(|code| table.knows(code)).count();
                known += of_it;
                whole += usize::from(of_it == row.codes().count());
            }
            (whole, known, table)
        })
        .collect();
    let any_whole = fits.iter().any(|it| it.0 > 0);
    let fit = |it: &(usize, usize, &CodeTable)| if any_whole { it.0 } else { it.1 };
    fits.sort_by_key(|it| std::cmp::Reverse(fit(it)));
    match fits.as_slice() {
        [best, rest @ ..] if rest.first().is_none_or(|next| fit(next) < fit(best)) => Some(best.2),
        _ => None,
    }
}
