//! `kill -9` at random moments: what a power cut does to a process, many times.

use std::{
    ffi::OsString,
    io::{self, BufRead, BufReader},
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// A program that is started again and again and killed (`SIGKILL`) at a random moment of its work.
///
/// The program says on standard output, a line at a time and flushed, what it has acknowledged; whatever
/// it has said must be found again afterwards. The moment is drawn from a window that opens when the
/// program has said that it is ready, so that kills fall into the work and not into the start.
///
/// ```no_run
/// use std::time::Duration;
/// let runs = testkit::KillLoop::new("target/debug/wise")
///     .args(["serve", "--data", "/tmp/there"])
///     .ready_at("ready")
///     .window(Duration::ZERO, Duration::from_millis(300))
///     .seed(7)
///     .run(testkit::KillLoop::kills(20))
///     .unwrap();
/// let acknowledged: Vec<&String> = runs.iter().flat_map(|run| &run.lines).collect();
/// ```
#[derive(Clone, Debug)]
pub struct KillLoop {
    program: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    ready_at: Option<String>,
    earliest: Duration,
    latest: Duration,
    patience: Duration,
    seed: u64,
}

/// One life of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What it said, whole lines only: a line that the kill cut short was not acknowledged.
    pub lines: Vec<String>,
    /// `true` when it was killed; `false` when it had ended well before its moment came.
    pub was_killed: bool,
}

impl KillLoop {
    /// Prepares to start `program`; killed at once to 100 ms after its start unless told otherwise.
    pub fn new(program: impl Into<PathBuf>) -> KillLoop {
        KillLoop {
            program: program.into(),
            args: Vec::new(),
            env: Vec::new(),
            ready_at: None,
            earliest: Duration::ZERO,
            latest: Duration::from_millis(100),
            patience: Duration::from_secs(60),
            seed: 0,
        }
    }

    /// How many kills a test should do: `WISE_KILLS` where set (200 in continuous integration).
    pub fn kills(otherwise: usize) -> usize {
        std::env::var("WISE_KILLS")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: Into<OsString>>(mut self, args: impl IntoIterator<Item = S>) -> KillLoop {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of the program's environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> KillLoop {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Opens the window of the kill when the program says exactly this line, instead of at its start. A
    /// program that does not say it within 60 s is an error.
    #[must_use]
    pub fn ready_at(mut self, line: impl Into<String>) -> KillLoop {
        self.ready_at = Some(line.into());
        self
    }

    /// The kill falls evenly between `earliest` and `latest` after the window opens.
    #[must_use]
    pub fn window(mut self, earliest: Duration, latest: Duration) -> KillLoop {
        self.earliest = earliest;
        self.latest = latest.max(earliest);
        self
    }

    /// Draws other moments. The same seed draws the same ones, as far as a machine repeats itself.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> KillLoop {
        self.seed = seed;
        self
    }

    /// Starts and kills the program `times` times.
    ///
    /// # Errors
    /// When the program does not start, fails by itself (its standard error is that of the test), or
    /// does not become ready.
    pub fn run(&self, times: usize) -> io::Result<Vec<Run>> {
        let mut rng = StdRng::seed_from_u64(self.seed);
        (0..times)
            .map(|_| self.live_and_die(rng.random_range(self.earliest..=self.latest)))
            .collect()
    }

    fn live_and_die(&self, after: Duration) -> io::Result<Run> {
        let mut child = Command::new(&self.program)
            .args(&self.args)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", self.program.display()))
            })?;
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| io::Error::other("no standard output"))?;
        let (ready, is_ready) = mpsc::channel();
        let wanted = self.ready_at.clone();
        let reader =
            thread::spawn(move || read_lines(BufReader::new(stdout), wanted.as_deref(), &ready));
        let opened = is_ready.recv_timeout(self.patience);
        if opened.is_ok() {
            thread::sleep(after);
        }
        // SIGKILL on Unix. An error means that it has ended already, which its status tells.
        let _ = child.kill();
        let status = child.wait()?;
        let lines = reader
            .join()
            .map_err(|_| io::Error::other("the reader panicked"))??;
        self.judge(opened, status, lines)
    }

    fn judge(
        &self,
        opened: Result<(), RecvTimeoutError>,
        status: ExitStatus,
        lines: Vec<String>,
    ) -> io::Result<Run> {
        use std::os::unix::process::ExitStatusExt;
        const SIGKILL: i32 = 9;
        let program = self.program.display();
        match opened {
            Err(RecvTimeoutError::Timeout) => Err(io::Error::other(format!(
                "{program} was not ready within {:?}; it said {lines:?}",
                self.patience
            ))),
            Err(RecvTimeoutError::Disconnected) => Err(io::Error::other(format!(
                "{program} ended ({status}) before it was ready; it said {lines:?}"
            ))),
            Ok(()) if status.signal() == Some(SIGKILL) => Ok(Run {
                lines,
                was_killed: true,
            }),
            Ok(()) if status.success() => Ok(Run {
                lines,
                was_killed: false,
            }),
            Ok(()) => Err(io::Error::other(format!(
                "{program} failed by itself ({status}); it said {lines:?}"
            ))),
        }
    }
}

