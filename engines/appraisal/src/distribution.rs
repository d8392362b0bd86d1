//! How incomes are spread over people: inequality, poverty, quantiles.
//!
//! Incomes are whole won of a household, each weighted by its persons (in a survey: times how many households it stands
//! for). Two forms:
//!
//! - over slices, exact: [`gini`], [`poverty`], [`quantiles`], [`decile_cuts`];
//! - for a nation's rows that pass by once: [`Histogram`], whose answers are brackets that surely hold the exact one,
//!   and [`PovertyTally`], exact for a line known beforehand. Both add whole numbers only, so that parts may be merged
//!   in any order with the same result.
//!
//! # Conventions
//!
//! - Incomes are taken as given: zero and negative ones count. With negative incomes a Gini coefficient can exceed 1
//!   and a poverty gap can exceed the headcount; who wants the convention of the OECD clamps at zero first
//!   (`income.max(0)`).
//! - Whose income is **below** the line is poor; who is exactly on it is not.
//! - The quantile at p is the smallest income up to which at least the share p of all persons have theirs.
//! - Equal incomes are always in the same decile: that of the first cut not below them. Deciles are therefore of
//!   unequal size where many have the same income (such as zero).
//! - No correction for small numbers: the figures of a population repeated twice are its own.

mod histogram;
mod sample;
mod tally;

pub use histogram::{Bracket, Histogram, PovertyBracket};
pub use sample::{MIN_SAMPLE, REPLICATES};
pub use tally::{PovertyTally, TalliedPoverty};

use thiserror::Error;

use crate::error::{InputError, all_values, is_amount, not_empty, same_length, setting};

/// Whom the rows stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collected {
    /// Everybody: figures are exact and carry no error of sampling.
    Census,
    /// A sample of households, drawn independently: the standard error and the 95 % interval come from `replicates`
    /// resamples of households (Rao, Wu, *JASA* 83, 1988, 231–241, with n − 1 draws), chosen by `seed`.
    ///
    /// For a sample drawn in clusters or strata the true error is another, usually a larger one.
    Sample { replicates: u32, seed: u64 },
}

/// A figure and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    pub value: f64,
    /// 0 for a census.
    pub standard_error: f64,
    /// The 95 % interval; the value itself for a census.
    pub low: f64,
    pub high: f64,
}

/// Below what somebody is poor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PovertyLine {
    /// A sum in won.
    Won(i64),
    /// A share of the weighted median of the incomes given, such as 0.5. In a sample the line varies with it.
    OfMedian(f64),
}

/// The measures of Foster, Greer and Thorbecke (*Econometrica* 52, 1984, 761–766) for α = 0, 1, 2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Poverty {
    pub line_won: f64,
    /// The share of persons below the line.
    pub headcount: Figure,
    /// What they lack, as a share of the line, averaged over all persons.
    pub gap: Figure,
    /// The square of that share, averaged over all persons: weighs the poorest most.
    pub squared_gap: Figure,
}

/// Why there is no figure.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum DistributionError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(
        "the mean income is {mean} won; shares of a total that is not above zero mean nothing: clamp negative incomes \
         at zero, or compare quantiles"
    )]
    MeanNotPositive { mean: f64 },
    #[error(
        "the poverty line is {line} won; give one above zero, or a share of a median that is above zero"
    )]
    LineNotPositive { line: f64 },
    #[error("the sample has {found} households of any weight; {needed} are needed for an interval")]
    SampleTooSmall { found: usize, needed: usize },
    #[error(
        "a histogram of {other} won a bucket cannot join one of {own}; make both with the same width"
    )]
    OtherWidth { own: i64, other: i64 },
    #[error(
        "a tally for the line {other} won cannot join one for {own}; make both for the same line"
    )]
    OtherLine { own: i64, other: i64 },
}

/// Gini coefficient of the incomes of persons: half the mean difference between two of them, divided by the mean.
///
/// `weights[i]` persons live on `incomes[i]` won. 0 when all have the same.
///
/// # Errors
/// Empty, unequal or impossible arguments; a mean that is not above zero, in a resample either; a sample that is too
/// small.
pub fn gini(
    incomes: &[i64],
    weights: &[f64],
    collected: Collected,
) -> Result<Figure, DistributionError> {
    let rows = Rows::new(incomes, weights)?;
    let [figure] = sample::figures(&rows, collected, |rows| Ok([rows.gini()?]))?;
    Ok(figure)
}

/// Headcount, gap and squared gap of poverty.
///
/// # Errors
/// Empty, unequal or impossible arguments; a line that is not above zero, in a resample either; a sample that is too small.
pub fn poverty(
    incomes: &[i64],
    weights: &[f64],
    line: PovertyLine,
    collected: Collected,
) -> Result<Poverty, DistributionError> {
    if let PovertyLine::OfMedian(share) = line {
        setting(
            "line",
            share,
            share > 0.0 && share.is_finite(),
            "give a share of the median above 0, such as 0.5",
        )?;
    }
    let rows = Rows::new(incomes, weights)?;
    let line_won = rows.line(line)?;
    let [headcount, gap, squared_gap] =
        sample::figures(&rows, collected, |rows| Ok(rows.poverty(rows.line(line)?)))?;
    Ok(Poverty {
        line_won,
        headcount,
        gap,
        squared_gap,
    })
}

