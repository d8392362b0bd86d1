//! What would become of a household's benefits if its life changed: worked out before and after, and
//! forgotten. Only what may be used of the household's facts goes in (`Desk::situation`); what the change
//! leaves open is unknown again, so that nothing is promised.

use base::ids::PersonId;
use jiff::civil::Date;
use rules::{Benefit, Entity, FactRef, Finding, Outcome, RuleBook, Situation, Unit, Value};

use super::model::{Desk, Picture, amount_of};

/// The member that a change adds.
pub const NEWCOMER: &str = "newcomer";
/// A place for which no local rule is known here.
pub const ELSEWHERE: &str = "elsewhere";

/// A change of life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A child is born on this day, in the past or to come.
    Child { born: Date },
    /// A member loses a job; `income` is what the household lives on then, by the month.
    JobLost { who: PersonId, income: Option<i64> },
    /// The household moves to another municipality today.
    Move { municipality: String },
    /// Somebody joins as spouse; `income` is what the household has then, by the month.
    Marriage { born: Date, income: Option<i64> },
    /// A member becomes 65.
    Turning65 { who: PersonId },
    /// The household's income, by the month, becomes this.
    Income { won: i64 },
}

/// What becomes of one benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    Opened,
    Grown,
    Shrunk,
    Ended,
    /// It may open or go on: something must be told first.
    Open,
}

/// One benefit that reads differently afterwards.
#[derive(Clone, Debug)]
pub struct Entry {
    pub benefit: String,
    /// The member it is about; [`NEWCOMER`] for somebody the change adds.
    pub member: Option<String>,
    pub turn: Turn,
    /// Won before, where it was owed and can be said.
    pub before: Option<i64>,
    pub after: Finding,
}

/// All of it, and what it sums up to.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The day before the change, and the day of it.
    pub days: (Date, Date),
    pub entries: Vec<Entry>,
    /// Won more (or, below zero, less) by the month; upper bounds and what is open are left out.
    pub monthly: i64,
    pub yearly: i64,
    /// Paid once.
    pub once: i64,
}

/// Why a change cannot be worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("no such member")]
    NoMember,
    #[error("the member is 65 already")]
    Already65,
}

/// Works a change out for a household.
///
/// # Errors
/// When it is about nobody in the household, or has happened.
pub fn difference(desk: &Desk, picture: &Picture, change: &Change) -> Result<Difference, Error> {
    let before = desk.situation(picture, None);
    let mut after = before.clone();
    let book = &desk.book;
    let days = apply(book, picture, change, &mut after)?;
    Ok(compare(book, (&before, days.0), (&after, days.1)))
}

/// Changes the situation; the days on which to look before and after.
fn apply(
    book: &RuleBook,
    picture: &Picture,
    change: &Change,
    after: &mut Situation,
) -> Result<(Date, Date), Error> {
    let today = picture.on;
    let mut edit = Edit { book, after };
    match change {
        Change::Child { born } => {
            edit.child(picture, *born);
            let on = today.max(*born);
            // Both on the same day: the difference is the child's, not the calendar's.
            return Ok((on, on));
        }
        Change::JobLost { who, income } => {
            let who = member(picture, *who)?;
            edit.person(&who, "employment", "unemployed");
            edit.person(&who, "on_parental_leave", "false");
            edit.person(&who, "on_maternity_leave", "false");
            edit.income(*income);
        }
        Change::Move { municipality } => {
            edit.household("municipality", municipality);
            for fact in ["region", "city_size", "maternity_desert", "region_grade"] {
                edit.forget(None, fact);
            }
            for it in &picture.view.members {
                let key = it.person.id.to_string();
                edit.person(&key, "resident_since", &today.to_string());
            }
        }
        Change::Marriage { born, income } => {
            edit.person(NEWCOMER, "born", &born.to_string());
            edit.person(NEWCOMER, "role", "spouse");
            edit.household("single_parent", "false");
            edit.household("unmarried_parent", "false");
            for fact in ["earners", "earned_yearly", "property", "financial_assets"] {
                edit.forget(None, fact);
            }
            edit.income(*income);
        }
        Change::Turning65 { who } => {
            let person = &picture.view.member(*who).ok_or(Error::NoMember)?.person;
            let day = rules::dates::completion(person.born, 65 * 12);
            let day = day.filter(|it| *it > today).ok_or(Error::Already65)?;
            let eve = day.yesterday().unwrap_or(day);
            return Ok((eve, day));
        }
        Change::Income { won } => edit.income(Some(*won)),
    }
    Ok((today, today))
}

fn member(picture: &Picture, who: PersonId) -> Result<String, Error> {
    let found = picture.view.member(who).ok_or(Error::NoMember)?;
    Ok(found.person.id.to_string())
}

/// Sets what a change brings. A name that this country's vocabulary lacks changes nothing.
struct Edit<'a> {
    book: &'a RuleBook,
    after: &'a mut Situation,
}

