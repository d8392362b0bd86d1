//! Exact numbers: fractions of whole numbers, so that neither a rate of 0.15 nor a twelfth of a year's tax is rounded
//! before the rule says so.

use std::cmp::Ordering;
use std::fmt;

use crate::money::Rounding;

/// A fraction in lowest terms; the denominator is positive. Every operation is exact, or `None` where it leaves the
/// range of 128-bit integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Exact {
    numerator: i128,
    denominator: i128,
}

/// Digits after the point beyond which a decimal is not read: `10^18` keeps products of two within 128 bits.
const MAX_DECIMALS: i64 = 18;

impl Exact {
    pub const ZERO: Self = Self {
        numerator: 0,
        denominator: 1,
    };
    pub const ONE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// `numerator / denominator`; `None` for a denominator of zero.
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let common = gcd(numerator, denominator)?;
        let sign = denominator.signum();
        Some(Self {
            numerator: (numerator / common).checked_mul(sign)?,
            denominator: (denominator / common).checked_mul(sign)?,
        })
    }

    /// Reads `1200`, `-0.25`, `1_000.5`, `2.5e3` or a fraction `1750/3`; no other notation, and no infinity.
    ///
    /// ```
    /// use rules::variables::Exact;
    /// let rate = Exact::parse("0.15").expect("a decimal");
    /// let tax = Exact::parse("1e4").and_then(|income| income.checked_mul(rate));
    /// assert_eq!(tax, Some(Exact::from(1500)));
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((numerator, denominator)) = text.split_once('/') {
            return Self::decimal(numerator)?.checked_div(Self::decimal(denominator)?);
        }
        Self::decimal(text)
    }

    fn decimal(text: &str) -> Option<Self> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: String = whole
            .chars()
            .chain(decimals.chars())
            .filter(|c| *c != '_')
            .collect();
        // Without a digit before or after the point it is a name or a sign, not a number.
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if whole.starts_with('_') || decimals.starts_with('_') {
            return None;
        }
        let places = decimals.chars().filter(|c| *c != '_').count();
        let places = i64::try_from(places).ok()?.checked_sub(exponent)?;
        if places.abs() > MAX_DECIMALS {
            return None;
        }
        let power = 10_i128.checked_pow(u32::try_from(places.abs()).ok()?)?;
        let digits = digits.parse::<i128>().ok()?.checked_mul(sign)?;
        if places >= 0 {
            Self::new(digits, power)
        } else {
            Self::new(digits.checked_mul(power)?, 1)
        }
    }

    /// Numerator and denominator, in lowest terms.
    pub(crate) fn parts(self) -> (i128, i128) {
        (self.numerator, self.denominator)
    }

    /// The whole number that it is, if it is one of 64 bits.
    pub fn whole(self) -> Option<i64> {
        (self.denominator == 1)
            .then(|| i64::try_from(self.numerator).ok())
            .flatten()
    }

    pub fn checked_add(self, other: Self) -> Option<Self> {
        let common = gcd(self.denominator, other.denominator)?;
        let left = self.numerator.checked_mul(other.denominator / common)?;
        let right = other.numerator.checked_mul(self.denominator / common)?;
        let denominator = (self.denominator / common).checked_mul(other.denominator)?;
        Self::new(left.checked_add(right)?, denominator)
    }

    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(other.checked_neg()?)
    }

    pub fn checked_neg(self) -> Option<Self> {
        Some(Self {
            numerator: self.numerator.checked_neg()?,
            ..self
        })
    }

    pub fn checked_mul(self, other: Self) -> Option<Self> {
        // Crosswise first, so that large numbers that cancel do not overflow on the way.
        let left = Self::new(self.numerator, other.denominator)?;
        let right = Self::new(other.numerator, self.denominator)?;
        Self::new(
            left.numerator.checked_mul(right.numerator)?,
            left.denominator.checked_mul(right.denominator)?,
        )
    }

    /// `None` for a divisor of zero.
    pub fn checked_div(self, other: Self) -> Option<Self> {
        self.checked_mul(Self::new(other.denominator, other.numerator)?)
    }

    pub fn abs(self) -> Option<Self> {
        Some(Self {
            numerator: self.numerator.checked_abs()?,
            ..self
        })
    }

    /// Rounded to `digits` after the point (0 to 9).
    pub fn round(self, digits: u8, rounding: Rounding) -> Option<Self> {
        let power = 10_i128.checked_pow(u32::from(digits.min(9)))?;
        let scaled = self.checked_mul(Self::new(power, 1)?)?;
        let (whole, rest) = (
            scaled.numerator / scaled.denominator,
            (scaled.numerator % scaled.denominator).abs(),
        );
        let away = match rounding {
            Rounding::Down => false,
            Rounding::Up => rest != 0,
            Rounding::HalfUp => rest >= scaled.denominator - rest,
        };
        let step = if away { scaled.numerator.signum() } else { 0 };
        Self::new(whole.checked_add(step)?, power)
    }
}

