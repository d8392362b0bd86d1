//! A population of any size for sweeps, drawn like the sample city and spread over the country.

use std::path::Path;

use jiff::civil::Date;
use population::{Household, Id, IdKind, PopulationWriter, Received};
use rayon::prelude::*;
use rules::columns::{BatchBuilder, Plan};
use rules::{BenefitUnit, Entity, RuleBook, Situation};

use super::plan::{FactPlan, HouseholdPlan, Municipality, PersonPlan, SampleData, draw_households};
use super::sources::chance;
use crate::blocks::places::ConditionKind;

/// Residents of a district, which is drawn at once; about those of a 동.
const DISTRICT: u64 = 10_000;

/// Why no population was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    File(#[from] population::Error),
    #[error("the sample does not fit the vocabulary: {0}")]
    Value(#[from] rules::ValueError),
    #[error("the sample does not fit the vocabulary: {0}")]
    Batch(#[from] rules::columns::BatchError),
}

/// A district to be drawn.
struct District<'a> {
    municipality: &'a Municipality,
    code: String,
    seed: u64,
    residents: usize,
    /// The number that its first household's comes after.
    last: u32,
}

/// A household with its number's place and what it receives.
struct Drawn {
    situation: Situation,
    receives: Vec<(usize, Option<i32>)>,
}

/// Writes a population of about so many residents; `told` hears how many have been written.
///
/// Who is entitled to a benefit receives it in the share of those who press when it is offered (`behaviour` of
/// `city.yaml`), always where it needs no application: a stated model, not a measurement.
///
/// # Errors
/// A file that cannot be written, or sample data that the vocabulary does not know.
pub fn write(
    file: &Path,
    book: &RuleBook,
    data: &SampleData,
    (seed, residents, on): (u64, u64, Date),
    mut told: impl FnMut(u64),
) -> Result<(), Error> {
    let mut writer = PopulationWriter::create(file, book, IdKind::Numbers)?;
    let plan = Plan::new(book, on);
    let districts = districts(data, seed, residents);
    let names: Vec<&str> = plan.benefits().map(|it| it.id.as_str()).collect();
    let mut written = 0;
    for window in districts.chunks(2 * rayon::current_num_threads()) {
        let drawn: Vec<Vec<Drawn>> = window
            .par_iter()
            .map(|district| draw(district, book, &plan, data, on))
            .collect::<Result<_, Error>>()?;
        for (district, drawn) in window.iter().zip(drawn) {
            for (id, it) in (i64::from(district.last) + 1..).zip(&drawn) {
                let receives = it.receives.iter().map(|(benefit, member)| Received {
                    benefit: names[*benefit],
                    member: *member,
                });
                let receives: Vec<Received<'_>> = receives.collect();
                writer.push(&Household {
                    id: Id::Number(id),
                    district: &district.code,
                    situation: &it.situation,
                    receives: &receives,
                })?;
                written += it.situation.member_count() as u64;
            }
            told(written);
        }
    }
    writer.finish()?;
    Ok(())
}

/// The districts of so many residents, in proportion to who lives where.
fn districts(data: &SampleData, seed: u64, residents: u64) -> Vec<District<'_>> {
    let all: u64 = data.municipalities.iter().map(|it| it.residents).sum();
    let mut districts: Vec<District<'_>> = Vec::new();
    let (mut before, mut placed) = (0, 0);
    for municipality in &data.municipalities {
        before += municipality.residents;
        // Rounded so that all of them together are as many as asked for.
        let until = (u128::from(residents) * u128::from(before) / u128::from(all.max(1))) as u64;
        let mut left = until - placed;
        placed = until;
        let count = left.div_ceil(DISTRICT).max(1);
        for number in 0..count {
            let size = left / (count - number);
            left -= size;
            if size > 0 {
                let index = districts.len() as u64;
                districts.push(District {
                    municipality,
                    code: format!("{}-{:04}", municipality.code, number + 1),
                    seed: seed.wrapping_add(index),
                    residents: size as usize,
                    // Room for everybody to live alone: numbers do not depend on what is drawn.
                    last: u32::try_from(index * DISTRICT).unwrap_or(u32::MAX),
                });
            }
        }
    }
    districts
}

fn draw(
    district: &District<'_>,
    book: &RuleBook,
    plan: &Plan<'_>,
    data: &SampleData,
    on: Date,
) -> Result<Vec<Drawn>, Error> {
    let households = draw_households(district.seed, district.last, district.residents, on, data);
    let mut batch = BatchBuilder::new(book);
    let mut drawn = Vec::with_capacity(households.len());
    for household in &households {
        let situation = situation(book, household, district.municipality, on)?;
        batch.push(&situation);
        drawn.push(Drawn {
            situation,
            receives: Vec::new(),
        });
    }
    let findings = plan.evaluate(&batch.finish())?;
    let behaviour = &data.city.behaviour;
    let pressing = behaviour.accepts_ready_percent + behaviour.accepts_all_percent;
    let usual = behaviour.opens_offers_percent * pressing / 100.0;
    let benefits: Vec<_> = plan.benefits().collect();
    let owners = findings.owners();
    for granted in &findings.granted {
        let benefit = benefits[granted.benefit];
        let by_itself = benefit.apply.as_ref().is_some_and(|it| it.ex_officio);
        let percent = if by_itself { 100.0 } else { usual };
        for row in granted.eligible.rows() {
            let (household, member) = match granted.unit {
                BenefitUnit::Household => (row, None),
                BenefitUnit::Person => {
                    let household = owners[row] as usize;
                    let place = row as i32 - findings.offsets[household] as i32;
                    (household, Some(place))
                }
            };
            let whose = format!("{} {household} {member:?}", district.code);
            if (chance(&whose, &benefit.id) % 10_000) as f64 / 100.0 < percent {
                drawn[household].receives.push((granted.benefit, member));
            }
        }
    }
    Ok(drawn)
}

fn situation(
    book: &RuleBook,
    household: &HouseholdPlan,
    municipality: &Municipality,
    on: Date,
) -> Result<Situation, Error> {
    let mut situation = book.situation();
    let own = [
        ("municipality", municipality.code.as_str()),
        ("region", municipality.region.as_str()),
        ("city_size", municipality.city_size.as_str()),
    ];
    // What holds over an area today holds nowhere in a drawn population: registers would say so.
    let calm = ConditionKind::ALL.iter().map(|kind| (kind.word(), "false"));
    for (name, text) in facts(&household.facts, on).chain(own).chain(calm) {
        let value = book.parse_value(Entity::Household, name, text)?;
        situation.set_household(name, value)?;
    }
    for (place, member) in household.members.iter().enumerate() {
        set_member(book, &mut situation, &place.to_string(), member, on)?;
    }
    Ok(situation)
}

fn set_member(
    book: &RuleBook,
    situation: &mut Situation,
    key: &str,
    member: &PersonPlan,
    on: Date,
) -> Result<(), Error> {
    let born = member.born.to_string();
    let own = [
        ("born", born.as_str()),
        ("sex", member.sex.value()),
        ("role", member.role.value()),
        ("nationality", member.nationality.value()),
    ];
    for (name, text) in own.into_iter().chain(facts(&member.facts, on)) {
        let value = book.parse_value(Entity::Person, name, text)?;
        situation.set_member(key, name, value)?;
    }
    Ok(())
}

/// Facts as they stand on a day: of several of one name the last counts.
fn facts(facts: &[FactPlan], on: Date) -> impl Iterator<Item = (&str, &str)> {
    let known = facts.iter().filter(move |it| it.valid_from <= on);
    known.map(|it| (it.name.as_ref(), it.value.as_str()))
}
