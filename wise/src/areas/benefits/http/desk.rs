//! What officials do with applications for benefits.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::CaseId;
use web::{Fields, Frame, Once, Permission, Problem, Resource, Routes, Visitor};
use web::{respond, respond_again};

use super::show::about;
use crate::app::App;
use crate::areas::benefits::actions::{offer::picture, read};
use crate::areas::benefits::model::{Application, Error, Offer, Picture};
use crate::areas::benefits::pages::{
    DecidePage, Line, Moment, Teller, agency_name, label_of, value_text,
};
use crate::areas::benefits::vouchers::{self, Voucher};
use crate::blocks::cases::{self, Case, CaseState, Step};
use crate::blocks::people::{self, Looker};

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
            let persons: Vec<_> = seen.view.members.iter().map(|it| it.person.id).collect();
            people::note_look(
                cx,
                &persons,
                &Looker::of(&account),
                &format!("{purpose} 신청 처리"),
            )?;
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
        let label = label_of(vocabulary, &line.fact, frame);
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
                "benefits-via",
                &[
                    (
                        "agency",
                        agency_name(&app.country.agencies, &line.agency, frame).into(),
                    ),
                    ("day", frame.day(&base::seoul_date(line.checked_at)).into()),
                ],
            ),
            law: line.basis.clone(),
            ..Line::default()
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
