//! Where to put facilities, and whom a choice leaves far away.
//!
//! A [`Map`] holds how far each place of demand is from each candidate site. [`choose`] adds sites to those that are
//! there already, so that people travel as little as possible in sum (p-median) or so that as many as possible are
//! within reach (maximal coverage; Church, ReVelle, *Papers Reg. Sci. Assoc.* 32, 1974, 101–118). [`assess`] says
//! what any choice means: coverage, distances, and how unequally they fall.

mod search;

use thiserror::Error;

use crate::distribution::gini_of_sorted;
use crate::error::{InputError, not_empty, same_length, setting};

/// The distance that stands for "cannot be reached". It counts as 4.3 million kilometres, so that a choice leaves
/// as few people as possible without any way.
pub const UNREACHABLE: u32 = u32::MAX;

/// Places of demand, candidate sites and the distances between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    sites: usize,
    /// The distances of demand 0 to all sites first.
    distances: Vec<u32>,
    weights: Vec<u32>,
    groups: Vec<usize>,
}

impl Map {
    /// `weights[i]` persons live at demand `i`, which belongs to group `groups[i]` (a district, an age; counted from
    /// 0) and is `distances[i × sites + j]` metres from site `j`.
    ///
    /// # Errors
    /// No site, no person, unequal lengths.
    pub fn new(
        distances: &[u32],
        sites: usize,
        weights: &[u32],
        groups: &[usize],
    ) -> Result<Self, InputError> {
        setting(
            "sites",
            sites,
            sites > 0,
            "name at least one candidate site",
        )?;
        not_empty("weights", weights, "name at least one place of demand")?;
        same_length(
            "distances",
            distances.len(),
            "one for each place of demand and site",
            weights.len().saturating_mul(sites),
        )?;
        same_length("groups", groups.len(), "weights", weights.len())?;
        let persons: u64 = weights.iter().map(|&it| u64::from(it)).sum();
        setting(
            "the sum of weights",
            persons,
            persons > 0,
            "let somebody live somewhere",
        )?;
        Ok(Self {
            sites,
            distances: distances.to_vec(),
            weights: weights.to_vec(),
            groups: groups.to_vec(),
        })
    }

    pub fn sites(&self) -> usize {
        self.sites
    }

    /// The distances of one place of demand to all sites.
    fn row(&self, demand: usize) -> &[u32] {
        &self.distances[demand * self.sites..][..self.sites]
    }

    fn check_sites(&self, argument: &'static str, chosen: &[usize]) -> Result<(), InputError> {
        let mut is_taken = vec![false; self.sites];
        for (index, &site) in chosen.iter().enumerate() {
            if site >= self.sites || is_taken[site] {
                return Err(InputError::Value {
                    argument,
                    index,
                    found: site.to_string(),
                    remedy: "name each site once, counted from 0",
                });
            }
            is_taken[site] = true;
        }
        Ok(())
    }
}

/// What a choice of sites is to achieve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// The least sum of distances to the nearest chosen site, over all persons.
    LeastDistance,
    /// The most persons within so many metres of a chosen site.
    MostWithin { reach_m: u32 },
}

/// Which sites to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task<'a> {
    pub aim: Aim,
    /// Sites that are there and stay.
    pub open: &'a [usize],
    /// How many to add.
    pub add: usize,
    /// All choices are tried when there are no more than these.
    pub max_choices: u64,
}

/// A choice of sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// All chosen sites, ascending, the open ones included.
    pub sites: Vec<usize>,
    /// Of these, the added ones, ascending.
    pub added: Vec<usize>,
    /// The sum of person-metres for [`Aim::LeastDistance`]; the persons out of reach for [`Aim::MostWithin`].
    pub objective: u128,
    /// Whether all choices were tried: none is then better.
    pub is_optimal: bool,
}

/// Why no sites were chosen.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SitingError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(
        "{add} sites are to be added, but only {free} candidates are not open yet; add fewer or name more candidates"
    )]
    TooFewSites { add: usize, free: usize },
}

/// Chooses sites.
///
/// All choices are tried when there are at most [`Task::max_choices`]. Otherwise the best site is added one after the
/// other, and then each added one is exchanged for a candidate while that helps (Teitz, Bart, *Operations Research*
/// 16, 1968, 955–961). Of equal choices the one with the lower numbers is taken.
///
/// # Errors
/// Open sites that do not exist or stand twice; nothing to add; more to add than there are candidates.
pub fn choose(map: &Map, task: &Task<'_>) -> Result<Choice, SitingError> {
    map.check_sites("open", task.open)?;
    setting(
        "add",
        task.add,
        task.add > 0 || !task.open.is_empty(),
        "add at least one site where none is open",
    )?;
    let free = map.sites - task.open.len();
    if task.add > free {
        return Err(SitingError::TooFewSites {
            add: task.add,
            free,
        });
    }
    Ok(search::choose(map, task))
}

