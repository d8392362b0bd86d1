//! Scales: what a base gives by the bracket it falls into.

use super::exact::Exact;

/// How the brackets of a scale work together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScaleKind {
    /// Each rate applies to the part of the base within its bracket.
    MarginalRate,
    /// The rate on the whole base, growing in a straight line from one threshold to the next. At the last threshold
    /// and beyond, and below the first, there is none: zero.
    AverageRate,
    /// The amounts of all brackets that the base goes beyond, added up.
    MarginalAmount,
    /// The amount of the bracket in which the base lies; zero below the first.
    SingleAmount,
}

impl ScaleKind {
    pub(crate) const ALL: [Self; 4] = [
        Self::MarginalRate,
        Self::AverageRate,
        Self::MarginalAmount,
        Self::SingleAmount,
    ];

    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::MarginalRate => "marginal_rate",
            Self::AverageRate => "average_rate",
            Self::MarginalAmount => "marginal_amount",
            Self::SingleAmount => "single_amount",
        }
    }

    /// The key of a bracket's value in files.
    pub(crate) fn value_key(self) -> &'static str {
        match self {
            Self::MarginalRate | Self::AverageRate => "rate",
            Self::MarginalAmount | Self::SingleAmount => "amount",
        }
    }
}

/// From this threshold on, this rate or amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bracket {
    pub threshold: Exact,
    /// A rate (0.15 is 15 %) or an amount, as the kind of the scale says.
    pub value: Exact,
}

/// Puts brackets in order of their thresholds; those of one threshold become one with the sum of their values, as in
/// OpenFisca. `None` where a sum leaves the range.
pub(crate) fn ordered(mut brackets: Vec<Bracket>) -> Option<Vec<Bracket>> {
    brackets.sort_by_key(|bracket| bracket.threshold);
    let mut merged: Vec<Bracket> = Vec::with_capacity(brackets.len());
    for bracket in brackets {
        match merged.last_mut() {
            Some(last) if last.threshold == bracket.threshold => {
                last.value = last.value.checked_add(bracket.value)?;
            }
            _ => merged.push(bracket),
        }
    }
    Some(merged)
}

/// What the scale gives for a base. The brackets stand in the order of their thresholds, each threshold once.
/// `None` where the exact result leaves the range.
///
/// ```
/// use rules::variables::{Bracket, Exact, ScaleKind, apply_scale};
/// let number = |text| Exact::parse(text).expect("a number");
/// let bracket = |threshold, value| Bracket { threshold: number(threshold), value: number(value) };
/// // 3 % up to 12,000 and 10 % of what is beyond.
/// let scale = [bracket("0", "0.03"), bracket("12000", "0.1")];
/// assert_eq!(apply_scale(ScaleKind::MarginalRate, &scale, number("15000")), Some(number("660")));
/// ```
pub fn apply(kind: ScaleKind, brackets: &[Bracket], base: Exact) -> Option<Exact> {
    match kind {
        ScaleKind::MarginalRate => marginal_rate(brackets, base),
        ScaleKind::AverageRate => average_rate(brackets, base),
        ScaleKind::MarginalAmount => brackets
            .iter()
            .filter(|bracket| bracket.threshold < base)
            .try_fold(Exact::ZERO, |sum, bracket| sum.checked_add(bracket.value)),
        ScaleKind::SingleAmount => {
            let within = brackets.iter().rev().find(|it| it.threshold <= base);
            Some(within.map_or(Exact::ZERO, |bracket| bracket.value))
        }
    }
}

fn marginal_rate(brackets: &[Bracket], base: Exact) -> Option<Exact> {
    let mut sum = Exact::ZERO;
    for (index, bracket) in brackets.iter().enumerate() {
        if base <= bracket.threshold {
            break;
        }
        let top = brackets
            .get(index + 1)
            .map_or(base, |next| next.threshold.min(base));
        let part = top.checked_sub(bracket.threshold)?;
        sum = sum.checked_add(part.checked_mul(bracket.value)?)?;
    }
    Some(sum)
}

