//! Thin routes of notices, each naming its permission.

mod api;
mod own;
mod settle;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use web::{Permission, Problem, Routes};

use super::model::Error;
use crate::app::App;

pub use api::openapi;

/// All routes of the block.
pub fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("notice.own");
    const SETTLE: Permission = Permission::Action("delivery.settle");
    Routes::new()
        .get("/inbox", OWN, own::inbox)
        .get("/inbox/{notice}", OWN, own::open)
        .get("/contact", OWN, own::contact)
        .post("/contact", OWN, own::set_contact)
        .get("/deliveries", SETTLE, settle::list)
        .post("/deliveries/{delivery}", SETTLE, settle::settle)
        .merge(api::routes())
}

/// What went wrong, as a page or problem details; nothing of the inside leaks.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Invalid { key, .. } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, key),
            Error::Db(error) => error.into(),
            Error::Spine(error) => error.into(),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
