//! What is wrong with an argument, and what to do about it.

use thiserror::Error;

/// An argument that no answer can be computed from. Every function of this crate that takes data checks it first.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InputError {
    /// Nothing to compute from.
    #[error("{argument} is empty; {remedy}")]
    Empty {
        argument: &'static str,
        remedy: &'static str,
    },
    /// Two arguments that belong together differ in length.
    #[error(
        "{argument} has {found} values, but {expected} are needed ({of}); give one value for each"
    )]
    Length {
        argument: &'static str,
        found: usize,
        expected: usize,
        of: &'static str,
    },
    /// One value among many is impossible.
    #[error("{argument}[{index}] is {found}; {remedy}")]
    Value {
        argument: &'static str,
        index: usize,
        found: String,
        remedy: &'static str,
    },
    /// A single value is impossible.
    #[error("{argument} is {found}; {remedy}")]
    Setting {
        argument: &'static str,
        found: String,
        remedy: &'static str,
    },
    /// The sum does not fit 128 bits, or 64 bits where people are counted.
    #[error("the sum of {argument} is too large to be held exactly; {remedy}")]
    TooLarge {
        argument: &'static str,
        remedy: &'static str,
    },
}

pub(crate) fn not_empty<T>(
    argument: &'static str,
    values: &[T],
    remedy: &'static str,
) -> Result<(), InputError> {
    if values.is_empty() {
        return Err(InputError::Empty { argument, remedy });
    }
    Ok(())
}

pub(crate) fn same_length(
    argument: &'static str,
    found: usize,
    of: &'static str,
    expected: usize,
) -> Result<(), InputError> {
    if found != expected {
        return Err(InputError::Length {
            argument,
            found,
            expected,
            of,
        });
    }
    Ok(())
}

/// Every value satisfies `allowed`; NaN never does when `allowed` is a comparison.
pub(crate) fn all_values(
    argument: &'static str,
    values: &[f64],
    allowed: impl Fn(f64) -> bool,
    remedy: &'static str,
) -> Result<(), InputError> {
    match values.iter().position(|&value| !allowed(value)) {
        None => Ok(()),
        Some(index) => Err(InputError::Value {
            argument,
            index,
            found: values[index].to_string(),
            remedy,
        }),
    }
}

pub(crate) fn setting<T: ToString + Copy>(
    argument: &'static str,
    value: T,
    allowed: bool,
    remedy: &'static str,
) -> Result<(), InputError> {
    if allowed {
        return Ok(());
    }
    Err(InputError::Setting {
        argument,
        found: value.to_string(),
        remedy,
    })
}

/// What is larger is no quantity of this world, and its square might not be finite.
pub(crate) const LARGEST: f64 = 1e60;

/// Not negative, and a quantity.
pub(crate) fn is_amount(value: f64) -> bool {
    (0.0..=LARGEST).contains(&value)
}

/// Of either sign, and a quantity.
pub(crate) fn is_quantity(value: f64) -> bool {
    (-LARGEST..=LARGEST).contains(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_argument_and_the_remedy() {
        let told = all_values(
            "weights",
            &[1.0, f64::NAN],
            is_amount,
            "give persons, 0 or more",
        )
        .unwrap_err()
        .to_string();
        assert_eq!(told, "weights[1] is NaN; give persons, 0 or more");
        let told = same_length("weights", 2, "incomes", 3)
            .unwrap_err()
            .to_string();
        assert_eq!(
            told,
            "weights has 2 values, but 3 are needed (incomes); give one value for each"
        );
    }
}
