//! What a reform does to a whole population: cost, who wins and loses, poverty and inequality. Sums are exact and of
//! whole won, so that the same run gives the same bytes.

use std::collections::BTreeMap;

use appraisal::distribution::{Bracket, Histogram, decile_of};
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use jiff::civil::Date;
use population::{Places, Population};
use rayon::prelude::*;
use rules::columns::{Bits, Findings, Granted, MEMBERS, Plan};
use rules::{Benefit, BenefitUnit, Entity, Frequency, RuleBook, Unit, dates};
use serde::{Deserialize, Serialize};

/// A household's income a month before benefits: the first of these that is known.
const INCOMES: [&str; 3] = ["income_now", "income_assessed", "income_recognised"];
/// Incomes are counted in buckets of so many won.
const BUCKET_WON: i64 = 1_000;
/// Who has less than this share of the median is poor (OECD).
const POOR: f64 = 0.5;
const MILLION: f64 = 1_000_000.0;

/// What households or persons are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    District,
    /// Of each person.
    Age,
    /// Of the household's income before benefits, by its size.
    Decile,
    HouseholdType,
}

/// One benefit before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenefitEffect {
    pub benefit: String,
    /// Who would have to do something.
    pub authority: String,
    pub eligible_before: u64,
    pub eligible_after: u64,
    pub open_before: u64,
    pub open_after: u64,
    pub won_a_year_before: i64,
    pub won_a_year_after: i64,
    /// Entitled only after, only before.
    pub newly: u64,
    pub no_longer: u64,
}

/// Persons of a group by what the reform brings their household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupEffect {
    pub by: By,
    pub key: String,
    pub households: u64,
    pub persons: u64,
    pub winners: u64,
    pub losers: u64,
    pub unchanged: u64,
    pub net_won_a_year: i64,
}

/// Poverty and inequality; shares in millionths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PovertyEffect {
    /// Half the median before the reform, which stays the line.
    pub line_won_a_month: i64,
    pub rate_before: i64,
    pub rate_after: i64,
    pub gap_before: i64,
    pub gap_after: i64,
    /// Of persons under 18.
    pub child_rate_before: i64,
    pub child_rate_after: i64,
    pub gini_before: i64,
    pub gini_after: i64,
    /// Households whose income nobody knows: they are left out.
    pub households_without_income: u64,
    /// By district: persons, poor ones before and after, children and poor ones before and after.
    pub districts: BTreeMap<String, DistrictPoverty>,
}

/// Poverty of a district, in millionths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DistrictPoverty {
    pub rate_before: i64,
    pub rate_after: i64,
    pub child_rate_before: i64,
    pub child_rate_after: i64,
}

/// What a reform does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects {
    pub households: u64,
    pub persons: u64,
    /// Those that the reform changes.
    pub benefits: Vec<BenefitEffect>,
    pub groups: Vec<GroupEffect>,
    /// `None` where nobody's income is known.
    pub poverty: Option<PovertyEffect>,
    /// What the figures rest on, as keys of texts.
    pub assumptions: Vec<String>,
}

/// What every figure of a reform rests on.
const ASSUMPTIONS: [&str; 6] = [
    "aide-assumes-full-take-up",
    "aide-assumes-behaviour-stays",
    "aide-assumes-each-alone",
    "aide-assumes-open-not-counted",
    "aide-assumes-upper-bounds-in-full",
    "aide-assumes-income-by-size",
];

/// The effects on everybody of a population on a day; `told` hears of households that are done.
///
/// # Errors
/// A population that cannot be read.
pub fn effects(
    before: &RuleBook,
    after: &RuleBook,
    population: &Population,
    on: Date,
    told: &(dyn Fn(u64) + Sync),
) -> Result<Effects, population::Error> {
    let comparison = Comparison::new(before, after, population, on)?;
    let groups: Vec<usize> = (0..population.groups().len()).collect();
    let sums = groups
        .into_par_iter()
        .map(|group| comparison.group(group, told))
        .try_reduce(Sums::default, |a, b| Ok(a.merged(b)))?;
    Ok(comparison.told(sums))
}

struct Comparison<'a> {
    population: &'a Population,
    on: i64,
    /// Everything before, and what becomes another.
    before: Plan<'a>,
    after: Plan<'a>,
    /// The cuts of household income by size before benefits; `None` where no income is known.
    deciles: Option<[i64; 9]>,
}

