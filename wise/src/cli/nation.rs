//! `wise sample` and `wise sweep`: a population as a file, and the law asked of all of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base::{Clock, SystemClock};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use population::{Found, Population, Run, Sweep, Totals, Workers};

use super::backup::FILE;
use super::config::Config;
use super::say;
use crate::areas::benefits::actions::export::export;
use crate::areas::benefits::model::{Desk, Error};
use crate::areas::benefits::services::actions::read;
use crate::areas::benefits::services::model::Service;
use crate::areas::benefits::services::recipients::{Ages, Recipients};
use crate::country::Country;
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
    /// Count possible recipients of the Gov24 services that the database holds too
    #[arg(long)]
    services: bool,
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
    let file = match &args.population {
        Some(file) => file.clone(),
        None => register(config, &country, &args.out)?,
    };
    let services = if args.services {
        imported(config)?
    } else {
        Vec::new()
    };
    let ages = Ages::of(&country.book, &services);
    let recipients = Recipients::new(&country.gov24, &ages, &services, offices(&country));
    let failed = |error: population::Error| error.to_string();
    let population = Population::open(&file, country.book.vocabulary()).map_err(failed)?;
    let sweep = Sweep::with_questions(&country.book, on, &recipients.questions);
    let run = Run::new(&sweep, country.book.digest(), &population, &args.out).map_err(failed)?;
    let bar = bar(population.households() as u64, "households");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = Workers {
        threads: args.threads.unwrap_or(cores),
        entitlements: !args.totals_only,
    };
    let count = |found: &Found<'_>, totals: &mut Totals| recipients.count(found, totals);
    let told = |households| bar.inc(households as u64);
    let totals = run.finish(workers, count, told).map_err(failed)?;
    bar.finish_and_clear();
    report(&totals, args);
    Ok(())
}

/// The register of the database as a population, in the folder of the results: a run that goes on asks the same
/// people. It holds what rules may know of them.
fn register(config: &Config, country: &Country, out: &Path) -> Result<PathBuf, String> {
    let file = out.join("population.parquet");
    if file.is_file() {
        return Ok(file);
    }
    let failed = |error: std::io::Error| format!("{}: {error}", out.display());
    std::fs::create_dir_all(out).map_err(failed)?;
    let db = config.open(FILE)?;
    let (desk, now) = (Desk::of(country), SystemClock.now());
    let aside = out.join("population.part");
    let bar = ProgressBar::new_spinner();
    export(&db, &desk, &aside, now, |households| {
        bar.set_message(format!("{households} households read"));
    })
    .map_err(|error| error.to_string())?;
    bar.finish_and_clear();
    std::fs::rename(&aside, &file).map_err(failed)?;
    Ok(file)
}

/// The Gov24 services of the database.
fn imported(config: &Config) -> Result<Vec<Service>, String> {
    let db = config.open(FILE)?;
    let services = db
        .read_blocking(read::all)
        .map_err(|error: Error| error.to_string())?;
    if services.is_empty() {
        return Err(
            "the database holds no Gov24 services: enter them with `wise import gov24 DIR`"
                .to_owned(),
        );
    }
    Ok(services)
}

/// The municipalities' own agencies, by their code.
fn offices(country: &Country) -> BTreeMap<String, String> {
    let agencies = country.agencies.iter();
    agencies
        .map(|it| (it.code.clone(), it.name.ko.clone()))
        .collect()
}

fn report(totals: &Totals, args: &SweepArgs) {
    for (benefit, count) in totals.by_benefit() {
        say(&format!(
            "{benefit}: {} entitled, {} open, {} not taken up, {} won",
            count.eligible,
            count.open,
            count.gap(),
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
