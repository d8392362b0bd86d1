//! People whom no channel reached: an official calls or visits.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::NoticeId;
use web::{Allowed, Fields, Frame, Once, Problem, Visitor, respond};

use super::own::moment;
use crate::app::App;
use crate::blocks::notices::actions::{self, deliveries, unreached_one};
use crate::blocks::notices::model::{Error, Unreached, UnreachedState, Urgency};
use crate::blocks::notices::pages::{UnreachedLine, UnreachedPage, UnreachedPersonPage, title};
use crate::blocks::people::pages::masked;
use crate::blocks::people::{self, Done, Looker};

/// The purpose under which people are looked at here.
const PURPOSE: &str = "unreached";

fn urgency(frame: &Frame, it: &Unreached) -> (String, &'static str) {
    let tone = match it.urgency {
        Urgency::Urgent => "bad",
        Urgency::Soon => "warn",
        Urgency::Routine => "plain",
    };
    (frame.t(&format!("notices-urgency-{}", it.urgency)), tone)
}

/// Who waits. Names are masked: whoever is opened is told of it.
pub async fn list(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let waiting = app
        .core
        .look(move |tx| {
            let all = actions::unreached(tx, &allowed.0)?;
            let named = all.into_iter().map(|it| {
                let name = people::person(tx, it.person)?.name;
                Ok::<_, Error>((it, name))
            });
            named.collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let frame = done.flash(
        Frame::of(&app.core, &visitor),
        &[
            ("called", "notices-unreached-called"),
            ("visited", "notices-unreached-visited"),
        ],
    );
    let line = |(it, name): &(Unreached, String)| {
        let (label, tone) = urgency(&frame, it);
        let agency = it.agency.as_deref().unwrap_or_default();
        UnreachedLine {
            href: format!("/work/calls/{}", it.notice),
            name: masked(name),
            agency: app
                .country
                .agencies
                .name(agency)
                .get(frame.locale)
                .to_owned(),
            since: frame.date_time(&it.since),
            urgency: label,
            tone,
        }
    };
    Ok(respond(&UnreachedPage {
        lead: frame.t1("notices-unreached-lead", "count", waiting.len()),
        rows: waiting.iter().map(line).collect(),
        letters: app.channels.letter.is_some(),
        frame,
    }))
}

/// One of them, with what was tried; written down before the page goes out.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: NoticeId = id.parse().map_err(|_| Problem::not_found())?;
    let account = visitor.signed_in()?.clone();
    let (person, notice, tried, contact, address, it) = app
        .core
        .act(&visitor, move |cx| {
            let it = unreached_one(cx.tx, &allowed.0, id)?;
            people::note_look(cx, &[it.person], &Looker::of(&account), PURPOSE)?;
            let household = people::household_of(cx.tx, it.person, cx.today(), cx.now)?;
            let address = match household {
                Some((household, _)) => people::view(cx.tx, household, cx.today(), cx.now)?.address,
                None => None,
            };
            Ok::<_, Error>((
                people::person(cx.tx, it.person)?,
                actions::notice(cx.tx, it.person, id)?,
                deliveries(cx.tx, it.person, id)?,
                actions::contact(cx.tx, it.person)?,
                address,
                it,
            ))
        })
        .await?;
    let frame = Frame::of(&app.core, &visitor);
    let (label, tone) = urgency(&frame, &it);
    Ok(respond(&UnreachedPersonPage {
        action: format!("/work/calls/{id}"),
        name: person.name,
        about: title(&frame, &notice),
        made: frame.date_time(&notice.made_at),
        urgency: label,
        tone,
        phone: contact.and_then(|it| it.phone).unwrap_or_default(),
        address: address.map(|it| it.line).unwrap_or_default(),
        tried: tried.iter().map(|it| moment(&frame, it)).collect(),
        waits: it.state == UnreachedState::Waiting,
        frame,
    }))
}

/// Called, or visited.
pub async fn settle(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(id): Path<String>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let id: NoticeId = id.parse().map_err(|_| Problem::not_found())?;
    let how = match fields.text("how") {
        "called" => UnreachedState::Called,
        "visited" => UnreachedState::Visited,
        _ => return Err(Problem::bad_request()),
    };
    let address = app
        .core
        .once(&visitor, once, move |cx| {
            actions::settle_unreached(cx, &allowed.0, id, how)?;
            Ok::<_, Error>(format!("/work/calls?done={how}"))
        })
        .await?;
    Ok(Redirect::to(&address).into_response())
}
