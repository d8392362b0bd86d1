//! Our side: the country template re-expressed, over the same columns.

use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rules::Answer;
use rules::openfisca;
use rules::variables::columns::{Column, Holds, Input, Plan, Population, Values};
use rules::variables::{Book, Period, Value};

use crate::{OUTPUTS, REPEATS, compare, packages};

const ROUND: Duration = Duration::from_millis(200);

/// What was drawn, as it was read.
pub struct Drawn {
    pub household: Vec<i32>,
    pub child: Vec<u8>,
    birth: Vec<i32>,
    pub salary: Vec<i32>,
    pub capital_returns: Vec<i32>,
    pub rent: Vec<i32>,
    accommodation_size: Vec<i32>,
    housing_occupancy_status: Vec<u8>,
}

/// A whole output, as it was handed out part by part.
pub enum Kept {
    Numbers(Vec<i64>, i64),
    SmallNumbers(Vec<i32>, i64),
    /// The law has no value in this month.
    Silent,
    Others,
}

impl Kept {
    fn bytes(&self) -> usize {
        match self {
            Self::Numbers(values, _) => size_of_val(&values[..]),
            Self::SmallNumbers(values, _) => size_of_val(&values[..]),
            Self::Silent | Self::Others => 0,
        }
    }
}

pub fn measure(folder: &Path, month: &str) -> Result<String, String> {
    let said = |error: std::io::Error| error.to_string();
    let plan = plan(month)?;
    if !plan.is_fast() {
        return Err("some of the template is computed row by row".to_owned());
    }
    let loaded = memory("VmRSS");
    let drawn = Drawn::read(folder).map_err(said)?;
    let (mut offsets, mut roles) = (Vec::new(), Vec::new());
    let build = best(|| {
        (offsets, roles) = groups(&drawn);
        black_box(population(&plan, &drawn, &offsets, &roles));
    });
    let population = population(&plan, &drawn, &offsets, &roles);
    let handed = best(|| {
        plan.run(&population, |part| {
            black_box(part);
        });
    });
    // Small populations find room in what loading the law left behind; then what the columns add up to is told.
    let held = drawn.bytes() + 4 * offsets.len() + roles.len() + plan.buffer_bytes();
    let handed_bytes = (memory("VmHWM") - loaded).max(held as f64);
    let mut outputs = Vec::new();
    let kept = best(|| {
        outputs = keep(&plan, &population);
    });
    let held = held + outputs.iter().map(Kept::bytes).sum::<usize>();
    let kept_bytes = (memory("VmHWM") - loaded).max(held as f64);
    let mut report = String::new();
    for (name, value) in [
        ("build", build),
        ("handed", handed),
        ("handed_bytes", handed_bytes),
        ("kept", kept),
        ("kept_bytes", kept_bytes),
    ] {
        let _ = writeln!(report, "{name} {value}");
    }
    let _ = writeln!(
        report,
        "  the plan: {} operations, {} persons at a time in {} bytes of buffers",
        plan.operations(),
        plan.batch(),
        plan.buffer_bytes()
    );
    report += &compare::report(folder, &drawn, &outputs).map_err(said)?;
    Ok(report)
}

/// The plan of the 14 variables, made from the package's parameters and our variables.
fn plan(month: &str) -> Result<Plan, String> {
    let package = packages::folder()?.join("openfisca_country_template");
    let mut files = Vec::new();
    texts(&package, &package, &mut files);
    let told = |diagnostics: Vec<rules::Diagnostic>| diagnostics[0].to_string();
    let mut files = openfisca::import(files).map_err(told)?.files;
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/country-template");
    texts(&own, &own, &mut files);
    let book = Book::load(files).map_err(told)?;
    let period = |text: &str| Period::parse(text).ok_or("no period");
    let year = &month[..4];
    let january = period(&format!("{year}-01"))?;
    let (month, year) = (period(month)?, period(year)?);
    let money = |most: i32| Holds::SmallNumbers {
        denominator: 100,
        least: 0,
        greatest: most,
    };
    let day = jiff::civil::date;
    let born = Holds::Days {
        first: day(1900, 1, 1),
        last: day(2016, 12, 31),
    };
    let input = |variable, period, holds| Input {
        variable,
        period,
        holds,
    };
    let inputs = [
        input("birth", Period::ETERNITY, born),
        input("salary", month, money(100_000_000)),
        input("capital_returns", month, money(100_000_000)),
        input("rent", month, money(100_000_000)),
        input(
            "accommodation_size",
            january,
            Holds::SmallNumbers {
                denominator: 10,
                least: 0,
                greatest: 100_000,
            },
        ),
        input("housing_occupancy_status", january, Holds::Codes),
    ];
    let outputs = OUTPUTS.map(|(name, _)| (name, if name == "housing_tax" { year } else { month }));
    book.plan(&[], &inputs, &outputs)
        .map_err(|refusal| refusal.to_string())
}

fn texts(folder: &Path, from: &Path, files: &mut Vec<(String, String)>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            texts(&path, from, files);
        } else if let (Ok(text), Ok(name)) = (fs::read_to_string(&path), path.strip_prefix(from)) {
            files.push((name.to_string_lossy().into_owned(), text));
        }
    }
}

