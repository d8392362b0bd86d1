use base::ids::{BirthId, PersonId};
use db::Tx;
use jiff::civil::Date;
use spine::Cx;
use web::Scope;

use super::household::{NewMember, enter, tell};
use crate::blocks::people::facts::{BirthNoticed, BirthRegistered, BirthTold};
use crate::blocks::people::model::{
    Birth, BirthState, Error, NewDatum, Owner, Person, Role, Sex, Source, check_name,
};
use crate::blocks::people::store;

/// A hospital's notice, or what a resident tells.
#[derive(Clone, Debug)]
pub struct BirthReport {
    pub mother: PersonId,
    pub born: Date,
    pub sex: Sex,
    /// Agency code of the hospital; `None` when the resident tells it.
    pub hospital: Option<String>,
    /// How many children were born together, this one included.
    pub multiple: i64,
}

/// What the official enters beside the notice.
#[derive(Clone, Debug)]
pub struct Registration {
    pub birth: BirthId,
    pub name: String,
}

/// Reports of one child within this many days are the same birth: the day told may be wrong by some.
const SAME_BIRTH_DAYS: i64 = 120;

/// Notes a birth that is not registered yet. A second report of the same child changes nothing but
/// what it adds: a hospital's notice confirms what a resident told.
pub fn report_birth(cx: &mut Cx<'_, '_>, report: &BirthReport) -> Result<BirthId, Error> {
    let today = cx.today();
    if report.born > today {
        return Err(Error::Invalid {
            field: "born",
            key: "people-birth-in-future",
        });
    }
    if days_between(report.born, today) > 366 {
        return Err(Error::Invalid {
            field: "born",
            key: "people-birth-too-old",
        });
    }
    if !(1..=9).contains(&report.multiple) {
        return Err(Error::Invalid {
            field: "multiple",
            key: "people-birth-multiple",
        });
    }
    let (household, _) = store::household_of(cx.tx, report.mother, today, cx.now)?
        .ok_or(Error::NotFound("mother"))?;
    if let Some(known) = same_birth(cx.tx, report)? {
        return confirm(cx, &known, report);
    }
    let address =
        store::address(cx.tx, household, today, cx.now)?.ok_or(Error::NotFound("address"))?;
    let order = children_of(cx, report.mother)? + 1;
    let revision = store::bump(cx.tx, household)?;
    let source = report_source(cx, report);
    let member = NewMember {
        name: String::new(),
        born: report.born,
        sex: report.sex,
        role: child_role(cx, report.mother)?,
        facts: vec![
            datum("birth_registered", "false", report.born, &source),
            datum("birth_order", &order.to_string(), report.born, &source),
            datum(
                "multiple_birth",
                &report.multiple.to_string(),
                report.born,
                &source,
            ),
            datum(
                "resident_since",
                &report.born.to_string(),
                report.born,
                &source,
            ),
            datum("childcare", "home", report.born, &source),
            datum("nationality", "korean", report.born, &source),
            // Complete registers that have no record of a newborn say no; the parents are not asked.
            datum("disability", "none", report.born, &source),
            datum("disabled_veteran", "false", report.born, &source),
            datum("on_basic_pension", "false", report.born, &source),
            datum("school", "none", report.born, &source),
            datum("veteran", "false", report.born, &source),
            datum("veteran_survivor", "false", report.born, &source),
        ],
    };
    let child = enter(cx, household, &member, report.born)?;
    end_pregnancy(cx, report)?;
    let birth = Birth {
        id: cx.id(BirthId::new),
        mother: report.mother,
        child,
        household,
        dong: address.dong,
        state: if report.hospital.is_some() {
            BirthState::Noticed
        } else {
            BirthState::Told
        },
        hospital: report.hospital.clone(),
        reported_at: cx.now,
        registered_at: None,
    };
    store::insert_birth(cx.tx, &birth)?;
    announce(cx, &birth, revision)?;
    Ok(birth.id)
}

fn announce(cx: &mut Cx<'_, '_>, birth: &Birth, revision: i64) -> Result<(), Error> {
    let (id, household) = (birth.id, birth.household);
    match birth.state {
        BirthState::Told => tell(
            cx,
            birth.mother,
            &BirthTold {
                birth: id,
                household,
                revision,
            },
        ),
        BirthState::Noticed => tell(
            cx,
            birth.mother,
            &BirthNoticed {
                birth: id,
                household,
                revision,
            },
        ),
        BirthState::Registered => tell(
            cx,
            birth.mother,
            &BirthRegistered {
                birth: id,
                household,
                revision,
            },
        ),
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).map_or(0, |span| span.get_days()))
}

/// A birth of the same mother that this report is about; twins are told apart by their number.
fn same_birth(tx: &mut Tx<'_>, report: &BirthReport) -> Result<Option<Birth>, Error> {
    let mut near = Vec::new();
    for birth in store::births_of(tx, report.mother)? {
        let child = store::person_by_id(tx, birth.child)?;
        if child.is_some_and(|it| days_between(it.born, report.born).abs() < SAME_BIRTH_DAYS) {
            near.push(birth);
        }
    }
    let expected = usize::try_from(report.multiple).unwrap_or(1);
    let told = near
        .iter()
        .find(|it| it.state == BirthState::Told && report.hospital.is_some());
    Ok(match told {
        Some(birth) => Some(birth.clone()),
        None if near.len() >= expected => near.pop(),
        None => None,
    })
}

fn confirm(cx: &mut Cx<'_, '_>, known: &Birth, report: &BirthReport) -> Result<BirthId, Error> {
    if known.state == BirthState::Told
        && let Some(hospital) = &report.hospital
    {
        store::set_birth_state(cx.tx, known.id, BirthState::Noticed, Some(hospital))?;
        let revision = store::bump(cx.tx, known.household)?;
        let confirmed = Birth {
            state: BirthState::Noticed,
            ..known.clone()
        };
        announce(cx, &confirmed, revision)?;
    }
    Ok(known.id)
}

