//! A resident asks that what is known of them is put right (개인정보 보호법 제36조).

use base::ids::{CaseId, PersonId};
use db::Tx;
use jiff::{Span, Timestamp};
use rules::{Entity, FactRef};
use spine::Cx;

use super::{of_person, open, take_step};
use crate::blocks::cases::model::{Case, CaseState, Error, FilledForm, FilledLine, NewCase};
use crate::blocks::people::{self, Datum, HouseholdView, NewDatum, Owner, Source};

/// The kind of these cases, and the end of their officials' address.
pub const CORRECTIONS: &str = "corrections";
/// Days within which a holder corrects or says why not (개인정보 보호법 시행령 제43조제3항).
pub const CORRECTED_WITHIN_DAYS: i64 = 10;

/// A recorded fact that its owner may ask to correct.
#[derive(Clone, Debug)]
pub struct Known {
    pub view: HouseholdView,
    pub entity: Entity,
    pub datum: Datum,
    /// The member it is about; `None` for the household.
    pub about: Option<PersonId>,
}

impl Known {
    fn owner(&self) -> Owner {
        match self.about {
            Some(person) => Owner::Person(person),
            None => Owner::Household(self.view.id),
        }
    }

    /// Its name in the exchange catalogue: `person.disability`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.entity, self.datum.fact)
    }

    fn line(&self, value: &str, source: &Source) -> FilledLine {
        let member = self.about.and_then(|it| self.view.member(it));
        FilledLine {
            fact: FactRef {
                entity: self.entity,
                member: self.about.map(|it| it.to_string()),
                fact: self.datum.fact.clone(),
            },
            whose: member.map(|it| it.person.name.clone()),
            value: value.to_owned(),
            agency: source.agency.clone(),
            basis: source.basis.clone(),
            checked_at: source.checked_at,
        }
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrected {
    /// The resident had told it: the register says now what is right.
    AtOnce,
    /// The holder's officials decide.
    Case(CaseId),
}

/// A fact that this person may ask to correct: of themselves, of a child they answer for, or of the
/// household that they answer for. Of anybody else it does not exist.
pub fn known_fact(
    tx: &mut Tx<'_>,
    person: PersonId,
    name: &str,
    about: Option<PersonId>,
    now: Timestamp,
) -> Result<Known, Error> {
    let today = base::seoul_date(now);
    let of = people::household_of(tx, person, today, now)?;
    let view = people::view(tx, of.ok_or(Error::NotFound)?.0, today, now)?;
    let (entity, fact) = name.split_once('.').ok_or(Error::NotFound)?;
    let (entity, facts) = match (entity, about) {
        ("person", Some(about)) if view.answers_for(person, about, today) => {
            let member = view.member(about).ok_or(Error::NotFound)?;
            (Entity::Person, &member.facts)
        }
        ("household", None) => {
            let own = view.member(person).ok_or(Error::NotFound)?;
            let answers = own.answers_for_household();
            answers.then_some(()).ok_or(Error::NotFound)?;
            (Entity::Household, &view.facts)
        }
        _ => return Err(Error::NotFound),
    };
    let datum = facts.iter().find(|it| it.fact == fact).cloned();
    Ok(Known {
        datum: datum.ok_or(Error::NotFound)?,
        entity,
        about,
        view,
    })
}

/// Corrects what the resident had told, or opens a case at the agency that holds it. Asking twice
/// while the first is open leads to the first. `value` was checked against the vocabulary.
pub fn correct(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    actor: &str,
    known: &Known,
    value: &str,
) -> Result<Corrected, Error> {
    if known.datum.value.as_deref() == Some(value) {
        return Err(Error::Invalid {
            field: "value",
            key: "cases-correct-same",
        });
    }
    let told = Source {
        agency: "resident".into(),
        basis: "본인이 알림".into(),
        told: true,
        checked_at: cx.now,
    };
    if known.datum.source.told {
        record(cx, known.owner(), &known.datum, value, told)?;
        return Ok(Corrected::AtOnce);
    }
    let topic = known.name();
    for case in of_person(cx.tx, person, None)? {
        let same = case.kind == CORRECTIONS && case.topic == topic && case.about == known.about;
        if same && !case.state.is_closed() {
            return Ok(Corrected::Case(case.id));
        }
    }
    let before = known.datum.value.as_deref().unwrap_or_default();
    let form = FilledForm {
        lines: vec![
            known.line(before, &known.datum.source),
            known.line(value, &told),
        ],
    };
    let due_on = cx
        .today()
        .saturating_add(Span::new().days(CORRECTED_WITHIN_DAYS));
    let new = NewCase {
        kind: CORRECTIONS,
        topic,
        agency: known.datum.source.agency.clone(),
        household: known.view.id,
        about: known.about,
        applicant: person,
        subject: people::pseudonym_of(cx.tx, person)?,
        origin: known.owner().to_string(),
        form: serde_json::to_string(&form).unwrap_or_default(),
        due_on,
        actor: actor.to_owned(),
    };
    Ok(Corrected::Case(open(cx, &new)?))
}

/// The claim replaces what stood there since it began: it was wrong from the start.
fn record(
    cx: &mut Cx<'_, '_>,
    owner: Owner,
    wrong: &Datum,
    value: &str,
    source: Source,
) -> Result<(), Error> {
    let right = NewDatum {
        fact: wrong.fact.clone(),
        value: Some(value.to_owned()),
        since: wrong.since,
        until: wrong.until,
        source,
    };
    Ok(people::record(cx, owner, &[right])?)
}

/// An official decides a correction; granting it changes the register in the same transaction.
pub fn decide_correction(
    cx: &mut Cx<'_, '_>,
    case: &Case,
    revision: i64,
    next: CaseState,
    actor: &str,
    note: &str,
) -> Result<(), Error> {
    let subject = people::pseudonym_of(cx.tx, case.applicant)?;
    take_step(cx, case.id, revision, subject, next, actor, note)?;
    if next != CaseState::Granted {
        return Ok(());
    }
    let known = known_fact(cx.tx, case.applicant, &case.topic, case.about, cx.now)?;
    let form = case.filled_form();
    let claimed = form.lines.last().ok_or(Error::NotFound)?;
    let source = Source {
        checked_at: cx.now,
        ..known.datum.source.clone()
    };
    record(cx, known.owner(), &known.datum, &claimed.value, source)
}
