//! `wise sample` and `wise sweep`: a population as a file, and the law asked of all of it.

use std::path::PathBuf;

use base::{Clock, SystemClock};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use population::{Population, Run, Sweep, Totals, Workers};

use super::config::Config;
use super::say;
use crate::demo;

#[derive(Args)]
pub(super) struct SampleArgs {
    /// How many invented residents, for example 51700000
    #[arg(long)]
    residents: u64,
    /// The Parquet file to write
    #[arg(long)]
    out: PathBuf,
    /// The day they are drawn for [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<Date>,
    /// Another number draws other people
    #[arg(long, default_value_t = 20_261_123)]
    seed: u64,
}

#[derive(Args)]
pub(super) struct SweepArgs {
    /// A Parquet file with one row a household [default: the register of the database]
    #[arg(long)]
    population: Option<PathBuf>,
    /// The folder for entitlements and totals; a run that was broken off goes on there
    #[arg(long)]
    out: PathBuf,
    /// The day the law is asked of [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<Date>,
    /// Row groups worked on at once [default: one for each core]
    #[arg(long)]
    threads: Option<usize>,
    /// Write totals alone, not every entitlement
    #[arg(long)]
    totals_only: bool,
}

/// Draws a population.
pub(super) fn sample(config: &Config, args: &SampleArgs) -> Result<(), String> {
    let country = config.country()?;
    let data = demo::sample_data(&country).map_err(|error| error.to_string())?;
    let on = args.on.unwrap_or_else(|| SystemClock.today());
    let bar = bar(args.residents, "residents");
    demo::population::write(
        &args.out,
        &country.book,
        &data,
        (args.seed, args.residents, on),
        |written| bar.set_position(written),
    )
    .map_err(|error| error.to_string())?;
    bar.finish_and_clear();
    say(&format!(
        "{} residents: {}",
        args.residents,
        args.out.display()
    ));
    Ok(())
}

/// Sweeps a population.
pub(super) fn sweep(config: &Config, args: &SweepArgs) -> Result<(), String> {
    let country = config.country()?;
    let on = args.on.unwrap_or_else(|| SystemClock.today());
    let Some(file) = &args.population else {
        return Err("no population".to_owned());
    };
    let failed = |error: population::Error| error.to_string();
    let population = Population::open(file, country.book.vocabulary()).map_err(failed)?;
    let sweep = Sweep::new(&country.book, on);
    let run = Run::new(&sweep, country.book.digest(), &population, &args.out).map_err(failed)?;
    let bar = bar(population.households() as u64, "households");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = Workers {
        threads: args.threads.unwrap_or(cores),
        entitlements: !args.totals_only,
    };
    let totals = run
        .finish(workers, |_, _| {}, |households| bar.inc(households as u64))
        .map_err(failed)?;
    bar.finish_and_clear();
    report(&totals, args);
    Ok(())
}

fn report(totals: &Totals, args: &SweepArgs) {
    for (benefit, count) in totals.by_benefit() {
        say(&format!(
            "{benefit}: {} entitled, {} open, {} not taken up, {} won",
            count.eligible,
            count.open,
            count.eligible - count.received,
            count.amount
        ));
    }
    say(&format!(
        "{} households, {} persons: {}",
        totals.households,
        totals.persons,
        args.out.display()
    ));
}

fn bar(length: u64, of: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{bar:40} {human_pos} / {human_len} {msg}, {eta} left");
    let bar = ProgressBar::new(length).with_message(of.to_owned());
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
