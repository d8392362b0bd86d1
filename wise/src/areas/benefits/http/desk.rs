//! What officials do with applications for benefits, and the take-up that decision makers see.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::CaseId;
use serde::Deserialize;
use web::{Allowed, Fields, Frame, Once, Permission, Problem, Resource, Routes, Visitor, format};
use web::{respond, respond_again};

use super::show::about;
use crate::app::App;
use crate::areas::benefits::actions::{offer::picture, read};
use crate::areas::benefits::model::{Application, Error, Offer, OfferState, Picture};
use crate::areas::benefits::pages::{
    DecidePage, Line, Moment, StatisticsPage, TakeUp, Teller, agency_name, label_of, value_text,
};
use crate::areas::benefits::vouchers::{self, Voucher};
use crate::blocks::cases::{self, Case, CaseState, Step};
use crate::blocks::people::{self, Look};

pub(super) fn routes() -> Routes<App> {
    Routes::new()
        .get(
            "/work/benefits/{case}",
            Permission::Action("case.decide"),
            show,
        )
        .post(
            "/work/benefits/{case}",
            Permission::Action("case.decide"),
            decide,
        )
        .get(
            "/statistics",
            Permission::Action("statistics.view"),
            statistics,
        )
}

/// A case with what it came from.
struct File {
    case: Case,
    steps: Vec<Step>,
    offer: Offer,
    picture: Picture,
    voucher: Option<Voucher>,
}

/// Opens a file and writes down that this official looked at it. Cases of other offices do not
/// exist for them.
async fn open(app: &App, visitor: &Visitor, id: &str) -> Result<File, Problem> {
    let id: CaseId = id.parse().map_err(|_| Problem::not_found())?;
    let account = visitor.signed_in()?.clone();
    let case = app
        .core
        .look(move |tx| cases::case(tx, id).map_err(Error::from))
        .await?;
    let resource = Resource {
        kind: "case".into(),
        id: id.to_string(),
        agency: Some(case.agency.clone()),
        person: Some(case.applicant.to_string()),
    };
    if !app
        .core
        .authorizer()
        .allows(&account, "case.decide", &resource)
    {
        return Err(Problem::not_found());
    }
    let purpose = app
        .country
        .book
        .benefit(&case.topic)
        .map_or(case.topic.clone(), |it| it.name.ko.clone());
    let file = app
        .core
        .act(visitor, move |cx| {
            let offer = read::offer_of_case(cx.tx, case.id)?.ok_or(Error::NotFound)?;
            let seen = picture(cx.tx, case.household, cx.today(), cx.now)?;
            let look = Look {
                account: account.id,
                looker: account.name.clone(),
                agency: account.agency.clone().unwrap_or_default(),
                purpose: format!("{purpose} 신청 처리"),
                at: cx.now,
            };
            let persons: Vec<_> = seen.view.members.iter().map(|it| it.person.id).collect();
            people::note_look(cx.tx, &persons, &look)?;
            Ok::<_, Error>(File {
                steps: cases::steps(cx.tx, case.id)?,
                voucher: vouchers::actions::of_case(cx.tx, case.id)?,
                case: case.clone(),
                offer,
                picture: seen,
            })
        })
        .await?;
    Ok(file)
}

async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let file = open(&app, &visitor, &id).await?;
    let frame = Frame::of(&app.core, &visitor);
    Ok(respond(&page(&app, frame, &file, &Fields::default(), None)))
}

