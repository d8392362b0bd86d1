//! What the sample's residents do with their offers, and its officials with the cases.

use std::collections::BTreeSet;

use base::ids::PersonId;
use rules::{Entity, FactRef};
use spine::Cx;

use super::Error;
use super::perform::Crew;
use super::plan::{Answer, FactPlan, Verdict};
use super::sources::chance;
use crate::areas::benefits::actions::accept::{Answerer, accept, decline, postpone};
use crate::areas::benefits::actions::answer::record_answer;
use crate::areas::benefits::actions::read::offers_of;
use crate::areas::benefits::model::{Offer, OfferState};
use crate::blocks::cases::{self, Case, CaseState};
use crate::blocks::exchange::Sharing;
use crate::blocks::notices;
use crate::blocks::people::{self, Looker};

/// How many notices a resident reads at once.
const READ_AT_ONCE: i64 = 20;

/// A resident opens what came.
pub(super) fn open(cx: &mut Cx<'_, '_>, by: PersonId) -> Result<(), Error> {
    for notice in notices::inbox(cx.tx, by, None, READ_AT_ONCE)? {
        if notice.read_at.is_none() {
            notices::mark_read(cx, by, notice.id)?;
        }
    }
    Ok(())
}

/// A resident answers the open offers; says how many applications came of it. [`Answer::AcceptAll`]
/// only tells what is missing: what is ready then is accepted once the rules have been asked again.
pub(super) fn answer(
    crew: &Crew,
    cx: &mut Cx<'_, '_>,
    by: PersonId,
    answer: &Answer,
) -> Result<usize, Error> {
    match answer {
        Answer::AcceptReady => accept_ready(crew, cx, by),
        Answer::AcceptAll { told } => tell(crew, cx, by, told).map(|()| 0),
        Answer::DeclineSome { decline: most } => {
            let mut open = open_offers(cx, by)?;
            open.sort_by_key(|it| (it.amount.unwrap_or(0), it.id));
            for offer in open.iter().take(usize::from(*most)) {
                decline(cx, by, offer.id)?;
            }
            accept_ready(crew, cx, by)
        }
        Answer::Postpone { until } => {
            for offer in open_offers(cx, by)? {
                let in_time = offer.deadline.is_none_or(|deadline| *until <= deadline);
                if in_time && *until > cx.today() {
                    postpone(cx, by, offer.id, *until)?;
                }
            }
            Ok(0)
        }
    }
}

fn open_offers(cx: &mut Cx<'_, '_>, by: PersonId) -> Result<Vec<Offer>, Error> {
    let mut offers = offers_of(cx.tx, by, cx.now)?;
    offers.retain(|it| it.state == OfferState::Open);
    Ok(offers)
}

fn accept_ready(crew: &Crew, cx: &mut Cx<'_, '_>, by: PersonId) -> Result<usize, Error> {
    if !open_offers(cx, by)?.iter().any(Offer::is_ready) {
        return Ok(0);
    }
    let who = Answerer {
        person: by,
        name: people::person(cx.tx, by)?.name,
        catalogue: crew.sources.catalogue.clone(),
    };
    Ok(accept(cx, &who, &[])?.cases.len())
}

/// Tells the facts that somebody has at hand, and agrees to the rest being fetched.
fn tell(crew: &Crew, cx: &mut Cx<'_, '_>, by: PersonId, told: &[FactPlan]) -> Result<(), Error> {
    let open = open_offers(cx, by)?;
    for fact in told {
        let asked = open.iter().find_map(|offer| {
            let question = offer.open_questions().find(|it| it.fact == fact.name)?;
            Some((offer.id, question.clone()))
        });
        if let Some((offer, question)) = asked {
            record_answer(cx, by, offer, &question, &fact.value)?;
        }
    }
    let mut agreed = BTreeSet::new();
    for offer in &open {
        for question in offer.open_questions() {
            let name = format!("{}.{}", question.entity, question.fact);
            let holding = crew.sources.catalogue.holding(&name);
            if holding.is_some_and(|it| it.shareable == Sharing::Consent) {
                agreed.insert((whose(cx, offer, question)?, name));
            }
        }
    }
    for (person, fact) in agreed {
        people::set_consent(cx, person, &fact, true)?;
    }
    Ok(())
}

