//! Sums of a sweep: exact, and the same in whatever order parts are added.

use std::collections::BTreeMap;

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
    fn add(&mut self, other: &Self) {
        self.eligible += other.eligible;
        self.open += other.open;
        self.received += other.received;
        self.received_only += other.received_only;
        self.paid += other.paid;
        self.amount += other.amount;
    }
}

/// Counts by benefit and place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    counts: BTreeMap<(String, String, String), Count>,
    pub households: u64,
    pub persons: u64,
}

/// One count as it is stored and listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub benefit: String,
    pub municipality: String,
    pub district: String,
    // Not flattened: serde then refuses sums of more than 64 bits.
    pub count: Count,
}

impl Totals {
    /// Adds to the count of a benefit in a place.
    pub fn add(&mut self, benefit: &str, municipality: &str, district: &str, count: &Count) {
        let key = (
            benefit.to_owned(),
            municipality.to_owned(),
            district.to_owned(),
        );
        self.counts.entry(key).or_default().add(count);
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        for (key, count) in &other.counts {
            self.counts.entry(key.clone()).or_default().add(count);
        }
        self.households += other.households;
        self.persons += other.persons;
    }

    /// Every count, by benefit, municipality and district.
    pub fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        self.counts
            .iter()
            .map(|((benefit, municipality, district), count)| Line {
                benefit: benefit.clone(),
                municipality: municipality.clone(),
                district: district.clone(),
                count: *count,
            })
    }

    /// The counts of each benefit, everywhere.
    pub fn by_benefit(&self) -> BTreeMap<&str, Count> {
        let mut sums: BTreeMap<&str, Count> = BTreeMap::new();
        for ((benefit, _, _), count) in &self.counts {
            sums.entry(benefit).or_default().add(count);
        }
        sums
    }
}
