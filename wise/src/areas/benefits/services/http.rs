//! Routes of services to look into, each naming its permission.

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};
use web::{Cursor, Frame, Json, Page, PageQuery, Permission, Problem, Routes, Visitor, respond};

use super::actions::read::{self, Candidates};
use super::model::{Found, Locality, Rank, judge_one, situation_for};
use super::pages::{Describer, ServicePage, ServicesPage};
use crate::app::App;
use crate::areas::benefits::http::{desk, own_person, phones};
use crate::areas::benefits::model::{Error, Picture};
use crate::blocks::people;

/// Routes under `/services` and `/api/services`.
pub(in crate::areas::benefits) fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("offer.own");
    Routes::new()
        .get("/services", OWN, list)
        .get("/services/{service}", OWN, show)
        .get("/api/services", OWN, api_list)
}

/// The OpenAPI description of these routes.
pub(in crate::areas::benefits) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(api_list))]
struct Document;

/// A resident's household as it may be seen, and services to judge, read on one snapshot.
struct Loaded {
    picture: Picture,
    situation: rules::Situation,
    candidates: Candidates,
}

/// Without a search no services are read.
async fn load(app: &App, visitor: &Visitor, search: Option<&str>) -> Result<Loaded, Problem> {
    let person = own_person(visitor)?;
    let (now, today) = (app.core.clock().now(), app.core.clock().today());
    let (country, desk, words) = (app.country.clone(), desk(app), search.map(read::words));
    let loaded = app.core.look(move |tx| {
        let of = people::household_of(tx, person, today, now)?;
        let (household, _) = of.ok_or(people::Error::NotFound("household"))?;
        let picture = crate::areas::benefits::actions::offer::picture(tx, household, today, now)?;
        let situation = situation_for(&desk, &picture, person);
        let municipality = read::municipality(&situation);
        let candidates = match &words {
            Some(words) => read::candidates(tx, &country, municipality.as_deref(), words)?,
            None => Candidates::default(),
        };
        Ok::<_, Error>(Loaded {
            picture,
            situation,
            candidates,
        })
    });
    Ok(loaded.await?)
}

/// Everything a household may look into, ranked, judged with no transaction open.
async fn find(app: &App, loaded: &mut Loaded) -> Result<Vec<Found>, Problem> {
    let candidates = std::mem::take(&mut loaded.candidates);
    let (country, situation) = (app.country.clone(), loaded.situation.clone());
    let on = loaded.picture.on;
    app.engine(move || read::find(&country, candidates, &situation, on))
        .await
}

/// How many services a resident may look into.
pub(in crate::areas::benefits) async fn count(
    app: &App,
    visitor: &Visitor,
) -> Result<usize, Problem> {
    let mut loaded = load(app, visitor, Some("")).await?;
    Ok(find(app, &mut loaded).await?.len())
}

/// What is searched for, and how the answer is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// Words that must all occur in name, purpose, field, agency or target.
    #[serde(default)]
    q: String,
    /// `csv` or `json`: the whole list as a file.
    #[serde(default)]
    #[param(ignore)]
    format: String,
}

/// The part of a ranked list that a query asks for.
fn part(query: &PageQuery, found: Vec<Found>) -> Result<Page<Found>, Problem> {
    let after = query.after.as_ref();
    let after = after.map(|it| rank_of(it).ok_or_else(Problem::bad_request));
    let after = after.transpose()?;
    let rest = found
        .into_iter()
        .skip_while(|it| after.as_ref().is_some_and(|after| it.rank() <= *after));
    let rows = rest.take(query.limit + 1).collect();
    Ok(query.page(rows, |it: &Found| Cursor {
        key: format!(
            "{} {} {}",
            it.unknowns,
            locality_number(it.locality),
            it.met.len()
        ),
        id: it.service.id.clone(),
    }))
}

const LOCALITIES: [Locality; 3] = [Locality::Own, Locality::Region, Locality::National];

fn locality_number(locality: Locality) -> usize {
    LOCALITIES
        .iter()
        .position(|it| *it == locality)
        .unwrap_or_default()
}

fn rank_of(cursor: &Cursor) -> Option<Rank> {
    let numbers: Vec<usize> = cursor
        .key
        .split(' ')
        .map(|it| it.parse().ok())
        .collect::<Option<_>>()?;
    let [unknowns, locality, met] = numbers[..] else {
        return None;
    };
    let locality = *LOCALITIES.get(locality)?;
    Some((
        unknowns,
        locality,
        std::cmp::Reverse(met),
        cursor.id.clone(),
    ))
}

async fn list(
    State(app): State<App>,
    visitor: Visitor,
    query: PageQuery,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    let mut loaded = load(&app, &visitor, Some(&search.q)).await?;
    let found = find(&app, &mut loaded).await?;
    let frame = Frame::of(&app.core, &visitor);
    let describer = Describer {
        frame: &frame,
        country: &app.country,
        view: &loaded.picture.view,
    };
    let infos = || found.iter().map(|it| info(&describer, it));
    match search.format.as_str() {
        "json" => Ok(Json(infos().collect::<Vec<_>>()).into_response()),
        "csv" => csv(infos()),
        _ => {
            let (count, is_first) = (found.len(), query.after.is_none());
            let page = part(&query, found)?;
            let lines = page.items.iter().map(|it| describer.line(it)).collect();
            let page = ServicesPage::new(
                frame.clone(),
                &search.q,
                count,
                lines,
                is_first,
                page.next.as_deref(),
            );
            Ok(respond(&page))
        }
    }
}

