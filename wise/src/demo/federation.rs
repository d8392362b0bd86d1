//! Four agencies that keep the ledger together, for seeing what happens when one is stopped, cut off or lies: this process and
//! three others, on one computer.

mod http;
mod member;

use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use base::{Entropy, SystemClock};
use federation::Peer;
use federation::run::Demonstration;
use ledger::{Entry, Hash, Validator};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::app::ledger::{self as ledgers, Founding, Keys, Ledger, LedgerError};

pub use http::routes;
pub use member::serve_member;

/// How many agencies there are: the fewest of which one may fail.
const AGENCIES: usize = 4;
/// How long a member may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// In which way an agency lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Lie {
    /// Votes one thing to some and another to the others.
    TwoVotes,
    /// Proposes one block to some and another to the others.
    TwoBlocks,
    /// Votes in the name of others.
    OtherNames,
    /// Proposes blocks whose log is not the one that came before.
    FalseLog,
}

const LIES: [(Lie, &str); 4] = [
    (Lie::TwoVotes, "two_votes"),
    (Lie::TwoBlocks, "two_blocks"),
    (Lie::OtherNames, "other_names"),
    (Lie::FalseLog, "false_log"),
];

/// What a member is told, a line of JSON each.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Report,
    Lie(Option<Lie>),
    CutOff(bool),
}

/// What a member says of itself after each line.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Report {
    height: u64,
    /// Entries in its log.
    size: u64,
    /// Entries that wait for a block.
    waiting: usize,
    /// Whom it found out, and the word for what they did.
    found: Vec<(Hash, String)>,
    halted: Option<String>,
    cut_off: bool,
    lie: Option<Lie>,
}

/// All that a member needs to know when it starts.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Orders {
    folder: std::path::PathBuf,
    origin: String,
    name: String,
    listen: String,
    /// All agencies: name, key, and where the others listen.
    agencies: Vec<(String, Hash, String)>,
}

impl Orders {
    fn founding(&self) -> Founding {
        let mut federation = ledgers::Federation {
            listen: Some(self.listen.clone()),
            is_demonstration: true,
            ..ledgers::Federation::default()
        };
        for (name, key, address) in &self.agencies {
            let (name, key) = (name.clone(), key.0);
            if *address != self.listen {
                let address = address.clone();
                federation.peers.push(Peer { key, address });
            }
            federation.agencies.push(Validator { name, key });
        }
        Founding {
            origin: Some(self.origin.clone()),
            name: self.name.clone(),
            host: "localhost".into(),
            federation,
            witnesses: Vec::new(),
            witness_of: None,
        }
    }
}

/// A validator with how it was told to behave.
struct Played {
    ledger: Ledger,
    cut_off: bool,
    lie: Option<Lie>,
}

impl Played {
    fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            cut_off: false,
            lie: None,
        }
    }

    async fn obey(&mut self, told: Told) -> Report {
        use federation::node::{Behaviour, Flaw};
        let stage: Option<&Demonstration> = self.ledger.demonstration();
        match (told, stage) {
            (Told::Lie(lie), Some(stage)) => {
                let behaviour = lie.map(|it| match it {
                    Lie::TwoVotes => Behaviour::EquivocatingVoter,
                    Lie::TwoBlocks => Behaviour::EquivocatingProposer,
                    Lie::OtherNames => Behaviour::Forger,
                    Lie::FalseLog => Behaviour::InvalidProposer(Flaw::WrongRoot),
                });
                stage.misbehave(behaviour).await;
                self.lie = lie;
            }
            (Told::CutOff(cut_off), Some(stage)) => {
                stage.cut_off(cut_off).await;
                self.cut_off = cut_off;
            }
            _ => {}
        }
        self.report().await
    }

    async fn report(&self) -> Report {
        let size = self.ledger.head().size;
        let (cut_off, lie) = (self.cut_off, self.lie);
        let Some(status) = self.ledger.status().await else {
            return Report {
                size,
                halted: Some(String::new()),
                cut_off,
                lie,
                ..Report::default()
            };
        };
        let found = status.findings.iter();
        Report {
            height: status.height,
            size,
            waiting: status.waiting,
            found: found
                .map(|it| {
                    (
                        it.validator,
                        crate::blocks::seals::offence(it.offence).to_owned(),
                    )
                })
                .collect(),
            halted: status.halted,
            cut_off,
            lie,
        }
    }
}

/// An agency in a process of its own.
struct Process {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Process {
    async fn start(orders: &Orders) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("agency")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let mut process = Self {
            child,
            orders: input,
            answers: BufReader::new(output).lines(),
        };
        process.say(&serde_json::to_string(orders)?).await?;
        Ok(process)
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.orders.write_all(line.as_bytes()).await?;
        self.orders.write_all(b"\n").await?;
        self.orders.flush().await
    }

