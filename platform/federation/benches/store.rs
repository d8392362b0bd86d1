//! What the disk takes: durable entries a second with deduplication, and proofs, for one agency that proposes, checks and commits
//! blocks one after another. `cargo bench -p federation --bench store -- ENTRIES`; prints what it measured, and judges nothing.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use federation::Chain;
use federation::store::Store;
use ledger::note::{Algorithm, SigningKey};
use ledger::{Entry, Hash, State, Validator};

const BLOCK_ENTRIES: u64 = 500;
const PROOFS: u64 = 1_000;
/// As long as a sealed entry with a tag.
const ENTRY_BYTES: usize = 190;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let entries = std::env::args().filter_map(|it| it.parse().ok()).next();
    let entries: u64 = entries.unwrap_or(500_000);
    let step = (entries / 10).max(1).next_multiple_of(BLOCK_ENTRIES);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut store = open(folder.path())?;
    let mut output = std::io::stdout();
    writeln!(
        output,
        "blocks of {BLOCK_ENTRIES} entries of {ENTRY_BYTES} bytes; all since the row before\n\
         {:>10} {:>10} {:>12} {:>9} {:>9} {:>10} {:>9} {:>10} {:>7}",
        "entries",
        "a second",
        "CPU-s",
        "p50 ms",
        "p99 ms",
        "proof ms",
        "p99 ms",
        "worst ms",
        "RSS MB"
    )?;
    let mut number = 0;
    while number < entries {
        let (began, cpu) = (now(), cpu_seconds()?);
        let first = number;
        let mut commits = Vec::new();
        while number < first + step {
            let block = (number..number + BLOCK_ENTRIES).map(entry);
            let block = block.collect::<Result<_, _>>()?;
            let started = now();
            let time_ms = 1_795_000_000_000 + number / 10;
            let block = store.propose(block, Hash::default(), time_ms)?;
            store.check(&block, time_ms)?;
            store.commit(&block, &[0; 100])?;
            commits.push(started.elapsed());
            number += BLOCK_ENTRIES;
        }
        let (took, cpu) = (began.elapsed(), cpu_seconds()? - cpu);
        let mut proofs = Vec::new();
        for place in 0..PROOFS {
            let started = now();
            let index = place.wrapping_mul(0x9E37_79B9_7F4A_7C15) % store.size();
            store.prove(index)?.ok_or("no proof")?;
            proofs.push(started.elapsed());
        }
        writeln!(
            output,
            "{:>10} {:>10.0} {:>12.1} {:>9.2} {:>9.2} {:>10.3} {:>9.3} {:>10.3} {:>7}",
            number,
            (number - first) as f64 / took.as_secs_f64(),
            cpu,
            millis(&mut commits, 0.5),
            millis(&mut commits, 0.99),
            millis(&mut proofs, 0.5),
            millis(&mut proofs, 0.99),
            millis(&mut proofs, 1.0),
            resident_mb()?,
        )?;
    }
    drop(store);
    let started = now();
    let store = open(folder.path())?;
    writeln!(output, "opened in {:.2} s", started.elapsed().as_secs_f64())?;
    let started = now();
    let audit = store.audit()?;
    let took = started.elapsed().as_secs_f64();
    writeln!(output, "audited in {took:.1} s: {audit:?}")?;
    writeln!(output, "resident {} MB", resident_mb()?)?;
    Ok(())
}

fn open(folder: &std::path::Path) -> Outcome<Store> {
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let validator = Validator {
        name: "agency".to_owned(),
        key: key.verifying_key().to_bytes(),
    };
    let genesis = State::genesis("ledger.example", vec![validator])?;
    let key = |algorithm| SigningKey::from_seed("ledger.example", algorithm, [1; 32]);
    let keys = vec![key(Algorithm::Ed25519)?, key(Algorithm::MlDsa44)?];
    Ok(Store::open(folder, genesis, Box::new(keys))?)
}

fn entry(number: u64) -> Result<Entry, impl std::error::Error + 'static> {
    Entry::new(format!("{number:0ENTRY_BYTES$}"))
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}

fn millis(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let place = ((times.len() - 1) as f64 * share) as usize;
    times[place].as_secs_f64() * 1e3
}

/// Of all threads of this process, in user and kernel.
fn cpu_seconds() -> Outcome<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no stat")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |it: usize| fields.get(it).and_then(|it| it.parse::<f64>().ok());
    let ticks = ticks(11).zip(ticks(12)).ok_or("no times")?;
    Ok((ticks.0 + ticks.1) / 100.0)
}

fn resident_mb() -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|it| it.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|it| it.split_whitespace().nth(1));
    Ok(kilobytes.ok_or("no size")?.parse::<u64>()? / 1024)
}
