//! Types and decisions of the Before Service: no await, no SQL.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use base::ids::{BirthId, CaseId, HouseholdId, OfferId, PersonId, ReceiptId};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::{
    Benefit, Decision, Entity, FactRef, Finding, Outcome, RuleBook, Situation, Unit, Value,
};

use crate::blocks::exchange::{Catalogue, Use};
use crate::blocks::people::{Datum, HouseholdView, MemberView, Role, words};
use crate::blocks::places::ConditionKind;
use crate::country::Country;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Spine(#[from] spine::Error),
    #[error(transparent)]
    People(#[from] crate::blocks::people::Error),
    #[error(transparent)]
    Cases(#[from] crate::blocks::cases::Error),
    #[error(transparent)]
    Notices(#[from] crate::blocks::notices::Error),
    #[error(transparent)]
    Vouchers(#[from] super::vouchers::Error),
    #[error(transparent)]
    Seals(#[from] crate::blocks::seals::Error),
    #[error("no such offer")]
    NotFound,
    /// The offer is not open (any more) for what was asked.
    #[error("an offer that is {0} cannot be answered so")]
    Order(OfferState),
    #[error("{field}: {key}")]
    Invalid {
        field: &'static str,
        key: &'static str,
    },
}

words! {
    /// Where an offer stands; `received` says that the person has it already.
    OfferState {
        Waiting = "waiting",
        Open = "open",
        Accepted = "accepted",
        Received = "received",
        Declined = "declined",
        Postponed = "postponed",
        Closed = "closed",
    }
}

/// The occasion of offers that a birth opened; their `occasion_id` is the birth's.
pub const BIRTH: &str = "birth";

/// The occasion of what a death in the family opened.
pub const BEREAVEMENT: &str = "bereavement";

/// How long a family is greeted as one in mourning: a hundred days (백일 탈상).
const MOURNING_DAYS: i64 = 100;

/// A last day that is nearer than this comes before any sum.
const URGENT_DAYS: i64 = 14;

impl OfferState {
    /// The person may still answer.
    pub fn is_unanswered(self) -> bool {
        matches!(self, Self::Waiting | Self::Open | Self::Postponed)
    }

    /// The person answered without applying, and may look again.
    pub fn is_set_aside(self) -> bool {
        matches!(self, Self::Declined | Self::Postponed | Self::Received)
    }

    /// The person has it, or applied for it.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Accepted | Self::Received)
    }
}

/// The fact that somebody said they are where a festival is; nobody is asked for it.
pub const AT_FESTIVAL: &str = "at_festival";

/// Days within which an office decides (사회보장급여의 이용·제공 및 수급권자 발굴에 관한 법률: 30일;
/// 한빛시 promises 14).
pub const DECIDED_WITHIN_DAYS: i64 = 14;

/// An offer as it stands.
#[derive(Clone, Debug)]
pub struct Offer {
    pub id: OfferId,
    pub benefit: String,
    pub household: HouseholdId,
    /// The member it is about; `None` when it is about the household.
    pub about: Option<PersonId>,
    pub recipient: PersonId,
    pub occasion: String,
    pub occasion_id: String,
    pub state: OfferState,
    pub finding: Finding,
    /// Won, when it can be said.
    pub amount: Option<i64>,
    /// What was owed before, when an amount grew.
    pub previous_amount: Option<i64>,
    pub monthly: bool,
    /// How many things are still to be told.
    pub to_tell: i64,
    pub deadline: Option<Date>,
    pub rules_digest: String,
    pub as_of: Date,
    pub made_at: Timestamp,
    pub changed_at: Timestamp,
    pub postponed_until: Option<Date>,
    pub case: Option<CaseId>,
    /// The day from which it is owed, when it was announced before.
    pub opens_on: Option<Date>,
}

impl Offer {
    /// Nothing more is needed: one press applies.
    pub fn is_ready(&self) -> bool {
        self.state == OfferState::Open
            && self.finding.outcome == Outcome::Eligible
            && self.to_tell == 0
    }

    /// The birth that it was made for.
    pub fn birth(&self) -> Option<BirthId> {
        let of_birth = self.occasion == BIRTH;
        of_birth.then(|| self.occasion_id.parse().ok()).flatten()
    }

    /// What comes first when several wait: what must be asked for within two weeks, by its last day;
    /// then what is worth most in a year.
    pub fn rank(&self, today: Date) -> (Date, Reverse<i64>) {
        let soon = today.saturating_add(jiff::Span::new().days(URGENT_DAYS));
        let last_day = self.deadline.filter(|it| (today..=soon).contains(it));
        let times = if self.monthly { 12 } else { 1 };
        let yearly = self.amount.unwrap_or(0).saturating_mul(times);
        (last_day.unwrap_or(Date::MAX), Reverse(yearly))
    }

    /// The offer as it reads with another finding.
    pub fn renewed(&self, finding: Finding, digest: &str, on: Date) -> Self {
        Self {
            amount: amount_of(&finding),
            to_tell: count_to_tell(&finding),
            deadline: finding.deadline,
            rules_digest: digest.to_owned(),
            as_of: on,
            finding,
            ..self.clone()
        }
    }

    /// What the person may still tell. While it is open whether it is owed, the fewest facts that would decide
    /// come first; what an application needs then comes last.
    pub fn open_questions(&self) -> impl Iterator<Item = &FactRef> {
        let finding = &self.finding;
        let (first, last): (&[FactRef], &[FactRef]) = match finding.outcome {
            Outcome::Unknown => (
                finding.deciding.first().map_or(&[], Vec::as_slice),
                &finding.needs,
            ),
            _ => (&finding.needs, &[]),
        };
        let others = finding.missing.iter().filter(|it| !first.contains(it));
        first.iter().chain(others).chain(last)
    }
}

/// A receipt for what a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub id: ReceiptId,
    pub person: PersonId,
    pub household: HouseholdId,
    pub made_at: Timestamp,
    /// What was accepted, as canonical JSON (RFC 8785).
    pub canonical: String,
}

/// The rules and what they may be fed with.
#[derive(Clone)]
pub struct Desk {
    pub book: Arc<RuleBook>,
    pub catalogue: Arc<Catalogue>,
}

/// Facts a person consented to share, by person.
pub type Consents = BTreeMap<PersonId, Vec<String>>;

/// A household as it may be seen by rules at an instant.
#[derive(Clone, Debug)]
pub struct Picture {
    pub view: HouseholdView,
    pub consents: Consents,
    pub now: Timestamp,
    pub on: Date,
}

impl Picture {
    /// Somebody of the household died a short time ago.
    pub fn is_in_mourning(&self) -> bool {
        let died = self.view.facts.iter().find(|it| it.fact == "deceased_on");
        let day = died.and_then(|it| it.value.as_deref()?.parse().ok());
        day.is_some_and(|day: Date| rules::dates::days_between(day, self.on) < MOURNING_DAYS)
    }
}

/// A birth that opened something.
#[derive(Clone, Debug)]
pub struct Occasion {
    pub birth: BirthId,
    pub child: PersonId,
    pub parent: PersonId,
    pub registered: bool,
    /// The life event's name in the rules.
    pub event: &'static str,
}

/// What the rules opened.
#[derive(Clone, Debug)]
pub struct Opened {
    pub benefit: String,
    pub about: Option<PersonId>,
    pub recipient: PersonId,
    pub finding: Finding,
    pub previous_amount: Option<i64>,
    pub monthly: bool,
    pub rules_digest: String,
    pub on: Date,
}

impl Opened {
    /// A finding of a day as it would be offered; `parent` is whoever answers for those under age.
    pub fn of(
        benefit: &Benefit,
        finding: Finding,
        view: &HouseholdView,
        parent: PersonId,
        on: Date,
    ) -> Self {
        let about: Option<PersonId> = finding.member.as_deref().and_then(|it| it.parse().ok());
        Self {
            benefit: benefit.id.clone(),
            about,
            recipient: recipient(benefit, view, about, parent),
            monthly: is_monthly(&finding),
            finding,
            previous_amount: None,
            rules_digest: benefit.digest().to_owned(),
            on,
        }
    }
}

impl Desk {
    /// The rules of a country.
    pub fn of(country: &Country) -> Self {
        Self {
            book: country.book.clone(),
            catalogue: country.catalogue.clone(),
        }
    }

    /// The household as the engine wants it. What may not be used here stays unknown.
    ///
    /// `as_registered` is a child whose registration is expected: it is taken for registered, so
    /// that the parents see what will open.
    pub fn situation(&self, picture: &Picture, as_registered: Option<PersonId>) -> Situation {
        let mut situation = self.book.situation();
        let view = &picture.view;
        if let Some(address) = &view.address {
            set(
                &mut situation,
                None,
                "municipality",
                &address.municipality,
                self,
            );
        }
        // Where nothing was declared, nothing holds.
        for kind in ConditionKind::ALL {
            set(&mut situation, None, kind.word(), "false", self);
        }
        for datum in &view.facts {
            if self.usable(picture, Entity::Household, None, datum) {
                set_datum(&mut situation, None, datum, self);
            }
        }
        for member in &view.members {
            let key = member.person.id.to_string();
            situation.add_member(&key);
            set(
                &mut situation,
                Some(&key),
                "born",
                &member.person.born.to_string(),
                self,
            );
            set(
                &mut situation,
                Some(&key),
                "sex",
                member.person.sex.word(),
                self,
            );
            set(&mut situation, Some(&key), "role", member.role.word(), self);
            set(&mut situation, Some(&key), AT_FESTIVAL, "false", self);
            for datum in &member.facts {
                if self.usable(picture, Entity::Person, Some(member.person.id), datum) {
                    set_datum(&mut situation, Some(&key), datum, self);
                }
            }
            if as_registered == Some(member.person.id) {
                set(&mut situation, Some(&key), "birth_registered", "true", self);
            }
        }
        situation
    }

    fn usable(
        &self,
        picture: &Picture,
        entity: Entity,
        person: Option<PersonId>,
        datum: &Datum,
    ) -> bool {
        let name = format!("{entity}.{}", datum.fact);
        // What concerns the household may be agreed to by any of its members.
        let consented = picture
            .consents
            .iter()
            .filter(|(id, _)| person.is_none_or(|whose| whose == **id))
            .any(|(_, facts)| facts.contains(&name));
        let source = &datum.source;
        let verdict = self.catalogue.may_use(
            &name,
            source.told,
            consented,
            source.checked_at,
            picture.now,
        );
        matches!(verdict, Use::Yes { .. })
    }

    /// What opened between two pictures of a household: benefits that this event can open and
    /// that were not there before, or grew.
    pub fn opened(&self, before: &Picture, after: &Picture, occasion: &Occasion) -> Vec<Opened> {
        let expected = (!occasion.registered).then_some(occasion.child);
        let situation_before = self.situation(before, None);
        let situation_after = self.situation(after, expected);
        let mut opened = Vec::new();
        for benefit in self.book.benefits() {
            if !benefit.events.iter().any(|event| event == occasion.event) {
                continue;
            }
            let was = self.book.evaluate(benefit, &situation_before, before.on);
            for finding in self.book.evaluate(benefit, &situation_after, after.on) {
                let earlier = was.iter().find(|it| it.member == finding.member);
                let earlier = earlier.map(decision_of);
                if let Some(previous_amount) = change(earlier, decision_of(&finding)) {
                    opened.push(Opened {
                        previous_amount,
                        ..Opened::of(benefit, finding, &after.view, occasion.parent, after.on)
                    });
                }
            }
        }
        opened
    }

    /// Works an offer out anew; `None` when its benefit is no longer among the rules.
    pub fn reassess(
        &self,
        offer: &Offer,
        picture: &Picture,
        expected: Option<PersonId>,
    ) -> Option<Finding> {
        self.reassess_in(offer, &self.situation(picture, expected), picture.on)
    }

    /// [`Desk::reassess`] in a situation that was read already.
    pub fn reassess_in(&self, offer: &Offer, situation: &Situation, on: Date) -> Option<Finding> {
        let benefit = self.book.benefit(&offer.benefit)?;
        let member = offer.about.map(|it| it.to_string());
        self.book
            .evaluate(benefit, situation, on)
            .into_iter()
            .find(|finding| finding.member == member)
    }
}

fn set(situation: &mut Situation, member: Option<&str>, fact: &str, text: &str, desk: &Desk) {
    let entity = match member {
        Some(_) => Entity::Person,
        None => Entity::Household,
    };
    let stored = desk
        .book
        .parse_value(entity, fact, text)
        .and_then(|value: Value| match member {
            Some(key) => situation.set_member(key, fact, value),
            None => situation.set_household(fact, value),
        });
    if stored.is_err() {
        // The value itself is somebody's; the name of the fact is enough to find the fault.
        tracing::warn!(
            fact,
            "a recorded value does not fit the vocabulary and is taken as unknown"
        );
    }
}

fn set_datum(situation: &mut Situation, member: Option<&str>, datum: &Datum, desk: &Desk) {
    if let Some(value) = &datum.value {
        set(situation, member, &datum.fact, value, desk);
    }
}

/// `Some` when the decision opens something that was not there; inside, what was owed before.
pub fn change(earlier: Option<Decision>, now: Decision) -> Option<Option<i64>> {
    let earlier_outcome = earlier.map_or(Outcome::NotEligible, |it| it.outcome);
    match (earlier_outcome, now.outcome) {
        (_, Outcome::NotEligible) | (Outcome::Unknown, Outcome::Unknown) => None,
        (Outcome::Eligible, Outcome::Unknown) => None,
        (Outcome::Eligible, Outcome::Eligible) => {
            let (before, after) = (earlier.and_then(|it| it.amount)?, now.amount?);
            (after > before).then_some(Some(before))
        }
        (Outcome::NotEligible | Outcome::Unknown, _) => Some(None),
    }
}

fn decision_of(finding: &Finding) -> Decision {
    Decision {
        outcome: finding.outcome,
        amount: amount_of(finding),
    }
}

/// How many things a person may still tell about a finding.
pub fn count_to_tell(finding: &Finding) -> i64 {
    let missing = match finding.outcome {
        Outcome::Unknown => finding.missing.len(),
        // Eligible already: what is missing could only change the amount.
        _ if amount_of(finding).is_none() => finding.missing.len(),
        _ => 0,
    };
    i64::try_from(finding.needs.len() + missing).unwrap_or(i64::MAX)
}

/// The won of a finding, when they can be said.
pub fn amount_of(finding: &Finding) -> Option<i64> {
    finding.amount.as_ref().and_then(|amount| amount.value)
}

/// Whether the sum is one of every month.
pub fn is_monthly(finding: &Finding) -> bool {
    finding
        .amount
        .as_ref()
        .is_some_and(|amount| amount.unit == Some(Unit::WonPerMonth))
}

/// Who is told: the person, the parent, or whoever answers for the household.
pub fn recipient(
    benefit: &Benefit,
    view: &HouseholdView,
    about: Option<PersonId>,
    parent: PersonId,
) -> PersonId {
    let head = view.head().map_or(parent, |it| it.person.id);
    match benefit.recipient {
        rules::Recipient::Guardian => parent,
        rules::Recipient::Head => {
            let parent_answers = view
                .member(parent)
                .is_some_and(MemberView::answers_for_household);
            if parent_answers { parent } else { head }
        }
        rules::Recipient::Oneself => about.unwrap_or(parent),
    }
}

/// Adults whom a household-wide offer may be shown to.
pub fn may_see(view: &HouseholdView, person: PersonId) -> bool {
    view.member(person)
        .is_some_and(|it| matches!(it.role, Role::Head | Role::Spouse))
}

/// One filled-in line of an application.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ApplicationLine {
    pub fact: FactRef,
    /// The member's name; `None` for what concerns the household.
    pub whose: Option<String>,
    pub value: String,
    /// Code of the agency that holds it.
    pub agency: String,
    pub basis: String,
    pub checked_at: Timestamp,
}

/// A filled-in application: everything the conclusion used, each with its source.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Application {
    pub lines: Vec<ApplicationLine>,
}

/// Fills an application in from what is known.
pub fn application(offer: &Offer, picture: &Picture, catalogue: &Catalogue) -> Application {
    let view = &picture.view;
    let mut used: Vec<FactRef> = Vec::new();
    collect(&offer.finding.reasons, &mut used);
    let mut lines = Vec::new();
    for fact in used {
        let member = fact.member.as_deref().and_then(|key| {
            view.members
                .iter()
                .find(|it| it.person.id.to_string() == key)
        });
        if let Some(line) = member.and_then(|it| register_line(it, &fact, catalogue, picture.now)) {
            lines.push(line);
            continue;
        }
        let datum = match member {
            Some(member) => member.datum(&fact.fact),
            None => view.facts.iter().find(|it| it.fact == fact.fact),
        };
        if let Some(datum) = datum
            && let Some(value) = &datum.value
        {
            lines.push(ApplicationLine {
                whose: member.map(|it| it.person.name.clone()),
                value: value.clone(),
                agency: datum.source.agency.clone(),
                basis: datum.source.basis.clone(),
                checked_at: datum.source.checked_at,
                fact,
            });
        }
    }
    Application { lines }
}

/// What the register itself holds of a person: read now, under the law of the catalogue.
fn register_line(
    member: &MemberView,
    fact: &FactRef,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Option<ApplicationLine> {
    let value = match fact.fact.as_str() {
        "born" => member.person.born.to_string(),
        "sex" => member.person.sex.to_string(),
        "role" => member.role.to_string(),
        _ => return None,
    };
    let holding = catalogue.holding(&format!("{}.{}", fact.entity, fact.fact))?;
    Some(ApplicationLine {
        fact: fact.clone(),
        whose: Some(member.person.name.clone()),
        value,
        agency: holding.agency.clone(),
        basis: holding.law.clone(),
        checked_at: now,
    })
}

fn collect(reasons: &[rules::Reason], used: &mut Vec<FactRef>) {
    for reason in reasons {
        for fact in &reason.facts {
            if !used.contains(fact) {
                used.push(fact.clone());
            }
        }
        collect(&reason.children, used);
    }
}

/// Something about offers that a calendar shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upcoming {
    pub date: Date,
    pub benefit: String,
    pub what: UpcomingKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpcomingKind {
    /// The last day to ask for it.
    Deadline,
    /// The last day to use it.
    UseBy,
    /// Another amount from then on.
    Becomes(i64),
    /// It ends.
    Ends,
}

/// How far ahead a household is shown what changes.
const AHEAD_DAYS: i64 = 400;

/// What comes next for these offers while everything stays as it is, soonest first.
pub fn upcoming(desk: &Desk, picture: &Picture, offers: &[Offer]) -> Vec<Upcoming> {
    let situation = desk.situation(picture, None);
    let to = picture
        .on
        .checked_add(jiff::Span::new().days(AHEAD_DAYS))
        .unwrap_or(Date::MAX);
    let mut all = Vec::new();
    for offer in offers {
        let mut add = |date: Option<Date>, what| {
            if let Some(date) = date.filter(|it| *it >= picture.on) {
                all.push(Upcoming {
                    date,
                    benefit: offer.benefit.clone(),
                    what,
                });
            }
        };
        if offer.state == OfferState::Open {
            add(offer.deadline, UpcomingKind::Deadline);
        }
        if offer.finding.use_by != offer.deadline {
            add(offer.finding.use_by, UpcomingKind::UseBy);
        }
        let settled = offer.finding.outcome == Outcome::Eligible && offer.monthly;
        let Some(benefit) = desk.book.benefit(&offer.benefit).filter(|_| settled) else {
            continue;
        };
        let member = offer.about.map(|it| it.to_string());
        for change in desk.book.changes(benefit, &situation, picture.on, to) {
            if change.member == member {
                let what = match (change.after.outcome, change.after.amount) {
                    (Outcome::Eligible, Some(won)) => UpcomingKind::Becomes(won),
                    (Outcome::NotEligible, _) => UpcomingKind::Ends,
                    _ => continue,
                };
                add(Some(change.date), what);
            }
        }
    }
    all.sort_by(|a, b| (a.date, &a.benefit).cmp(&(b.date, &b.benefit)));
    all.dedup();
    all
}
