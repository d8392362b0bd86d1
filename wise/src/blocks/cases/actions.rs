mod corrections;

use base::ids::{CaseId, HouseholdId, PersonId, Pseudonym};
use db::Tx;
use jiff::civil::Date;
use spine::Cx;
use web::Scope;

use super::facts::{CaseOpened, StepTaken};
use super::model::{Case, CaseState, Error, NewCase, OfficeQueue, QueueCount, QueueSize, Step};
use super::store;

pub use corrections::{
    CORRECTED_WITHIN_DAYS, CORRECTIONS, Corrected, Known, correct, decide_correction, known_fact,
};

/// Opens a case.
pub fn open(cx: &mut Cx<'_, '_>, new: &NewCase) -> Result<CaseId, Error> {
    let case = Case {
        id: cx.id(CaseId::new),
        kind: new.kind.to_owned(),
        topic: new.topic.clone(),
        agency: new.agency.clone(),
        household: new.household,
        about: new.about,
        applicant: new.applicant,
        origin: new.origin.clone(),
        state: CaseState::Received,
        form: new.form.clone(),
        opened_at: cx.now,
        due_on: new.due_on,
        closed_at: None,
        revision: 1,
    };
    store::insert(cx.tx, &case)?;
    let step = Step {
        state: CaseState::Received,
        at: cx.now,
        actor: new.actor.clone(),
        note: String::new(),
    };
    store::insert_step(cx.tx, case.id, cx.actor, &step)?;
    let fact = CaseOpened {
        case: case.id,
        revision: 1,
    };
    cx.append(new.subject, &fact)?;
    Ok(case.id)
}

/// Takes a case one step further; `revision` is what the caller saw.
///
/// # Errors
/// `Stale` when somebody else was quicker, `Order` when the step does not fit, `Invalid` when a
/// refusal or a question gives no words to the applicant (행정절차법 제23조).
pub fn take_step(
    cx: &mut Cx<'_, '_>,
    case: CaseId,
    revision: i64,
    subject: Pseudonym,
    next: CaseState,
    actor: &str,
    note: &str,
) -> Result<Case, Error> {
    let known = store::by_id(cx.tx, case)?.ok_or(Error::NotFound)?;
    if known.revision != revision {
        return Err(Error::Stale);
    }
    if !known.state.may_become(next) {
        return Err(Error::Order {
            from: known.state,
            to: next,
        });
    }
    let note = note.trim();
    if note.is_empty() && matches!(next, CaseState::Refused | CaseState::Asked) {
        return Err(Error::Invalid {
            field: "note",
            key: "cases-note-missing",
        });
    }
    if note.chars().count() > 2_000 {
        return Err(Error::Invalid {
            field: "note",
            key: "cases-note-long",
        });
    }
    let closed_at = next.is_closed().then_some(cx.now);
    if !store::set_state(cx.tx, case, revision, next, closed_at)? {
        return Err(Error::Stale);
    }
    let step = Step {
        state: next,
        at: cx.now,
        actor: actor.to_owned(),
        note: note.to_owned(),
    };
    store::insert_step(cx.tx, case, cx.actor, &step)?;
    let fact = StepTaken {
        case,
        revision: revision + 1,
    };
    cx.append(subject, &fact)?;
    Ok(Case {
        state: next,
        closed_at,
        revision: revision + 1,
        ..known
    })
}

/// A case by id.
pub fn case(tx: &mut Tx<'_>, id: CaseId) -> Result<Case, Error> {
    store::by_id(tx, id)?.ok_or(Error::NotFound)
}

/// The steps of a case, first to last.
pub fn steps(tx: &mut Tx<'_>, id: CaseId) -> Result<Vec<Step>, Error> {
    Ok(store::steps(tx, id)?)
}

/// A page of open cases that the caller may see, most urgent first; `after` is the last seen.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    after: Option<(Date, String)>,
    limit: i64,
) -> Result<Vec<Case>, Error> {
    let after = after.unwrap_or((Date::MIN, String::new()));
    Ok(store::open_cases(tx, scope, &after, limit)?)
}

/// A person's own cases and, where the person answers for a household, the household's.
pub fn of_person(
    tx: &mut Tx<'_>,
    person: PersonId,
    household: Option<HouseholdId>,
) -> Result<Vec<Case>, Error> {
    Ok(store::of_person(tx, person, household, 100)?)
}

/// Counts by agency, topic and state within what the caller may see.
pub fn count_by_state(
    tx: &mut Tx<'_>,
    scope: &Scope,
    today: Date,
) -> Result<Vec<QueueCount>, Error> {
    Ok(store::counts(tx, scope, today)?)
}

/// How the open cases of each office within what the caller may see stand; `soon` is the last day that
/// counts as soon.
pub fn offices(
    tx: &mut Tx<'_>,
    scope: &Scope,
    today: Date,
    soon: Date,
) -> Result<Vec<OfficeQueue>, Error> {
    Ok(store::offices(tx, scope, today, soon)?)
}

/// How much waits within what the caller may see; `soon` is the last day that counts as soon.
pub fn queue_size(
    tx: &mut Tx<'_>,
    scope: &Scope,
    today: Date,
    soon: Date,
) -> Result<QueueSize, Error> {
    Ok(store::size(tx, scope, today, soon)?)
}

/// A case that this person may see: their own, or one of the household they answer for; of anybody
/// else it does not exist.
pub fn own_case(
    tx: &mut Tx<'_>,
    person: PersonId,
    household: Option<HouseholdId>,
    id: CaseId,
) -> Result<Case, Error> {
    let case = case(tx, id)?;
    let theirs = case.applicant == person || household == Some(case.household);
    theirs.then_some(case).ok_or(Error::NotFound)
}

/// Destroys what a person applied for, and what is about them.
pub fn erase(tx: &mut Tx<'_>, person: PersonId) -> Result<(), db::Error> {
    store::erase(tx, person)
}
