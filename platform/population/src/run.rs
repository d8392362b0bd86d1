//! A sweep into a folder: one part for each row group, written whole or not at all, so that a run that was broken off
//! goes on where it was.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arrow_schema::DataType;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::reader::Population;
use crate::sweep::{Found, Sweep, entitlements_schema};
use crate::totals::{Line, Totals};

/// What the results of a folder were made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    /// Digest of the rules.
    rules: String,
    on: jiff::civil::Date,
    /// Bytes and households of the population's file, and how many row groups it has.
    bytes: u64,
    households: usize,
    groups: usize,
}

/// A part's totals as they are stored.
#[derive(Serialize, Deserialize)]
struct Part {
    households: u64,
    persons: u64,
    lines: Vec<Line>,
}

/// How a run works.
#[derive(Clone, Copy, Debug)]
pub struct Workers {
    /// Row groups that are worked on at once.
    pub threads: usize,
    /// Whether every single entitlement is written, or totals alone.
    pub entitlements: bool,
}

/// A sweep of a population into a folder.
pub struct Run<'a> {
    sweep: &'a Sweep<'a>,
    population: &'a Population,
    out: PathBuf,
}

impl<'a> Run<'a> {
    /// Prepares the folder; one that holds a part of the same results is gone on with.
    ///
    /// # Errors
    /// A folder that holds the results of other rules, another day or another population.
    pub fn new(
        sweep: &'a Sweep<'a>,
        rules: &str,
        population: &'a Population,
        out: &Path,
    ) -> Result<Self, Error> {
        let manifest = Manifest {
            rules: rules.to_owned(),
            on: sweep.plan().on(),
            bytes: fs::metadata(population.path())
                .map_err(Error::io(population.path()))?
                .len(),
            households: population.households(),
            groups: population.groups().len(),
        };
        for folder in ["entitlements", "totals"] {
            let folder = out.join(folder);
            fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        }
        let path = out.join("manifest.json");
        match fs::read_to_string(&path) {
            Ok(text) => {
                let found: Option<Manifest> = serde_json::from_str(&text).ok();
                if found.as_ref() != Some(&manifest) {
                    return Err(Error::Results {
                        path: out.to_owned(),
                        message: "the folder holds the results of other rules, another day or another population. Name a new folder, or remove this one.".to_owned(),
                    });
                }
            }
            Err(_) => write_whole(
                &path,
                serde_json::to_string_pretty(&manifest)
                    .unwrap_or_default()
                    .as_bytes(),
            )?,
        }
        Ok(Self {
            sweep,
            population,
            out: out.to_owned(),
        })
    }

    /// The row groups that are done already.
    pub fn done(&self) -> usize {
        let groups = 0..self.population.groups().len();
        groups
            .filter(|group| self.totals_file(*group).is_file())
            .count()
    }

