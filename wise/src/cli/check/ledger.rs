//! Whether the ledger and the records that are sealed in it are as they were.

use db::Db;

use super::Finding;
use crate::app::ledger::{AuditError, audit};
use crate::blocks::seals::{self, KnownLedger};
use crate::cli::config::Config;
use crate::server::sources;

/// Records that are compared in one reading.
const BATCH: i64 = 1_000;
/// The most records that are named.
const NAMED: usize = 20;

pub(super) fn examine(config: &Config, db: &Db, findings: &mut Vec<Finding>) {
    let known = match db.read_blocking(seals::known_ledger) {
        Ok(known) => known,
        Err(error) => return findings.push(wrong(error.to_string(), "")),
    };
    findings.push(files(config, known.as_ref()));
    if let Err(error) = records(db, findings) {
        findings.push(wrong(error.to_string(), ""));
    }
}

fn wrong(what: impl Into<String>, remedy: &str) -> Finding {
    Finding {
        level: "wrong",
        what: what.into(),
        remedy: remedy.into(),
    }
}

fn ok(what: String) -> Finding {
    Finding {
        level: "ok",
        what,
        remedy: String::new(),
    }
}

/// The files of the ledger, all of them worked out again.
fn files(config: &Config, known: Option<&KnownLedger>) -> Finding {
    let folder = config.ledger_folder();
    match (audit(&folder, known), known) {
        (Ok(Some(it)), _) => ok(format!(
            "the ledger is as it was agreed on: {} blocks, {} entries",
            it.blocks, it.entries
        )),
        (Ok(None), None) => ok("no ledger was begun yet".to_owned()),
        (Ok(None), Some(known)) => Finding {
            level: "look",
            what: format!(
                "records are sealed in the ledger {}, which is not in {}",
                known.origin,
                folder.display()
            ),
            remedy: "another server keeps it, or its folder was lost: restore it from the last backup".into(),
        },
        (Err(AuditError::InUse), _) => Finding {
            level: "look",
            what: "the ledger is in use by the running server: its files were not worked out again".into(),
            remedy: "run `wise doctor` once while it is stopped, or `wise ledger audit` over a restored backup"
                .into(),
        },
        (Err(error), _) => wrong(
            error.to_string(),
            "keep the folder as it is for whoever looks into it, and restore the last backup",
        ),
    }
}

/// The records, each compared with what was sealed.
fn records(db: &Db, findings: &mut Vec<Finding>) -> Result<(), seals::Error> {
    let (mut after, mut seen, mut unsound) = (String::new(), 0, Vec::new());
    loop {
        let from = after.clone();
        let read = db.read_blocking(move |tx| seals::audit(tx, &sources(), &from, BATCH))?;
        seen += read.seen;
        unsound.extend(read.unsound);
        match read.last {
            Some(last) => after = last,
            None => break,
        }
    }
    if unsound.is_empty() {
        findings.push(ok(format!("{seen} sealed records are as they were sealed")));
    }
    for it in unsound.iter().take(NAMED) {
        findings.push(wrong(
            format!("{} {}: {}", it.kind, it.id, it.flaw),
            "find out who changed the database; the last backup has it as it was",
        ));
    }
    if unsound.len() > NAMED {
        let more = unsound.len() - NAMED;
        findings.push(wrong(format!("and {more} more"), ""));
    }
    Ok(())
}
