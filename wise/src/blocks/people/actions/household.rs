use base::ids::{HouseholdId, PersonId, Pseudonym};
use db::Tx;
use jiff::Timestamp;
use jiff::civil::Date;
use spine::{Cx, FactKind};

use crate::blocks::people::facts::{
    CircumstancesChanged, DeathRegistered, HouseholdMoved, HouseholdRegistered, MembersChanged,
};
use crate::blocks::people::model::{
    Address, Error, HouseholdView, MemberView, NewAddress, NewDatum, Owner, Person, Role, Sex,
    Source,
};
use crate::blocks::people::store;

/// A household to enter.
#[derive(Clone, Debug)]
pub struct NewHousehold {
    pub address: NewAddress,
    pub since: Date,
    pub members: Vec<NewMember>,
    pub facts: Vec<NewDatum>,
}

/// A person to enter as a member.
#[derive(Clone, Debug)]
pub struct NewMember {
    pub name: String,
    pub born: Date,
    pub sex: Sex,
    pub role: Role,
    pub facts: Vec<NewDatum>,
}

/// Enters a household with its members; returns the ids in the order given.
pub fn register_household(
    cx: &mut Cx<'_, '_>,
    new: &NewHousehold,
) -> Result<(HouseholdId, Vec<PersonId>), Error> {
    if new.members.is_empty() {
        return Err(Error::Invalid {
            field: "members",
            key: "people-household-empty",
        });
    }
    let id = cx.id(HouseholdId::new);
    store::insert_household(cx.tx, id, cx.now)?;
    store::insert_address(cx.tx, id, &new.address, new.since, cx.now)?;
    store::insert_facts(cx.tx, Owner::Household(id), &new.facts, cx.now, true)?;
    let mut persons = Vec::with_capacity(new.members.len());
    for member in &new.members {
        persons.push(enter(cx, id, member, new.since)?);
    }
    let head = new.members.iter().position(|it| it.role == Role::Head);
    let fact = HouseholdRegistered {
        household: id,
        revision: 1,
    };
    tell(cx, persons[head.unwrap_or(0)], &fact)?;
    Ok((id, persons))
}

/// A new person and the membership, without telling anybody.
pub(super) fn enter(
    cx: &mut Cx<'_, '_>,
    household: HouseholdId,
    member: &NewMember,
    since: Date,
) -> Result<PersonId, Error> {
    let person = Person {
        id: cx.id(PersonId::new),
        name: member.name.clone(),
        born: member.born,
        sex: member.sex,
        died: None,
    };
    let pseudonym = cx.id(Pseudonym::new);
    store::insert_person(cx.tx, &person, pseudonym, cx.now)?;
    let since = since.max(member.born);
    store::insert_member(cx.tx, household, person.id, member.role, since, cx.now)?;
    store::insert_facts(cx.tx, Owner::Person(person.id), &member.facts, cx.now, true)?;
    Ok(person.id)
}

/// Appends a fact under the person's pseudonym.
pub(super) fn tell<K: FactKind>(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    fact: &K,
) -> Result<(), Error> {
    let pseudonym = store::pseudonym_of(cx.tx, person)?.ok_or(Error::NotFound("person"))?;
    cx.append(pseudonym, fact)?;
    Ok(())
}

/// Somebody joins an existing household.
pub fn add_member(
    cx: &mut Cx<'_, '_>,
    household: HouseholdId,
    member: &NewMember,
    since: Date,
) -> Result<PersonId, Error> {
    let revision = store::bump(cx.tx, household)?;
    let id = enter(cx, household, member, since)?;
    let fact = MembersChanged {
        household,
        revision,
    };
    tell(cx, id, &fact)?;
    Ok(id)
}

/// Somebody leaves a household (and this register) without having died.
pub fn remove_member(cx: &mut Cx<'_, '_>, person: PersonId, on: Date) -> Result<(), Error> {
    leave(cx, person, on)
}

/// Somebody goes from one household to another and stays the same person, with all that is known of them
/// (주민등록법 제16조).
pub fn move_member(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    to: HouseholdId,
    role: Role,
    on: Date,
) -> Result<(), Error> {
    leave(cx, person, on)?;
    join(cx, person, to, role, on)
}

/// Residents form a household of their own, leaving those they lived in.
pub fn form_household(
    cx: &mut Cx<'_, '_>,
    address: &NewAddress,
    members: &[(PersonId, Role)],
    facts: &[NewDatum],
    on: Date,
) -> Result<HouseholdId, Error> {
    let id = cx.id(HouseholdId::new);
    store::insert_household(cx.tx, id, cx.now)?;
    store::insert_address(cx.tx, id, address, on, cx.now)?;
    store::insert_facts(cx.tx, Owner::Household(id), facts, cx.now, true)?;
    for (person, role) in members {
        move_member(cx, *person, id, *role, on)?;
    }
    Ok(id)
}

