//! Three-valued truth, and values that may be unknown.

use std::ops::Not;

/// What a condition may turn out to be: the set of outcomes still possible.
///
/// With every fact known it is [`Truth::TRUE`] or [`Truth::FALSE`]; facts that are unknown leave both possible
/// ([`Truth::UNKNOWN`]), and the operations are Kleene's. A third outcome, *void*, stands for a condition that the
/// law of the day gives no value to compare with: it is not satisfied, and neither is its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Truth(u8);

const T: u8 = 1;
const F: u8 = 2;
const V: u8 = 4;

impl Truth {
    pub const TRUE: Self = Self(T);
    pub const FALSE: Self = Self(F);
    pub const UNKNOWN: Self = Self(T | F);
    pub const VOID: Self = Self(V);

    /// The truth that may be each of these.
    pub(crate) fn possible(is_true: bool, is_false: bool, is_void: bool) -> Self {
        let bit = |possible: bool, bit: u8| if possible { bit } else { 0 };
        Self(bit(is_true, T) | bit(is_false, F) | bit(is_void, V))
    }

    /// True, whatever the unknown facts are.
    pub fn is_true(self) -> bool {
        self.0 == T
    }

    /// False, whatever the unknown facts are.
    pub fn is_false(self) -> bool {
        self.0 == F
    }

    /// Whether it may be true.
    pub fn may_be_true(self) -> bool {
        self.0 & T != 0
    }

    /// Whether it may be false.
    pub fn may_be_false(self) -> bool {
        self.0 & F != 0
    }

    /// Whether the law may have no value for it.
    pub fn may_be_void(self) -> bool {
        self.0 & V != 0
    }

    /// Whether one outcome alone is possible.
    pub fn is_settled(self) -> bool {
        self.0.count_ones() == 1
    }

    /// `Some(true)` when satisfied, `Some(false)` when it cannot be, `None` when that is open.
    pub fn satisfied(self) -> Option<bool> {
        if self.is_true() {
            Some(true)
        } else if self.may_be_true() {
            None
        } else {
            Some(false)
        }
    }

    /// False dominates, then void, then true.
    pub fn and(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        let both_true = a & b & T;
        let false_if_either = (a | b) & F;
        let void = if (a & V != 0 && b & (T | V) != 0) || (b & V != 0 && a & (T | V) != 0) {
            V
        } else {
            0
        };
        Self(both_true | false_if_either | void)
    }

    /// True dominates, then void, then false.
    pub fn or(self, other: Self) -> Self {
        !((!self).and(!other))
    }

    /// Void, where that is possible; otherwise nothing, which adds nothing to [`Truth::either`].
    pub(crate) fn void_part(self) -> Self {
        Self(self.0 & V)
    }

    /// Either of two, when it is open which.
    pub fn either(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        let swapped = ((self.0 & T) << 1) | ((self.0 & F) >> 1);
        Self(swapped | (self.0 & V))
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }
}

/// A value, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer<T> {
    Known(T),
    /// A fact is unknown.
    Unknown,
    /// The law has no value on that day.
    Absent,
    /// The calculation left the range of 64-bit integers or of the calendar.
    Overflow,
}

impl<T> Answer<T> {
    /// The value, if known.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// The value, or an overflow where there is none.
    pub(crate) fn computed(value: Option<T>) -> Self {
        value.map_or(Self::Overflow, Self::Known)
    }

    /// Without a value: the law's silence outweighs an unknown fact, which outweighs an overflow (the fact
    /// may yet bring the value into range).
    pub(crate) fn no_value<U, W>(first: &Answer<U>, second: &Answer<W>) -> Self {
        if matches!(first, Answer::Absent) || matches!(second, Answer::Absent) {
            Self::Absent
        } else if matches!(first, Answer::Unknown) || matches!(second, Answer::Unknown) {
            Self::Unknown
        } else {
            Self::Overflow
        }
    }

    pub(crate) fn then<U>(self, compute: impl FnOnce(T) -> Option<U>) -> Answer<U> {
        match self {
            Self::Known(value) => Answer::computed(compute(value)),
            Self::Unknown => Answer::Unknown,
            Self::Absent => Answer::Absent,
            Self::Overflow => Answer::Overflow,
        }
    }

    pub(crate) fn with<U, W>(
        self,
        other: Answer<U>,
        compute: impl FnOnce(T, U) -> Option<W>,
    ) -> Answer<W> {
        match (self, other) {
            (Self::Known(a), Answer::Known(b)) => Answer::computed(compute(a, b)),
            (a, b) => Answer::no_value(&a, &b),
        }
    }

    /// The truth of a comparison of two answers.
    pub(crate) fn compare<U>(
        &self,
        other: &Answer<U>,
        holds: impl FnOnce(&T, &U) -> bool,
    ) -> Truth {
        match (self, other) {
            (Self::Known(a), Answer::Known(b)) => holds(a, b).into(),
            (Self::Absent, _) | (_, Answer::Absent) => Truth::VOID,
            _ => Truth::UNKNOWN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Truth; 7] = [
        Truth(1),
        Truth(2),
        Truth(3),
        Truth(4),
        Truth(5),
        Truth(6),
        Truth(7),
    ];

    #[test]
    fn kleenes_tables() {
        let (t, f, u) = (Truth::TRUE, Truth::FALSE, Truth::UNKNOWN);
        for (a, b, and, or) in [
            (t, t, t, t),
            (t, f, f, t),
            (t, u, u, t),
            (f, f, f, f),
            (f, u, f, u),
            (u, u, u, u),
        ] {
            assert_eq!((a.and(b), b.and(a)), (and, and));
            assert_eq!((a.or(b), b.or(a)), (or, or));
        }
        assert_eq!((!t, !f, !u), (f, t, u));
    }

    #[test]
    fn laws_hold_for_every_value_with_void_too() {
        for a in ALL {
            assert_eq!(!!a, a);
            for b in ALL {
                assert_eq!(a.and(b), b.and(a));
                assert_eq!(!(a.and(b)), (!a).or(!b));
                for c in ALL {
                    assert_eq!(a.and(b).and(c), a.and(b.and(c)));
                    assert_eq!(a.or(b).or(c), a.or(b.or(c)));
                }
            }
        }
    }

    #[test]
    fn a_void_condition_is_not_satisfied_and_neither_is_its_negation() {
        let void = Truth::VOID;
        assert_eq!(void.satisfied(), Some(false));
        assert_eq!((!void).satisfied(), Some(false));
        assert_eq!(void.and(Truth::UNKNOWN).satisfied(), Some(false));
        assert_eq!(void.or(Truth::UNKNOWN).satisfied(), None);
        assert_eq!(void.or(Truth::TRUE).satisfied(), Some(true));
    }
}
