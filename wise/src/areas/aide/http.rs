//! Thin routes of the aide, each naming its permission; a kind of question has a file of its own.

mod briefing;
mod evidence;
mod figures;
mod finding;
mod goal;
mod measure;
mod reform;
mod runs;
mod timing;
mod work;

use axum::response::{IntoResponse, Response};
use web::{Account, Permission, Problem, Routes};

use super::model::{Error, Maker};
use crate::app::App;

/// All routes of the area.
pub fn routes() -> Routes<App> {
    const APPRAISE: Permission = Permission::Action("policy.appraise");
    Routes::new()
        .get("/aide", APPRAISE, runs::home)
        .get("/aide/runs/{run}", APPRAISE, runs::show)
        .get("/aide/runs/{run}/table", APPRAISE, runs::table)
        .post("/aide/runs/{run}/repeat", APPRAISE, runs::repeat)
        .get("/aide/reforms/new", APPRAISE, reform::form)
        .post("/aide/reforms", APPRAISE, reform::ask)
        .get("/aide/goals/new", APPRAISE, goal::form)
        .post("/aide/goals", APPRAISE, goal::ask)
        .get("/aide/evidence/new", APPRAISE, evidence::form)
        .post("/aide/evidence", APPRAISE, evidence::ask)
        .get("/aide/timings/new", APPRAISE, timing::form)
        .post("/aide/timings", APPRAISE, timing::ask)
        .get("/aide/measures/{measure}/new", APPRAISE, measure::form)
        .post("/aide/measures/{measure}", APPRAISE, measure::ask)
        .get("/aide/briefings", APPRAISE, briefing::list)
        .get("/aide/briefings/new", APPRAISE, briefing::form)
        .post("/aide/briefings", APPRAISE, briefing::make)
        .get("/aide/briefings/{briefing}", APPRAISE, briefing::show)
        .post(
            "/aide/briefings/{briefing}/reword",
            APPRAISE,
            briefing::reword,
        )
}

fn maker(account: &Account) -> Maker {
    Maker {
        account: account.id,
        name: account.name.clone(),
        agency: account.agency.clone().unwrap_or_default(),
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Db(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