/// Whose consent a datum needs: the member's, or the head's for the household.
fn whose(cx: &mut Cx<'_, '_>, offer: &Offer, fact: &FactRef) -> Result<PersonId, Error> {
    let member = fact.member.as_deref().and_then(|it| it.parse().ok());
    match (fact.entity, member) {
        (Entity::Person, Some(member)) => Ok(member),
        _ => Ok(people::head_of(cx.tx, offer.household, cx.today(), cx.now)?),
    }
}

/// An official works through an applicant's open cases: the oldest gets the first verdict.
pub(super) fn work(
    crew: &Crew,
    cx: &mut Cx<'_, '_>,
    clerk: &Looker,
    applicant: PersonId,
    [first, rest]: [Verdict; 2],
) -> Result<usize, Error> {
    let mut open = cases_in(cx, applicant, &[CaseState::Received, CaseState::Answered])?;
    open.sort_by_key(|it| (it.opened_at, it.id));
    let mut verdict = first;
    let mut decided = 0;
    for case in &open {
        let (next, note) = sentence(crew, case, verdict);
        look(crew, cx, clerk, case)?;
        step(cx, case, next, &clerk.name, note)?;
        decided += usize::from(next.is_closed());
        verdict = rest;
    }
    Ok(decided)
}

/// The step that a verdict is, with the official's words.
fn sentence<'c>(crew: &'c Crew, case: &Case, verdict: Verdict) -> (CaseState, &'c str) {
    let pick = |all: &'c [String]| {
        let count = u64::try_from(all.len()).unwrap_or(1).max(1);
        let at = chance(&case.id.to_string(), "note") % count;
        usize::try_from(at)
            .ok()
            .and_then(|at| all.get(at))
            .map_or("", String::as_str)
    };
    match verdict {
        Verdict::Grant => (CaseState::Granted, ""),
        Verdict::Ask => (CaseState::Asked, pick(&crew.sentences.ask)),
        Verdict::Refuse => (CaseState::Refused, pick(&crew.sentences.refuse)),
    }
}

fn look(crew: &Crew, cx: &mut Cx<'_, '_>, clerk: &Looker, case: &Case) -> Result<(), Error> {
    let view = people::view(cx.tx, case.household, cx.today(), cx.now)?;
    let persons: Vec<PersonId> = view.members.iter().map(|it| it.person.id).collect();
    let name = crew
        .book
        .benefit(&case.topic)
        .map_or(case.topic.as_str(), |it| it.name.ko.as_str());
    Ok(people::note_look(
        cx,
        &persons,
        clerk,
        &format!("{name} 신청 처리"),
    )?)
}

/// The applicant hands in what was asked for.
pub(super) fn give_papers(crew: &Crew, cx: &mut Cx<'_, '_>, by: PersonId) -> Result<(), Error> {
    let name = people::person(cx.tx, by)?.name;
    for case in cases_in(cx, by, &[CaseState::Asked])? {
        step(cx, &case, CaseState::Answered, &name, &crew.sentences.given)?;
    }
    Ok(())
}

fn cases_in(
    cx: &mut Cx<'_, '_>,
    applicant: PersonId,
    states: &[CaseState],
) -> Result<Vec<Case>, Error> {
    let mut all = cases::of_person(cx.tx, applicant, None)?;
    all.retain(|it| states.contains(&it.state));
    Ok(all)
}

fn step(
    cx: &mut Cx<'_, '_>,
    case: &Case,
    next: CaseState,
    actor: &str,
    note: &str,
) -> Result<(), Error> {
    let subject = people::pseudonym_of(cx.tx, case.applicant)?;
    cases::take_step(cx, case.id, case.revision, subject, next, actor, note)?;
    Ok(())
}
