//! What pages show of runs and briefings.

pub mod briefing;
pub mod finding;
pub mod reform;
mod samples;

use askama::Template;
use web::Frame;

pub use samples::samples;

/// A kind of question.
#[derive(Clone, Debug, Default)]
pub struct Door {
    pub href: String,
    pub name: String,
    pub about: String,
    pub sign: &'static str,
}

/// A line of the list of runs.
#[derive(Clone, Debug, Default)]
pub struct RunLine {
    pub href: String,
    pub title: String,
    pub kind: String,
    pub when: String,
    pub who: String,
    pub state: String,
    pub tone: &'static str,
}

/// What can be asked, and what was.
#[derive(Template)]
#[template(path = "areas/aide/pages/home.html")]
pub struct HomePage {
    pub frame: Frame,
    pub doors: Vec<Door>,
    /// Which snapshot of the register is asked.
    pub population: String,
    pub heads: Vec<(String, &'static str)>,
    pub rows: Vec<RunLine>,
    pub next_href: String,
}

/// What stands around every answer: `pages/run_head.html` and `pages/run_foot.html`.
#[derive(Clone, Debug, Default)]
pub struct RunHead {
    pub path: String,
    pub title: String,
    pub kind: String,
    pub state: String,
    pub tone: &'static str,
    pub made: String,
    /// Versions of rules, data and answer.
    pub basis: Vec<(String, String)>,
    /// The runs with the same question: address, tone, what comparing says.
    pub repeated: Vec<(String, &'static str, String)>,
    pub repeat_action: String,
    pub table_href: String,
    pub brief_href: String,
    /// The form, filled in as this run's was.
    pub again_href: String,
}

/// A run without an answer.
#[derive(Template)]
#[template(path = "areas/aide/pages/wait.html")]
pub struct WaitPage {
    pub frame: Frame,
    pub head: RunHead,
    pub goes_on: bool,
    pub percent: i64,
    pub counted: String,
    /// Why it has none; in the words of the rules' own messages, which are English.
    pub refusal: String,
}
