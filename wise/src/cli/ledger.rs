//! The ledger at the command line: checking a proof, and the keys that others need.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use ledger::policy::Policy;
use ledger::receipt::{MAX_RECEIPT_BYTES, Proven, Receipt};

use super::config::Config;
use super::say;
use crate::app::ledger::{Keys, audit};

#[derive(Args)]
pub(super) struct VerifyArgs {
    /// A proof, as a resident takes it along (.tlog-proof)
    file: PathBuf,
    /// The log's key, as its page /ledger/log shows it
    #[arg(long, value_name = "KEY", conflicts_with = "policy")]
    key: Option<String>,
    /// A file that says which logs and witnesses to trust (C2SP tlog-policy)
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(super) enum LedgerWhat {
    /// Show this agency's keys, which the other agencies, witnesses and checkers need; made where there are none
    Key,
    /// Work the whole ledger out again from its blocks, and compare every file
    Audit,
}

/// Checks a proof; needs no network and no database.
pub(super) fn verify(config: &Config, args: &VerifyArgs) -> Result<(), String> {
    let at = args.file.display();
    let length = std::fs::metadata(&args.file)
        .map_err(|it| format!("{at}: {it}"))?
        .len();
    if length > MAX_RECEIPT_BYTES as u64 {
        return Err(format!(
            "{at}: {length} bytes; a proof has {MAX_RECEIPT_BYTES} at most"
        ));
    }
    let text = std::fs::read_to_string(&args.file).map_err(|it| format!("{at}: {it}"))?;
    let receipt: Receipt = text
        .parse()
        .map_err(|it| format!("{at}: this is no proof: {it}"))?;
    let policy = policy(config, args)?;
    let proven = receipt
        .verify(&policy)
        .map_err(|it| format!("{at}: it does not hold: {it}"))?;
    report(config, &proven);
    Ok(())
}

fn policy(config: &Config, args: &VerifyArgs) -> Result<Policy, String> {
    if let Some(key) = &args.key {
        let key = key.parse().map_err(|it| format!("--key: {it}"))?;
        return Policy::new(&[key], &[], 0).map_err(|it| format!("--key: {it}"));
    }
    if let Some(path) = &args.policy {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|it| format!("{}: {it}", path.display()))?;
        return text
            .parse()
            .map_err(|it| format!("{}: {it}", path.display()));
    }
    let folder = config.ledger_folder();
    match Keys::begun(&folder) {
        Ok(Some(keys)) => Policy::new(&[keys.verifier().clone()], &[], 0)
            .map_err(|it| format!("{}: {it}", folder.display())),
        Ok(None) => Err(format!(
            "whose ledger is it? {} has none: give its key with --key, from its page /ledger/log",
            folder.display()
        )),
        Err(error) => Err(error.to_string()),
    }
}

fn report(config: &Config, proven: &Proven) {
    let checkpoint = &proven.checkpoint;
    if config.json {
        let line = serde_json::json!({
            "holds": true,
            "origin": checkpoint.origin,
            "index": proven.index,
            "size": checkpoint.head.size,
            "signed_by": checkpoint.signed_by,
            "record": proven.record,
        });
        say(&line.to_string());
        return;
    }
    say(&format!(
        "it holds: number {} of {} in the ledger {}",
        proven.index + 1,
        checkpoint.head.size,
        checkpoint.origin
    ));
    for (name, _) in &checkpoint.signed_by {
        say(&format!("signed by {name}"));
    }
    if let Some(record) = &proven.record {
        let text = serde_json::to_string_pretty(record).unwrap_or_default();
        say(&text);
    }
}

/// Shows keys, or recomputes.
pub(super) fn ledger(config: &Config, what: &LedgerWhat) -> Result<(), String> {
    let folder = config.ledger_folder();
    match what {
        LedgerWhat::Key => keys(config, &folder),
        LedgerWhat::Audit => match audit(&folder, None).map_err(|it| it.to_string())? {
            Some(it) => {
                say(&format!(
                    "{} blocks with {} entries, all as they were agreed on",
                    it.blocks, it.entries
                ));
                Ok(())
            }
            None => Err(format!("{} holds no ledger", folder.display())),
        },
    }
}

fn keys(config: &Config, folder: &Path) -> Result<(), String> {
    let founding = config.founding()?;
    let mut rng = base::Entropy::system().rng();
    let keys = Keys::of(folder, &founding, &mut rng).map_err(|it| it.to_string())?;
    say(&format!("agency   {}", ledger::Hash(keys.public())));
    say(&format!("log      {}", keys.verifier()));
    if let Some(witness) = &founding.witness_of {
        for key in witness.keys(&keys).map_err(|it| it.to_string())? {
            say(&format!("witness  {key}"));
        }
    }
    Ok(())
}