/// What a choice of sites means for the people.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    pub persons: u64,
    /// Persons for whom no chosen site can be reached; they do not count in the distances below.
    pub unreachable: u64,
    /// Persons within the reach asked about, and their share of all.
    pub covered: u64,
    pub coverage: f64,
    /// `None` here and below when nobody can reach any site.
    pub mean_m: Option<f64>,
    /// Nine of ten persons travel no farther.
    pub p90_m: Option<u32>,
    /// Gini coefficient of the distances: 0 when all travel alike.
    pub gini: Option<f64>,
    /// By group, ascending; only groups in which somebody lives.
    pub groups: Vec<GroupAssessment>,
    /// The group that is worst off: by the share of persons that reach no site, then by mean distance; the lowest
    /// number of equal ones.
    pub worst_group: usize,
}

/// The same for one group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupAssessment {
    pub group: usize,
    pub persons: u64,
    pub unreachable: u64,
    pub covered: u64,
    pub mean_m: Option<f64>,
}

/// Says what a choice of sites means, with a reach for coverage.
///
/// # Errors
/// No site; one that does not exist or stands twice.
pub fn assess(map: &Map, sites: &[usize], reach_m: u32) -> Result<Assessment, SitingError> {
    not_empty("sites", sites, "name at least one chosen site")?;
    map.check_sites("sites", sites)?;
    let mut travels: Vec<(u32, u64)> = Vec::with_capacity(map.weights.len());
    let mut groups = std::collections::BTreeMap::<usize, Sums>::new();
    let mut all = Sums::default();
    for (demand, (&weight, &group)) in map.weights.iter().zip(&map.groups).enumerate() {
        if weight == 0 {
            continue;
        }
        let row = map.row(demand);
        let distance = sites
            .iter()
            .map(|&site| row[site])
            .min()
            .unwrap_or(UNREACHABLE);
        for sums in [&mut all, groups.entry(group).or_default()] {
            sums.add(distance, u64::from(weight), reach_m);
        }
        if distance != UNREACHABLE {
            travels.push((distance, u64::from(weight)));
        }
    }
    travels.sort_unstable();
    let reached = all.persons - all.unreachable;
    let pairs = travels
        .iter()
        .map(|&(distance, weight)| (f64::from(distance), weight as f64));
    let groups: Vec<GroupAssessment> = groups
        .iter()
        .map(|(&group, sums)| sums.told(group))
        .collect();
    let worst = groups.iter().fold(
        &groups[0],
        |worst, it| if it.is_worse(worst) { it } else { worst },
    );
    Ok(Assessment {
        persons: all.persons,
        unreachable: all.unreachable,
        covered: all.covered,
        coverage: all.covered as f64 / all.persons as f64,
        mean_m: all.mean(),
        p90_m: ninetieth(&travels, reached),
        // Where all distances are zero, all are equal.
        gini: (reached > 0).then(|| gini_of_sorted(pairs).unwrap_or(0.0)),
        worst_group: worst.group,
        groups,
    })
}

/// The smallest distance that at least nine of ten persons do not exceed.
fn ninetieth(travels: &[(u32, u64)], persons: u64) -> Option<u32> {
    let mut sum = 0_u128;
    let reaches = |&&(_, weight): &&(u32, u64)| {
        sum += u128::from(weight);
        sum * 10 >= u128::from(persons) * 9
    };
    travels.iter().find(reaches).map(|(distance, _)| *distance)
}

#[derive(Default)]
struct Sums {
    persons: u64,
    unreachable: u64,
    covered: u64,
    metres: u128,
}

impl Sums {
    fn add(&mut self, distance: u32, weight: u64, reach_m: u32) {
        self.persons += weight;
        if distance == UNREACHABLE {
            self.unreachable += weight;
            return;
        }
        if distance <= reach_m {
            self.covered += weight;
        }
        self.metres += u128::from(distance) * u128::from(weight);
    }

    fn mean(&self) -> Option<f64> {
        let reached = self.persons - self.unreachable;
        (reached > 0).then(|| self.metres as f64 / reached as f64)
    }

    fn told(&self, group: usize) -> GroupAssessment {
        GroupAssessment {
            group,
            persons: self.persons,
            unreachable: self.unreachable,
            covered: self.covered,
            mean_m: self.mean(),
        }
    }
}

impl GroupAssessment {
    fn is_worse(&self, other: &Self) -> bool {
        let share = |it: &Self| it.unreachable as f64 / it.persons as f64;
        let mean = |it: &Self| it.mean_m.unwrap_or(f64::INFINITY);
        (share(self), mean(self)) > (share(other), mean(other))
    }
}

#[cfg(test)]
mod tests;