fn leave(cx: &mut Cx<'_, '_>, person: PersonId, on: Date) -> Result<(), Error> {
    let (household, _) = current(cx.tx, person, on, cx.now)?;
    let revision = store::bump(cx.tx, household)?;
    store::end_member(cx.tx, person, on, cx.now)?;
    keep_a_head(cx, household, on)?;
    let fact = MembersChanged {
        household,
        revision,
    };
    tell(cx, person, &fact)
}

fn join(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    household: HouseholdId,
    role: Role,
    on: Date,
) -> Result<(), Error> {
    let revision = store::bump(cx.tx, household)?;
    store::insert_member(cx.tx, household, person, role, on, cx.now)?;
    let fact = MembersChanged {
        household,
        revision,
    };
    tell(cx, person, &fact)
}

/// A household without a head gets the eldest adult, else the eldest, as one (주민등록법 시행령 제6조).
fn keep_a_head(cx: &mut Cx<'_, '_>, household: HouseholdId, on: Date) -> Result<(), Error> {
    let members = store::members(cx.tx, household, on, cx.now)?;
    if members.iter().any(|(_, role, _)| *role == Role::Head) {
        return Ok(());
    }
    let next = members
        .iter()
        .find(|(_, role, _)| *role == Role::Spouse)
        .or(members.first());
    if let Some((person, _, _)) = next {
        store::set_role(cx.tx, household, person.id, Role::Head, on, cx.now)?;
    }
    Ok(())
}

/// A death is entered.
pub fn register_death(cx: &mut Cx<'_, '_>, person: PersonId, on: Date) -> Result<(), Error> {
    let (household, role) = current(cx.tx, person, on, cx.now)?;
    let revision = store::bump(cx.tx, household)?;
    let facts = of_the_dead(cx, household, person, on)?;
    store::insert_facts(cx.tx, Owner::Household(household), &facts, cx.now, false)?;
    let members = store::members(cx.tx, household, on, cx.now)?;
    for (left, of, _) in members.iter().filter(|(it, _, _)| it.id != person) {
        let facts = of_the_bereaved(cx, role, *of, on);
        store::insert_facts(cx.tx, Owner::Person(left.id), &facts, cx.now, false)?;
    }
    store::mark_dead(cx.tx, person, on)?;
    store::end_member(cx.tx, person, on, cx.now)?;
    keep_a_head(cx, household, on)?;
    let fact = DeathRegistered {
        household,
        revision,
    };
    tell(cx, person, &fact)
}

/// What the report of a death enters (가족관계의 등록 등에 관한 법률 제84조).
fn by_the_report(cx: &Cx<'_, '_>, fact: &str, value: String, on: Date) -> NewDatum {
    NewDatum {
        fact: fact.into(),
        value: Some(value),
        since: on,
        until: None,
        source: Source {
            agency: "court".into(),
            basis: "가족관계의 등록 등에 관한 법률 제84조".into(),
            told: false,
            checked_at: cx.now,
        },
    }
}

/// What the family's benefits ask about whom it lost.
fn of_the_dead(
    cx: &mut Cx<'_, '_>,
    household: HouseholdId,
    person: PersonId,
    on: Date,
) -> Result<Vec<NewDatum>, Error> {
    let mut facts = vec![by_the_report(cx, "deceased_on", on.to_string(), on)];
    let known = store::facts(cx.tx, Owner::Person(person), on, cx.now)?;
    let since = known.into_iter().find(|it| it.fact == "resident_since");
    facts.extend(since.and_then(|it| {
        let since = it.value?;
        Some(by_the_report(cx, "deceased_resident_since", since, on))
    }));
    // What the household received the deceased received.
    let shared = store::facts(cx.tx, Owner::Household(household), on, cx.now)?;
    let received = shared.into_iter().find(|it| it.fact == "basic_livelihood");
    facts.extend(received.map(|it| NewDatum {
        fact: "deceased_livelihood".into(),
        value: it.value,
        since: on,
        until: None,
        source: it.source,
    }));
    Ok(facts)
}

