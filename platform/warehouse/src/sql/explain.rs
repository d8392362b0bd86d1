//! Errors of a question in the words of whoever asked it.

use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use rules::nearest;

use super::Table;
use crate::failure::{Failure, plain};

/// What was wrong, with the nearest name that there is.
pub(super) fn failure(error: &DataFusionError, tables: &[Table], sql: &str) -> Failure {
    let root = error.find_root();
    Failure::Sql(match root {
        DataFusionError::SchemaError(inner, _) => match &**inner {
            SchemaError::FieldNotFound {
                field,
                valid_fields,
            } => {
                let known: Vec<&str> = valid_fields.iter().map(|it| it.name.as_str()).collect();
                column(&field.name, &known)
            }
            _ => inner.to_string(),
        },
        DataFusionError::ResourcesExhausted(text) => format!(
            "the answer needs more memory than it may take ({text}); allow more with --memory, or ask for less at a time"
        ),
        DataFusionError::SQL(parser, _) => {
            format!("this is no SQL: {parser}; the question was: {sql}")
        }
        other => {
            let text = plain(other);
            if let Some(name) = unknown_table(&text) {
                table(&name, tables)
            } else if text.contains("not found in struct") {
                format!("{text}; DESCRIBE names the parts of a table's columns")
            } else if text.contains("single SQL statement") {
                "one question at a time".to_owned()
            } else {
                text
            }
        }
    })
}

fn column(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("there is no column `{name}`; did you mean `{near}`?"),
        None if known.is_empty() => format!("there is no column `{name}`"),
        None => format!(
            "there is no column `{name}`; there are {}{}",
            known.join(", "),
            if known.contains(&"members") {
                " (what members have is asked of unnest(members))"
            } else {
                ""
            }
        ),
    }
}

/// `table 'datafusion.public.peple' not found` is a plain text to its caller too.
fn unknown_table(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("table '")?;
    let (name, rest) = rest.split_once('\'')?;
    let name = name.strip_prefix("datafusion.public.").unwrap_or(name);
    rest.trim_start()
        .starts_with("not found")
        .then(|| name.to_owned())
}

fn table(name: &str, tables: &[Table]) -> String {
    let known: Vec<&str> = tables.iter().map(|it| it.name.as_str()).collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("there is no table `{name}`; did you mean `{near}`?"),
        None if known.is_empty() => {
            format!("there is no table `{name}`; a file becomes one with --table NAME=FILE")
        }
        None => format!(
            "there is no table `{name}`; there are {}; another file becomes one with --table NAME=FILE",
            known.join(", ")
        ),
    }
}
