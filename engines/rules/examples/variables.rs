//! Checks a folder of variables and runs its cases: `cargo run -p rules --example variables -- FOLDER`.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use rules::Diagnostic;
use rules::variables::{Book, Outcome};

#[expect(clippy::print_stdout, reason = "an example talks to people")]
fn main() -> ExitCode {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let mut files = Vec::new();
    if let Err(error) = read(Path::new(&folder), "", &mut files) {
        println!("{folder}: {error}");
        return ExitCode::FAILURE;
    }
    match check(&files) {
        Ok(outcomes) => {
            let failed: Vec<&Outcome> = outcomes.iter().filter(|it| !it.passed()).collect();
            failed
                .iter()
                .for_each(|outcome| println!("{}", told(outcome)));
            println!("{} cases, {} failed", outcomes.len(), failed.len());
            ExitCode::from(u8::from(!failed.is_empty()))
        }
        Err(diagnostics) => {
            diagnostics.iter().for_each(|it| println!("{it}"));
            ExitCode::FAILURE
        }
    }
}

fn check(files: &[(String, String)]) -> Result<Vec<Outcome>, Vec<Diagnostic>> {
    let book = Book::load(files.iter().cloned())?;
    let mut outcomes = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("cases/")) {
        let cases = book.read_cases(path, text)?;
        outcomes.extend(cases.iter().map(|case| book.run(case)));
    }
    Ok(outcomes)
}

fn told(outcome: &Outcome) -> String {
    let mut lines = vec![format!(
        "{}:{}: {}",
        outcome.file, outcome.line, outcome.name
    )];
    for check in outcome.checks.iter().filter(|it| !it.passed) {
        lines.push(format!(
            "  {} of {} in {}: {} expected, {} computed",
            check.variable, check.instance, check.period, check.expected, check.told
        ));
    }
    lines.extend(outcome.problems.iter().map(|it| format!("  {it}")));
    lines.join("\n")
}

fn read(folder: &Path, name: &str, files: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let inner = format!("{name}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{inner}/"), files)?;
        } else if inner.ends_with(".yaml") {
            files.push((inner, fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}
