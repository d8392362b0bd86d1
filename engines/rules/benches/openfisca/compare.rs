//! Ours against OpenFisca's, value by value.
//!
//! OpenFisca computes in 32-bit floats, which hold an amount to 24 binary digits and round at every step; ours are
//! exact. So a value of ours counts as the same if it rounds to the very float, and as near if it lies within so many
//! units in the last place that a float has at the largest amount on the way: the person's or household's incomes with
//! the rent, or the value itself.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::OUTPUTS;
use crate::ours::{Drawn, Kept, narrow};

pub fn report(folder: &Path, drawn: &Drawn, outputs: &[Kept]) -> std::io::Result<String> {
    let mut report = format!(
        "  {:<30} {:>9} {:>9} {:>9} {:>8} {:>7} {:>14} {:>9}\n",
        "value for value", "rows", "same", "≤ 1 ulp", "≤ 2", "beyond", "greatest off", "in ulps"
    );
    let of_persons: Vec<f64> = drawn
        .salary
        .iter()
        .zip(&drawn.capital_returns)
        .map(|(salary, capital)| (f64::from(*salary) + f64::from(*capital)) / 100.0)
        .collect();
    let mut of_households: Vec<f64> = drawn.rent.iter().map(|it| f64::from(*it) / 100.0).collect();
    for (household, amount) in drawn.household.iter().zip(&of_persons) {
        of_households[*household as usize] += amount;
    }
    for ((name, about_households), kept) in OUTPUTS.iter().zip(outputs) {
        let largest = if *about_households {
            &of_households
        } else {
            &of_persons
        };
        let theirs = theirs(folder, name)?;
        let _ = writeln!(report, "  {}", compared(name, kept, &theirs, largest));
    }
    Ok(report)
}

fn theirs(folder: &Path, name: &str) -> std::io::Result<Vec<f64>> {
    let path = |kind: &str| folder.join(format!("openfisca-{name}.{kind}"));
    if path("i4").exists() {
        let whole = narrow(&fs::read(path("i4"))?);
        return Ok(whole.into_iter().map(f64::from).collect());
    }
    let bits = narrow(&fs::read(path("f4"))?);
    let floats = bits.into_iter().map(|bits| f32::from_bits(bits as u32));
    Ok(floats.map(f64::from).collect())
}

fn compared(name: &str, kept: &Kept, theirs: &[f64], largest: &[f64]) -> String {
    let ours: Vec<f64> = match kept {
        Kept::Numbers(values, denominator) => {
            let number = |value: &i64| *value as f64 / *denominator as f64;
            values.iter().map(number).collect()
        }
        Kept::SmallNumbers(values, denominator) => {
            let number = |value: &i32| f64::from(*value) / *denominator as f64;
            values.iter().map(number).collect()
        }
        Kept::Silent => {
            let zero = theirs.iter().filter(|it| **it == 0.0).count();
            return format!(
                "{name:<30} {:>9} no value in law, of theirs {zero} are zero",
                theirs.len()
            );
        }
        Kept::Others => Vec::new(),
    };
    if ours.len() != theirs.len() {
        return format!(
            "{name}: {} rows, and {} of theirs",
            ours.len(),
            theirs.len()
        );
    }
    let (mut same, mut one, mut two, mut beyond) = (0, 0, 0, 0);
    let (mut farthest, mut ulps) = (0.0_f64, 0.0_f64);
    for ((ours, theirs), largest) in ours.iter().zip(theirs).zip(largest) {
        if f64::from(*ours as f32) == *theirs {
            same += 1;
            continue;
        }
        let off = (ours - theirs).abs();
        let unit = ulp(largest.max(ours.abs()));
        farthest = farthest.max(off);
        ulps = ulps.max(off / unit);
        if off <= unit {
            one += 1;
        } else if off <= 2.0 * unit {
            two += 1;
        } else {
            beyond += 1;
        }
    }
    format!(
        "{name:<30} {:>9} {same:>9} {one:>9} {two:>8} {beyond:>7} {farthest:>14.6} {ulps:>9.2}",
        ours.len()
    )
}

/// The distance between 32-bit floats at an amount.
fn ulp(amount: f64) -> f64 {
    let exponent = amount.max(f64::from(f32::MIN_POSITIVE)).log2().floor();
    (exponent - 23.0).exp2()
}
