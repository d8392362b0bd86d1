//! The form of a reform, and what it would do.

use askama::Template;
use web::Frame;
use web::charts::{Chart, Sheet};

use super::RunHead;

/// A parameter that is to have another value.
#[derive(Clone, Debug, Default)]
pub struct ChangeRow {
    pub index: usize,
    pub key: String,
    pub whose: String,
    pub label: String,
    /// The value in force, in a sentence.
    pub today: String,
    /// The law that says so.
    pub source: String,
    pub is_table: bool,
    pub unit: String,
    pub field: String,
    pub value: String,
    pub error: String,
}

/// A reform is written.
#[derive(Template)]
#[template(path = "areas/aide/pages/reform_form.html")]
pub struct ReformForm {
    pub frame: Frame,
    pub title: String,
    /// Value and error.
    pub on: (String, String),
    pub rows: Vec<ChangeRow>,
    pub choices: Vec<(String, String)>,
    pub choice_error: String,
    /// Value and error.
    pub yaml: (String, String),
    pub errors: Vec<(String, String)>,
    pub population: String,
}

/// What a reform would do.
#[derive(Template)]
#[template(path = "areas/aide/pages/reform.html")]
pub struct ReformPage {
    pub frame: Frame,
    pub head: RunHead,
    /// What is changed, a line each.
    pub changes: Vec<(String, String)>,
    pub tiles: Vec<(String, String)>,
    /// The answer in sentences.
    pub said: Vec<String>,
    pub charts: Vec<Chart>,
    pub sheets: Vec<Sheet>,
    /// What the figures rest on.
    pub assumptions: Vec<String>,
}
