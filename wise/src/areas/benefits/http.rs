//! Thin routes of the Before Service, each naming its permission.

mod answers;
mod api;
mod conditions;
mod desk;
mod entitlements;
mod evaluate;
mod export;
mod fetch;
mod here;
mod openfisca;
mod reach;
mod show;
mod take_up;
mod vouchers;
mod what_if;

use axum::response::{IntoResponse, Response};
use base::ids::PersonId;
use web::{Permission, Problem, Routes, Visitor};

use super::model::Error;
use super::services;
use crate::app::App;
use crate::blocks::{cases, people};

pub(super) use show::{desk, phones};

/// The OpenAPI description of the area's JSON routes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut all = api::openapi();
    all.merge(services::http::openapi());
    all.merge(take_up::openapi());
    all.merge(reach::openapi());
    all
}

/// All routes of the area.
pub fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("offer.own");
    const ANSWER: Permission = Permission::Action("offer.answer");
    Routes::new()
        .get("/today", OWN, show::today)
        .get("/offers", OWN, show::offers)
        .get("/births/{birth}", OWN, show::birth)
        .get("/offers/{offer}", OWN, show::offer)
        .get("/receipts/{receipt}", OWN, show::receipt)
        .post("/offers/accept", ANSWER, answers::accept)
        .post("/offers/{offer}/decline", ANSWER, answers::decline)
        .post("/offers/{offer}/received", ANSWER, answers::received)
        .post("/offers/{offer}/postpone", ANSWER, answers::postpone)
        .post("/offers/{offer}/reconsider", ANSWER, answers::reconsider)
        .get("/offers/{offer}/ask", ANSWER, answers::ask)
        .post("/offers/{offer}/ask", ANSWER, answers::tell)
        .post("/offers/{offer}/consent", ANSWER, fetch::consent)
        .merge(desk::routes())
        .merge(entitlements::routes())
        .merge(conditions::routes())
        .merge(here::routes())
        .merge(take_up::routes())
        .merge(reach::routes())
        .merge(api::routes())
        .merge(services::http::routes())
        .merge(evaluate::routes())
        .merge(openfisca::routes())
        .merge(vouchers::routes())
        .merge(what_if::routes())
}

/// Who is signed in, as a resident.
pub(super) fn own_person(visitor: &Visitor) -> Result<PersonId, Problem> {
    let account = visitor.signed_in()?;
    let person = account.person.as_deref().ok_or_else(Problem::forbidden)?;
    person.parse().map_err(|_| Problem::forbidden())
}

/// What went wrong, as a page or problem details; nothing of the inside leaks.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound
            | Error::People(people::Error::NotFound(_))
            | Error::Cases(cases::Error::NotFound) => Problem::not_found(),
            Error::Order(_) | Error::Cases(cases::Error::Stale | cases::Error::Order { .. }) => {
                Problem::conflict()
            }
            Error::Invalid { field, key } => Problem::unprocessable().error(field, key),
            Error::Db(error) => error.into(),
            other => Problem::internal(other),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
