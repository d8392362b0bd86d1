//! The country folder: law, texts, tables and policies as data, built in or from a folder.

mod codes;
mod life;
pub mod words;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use base::Localized;
use include_dir::{Dir, include_dir};
use rules::RuleBook;
use serde::Deserialize;

use crate::areas::benefits::vouchers::Instalments;
use crate::blocks::agencies::Agencies;
use crate::blocks::exchange::{Catalogue, Holding};

pub use codes::{AgeCodes, Code, CodeTable, Excludes, Group, Said, Standing};
pub use life::LifeEvents;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../country/kr");

/// The files of a country, by path from its folder, in path order.
#[derive(Clone, Debug, Default)]
pub struct CountryFiles(Arc<[(String, String)]>);

/// Everything the server knows of its country; cheap to clone.
#[derive(Clone)]
pub struct Country {
    pub files: CountryFiles,
    pub book: Arc<RuleBook>,
    pub agencies: Arc<Agencies>,
    pub catalogue: Arc<Catalogue>,
    pub site: Arc<SiteFile>,
    pub life: Arc<LifeEvents>,
    /// Tables of the Gov24 interface by version.
    pub gov24: Arc<BTreeMap<String, CodeTable>>,
    /// Benefits that are paid in parts.
    pub instalments: Arc<Instalments>,
}

/// Whose server this is: `site.yaml`.
#[derive(Clone, Debug, Deserialize)]
pub struct SiteFile {
    /// Code of the municipality that this server keeps the register of.
    pub municipality: String,
    pub place: Localized,
    #[serde(default)]
    pub phones: Vec<Phone>,
}

/// A number to call.
#[derive(Clone, Debug, Deserialize)]
pub struct Phone {
    pub href: String,
    #[serde(flatten)]
    pub label: Localized,
}

/// What is wrong with a country folder: one entry a fault, each with file, place and remedy.
#[derive(Debug, thiserror::Error)]
#[error("the country folder has {} fault(s):\n{}", .0.len(), .0.join("\n"))]
pub struct Faults(pub Vec<String>);

impl CountryFiles {
    /// The files that were built into the program.
    pub fn built_in() -> Self {
        let mut files = Vec::new();
        collect(&BUILT_IN, &mut files);
        files.sort();
        Self(files.into())
    }

    /// The files of a folder.
    pub fn read(folder: &Path) -> Result<Self, Faults> {
        let mut files = Vec::new();
        read_folder(folder, folder, &mut files)
            .map_err(|error| Faults(vec![format!("{}: {error}", folder.display())]))?;
        files.sort();
        Ok(Self(files.into()))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| name == path);
        found.map(|(_, text)| text.as_str())
    }

    /// The files that are law.
    pub fn law(&self) -> impl Iterator<Item = &(String, String)> {
        let law = |(name, _): &&(String, String)| name == "vocabulary.yaml" || is_law(name);
        self.0.iter().filter(law)
    }

    /// All files under a folder of the country.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a (String, String)> {
        self.0
            .iter()
            .filter(move |(name, _)| name.starts_with(folder))
    }
}

/// Whether a benefit or shared parameters stand in a file of the country.
pub fn is_law(path: &str) -> bool {
    path.starts_with("parameters/") || path.starts_with("benefits/")
}

fn collect(dir: &Dir<'_>, files: &mut Vec<(String, String)>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            files.push((
                file.path().to_string_lossy().replace('\\', "/"),
                text.to_owned(),
            ));
        }
    }
    for inner in dir.dirs() {
        collect(inner, files);
    }
}

fn read_folder(
    root: &Path,
    folder: &Path,
    files: &mut Vec<(String, String)>,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| std::io::Error::other(format!("{}: {error}", path.display())))?;
            files.push((name.to_string_lossy().replace('\\', "/"), text));
        }
    }
    Ok(())
}

impl Country {
    /// Checks and loads a country.
    pub fn load(files: CountryFiles) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let book = RuleBook::load(files.law().cloned())
            .map_err(|all| faults.extend(all.iter().map(ToString::to_string)))
            .ok();
        let agencies = Agencies::read(files.text("agencies.csv").unwrap_or_default())
            .map_err(|fault| faults.push(fault))
            .ok();
        let exchange = files.text("exchange.yaml").unwrap_or("[]");
        let catalogue = serde_saphyr::from_str::<Vec<Holding>>(exchange)
            .map_err(|fault| format!("exchange.yaml: {fault}"))
            .and_then(Catalogue::new)
            .map_err(|fault| faults.push(fault))
            .ok();
        let site = serde_saphyr::from_str::<SiteFile>(files.text("site.yaml").unwrap_or_default())
            .map_err(|fault| faults.push(format!("site.yaml: {fault}")))
            .ok();
        let life = book.as_ref().and_then(|book| {
            LifeEvents::read(files.text("life_events.yaml").unwrap_or("[]"), book)
                .map_err(|all| faults.extend(all))
                .ok()
        });
        let gov24 = book
            .as_ref()
            .map(|book| code_tables(&files, book, &mut faults));
        let instalments = Instalments::read(files.text("instalments.yaml").unwrap_or("{}"))
            .map_err(|fault| faults.push(fault))
            .ok();
        if let (Some(book), Some(instalments)) = (&book, &instalments) {
            let unknown = instalments
                .benefits()
                .filter(|id| book.benefit(id).is_none());
            faults.extend(unknown.map(|id| {
                format!("instalments.yaml: no benefit is called `{id}`; see the folder benefits/")
            }));
        }
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        match (book, agencies, catalogue, site, life, instalments) {
            (
                Some(book),
                Some(agencies),
                Some(catalogue),
                Some(site),
                Some(life),
                Some(instalments),
            ) => Ok(Self {
                site: Arc::new(site),
                files,
                book: Arc::new(book),
                agencies: Arc::new(agencies),
                catalogue: Arc::new(catalogue),
                life: Arc::new(life),
                gov24: Arc::new(gov24.unwrap_or_default()),
                instalments: Arc::new(instalments),
            }),
            _ => Err(Faults(faults)),
        }
    }
}

fn code_tables(
    files: &CountryFiles,
    book: &RuleBook,
    faults: &mut Vec<String>,
) -> BTreeMap<String, CodeTable> {
    let mut tables = BTreeMap::new();
    let texts = files.under("gov24/");
    for (path, text) in texts.filter(|(path, _)| path.ends_with(".yaml")) {
        match CodeTable::read(path, text, book) {
            Ok(table) => {
                tables.insert(table.version.clone(), table);
            }
            Err(wrong) => faults.extend(wrong),
        }
    }
    tables
}
