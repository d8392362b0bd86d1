//! Thin routes of cases, each naming its permission.

mod api;
mod corrections;
mod office;
mod own;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use web::{Permission, Problem, Routes};

use super::model::Error;
use crate::app::App;
use crate::blocks::people;

pub use api::openapi;

/// All routes of the block. `/work/<kind>/<id>` is the page of the area that a case belongs to.
pub fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("case.own");
    Routes::new()
        .get("/cases", OWN, own::list)
        .get("/cases/{case}", OWN, own::show)
        .post("/cases/{case}/answer", OWN, own::answer)
        .post("/cases/{case}/withdraw", OWN, own::withdraw)
        .get("/work", Permission::Action("case.list"), office::queue)
        .get(
            "/work/overview",
            Permission::Action("case.overview"),
            office::overview,
        )
        .merge(corrections::routes())
        .merge(api::routes())
}

/// What went wrong, as a page or problem details; nothing of the inside leaks.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Stale => Self::new(StatusCode::CONFLICT, "cases-stale"),
            Error::Order { .. } => Self::new(StatusCode::CONFLICT, "cases-order"),
            Error::Invalid { key, .. } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, key),
            Error::Db(error) => error.into(),
            Error::Spine(error) => error.into(),
            Error::Seals(error) => error.into(),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

/// What reading the register for a case may meet.
impl From<people::Error> for Error {
    fn from(error: people::Error) -> Self {
        match error {
            people::Error::Db(error) => Self::Db(error),
            people::Error::Spine(error) => Self::Spine(error),
            people::Error::Seal(error) => Self::Seals(error),
            people::Error::NotFound(_) | people::Error::StillMember => Self::NotFound,
            people::Error::Invalid { field, key } => Self::Invalid { field, key },
        }
    }
}