fn report_source(cx: &Cx<'_, '_>, report: &BirthReport) -> Source {
    match &report.hospital {
        Some(hospital) => Source {
            agency: hospital.clone(),
            basis: "가족관계의 등록 등에 관한 법률 제44조의3".into(),
            told: false,
            checked_at: cx.now,
        },
        None => Source {
            agency: "resident".into(),
            basis: "본인이 알림".into(),
            told: true,
            checked_at: cx.now,
        },
    }
}

fn datum(fact: &str, value: &str, since: Date, source: &Source) -> NewDatum {
    NewDatum {
        fact: fact.to_owned(),
        value: Some(value.to_owned()),
        since,
        until: None,
        source: source.clone(),
    }
}

/// Children the register knows in the mother's household.
fn children_of(cx: &mut Cx<'_, '_>, mother: PersonId) -> Result<i64, Error> {
    let role = child_role(cx, mother)?;
    let Some((household, _)) = store::household_of(cx.tx, mother, cx.today(), cx.now)? else {
        return Ok(0);
    };
    let members = store::members(cx.tx, household, cx.today(), cx.now)?;
    let count = members
        .iter()
        .filter(|(person, other, _)| *other == role && person.id != mother)
        .count();
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What the child of a member is to the head.
fn child_role(cx: &mut Cx<'_, '_>, mother: PersonId) -> Result<Role, Error> {
    let of = store::household_of(cx.tx, mother, cx.today(), cx.now)?;
    Ok(match of {
        Some((_, Role::Head | Role::Spouse)) => Role::Child,
        Some((_, Role::Child)) => Role::Grandchild,
        _ => Role::Other,
    })
}

fn end_pregnancy(cx: &mut Cx<'_, '_>, report: &BirthReport) -> Result<(), Error> {
    let source = report_source(cx, report);
    let facts = [datum("pregnant", "false", report.born, &source)];
    store::insert_facts(cx.tx, Owner::Person(report.mother), &facts, cx.now, false)?;
    Ok(())
}

/// Enters a reported birth in the register.
///
/// # Errors
/// `NotFound` when there is no such report, `Invalid` for a missing name or a birth that is
/// registered already.
pub fn register_birth(cx: &mut Cx<'_, '_>, entry: &Registration) -> Result<Birth, Error> {
    let name = entry.name.trim();
    check_name(name).map_err(|key| Error::Invalid { field: "name", key })?;
    let birth = store::birth_by_id(cx.tx, entry.birth)?.ok_or(Error::NotFound("birth"))?;
    if birth.state == BirthState::Registered {
        return Err(Error::Invalid {
            field: "birth",
            key: "people-birth-registered-already",
        });
    }
    let child = store::person_by_id(cx.tx, birth.child)?.ok_or(Error::NotFound("child"))?;
    store::name_person(cx.tx, birth.child, name)?;
    let source = Source {
        agency: "court".into(),
        basis: "가족관계의 등록 등에 관한 법률 제44조".into(),
        told: false,
        checked_at: cx.now,
    };
    let facts = [datum("birth_registered", "true", child.born, &source)];
    store::insert_facts(cx.tx, Owner::Person(birth.child), &facts, cx.now, false)?;
    store::set_birth_registered(cx.tx, birth.id, cx.actor, cx.now)?;
    let revision = store::bump(cx.tx, birth.household)?;
    let birth = Birth {
        state: BirthState::Registered,
        registered_at: Some(cx.now),
        ..birth
    };
    announce(cx, &birth, revision)?;
    Ok(birth)
}

/// Enters all children of one birth, or none: one who is wrong ends the caller's transaction.
///
/// # Errors
/// As [`register_birth`].
pub fn register_births(cx: &mut Cx<'_, '_>, entries: &[Registration]) -> Result<Vec<Birth>, Error> {
    entries.iter().map(|it| register_birth(cx, it)).collect()
}

/// The children of one birth that wait for their registration: this one first, then those born
/// together with it in the order they were reported. Empty when this one is registered.
pub fn born_together(tx: &mut Tx<'_>, birth: &Birth) -> Result<Vec<(Birth, Person)>, Error> {
    let born = child_of(tx, birth)?.born;
    let mut waiting = Vec::new();
    for it in store::births_of(tx, birth.mother)? {
        let child = child_of(tx, &it)?;
        let together = days_between(child.born, born).abs() < SAME_BIRTH_DAYS;
        if together && it.state != BirthState::Registered {
            waiting.push((it, child));
        }
    }
    match waiting.iter().position(|(it, _)| it.id == birth.id) {
        Some(at) => waiting[..=at].rotate_right(1),
        None => waiting.clear(),
    }
    Ok(waiting)
}

fn child_of(tx: &mut Tx<'_>, birth: &Birth) -> Result<Person, Error> {
    store::person_by_id(tx, birth.child)?.ok_or(Error::NotFound("child"))
}

/// Births that wait for their registration, oldest first.
pub fn births_waiting(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Birth>, Error> {
    Ok(store::births_waiting(tx, scope, 100)?)
}

/// A birth by id.
pub fn birth(tx: &mut Tx<'_>, id: BirthId) -> Result<Birth, Error> {
    store::birth_by_id(tx, id)?.ok_or(Error::NotFound("birth"))
}

/// All births of a mother that were ever reported here, first to last.
pub fn births_of(tx: &mut Tx<'_>, mother: PersonId) -> Result<Vec<Birth>, Error> {
    Ok(store::births_of(tx, mother)?)
}
