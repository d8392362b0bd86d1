//! A resident's own pages.

use askama::Template;
use web::Frame;

use super::{Errors, Moment, at};

/// What government knows about a person and the household.
#[derive(Template)]
#[template(path = "blocks/people/pages/me.html")]
pub struct MePage {
    pub frame: Frame,
    pub sections: Vec<FactSection>,
    pub consents: Vec<ConsentLine>,
    /// Told only where somebody else's facts are left out.
    pub note: String,
    pub phones: Vec<(String, String)>,
}

/// The facts about one person, or about the household.
#[derive(Clone, Debug, Default)]
pub struct FactSection {
    pub title: String,
    pub rows: Vec<FactRow>,
}

/// One fact with everything a person may ask about it.
#[derive(Clone, Debug, Default)]
pub struct FactRow {
    pub label: String,
    pub value: String,
    pub since: String,
    /// Known to be unknown, or not usable.
    pub unknown: bool,
    pub source: String,
    pub basis: String,
    pub as_of: String,
    /// What to know about its use: told by the person, old, waits for consent.
    pub mark: String,
    pub tone: &'static str,
    /// Where its owner asks for a correction; empty for others.
    pub correct_href: String,
}

/// One datum that may be fetched only with consent.
#[derive(Clone, Debug, Default)]
pub struct ConsentLine {
    /// Its name in the exchange catalogue: `person.pregnant`.
    pub fact: String,
    pub label: String,
    pub detail: String,
    pub given: bool,
}

/// Who looked at a person's data.
#[derive(Template)]
#[template(path = "blocks/people/pages/looks.html")]
pub struct LooksPage {
    pub frame: Frame,
    pub looks: Vec<LookLine>,
    pub phones: Vec<(String, String)>,
}

/// One look, with where its proof is; empty where it was not sealed.
#[derive(Clone, Debug, Default)]
pub struct LookLine {
    pub moment: Moment,
    pub proof_href: String,
}

/// A resident tells of a birth.
#[derive(Template)]
#[template(path = "blocks/people/pages/tell.html")]
pub struct TellPage {
    pub frame: Frame,
    /// For whom, when the father tells.
    pub mother: String,
    pub born: String,
    pub today: String,
    pub count: String,
    pub counts: Vec<(String, String)>,
    pub sexes: Vec<SexQuestion>,
    pub options: Vec<(String, String, String)>,
    pub errors: Errors,
}

/// The sex of one child.
#[derive(Clone, Debug, Default)]
pub struct SexQuestion {
    pub name: String,
    pub legend: String,
    pub selected: String,
}

impl TellPage {
    pub(super) fn error(&self, field: &str) -> &str {
        at(&self.errors, field)
    }
}
