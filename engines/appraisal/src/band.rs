//! A value that is not known exactly.

use crate::error::{InputError, is_quantity};

/// The lowest, the middle and the highest value that is reckoned with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    pub low: f64,
    pub mid: f64,
    pub high: f64,
}

impl Band {
    /// A value that is known.
    pub const fn exactly(value: f64) -> Self {
        Self {
            low: value,
            mid: value,
            high: value,
        }
    }

    /// Finite and in order, low ≤ mid ≤ high.
    pub(crate) fn is_ordered(self) -> bool {
        is_quantity(self.low)
            && is_quantity(self.high)
            && self.low <= self.mid
            && self.mid <= self.high
    }

    pub(crate) fn check(self, argument: &'static str, least: f64) -> Result<(), InputError> {
        if self.is_ordered() && self.low >= least {
            return Ok(());
        }
        Err(InputError::Setting {
            argument,
            found: self.to_string(),
            remedy: if least == 0.0 {
                "give finite values with 0 ≤ low ≤ mid ≤ high"
            } else {
                "give finite values with low ≤ mid ≤ high"
            },
        })
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            mid: self.mid + other.mid,
            high: self.high + other.high,
        }
    }

    /// The lowest of one less the highest of the other, and so on.
    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            low: self.low - other.high,
            mid: self.mid - other.mid,
            high: self.high - other.low,
        }
    }

    /// From the smallest product to the largest, whatever the signs.
    pub(crate) fn times(self, other: Self) -> Self {
        let ends = [
            self.low * other.low,
            self.low * other.high,
            self.high * other.low,
            self.high * other.high,
        ];
        Self {
            low: ends.into_iter().fold(f64::INFINITY, f64::min),
            mid: self.mid * other.mid,
            high: ends.into_iter().fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

impl std::fmt::Display for Band {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {} / {}", self.low, self.mid, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_keeps_what_is_possible_inside() {
        let (one, other) = (
            Band {
                low: -2.0,
                mid: 1.0,
                high: 3.0,
            },
            Band {
                low: -5.0,
                mid: 0.0,
                high: 4.0,
            },
        );
        assert_eq!(
            one.times(other),
            Band {
                low: -15.0,
                mid: 0.0,
                high: 12.0
            }
        );
        assert_eq!(
            one.minus(other),
            Band {
                low: -6.0,
                mid: 1.0,
                high: 8.0
            }
        );
        assert!(
            Band {
                low: 2.0,
                mid: 1.0,
                high: 3.0
            }
            .check("x", 0.0)
            .is_err()
        );
        assert!(
            Band {
                low: f64::NAN,
                mid: 1.0,
                high: 3.0
            }
            .check("x", 0.0)
            .is_err()
        );
        assert!(Band::exactly(-1.0).check("x", f64::NEG_INFINITY).is_ok());
    }
}
