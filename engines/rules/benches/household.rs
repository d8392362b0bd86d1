//! How long one household takes: p50 and p99 of single evaluations against the small book, then against the country's
//! law for one household and for hundreds of drawn ones, with OpenFisca's country template beside them, then of a
//! year's changes, leaping and day by day.
//!
//! `cargo bench -p rules`, or `cargo bench -p rules -- drawn` for the drawn households and the template alone

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rules::{RuleBook, Situation, Value};

use crate::drawn::{Random, random_household};

#[path = "../tests/rules/drawn.rs"]
mod drawn;
#[path = "household/peer.rs"]
mod peer;

// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 20_000;
const COUNTRY_ROUNDS: usize = 200;
/// Drawn households of each kind, and how often each is asked.
const HOUSEHOLDS: usize = 200;
const REPEATS: usize = 5;

fn main() {
    let drawn_alone = std::env::args().any(|argument| argument == "drawn");
    if !drawn_alone {
        small();
        country();
    }
    drawn();
    template();
}

fn small() {
    let book = book();
    let home = home(&book);
    let on = jiff::civil::date(2026, 11, 23);
    report("evaluate, with reasons", ROUNDS, || {
        for benefit in book.benefits() {
            black_box(book.evaluate(benefit, black_box(&home), on));
        }
    });
    report("decide, outcome and amount", ROUNDS, || {
        for benefit in book.benefits() {
            black_box(book.decide(benefit, black_box(&home), on));
        }
    });
    report("clone a situation and set a fact", ROUNDS, || {
        let mut other = black_box(&home).clone();
        let set = other.set_household("income", Value::Integer(1));
        black_box((set, other)).0.expect("a fact");
    });
}

#[expect(clippy::print_stdout, reason = "a benchmark reports")]
fn report(name: &str, rounds: usize, mut work: impl FnMut()) {
    let times = (0..rounds).map(|_| timed(&mut work)).collect();
    println!("{name}: {} ({rounds} rounds)", told(times));
}

fn told(mut times: Vec<Duration>) -> String {
    times.sort();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    let worst = times[times.len() - 1];
    format!("p50 {p50:.2?}, p99 {p99:.2?}, worst {worst:.2?}")
}

