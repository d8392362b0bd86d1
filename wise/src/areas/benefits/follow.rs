//! Reactions to what other parts of the server tell.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::ids::{CaseId, HouseholdId, PersonId, Pseudonym};
use db::Tx;
use jiff::SignedDuration;
use rayon::prelude::*;
use spine::{Cx, Fact, FactKind, Follower};

use super::actions::offer::{BirthOffers, close_offers_of, make_offers, picture};
use super::actions::read;
use super::model::{Desk, Error, Occasion, Picture};
use super::standing::actions as looks;
use super::standing::model::{Cause, Conclusion, Look, conclude};
use crate::blocks::cases::facts::StepTaken;
use crate::blocks::cases::{self, Case, CaseState};
use crate::blocks::notices;
use crate::blocks::people::facts::{
    BirthNoticed, BirthRegistered, BirthTold, CircumstancesChanged, DeathRegistered,
    HouseholdMoved, HouseholdRegistered, MembersChanged,
};
use crate::blocks::people::{self, BirthState};
use crate::country::LifeEvents;

/// The follower `benefits`.
pub struct BenefitsFollower {
    pub desk: Desk,
    pub life: Arc<LifeEvents>,
    /// Households that are only taken over are looked at at once. Who fills a register with a whole city
    /// leaves that to [`super::standing::actions::Walker::first_looks`].
    pub looks_at_all: bool,
}

/// What one fact asks of this area.
pub enum Task {
    Birth {
        before: Box<Picture>,
        after: Box<Picture>,
        occasion: Occasion,
        subject: Pseudonym,
    },
    Look(Box<Look>),
    Died(PersonId),
    CaseStep {
        case: Box<Case>,
        applicant: Pseudonym,
    },
}

/// What is to be stored for one fact.
pub enum Effect {
    Birth(BirthOffers),
    Looked(Box<Conclusion>),
    Died(PersonId),
    CaseStep {
        case: Box<Case>,
        applicant: Pseudonym,
    },
}

impl Follower for BenefitsFollower {
    type Loaded = Vec<Task>;
    type Conclusion = Vec<Effect>;

    fn name(&self) -> &'static str {
        "benefits"
    }

    fn wants(&self, kind: &str) -> bool {
        [
            BirthNoticed::KIND,
            BirthTold::KIND,
            BirthRegistered::KIND,
            CircumstancesChanged::KIND,
            HouseholdRegistered::KIND,
            HouseholdMoved::KIND,
            MembersChanged::KIND,
            DeathRegistered::KIND,
            StepTaken::KIND,
        ]
        .contains(&kind)
    }

    fn load(&self, tx: &mut Tx<'_>, facts: &[Fact]) -> Result<Vec<Task>, spine::Error> {
        let mut tasks = Vec::new();
        for fact in facts {
            tasks.extend(load_one(tx, fact, self.looks_at_all).map_err(|error| held_up(&error))?);
        }
        Ok(tasks)
    }

    fn conclude(&self, tasks: Vec<Task>) -> Result<Vec<Effect>, spine::Error> {
        Ok(tasks
            .into_par_iter()
            .map(|task| match task {
                Task::Birth {
                    before,
                    after,
                    occasion,
                    subject,
                } => Effect::Birth(BirthOffers {
                    birth: occasion.birth,
                    household: after.view.id,
                    parent: occasion.parent,
                    subject,
                    registered: occasion.registered,
                    opened: self.desk.opened(&before, &after, &occasion),
                }),
                Task::Look(look) => {
                    Effect::Looked(Box::new(conclude(&self.desk, &self.life, &look)))
                }
                Task::Died(person) => Effect::Died(person),
                Task::CaseStep { case, applicant } => Effect::CaseStep { case, applicant },
            })
            .collect())
    }

    fn apply(&self, cx: &mut Cx<'_, '_>, effects: &Vec<Effect>) -> Result<(), spine::Error> {
        for effect in effects {
            let done = match effect {
                Effect::Birth(offers) => make_offers(cx, offers),
                Effect::Looked(done) => looks::apply(cx, &self.desk, done),
                Effect::Died(person) => close_offers_of(cx, *person),
                Effect::CaseStep { case, applicant } => tell_step(cx, &self.desk, case, *applicant),
            };
            done.map_err(|error| held_up(&error))?;
        }
        Ok(())
    }
}

fn held_up(error: &Error) -> spine::Error {
    spine::Error::Follower(error.to_string())
}

