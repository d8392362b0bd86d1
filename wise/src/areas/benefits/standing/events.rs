//! The life events that a change of a household tells of; pure.

use rules::Entity;

use crate::areas::benefits::model::{BEREAVEMENT, Picture};
use crate::blocks::people::{Datum, HouseholdView, MemberView, Role};
use crate::country::LifeEvents;

/// The life events between two pictures of a household.
pub fn events(life: &LifeEvents, before: &Picture, now: &Picture) -> Vec<String> {
    let mut found = of_members(&before.view, &now.view);
    let moved = before.view.address.as_ref().map(|it| &it.municipality)
        != now.view.address.as_ref().map(|it| &it.municipality);
    if moved && now.view.address.is_some() {
        found.push("move_in");
    }
    let mut all: Vec<String> = found.into_iter().map(str::to_owned).collect();
    all.extend(told(
        life,
        Entity::Household,
        &before.view.facts,
        &now.view.facts,
    ));
    for member in &now.view.members {
        let earlier = before
            .view
            .member(member.person.id)
            .map_or(&[][..], |it| &it.facts);
        all.extend(told(life, Entity::Person, earlier, &member.facts));
    }
    all.sort();
    all.dedup();
    all
}

fn told(life: &LifeEvents, entity: Entity, before: &[Datum], now: &[Datum]) -> Vec<String> {
    let value = |all: &[Datum], fact: &str| {
        all.iter()
            .find(|it| it.fact == fact)
            .and_then(|it| it.value.clone())
    };
    let mut events = Vec::new();
    for datum in now {
        let earlier = value(before, &datum.fact);
        let signs = life.told_by(
            entity,
            &datum.fact,
            earlier.as_deref(),
            datum.value.as_deref(),
        );
        events.extend(signs.map(str::to_owned));
    }
    events
}

fn of_members(before: &HouseholdView, now: &HouseholdView) -> Vec<&'static str> {
    let mut found = Vec::new();
    let is_new = |it: &&MemberView| before.member(it.person.id).is_none();
    let is_gone = |it: &&MemberView| now.member(it.person.id).is_none();
    let joined = now.members.iter().filter(is_new);
    for member in joined {
        match member.role {
            Role::Spouse => found.push("marriage"),
            // A birth is no move; for a grandchild who comes the home is a new one.
            _ if member.since > member.person.born => found.push("move_in"),
            _ => {}
        }
    }
    for left in before.members.iter().filter(is_gone) {
        // A death is a date of the person, not of the membership, and so is known in both views.
        match left.role {
            _ if left.person.died.is_some() => found.push(BEREAVEMENT),
            Role::Head | Role::Spouse => found.push("divorce"),
            _ => {}
        }
    }
    found
}
