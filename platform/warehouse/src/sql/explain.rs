//! Errors of a question in the words of whoever asked it.

use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use rules::nearest;

use super::Table;
use crate::failure::Failure;

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
            let text = other.strip_backtrace();
            match unknown_table(&text) {
                Some(name) => table(&name, tables),
                None => text,
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
    rest.trim_start()
        .starts_with("not found")
        .then(|| name.rsplit('.').next().unwrap_or(name).to_owned())
}

fn table(name: &str, tables: &[Table]) -> String {
    let known: Vec<&str> = tables.iter().map(|it| it.name.as_str()).collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("there is no table `{name}`; did you mean `{near}`?"),
        None if known.is_empty() => {
            format!("there is no table `{name}`; name its file with --table {name}=FILE")
        }
        None => format!(
            "there is no table `{name}`; there are {}; name its file with --table {name}=FILE",
            known.join(", ")
        ),
    }
}
