//! Officials see whom nothing reached, propose to them and apply on their behalf.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::Won;
use base::ids::{HouseholdId, OfferId, PersonId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};
use web::{
    Allowed, Cursor, Fields, Frame, Json, Once, Page, PageQuery, Permission, Problem, Routes,
    Scope, Visitor, respond, respond_again,
};

use super::show::{about, desk};
use super::take_up::{age_name, benefit_name, csv};
use crate::app::App;
use crate::areas::benefits::model::{Error, Offer};
use crate::areas::benefits::pages::{Moment, ReachPage, Teller, UnreachedLine, UnreachedPage};
use crate::areas::benefits::reach::actions::{self as reaching, Line, Official};
use crate::areas::benefits::reach::model::{
    AgeGroup, Draft, Place, Unreached, Wanted, may_remind, soon, work_out,
};
use crate::blocks::people::pages::masked;
use crate::blocks::people::{Done, Looker};

pub(super) fn routes() -> Routes<App> {
    const LOOK: Permission = Permission::Action("offer.look");
    Routes::new()
        .get("/work/unreached", LOOK, list)
        .get("/api/unreached", LOOK, api)
        .get("/work/unreached/{household}/{benefit}/{whom}", LOOK, show)
        .post(
            "/work/unreached/{household}/{benefit}/{whom}/propose",
            Permission::Action("offer.propose"),
            propose,
        )
        .post(
            "/work/unreached/{household}/{benefit}/{whom}/apply",
            Permission::Action("offer.behalf"),
            apply,
        )
}

/// The OpenAPI description of these JSON routes.
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(api))]
struct Document;

/// As many lines as a table for elsewhere holds.
const MOST_LINES: i64 = 5_000;

/// Which of the unreached are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Id of a benefit.
    #[serde(default)]
    benefit: String,
    /// `0-5`, `6-17`, `18-34`, `35-64`, `65-79` or `80-plus`.
    #[serde(default)]
    age: String,
    #[serde(default)]
    #[param(ignore)]
    format: String,
}

impl Filter {
    fn wanted(&self, app: &App) -> Result<Wanted, Problem> {
        let benefit = Some(self.benefit.clone()).filter(|it| !it.is_empty());
        if let Some(id) = &benefit
            && app.country.book.benefit(id).is_none()
        {
            return Err(Problem::not_found());
        }
        let age = match self.age.as_str() {
            "" => None,
            code => Some(
                code.parse::<AgeGroup>()
                    .map_err(|_| Problem::bad_request())?,
            ),
        };
        Ok(Wanted { benefit, age })
    }

    /// The list's address with this filter and more.
    fn href(&self, more: &str) -> String {
        let mut parts = Vec::new();
        for (name, value) in [("benefit", &self.benefit), ("age", &self.age)] {
            if !value.is_empty() {
                parts.push(format!("{name}={value}"));
            }
        }
        if !more.is_empty() {
            parts.push(more.to_owned());
        }
        match parts.is_empty() {
            true => "/work/unreached".into(),
            false => format!("/work/unreached?{}", parts.join("&")),
        }
    }
}

fn cursor(place: &Place) -> Cursor {
    Cursor {
        key: format!("{}|{}", place.urgent, place.less),
        id: format!("{}|{}|{}", place.household, place.benefit, place.about),
    }
}

fn place(cursor: &Cursor) -> Option<Place> {
    let (urgent, less) = cursor.key.split_once('|')?;
    let (household, rest) = cursor.id.split_once('|')?;
    let (benefit, about) = rest.split_once('|')?;
    Some(Place {
        urgent: urgent.parse().ok()?,
        less: less.parse().ok()?,
        household: household.to_owned(),
        benefit: benefit.to_owned(),
        about: about.to_owned(),
    })
}

type Named = (Unreached, String);

