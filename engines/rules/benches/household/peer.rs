//! OpenFisca's country template, measured beside us: one household, every variable that has a formula.
//!
//! The packages are under the AGPL: they are fetched from PyPI when the bench runs and stay in Cargo's target directory.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

const PACKAGES: [&str; 2] = [
    "openfisca-country-template==8.2.0",
    "openfisca-core==46.0.1",
];

/// What each household took, and the CPU time of all; or why the template cannot be measured.
pub fn measure() -> Result<(Vec<Duration>, Duration), String> {
    let folder = testkit::target_dir().join("openfisca/peer-8.2.0-46.0.1");
    if !folder.is_dir() {
        fetch(&folder)?;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/household/openfisca.py");
    let printed = run(Command::new("python3")
        .arg(script)
        .env("PYTHONPATH", folder))?;
    let numbers = printed.lines().map(str::parse::<f64>);
    let numbers: Vec<f64> = numbers
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())?;
    let (cpu_seconds, milliseconds) = numbers.split_last().ok_or("it printed nothing")?;
    let times = milliseconds.iter();
    let times = times.map(|time| Duration::from_secs_f64(time / 1_000.0));
    Ok((times.collect(), Duration::from_secs_f64(*cpu_seconds)))
}

fn fetch(folder: &Path) -> Result<(), String> {
    // Only a whole folder gets the name that is looked for.
    let aside = folder.with_extension("part");
    run(Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(["--no-input", "--only-binary=:all:", "--target"])
        .arg(&aside)
        .args(PACKAGES))?;
    std::fs::rename(&aside, folder).map_err(|error| error.to_string())
}

fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(said.lines().last().unwrap_or("failed").to_owned())
}
