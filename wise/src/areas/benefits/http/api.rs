//! The same for programs.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::ids::OfferId;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use web::{Json, Once, Permission, Problem, Routes, Visitor};

use super::own_person;
use super::reach::note_read;
use super::show::load;
use crate::app::App;
use crate::areas::benefits::actions::accept::{self as accepting, Answerer};
use crate::areas::benefits::model::{Error, Offer};

pub(super) fn routes() -> Routes<App> {
    Routes::new()
        .get(
            "/api/benefits",
            Permission::Public("law is public"),
            benefits,
        )
        .get("/api/offers", Permission::Action("offer.own"), offers)
        .post(
            "/api/offers/accept",
            Permission::Action("offer.answer"),
            accept,
        )
}

/// The OpenAPI description of these routes.
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    let mut all = Document::openapi();
    all.merge(super::evaluate::Document::openapi());
    all.merge(super::openfisca::Document::openapi());
    all.merge(super::vouchers::Document::openapi());
    all.merge(super::what_if::Document::openapi());
    all
}

#[derive(OpenApi)]
#[openapi(paths(benefits, offers, accept))]
struct Document;

/// A text in Korean and English.
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct Text {
    ko: String,
    en: String,
}

impl Text {
    /// A name that is the same in every language.
    pub(super) fn same(name: &str) -> Self {
        Self {
            ko: name.to_owned(),
            en: name.to_owned(),
        }
    }
}

impl From<&rules::Localized> for Text {
    fn from(text: &rules::Localized) -> Self {
        Self {
            ko: text.ko.clone(),
            en: text.en.clone(),
        }
    }
}

/// A benefit of the country's rules.
#[derive(Serialize, ToSchema)]
struct BenefitInfo {
    id: String,
    name: Text,
    summary: Text,
    /// Code of the agency that gives it.
    authority: String,
    /// Acts and articles.
    law: Vec<String>,
    /// Life events that can open it.
    events: Vec<String>,
    /// Municipalities it is for; empty: the whole country.
    territory: Vec<String>,
    /// SHA-256 of the rule's text, hex.
    digest: String,
}

/// All benefits this server knows.
#[utoipa::path(get, path = "/api/benefits", tag = "benefits",
    responses((status = 200, description = "All benefits", body = [BenefitInfo])))]
async fn benefits(State(app): State<App>) -> Json<Vec<BenefitInfo>> {
    let all = app.country.book.benefits().map(|it| BenefitInfo {
        id: it.id.clone(),
        name: (&it.name).into(),
        summary: (&it.summary).into(),
        authority: it.authority.clone(),
        law: it
            .law
            .iter()
            .map(|law| format!("{} {}", law.act, law.article.as_deref().unwrap_or_default()))
            .collect(),
        events: it.events.clone(),
        territory: it.territory.clone(),
        digest: it.digest().to_owned(),
    });
    Json(all.collect())
}

/// A benefit offered to the caller.
#[derive(Serialize, ToSchema)]
struct OfferInfo {
    id: String,
    benefit: String,
    /// `waiting`, `open`, `accepted`, `declined` or `postponed`.
    state: String,
    /// One press applies for it.
    ready: bool,
    /// Won; absent when it cannot be said yet or is in kind.
    amount_krw: Option<i64>,
    monthly: bool,
    /// Last day to ask for it, ISO 8601.
    deadline: Option<String>,
    /// Names of the facts that are still to be told.
    to_tell: Vec<String>,
    /// First day the rules were asked about, ISO 8601.
    as_of: String,
    /// SHA-256 of the rule's text, hex.
    rules_digest: String,
    case: Option<String>,
}

impl From<&Offer> for OfferInfo {
    fn from(it: &Offer) -> Self {
        Self {
            id: it.id.to_string(),
            benefit: it.benefit.clone(),
            state: it.state.to_string(),
            ready: it.is_ready(),
            amount_krw: it.amount,
            monthly: it.monthly,
            deadline: it.deadline.map(|day| day.to_string()),
            to_tell: it.open_questions().map(ToString::to_string).collect(),
            as_of: it.as_of.to_string(),
            rules_digest: it.rules_digest.clone(),
            case: it.case.map(|id| id.to_string()),
        }
    }
}

/// The caller's own offers.
#[utoipa::path(get, path = "/api/offers", tag = "benefits",
    responses((status = 200, description = "The caller's offers", body = [OfferInfo]),
              (status = 401, description = "Not signed in"),
              (status = 403, description = "Not a resident")))]
async fn offers(State(app): State<App>, visitor: Visitor) -> Result<Json<Vec<OfferInfo>>, Problem> {
    let loaded = load(&app, &visitor).await?;
    note_read(&app, &visitor, loaded.offers.iter()).await?;
    Ok(Json(loaded.offers.iter().map(OfferInfo::from).collect()))
}

/// Which offers to apply for.
#[derive(Deserialize, ToSchema)]
struct AcceptRequest {
    /// Ids of offers that are ready; empty: all that are.
    #[serde(default)]
    offers: Vec<String>,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
struct AcceptAnswer {
    /// Address of the receipt.
    receipt: String,
}

/// Applies for offers; needs the header `Idempotency-Key`.
#[utoipa::path(post, path = "/api/offers/accept", tag = "benefits", request_body = AcceptRequest,
    params(("Idempotency-Key" = String, Header, description = "Sending it twice is once")),
    responses((status = 201, description = "Applied for", body = AcceptAnswer),
              (status = 404, description = "No such offer"),
              (status = 409, description = "Not ready, or answered before"),
              (status = 422, description = "Nothing is ready")))]
async fn accept(
    State(app): State<App>,
    visitor: Visitor,
    once: Once,
    Json(request): Json<AcceptRequest>,
) -> Result<Response, Problem> {
    let who = Answerer {
        person: own_person(&visitor)?,
        name: visitor.signed_in()?.name.clone(),
        catalogue: app.country.catalogue.clone(),
    };
    let named = request.offers.iter().map(|it| it.parse::<OfferId>());
    let named = named.collect::<Result<Vec<_>, _>>();
    let named =
        named.map_err(|error| Problem::unprocessable().error("offers", error.to_string()))?;
    let receipt = app
        .core
        .once(&visitor, once, move |cx| {
            let accepted = accepting::accept(cx, &who, &named)?;
            Ok::<_, Error>(format!("/receipts/{}", accepted.receipt))
        })
        .await?;
    Ok((StatusCode::CREATED, Json(AcceptAnswer { receipt })).into_response())
}
