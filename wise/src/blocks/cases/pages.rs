//! What pages show of cases: view structs, each with a sample.

use askama::Template;
use rules::Entity;
use web::Frame;

use super::model::{Case, CaseState};
use crate::blocks::people::pages::{Errors, Line, Moment, Question, Wording};
use crate::country::{Country, words};

mod samples;

pub use samples::samples;

/// A resident's applications.
#[derive(Template)]
#[template(path = "blocks/cases/pages/cases.html")]
pub struct CasesPage {
    pub frame: Frame,
    pub running: Vec<CaseLine>,
    pub closed: Vec<CaseLine>,
}

/// An application in a resident's list.
#[derive(Clone, Debug, Default)]
pub struct CaseLine {
    pub href: String,
    pub title: String,
    pub state: String,
    pub tone: &'static str,
    /// What comes next, or when it was closed.
    pub next: String,
    pub opened: String,
}

/// One application with everything that happened to it.
#[derive(Template)]
#[template(path = "blocks/cases/pages/case.html")]
pub struct CasePage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub state: String,
    pub tone: &'static str,
    pub due: String,
    pub steps: Vec<Moment>,
    pub filled: Vec<Line>,
    /// The office waits for the applicant's answer.
    pub asked: bool,
    pub open: bool,
    pub refused: bool,
    pub answer_action: String,
    pub withdraw_action: String,
    pub revision: i64,
    pub answer: String,
    pub errors: Errors,
    pub office: String,
    pub phones: Vec<(String, String)>,
}

impl CasePage {
    pub(super) fn error(&self, field: &str) -> &str {
        let pair = self.errors.iter().find(|(name, _)| name == field);
        pair.map_or("", |(_, message)| message)
    }
}

/// Value, label, tone, sign, address (or empty) of a tile.
pub type Tile = (String, String, &'static str, &'static str, &'static str);

/// Today's work of an office.
#[derive(Template)]
#[template(path = "blocks/cases/pages/queue.html")]
pub struct QueuePage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub tiles: Vec<Tile>,
    pub heads: Vec<(String, &'static str)>,
    pub rows: Vec<QueueLine>,
    pub count: String,
    pub first_href: String,
    pub next_href: String,
}

/// An application in the queue.
#[derive(Clone, Debug, Default)]
pub struct QueueLine {
    pub href: String,
    pub title: String,
    pub agency: String,
    pub applicant: String,
    pub state: String,
    pub tone: &'static str,
    pub opened: String,
    pub left: String,
    pub left_tone: &'static str,
}

/// How all queues stand.
#[derive(Template)]
#[template(path = "blocks/cases/pages/overview.html")]
pub struct OverviewPage {
    pub frame: Frame,
    pub lead: String,
    /// Value, label, tone, sign.
    pub tiles: Vec<(String, String, &'static str, &'static str)>,
    pub bars: Vec<Bar>,
    pub office_heads: Vec<(String, &'static str)>,
    pub offices: Vec<OfficeLine>,
    pub heads: Vec<(String, &'static str)>,
    pub topics: Vec<CountLine>,
}

/// The open cases of one office.
#[derive(Clone, Debug, Default)]
pub struct OfficeLine {
    pub name: String,
    /// Its queue; empty for those who see sums alone.
    pub href: String,
    pub open: String,
    pub soon: String,
    pub late: String,
    pub is_late: bool,
    pub oldest: String,
}

/// A bar of `ui::bars`.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    pub label: String,
    pub value: String,
    pub note: String,
    pub percent: i64,
    pub tone: &'static str,
}

/// The sums of one topic.
#[derive(Clone, Debug, Default)]
pub struct CountLine {
    pub label: String,
    pub open: String,
    pub late: String,
    pub is_late: bool,
    pub granted: String,
    pub refused: String,
}

/// Where a case stands, in words.
pub fn state_label(frame: &Frame, state: CaseState) -> String {
    frame.t(&format!("cases-state-{state}"))
}

/// The colour of a state; its sign and word say the same.
pub fn tone(state: CaseState) -> &'static str {
    match state {
        CaseState::Received | CaseState::Answered => "info",
        CaseState::Asked => "warn",
        CaseState::Granted => "good",
        CaseState::Refused => "bad",
        CaseState::Withdrawn => "plain",
    }
}

/// What a case is about.
pub fn topic_name(country: &Country, frame: &Frame, case: &Case) -> String {
    named_topic(country, frame, &case.topic)
}

/// The name of a topic: a benefit's or of a correction, where the rules know it, else the topic itself.
pub fn named_topic(country: &Country, frame: &Frame, topic: &str) -> String {
    if let Some((entity, fact)) = fact_of_topic(topic) {
        let what = Wording { frame, country }.label(entity, fact);
        return frame.t1("cases-correction-of", "what", what);
    }
    let Some(benefit) = country.book.benefit(topic) else {
        return topic.to_owned();
    };
    words::benefit_name(frame, benefit)
}

/// The fact that a correction is about: `person.disability`. No benefit's id has a dot.
pub fn fact_of_topic(topic: &str) -> Option<(Entity, &str)> {
    match topic.split_once('.')? {
        ("person", fact) => Some((Entity::Person, fact)),
        ("household", fact) => Some((Entity::Household, fact)),
        _ => None,
    }
}

/// A resident says what is right.
#[derive(Template)]
#[template(path = "blocks/cases/pages/correct.html")]
pub struct CorrectPage {
    pub frame: Frame,
    pub title: String,
    /// What happens with it: changed at once, or decided by whom.
    pub lead: String,
    /// As it stands now.
    pub known: Line,
    pub fact: String,
    /// The member; empty for the household.
    pub of: String,
    pub label: String,
    pub question: Question,
    pub value: String,
    pub error: String,
    pub errors: Errors,
    pub phones: Vec<(String, String)>,
}

/// An official decides what is right.
#[derive(Template)]
#[template(path = "blocks/cases/pages/correction.html")]
pub struct CorrectionPage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub state: String,
    pub tone: &'static str,
    /// As it stood when it was claimed, and the claim.
    pub lines: Vec<Line>,
    pub steps: Vec<Moment>,
    pub open: bool,
    pub action: String,
    pub revision: i64,
    pub decisions: Vec<(String, String, String)>,
    pub decision: String,
    pub note: String,
    pub errors: Errors,
}

impl CorrectionPage {
    pub(super) fn error(&self, field: &str) -> &str {
        let pair = self.errors.iter().find(|(name, _)| name == field);
        pair.map_or("", |(_, message)| message)
    }
}
