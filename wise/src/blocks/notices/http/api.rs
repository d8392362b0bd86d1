//! A resident's notices for programs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};
use web::{Allowed, Frame, PageQuery, Permission, Problem, Routes, Visitor};

use super::contact::{clock, minute};
use super::own::{cursor, position};
use crate::app::App;
use crate::blocks::notices::actions::{self, inbox};
use crate::blocks::notices::choice::{Preferences, QuietHours};
use crate::blocks::notices::model::{Channel, Contact, Error, Notice};
use crate::blocks::notices::pages::{body, title};
use crate::blocks::people::own_person;

pub(super) fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("notice.own");
    Routes::new()
        .get("/api/notices", OWN, notices)
        .get("/api/notices/preferences", OWN, preferences)
        .put("/api/notices/preferences", OWN, set_preferences)
}

/// The OpenAPI description of this block's JSON routes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(notices, preferences, set_preferences))]
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

/// How the caller is reached.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
struct ReachInfo {
    email: Option<String>,
    /// A Korean mobile number, or `+` and digits.
    phone: Option<String>,
    /// `ko` or `en`.
    language: String,
    /// `push`, `email`, `sms`, `letter` in the order wanted; one that is missing is refused.
    channels: Vec<String>,
    /// Korean time, `21:00`.
    quiet_from: String,
    /// The same as `quiet_from`: never quiet.
    quiet_until: String,
    /// Notifications and text messages say what they are about.
    details: bool,
}

/// How the caller is reached.
#[utoipa::path(get, path = "/api/notices/preferences", tag = "notices",
    responses((status = 200, description = "Addresses and preferences", body = ReachInfo)))]
async fn preferences(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
) -> Result<Json<ReachInfo>, Problem> {
    let person = own_person(&allowed)?;
    let locale = visitor.locale;
    let info = app.core.look(move |tx| {
        let contact = actions::contact(tx, person)?.unwrap_or(Contact {
            email: None,
            phone: None,
            locale,
        });
        let wanted = actions::preferences(tx, person)?;
        Ok::<_, Error>(ReachInfo {
            email: contact.email,
            phone: contact.phone,
            language: contact.locale.tag().to_owned(),
            channels: wanted.order.iter().map(ToString::to_string).collect(),
            quiet_from: clock(wanted.quiet.from_min),
            quiet_until: clock(wanted.quiet.until_min),
            details: wanted.details,
        })
    });
    Ok(Json(info.await?))
}

/// Says how the caller is to be reached. Saying the same twice is saying it once.
#[utoipa::path(put, path = "/api/notices/preferences", tag = "notices", request_body = ReachInfo,
    responses(
        (status = 204, description = "Kept"),
        (status = 422, description = "A field is wrong; nothing was changed"),
    ))]
async fn set_preferences(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    web::Json(info): web::Json<ReachInfo>,
) -> Result<StatusCode, Problem> {
    let person = own_person(&allowed)?;
    let wrong = |field: &str, why: &str| Problem::unprocessable().error(field, why);
    let channels: Result<Vec<Channel>, _> = info.channels.iter().map(|it| it.parse()).collect();
    let read = |field: &str, text: &str| {
        minute(text).ok_or_else(|| wrong(field, "a time such as 21:00 is wanted"))
    };
    let wanted = Preferences {
        order: channels.map_err(|why| wrong("channels", &why))?,
        quiet: QuietHours {
            from_min: read("quiet_from", &info.quiet_from)?,
            until_min: read("quiet_until", &info.quiet_until)?,
        },
        details: info.details,
    };
    let language = info.language.parse();
    let contact = Contact {
        email: info.email,
        phone: info.phone,
        locale: language.map_err(|_| wrong("language", "ko or en is wanted"))?,
    };
    let saved = app.core.act(&visitor, move |cx| {
        actions::set_contact(cx, person, &contact)?;
        actions::set_preferences(cx, person, &wanted)
    });
    saved.await?;
    Ok(StatusCode::NO_CONTENT)
}
