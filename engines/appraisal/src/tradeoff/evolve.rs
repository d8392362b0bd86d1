//! NSGA-II on a grid of whole numbers.

use std::cmp::Ordering;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

use super::explorer::{Explorer, Places};
use super::front::dominates;
use super::{Outcome, Point, TradeoffError};

/// One of the population.
#[derive(Clone)]
struct Member {
    places: Places,
    point: Point,
    is_affordable: bool,
    rank: usize,
    crowding: f64,
}

/// Generations in a row without a setting that was not asked about before, after which breeding ends.
const IDLE: usize = 20;

/// Breeds settings until the evaluations but a fifth are spent; the rest goes to what lies beside the best.
pub(super) fn evolve<F: FnMut(&[i64]) -> Outcome>(
    explorer: &mut Explorer<'_, F>,
    seed: u64,
) -> Result<(), TradeoffError> {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let most = explorer.plan.max_evaluations;
    let size = (most / 20).clamp(8, 120).min(most);
    let mut members: Vec<Member> = Vec::new();
    for places in first(explorer, size, &mut rng) {
        members.push(member(explorer, places)?);
    }
    rank(&mut members);
    let mut idle = 0;
    while explorer.evaluations + most / 5 < most && idle < IDLE {
        let before = explorer.evaluations;
        for _ in 0..size {
            if explorer.evaluations + most / 5 >= most {
                break;
            }
            let places = {
                let (one, other) = (pick(&members, &mut rng), pick(&members, &mut rng));
                child(explorer, &one.places, &other.places, &mut rng)
            };
            members.push(member(explorer, places)?);
        }
        members.sort_by(|a, b| a.places.cmp(&b.places));
        members.dedup_by(|a, b| a.places == b.places);
        rank(&mut members);
        members.truncate(size);
        idle = if explorer.evaluations == before {
            idle + 1
        } else {
            0
        };
    }
    explorer.approach_goal()?;
    explorer.widen_front()
}

/// The corners where all is low or high, the middle, and settings drawn evenly.
fn first<F>(explorer: &Explorer<'_, F>, size: usize, rng: &mut ChaCha12Rng) -> Vec<Places> {
    let places: Vec<u64> = explorer.instruments.iter().map(|it| it.places()).collect();
    let mut all: Vec<Places> = vec![
        vec![0; places.len()],
        places.iter().map(|it| it - 1).collect(),
        places.iter().map(|it| it / 2).collect(),
    ];
    while all.len() < size {
        all.push(places.iter().map(|&it| rng.random_range(0..it)).collect());
    }
    all.truncate(size);
    all
}

fn member<F: FnMut(&[i64]) -> Outcome>(
    explorer: &mut Explorer<'_, F>,
    places: Places,
) -> Result<Member, TradeoffError> {
    let point = explorer.ask(&places)?;
    Ok(Member {
        is_affordable: explorer.is_affordable(&point),
        places,
        point,
        rank: 0,
        crowding: 0.0,
    })
}

/// The better of two at random.
fn pick<'a>(members: &'a [Member], rng: &mut ChaCha12Rng) -> &'a Member {
    let one = &members[rng.random_range(0..members.len())];
    let other = &members[rng.random_range(0..members.len())];
    if compare(other, one).is_lt() {
        other
    } else {
        one
    }
}

/// Each place from one parent or the other; one place in the mean moves by a power of two.
fn child<F>(
    explorer: &Explorer<'_, F>,
    one: &[u64],
    other: &[u64],
    rng: &mut ChaCha12Rng,
) -> Places {
    let mut places: Places = one
        .iter()
        .zip(other)
        .map(|(&a, &b)| if rng.random_bool(0.5) { a } else { b })
        .collect();
    let count = places.len();
    let sure = rng.random_range(0..count);
    for (at, place) in places.iter_mut().enumerate() {
        let last = explorer.instruments[at].places() - 1;
        let moves = at == sure || rng.random_range(0..count) == 0;
        if !moves || last == 0 {
            continue;
        }
        let stride = 1_u64 << rng.random_range(0..=last.ilog2());
        *place = if rng.random_bool(0.5) {
            place.saturating_add(stride).min(last)
        } else {
            place.saturating_sub(stride)
        };
    }
    places
}

/// What is within the budget comes first; beyond it, what costs less.
fn is_ahead(one: &Member, other: &Member) -> bool {
    match (one.is_affordable, other.is_affordable) {
        (true, true) => dominates(&one.point, &other.point),
        (true, false) => true,
        (false, true) => false,
        (false, false) => one.point.cost < other.point.cost,
    }
}

fn compare(one: &Member, other: &Member) -> Ordering {
    one.rank
        .cmp(&other.rank)
        .then(other.crowding.total_cmp(&one.crowding))
        .then_with(|| one.places.cmp(&other.places))
}

/// Sorts by front, within a front by how lonely a member is.
fn rank(members: &mut [Member]) {
    let count = members.len();
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut ahead = vec![0_usize; count];
    for one in 0..count {
        for other in 0..count {
            if is_ahead(&members[one], &members[other]) {
                behind[one].push(other);
                ahead[other] += 1;
            }
        }
    }
    let mut layer: Vec<usize> = (0..count).filter(|&at| ahead[at] == 0).collect();
    let mut rank = 0;
    while !layer.is_empty() {
        for &at in &layer {
            members[at].rank = rank;
        }
        crowd(members, &layer);
        let mut next = Vec::new();
        for &at in &layer {
            for &other in &behind[at] {
                ahead[other] -= 1;
                if ahead[other] == 0 {
                    next.push(other);
                }
            }
        }
        layer = next;
        rank += 1;
    }
    members.sort_by(compare);
}

/// The crowding distance within one front; infinite at its ends.
fn crowd(members: &mut [Member], layer: &[usize]) {
    for &at in layer {
        members[at].crowding = 0.0;
    }
    let objectives = layer
        .iter()
        .map(|&at| members[at].point.objectives.len())
        .min()
        .unwrap_or(0);
    for objective in 0..=objectives {
        let value = |member: &Member| match objective {
            0 => member.point.cost,
            _ => member.point.objectives[objective - 1],
        };
        let mut sorted = layer.to_vec();
        sorted.sort_by(|&a, &b| value(&members[a]).total_cmp(&value(&members[b])));
        let (Some(&first), Some(&last)) = (sorted.first(), sorted.last()) else {
            return;
        };
        let range = value(&members[last]) - value(&members[first]);
        members[first].crowding = f64::INFINITY;
        members[last].crowding = f64::INFINITY;
        if !(range > 0.0 && range.is_finite()) {
            continue;
        }
        for three in sorted.windows(3) {
            let span = value(&members[three[2]]) - value(&members[three[0]]);
            members[three[1]].crowding += span / range;
        }
    }
}
