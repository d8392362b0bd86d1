//! One's settings: how pages look and read.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};

use crate::accounts;
use crate::core::Core;
use crate::forms::Fields;
use crate::login::local_or_home;
use crate::page::{self, Frame};
use crate::problem::Problem;
use crate::visitor::{self, Visitor};

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
}

/// `GET /settings`
pub(crate) async fn show(State(core): State<Core>, visitor: Visitor) -> Response {
    let mut frame = Frame::of(&core, &visitor);
    frame.here = "/settings".into();
    page::respond(&SettingsPage { frame })
}

/// `POST /settings`: any of the settings, and `back`. Kept in this browser, and in the account of
/// whoever is signed in.
pub(crate) async fn change(
    State(core): State<Core>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Problem> {
    let mut settings = visitor.settings;
    let known = core.texts().languages().any(|it| it == fields.text("lang"));
    for (name, value) in fields.entered() {
        let is_setting = name != "back" && (name != "lang" || known);
        if is_setting && !settings.set(name, value) {
            return Err(Problem::unprocessable());
        }
    }
    if let Some(account) = &visitor.account {
        let id = account.id;
        let kept = core.act(&visitor, move |cx| {
            accounts::set_settings(cx.tx, id, &settings)
        });
        kept.await
            .map_err(|error: db::Error| Problem::from(error))?;
    }
    let cookie = visitor::settings_cookie(&core, &settings);
    let back = Redirect::to(local_or_home(fields.text("back")));
    Ok(([(header::SET_COOKIE, cookie)], back).into_response())
}
