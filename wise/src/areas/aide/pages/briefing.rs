//! Briefings: the list, the form, the page to print.

use askama::Template;
use web::Frame;
use web::charts::Chart;

/// A line of the list of briefings.
#[derive(Clone, Debug, Default)]
pub struct BriefingLine {
    pub href: String,
    pub question: String,
    pub when: String,
    pub who: String,
}

/// The briefings there are.
#[derive(Template)]
#[template(path = "areas/aide/pages/briefings.html")]
pub struct BriefingsPage {
    pub frame: Frame,
    pub heads: Vec<(String, &'static str)>,
    pub rows: Vec<BriefingLine>,
    pub next_href: String,
}

/// A run that may become an option.
#[derive(Clone, Debug, Default)]
pub struct RunChoice {
    pub id: String,
    pub title: String,
    pub about: String,
    pub is_chosen: bool,
}

/// A briefing is made.
#[derive(Template)]
#[template(path = "areas/aide/pages/briefing_form.html")]
pub struct BriefingForm {
    pub frame: Frame,
    /// Value and error.
    pub question: (String, String),
    pub runs: Vec<RunChoice>,
    pub runs_error: String,
    pub notes: String,
    pub errors: Vec<(String, String)>,
}

/// What a run says for a briefing, whatever its kind.
#[derive(Clone, Debug, Default)]
pub struct Argument {
    /// Label and value: the same labels stand in one line of the comparison.
    pub figures: Vec<(String, String)>,
    pub changes: Vec<(String, String)>,
    /// The answer in sentences, made of the figures by rules.
    pub said: Vec<String>,
    pub charts: Vec<Chart>,
    /// What the figures rest on: if it were otherwise, they would be.
    pub would_change: Vec<String>,
    pub sources: Vec<String>,
}

/// An option with its run.
#[derive(Clone, Debug, Default)]
pub struct OptionBlock {
    pub href: String,
    pub name: String,
    pub argument: Argument,
    /// The sentences as a language model put them; empty where none did.
    pub reworded: Vec<String>,
    /// Versions of rules, data and answer.
    pub basis: Vec<(String, String)>,
}

/// A figure of every option.
#[derive(Clone, Debug, Default)]
pub struct FigureLine {
    pub label: String,
    /// The run and the value, in the order of the options; an empty value where it has none.
    pub values: Vec<(String, String)>,
}

/// The page to print.
#[derive(Template)]
#[template(path = "areas/aide/pages/briefing.html")]
pub struct BriefingPage {
    pub frame: Frame,
    pub question: String,
    pub made: String,
    pub heads: Vec<(String, &'static str)>,
    pub figures: Vec<FigureLine>,
    pub options: Vec<OptionBlock>,
    pub would_change: Vec<String>,
    pub notes: Vec<String>,
    /// Says which model put the sentences otherwise; empty where none did.
    pub reworded_by: String,
    /// Where a language model may be asked; empty where there is none.
    pub reword_action: String,
}
