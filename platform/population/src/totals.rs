//! Sums of a sweep: exact, and the same in whatever order parts are added.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

/// What a benefit came to in a place. Persons, or households where it is the household's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// How many the law grants it.
    pub eligible: u64,
    /// Of how many the facts known do not decide it.
    pub open: u64,
    /// How many of those eligible receive it already.
    pub received: u64,
    /// How many receive it although by the facts known the law does not grant it.
    pub received_only: u64,
    /// How many of those eligible have a sum that is known.
    pub paid: u64,
    /// The sum of those, in won of the benefit's unit.
    pub amount: i128,
}

impl Count {
    /// How many the law grants it and who do not receive it.
    pub fn gap(&self) -> u64 {
        self.eligible - self.received
    }

    fn add(&mut self, other: &Self) {
        self.eligible += other.eligible;
        self.open += other.open;
        self.received += other.received;
        self.received_only += other.received_only;
        self.paid += other.paid;
        self.amount += other.amount;
    }
}

/// A benefit within one [`Totals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameId(u32);

/// A place within one [`Totals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlaceId(u32);

/// Counts by benefit and place.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    names: Names<String>,
    places: Names<(String, String)>,
    counts: HashMap<(NameId, PlaceId), Count>,
    pub households: u64,
    pub persons: u64,
}

/// Keys by number.
#[derive(Clone, Debug)]
struct Names<K> {
    all: Vec<K>,
    known: HashMap<K, u32>,
}

impl<K> Default for Names<K> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            known: HashMap::new(),
        }
    }
}

impl<K: Clone + std::hash::Hash + Eq> Names<K> {
    fn id(&mut self, key: K) -> u32 {
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let id = self.all.len() as u32;
        self.all.push(key.clone());
        self.known.insert(key, id);
        id
    }
}

/// One count as it is stored and listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub benefit: String,
    pub municipality: String,
    pub district: String,
    // Not flattened: serde then cannot read sums of more than 64 bits back.
    pub count: Count,
}

impl Totals {
    /// A benefit, or whatever else is counted.
    pub fn name(&mut self, name: &str) -> NameId {
        // Asked for every batch: known ones cost no copy.
        match self.names.known.get(name) {
            Some(id) => NameId(*id),
            None => NameId(self.names.id(name.to_owned())),
        }
    }

    /// A place, by its municipality and its district.
    pub fn place(&mut self, municipality: &str, district: &str) -> PlaceId {
        PlaceId(
            self.places
                .id((municipality.to_owned(), district.to_owned())),
        )
    }

    /// Adds to a count.
    pub fn add(&mut self, name: NameId, place: PlaceId, count: &Count) {
        self.counts.entry((name, place)).or_default().add(count);
    }

    /// Adds a line of another.
    pub fn add_line(&mut self, line: &Line) {
        let name = self.name(&line.benefit);
        let place = self.place(&line.municipality, &line.district);
        self.add(name, place, &line.count);
    }

    /// Every count, by benefit, municipality and district.
    pub fn lines(&self) -> Vec<Line> {
        let line = |((name, place), count): (&(NameId, PlaceId), &Count)| {
            let (municipality, district) = self.places.all[place.0 as usize].clone();
            Line {
                benefit: self.names.all[name.0 as usize].clone(),
                municipality,
                district,
                count: *count,
            }
        };
        let mut lines: Vec<Line> = self.counts.iter().map(line).collect();
        lines.sort_by(|a, b| {
            let places = (&a.municipality, &a.district).cmp(&(&b.municipality, &b.district));
            a.benefit.cmp(&b.benefit).then(places)
        });
        lines
    }

    /// The counts of each benefit, everywhere.
    pub fn by_benefit(&self) -> BTreeMap<&str, Count> {
        let mut sums: BTreeMap<&str, Count> = BTreeMap::new();
        for ((name, _), count) in &self.counts {
            let name = self.names.all[name.0 as usize].as_str();
            sums.entry(name).or_default().add(count);
        }
        sums
    }
}
