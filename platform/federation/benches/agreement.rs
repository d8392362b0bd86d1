//! How many entries a ledger takes in a second, and how long one waits until it is final: one agency alone, and four as processes
//! on this machine. `cargo bench -p federation`; prints what it measured, and judges nothing.

#[path = "../tests/it/chain.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod chain;
#[path = "../tests/it/process.rs"]
mod process;

use std::io::Write;

use process::{Process, addresses, serve};

fn main() {
    if serve() {
        return;
    }
    // Seconds, submitters at each member, entries at a time, bytes of an entry.
    for (members, load) in [
        (1, "5 1 1 200"),
        (1, "5 16 100 200"),
        (1, "5 64 100 200"),
        (4, "5 1 1 200"),
        (4, "5 4 50 200"),
        (4, "5 16 100 200"),
    ] {
        measure(members, load);
    }
}

fn measure(members: usize, load: &str) {
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
        .for_each(|it| it.tell(&format!("load {load}")));
    let mut output = std::io::stdout().lock();
    let (mut rate, mut worst) = (0.0, 0.0_f64);
    let mut blocks = 0.0;
    for process in &all {
        let figures: Vec<f64> = process
            .answer()
            .split(' ')
            .map(|it| it.parse().unwrap_or(f64::NAN))
            .collect();
        let [entries, micros, _, p99, height] = figures[..] else {
            return;
        };
        rate += entries / micros * 1e6;
        worst = worst.max(p99 / 1e3);
        blocks = height / micros * 1e6;
    }
    let _ = writeln!(
        output,
        "{members} member(s), load {load:>12}: {rate:>8.0} entries/s, {blocks:>5.0} blocks/s, 99 % final within {worst:>6.1} ms"
    );
}
