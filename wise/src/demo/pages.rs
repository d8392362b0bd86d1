//! What the first page of the demo shows.

use askama::Template;
use web::Frame;

mod samples;

pub use samples::samples;

/// A card that enters the demo as somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Door {
    pub id: String,
    pub name: String,
    pub about: String,
    pub sign: &'static str,
    /// Its number at a kiosk; may be empty.
    pub key: String,
}

/// A group of cards under a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doors {
    pub title: String,
    pub doors: Vec<Door>,
}

/// The part that lets a day pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayPanel {
    pub now: String,
    /// Hours done and all hours while a day is being played.
    pub running: Option<(String, String)>,
    pub running_label: String,
    /// Figures of the last day with their captions; empty before the first.
    pub summary: Vec<(String, String)>,
    pub summary_title: String,
}

/// An agency of the demonstration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberPanel {
    pub number: String,
    pub name: String,
    pub state: String,
    pub tone: &'static str,
    /// Of its last block; `None` while it is stopped.
    pub height: Option<String>,
    pub size: Option<String>,
    /// What it found about others.
    pub found: Vec<String>,
    /// It shows this page, and cannot be stopped from it.
    pub is_here: bool,
    pub is_running: bool,
    pub is_cut_off: bool,
    pub lies: bool,
}

/// Four agencies that keep the ledger.
#[derive(Template)]
#[template(path = "demo/pages/federation.html")]
pub struct FederationPage {
    pub frame: Frame,
    pub members: Vec<MemberPanel>,
    /// Values and labels of the ways to lie.
    pub lies: Vec<(&'static str, String)>,
    /// Too few are at work.
    pub stands_still: bool,
    /// Entries that wait.
    pub waiting: usize,
}

/// Choose who you are.
#[derive(Template)]
#[template(path = "demo/pages/choose.html")]
pub struct ChoosePage {
    pub frame: Frame,
    pub groups: Vec<Doors>,
    pub day: DayPanel,
}
