use std::path::Path;

use super::backup::FILE;
use super::config::Config;
use super::say;
use base::ids::PersonId;
use base::{Clock, Locale, SystemClock};
use spine::Cx;

use crate::areas::benefits::services::actions::import as services;
use crate::blocks::notices::{self, Contact};
use crate::blocks::people;

/// Enters residents from a file; good rows stay, wrong ones are written beside it.
pub(super) fn people(config: &Config, file: &Path) -> Result<(), String> {
    let country = config.country()?;
    let db = config.open(FILE)?;
    let bar = indicatif::ProgressBar::new_spinner();
    bar.set_message("reading");
    let summary = people::import(
        &db,
        &country.book,
        &country.catalogue,
        file,
        keep_email,
        |rows| {
            bar.set_message(format!("{rows} rows"));
        },
    );
    bar.finish_and_clear();
    let summary = summary.map_err(|it| format!("{}: {it}", file.display()))?;
    if config.json {
        say(&serde_json::to_string(&summary).unwrap_or_default());
    } else {
        say(&format!(
            "{} rows read, {} entered, {} there already, {} wrong",
            summary.read, summary.entered, summary.skipped, summary.errors
        ));
        if summary.errors > 0 {
            say(&format!(
                "the wrong ones, with line, column and reason: {}.errors.csv",
                file.display()
            ));
        }
    }
    Ok(())
}

/// Imports services of the whole government; good ones are kept, wrong rows are written beside the folder.
pub(super) fn gov24(config: &Config, dir: &Path, api_version: Option<&str>) -> Result<(), String> {
    let country = config.country()?;
    let db = config.open(FILE)?;
    let now = SystemClock.now();
    let summary = services::import(&db, &country.gov24, dir, api_version, now)
        .map_err(|error| error.to_string())?;
    if config.json {
        say(&serde_json::to_string(&summary).unwrap_or_default());
        return Ok(());
    }
    say(&format!(
        "{} files, {} rows, codes of {}: {} services ({} new, {} changed, {} as before), {} wrong",
        summary.files,
        summary.rows,
        summary.api_version,
        summary.services,
        summary.new,
        summary.changed,
        summary.unchanged,
        summary.errors
    ));
    if summary.errors > 0 {
        say(&format!(
            "the wrong ones, with file, row, service, field, reason and remedy: {}",
            services::errors_file(dir).display()
        ));
    }
    Ok(())
}

/// An address that is none is not kept; the person is entered all the same.
fn keep_email(cx: &mut Cx<'_, '_>, person: PersonId, email: &str) -> Result<(), people::Error> {
    let contact = Contact {
        email: Some(email.to_owned()),
        phone: None,
        locale: Locale::KO,
    };
    match notices::set_contact(cx, person, &contact) {
        Ok(()) | Err(notices::Error::Invalid { .. } | notices::Error::NotFound) => Ok(()),
        Err(notices::Error::Db(error)) => Err(error.into()),
        Err(notices::Error::Spine(error)) => Err(error.into()),
        Err(notices::Error::People(error)) => Err(error),
    }
}
