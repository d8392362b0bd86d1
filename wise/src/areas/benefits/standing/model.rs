//! What one look at a household concludes; pure.

use base::ids::{HouseholdId, OfferId, PersonId};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use rules::{Benefit, Change, Decision, Outcome, Outlook, Situation};

use super::events::{declared, events};
use crate::areas::benefits::model::{
    Desk, Offer, OfferState, Opened, Picture, amount_of, change, count_to_tell,
};
use crate::blocks::people::{Address, HouseholdView};
use crate::country::LifeEvents;

/// How long before its day something is announced.
pub const LEAD_DAYS: i64 = 30;
/// How long before a last day somebody who has not answered is reminded.
pub const REMIND_DAYS: i64 = 7;
/// How long an answered offer stands though nothing is owed any more: its case may still be worked on.
const KEPT_DAYS: i64 = 60;
/// A household is looked at again after this long at the latest.
const HORIZON_DAYS: i64 = 180;
/// Who registered longer ago than this did not move in just now: the register was only taken over.
const NEWCOMER_DAYS: i64 = 90;

/// Something owed, or perhaps owed, at a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub benefit: String,
    pub about: Option<PersonId>,
    /// `Eligible` or `Unknown`; what is not owed is not remembered.
    pub outcome: Outcome,
    pub amount: Option<i64>,
    /// Won in a year; `None` when it cannot be said or is in kind.
    pub yearly: Option<i64>,
    /// The last day to ask for it.
    pub last_day: Option<Date>,
    /// The day of birth of whom it is about, or of the head.
    pub born: Date,
}

/// The last look at a household.
#[derive(Clone, Debug)]
pub struct Standing {
    pub known_at: Timestamp,
    pub owed: Vec<Owed>,
}

/// Why a household is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Something happened; the fact's id names the occasion.
    Fact(String),
    /// Time passed, or the law became another one.
    Day,
}

/// What a look needs.
#[derive(Clone, Debug)]
pub struct Look {
    pub cause: Cause,
    /// The household just before the fact; `None` when only time passed.
    pub before: Option<Picture>,
    pub now: Picture,
    /// The next day on which a condition that was declared begins to hold for the household.
    pub coming: Option<Date>,
    /// `None` at the first look.
    pub last: Option<Standing>,
    /// Everything offered to the household that is not closed; with the child whose registration an
    /// offer waits for.
    pub offers: Vec<(Offer, Option<PersonId>)>,
}

/// A new offer.
#[derive(Clone, Debug)]
pub struct Opening {
    pub opened: Opened,
    /// The life event, `birthday`, or `law`.
    pub occasion: String,
    pub occasion_id: String,
    /// The day from which it is owed, when that is still to come.
    pub opens_on: Option<Date>,
}

/// Something to say about an offer that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Telling {
    /// It was announced, and its day is there.
    Opens,
    /// Nobody has answered, and this is the last day.
    LastDay(Date),
    /// From this day it is another sum.
    Becomes(Date, i64),
    /// From this day it is no longer given.
    Ends(Date),
}

/// What a look concludes.
#[derive(Clone, Debug)]
pub struct Conclusion {
    pub household: HouseholdId,
    pub known_at: Timestamp,
    pub on: Date,
    pub dong: String,
    /// Nobody lives there any more.
    pub is_empty: bool,
    pub owed: Vec<Owed>,
    pub openings: Vec<Opening>,
    /// Offers that read differently now: as they were seen, and as they are.
    pub renewed: Vec<(Offer, Offer)>,
    pub tellings: Vec<(OfferId, Telling)>,
    pub again_on: Date,
    pub book_digest: String,
}

/// Concludes what a look means.
pub fn conclude(desk: &Desk, life: &LifeEvents, look: &Look) -> Conclusion {
    let situation = desk.situation(&look.now, None);
    let on = look.now.on;
    let view = &look.now.view;
    let outlooks = outlooks(desk, &situation, view, on);
    let owed = owed(view, said_now(view, &outlooks));
    let (renewed, mut tellings) = renew(desk, look, &situation);
    tellings.extend(last_days_near(&renewed, on));
    let mut openings = opened(desk, life, look, &situation, &owed);
    announce(
        desk,
        look,
        &situation,
        (&owed, &outlooks),
        &mut openings,
        &mut tellings,
    );
    let again_on = again_on(look, &outlooks, &openings, &renewed);
    let seen = |it: &Offer| {
        look.offers
            .iter()
            .map(|(offer, _)| offer)
            .find(|was| was.id == it.id)
    };
    let renewed = renewed
        .into_iter()
        .filter_map(|now| Some((seen(&now)?.clone(), now)))
        .filter(|(was, now)| (was.state, &was.finding) != (now.state, &now.finding))
        .collect();
    Conclusion {
        household: view.id,
        known_at: look.now.now,
        on,
        dong: view
            .address
            .as_ref()
            .map_or(String::new(), |it| it.dong.clone()),
        is_empty: view.members.is_empty(),
        owed,
        openings,
        renewed,
        tellings,
        again_on,
        book_digest: desk.book.digest().to_owned(),
    }
}

