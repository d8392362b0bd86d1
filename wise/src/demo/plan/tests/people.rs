//! Who lives in the city: figures, families, facts.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, date};
use serde::Deserialize;

use super::super::model::age_on;
use super::super::*;
use super::{TODAY, city, data, everybody, is_persona};

#[test]
fn the_same_seed_gives_the_same_city_and_another_seed_another() {
    let (one, same, other) = (
        CityPlan::draw(3, 800, TODAY, data()),
        CityPlan::draw(3, 800, TODAY, data()),
        CityPlan::draw(4, 800, TODAY, data()),
    );
    assert_eq!(one.households, same.households);
    assert_eq!(one.events, same.events);
    assert_eq!(one.living, same.living);
    assert_ne!(one.households, other.households);
    assert_ne!(one.events, other.events);
}

#[test]
fn ages_and_sexes_follow_the_national_pyramid() {
    let plan = city();
    let national: f64 = data()
        .pyramid
        .iter()
        .map(|r| f64::from(r.male) + f64::from(r.female))
        .sum();
    let mut expected: BTreeMap<(bool, i32), f64> = BTreeMap::new();
    for row in &data().pyramid {
        for (female, count) in [(false, row.male), (true, row.female)] {
            *expected
                .entry((female, i32::from(row.age) / 5))
                .or_default() += f64::from(count) / national * 30_000.0;
        }
    }
    let mut drawn: BTreeMap<(bool, i32), f64> = BTreeMap::new();
    for (_, person) in everybody(plan) {
        let band = age_on(person.born, plan.start).min(100) / 5;
        *drawn.entry((person.sex == Sex::Female, band)).or_default() += 1.0;
    }
    for (band, expected) in expected {
        let drawn = drawn.get(&band).copied().unwrap_or(0.0);
        // The pool is exact: only rounding and birthdays on the day itself may differ.
        assert!(
            (drawn - expected).abs() <= 5.0,
            "{band:?}: {drawn} instead of {expected}"
        );
    }
}

#[test]
fn household_sizes_follow_the_table_within_a_point() {
    let plan = city();
    let mut sizes = HashMap::new();
    for household in &plan.households {
        *sizes.entry(household.members.len()).or_insert(0.0) +=
            100.0 / plan.households.len() as f64;
    }
    for row in &data().sizes {
        let drawn = sizes.get(&row.size).copied().unwrap_or(0.0);
        assert!(
            (drawn - row.share_percent).abs() < 1.0,
            "size {}: {drawn}",
            row.size
        );
    }
    assert_eq!(everybody(plan).count(), 30_000);
}

#[test]
fn every_household_has_one_head_who_is_grown_up() {
    for household in &city().households {
        let heads = household
            .members
            .iter()
            .filter(|m| m.role == Role::Head)
            .count();
        assert_eq!(heads, 1, "{household:?}");
        let head = household.head();
        let least = if is_persona(city(), household) {
            18
        } else {
            19
        };
        assert!(age_on(head.born, city().start) >= least, "{head:?}");
    }
}

#[test]
fn children_are_a_generation_younger_than_their_parents() {
    let plan = city();
    for household in plan.households.iter().filter(|h| !is_persona(plan, h)) {
        for child in household.members.iter().filter(|m| m.role == Role::Child) {
            for parent in household
                .members
                .iter()
                .filter(|m| matches!(m.role, Role::Head | Role::Spouse))
            {
                let years = age_on(parent.born, child.born);
                let most = if parent.sex == Sex::Female { 42 } else { 56 };
                assert!((20..=most).contains(&years), "{years} years: {household:?}");
            }
        }
    }
}