impl From<i64> for Exact {
    fn from(value: i64) -> Self {
        Self {
            numerator: value.into(),
            denominator: 1,
        }
    }
}

impl Ord for Exact {
    /// By continued fractions: cross products could overflow.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = (
            (self.numerator, self.denominator),
            (other.numerator, other.denominator),
        );
        let mut mirrored = false;
        loop {
            let whole = a.0.div_euclid(a.1).cmp(&b.0.div_euclid(b.1));
            let (left, right) = (a.0.rem_euclid(a.1), b.0.rem_euclid(b.1));
            let order = match whole {
                Ordering::Equal if left != 0 && right != 0 => {
                    (a, b) = ((a.1, left), (b.1, right));
                    mirrored = !mirrored;
                    continue;
                }
                Ordering::Equal => (left != 0).cmp(&(right != 0)),
                decided => decided,
            };
            return if mirrored { order.reverse() } else { order };
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The shortest decimal where there is one, else the fraction; [`Exact::parse`] reads both back.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.denominator;
        let (mut twos, mut fives) = (0, 0);
        while rest % 2 == 0 {
            rest /= 2;
            twos += 1;
        }
        while rest % 5 == 0 {
            rest /= 5;
            fives += 1;
        }
        let places: usize = std::cmp::max(twos, fives);
        let scale = 10_i128.checked_pow(places as u32);
        let scaled = scale.and_then(|power| self.numerator.checked_mul(power / self.denominator));
        match scaled {
            Some(digits) if rest == 1 => {
                let sign = if digits < 0 { "-" } else { "" };
                let text = format!("{:0>width$}", digits.unsigned_abs(), width = places + 1);
                let (whole, decimals) = text.split_at(text.len() - places);
                let point = if places > 0 { "." } else { "" };
                write!(f, "{sign}{whole}{point}{decimals}")
            }
            _ => write!(f, "{}/{}", self.numerator, self.denominator),
        }
    }
}

/// The greatest common divisor; `None` where the denominator is zero or a sign cannot be changed.
fn gcd(a: i128, b: i128) -> Option<i128> {
    if b == 0 {
        return None;
    }
    let (mut a, mut b) = (a.checked_abs()?, b.checked_abs()?);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    Some(a)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).expect(text)
    }

    #[test]
    fn decimals_are_read_and_told_without_loss() {
        for (text, told) in [
            ("0.15", "0.15"),
            ("-0.250", "-0.25"),
            ("1_000.50", "1000.5"),
            (".5", "0.5"),
            ("12.", "12"),
            ("1e3", "1000"),
            ("2.5e-3", "0.0025"),
            ("1750/3", "1750/3"),
            ("-0", "0"),
        ] {
            assert_eq!(exact(text).to_string(), told, "{text}");
        }
        for text in [
            "", "-", ".", "abc", "1.2.3", "0x10", ".inf", "1e99", "_1", "1/0", "1e",
        ] {
            assert_eq!(Exact::parse(text), None, "{text}");
        }
    }

    #[test]
    fn rounding_is_that_of_the_statutes() {
        for (text, digits, half_up, down, up) in [
            ("0.125", 2, "0.13", "0.12", "0.13"),
            ("-0.125", 2, "-0.13", "-0.12", "-0.13"),
            ("1750/3", 0, "583", "583", "584"),
            ("7", 2, "7", "7", "7"),
        ] {
            let value = exact(text);
            for (rounding, told) in [
                (Rounding::HalfUp, half_up),
                (Rounding::Down, down),
                (Rounding::Up, up),
            ] {
                assert_eq!(value.round(digits, rounding), Some(exact(told)), "{text}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_none_and_never_a_panic() {
        let great = Exact::new(i128::MAX, 1).expect("a number");
        let small = Exact::new(1, i128::MAX).expect("a number");
        assert_eq!(great.checked_mul(great), None);
        assert_eq!(small.checked_add(exact("1/2")), None);
        assert_eq!(Exact::new(i128::MIN, -1), None);
        assert!(small < great);
        assert_eq!(exact("1").checked_div(Exact::ZERO), None);
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_fractions(a in -999_999_i64..999_999, b in 1_i64..9_999, c in -999_999_i64..999_999, d in 1_i64..9_999) {
            let (left, right) = (exact(&format!("{a}/{b}")), exact(&format!("{c}/{d}")));
            let sum = left.checked_add(right).expect("small");
            prop_assert_eq!(sum.checked_sub(right), Some(left));
            let cross = (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b)));
            prop_assert_eq!(left.cmp(&right), cross);
            if c != 0 {
                let product = left.checked_mul(right).expect("small");
                prop_assert_eq!(product.checked_div(right), Some(left));
            }
            prop_assert_eq!(Exact::parse(&left.to_string()), Some(left));
        }
    }
}
