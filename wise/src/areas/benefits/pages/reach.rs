//! What pages show of take-up and of those whom nothing reached.

use askama::Template;
use web::Frame;

use super::{Line, Moment, ReasonLine};

/// A line of a take-up table.
#[derive(Clone, Debug, Default)]
pub struct TakeUpRow {
    pub name: String,
    /// Chooses this benefit; empty where there is nothing to choose.
    pub href: String,
    pub owed: String,
    pub reached: String,
    pub held: String,
    /// `None` where it is not shown.
    pub percent: Option<i64>,
    pub percent_text: String,
}

/// A table of take-up.
#[derive(Clone, Debug, Default)]
pub struct TakeUpTable {
    pub title: String,
    pub heads: Vec<(String, &'static str)>,
    pub rows: Vec<TakeUpRow>,
}

/// Take-up: sums, never a person.
#[derive(Template)]
#[template(path = "areas/benefits/pages/statistics.html")]
pub struct StatisticsPage {
    pub frame: Frame,
    pub tiles: Vec<(String, String)>,
    /// Where the unreached are listed; empty for those who may not see them.
    pub unreached_href: String,
    /// Benefits to choose from: id and name.
    pub choices: Vec<(String, String)>,
    pub chosen: String,
    /// Of the chosen benefit.
    pub summary: String,
    pub tables: Vec<TakeUpTable>,
    pub csv_href: String,
    pub json_href: String,
}

/// Something owed that reached nobody.
#[derive(Clone, Debug, Default)]
pub struct UnreachedLine {
    pub href: String,
    /// Masked.
    pub name: String,
    pub office: String,
    pub benefit: String,
    pub age: String,
    pub worth: String,
    pub last_day: String,
    pub last_day_tone: &'static str,
    pub state: String,
    pub tone: &'static str,
}

/// Whom to reach.
#[derive(Template)]
#[template(path = "areas/benefits/pages/unreached.html")]
pub struct UnreachedPage {
    pub frame: Frame,
    pub benefits: Vec<(String, String)>,
    pub benefit: String,
    pub ages: Vec<(String, String)>,
    pub age: String,
    pub heads: Vec<(String, &'static str)>,
    pub rows: Vec<UnreachedLine>,
    pub count: String,
    pub first_href: String,
    pub next_href: String,
    pub csv_href: String,
}

/// What somebody is owed, why, and what an official can do about it.
#[derive(Template)]
#[template(path = "areas/benefits/pages/reach.html")]
pub struct ReachPage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub state: String,
    pub tone: &'static str,
    pub summary: String,
    pub reasons: Vec<ReasonLine>,
    pub known: Vec<Line>,
    pub about: Vec<Line>,
    pub deeds: Vec<Moment>,
    /// Whom the notice goes to.
    pub recipient: String,
    /// Empty when nothing can be proposed.
    pub propose_action: String,
    /// It was offered before: the person is told again.
    pub again: bool,
    /// Empty when it cannot be applied for on the person's behalf.
    pub apply_action: String,
    /// The application it became.
    pub case_href: String,
    pub note: String,
    pub consent: String,
    pub agreed: bool,
    pub errors: Vec<(String, String)>,
}

impl ReachPage {
    pub(super) fn error(&self, field: &str) -> &str {
        let pair = self.errors.iter().find(|(name, _)| name == field);
        pair.map_or("", |(_, message)| message)
    }
}