/// What each benefit that counts here says today, and until when it surely says so.
fn outlooks<'d>(
    desk: &'d Desk,
    situation: &Situation,
    view: &HouseholdView,
    on: Date,
) -> Vec<(&'d Benefit, Outlook)> {
    let lead = after(on, LEAD_DAYS);
    let horizon = after(lead, HORIZON_DAYS);
    in_force_here(desk, view)
        .map(|benefit| {
            let outlook = desk.book.outlook(benefit, situation, on, lead, horizon);
            (benefit, outlook)
        })
        .collect()
}

/// What a benefit says about somebody.
struct Said<'d> {
    benefit: &'d Benefit,
    /// `None` for the household.
    about: Option<PersonId>,
    decision: Decision,
    last_day: Option<Date>,
}

fn said_now<'d>(
    view: &HouseholdView,
    outlooks: &[(&'d Benefit, Outlook)],
) -> impl Iterator<Item = Said<'d>> {
    outlooks.iter().flat_map(|(benefit, outlook)| {
        let days = outlook.last_days.iter();
        let said = of_whom(benefit, view, outlook.now.clone()).into_iter();
        said.zip(days).map(|((about, decision), last_day)| Said {
            benefit,
            about,
            decision,
            last_day: *last_day,
        })
    })
}

fn said_on<'d>(
    desk: &'d Desk,
    situation: &Situation,
    view: &HouseholdView,
    on: Date,
) -> impl Iterator<Item = Said<'d>> {
    in_force_here(desk, view).flat_map(move |benefit| {
        let decided = decide(desk, benefit, situation, view, on);
        decided.into_iter().map(move |(about, decision)| Said {
            benefit,
            about,
            decision,
            last_day: None,
        })
    })
}

fn owed<'d>(view: &HouseholdView, said: impl Iterator<Item = Said<'d>>) -> Vec<Owed> {
    let Some(head) = view.head() else {
        return Vec::new();
    };
    said.filter(|it| it.decision.outcome != Outcome::NotEligible)
        .map(|it| {
            let born = it.about.and_then(|id| view.member(id)).unwrap_or(head);
            Owed {
                benefit: it.benefit.id.clone(),
                about: it.about,
                outcome: it.decision.outcome,
                amount: it.decision.amount,
                yearly: it.decision.amount.map(|won| yearly(it.benefit, won)),
                last_day: it.last_day,
                born: born.person.born,
            }
        })
        .collect()
}

/// Won in a year of a sum of this benefit.
fn yearly(benefit: &Benefit, amount: i64) -> i64 {
    let is_monthly = benefit
        .period
        .as_ref()
        .is_some_and(|it| it.kind == rules::Frequency::Monthly);
    amount.saturating_mul(if is_monthly { 12 } else { 1 })
}

/// The benefits of the whole country and of the household's municipality.
fn in_force_here<'d>(
    desk: &'d Desk,
    view: &HouseholdView,
) -> impl Iterator<Item = &'d Benefit> + use<'d> {
    let here = view.address.as_ref().map(|it| it.municipality.clone());
    desk.book.benefits().filter(move |it| {
        it.territory.is_empty() || here.as_ref().is_none_or(|code| it.territory.contains(code))
    })
}

/// Outcome and amount for every member a benefit is asked of, or for the household.
type Decisions = Vec<(Option<PersonId>, Decision)>;

fn decide(
    desk: &Desk,
    benefit: &Benefit,
    situation: &Situation,
    view: &HouseholdView,
    on: Date,
) -> Decisions {
    of_whom(benefit, view, desk.book.decide(benefit, situation, on))
}

fn of_whom(benefit: &Benefit, view: &HouseholdView, decisions: Vec<Decision>) -> Decisions {
    if benefit.unit == rules::BenefitUnit::Household {
        return decisions.into_iter().map(|it| (None, it)).collect();
    }
    let members = view.members.iter().map(|it| Some(it.person.id));
    members.zip(decisions).collect()
}