/// Collects whole lines to the end, and says when the program is ready.
fn read_lines(
    mut from: impl BufRead,
    wanted: Option<&str>,
    ready: &mpsc::Sender<()>,
) -> io::Result<Vec<String>> {
    if wanted.is_none() {
        let _ = ready.send(());
    }
    let mut lines = Vec::new();
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        line.pop();
        let text = String::from_utf8_lossy(&line).into_owned();
        if wanted == Some(text.as_str()) {
            let _ = ready.send(());
        }
        lines.push(text);
        line.clear();
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> KillLoop {
        KillLoop::new("/bin/sh").args(["-c", script])
    }

    #[test]
    fn a_worker_is_killed_in_the_middle_of_its_work() {
        let script = "echo start; sleep 0.2; echo ready; n=0; while :; do n=$((n+1)); echo $n; sleep 0.01; done";
        let runs = shell(script)
            .ready_at("ready")
            .window(Duration::from_millis(50), Duration::from_millis(250))
            .seed(3)
            .run(4)
            .unwrap();
        assert!(
            runs.iter()
                .all(|run| run.was_killed && run.lines[..2] == ["start", "ready"])
        );
        assert!(runs.iter().all(|run| run.lines.len() > 2), "{runs:?}");
        let lengths: Vec<usize> = runs.iter().map(|run| run.lines.len()).collect();
        assert!(
            lengths.iter().any(|length| *length != lengths[0]),
            "one moment for all: {lengths:?}"
        );
    }

    #[test]
    fn a_line_cut_short_is_not_acknowledged() {
        let runs = shell("echo whole; printf half; exec sleep 9")
            .ready_at("whole")
            .run(1)
            .unwrap();
        assert_eq!(
            runs,
            [Run {
                lines: vec!["whole".into()],
                was_killed: true
            }]
        );
    }

    #[test]
    fn one_that_is_done_early_was_not_killed() {
        let slow = Duration::from_millis(500);
        let runs = shell("echo $WORD")
            .env("WORD", "done")
            .window(slow, slow)
            .run(1)
            .unwrap();
        assert_eq!(
            runs,
            [Run {
                lines: vec!["done".into()],
                was_killed: false
            }]
        );
    }

    #[test]
    fn a_program_that_fails_by_itself_is_not_mistaken_for_a_killed_one() {
        let slow = Duration::from_millis(500);
        let error = shell("echo hm; exit 3")
            .window(slow, slow)
            .run(2)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("failed by itself") && error.contains("hm"),
            "{error}"
        );
        let error = shell("exit 0")
            .ready_at("ready")
            .run(1)
            .unwrap_err()
            .to_string();
        assert!(error.contains("before it was ready"), "{error}");
        let error = KillLoop::new("/nowhere/at-all")
            .run(1)
            .unwrap_err()
            .to_string();
        assert!(error.contains("/nowhere/at-all"), "{error}");
    }
}
