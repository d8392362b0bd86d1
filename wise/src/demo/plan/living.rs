//! The city as it stands on a day: who lives where, and what has been set in motion.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::event::{Event, Timed};
use super::model::{FactPlan, HouseholdKey, HouseholdPlan, PersonKey, PersonPlan, Role, Sex};

/// Whether somebody works, as `person.employment` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Employment {
    Employee,
    SelfEmployed,
    Unemployed,
    #[default]
    None,
}

impl Employment {
    fn of(value: Option<&str>) -> Self {
        match value {
            Some("employee") => Employment::Employee,
            Some("self_employed") => Employment::SelfEmployed,
            Some("unemployed") => Employment::Unemployed,
            _ => Employment::None,
        }
    }
}

/// A child on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expecting {
    pub due: Date,
    /// Name and sex of a persona's child; `None` leaves both to chance.
    pub baby: Option<(String, Sex)>,
}

/// A resident, as far as the next day depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LivingPerson {
    pub key: PersonKey,
    pub name: String,
    pub sex: Sex,
    pub born: Date,
    pub role: Role,
    pub foreign: bool,
    pub employment: Employment,
    pub expecting: Option<Expecting>,
}

/// A household, as far as the next day depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LivingHousehold {
    pub key: HouseholdKey,
    /// Code of `dongs.csv`.
    pub dong: String,
    /// `household.income_assessed`, won a month, where it is known.
    pub income_assessed: Option<i64>,
    /// Nothing happens to this household by chance (a persona).
    pub scripted: bool,
    pub members: Vec<LivingPerson>,
}

/// The summary from which the next day is drawn. It can be made from a plan or from a database.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LivingCity {
    pub households: Vec<LivingHousehold>,
    /// What has been set in motion and is still to come, sorted by instant.
    pub agenda: Vec<Timed>,
    /// The highest keys given so far, to people and to households.
    pub last_person: u32,
    pub last_household: u32,
    #[serde(skip)]
    index: HashMap<HouseholdKey, usize>,
    #[serde(skip)]
    home: HashMap<PersonKey, HouseholdKey>,
}

impl LivingCity {
    /// The city in which these households live, with these things still to come. Keys that only
    /// the agenda knows are counted, so that no later child gets a key twice.
    pub fn new(households: Vec<LivingHousehold>, agenda: Vec<Timed>) -> Self {
        let mut city = Self {
            households,
            agenda,
            ..Self::default()
        };
        city.reindex();
        city
    }

    /// Builds the lookups; to be called after reading a summary back from JSON.
    pub fn reindex(&mut self) {
        self.index = self
            .households
            .iter()
            .enumerate()
            .map(|(i, h)| (h.key, i))
            .collect();
        self.home = self
            .households
            .iter()
            .flat_map(|h| h.members.iter().map(move |m| (m.key, h.key)))
            .collect();
        let person = self.home.keys().map(|k| k.0).max().unwrap_or(0);
        let household = self.index.keys().map(|k| k.0).max().unwrap_or(0);
        self.last_person = self.last_person.max(person);
        self.last_household = self.last_household.max(household);
        let agenda = std::mem::take(&mut self.agenda);
        self.set_agenda(agenda);
    }

    pub fn household(&self, key: HouseholdKey) -> Option<&LivingHousehold> {
        self.index.get(&key).map(|i| &self.households[*i])
    }

    /// The household in which somebody lives; `None` if the person is not in the city (any more).
    pub fn home_of(&self, person: PersonKey) -> Option<&LivingHousehold> {
        self.household(*self.home.get(&person)?)
    }

    pub fn person(&self, key: PersonKey) -> Option<&LivingPerson> {
        self.home_of(key)?.members.iter().find(|m| m.key == key)
    }

    /// Whether everybody whom an event concerns is here, at the household it names.
    pub fn allows(&self, event: &Event) -> bool {
        let (people, household) = event.concerns();
        household.is_none_or(|h| self.index.contains_key(&h))
            && people.iter().all(|p| match (self.home.get(p), household) {
                (Some(home), Some(named)) => *home == named,
                (home, _) => home.is_some(),
            })
    }

