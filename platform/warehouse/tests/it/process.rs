//! Commands that run to their end, and servers that are listened to and killed.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take before a test says that it hangs.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn command<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wise-warehouse"));
    command.args(args).env_remove("WISE_LOG");
    command
}

/// Runs a command; what it said on standard output.
#[track_caller]
pub fn done<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> String {
    let output = command(args).output().unwrap();
    assert!(output.status.success(), "{}", shown(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that fails; what it said to its user.
#[track_caller]
pub fn refused<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> String {
    let output = command(args).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("panicked"), "{said}");
    said
}

fn shown(output: &Output) -> String {
    format!(
        "{}: {}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A process whose lines are kept as it says them. It ends with the test, however that ends.
pub struct Process {
    child: Child,
    watcher: Child,
    said: Arc<(Mutex<Vec<String>>, Condvar)>,
}

impl Process {
    pub fn start<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Self {
        let mut child = command(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Reads to the end of a pipe that only this process holds open.
        let watcher = Command::new("/bin/sh")
            .args(["-c", "cat; kill -9 \"$0\"", &child.id().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        keep(child.stdout.take().unwrap(), said.clone());
        keep(child.stderr.take().unwrap(), said.clone());
        Self {
            child,
            watcher,
            said,
        }
    }

    /// Everything so far.
    pub fn said(&self) -> Vec<String> {
        self.said.0.lock().unwrap().clone()
    }

    /// The first line that holds `text`, once it is said.
    #[track_caller]
    pub fn line_with(&self, text: &str) -> String {
        let found = |said: &[String]| said.iter().find(|line| line.contains(text)).cloned();
        self.once(|said| found(said).is_some());
        found(&self.said()).unwrap()
    }

    /// Waits until what was said is enough.
    #[track_caller]
    pub fn once(&self, is_enough: impl Fn(&[String]) -> bool) {
        let (said, changed) = &*self.said;
        let waiting = said.lock().unwrap();
        let (said, waited) = changed
            .wait_timeout_while(waiting, PATIENCE, |said| !is_enough(said))
            .unwrap();
        assert!(
            !waited.timed_out(),
            "waited in vain; said so far: {said:#?}"
        );
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end; whether it was a success.
    #[expect(clippy::disallowed_methods, reason = "waits for another process")]
    pub fn wait(&mut self) -> bool {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("hangs; said so far: {:#?}", self.said());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The watcher first: it must not kill whoever has the number next.
        for process in [&mut self.watcher, &mut self.child] {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn keep(from: impl Read + Send + 'static, said: Arc<(Mutex<Vec<String>>, Condvar)>) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            said.0.lock().unwrap().push(line);
            said.1.notify_all();
        }
    });
}
