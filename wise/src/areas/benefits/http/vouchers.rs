//! What was granted and is used bit by bit: for its holder, the office that granted it and whoever pays it.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::VoucherId;
use base::{Locale, Won};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use web::{
    Account, Allowed, Core, Fields, Frame, Permission, Problem, Resource, Routes, Visitor, format,
    respond, respond_again,
};

use super::own_person;
use super::show::phones;
use crate::app::App;
use crate::areas::benefits::pages::vouchers::{VoucherDeskPage, VoucherPage};
use crate::areas::benefits::pages::{Moment, PlaceLine};
use crate::areas::benefits::vouchers::{
    Error, NewUse, Recorded, Use, Voucher, actions, ending, short_won,
};
use crate::blocks::people::{self, Looker};
use crate::country::words;

pub(super) fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("offer.own");
    const USE: Permission = Permission::Action("voucher.use");
    const RECORD: Permission = Permission::Action("voucher.record");
    Routes::new()
        .get("/vouchers/{voucher}", OWN, show)
        .get("/work/vouchers/{voucher}", RECORD, desk)
        .post("/work/vouchers/{voucher}", RECORD, record)
        .get("/api/vouchers", OWN, own)
        .get("/api/benefits/vouchers", USE, list)
        .get("/api/benefits/vouchers/{voucher}", USE, one)
        .post("/api/benefits/vouchers/{voucher}/uses", USE, use_it)
}

#[derive(OpenApi)]
#[openapi(paths(own, list, one, use_it))]
pub(super) struct Document;

/// What was granted and what is left of it.
#[derive(Serialize, ToSchema)]
struct VoucherInfo {
    id: String,
    benefit: String,
    total_krw: i64,
    used_krw: i64,
    left_krw: i64,
    /// How many uses there are.
    uses: i64,
    opened_on: String,
    /// The last day to use it, ISO 8601; what is left then is lost.
    use_by: Option<String>,
    /// In how many parts it is paid, where it is.
    parts: Option<i64>,
    /// When the next part is due, ISO 8601.
    next_part_on: Option<String>,
}

impl From<&Voucher> for VoucherInfo {
    fn from(it: &Voucher) -> Self {
        Self {
            id: it.id.to_string(),
            benefit: it.benefit.clone(),
            total_krw: it.total,
            used_krw: it.used,
            left_krw: it.left(),
            uses: it.uses,
            opened_on: it.opened_on.to_string(),
            use_by: it.use_by.map(|day| day.to_string()),
            parts: it.instalments.map(|parts| parts.count),
            next_part_on: it.next_part_on().map(|day| day.to_string()),
        }
    }
}

/// A use, or one of the parts that were paid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UseRequest {
    /// Won, more than 0.
    amount_krw: i64,
    /// ISO 8601; a use within the last day counts whenever it is reported.
    #[schema(example = "2026-12-01")]
    used_on: String,
    /// Names the use where it was made: an approval number. It is recorded once.
    reference: String,
    /// Where it was used, for its holder to recognise.
    #[serde(default)]
    place: String,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
struct UseAnswer {
    /// 1 is the first use.
    number: i64,
    amount_krw: i64,
    voucher: VoucherInfo,
}

/// The caller's own vouchers, what ends first above.
#[utoipa::path(get, path = "/api/vouchers", tag = "vouchers",
    responses((status = 200, description = "The caller's vouchers", body = [VoucherInfo]),
              (status = 401, description = "Not signed in"),
              (status = 403, description = "Not a resident")))]
async fn own(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<axum::Json<Vec<VoucherInfo>>, Problem> {
    let person = own_person(&visitor)?;
    let read = app.core.look(move |tx| actions::of_holder(tx, person));
    let held = read.await.map_err(plain)?;
    Ok(axum::Json(held.iter().map(VoucherInfo::from).collect()))
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: String,
}

/// At most this many in one answer.
const PAGE: i64 = 200;

/// What the caller's agency pays, by id; at most 200.
#[utoipa::path(get, path = "/api/benefits/vouchers", tag = "vouchers",
    params(("after" = Option<String>, Query, description = "Go on after the voucher of this id")),
    responses((status = 200, description = "A page of vouchers", body = [VoucherInfo]),
              (status = 401, description = "No bearer token"),
              (status = 403, description = "The account is not one of an agency")))]
async fn list(
    State(app): State<App>,
    Allowed(scope): Allowed,
    Query(page): Query<After>,
) -> Result<axum::Json<Vec<VoucherInfo>>, Problem> {
    let read = app
        .core
        .look(move |tx| actions::list(tx, &scope, &page.after, PAGE));
    let found = read.await.map_err(plain)?;
    Ok(axum::Json(found.iter().map(VoucherInfo::from).collect()))
}

