//! Where to put a facility, and what closing one takes away: over sums of people in a grid, never over addresses.

use std::collections::BTreeMap;

use appraisal::siting::{self, Aim, Assessment, Map, Task};
use serde::{Deserialize, Serialize};

use super::{About, Effect, Fault, Kind, Measure};
use crate::areas::aide::said::{Said, decimal};
use crate::blocks::people::HomeCell;
use crate::blocks::places::{Point, distance_m};

/// Cells of the grid to a degree: an edge is about 550 metres north to south.
pub const CELLS_A_DEGREE: i64 = 200;
/// Cells in which fewer live are put together with others of their district.
pub const FEWEST: u64 = 5;
/// All choices are tried where there are no more.
const CHOICES: u64 = 100_000;
/// The most cells and candidate sites.
pub const MAX_CELLS: usize = 20_000;
pub const MAX_SITES: usize = 1_000;

/// People of a district around a point; only sums.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Millionths of a degree.
    pub latitude: i64,
    pub longitude: i64,
    /// Name of the district.
    pub district: String,
    pub persons: u64,
}

/// Makes of sums in which few may be sums in which nobody is found. Cells of few become one with the rest of their
/// district; a district of few altogether is left out, and so many persons are told.
pub fn grid(homes: impl IntoIterator<Item = HomeCell>) -> (Vec<Cell>, u64) {
    // The middle of a cell in millionths of a degree.
    let middle = |place: i64| place * 1_000_000 / CELLS_A_DEGREE;
    let (mut kept, mut rests) = (Vec::new(), BTreeMap::<String, (u64, i128, i128)>::new());
    for home in homes {
        let (latitude, longitude) = (middle(home.north), middle(home.east));
        let (district, persons) = (home.dong, home.persons.unsigned_abs());
        if persons >= FEWEST {
            kept.push(Cell {
                latitude,
                longitude,
                district,
                persons,
            });
            continue;
        }
        let rest = rests.entry(district).or_default();
        rest.0 += persons;
        rest.1 += i128::from(latitude) * i128::from(persons);
        rest.2 += i128::from(longitude) * i128::from(persons);
    }
    let mut left_out = 0;
    for (district, (persons, latitude, longitude)) in rests {
        if persons < FEWEST {
            left_out += persons;
            continue;
        }
        let mean = |sum: i128| i64::try_from(sum / i128::from(persons)).unwrap_or(0);
        kept.push(Cell {
            latitude: mean(latitude),
            longitude: mean(longitude),
            district,
            persons,
        });
    }
    (kept, left_out)
}

/// A place where a facility is or could be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub name: String,
    /// Millionths of a degree.
    pub latitude: i64,
    pub longitude: i64,
    pub is_open: bool,
}

/// A facility to be placed, or to be closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facility {
    pub about: About,
    pub cells: Vec<Cell>,
    /// Persons in no cell, as too few live there.
    pub left_out: u64,
    pub sites: Vec<Site>,
    pub add: usize,
    /// Whoever lives within so many metres counts as reached.
    pub reach_m: u32,
}

/// People as a choice leaves them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    pub persons: u64,
    pub covered: u64,
    /// Metres, decimals cut.
    pub mean_m: u64,
    pub p90_m: u32,
    /// Of the distances, four places.
    pub gini: String,
    /// District, persons, covered, metres on average.
    pub districts: Vec<(String, u64, u64, u64)>,
    pub worst: String,
}

/// What comes of a place chosen or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Siting {
    pub measure: Measure,
    /// Names of the sites that are added, or closed.
    pub sites: Vec<String>,
    /// As it is; `None` where nothing is open yet.
    pub before: Option<Reach>,
    pub after: Reach,
    pub is_optimal: bool,
}

/// The districts by the place that the map knows them by.
struct Ground {
    map: Map,
    districts: Vec<String>,
    open: Vec<usize>,
}

