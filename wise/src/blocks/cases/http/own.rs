//! What happened to a resident's applications, and what they still may do.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::{CaseId, HouseholdId, PersonId};
use db::Tx;
use jiff::Timestamp;
use web::export::instant;
use web::{Allowed, Export, Fields, Format, Frame, Once, Problem, Visitor};
use web::{respond, respond_again};

use crate::app::App;
use crate::blocks::cases::actions::{of_person, own_case, steps, take_step};
use crate::blocks::cases::model::{Case, CaseState, Error, Step};
use crate::blocks::cases::pages::{CaseLine, CasePage, CasesPage, state_label, tone, topic_name};
use crate::blocks::people::pages::{Line, Moment, Wording};
use crate::blocks::people::{self, Done, Role, own_person};

/// The household that a person answers for as head or spouse.
pub(super) fn household_of(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<HouseholdId>, Error> {
    let of = people::household_of(tx, person, base::seoul_date(now), now)?;
    Ok(of.and_then(|(household, role)| {
        matches!(role, Role::Head | Role::Spouse).then_some(household)
    }))
}

/// All of a person's applications.
pub async fn list(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(done): Query<Done>,
    format: Format,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    let now = app.core.clock().now();
    let cases = app
        .core
        .look(move |tx| {
            let household = household_of(tx, person, now)?;
            of_person(tx, person, household)
        })
        .await?;
    if format != Format::Page {
        let frame = Frame::of(&app.core, &visitor);
        return export(&app, &frame, &cases).respond(format);
    }
    let known = [("withdrawn", "cases-withdrawn-done")];
    let frame = done.flash(Frame::of(&app.core, &visitor), &known);
    let (closed, running): (Vec<_>, Vec<_>) = cases.iter().partition(|it| it.state.is_closed());
    let line = |case: &&Case| {
        let next = match case.closed_at {
            Some(at) => frame.date(&base::seoul_date(at)),
            None => next_step(&frame, case),
        };
        CaseLine {
            href: format!("/cases/{}", case.id),
            title: topic_name(&app.country, &frame, case),
            state: state_label(&frame, case.state),
            tone: tone(case.state),
            next,
            opened: frame.date(&base::seoul_date(case.opened_at)),
        }
    };
    Ok(respond(&CasesPage {
        running: running.iter().map(line).collect(),
        closed: closed.iter().map(line).collect(),
        frame,
    }))
}

/// The list to take along.
fn export(app: &App, frame: &Frame, cases: &[Case]) -> Export {
    let columns = [
        ("topic", "cases-head-topic"),
        ("state", "cases-head-state"),
        ("agency", "cases-office"),
        ("opened_at", "cases-head-opened"),
        ("due_on", "cases-due"),
        ("closed_at", "cases-head-closed"),
        ("id", "cases-head-number"),
    ];
    let columns = columns.map(|(key, title)| (key, frame.t(title)));
    let mut table = Export::new("cases", columns.into());
    for case in cases {
        let agency = app.country.agencies.name(&case.agency);
        table.push([
            topic_name(&app.country, frame, case).into(),
            state_label(frame, case.state).into(),
            agency.get(frame.locale).into(),
            instant(case.opened_at),
            case.due_on.to_string().into(),
            case.closed_at.map(instant).into(),
            case.id.to_string().into(),
        ]);
    }
    table
}

/// What comes next, and until when.
fn next_step(frame: &Frame, case: &Case) -> String {
    let day = frame.date(&case.due_on);
    match case.state {
        CaseState::Asked => frame.t("cases-next-answer"),
        _ => frame.t1("cases-next-decision", "day", day),
    }
}

/// A case with its steps.
pub(super) struct File {
    pub case: Case,
    pub steps: Vec<Step>,
}

async fn file(app: &App, allowed: &Allowed, id: &str) -> Result<(PersonId, File), Problem> {
    let person = own_person(allowed)?;
    let id: CaseId = id.parse().map_err(|_| Problem::not_found())?;
    let now = app.core.clock().now();
    let file = app
        .core
        .look(move |tx| {
            let household = household_of(tx, person, now)?;
            let case = own_case(tx, person, household, id)?;
            let steps = steps(tx, id)?;
            Ok::<_, Error>(File { case, steps })
        })
        .await?;
    Ok((person, file))
}

fn page(app: &App, frame: Frame, file: &File, answer: &str, error: &str) -> CasePage {
    let case = &file.case;
    let wording = Wording {
        frame: &frame,
        country: &app.country,
    };
    let form = case.filled_form();
    let filled = form.lines.iter().map(|it| {
        let label = wording.label(it.fact.entity, &it.fact.fact);
        let day = frame.date(&base::seoul_date(it.checked_at));
        Line {
            label: match &it.whose {
                Some(name) => frame.say(
                    "cases-whose",
                    &[("name", name.as_str().into()), ("what", label.into())],
                ),
                None => label,
            },
            value: wording.value(it.fact.entity, &it.fact.fact, Some(&it.value)),
            via: frame.say(
                "people-via",
                &[
                    ("agency", wording.agency(&it.agency).into()),
                    ("day", day.into()),
                ],
            ),
        }
    });
    let agency = app.country.agencies.get(&case.agency);
    CasePage {
        title: topic_name(&app.country, &frame, case),
        lead: frame.say(
            "cases-lead",
            &[
                ("day", frame.date(&base::seoul_date(case.opened_at)).into()),
                ("agency", wording.agency(&case.agency).into()),
            ],
        ),
        state: state_label(&frame, case.state),
        tone: tone(case.state),
        due: frame.date(&case.due_on),
        steps: timeline(&frame, file),
        filled: filled.collect(),
        asked: case.state == CaseState::Asked,
        open: !case.state.is_closed(),
        refused: case.state == CaseState::Refused,
        answer_action: format!("/cases/{}/answer", case.id),
        withdraw_action: format!("/cases/{}/withdraw", case.id),
        revision: case.revision,
        answer: answer.to_owned(),
        errors: match error {
            "" => Vec::new(),
            message => vec![("note".to_owned(), message.to_owned())],
        },
        office: wording.agency(&case.agency),
        phones: agency
            .map(|it| (format!("tel:{}", it.phone), it.phone.clone()))
            .into_iter()
            .collect(),
        frame,
    }
}

/// What happened, and while it is open the day by which it will be decided.
pub(super) fn timeline(frame: &Frame, file: &File) -> Vec<Moment> {
    let last = file.steps.len().saturating_sub(1);
    let open = !file.case.state.is_closed();
    let step = |(index, step): (usize, &Step)| Moment {
        when: frame.date_time(&step.at),
        date: step.at.to_string(),
        title: frame.say(
            "cases-step",
            &[
                ("step", state_label(frame, step.state).into()),
                ("actor", step.actor.as_str().into()),
            ],
        ),
        note: step.note.clone(),
        state: match step.state {
            CaseState::Refused => "bad",
            _ if open && index == last => "now",
            _ => "done",
        },
    };
    let mut all: Vec<_> = file.steps.iter().enumerate().map(step).collect();
    if open {
        all.push(Moment {
            when: frame.date(&file.case.due_on),
            date: file.case.due_on.to_string(),
            title: frame.t("cases-due"),
            note: frame.t("cases-due-note"),
            state: "",
        });
    }
    all
}

/// One application.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let (_, file) = file(&app, &allowed, &id).await?;
    let known = [
        ("answered", "cases-answered-done"),
        ("sent", "cases-correct-sent"),
    ];
    let frame = done.flash(Frame::of(&app.core, &visitor), &known);
    Ok(respond(&page(&app, frame, &file, "", "")))
}