/// One voucher that the caller's agency pays.
#[utoipa::path(get, path = "/api/benefits/vouchers/{voucher}", tag = "vouchers",
    params(("voucher" = String, Path, description = "Its id")),
    responses((status = 200, description = "What is left of it", body = VoucherInfo),
              (status = 404, description = "No such voucher of this agency")))]
async fn one(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<axum::Json<VoucherInfo>, Problem> {
    let voucher = paid(&app, visitor.signed_in()?, &id).await?;
    Ok(axum::Json((&voucher).into()))
}

/// Records a use; needs the header `Idempotency-Key`. The same key is recorded once and answered again.
#[utoipa::path(post, path = "/api/benefits/vouchers/{voucher}/uses", tag = "vouchers",
    request_body = UseRequest,
    params(("voucher" = String, Path, description = "Its id"),
           ("Idempotency-Key" = String, Header, description = "8 to 200 characters; sending it twice is once")),
    responses((status = 201, description = "Recorded", body = UseAnswer),
              (status = 200, description = "Recorded before under this key", body = UseAnswer),
              (status = 404, description = "No such voucher of this agency"),
              (status = 409, description = "More than is left, past its last day, closed, or recorded before under another key; nothing was taken"),
              (status = 422, description = "A field is wrong: see `errors`")))]
