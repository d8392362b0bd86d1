//! Enters households of the plan, as they stand, into the register.

use base::ids::{HouseholdId, PersonId};
use jiff::Timestamp;
use spine::Cx;

use super::Error;
use super::keys::Names;
use super::plan::{AddressPlan, FactPlan, HouseholdPlan, PersonPlan, Role};
use super::sources::{Sources, chance};
use crate::blocks::exchange;
use crate::blocks::people::{self, NewAddress, NewDatum, NewHousehold, NewMember};

/// Data that an agency gives only to those whose owner agreed, and how many had, in percent.
const CONSENTED: [(&str, u64); 3] = [
    ("household.bank_account", 80),
    ("household.earned_yearly", 45),
    ("household.financial_assets", 35),
];

/// Enters a household with its earlier addresses and remembers whom the plan's numbers stand for.
pub(super) fn enter_household(
    sources: &Sources,
    municipality: &str,
    cx: &mut Cx<'_, '_>,
    names: &mut Names<'_>,
    plan: &HouseholdPlan,
) -> Result<(), Error> {
    let key = plan.key.to_string();
    let mut addresses = plan.earlier_addresses.iter().chain([&plan.address]);
    let first = addresses.next().unwrap_or(&plan.address);
    let mut members = Vec::with_capacity(plan.members.len());
    for member in &plan.members {
        members.push(new_member(sources, member, cx.now)?);
    }
    let facts = plan
        .facts
        .iter()
        .map(|it| sources.held("household", &key, it, cx.now));
    let new = NewHousehold {
        address: new_address(municipality, first),
        since: first.since,
        members,
        facts: facts.collect(),
    };
    let (household, persons) = people::register_household(cx, &new)?;
    for address in addresses {
        let to = new_address(municipality, address);
        people::move_household(cx, household, &to, address.since, None)?;
    }
    note(names, plan, household, &persons);
    consents(cx, plan, &persons)
}

fn note(names: &mut Names<'_>, plan: &HouseholdPlan, household: HouseholdId, persons: &[PersonId]) {
    names.new.households.insert(plan.key, household);
    let keys = plan.members.iter().map(|it| it.key);
    names.new.persons.extend(keys.zip(persons.iter().copied()));
}

/// The head agreed to some data being fetched, on an earlier occasion.
fn consents(cx: &mut Cx<'_, '_>, plan: &HouseholdPlan, persons: &[PersonId]) -> Result<(), Error> {
    let head = plan
        .members
        .iter()
        .zip(persons)
        .find(|(it, _)| it.role == Role::Head);
    let Some((member, head)) = head else {
        return Ok(());
    };
    for (fact, percent) in CONSENTED {
        if chance(&member.key.to_string(), fact) % 100 < percent {
            exchange::give_consent(cx, *head, fact)?;
        }
    }
    Ok(())
}

fn new_member(sources: &Sources, plan: &PersonPlan, now: Timestamp) -> Result<NewMember, Error> {
    let key = plan.key.to_string();
    let nationality = FactPlan {
        name: "nationality".into(),
        value: plan.nationality.value().into(),
        valid_from: plan.born,
    };
    let known = plan.facts.iter().filter(|it| it.name != "nationality");
    let facts: Vec<NewDatum> = known
        .chain([&nationality])
        .map(|it| sources.held("person", &key, it, now))
        .collect();
    Ok(NewMember {
        name: plan.name.clone(),
        born: plan.born,
        sex: word("sex", plan.sex.value())?,
        role: role(plan.role)?,
        facts,
    })
}

pub(super) fn new_address(municipality: &str, plan: &AddressPlan) -> NewAddress {
    NewAddress {
        municipality: municipality.to_owned(),
        dong: plan.dong.clone(),
        line: plan.text.clone(),
        latitude: plan.lat,
        longitude: plan.lon,
    }
}

/// The register's role for the plan's.
pub(super) fn role(role: Role) -> Result<people::Role, Error> {
    word("role", role.value())
}

/// A word of the vocabulary that both the plan and the register know.
pub(super) fn word<T: std::str::FromStr<Err = String>>(
    what: &'static str,
    text: &str,
) -> Result<T, Error> {
    text.parse().map_err(|reason| Error::Plan { what, reason })
}
