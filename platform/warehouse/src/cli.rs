//! The command line. Says in plain words what happened and what to do, never a stack trace; exit code 0
//! is done, 1 failed, 2 wrong usage.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use jiff::civil::Date;

use crate::cluster::{Address, Executor, Scheduler};
use crate::failure::Failure;
use crate::sql::{Bytes, Format, Query, Table};
use crate::sweep::{Cluster, Sweep};

/// SQL over a population and its results, and the sweep of a population here or on a cluster.
#[derive(Parser)]
#[command(name = "wise-warehouse", version, about, long_about = None,
    after_help = "WISE_LOG=info tells more on standard error. Nothing is sent or fetched but between the addresses \
                  that are named.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer a question in SQL over Parquet files; only reads
    Sql(SqlArgs),
    /// Apply the law of a day to a whole population
    Sweep(SweepArgs),
    /// Serve as the scheduler of a cluster
    Scheduler(SchedulerArgs),
    /// Work for a scheduler
    Executor(ExecutorArgs),
}

#[derive(Args)]
struct SqlArgs {
    /// The question, for example "SELECT count(*) FROM people"
    query: String,
    /// A table: a Parquet file, or a folder with files that end in .parquet; may be given several times
    #[arg(long = "table", value_name = "NAME=FILE_OR_FOLDER")]
    tables: Vec<Table>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A new file for the answer [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How much memory the answer may take; sorts and groups beyond it go through temporary files
    #[arg(long, default_value = "2GiB")]
    memory: Bytes,
    /// How many rows --format table shows
    #[arg(long, default_value_t = 1_000)]
    rows: usize,
}

#[derive(Args)]
struct SweepArgs {
    /// `local`, or the address of a scheduler: http://HOST:PORT
    #[arg(long, default_value = "local", value_name = "local|URL")]
    cluster: String,
    /// The population's Parquet file; on a cluster at the same path on every machine
    #[arg(long, value_name = "FILE")]
    population: PathBuf,
    /// The folder of the law, such as country/kr
    #[arg(long, value_name = "DIR")]
    country: PathBuf,
    /// The day whose law is applied
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Date,
    /// The folder for the results; on a cluster shared by all machines
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Leave out who has what, and write totals alone
    #[arg(long)]
    totals_only: bool,
}

#[derive(Args)]
struct SchedulerArgs {
    /// Where to listen; by default for this machine alone, because a cluster knows no sign-in
    #[arg(long, default_value = "127.0.0.1:50050", value_name = "IP:PORT")]
    bind: SocketAddr,
    /// Seconds of silence after which an executor is lost and its tasks go to others
    #[arg(long, default_value_t = 20, value_name = "SECONDS")]
    executor_timeout: u64,
}

#[derive(Args)]
struct ExecutorArgs {
    /// The scheduler to work for: http://HOST:PORT
    #[arg(long, value_name = "URL")]
    scheduler: Address,
    /// Where others fetch what was worked out here; by default this machine alone
    #[arg(long, default_value = "127.0.0.1:50051", value_name = "IP:PORT")]
    bind: SocketAddr,
    /// A folder of its own for what waits to be fetched
    #[arg(long, value_name = "DIR")]
    work_dir: PathBuf,
    /// This machine's copy of the law; a sweep that was ordered under other law is refused
    #[arg(long, value_name = "DIR")]
    country: PathBuf,
    /// A folder that may be read and written for sweeps; may be given several times [default: any, when bound to
    /// this machine alone]
    #[arg(long, value_name = "DIR")]
    data: Vec<PathBuf>,
    /// Tasks at a time [default: one for each core]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    tasks: usize,
}

/// Runs the command that was given.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    start_log(&cli.command);
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Cluster(error.to_string()))
        .and_then(|runtime| runtime.block_on(perform(cli.command)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say_error(&failure);
            ExitCode::FAILURE
        }
    }
}

async fn perform(command: Command) -> Result<(), Failure> {
    match command {
        Command::Sql(args) => query(args).run().await,
        Command::Sweep(args) => sweep(args).await,
        Command::Scheduler(args) => {
            let scheduler = Scheduler {
                bind: args.bind,
                executor_timeout: Duration::from_secs(args.executor_timeout),
            };
            let ready = |bound| say(&format!("scheduler at http://{bound}"));
            scheduler.run(ready).await
        }
        Command::Executor(args) => {
            let executor = Executor {
                scheduler: args.scheduler,
                bind: args.bind,
                work_dir: args.work_dir,
                country: args.country,
                data: args.data,
                tasks: args.tasks,
            };
            executor.run().await
        }
    }
}

fn query(args: SqlArgs) -> Query {
    Query {
        tables: args.tables,
        sql: args.query,
        format: args.format,
        out: args.out,
        memory: args.memory,
        rows: args.rows,
    }
}

async fn sweep(args: SweepArgs) -> Result<(), Failure> {
    let cluster = match args.cluster.as_str() {
        "local" => Cluster::Local,
        url => Cluster::At(url.parse().map_err(Failure::Cluster)?),
    };
    let sweep = Sweep {
        cluster,
        population: args.population,
        country: args.country,
        on: args.on,
        out: args.out,
        totals_only: args.totals_only,
    };
    let done = sweep.run().await?;
    say(&format!(
        "{} households in {} row groups under the law of {} (rules {}): {} totals in {}",
        done.households,
        done.row_groups,
        sweep.on,
        crate::law::short(&done.rules),
        done.totals,
        sweep.out.display()
    ));
    Ok(())
}

/// Servers tell what they do; commands that end tell their result.
fn start_log(command: &Command) {
    use tracing_subscriber::EnvFilter;
    let usual = match command {
        Command::Scheduler(_) | Command::Executor(_) => "error,warehouse=info",
        Command::Sql(_) | Command::Sweep(_) => "off,warehouse=warn",
    };
    let filter = EnvFilter::try_from_env("WISE_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
}

#[expect(clippy::print_stdout, reason = "the command line talks to people")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "the command line talks to people")]
fn say_error(failure: &Failure) {
    eprintln!("wise-warehouse: {failure}");
}
