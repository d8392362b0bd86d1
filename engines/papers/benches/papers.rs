//! Papers issued (printed, signed by both keys, and given as a credential) and checked, on two threads.
//!
//! `cargo bench -p papers` prints one line a figure. Nothing is asserted.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use papers::credential::{self, Claims, Expected, Issuer};
use papers::pdf::{Paper, Typeface, render};
use papers::signature::{Policy, Signer, sign, verify};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::json;

#[allow(dead_code, reason = "of the tests' paper the bench needs a part")]
#[path = "../tests/it/paper.rs"]
mod paper;

const THREADS: u32 = 2;
const LASTS: Duration = Duration::from_secs(5);
const CITY: &str = "https://hanbit.example";

/// User and system time of this process: seconds, in Linux's hundredths.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|it| it.parse::<f64>().ok()).sum::<f64>() / 100.0
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn started() -> Instant {
    Instant::now()
}

/// Repeats work on every thread, and prints how often and at which cost.
fn measure(what: &str, work: impl Fn(u32) + Sync) {
    let begun = started();
    let cpu = cpu_seconds();
    let count: u32 = thread::scope(|scope| {
        let mut threads = Vec::new();
        for first in 0..THREADS {
            let work = &work;
            threads.push(scope.spawn(move || {
                let mut count = 0;
                while begun.elapsed() < LASTS {
                    work(count * THREADS + first);
                    count += 1;
                }
                count
            }));
        }
        threads
            .into_iter()
            .map(|it| it.join().expect("no panic"))
            .sum()
    });
    let (seconds, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let (rate, each) = (f64::from(count) / seconds, cpu * 1e6 / f64::from(count));
    println!(
        "{what}: {rate:.0} a second on {THREADS} threads, {each:.0} µs of CPU each, {cpu:.1} CPU-s in {seconds:.1} s"
    );
}

/// A paper of its own for each number.
fn numbered(number: u32) -> Paper {
    let mut paper = paper::paper();
    paper.number = format!("제 2026-{number:06} 호");
    paper.url = format!("{CITY}/papers/{number:026}");
    paper
}

fn printed(typeface: &Typeface, number: u32) -> Vec<u8> {
    render(&numbered(number), typeface).expect("a paper")
}

fn signed(pdf: &[u8], by: &Signer) -> Vec<u8> {
    sign(pdf, by, paper::instant(), paper::REASON).expect("a signature")
}

fn given(city: &Issuer, number: u32) -> String {
    let mut claims = Claims::new(
        "https://hanbit.example/credentials/resident",
        paper::instant(),
    );
    let hidden = [
        ("given_name", json!("하늘")),
        ("birthdate", json!("1994-05-17")),
        ("age_over_19", json!(true)),
        ("address", json!("한빛시 새봄구 은하로 27")),
    ];
    claims
        .hidden
        .extend(hidden.map(|(name, value)| (name.to_owned(), value)));
    claims.decoys = 4;
    let mut salts = ChaCha12Rng::seed_from_u64(u64::from(number));
    credential::issue(&claims, city, &mut salts).expect("a credential")
}

fn main() {
    let Some(typeface) = paper::typeface() else {
        return;
    };
    let agency = paper::agency(7, true);
    let city = Issuer::new(CITY, "2026-1", &[7; 32]);

    measure("printed as PDF/A-3b", |number| {
        printed(&typeface, number);
    });
    let unsigned = printed(&typeface, 1);
    measure("signed by Ed25519 and ML-DSA-44", |_| {
        signed(&unsigned, &agency);
    });
    measure("issued: printed, signed, and a credential", |number| {
        signed(&printed(&typeface, number), &agency);
        given(&city, number);
    });

    let pdf = signed(&unsigned, &agency);
    let trusted = [agency.certificate().clone()];
    measure(
        &format!("a paper of {} bytes checked, both signatures", pdf.len()),
        |_| {
            verify(&pdf, &trusted, Policy::Hybrid).expect("a signed paper");
        },
    );
    let shown =
        credential::present(&given(&city, 1), &["age_over_19"], None).expect("a presentation");
    let (trusted, expected) = ([city.public()], Expected::at(paper::instant()));
    measure("a credential checked", |_| {
        credential::verify(&shown, &trusted, &expected).expect("a credential");
    });
}
