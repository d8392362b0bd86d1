//! What a reform does to a whole population: cost, who wins and loses, poverty and inequality. Sums are exact and of
//! whole won, so that the same run gives the same bytes.

mod homes;

use std::collections::BTreeMap;

use appraisal::distribution::{Bracket, Histogram, decile_of};
use arrow_array::RecordBatch;
use jiff::civil::Date;
use population::{Places, Population};
use rayon::prelude::*;
use rules::columns::{Bits, Findings, Granted, Plan};
use rules::{Benefit, BenefitUnit, Entity, Frequency, RuleBook, Unit};
use serde::{Deserialize, Serialize};

use homes::{AGES, Birthdays, Homes, INCOMES, KINDS, by_size, kind, minors};

/// Incomes are counted in buckets of so many won.
const BUCKET_WON: i64 = 1_000;
/// As many households a city has; districts are told apart in it, and municipalities in a country.
const OF_A_CITY: usize = 500_000;
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
    /// By district, or by municipality in a country.
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
    birthdays: Birthdays,
    /// Everything before, and what becomes another.
    before: Plan<'a>,
    after: Plan<'a>,
    /// Of the benefits before, those that become others.
    changed: Vec<bool>,
    /// Whether districts are told apart; in a whole country municipalities are.
    by_district: bool,
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
    ages: [Gains; AGES.len()],
    kinds: [Gains; KINDS.len()],
    /// Last of whose income nobody knows.
    deciles: [Gains; 11],
    districts: BTreeMap<String, District>,
}

/// A district's households, all of whose incomes are known or not.
#[derive(Default)]
struct District {
    gains: Gains,
    all: Incomes,
    children: Incomes,
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
        let merge = |own: &mut [Gains], other: &[Gains]| {
            own.iter_mut()
                .zip(other)
                .for_each(|(own, other)| own.merge(other));
        };
        merge(&mut self.ages, &other.ages);
        merge(&mut self.kinds, &other.kinds);
        merge(&mut self.deciles, &other.deciles);
        for (key, other) in other.districts {
            let own = self.districts.entry(key).or_default();
            own.gains.merge(&other.gains);
            own.all.merge(&other.all);
            own.children.merge(&other.children);
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

    fn add_home(&mut self, persons: u64, net: i64) {
        self.households += 1;
        self.add(persons, net, net);
    }

    /// Persons whose household gains or loses, and what of it is theirs.
    fn add(&mut self, persons: u64, gained: i64, net: i64) {
        match gained {
            1.. => self.winners += persons,
            0 => self.unchanged += persons,
            _ => self.losers += persons,
        }
        self.net += net;
    }

    fn told(&self, by: By, key: String) -> GroupEffect {
        GroupEffect {
            by,
            key,
            households: self.households,
            persons: self.winners + self.losers + self.unchanged,
            winners: self.winners,
            losers: self.losers,
            unchanged: self.unchanged,
            net_won_a_year: self.net,
        }
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
            birthdays: Birthdays::on(on),
            before: Plan::new(before, on),
            after: Plan::of(after, on, |it| !same(it, before)),
            changed: Vec::new(),
            by_district: population.households() <= OF_A_CITY,
            deciles: None,
        };
        comparison.changed = comparison
            .before
            .benefits()
            .map(|it| !same(it, after))
            .collect();
        comparison.deciles = comparison.deciles()?;
        Ok(comparison)
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
        let (homes, owners) = (Homes::of(batch), before.owners());
        let mut owed = vec![0_i64; homes.count()];
        let mut gained = vec![0_i64; homes.count()];
        let law: Vec<&Benefit> = self.before.benefits().collect();
        for granted in &before.granted {
            let benefit = law[granted.benefit];
            pay(benefit, granted, &owners, &mut owed, 1);
            if self.changed[granted.benefit] {
                pay(benefit, granted, &owners, &mut gained, -1);
            }
        }
        let new: Vec<&Benefit> = self.after.benefits().collect();
        for granted in &after.granted {
            pay(new[granted.benefit], granted, &owners, &mut gained, 1);
        }
        self.benefits(before, after, sums);
        let mut ages = Vec::new();
        for place in Places::of(batch, &before.offsets).all() {
            let name = if self.by_district {
                place.name()
            } else {
                place.municipality
            };
            let mut district = sums.districts.remove(name).unwrap_or_default();
            for household in place.households.clone() {
                homes.ages(household, &self.birthdays, &mut ages);
                let money = (owed[household], gained[household]);
                self.household(&homes, household, &ages, money, sums, &mut district);
            }
            sums.districts.insert(name.to_owned(), district);
        }
    }

