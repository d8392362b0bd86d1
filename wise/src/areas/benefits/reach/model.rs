//! Sums of take-up and how they are protected; whom to reach; pure.

use base::ids::{HouseholdId, OfferId, PersonId};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use rules::Outcome;

use crate::areas::benefits::model::{Desk, OfferState, Opened, Picture};
use crate::areas::benefits::standing::model::{Opening, open};
use crate::blocks::people::words;

/// Sums below this are not shown: somebody could be recognised in them.
pub const FEWEST: i64 = 5;
/// Whoever has neither read nor answered an offer for so long was not reached.
pub const SILENT_DAYS: i64 = 14;
/// A last day that is nearer than this comes before any sum.
const URGENT_DAYS: i64 = 14;

words! {
    /// Age groups of take-up, in years completed.
    AgeGroup {
        Infant = "0-5",
        School = "6-17",
        Young = "18-34",
        Middle = "35-64",
        Senior = "65-79",
        Oldest = "80-plus",
    }
}

impl AgeGroup {
    pub const ALL: [Self; 6] = [
        Self::Infant,
        Self::School,
        Self::Young,
        Self::Middle,
        Self::Senior,
        Self::Oldest,
    ];

    /// The age at which one enters this group.
    fn begins_at(self) -> i64 {
        match self {
            Self::Infant => 0,
            Self::School => 6,
            Self::Young => 18,
            Self::Middle => 35,
            Self::Senior => 65,
            Self::Oldest => 80,
        }
    }

    /// The first and last day of birth of those who are of this group on a day.
    pub fn born(self, today: Date) -> (Date, Date) {
        let older = Self::ALL
            .into_iter()
            .find(|it| it.begins_at() > self.begins_at());
        let first = older.map_or(Date::MIN, |it| {
            born_by(today, it.begins_at()).saturating_add(Span::new().days(1))
        });
        match self {
            // Nobody is born later, whatever the register says.
            Self::Infant => (first, Date::MAX),
            _ => (first, born_by(today, self.begins_at())),
        }
    }
}

/// The last day of birth of those who have completed this age on a day, as the law counts
/// (민법 제158조, 제160조).
fn born_by(today: Date, age: i64) -> Date {
    let years_ago = today.saturating_sub(Span::new().years(age));
    let mut day = years_ago.saturating_add(Span::new().days(2));
    while rules::dates::years_between(day, today) < age {
        day = day.saturating_sub(Span::new().days(1));
    }
    day
}

/// What take-up is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Benefit,
    /// By 행정동.
    District,
    Age,
}

/// To how many something is owed, how many of them it was offered to, and how many have it or applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums<T = i64> {
    pub owed: T,
    pub reached: T,
    pub held: T,
}

/// A number of people as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Known(i64),
    /// Fewer than [`FEWEST`].
    Few,
    /// Not small itself: with it, a small one could be worked out from the total.
    Hidden,
}

impl Count {
    pub fn known(self) -> Option<i64> {
        match self {
            Self::Known(count) => Some(count),
            Self::Few | Self::Hidden => None,
        }
    }
}

impl Sums<Count> {
    /// Percent of those owed who hold it; `None` where one of both is not shown.
    pub fn percent(&self) -> Option<i64> {
        let (owed, held) = (self.owed.known()?, self.held.known()?);
        Some(held * 100 / owed.max(1))
    }
}

/// Hides small numbers of a table whose total is `total`. Where only one would be hidden, the next
/// smallest is too, because the total less all others is the hidden one; and where the total is hidden,
/// all are.
pub fn protect(lines: &[Sums], total: Sums<Count>) -> Vec<Sums<Count>> {
    let column = |of: fn(&Sums) -> i64, total| {
        let counts: Vec<i64> = lines.iter().map(of).collect();
        protected(&counts, total)
    };
    let owed = column(|it| it.owed, total.owed);
    let reached = column(|it| it.reached, total.reached);
    let held = column(|it| it.held, total.held);
    let rows = owed.into_iter().zip(reached).zip(held);
    rows.map(|((owed, reached), held)| Sums {
        owed,
        reached,
        held,
    })
    .collect()
}

fn protected(counts: &[i64], total: Count) -> Vec<Count> {
    let mut shown: Vec<Count> = counts
        .iter()
        .map(|count| match *count {
            ..FEWEST => Count::Few,
            _ if total.known().is_none() => Count::Hidden,
            known => Count::Known(known),
        })
        .collect();
    if shown.iter().filter(|it| **it == Count::Few).count() == 1 {
        let smallest = shown.iter_mut().filter(|it| it.known().is_some());
        if let Some(next) = smallest.min_by_key(|it| it.known()) {
            *next = Count::Hidden;
        }
    }
    shown
}

fn shown(count: i64) -> Count {
    match count {
        ..FEWEST => Count::Few,
        known => Count::Known(known),
    }
}

/// Sums that stand each for itself, as they may be shown.
pub fn apart(lines: &[Sums]) -> Vec<Sums<Count>> {
    let line = |it: &Sums| Sums {
        owed: shown(it.owed),
        reached: shown(it.reached),
        held: shown(it.held),
    };
    lines.iter().map(line).collect()
}

/// What sums that stand [`apart`] add up to; hidden where the total less the others is a small one.
pub fn whole(lines: &[Sums]) -> Sums<Count> {
    let sum = |of: fn(&Sums) -> i64| {
        let counts = lines.iter().map(of);
        match counts.clone().filter(|it| *it < FEWEST).count() {
            1 if lines.len() > 1 => Count::Hidden,
            _ => shown(counts.sum()),
        }
    };
    Sums {
        owed: sum(|it| it.owed),
        reached: sum(|it| it.reached),
        held: sum(|it| it.held),
    }
}