#[test]
fn couples_are_of_similar_age_and_families_plausible() {
    let plan = city();
    let mut apart = Vec::new();
    let mut three_generations = 0;
    for household in &plan.households {
        let find = |role| household.members.iter().find(|m| m.role == role);
        if let (Some(head), Some(spouse)) = (find(Role::Head), find(Role::Spouse)) {
            assert_ne!(head.sex, spouse.sex);
            apart.push(i32::from(head.born.year()).abs_diff(i32::from(spouse.born.year())));
        }
        three_generations += u32::from(find(Role::Grandchild).is_some());
    }
    apart.sort_unstable();
    assert!(
        apart[apart.len() / 2] <= 4,
        "half of the couples are within four years"
    );
    assert!(apart[apart.len() - 1] <= 14);
    assert!(three_generations > 100);
    let single = plan
        .households
        .iter()
        .filter(|h| h.fact("single_parent") == Some("true"))
        .count();
    assert!((150..500).contains(&single), "{single}");
    let raised = |h: &&HouseholdPlan| standing::is_raised_by_grandparents(&h.members);
    assert!((5..80).contains(&plan.households.iter().filter(raised).count()));
    let elders_alone = plan
        .households
        .iter()
        .filter(|h| h.members.len() == 1 && age_on(h.members[0].born, plan.start) >= 70)
        .count();
    assert!((700..1_200).contains(&elders_alone), "{elders_alone}");
}

#[test]
fn siblings_are_born_apart_or_together() {
    let mut close = 0;
    for household in &city().households {
        let mut births: Vec<Date> = household
            .members
            .iter()
            .filter(|m| m.role == Role::Child)
            .map(|m| m.born)
            .collect();
        births.sort();
        for pair in births.windows(2) {
            let days = pair[0].until(pair[1]).expect("dates of one era").get_days();
            close += u32::from(days != 0 && days < 280);
        }
    }
    // In large families the years of birth are sometimes too close for any choice of days.
    assert!(close < 15, "{close} pairs of siblings too close");
}

#[test]
fn facts_and_addresses_are_dated_within_a_life() {
    let plan = city();
    for (household, person) in everybody(plan) {
        assert!(person.born <= plan.start);
        for fact in &person.facts {
            assert!(fact.valid_from >= person.born, "{fact:?} {person:?}");
            assert!(fact.valid_from <= plan.start, "{fact:?} {person:?}");
        }
        assert_eq!(household.fact("municipality"), Some("hanbit"));
    }
    for household in &plan.households {
        let homes = household
            .earlier_addresses
            .iter()
            .chain([&household.address]);
        let since: Vec<Date> = homes.map(|a| a.since).collect();
        assert!(since.is_sorted(), "{household:?}");
        assert!(
            household.facts.iter().all(|f| f.valid_from <= plan.start),
            "{household:?}"
        );
        assert!(data().dong(&household.address.dong).is_some());
    }
}

#[derive(Deserialize)]
struct Vocabulary {
    entities: BTreeMap<String, BTreeMap<String, Term>>,
}

#[derive(Deserialize)]
struct Term {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    values: BTreeMap<String, serde::de::IgnoredAny>,
}

impl Term {
    fn reads(&self, value: &str) -> bool {
        match self.kind.as_str() {
            "bool" => matches!(value, "true" | "false"),
            "date" => value.parse::<Date>().is_ok(),
            "enum" => self.values.contains_key(value),
            "text" => !value.is_empty(),
            _ => value.parse::<i64>().is_ok(),
        }
    }
}

#[test]
fn every_fact_is_in_the_vocabulary_with_a_value_of_its_type() {
    let text = include_str!("../../../../../country/kr/vocabulary.yaml");
    let vocabulary: Vocabulary = serde_saphyr::from_str(text).expect("the vocabulary is sound");
    let check = |entity: &str, facts: &[FactPlan]| {
        for fact in facts {
            let term = vocabulary.entities[entity].get(fact.name.as_ref());
            let term = term.unwrap_or_else(|| panic!("{entity}.{} is no fact", fact.name));
            assert!(
                term.reads(&fact.value),
                "{entity}.{} = {}",
                fact.name,
                fact.value
            );
        }
    };
    let household = |h: &HouseholdPlan| {
        check("household", &h.facts);
        h.members.iter().for_each(|m| check("person", &m.facts));
    };
    city().households.iter().for_each(household);
    for (_, event) in &city().events {
        match event {
            Event::PregnancyRegistered { facts, .. }
            | Event::JobLost { facts, .. }
            | Event::JobFound { facts, .. }
            | Event::LeaveChanged { facts, .. }
            | Event::SchoolEntered { facts, .. } => check("person", facts),
            Event::MovedWithin { facts, .. }
            | Event::Died { facts, .. }
            | Event::IncomeReassessed { facts, .. }
            | Event::Married { facts, .. } => check("household", facts),
            Event::BirthRegistered {
                facts,
                mother_facts,
                household_facts,
                ..
            } => {
                check("person", facts);
                check("person", mother_facts);
                check("household", household_facts);
            }
            Event::Divorced {
                facts,
                facts_leaving,
                ..
            } => {
                check("household", facts);
                check("household", facts_leaving);
            }
            Event::MovedIn {
                household: newcomers,
                ..
            } => household(newcomers),
            Event::OffersAnswered {
                answer: Answer::AcceptAll { told },
                ..
            } => check("household", told),
            _ => {}
        }
    }
}