fn ground(asked: &Facility) -> Result<Ground, Fault> {
    asked.about.check()?;
    if asked.cells.is_empty() || asked.cells.len() > MAX_CELLS {
        return Err(("reach", Said::new("aide-facility-nobody")));
    }
    if asked.sites.is_empty() || asked.sites.len() > MAX_SITES {
        return Err((
            "candidates",
            Said::new("aide-facility-sites").with("most", MAX_SITES),
        ));
    }
    if !(1..=100_000).contains(&asked.reach_m) {
        return Err(("reach", Said::new("aide-facility-reach")));
    }
    let mut districts: Vec<String> = asked.cells.iter().map(|it| it.district.clone()).collect();
    districts.sort();
    districts.dedup();
    let point = |latitude: i64, longitude: i64| Point {
        latitude: latitude as f64 / 1e6,
        longitude: longitude as f64 / 1e6,
    };
    let (mut distances, mut weights, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for cell in &asked.cells {
        let home = point(cell.latitude, cell.longitude);
        distances.extend(asked.sites.iter().map(|site| {
            let metres = distance_m(home, point(site.latitude, site.longitude));
            u32::try_from(metres).unwrap_or(siting::UNREACHABLE)
        }));
        weights.push(u32::try_from(cell.persons).unwrap_or(u32::MAX));
        groups.push(districts.binary_search(&cell.district).unwrap_or(0));
    }
    let map = Map::new(&distances, asked.sites.len(), &weights, &groups);
    let map = map.map_err(|_| ("reach", Said::new("aide-facility-nobody")))?;
    let open = asked.sites.iter().enumerate().filter(|(_, it)| it.is_open);
    Ok(Ground {
        map,
        districts,
        open: open.map(|(place, _)| place).collect(),
    })
}

impl Ground {
    fn reach(&self, sites: &[usize], reach_m: u32) -> Result<Reach, Fault> {
        let found = siting::assess(&self.map, sites, reach_m);
        let found = found.map_err(|_| ("candidates", Said::new("aide-facility-none-open")))?;
        Ok(self.told(&found))
    }

    fn told(&self, found: &Assessment) -> Reach {
        let metres = |it: Option<f64>| it.map_or(0, |it| it as u64);
        let name = |group: usize| self.districts.get(group).cloned().unwrap_or_default();
        let districts = found
            .groups
            .iter()
            .map(|it| (name(it.group), it.persons, it.covered, metres(it.mean_m)));
        Reach {
            persons: found.persons,
            covered: found.covered,
            mean_m: metres(found.mean_m),
            p90_m: found.p90_m.unwrap_or(0),
            gini: decimal(found.gini.unwrap_or(0.0), 4),
            districts: districts.collect(),
            worst: name(found.worst_group),
        }
    }
}

/// Whether so many can be added at all.
///
/// # Errors
/// The first field that cannot be, and what to do about it.
pub fn check(asked: &Facility) -> Result<(), Fault> {
    let free = asked.sites.len() - ground(asked)?.open.len();
    match asked.add {
        0 => Err(("add", Said::new("aide-facility-add"))),
        add if add > free => Err((
            "add",
            Said::new("aide-facility-too-many").with("free", free),
        )),
        _ => Ok(()),
    }
}

/// Chooses where to add facilities so that as many as possible live within reach.
///
/// # Errors
/// The first field that cannot be, and what to do about it.
pub fn place(asked: &Facility) -> Result<Siting, Fault> {
    check(asked)?;
    let ground = ground(asked)?;
    let task = Task {
        aim: Aim::MostWithin {
            reach_m: asked.reach_m,
        },
        open: &ground.open,
        add: asked.add,
        max_choices: CHOICES,
    };
    let choice = siting::choose(&ground.map, &task);
    let choice = choice.map_err(|_| ("candidates", Said::new("aide-facility-add")))?;
    let before = match ground.open.is_empty() {
        true => None,
        false => Some(ground.reach(&ground.open, asked.reach_m)?),
    };
    let after = ground.reach(&choice.sites, asked.reach_m)?;
    let gained = after.covered - before.as_ref().map_or(0, |it| it.covered);
    let mut measure = asked.about.measure(Kind::Facility, register(gained));
    let names: Vec<String> = choice
        .added
        .iter()
        .map(|it| asked.sites[*it].name.clone())
        .collect();
    measure.sentences = vec![
        Said::new("aide-facility-chosen")
            .with("names", names.join(", "))
            .with("gained", whole(gained))
            .with("covered", whole(after.covered))
            .with("persons", whole(after.persons))
            .with("reach", i64::from(asked.reach_m)),
        Said::new("aide-facility-worst")
            .with("district", after.worst.as_str())
            .with("mean", whole(after.mean_m)),
        Said::new(match choice.is_optimal {
            true => "aide-facility-best",
            false => "aide-facility-nearly",
        }),
    ];
    measure.side_effects = vec![Said::new("aide-facility-moves-demand")];
    measure.assumptions = assumptions(asked);
    Ok(Siting {
        measure,
        sites: names,
        before,
        after,
        is_optimal: choice.is_optimal,
    })
}

/// What closing one open site takes away: who then lives farther, and who out of reach.
///
/// # Errors
/// A site that is not open, or the last one; the first field that cannot be.
pub fn close(asked: &Facility, site: usize) -> Result<Siting, Fault> {
    let ground = ground(asked)?;
    if !ground.open.contains(&site) {
        return Err(("site", Said::new("aide-closure-not-open")));
    }
    let left: Vec<usize> = ground
        .open
        .iter()
        .copied()
        .filter(|it| *it != site)
        .collect();
    if left.is_empty() {
        return Err(("site", Said::new("aide-closure-last")));
    }
    let before = ground.reach(&ground.open, asked.reach_m)?;
    let after = ground.reach(&left, asked.reach_m)?;
    let lost = before.covered - after.covered;
    let mut effect = register(lost);
    effect.of = "aide-measure-out-of-reach".into();
    let mut measure = asked.about.measure(Kind::Closure, effect);
    measure.sentences = vec![
        Said::new("aide-closure-takes")
            .with("name", asked.sites[site].name.as_str())
            .with("lost", whole(lost))
            .with("reach", i64::from(asked.reach_m))
            .with("before", whole(before.mean_m))
            .with("after", whole(after.mean_m)),
    ];
    let farther = before.districts.iter().zip(&after.districts);
    let mut farther: Vec<(u64, &String)> = farther
        .map(|(was, is)| (is.3.saturating_sub(was.3), &is.0))
        .filter(|(metres, _)| *metres > 0)
        .collect();
    farther.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let farther = farther.iter().take(3).map(|(metres, district)| {
        Said::new("aide-closure-farther")
            .with("district", district.as_str())
            .with("metres", whole(*metres))
    });
    measure.side_effects = farther.collect();
    measure
        .side_effects
        .push(Said::new("aide-closure-crowding"));
    measure.assumptions = assumptions(asked);
    Ok(Siting {
        measure,
        sites: vec![asked.sites[site].name.clone()],
        before: Some(before),
        after,
        is_optimal: true,
    })
}

/// A count of the register has no interval of chance: what is uncertain is said among the assumptions.
fn register(persons: u64) -> Effect {
    Effect {
        of: "aide-measure-within-reach".into(),
        low: persons.to_string(),
        mid: persons.to_string(),
        high: persons.to_string(),
        source: Said::new("aide-measure-source-register"),
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn assumptions(asked: &Facility) -> Vec<Said> {
    vec![
        Said::new("aide-facility-assumes-straight"),
        Said::new("aide-facility-assumes-grid").with("left_out", whole(asked.left_out)),
        Said::new("aide-facility-assumes-capacity"),
    ]
}
