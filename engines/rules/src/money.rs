//! Exact integer arithmetic with the rounding that statutes name.

use serde::{Deserialize, Serialize};

/// How a fraction becomes a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// 반올림: half away from zero.
    HalfUp,
    /// 절사: toward zero.
    Down,
    /// 절상: away from zero.
    Up,
}

impl Rounding {
    pub(crate) const NAMES: [&'static str; 3] = ["half_up", "down", "up"];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "half_up" => Some(Self::HalfUp),
            "down" => Some(Self::Down),
            "up" => Some(Self::Up),
            _ => None,
        }
    }
}

/// `numerator / denominator` rounded to a whole number; the denominator is positive.
///
/// Returns `None` where the result does not fit in 64 bits or the denominator is not positive.
pub fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> Option<i64> {
    if denominator <= 0 {
        return None;
    }
    let whole = numerator / denominator;
    let rest = (numerator % denominator).abs();
    let away = match rounding {
        Rounding::Down => false,
        Rounding::Up => rest != 0,
        Rounding::HalfUp => rest >= denominator - rest,
    };
    let step = if away { numerator.signum() } else { 0 };
    i64::try_from(whole + step).ok()
}

/// `rate` percent of `amount`, exact before the one rounding.
///
/// ```
/// use rules::money::{percent, Rounding};
/// // 75 % of the 2026 median income of one person; binary floating point gives 1,923,178.
/// assert_eq!(percent(2_564_238, 75, Rounding::HalfUp), Some(1_923_179));
/// ```
pub fn percent(amount: i64, rate: i64, rounding: Rounding) -> Option<i64> {
    divide(i128::from(amount) * i128::from(rate), 100, rounding)
}

/// `amount` rounded to a multiple of `step` (positive).
pub fn round_to(amount: i64, step: i64, rounding: Rounding) -> Option<i64> {
    divide(i128::from(amount), i128::from(step), rounding)?.checked_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero_on_both_sides() {
        for (amount, rate, half_up, down, up) in [
            (1, 50, 1, 0, 1),
            (-1, 50, -1, 0, -1),
            (3, 50, 2, 1, 2),
            (10, 75, 8, 7, 8),
            (100, 32, 32, 32, 32),
            (-10, 74, -7, -7, -8),
        ] {
            assert_eq!(percent(amount, rate, Rounding::HalfUp), Some(half_up));
            assert_eq!(percent(amount, rate, Rounding::Down), Some(down));
            assert_eq!(percent(amount, rate, Rounding::Up), Some(up));
        }
    }

    #[test]
    fn what_does_not_fit_is_none_and_never_a_panic() {
        assert_eq!(percent(i64::MAX, 101, Rounding::Down), None);
        assert_eq!(round_to(i64::MAX, 10, Rounding::Up), None);
        assert_eq!(round_to(5, 0, Rounding::Up), None);
        assert_eq!(round_to(123_456, 10, Rounding::Down), Some(123_450));
    }
}