/// Sums over households; the same in whatever order they are added.
#[derive(Default)]
struct Sums {
    households: u64,
    persons: u64,
    without_income: u64,
    benefits: BTreeMap<String, BenefitEffect>,
    groups: BTreeMap<(By, String), Gains>,
    all: Incomes,
    children: Incomes,
    districts: BTreeMap<String, (Incomes, Incomes)>,
}

#[derive(Clone, Copy, Default)]
struct Gains {
    households: u64,
    winners: u64,
    losers: u64,
    unchanged: u64,
    net: i64,
}

/// Incomes by size, before and after.
struct Incomes([Histogram; 2]);

impl Default for Incomes {
    fn default() -> Self {
        let empty = || Histogram::new(BUCKET_WON).expect("a bucket is at least a won wide");
        Self([empty(), empty()])
    }
}

impl Incomes {
    fn add(&mut self, incomes: [i64; 2], persons: u64) {
        for (histogram, income) in self.0.iter_mut().zip(incomes) {
            // Nobody's income is beyond what sums of everybody's can hold.
            let added = histogram.add(income, persons);
            debug_assert!(added.is_ok());
        }
    }

    fn merge(&mut self, other: &Self) {
        for (histogram, other) in self.0.iter_mut().zip(&other.0) {
            let merged = histogram.merge(other);
            debug_assert!(merged.is_ok());
        }
    }

    /// Headcount and gap below a line, before and after.
    fn poverty(&self, line: i64) -> [(i64, i64); 2] {
        [&self.0[0], &self.0[1]].map(|histogram| match histogram.poverty(line as f64) {
            Ok(it) => (millionths(it.headcount), millionths(it.gap)),
            Err(_) => (0, 0),
        })
    }
}

/// The middle of what a share is known to lie between.
fn millionths(share: Bracket<f64>) -> i64 {
    ((share.low + share.high) / 2.0 * MILLION).round() as i64
}

impl Sums {
    fn merged(mut self, other: Self) -> Self {
        self.households += other.households;
        self.persons += other.persons;
        self.without_income += other.without_income;
        for (key, other) in other.benefits {
            let own = self.benefits.entry(key).or_insert_with(|| BenefitEffect {
                benefit: other.benefit.clone(),
                authority: other.authority.clone(),
                ..BenefitEffect::default()
            });
            own.eligible_before += other.eligible_before;
            own.eligible_after += other.eligible_after;
            own.open_before += other.open_before;
            own.open_after += other.open_after;
            own.won_a_year_before += other.won_a_year_before;
            own.won_a_year_after += other.won_a_year_after;
            own.newly += other.newly;
            own.no_longer += other.no_longer;
        }
        for (key, other) in other.groups {
            self.groups.entry(key).or_default().merge(&other);
        }
        self.all.merge(&other.all);
        self.children.merge(&other.children);
        for (key, (all, children)) in other.districts {
            let own = self.districts.entry(key).or_default();
            own.0.merge(&all);
            own.1.merge(&children);
        }
        self
    }
}

impl Gains {
    fn merge(&mut self, other: &Self) {
        self.households += other.households;
        self.winners += other.winners;
        self.losers += other.losers;
        self.unchanged += other.unchanged;
        self.net += other.net;
    }

    fn add(&mut self, persons: u64, net: i64) {
        match net {
            1.. => self.winners += persons,
            0 => self.unchanged += persons,
            _ => self.losers += persons,
        }
        self.net += net;
    }
}

impl<'a> Comparison<'a> {
    fn new(
        before: &'a RuleBook,
        after: &'a RuleBook,
        population: &'a Population,
        on: Date,
    ) -> Result<Self, population::Error> {
        let same = |it: &Benefit, other: &RuleBook| {
            let other = other.benefit(&it.id);
            other.is_some_and(|other| other.digest() == it.digest())
        };
        let mut comparison = Self {
            population,
            on: dates::day_number(on),
            before: Plan::new(before, on),
            after: Plan::of(after, on, |it| !same(it, before)),
            deciles: None,
        };
        comparison.deciles = comparison.deciles()?;
        Ok(comparison)
    }

    /// Whether the reform makes another of a benefit.
    fn is_changed(&self, benefit: &Benefit) -> bool {
        let other = self.after.book().benefit(&benefit.id);
        other.is_none_or(|other| other.digest() != benefit.digest())
    }

