//! “Please correct this”: the resident's form, and the page on which the holder's official decides.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::{CaseId, PersonId};
use serde::Deserialize;
use web::{Allowed, Fields, Frame, Once, Permission, Problem, Resource, Routes, Visitor};
use web::{respond, respond_again};

use super::own::{File, timeline};
use crate::app::App;
use crate::blocks::cases::actions::{
    self, CORRECTED_WITHIN_DAYS, CORRECTIONS, Corrected, Known, correct, decide_correction,
};
use crate::blocks::cases::model::{Case, CaseState, Error};
use crate::blocks::cases::pages::{CorrectPage, CorrectionPage, state_label, tone, topic_name};
use crate::blocks::people::pages::{Line, Question, Wording, typed_value};
use crate::blocks::people::{self, Looker, own_person};

pub(super) fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("person.own");
    const DECIDE: Permission = Permission::Action("case.decide");
    Routes::new()
        .get("/me/correct", OWN, show)
        .post("/me/correct", OWN, send)
        .get("/work/corrections/{case}", DECIDE, open)
        .post("/work/corrections/{case}", DECIDE, decide)
}

/// Which fact, and of whom; of the household where nobody is named.
#[derive(Deserialize)]
struct Which {
    fact: String,
    #[serde(default)]
    of: String,
}

async fn known(app: &App, person: PersonId, which: &Which) -> Result<Known, Problem> {
    let about = match which.of.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Problem::not_found())?),
    };
    let (name, now) = (which.fact.clone(), app.core.clock().now());
    let found = app
        .core
        .look(move |tx| actions::known_fact(tx, person, &name, about, now));
    Ok(found.await?)
}

fn page(app: &App, visitor: &Visitor, known: &Known, typed: &str, wrong: &str) -> CorrectPage {
    let mut frame = Frame::of(&app.core, visitor);
    let wording = Wording {
        frame: &frame,
        country: &app.country,
    };
    let datum = &known.datum;
    let of = known.about.map(|it| it.to_string()).unwrap_or_default();
    let what = wording.label(known.entity, &datum.fact);
    let lead = if datum.source.told {
        frame.t("cases-correct-told")
    } else {
        let agency = wording.agency(&datum.source.agency);
        let days = CORRECTED_WITHIN_DAYS.into();
        frame.say(
            "cases-correct-held",
            &[("agency", agency.into()), ("days", days)],
        )
    };
    let error = match wrong {
        "" => String::new(),
        key => frame.t(key),
    };
    let here = format!("/me/correct?fact={}&of={of}", known.name());
    let (title, label) = (
        frame.t1("cases-correction-of", "what", what),
        frame.t("cases-correct-right"),
    );
    let now = Line {
        label: frame.t("cases-correct-now"),
        value: wording.value(known.entity, &datum.fact, datum.value.as_deref()),
        via: wording.via(&datum.source),
    };
    let question = Question::of(wording, known.entity, &datum.fact);
    let phones = people::pages::phones(&frame);
    frame.here = here;
    CorrectPage {
        title,
        lead,
        known: now,
        fact: known.name(),
        of,
        label,
        question,
        value: typed.to_owned(),
        errors: match error.as_str() {
            "" => Vec::new(),
            message => vec![("value".to_owned(), message.to_owned())],
        },
        error,
        phones,
        frame,
    }
}

/// The form.
async fn show(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let known = known(&app, own_person(&allowed)?, &which).await?;
    Ok(respond(&page(&app, &visitor, &known, "", "")))
}

/// What the resident says is right.
async fn send(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    let which = Which {
        fact: fields.text("fact").to_owned(),
        of: fields.text("of").to_owned(),
    };
    let known = known(&app, person, &which).await?;
    let typed = fields.text("value").to_owned();
    let frame = Frame::of(&app.core, &visitor);
    let wording = Wording {
        frame: &frame,
        country: &app.country,
    };
    let Some(value) = typed_value(wording, known.entity, &known.datum.fact, &typed) else {
        let wrong = "cases-correct-wrong";
        return Ok(respond_again(&page(&app, &visitor, &known, &typed, wrong)));
    };
    let (name, claim) = (visitor.signed_in()?.name.clone(), known.clone());
    let done = app.core.once(&visitor, once, move |cx| {
        Ok::<_, Error>(match correct(cx, person, &name, &claim, &value)? {
            Corrected::AtOnce => "/me?done=corrected".to_owned(),
            Corrected::Case(case) => format!("/cases/{case}?done=sent"),
        })
    });
    match done.await {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(Error::Invalid { key, .. }) => {
            Ok(respond_again(&page(&app, &visitor, &known, &typed, key)))
        }
        Err(other) => Err(other.into()),
    }
}