async fn rows(
    app: &App,
    scope: Scope,
    wanted: Wanted,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Named>, Problem> {
    let now = app.core.clock().now();
    let read = app
        .core
        .look(move |tx| reaching::unreached(tx, &scope, &wanted, after.as_ref(), now, limit));
    Ok(read.await?)
}

async fn page_of(
    app: &App,
    scope: Scope,
    wanted: Wanted,
    query: &PageQuery,
) -> Result<Page<Named>, Problem> {
    let after = query.after.as_ref().map(place);
    let after = match after {
        Some(None) => return Err(Problem::bad_request()),
        other => other.flatten(),
    };
    let found = rows(app, scope, wanted, after, query.fetch()).await?;
    let today = app.core.clock().today();
    Ok(query.page(found, |(it, _)| cursor(&it.place(today))))
}

/// The unreached of this office, most urgent and most valuable first.
async fn list(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(filter): Query<Filter>,
    query: PageQuery,
) -> Result<Response, Problem> {
    let wanted = filter.wanted(&app)?;
    let frame = Frame::of(&app.core, &visitor);
    match filter.format.as_str() {
        "csv" => {
            let all = rows(&app, allowed.0, wanted, None, MOST_LINES).await?;
            let lines = all.iter().map(|it| info(&app, &frame, it));
            csv(lines, "unreached.csv")
        }
        "" => {
            let page = page_of(&app, allowed.0, wanted, &query).await?;
            let is_first = query.after.is_none();
            Ok(respond(&list_page(&app, frame, &filter, is_first, &page)))
        }
        _ => Err(Problem::bad_request()),
    }
}

fn list_page(
    app: &App,
    frame: Frame,
    filter: &Filter,
    is_first: bool,
    page: &Page<Named>,
) -> UnreachedPage {
    let today = app.core.clock().today();
    let mut benefits: Vec<_> = app.country.book.benefits().collect();
    benefits.sort_by_key(|it| it.name.get(frame.locale).to_owned());
    let benefits = benefits
        .iter()
        .map(|it| (it.id.clone(), it.name.get(frame.locale).to_owned()));
    let ages = AgeGroup::ALL
        .into_iter()
        .map(|it| (it.to_string(), age_name(&frame, it)));
    let all = |key: &str| std::iter::once((String::new(), frame.t(key)));
    let heads = [
        ("benefits-whom", ""),
        ("benefits-benefit", ""),
        ("benefits-age", "num"),
        ("benefits-worth", "num"),
        ("benefits-deadline", ""),
        ("benefits-told", ""),
    ];
    UnreachedPage {
        benefits: all("benefits-every-benefit").chain(benefits).collect(),
        benefit: filter.benefit.clone(),
        ages: all("benefits-every-age").chain(ages).collect(),
        age: filter.age.clone(),
        heads: heads.map(|(key, class)| (frame.t(key), class)).to_vec(),
        rows: page
            .items
            .iter()
            .map(|it| list_line(app, &frame, it, today))
            .collect(),
        count: frame.t1("benefits-unreached-shown", "count", page.items.len()),
        first_href: if is_first {
            String::new()
        } else {
            filter.href("")
        },
        next_href: page
            .next
            .as_ref()
            .map_or(String::new(), |it| filter.href(&format!("after={it}"))),
        csv_href: filter.href("format=csv"),
        frame,
    }
}

fn list_line(app: &App, frame: &Frame, (it, name): &Named, today: Date) -> UnreachedLine {
    let whom = it
        .about
        .map_or("household".to_owned(), |person| person.to_string());
    let is_near = |day: &Date| (today..=soon(today)).contains(day);
    let (state, tone) = told(frame, it.offered_at);
    UnreachedLine {
        href: format!("/work/unreached/{}/{}/{whom}", it.household, it.benefit),
        name: masked(name),
        office: app
            .country
            .agencies
            .name(&it.dong)
            .get(frame.locale)
            .to_owned(),
        benefit: benefit_name(app, frame, &it.benefit),
        age: age(frame, it.born, today),
        worth: match it.yearly {
            Some(won) => frame.t1("benefits-worth-yearly", "amount", frame.won(&Won(won))),
            None => frame.t("benefits-worth-unknown"),
        },
        last_day: it.last_day.map_or(String::new(), |day| frame.date(&day)),
        last_day_tone: match it.last_day {
            Some(day) if is_near(&day) => "warn",
            _ => "plain",
        },
        state,
        tone,
    }
}

fn age(frame: &Frame, born: Date, today: Date) -> String {
    let years = rules::dates::years_between(born, today);
    frame.t1("benefits-age-of", "years", years)
}

fn told(frame: &Frame, offered_at: Option<jiff::Timestamp>) -> (String, &'static str) {
    match offered_at {
        None => (frame.t("benefits-never-told"), "warn"),
        Some(at) => {
            let day = frame.day(&base::seoul_date(at));
            (frame.t1("benefits-told-unread", "day", day), "plain")
        }
    }
}

/// Something owed that reached nobody; the name is masked.
#[derive(Serialize, ToSchema)]
struct UnreachedInfo {
    household: String,
    /// Id of the member it is about; absent when it is about the household.
    member: Option<String>,
    name: String,
    /// Code of the 행정동.
    district: String,
    benefit: String,
    benefit_name: String,
    /// Years completed: of the member, or of the head.
    age: i64,
    /// Won; absent when it cannot be said or is in kind.
    amount_krw: Option<i64>,
    yearly_krw: Option<i64>,
    /// Last day to ask for it, ISO 8601.
    last_day: Option<String>,
    /// When it was offered, ISO 8601, UTC; absent if nobody did.
    offered_at: Option<String>,
}

fn info(app: &App, frame: &Frame, (it, name): &Named) -> UnreachedInfo {
    let today = app.core.clock().today();
    UnreachedInfo {
        household: it.household.to_string(),
        member: it.about.map(|person| person.to_string()),
        name: masked(name),
        district: it.dong.clone(),
        benefit: it.benefit.clone(),
        benefit_name: benefit_name(app, frame, &it.benefit),
        age: rules::dates::years_between(it.born, today),
        amount_krw: it.amount,
        yearly_krw: it.yearly,
        last_day: it.last_day.map(|day| day.to_string()),
        offered_at: it.offered_at.map(|at| at.to_string()),
    }
}

/// A page of the unreached.
#[derive(Serialize, ToSchema)]
struct UnreachedInfos {
    items: Vec<UnreachedInfo>,
    /// `after` of the next page; absent on the last.
    next: Option<String>,
}

/// What is owed within the caller's office and was offered by nobody, or fourteen days ago and neither
/// read nor answered: most urgent and most valuable first.
#[utoipa::path(get, path = "/api/unreached", tag = "benefits",
    params(Filter,
           ("after" = Option<String>, Query, description = "`next` of the page before"),
           ("limit" = Option<usize>, Query, description = "Lines on a page, 1 to 100")),
    responses((status = 200, description = "A page of the unreached", body = UnreachedInfos),
              (status = 403, description = "Not an official"),
              (status = 404, description = "No such benefit")))]
