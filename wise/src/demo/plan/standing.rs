//! What the registers know about a household and its people: work, income, property, housing,
//! school, disability and so on, as dated facts. Some facts are left out on purpose.

use std::borrow::Cow;

use jiff::ToSpan;
use jiff::civil::Date;
use rand::RngExt;

use super::chance::{self, Chance, percent};
use super::data::{AgeShare, IncomeModel, SampleData, WorkRow};
use super::model::{FactPlan, HouseholdPlan, Nationality, PersonPlan, Role, Sex, age_on};
use super::settle::days_before;
use super::{money, registers};

/// Adds the facts of a household and of its members as they stand on a day.
pub(super) fn give(
    chance: &mut Chance,
    data: &SampleData,
    household: &mut HouseholdPlan,
    on: Date,
) {
    let order = birth_order(&household.members);
    let young_child = household.members.iter().any(|m| age_on(m.born, on) < 8);
    for (member, order) in household.members.iter_mut().zip(order) {
        let age = age_on(member.born, on);
        childhood(chance, member, order, age, on);
        school(chance, member, on);
        care_and_merit(chance, &data.income, member, age, on);
        work(chance, &data.income, member, age, on);
        leave(chance, member, age, young_child, on);
    }
    money::give(chance, data, household, on);
    family(chance, household, on);
    registers::give(household, on);
    household
        .facts
        .extend(of_the_city(data, household.address.since));
}

/// What is the same for every household of the city (`household_facts` of `city.yaml`).
pub(super) fn of_the_city(data: &SampleData, since: Date) -> impl Iterator<Item = FactPlan> {
    data.city
        .household_facts
        .iter()
        .map(move |(name, value)| FactPlan {
            name: Cow::Owned(name.clone()),
            value: value.clone(),
            valid_from: since,
        })
}

/// Position among the children of the house, eldest first; children born together count on.
fn birth_order(members: &[PersonPlan]) -> Vec<Option<usize>> {
    members
        .iter()
        .map(|m| {
            let child = matches!(m.role, Role::Child | Role::Grandchild);
            child.then(|| {
                members
                    .iter()
                    .filter(|o| o.role == m.role && (o.born, o.key) < (m.born, m.key))
                    .count()
                    + 1
            })
        })
        .collect()
}

fn childhood(
    chance: &mut Chance,
    member: &mut PersonPlan,
    order: Option<usize>,
    age: i32,
    on: Date,
) {
    let born = member.born;
    let facts = &mut member.facts;
    if age < 19 {
        if let Some(order) = order {
            facts.push(FactPlan::new("birth_order", order, born));
        }
        facts.push(FactPlan::new("birth_registered", true, born));
    }
    if let Some(kind) = childcare(chance, born, on) {
        let since = days_before(on, f64::from(age.min(2)) * 0.4).max(born);
        facts.push(FactPlan::new("childcare", kind, since));
        if kind == "kindergarten" {
            let public = percent(chance, 30.0);
            let kind = if public { "public" } else { "private" };
            facts.push(FactPlan::new("kindergarten_type", kind, since));
            let after_school = percent(chance, 65.0);
            facts.push(FactPlan::new("after_school", after_school, since));
        }
    }
}

/// How a child under school age is looked after; shares are assumptions of the sample.
fn childcare(chance: &mut Chance, born: Date, on: Date) -> Option<&'static str> {
    if school_years(born, on) > 6 {
        return None;
    }
    let (home, daycare, kindergarten) = match age_on(born, on) {
        0 => (84.0, 15.0, 0.0),
        1 => (36.0, 62.0, 0.0),
        2 => (12.0, 86.0, 0.0),
        _ => (4.0, 54.0, 41.0),
    };
    let kinds = [
        ("home", home),
        ("daycare", daycare),
        ("kindergarten", kindergarten),
        ("sitter", 100.0 - home - daycare - kindergarten),
    ];
    chance::weighted(chance, &kinds, |k| k.1).map(|i| kinds[i].0)
}