/// Unanswered offers as they read now; what opens today is said. Answered ones end with what was owed, so
/// that the same may be offered again when it opens again.
fn renew(desk: &Desk, look: &Look, situation: &Situation) -> (Vec<Offer>, Vec<(OfferId, Telling)>) {
    let (mut renewed, mut tellings) = (Vec::new(), Vec::new());
    for (offer, expected) in &look.offers {
        if offer.changed_at > look.now.now {
            // Newer than this look: what it knows, this look may not.
            continue;
        }
        if !offer.state.is_unanswered() {
            renewed.extend(ended(desk, look, situation, offer));
            continue;
        }
        let early = offer.opens_on.filter(|day| *day > look.now.on);
        let on = early.unwrap_or(look.now.on);
        let finding = match expected {
            Some(_) => desk.reassess_in(offer, &desk.situation(&look.now, *expected), on),
            None => desk.reassess_in(offer, situation, on),
        };
        let benefit = desk.book.benefit(&offer.benefit);
        let lives = !look.now.view.members.is_empty();
        let (Some(finding), Some(benefit), true) = (finding, benefit, lives) else {
            // The member left, or the benefit is no longer law here.
            renewed.push(Offer {
                state: OfferState::Closed,
                ..offer.clone()
            });
            continue;
        };
        let waits_for_registration = offer.state == OfferState::Waiting && offer.opens_on.is_none();
        let state = match (offer.state, finding.outcome) {
            _ if waits_for_registration => offer.state,
            (_, Outcome::NotEligible) => OfferState::Closed,
            (OfferState::Waiting, _) if early.is_none() => OfferState::Open,
            (state, _) => state,
        };
        if offer.state == OfferState::Waiting && state == OfferState::Open {
            tellings.push((offer.id, Telling::Opens));
        }
        renewed.push(Offer {
            state,
            ..offer.renewed(finding, benefit.digest(), look.now.on)
        });
    }
    (renewed, tellings)
}

/// An answered offer of something that has not been owed for long, closed.
fn ended(desk: &Desk, look: &Look, situation: &Situation, offer: &Offer) -> Option<Offer> {
    let answered = base::seoul_date(offer.changed_at);
    let is_old = rules::dates::days_between(answered, look.now.on) > KEPT_DAYS;
    let is_owed = || {
        desk.reassess_in(offer, situation, look.now.on)
            .is_some_and(|it| it.outcome != Outcome::NotEligible)
    };
    (is_old && !is_owed()).then(|| Offer {
        state: OfferState::Closed,
        ..offer.clone()
    })
}

/// What opened since the last look.
fn opened(
    desk: &Desk,
    life: &LifeEvents,
    look: &Look,
    situation: &Situation,
    owed: &[Owed],
) -> Vec<Opening> {
    let view = &look.now.view;
    let Some(earlier) = earlier(desk, look) else {
        return Vec::new();
    };
    let events = match &look.before {
        Some(before) => events(life, before, &look.now),
        None => declared(life, look),
    };
    let before = look.before.as_ref();
    let before = before.map(|it| (desk.situation(it, None), it));
    let was_open = |benefit: &Benefit, about| {
        before.as_ref().is_some_and(|(earlier, it)| {
            decide(desk, benefit, earlier, &it.view, it.on)
                .iter()
                .any(|(whom, was)| *whom == about && was.outcome != Outcome::NotEligible)
                && !came_nearer(
                    desk,
                    benefit,
                    about,
                    (earlier, it.on),
                    (situation, look.now.on),
                )
        })
    };
    let mut openings = Vec::new();
    for now in owed {
        let Some(benefit) = desk.book.benefit(&now.benefit) else {
            continue;
        };
        let was = earlier
            .iter()
            .find(|it| it.benefit == now.benefit && it.about == now.about);
        let asked = benefit.events.iter().find(|it| events.contains(it));
        let is_grown = was.is_some_and(|it| it.outcome == Outcome::Eligible);
        // What only may be owed is asked about when the event suggests it; a sum that grows with the
        // year is no event.
        let is_no_news = |benefit| asked.is_none() || was_open(benefit, now.about);
        if (now.outcome == Outcome::Unknown && is_no_news(benefit))
            || (is_grown && look.cause == Cause::Day)
            || look.has_offer(&now.benefit, now.about)
        {
            continue;
        }
        let (occasion, occasion_id) = occasion(look, asked.or(events.first()));
        let on = look.now.on;
        if let Some(previous) = change(was.map(Owed::decision), now.decision())
            && let Some(opened) = open(desk, benefit, situation, view, now.about, on, previous)
        {
            openings.push(Opening {
                opened,
                occasion,
                occasion_id,
                opens_on: None,
            });
        }
    }
    openings
}

