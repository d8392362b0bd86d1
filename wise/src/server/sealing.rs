//! Brings what was sealed into the ledger.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use federation::run::SubmitError;
use tokio::task::JoinHandle;
use web::Core;

use crate::app::ledger::Ledger;
use crate::blocks::seals;

/// Entries that are brought at once.
const BATCH: i64 = 4_096;
/// How long to rest when nothing happens.
const REST: Duration = Duration::from_secs(5);

/// Why what was sealed does not reach the ledger. It waits.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    #[error(transparent)]
    Seals(#[from] seals::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

/// Starts the worker; it ends soon after `stop` is set. One process at most does this work: the one that keeps the ledger.
pub fn start(core: Core, ledger: Ledger, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut changes = core.db().changes();
        while !stop.load(Ordering::Relaxed) {
            changes.mark_unchanged();
            match bring(&core, &ledger).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "records wait to be sealed"),
            }
            if let Ok(Err(_)) = tokio::time::timeout(REST, changes.changed()).await {
                return;
            }
        }
    })
}

/// Asks the witnesses again and again; where there are none this ends at once.
pub async fn ask_witnesses(ledger: Ledger) {
    while !ledger.witnesses().is_empty() {
        ledger.ask_witnesses().await;
        tokio::time::sleep(REST).await;
    }
}

/// Brings the entries that wait; whether there were any.
///
/// # Errors
/// The database or the ledger does not take them, or it is not the database's ledger.
pub async fn bring(core: &Core, ledger: &Ledger) -> Result<bool, SealingError> {
    let waiting = core.look(|tx| seals::waiting(tx, BATCH)).await?;
    if waiting.is_empty() {
        return Ok(false);
    }
    let (ids, entries): (Vec<_>, Vec<_>) = waiting.into_iter().map(|it| (it.id, it.entry)).unzip();
    let places = ledger.submit(entries).await?;
    let indices = places.into_iter().map(|it| it.index);
    let placed: Vec<_> = ids.into_iter().zip(indices).collect();
    // Whatever is killed here brings the same entries again, and is told the same places.
    let known = ledger.known();
    core.act(None, move |cx| seals::place(cx.tx, &placed, &known))
        .await?;
    Ok(true)
}