async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let loaded = load(&app, &visitor, None).await?;
    let (service, leaflet, imported) = app.core.look(move |tx| read::service(tx, &id)).await?;
    let verdict = {
        let (country, situation) = (app.country.clone(), loaded.situation.clone());
        let (judged, on) = (service.clone(), loaded.picture.on);
        app.engine(move || judge_one(&country.gov24, &judged, &situation, on))
            .await?
    };
    let frame = Frame::of(&app.core, &visitor);
    let describer = Describer {
        frame: &frame,
        country: &app.country,
        view: &loaded.picture.view,
    };
    let phones = phones(&frame);
    let page = ServicePage::new(&describer, &service, &leaflet, &imported, &verdict, phones);
    Ok(respond(&page))
}

fn csv(rows: impl Iterator<Item = ServiceInfo>) -> Result<Response, Problem> {
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let head = [
        "id", "name", "agency", "field", "until", "locality", "fits", "unknown", "page",
    ];
    out.write_record(head).map_err(Problem::internal)?;
    for it in rows {
        let (fits, unknown) = (it.fits.join(" / "), it.unknown.join(" / "));
        let row = [
            &it.id,
            &it.name,
            &it.agency,
            &it.field,
            &it.until,
            &it.locality,
            &fits,
            &unknown,
            &it.page,
        ];
        // A spreadsheet must not take a text from outside for a formula.
        let row = row.map(|text| match text.chars().next() {
            Some('=' | '+' | '-' | '@') => format!("'{text}"),
            _ => text.clone(),
        });
        out.write_record(&row).map_err(Problem::internal)?;
    }
    let bytes = out.into_inner().map_err(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"services.csv\"",
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// A service worth a look. Nothing here says that it is owed.
#[derive(Serialize, ToSchema)]
struct ServiceInfo {
    /// The interface's own number.
    id: String,
    name: String,
    summary: String,
    agency: String,
    field: String,
    /// Until when to apply, as the agency wrote it.
    until: String,
    /// `own`, `region` or `national`.
    locality: String,
    /// Why it may fit, in the reader's language.
    fits: Vec<String>,
    /// What is still unknown, in the reader's language.
    unknown: Vec<String>,
    /// Names of facts that would settle it, as far as a register or the resident could tell.
    missing: Vec<String>,
    /// Its page here.
    page: String,
}

fn info(describer: &Describer<'_>, found: &Found) -> ServiceInfo {
    let it = &found.service;
    let mut missing: Vec<String> = Vec::new();
    for fact in found.open.iter().flat_map(|part| &part.missing) {
        let name = format!("{}.{}", fact.entity, fact.fact);
        if !missing.contains(&name) {
            missing.push(name);
        }
    }
    let locality = match found.locality {
        Locality::Own => "own",
        Locality::Region => "region",
        Locality::National => "national",
    };
    ServiceInfo {
        id: it.id.clone(),
        name: it.name.clone(),
        summary: it.summary.clone(),
        agency: it.agency_name.clone(),
        field: it.field.clone(),
        until: it.until.clone(),
        locality: locality.into(),
        fits: found
            .met
            .iter()
            .map(|it| describer.text(it, &found.service))
            .collect(),
        unknown: found
            .open
            .iter()
            .map(|it| describer.text(it, &found.service))
            .collect(),
        missing,
        page: format!("/services/{}", it.id),
    }
}

/// A page of services.
#[derive(Serialize, ToSchema)]
struct ServiceInfos {
    items: Vec<ServiceInfo>,
    /// `after` of the next page; absent on the last.
    next: Option<String>,
}

/// Services of the whole government that the caller's household may look into, least unknown first.
#[utoipa::path(get, path = "/api/services", tag = "benefits",
    params(Search, ("after" = Option<String>, Query, description = "`next` of the page before"),
           ("limit" = Option<usize>, Query, description = "1 to 100; 25 without it")),
    responses((status = 200, description = "Services to look into, never a promise", body = ServiceInfos),
              (status = 400, description = "No such cursor"),
              (status = 401, description = "Not signed in"),
              (status = 403, description = "Not a resident")))]
async fn api_list(
    State(app): State<App>,
    visitor: Visitor,
    query: PageQuery,
    Query(search): Query<Search>,
) -> Result<Json<ServiceInfos>, Problem> {
    let mut loaded = load(&app, &visitor, Some(&search.q)).await?;
    let found = find(&app, &mut loaded).await?;
    let frame = Frame::of(&app.core, &visitor);
    let describer = Describer {
        frame: &frame,
        country: &app.country,
        view: &loaded.picture.view,
    };
    let page = part(&query, found)?;
    Ok(Json(ServiceInfos {
        items: page.items.iter().map(|it| info(&describer, it)).collect(),
        next: page.next,
    }))
}
