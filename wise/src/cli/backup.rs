use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use db::{Db, Durability};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::config::Config;
use super::say;
use crate::server::migrations;

/// The embedded database's file in `--data`.
pub(super) const FILE: &str = "wise.db";

/// Writes a consistent copy; the server may be running. The ledger goes into a file beside it.
pub(super) fn backup(config: &Config, file: &Path) -> Result<(), String> {
    let db = Db::open_read_only(&config.place(FILE)?).map_err(|it| it.to_string())?;
    let saved = aside(file, |out| db.backup(out).map_err(|it| it.to_string()))?;
    report(config, "saved", file, saved.tables, saved.rows);
    // After the database, so that whatever its rows say to stand in the ledger does.
    let folder = config.ledger_folder();
    if !folder.join("log/genesis").exists() {
        return Ok(());
    }
    let beside = ledger_file(file);
    aside(&beside, |out| {
        pack(&folder, out).map_err(|it| format!("{}: {it}", folder.display()))
    })?;
    say_ledger(config, "saved", &beside);
    Ok(())
}

/// Writes a file under another name and renames it, so that a cut backup never looks like a whole one.
fn aside<T>(file: &Path, write: impl FnOnce(File) -> Result<T, String>) -> Result<T, String> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let out = File::create(&part).map_err(|e| format!("{}: {e}", part.display()))?;
    let written = write(out)?;
    File::open(&part)
        .and_then(|it| it.sync_all())
        .and_then(|()| std::fs::rename(&part, file))
        .map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(written)
}

fn ledger_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".ledger.tar.gz");
    name.into()
}

/// What the ledger cannot be made again from: its key, how it began, the last checkpoint that strangers saw, and its blocks. In this
/// order, for blocks are added meanwhile: they go on from the checkpoint, never the other way.
fn pack(folder: &Path, out: File) -> io::Result<()> {
    let mut archive = tar::Builder::new(GzEncoder::new(out, Compression::fast()));
    for name in ["key", "log/genesis", "log/checkpoint"] {
        let path = folder.join(name);
        if path.exists() {
            archive.append_path_with_name(path, name)?;
        }
    }
    archive.append_dir_all("log/blocks", folder.join("log/blocks"))?;
    archive.into_inner()?.finish()?.sync_all()
}

/// Loads a backup, all or nothing.
pub(super) fn restore(config: &Config, file: &Path) -> Result<(), String> {
    let from = File::open(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let (folder, beside) = (config.ledger_folder(), ledger_file(file));
    if beside.exists() && folder.exists() {
        return Err(format!(
            "{} holds a ledger already: move it away first, or {} if you want to keep it",
            folder.display(),
            beside.display()
        ));
    }
    let place = config.place(FILE)?;
    let db = Db::open(&place, Durability::Full).map_err(|it| it.to_string())?;
    db.migrate(&migrations()).map_err(|it| it.to_string())?;
    let loaded = db.restore(from).map_err(|it| it.to_string())?;
    db.write_blocking(spine::after_restore)
        .map_err(|it| it.to_string())?;
    report(config, "restored", file, loaded.tables, loaded.rows);
    if beside.exists() {
        unpack(&beside, &folder).map_err(|it| format!("{}: {it}", beside.display()))?;
        say_ledger(config, "restored", &beside);
    }
    Ok(())
}

fn unpack(file: &Path, folder: &Path) -> io::Result<()> {
    let part = folder.with_extension("part");
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(file)?));
    archive.unpack(&part)?;
    std::fs::rename(part, folder)
}

fn say_ledger(config: &Config, what: &str, file: &Path) {
    if config.json {
        say(&serde_json::json!({what: file, "ledger": true}).to_string());
    } else {
        say(&format!(
            "{what} the ledger with its key: {}",
            file.display()
        ));
    }
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