    fn benefits(&self, before: &Findings, after: &Findings, sums: &mut Sums) {
        let law = self
            .before
            .benefits()
            .enumerate()
            .filter(|(place, _)| self.changed[*place]);
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
        ages: &[usize],
        (owed, gained): (i64, i64),
        sums: &mut Sums,
        district: &mut District,
    ) {
        let size = homes.size(household);
        let persons = size as u64;
        sums.households += 1;
        sums.persons += persons;
        let income = homes.incomes[household];
        let decile = self.deciles.zip(income);
        let decile = decile.map_or(10, |(cuts, income)| {
            usize::from(decile_of(&cuts, by_size(income, size))) - 1
        });
        sums.deciles[decile].add_home(persons, gained);
        sums.kinds[kind(ages)].add_home(persons, gained);
        district.gains.add_home(persons, gained);
        for (place, age) in ages.iter().enumerate() {
            // A household's gain is shared among its members; what is left of the division is the first one's.
            let rest = if place == 0 { gained % size as i64 } else { 0 };
            sums.ages[*age].add(1, gained, gained / size as i64 + rest);
        }
        let Some(income) = income else {
            sums.without_income += 1;
            return;
        };
        let before = by_size(income + owed / 12, size);
        let after = by_size(income + (owed + gained) / 12, size);
        district.all.add([before, after], persons);
        district.children.add([before, after], minors(ages));
    }

    fn told(&self, sums: Sums) -> Effects {
        let mut groups = Vec::new();
        let mut tell = |by: By, keys: &mut dyn Iterator<Item = String>, gains: &[Gains]| {
            let told = keys.zip(gains).map(|(key, gains)| gains.told(by, key));
            groups.extend(told.filter(|it| it.persons > 0));
        };
        for (key, district) in &sums.districts {
            tell(
                By::District,
                &mut std::iter::once(key.clone()),
                &[district.gains],
            );
        }
        let named = |names: &[&str]| {
            names
                .iter()
                .map(|it| (*it).to_owned())
                .collect::<Vec<_>>()
                .into_iter()
        };
        tell(By::Age, &mut named(&AGES), &sums.ages);
        let deciles = (1..=10)
            .map(|it| format!("{it:02}"))
            .chain(["unknown".to_owned()]);
        tell(By::Decile, &mut deciles.into_iter(), &sums.deciles);
        tell(By::HouseholdType, &mut named(&KINDS), &sums.kinds);
        let (mut all, mut children) = (Incomes::default(), Incomes::default());
        for district in sums.districts.values() {
            all.merge(&district.all);
            children.merge(&district.children);
        }
        let median = all.0[0].quantile(0.5).ok();
        let poverty = median.map(|median| {
            let line = ((median.low + median.high) as f64 / 2.0 * POOR)
                .round()
                .max(1.0) as i64;
            let ginis = [&all.0[0], &all.0[1]].map(|it| it.gini().map_or(0, millionths));
            let (all, children) = (all.poverty(line), children.poverty(line));
            let districts = sums.districts.iter().map(|(key, it)| {
                let (all, children) = (it.all.poverty(line), it.children.poverty(line));
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
                gini_before: ginis[0],
                gini_after: ginis[1],
                households_without_income: sums.without_income,
                districts: districts.collect(),
            }
        });
        Effects {
            households: sums.households,
            persons: sums.persons,
            benefits: sums.benefits.into_values().collect(),
            groups,
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
    granted
        .paid()
        .map(|(_, amount)| yearly(benefit, amount))
        .sum()
}

/// Adds what a benefit pays in a year, or takes it away, to each household.
fn pay(benefit: &Benefit, granted: &Granted, owner: &[u32], households: &mut [i64], sign: i64) {
    for (row, amount) in granted.paid() {
        let household = match granted.unit {
            BenefitUnit::Household => row,
            BenefitUnit::Person => owner[row] as usize,
        };
        households[household] += sign * yearly(benefit, amount);
    }
}
