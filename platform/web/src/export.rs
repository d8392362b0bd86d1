//! A list to take along: a table for spreadsheets (CSV) or for programs (JSON).

use axum::extract::{FromRequestParts, Query};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::format;
use crate::problem::Problem;

/// How a list is wanted: `?format=csv`, `?format=json`, or as a page. An extractor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Page,
    Csv,
    Json,
}

#[derive(Deserialize)]
struct RawFormat {
    #[serde(default)]
    format: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Format {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(raw) = Query::<RawFormat>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::bad_request())?;
        match raw.format.as_str() {
            "" => Ok(Self::Page),
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            _ => Err(Problem::bad_request()),
        }
    }
}

/// A table under construction.
#[derive(Clone, Debug)]
pub struct Export {
    /// The file's name without its ending.
    name: &'static str,
    columns: Vec<(&'static str, String)>,
    rows: Vec<Vec<Value>>,
}

/// An instant as a cell: ISO 8601 on Korea's clock, to the second.
pub fn instant(at: Timestamp) -> Value {
    Value::from(format::iso_local(at))
}

impl Export {
    /// A table with these columns: the key for programs, the title for people.
    pub fn new(name: &'static str, columns: Vec<(&'static str, String)>) -> Self {
        Self {
            name,
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row with one cell a column: a text, a number, a yes or no, or nothing.
    pub fn push<const N: usize>(&mut self, cells: [Value; N]) {
        debug_assert_eq!(N, self.columns.len(), "{}: a cell a column", self.name);
        self.rows.push(cells.into());
    }

    /// The table as a file to keep.
    pub fn respond(self, format: Format) -> Result<Response, Problem> {
        let (kind, ending, body) = match format {
            Format::Csv => ("text/csv; charset=utf-8", "csv", self.csv()?),
            Format::Json | Format::Page => ("application/json", "json", self.json()?),
        };
        let disposition = format!("attachment; filename=\"{}.{ending}\"", self.name);
        let headers = [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        Ok((headers, body).into_response())
    }

    /// UTF-8 with a byte order mark, without which spreadsheets take Korean for another encoding;
    /// RFC 4180 otherwise.
    fn csv(&self) -> Result<Vec<u8>, Problem> {
        let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        let titles = self.columns.iter().map(|(_, title)| guarded(title));
        out.write_record(titles).map_err(Problem::internal)?;
        for row in &self.rows {
            out.write_record(row.iter().map(cell))
                .map_err(Problem::internal)?;
        }
        out.into_inner().map_err(Problem::internal)
    }

    fn json(&self) -> Result<Vec<u8>, Problem> {
        let object = |row: &Vec<Value>| -> Map<String, Value> {
            let keys = self.columns.iter().map(|(key, _)| (*key).to_owned());
            keys.zip(row.iter().cloned()).collect()
        };
        let rows: Vec<_> = self.rows.iter().map(object).collect();
        serde_json::to_vec(&rows).map_err(Problem::internal)
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => guarded(text),
        other => other.to_string(),
    }
}

/// A text that a spreadsheet would take for a formula, made plain by an apostrophe (OWASP, “CSV
/// Injection”; the full-width signs count too where people type Korean).
fn guarded(text: &str) -> String {
    let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(signs) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Export {
        let columns = vec![("name", "이름".to_owned()), ("count", "수".to_owned())];
        let mut table = Export::new("names", columns);
        table.push([text.into(), Value::from(-3)]);
        table
    }

    #[test]
    fn spreadsheets_read_korean_quotes_and_numbers() {
        let csv = String::from_utf8(table("김하늘, \"늘\"").csv().unwrap()).unwrap();
        assert_eq!(csv, "\u{feff}이름,수\n\"김하늘, \"\"늘\"\"\",-3\n");
    }

    #[test]
    fn no_text_is_taken_for_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            let csv = table(text).csv().unwrap();
            let mut reader = csv::Reader::from_reader(csv.as_slice());
            let row = reader.records().next().unwrap().unwrap();
            assert_eq!(row[0], format!("'{text}"));
        }
    }

    #[test]
    fn programs_read_it_as_it_is() {
        let json: Value = serde_json::from_slice(&table("=1").json().unwrap()).unwrap();
        assert_eq!(json, serde_json::json!([{ "name": "=1", "count": -3 }]));
    }
}
