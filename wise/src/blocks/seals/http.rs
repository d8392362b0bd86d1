//! The ledger for people and for programs: proofs, the pages that explain and show it, the log as C2SP `tlog-tiles` serves it,
//! and this server as a witness of other logs.

mod keepers;
mod log;
mod pages;
mod proof;
mod witness;

use std::time::Duration;

use axum::http::StatusCode;
use federation::ChainError;
use web::{Permission, Problem, Routes};

use super::model::Error;
use crate::app::ledger::Ledger;
use crate::app::{App, Keeping};

pub use proof::proof_href;

pub fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("person.own");
    const KEEP: Permission = Permission::Action("ledger.keep");
    const OPEN: Permission = Permission::Public("anybody may check the ledger");
    Routes::new()
        .get("/proofs/{seal}", OWN, proof::proof)
        .get("/ledger", OPEN, pages::explain)
        .get("/ledger/log", OPEN, pages::log)
        .get("/ledger/blocks/{height}", OPEN, pages::block)
        .get("/ledger/check", OPEN, proof::form)
        .post("/ledger/check", OPEN, proof::check)
        .get("/system/ledger", KEEP, keepers::show)
        .post("/system/ledger", KEEP, keepers::approve)
        .get("/ledger/policy", OPEN, log::policy)
        .get("/ledger/genesis", OPEN, log::genesis)
        .get("/ledger/verify.py", OPEN, log::script)
        .get("/ledger/checkpoint", OPEN, log::checkpoint)
        .get("/ledger/tile/{*place}", OPEN, log::tile)
        .post_open(
            "/ledger/add-checkpoint",
            "logs ask a witness without an account, as C2SP tlog-witness has it",
            witness::add_checkpoint,
        )
}

/// How long a page waits until what was just written stands in the ledger.
const PATIENCE: Duration = Duration::from_secs(5);
const GLANCE: Duration = Duration::from_millis(50);

/// The ledger, or a problem that says where it is.
fn kept(app: &App) -> Result<&Ledger, Problem> {
    match &app.ledger {
        Keeping::Here(ledger) => Ok(ledger),
        Keeping::Absent(_) => Err(unavailable("seals-absent")),
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Db(error) => error.into(),
            error => Self::internal(error),
        }
    }
}

/// Not now, and why.
fn unavailable(key: &'static str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, key)
}

fn unreadable(error: ChainError) -> Problem {
    Problem::internal(error)
}
