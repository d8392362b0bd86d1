//! A population at once: the 14 variables of OpenFisca's country template by OpenFisca and by us, over the same drawn
//! persons, compared value by value. One thread each; CPU time, and memory beyond what the loaded law takes.
//!
//! `cargo bench -p rules --bench openfisca`, or with numbers of persons: `… -- 100000 1000000`

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

mod compare;
mod ours;
mod packages;

// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Both engines are asked so often; the run of least CPU time counts.
const REPEATS: usize = 5;

/// In the first month two scales are not law yet, in the second an allowance is law no longer.
const MONTHS: [&str; 2] = ["2016-10", "2017-10"];

/// The variables, in the order in which both compute them, and whether they are about households.
const OUTPUTS: [(&str, bool); 14] = [
    ("age", false),
    ("basic_income", false),
    ("pension", false),
    ("income_tax", false),
    ("social_security_contribution", false),
    ("housing_tax", true),
    ("household_income", true),
    ("housing_allowance", true),
    ("parenting_allowance", true),
    ("meal_price", true),
    ("swimming_pool_access", true),
    ("total_benefits", true),
    ("total_taxes", true),
    ("disposable_income", true),
];

#[expect(clippy::print_stdout, reason = "a benchmark reports")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Measured in a process of its own, whose memory is nothing else's.
    if let [word, folder, month] = &arguments[..]
        && word == "ours"
    {
        return told(ours::measure(Path::new(folder), month));
    }
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|it| it.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![100_000, 1_000_000];
    }
    let asked = |persons| MONTHS.map(|month| (persons, month));
    for (persons, month) in sizes.into_iter().flat_map(asked) {
        match side_by_side(persons, month) {
            Ok(report) => println!("{report}"),
            Err(reason) => {
                println!("skipped ({reason}); install python3 with pip, and connect");
                return ExitCode::SUCCESS;
            }
        }
    }
    ExitCode::SUCCESS
}

#[expect(clippy::print_stdout, reason = "the parent reads it")]
fn told(measured: Result<String, String>) -> ExitCode {
    match measured {
        Ok(report) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            print!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// What both took, by name.
struct Figures(Vec<(String, f64)>);

impl Figures {
    /// Lines of a name and a number; others are passed on.
    fn read(printed: &str) -> (Self, String) {
        let mut figures = Vec::new();
        let mut rest = String::new();
        for line in printed.lines() {
            let figure = line.split_once(' ');
            match figure.and_then(|(name, number)| Some((name, number.parse().ok()?))) {
                Some((name, number)) => figures.push((name.to_owned(), number)),
                None => rest.push_str(&format!("{line}\n")),
            }
        }
        (Self(figures), rest)
    }

    fn get(&self, name: &str) -> Result<f64, String> {
        let found = self.0.iter().find(|(own, _)| own == name);
        found
            .map(|(_, number)| *number)
            .ok_or_else(|| format!("nothing was said of {name}"))
    }
}

fn side_by_side(persons: usize, month: &str) -> Result<String, String> {
    let folder = population(persons)?;
    let script = || packages::script("openfisca/template.py");
    let printed = packages::run(
        script()?
            .env("OMP_NUM_THREADS", "1")
            .arg("run")
            .arg(&folder)
            .arg(month)
            .arg(REPEATS.to_string()),
    )?;
    let (theirs, _) = Figures::read(&printed);
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let printed = packages::run(Command::new(this).arg("ours").arg(&folder).arg(month))?;
    let (ours, compared) = Figures::read(&printed);

    let count = persons as f64;
    let mut report = format!(
        "{persons} persons, {} variables of {month}\n",
        OUTPUTS.len()
    );
    let line = |name: &str, seconds: f64, bytes: f64| {
        let ns = seconds / count / OUTPUTS.len() as f64 * 1e9;
        format!(
            "  {name:<42} {:>7.1} ms CPU {:>12.0} persons per CPU-second {ns:>7.2} ns per variable-person {:>7.1} peak bytes per person\n",
            seconds * 1e3,
            count / seconds,
            bytes / count,
        )
    };
    let (their_build, their_time) = (theirs.get("build")?, theirs.get("calculate")?);
    let their_bytes = theirs.get("bytes")?;
    report += &line("OpenFisca, calculation alone", their_time, their_bytes);
    report += &line(
        "OpenFisca, with building the population",
        their_build + their_time,
        their_bytes,
    );
    let build = ours.get("build")?;
    for (name, time, bytes) in [
        ("outputs kept", "kept", "kept_bytes"),
        ("outputs handed out", "handed", "handed_bytes"),
    ] {
        let (time, bytes) = (ours.get(time)?, ours.get(bytes)?);
        report += &line(&format!("WISE, {name}"), time, bytes);
        report += &line(&format!("WISE, {name}, with building"), build + time, bytes);
        report += &format!(
            "    {:.1} times as fast, {:.1} times with building the population, {:.2} times the memory\n",
            their_time / time,
            (their_build + their_time) / (build + time),
            bytes / their_bytes,
        );
    }
    Ok(format!("{report}{compared}"))
}

/// The folder of a drawn population.
fn population(persons: usize) -> Result<PathBuf, String> {
    let folder = testkit::target_dir().join(format!("openfisca/population-{persons}"));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    packages::run(
        packages::script("openfisca/template.py")?
            .arg("make")
            .arg(persons.to_string())
            .arg(&folder),
    )?;
    Ok(folder)
}
