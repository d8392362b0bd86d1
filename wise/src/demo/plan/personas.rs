//! The households of `personas.yaml`: the same people whatever the seed.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;
use rand::RngExt;

use super::births::pregnancy_facts;
use super::chance::Chance;
use super::changes::job_lost;
use super::data::{PersonaEvent, PersonaHousehold, PersonaMember};
use super::event::{Answer, Event, Timed, Verdict};
use super::hours::{Office, at};
use super::living::Expecting;
use super::model::{FactPlan, HouseholdKey, HouseholdPlan, PersonKey, PersonPlan, PersonaPlan};
use super::settle::Settler;
use super::standing;

/// Facts that hang on the work drawn for somebody: a script that says other work drops them.
const OF_WORK: [&str; 6] = [
    "ordinary_wage",
    "insured_days",
    "on_parental_leave",
    "on_maternity_leave",
    "parental_leave_since",
    "priority_firm",
];

/// The personas' households and what is written for them.
#[derive(Debug, Default)]
pub(super) struct Cast {
    pub households: Vec<HouseholdPlan>,
    /// How many households of the plan, from the first, are scripted.
    pub scripted: usize,
    pub personas: Vec<PersonaPlan>,
    pub expecting: HashMap<PersonKey, Expecting>,
    pub agenda: Vec<Timed>,
}

/// Settles all households of the file.
pub(super) fn settle(
    settler: &mut Settler<'_>,
    chance: &mut Chance,
    start: Date,
    today: Date,
) -> Cast {
    let mut cast = Cast::default();
    let data = settler.data;
    for script in &data.personas {
        let mut stage = Stage {
            settler,
            chance,
            start,
            today,
        };
        let household = stage.household(script);
        for (member, plan) in script.members.iter().zip(&household.members) {
            stage.expect(member, plan, &household, &mut cast);
            if member.persona {
                cast.personas.push(PersonaPlan {
                    id: member.id.clone(),
                    person: plan.key,
                    household: household.key,
                    why: (script.why.ko.clone(), script.why.en.clone()),
                });
            }
        }
        for event in &script.events {
            stage.event(script, event, &household, &mut cast.agenda);
        }
        cast.households.push(household);
    }
    cast.scripted = cast.households.len();
    cast.agenda.sort_by_key(|(at, _)| *at);
    cast
}

struct Stage<'s, 'd> {
    settler: &'s mut Settler<'d>,
    chance: &'s mut Chance,
    start: Date,
    today: Date,
}

impl Stage<'_, '_> {
    fn household(&mut self, script: &PersonaHousehold) -> HouseholdPlan {
        let since = self.today.saturating_sub(script.lived_here_months.months());
        let address = self
            .settler
            .address_at(self.chance, &script.dong, &script.road, since);
        let members = script
            .members
            .iter()
            .map(|m| self.person(m, since))
            .collect();
        let mut household = HouseholdPlan {
            key: self.settler.household_key(),
            address,
            earlier_addresses: Vec::new(),
            members,
            facts: Vec::new(),
        };
        standing::give(self.chance, self.settler.data, &mut household, self.start);
        for (member, plan) in script.members.iter().zip(&mut household.members) {
            if member.facts.contains_key("employment") {
                plan.facts.retain(|f| !OF_WORK.contains(&f.name.as_ref()));
            }
            set(&mut plan.facts, &member.facts, self.start.max(plan.born));
        }
        set(&mut household.facts, &script.facts, self.start.max(since));
        household
            .facts
            .retain(|f| !script.unknown.iter().any(|u| *u == f.name));
        household
    }

    fn person(&mut self, member: &PersonaMember, since: Date) -> PersonPlan {
        // A birthday that lies neither today nor in the days around it keeps the age as written.
        let days = self.chance.random_range(40..330);
        let born = self
            .today
            .saturating_sub(i64::from(member.age).years())
            .saturating_sub(days.days());
        let since = since.max(born);
        PersonPlan {
            key: self.settler.person_key(),
            name: member.name.clone(),
            name_latin: member.name_latin.clone(),
            sex: member.sex,
            born,
            role: member.role,
            nationality: member.nationality,
            language: member
                .language
                .clone()
                .map_or(Cow::Borrowed("ko"), Cow::Owned),
            facts: vec![FactPlan::new("resident_since", since, since)],
        }
    }

    /// A pregnancy: known when the year begins, or told in the course of it.
    fn expect(
        &self,
        member: &PersonaMember,
        plan: &PersonPlan,
        household: &HouseholdPlan,
        cast: &mut Cast,
    ) {
        let Some(days) = member.due_in_days else {
            return;
        };
        let due = self.today.saturating_add(days.days());
        let baby = member.baby.as_ref().map(|b| (b.name.clone(), b.sex));
        cast.expecting.insert(plan.key, Expecting { due, baby });
        let known = self.settler.data.city.life.pregnancy_known_days_before_due;
        let told = due.saturating_sub(known.days()).max(self.start);
        let mother = plan.key;
        let facts = pregnancy_facts(due, told);
        cast.agenda.push((
            at(told, 620),
            Event::PregnancyRegistered {
                mother,
                household: household.key,
                due,
                facts,
            },
        ));
        // She took what was offered then, in an evening of the next week.
        let answered = at(told.saturating_add(5.days()), 20 * 60 + 10);
        let office = Office {
            closed: self.settler.data.closed_days(),
        };
        let official = self
            .settler
            .data
            .counter_of(&household.address.dong)
            .map_or_else(String::new, |o| o.key.clone());
        cast.agenda.extend([
            (answered, Event::OffersOpened { by: mother }),
            (
                answered,
                Event::OffersAnswered {
                    by: mother,
                    answer: Answer::AcceptReady,
                },
            ),
            (
                office.after(answered, 400),
                Event::CasesWorked {
                    official,
                    applicant: mother,
                    first: Verdict::Grant,
                    rest: Verdict::Grant,
                },
            ),
        ]);
    }

    fn event(
        &self,
        script: &PersonaHousehold,
        event: &PersonaEvent,
        household: &HouseholdPlan,
        agenda: &mut Vec<Timed>,
    ) {
        let day = self.today.saturating_sub(event.days_before.days());
        let key: HouseholdKey = household.key;
        if let Some(id) = &event.job_lost
            && let Some(i) = script.members.iter().position(|m| m.id == *id)
        {
            let person = household.members[i].key;
            agenda.push((
                at(day, 17 * 60),
                Event::JobLost {
                    person,
                    household: key,
                    facts: job_lost(day, None),
                },
            ));
        }
        if let Some(values) = &event.income_reassessed {
            let mut facts = Vec::new();
            set(&mut facts, values, day);
            agenda.push((
                at(day, 10 * 60 + 30),
                Event::IncomeReassessed {
                    household: key,
                    facts,
                },
            ));
        }
    }
}

/// Replaces facts by the values of a script.
fn set(facts: &mut Vec<FactPlan>, values: &BTreeMap<String, String>, since: Date) {
    facts.retain(|f| !values.contains_key(f.name.as_ref()));
    facts.extend(values.iter().map(|(name, value)| FactPlan {
        name: Cow::Owned(name.clone()),
        value: value.clone(),
        valid_from: since,
    }));
}
