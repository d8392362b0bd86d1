//! Enters households of a file into the register: new ones, and what is new in known ones.

use base::ids::{HouseholdId, PersonId};
use spine::Cx;

use super::KeepEmail;
use super::rows::Row;
use crate::blocks::people::actions::household::{
    NewHousehold, NewMember, add_member, record, register_household, view,
};
use crate::blocks::people::model::{Error, Owner, Role};
use crate::blocks::people::store;

/// Rows of one household, in the order of the file.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub key: String,
    pub rows: Vec<Row>,
}

/// What became of some households.
#[derive(Debug, Default)]
pub(super) struct Entered {
    pub entered: u64,
    pub skipped: u64,
    /// Lines of households that no row gives an address.
    pub without_address: Vec<u64>,
}

/// Enters all groups in the caller's transaction.
pub(super) fn enter_all(
    cx: &mut Cx<'_, '_>,
    groups: &[Group],
    keep_email: KeepEmail,
) -> Result<Entered, Error> {
    let mut all = Entered::default();
    for group in groups {
        match store::imported(cx.tx, &group.key)? {
            Some(known) => add_new(cx, known, &group.rows, keep_email, &mut all)?,
            None => enter_new(cx, group, keep_email, &mut all)?,
        }
    }
    Ok(all)
}

fn enter_new(
    cx: &mut Cx<'_, '_>,
    group: &Group,
    keep_email: KeepEmail,
    all: &mut Entered,
) -> Result<(), Error> {
    let rows = distinct(&group.rows, all);
    let is_head = |row: &&&Row| row.role == Role::Head;
    let placed = |row: &&&Row| row.address.is_some() && row.since.is_some();
    let head = rows.iter().find(is_head);
    let from = head.filter(placed).or_else(|| rows.iter().find(placed));
    let Some((address, since)) = from.and_then(|row| row.address.clone().zip(row.since)) else {
        all.without_address.extend(rows.iter().map(|row| row.line));
        return Ok(());
    };
    let household = NewHousehold {
        address,
        since,
        members: rows.iter().map(|row| member(row)).collect(),
        facts: head
            .map(|row| row.household_facts.clone())
            .unwrap_or_default(),
    };
    let (id, persons) = register_household(cx, &household)?;
    store::insert_imported(cx.tx, &group.key, id)?;
    for (row, person) in rows.iter().zip(persons) {
        keep(cx, row, person, keep_email)?;
        all.entered += 1;
    }
    Ok(())
}

/// The rows without those that say the same person again.
fn distinct<'a>(rows: &'a [Row], all: &mut Entered) -> Vec<&'a Row> {
    let mut kept: Vec<&Row> = Vec::with_capacity(rows.len());
    for row in rows {
        if kept
            .iter()
            .any(|it| it.name == row.name && it.born == row.born)
        {
            all.skipped += 1;
        } else {
            kept.push(row);
        }
    }
    kept
}

/// Members that a known household has not yet; the same name and day of birth is the same person.
fn add_new(
    cx: &mut Cx<'_, '_>,
    household: HouseholdId,
    rows: &[Row],
    keep_email: KeepEmail,
    all: &mut Entered,
) -> Result<(), Error> {
    let view = view(cx.tx, household, cx.today(), cx.now)?;
    let known: Vec<_> = view
        .members
        .iter()
        .map(|it| (&it.person.name, it.person.born))
        .collect();
    for row in distinct(rows, all) {
        if known.contains(&(&row.name, row.born)) {
            all.skipped += 1;
            continue;
        }
        let since = row.since.unwrap_or(row.born);
        let person = add_member(cx, household, &member(row), since)?;
        if row.role == Role::Head && !row.household_facts.is_empty() {
            record(cx, Owner::Household(household), &row.household_facts)?;
        }
        keep(cx, row, person, keep_email)?;
        all.entered += 1;
    }
    Ok(())
}

fn member(row: &Row) -> NewMember {
    NewMember {
        name: row.name.clone(),
        born: row.born,
        sex: row.sex,
        role: row.role,
        facts: row.person_facts.clone(),
    }
}

fn keep(
    cx: &mut Cx<'_, '_>,
    row: &Row,
    person: PersonId,
    keep_email: KeepEmail,
) -> Result<(), Error> {
    match &row.email {
        Some(email) => keep_email(cx, person, email),
        None => Ok(()),
    }
}
