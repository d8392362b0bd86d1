//! The take-up that decision makers see: sums, never a person.

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};
use web::{Allowed, Frame, Json, Permission, Problem, Routes, Scope, Visitor, format, respond};

use crate::app::App;
use crate::areas::benefits::pages::{StatisticsPage, TakeUpRow, TakeUpTable};
use crate::areas::benefits::reach::actions::take_up;
use crate::areas::benefits::reach::model::{AgeGroup, Count, Sums, TakeUp, apart, protect, whole};
use crate::country::words;

pub(super) fn routes() -> Routes<App> {
    const VIEW: Permission = Permission::Action("statistics.view");
    Routes::new()
        .get("/statistics", VIEW, statistics)
        .get("/api/take-up", VIEW, api)
}

/// The OpenAPI description of these JSON routes.
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(api))]
struct Document;

/// What is asked.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Id of a benefit: adds it by district and by age.
    #[serde(default)]
    benefit: String,
    #[serde(default)]
    #[param(ignore)]
    format: String,
}

/// Take-up of one benefit, district or age group; a number that would show fewer than five people, or
/// from which one could be worked out, is absent.
#[derive(Serialize, ToSchema)]
struct TakeUpInfo {
    /// `benefit`, `district` or `age`.
    by: &'static str,
    /// Id of the benefit.
    benefit: String,
    /// The benefit's id, the district's code, or an age group: `0-5`, `6-17`, `18-34`, `35-64`, `65-79`,
    /// `80-plus`.
    code: String,
    name: String,
    /// To how many people or households it is owed by the rules.
    owed: Option<i64>,
    /// To how many of them it was offered.
    reached: Option<i64>,
    /// How many of them have it or applied for it.
    held: Option<i64>,
    /// `held` of `owed`.
    held_percent: Option<i64>,
}

/// A line as it may be shown.
struct Line {
    by: &'static str,
    benefit: String,
    code: String,
    name: String,
    sums: Sums<Count>,
}

impl From<&Line> for TakeUpInfo {
    fn from(it: &Line) -> Self {
        Self {
            by: it.by,
            benefit: it.benefit.clone(),
            code: it.code.clone(),
            name: it.name.clone(),
            owed: it.sums.owed.known(),
            reached: it.sums.reached.known(),
            held: it.sums.held.known(),
            held_percent: it.sums.percent(),
        }
    }
}

/// What the take-up within a scope says, protected.
struct Told {
    total: Sums<Count>,
    lines: Vec<Line>,
}

async fn load(app: &App, frame: &Frame, scope: Scope, benefit: &str) -> Result<Told, Problem> {
    if !benefit.is_empty() && app.country.book.benefit(benefit).is_none() {
        return Err(Problem::not_found());
    }
    let (today, chosen) = (app.core.clock().today(), benefit.to_owned());
    let found = app
        .core
        .look(move |tx| {
            let chosen = Some(chosen.as_str()).filter(|it| !it.is_empty());
            take_up(tx, &scope, chosen, today)
        })
        .await?;
    Ok(told(app, frame, &found, benefit))
}

fn told(app: &App, frame: &Frame, found: &TakeUp, chosen: &str) -> Told {
    let sums: Vec<Sums> = found.by_benefit.iter().map(|(_, sums)| *sums).collect();
    let total = whole(&sums);
    let benefits = found.by_benefit.iter().zip(apart(&sums));
    let mut lines: Vec<Line> = benefits
        .map(|((id, _), sums)| Line {
            by: "benefit",
            benefit: id.clone(),
            code: id.clone(),
            name: benefit_name(app, frame, id),
            sums,
        })
        .collect();
    let own = lines.iter().find(|it| it.code == chosen);
    let Some(total_of_it) = own.map(|it| it.sums) else {
        return Told { total, lines };
    };
    let mut add = |by, code: String, name, sums| {
        lines.push(Line {
            by,
            benefit: chosen.to_owned(),
            code,
            name,
            sums,
        });
    };
    let sums: Vec<Sums> = found.by_district.iter().map(|(_, sums)| *sums).collect();
    let shown = protect(&sums, total_of_it);
    for ((code, _), sums) in found.by_district.iter().zip(shown) {
        let name = app.country.agencies.name(code).get(frame.locale).to_owned();
        add("district", code.clone(), name, sums);
    }
    let sums: Vec<Sums> = found.by_age.iter().map(|(_, sums)| *sums).collect();
    let shown = protect(&sums, total_of_it);
    for ((group, _), sums) in found.by_age.iter().zip(shown) {
        add("age", group.to_string(), age_name(frame, *group), sums);
    }
    Told { total, lines }
}

pub(super) fn benefit_name(app: &App, frame: &Frame, id: &str) -> String {
    let benefit = app.country.book.benefit(id);
    benefit.map_or_else(|| id.to_owned(), |it| words::benefit_name(frame, it))
}

