//! A resident's inbox.

use axum::extract::{Path, State};
use axum::response::Response;
use base::ids::NoticeId;
use jiff::Timestamp;
use web::export::instant;
use web::{Allowed, Cursor, Export, Format, Frame, PageQuery, Problem, Visitor, respond};

use crate::app::App;
use crate::blocks::notices::actions::{self, deliveries, mark_read, unread};
use crate::blocks::notices::model::{Delivery, DeliveryState, Error, Notice};
use crate::blocks::notices::pages::{InboxPage, NoticeLine, NoticePage, body, sign, title};
use crate::blocks::people::own_person;
use crate::blocks::people::pages::Moment;

/// As many notices as one file holds.
const MOST_EXPORTED: i64 = 10_000;

/// The (instant, id) that a cursor stands for.
pub(super) fn position(cursor: &Cursor) -> Result<(Timestamp, String), Problem> {
    let micros = cursor.key.parse().map_err(|_| Problem::bad_request())?;
    let at = Timestamp::from_microsecond(micros).map_err(|_| Problem::bad_request())?;
    Ok((at, cursor.id.clone()))
}

/// Where the page after this notice begins.
pub(super) fn cursor(notice: &Notice) -> Cursor {
    Cursor {
        key: notice.made_at.as_microsecond().to_string(),
        id: notice.id.to_string(),
    }
}

/// The inbox, latest first.
pub async fn inbox(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    query: PageQuery,
    format: Format,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    if format != Format::Page {
        let all = app
            .core
            .look(move |tx| actions::inbox(tx, person, None, MOST_EXPORTED))
            .await?;
        let frame = Frame::of(&app.core, &visitor);
        return export(&frame, &all).respond(format);
    }
    let before = query.after.as_ref().map(position).transpose()?;
    let (first, fetch) = (before.is_none(), query.fetch());
    let (notices, unread) = app
        .core
        .look(move |tx| {
            let notices = actions::inbox(tx, person, before.clone(), fetch)?;
            Ok::<_, Error>((notices, unread(tx, person)?))
        })
        .await?;
    let page = query.page(notices, cursor);
    let frame = Frame::of(&app.core, &visitor);
    let lines = page.items.iter().map(|it| NoticeLine {
        href: format!("/inbox/{}", it.id),
        title: title(&frame, it),
        body: body(&frame, it),
        when: frame.date_time(&it.made_at),
        date: it.made_at.to_string(),
        unread: match it.read_at {
            None => frame.t("notices-unread"),
            Some(_) => String::new(),
        },
        sign: sign(it),
    });
    Ok(respond(&InboxPage {
        lead: frame.t1("notices-inbox-lead", "unread", unread),
        notices: lines.collect(),
        count: frame.t1("notices-shown", "count", page.items.len()),
        first_href: if first {
            String::new()
        } else {
            "/inbox".into()
        },
        next_href: page
            .next
            .map(|it| format!("/inbox?after={it}"))
            .unwrap_or_default(),
        frame,
    }))
}

/// The list to take along; unlike opening a notice, that marks none as read.
fn export(frame: &Frame, notices: &[Notice]) -> Export {
    let columns = [
        ("made_at", "notices-column-made"),
        ("title", "notices-column-title"),
        ("body", "notices-column-body"),
        ("read_at", "notices-column-read"),
    ];
    let columns = columns.map(|(key, title)| (key, frame.t(title)));
    let mut table = Export::new("notices", columns.into());
    for notice in notices {
        table.push([
            instant(notice.made_at),
            title(frame, notice).into(),
            body(frame, notice).into(),
            notice.read_at.map(instant).into(),
        ]);
    }
    table
}

/// One notice; opening it marks it as read.
pub async fn open(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    let id: NoticeId = id.parse().map_err(|_| Problem::not_found())?;
    let (notice, sent) = app
        .core
        .act(&visitor, move |cx| {
            let notice = mark_read(cx, person, id)?;
            Ok::<_, Error>((notice, deliveries(cx.tx, person, id)?))
        })
        .await?;
    let frame = Frame::of(&app.core, &visitor);
    let phones = frame
        .phones
        .iter()
        .map(|it| (it.href.clone(), it.label.clone()));
    Ok(respond(&NoticePage {
        title: title(&frame, &notice),
        body: body(&frame, &notice),
        made: frame.date_time(&notice.made_at),
        link: notice.link.clone(),
        sent: sent.iter().map(|it| moment(&frame, it)).collect(),
        phones: phones.collect(),
        frame,
    }))
}

pub(super) fn moment(frame: &Frame, delivery: &Delivery) -> Moment {
    Moment {
        when: frame.date_time(&delivery.changed_at),
        date: delivery.changed_at.to_string(),
        title: frame.t1(
            &format!("notices-by-{}", delivery.channel),
            "address",
            delivery.address.as_str(),
        ),
        note: frame.t(&format!("notices-delivery-{}", delivery.state)),
        state: match delivery.state {
            DeliveryState::Sent | DeliveryState::Dropped => "done",
            DeliveryState::Failed => "bad",
            _ => "now",
        },
    }
}