    /// Works on what is left and gives the totals of all; `each` sees every batch and may add to the totals,
    /// `told` hears of every row group that is done, with its households.
    ///
    /// # Errors
    /// The first that any row group came upon; what others finished stays.
    pub fn finish(
        &self,
        workers: Workers,
        each: impl Fn(&Found<'_>, &mut Totals) + Sync,
        told: impl Fn(usize) + Sync,
    ) -> Result<Totals, Error> {
        let households: Vec<usize> = self.population.groups().map(|it| it.households).collect();
        let next = AtomicUsize::new(0);
        let failed = AtomicBool::new(false);
        let failure = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..workers.threads.max(1) {
                scope.spawn(|| {
                    loop {
                        let group = next.fetch_add(1, Ordering::Relaxed);
                        if group >= households.len() || failed.load(Ordering::Relaxed) {
                            return;
                        }
                        match self.part(group, workers.entitlements, &each) {
                            Ok(()) => told(households[group]),
                            Err(error) => {
                                failed.store(true, Ordering::Relaxed);
                                if let Ok(mut first) = failure.lock() {
                                    first.get_or_insert(error);
                                }
                            }
                        }
                    }
                });
            }
        });
        if let Some(error) = failure
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
        {
            return Err(error);
        }
        self.totals()
    }

    /// Works on one row group, or takes what was found in it before; its totals. Several processes may do so at a
    /// time, even with the same row group.
    ///
    /// # Errors
    /// As of [`Run::finish`].
    pub fn group(&self, group: usize, entitlements: bool) -> Result<Totals, Error> {
        self.part(group, entitlements, |_, _| {})?;
        let mut totals = Totals::default();
        self.add(group, &mut totals)?;
        Ok(totals)
    }

    /// Whether a row group is done, and needs nothing but to be taken.
    pub fn is_done(&self, group: usize, entitlements: bool) -> bool {
        self.totals_file(group).is_file()
            && (!entitlements || self.entitlements_file(group).is_file())
    }

    /// Takes away what processes that were killed had begun, once all row groups are done.
    ///
    /// # Errors
    /// A folder that may not be written.
    pub fn tidy(&self) -> Result<(), Error> {
        for folder in ["entitlements", "totals"] {
            let folder = self.out.join(folder);
            for entry in fs::read_dir(&folder).map_err(Error::io(&folder))? {
                let path = entry.map_err(Error::io(&folder))?.path();
                if path.extension().is_some_and(|it| it == "part") {
                    fs::remove_file(&path).map_err(Error::io(&path))?;
                }
            }
        }
        Ok(())
    }

    /// The totals of all parts, which are also written as `totals.csv`.
    fn totals(&self) -> Result<Totals, Error> {
        self.tidy()?;
        let mut totals = Totals::default();
        for group in 0..self.population.groups().len() {
            self.add(group, &mut totals)?;
        }
        write_totals(&self.out, &totals.lines())?;
        Ok(totals)
    }

    fn add(&self, group: usize, totals: &mut Totals) -> Result<(), Error> {
        let path = self.totals_file(group);
        let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
        let part: Part = serde_json::from_str(&text).map_err(|error| Error::Results {
            path: path.clone(),
            message: format!("cannot be read ({error}). Remove it and run the sweep again."),
        })?;
        totals.households += part.households;
        totals.persons += part.persons;
        for line in &part.lines {
            totals.add_line(line);
        }
        Ok(())
    }

    fn totals_file(&self, group: usize) -> PathBuf {
        self.out.join(format!("totals/{group:05}.json"))
    }

    fn entitlements_file(&self, group: usize) -> PathBuf {
        self.out.join(format!("entitlements/{group:05}.parquet"))
    }

    fn part(
        &self,
        group: usize,
        entitlements: bool,
        each: impl Fn(&Found<'_>, &mut Totals),
    ) -> Result<(), Error> {
        if self.is_done(group, entitlements) {
            return Ok(());
        }
        let path = self.entitlements_file(group);
        let (mut writer, mut aside) = (None, PathBuf::new());
        if entitlements {
            let file;
            (file, aside) = beside(&path)?;
            writer = Some(self.writer(file, &aside)?);
        }
        let totals = self.sweep.group(self.population, group, |found, totals| {
            each(found, totals);
            match &mut writer {
                Some(writer) => writer
                    .write(&found.entitlements)
                    .map_err(Error::parquet(&aside)),
                None => Ok(()),
            }
        })?;
        if let Some(writer) = writer {
            writer.close().map_err(Error::parquet(&aside))?;
            fs::rename(&aside, &path).map_err(Error::io(&path))?;
        }
        let part = Part {
            households: totals.households,
            persons: totals.persons,
            lines: totals.lines(),
        };
        // The totals come last: a part that has them is whole.
        write_whole(
            &self.totals_file(group),
            serde_json::to_string(&part).unwrap_or_default().as_bytes(),
        )
    }

    fn writer(&self, file: File, path: &Path) -> Result<ArrowWriter<File>, Error> {
        let id = Sweep::id_type(self.population);
        let mut properties =
            WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
        if id == DataType::Int64 {
            // Numbers of households rise within a benefit: their differences are small.
            let household = ColumnPath::from("household");
            properties = properties
                .set_column_dictionary_enabled(household.clone(), false)
                .set_column_encoding(household, Encoding::DELTA_BINARY_PACKED);
        }
        let properties = properties.build();
        let schema = entitlements_schema(&id);
        ArrowWriter::try_new(file, schema, Some(properties)).map_err(Error::parquet(path))
    }
}

/// Writes the lines of totals as `totals.csv` of a folder.
///
/// # Errors
/// A disk that takes no more.
pub fn write_totals(out: &Path, lines: &[Line]) -> Result<(), Error> {
    let path = out.join("totals.csv");
    let table = csv(lines).map_err(|error| Error::Results {
        path: path.clone(),
        message: error.to_string(),
    })?;
    write_whole(&path, &table)
}

/// Writes a file that is there whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let (mut file, aside) = beside(path)?;
    file.write_all(bytes).map_err(Error::io(&aside))?;
    fs::rename(&aside, path).map_err(Error::io(path))
}

/// A new file beside another, to be renamed to it; no two writers of one file are given the same.
fn beside(path: &Path) -> Result<(File, PathBuf), Error> {
    let mut number = 0_u32;
    loop {
        let aside = path.with_extension(format!("{number}.part"));
        match File::create_new(&aside) {
            Ok(file) => return Ok((file, aside)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(Error::io(&aside)(error)),
        }
    }
}

/// One row a benefit and place.
#[derive(Serialize)]
struct Row<'a> {
    benefit: &'a str,
    municipality: &'a str,
    district: &'a str,
    eligible: u64,
    open: u64,
    received: u64,
    received_only: u64,
    gap: u64,
    paid: u64,
    amount: i128,
}

fn csv(lines: &[Line]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.serialize(Row {
            benefit: &line.benefit,
            municipality: &line.municipality,
            district: &line.district,
            eligible: line.count.eligible,
            open: line.count.open,
            received: line.count.received,
            received_only: line.count.received_only,
            gap: line.count.gap(),
            paid: line.count.paid,
            amount: line.count.amount,
        })?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}
