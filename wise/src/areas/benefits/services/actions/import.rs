//! Imports a folder of the interface's files, as much of it as is right.
//!
//! Everything is read before anything is stored, and stored in one transaction: a file that is cut
//! off leaves the services as they were. A service with a wrong row keeps what was stored of it
//! before; the row is written to a file beside the folder with the reason and the remedy.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use db::Db;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::files;
use super::rows::{self, Kind, Reason, Row, RowError};
use crate::areas::benefits::services::model::{Conditions, Leaflet, Service};
use crate::areas::benefits::services::store;
use crate::country::CodeTable;

pub use super::files::FileError;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportSummary {
    pub files: usize,
    /// Rows of all files.
    pub rows: usize,
    /// Services that are right; the three next add up to it.
    pub services: usize,
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// Services without conditions: loaded, and open in every respect.
    pub without_conditions: usize,
    /// Lines of the errors file.
    pub errors: usize,
    pub api_version: String,
}

/// Why nothing was imported; what was stored before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
    #[error("{0}: no file that ends in .json or .json.gz")]
    NoFiles(PathBuf),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("there is no table of codes for {wanted:?}; known are {known}")]
    NoTable { wanted: String, known: String },
    #[error(
        "the codes do not tell the version of the interface: say it with --api-version (one of {0})"
    )]
    Unclear(String),
    #[error("the store refused the services: {0}")]
    Db(#[from] db::Error),
}

/// The file that wrong rows go to: `<folder>.errors.csv`.
pub fn errors_file(folder: &Path) -> PathBuf {
    // `DIR/` and `.` have a name too.
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut name = whole.into_os_string();
    name.push(".errors.csv");
    name.into()
}

/// Imports a folder. `api_version` overrides what the codes say. Blocks: call it outside the runtime.
///
/// # Errors
/// A file that cannot be read whole, a version without a table, or a store that refuses; nothing
/// is stored then.
pub fn import(
    db: &Db,
    tables: &BTreeMap<String, CodeTable>,
    folder: &Path,
    api_version: Option<&str>,
    now: Timestamp,
) -> Result<ImportSummary, ImportError> {
    let io = |error| ImportError::Io(folder.to_owned(), error);
    let files = files::list(folder).map_err(io)?;
    if files.is_empty() {
        return Err(ImportError::NoFiles(folder.to_owned()));
    }
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let (rows, wrong) = rows::read(&name, files::rows(file)?);
        all.extend(rows);
        errors.extend(wrong);
    }
    let table = table_for(&all, tables, api_version)?;
    let mut summary = ImportSummary {
        files: files.len(),
        rows: all.len() + errors.len(),
        api_version: table.version.clone(),
        ..ImportSummary::default()
    };
    let services = Services::gather(all, table, tables, &mut errors);
    summary.services = services.len();
    let uncoded = services.iter().filter(|it| it.service.conditions.is_none());
    summary.without_conditions = uncoded.count();
    (summary.new, summary.changed, summary.unchanged) = keep(db, services, now)?;
    summary.errors = errors.len();
    write_errors(&errors_file(folder), &errors).map_err(io)?;
    Ok(summary)
}

fn table_for<'t>(
    rows: &[Row],
    tables: &'t BTreeMap<String, CodeTable>,
    wanted: Option<&str>,
) -> Result<&'t CodeTable, ImportError> {
    let known = || {
        let names: Vec<&str> = tables.keys().map(String::as_str).collect();
        names.join(", ")
    };
    let no_table = |wanted: &str| ImportError::NoTable {
        wanted: wanted.to_owned(),
        known: known(),
    };
    if let Some(wanted) = wanted {
        return tables.get(wanted).ok_or_else(|| no_table(wanted));
    }
    if !rows.iter().any(|it| it.kind == Kind::Conditions) {
        // Nothing to read with a table: the newest stands for it.
        return tables.values().next_back().ok_or_else(|| no_table(""));
    }
    rows::detect(rows, tables).ok_or_else(|| ImportError::Unclear(known()))
}

/// A service that is right, with its texts.
struct Gathered {
    service: Service,
    leaflet: Leaflet,
}

struct Services;

impl Services {
    /// Puts the three rows of each service together. Of a service with any wrong row nothing is taken.
    fn gather(
        rows: Vec<Row>,
        table: &CodeTable,
        tables: &BTreeMap<String, CodeTable>,
        errors: &mut Vec<RowError>,
    ) -> Vec<Gathered> {
        let mut by_id: BTreeMap<String, BTreeMap<Kind, Row>> = BTreeMap::new();
        let mut wrong: BTreeSet<String> = BTreeSet::new();
        for row in rows {
            let known = by_id.entry(row.id.clone()).or_default();
            match known.get(&row.kind) {
                // Pages that overlap repeat a row.
                Some(same) if same.fields == row.fields => {}
                Some(_) => {
                    wrong.insert(row.id.clone());
                    errors.push(row.error("", Reason::Twice));
                }
                None => {
                    known.insert(row.kind, row);
                }
            }
        }
        let mut gathered = Vec::new();
        for (id, rows) in by_id {
            if wrong.contains(&id) {
                continue;
            }
            match Self::one(&rows, table, tables) {
                Ok(service) => gathered.push(service),
                Err(faults) => errors.extend(faults),
            }
        }
        gathered
    }

