//! Deaths, moves, marriages and divorces, work, incomes, schools.

use jiff::ToSpan;
use jiff::civil::Date;
use rand::RngExt;

use super::chance::{self, percent};
use super::day::DayDraw;
use super::event::Event;
use super::families::Draft;
use super::hours::{at, tomorrow};
use super::living::{Employment, LivingHousehold, LivingPerson};
use super::model::{FactPlan, PersonKey, Role, Sex, age_on};
use super::money::round;
use super::standing::{of_the_city, school_of};

impl DayDraw<'_> {
    fn households(&self) -> f64 {
        self.living.households.len() as f64
    }

    pub(super) fn deaths(&mut self) {
        let rate = self.data.city.life.deaths_per_1000 / 1000.0;
        for _ in 0..self.today(self.living.residents() as f64 * rate) {
            let date = self.date;
            let found = self.pick(|h, p| {
                let cared_for = h
                    .members
                    .iter()
                    .any(|m| m.key != p.key && age_on(m.born, date) >= 19);
                if h.members.len() > 1 && !cared_for {
                    return 0.0;
                }
                // Mortality rises by a tenth with each year of age (Gompertz).
                (0.1 * f64::from(age_on(p.born, date) - 100)).exp()
            });
            let Some((household, person)) = found else {
                continue;
            };
            let (roles, facts) = bereaved(household, person, date);
            let at = self.between(9, 20);
            let (person, household) = (person.key, household.key);
            self.push(
                at,
                Event::Died {
                    person,
                    household,
                    on: date,
                    roles,
                    facts,
                },
            );
        }
    }

    pub(super) fn moves(&mut self) {
        let life = &self.data.city.life;
        let households = self.households() / 100.0;
        let date = self.date;
        // The young move most (통계청 국내인구이동통계).
        let mobility = |h: &LivingHousehold, p: &LivingPerson| match age_on(p.born, date) {
            _ if p.role != Role::Head => 0.0,
            // Nobody moves around a birth: the notice and the registration are on their way.
            _ if h.members.iter().any(|m| m.expecting.is_some()) => 0.0,
            ..35 => 1.0,
            35..50 => 0.6,
            50..65 => 0.35,
            _ => 0.18,
        };
        for _ in 0..self.today(households * life.households_moving_out_percent) {
            let Some((household, _)) = self.pick(mobility) else {
                continue;
            };
            let at = self.between(9, 18);
            self.push(
                at,
                Event::MovedOut {
                    household: household.key,
                    on: date,
                },
            );
        }
        for _ in 0..self.today(households * life.households_moving_within_percent) {
            let Some((household, head)) = self.pick(mobility) else {
                continue;
            };
            self.move_within(household, head);
        }
        for _ in 0..self.today(households * life.households_moving_in_percent) {
            self.move_in();
        }
    }

    fn move_within(&mut self, household: &LivingHousehold, head: &LivingPerson) {
        let date = self.date;
        let dongs = &self.data.dongs;
        let dong = chance::weighted(&mut self.chance, dongs, |d| d.population_percent).unwrap_or(0);
        let address = self
            .settler
            .address(&mut self.chance, &dongs[dong].code, date);
        let mut facts = vec![FactPlan::new("region_grade", dongs[dong].rent_grade, date)];
        let rents = percent(&mut self.chance, 42.0);
        facts.push(FactPlan::new(
            "housing",
            if rents { "rent" } else { "jeonse" },
            date,
        ));
        if rents {
            let income = household.income_assessed.unwrap_or(3_000_000) as f64;
            let rent = round((income * 0.17).clamp(150e3, 1e6), 10_000);
            facts.push(FactPlan::new("rent_monthly", rent, date));
        }
        let at = self.at_counter();
        let official = self.counter(&address.dong);
        self.push(
            at,
            Event::MovedWithin {
                official,
                household: household.key,
                address,
                facts,
            },
        );
        if percent(&mut self.chance, 40.0) {
            self.react(head.key, household, at, 0.5);
        }
    }

    fn move_in(&mut self) {
        let members = self.newcomers();
        let plan = self
            .settler
            .settle(&mut self.chance, &members, self.date, true);
        let household = LivingHousehold::from(&plan);
        let head = plan.head().key;
        let at = self.at_counter();
        let official = self.counter(&household.dong);
        self.push(
            at,
            Event::MovedIn {
                official,
                household: Box::new(plan),
            },
        );
        self.react(head, &household, at, 0.5);
    }

    /// Who comes: mostly young people alone, couples, families with small children.
    fn newcomers(&mut self) -> Vec<Draft> {
        let kinds = [
            (1, 0, 52.0),
            (2, 0, 18.0),
            (2, 1, 17.0),
            (2, 2, 10.0),
            (1, 1, 3.0),
        ];
        let kind = chance::weighted(&mut self.chance, &kinds, |k| k.2).unwrap_or(0);
        let (parents, children, _) = kinds[kind];
        let chance = &mut self.chance;
        let age = if children > 0 {
            chance.random_range(31..43)
        } else {
            20 + (chance::wait(chance, 14.0) as usize).min(60)
        };
        let sex = |woman: bool| if woman { Sex::Female } else { Sex::Male };
        let woman_alone = percent(chance, if children > 0 { 80.0 } else { 46.0 });
        let mut members = Vec::new();
        if parents == 2 {
            let mut husband = Draft::new(age + chance.random_range(0..5), Sex::Male, Role::Head);
            husband.family_name = true;
            members.push(husband);
            members.push(Draft::new(age, Sex::Female, Role::Spouse));
        } else {
            members.push(Draft::new(age, sex(woman_alone), Role::Head));
        }
        let mut child_age = chance.random_range(0..age.saturating_sub(25).clamp(1, 12));
        for _ in 0..children {
            let mut child = Draft::new(child_age, sex(percent(chance, 48.8)), Role::Child);
            child.family_name = true;
            members.push(child);
            child_age = (child_age + chance.random_range(1..4)).min(age - 24);
        }
        members
    }

    pub(super) fn marriages(&mut self) {
        let rate = self.data.city.life.marriages_per_1000 / 1000.0;
        for _ in 0..self.today(self.living.residents() as f64 * rate) {
            let date = self.date;
            let single = |h: &LivingHousehold, p: &LivingPerson| {
                h.members.len() == 1 && (22..60).contains(&age_on(p.born, date))
            };
            let found = self.pick(|h, p| match age_on(p.born, date) {
                _ if !single(h, p) || p.sex != Sex::Male => 0.0,
                27..40 => 1.0,
                _ => 0.15,
            });
            let Some((groom_home, groom)) = found else {
                continue;
            };
            let about = age_on(groom.born, date) - 2;
            let found = self.pick(|h, p| {
                let apart = f64::from(age_on(p.born, date) - about);
                let fits = single(h, p) && p.sex == Sex::Female;
                if fits {
                    (-apart * apart / 12.0).exp()
                } else {
                    0.0
                }
            });
            let Some((bride_home, bride)) = found else {
                continue;
            };
            let mut facts = vec![FactPlan::new(
                "multicultural",
                groom.foreign || bride.foreign,
                date,
            )];
            if let (Some(his), Some(hers)) =
                (groom_home.income_assessed, bride_home.income_assessed)
            {
                facts.push(FactPlan::new("income_assessed", his + hers, date));
            }
            let at = self.at_counter();
            self.push(
                at,
                Event::Married {
                    head: groom.key,
                    spouse: bride.key,
                    household: groom_home.key,
                    left: bride_home.key,
                    facts,
                },
            );
            self.react(bride.key, bride_home, at, 0.4);
        }
    }

    pub(super) fn divorces(&mut self) {
        let rate = self.data.city.life.divorces_per_1000 / 1000.0;
        for _ in 0..self.today(self.living.residents() as f64 * rate) {
            let date = self.date;
            let found = self.pick(|h, p| {
                let expecting = h.members.iter().any(|m| m.expecting.is_some());
                let couple = p.role == Role::Spouse && h.partner_of(p).is_some();
                let young = (25..62).contains(&age_on(p.born, date));
                f64::from(u8::from(couple && young && !expecting))
            });
            let Some((household, spouse)) = found else {
                continue;
            };
            self.divorce(household, spouse);
        }
    }

    fn divorce(&mut self, household: &LivingHousehold, spouse: &LivingPerson) {
        let date = self.date;
        let minor = |m: &&LivingPerson| m.role == Role::Child && age_on(m.born, date) < 19;
        // Minor children mostly go with their mother.
        let with_mother = percent(&mut self.chance, 75.0);
        let children_leave = (spouse.sex == Sex::Female) == with_mother;
        let minors: Vec<&LivingPerson> = household.members.iter().filter(minor).collect();
        let mut leaving = vec![(spouse.key, Role::Head)];
        if children_leave {
            leaving.extend(minors.iter().map(|m| (m.key, Role::Child)));
        }
        let family = |children: bool| {
            let single = children && !minors.is_empty();
            vec![FactPlan::new("single_parent", single, date)]
        };
        let Some(head) = household.head() else { return };
        let mut facts = family(!children_leave);
        let mut facts_leaving = family(children_leave);
        let half = household
            .income_assessed
            .map(|won| round(won as f64 * 0.55, 10_000));
        if let Some(won) = half {
            facts.push(FactPlan::new("income_assessed", won, date));
            facts_leaving.push(FactPlan::new(
                "income_assessed",
                round(won as f64 * 0.8, 10_000),
                date,
            ));
        }
        let address = self
            .settler
            .address(&mut self.chance, &household.dong, date);
        facts_leaving.extend([
            FactPlan::new("municipality", &self.data.city.code, date),
            FactPlan::new("housing", "rent", date),
            FactPlan::new(
                "rent_monthly",
                10_000 * self.chance.random_range(25..55),
                date,
            ),
            FactPlan::new("basic_livelihood", "none", date),
            FactPlan::new("near_poor", false, date),
        ]);
        facts_leaving.extend(of_the_city(self.data, date));
        if let Some(dong) = self.data.dong(&address.dong) {
            facts_leaving.push(FactPlan::new("region_grade", dong.rent_grade, date));
        }
        let to = self.settler.household_key();
        let at = self.at_counter();
        self.push(
            at,
            Event::Divorced {
                household: household.key,
                leaving,
                staying: Vec::new(),
                to,
                address,
                facts,
                facts_leaving,
            },
        );
        let by = if children_leave { spouse.key } else { head.key };
        self.react(by, household, at, 0.6);
    }

    pub(super) fn work(&mut self) {
        let life = &self.data.city.life;
        let count = |wanted: Employment| {
            let all = self.living.households.iter().flat_map(|h| &h.members);
            all.filter(|m| m.employment == wanted).count() as f64
        };
        let losses = count(Employment::Employee) * life.job_losses_percent / 100.0;
        let finds = count(Employment::Unemployed) * life.job_found_percent_per_month * 12.0 / 100.0;
        for _ in 0..self.today(losses) {
            let found = self.pick(|_, p| f64::from(u8::from(p.employment == Employment::Employee)));
            let Some((household, person)) = found else {
                continue;
            };
            let insured = self.chance.random_range(90..3_200);
            let at = self.between(9, 18);
            let facts = job_lost(self.date, Some(insured));
            self.push(
                at,
                Event::JobLost {
                    person: person.key,
                    household: household.key,
                    facts,
                },
            );
            self.react(person.key, household, at, 0.75);
            self.reassess_later(household, 0.45);
        }
        for _ in 0..self.today(finds) {
            let found =
                self.pick(|_, p| f64::from(u8::from(p.employment == Employment::Unemployed)));
            let Some((household, person)) = found else {
                continue;
            };
            let least = self.data.income.minimum_wage_won_per_month;
            let wage = round(chance::log_normal(&mut self.chance, 2.7e6, 0.3), 10_000).max(least);
            let at = self.between(9, 18);
            let facts = vec![
                FactPlan::new("employment", "employee", self.date),
                FactPlan::new("ordinary_wage", wage, self.date),
            ];
            self.push(
                at,
                Event::JobFound {
                    person: person.key,
                    household: household.key,
                    facts,
                },
            );
        }
    }

    /// The insurer's figures follow a change of work after some weeks.
    fn reassess_later(&mut self, household: &LivingHousehold, factor: f64) {
        let Some(won) = household.income_assessed else {
            return;
        };
        let day = self.days(18, 50);
        let facts = vec![FactPlan::new(
            "income_assessed",
            round(won as f64 * factor, 10_000),
            day,
        )];
        let told = self.office.after(at(day, 0), 45);
        self.push(
            told,
            Event::IncomeReassessed {
                household: household.key,
                facts,
            },
        );
        if let Some(head) = household.head() {
            self.react(head.key, household, told, 0.4);
        }
    }

    pub(super) fn incomes(&mut self) {
        if !self.office.is_open_on(self.date) {
            return;
        }
        // What falls on days of rest is done on working days: 247 a year.
        let share = self.data.city.life.income_reassessed_percent / 100.0 * 365.25 / 247.0;
        for _ in 0..self.today(self.households() * share) {
            let found = self.pick(|h, p| {
                f64::from(u8::from(
                    p.role == Role::Head && h.income_assessed.is_some(),
                ))
            });
            let Some((household, head)) = found else {
                continue;
            };
            let Some(won) = household.income_assessed else {
                continue;
            };
            let new = round(
                chance::log_normal(&mut self.chance, won as f64 * 1.01, 0.2),
                10_000,
            );
            let facts = vec![FactPlan::new("income_assessed", new, self.date)];
            let at = self.between(9, 17);
            self.push(
                at,
                Event::IncomeReassessed {
                    household: household.key,
                    facts,
                },
            );
            if new * 100 < won * 85 {
                self.react(head.key, household, at, 0.45);
            }
        }
    }

    /// On the first working day of March children enter the next school.
    pub(super) fn school_entries(&mut self) {
        let Ok(first) = Date::new(self.date.year(), 3, 2) else {
            return;
        };
        let opening = (0..10)
            .map(|days| first.saturating_add(days.days()))
            .find(|day| self.office.is_open_on(*day));
        if opening != Some(self.date) {
            return;
        }
        let february = Date::new(self.date.year(), 2, 28).unwrap_or(first);
        for household in &self.living.households {
            for child in &household.members {
                let (before, now) = (
                    school_of(child.born, february),
                    school_of(child.born, self.date),
                );
                // Whether somebody goes to university is chance, and nothing happens to personas by chance.
                if before.is_none() || before == now || (now.is_none() && household.scripted) {
                    continue;
                }
                let university = percent(&mut self.chance, 70.0);
                let school = now.unwrap_or(if university { "university" } else { "none" });
                let facts = vec![FactPlan::new("school", school, self.date)];
                let at = self.between(9, 12);
                let (person, household) = (child.key, household.key);
                self.push(
                    at,
                    Event::SchoolEntered {
                        person,
                        household,
                        facts,
                    },
                );
            }
        }
    }
}