/// Something that had to be known is known now and speaks for it: after a death, who died and who is left.
fn came_nearer(
    desk: &Desk,
    benefit: &Benefit,
    about: Option<PersonId>,
    earlier: (&Situation, Date),
    now: (&Situation, Date),
) -> bool {
    let member = about.map(|it| it.to_string());
    let of = |(situation, on): (&Situation, Date)| {
        let mut findings = desk.book.evaluate(benefit, situation, on).into_iter();
        findings.find(|it| it.member == member)
    };
    let (Some(was), Some(is)) = (of(earlier), of(now)) else {
        return false;
    };
    let mut reasons = was.reasons.iter().zip(&is.reasons);
    reasons.any(|(was, is)| was.holds.is_none() && is.holds == Some(true))
}

/// What was owed before; `None` when a register was taken over and everything it holds is old.
fn earlier(desk: &Desk, look: &Look) -> Option<Vec<Owed>> {
    if let Some(last) = &look.last {
        return Some(last.owed.clone());
    }
    // Never looked at, and something happened: what was owed just before.
    if let Some(before) = look
        .before
        .as_ref()
        .filter(|it| !it.view.members.is_empty())
    {
        let situation = desk.situation(before, None);
        let said = said_on(desk, &situation, &before.view, before.on);
        return Some(owed(&before.view, said));
    }
    let address = look.now.view.address.as_ref();
    let is_newcomer = address.is_some_and(|it| is_newcomer(it, look.now.on));
    is_newcomer.then(|| {
        // As if the family lived nowhere: what the whole country owes them, they had before.
        let mut elsewhere = look.now.clone();
        elsewhere.view.address = None;
        let situation = desk.situation(&elsewhere, None);
        let said = said_on(desk, &situation, &elsewhere.view, look.now.on);
        owed(&elsewhere.view, said)
    })
}

/// The family came to live at an address a short time ago.
pub fn is_newcomer(address: &Address, on: Date) -> bool {
    rules::dates::days_between(address.since, on) < NEWCOMER_DAYS
}

fn occasion(look: &Look, event: Option<&String>) -> (String, String) {
    match (&look.cause, event) {
        (Cause::Fact(id), Some(event)) => (event.clone(), id.clone()),
        (Cause::Fact(id), None) => ("change".into(), id.clone()),
        (Cause::Day, Some(event)) => (event.clone(), look.now.on.to_string()),
        (Cause::Day, None) => ("law".into(), look.now.on.to_string()),
    }
}

/// A benefit worked out in full for whom it is about; `None` when that is nobody of this household.
pub fn open(
    desk: &Desk,
    benefit: &Benefit,
    situation: &Situation,
    view: &HouseholdView,
    about: Option<PersonId>,
    on: Date,
    previous_amount: Option<i64>,
) -> Option<Opened> {
    let member = about.map(|it| it.to_string());
    let finding = desk
        .book
        .evaluate(benefit, situation, on)
        .into_iter()
        .find(|it| it.member == member)?;
    let guardian = view.head()?.person.id;
    Some(Opened {
        previous_amount,
        ..Opened::of(benefit, finding, view, guardian, on)
    })
}

/// What will open, change or end within [`LEAD_DAYS`].
fn announce(
    desk: &Desk,
    look: &Look,
    situation: &Situation,
    (owed, outlooks): (&[Owed], &[(&Benefit, Outlook)]),
    openings: &mut Vec<Opening>,
    tellings: &mut Vec<(OfferId, Telling)>,
) {
    let on = look.now.on;
    let until = after(on, LEAD_DAYS);
    for (benefit, outlook) in outlooks {
        for change in outlook.changes.iter().filter(|it| it.date <= until) {
            let about = about(change);
            if let Some(held) = look.held(&benefit.id, about) {
                tellings.extend(telling(change).map(|it| (held.id, it)));
                continue;
            }
            let is_owed = owed
                .iter()
                .any(|it| it.benefit == benefit.id && it.about == about);
            let known = openings
                .iter()
                .any(|it| it.opened.benefit == benefit.id && it.opened.about == about);
            if change.after.outcome == Outcome::Eligible
                && !is_owed
                && !known
                && !look.has_offer(&benefit.id, about)
                && let Some(opened) = open(
                    desk,
                    benefit,
                    situation,
                    &look.now.view,
                    about,
                    change.date,
                    None,
                )
            {
                openings.push(Opening {
                    opened,
                    occasion: "birthday".into(),
                    occasion_id: change.date.to_string(),
                    opens_on: Some(change.date),
                });
            }
        }
    }
}

