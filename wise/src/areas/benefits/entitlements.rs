//! Everything a household may have today, offered or not: all rules asked together, with how the benefits bear
//! on each other. Nothing is stored: an offer is made when somebody asks for one.

use std::cmp::Reverse;

use base::ids::{OfferId, PersonId};
use jiff::civil::Date;
use rules::{Outcome, Related};

use super::model::{Desk, Offer, Opened, Picture};
use super::standing::model::Opening;

/// What somebody may have.
#[derive(Clone, Debug)]
pub struct Entitlement {
    /// The offer of it that stands, else one as it would be made; with today's finding either way.
    pub offer: Offer,
    pub stands: bool,
}

impl Entitlement {
    /// Nothing more has to be known to say that it is owed.
    pub fn is_certain(&self) -> bool {
        self.offer.finding.outcome == Outcome::Eligible
    }

    /// Certain ones by their rank, then those that the fewest answers would decide.
    fn order(&self, today: Date) -> (bool, usize, (Date, Reverse<i64>)) {
        let sets = &self.offer.finding.deciding;
        let least = sets.iter().map(Vec::len).min().unwrap_or(usize::MAX);
        let rank = self.offer.rank(today);
        (!self.is_certain(), least, rank)
    }
}

/// What a household may have that concerns what `reader` answers for; `offers` are those that stand, `unmade`
/// names those that do not.
pub fn entitlements(
    desk: &Desk,
    picture: &Picture,
    reader: PersonId,
    offers: &[Offer],
    unmade: OfferId,
) -> Vec<Entitlement> {
    let situation = desk.situation(picture, None);
    let (view, on) = (&picture.view, picture.on);
    let mut all = Vec::new();
    for (benefit, finding) in desk.book.evaluate_all(&situation, on) {
        if finding.outcome == Outcome::NotEligible {
            continue;
        }
        let opened = Opened::of(benefit, finding, view, reader, on);
        if !may_ask(picture, reader, opened.about) {
            continue;
        }
        let standing = offers
            .iter()
            .find(|it| it.benefit == opened.benefit && it.about == opened.about);
        let offer = match standing {
            Some(offer) => Offer {
                finding: opened.finding,
                ..offer.clone()
            },
            None => Opening {
                opened,
                occasion: String::new(),
                occasion_id: String::new(),
                opens_on: None,
            }
            .offer(unmade, view.id, picture.now),
        };
        all.push(Entitlement {
            stands: standing.is_some(),
            offer,
        });
    }
    all.sort_by_key(|it| it.order(on));
    all
}

/// How other benefits of the household bear on the one of an offer today.
pub fn relations(desk: &Desk, picture: &Picture, offer: &Offer) -> Vec<Related> {
    let situation = desk.situation(picture, None);
    let member = offer.about.map(|it| it.to_string());
    let mut all = desk.book.evaluate_all(&situation, picture.on).into_iter();
    let own = all.find(|(benefit, it)| benefit.id == offer.benefit && it.member == member);
    own.map_or(Vec::new(), |(_, finding)| finding.relations)
}

/// Whether somebody may ask for a benefit about a member, or about the household.
pub fn may_ask(picture: &Picture, reader: PersonId, about: Option<PersonId>) -> bool {
    let view = &picture.view;
    match about {
        Some(person) => view.answers_for(reader, person, picture.on),
        None => view
            .member(reader)
            .is_some_and(|it| it.answers_for_household()),
    }
}