/// Calendar years from birth to the school year that runs on a day (초·중등교육법 제24조: from March).
fn school_years(born: Date, on: Date) -> i16 {
    let year = if on.month() >= 3 {
        on.year()
    } else {
        on.year() - 1
    };
    year - born.year()
}

/// The school a child goes to by its year of birth (초·중등교육법 제13조: the March after turning six).
pub(super) fn school_of(born: Date, on: Date) -> Option<&'static str> {
    match school_years(born, on) {
        ..=6 => Some("none"),
        7..=12 => Some("elementary"),
        13..=15 => Some("middle"),
        16..=18 => Some("high"),
        _ => None,
    }
}

fn school(chance: &mut Chance, member: &mut PersonPlan, on: Date) {
    let years = school_years(member.born, on);
    let kind = match years {
        ..=18 => school_of(member.born, on).unwrap_or("none"),
        19..=22 if percent(chance, 70.0) => "university",
        23..=25 if percent(chance, if member.sex == Sex::Male { 45.0 } else { 15.0 }) => {
            "university"
        }
        19..=30 => "none",
        _ => return,
    };
    let year = if on.month() >= 3 {
        on.year()
    } else {
        on.year() - 1
    };
    let since = Date::new(year, 3, 2).unwrap_or(on).max(member.born);
    member
        .facts
        .push(FactPlan::new("school", kind, since.min(on)));
}

fn share_at(rows: &[AgeShare], age: i32) -> f64 {
    rows.iter()
        .find(|r| (i32::from(r.from_age)..=i32::from(r.to_age)).contains(&age.min(100)))
        .map_or(0.0, |r| r.percent)
}

/// Disability, merit, pregnancy.
fn care_and_merit(
    chance: &mut Chance,
    model: &IncomeModel,
    member: &mut PersonPlan,
    age: i32,
    on: Date,
) {
    let disability = if !percent(chance, share_at(&model.disability, age)) {
        "none"
    } else if percent(chance, model.severe_percent) {
        "severe"
    } else {
        "mild"
    };
    let since = if disability == "none" {
        member.born
    } else {
        days_before(on, chance.random_range(0.1..8.0)).max(member.born)
    };
    member
        .facts
        .push(FactPlan::new("disability", disability, since));
    if age >= 19 {
        let shares = &model.veteran_percent;
        let share = match member.sex {
            Sex::Male if age >= 65 => shares.men_over_65,
            Sex::Male => shares.men,
            Sex::Female => shares.women,
        };
        let veteran = percent(chance, share) && member.nationality == Nationality::Korean;
        let grown = member.born.saturating_add(19.years());
        member
            .facts
            .push(FactPlan::new("veteran", veteran, grown.min(on)));
    }
    // The insurer's registers are complete: whoever has no record is not pregnant, not gravely ill.
    let checked = days_before(on, 0.5).max(member.born);
    let ill = percent(chance, f64::from(age.max(0)) * 0.06);
    member.facts.extend([
        FactPlan::new("pregnant", false, checked),
        FactPlan::new("serious_illness", ill, checked),
    ]);
}

fn work_row(model: &IncomeModel, age: i32) -> Option<&WorkRow> {
    model
        .work
        .iter()
        .find(|r| (i32::from(r.from_age)..=i32::from(r.to_age)).contains(&age.min(100)))
}

