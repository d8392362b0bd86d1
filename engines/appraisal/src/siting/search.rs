//! Choices of sites: all of them, or greedily with exchanges.

use super::{Aim, Choice, Map, Task};

/// What a place of demand costs for the site that serves it, per person.
fn cost(aim: Aim, distance: u32) -> u64 {
    match aim {
        Aim::LeastDistance => u64::from(distance),
        // Coverage is a p-median whose distances are 0 and 1 (Hillsman, *Env. Plan. A* 16, 1984, 305–318).
        Aim::MostWithin { reach_m } => {
            u64::from(distance > reach_m || distance == super::UNREACHABLE)
        }
    }
}

struct Served<'a> {
    map: &'a Map,
    aim: Aim,
}

impl Served<'_> {
    fn cost(&self, demand: usize, site: usize) -> u64 {
        cost(self.aim, self.map.row(demand)[site])
    }

    /// Where no site is chosen, more than any site costs.
    fn none(&self) -> u64 {
        1 << 33
    }

    fn nearest(&self, demand: usize, sites: &[usize]) -> u64 {
        let costs = sites.iter().map(|&site| self.cost(demand, site));
        costs.min().unwrap_or_else(|| self.none())
    }

    fn total(&self, sites: &[usize]) -> u128 {
        self.sum(|demand| self.nearest(demand, sites))
    }

    /// Over all places of demand, by persons.
    fn sum(&self, each: impl Fn(usize) -> u64) -> u128 {
        let weights = self.map.weights.iter().enumerate();
        weights
            .filter(|(_, weight)| **weight > 0)
            .map(|(demand, &weight)| u128::from(weight) * u128::from(each(demand)))
            .sum()
    }
}

pub(super) fn choose(map: &Map, task: &Task<'_>) -> Choice {
    let served = Served { map, aim: task.aim };
    let candidates: Vec<usize> = (0..map.sites)
        .filter(|it| !task.open.contains(it))
        .collect();
    let is_optimal = choices(candidates.len(), task.add) <= u128::from(task.max_choices);
    let (objective, mut added) = if is_optimal {
        try_all(&served, task, &candidates)
    } else {
        let begun = greedily(&served, task, &candidates);
        exchanged(&served, task, &candidates, begun)
    };
    added.sort_unstable();
    let mut sites = [task.open, &added].concat();
    sites.sort_unstable();
    Choice {
        sites,
        added,
        objective,
        is_optimal,
    }
}

fn choices(count: usize, chosen: usize) -> u128 {
    let chosen = chosen.min(count - chosen);
    (0..chosen).fold(1_u128, |ways, step| {
        // Saturated numbers are beyond any limit; a further division must not bring them back.
        match ways.checked_mul((count - step) as u128) {
            Some(product) => product / (step + 1) as u128,
            None => u128::MAX,
        }
    })
}

fn try_all(served: &Served<'_>, task: &Task<'_>, candidates: &[usize]) -> (u128, Vec<usize>) {
    let (count, chosen) = (candidates.len(), task.add);
    let mut places: Vec<usize> = (0..chosen).collect();
    let mut best: Option<(u128, Vec<usize>)> = None;
    loop {
        let added: Vec<usize> = places.iter().map(|&place| candidates[place]).collect();
        let total = served.total(&[task.open, &added].concat());
        if best.as_ref().is_none_or(|(least, _)| total < *least) {
            best = Some((total, added));
        }
        let next = (0..chosen).rfind(|&at| places[at] < count - chosen + at);
        let Some(next) = next else { break };
        places[next] += 1;
        for later in next + 1..chosen {
            places[later] = places[later - 1] + 1;
        }
    }
    best.unwrap_or_default()
}

fn greedily(served: &Served<'_>, task: &Task<'_>, candidates: &[usize]) -> Vec<usize> {
    let demands = 0..served.map.weights.len();
    let mut least: Vec<u64> = demands
        .clone()
        .map(|demand| served.nearest(demand, task.open))
        .collect();
    let mut added: Vec<usize> = Vec::with_capacity(task.add);
    for _ in 0..task.add {
        let with = |site: usize| served.sum(|demand| least[demand].min(served.cost(demand, site)));
        let free = candidates
            .iter()
            .copied()
            .filter(|site| !added.contains(site));
        let Some(best) = free.min_by_key(|&site| with(site)) else {
            break;
        };
        for demand in demands.clone() {
            least[demand] = least[demand].min(served.cost(demand, best));
        }
        added.push(best);
    }
    added
}

/// Each candidate in turn takes the place of the added site whose loss it best makes up for, while that helps, until
/// none does any more.
fn exchanged(
    served: &Served<'_>,
    task: &Task<'_>,
    candidates: &[usize],
    mut added: Vec<usize>,
) -> (u128, Vec<usize>) {
    let mut total = served.total(&[task.open, &added].concat());
    let mut unchanged = 0;
    // Every exchange lowers a whole number, so this ends.
    for &candidate in candidates.iter().cycle() {
        if unchanged >= candidates.len() {
            break;
        }
        unchanged += 1;
        if added.contains(&candidate) {
            continue;
        }
        let totals = totals_without(served, task, &added, candidate);
        let best = totals.iter().enumerate().min_by_key(|(_, total)| **total);
        if let Some((place, &better)) = best.filter(|(_, it)| **it < total) {
            added[place] = candidate;
            total = better;
            unchanged = 0;
        }
    }
    (total, added)
}

/// The total when the candidate takes the place of each added site, in one pass over the demand: only those whom
/// a site serves miss it, and they go to the second nearest.
fn totals_without(
    served: &Served<'_>,
    task: &Task<'_>,
    added: &[usize],
    candidate: usize,
) -> Vec<u128> {
    let mut kept = 0_u128;
    let mut missed = vec![0_u128; added.len()];
    for (demand, &weight) in served.map.weights.iter().enumerate() {
        if weight == 0 {
            continue;
        }
        let weight = u128::from(weight);
        let mut first = served
            .nearest(demand, task.open)
            .min(served.cost(demand, candidate));
        let mut second = first;
        let mut by = None;
        for (place, &site) in added.iter().enumerate() {
            let cost = served.cost(demand, site);
            if cost < first {
                second = first;
                first = cost;
                by = Some(place);
            } else {
                second = second.min(cost);
            }
        }
        kept += weight * u128::from(first);
        if let Some(place) = by {
            missed[place] += weight * u128::from(second - first);
        }
    }
    missed.into_iter().map(|loss| kept + loss).collect()
}