/// Offsets and roles, from the household and the role of each person.
fn groups(drawn: &Drawn) -> (Vec<u32>, Vec<u8>) {
    let mut offsets = vec![0; drawn.rent.len() + 1];
    for (person, household) in drawn.household.iter().enumerate() {
        offsets[*household as usize + 1] = person as u32 + 1;
    }
    // The role of a child is the second.
    (offsets, drawn.child.clone())
}

fn population<'a>(
    plan: &Plan,
    drawn: &'a Drawn,
    offsets: &'a [u32],
    roles: &'a [u8],
) -> Population<'a> {
    let values = vec![
        Values::Days(&drawn.birth),
        Values::SmallNumbers(&drawn.salary),
        Values::SmallNumbers(&drawn.capital_returns),
        Values::SmallNumbers(&drawn.rent),
        Values::SmallNumbers(&drawn.accommodation_size),
        Values::Codes(&drawn.housing_occupancy_status),
    ];
    plan.population(drawn.household.len(), offsets, roles, values)
        .expect("drawn within the bounds")
}

fn keep(plan: &Plan, population: &Population<'_>) -> Vec<Kept> {
    let rows = |about_households: bool| {
        if about_households {
            population.groups()
        } else {
            population.persons()
        }
    };
    let mut outputs: Vec<Kept> = OUTPUTS.iter().map(|_| Kept::Others).collect();
    plan.run(population, |part| {
        let output = &mut outputs[part.output];
        let rows = rows(OUTPUTS[part.output].1);
        match (&mut *output, part.column) {
            (Kept::Numbers(kept, _), Column::Numbers { values, .. }) => {
                kept.extend_from_slice(values);
            }
            (Kept::SmallNumbers(kept, _), Column::SmallNumbers { values, .. }) => {
                kept.extend_from_slice(values);
            }
            (
                _,
                Column::Numbers {
                    values,
                    denominator,
                },
            ) => {
                let mut kept = Vec::with_capacity(rows);
                kept.extend_from_slice(values);
                *output = Kept::Numbers(kept, denominator);
            }
            (
                _,
                Column::SmallNumbers {
                    values,
                    denominator,
                },
            ) => {
                let mut kept = Vec::with_capacity(rows);
                kept.extend_from_slice(values);
                *output = Kept::SmallNumbers(kept, denominator);
            }
            (Kept::Others, Column::Same { answer, .. }) => {
                *output = match number(answer) {
                    Some(number) => Kept::SmallNumbers(vec![number; rows], 1),
                    None => Kept::Silent,
                };
            }
            _ => {}
        }
    });
    outputs
}

/// A whole number that is the same for all.
fn number(answer: &Answer<Value>) -> Option<i32> {
    let Answer::Known(Value::Number(number)) = answer else {
        return None;
    };
    number.whole().and_then(|it| it.try_into().ok())
}

impl Drawn {
    /// What its columns take.
    fn bytes(&self) -> usize {
        let narrow = [
            &self.household,
            &self.birth,
            &self.salary,
            &self.capital_returns,
            &self.rent,
            &self.accommodation_size,
        ];
        let bytes = self.child.len() + self.housing_occupancy_status.len();
        narrow.iter().map(|it| size_of_val(&it[..])).sum::<usize>() + bytes
    }

    fn read(folder: &Path) -> std::io::Result<Self> {
        let bytes = |name: &str| fs::read(folder.join(name));
        Ok(Self {
            household: narrow(&bytes("household.i4")?),
            child: bytes("child.u1")?,
            birth: narrow(&bytes("birth.i4")?),
            salary: narrow(&bytes("salary.i4")?),
            capital_returns: narrow(&bytes("capital_returns.i4")?),
            rent: narrow(&bytes("rent.i4")?),
            accommodation_size: narrow(&bytes("accommodation_size.i4")?),
            housing_occupancy_status: bytes("housing_occupancy_status.u1")?,
        })
    }
}

pub fn narrow(bytes: &[u8]) -> Vec<i32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|it| i32::from_le_bytes(*it)).collect()
}

/// The CPU seconds of one run: of several rounds the fastest. A round has as many runs as the clock needs, which some
/// systems move on by milliseconds.
fn best(mut work: impl FnMut()) -> f64 {
    let rounds = (0..REPEATS).map(|_| {
        let (begun, mut runs) = (cpu_time(), 0);
        loop {
            work();
            runs += 1;
            let taken = cpu_time() - begun;
            if taken >= ROUND {
                return taken / runs;
            }
        }
    });
    rounds.min().unwrap_or_default().as_secs_f64()
}

/// The CPU time of this thread so far, as Linux counts it.
fn cpu_time() -> Duration {
    let counted = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = counted.split(' ').next().and_then(|it| it.parse().ok());
    Duration::from_nanos(nanoseconds.expect("CPU time is counted in /proc on Linux alone"))
}

/// `VmRSS` or `VmHWM`, the most so far, of this process in bytes, as Linux tells it; zero elsewhere.
fn memory(field: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kibibytes.unwrap_or(0.0) * 1_024.0
}
