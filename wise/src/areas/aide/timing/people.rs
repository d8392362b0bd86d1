//! The people there are by age and sex, and how they die and are born.

use appraisal::delay::Rates;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{Array, RecordBatch};
use jiff::civil::Date;
use population::Population;
use rules::Entity;
use rules::columns::MEMBERS;
use rules::dates;
use serde::Deserialize;

use super::OLDEST;

/// Persons by years completed; the last stands for all above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    pub women: Vec<i64>,
    pub men: Vec<i64>,
    /// Of unknown age or sex.
    pub unknown: i64,
}

impl People {
    pub fn none() -> Self {
        Self {
            women: vec![0; OLDEST + 1],
            men: vec![0; OLDEST + 1],
            unknown: 0,
        }
    }
}

/// Counts a population by age on a day and by sex. Only sums are kept.
///
/// # Errors
/// A population that cannot be read.
pub fn count(population: &Population, on: Date) -> Result<People, population::Error> {
    let on = dates::day_number(on);
    let mut people = People::none();
    for group in 0..population.groups().len() {
        let facts = [(Entity::Person, "born"), (Entity::Person, "sex")];
        for batch in population.read(group, facts.into_iter(), false)? {
            add(&batch?, on, &mut people);
        }
    }
    Ok(people)
}

fn add(batch: &RecordBatch, on: i64, people: &mut People) {
    let list = batch
        .column_by_name(MEMBERS)
        .and_then(|it| it.as_list_opt::<i32>());
    let Some(list) = list else {
        return;
    };
    let ends = list.value_offsets();
    let (first, end) = (ends[0] as usize, ends[ends.len() - 1] as usize);
    let members = list.values().as_struct_opt();
    let column = |name: &str| members.and_then(|it| it.column_by_name(name));
    let born = column("born").and_then(|it| it.as_primitive_opt::<Date32Type>());
    let sex = column("sex").and_then(|it| it.as_dictionary_opt::<Int32Type>());
    let codes = sex.and_then(|it| it.values().as_string_opt::<i32>());
    let today = dates::from_day_number(on);
    for member in first..end {
        let born = born
            .filter(|it| it.is_valid(member))
            .map(|it| it.value(member));
        let born = born.and_then(|it| dates::from_day_number(it.into()));
        let age = born
            .zip(today)
            .map(|(born, today)| dates::years_between(born, today));
        let age = age.and_then(|it| usize::try_from(it).ok());
        let code = sex
            .filter(|it| it.is_valid(member))
            .zip(codes)
            .and_then(|(sex, codes)| {
                let key = usize::try_from(sex.keys().value(member)).ok()?;
                Some(codes.value(key))
            });
        match (age, code) {
            (Some(age), Some("female")) => people.women[age.min(OLDEST)] += 1,
            (Some(age), Some("male")) => people.men[age.min(OLDEST)] += 1,
            _ => people.unknown += 1,
        }
    }
}

#[derive(Deserialize)]
struct Line {
    age: usize,
    men_deaths_per_100000: f64,
    women_deaths_per_100000: f64,
    births_per_1000_women: f64,
}

/// The share of the newborn who are boys (of `demography.csv`).
const BOYS: f64 = 0.512;

/// Reads `demography.csv`.
///
/// # Errors
/// What cannot be read, with its line, or ages that leave a gap.
pub fn rates(text: &str) -> Result<Rates, String> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let lines: Result<Vec<Line>, csv::Error> = reader.deserialize().collect();
    let lines = lines.map_err(|error| format!("demography.csv: {error}"))?;
    let is_whole = lines.first().is_some_and(|it| it.age == 0)
        && lines.last().is_some_and(|it| it.age == OLDEST)
        && lines.windows(2).all(|pair| pair[0].age < pair[1].age);
    if !is_whole {
        return Err(format!(
            "demography.csv: give ages from 0 to {OLDEST}, ascending"
        ));
    }
    let is_rate = |it: f64| it > 0.0 && it <= 100_000.0;
    let wrong = lines.iter().find(|it| {
        !is_rate(it.men_deaths_per_100000)
            || !is_rate(it.women_deaths_per_100000)
            || !(0.0..=1_000.0).contains(&it.births_per_1000_women)
    });
    if let Some(wrong) = wrong {
        return Err(format!(
            "demography.csv: age {}: deaths are above 0 and at most 100,000, births from 0 to 1,000",
            wrong.age
        ));
    }
    let deaths = |of: fn(&Line) -> f64| (0..=OLDEST).map(|age| between(&lines, age, of)).collect();
    let births = (0..=OLDEST).map(|age| {
        let own = lines.iter().rev().find(|it| it.age <= age);
        own.map_or(0.0, |it| it.births_per_1000_women / 1_000.0)
    });
    Ok(Rates {
        women_mortality: deaths(|it| it.women_deaths_per_100000),
        men_mortality: deaths(|it| it.men_deaths_per_100000),
        fertility: births.collect(),
        male_share: BOYS,
        women_migration: Vec::new(),
        men_migration: Vec::new(),
    })
}

/// The probability at an age, by equal ratios between the ages that are told.
fn between(lines: &[Line], age: usize, of: fn(&Line) -> f64) -> f64 {
    let next = lines
        .iter()
        .position(|it| it.age >= age)
        .unwrap_or(lines.len() - 1);
    let upper = &lines[next];
    let told = if upper.age == age || next == 0 {
        of(upper)
    } else {
        let lower = &lines[next - 1];
        let way = (age - lower.age) as f64 / (upper.age - lower.age) as f64;
        of(lower) * (of(upper) / of(lower)).powf(way)
    };
    told / 100_000.0
}