/// A step that the resident takes.
struct OwnStep {
    next: CaseState,
    revision: i64,
    note: String,
    back: String,
}

async fn take(
    app: &App,
    visitor: &Visitor,
    person: PersonId,
    case: CaseId,
    once: Once,
    step: OwnStep,
) -> Result<String, Error> {
    let name = visitor
        .account
        .as_ref()
        .map_or(String::new(), |it| it.name.clone());
    let taken = app.core.once(visitor, once, move |cx| {
        let household = household_of(cx.tx, person, cx.now)?;
        let case = own_case(cx.tx, person, household, case)?;
        let subject = people::pseudonym_of(cx.tx, case.applicant)?;
        take_step(
            cx,
            case.id,
            step.revision,
            subject,
            step.next,
            &name,
            &step.note,
        )?;
        Ok::<_, Error>(step.back.clone())
    });
    taken.await
}

/// Answers what the office asked.
pub async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(id): Path<String>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let (person, file) = file(&app, &allowed, &id).await?;
    let note = fields.text("note").to_owned();
    let done = if note.is_empty() {
        Err(Error::Invalid {
            field: "note",
            key: "cases-answer-missing",
        })
    } else {
        let step = OwnStep {
            next: CaseState::Answered,
            revision: fields.text("revision").parse().unwrap_or(0),
            note: note.clone(),
            back: format!("/cases/{}?done=answered", file.case.id),
        };
        take(&app, &visitor, person, file.case.id, once, step).await
    };
    match done {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(Error::Invalid { key, .. }) => {
            let mut frame = Frame::of(&app.core, &visitor);
            // Where one sends to cannot be read: settings and a played day lead back to the case.
            frame.here = format!("/cases/{}", file.case.id);
            let message = frame.t(key);
            Ok(respond_again(&page(&app, frame, &file, &note, &message)))
        }
        Err(other) => Err(other.into()),
    }
}

/// Takes an application back.
pub async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(id): Path<String>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let (person, file) = file(&app, &allowed, &id).await?;
    let step = OwnStep {
        next: CaseState::Withdrawn,
        revision: fields.text("revision").parse().unwrap_or(0),
        note: String::new(),
        back: "/cases?done=withdrawn".to_owned(),
    };
    let back = take(&app, &visitor, person, file.case.id, once, step).await?;
    Ok(Redirect::to(&back).into_response())
}