/// An official grants, asks or refuses.
async fn decide(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let file = open(&app, &visitor, &id).await?;
    let next = match fields.text("decision") {
        "grant" => Some(CaseState::Granted),
        "ask" => Some(CaseState::Asked),
        "refuse" => Some(CaseState::Refused),
        _ => None,
    };
    let Some(next) = next else {
        let frame = Frame::of(&app.core, &visitor);
        let wrong = Some(("decision", frame.t("benefits-decision-missing")));
        return Ok(respond_again(&page(&app, frame, &file, &fields, wrong)));
    };
    let revision = fields.text("revision").parse().unwrap_or(0);
    let (case, note) = (file.case.id, fields.text("note").to_owned());
    let (applicant, name) = (file.case.applicant, visitor.signed_in()?.name.clone());
    let done = app
        .core
        .once(&visitor, once, move |cx| {
            let subject = people::pseudonym_of(cx.tx, applicant)?;
            cases::take_step(cx, case, revision, subject, next, &name, &note)?;
            Ok::<_, Error>("/work".to_owned())
        })
        .await;
    let (field, key) = match done {
        Ok(back) => return Ok(Redirect::to(&back).into_response()),
        Err(Error::Cases(cases::Error::Invalid { field, key })) => (field, key),
        Err(Error::Cases(cases::Error::Stale)) => ("decision", "cases-stale"),
        Err(Error::Cases(cases::Error::Order { .. })) => ("decision", "cases-order"),
        Err(other) => return Err(other.into()),
    };
    let file = open(&app, &visitor, &id).await?;
    let frame = Frame::of(&app.core, &visitor);
    let wrong = Some((field, frame.t(key)));
    Ok(respond_again(&page(&app, frame, &file, &fields, wrong)))
}

fn page(
    app: &App,
    frame: Frame,
    file: &File,
    typed: &Fields,
    wrong: Option<(&'static str, String)>,
) -> DecidePage {
    let teller = Teller {
        frame: &frame,
        country: &app.country,
        picture: &file.picture,
        in_full: true,
    };
    let card = teller.card(&file.offer);
    let applicant = file.picture.view.member(file.case.applicant);
    let applicant = applicant.map_or(String::new(), |it| it.person.name.clone());
    let choices = [
        (
            "grant",
            "benefits-decision-grant",
            "benefits-decision-grant-hint",
        ),
        ("ask", "benefits-decision-ask", "benefits-decision-ask-hint"),
        (
            "refuse",
            "benefits-decision-refuse",
            "benefits-decision-refuse-hint",
        ),
    ];
    let at = |field: &str| match &wrong {
        Some((name, message)) if *name == field => message.clone(),
        _ => String::new(),
    };
    let state = frame.t(&format!("cases-state-{}", file.case.state));
    DecidePage {
        title: card.title,
        lead: frame.say(
            "benefits-decide-lead",
            &[
                ("name", applicant.into()),
                ("amount", card.amount.into()),
                ("day", frame.date(&file.case.due_on).into()),
            ],
        ),
        state,
        tone: match file.case.state {
            CaseState::Granted => "good",
            CaseState::Refused => "bad",
            _ => "warn",
        },
        reasons: card.reasons,
        known: filled_in(app, &frame, &file.case),
        about: about(app, &frame, &file.offer),
        steps: steps(&frame, &file.steps),
        voucher_href: file
            .voucher
            .as_ref()
            .map_or(String::new(), |it| format!("/work/vouchers/{}", it.id)),
        open: !file.case.state.is_closed(),
        action: format!("/work/benefits/{}", file.case.id),
        revision: file.case.revision,
        decisions: choices
            .map(|(code, label, hint)| (code.to_owned(), frame.t(label), frame.t(hint)))
            .to_vec(),
        decision: typed.text("decision").to_owned(),
        decision_error: at("decision"),
        note: typed.text("note").to_owned(),
        note_error: at("note"),
        errors: wrong
            .iter()
            .map(|(field, text)| ((*field).to_owned(), text.clone()))
            .collect(),
        frame,
    }
}

/// The application as it was filled in when it was sent.
fn filled_in(app: &App, frame: &Frame, case: &Case) -> Vec<Line> {
    let form: Application =
        serde_json::from_str(&case.form).unwrap_or(Application { lines: Vec::new() });
    let vocabulary = app.country.book.vocabulary();
    let lines = form.lines.iter().map(|line| {
        let label = label_of(vocabulary, &line.fact, frame.locale);
        let label = match line.whose.as_deref() {
            Some(name) if !name.is_empty() => frame.say(
                "benefits-whose",
                &[("name", name.into()), ("what", label.into())],
            ),
            _ => label,
        };
        Line {
            label,
            value: value_text(vocabulary, &line.fact, &line.value, frame),
            via: frame.say(
                "benefits-via-basis",
                &[
                    (
                        "agency",
                        agency_name(&app.country.agencies, &line.agency, frame).into(),
                    ),
                    ("day", frame.day(&base::seoul_date(line.checked_at)).into()),
                    ("basis", line.basis.clone().into()),
                ],
            ),
        }
    });
    lines.collect()
}

fn steps(frame: &Frame, steps: &[Step]) -> Vec<Moment> {
    let lines = steps.iter().map(|step| Moment {
        when: frame.date_time(&step.at),
        date: step.at.to_string(),
        title: frame.t(&format!("cases-state-{}", step.state)),
        note: [step.actor.as_str(), step.note.as_str()]
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        state: "done",
    });
    lines.collect()
}

#[derive(Deserialize)]
struct Format {
    format: Option<String>,
}

/// Take-up by benefit.
async fn statistics(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(_): Allowed,
    Query(wanted): Query<Format>,
) -> Result<Response, Problem> {
    let counts = app.core.look(read::counts).await?;
    let frame = Frame::of(&app.core, &visitor);
    let rows = take_up(&app, &frame, &counts);
    match wanted.format.as_deref() {
        Some("json") => Ok(axum::Json(rows).into_response()),
        Some("csv") => csv(&rows),
        _ => Ok(respond(&statistics_page(frame, &counts, rows))),
    }
}

fn csv(rows: &[TakeUp]) -> Result<Response, Problem> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for row in rows {
        out.serialize(row).map_err(Problem::internal)?;
    }
    let bytes = out.into_inner().map_err(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"take-up.csv\"",
        ),
    ];
    Ok((headers, bytes).into_response())
}