    fn one(
        rows: &BTreeMap<Kind, Row>,
        table: &CodeTable,
        tables: &BTreeMap<String, CodeTable>,
    ) -> Result<Gathered, Vec<RowError>> {
        let Some(list) = rows.get(&Kind::List) else {
            let orphans = rows.values();
            return Err(orphans.map(|it| it.error("", Reason::NotListed)).collect());
        };
        let conditions = match rows.get(&Kind::Conditions) {
            Some(row) => Some(row.conditions(table, tables)?),
            None => None,
        };
        let service = service(list, table, conditions).map_err(|it| vec![it])?;
        let leaflet = leaflet(list, rows.get(&Kind::Detail)).map_err(|it| vec![it])?;
        Ok(Gathered { service, leaflet })
    }
}

fn service(
    list: &Row,
    table: &CodeTable,
    conditions: Option<Conditions>,
) -> Result<Service, RowError> {
    let users = list.text("사용자구분")?;
    let users = users.split("||").map(str::trim).filter(|it| !it.is_empty());
    Ok(Service {
        id: list.id.clone(),
        name: list.needed("서비스명")?,
        summary: list.text("서비스목적요약")?,
        field: list.text("서비스분야")?,
        support: list.text("지원유형")?.replace("||", ", "),
        users: users.map(str::to_owned).collect(),
        agency_code: list.needed("소관기관코드")?,
        agency_name: list.needed("소관기관명")?,
        agency_kind: list.needed("소관기관유형")?,
        until: list.text("신청기한")?,
        api_version: table.version.clone(),
        conditions,
    })
}

/// The detail says more where it says anything.
fn leaflet(list: &Row, detail: Option<&Row>) -> Result<Leaflet, RowError> {
    let fuller = |name: &str, names: &[&str]| -> Result<String, RowError> {
        for field in names {
            if let Some(row) = detail
                && let text = row.text(field)?
                && !text.is_empty()
            {
                return Ok(text);
            }
        }
        list.text(name)
    };
    let bars = |text: String| text.replace("||", "\n");
    let laws = ["법령", "행정규칙", "자치법규"];
    let mut law = Vec::new();
    for field in laws {
        if let Some(text) = detail.map(|row| row.text(field)).transpose()?
            && !text.is_empty()
        {
            law.push(bars(text));
        }
    }
    let document_fields = ["구비서류", "본인확인필요구비서류"];
    let mut documents = Vec::new();
    for field in document_fields {
        if let Some(text) = detail.map(|row| row.text(field)).transpose()?
            && !text.is_empty()
            && text != "해당없음"
        {
            documents.push(bars(text));
        }
    }
    Ok(Leaflet {
        target: fuller("지원대상", &["지원대상"])?,
        criteria: fuller("선정기준", &["선정기준"])?,
        content: fuller("지원내용", &["지원내용"])?,
        how: bars(fuller("신청방법", &["신청방법"])?),
        documents: documents.join("\n"),
        law: law.join("\n"),
        phone: bars(fuller("전화문의", &["문의처", "문의처전화번호"])?),
        reception: bars(fuller("접수기관", &["접수기관명"])?),
        department: list.text("부서명")?,
        page_url: list.link("상세조회URL")?,
        apply_url: match detail {
            Some(row) => row.link("온라인신청사이트URL")?,
            None => String::new(),
        },
        updated: fuller("수정일시", &["수정일시"])?,
    })
}

/// Stores what is new or changed; how many were new, changed, the same.
fn keep(
    db: &Db,
    services: Vec<Gathered>,
    now: Timestamp,
) -> Result<(usize, usize, usize), db::Error> {
    let services: Vec<(Gathered, String)> = services
        .into_iter()
        .map(|it| {
            let digest = digest(&it);
            (it, digest)
        })
        .collect();
    let services = Arc::new(services);
    db.write_blocking(move |tx| {
        let stored = store::digests(tx)?;
        let (mut new, mut changed, mut unchanged) = (0, 0, 0);
        for (it, digest) in services.iter() {
            match stored.get(&it.service.id) {
                Some(known) if known == digest => {
                    unchanged += 1;
                    continue;
                }
                Some(_) => changed += 1,
                None => new += 1,
            }
            store::put(tx, &it.service, &it.leaflet, digest, now)?;
        }
        Ok((new, changed, unchanged))
    })
}

fn digest(it: &Gathered) -> String {
    let text = serde_json::to_vec(&(&it.service, &it.leaflet)).unwrap_or_default();
    let hash = Sha256::digest(&text);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One that an earlier import left is removed when nothing is wrong.
fn write_errors(path: &Path, errors: &[RowError]) -> std::io::Result<()> {
    if errors.is_empty() {
        return match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let mut file = std::fs::File::create(path)?;
    // Spreadsheets read the Korean only with a byte order mark.
    file.write_all("\u{feff}".as_bytes())?;
    let mut out = csv::Writer::from_writer(file);
    out.write_record(["file", "row", "service", "field", "reason_ko", "reason_en"])?;
    for error in errors {
        let (number, words) = (error.number.to_string(), error.reason.words());
        out.write_record([
            &*error.file,
            &number,
            &error.service,
            &error.field,
            &words.ko,
            &words.en,
        ])?;
    }
    out.flush()
}
