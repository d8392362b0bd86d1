//! Who gains and who loses, by group.
//!
//! Households before and after a change, in whole won; sums are exact, so that parts of a nation may be tallied apart
//! and merged in any order. A tally's size is that of its groups, not of its rows.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::error::{InputError, same_length, setting};

/// Why nothing was tallied.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GainsError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(
        "a tally that counts changes from {other} won cannot join one that counts from {own}; make both with the \
         same threshold"
    )]
    OtherThreshold { own: u64, other: u64 },
}

/// Those of a group whose income changed in one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Side {
    pub households: u64,
    pub persons: u64,
    /// What all their households gain or lose together, in won; never negative.
    pub won: i128,
    /// The largest gain or loss of one household, in won.
    pub largest: u64,
}

impl Side {
    /// What a household of this side gains or loses in the mean, in won; `None` when there is none.
    pub fn mean(&self) -> Option<f64> {
        (self.households > 0).then(|| self.won as f64 / self.households as f64)
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            households: self.households.checked_add(other.households)?,
            persons: self.persons.checked_add(other.persons)?,
            won: self.won.checked_add(other.won)?,
            largest: self.largest.max(other.largest),
        })
    }
}

/// What a change does to a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Change {
    pub winners: Side,
    pub losers: Side,
    /// Those whose income changes by less than the threshold; `won` is what it changes by, without sign.
    pub unchanged: Side,
    /// The sum of all incomes before, in won.
    pub before: i128,
    pub after: i128,
}

impl Change {
    pub fn households(&self) -> u64 {
        self.sides().iter().map(|side| side.households).sum()
    }

    pub fn persons(&self) -> u64 {
        self.sides().iter().map(|side| side.persons).sum()
    }

    /// What the group as a whole gains, in won; negative when it loses.
    pub fn net(&self) -> i128 {
        self.after - self.before
    }

    fn sides(&self) -> [&Side; 3] {
        [&self.winners, &self.losers, &self.unchanged]
    }

    fn of(before: i64, after: i64, persons: u64, threshold: u64) -> Self {
        let size = after.abs_diff(before);
        let side = Side {
            households: 1,
            persons,
            won: i128::from(size),
            largest: size,
        };
        let mut change = Self {
            before: i128::from(before),
            after: i128::from(after),
            ..Self::default()
        };
        match () {
            () if size < threshold => change.unchanged = side,
            () if after > before => change.winners = side,
            () => change.losers = side,
        }
        change
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        let sum = Self {
            winners: self.winners.plus(&other.winners)?,
            losers: self.losers.plus(&other.losers)?,
            unchanged: self.unchanged.plus(&other.unchanged)?,
            before: self.before.checked_add(other.before)?,
            after: self.after.checked_add(other.after)?,
        };
        // So that `households`, `persons` and `net` cannot overflow either.
        sum.sides()
            .iter()
            .try_fold(0_u64, |all, side| all.checked_add(side.persons))?;
        sum.sides()
            .iter()
            .try_fold(0_u64, |all, side| all.checked_add(side.households))?;
        sum.after.checked_sub(sum.before)?;
        Some(sum)
    }
}

/// Winners and losers of each group; a group is whatever the caller groups by, such as a decile or a district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally<K: Ord> {
    threshold: u64,
    groups: BTreeMap<K, Change>,
}

impl<K: Ord + Clone> Tally<K> {
    /// Changes of less than `threshold_won` are told as unchanged; 1 counts every change.
    ///
    /// # Errors
    /// A threshold of 0.
    pub fn new(threshold_won: u64) -> Result<Self, GainsError> {
        setting(
            "threshold_won",
            threshold_won,
            threshold_won >= 1,
            "give the smallest change that counts in won, at least 1",
        )?;
        Ok(Self {
            threshold: threshold_won,
            groups: BTreeMap::new(),
        })
    }

    /// Adds a household of so many persons to its group.
    ///
    /// # Errors
    /// Sums that do not fit; the tally is then unchanged.
    pub fn add(&mut self, key: K, before: i64, after: i64, persons: u64) -> Result<(), GainsError> {
        let change = Change::of(before, after, persons, self.threshold);
        self.put(key, &change)
    }

    /// Adds households: row `i` belongs to group `keys[i]`.
    ///
    /// # Errors
    /// Unequal lengths; sums that do not fit (what came before is then added).
    pub fn extend(
        &mut self,
        keys: &[K],
        before: &[i64],
        after: &[i64],
        persons: &[u32],
    ) -> Result<(), GainsError> {
        same_length("after", after.len(), "before", before.len())?;
        same_length("persons", persons.len(), "before", before.len())?;
        same_length("keys", keys.len(), "before", before.len())?;
        for (row, key) in keys.iter().enumerate() {
            self.add(
                key.clone(),
                before[row],
                after[row],
                u64::from(persons[row]),
            )?;
        }
        Ok(())
    }

