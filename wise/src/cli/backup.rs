use std::fs::File;
use std::path::Path;

use db::{Db, Durability};

use super::config::Config;
use super::say;
use crate::server::migrations;

/// The embedded database's file in `--data`.
pub(super) const FILE: &str = "wise.db";

/// Writes a consistent copy; the server may be running.
pub(super) fn backup(config: &Config, file: &Path) -> Result<(), String> {
    let db = Db::open_read_only(&config.place(FILE)?).map_err(|it| it.to_string())?;
    // Written aside and renamed, so that a cut backup never looks like a whole one.
    let part = file.with_extension("part");
    let out = File::create(&part).map_err(|e| format!("{}: {e}", part.display()))?;
    let saved = db.backup(out).map_err(|it| it.to_string())?;
    File::open(&part)
        .and_then(|it| it.sync_all())
        .and_then(|()| std::fs::rename(&part, file))
        .map_err(|e| format!("{}: {e}", file.display()))?;
    report(config, "saved", file, saved.tables, saved.rows);
    Ok(())
}

/// Loads a backup, all or nothing.
pub(super) fn restore(config: &Config, file: &Path) -> Result<(), String> {
    let from = File::open(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let place = config.place(FILE)?;
    let db = Db::open(&place, Durability::Full).map_err(|it| it.to_string())?;
    db.migrate(&migrations()).map_err(|it| it.to_string())?;
    let loaded = db.restore(from).map_err(|it| it.to_string())?;
    db.write_blocking(spine::after_restore)
        .map_err(|it| it.to_string())?;
    report(config, "restored", file, loaded.tables, loaded.rows);
    Ok(())
}

fn report(config: &Config, what: &str, file: &Path, tables: usize, rows: u64) {
    if config.json {
        let line = serde_json::json!({what: file, "tables": tables, "rows": rows});
        say(&line.to_string());
    } else {
        say(&format!(
            "{what} {rows} rows of {tables} tables: {}",
            file.display()
        ));
    }
}
