//! Performs events of the plan by the real actions.

use std::collections::HashMap;
use std::sync::Arc;

use base::ids::{AccountId, HouseholdId};
use jiff::civil::Date;
use rules::RuleBook;
use spine::Cx;

use super::enter::{enter_household, new_address, role, word};
use super::keys::Names;
use super::plan::{Birth, Event, FactPlan, HouseholdKey, PersonKey};
use super::sources::Sources;
use super::{Error, Tally, answer};
use crate::blocks::exchange;
use crate::blocks::people::{self, BirthReport, BirthState, Looker, NewDatum, Owner, Registration};

/// Sentences that the sample's people write.
#[derive(Clone, Debug, Default)]
pub(super) struct Sentences {
    pub ask: Vec<String>,
    pub refuse: Vec<String>,
    pub given: String,
}

/// Who acts in the sample, and with what.
pub(super) struct Crew {
    pub sources: Sources,
    pub book: Arc<RuleBook>,
    pub municipality: String,
    /// By their key in `officials.csv`.
    pub clerks: HashMap<String, Looker>,
    pub hospital: Option<AccountId>,
    pub sentences: Sentences,
}

/// What a hospital's report says of the child already.
const REPORTED: [&str; 6] = [
    "birth_registered",
    "birth_order",
    "multiple_birth",
    "resident_since",
    "childcare",
    "nationality",
];
/// What a mother agrees to when she registers her pregnancy (모자보건법 제9조).
const OF_PREGNANCY: [&str; 3] = ["person.pregnant", "person.due_date", "person.fetuses"];
/// The purpose under which births are registered, as the page of births notes it.
const REGISTRATION: &str = "birth";

impl Crew {
    /// Who signs for an event.
    pub fn actor_of(&self, event: &Event) -> Option<AccountId> {
        match event {
            Event::BirthNoticed { .. } => self.hospital,
            Event::BirthRegistered { official, .. }
            | Event::MovedIn { official, .. }
            | Event::MovedWithin { official, .. }
            | Event::CasesWorked { official, .. } => self.clerks.get(official).map(|it| it.account),
            _ => None,
        }
    }

    /// Performs one event at `cx.now`.
    pub fn perform(
        &self,
        cx: &mut Cx<'_, '_>,
        names: &mut Names<'_>,
        tally: &mut Tally,
        event: &Event,
    ) -> Result<(), Error> {
        tally.count(event);
        match event {
            Event::PregnancyRegistered {
                mother,
                household,
                facts,
                ..
            } => {
                self.sources.refresh(cx, names.household(*household)?)?;
                let mother = names.person(*mother)?;
                for fact in OF_PREGNANCY {
                    exchange::give_consent(cx, mother, fact)?;
                }
                self.record(cx, Owner::Person(mother), facts)
            }
            Event::BirthNoticed { hospital, birth } => {
                self.sources
                    .refresh(cx, names.household(birth.household)?)?;
                report(cx, names, birth, Some(hospital))
            }
            Event::BirthTold { birth, .. } => report(cx, names, birth, None),
            Event::BirthRegistered { .. } => self.register(cx, names, event),
            Event::MovedIn { household, .. } => {
                enter_household(&self.sources, &self.municipality, cx, names, household)
            }
            Event::MovedOut { household, on } => {
                let view = people::view(cx.tx, names.household(*household)?, *on, cx.now)?;
                // The head stands first and leaves last.
                for member in view.members.iter().rev() {
                    people::remove_member(cx, member.person.id, *on)?;
                }
                Ok(())
            }
            Event::MovedWithin {
                household,
                address,
                facts,
                ..
            } => {
                let id = names.household(*household)?;
                let to = new_address(&self.municipality, address);
                people::move_household(cx, id, &to, address.since, None)?;
                self.record(cx, Owner::Household(id), facts)
            }
            Event::Died {
                person,
                household,
                on,
                facts,
                ..
            } => {
                people::register_death(cx, names.person(*person)?, *on)?;
                let household = names.household(*household)?;
                let left = people::view(cx.tx, household, cx.today(), cx.now)?;
                let Some(head) = left.head() else {
                    return Ok(());
                };
                if !left
                    .members
                    .iter()
                    .any(|it| it.role == people::Role::Spouse)
                {
                    let widowed = married(false, cx.today());
                    self.record(cx, Owner::Person(head.person.id), &[widowed])?;
                }
                self.record(cx, Owner::Household(household), facts)
            }
            Event::JobLost { person, facts, .. }
            | Event::JobFound { person, facts, .. }
            | Event::LeaveChanged { person, facts, .. }
            | Event::SchoolEntered { person, facts, .. } => {
                let person = names.person(*person)?;
                self.record(cx, Owner::Person(person), facts)
            }
            Event::IncomeReassessed { household, facts } => {
                let household = names.household(*household)?;
                self.record(cx, Owner::Household(household), facts)
            }
            Event::Married {
                spouse,
                household,
                facts,
                ..
            } => self.marry(cx, names, *spouse, *household, facts),
            Event::Divorced { .. } => self.divorce(cx, names, event),
            Event::OffersOpened { .. }
            | Event::OffersAnswered { .. }
            | Event::CasesWorked { .. }
            | Event::PapersGiven { .. } => self.respond(cx, names, tally, event),
        }
    }

