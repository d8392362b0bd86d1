//! Pregnancies and births: from the insurer's notice to the child's registration.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rand::RngExt;

use super::chance::{self, Chance, percent};
use super::day::DayDraw;
use super::event::{Birth, Event};
use super::hours::{at, date_of};
use super::living::{Employment, Expecting, LivingHousehold, LivingPerson};
use super::model::{FactPlan, PersonKey, Role, Sex, age_on};
use super::settle::Settler;

/// How likely a woman is to be the next to expect a child, between 0 and 1.
///
/// Married women of 23 to 41; most at 32 (통계청 출생통계: mean age at birth 33.7), fewer with each child.
pub(super) fn fertility(household: &LivingHousehold, person: &LivingPerson, on: Date) -> f64 {
    let age = age_on(person.born, on);
    if person.sex != Sex::Female
        || !(23..=41).contains(&age)
        || person.expecting.is_some()
        || household.partner_of(person).is_none()
    {
        return 0.0;
    }
    let children = children_of(household, person);
    let recent = children
        .iter()
        .any(|born| on.since(*born).is_ok_and(|s| s.get_days() < 400));
    if recent {
        return 0.0;
    }
    let parity = [1.0, 0.45, 0.08, 0.02]
        .get(children.len())
        .copied()
        .unwrap_or(0.0);
    let years = f64::from(age - 32);
    parity * (-years * years / 40.0).exp()
}

/// Birthdays of the children whom a woman's role makes hers.
fn children_of(household: &LivingHousehold, mother: &LivingPerson) -> Vec<Date> {
    let role = child_role(mother.role);
    household
        .members
        .iter()
        .filter(|m| m.role == role)
        .map(|m| m.born)
        .collect()
}

/// A child's relation to the head, by its mother's.
fn child_role(mother: Role) -> Role {
    match mother {
        Role::Head | Role::Spouse => Role::Child,
        _ => Role::Grandchild,
    }
}

/// What the health insurer knows of a pregnancy.
pub(super) fn pregnancy_facts(due: Date, since: Date) -> Vec<FactPlan> {
    vec![
        FactPlan::new("pregnant", true, since),
        FactPlan::new("due_date", due, since),
        FactPlan::new("fetuses", 1, since),
    ]
}

/// The day of birth: around the due date, always the same for one mother and due date.
fn birth_day(seed: u64, mother: PersonKey, due: Date) -> Date {
    let mut chance = chance::stream(
        seed ^ u64::from(due.day_of_year().unsigned_abs()),
        u64::from(mother.0),
    );
    let days = (-1.5 + 6.0 * chance::normal(&mut chance)).clamp(-25.0, 10.0) as i64;
    due.saturating_add(days.days())
}