impl Edit<'_> {
    fn person(&mut self, key: &str, fact: &str, text: &str) {
        if let Ok(value) = self.book.parse_value(Entity::Person, fact, text) {
            // Only a household that is full already refuses a member.
            let _ = self.after.set_member(key, fact, value);
        }
    }

    fn household(&mut self, fact: &str, text: &str) {
        if let Ok(value) = self.book.parse_value(Entity::Household, fact, text) {
            let _ = self.after.set_household(fact, value);
        }
    }

    fn forget(&mut self, member: Option<&str>, fact: &str) {
        let entity = member.map_or(Entity::Household, |_| Entity::Person);
        self.after.forget(&FactRef {
            entity,
            member: member.map(str::to_owned),
            fact: fact.to_owned(),
        });
    }

    /// A child who is registered, Korean and at home.
    fn child(&mut self, picture: &Picture, born: Date) {
        let children = picture.view.members.iter();
        let children = children.filter(|it| it.role.word() == "child").count();
        let facts = [
            ("born", born.to_string()),
            ("role", "child".to_owned()),
            ("nationality", "korean".to_owned()),
            ("birth_registered", "true".to_owned()),
            ("birth_order", (children + 1).to_string()),
            ("multiple_birth", "1".to_owned()),
            ("childcare", "home".to_owned()),
            ("resident_since", born.to_string()),
        ];
        for (fact, value) in facts {
            self.person(NEWCOMER, fact, &value);
        }
        for it in &picture.view.members {
            let key = it.person.id.to_string();
            let pregnant = FactRef {
                entity: Entity::Person,
                member: Some(key.clone()),
                fact: "pregnant".into(),
            };
            if self.after.get(&pregnant) == Some(Value::Bool(true)) {
                self.person(&key, "pregnant", "false");
            }
        }
    }

    /// The household's monthly income; unknown where it was not told.
    fn income(&mut self, won: Option<i64>) {
        for fact in ["income_recognised", "income_assessed", "income_now"] {
            match won {
                Some(won) => self.household(fact, &won.to_string()),
                None => self.forget(None, fact),
            }
        }
        // What was granted by the old income is asked anew.
        for fact in ["basic_livelihood", "near_poor"] {
            self.forget(None, fact);
        }
    }
}

fn compare(
    book: &RuleBook,
    (before, before_on): (&Situation, Date),
    (after, after_on): (&Situation, Date),
) -> Difference {
    let mut all = Difference {
        days: (before_on, after_on),
        entries: Vec::new(),
        monthly: 0,
        yearly: 0,
        once: 0,
    };
    for benefit in book.benefits() {
        let was = book.evaluate(benefit, before, before_on);
        for now in book.evaluate(benefit, after, after_on) {
            let earlier = was.iter().find(|it| it.member == now.member);
            if let Some(turn) = turn(earlier, &now) {
                all.add(benefit, earlier, now, turn);
            }
        }
    }
    all.entries.sort_by_key(|it| it.turn);
    all
}

impl Difference {
    fn add(&mut self, benefit: &Benefit, earlier: Option<&Finding>, now: Finding, turn: Turn) {
        let before = earlier.and_then(certain);
        if turn != Turn::Open {
            let change = certain(&now).unwrap_or(0) - before.unwrap_or(0);
            let unit = unit(&now).or(earlier.and_then(unit));
            match unit {
                Some(Unit::WonPerMonth) => self.monthly += change,
                Some(Unit::WonPerYear) => self.yearly += change,
                // What was paid once is not taken back.
                Some(_) => self.once += change.max(0),
                None => {}
            }
        }
        self.entries.push(Entry {
            benefit: benefit.id.clone(),
            member: now.member.clone(),
            turn,
            before,
            after: now,
        });
    }
}

fn unit(finding: &Finding) -> Option<Unit> {
    finding.amount.as_ref().and_then(|it| it.unit)
}

/// Won that are owed, where it is no upper bound.
fn certain(finding: &Finding) -> Option<i64> {
    let amount = finding.amount.as_ref().filter(|it| !it.at_most)?;
    amount
        .value
        .filter(|_| finding.outcome == Outcome::Eligible)
}

/// What becomes of a benefit; `None` when it stays as it is.
fn turn(earlier: Option<&Finding>, now: &Finding) -> Option<Turn> {
    use Outcome::{Eligible, NotEligible, Unknown};
    match (earlier.map_or(NotEligible, |it| it.outcome), now.outcome) {
        (Eligible, Eligible) => {
            let (before, after) = (earlier.and_then(amount_of)?, amount_of(now)?);
            match after.cmp(&before) {
                std::cmp::Ordering::Greater => Some(Turn::Grown),
                std::cmp::Ordering::Less => Some(Turn::Shrunk),
                std::cmp::Ordering::Equal => None,
            }
        }
        (_, Eligible) => Some(Turn::Opened),
        (Eligible, NotEligible) => Some(Turn::Ended),
        (Unknown, Unknown) => None,
        (_, Unknown) => Some(Turn::Open),
        (_, NotEligible) => None,
    }
}