async fn api(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(filter): Query<Filter>,
    query: PageQuery,
) -> Result<Json<UnreachedInfos>, Problem> {
    let wanted = filter.wanted(&app)?;
    let page = page_of(&app, allowed.0, wanted, &query).await?;
    let frame = Frame::of(&app.core, &visitor);
    let items = page.items.iter().map(|it| info(&app, &frame, it));
    Ok(Json(UnreachedInfos {
        items: items.collect(),
        next: page.next.clone(),
    }))
}

/// Household, benefit, and a member's id or `household`, as an address names them.
type Address = (String, String, String);

/// Something somebody is owed, opened.
struct File {
    line: Line,
    draft: Draft,
    /// The living offer, or the one that a proposal would make.
    offer: Offer,
}

impl File {
    fn may_propose(&self) -> bool {
        match &self.line.living {
            Some(offer) => may_remind(offer.state),
            None => self.draft.is_open(),
        }
    }

    fn address(&self) -> String {
        let whom = self
            .draft
            .about
            .map_or("household".to_owned(), |it| it.to_string());
        let draft = &self.draft;
        format!(
            "/work/unreached/{}/{}/{whom}",
            draft.household, draft.benefit
        )
    }
}

/// Opens what somebody is owed and writes the look down; the rules are asked with no transaction open.
async fn open(
    app: &App,
    visitor: &Visitor,
    scope: Scope,
    (household, benefit, whom): Address,
) -> Result<File, Problem> {
    let household: HouseholdId = household.parse().map_err(|_| Problem::not_found())?;
    let about = match whom.as_str() {
        "household" => None,
        id => Some(id.parse::<PersonId>().map_err(|_| Problem::not_found())?),
    };
    let known = app.country.book.benefit(&benefit);
    let purpose = format!(
        "{} 받을 분 찾기",
        known.ok_or_else(Problem::not_found)?.name.ko
    );
    let account = visitor.signed_in()?.clone();
    let id = benefit.clone();
    let line = app
        .core
        .act(visitor, move |cx| {
            let looks = (&Looker::of(&account), purpose.as_str());
            reaching::open(cx, &scope, looks, household, &id, about)
        })
        .await?;
    let mut draft = Draft {
        household,
        benefit,
        about,
        opened: None,
    };
    let offer = match &line.living {
        Some(offer) => offer.clone(),
        None => {
            let (desk, picture, id) = (desk(app), line.picture.clone(), draft.benefit.clone());
            draft.opened = app
                .engine(move || work_out(&desk, &picture, &id, about))
                .await?;
            let opening = draft
                .opening("proposal", 0)
                .ok_or_else(Problem::not_found)?;
            opening.offer(line.next_id, household, line.picture.now)
        }
    };
    Ok(File { line, draft, offer })
}

