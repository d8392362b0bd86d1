//! Draws one day of life in the city: what chance brings, and what has been set in motion before.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rand::RngExt;

use super::chance::{self, Chance};
use super::data::SampleData;
use super::event::{Event, Timed};
use super::hours::{Office, at, tomorrow};
use super::living::{LivingCity, LivingHousehold, LivingPerson};
use super::model::{HouseholdKey, PersonKey};
use super::settle::Settler;

/// The events of a day in order, and those that follow from them on later days.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    pub events: Vec<Timed>,
    /// To be handed to [`LivingCity::set_agenda`] before the next day is drawn.
    pub later: Vec<Timed>,
}

/// Draws the events of one civil day in Korea.
///
/// The same seed, date and city give the same day. To go on, apply each event that took place to
/// the city ([`LivingCity::apply`]) and hand it `later` as its new agenda. Events whose people have
/// left the city meanwhile are dropped.
pub fn draw_day(seed: u64, date: Date, living: &LivingCity, data: &SampleData) -> Day {
    let days = date
        .since(Date::ZERO)
        .map_or(0, |s| i64::from(s.get_days()));
    let mut draw = DayDraw {
        data,
        living,
        date,
        seed,
        chance: chance::stream(seed, DAYS + days.unsigned_abs()),
        office: Office {
            closed: data.closed_days(),
        },
        settler: Settler {
            data,
            next_person: living.last_person,
            next_household: living.last_household,
        },
        out: Vec::new(),
        busy: HashSet::new(),
    };
    draw.continue_agenda();
    draw.births();
    draw.pregnancies();
    draw.school_entries();
    draw.deaths();
    draw.moves();
    draw.marriages();
    draw.divorces();
    draw.work();
    draw.incomes();
    draw.finish()
}

/// Streams of random numbers from here on belong to days.
const DAYS: u64 = 1 << 32;

pub(super) struct DayDraw<'a> {
    pub data: &'a SampleData,
    pub living: &'a LivingCity,
    pub date: Date,
    pub seed: u64,
    pub chance: Chance,
    pub office: Office,
    pub settler: Settler<'a>,
    pub out: Vec<Timed>,
    /// Households to which something happens today already: one life event a day is enough.
    pub busy: HashSet<HouseholdKey>,
}

impl<'a> DayDraw<'a> {
    pub(super) fn push(&mut self, at: Timestamp, event: Event) {
        self.out.push((at, event));
    }

    fn end(&self) -> Timestamp {
        at(tomorrow(self.date), 0)
    }

    fn continue_agenda(&mut self) {
        let end = self.end();
        for (at, event) in &self.living.agenda {
            if *at < end {
                if !self.living.allows(event) {
                    continue;
                }
                if let (_, Some(household)) = event.concerns()
                    && event.is_life_event()
                {
                    self.busy.insert(household);
                }
            }
            self.out.push((*at, event.clone()));
        }
    }

    /// How often something with a yearly rate happens today.
    pub(super) fn today(&mut self, yearly: f64) -> usize {
        chance::poisson(&mut self.chance, yearly / 365.25)
    }

    /// Somebody, in proportion to a weight between 0 and 1, of a household to which nothing happens today.
    /// `None` after many fruitless tries: then nobody of that kind lives here.
    pub(super) fn pick(
        &mut self,
        weight: impl Fn(&LivingHousehold, &LivingPerson) -> f64,
    ) -> Option<(&'a LivingHousehold, &'a LivingPerson)> {
        let living = self.living;
        if living.households.is_empty() {
            return None;
        }
        for _ in 0..4_000 {
            let household =
                &living.households[self.chance.random_range(0..living.households.len())];
            // A member is drawn among more places than any household has, so that all people,
            // not all households, are equally likely.
            let Some(person) = household.members.get(self.chance.random_range(0..8)) else {
                continue;
            };
            if household.scripted || self.busy.contains(&household.key) {
                continue;
            }
            if self.chance.random::<f64>() < weight(household, person) {
                self.busy.insert(household.key);
                return Some((household, person));
            }
        }
        None
    }

    /// A minute of the day between two hours.
    pub(super) fn between(&mut self, from_hour: i64, to_hour: i64) -> Timestamp {
        at(
            self.date,
            self.chance.random_range(from_hour * 60..to_hour * 60),
        )
    }

    /// A time at which a counter is open, today or on the next working day.
    pub(super) fn at_counter(&mut self) -> Timestamp {
        let minutes = self.chance.random_range(5..500);
        self.office.after(at(self.date, 0), minutes)
    }

    pub(super) fn counter(&self, dong: &str) -> String {
        self.data
            .counter_of(dong)
            .map_or_else(String::new, |o| o.key.clone())
    }

    pub(super) fn days(&mut self, from: i64, to: i64) -> Date {
        let days = self.chance.random_range(from..=to);
        self.date.saturating_add(days.days())
    }

    /// Sorts, drops what the day itself made impossible, and cuts at midnight.
    fn finish(mut self) -> Day {
        let end = self.end();
        self.out.sort_by_key(|(at, _)| *at);
        let (today, later): (Vec<Timed>, Vec<Timed>) =
            self.out.into_iter().partition(|(at, _)| *at < end);
        let mut gone = Gone::default();
        let mut events = Vec::with_capacity(today.len());
        for (at, event) in today {
            if gone.forbids(&event) {
                continue;
            }
            gone.note(&event, self.living);
            events.push((at, event));
        }
        Day { events, later }
    }
}

/// Who left the city, or the household, in the course of the day.
#[derive(Default)]
struct Gone {
    people: HashSet<PersonKey>,
    households: HashSet<HouseholdKey>,
    moved: HashSet<PersonKey>,
}

impl Gone {
    fn forbids(&self, event: &Event) -> bool {
        let (people, household) = event.concerns();
        household.is_some_and(|h| self.households.contains(&h))
            || people.iter().any(|p| {
                self.people.contains(p) || (event.is_life_event() && self.moved.contains(p))
            })
    }

    fn note(&mut self, event: &Event, living: &LivingCity) {
        match event {
            Event::Died {
                person, household, ..
            } => {
                self.people.insert(*person);
                if living
                    .household(*household)
                    .is_some_and(|h| h.members.len() == 1)
                {
                    self.households.insert(*household);
                }
            }
            Event::MovedOut { household, .. } => {
                self.households.insert(*household);
                let members = living
                    .household(*household)
                    .into_iter()
                    .flat_map(|h| &h.members);
                self.people.extend(members.map(|m| m.key));
            }
            Event::Married { spouse, left, .. } => {
                self.households.insert(*left);
                self.moved.insert(*spouse);
            }
            Event::Divorced { leaving, .. } => {
                self.moved.extend(leaving.iter().map(|(key, _)| *key))
            }
            _ => {}
        }
    }
}