/// The weighted quantiles at `shares`, in their order.
///
/// # Errors
/// Empty, unequal or impossible arguments; a share outside of 0 to 1.
pub fn quantiles(
    incomes: &[i64],
    weights: &[f64],
    shares: &[f64],
) -> Result<Vec<i64>, DistributionError> {
    check_shares(shares)?;
    let rows = Rows::new(incomes, weights)?;
    Ok(shares.iter().map(|&share| rows.quantile(share)).collect())
}

/// The nine incomes that divide the persons into deciles; for [`decile_of`].
///
/// # Errors
/// Empty, unequal or impossible arguments.
pub fn decile_cuts(incomes: &[i64], weights: &[f64]) -> Result<[i64; 9], DistributionError> {
    let rows = Rows::new(incomes, weights)?;
    Ok(std::array::from_fn(|at| {
        rows.quantile((at + 1) as f64 / 10.0)
    }))
}

/// The decile of an income, 1 (poorest) to 10: one more than the number of cuts below it.
pub fn decile_of(cuts: &[i64; 9], income: i64) -> u8 {
    1 + cuts.iter().filter(|&&cut| cut < income).count() as u8
}

/// How many persons a share is; what rounding adds to it (0.55 × 100 is more than 55) must not ask for one more.
fn wanted(share: f64, persons: f64) -> f64 {
    share * persons * (1.0 - 1e-12)
}

fn check_shares(shares: &[f64]) -> Result<(), InputError> {
    all_values(
        "shares",
        shares,
        |share| (0.0..=1.0).contains(&share),
        "give shares from 0 to 1, such as 0.5 for the median",
    )
}

/// Incomes in ascending order with their weights, none of them zero.
struct Rows {
    incomes: Vec<i64>,
    weights: Vec<f64>,
}

impl Rows {
    fn new(incomes: &[i64], weights: &[f64]) -> Result<Self, InputError> {
        not_empty("incomes", incomes, "give at least one household")?;
        same_length("weights", weights.len(), "incomes", incomes.len())?;
        all_values(
            "weights",
            weights,
            is_amount,
            "give the persons that live on this income, 0 or more",
        )?;
        let sum: f64 = weights.iter().sum();
        setting(
            "the sum of weights",
            sum,
            sum > 0.0 && sum.is_finite(),
            "give some household a weight above 0",
        )?;
        let mut rows: Vec<(i64, f64)> = incomes
            .iter()
            .copied()
            .zip(weights.iter().copied())
            .filter(|(_, weight)| *weight > 0.0)
            .collect();
        // By weight within equal incomes, so that the order of the rows does not change a digit.
        rows.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let (incomes, weights) = rows.into_iter().unzip();
        Ok(Self { incomes, weights })
    }

    fn pairs(&self) -> impl Iterator<Item = (f64, f64)> {
        let incomes = self.incomes.iter().map(|&income| income as f64);
        incomes.zip(self.weights.iter().copied())
    }

    fn total(&self) -> f64 {
        self.weights.iter().sum()
    }

    fn gini(&self) -> Result<f64, DistributionError> {
        gini_of_sorted(self.pairs()).ok_or_else(|| DistributionError::MeanNotPositive {
            mean: self
                .pairs()
                .map(|(income, weight)| income * weight)
                .sum::<f64>()
                / self.total(),
        })
    }

    fn quantile(&self, share: f64) -> i64 {
        let wanted = wanted(share, self.total());
        let mut sum = 0.0;
        for (income, weight) in self.incomes.iter().zip(&self.weights) {
            sum += weight;
            // A weight of zero occurs in resamples only, and nobody has that income then.
            if sum >= wanted && sum > 0.0 {
                return *income;
            }
        }
        self.incomes[self.incomes.len() - 1]
    }

    fn line(&self, line: PovertyLine) -> Result<f64, DistributionError> {
        let line = match line {
            PovertyLine::Won(won) => won as f64,
            PovertyLine::OfMedian(share) => share * self.quantile(0.5) as f64,
        };
        if line > 0.0 {
            return Ok(line);
        }
        Err(DistributionError::LineNotPositive { line })
    }

    fn poverty(&self, line: f64) -> [f64; 3] {
        let mut sums = [0.0; 3];
        for (income, weight) in self.pairs().take_while(|(income, _)| *income < line) {
            let lacking = (line - income) / line;
            sums[0] += weight;
            sums[1] += weight * lacking;
            sums[2] += weight * lacking * lacking;
        }
        sums.map(|sum| sum / self.total())
    }
}

/// Gini coefficient of (value, weight) in ascending order of values: one minus twice the area under the Lorenz curve;
/// `None` when the values do not sum to more than zero.
pub(crate) fn gini_of_sorted(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (mut weights, mut values, mut area) = (0.0, 0.0, 0.0);
    for (value, weight) in pairs {
        let before = values;
        values += value * weight;
        weights += weight;
        area += weight * (before + values);
    }
    (values > 0.0).then(|| 1.0 - area / (weights * values))
}

#[cfg(test)]
mod tests;
