//! What pages show of residents: view structs, each with a sample.

use web::Frame;

mod facts;
mod office;
mod own;
mod question;
mod samples;
mod wording;

pub use facts::{Reader, fact_rows};
pub use office::{
    BirthLine, BirthPage, BirthsPage, ChildEntry, FindPage, FoundLine, HouseholdPage, MemberLine,
    NewBirthPage,
};
pub use own::{
    ConsentLine, FactRow, FactSection, LookLine, LooksPage, MePage, SexQuestion, TellPage,
};
pub use question::{Question, typed_value};
pub use samples::samples;
pub use wording::{Wording, masked, purpose_text};

/// Why an official may look at somebody's data; each is the end of a text key. Any other purpose is
/// words of the official.
pub const PURPOSES: [&str; 5] = ["visit", "case", "outreach", "birth", "correction"];

/// Purposes of work that shows people by itself: nobody chooses them.
pub const WORK_PURPOSES: [&str; 2] = ["letter", "unreached"];

/// An item of `ui::timeline`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    pub when: String,
    /// Machine-readable, or empty.
    pub date: String,
    pub title: String,
    pub note: String,
    /// Empty, `done`, `now` or `bad`.
    pub state: &'static str,
}

/// A labelled value with its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    pub value: String,
    pub via: String,
}

/// Errors of a form: the field and the words beside it.
pub type Errors = Vec<(String, String)>;

/// The message at a field; empty when it is right.
pub(crate) fn at<'a>(errors: &'a [(String, String)], field: &str) -> &'a str {
    let pair = errors.iter().find(|(name, _)| name == field);
    pair.map_or("", |(_, message)| message)
}

/// Whom to call: the numbers at the foot of every page.
pub fn phones(frame: &Frame) -> Vec<(String, String)> {
    let all = frame.phones.iter();
    all.map(|it| (it.href.clone(), it.label.clone())).collect()
}
