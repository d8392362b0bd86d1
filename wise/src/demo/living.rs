//! Reads from the register what the next day of the plan depends on.

use std::collections::HashMap;

use base::ids::{HouseholdId, PersonId};
use base::seoul_date;
use db::Tx;
use jiff::Timestamp;

use super::keys::Keys;
use super::plan::{
    Employment, Event, Expecting, HouseholdKey, LivingCity, LivingHousehold, LivingPerson,
    PersonKey, Role, Sex, Timed,
};
use super::{Error, store};
use crate::blocks::people::{self, MemberView};

/// The city as it stands in the register, with what is still to come. Residents whom a visitor
/// entered get numbers of their own, which are returned to be written down.
pub(super) fn read(
    tx: &mut Tx<'_>,
    agenda: Vec<Timed>,
    now: Timestamp,
) -> Result<(LivingCity, Keys), Error> {
    let mut reader = Reader {
        numbers: HashMap::new(),
        last: agenda
            .iter()
            .map(|(_, event)| babies(event))
            .max()
            .unwrap_or(0),
        new: Keys::default(),
        now,
    };
    for (key, id) in store::persons(tx)? {
        reader.numbers.insert(id, key);
        reader.last = reader.last.max(key.0);
    }
    let mut households = Vec::new();
    for (key, id, scripted) in store::households(tx)? {
        households.extend(reader.household(tx, key, id, scripted)?);
    }
    Ok((LivingCity::new(households, agenda), reader.new))
}

/// The highest number that an event gives to a person.
fn babies(event: &Event) -> u32 {
    match event {
        Event::BirthNoticed { birth, .. }
        | Event::BirthTold { birth, .. }
        | Event::BirthRegistered { birth, .. } => birth.baby.0,
        Event::MovedIn { household, .. } => household
            .members
            .iter()
            .map(|it| it.key.0)
            .max()
            .unwrap_or(0),
        _ => 0,
    }
}

struct Reader {
    numbers: HashMap<PersonId, PersonKey>,
    last: u32,
    new: Keys,
    now: Timestamp,
}

impl Reader {
    /// `None` when nobody lives there any more.
    fn household(
        &mut self,
        tx: &mut Tx<'_>,
        key: HouseholdKey,
        id: HouseholdId,
        scripted: bool,
    ) -> Result<Option<LivingHousehold>, Error> {
        let view = people::view(tx, id, seoul_date(self.now), self.now)?;
        let Some(address) = view.address.filter(|_| !view.members.is_empty()) else {
            return Ok(None);
        };
        let income = view.facts.iter().find(|it| it.fact == "income_assessed");
        Ok(Some(LivingHousehold {
            key,
            dong: address.dong,
            income_assessed: income.and_then(|it| it.value.as_ref()?.parse().ok()),
            scripted,
            members: view.members.iter().map(|it| self.person(it)).collect(),
        }))
    }

    fn person(&mut self, member: &MemberView) -> LivingPerson {
        let id = member.person.id;
        let key = *self.numbers.entry(id).or_insert_with(|| {
            self.last += 1;
            let key = PersonKey(self.last);
            self.new.persons.insert(key, id);
            key
        });
        let value = |fact: &str| member.datum(fact).and_then(|it| it.value.as_deref());
        let due = (value("pregnant") == Some("true")).then(|| value("due_date")?.parse().ok());
        LivingPerson {
            key,
            name: member.person.name.clone(),
            sex: match member.person.sex {
                people::Sex::Male => Sex::Male,
                people::Sex::Female => Sex::Female,
            },
            born: member.person.born,
            role: role(member.role),
            foreign: value("nationality") == Some("foreign"),
            employment: match value("employment") {
                Some("employee") => Employment::Employee,
                Some("self_employed") => Employment::SelfEmployed,
                Some("unemployed") => Employment::Unemployed,
                _ => Employment::None,
            },
            expecting: due.flatten().map(|due| Expecting { due, baby: None }),
        }
    }
}

fn role(role: people::Role) -> Role {
    match role {
        people::Role::Head => Role::Head,
        people::Role::Spouse => Role::Spouse,
        people::Role::Child => Role::Child,
        people::Role::Parent => Role::Parent,
        people::Role::Grandchild => Role::Grandchild,
        people::Role::Other => Role::Other,
    }
}
