//! OpenFisca's country template, measured beside us: one household, every variable that has a formula.

use std::time::Duration;

#[path = "../openfisca/packages.rs"]
mod packages;

/// What each household took, and the CPU time of all; or why the template cannot be measured.
pub fn measure() -> Result<(Vec<Duration>, Duration), String> {
    let printed = packages::run(&mut packages::script("household/openfisca.py")?)?;
    let numbers = printed.lines().map(str::parse::<f64>);
    let numbers: Vec<f64> = numbers
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())?;
    let (cpu_seconds, milliseconds) = numbers.split_last().ok_or("it printed nothing")?;
    let times = milliseconds.iter();
    let times = times.map(|time| Duration::from_secs_f64(time / 1_000.0));
    Ok((times.collect(), Duration::from_secs_f64(*cpu_seconds)))
}
