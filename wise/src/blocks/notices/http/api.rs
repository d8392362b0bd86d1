//! A resident's notices for programs.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::{IntoParams, OpenApi, ToSchema};
use web::{Allowed, Frame, PageQuery, Permission, Problem, Routes, Visitor};

use super::own::{cursor, position};
use crate::app::App;
use crate::blocks::notices::actions::inbox;
use crate::blocks::notices::model::Notice;
use crate::blocks::notices::pages::{body, title};
use crate::blocks::people::own_person;

pub(super) fn routes() -> Routes<App> {
    Routes::new().get("/api/notices", Permission::Action("notice.own"), notices)
}

/// The OpenAPI description of this block's JSON routes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(notices))]
struct Document;

/// A notice of the caller's, in the caller's language.
#[derive(Serialize, ToSchema)]
struct NoticeInfo {
    id: String,
    title: String,
    body: String,
    /// The page to go to, from the root of this server.
    link: String,
    /// ISO 8601, UTC.
    made_at: String,
    /// ISO 8601, UTC; absent until it is opened.
    read_at: Option<String>,
}

/// A page of notices, latest first.
#[derive(Serialize, ToSchema)]
struct NoticeList {
    items: Vec<NoticeInfo>,
    /// `after` of the next page; absent on the last.
    next: Option<String>,
}

/// Where the page begins and how long it is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `PageQuery` reads")]
struct PageParams {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 100; 25 unless told.
    limit: Option<u32>,
}

fn info(frame: &Frame, notice: &Notice) -> NoticeInfo {
    NoticeInfo {
        id: notice.id.to_string(),
        title: title(frame, notice),
        body: body(frame, notice),
        link: notice.link.clone(),
        made_at: notice.made_at.to_string(),
        read_at: notice.read_at.map(|it| it.to_string()),
    }
}

/// The caller's notices.
#[utoipa::path(get, path = "/api/notices", tag = "notices", params(PageParams),
    responses((status = 200, description = "A page of notices", body = NoticeList)))]
async fn notices(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    query: PageQuery,
) -> Result<Json<NoticeList>, Problem> {
    let person = own_person(&allowed)?;
    let before = query.after.as_ref().map(position).transpose()?;
    let fetch = query.fetch();
    let all = app
        .core
        .look(move |tx| inbox(tx, person, before.clone(), fetch))
        .await?;
    let page = query.page(all, cursor);
    let frame = Frame::of(&app.core, &visitor);
    Ok(Json(NoticeList {
        items: page.items.iter().map(|it| info(&frame, it)).collect(),
        next: page.next,
    }))
}
