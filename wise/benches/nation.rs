//! The law asked of populations of several sizes: CPU seconds and peak memory of `wise sweep`, and of a reform.
//!
//! `cargo bench -p wise --bench nation -- 1000000 5000000` draws what is not drawn yet into Cargo's target directory
//! (some 20 CPU-seconds a million) and prints one line a figure. With `WISE_SHARED_DATA` naming a folder that holds
//! `gov24/`, its services are counted too. Nothing is asserted.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use population::{Population, Sweep};
use rules::ParameterChange;
use wise::areas::aide::reform::{Reform, effects, law};
use wise::country::{Country, CountryFiles};

const ON: Date = date(2026, 11, 25);
const SIZES: [u64; 2] = [300_000, 1_000_000];

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| it != "--bench")
        .collect();
    if let [what, file] = &arguments[..]
        && what == "reform"
    {
        return reform(Path::new(file));
    }
    let given: Vec<u64> = arguments.iter().filter_map(|it| it.parse().ok()).collect();
    let sizes = if given.is_empty() {
        SIZES.to_vec()
    } else {
        given
    };
    let folder = testkit::target_dir().join("nation");
    fs::create_dir_all(&folder).expect("a folder in the target directory");
    println!("memory read in order by one core: {:.1} GB/s", bandwidth());
    let services = services(&folder);
    for residents in sizes {
        measure(&folder, residents, services.as_deref());
    }
}

fn measure(folder: &Path, residents: u64, services: Option<&Path>) {
    let file = folder.join(format!("{residents}.parquet"));
    let (path, on) = (file.to_string_lossy(), ON.to_string());
    if !file.is_file() {
        let drawn = wise(&[
            "sample",
            "--residents",
            &residents.to_string(),
            "--out",
            &path,
            "--on",
            &on,
        ]);
        println!("{residents} residents drawn: {}", drawn.told(residents));
    }
    let out = folder.join("results");
    let to = out.to_string_lossy();
    let sweep = ["sweep", "--population", &path, "--out", &to, "--on", &on];
    let fresh = || drop(fs::remove_dir_all(&out));
    fresh();
    println!(
        "{residents} residents, sweep: {}",
        wise(&sweep).told(residents)
    );
    if let Some(data) = services {
        fresh();
        let data = data.to_string_lossy();
        let cost = wise(&[&sweep[..], &["--data", &data, "--services"]].concat());
        println!(
            "{residents} residents, sweep with services: {}",
            cost.told(residents)
        );
    }
    fresh();
    let bench = std::env::current_exe().expect("this bench");
    let cost = cost(Command::new(bench).args(["reform", &path]));
    println!(
        "{residents} residents, a reform of three parameters: {}",
        cost.told(residents)
    );
    println!(
        "{residents} residents: {} bytes of columns a person, {:.1} in the file",
        bytes_a_person(&file),
        fs::metadata(&file).map_or(0.0, |it| it.len() as f64) / residents as f64
    );
}

/// Three benefits changed, and everybody's year compared.
fn reform(file: &Path) {
    let country = Country::load(CountryFiles::built_in()).expect("sound law");
    let change = |benefit: &str, parameter: &str, value| ParameterChange {
        benefit: Some(benefit.to_owned()),
        parameter: parameter.to_owned(),
        from: date(2026, 1, 1),
        values: vec![value],
    };
    let reform = Reform {
        changes: vec![
            change("child-allowance", "base", 150_000),
            change("basic-pension", "base", 400_000),
            change("parental-benefit", "toddler", 700_000),
        ],
        ..Reform::default()
    };
    let after = law(&country.book, &country.files, &reform).expect("parameters of the law");
    let population = Population::open(file, country.book.vocabulary()).expect("a population");
    let found = effects(&country.book, &after, &population, ON, &|_| ()).expect("effects");
    assert_eq!(found.benefits.len(), 3, "every change is felt");
}

/// What a process cost.
struct Cost {
    wall: Duration,
    cpu_seconds: f64,
    peak_mb: u64,
}

impl Cost {
    fn told(&self, residents: u64) -> String {
        format!(
            "{:.2} s by the clock, {:.2} CPU-s, {:.2} µs of CPU a person, peak {} MB",
            self.wall.as_secs_f64(),
            self.cpu_seconds,
            self.cpu_seconds * 1e6 / residents as f64,
            self.peak_mb
        )
    }
}

fn wise(arguments: &[&str]) -> Cost {
    cost(Command::new(env!("CARGO_BIN_EXE_wise")).args(arguments))
}

fn cost(command: &mut Command) -> Cost {
    let began = now();
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.expect("the program starts");
    let mut cost = Cost {
        wall: Duration::ZERO,
        cpu_seconds: 0.0,
        peak_mb: 0,
    };
    // What Linux tells of a process is gone when it has ended: asked until then.
    let status = loop {
        read_cost(&child, &mut cost);
        if let Some(status) = child.try_wait().expect("the program's status") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "{command:?}: {status}");
    cost.wall = began.elapsed();
    cost
}

fn read_cost(child: &Child, cost: &mut Cost) {
    let of =
        |name: &str| fs::read_to_string(format!("/proc/{}/{name}", child.id())).unwrap_or_default();
    let status = of("status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
    cost.peak_mb = cost.peak_mb.max(peak.unwrap_or(0) / 1_000);
    let stat = of("stat");
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks: u64 = fields
        .iter()
        .skip(11)
        .take(2)
        .filter_map(|it| it.parse::<u64>().ok())
        .sum();
    cost.cpu_seconds = cost.cpu_seconds.max(ticks as f64 / 100.0);
}

/// A database with the services of the shared folder, if there is one.
fn services(folder: &Path) -> Option<PathBuf> {
    let shared = PathBuf::from(std::env::var_os("WISE_SHARED_DATA")?).join("gov24");
    let data = folder.join("services");
    drop(fs::remove_dir_all(&data));
    wise(&[
        "import",
        "gov24",
        &shared.to_string_lossy(),
        "--data",
        &data.to_string_lossy(),
    ]);
    Some(data)
}

/// How many bytes of columns are decoded for each person.
fn bytes_a_person(file: &Path) -> usize {
    let country = Country::load(CountryFiles::built_in()).expect("sound law");
    let population = Population::open(file, country.book.vocabulary()).expect("a population");
    let sweep = Sweep::new(&country.book, ON);
    let (mut bytes, mut persons) = (0, 0);
    for batch in population
        .read(0, sweep.plan().facts(), true)
        .expect("a row group")
    {
        let batch = batch.expect("a batch");
        bytes += batch.get_array_memory_size();
        persons += sweep
            .plan()
            .evaluate(&batch)
            .expect("findings")
            .offsets
            .last()
            .map_or(0, |it| *it as usize);
    }
    bytes / persons.max(1)
}

/// Gigabytes a second that one core reads from memory, one after the other.
fn bandwidth() -> f64 {
    let numbers: Vec<u64> = (0..1 << 27).collect();
    let passes = (0..3).map(|_| {
        let began = now();
        let sum = numbers.iter().fold(0_u64, |sum, it| sum.wrapping_add(*it));
        std::hint::black_box(sum);
        began.elapsed()
    });
    let best = passes.min().unwrap_or(Duration::from_secs(1));
    (numbers.len() * 8) as f64 / best.as_secs_f64() / 1e9
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn now() -> Instant {
    Instant::now()
}