/// Take-up: by benefit, and by district and age of one of them.
#[derive(Clone, Debug, Default)]
pub struct TakeUp {
    pub by_benefit: Vec<(String, Sums)>,
    pub by_district: Vec<(String, Sums)>,
    /// Every age group, in order; empty when no benefit is chosen.
    pub by_age: Vec<(AgeGroup, Sums)>,
}

/// Whom a list of the unreached is to show.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub benefit: Option<String>,
    pub age: Option<AgeGroup>,
}

/// Where a page of the unreached begins: the order's key of the row before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The last day, where it is near; otherwise the end of time.
    pub urgent: Date,
    /// Won in a year, negative: most comes first.
    pub less: i64,
    pub household: String,
    pub benefit: String,
    /// The member's id, or empty.
    pub about: String,
}

/// The last day that is near on a day.
pub fn soon(today: Date) -> Date {
    today.saturating_add(Span::new().days(URGENT_DAYS))
}

/// Something owed that has not reached whom it is owed to.
#[derive(Clone, Debug)]
pub struct Unreached {
    pub household: HouseholdId,
    pub dong: String,
    pub benefit: String,
    /// The member it is about; `None` when it is about the household.
    pub about: Option<PersonId>,
    pub amount: Option<i64>,
    pub yearly: Option<i64>,
    pub born: Date,
    pub last_day: Option<Date>,
    /// When it was offered; `None` if nobody did.
    pub offered_at: Option<Timestamp>,
}

impl Unreached {
    /// Where the page after this row begins.
    pub fn place(&self, today: Date) -> Place {
        let near = self
            .last_day
            .filter(|it| (today..=soon(today)).contains(it));
        Place {
            urgent: near.unwrap_or(Date::MAX),
            less: -self.yearly.unwrap_or(0),
            household: self.household.to_string(),
            benefit: self.benefit.clone(),
            about: self.about.map_or(String::new(), |it| it.to_string()),
        }
    }
}

words! {
    /// What an official did about an offer.
    Deed {
        Proposed = "proposed",
        Reminded = "reminded",
        Applied = "applied",
    }
}

/// An official's deed with their own words.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub offer: OfferId,
    pub at: Timestamp,
    pub deed: Deed,
    /// The official's name as it was then.
    pub official: String,
    /// Code of the agency.
    pub agency: String,
    pub note: String,
}

/// What may be offered to somebody because an official proposes it or the person asks for it, as the rules stand.
#[derive(Clone, Debug)]
pub struct Draft {
    pub household: HouseholdId,
    pub benefit: String,
    pub about: Option<PersonId>,
    /// `None` while an offer of it lives.
    pub opened: Option<Opened>,
}

impl Draft {
    /// It is owed, or may be.
    pub fn is_open(&self) -> bool {
        self.opened
            .as_ref()
            .is_some_and(|it| it.finding.outcome != Outcome::NotEligible)
    }

    /// The opening that it makes; `earlier` offers of the same were made before.
    pub fn opening(&self, occasion: &str, earlier: i64) -> Option<Opening> {
        Some(Opening {
            opened: self.opened.clone()?,
            occasion: occasion.into(),
            occasion_id: format!("{occasion}-{earlier}"),
            opens_on: None,
        })
    }
}

/// Works a benefit out in full; `None` when it is no benefit here, or about nobody of this household.
pub fn work_out(
    desk: &Desk,
    picture: &Picture,
    benefit: &str,
    about: Option<PersonId>,
) -> Option<Opened> {
    let benefit = desk.book.benefit(benefit)?;
    let situation = desk.situation(picture, None);
    open(
        desk,
        benefit,
        &situation,
        &picture.view,
        about,
        picture.on,
        None,
    )
}

/// The person may still be told of an offer that stands so.
pub fn may_remind(state: OfferState) -> bool {
    matches!(state, OfferState::Open | OfferState::Waiting)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn age_groups_part_all_days_of_birth_as_the_law_counts_years() {
        for today in [date(2026, 11, 24), date(2027, 2, 28), date(2028, 2, 29)] {
            let mut born = today;
            while born > date(1940, 1, 1) {
                let age = rules::dates::years_between(born, today);
                let of: Vec<AgeGroup> = AgeGroup::ALL
                    .into_iter()
                    .filter(|it| {
                        let (first, last) = it.born(today);
                        (first..=last).contains(&born)
                    })
                    .collect();
                let wanted = AgeGroup::ALL
                    .into_iter()
                    .rev()
                    .find(|it| it.begins_at() <= age);
                assert_eq!(of, [wanted.unwrap()], "{born} on {today}");
                born = born.yesterday().unwrap();
            }
        }
    }

    #[test]
    fn a_small_number_cannot_be_worked_out_from_the_total() {
        use Count::{Few, Hidden, Known};
        assert_eq!(
            protected(&[9, 4, 20], Known(33)),
            [Hidden, Few, Known(20)],
            "33 less 9 less 20 would be 4"
        );
        assert_eq!(protected(&[9, 4, 0], Known(13)), [Known(9), Few, Few]);
        assert_eq!(protected(&[9, 5], Known(14)), [Known(9), Known(5)]);
        assert_eq!(protected(&[4], Few), [Few]);
        assert_eq!(protected(&[9, 4], Hidden), [Hidden, Few]);
        let of = |count| Sums {
            owed: count,
            ..Sums::default()
        };
        assert_eq!(whole(&[of(9), of(4)]).owed, Hidden);
        assert_eq!(whole(&[of(9), of(4), of(1)]).owed, Known(14));
        assert_eq!(whole(&[of(4)]).owed, Few);
        assert_eq!(apart(&[of(9), of(4)])[1].owed, Few);
    }
}
