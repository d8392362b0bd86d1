//! One agency as a process of its own: this program, started again, told what to do line by line.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use base::SystemClock;
use federation::Peer;
use federation::node::Config;
use federation::run::{Handle, Setup, start};
use federation::store::{Shared, Store};
use federation::wal::FileStorage;
use ledger::consensus::{LedgerId, Signer};
use ledger::note::{Algorithm, SigningKey};
use ledger::{Entry, State, Validator};
use tokio::time::Instant;

/// What a process is told of itself when it starts: its number, the addresses of all, and its folder.
const MEMBER: &str = "FEDERATION_MEMBER";
const ORIGIN: &str = "ledger.test/processes";

pub struct Process {
    child: Child,
    lines: mpsc::Receiver<String>,
}

/// Addresses of this machine that are free now.
pub fn addresses(count: usize) -> Vec<String> {
    let bound: Vec<_> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let address = |it: &TcpListener| it.local_addr().unwrap().to_string();
    bound.iter().map(address).collect()
}

impl Process {
    /// Starts this program again as a member; `arguments` bring it to [`serve`].
    pub fn start(number: usize, all: &[String], folder: &Path, arguments: &[&str]) -> Self {
        let program = Command::new(std::env::current_exe().unwrap());
        Self::start_by(program, number, all, folder, arguments)
    }

    /// The same by a command that is given this program, or is it.
    pub fn start_by(
        mut program: Command,
        number: usize,
        all: &[String],
        folder: &Path,
        arguments: &[&str],
    ) -> Self {
        let folder = folder.join(number.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        let member = format!("{number};{};{}", all.join(","), folder.display());
        let mut child = program
            .args(arguments)
            .env(MEMBER, member)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some(line) = line.strip_prefix('@') {
                    let _ = sender.send(line.to_owned());
                }
            }
        });
        let process = Self { child, lines };
        assert_eq!(process.answer(), "ready");
        process
    }

    pub fn tell(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
    }

    pub fn answer(&self) -> String {
        self.answer_within(Duration::from_secs(60)).unwrap()
    }

    pub fn answer_within(&self, time: Duration) -> Option<String> {
        self.lines.recv_timeout(time).ok()
    }

    pub fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.answer()
    }
}

/// As `kill -9` does.
impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "@{line}").and_then(|()| output.flush());
}

/// The member's part: does what it is told until nobody is left who tells.
///
/// `false` where this process was not started as a member.
pub fn serve() -> bool {
    let Ok(member) = std::env::var(MEMBER) else {
        return false;
    };
    let parts: Vec<_> = member.split(';').collect();
    let number: usize = parts[0].parse().unwrap();
    let all: Vec<_> = parts[1].split(',').collect();
    let folder = PathBuf::from(parts[2]);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (handle, _) = member_at(number, &all, &folder);
        say("ready");
        let (sender, mut lines) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        while let Some(line) = lines.recv().await {
            let words: Vec<_> = line.split(' ').map(str::to_owned).collect();
            tokio::spawn(obey(handle.clone(), number, words));
        }
        handle.stop().await;
    });
    true
}

/// Starts a member in this process, over the files in a folder.
pub fn member_at(number: usize, all: &[&str], folder: &Path) -> (Handle, Shared) {
    let ledger = LedgerId::of_origin(ORIGIN);
    let secret = |it: usize| [it as u8 + 1; 32];
    let keys: Vec<_> = (0..all.len())
        .map(|it| Signer::new(ledger, &secret(it)).public_key())
        .collect();
    let peers = (0..all.len()).filter(|it| *it != number).map(|it| Peer {
        key: keys[it],
        address: all[it].to_owned(),
    });
    let alone = all.len() == 1;
    let listener = (!alone).then(|| TcpListener::bind(all[number]).unwrap());
    let setup = Setup {
        ledger,
        secret: secret(number),
        config: Config::default(),
        peers: peers.collect(),
        listener,
        clock: Arc::new(SystemClock),
    };
    let validators = keys.iter().enumerate().map(|(at, key)| Validator {
        name: format!("agency {at}"),
        key: *key,
    });
    let genesis = State::genesis(ORIGIN, validators.collect()).unwrap();
    let signs = |algorithm| SigningKey::from_seed(ORIGIN, algorithm, secret(number)).unwrap();
    let signer = Vec::from([Algorithm::Ed25519, Algorithm::MlDsa44].map(signs));
    let store = Store::open(&folder.join("store"), genesis, Box::new(signer)).unwrap();
    let storage = FileStorage::open(&folder.join("wal")).unwrap();
    let store = Shared::new(store);
    (start(setup, store.clone(), storage).unwrap(), store)
}