/// What somebody whom the deceased left is to them, so that nobody in mourning is asked for it.
fn of_the_bereaved(cx: &Cx<'_, '_>, deceased: Role, left: Role, on: Date) -> Vec<NewDatum> {
    let relation = match (deceased, left) {
        (Role::Head, Role::Spouse) | (Role::Spouse, Role::Head) => "spouse",
        (Role::Head | Role::Spouse, Role::Child) | (Role::Parent, Role::Head) => "child",
        (Role::Child, Role::Head | Role::Spouse) | (Role::Head, Role::Parent) => "parent",
        (Role::Head | Role::Spouse, Role::Grandchild) | (Role::Parent, Role::Child) => "grandchild",
        (Role::Grandchild, Role::Head | Role::Spouse) | (Role::Child, Role::Parent) => {
            "grandparent"
        }
        _ => return Vec::new(),
    };
    let mut facts = vec![by_the_report(
        cx,
        "relation_to_deceased",
        relation.into(),
        on,
    )];
    if relation == "spouse" {
        facts.push(by_the_report(cx, "married", "false".into(), on));
    }
    facts
}

/// A household moves; its members' time of residence goes on within a municipality and starts
/// again in another.
pub fn move_household(
    cx: &mut Cx<'_, '_>,
    household: HouseholdId,
    to: &NewAddress,
    since: Date,
    resident_since: Option<&NewDatum>,
) -> Result<(), Error> {
    let revision = store::bump(cx.tx, household)?;
    store::insert_address(cx.tx, household, to, since, cx.now)?;
    let members = store::members(cx.tx, household, since, cx.now)?;
    if let Some(datum) = resident_since {
        for (person, _, _) in &members {
            let facts = std::slice::from_ref(datum);
            store::insert_facts(cx.tx, Owner::Person(person.id), facts, cx.now, false)?;
        }
    }
    let (head, _, _) = members.first().ok_or(Error::NotFound("household"))?;
    let fact = HouseholdMoved {
        household,
        revision,
    };
    tell(cx, head.id, &fact)
}

/// Records circumstances of a person or a household.
pub fn record(cx: &mut Cx<'_, '_>, owner: Owner, facts: &[NewDatum]) -> Result<(), Error> {
    let (household, person) = match owner {
        Owner::Person(person) => (current(cx.tx, person, cx.today(), cx.now)?.0, person),
        Owner::Household(household) => (household, head_of(cx.tx, household, cx.today(), cx.now)?),
    };
    let revision = store::bump(cx.tx, household)?;
    store::insert_facts(cx.tx, owner, facts, cx.now, false)?;
    let fact = CircumstancesChanged {
        household,
        revision,
    };
    tell(cx, person, &fact)
}

fn current(
    tx: &mut Tx<'_>,
    person: PersonId,
    on: Date,
    at: Timestamp,
) -> Result<(HouseholdId, Role), Error> {
    store::household_of(tx, person, on, at)?.ok_or(Error::NotFound("household"))
}

/// Who answers for a household on a day.
pub fn head_of(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    on: Date,
    at: Timestamp,
) -> Result<PersonId, Error> {
    let members = store::members(tx, household, on, at)?;
    let (person, _, _) = members.first().ok_or(Error::NotFound("household"))?;
    Ok(person.id)
}

/// The household that a person belongs to, and as what.
pub fn household_of(
    tx: &mut Tx<'_>,
    person: PersonId,
    on: Date,
    at: Timestamp,
) -> Result<Option<(HouseholdId, Role)>, Error> {
    Ok(store::household_of(tx, person, on, at)?)
}

/// A page of all households in order of their ids, after `last`.
pub fn households(
    tx: &mut Tx<'_>,
    last: Option<HouseholdId>,
    limit: i64,
) -> Result<Vec<HouseholdId>, Error> {
    Ok(store::households(tx, last, limit)?)
}

/// A household as it was on a day, as far as it was known at an instant.
pub fn view(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    on: Date,
    at: Timestamp,
) -> Result<HouseholdView, Error> {
    let revision = store::revision(tx, household)?.ok_or(Error::NotFound("household"))?;
    let members = store::members(tx, household, on, at)?;
    let persons = members.iter().map(|(it, _, _)| Owner::Person(it.id));
    let owners: Vec<Owner> = persons.chain([Owner::Household(household)]).collect();
    let mut facts = store::facts_of(tx, &owners, on, at)?;
    let mut facts = |owner: Owner| facts.remove(&owner.to_string()).unwrap_or_default();
    let members = members.into_iter().map(|(person, role, since)| MemberView {
        facts: facts(Owner::Person(person.id)),
        person,
        role,
        since,
    });
    Ok(HouseholdView {
        id: household,
        revision,
        members: members.collect(),
        address: store::address(tx, household, on, at)?,
        facts: facts(Owner::Household(household)),
    })
}

/// Where a household lived on a day, as far as it was known at an instant.
pub fn address(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    on: Date,
    at: Timestamp,
) -> Result<Option<Address>, Error> {
    Ok(store::address(tx, household, on, at)?)
}