/// Every benefit of the country, with reasons and relations, for households of one to seven members.
#[expect(clippy::print_stdout, reason = "a benchmark reports")]
fn drawn() {
    let book = country_book();
    let on = jiff::civil::date(2026, 11, 23);
    let mut random = Random(7);
    for unknown in [1, 4, 8, 12] {
        let mut all = Vec::new();
        let mut best = Vec::new();
        let cpu = cpu_time();
        for _ in 0..HOUSEHOLDS {
            let home = random_household(&book, &mut random, 7, unknown);
            let mut ask = || {
                black_box(book.evaluate_all(black_box(&home), on));
            };
            let times: Vec<Duration> = (0..REPEATS).map(|_| timed(&mut ask)).collect();
            best.extend(times.iter().min());
            all.extend(times);
        }
        let cpu = cpu_time() - cpu;
        println!(
            "{HOUSEHOLDS} drawn households, {unknown} of 12 facts unknown, {REPEATS} times each:"
        );
        println!("    {}, {cpu:.2?} of CPU", told(all));
        // What else runs on the machine lengthens some of the times, hardly all of one household.
        println!("    the best of each household: {}", told(best));
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark reports")]
fn template() {
    match peer::measure() {
        Ok((times, cpu)) => println!(
            "OpenFisca's country template, {} households, 15 variables: {}, {cpu:.2?} of CPU",
            times.len(),
            told(times)
        ),
        Err(reason) => println!(
            "OpenFisca's country template is skipped ({reason}); install python3 with pip, and connect"
        ),
    }
}

/// The CPU time of this thread so far, as Linux counts it; zero elsewhere.
fn cpu_time() -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = counted.split(' ').next().and_then(|it| it.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn timed(work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Every benefit of `country/kr`, for the household of a case of the parental benefit.
fn country() {
    let book = country_book();
    let benefit = book.benefit("parental-benefit").expect("in the country");
    let (on, home) = benefit.case_situations().next().expect("a case");
    let to = on.saturating_add(jiff::Span::new().days(365));
    report("country: evaluate, with reasons", COUNTRY_ROUNDS, || {
        for benefit in book.benefits() {
            black_box(book.evaluate(benefit, black_box(home), on));
        }
    });
    // Half of what is known forgotten, so that most outcomes are open and the facts that decide are looked for.
    let mut open = home.clone();
    for (fact, _) in home.known().step_by(2) {
        open.forget(&fact);
    }
    report(
        "country: evaluate, half of it unknown",
        COUNTRY_ROUNDS,
        || {
            for benefit in book.benefits() {
                black_box(book.evaluate(benefit, black_box(&open), on));
            }
        },
    );
    for (fact, _) in home.known() {
        open.forget(&fact);
    }
    report(
        "country: evaluate, all of it unknown",
        COUNTRY_ROUNDS,
        || {
            for benefit in book.benefits() {
                black_box(book.evaluate(benefit, black_box(&open), on));
            }
        },
    );
    report("country: the next change of all", COUNTRY_ROUNDS, || {
        black_box(book.next_change_of_all(black_box(home), on, to));
    });
    report(
        "country: next change of each benefit",
        COUNTRY_ROUNDS,
        || {
            for benefit in book.benefits() {
                black_box(book.next_change(benefit, black_box(home), on, to));
            }
        },
    );
    report("country: a year's changes, leaping", COUNTRY_ROUNDS, || {
        for benefit in book.benefits() {
            black_box(book.changes(benefit, black_box(home), on, to));
        }
    });
    report(
        "country: a year's changes, day by day",
        COUNTRY_ROUNDS / 10,
        || {
            for benefit in book.benefits() {
                let mut day = on;
                while day < to {
                    black_box(book.decide(benefit, black_box(home), day));
                    day = day.tomorrow().expect("a day");
                }
            }
        },
    );
}

fn country_book() -> RuleBook {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../country/kr");
    let mut files = Vec::new();
    for part in ["", "parameters/", "benefits/"] {
        for entry in std::fs::read_dir(root.join(part)).expect("a folder of law") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            if name.ends_with(".yaml") {
                let text = std::fs::read_to_string(&path).expect("text");
                files.push((format!("{part}{name}"), text));
            }
        }
    }
    RuleBook::load(files).expect("a valid book")
}

fn book() -> RuleBook {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/book");
    let names = [
        "vocabulary.yaml",
        "parameters/income.yaml",
        "benefits/child-money.yaml",
        "benefits/living-support.yaml",
        "benefits/school-bonus.yaml",
    ];
    let files = names.map(|name| {
        let text = std::fs::read_to_string(root.join(name)).expect("the book of the tests");
        (name.to_owned(), text)
    });
    RuleBook::load(files).expect("a valid book")
}

/// Two parents and two children, everything known.
fn home(book: &RuleBook) -> Situation {
    let mut home = book.situation();
    let text = |text: &str| Value::Text(text.to_owned());
    home.set_household("municipality", text("hanbit"))
        .expect("a fact");
    home.set_household("income", Value::Integer(900_000))
        .expect("a fact");
    home.set_household("wealth", Value::Integer(50_000_000))
        .expect("a fact");
    home.set_household("housing", text("rent")).expect("a fact");
    for (key, role, born, order) in [
        ("mother", "head", "1992-05-01", 1),
        ("father", "other", "1990-02-11", 2),
        ("first", "child", "2019-07-30", 1),
        ("second", "child", "2026-10-03", 2),
    ] {
        home.set_member(key, "role", text(role)).expect("a fact");
        let born = Value::Date(born.parse().expect("a date"));
        home.set_member(key, "born", born).expect("a fact");
        home.set_member(key, "birth_order", Value::Integer(order))
            .expect("a fact");
        home.set_member(key, "student", Value::Bool(role == "child"))
            .expect("a fact");
        home.set_member(key, "earned", Value::Integer(1_200_000))
            .expect("a fact");
    }
    home
}
