//! Turns drafted households into people with names, dates of birth and an address.

use std::borrow::Cow;

use jiff::ToSpan;
use jiff::civil::Date;
use rand::RngExt;

use super::chance::{self, Chance, percent};
use super::data::SampleData;
use super::families::Draft;
use super::model::{
    AddressPlan, FactPlan, HouseholdKey, HouseholdPlan, Nationality, PersonKey, PersonPlan, Role,
    Sex,
};
use super::standing;

/// Gives names, birthdays and addresses, and counts keys.
#[derive(Debug)]
pub(super) struct Settler<'a> {
    pub data: &'a SampleData,
    pub next_person: u32,
    pub next_household: u32,
}

/// Days that two children of one mother are apart at least, unless born together.
const BETWEEN_BIRTHS_DAYS: i64 = 300;

impl Settler<'_> {
    pub(super) fn person_key(&mut self) -> PersonKey {
        self.next_person += 1;
        PersonKey(self.next_person)
    }

    pub(super) fn household_key(&mut self) -> HouseholdKey {
        self.next_household += 1;
        HouseholdKey(self.next_household)
    }

    /// A household as it stands on a day: `new_here` for one that has just come to the city.
    pub(super) fn settle(
        &mut self,
        chance: &mut Chance,
        members: &[Draft],
        on: Date,
        new_here: bool,
    ) -> HouseholdPlan {
        let dong =
            chance::weighted(chance, &self.data.dongs, |d| d.population_percent).unwrap_or(0);
        let family_name = self.surname(chance);
        let births = birthdays(chance, members, on);
        let oldest = births.iter().min().copied().unwrap_or(on);
        let years_here = chance::wait(chance, 6.0).min(40.0);
        let since = if new_here {
            on
        } else {
            days_before(on, years_here).max(oldest)
        };
        let dong = self.data.dongs[dong].code.clone();
        let address = self.address(chance, &dong, since);
        let earlier_addresses = if new_here {
            Vec::new()
        } else {
            self.earlier(chance, since, oldest)
        };
        let here_since = earlier_addresses.first().map_or(since, |a| a.since);
        let people = members
            .iter()
            .zip(births)
            .map(|(draft, born)| self.person(chance, draft, born, &family_name, here_since))
            .collect();
        let mut household = HouseholdPlan {
            key: self.household_key(),
            address,
            earlier_addresses,
            members: people,
            facts: Vec::new(),
        };
        standing::give(chance, self.data, &mut household, on);
        household
    }

    fn person(
        &mut self,
        chance: &mut Chance,
        draft: &Draft,
        born: Date,
        family_name: &str,
        here_since: Date,
    ) -> PersonPlan {
        let key = self.person_key();
        let (name, name_latin) = if draft.foreign {
            self.foreign_name(chance, draft.sex)
        } else {
            let own;
            let surname = if draft.family_name {
                family_name
            } else {
                own = self.surname(chance);
                &own
            };
            (
                format!("{surname}{}", self.given_name(chance, draft.sex, born)),
                None,
            )
        };
        PersonPlan {
            key,
            name,
            name_latin,
            sex: draft.sex,
            born,
            role: draft.role,
            nationality: if draft.foreign {
                Nationality::Foreign
            } else {
                Nationality::Korean
            },
            language: Cow::Borrowed(if draft.foreign { "en" } else { "ko" }),
            facts: vec![FactPlan::new(
                "resident_since",
                here_since.max(born),
                here_since.max(born),
            )],
        }
    }

    pub(super) fn surname(&self, chance: &mut Chance) -> String {
        let rows = &self.data.surnames;
        chance::weighted(chance, rows, |r| r.percent)
            .map_or_else(String::new, |i| rows[i].surname.clone())
    }

    /// A given name of the person's generation.
    pub(super) fn given_name(&self, chance: &mut Chance, sex: Sex, born: Date) -> String {
        let fits = |wide: i16| {
            self.data.given_names.iter().filter(move |r| {
                r.sex == sex && (r.from_year - wide..=r.to_year + wide).contains(&born.year())
            })
        };
        // A year outside of the list takes the names of the nearest generation.
        let wide = if fits(0).next().is_some() { 0 } else { 100 };
        let count = fits(wide).count();
        if count == 0 {
            return String::new();
        }
        fits(wide)
            .nth(chance.random_range(0..count))
            .map_or_else(String::new, |r| r.name.clone())
    }

    fn foreign_name(&self, chance: &mut Chance, sex: Sex) -> (String, Option<String>) {
        let names = &self.data.foreign_names;
        chance::weighted(chance, names, |r| f64::from(u8::from(r.sex == sex)))
            .map_or_else(Default::default, |i| {
                (names[i].name.clone(), Some(names[i].name_latin.clone()))
            })
    }

    /// A new address in a dong.
    pub(super) fn address(&self, chance: &mut Chance, dong: &str, since: Date) -> AddressPlan {
        let number = chance.random_range(1..=220);
        let detail = if percent(chance, 68.0) {
            format!(
                "{number}, {}동 {}0{}호",
                101 + chance.random_range(0..12),
                chance.random_range(1..=19),
                chance.random_range(1..=4)
            )
        } else if percent(chance, 50.0) {
            format!(
                "{number}, {}0{}호",
                chance.random_range(1..=4),
                chance.random_range(1..=4)
            )
        } else {
            format!("{number}-{}", chance.random_range(1..=30))
        };
        let road = chance::weighted(chance, &self.data.roads, |r| {
            f64::from(u8::from(r.dong == dong))
        })
        .map_or_else(String::new, |i| {
            format!("{} {detail}", self.data.roads[i].road)
        });
        self.address_at(chance, dong, &road, since)
    }

    /// The address of a given road and number, somewhere in its dong.
    pub(super) fn address_at(
        &self,
        chance: &mut Chance,
        dong: &str,
        road: &str,
        since: Date,
    ) -> AddressPlan {
        let (name, lat, lon) = self
            .data
            .dong(dong)
            .map_or(("", 0.0, 0.0), |d| (d.name.as_str(), d.lat, d.lon));
        // About 600 m around the centre of the dong.
        let mut near = |centre: f64, spread: f64| {
            let at: f64 = centre + spread * chance.random_range(-1.0..1.0);
            (at * 1e5).round() / 1e5
        };
        AddressPlan {
            dong: dong.to_owned(),
            text: format!("{} {road} ({name})", self.data.city.name.ko),
            lat: near(lat, 0.0055),
            lon: near(lon, 0.0065),
            since,
        }
    }

    fn earlier(&self, chance: &mut Chance, until: Date, oldest: Date) -> Vec<AddressPlan> {
        let mut addresses = Vec::new();
        let mut until = until;
        while addresses.len() < 3 && percent(chance, 38.0) {
            let since = days_before(until, 0.5 + chance::wait(chance, 4.0));
            if since < oldest {
                break;
            }
            let dong =
                chance::weighted(chance, &self.data.dongs, |d| d.population_percent).unwrap_or(0);
            addresses.push(self.address(chance, &self.data.dongs[dong].code, since));
            until = since;
        }
        addresses.reverse();
        addresses
    }
}

