//! axe-core in the page. It is under the MPL-2.0, so it is fetched for the tests and never part of
//! the project.

use std::{
    env, fmt, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde::Deserialize;
use thirtyfour::{
    WebDriver,
    error::{WebDriverError, WebDriverResult},
};

use crate::{Window, skip, target_dir};

/// The version that npm is asked for.
const PACKAGE: &str = "axe-core@4.14.1";

/// WCAG 2.2 at level AA and the checks that axe-core counts as best practice.
const RUN: &str = r#"
const done = arguments[arguments.length - 1];
axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: { "target-size": { enabled: true } },
  resultTypes: ["violations"],
}).then(result => done({ violations: result.violations }), error => done({ error: String(error) }));
"#;

/// A rule that the page breaks, and where.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Violation {
    /// axe-core's name of the rule, "color-contrast".
    pub id: String,
    /// "minor", "moderate", "serious" or "critical".
    pub impact: Option<String>,
    /// What should be.
    pub help: String,
    /// The elements that break it.
    pub nodes: Vec<Node>,
}

/// An element of the page.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Node {
    /// Its opening tag, shortened by axe-core.
    pub html: String,
    /// What to do.
    #[serde(rename = "failureSummary", default)]
    pub remedy: String,
}

/// Why a page could not be checked.
#[derive(Debug)]
pub enum AxeError {
    /// The browser failed.
    Browser(WebDriverError),
    /// axe-core failed in the page.
    Page(String),
}

/// What axe-core finds wrong with the page that the window shows; empty is what tests want. `None`, said
/// through [`skip`], where axe-core is not at hand and cannot be fetched.
///
/// The file is that of `WISE_AXE`, or `axe/node_modules/axe-core/axe.min.js` in Cargo's target directory,
/// put there once by `npm`. It runs although the page's own scripts may be off.
///
/// # Errors
/// When the browser has gone or axe-core fails in the page.
pub async fn axe(window: &Window) -> Result<Option<Vec<Violation>>, AxeError> {
    static SOURCE: OnceLock<Result<String, String>> = OnceLock::new();
    let source = match SOURCE.get_or_init(source) {
        Ok(source) => source,
        Err(reason) => {
            skip(reason);
            return Ok(None);
        }
    };
    let answer = window
        .with_javascript(async |driver| run(driver, source).await)
        .await??;
    match answer.error {
        Some(error) => Err(AxeError::Page(error)),
        None => Ok(Some(answer.violations)),
    }
}

async fn run(driver: &WebDriver, source: &str) -> WebDriverResult<Answer> {
    driver.execute(source, Vec::new()).await?;
    driver.execute_async(RUN, Vec::new()).await?.convert()
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    violations: Vec<Violation>,
    error: Option<String>,
}

fn source() -> Result<String, String> {
    let path = match env::var_os("WISE_AXE") {
        Some(path) => PathBuf::from(path),
        None => fetched(&target_dir().join("axe")).map_err(|error| {
            format!("axe-core not found and not fetched ({error}); install npm or set WISE_AXE")
        })?,
    };
    fs::read_to_string(&path)
        .map_err(|error| format!("axe-core cannot be read from {}: {error}", path.display()))
}

/// The file in the cache, fetched there by npm when it is missing.
fn fetched(cache: &Path) -> io::Result<PathBuf> {
    let path = cache.join("node_modules/axe-core/axe.min.js");
    if path.is_file() {
        return Ok(path);
    }
    let parent = cache.parent().unwrap_or(cache);
    fs::create_dir_all(parent)?;
    // Fetched aside and renamed: test processes side by side must not see half a file.
    let aside = tempfile::Builder::new().prefix("axe-").tempdir_in(parent)?;
    let npm = Command::new("npm")
        .args(["install", "--prefix"])
        .arg(aside.path())
        .args([
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
            PACKAGE,
        ])
        .stdin(Stdio::null())
        .output()?;
    if !npm.status.success() {
        let said = String::from_utf8_lossy(&npm.stderr);
        return Err(io::Error::other(format!(
            "npm: {}",
            said.lines().next().unwrap_or("failed")
        )));
    }
    if fs::rename(aside.path(), cache).is_err() && !path.is_file() {
        return Err(io::Error::other(format!("cannot fill {}", cache.display())));
    }
    Ok(path)
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}): {}",
            self.id,
            self.impact.as_deref().unwrap_or("no impact"),
            self.help
        )?;
        for node in &self.nodes {
            write!(
                f,
                "\n  {}\n    {}",
                node.html,
                node.remedy.replace('\n', "\n    ")
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for AxeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AxeError::Browser(error) => write!(f, "the browser failed under axe-core: {error}"),
            AxeError::Page(error) => write!(f, "axe-core failed in the page: {error}"),
        }
    }
}

impl std::error::Error for AxeError {}

impl From<WebDriverError> for AxeError {
    fn from(error: WebDriverError) -> AxeError {
        AxeError::Browser(error)
    }
}
