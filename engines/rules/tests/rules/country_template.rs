//! The country template that OpenFisca publishes for new countries: its own parameters and cases, imported, against its
//! variables as re-expressed in `tests/fixtures/country-template`.
//!
//! The package is under the AGPL: it is fetched from PyPI when the test runs and stays in Cargo's target directory.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use rules::openfisca::{self, Imported};
use rules::variables::{Book, Outcome};

use crate::fixture::{Files, told};

const VERSION: &str = "8.2.0";
const HASH: &str = "ef98877a2b443d96cd2e64216a5f571972ab7f977dc57881ee252f7e6565d032";

/// The folder of the package, or why it is not at hand; looked for once, however many tests ask.
fn package() -> &'static Result<PathBuf, String> {
    static PACKAGE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PACKAGE.get_or_init(found)
}

fn found() -> Result<PathBuf, String> {
    let cache = testkit::target_dir().join(format!("openfisca/country-template-{VERSION}"));
    let folder = cache.join("openfisca_country_template");
    if folder.is_dir() {
        return Ok(folder);
    }
    fetch(&cache).map_err(|error| {
        format!("openfisca-country-template not fetched from PyPI ({error}); install python3 with pip, and connect")
    })?;
    Ok(folder)
}

/// Fetched aside and renamed: test processes side by side must not see half a package.
fn fetch(cache: &Path) -> Result<(), String> {
    let aside = PathBuf::from(format!("{}-{}", cache.display(), std::process::id()));
    let fetched = fetch_aside(&aside);
    if fetched.is_ok() && fs::rename(&aside, cache).is_err() && !cache.is_dir() {
        return Err(format!("cannot fill {}", cache.display()));
    }
    // Another process may have been faster; then this copy is not needed.
    let _ = fs::remove_dir_all(&aside);
    fetched
}

fn fetch_aside(aside: &Path) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    fs::create_dir_all(aside).map_err(said)?;
    let requirement = format!("openfisca-country-template=={VERSION} --hash=sha256:{HASH}\n");
    let list = aside.join("requirements.txt");
    fs::File::create(&list)
        .and_then(|mut file| file.write_all(requirement.as_bytes()))
        .map_err(said)?;
    // A wheel is unpacked, nothing of it is run.
    let pip = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
        ])
        .args([
            "--no-deps",
            "--no-compile",
            "--only-binary=:all:",
            "--target",
        ])
        .arg(aside)
        .arg("--requirement")
        .arg(&list)
        .stdin(Stdio::null())
        .output()
        .map_err(said)?;
    if pip.status.success() {
        return Ok(());
    }
    let error = String::from_utf8_lossy(&pip.stderr);
    Err(format!("pip: {}", error.lines().last().unwrap_or("failed")))
}

/// Every text of a folder, by its path from there.
fn texts(folder: &Path, from: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            texts(&path, from, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let name = path.strip_prefix(from).expect("beneath").to_string_lossy();
            files.push((name.into_owned(), text));
        }
    }
}

fn ours() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/country-template");
    let mut files = Files::new();
    texts(&folder, &folder, &mut files);
    files
}

/// The package, imported; `None` where it is not at hand, which is said.
pub fn imported() -> Option<Imported> {
    let folder = match package() {
        Ok(folder) => folder,
        Err(reason) => {
            testkit::skip(reason);
            return None;
        }
    };
    let mut files = Files::new();
    texts(folder, folder, &mut files);
    Some(openfisca::import(files).unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics))))
}

fn run(book: &Book, imported: &Imported) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (path, text) in imported
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("cases/"))
    {
        let cases = book
            .read_cases(path, text)
            .unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics)));
        outcomes.extend(cases.iter().map(|case| book.run(case)));
    }
    outcomes
}

pub fn book(parameters: &Files) -> Book {
    let mut files = ours();
    files.extend(parameters.iter().cloned());
    Book::load(files).unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics)))
}

#[test]
fn every_case_of_the_country_template_passes() {
    let Some(imported) = imported() else { return };
    let book = book(&imported.files);
    let outcomes = run(&book, &imported);
    let failed: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.passed())
        .map(|outcome| format!("{outcome:#?}"))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(
        (imported.parameters, imported.cases, outcomes.len()),
        (12, 38, 38)
    );
    let checks: usize = outcomes.iter().map(|outcome| outcome.checks.len()).sum();
    assert_eq!(checks, 59);
}

#[test]
fn every_variable_and_reform_of_the_country_template_is_re_expressed() {
    let Some(imported) = imported() else { return };
    let book = book(&imported.files);
    let declared = |kind: &str, folder: &str| -> Vec<String> {
        let files = imported
            .to_express
            .iter()
            .filter(|(path, _)| path.starts_with(folder));
        let classes = files.flat_map(|(_, classes)| classes);
        let named = classes.filter_map(|class| class.strip_suffix(&format!(" ({kind})")));
        named.map(str::to_owned).collect()
    };
    let variables = declared("Variable", "variables/");
    assert_eq!(variables.len(), 21);
    for name in &variables {
        assert!(book.variables().iter().any(|it| it.name == *name), "{name}");
    }
    assert_eq!(book.variables().len(), variables.len(), "none is invented");
    let reforms = declared("Reform", "reforms/");
    let mut expressed: Vec<&str> = book.reforms().collect();
    let mut wanted: Vec<&str> = reforms.iter().map(String::as_str).collect();
    expressed.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(expressed, wanted);
}

/// The proof above would be worth nothing if it passed whatever the law is.
#[test]
fn another_law_fails_the_cases_that_speak_of_it() {
    let Some(imported) = imported() else { return };
    for (from, to, failing) in [
        (
            "from: 2015-01-01, value: 0.15",
            "from: 2015-01-01, value: 0.16",
            7,
        ),
        (
            "{threshold: 12000, rate: 0.1}",
            "{threshold: 12000, rate: 0.11}",
            1,
        ),
        (
            "{from: 1971-01-01, value: 18}",
            "{from: 1971-01-01, value: 17}",
            2,
        ),
        (
            "{threshold: 250, amount: 1}",
            "{threshold: 251, amount: 1}",
            1,
        ),
    ] {
        let mut files = imported.files.clone();
        let changed = files.iter_mut().filter(|(_, text)| text.contains(from));
        assert_eq!(
            changed
                .map(|(_, text)| *text = text.replace(from, to))
                .count(),
            1,
            "{from}"
        );
        let outcomes = run(&book(&files), &imported);
        let failed = outcomes.iter().filter(|outcome| !outcome.passed()).count();
        assert_eq!(failed, failing, "{from}");
    }
}
