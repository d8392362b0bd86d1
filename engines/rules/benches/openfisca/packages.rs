//! OpenFisca's country template and core, as the benches run them.
//!
//! The packages are under the AGPL: they are fetched from PyPI when a bench runs and stay in Cargo's target directory.

use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGES: [&str; 2] = [
    "openfisca-country-template==8.2.0",
    "openfisca-core==46.0.1",
];

/// The folder of the packages, fetched once; or why they are not at hand.
pub fn folder() -> Result<PathBuf, String> {
    let folder = testkit::target_dir().join("openfisca/peer-8.2.0-46.0.1");
    if !folder.is_dir() {
        fetch(&folder)?;
    }
    Ok(folder)
}

/// A script of the benches that sees the packages.
pub fn script(name: &str) -> Result<Command, String> {
    let mut command = Command::new("python3");
    command
        .arg(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("benches")
                .join(name),
        )
        .env("PYTHONPATH", folder()?);
    Ok(command)
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

/// What a command prints, or the last line of what it complains about.
pub fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(said.lines().last().unwrap_or("failed").to_owned())
}