    /// Replaces what is still to come, after a day has been played.
    pub fn set_agenda(&mut self, agenda: Vec<Timed>) {
        for (_, event) in &agenda {
            self.count_keys(event);
        }
        self.agenda = agenda;
    }

    /// Number of residents.
    pub fn residents(&self) -> usize {
        self.home.len()
    }

    pub(super) fn person_mut(&mut self, key: PersonKey) -> Option<&mut LivingPerson> {
        let i = *self.index.get(self.home.get(&key)?)?;
        self.households[i].members.iter_mut().find(|m| m.key == key)
    }

    fn household_mut(&mut self, key: HouseholdKey) -> Option<&mut LivingHousehold> {
        self.index.get(&key).map(|i| &mut self.households[*i])
    }

    fn add_household(&mut self, household: LivingHousehold) {
        for member in &household.members {
            self.home.insert(member.key, household.key);
        }
        self.last_household = self.last_household.max(household.key.0);
        self.index.insert(household.key, self.households.len());
        self.households.push(household);
    }

    fn remove_household(&mut self, key: HouseholdKey) -> Option<LivingHousehold> {
        let i = self.index.remove(&key)?;
        let gone = self.households.swap_remove(i);
        if let Some(moved) = self.households.get(i) {
            self.index.insert(moved.key, i);
        }
        for member in &gone.members {
            self.home.remove(&member.key);
        }
        Some(gone)
    }

    fn take_member(&mut self, key: PersonKey) -> Option<LivingPerson> {
        let home = self.home.remove(&key)?;
        let household = self.household_mut(home)?;
        let i = household.members.iter().position(|m| m.key == key)?;
        let member = household.members.remove(i);
        if household.members.is_empty() {
            self.remove_household(home);
        }
        Some(member)
    }

    fn set_roles(&mut self, roles: &[(PersonKey, Role)]) {
        for (key, role) in roles {
            if let Some(member) = self.person_mut(*key) {
                member.role = *role;
            }
        }
    }

    fn count_keys(&mut self, event: &Event) {
        match event {
            Event::BirthNoticed { birth, .. }
            | Event::BirthTold { birth, .. }
            | Event::BirthRegistered { birth, .. } => {
                self.last_person = self.last_person.max(birth.baby.0);
            }
            Event::MovedIn { household, .. } => {
                self.last_household = self.last_household.max(household.key.0);
                let people = household.members.iter().map(|m| m.key.0).max().unwrap_or(0);
                self.last_person = self.last_person.max(people);
            }
            Event::Divorced { to, .. } => self.last_household = self.last_household.max(to.0),
            _ => {}
        }
    }

    /// Changes the city as the event says. What does not touch who lives where changes nothing.
    pub fn apply(&mut self, event: &Event) {
        self.count_keys(event);
        match event {
            Event::PregnancyRegistered { mother, due, .. } => {
                if let Some(person) = self.person_mut(*mother)
                    && person.expecting.is_none()
                {
                    person.expecting = Some(Expecting {
                        due: *due,
                        baby: None,
                    });
                }
            }
            Event::BirthRegistered { birth, name, .. } => self.register(birth, name),
            Event::MovedIn { household, .. } => {
                self.add_household(LivingHousehold::from(household.as_ref()))
            }
            Event::MovedOut { household, .. } => {
                self.remove_household(*household);
            }
            Event::MovedWithin {
                household, address, ..
            } => {
                if let Some(household) = self.household_mut(*household) {
                    household.dong.clone_from(&address.dong);
                }
            }
            Event::Died { person, roles, .. } => {
                self.take_member(*person);
                self.set_roles(roles);
            }
            Event::JobLost { person, facts, .. } | Event::JobFound { person, facts, .. } => {
                if let (Some(person), Some(value)) =
                    (self.person_mut(*person), last(facts, "employment"))
                {
                    person.employment = Employment::of(Some(value));
                }
            }
            Event::IncomeReassessed { household, facts } => {
                if let (Some(household), Some(value)) = (
                    self.household_mut(*household),
                    last(facts, "income_assessed"),
                ) {
                    household.income_assessed = value.parse().ok();
                }
            }
            Event::Married {
                spouse,
                household,
                facts,
                ..
            } => self.marry(*spouse, *household, facts),
            Event::Divorced { .. } => self.divorce(event),
            Event::BirthNoticed { birth, .. } | Event::BirthTold { birth, .. } => {
                self.delivered(birth.mother)
            }
            _ => {}
        }
    }

