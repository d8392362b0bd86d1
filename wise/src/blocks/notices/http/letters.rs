//! Letters that an office prints and posts.

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::DeliveryId;
use web::{Allowed, Fields, Frame, Once, Problem, Visitor, format, respond};

use crate::app::App;
use crate::blocks::notices::actions;
use crate::blocks::notices::letter::{self, Sheet};
use crate::blocks::notices::model::{Error, Letter};
use crate::blocks::notices::pages::{LetterLine, LettersPage, arguments};
use crate::blocks::people::Done;
use crate::blocks::people::pages::masked;
use crate::blocks::people::{self, Looker};

/// The purpose under which people are looked at here.
const PURPOSE: &str = "letter";

/// What waits to be printed.
pub async fn list(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let waiting = app
        .core
        .look(move |tx| actions::letters(tx, &allowed.0))
        .await?;
    let frame = done.flash(
        Frame::of(&app.core, &visitor),
        &[("posted", "notices-letters-posted")],
    );
    let line = |it: &Letter| {
        let agency = it.delivery.agency.as_deref().unwrap_or_default();
        LetterLine {
            id: it.delivery.id.to_string(),
            name: masked(&it.name),
            agency: app
                .country
                .agencies
                .name(agency)
                .get(frame.locale)
                .to_owned(),
            since: frame.date_time(&it.delivery.changed_at),
        }
    };
    Ok(respond(&LettersPage {
        lead: frame.t1("notices-letters-lead", "count", waiting.len()),
        rows: waiting.iter().map(line).collect(),
        frame,
    }))
}

/// All of them as one PDF; everybody whose address goes out is told of it.
pub async fn print(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
) -> Result<Response, Problem> {
    let account = visitor.signed_in()?.clone();
    let paper = app.channels.letter.clone();
    let paper = paper.ok_or_else(Problem::not_found)?;
    let letters = app
        .core
        .act(&visitor, move |cx| {
            let letters = actions::letters(cx.tx, &allowed.0)?;
            let persons: Vec<_> = letters.iter().map(|it| it.notice.person).collect();
            people::note_look(cx, &persons, &Looker::of(&account), PURPOSE)?;
            Ok::<_, Error>(letters)
        })
        .await?;
    if letters.is_empty() {
        return Err(Problem::not_found());
    }
    let sheets: Vec<Sheet> = letters.iter().map(|it| sheet(&app, it)).collect();
    let printed = app.engine(move || letter::print(&paper, &sheets)).await?;
    let head = [
        (header::CONTENT_TYPE, "application/pdf"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"letters.pdf\"",
        ),
    ];
    Ok((head, printed.map_err(Problem::internal)?).into_response())
}

/// A letter in its reader's words.
fn sheet(app: &App, it: &Letter) -> Sheet {
    let (texts, locale) = (app.core.texts(), it.delivery.locale);
    let args = arguments(&it.notice.arguments, locale);
    let say = |part: &str| texts.get(locale, &format!("{}-{part}", it.notice.message), &args);
    let agency = it.delivery.agency.as_deref().unwrap_or_default();
    let office = app.country.agencies.name(agency);
    let sender = [app.country.site.place.get(locale), office.get(locale)];
    let name = [("name", it.name.as_str().into())];
    let link = format!("{}/inbox/{}", app.core.base_url(), it.notice.id);
    Sheet {
        sender: sender.join(" "),
        to: vec![
            it.delivery.address.clone(),
            texts.get(locale, "notices-letter-to", &name),
        ],
        date: format::date(locale, app.core.clock().today()),
        title: say("title"),
        body: vec![
            say("body"),
            texts.get(locale, "notices-letter-link", &[("link", link.into())]),
            texts.get(locale, "notices-letter-help", &[]),
        ],
    }
}

/// The official took these to the post.
pub async fn posted(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let ids: Result<Vec<DeliveryId>, _> = fields.all("letter").map(str::parse).collect();
    let ids = ids.map_err(|_| Problem::bad_request())?;
    let address = app
        .core
        .once(&visitor, once, move |cx| {
            let count = actions::mark_posted(cx, &allowed.0, &ids)?;
            let done = if count == 0 { "" } else { "?done=posted" };
            Ok::<_, Error>(format!("/work/letters{done}"))
        })
        .await?;
    Ok(Redirect::to(&address).into_response())
}