    async fn ask(&mut self, told: Told) -> io::Result<Report> {
        self.say(&serde_json::to_string(&told)?).await?;
        let line = timeout(PATIENCE, self.answers.next_line()).await??;
        Ok(serde_json::from_str(&line.unwrap_or_default())?)
    }
}

enum Runs {
    /// In this process, which shows the page.
    Here(Played),
    Apart(Option<Process>),
}

struct Agency {
    orders: Orders,
    id: Hash,
    runs: Runs,
}

impl Agency {
    /// Nothing where it is stopped.
    async fn ask(&mut self, told: Told) -> Option<Report> {
        match &mut self.runs {
            Runs::Here(played) => Some(played.obey(told).await),
            Runs::Apart(process) => {
                let report = process.as_mut()?.ask(told).await;
                if let Err(error) = &report {
                    tracing::warn!(agency = self.orders.name, %error, "it does not answer any more");
                    *process = None;
                }
                report.ok()
            }
        }
    }
}

/// The four agencies; cheap to clone.
#[derive(Clone)]
pub struct Federation(Arc<Mutex<Vec<Agency>>>);

/// What the four agencies need, before they start.
pub struct Founded(Vec<(Orders, Hash)>);

impl Founded {
    /// Gives each its key and an address. `names` are theirs, this server's first.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn new(folder: &Path, names: [String; AGENCIES]) -> Result<Self, LedgerError> {
        let mut rng = Entropy::system().rng();
        let failed = |error| LedgerError::Folder {
            path: folder.to_owned(),
            error,
        };
        // All bound at once, so that they differ.
        let free = [(); AGENCIES].map(|()| TcpListener::bind("127.0.0.1:0"));
        let mut orders = Vec::new();
        let mut agencies = Vec::new();
        for (number, (name, free)) in names.into_iter().zip(free).enumerate() {
            let address = free.and_then(|it| it.local_addr()).map_err(failed)?;
            let draft = Orders {
                folder: folder.join(format!("agency-{}", number + 1)),
                origin: "localhost/demonstration".into(),
                name: name.clone(),
                listen: address.to_string(),
                agencies: Vec::new(),
            };
            let keys = Keys::of(&draft.folder, &draft.founding(), &mut rng)?;
            agencies.push((name, Hash(keys.public()), draft.listen.clone()));
            orders.push(draft);
        }
        let with_all = orders.into_iter().zip(&agencies).map(|(it, (_, key, _))| {
            let id = Hash::of(&[&key.0]);
            let agencies = agencies.clone();
            (Orders { agencies, ..it }, id)
        });
        Ok(Self(with_all.collect()))
    }

    /// How the ledger of this server begins, and its folder.
    pub fn own(&self) -> (Founding, &Path) {
        let (orders, _) = &self.0[0];
        (orders.founding(), &orders.folder)
    }

    /// Starts the other three beside this one's ledger.
    ///
    /// # Errors
    /// A process cannot be started.
    pub async fn start(self, own: Ledger) -> io::Result<Federation> {
        let mut agencies = Vec::new();
        let mut own = Some(own);
        for (orders, id) in self.0 {
            let runs = match own.take() {
                Some(ledger) => Runs::Here(Played::new(ledger)),
                None => Runs::Apart(Some(Process::start(&orders).await?)),
            };
            agencies.push(Agency { orders, id, runs });
        }
        Ok(Federation(Arc::new(Mutex::new(agencies))))
    }
}

impl Federation {
    /// Stops an agency as a power cut would, or starts it again. The one that shows the page goes on.
    async fn set_running(&self, number: usize, is_running: bool) -> io::Result<()> {
        let mut agencies = self.0.lock().await;
        let Some(agency) = agencies.get_mut(number) else {
            return Ok(());
        };
        let Runs::Apart(process) = &mut agency.runs else {
            return Ok(());
        };
        match (is_running, process.take()) {
            (true, None) => *process = Some(Process::start(&agency.orders).await?),
            (true, running) => *process = running,
            (false, Some(mut running)) => running.child.kill().await?,
            (false, None) => {}
        }
        Ok(())
    }

    /// Brings a record of the demonstration, from the agency that shows the page. It does not wait for a block: there may be none
    /// for long.
    async fn write(&self, entry: Entry) {
        let agencies = self.0.lock().await;
        let here = agencies.iter().find_map(|it| match &it.runs {
            Runs::Here(played) => Some(played.ledger.clone()),
            Runs::Apart(_) => None,
        });
        if let Some(ledger) = here {
            tokio::spawn(async move { ledger.submit(vec![entry]).await });
        }
    }

    async fn tell(&self, number: usize, told: Told) {
        if let Some(agency) = self.0.lock().await.get_mut(number) {
            agency.ask(told).await;
        }
    }
}

/// Opens the ledger of a member.
fn open(orders: &Orders) -> Result<Ledger, LedgerError> {
    let mut rng = Entropy::system().rng();
    let clock = Arc::new(SystemClock);
    Ledger::open(&orders.folder, &orders.founding(), None, clock, &mut rng)
}