/// The day so many years (of 365.25 days) before another.
pub(super) fn days_before(on: Date, years: f64) -> Date {
    on.saturating_sub(((years * 365.25).round() as i64).days())
}

/// Days of birth that give everybody the drafted age in completed years on the day `on`.
fn birthdays(chance: &mut Chance, members: &[Draft], on: Date) -> Vec<Date> {
    let any = |chance: &mut Chance, age: usize| {
        // Born after (age + 1) years before `on`, and not later than age years before.
        let latest = on.saturating_sub((age as i64).years());
        let earliest = on
            .saturating_sub((age as i64 + 1).years())
            .saturating_add(1.day());
        let span = earliest.until(latest).map_or(0, |s| s.get_days());
        earliest.saturating_add(i64::from(chance.random_range(0..=span)).days())
    };
    let is_child = |m: &Draft| matches!(m.role, Role::Child | Role::Grandchild) && m.family_name;
    let mut births: Vec<Date> = members.iter().map(|m| any(chance, m.age)).collect();
    for i in 1..members.len() {
        if !(is_child(&members[i]) && is_child(&members[i - 1])) {
            continue;
        }
        if members[i].twin {
            births[i] = births[i - 1];
            continue;
        }
        // Children stand youngest first: the next one must be older by a pregnancy at least.
        let apart = |older: Date, younger: Date| {
            older
                .until(younger)
                .is_ok_and(|s| i64::from(s.get_days()) >= BETWEEN_BIRTHS_DAYS)
        };
        for _ in 0..60 {
            if apart(births[i], births[i - 1]) {
                break;
            }
            births[i] = any(chance, members[i].age);
            if i == 1 || !is_child(&members[i - 2]) {
                births[i - 1] = any(chance, members[i - 1].age);
            }
        }
    }
    births
}
