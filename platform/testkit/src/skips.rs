//! What was skipped, said where it cannot be missed.
//!
//! libtest has no hook at the end of a run, so each skip is written twice: at once to standard error
//! (the handle, which libtest does not capture), and to a file shared by all test binaries of one
//! `cargo test`. The last test binary of the workspace calls [`print_skips`].

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
};

/// Records that the running test skips (part of) its work, and says so.
///
/// The reason names the remedy: "PostgreSQL 15 or newer not found; install the package postgresql".
/// The test is named by its thread, which libtest names after the test.
///
/// Where nothing may be missing, as in continuous integration, `WISE_SKIPS=forbidden` makes it a failure.
///
/// # Panics
/// Under `WISE_SKIPS=forbidden`.
///
/// ```no_run
/// testkit::skip("an example; nothing to install");
/// ```
pub fn skip(reason: &str) {
    let is_forbidden = std::env::var_os("WISE_SKIPS").is_some_and(|value| value == "forbidden");
    assert!(
        !is_forbidden,
        "skipped, which WISE_SKIPS=forbidden does not allow: {reason}"
    );
    let thread = thread::current();
    let test = match thread.name() {
        Some(name) if name != "main" => name,
        _ => "(test)",
    };
    let line = format!(
        "SKIPPED {}::{test}: {}",
        binary(),
        reason.replace('\n', " ")
    );
    say(&line);
    if let Err(error) = record(&ledger(), &line) {
        say(&format!("testkit: cannot record the skip above: {error}"));
    }
}

/// Prints what all test binaries of this `cargo test` skipped, grouped by reason, to standard error.
///
/// Called by a test target with `harness = false` that sorts last, so that it is the end of a plain
/// `cargo test`. Returns the number of skips; says nothing when there are none.
pub fn print_skips() -> usize {
    let path = ledger();
    let Ok(text) = fs::read_to_string(&path) else {
        return 0;
    };
    // A run is over when its skips are told; the next one starts empty.
    let _ = fs::remove_file(&path);
    say(&summary(&text));
    text.lines().count()
}

/// Cargo's target directory, found from the running test binary; the system's temporary directory
/// when the binary stands outside of one.
pub fn target_dir() -> PathBuf {
    // Cargo marks the directory with CACHEDIR.TAG, wherever CARGO_TARGET_DIR puts it.
    let exe = std::env::current_exe().unwrap_or_default();
    exe.ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        .map_or_else(std::env::temp_dir, Path::to_path_buf)
}

fn summary(text: &str) -> String {
    let mut tests_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in text.lines() {
        let line = line.strip_prefix("SKIPPED ").unwrap_or(line);
        let (test, reason) = line.split_once(": ").unwrap_or(("(test)", line));
        tests_of.entry(reason).or_default().push(test);
    }
    let mut out = String::from("\nSkipped in this run:\n");
    for (reason, tests) in tests_of {
        let shown = 5.min(tests.len());
        let more = match tests.len() - shown {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        out += &format!("  {reason}\n    {}{more}\n", tests[..shown].join(", "));
    }
    out
}

/// Standard error itself: `eprintln!` would be captured by libtest and shown only for failures.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn record(path: &Path, line: &str) -> io::Result<()> {
    static LOCK: Mutex<()> = Mutex::new(());
    let _one_writer = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    file.write_all(format!("{line}\n").as_bytes())
}

/// The crate under test: `store` for `target/debug/deps/store-0123456789abcdef`.
fn binary() -> String {
    let exe = std::env::current_exe().unwrap_or_default();
    let stem = exe.file_stem().unwrap_or_default().to_string_lossy();
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 => name.to_string(),
        _ => stem.to_string(),
    }
}

/// One file for each `cargo test`: all its test binaries have the same parent.
fn ledger() -> PathBuf {
    let parent = std::os::unix::process::parent_id();
    target_dir()
        .join("skips")
        .join(format!("{parent}-{}.txt", started(parent)))
}

/// When a process started (clock ticks since boot), so that a reused process id is another run;
/// 0 where there is no /proc.
fn started(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in parentheses may hold spaces; field 22 is the 20th after it.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name
        .split_whitespace()
        .nth(19)
        .and_then(|ticks| ticks.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_with_one_reason_are_told_together() {
        let text = "SKIPPED store::a: no PostgreSQL\nSKIPPED store::b: no PostgreSQL\nSKIPPED web::c: no browser\n";
        assert_eq!(
            summary(text),
            "\nSkipped in this run:\n  no PostgreSQL\n    store::a, store::b\n  no browser\n    web::c\n"
        );
    }

    #[test]
    fn many_tests_of_one_reason_are_counted() {
        let text: String = (0..8)
            .map(|n| format!("SKIPPED store::t{n}: no PostgreSQL\n"))
            .collect();
        assert!(summary(&text).contains("store::t4 and 3 more"));
    }

    #[test]
    fn a_test_binary_finds_the_target_directory_and_its_own_name() {
        assert!(target_dir().join("CACHEDIR.TAG").is_file());
        assert_eq!(binary(), "testkit");
        assert_ne!(started(std::process::id()), 0);
    }

    #[test]
    fn records_are_lines_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/skips.txt");
        record(&path, "one").unwrap();
        record(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "one\ntwo\n");
    }
}
