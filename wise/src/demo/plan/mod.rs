//! The plan of the sample city: who lives in it, and a year of what happens to them.
//!
//! A plan is drawn from a seed and from the files of the country's `sample/` folder, given as
//! texts. It is pure: no files, no clock, no database. The demo makes the city by running the
//! real actions for what the plan says.
//!
//! - [`CityPlan::draw`] gives the households as they stand a year before `today`, and the events
//!   since, sorted by instant.
//! - [`draw_day`] draws one more day for a [`LivingCity`], with the same code.
//!
//! Ages and sexes follow the national pyramid exactly, household sizes the published shares; the
//! models behind incomes and families are stated in the files and are not measurements.

mod behaviour;
mod births;
mod chance;
mod changes;
mod data;
mod day;
mod event;
mod families;
mod hours;
mod living;
mod model;
mod money;
mod personas;
mod place;
mod registers;
mod settle;
mod standing;
#[cfg(test)]
mod tests;

use jiff::ToSpan;
use jiff::civil::Date;

pub use data::{
    Dong, Holiday, Municipality, Official, OfficialRole, SampleData, SampleError, SampleTexts,
};
pub use day::{Day, draw_day};
pub use event::{Answer, Birth, Event, Timed, Verdict};
pub use living::{Employment, Expecting, LivingCity, LivingHousehold, LivingPerson};
pub use model::{
    AddressPlan, FactPlan, HouseholdKey, HouseholdPlan, Nationality, PersonKey, PersonPlan,
    PersonaPlan, Role, Sex,
};
pub use place::Place;

use families::{Families, Pool};
use settle::Settler;

/// The city a year before `today`, and the year until then.
#[derive(Clone, Debug)]
pub struct CityPlan {
    pub seed: u64,
    /// First day of the year of events: the households stand as of this day.
    pub start: Date,
    /// The day after the last day of events.
    pub today: Date,
    pub households: Vec<HouseholdPlan>,
    /// All events with `start` ≤ day < `today`, Korean time, sorted.
    pub events: Vec<Timed>,
    /// Who can be chosen on the demo's first page.
    pub personas: Vec<PersonaPlan>,
    /// The city after the last event, with what is still to come: for [`draw_day`] from `today` on.
    pub living: LivingCity,
}

/// Streams of random numbers, one for each purpose.
const FAMILIES: u64 = 1;
const SETTLING: u64 = 2;
const PERSONAS: u64 = 3;
const PREGNANCIES: u64 = 4;

/// Draws the households of about so many residents as they stand on a day, without names' owners who can be chosen
/// and without a year before. The same arguments give the same households; their numbers come after `last`.
pub fn draw_households(
    seed: u64,
    last: u32,
    residents: usize,
    on: Date,
    data: &SampleData,
) -> Vec<HouseholdPlan> {
    let mut settler = Settler {
        data,
        next_person: 0,
        next_household: last,
    };
    let mut settling = chance::stream(seed, SETTLING);
    let mut settle = |members: Vec<_>| settler.settle(&mut settling, &members, on, false);
    let mut plan = CityPlan {
        seed,
        start: on,
        today: on,
        households: families(seed, residents, data)
            .make_all()
            .into_iter()
            .map(&mut settle)
            .collect(),
        events: Vec::new(),
        personas: Vec::new(),
        living: LivingCity::default(),
    };
    plan.expecting(data, &personas::Cast::default());
    plan.households
}

/// Everybody of the pyramid, not yet living anywhere.
fn families(seed: u64, residents: usize, data: &SampleData) -> Families<'_> {
    Families {
        city: &data.city,
        chance: chance::stream(seed, FAMILIES),
        pool: Pool::of(data, residents),
        slots: families::slots(data, residents),
        made: Vec::new(),
    }
}

impl CityPlan {
    /// Draws a city of about so many residents. The same arguments give the same plan.
    pub fn draw(seed: u64, residents: usize, today: Date, data: &SampleData) -> Self {
        let start = today.saturating_sub(1.year());
        let mut settler = Settler {
            data,
            next_person: 0,
            next_household: 0,
        };
        let mut households = Vec::new();
        let mut cast = personas::settle(
            &mut settler,
            &mut chance::stream(seed, PERSONAS),
            start,
            today,
        );

        let mut families = families(seed, residents, data);
        for household in &cast.households {
            families.pool.remove(household, start);
            let slot = &mut families.slots[household.members.len()];
            *slot = slot.saturating_sub(1);
        }
        let mut settling = chance::stream(seed, SETTLING);
        households.append(&mut cast.households);
        for members in families.make_all() {
            households.push(settler.settle(&mut settling, &members, start, false));
        }

        let mut plan = Self {
            seed,
            start,
            today,
            households,
            events: Vec::new(),
            personas: std::mem::take(&mut cast.personas),
            living: LivingCity::default(),
        };
        plan.living = LivingCity::new(plan.expecting(data, &cast), cast.agenda);
        plan.live(data);
        plan
    }

    /// Says which women expect a child when the year begins, and gives the city as it stands then.
    fn expecting(&mut self, data: &SampleData, cast: &personas::Cast) -> Vec<LivingHousehold> {
        let mut living: Vec<LivingHousehold> =
            self.households.iter().map(LivingHousehold::from).collect();
        for household in &mut living[..cast.scripted] {
            household.scripted = true;
            for person in &mut household.members {
                person.expecting = cast.expecting.get(&person.key).cloned();
            }
        }
        let pyramid = &data.pyramid;
        let newborn: u64 = pyramid
            .iter()
            .filter(|r| r.age == 0)
            .map(|r| u64::from(r.male + r.female))
            .sum();
        let all: u64 = pyramid
            .iter()
            .map(|r| u64::from(r.male) + u64::from(r.female))
            .sum();
        let residents: usize = self.households.iter().map(|h| h.members.len()).sum();
        let known = data.city.life.pregnancy_known_days_before_due;
        let wanted = residents as f64 * newborn as f64 / all as f64 * known as f64 / 365.25;
        let mut chance = chance::stream(self.seed, PREGNANCIES);
        let start = self.start;
        let women =
            births::already_expecting(&mut chance, &living, wanted.round() as usize, known, start);
        let women: std::collections::HashMap<PersonKey, Date> = women.into_iter().collect();
        for (household, plan) in living.iter_mut().zip(&mut self.households) {
            for (person, planned) in household.members.iter_mut().zip(&mut plan.members) {
                if let Some(due) = women.get(&person.key) {
                    let since = due.saturating_sub(known.days()).min(start);
                    planned.facts.retain(|f| f.name != "pregnant");
                    planned.facts.extend(births::pregnancy_facts(*due, since));
                    person.expecting = Some(Expecting {
                        due: *due,
                        baby: None,
                    });
                }
            }
        }
        living
    }

    /// Lets the year pass, day by day.
    fn live(&mut self, data: &SampleData) {
        let mut date = self.start;
        while date < self.today {
            let day = draw_day(self.seed, date, &self.living, data);
            for (_, event) in &day.events {
                self.living.apply(event);
            }
            self.living.set_agenda(day.later);
            self.events.extend(day.events);
            date = hours::tomorrow(date);
        }
    }
}