fn average_rate(brackets: &[Bracket], base: Exact) -> Option<Exact> {
    if let [only] = brackets {
        return base.checked_mul(only.value);
    }
    let around = brackets
        .windows(2)
        .find(|pair| pair[0].threshold <= base && base < pair[1].threshold);
    let Some([low, high]) = around else {
        return Some(Exact::ZERO);
    };
    let rise = high.value.checked_sub(low.value)?;
    let run = high.threshold.checked_sub(low.threshold)?;
    let beyond = base.checked_sub(low.threshold)?;
    let rate = low
        .value
        .checked_add(beyond.checked_mul(rise)?.checked_div(run)?)?;
    base.checked_mul(rate)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Exact {
        Exact::parse(text).expect(text)
    }

    fn scale(brackets: &[(&str, &str)]) -> Vec<Bracket> {
        let read = |(threshold, value): &(&str, &str)| Bracket {
            threshold: number(threshold),
            value: number(value),
        };
        ordered(brackets.iter().map(read).collect()).expect("small")
    }

    #[test]
    fn each_kind_gives_its_own_at_below_and_beyond_every_threshold() {
        let rates = scale(&[("0", "0.1"), ("100", "0.2"), ("200", "0.3")]);
        let amounts = scale(&[("0", "1"), ("100", "2"), ("200", "4")]);
        for (kind, brackets, base, result) in [
            (ScaleKind::MarginalRate, &rates, "-5", "0"),
            (ScaleKind::MarginalRate, &rates, "100", "10"),
            (ScaleKind::MarginalRate, &rates, "150", "20"),
            (ScaleKind::MarginalRate, &rates, "300", "60"),
            (ScaleKind::AverageRate, &rates, "0", "0"),
            (ScaleKind::AverageRate, &rates, "50", "7.5"),
            (ScaleKind::AverageRate, &rates, "100", "20"),
            (ScaleKind::AverageRate, &rates, "200", "0"),
            (ScaleKind::MarginalAmount, &amounts, "0", "0"),
            (ScaleKind::MarginalAmount, &amounts, "1", "1"),
            (ScaleKind::MarginalAmount, &amounts, "100", "1"),
            (ScaleKind::MarginalAmount, &amounts, "201", "7"),
            (ScaleKind::SingleAmount, &amounts, "-1", "0"),
            (ScaleKind::SingleAmount, &amounts, "0", "1"),
            (ScaleKind::SingleAmount, &amounts, "99.99", "1"),
            (ScaleKind::SingleAmount, &amounts, "100", "2"),
            (ScaleKind::SingleAmount, &amounts, "9999", "4"),
        ] {
            let computed = apply(kind, brackets, number(base));
            assert_eq!(computed, Some(number(result)), "{kind:?} of {base}");
        }
        assert_eq!(
            apply(ScaleKind::AverageRate, &scale(&[("0", "0.5")]), number("7")),
            Some(number("3.5"))
        );
        assert_eq!(
            apply(ScaleKind::MarginalRate, &[], number("7")),
            Some(Exact::ZERO)
        );
    }

    #[test]
    fn brackets_of_one_threshold_become_one() {
        assert_eq!(
            scale(&[("5", "0.1"), ("0", "0.2"), ("5", "0.3")]),
            scale(&[("0", "0.2"), ("5", "0.4")])
        );
    }

    proptest! {
        #[test]
        fn a_marginal_scale_never_jumps(base in 0_i64..100_000, steps in prop::collection::vec((0_i64..100_000, 0_i64..100), 1..6)) {
            let brackets = steps.iter().map(|(threshold, percent)| Bracket {
                threshold: Exact::from(*threshold),
                value: Exact::new(i128::from(*percent), 100).expect("a rate"),
            });
            let brackets = ordered(brackets.collect()).expect("small");
            let at = |base| apply(ScaleKind::MarginalRate, &brackets, Exact::from(base)).expect("small");
            let rise = at(base + 1).checked_sub(at(base)).expect("small");
            let steepest = brackets.iter().map(|bracket| bracket.value).max().expect("one");
            prop_assert!(Exact::ZERO <= rise && rise <= steepest);
        }
    }
}