/// What a fact asks for, in order; nothing when there is nobody (any more) whom it concerns.
fn load_one(tx: &mut Tx<'_>, fact: &Fact, looks_at_all: bool) -> Result<Vec<Task>, Error> {
    let Some(person) = people::person_of(tx, &fact.subject)? else {
        return Ok(Vec::new());
    };
    let birth = match fact.kind.as_str() {
        BirthNoticed::KIND => fact.read::<BirthNoticed>()?.map(|it| it.birth),
        BirthTold::KIND => fact.read::<BirthTold>()?.map(|it| it.birth),
        BirthRegistered::KIND => fact.read::<BirthRegistered>()?.map(|it| it.birth),
        _ => None,
    };
    let mut tasks = Vec::new();
    if let Some(birth) = birth {
        tasks.push(load_birth(tx, fact, birth)?);
    }
    if fact.kind == DeathRegistered::KIND {
        tasks.push(Task::Died(person));
    }
    if let Some(household) = changed_household(fact)? {
        let is_entered =
            fact.kind == HouseholdRegistered::KIND || fact.kind == HouseholdMoved::KIND;
        if looks_at_all || !is_entered || looks::is_followed(tx, household, fact.at)? {
            let look = looks::load(tx, household, Cause::Fact(fact.id.clone()), fact.at)?;
            tasks.push(Task::Look(Box::new(look)));
        }
    }
    if let Some(step) = fact.read::<StepTaken>()? {
        tasks.push(load_step(tx, step.case)?);
    }
    Ok(tasks)
}

/// The household that reads otherwise after a fact. A birth that no office has registered yet changes
/// nothing for the rules.
fn changed_household(fact: &Fact) -> Result<Option<HouseholdId>, Error> {
    Ok(match fact.kind.as_str() {
        BirthRegistered::KIND => fact.read::<BirthRegistered>()?.map(|it| it.household),
        CircumstancesChanged::KIND => fact.read::<CircumstancesChanged>()?.map(|it| it.household),
        HouseholdRegistered::KIND => fact.read::<HouseholdRegistered>()?.map(|it| it.household),
        HouseholdMoved::KIND => fact.read::<HouseholdMoved>()?.map(|it| it.household),
        MembersChanged::KIND => fact.read::<MembersChanged>()?.map(|it| it.household),
        DeathRegistered::KIND => fact.read::<DeathRegistered>()?.map(|it| it.household),
        _ => None,
    })
}

/// The household just before the report of the birth, and as known at this fact.
fn load_birth(tx: &mut Tx<'_>, fact: &Fact, birth: base::ids::BirthId) -> Result<Task, Error> {
    let record = people::birth(tx, birth)?;
    let on = base::seoul_date(fact.at);
    let just_before = record.reported_at - SignedDuration::from_micros(1);
    let before = picture(
        tx,
        record.household,
        base::seoul_date(just_before),
        just_before,
    )?;
    let after = picture(tx, record.household, on, fact.at)?;
    let occasion = Occasion {
        birth,
        child: record.child,
        parent: record.mother,
        registered: record.state == BirthState::Registered && fact.kind == BirthRegistered::KIND,
        event: "birth",
    };
    Ok(Task::Birth {
        before: Box::new(before),
        after: Box::new(after),
        occasion,
        subject: people::pseudonym_of(tx, record.mother)?,
    })
}

fn load_step(tx: &mut Tx<'_>, id: CaseId) -> Result<Task, Error> {
    let case = cases::case(tx, id)?;
    let applicant = people::pseudonym_of(tx, case.applicant)?;
    Ok(Task::CaseStep {
        case: Box::new(case),
        applicant,
    })
}

/// Tells the applicant what happened to the application.
fn tell_step(
    cx: &mut Cx<'_, '_>,
    desk: &Desk,
    case: &Case,
    applicant: Pseudonym,
) -> Result<(), Error> {
    let message = match case.state {
        CaseState::Granted => "benefits-case-granted",
        CaseState::Refused => "benefits-case-refused",
        CaseState::Asked => "benefits-case-asked",
        CaseState::Received | CaseState::Answered | CaseState::Withdrawn => return Ok(()),
    };
    if read::offer_of_case(cx.tx, case.id)?.is_none() {
        return Ok(());
    }
    let name = desk
        .book
        .benefit(&case.topic)
        .map(|benefit| benefit.name.clone())
        .unwrap_or_default();
    let notice = notices::NewNotice {
        person: case.applicant,
        subject: applicant,
        once_key: format!("benefits|case|{}|{}", case.id, case.revision),
        message,
        arguments: BTreeMap::from([
            ("benefit_ko".to_owned(), name.ko.clone()),
            ("benefit_en".to_owned(), name.en),
        ]),
        link: format!("/cases/{}", case.id),
        urgency: match case.state {
            CaseState::Asked => notices::Urgency::Soon,
            _ => notices::Urgency::Routine,
        },
        answer_by: None,
    };
    Ok(notices::tell(cx, &notice)?)
}