#[test]
fn some_facts_stay_unknown_on_purpose() {
    let plan = city();
    let households = plan.households.len() as f64;
    let known = |name: &str| {
        let count = plan
            .households
            .iter()
            .filter(|h| h.fact(name).is_some())
            .count();
        count as f64 * 100.0 / households
    };
    assert!((38.0..42.0).contains(&known("electricity_customer")));
    assert!(known("supporter_income") < 10.0);
    assert!((90.0..98.0).contains(&known("income_assessed")));
    assert_eq!(known("gas_customer"), 0.0);
    let disabled = everybody(plan)
        .filter(|(_, p)| p.fact("disability") != Some("none"))
        .count();
    assert!(
        (4.3..5.7).contains(&(disabled as f64 / 300.0)),
        "{disabled}"
    );
    let livelihood = plan
        .households
        .iter()
        .filter(|h| h.fact("basic_livelihood") == Some("livelihood"));
    assert!((4.0..10.0).contains(&(livelihood.count() as f64 * 100.0 / households)));
}

#[test]
fn incomes_follow_the_stated_medians() {
    let plan = city();
    let mut incomes: Vec<f64> = plan
        .households
        .iter()
        .filter(|h| {
            h.members
                .iter()
                .any(|m| m.fact("employment") == Some("employee"))
        })
        .filter_map(|h| {
            let median = data()
                .income
                .median_won_per_month
                .get(h.members.len() - 1)?;
            let income: f64 = h.fact("income_assessed")?.parse().ok()?;
            Some(income / *median as f64)
        })
        .collect();
    incomes.sort_by(f64::total_cmp);
    let middle = incomes[incomes.len() / 2];
    assert!((0.9..1.25).contains(&middle), "{middle}");
    for (_, person) in everybody(plan).filter(|(h, _)| !is_persona(plan, h)) {
        if let Some(wage) = person.fact("ordinary_wage") {
            let wage: i64 = wage.parse().expect("won");
            assert!(wage >= data().income.minimum_wage_won_per_month);
        }
    }
}

#[test]
fn personas_live_here_whatever_the_seed() {
    for seed in [1, 2, 99] {
        let plan = CityPlan::draw(seed, 1_500, TODAY, data());
        let named = |id: &str| {
            let persona = plan.personas.iter().find(|p| p.id == id).expect("persona");
            (
                plan.living.home_of(persona.person).expect("lives here"),
                persona.person,
            )
        };
        let (home, haneul) = named("kim-haneul");
        let haneul = home
            .members
            .iter()
            .find(|m| m.key == haneul)
            .expect("member");
        assert_eq!(age_on(haneul.born, TODAY), 32);
        assert_eq!(home.dong, "hanbit-saebit");
        assert_eq!(home.members.len(), 3);
        assert_eq!(
            haneul.expecting.as_ref().map(|e| e.due),
            Some(date(2026, 11, 26))
        );
        let (home, _) = named("choi-minji");
        assert_eq!(home.members.len(), 2, "her baby is registered");
        let (home, daehyun) = named("jung-daehyun");
        let daehyun = home
            .members
            .iter()
            .find(|m| m.key == daehyun)
            .expect("member");
        assert_eq!(daehyun.employment, Employment::Unemployed);
        for persona in &plan.personas {
            let household = plan
                .households
                .iter()
                .find(|h| h.key == persona.household)
                .expect("home");
            assert_eq!(household.fact("electricity_customer"), None);
        }
    }
}
