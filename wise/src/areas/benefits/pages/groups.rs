//! Offers in groups, in the order in which they ask something of the reader.

use web::Frame;

use super::Card;
use crate::areas::benefits::model::{Offer, OfferState};

/// Offers that ask the same of the reader.
#[derive(Clone, Debug, Default)]
pub struct Section {
    pub id: &'static str,
    pub title: String,
    pub lead: String,
    /// What stands on the reasons' lid.
    pub why: String,
    /// The first one's reasons are open.
    pub opens: bool,
    pub kind: &'static str,
    /// Short rows instead of cards.
    pub rows: bool,
    /// Each row can be brought back.
    pub reconsider: bool,
    pub offers: Vec<Card>,
}

/// All offers of a page.
#[derive(Clone, Debug, Default)]
pub struct OfferGroups {
    pub ready: Vec<Card>,
    pub asking: Vec<Card>,
    pub waiting: Vec<Card>,
    /// Announced: owed from a day that is still to come.
    pub coming: Vec<Card>,
    pub accepted: Vec<Card>,
    pub set_aside: Vec<Card>,
    pub(super) sections: Vec<Section>,
}

impl OfferGroups {
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// The groups that hold something, in the order in which they ask something of the reader.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Sorts cards into groups.
    pub fn new(frame: &Frame, offers: &[(&Offer, Card)]) -> Self {
        let pick = |wanted: fn(&Offer) -> bool| -> Vec<Card> {
            let chosen = offers.iter().filter(|(offer, _)| wanted(offer));
            chosen.map(|(_, card)| card.clone()).collect()
        };
        let mut groups = Self {
            ready: pick(Offer::is_ready),
            asking: pick(|it| it.state == OfferState::Open && !it.is_ready()),
            waiting: pick(|it| it.state == OfferState::Waiting && it.opens_on.is_none()),
            coming: pick(|it| it.state == OfferState::Waiting && it.opens_on.is_some()),
            accepted: pick(|it| it.state.is_held()),
            set_aside: pick(|it| matches!(it.state, OfferState::Declined | OfferState::Postponed)),
            sections: Vec::new(),
        };
        let section = |id, title, lead: &str, why: &str, offers: &Vec<Card>| Section {
            id,
            title: frame.t(title),
            lead: if lead.is_empty() {
                String::new()
            } else {
                frame.t(lead)
            },
            why: if why.is_empty() {
                String::new()
            } else {
                frame.t(why)
            },
            offers: offers.clone(),
            ..Section::default()
        };
        let all = [
            Section {
                opens: true,
                ..section("ready", "benefits-ready", "", "benefits-why", &groups.ready)
            },
            section(
                "asking",
                "benefits-asking",
                "benefits-asking-lead",
                "benefits-missing",
                &groups.asking,
            ),
            Section {
                kind: "waiting",
                ..section(
                    "waiting",
                    "benefits-waiting",
                    "benefits-waiting-lead",
                    "benefits-why",
                    &groups.waiting,
                )
            },
            Section {
                kind: "waiting",
                ..section(
                    "coming",
                    "benefits-coming",
                    "benefits-coming-lead",
                    "benefits-why",
                    &groups.coming,
                )
            },
            Section {
                rows: true,
                ..section("accepted", "benefits-accepted", "", "", &groups.accepted)
            },
            Section {
                rows: true,
                reconsider: true,
                ..section("set-aside", "benefits-set-aside", "", "", &groups.set_aside)
            },
        ];
        groups.sections = all.into_iter().filter(|it| !it.offers.is_empty()).collect();
        groups
    }
}