async fn show(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(named): Path<Address>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let file = open(&app, &visitor, allowed.0, named).await?;
    let known = [
        ("proposed", "benefits-proposed-done"),
        ("applied", "benefits-behalf-done"),
    ];
    let frame = done.flash(Frame::of(&app.core, &visitor), &known);
    let page = file_page(&app, frame, &file, &Fields::default(), Vec::new());
    Ok(respond(&page))
}

fn official(app: &App, visitor: &Visitor) -> Result<Official, Problem> {
    let account = visitor.signed_in()?;
    let agency = account.agency.clone().unwrap_or_default();
    Ok(Official {
        name: account.name.clone(),
        agency_name: app.country.agencies.name(&agency),
        agency,
    })
}

/// “대신 제안하기”: an offer, or the same told again.
async fn propose(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(named): Path<Address>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let file = open(&app, &visitor, allowed.0, named).await?;
    let (desk, official, draft) = (desk(&app), official(&app, &visitor)?, file.draft.clone());
    let (note, back) = (fields.text("note").to_owned(), file.address());
    let done = app
        .core
        .once(&visitor, once, move |cx| {
            reaching::propose(cx, &desk, &official, &draft, &note)?;
            Ok::<_, Error>(format!("{back}?done=proposed"))
        })
        .await;
    answer(&app, &visitor, &file, &fields, done)
}

/// Applies on behalf of somebody who agreed by telephone.
async fn apply(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(named): Path<Address>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let file = open(&app, &visitor, allowed.0, named).await?;
    let (desk, official, draft) = (desk(&app), official(&app, &visitor)?, file.draft.clone());
    let (consent, back) = (fields.text("consent").to_owned(), file.address());
    let done = match fields.text("agreed") {
        "yes" => {
            app.core
                .once(&visitor, once, move |cx| {
                    reaching::apply(cx, &desk, &official, &draft, &consent)?;
                    Ok::<_, Error>(format!("{back}?done=applied"))
                })
                .await
        }
        _ => Err(Error::Invalid {
            field: "agreed",
            key: "benefits-agreed-missing",
        }),
    };
    answer(&app, &visitor, &file, &fields, done)
}

/// Leads on, or back to the form with what is wrong.
fn answer(
    app: &App,
    visitor: &Visitor,
    file: &File,
    fields: &Fields,
    done: Result<String, Error>,
) -> Result<Response, Problem> {
    match done {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(Error::Invalid { field, key }) => {
            let frame = Frame::of(&app.core, visitor);
            let errors = vec![(field.to_owned(), frame.t(key))];
            Ok(respond_again(&file_page(app, frame, file, fields, errors)))
        }
        Err(other) => Err(other.into()),
    }
}