fn last_days_near(renewed: &[Offer], on: Date) -> impl Iterator<Item = (OfferId, Telling)> {
    let near = after(on, REMIND_DAYS);
    let open = renewed.iter().filter(|it| it.state == OfferState::Open);
    open.filter_map(move |offer| {
        let day = offer.deadline.filter(|it| (on..=near).contains(it))?;
        Some((offer.id, Telling::LastDay(day)))
    })
}

fn about(change: &Change) -> Option<PersonId> {
    change.member.as_deref().and_then(|it| it.parse().ok())
}

fn telling(change: &Change) -> Option<Telling> {
    match (change.before.outcome, change.after.outcome) {
        (Outcome::Eligible, Outcome::NotEligible) => Some(Telling::Ends(change.date)),
        (Outcome::Eligible, Outcome::Eligible) => {
            let amount = change.after.amount?;
            Some(Telling::Becomes(change.date, amount))
        }
        _ => None,
    }
}

/// The next day on which this household is to be looked at though nothing happens.
fn again_on(
    look: &Look,
    outlooks: &[(&Benefit, Outlook)],
    openings: &[Opening],
    renewed: &[Offer],
) -> Date {
    let on = look.now.on;
    let mut day = after(on, HORIZON_DAYS);
    let mut sooner = |candidate: Option<Date>| {
        if let Some(candidate) = candidate.filter(|it| *it > on) {
            day = day.min(candidate);
        }
    };
    let unanswered = renewed.iter().filter(|it| it.state.is_unanswered());
    for offer in unanswered {
        sooner(offer.opens_on);
        sooner(offer.deadline.map(|it| after(it, -REMIND_DAYS)));
    }
    for opening in openings {
        let deadline = opening.opened.finding.deadline;
        sooner(opening.opens_on);
        sooner(deadline.map(|it| after(it, -REMIND_DAYS)));
    }
    sooner(look.coming);
    // What is known until a day says nothing after it.
    let view = &look.now.view;
    let facts = view.members.iter().flat_map(|it| &it.facts);
    for datum in view.facts.iter().chain(facts) {
        sooner(datum.until);
    }
    // On the day itself what is owed is another; a month before, it is announced. What only may be owed
    // matters where it was asked about.
    for (benefit, outlook) in outlooks {
        for change in &outlook.changes {
            let touches = [change.before, change.after]
                .iter()
                .any(|it| it.outcome == Outcome::Eligible);
            if touches || look.has_offer(&benefit.id, about(change)) {
                sooner(Some(change.date));
                sooner(Some(after(change.date, -LEAD_DAYS)));
            }
        }
    }
    day
}

fn after(day: Date, days: i64) -> Date {
    day.saturating_add(Span::new().days(days))
}

impl Opening {
    /// The offer of it.
    pub fn offer(&self, id: OfferId, household: HouseholdId, now: Timestamp) -> Offer {
        let opened = &self.opened;
        Offer {
            id,
            benefit: opened.benefit.clone(),
            household,
            about: opened.about,
            recipient: opened.recipient,
            occasion: self.occasion.clone(),
            occasion_id: self.occasion_id.clone(),
            state: match self.opens_on {
                Some(_) => OfferState::Waiting,
                None => OfferState::Open,
            },
            amount: amount_of(&opened.finding),
            previous_amount: opened.previous_amount,
            monthly: opened.monthly,
            to_tell: count_to_tell(&opened.finding),
            deadline: opened.finding.deadline,
            finding: opened.finding.clone(),
            rules_digest: opened.rules_digest.clone(),
            as_of: opened.on,
            made_at: now,
            changed_at: now,
            postponed_until: None,
            case: None,
            opens_on: self.opens_on,
        }
    }
}

impl Owed {
    fn decision(&self) -> Decision {
        Decision {
            outcome: self.outcome,
            amount: self.amount,
        }
    }
}

impl Look {
    /// An offer of this benefit stands, answered or not.
    fn has_offer(&self, benefit: &str, about: Option<PersonId>) -> bool {
        let mut offers = self.offers.iter().map(|(offer, _)| offer);
        offers.any(|it| it.benefit == benefit && it.about == about)
    }

    /// The offer that somebody accepted, or said they have already.
    fn held(&self, benefit: &str, about: Option<PersonId>) -> Option<&Offer> {
        let mut offers = self.offers.iter().map(|(offer, _)| offer);
        offers.find(|it| it.benefit == benefit && it.about == about && it.state.is_held())
    }
}
