//! What complete registers answer about everybody: pensions, marriage, merit, farming, illness. Whoever has
//! no record there is told “no”, so that the rules need not ask people what an office knows.

use jiff::ToSpan;
use jiff::civil::Date;
use rand::RngExt;

use super::chance::{self, Chance, percent};
use super::model::{FactPlan, HouseholdPlan, PersonPlan, Role, Sex, age_on};
use super::money::round;

/// Which stream of random numbers these facts are drawn from: others stay as they were without them.
const PURPOSE: u64 = 77;
/// A day's ordinary hours of work (근로기준법 제50조).
const DAILY_HOURS: i64 = 8;

/// Adds these facts to the members of a household; shares are assumptions of the sample.
pub(super) fn give(household: &mut HouseholdPlan, on: Date) {
    let mut chance = chance::stream(u64::from(household.key.0), PURPOSE);
    let is_couple = household.members.iter().any(|m| m.role == Role::Spouse);
    let income = household
        .facts
        .iter()
        .find(|it| it.name == "income_recognised")
        .and_then(|it| it.value.parse::<i64>().ok());
    let mut takes_pension = Vec::new();
    for member in &mut household.members {
        let age = age_on(member.born, on);
        if age < 19 {
            continue;
        }
        let chance = &mut chance;
        let is_married = is_couple && matches!(member.role, Role::Head | Role::Spouse);
        let grown = member.born.saturating_add(19.years()).min(on);
        let mut say = Say {
            member,
            since: grown,
        };
        say.fact("married", is_married);
        merit(chance, &mut say, age);
        health(chance, &mut say, age);
        say.fact("farmer", percent(chance, 3.0));
        say.fact("self_reliant_youth", age < 26 && percent(chance, 0.3));
        jobless(chance, &mut say, on);
        if age >= 60 {
            takes_pension.push(old_age(chance, &mut say, income, is_married, age));
        }
    }
    let both = takes_pension.iter().filter(|it| **it).count() > 1;
    for member in &mut household.members {
        if member.fact("on_basic_pension").is_some() {
            let with_spouse = is_couple && both && member.fact("married") == Some("true");
            let since = member.born.saturating_add(65.years()).min(on);
            let fact = FactPlan::new("spouse_basic_pension", with_spouse, since);
            member.facts.push(fact);
        }
    }
}

/// Writes facts of one member.
struct Say<'m> {
    member: &'m mut PersonPlan,
    since: Date,
}

impl Say<'_> {
    fn fact(&mut self, name: &'static str, value: impl ToString) {
        self.member
            .facts
            .push(FactPlan::new(name, value, self.since));
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.member.fact(name) == Some(value)
    }
}

fn merit(chance: &mut Chance, say: &mut Say<'_>, age: i32) {
    let veteran = say.is("veteran", "true");
    let old_man = say.member.sex == Sex::Male && age >= 76;
    say.fact("war_veteran", old_man && percent(chance, 12.0));
    say.fact("veteran_pay", veteran && percent(chance, 60.0));
    say.fact("disabled_veteran", veteran && percent(chance, 40.0));
    say.fact("on_living_allowance", veteran && percent(chance, 8.0));
    say.fact("veteran_survivor", age >= 60 && percent(chance, 1.0));
    say.fact("independence_descendant", percent(chance, 0.1));
}

fn health(chance: &mut Chance, say: &mut Say<'_>, age: i32) {
    let ill = say.is("serious_illness", "true");
    let severe = say.is("disability", "severe");
    say.fact("rare_disease", ill && percent(chance, 12.0));
    say.fact("chronic_illness", percent(chance, f64::from(age) * 0.5));
    say.fact("pension_disability", severe && percent(chance, 55.0));
    say.fact("care_facility", false);
    say.fact("high_risk_pregnancy", false);
    say.fact("infertility_diagnosis", false);
}

/// What the employment insurance knows of somebody who lost work.
fn jobless(chance: &mut Chance, say: &mut Say<'_>, on: Date) {
    let looks = say.is("employment", "unemployed");
    say.fact("on_jobseeker_benefit", false);
    if !looks {
        return;
    }
    let left = say
        .member
        .facts
        .iter()
        .find(|it| it.name == "employment")
        .map_or(on, |it| it.valid_from);
    let days = say.member.fact("insured_days");
    let months = days.and_then(|it| it.parse::<i64>().ok()).map(|it| it / 30);
    let wage = chance.random_range(80_000..160_000);
    say.since = left.min(on);
    say.fact("left_job_on", left);
    say.fact("left_against_will", percent(chance, 55.0));
    say.fact("daily_hours", DAILY_HOURS);
    say.fact("average_daily_wage", round(f64::from(wage), 10));
    if let Some(months) = months {
        say.fact("insured_months", months);
    }
}

/// Pensions, and the income by which they are measured; tells whether the basic pension is received.
fn old_age(
    chance: &mut Chance,
    say: &mut Say<'_>,
    income: Option<i64>,
    is_married: bool,
    age: i32,
) -> bool {
    let national = if percent(chance, 58.0) {
        round(chance::log_normal(chance, 560e3, 0.5), 10)
    } else {
        0
    };
    say.fact("national_pension", national);
    say.fact("redistributive_pension", round(national as f64 * 0.45, 10));
    say.fact("occupational_pension", percent(chance, 5.0));
    // The share of those who know that they may have it and asked (기초연금 수급률 about two thirds of all).
    let asks = percent(chance, 90.0);
    let least = if is_married { 3_952_000 } else { 2_470_000 };
    if let Some(income) = income {
        say.fact("pension_income", income);
    }
    let receives = age >= 65 && asks && income.is_some_and(|it| it < least);
    say.fact("on_basic_pension", receives);
    receives
}