/// Facts of somebody who lost work; nobody is paid a wage from then on.
pub(super) fn job_lost(on: Date, insured_days: Option<i64>) -> Vec<FactPlan> {
    let mut facts = vec![FactPlan::new("employment", "unemployed", tomorrow(on))];
    facts.extend(insured_days.map(|days| FactPlan::new("insured_days", days, on)));
    facts.extend(insured_days.map(|days| FactPlan::new("insured_months", days / 30, on)));
    facts.push(FactPlan::new("left_job_on", on, on));
    facts.push(FactPlan::new("left_against_will", true, on));
    facts.push(FactPlan::new("daily_hours", 8, on));
    facts
}

/// New roles and family facts of those who stay when somebody dies: the spouse becomes the head,
/// else the oldest; brothers and sisters of a new head become other relatives.
fn bereaved(
    household: &LivingHousehold,
    dead: &LivingPerson,
    on: Date,
) -> (Vec<(PersonKey, Role)>, Vec<FactPlan>) {
    let rest: Vec<&LivingPerson> = household
        .members
        .iter()
        .filter(|m| m.key != dead.key)
        .collect();
    let mut roles = Vec::new();
    if dead.role == Role::Head {
        let spouse = rest.iter().find(|m| m.role == Role::Spouse);
        let heir = spouse.or_else(|| rest.iter().min_by_key(|m| m.born));
        if let Some(heir) = heir {
            roles.push((heir.key, Role::Head));
            if heir.role == Role::Child {
                let siblings = rest
                    .iter()
                    .filter(|m| m.role == Role::Child && m.key != heir.key);
                roles.extend(siblings.map(|m| (m.key, Role::Other)));
            }
        }
    }
    let mut facts = Vec::new();
    let parent_died = matches!(dead.role, Role::Head | Role::Spouse);
    let survivor = rest
        .iter()
        .any(|m| matches!(m.role, Role::Head | Role::Spouse));
    let minors = rest
        .iter()
        .any(|m| m.role == Role::Child && age_on(m.born, on) < 18);
    if parent_died && minors && survivor {
        facts.push(FactPlan::new("single_parent", true, on));
    }
    (roles, facts)
}
