//! The forms of further kinds of questions, and the page that tells what came of one.

use askama::Template;
use web::Frame;
use web::charts::{Chart, Sheet};

use super::RunHead;

/// What came of a question: the answer, pictures and tables, what was asked, and what it rests on.
#[derive(Template)]
#[template(path = "areas/aide/pages/finding.html")]
pub struct FindingPage {
    pub frame: Frame,
    pub head: RunHead,
    pub tone: &'static str,
    pub verdict: String,
    /// The answer in sentences, the first first.
    pub said: Vec<String>,
    pub tiles: Vec<(String, String)>,
    pub charts: Vec<Chart>,
    pub sheets: Vec<Sheet>,
    pub asked: Vec<(String, String)>,
    /// What else it does, wanted or not.
    pub side_effects: Vec<String>,
    /// Said under the tables; empty for nothing.
    pub note: String,
    pub assumptions: Vec<String>,
}

/// A field of a form: what was typed and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub value: String,
    pub error: String,
}

/// The effect of a past policy is asked about.
#[derive(Template)]
#[template(path = "areas/aide/pages/evidence_form.html")]
pub struct EvidenceForm {
    pub frame: Frame,
    pub measure: Entry,
    pub outcome: Entry,
    pub source: Entry,
    pub better: String,
    /// Value, label and hint.
    pub betters: Vec<(String, String, String)>,
    pub unit_column: String,
    pub time_column: String,
    pub outcome_column: String,
    pub treated_column: String,
    pub csv: Entry,
    pub errors: Vec<(String, String)>,
}

/// A parameter that may move.
#[derive(Clone, Debug, Default)]
pub struct LeverRow {
    pub index: usize,
    pub key: String,
    pub name: String,
    /// The value in force, in a sentence.
    pub today: String,
    pub unit: String,
    pub low: Entry,
    pub high: Entry,
    pub step: Entry,
}

/// A goal is set.
#[derive(Template)]
#[template(path = "areas/aide/pages/goal_form.html")]
pub struct GoalForm {
    pub frame: Frame,
    pub title: String,
    pub indicator: String,
    pub indicators: Vec<(String, String)>,
    pub district: Entry,
    pub districts: Vec<(String, String)>,
    pub target: Entry,
    pub budget: Entry,
    pub on: Entry,
    pub rows: Vec<LeverRow>,
    pub add: Entry,
    pub choices: Vec<(String, String)>,
    pub effort: Entry,
    pub efforts: Vec<(String, String)>,
    pub errors: Vec<(String, String)>,
    pub population: String,
}

impl LeverRow {
    /// The fields of the row: name, label, and what was typed.
    pub(super) fn entries(&self, frame: &Frame) -> [(&'static str, String, &Entry); 3] {
        [
            ("low", frame.t("aide-goal-low"), &self.low),
            ("high", frame.t("aide-goal-high"), &self.high),
            ("step", frame.t("aide-goal-step"), &self.step),
        ]
    }
}

/// A field of a form of plain fields.
#[derive(Clone, Debug, Default)]
pub struct FieldRow {
    pub name: &'static str,
    pub label: String,
    /// Empty for none.
    pub hint: String,
    pub value: String,
    pub error: String,
    pub unit: String,
    /// `text`, `date` or `lines`.
    pub kind: &'static str,
    /// Values to choose from; empty for a field to type into.
    pub options: Vec<(String, String)>,
}

/// A question of plain fields.
#[derive(Template)]
#[template(path = "areas/aide/pages/fields_form.html")]
pub struct FieldsForm {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub action: String,
    pub rows: Vec<FieldRow>,
    pub note: String,
    pub errors: Vec<(String, String)>,
}