async fn use_it(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    web::Json(request): web::Json<UseRequest>,
) -> Result<Response, Problem> {
    let account = visitor.signed_in()?;
    let voucher = paid(&app, account, &id).await?.id;
    let text = |key: &str| app.core.texts().get(visitor.locale, key, &[]);
    let key = headers
        .get("idempotency-key")
        .and_then(|it| it.to_str().ok());
    let key = key
        .filter(|it| (8..=200).contains(&it.len()))
        .ok_or_else(|| {
            Problem::bad_request().error("Idempotency-Key", text("benefits-use-no-key"))
        })?;
    let used_on = rules::dates::parse(&request.used_on)
        .ok_or_else(|| Problem::unprocessable().error("used_on", text("benefits-api-want-date")))?;
    let new = NewUse {
        once_key: key.to_owned(),
        reference: request.reference.trim().to_owned(),
        amount: request.amount_krw,
        used_on,
        place: request.place.trim().to_owned(),
        recorded_by: account.name.clone(),
    };
    let done = app
        .core
        .act(&visitor, move |cx| actions::use_it(cx, voucher, &new))
        .await;
    let Recorded {
        used,
        voucher,
        again,
    } = done.map_err(|error| problem(&app.core, &visitor, error))?;
    let status = if again {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let body = UseAnswer {
        number: used.number,
        amount_krw: used.amount,
        voucher: (&voucher).into(),
    };
    Ok((status, axum::Json(body)).into_response())
}

/// A voucher that this account's agency pays; others do not exist for it.
async fn paid(app: &App, account: &Account, id: &str) -> Result<Voucher, Problem> {
    let voucher = find(app, id).await?;
    let resource = resource(&voucher, &voucher.payer);
    let allowed = app
        .core
        .authorizer()
        .allows(account, "voucher.use", &resource);
    allowed.then_some(voucher).ok_or_else(Problem::not_found)
}

async fn find(app: &App, id: &str) -> Result<Voucher, Problem> {
    let id: VoucherId = id.parse().map_err(|_| Problem::not_found())?;
    let read = app.core.look(move |tx| actions::voucher(tx, id));
    read.await.map_err(plain)
}

fn resource(voucher: &Voucher, agency: &str) -> Resource {
    Resource {
        kind: "voucher".into(),
        id: voucher.id.to_string(),
        agency: Some(agency.to_owned()),
        person: Some(voucher.holder.to_string()),
    }
}

/// A problem of reading.
fn plain(error: Error) -> Problem {
    match error {
        Error::NotFound => Problem::not_found(),
        Error::Db(error) => error.into(),
        other => Problem::internal(other),
    }
}

/// What is in the way of a use; nothing was taken.
fn problem(core: &Core, visitor: &Visitor, error: Error) -> Problem {
    let conflict = |key| Problem::new(StatusCode::CONFLICT, key);
    match error {
        Error::Over { left } => {
            conflict("benefits-voucher-over").arg("left", short_won(visitor.locale, left))
        }
        Error::Expired { use_by } => {
            conflict("benefits-voucher-expired").arg("day", format::date(visitor.locale, use_by))
        }
        Error::Twice { number } => conflict("benefits-voucher-twice").arg("number", number),
        Error::KeyTaken { number } => conflict("benefits-voucher-key").arg("number", number),
        Error::Closed => conflict("benefits-voucher-closed"),
        Error::Invalid { field, key } => {
            Problem::unprocessable().error(field, core.texts().get(visitor.locale, key, &[]))
        }
        other => plain(other),
    }
}

/// The same in one sentence, for a form.
fn sentence(frame: &Frame, error: &Error) -> Option<(&'static str, String)> {
    Some(match error {
        Error::Over { left } => (
            "amount_krw",
            frame.t1("benefits-voucher-over", "left", brief(frame, *left)),
        ),
        Error::Expired { use_by } => (
            "used_on",
            frame.t1("benefits-voucher-expired", "day", frame.date(use_by)),
        ),
        Error::Twice { number } => (
            "reference",
            frame.t1("benefits-voucher-twice", "number", *number),
        ),
        Error::KeyTaken { number } => (
            "reference",
            frame.t1("benefits-voucher-key", "number", *number),
        ),
        Error::Closed => ("amount_krw", frame.t("benefits-voucher-closed")),
        Error::Invalid { field, key } => (field, frame.t(key)),
        _ => return None,
    })
}

/// `8만원`; in other languages as the frame says money.
fn brief(frame: &Frame, won: i64) -> String {
    if frame.locale == Locale::KO {
        short_won(frame.locale, won)
    } else {
        frame.won(&Won(won))
    }
}

/// “8만원이 3월 31일에 사라집니다”, or how the rest is paid.
fn headline(frame: &Frame, it: &Voucher, today: Date) -> String {
    let left = brief(frame, it.left());
    match (ending(it, today), it.next_part_on()) {
        (Some((_, day)), _) => {
            let near = it.days_left(today).is_some_and(|days| days < 365);
            let day = if near {
                frame.day(&day)
            } else {
                frame.date(&day)
            };
            frame.say(
                "benefits-voucher-line",
                &[("amount", left.into()), ("day", day.into())],
            )
        }
        (None, Some(day)) if it.left() > 0 => frame.say(
            "benefits-voucher-part",
            &[("amount", left.into()), ("day", frame.date(&day).into())],
        ),
        _ if it.left() > 0 && it.use_by.is_some() => {
            frame.t1("benefits-voucher-lost", "amount", left)
        }
        _ if it.left() > 0 => frame.t1("benefits-voucher-rest", "amount", left),
        _ => frame.t("benefits-voucher-done"),
    }
}

fn name(app: &App, frame: &Frame, voucher: &Voucher) -> String {
    let benefit = app.country.book.benefit(&voucher.benefit);
    benefit.map_or_else(
        || voucher.benefit.clone(),
        |it| words::benefit_name(frame, it),
    )
}

/// What is not used up, as the first page shows it.
pub(super) fn lines(app: &App, frame: &Frame, vouchers: &[Voucher], today: Date) -> Vec<PlaceLine> {
    let open = vouchers.iter().filter(|it| it.is_open(today));
    let lines = open.map(|it| {
        let days = ending(it, today).and_then(|_| it.days_left(today));
        let (tag, tone) = match days {
            Some(days) => (
                frame.t1("benefits-voucher-days", "days", days),
                if days <= 30 { "warn" } else { "plain" },
            ),
            None => (String::new(), ""),
        };
        PlaceLine {
            href: format!("/vouchers/{}", it.id),
            name: headline(frame, it, today),
            detail: name(app, frame, it),
            tag,
            tone,
            side: String::new(),
        }
    });
    lines.collect()
}

fn moments(frame: &Frame, uses: &[Use]) -> Vec<Moment> {
    let lines = uses.iter().map(|it| Moment {
        when: frame.date(&it.used_on),
        date: it.used_on.to_string(),
        title: brief(frame, it.amount),
        note: [
            it.place.as_str(),
            it.recorded_by.as_str(),
            it.reference.as_str(),
        ]
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join(" · "),
        state: "done",
    });
    lines.collect()
}

fn figures(frame: &Frame, it: &Voucher) -> Vec<(String, String)> {
    vec![
        (frame.t("benefits-voucher-left"), brief(frame, it.left())),
        (frame.t("benefits-voucher-total"), brief(frame, it.total)),
    ]
}

/// What is left for its holder, and where the rest went.
async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let person = own_person(&visitor)?;
    let voucher = find(&app, &id).await?;
    if voucher.holder != person {
        return Err(Problem::not_found());
    }
    let number = voucher.id;
    let uses = app.core.look(move |tx| actions::uses_of(tx, number));
    let uses = uses.await.map_err(plain)?;
    let frame = Frame::of(&app.core, &visitor);
    Ok(respond(&VoucherPage {
        title: name(&app, &frame, &voucher),
        lead: headline(&frame, &voucher, app.core.clock().today()),
        figures: figures(&frame, &voucher),
        uses: moments(&frame, &uses),
        case_href: format!("/cases/{}", voucher.case),
        phones: phones(&frame),
        frame,
    }))
}

