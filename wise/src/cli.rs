//! The command line. Says in plain words what happened and what to do, never a stack trace; exit code 0
//! is done, 1 failed, 2 wrong usage.

mod account;
mod backup;
mod check;
mod config;
mod erase;
mod import;
mod ledger;
mod nation;
mod openfisca;
mod start;
mod warehouse;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use base::{Clock, Entropy, SystemClock};
use clap::{Args, Parser, Subcommand};
use db::Db;
use spine::Cx;

use config::{Config, Flags};

/// WISE, the government server that acts first.
#[derive(Parser)]
#[command(name = "wise", version, about, long_about = None,
    after_help = "Settings come from wise.toml, then WISE_* variables, then flags.\n\
                  No command starts the sample city on http://127.0.0.1:8080.")]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve a sample city of invented people; makes it first where it is not there yet
    Demo(DemoArgs),
    /// Serve a real place
    Serve,
    /// Bring the database up to date and stop
    Migrate,
    /// Enter records from a file
    Import {
        #[command(subcommand)]
        what: ImportWhat,
    },
    /// Draw an invented population of any size as a Parquet file
    Sample(nation::SampleArgs),
    /// Ask the law of a whole population: entitlements, totals and what is not taken up
    Sweep(nation::SweepArgs),
    /// Check a proof that somebody took along, without network or database
    Verify(ledger::VerifyArgs),
    /// The ledger: its keys, and whether all of it is as it was agreed on
    Ledger {
        #[command(subcommand)]
        what: ledger::LedgerWhat,
    },
    /// Say what is wrong and how to mend it
    Doctor,
    /// Write a consistent copy of everything, also while the server runs
    Backup {
        /// The file to write, for example wise-2026-11-23.backup
        file: PathBuf,
    },
    /// Load a backup into an empty database
    Restore {
        /// The file that `wise backup` wrote
        file: PathBuf,
    },
    /// Let somebody sign in
    Account(account::AccountArgs),
    /// Destroy everything about somebody who died or left, once the law says so
    Erase(erase::EraseArgs),
    /// An agency of `wise demo --federation`, which starts it
    #[command(hide = true)]
    Agency,
    /// SQL over populations and results, and sweeps on a cluster: hands over to `wise-warehouse`
    #[command(disable_help_flag = true)]
    Warehouse {
        /// What `wise-warehouse` is told; --help says more
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

#[derive(Args, Default)]
struct DemoArgs {
    /// How many invented residents
    #[arg(long, default_value_t = 30_000)]
    residents: usize,
    /// Another number makes another city
    #[arg(long, default_value_t = 20_261_123)]
    seed: u64,
    /// Let four agencies keep the ledger, each a process on this computer: stop one, cut it off, or make it lie
    #[arg(long)]
    federation: bool,
}

#[derive(Subcommand)]
enum ImportWhat {
    /// Households and residents from CSV or JSON; wrong rows go to FILE.errors.csv
    People {
        /// UTF-8 or CP949 CSV, a JSON array, or JSON Lines
        file: PathBuf,
    },
    /// Services of the Gov24 interface; wrong rows go to DIR.errors.csv
    Gov24 {
        /// A folder with pages of serviceList, serviceDetail and supportConditions (.json or .json.gz)
        dir: PathBuf,
        /// The version of the interface that the files came from, for example v3 [default: told by the codes]
        #[arg(long, value_name = "VERSION")]
        api_version: Option<String>,
    },
    /// Parameters and cases of an OpenFisca country package, as files of law; says what is left to express
    Openfisca {
        /// The folder of the package or of its repository
        folder: PathBuf,
        /// Where to write `parameters/` and `cases/`
        #[arg(long)]
        out: PathBuf,
    },
}

/// Runs the command that was given.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    config::start_log();
    let done = Config::read(&cli.flags).and_then(|config| perform(cli.command, config));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say_error(&failure);
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Option<Command>, config: Config) -> Result<(), String> {
    match command {
        None => start::demo(config, &demo_defaults()),
        Some(Command::Demo(args)) => start::demo(config, &args),
        Some(Command::Serve) => start::serve(config),
        Some(Command::Migrate) => start::migrate(&config),
        Some(Command::Import {
            what: ImportWhat::People { file },
        }) => import::people(&config, &file),
        Some(Command::Import {
            what: ImportWhat::Gov24 { dir, api_version },
        }) => import::gov24(&config, &dir, api_version.as_deref()),
        Some(Command::Import {
            what: ImportWhat::Openfisca { folder, out },
        }) => openfisca::import(&folder, &out, config.json),
        Some(Command::Sample(args)) => nation::sample(&config, &args),
        Some(Command::Sweep(args)) => nation::sweep(&config, &args),
        Some(Command::Verify(args)) => ledger::verify(&config, &args),
        Some(Command::Ledger { what }) => ledger::ledger(&config, &what),
        Some(Command::Doctor) => check::doctor(&config),
        Some(Command::Backup { file }) => backup::backup(&config, &file),
        Some(Command::Restore { file }) => backup::restore(&config, &file),
        Some(Command::Erase(args)) => erase::erase(&config, &args),
        Some(Command::Account(args)) => account::add(&config, &args),
        Some(Command::Agency) => start::agency(),
        Some(Command::Warehouse { args }) => warehouse::hand_over(&args),
    }
}

fn demo_defaults() -> DemoArgs {
    DemoArgs {
        residents: 30_000,
        seed: 20_261_123,
        federation: false,
    }
}

/// Runs an action in a transaction of its own, as the server itself.
fn act<T, E>(
    db: &Db,
    mut work: impl FnMut(&mut Cx<'_, '_>) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<db::Error> + Send + 'static,
{
    db.write_blocking(move |tx| {
        let mut rng = Entropy::system().rng();
        work(&mut Cx {
            tx,
            now: SystemClock.now(),
            rng: &mut rng,
            actor: None,
        })
    })
}

/// One line to the person at the terminal.
#[expect(clippy::print_stdout, reason = "the command line talks to people")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "the command line talks to people")]
fn say_error(line: &str) {
    eprintln!("wise: {line}");
}