pub(super) fn age_name(frame: &Frame, group: AgeGroup) -> String {
    frame.t(&format!("benefits-age-{group}"))
}

/// Take-up by benefit and, for a chosen one, by district and age.
#[utoipa::path(get, path = "/api/take-up", tag = "benefits", params(Asked),
    responses((status = 200, description = "Take-up", body = [TakeUpInfo]),
              (status = 403, description = "Not a decision maker"),
              (status = 404, description = "No such benefit")))]
async fn api(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<TakeUpInfo>>, Problem> {
    let frame = Frame::of(&app.core, &visitor);
    let told = load(&app, &frame, allowed.0, &asked.benefit).await?;
    Ok(Json(told.lines.iter().map(TakeUpInfo::from).collect()))
}

/// The page, or `csv` or `json` for elsewhere.
async fn statistics(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let frame = Frame::of(&app.core, &visitor);
    let told = load(&app, &frame, allowed.0, &asked.benefit).await?;
    let infos = told.lines.iter().map(TakeUpInfo::from);
    match asked.format.as_str() {
        "json" => Ok(axum::Json(infos.collect::<Vec<_>>()).into_response()),
        "csv" => csv(infos, "take-up.csv"),
        "" => {
            let account = visitor.signed_in()?;
            let may_reach = app.core.authorizer().scope(account, "offer.look") != Scope::Nothing;
            Ok(respond(&page(&app, frame, &told, asked.benefit, may_reach)))
        }
        _ => Err(Problem::bad_request()),
    }
}

/// A table with a byte order mark, so that spreadsheets read the Korean.
pub(super) fn csv(
    lines: impl Iterator<Item = impl Serialize>,
    name: &'static str,
) -> Result<Response, Problem> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    for line in lines {
        writer.serialize(line).map_err(Problem::internal)?;
    }
    let body = writer.into_inner().map_err(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, body).into_response())
}

fn page(app: &App, frame: Frame, told: &Told, chosen: String, may_reach: bool) -> StatisticsPage {
    let tile = |count, key: &str| (count_text(&frame, count), frame.t(key));
    let every = frame.t("benefits-every-benefit");
    let mut choices = vec![(String::new(), every)];
    let benefits = told.lines.iter().filter(|it| it.by == "benefit");
    choices.extend(benefits.map(|it| (it.code.clone(), it.name.clone())));
    let benefit = app.country.book.benefit(&chosen);
    let summary = benefit.map_or("", |it| it.summary.get(frame.locale));
    let mut tables = Vec::new();
    if !chosen.is_empty() {
        tables.push(table(&frame, told, "district", "benefits-by-district"));
        tables.push(table(&frame, told, "age", "benefits-by-age"));
    }
    tables.push(table(&frame, told, "benefit", "benefits-by-benefit"));
    let export = |format: &str| match chosen.as_str() {
        "" => format!("/statistics?format={format}"),
        benefit => format!("/statistics?benefit={benefit}&format={format}"),
    };
    StatisticsPage {
        tiles: vec![
            tile(told.total.owed, "benefits-owed"),
            tile(told.total.reached, "benefits-reached"),
            tile(told.total.held, "benefits-held"),
        ],
        unreached_href: match (may_reach, chosen.as_str()) {
            (false, _) => String::new(),
            (true, "") => "/work/unreached".into(),
            (true, benefit) => format!("/work/unreached?benefit={benefit}"),
        },
        choices,
        summary: summary.to_owned(),
        tables,
        csv_href: export("csv"),
        json_href: export("json"),
        chosen,
        frame,
    }
}

fn table(frame: &Frame, told: &Told, by: &str, title: &str) -> TakeUpTable {
    let heads = [
        ("benefits-part", ""),
        ("benefits-owed", "num"),
        ("benefits-reached", "num"),
        ("benefits-held", "num"),
        ("benefits-held-share", ""),
    ];
    let rows = told.lines.iter().filter(|it| it.by == by);
    let rows = rows.map(|it| TakeUpRow {
        name: it.name.clone(),
        href: match by {
            "benefit" => format!("/statistics?benefit={}", it.code),
            _ => String::new(),
        },
        owed: count_text(frame, it.sums.owed),
        reached: count_text(frame, it.sums.reached),
        held: count_text(frame, it.sums.held),
        percent: it.sums.percent(),
        percent_text: match it.sums.percent() {
            Some(percent) => format!("{percent} %"),
            None => frame.t("benefits-hidden"),
        },
    });
    TakeUpTable {
        title: frame.t(title),
        heads: heads.map(|(key, class)| (frame.t(key), class)).to_vec(),
        rows: rows.collect(),
    }
}

fn count_text(frame: &Frame, count: Count) -> String {
    match count {
        Count::Known(count) => format::number(count),
        Count::Few => frame.t("benefits-few"),
        Count::Hidden => frame.t("benefits-hidden"),
    }
}