    fn deciles(&self) -> Result<Option<[i64; 9]>, population::Error> {
        let incomes = || INCOMES.iter().map(|name| (Entity::Household, *name));
        let groups: Vec<usize> = (0..self.population.groups().len()).collect();
        let all = groups
            .into_par_iter()
            .map(|group| {
                let mut sums = Incomes::default();
                for batch in self.population.read(group, incomes(), false)? {
                    let homes = Homes::of(&batch?);
                    for (household, income) in homes.incomes.iter().enumerate() {
                        let size = homes.size(household);
                        if let Some(income) = income {
                            sums.add([by_size(*income, size), 0], size as u64);
                        }
                    }
                }
                Ok::<_, population::Error>(sums)
            })
            .try_reduce(Incomes::default, |mut a, b| {
                a.merge(&b);
                Ok(a)
            })?;
        let cuts = all.0[0].decile_cuts().ok();
        Ok(cuts.map(|cuts| cuts.map(|cut| cut.high)))
    }

    fn group(&self, group: usize, told: &(dyn Fn(u64) + Sync)) -> Result<Sums, population::Error> {
        let own = INCOMES.iter().map(|name| (Entity::Household, *name));
        let own = own.chain([(Entity::Person, "born")]);
        let facts = own.chain(self.before.facts()).chain(self.after.facts());
        let mut sums = Sums::default();
        for batch in self.population.read(group, facts, false)? {
            let batch = batch?;
            let failed = |cause| population::Error::Batch {
                path: self.population.path().to_owned(),
                group,
                cause,
            };
            let before = self.before.evaluate(&batch).map_err(failed)?;
            let after = self.after.evaluate(&batch).map_err(failed)?;
            self.add(&batch, &before, &after, &mut sums);
            told(batch.num_rows() as u64);
        }
        Ok(sums)
    }

    fn add(&self, batch: &RecordBatch, before: &Findings, after: &Findings, sums: &mut Sums) {
        let homes = Homes::of(batch);
        let mut owed = vec![0_i64; homes.count()];
        let mut gained = vec![0_i64; homes.count()];
        let law: Vec<&Benefit> = self.before.benefits().collect();
        for granted in &before.granted {
            let benefit = law[granted.benefit];
            pay(benefit, granted, &homes.owner, &mut owed, 1);
            if self.is_changed(benefit) {
                pay(benefit, granted, &homes.owner, &mut gained, -1);
            }
        }
        let new: Vec<&Benefit> = self.after.benefits().collect();
        for granted in &after.granted {
            pay(new[granted.benefit], granted, &homes.owner, &mut gained, 1);
        }
        self.benefits(before, after, sums);
        let places = Places::of(batch, &before.offsets);
        for place in places.all() {
            for household in place.households.clone() {
                self.household(
                    &homes,
                    household,
                    place.name(),
                    owed[household],
                    gained[household],
                    sums,
                );
            }
        }
    }

