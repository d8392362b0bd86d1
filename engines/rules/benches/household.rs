//! How long one household takes against the small book: p50 and p99 of single evaluations.
//!
//! `cargo bench -p rules`

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rules::{RuleBook, Situation, Value};

const ROUNDS: usize = 20_000;

fn main() {
    let book = book();
    let home = home(&book);
    let on = jiff::civil::date(2026, 11, 23);
    report("evaluate, with reasons", || {
        for benefit in book.benefits() {
            black_box(book.evaluate(benefit, black_box(&home), on));
        }
    });
    report("decide, outcome and amount", || {
        for benefit in book.benefits() {
            black_box(book.decide(benefit, black_box(&home), on));
        }
    });
    report("clone a situation and set a fact", || {
        let mut other = black_box(&home).clone();
        let set = other.set_household("income", Value::Integer(1));
        black_box((set, other)).0.expect("a fact");
    });
}

#[expect(clippy::print_stdout, reason = "a benchmark reports")]
fn report(name: &str, mut work: impl FnMut()) {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| timed(&mut work)).collect();
    times.sort();
    let (p50, p99) = (times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
    println!("{name}: p50 {p50:?}, p99 {p99:?} ({ROUNDS} rounds)");
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn timed(work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
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
