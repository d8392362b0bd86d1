//! The register for programs: a hospital reports a birth.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::ids::{BirthId, PersonId};
use rules::dates;
use serde::{Deserialize, Serialize};
use spine::Cx;
use utoipa::{OpenApi, ToSchema};
use web::{Allowed, Permission, Problem, Routes, Scope, Visitor};

use crate::app::App;
use crate::blocks::people::actions::births::{BirthReport, births_of, report_birth};
use crate::blocks::people::actions::search::search;
use crate::blocks::people::model::{Error, Sex};

pub(super) fn routes() -> Routes<App> {
    Routes::new().post(
        "/api/birth-notices",
        Permission::Action("birth.notice"),
        birth_notice,
    )
}

/// The OpenAPI description of this block's JSON routes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(birth_notice))]
struct Document;

/// A birth as the hospital saw it (가족관계의 등록 등에 관한 법률 제44조의3).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BirthNotice {
    /// The mother's name as it stands in the resident register.
    #[schema(example = "김하늘")]
    mother_name: String,
    /// Her date of birth, ISO 8601.
    #[schema(example = "1994-03-02")]
    mother_born: String,
    /// Code of the 행정동 where she lives; needed only to tell two of the same name and birth apart.
    mother_dong: Option<String>,
    /// The child's date of birth, ISO 8601.
    #[schema(example = "2026-11-20")]
    born: String,
    /// `female` or `male`.
    sex: String,
    /// How many children were born together, this one included; send one notice a child.
    #[serde(default = "one")]
    #[schema(default = 1, minimum = 1, maximum = 9)]
    multiple: i64,
}

fn one() -> i64 {
    1
}

/// Where the notice is kept.
#[derive(Debug, Serialize, ToSchema)]
struct BirthNoticed {
    /// Id of the birth; the same for a notice that is sent again.
    birth: String,
}

/// Why no single mother was found.
enum Unmatched {
    None,
    Several,
}

/// Reports a birth. Sending it again changes nothing: the same child has the same id.
#[utoipa::path(post, path = "/api/birth-notices", tag = "people",
    request_body = BirthNotice,
    responses(
        (status = 201, description = "Noted", body = BirthNoticed),
        (status = 200, description = "Known already", body = BirthNoticed),
        (status = 404, description = "No resident of that name and date of birth"),
        (status = 409, description = "Several residents match: add `mother_dong`"),
        (status = 422, description = "A field is wrong: see `errors`"),
    ))]
async fn birth_notice(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Json(notice): Json<BirthNotice>,
) -> Result<Response, Problem> {
    let hospital = visitor
        .signed_in()?
        .agency
        .clone()
        .ok_or_else(Problem::forbidden)?;
    let text = |key: &str| app.core.texts().get(visitor.locale, key, &[]);
    let mut wrong = Vec::new();
    let mut date = |field: &'static str, value: &str| {
        let date = dates::parse(value);
        if date.is_none() {
            wrong.push((field, "people-date-wrong"));
        }
        date
    };
    let (born, mother_born) = (
        date("born", &notice.born),
        date("mother_born", &notice.mother_born),
    );
    let sex = notice.sex.parse::<Sex>();
    if sex.is_err() {
        wrong.push(("sex", "people-sex-missing"));
    }
    let (Some(born), Some(mother_born), Ok(sex)) = (born, mother_born, sex) else {
        let problem = wrong
            .into_iter()
            .fold(Problem::unprocessable(), |problem, (field, key)| {
                problem.error(field, text(key))
            });
        return Err(problem);
    };
    let noted = app
        .core
        .act(&visitor, move |cx| {
            let mother = match mother(cx, &allowed.0, &notice, mother_born)? {
                Ok(mother) => mother,
                Err(unmatched) => return Ok(Err(unmatched)),
            };
            let report = BirthReport {
                mother,
                born,
                sex,
                hospital: Some(hospital.clone()),
                multiple: notice.multiple,
            };
            note(cx, &report).map(Ok)
        })
        .await;
    match noted {
        Ok(Ok((birth, new))) => {
            let status = if new {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            let body = BirthNoticed {
                birth: birth.to_string(),
            };
            Ok((status, Json(body)).into_response())
        }
        Ok(Err(Unmatched::None)) => {
            Err(Problem::new(StatusCode::NOT_FOUND, "people-mother-unknown"))
        }
        Ok(Err(Unmatched::Several)) => {
            Err(Problem::new(StatusCode::CONFLICT, "people-mother-several"))
        }
        Err(Error::Invalid { field, key }) => Err(Problem::unprocessable().error(field, text(key))),
        Err(other) => Err(other.into()),
    }
}

/// The only resident whom the notice can mean.
fn mother(
    cx: &mut Cx<'_, '_>,
    scope: &Scope,
    notice: &BirthNotice,
    born: jiff::civil::Date,
) -> Result<Result<PersonId, Unmatched>, Error> {
    let mut found = search(cx.tx, scope, &notice.mother_name, Some(born))?;
    found.retain(|it| it.person.sex == Sex::Female);
    if let Some(dong) = &notice.mother_dong {
        found.retain(|it| it.dong == *dong);
    }
    Ok(match found.as_slice() {
        [only] => Ok(only.person.id),
        [] => Err(Unmatched::None),
        _ => Err(Unmatched::Several),
    })
}

/// Notes a birth; tells whether it was not known before.
fn note(cx: &mut Cx<'_, '_>, report: &BirthReport) -> Result<(BirthId, bool), Error> {
    let before = births_of(cx.tx, report.mother)?;
    let birth = report_birth(cx, report)?;
    Ok((birth, before.iter().all(|it| it.id != birth)))
}
