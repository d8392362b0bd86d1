//! How many entries a ledger takes in a second, and how long one waits until it is final: one agency alone, and four as processes
//! on this machine, each on a store of its own. `cargo bench -p federation --bench agreement -- SECONDS`; prints what it measured,
//! and judges nothing.

#[path = "../tests/it/process.rs"]
mod process;

use std::io::Write;

use process::{Process, addresses, serve};

fn main() {
    if serve() {
        return;
    }
    let seconds = std::env::args().find_map(|it| it.parse().ok());
    let seconds: u64 = seconds.unwrap_or(10);
    // Submitters at each member, entries at a time, bytes of an entry, milliseconds from one submission to the next.
    for (members, load) in [
        (1, "1 1 190 0"),
        (1, "1 1 190 100"),
        (1, "50 10 190 50"),
        (1, "500 1 190 50"),
        (1, "64 100 190 0"),
        (4, "1 1 190 0"),
        (4, "1 1 190 100"),
        (4, "25 1 190 50"),
        (4, "16 100 190 0"),
    ] {
        measure(members, seconds, load);
    }
}

fn measure(members: usize, seconds: u64, load: &str) {
    let Ok(folder) = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")) else {
        return;
    };
    let addresses = addresses(members);
    let mut all: Vec<_> = (0..members)
        .map(|it| Process::start(it, &addresses, folder.path(), &[]))
        .collect();
    // Connections come up meanwhile.
    let first = all.iter_mut().enumerate();
    first.for_each(|(at, it)| drop(it.ask(&format!("submit {at} {}", at + 1))));
    all.iter_mut()
        .for_each(|it| it.tell(&format!("load {seconds} {load}")));
    let mut output = std::io::stdout().lock();
    let (mut rate, mut half, mut worst) = (0.0, 0.0_f64, 0.0_f64);
    let (mut blocks, mut cpu_s, mut resident_mb) = (0.0, 0.0, 0.0_f64);
    for process in &all {
        let figures: Vec<f64> = process
            .answer()
            .split(' ')
            .map(|it| it.parse().unwrap_or(f64::NAN))
            .collect();
        let [entries, micros, p50, p99, height, cpu_ms, megabytes] = figures[..] else {
            return;
        };
        rate += entries / micros * 1e6;
        half = half.max(p50 / 1e3);
        worst = worst.max(p99 / 1e3);
        blocks = height / micros * 1e6;
        cpu_s += cpu_ms / 1e3;
        resident_mb = resident_mb.max(megabytes);
    }
    let _ = writeln!(
        output,
        "{members} member(s), {seconds} s, load {load:>13}: {rate:>8.0} entries/s, {blocks:>5.0} blocks/s, final p50 {half:>6.1} ms, \
         p99 {worst:>6.1} ms, CPU {cpu_s:>5.1} s, {resident_mb:>4.0} MB"
    );
}