/// Opens a file and writes down that this official looked. Cases of other offices do not exist.
async fn file(app: &App, visitor: &Visitor, id: &str) -> Result<(File, String), Problem> {
    let id: CaseId = id.parse().map_err(|_| Problem::not_found())?;
    let account = visitor.signed_in()?.clone();
    let case = app.core.look(move |tx| actions::case(tx, id)).await?;
    let resource = Resource {
        kind: "case".into(),
        id: id.to_string(),
        agency: Some(case.agency.clone()),
        person: Some(case.applicant.to_string()),
    };
    let may = app.core.authorizer();
    if case.kind != CORRECTIONS || !may.allows(&account, "case.decide", &resource) {
        return Err(Problem::not_found());
    }
    let opened = app.core.act(visitor, move |cx| {
        let mut persons = vec![case.applicant];
        persons.extend(case.about.filter(|it| *it != case.applicant));
        people::note_look(cx, &persons, &Looker::of(&account), "correction")?;
        let name = people::person(cx.tx, case.applicant)?.name;
        let steps = actions::steps(cx.tx, case.id)?;
        let case = case.clone();
        Ok::<_, Error>((File { case, steps }, name))
    });
    Ok(opened.await?)
}

fn decision_page(
    app: &App,
    frame: Frame,
    (file, applicant): &(File, String),
    fields: &Fields,
    wrong: Option<(&str, &str)>,
) -> CorrectionPage {
    let case = &file.case;
    let choices = ["grant", "ask", "refuse"].map(|code| {
        let key = format!("cases-correction-{code}");
        let hint = frame.t(&format!("{key}-hint"));
        (code.to_owned(), frame.t(&key), hint)
    });
    let day = frame.date(&case.due_on);
    CorrectionPage {
        title: topic_name(&app.country, &frame, case),
        lead: frame.say(
            "cases-correction-lead",
            &[("name", applicant.as_str().into()), ("day", day.into())],
        ),
        state: state_label(&frame, case.state),
        tone: tone(case.state),
        lines: claim_lines(app, &frame, case),
        steps: timeline(&frame, file),
        open: !case.state.is_closed(),
        action: format!("/work/{CORRECTIONS}/{}", case.id),
        revision: case.revision,
        decisions: choices.into(),
        decision: fields.text("decision").to_owned(),
        note: fields.text("note").to_owned(),
        errors: wrong
            .map(|(field, key)| (field.to_owned(), frame.t(key)))
            .into_iter()
            .collect(),
        frame,
    }
}

/// What stood there, and what is said to be right.
fn claim_lines(app: &App, frame: &Frame, case: &Case) -> Vec<Line> {
    let wording = Wording {
        frame,
        country: &app.country,
    };
    let keys = ["cases-correction-known", "cases-correction-claimed"];
    let form = case.filled_form();
    let lines = form.lines.iter().zip(keys).map(|(line, key)| {
        let day = frame.date(&base::seoul_date(line.checked_at));
        Line {
            label: frame.t(key),
            value: wording.value(line.fact.entity, &line.fact.fact, Some(&line.value)),
            via: frame.say(
                "people-via",
                &[
                    ("agency", wording.agency(&line.agency).into()),
                    ("day", day.into()),
                ],
            ),
        }
    });
    lines.collect()
}

async fn open(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let file = file(&app, &visitor, &id).await?;
    let frame = Frame::of(&app.core, &visitor);
    let nothing = Fields::default();
    Ok(respond(&decision_page(&app, frame, &file, &nothing, None)))
}

/// Corrects, asks or refuses.
async fn decide(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let opened = file(&app, &visitor, &id).await?;
    let next = match fields.text("decision") {
        "grant" => Ok(CaseState::Granted),
        "ask" => Ok(CaseState::Asked),
        "refuse" => Ok(CaseState::Refused),
        _ => Err(("decision", "cases-correction-missing")),
    };
    let wrong = match next {
        Err(wrong) => wrong,
        Ok(next) => {
            let revision = fields.text("revision").parse().unwrap_or(0);
            let (case, note) = (opened.0.case.clone(), fields.text("note").to_owned());
            let name = visitor.signed_in()?.name.clone();
            let done = app.core.once(&visitor, once, move |cx| {
                decide_correction(cx, &case, revision, next, &name, &note)?;
                Ok::<_, Error>("/work".to_owned())
            });
            match done.await {
                Ok(back) => return Ok(Redirect::to(&back).into_response()),
                Err(Error::Invalid { field, key }) => (field, key),
                Err(Error::Stale) => ("decision", "cases-stale"),
                Err(Error::Order { .. }) => ("decision", "cases-order"),
                Err(other) => return Err(other.into()),
            }
        }
    };
    let again = file(&app, &visitor, &id).await?;
    let frame = Frame::of(&app.core, &visitor);
    let page = decision_page(&app, frame, &again, &fields, Some(wrong));
    Ok(respond_again(&page))
}
