//! Checks a folder of law: prints every diagnostic, then every case that fails.
//!
//! `cargo run -p rules --example check -- country/kr`

use std::path::Path;
use std::process::ExitCode;

use rules::RuleBook;

#[expect(clippy::print_stdout, reason = "a command line tool")]
fn main() -> ExitCode {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let files = match read(Path::new(&folder)) {
        Ok(files) => files,
        Err(error) => {
            println!("{folder}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let book = match RuleBook::load(files) {
        Ok(book) => book,
        Err(diagnostics) => {
            for diagnostic in &diagnostics {
                println!("{diagnostic}");
            }
            println!("{} errors", diagnostics.len());
            return ExitCode::FAILURE;
        }
    };
    let (mut passed, mut failed) = (0, 0);
    for benefit in book.benefits() {
        for case in book.run_cases(benefit) {
            if case.passed {
                passed += 1;
            } else {
                failed += 1;
                println!(
                    "{}:{}: {}\n{}",
                    benefit.file, case.line, case.name, case.explanation
                );
            }
        }
    }
    println!(
        "{} benefits, {} parameters, {passed} cases passed, {failed} failed",
        book.benefits().count(),
        book.parameters().count(),
    );
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn read(folder: &Path) -> std::io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for part in [".", "parameters", "benefits"] {
        for entry in std::fs::read_dir(folder.join(part))? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                files.push((
                    path.to_string_lossy().into_owned(),
                    std::fs::read_to_string(&path)?,
                ));
            }
        }
    }
    Ok(files)
}