    fn delivered(&mut self, mother: PersonKey) {
        if let Some(mother) = self.person_mut(mother) {
            mother.expecting = None;
        }
    }

    fn register(&mut self, birth: &super::event::Birth, name: &str) {
        self.delivered(birth.mother);
        self.home.insert(birth.baby, birth.household);
        if let Some(household) = self.household_mut(birth.household) {
            household.members.push(LivingPerson {
                key: birth.baby,
                name: name.to_owned(),
                sex: birth.sex,
                born: birth.born,
                role: birth.role,
                foreign: false,
                employment: Employment::None,
                expecting: None,
            });
        }
    }

    fn marry(&mut self, spouse: PersonKey, household: HouseholdKey, facts: &[FactPlan]) {
        let Some(mut member) = self.take_member(spouse) else {
            return;
        };
        member.role = Role::Spouse;
        self.home.insert(spouse, household);
        let income = last(facts, "income_assessed").and_then(|v| v.parse().ok());
        if let Some(household) = self.household_mut(household) {
            household.members.push(member);
            household.income_assessed = income.or(household.income_assessed);
        }
    }

    fn divorce(&mut self, event: &Event) {
        let Event::Divorced {
            leaving,
            staying,
            to,
            address,
            facts_leaving,
            ..
        } = event
        else {
            return;
        };
        let members = leaving
            .iter()
            .filter_map(|(key, role)| {
                let mut member = self.take_member(*key)?;
                member.role = *role;
                Some(member)
            })
            .collect();
        self.set_roles(staying);
        self.add_household(LivingHousehold {
            key: *to,
            dong: address.dong.clone(),
            income_assessed: last(facts_leaving, "income_assessed").and_then(|v| v.parse().ok()),
            scripted: false,
            members,
        });
    }
}

fn last<'f>(facts: &'f [FactPlan], name: &str) -> Option<&'f str> {
    facts
        .iter()
        .rev()
        .find(|f| f.name == name)
        .map(|f| f.value.as_str())
}

impl From<&HouseholdPlan> for LivingHousehold {
    fn from(plan: &HouseholdPlan) -> Self {
        Self {
            key: plan.key,
            dong: plan.address.dong.clone(),
            income_assessed: plan.fact("income_assessed").and_then(|v| v.parse().ok()),
            scripted: false,
            members: plan.members.iter().map(LivingPerson::from).collect(),
        }
    }
}

impl From<&PersonPlan> for LivingPerson {
    fn from(plan: &PersonPlan) -> Self {
        let due = plan.fact("due_date").and_then(|v| v.parse().ok());
        Self {
            key: plan.key,
            name: plan.name.clone(),
            sex: plan.sex,
            born: plan.born,
            role: plan.role,
            foreign: plan.nationality == super::model::Nationality::Foreign,
            employment: Employment::of(plan.fact("employment")),
            expecting: due.map(|due| Expecting { due, baby: None }),
        }
    }
}

impl LivingHousehold {
    /// The head, else the oldest.
    pub fn head(&self) -> Option<&LivingPerson> {
        self.members
            .iter()
            .find(|m| m.role == Role::Head)
            .or_else(|| self.members.iter().min_by_key(|m| m.born))
    }

    /// Whoever is married to this member, by the roles of the household.
    pub fn partner_of(&self, person: &LivingPerson) -> Option<&LivingPerson> {
        let wanted = match person.role {
            Role::Head => Role::Spouse,
            Role::Spouse => Role::Head,
            // A couple that lives with its elders: their child, and the child's spouse.
            Role::Other => Role::Child,
            Role::Child => Role::Other,
            Role::Parent | Role::Grandchild => return None,
        };
        self.members
            .iter()
            .filter(|m| m.role == wanted && m.sex != person.sex)
            .min_by_key(|m| i32::from(m.born.year()).abs_diff(i32::from(person.born.year())))
    }
}