    fn benefits(&self, before: &Findings, after: &Findings, sums: &mut Sums) {
        let law = self
            .before
            .benefits()
            .enumerate()
            .filter(|(_, it)| self.is_changed(it));
        let was: BTreeMap<&str, (&Benefit, usize)> = law
            .map(|(place, it)| (it.id.as_str(), (it, place)))
            .collect();
        let is: BTreeMap<&str, (&Benefit, usize)> = self
            .after
            .benefits()
            .enumerate()
            .map(|(place, it)| (it.id.as_str(), (it, place)))
            .collect();
        let ids: std::collections::BTreeSet<&str> = was.keys().chain(is.keys()).copied().collect();
        for id in ids {
            let (was, is) = (was.get(id), is.get(id));
            let Some((benefit, _)) = is.or(was) else {
                continue;
            };
            let found = |place: Option<&(&Benefit, usize)>, findings: &'_ Findings| {
                let place = place?.1;
                findings
                    .granted
                    .iter()
                    .find(|it| it.benefit == place)
                    .cloned()
            };
            let (was, is) = (found(was, before), found(is, after));
            let effect = sums
                .benefits
                .entry(id.to_owned())
                .or_insert_with(|| BenefitEffect {
                    benefit: id.to_owned(),
                    authority: benefit.authority.clone(),
                    ..BenefitEffect::default()
                });
            effect.add(benefit, was.as_ref(), is.as_ref());
        }
    }

    fn household(
        &self,
        homes: &Homes,
        household: usize,
        district: &str,
        owed: i64,
        gained: i64,
        sums: &mut Sums,
    ) {
        let size = homes.size(household);
        let persons = size as u64;
        sums.households += 1;
        sums.persons += persons;
        let ages = homes.ages(household, self.on);
        let minors = ages
            .iter()
            .filter(|age| age.is_some_and(|age| age < 18))
            .count() as u64;
        let income = homes.incomes[household];
        let mut keys = vec![
            (By::District, district.to_owned()),
            (By::HouseholdType, kind(&ages).to_owned()),
        ];
        let decile = self
            .deciles
            .zip(income)
            .map(|(cuts, income)| decile_of(&cuts, by_size(income, size)));
        keys.push((
            By::Decile,
            decile.map_or_else(|| "unknown".to_owned(), |it| format!("{it:02}")),
        ));
        for key in keys {
            let group = sums.groups.entry(key).or_default();
            group.households += 1;
            group.add(persons, gained);
        }
        for (place, age) in ages.iter().enumerate() {
            // A household's gain is shared among its members; what is left of the division is the first one's.
            let rest = if place == 0 { gained % size as i64 } else { 0 };
            let group = sums
                .groups
                .entry((By::Age, age_group(*age).to_owned()))
                .or_default();
            let share = gained / size as i64 + rest;
            match gained {
                1.. => group.winners += 1,
                0 => group.unchanged += 1,
                _ => group.losers += 1,
            }
            group.net += share;
        }
        let Some(income) = income else {
            sums.without_income += 1;
            return;
        };
        let before = by_size(income + owed / 12, size);
        let after = by_size(income + (owed + gained) / 12, size);
        sums.all.add([before, after], persons);
        sums.children.add([before, after], minors);
        let (all, children) = sums.districts.entry(district.to_owned()).or_default();
        all.add([before, after], persons);
        children.add([before, after], minors);
    }

    fn told(&self, sums: Sums) -> Effects {
        let groups = sums.groups.into_iter().map(|((by, key), it)| GroupEffect {
            by,
            key,
            households: it.households,
            persons: it.winners + it.losers + it.unchanged,
            winners: it.winners,
            losers: it.losers,
            unchanged: it.unchanged,
            net_won_a_year: it.net,
        });
        let median = sums.all.0[0].quantile(0.5).ok();
        let poverty = median.map(|median| {
            let line = ((median.low + median.high) as f64 / 2.0 * POOR)
                .round()
                .max(1.0) as i64;
            let (all, children) = (sums.all.poverty(line), sums.children.poverty(line));
            let gini = |it: &Histogram| it.gini().map_or(0, millionths);
            let districts = sums.districts.iter().map(|(key, (all, children))| {
                let (all, children) = (all.poverty(line), children.poverty(line));
                let poverty = DistrictPoverty {
                    rate_before: all[0].0,
                    rate_after: all[1].0,
                    child_rate_before: children[0].0,
                    child_rate_after: children[1].0,
                };
                (key.clone(), poverty)
            });
            PovertyEffect {
                line_won_a_month: line,
                rate_before: all[0].0,
                rate_after: all[1].0,
                gap_before: all[0].1,
                gap_after: all[1].1,
                child_rate_before: children[0].0,
                child_rate_after: children[1].0,
                gini_before: gini(&sums.all.0[0]),
                gini_after: gini(&sums.all.0[1]),
                households_without_income: sums.without_income,
                districts: districts.collect(),
            }
        });
        Effects {
            households: sums.households,
            persons: sums.persons,
            benefits: sums.benefits.into_values().collect(),
            groups: groups.collect(),
            poverty,
            assumptions: ASSUMPTIONS.map(str::to_owned).to_vec(),
        }
    }
}

impl BenefitEffect {
    fn add(&mut self, benefit: &Benefit, was: Option<&Granted>, is: Option<&Granted>) {
        let count = |granted: Option<&Granted>, bits: fn(&Granted) -> &Bits| {
            granted.map_or(0, |it| bits(it).count() as u64)
        };
        self.eligible_before += count(was, |it| &it.eligible);
        self.eligible_after += count(is, |it| &it.eligible);
        self.open_before += count(was, |it| &it.open);
        self.open_after += count(is, |it| &it.open);
        self.won_a_year_before += was.map_or(0, |it| sum(benefit, it));
        self.won_a_year_after += is.map_or(0, |it| sum(benefit, it));
        match (was, is) {
            (Some(was), Some(is)) => {
                self.newly += is.eligible.and_not(&was.eligible).count() as u64;
                self.no_longer += was.eligible.and_not(&is.eligible).count() as u64;
            }
            (was, is) => {
                self.newly += count(is, |it| &it.eligible);
                self.no_longer += count(was, |it| &it.eligible);
            }
        }
    }
}