/// A voucher that an official's office granted, with its uses; the look is written down. Those of other
/// offices do not exist for them.
async fn open(app: &App, visitor: &Visitor, id: &str) -> Result<(Voucher, Vec<Use>), Problem> {
    let account = visitor.signed_in()?.clone();
    let voucher = find(app, id).await?;
    let resource = resource(&voucher, &voucher.office);
    if !app
        .core
        .authorizer()
        .allows(&account, "voucher.record", &resource)
    {
        return Err(Problem::not_found());
    }
    let benefit = app.country.book.benefit(&voucher.benefit);
    let purpose = benefit.map_or(voucher.benefit.clone(), |it| it.name.ko.clone());
    let read = app.core.act(visitor, move |cx| {
        let purpose = format!("{purpose} 사용 기록");
        people::note_look(cx, &[voucher.holder], &Looker::of(&account), &purpose)?;
        let uses = actions::uses_of(cx.tx, voucher.id)?;
        Ok::<_, Error>((voucher.clone(), uses))
    });
    read.await.map_err(plain)
}

async fn desk(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (voucher, uses) = open(&app, &visitor, &id).await?;
    let frame = Frame::of(&app.core, &visitor);
    let page = desk_page(&app, frame, &voucher, &uses, &Fields::default(), None);
    Ok(respond(&page))
}

fn desk_page(
    app: &App,
    frame: Frame,
    voucher: &Voucher,
    uses: &[Use],
    typed: &Fields,
    wrong: Option<(&'static str, String)>,
) -> VoucherDeskPage {
    let today = app.core.clock().today();
    let at = |field: &str| match &wrong {
        Some((name, message)) if *name == field => message.clone(),
        _ => String::new(),
    };
    let used_on = match typed.text("used_on") {
        "" => today.to_string(),
        typed => typed.to_owned(),
    };
    VoucherDeskPage {
        title: name(app, &frame, voucher),
        lead: headline(&frame, voucher, today),
        back_href: format!("/work/benefits/{}", voucher.case),
        figures: figures(&frame, voucher),
        uses: moments(&frame, uses),
        open: voucher.closed_at.is_none() && voucher.left() > 0,
        action: format!("/work/vouchers/{}", voucher.id),
        amount: (typed.text("amount_krw").to_owned(), at("amount_krw")),
        used_on: (used_on, at("used_on")),
        reference: (typed.text("reference").to_owned(), at("reference")),
        place: (typed.text("place").to_owned(), at("place")),
        errors: wrong
            .iter()
            .map(|(field, text)| ((*field).to_owned(), text.clone()))
            .collect(),
        frame,
    }
}

/// An official records a use or a part that was paid.
async fn record(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (voucher, uses) = open(&app, &visitor, &id).await?;
    let typed = fields.text("amount_krw").trim_end_matches('원');
    let digits: String = typed
        .chars()
        .filter(|it| !matches!(it, ',' | ' '))
        .collect();
    let used_on = rules::dates::parse(fields.text("used_on"));
    let new = used_on.map(|used_on| NewUse {
        once_key: fields.text("token").to_owned(),
        reference: fields.text("reference").to_owned(),
        // What is no number is no amount either, and is told so.
        amount: digits.parse().unwrap_or(0),
        used_on,
        place: fields.text("place").to_owned(),
        recorded_by: visitor
            .account
            .as_ref()
            .map_or(String::new(), |it| it.name.clone()),
    });
    let Some(new) = new else {
        let frame = Frame::of(&app.core, &visitor);
        let wrong = Some(("used_on", frame.t("benefits-value-date")));
        let page = desk_page(&app, frame, &voucher, &uses, &fields, wrong);
        return Ok(respond_again(&page));
    };
    if new.once_key.is_empty() {
        return Err(Problem::bad_request());
    }
    let number = voucher.id;
    let done = app
        .core
        .act(&visitor, move |cx| actions::use_it(cx, number, &new))
        .await;
    let error = match done {
        Ok(_) => return Ok(Redirect::to(&format!("/work/vouchers/{number}")).into_response()),
        Err(error) => error,
    };
    let frame = Frame::of(&app.core, &visitor);
    let Some(wrong) = sentence(&frame, &error) else {
        return Err(plain(error));
    };
    let page = desk_page(&app, frame, &voucher, &uses, &fields, Some(wrong));
    Ok(respond_again(&page))
}