fn file_page(
    app: &App,
    frame: Frame,
    file: &File,
    typed: &Fields,
    errors: Vec<(String, String)>,
) -> ReachPage {
    let (picture, offer) = (&file.line.picture, &file.offer);
    let teller = Teller {
        frame: &frame,
        country: &app.country,
        picture,
        in_full: true,
    };
    let card = teller.card(offer);
    let name_of = |id| {
        let member = picture.view.member(id);
        member.map_or(String::new(), |it| it.person.name.clone())
    };
    let head = picture.view.head().map(|it| it.person.id);
    let whose = offer.about.or(head).unwrap_or(offer.recipient);
    let born = picture.view.member(whose).map(|it| it.person.born);
    let benefit = app.country.book.benefit(&offer.benefit);
    let address = picture.view.address.as_ref();
    let lead = [
        born.map_or(String::new(), |born| age(&frame, born, picture.on)),
        format!("{} {}", card.period, card.amount).trim().to_owned(),
        address.map_or(String::new(), |it| it.line.clone()),
    ];
    let (state, tone) = match &file.line.living {
        Some(living) if living.state.is_unanswered() => told(&frame, Some(living.made_at)),
        Some(_) => (card.state.clone(), card.tone),
        None if file.draft.is_open() => told(&frame, None),
        None => (frame.t("benefits-not-owed"), "plain"),
    };
    let action = |is_open: bool, verb: &str| match is_open {
        true => format!("{}/{verb}", file.address()),
        false => String::new(),
    };
    ReachPage {
        title: frame.say(
            "benefits-title-for",
            &[
                ("title", benefit_name(app, &frame, &offer.benefit).into()),
                ("name", name_of(whose).into()),
            ],
        ),
        lead: lead
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        state,
        tone,
        summary: benefit
            .map_or("", |it| it.summary.get(frame.locale))
            .to_owned(),
        reasons: card.reasons,
        known: teller.known(offer),
        about: about(app, &frame, offer),
        deeds: deeds(app, &frame, &file.line),
        recipient: name_of(offer.recipient),
        propose_action: action(file.may_propose(), "propose"),
        again: file.line.living.is_some(),
        apply_action: action(file.may_propose() && offer.is_ready(), "apply"),
        case_href: offer
            .case
            .map_or(String::new(), |it| format!("/work/benefits/{it}")),
        note: typed.text("note").to_owned(),
        consent: typed.text("consent").to_owned(),
        agreed: typed.text("agreed") == "yes",
        errors,
        frame,
    }
}

/// What officials did, in the reader's language.
fn deeds(app: &App, frame: &Frame, line: &Line) -> Vec<Moment> {
    let deeds = line.proposals.iter().map(|it| Moment {
        when: frame.date_time(&it.at),
        date: it.at.to_string(),
        title: frame.say(
            &format!("benefits-deed-{}", it.deed),
            &[
                (
                    "agency",
                    app.country
                        .agencies
                        .name(&it.agency)
                        .get(frame.locale)
                        .to_owned()
                        .into(),
                ),
                ("official", it.official.as_str().into()),
            ],
        ),
        note: it.note.clone(),
        state: "done",
    });
    deeds.collect()
}

/// Writes down which of these offers are shown to their reader for the first time.
pub(super) async fn note_read(
    app: &App,
    visitor: &Visitor,
    shown: impl Iterator<Item = &Offer>,
) -> Result<(), Problem> {
    let shown = shown.filter(|it| it.state.is_unanswered());
    let shown: Vec<OfferId> = shown.map(|it| it.id).collect();
    let unread = app
        .core
        .look(move |tx| reaching::unread(tx, shown.iter().copied()))
        .await?;
    if unread.is_empty() {
        return Ok(());
    }
    let noted = app
        .core
        .act(visitor, move |cx| reaching::mark_read(cx, &unread));
    Ok(noted.await?)
}