/// Won in a year; a sum that is paid once counts once.
fn yearly(benefit: &Benefit, amount: i64) -> i64 {
    let unit = benefit.amount.first().map(|line| line.pay.unit);
    let kind = benefit.period.as_ref().map(|period| period.kind);
    match (unit, kind) {
        (Some(Unit::WonPerMonth), _) | (Some(Unit::Won), Some(Frequency::Monthly)) => {
            amount.saturating_mul(12)
        }
        _ => amount,
    }
}

fn sum(benefit: &Benefit, granted: &Granted) -> i64 {
    let amounts = granted
        .eligible
        .rows()
        .filter_map(|row| granted.amount(row));
    amounts.map(|amount| yearly(benefit, amount)).sum()
}

/// Adds what a benefit pays in a year, or takes it away, to each household.
fn pay(benefit: &Benefit, granted: &Granted, owner: &[u32], households: &mut [i64], sign: i64) {
    for row in granted.eligible.rows() {
        let Some(amount) = granted.amount(row) else {
            continue;
        };
        let household = match granted.unit {
            BenefitUnit::Household => row,
            BenefitUnit::Person => owner[row] as usize,
        };
        households[household] += sign * yearly(benefit, amount);
    }
}

/// What is read of households beside the law.
struct Homes {
    offsets: Vec<u32>,
    owner: Vec<u32>,
    incomes: Vec<Option<i64>>,
    born: Vec<Option<i32>>,
}

impl Homes {
    fn of(batch: &RecordBatch) -> Self {
        let list = batch
            .column_by_name(MEMBERS)
            .and_then(|it| it.as_list_opt::<i32>());
        let ends = list.map_or_else(
            || vec![0; batch.num_rows() + 1],
            |list| list.value_offsets().to_vec(),
        );
        let first = ends[0];
        let offsets: Vec<u32> = ends.iter().map(|end| (end - first) as u32).collect();
        let born = list.and_then(|list| {
            let members = list.values().as_struct_opt()?;
            let born = members
                .column_by_name("born")?
                .as_primitive_opt::<Date32Type>()?;
            Some(born.iter().skip(first as usize).collect())
        });
        let known = INCOMES.iter().filter_map(|name| {
            let column = batch.column_by_name(name)?;
            column.as_primitive_opt::<Int64Type>()
        });
        let known: Vec<_> = known.collect();
        let income = |row: usize| {
            known
                .iter()
                .find(|it| it.is_valid(row))
                .map(|it| it.value(row))
        };
        let owner = offsets.windows(2).zip(0_u32..);
        Self {
            owner: owner
                .flat_map(|(ends, household)| (ends[0]..ends[1]).map(move |_| household))
                .collect(),
            incomes: (0..batch.num_rows()).map(income).collect(),
            born: born.unwrap_or_default(),
            offsets,
        }
    }

    fn count(&self) -> usize {
        self.offsets.len() - 1
    }

    fn size(&self, household: usize) -> usize {
        ((self.offsets[household + 1] - self.offsets[household]) as usize).max(1)
    }

    fn ages(&self, household: usize, on: i64) -> Vec<Option<i64>> {
        let members = self.offsets[household] as usize..self.offsets[household + 1] as usize;
        let on = dates::from_day_number(on);
        let age = |member: usize| {
            let born = dates::from_day_number((*self.born.get(member)?.as_ref()?).into())?;
            Some(dates::years_between(born, on?))
        };
        members.map(age).collect()
    }
}

/// An income by the size of the household: divided by the square root (OECD).
fn by_size(income: i64, size: usize) -> i64 {
    let root = (size as u64 * 1_000_000).isqrt() as i64;
    income.saturating_mul(1_000) / root.max(1)
}

/// The kind of a household, by the ages of its members.
fn kind(ages: &[Option<i64>]) -> &'static str {
    let Some(ages) = ages.iter().copied().collect::<Option<Vec<i64>>>() else {
        return "unknown";
    };
    let adults = ages.iter().filter(|age| **age >= 18).count();
    let elders = ages.iter().filter(|age| **age >= 65).count();
    match (ages.len(), adults) {
        (0, _) => "unknown",
        (1, _) if elders == 1 => "elder-alone",
        (1, _) => "alone",
        (size, 1) if size > 1 => "single-parent",
        (size, adults) if adults < size => "with-children",
        (size, _) if elders == size => "elders",
        _ => "adults",
    }
}

fn age_group(age: Option<i64>) -> &'static str {
    match age {
        None => "unknown",
        Some(..=5) => "00-05",
        Some(6..=17) => "06-17",
        Some(18..=34) => "18-34",
        Some(35..=64) => "35-64",
        Some(65..=79) => "65-79",
        Some(80..) => "80-plus",
    }
}