    /// What residents and officials do about offers and cases.
    fn respond(
        &self,
        cx: &mut Cx<'_, '_>,
        names: &Names<'_>,
        tally: &mut Tally,
        event: &Event,
    ) -> Result<(), Error> {
        match event {
            Event::OffersOpened { by } => answer::open(cx, names.person(*by)?),
            Event::OffersAnswered { by, answer } => {
                let done = answer::answer(self, cx, names.person(*by)?, answer)?;
                tally.applications += done;
                Ok(())
            }
            Event::CasesWorked {
                official,
                applicant,
                first,
                rest,
            } => {
                let applicant = names.person(*applicant)?;
                let Some(clerk) = self.clerks.get(official) else {
                    return Err(Error::Stranger(official.clone()));
                };
                let done = answer::work(self, cx, clerk, applicant, [*first, *rest])?;
                tally.decided += done;
                Ok(())
            }
            Event::PapersGiven { by } => answer::give_papers(self, cx, names.person(*by)?),
            // Everything else happens in the register.
            _ => Ok(()),
        }
    }

    /// Records what registers report just now.
    fn record(&self, cx: &mut Cx<'_, '_>, owner: Owner, facts: &[FactPlan]) -> Result<(), Error> {
        if facts.is_empty() {
            return Ok(());
        }
        let entity = match owner {
            Owner::Person(_) => "person",
            Owner::Household(_) => "household",
        };
        let data: Vec<NewDatum> = facts
            .iter()
            .map(|it| self.sources.reported(entity, it, cx.now))
            .collect();
        Ok(people::record(cx, owner, &data)?)
    }

    fn register(
        &self,
        cx: &mut Cx<'_, '_>,
        names: &mut Names<'_>,
        event: &Event,
    ) -> Result<(), Error> {
        let Event::BirthRegistered {
            official,
            birth,
            name,
            facts,
            household_facts,
            ..
        } = event
        else {
            return Ok(());
        };
        let id = names.birth(birth.baby)?;
        let known = people::birth(cx.tx, id)?;
        // A visitor was quicker.
        if known.state == BirthState::Registered {
            return Ok(());
        }
        if let Some(clerk) = self.clerks.get(official) {
            people::note_look(cx, &[known.mother], clerk, REGISTRATION)?;
        }
        let new = facts
            .iter()
            .filter(|it| !REPORTED.contains(&it.name.as_ref()));
        let new: Vec<FactPlan> = new.cloned().collect();
        self.record(cx, Owner::Person(known.child), &new)?;
        self.record(cx, Owner::Household(known.household), household_facts)?;
        let entry = Registration {
            birth: id,
            name: name.clone(),
        };
        people::register_birth(cx, &entry)?;
        Ok(())
    }

    fn marry(
        &self,
        cx: &mut Cx<'_, '_>,
        names: &mut Names<'_>,
        spouse: PersonKey,
        household: HouseholdKey,
        facts: &[FactPlan],
    ) -> Result<(), Error> {
        let (to, id) = (names.household(household)?, names.person(spouse)?);
        let today = cx.today();
        people::move_member(cx, id, to, people::Role::Spouse, today)?;
        let head = people::head_of(cx.tx, to, today, cx.now)?;
        for person in [head, id] {
            self.record(cx, Owner::Person(person), &[married(true, today)])?;
        }
        self.record(cx, Owner::Household(to), facts)
    }

    fn divorce(
        &self,
        cx: &mut Cx<'_, '_>,
        names: &mut Names<'_>,
        event: &Event,
    ) -> Result<(), Error> {
        let Event::Divorced {
            household,
            leaving,
            to,
            address,
            facts,
            facts_leaving,
            ..
        } = event
        else {
            return Ok(());
        };
        let mut members = Vec::with_capacity(leaving.len());
        for (key, into) in leaving {
            members.push((names.person(*key)?, role(*into)?));
        }
        let (now, today) = (cx.now, cx.today());
        let reported = facts_leaving
            .iter()
            .map(|it| self.sources.reported("household", it, now));
        let reported: Vec<NewDatum> = reported.collect();
        let address = new_address(&self.municipality, address);
        let id = people::form_household(cx, &address, &members, &reported, today)?;
        names.new.households.insert(*to, id);
        let stayed: HouseholdId = names.household(*household)?;
        for household in [id, stayed] {
            let head = people::head_of(cx.tx, household, today, cx.now)?;
            self.record(cx, Owner::Person(head), &[married(false, today)])?;
        }
        self.record(cx, Owner::Household(stayed), facts)
    }
}

/// What the family register says after a marriage or its end.
fn married(value: bool, since: Date) -> FactPlan {
    FactPlan {
        name: "married".into(),
        value: value.to_string(),
        valid_from: since,
    }
}

fn report(
    cx: &mut Cx<'_, '_>,
    names: &mut Names<'_>,
    birth: &Birth,
    hospital: Option<&String>,
) -> Result<(), Error> {
    let report = BirthReport {
        mother: names.person(birth.mother)?,
        born: birth.born,
        sex: word("sex", birth.sex.value())?,
        hospital: hospital.cloned(),
        multiple: i64::from(birth.multiple),
    };
    let id = people::report_birth(cx, &report)?;
    let known = people::birth(cx.tx, id)?;
    names.new.births.insert(birth.baby, id);
    names.new.persons.insert(birth.baby, known.child);
    Ok(())
}