impl DayDraw<'_> {
    pub(super) fn pregnancies(&mut self) {
        let data = self.data;
        let newborn: f64 = data
            .pyramid
            .iter()
            .filter(|r| r.age == 0)
            .map(|r| f64::from(r.male) + f64::from(r.female))
            .sum();
        let all: f64 = data
            .pyramid
            .iter()
            .map(|r| f64::from(r.male) + f64::from(r.female))
            .sum();
        let yearly = self.living.residents() as f64 * newborn / all;
        let just_born: HashSet<PersonKey> = self
            .living
            .agenda
            .iter()
            .filter_map(|(_, e)| match e {
                Event::BirthRegistered { birth, .. } => Some(birth.mother),
                _ => None,
            })
            .collect();
        for _ in 0..self.today(yearly) {
            let date = self.date;
            let found = self.pick(|h, p| {
                if just_born.contains(&p.key) {
                    0.0
                } else {
                    fertility(h, p, date)
                }
            });
            let Some((household, mother)) = found else {
                continue;
            };
            let known = data.city.life.pregnancy_known_days_before_due;
            let days = known + self.chance.random_range(-20..=15);
            let due = date.saturating_add(days.days());
            let at = self.between(9, 18);
            self.push(
                at,
                Event::PregnancyRegistered {
                    mother: mother.key,
                    household: household.key,
                    due,
                    facts: pregnancy_facts(due, date),
                },
            );
            self.react(mother.key, household, at, 0.9);
        }
    }

    pub(super) fn births(&mut self) {
        let living = self.living;
        for household in &living.households {
            for mother in &household.members {
                let Some(expecting) = &mother.expecting else {
                    continue;
                };
                let day = if household.scripted {
                    expecting.due
                } else {
                    birth_day(self.seed, mother.key, expecting.due)
                };
                if day <= self.date && self.busy.insert(household.key) {
                    self.birth(household, mother, expecting);
                }
            }
        }
    }

    fn birth(&mut self, household: &LivingHousehold, mother: &LivingPerson, expecting: &Expecting) {
        let born_at = at(self.date, self.chance.random_range(0..22 * 60));
        let twins = !household.scripted && percent(&mut self.chance, self.data.city.twins_percent);
        let multiple = if twins { 2 } else { 1 };
        let order = children_of(household, mother).len() as u8 + 1;
        for nth in 0..multiple {
            let sex = match &expecting.baby {
                Some((_, sex)) => *sex,
                None if percent(&mut self.chance, 51.2) => Sex::Male,
                None => Sex::Female,
            };
            let birth = Birth {
                baby: self.settler.person_key(),
                mother: mother.key,
                household: household.key,
                sex,
                born: self.date,
                role: child_role(mother.role),
                birth_order: order + nth,
                multiple,
            };
            let at = born_at + SignedDuration::from_mins(i64::from(nth) * 9);
            self.birth_reported(household, mother, expecting, birth, at);
        }
        self.maternity_leave(household, mother);
    }

    /// The parents tell, the hospital gives notice, an official registers.
    fn birth_reported(
        &mut self,
        household: &LivingHousehold,
        mother: &LivingPerson,
        expecting: &Expecting,
        birth: Birth,
        born_at: Timestamp,
    ) {
        let behaviour = &self.data.city.behaviour;
        let partner = household.partner_of(mother);
        let notice_at = born_at + SignedDuration::from_mins(self.chance.random_range(180..1_700));
        if percent(&mut self.chance, behaviour.told_first_percent) && !household.scripted {
            let by = partner.map_or(mother.key, |p| p.key);
            let told = born_at + SignedDuration::from_mins(self.chance.random_range(40..170));
            self.push(
                told,
                Event::BirthTold {
                    by,
                    birth: birth.clone(),
                },
            );
        }
        let hospital = self.data.city.hospital.clone();
        self.push(
            notice_at,
            Event::BirthNoticed {
                hospital,
                birth: birth.clone(),
            },
        );
        if percent(&mut self.chance, 35.0) {
            self.react(mother.key, household, notice_at, 0.6);
        }

        let (soonest, latest) = behaviour.registered_by_parent_visit_days;
        let visit = at(
            self.days(soonest, latest),
            self.chance.random_range(9 * 60..17 * 60),
        );
        let visit = visit.max(notice_at);
        let minutes = self.chance.random_range(3..25);
        let registered_at = self.office.after(visit, minutes);
        let name = match &expecting.baby {
            Some((name, _)) => name.clone(),
            None => newborn_name(&self.settler, &mut self.chance, mother, partner, &birth),
        };
        let registered = self.registration(household, partner, birth, name, date_of(registered_at));
        self.push(registered_at, registered);
        let by = partner
            .filter(|_| percent(&mut self.chance, 35.0))
            .map_or(mother.key, |p| p.key);
        self.react(by, household, registered_at, 1.0);
    }

    fn registration(
        &self,
        household: &LivingHousehold,
        partner: Option<&LivingPerson>,
        birth: Birth,
        name: String,
        on: Date,
    ) -> Event {
        let born = birth.born;
        let single = birth.role == Role::Child && partner.is_none();
        let household_facts = vec![FactPlan::new("single_parent", single, born)];
        Event::BirthRegistered {
            official: self.counter(&household.dong),
            name,
            facts: vec![
                FactPlan::new("birth_order", birth.birth_order, born),
                FactPlan::new("birth_registered", true, on),
                FactPlan::new("multiple_birth", birth.multiple, born),
                FactPlan::new("resident_since", born, born),
                FactPlan::new("childcare", "home", born),
                FactPlan::new("disability", "none", born),
                FactPlan::new("serious_illness", false, born),
                FactPlan::new("pregnant", false, born),
                FactPlan::new("school", "none", born),
            ],
            mother_facts: vec![FactPlan::new("pregnant", false, born)],
            household_facts,
            birth,
        }
    }

    /// 출산전후휴가 of 90 days (근로기준법 제74조), then parental leave for most.
    fn maternity_leave(&mut self, household: &LivingHousehold, mother: &LivingPerson) {
        if mother.employment != Employment::Employee {
            return;
        }
        let begins = self
            .date
            .saturating_sub(self.chance.random_range(1..30).days());
        let (person, household) = (mother.key, household.key);
        let facts = vec![
            FactPlan::new("on_maternity_leave", true, begins),
            FactPlan::new("maternity_leave_since", begins, begins),
        ];
        let told = self.office.after(at(self.date, 0), 2_000);
        self.push(
            told,
            Event::LeaveChanged {
                person,
                household,
                facts,
            },
        );
        let ends = begins.saturating_add(90.days());
        let mut facts = vec![FactPlan::new("on_maternity_leave", false, ends)];
        let parental = percent(&mut self.chance, 72.0);
        facts.push(FactPlan::new("on_parental_leave", parental, ends));
        if parental {
            facts.push(FactPlan::new("parental_leave_since", ends, ends));
        }
        let told = self.office.after(at(ends, 0), 700);
        self.push(
            told,
            Event::LeaveChanged {
                person,
                household,
                facts,
            },
        );
    }
}

/// The father's surname (민법 제781조) and a given name of the child's generation.
fn newborn_name(
    settler: &Settler<'_>,
    chance: &mut Chance,
    mother: &LivingPerson,
    father: Option<&LivingPerson>,
    birth: &Birth,
) -> String {
    let parent = father.filter(|f| !f.foreign).unwrap_or(mother);
    let surname = if parent.foreign {
        settler.surname(chance)
    } else {
        parent.name.chars().take(1).collect()
    };
    format!(
        "{surname}{}",
        settler.given_name(chance, birth.sex, birth.born)
    )
}

/// Gives `wanted` women a pregnancy known before `on`, due within the time that one is known.
pub(super) fn already_expecting(
    chance: &mut Chance,
    households: &[LivingHousehold],
    wanted: usize,
    known_days: i64,
    on: Date,
) -> Vec<(PersonKey, Date)> {
    let mut candidates: Vec<(PersonKey, f64)> = households
        .iter()
        .filter(|h| !h.scripted)
        .flat_map(|h| h.members.iter().map(move |m| (m.key, fertility(h, m, on))))
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    let mut expecting = Vec::new();
    while expecting.len() < wanted
        && let Some(i) = chance::weighted(chance, &candidates, |c| c.1)
    {
        let (mother, _) = candidates.swap_remove(i);
        let due = on.saturating_add(chance.random_range(1..known_days).days());
        expecting.push((mother, due));
    }
    expecting
}