fn work(chance: &mut Chance, model: &IncomeModel, member: &mut PersonPlan, age: i32, on: Date) {
    let Some(row) = work_row(model, age) else {
        return;
    };
    let student = matches!(member.fact("school"), Some("high" | "university"));
    let share = match member.sex {
        Sex::Male => row.men,
        Sex::Female => row.women,
    };
    let share = if student { share / 4.0 } else { share };
    let employment = if percent(chance, share) {
        if percent(chance, row.self_employed) {
            "self_employed"
        } else {
            "employee"
        }
    } else if !student && percent(chance, row.looking) {
        "unemployed"
    } else {
        "none"
    };
    let years = match employment {
        "unemployed" => chance.random_range(0.05..0.8),
        "none" => chance.random_range(0.5..6.0),
        _ => chance::wait(chance, 5.0).clamp(0.05, f64::from((age - 15).max(1))),
    };
    let since = days_before(on, years)
        .max(member.born.saturating_add(15.years()))
        .min(on);
    member
        .facts
        .push(FactPlan::new("employment", employment, since));
    let insured = match employment {
        "employee" => Some((years * 365.25 * 0.86) as i64 + chance.random_range(0..400)),
        "unemployed" if percent(chance, 65.0) => Some(chance.random_range(40..1500)),
        _ => None,
    };
    if let Some(days) = insured {
        member
            .facts
            .push(FactPlan::new("insured_days", days, since));
    }
    if employment == "employee" {
        let small = percent(chance, 58.0);
        member
            .facts
            .push(FactPlan::new("priority_firm", small, since));
    }
}

fn leave(chance: &mut Chance, member: &mut PersonPlan, age: i32, young_child: bool, on: Date) {
    if member.fact("employment") != Some("employee") {
        return;
    }
    let share = match member.sex {
        _ if !young_child || !(19..50).contains(&age) => 0.0,
        Sex::Female => 11.0,
        Sex::Male => 3.0,
    };
    let on_leave = percent(chance, share);
    let years = chance.random_range(0.02..0.9);
    let since = days_before(on, years).max(member.born);
    member
        .facts
        .push(FactPlan::new("on_parental_leave", on_leave, since));
    member
        .facts
        .push(FactPlan::new("on_maternity_leave", false, since));
    if on_leave {
        member
            .facts
            .push(FactPlan::new("parental_leave_since", since, since));
    }
}

/// A parent alone with a child under 18 (한부모가족지원법 제4조).
pub(super) fn is_single_parent(members: &[PersonPlan], on: Date) -> bool {
    let parents = members
        .iter()
        .filter(|m| matches!(m.role, Role::Head | Role::Spouse))
        .count();
    let minor = members
        .iter()
        .any(|m| m.role == Role::Child && age_on(m.born, on) < 18);
    parents == 1 && minor && !members.iter().any(|m| m.role == Role::Other)
}

/// Grandchildren in the house, and neither a parent of theirs nor an uncle.
pub(super) fn is_raised_by_grandparents(members: &[PersonPlan]) -> bool {
    members.iter().any(|m| m.role == Role::Grandchild)
        && !members
            .iter()
            .any(|m| matches!(m.role, Role::Child | Role::Other))
}

/// Facts of the family: who raises the children, and whether a parent came from abroad.
fn family(chance: &mut Chance, household: &mut HouseholdPlan, on: Date) {
    let members = &household.members;
    let children = members
        .iter()
        .filter(|m| matches!(m.role, Role::Child | Role::Grandchild) && age_on(m.born, on) < 25)
        .map(|m| m.born)
        .min();
    let foreign = members
        .iter()
        .any(|m| m.nationality == Nationality::Foreign);
    let mut facts = Vec::new();
    if let Some(first_born) = children {
        let single = is_single_parent(members, on);
        // 조손가족 are supported like them (한부모가족지원법 제5조의2).
        let by_grandparents = is_raised_by_grandparents(members);
        let value = single || by_grandparents;
        facts.push(FactPlan::new("single_parent", value, first_born));
        if single {
            let unmarried = percent(chance, 12.0);
            facts.push(FactPlan::new("unmarried_parent", unmarried, first_born));
        }
    }
    if children.is_some() || foreign || members.len() > 1 {
        facts.push(FactPlan::new(
            "multicultural",
            foreign,
            household.address.since,
        ));
    }
    household.facts.append(&mut facts);
}
