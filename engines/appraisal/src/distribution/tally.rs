//! Poverty below a line that is known beforehand: exact sums, mergeable.

use super::DistributionError;
use crate::error::{InputError, setting};

/// Sums from which the poverty below one line follows exactly, whatever the number of rows and their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PovertyTally {
    line: i64,
    persons: u64,
    poor: u64,
    /// Σ persons × (line − income), of the poor.
    lacking: i128,
    /// Σ persons × (line − income)², of the poor.
    squares: i128,
}

/// Poverty as tallied; see [`super::Poverty`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TalliedPoverty {
    pub persons: u64,
    pub poor: u64,
    /// What lifting every poor person to the line would take, in won.
    pub lacking_won: i128,
    pub headcount: f64,
    pub gap: f64,
    pub squared_gap: f64,
}

impl PovertyTally {
    /// For a line in won.
    ///
    /// # Errors
    /// A line that is not above zero.
    pub fn new(line_won: i64) -> Result<Self, DistributionError> {
        let line = line_won as f64;
        if line_won <= 0 {
            return Err(DistributionError::LineNotPositive { line });
        }
        Ok(Self {
            line: line_won,
            persons: 0,
            poor: 0,
            lacking: 0,
            squares: 0,
        })
    }

    /// Adds a household of so many persons.
    ///
    /// # Errors
    /// Sums that do not fit; the tally is then unchanged.
    pub fn add(&mut self, income: i64, persons: u64) -> Result<(), DistributionError> {
        let mut one = Self::new(self.line)?;
        one.persons = persons;
        if income < self.line {
            one.poor = persons;
            let short = i128::from(self.line) - i128::from(income);
            let lacking = short.checked_mul(i128::from(persons)).ok_or(TOO_LARGE)?;
            one.lacking = lacking;
            one.squares = lacking.checked_mul(short).ok_or(TOO_LARGE)?;
        }
        self.merge(&one)
    }

    /// Adds another tally of the same line.
    ///
    /// # Errors
    /// Another line; sums that do not fit. The tally is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<(), DistributionError> {
        if self.line != other.line {
            return Err(DistributionError::OtherLine {
                own: self.line,
                other: other.line,
            });
        }
        *self = self.plus(other).ok_or(TOO_LARGE)?;
        Ok(())
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            line: self.line,
            persons: self.persons.checked_add(other.persons)?,
            // No more than the persons.
            poor: self.poor + other.poor,
            lacking: self.lacking.checked_add(other.lacking)?,
            squares: self.squares.checked_add(other.squares)?,
        })
    }

    /// The measures.
    ///
    /// # Errors
    /// Nobody was added.
    pub fn poverty(&self) -> Result<TalliedPoverty, DistributionError> {
        setting(
            "persons",
            self.persons,
            self.persons > 0,
            "add at least one household with a person",
        )?;
        let persons = self.persons as f64;
        let line = self.line as f64;
        Ok(TalliedPoverty {
            persons: self.persons,
            poor: self.poor,
            lacking_won: self.lacking,
            headcount: self.poor as f64 / persons,
            gap: self.lacking as f64 / line / persons,
            squared_gap: self.squares as f64 / line / line / persons,
        })
    }
}

const TOO_LARGE: InputError = InputError::TooLarge {
    argument: "squared poverty gaps",
    remedy: "incomes and lines are won, not fractions of them",
};