type Counts = [(String, OfferState, i64)];

fn take_up(app: &App, frame: &Frame, counts: &Counts) -> Vec<TakeUp> {
    let mut by_benefit: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
    for (benefit, state, count) in counts {
        *by_benefit
            .entry(benefit)
            .or_default()
            .entry(state.word())
            .or_default() += count;
    }
    let rows = by_benefit.into_iter().map(|(benefit, states)| {
        let of = |state: &str| states.get(state).copied().unwrap_or(0);
        let offered: i64 = states.values().sum();
        let percent = of("accepted") * 100 / offered.max(1);
        let name = app.country.book.benefit(benefit);
        TakeUp {
            benefit: benefit.to_owned(),
            name: name
                .map_or(benefit, |it| it.name.get(frame.locale))
                .to_owned(),
            offered: format::number(offered),
            accepted: format::number(of("accepted")),
            declined: format::number(of("declined")),
            open: format::number(of("open") + of("waiting") + of("postponed")),
            percent,
            percent_text: format!("{percent} %"),
        }
    });
    rows.collect()
}

fn statistics_page(frame: Frame, counts: &Counts, rows: Vec<TakeUp>) -> StatisticsPage {
    let sum = |wanted: &[OfferState]| -> String {
        let chosen = counts
            .iter()
            .filter(|(_, state, _)| wanted.is_empty() || wanted.contains(state));
        format::number(chosen.map(|(_, _, count)| count).sum())
    };
    let heads = [
        ("benefits-benefit", ""),
        ("benefits-offered", "num"),
        ("benefits-accepted", "num"),
        ("benefits-declined", "num"),
        ("benefits-open", "num"),
        ("benefits-share", ""),
    ];
    StatisticsPage {
        tiles: vec![
            (sum(&[]), frame.t("benefits-offered")),
            (sum(&[OfferState::Accepted]), frame.t("benefits-accepted")),
            (
                sum(&[OfferState::Open, OfferState::Waiting, OfferState::Postponed]),
                frame.t("benefits-open"),
            ),
        ],
        heads: heads.map(|(key, class)| (frame.t(key), class)).to_vec(),
        rows,
        frame,
    }
}