async fn obey(handle: Handle, number: usize, words: Vec<String>) {
    let figure = |at: usize| words[at].parse::<u64>().unwrap();
    match words[0].as_str() {
        "submit" => {
            let entries =
                (figure(1)..figure(2)).map(|it| Entry::new(format!("entry {it}")).unwrap());
            match handle.submit(entries.collect()).await {
                Ok(places) => say(&format!("committed {}", places.len())),
                Err(why) => say(&format!("failed {why}")),
            }
        }
        "status" => {
            let status = handle.status().await.unwrap();
            let up = status.peers.iter().filter(|it| it.connected).count();
            say(&format!("{} {up} {}", status.height, status.findings.len()));
        }
        "load" => {
            let load = Load {
                time: Duration::from_secs(figure(1)),
                submitters: figure(2),
                batch: figure(3),
                bytes: figure(4) as usize,
                pace: Duration::from_millis(figure(5)),
            };
            say(&load.put_on(handle, number).await);
        }
        other => say(&format!("what is {other}?")),
    }
}

/// What is submitted at a member.
struct Load {
    time: Duration,
    submitters: u64,
    /// Entries at a time.
    batch: u64,
    /// Of an entry.
    bytes: usize,
    /// From one submission of a submitter to the next, whether that is final or not; zero: as soon as it is.
    pace: Duration,
}

impl Load {
    /// Tells entries, microseconds, the median and the 99th percentile of the time to finality in microseconds, the height, the CPU
    /// time of this process meanwhile in milliseconds, and its memory in megabytes.
    async fn put_on(self, handle: Handle, number: usize) -> String {
        let Self {
            time,
            submitters,
            batch,
            bytes,
            pace,
        } = self;
        let next = Arc::new(AtomicU64::new(0));
        let cpu_ms = cpu_ms();
        let begin = Instant::now();
        let end = begin + time;
        let mut tasks = tokio::task::JoinSet::new();
        for at in 0..submitters {
            let (handle, next) = (handle.clone(), Arc::clone(&next));
            tasks.spawn(async move {
                let mut times = Vec::new();
                let mut underway = tokio::task::JoinSet::new();
                // Not all at the same moment.
                let mut due = begin + pace * at as u32 / submitters as u32;
                while due.max(Instant::now()) < end {
                    tokio::time::sleep_until(due).await;
                    let first = next.fetch_add(batch, Ordering::Relaxed);
                    let entry = |it| format!("{number} {it:0>bytes$}");
                    let entries = (first..first + batch).map(|it| Entry::new(entry(it)).unwrap());
                    let (entries, handle) = (entries.collect(), handle.clone());
                    let submission = async move {
                        let sent = Instant::now();
                        handle.submit(entries).await.unwrap();
                        sent.elapsed()
                    };
                    if pace.is_zero() {
                        times.push(submission.await);
                    } else {
                        underway.spawn(submission);
                        due += pace;
                    }
                }
                times.extend(underway.join_all().await);
                times
            });
        }
        let mut times: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
        times.sort();
        let (entries, took) = (times.len() as u64 * batch, begin.elapsed());
        let at = |share: usize| times[(times.len() - 1) * share / 100].as_micros();
        let status = handle.status().await.unwrap();
        format!(
            "{entries} {} {} {} {} {} {}",
            took.as_micros(),
            at(50),
            at(99),
            status.height,
            self::cpu_ms() - cpu_ms,
            resident_mb()
        )
    }
}

/// Of all threads of this process, in user and kernel.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    // In hundredths of a second.
    let times = fields.skip(11).take(2).map(|it| it.parse::<u64>().unwrap());
    times.sum::<u64>() * 10
}

fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() / 1024
}