    /// Adds another tally.
    ///
    /// # Errors
    /// Another threshold; sums that do not fit. The tally is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<(), GainsError> {
        if self.threshold != other.threshold {
            return Err(GainsError::OtherThreshold {
                own: self.threshold,
                other: other.threshold,
            });
        }
        let mut both = self.clone();
        for (key, change) in &other.groups {
            both.put(key.clone(), change)?;
        }
        *self = both;
        Ok(())
    }

    fn put(&mut self, key: K, change: &Change) -> Result<(), GainsError> {
        let group = self.groups.entry(key).or_default();
        *group = group.plus(change).ok_or(TOO_LARGE)?;
        Ok(())
    }

    /// The groups in the order of their keys.
    pub fn groups(&self) -> &BTreeMap<K, Change> {
        &self.groups
    }

    /// All groups together.
    ///
    /// # Errors
    /// Sums that do not fit.
    pub fn total(&self) -> Result<Change, GainsError> {
        let mut total = Change::default();
        for change in self.groups.values() {
            total = total.plus(change).ok_or(TOO_LARGE)?;
        }
        Ok(total)
    }
}

const TOO_LARGE: InputError = InputError::TooLarge {
    argument: "persons or incomes",
    remedy: "persons are counted, not weighted by fractions",
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn winners_and_losers_by_decile() {
        // Given four households of two deciles
        let mut tally = Tally::new(10).unwrap();
        let (before, after) = ([100, 100, 500, 500], [150, 100, 470, 509]);
        tally
            .extend(&[1, 1, 2, 2], &before, &after, &[3, 1, 2, 2])
            .unwrap();
        // Then the first decile wins, the second loses, and nine won are nothing
        let poorest = tally.groups()[&1];
        assert_eq!(
            poorest.winners,
            Side {
                households: 1,
                persons: 3,
                won: 50,
                largest: 50
            }
        );
        assert_eq!(poorest.unchanged.persons, 1);
        let second = tally.groups()[&2];
        assert_eq!(second.losers.mean(), Some(30.0));
        assert_eq!(second.winners.mean(), None);
        assert_eq!((second.unchanged.households, second.unchanged.won), (1, 9));
        assert_eq!(second.net(), -21);
        let total = tally.total().unwrap();
        assert_eq!(
            (total.households(), total.persons(), total.net()),
            (4, 8, 29)
        );
    }

    #[test]
    fn what_cannot_be_tallied_is_told() {
        let mut tally = Tally::new(1).unwrap();
        let told = tally
            .extend(&[1], &[5], &[5, 6], &[1])
            .unwrap_err()
            .to_string();
        assert!(
            told.starts_with("after has 2 values, but 1 are needed (before)"),
            "{told}"
        );
        assert!(Tally::<u8>::new(0).is_err());
        assert!(tally.merge(&Tally::new(2).unwrap()).is_err());
        tally.add(1, i64::MIN, i64::MAX, u64::MAX).unwrap();
        let before = tally.clone();
        let told = tally.add(1, 0, 1, 1).unwrap_err().to_string();
        assert!(told.contains("too large"), "{told}");
        assert_eq!(tally, before);
        assert_eq!(tally.groups()[&1].winners.largest, u64::MAX);
    }

    proptest! {
        #[test]
        fn parts_merge_in_any_order(rows in prop::collection::vec((0..4_u8, -50..50_i64, -50..50_i64, 1..5_u64), 0..40), cut in 0..40_usize) {
            let tally = |rows: &[(u8, i64, i64, u64)]| {
                let mut tally = Tally::new(5).unwrap();
                for &(key, before, after, persons) in rows {
                    tally.add(key, before, after, persons).unwrap();
                }
                tally
            };
            let (one, other) = rows.split_at(cut.min(rows.len()));
            let (mut forth, mut back) = (tally(one), tally(other));
            forth.merge(&tally(other)).unwrap();
            back.merge(&tally(one)).unwrap();
            prop_assert_eq!(&forth, &back);
            prop_assert_eq!(&forth, &tally(&rows));
            let net: i64 = rows.iter().map(|row| row.2 - row.1).sum();
            let total = forth.total().unwrap();
            prop_assert_eq!(total.net(), i128::from(net));
            prop_assert_eq!(total.households(), rows.len() as u64);
        }
    }
}
