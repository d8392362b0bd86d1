//! A resident's cases for programs.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use web::{Allowed, Permission, Problem, Routes};

use super::own::household_of;
use crate::app::App;
use crate::blocks::cases::actions::{of_person, steps};
use crate::blocks::cases::model::{Case, Error, Step};
use crate::blocks::people::own_person;

pub(super) fn routes() -> Routes<App> {
    Routes::new().get("/api/cases", Permission::Action("case.own"), cases)
}

/// The OpenAPI description of this block's JSON routes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(cases))]
struct Document;

/// An application of the caller's.
#[derive(Serialize, ToSchema)]
struct CaseInfo {
    id: String,
    /// The area that it belongs to: `benefits`.
    kind: String,
    /// What it is about: a benefit's id.
    topic: String,
    /// Code of the agency that decides.
    agency: String,
    /// `received`, `asked`, `answered`, `granted`, `refused` or `withdrawn`.
    state: &'static str,
    /// ISO 8601, UTC.
    opened_at: String,
    /// The day by which it will be decided, ISO 8601.
    due_on: String,
    /// ISO 8601, UTC; absent while it is open.
    closed_at: Option<String>,
    steps: Vec<StepInfo>,
}

/// A step of an application.
#[derive(Serialize, ToSchema)]
struct StepInfo {
    state: &'static str,
    /// ISO 8601, UTC.
    at: String,
    /// Who took it.
    actor: String,
    /// What the applicant was told.
    note: String,
}

fn info(case: Case, steps: Vec<Step>) -> CaseInfo {
    CaseInfo {
        id: case.id.to_string(),
        kind: case.kind,
        topic: case.topic,
        agency: case.agency,
        state: case.state.word(),
        opened_at: case.opened_at.to_string(),
        due_on: case.due_on.to_string(),
        closed_at: case.closed_at.map(|it| it.to_string()),
        steps: steps
            .into_iter()
            .map(|it| StepInfo {
                state: it.state.word(),
                at: it.at.to_string(),
                actor: it.actor,
                note: it.note,
            })
            .collect(),
    }
}

/// The caller's applications, latest first: at most 100.
#[utoipa::path(get, path = "/api/cases", tag = "cases",
    responses((status = 200, description = "The caller's applications", body = [CaseInfo])))]
async fn cases(State(app): State<App>, allowed: Allowed) -> Result<Json<Vec<CaseInfo>>, Problem> {
    let person = own_person(&allowed)?;
    let now = app.core.clock().now();
    let all = app
        .core
        .look(move |tx| {
            let household = household_of(tx, person, now)?;
            let mut all = Vec::new();
            for case in of_person(tx, person, household)? {
                let steps = steps(tx, case.id)?;
                all.push(info(case, steps));
            }
            Ok::<_, Error>(all)
        })
        .await?;
    Ok(Json(all))
}
