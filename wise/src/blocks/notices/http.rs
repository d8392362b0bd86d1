//! Thin routes of notices, each naming its permission.

mod api;
mod contact;
mod letters;
mod own;
mod settle;
mod unreached;

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
    const POST: Permission = Permission::Action("letter.post");
    const REACH: Permission = Permission::Action("unreached.settle");
    Routes::new()
        .get("/inbox", OWN, own::inbox)
        .get("/inbox/{notice}", OWN, own::open)
        .get("/contact", OWN, contact::show)
        .post("/contact", OWN, contact::save)
        .post("/contact/devices", OWN, contact::add_device)
        .post("/contact/devices/remove", OWN, contact::remove_device)
        .post("/contact/try", OWN, contact::try_out)
        .get("/deliveries", SETTLE, settle::list)
        .post("/deliveries/{delivery}", SETTLE, settle::settle)
        .get("/work/letters", POST, letters::list)
        .post("/work/letters", POST, letters::posted)
        .get("/work/letters/print", POST, letters::print)
        .get("/work/calls", REACH, unreached::list)
        .get("/work/calls/{notice}", REACH, unreached::show)
        .post("/work/calls/{notice}", REACH, unreached::settle)
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
            Error::People(error) => error.into(),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
