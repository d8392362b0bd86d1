//! The list of runs, and a run: how far it is, what came of it, its table, and the same again.

use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use base::ids::RunId;
use web::export::Format;
use web::{Allowed, Cursor, Frame, Once, PageQuery, Problem, Visitor, format, respond};

use super::{evidence, goal, maker, measure, reform, timing, work};
use crate::app::{App, Snapshot};
use crate::areas::aide::model::{
    Answer, Error, Kind, NewRun, Question, Repeated, Run, State as Stand,
};
use crate::areas::aide::pages::{Door, HomePage, RunHead, RunLine, WaitPage};
use crate::areas::aide::{actions, measures};

/// Where questions are asked; each measure has a form of its own.
const FORMS: [(Kind, &str); 4] = [
    (Kind::Reform, "/aide/reforms/new"),
    (Kind::Goal, "/aide/goals/new"),
    (Kind::Evidence, "/aide/evidence/new"),
    (Kind::Timing, "/aide/timings/new"),
];

/// Letters of a title that are kept.
const LONGEST_TITLE: usize = 120;

/// A run with what pages say around its answer.
pub(super) struct Shown {
    pub(super) run: Run,
    pub(super) head: RunHead,
}

pub(super) async fn home(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    page: PageQuery,
) -> Result<Response, Problem> {
    let asked = page.clone();
    let found = app
        .core
        .look(move |tx| actions::runs(tx, &scope, &asked))
        .await?;
    let frame = Frame::of(&app.core, &visitor);
    let now = app.core.clock().now();
    let list = page.page(found, |it| Cursor {
        key: String::new(),
        id: it.id.to_string(),
    });
    let doors = FORMS
        .iter()
        .map(|(kind, href)| (format!("aide-kind-{kind}"), (*href).to_owned()))
        .chain(
            measures::Kind::ALL
                .iter()
                .map(|kind| (format!("aide-measure-{kind}"), measure::address(*kind))),
        )
        .map(|(key, href)| Door {
            href,
            name: frame.t(&key),
            about: frame.t(&format!("{key}-about")),
            sign: "question",
        });
    Ok(respond(&HomePage {
        doors: doors.collect(),
        heads: [
            "aide-run-title",
            "aide-run-when",
            "aide-run-who",
            "aide-run-state",
        ]
        .map(|key| (frame.t(key), ""))
        .to_vec(),
        rows: list.items.iter().map(|it| line(&frame, it, now)).collect(),
        next_href: list
            .next
            .map_or_else(String::new, |after| format!("/aide?after={after}")),
        population: population(&app, &frame),
        frame,
    }))
}

/// The form in which a question was asked.
fn form(question: &Question) -> String {
    if let Question::Measure { asked, .. } = question {
        return measure::address(asked.kind());
    }
    let own = FORMS.iter().find(|(kind, _)| *kind == question.kind());
    own.map_or("/aide", |(_, href)| href).to_owned()
}

/// Which snapshot a question is asked of now.
pub(super) fn population(app: &App, frame: &Frame) -> String {
    match app.populations.latest() {
        None => frame.t("aide-no-population"),
        Some(it) => frame.t1("aide-population-of", "when", frame.date_time(&it.taken_at)),
    }
}

/// The word for where a run stands, and its tone.
fn stand(frame: &Frame, run: &Run, now: jiff::Timestamp) -> (String, &'static str) {
    if run.is_cut(now) {
        return (frame.t("aide-state-cut"), "bad");
    }
    let tone = match run.state {
        Stand::Waiting | Stand::Working => "warn",
        Stand::Done => "good",
        Stand::Refused => "bad",
    };
    (frame.t(&format!("aide-state-{}", run.state)), tone)
}

fn line(frame: &Frame, run: &Run, now: jiff::Timestamp) -> RunLine {
    let (state, tone) = stand(frame, run, now);
    RunLine {
        href: format!("/aide/runs/{}", run.id),
        title: run.title.clone(),
        kind: frame.t(&format!("aide-kind-{}", run.kind)),
        when: frame.date_time(&run.made_at),
        who: run.maker.name.clone(),
        state,
        tone,
    }
}

/// The versions of rules, data and answer.
pub(super) fn basis(frame: &Frame, run: &Run) -> Vec<(String, String)> {
    let mut basis = vec![
        (frame.t("aide-run-id"), run.id.to_string()),
        (frame.t("aide-rules"), short(&run.rules_digest)),
    ];
    if let (Some(digest), Some(at)) = (&run.population_digest, &run.population_at) {
        let value = format!("{} · {}", frame.date_time(at), short(digest));
        basis.push((frame.t("aide-population"), value));
    }
    if let Some(sha256) = &run.outputs_sha256 {
        basis.push((frame.t("aide-outputs-sha256"), sha256.clone()));
    }
    basis
}

fn head(frame: &Frame, run: &Run, now: jiff::Timestamp) -> RunHead {
    let (state, tone) = stand(frame, run, now);
    let path = format!("/aide/runs/{}", run.id);
    RunHead {
        title: run.title.clone(),
        kind: frame.t(&format!("aide-kind-{}", run.kind)),
        state,
        tone,
        made: frame.say(
            "aide-made",
            &[
                ("who", run.maker.name.as_str().into()),
                ("when", frame.date_time(&run.made_at).into()),
            ],
        ),
        basis: basis(frame, run),
        repeat_action: format!("{path}/repeat"),
        repeated: Vec::new(),
        table_href: format!("{path}/table"),
        brief_href: format!("/aide/briefings/new?run={}", run.id),
        again_href: format!("{}?run={}", form(&run.question), run.id),
        path,
    }
}

/// So much of a digest tells one from another.
fn short(digest: &str) -> String {
    digest.chars().take(16).collect()
}

/// What comparing a run with the one that it repeats says.
fn repeated(frame: &Frame, first: &Run, again: &Run) -> Option<(&'static str, String)> {
    let (tone, key) = match Repeated::of(first, again)? {
        Repeated::Same => ("good", "aide-repeated-same"),
        Repeated::Differs => ("bad", "aide-repeated-differs"),
        Repeated::OtherGround => ("warn", "aide-repeated-other-ground"),
    };
    let when = frame.date_time(&again.made_at);
    Some((tone, frame.t1(key, "when", when)))
}

async fn load(
    app: &App,
    frame: &Frame,
    scope: web::Scope,
    id: RunId,
) -> Result<(Shown, Option<Answer>), Problem> {
    let (run, answer, others) = app
        .core
        .look(move |tx| {
            let run = actions::run(tx, &scope, id)?;
            let mut others = actions::repeats(tx, id)?;
            if let Some(first) = run.repeats {
                others.push(actions::run(tx, &scope, first)?);
            }
            Ok::<_, Error>((run, actions::answer(tx, id)?, others))
        })
        .await?;
    let now = app.core.clock().now();
    let mut head = head(frame, &run, now);
    let said = others.iter().filter_map(|other| {
        let (first, again) = match run.repeats == Some(other.id) {
            true => (other, &run),
            false => (&run, other),
        };
        let (tone, text) = repeated(frame, first, again)?;
        Some((format!("/aide/runs/{}", other.id), tone, text))
    });
    head.repeated = said.collect();
    Ok((Shown { run, head }, answer))
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let frame = Frame::of(&app.core, &visitor);
    let (shown, answer) = load(&app, &frame, scope, id).await?;
    match (&shown.run.question, answer) {
        (Question::Reform { reform, on }, Some(Answer::Reform(effects))) => Ok(reform::result(
            &app,
            frame,
            shown.head,
            (reform, *on),
            &effects,
        )),
        (Question::Goal { goal, on }, Some(Answer::Goal(found))) => {
            let asked = (goal, *on);
            Ok(goal::result(&app, frame, shown.head, asked, &found))
        }
        (Question::Evidence(_), Some(Answer::Evidence(found))) => {
            Ok(evidence::result(frame, shown.head, &found))
        }
        (Question::Timing(asked), Some(Answer::Timing(found))) => {
            Ok(timing::result(&app, frame, shown.head, asked, &found))
        }
        (Question::Measure { typed, asked }, Some(Answer::Measure { found })) => {
            Ok(measure::result(frame, shown.head, (typed, asked), &found))
        }
        // Question and answer are of one kind.
        (_, _) => Ok(waiting(&app, frame, shown)),
    }
}

/// A run that has no answer yet, or has none.
fn waiting(app: &App, frame: Frame, shown: Shown) -> Response {
    let run = shown.run;
    let is_cut = run.is_cut(app.core.clock().now());
    let counted = [
        ("done", format::number(run.done).into()),
        ("whole", format::number(run.whole).into()),
    ];
    respond(&WaitPage {
        goes_on: !is_cut && run.state != Stand::Refused,
        percent: run.percent(),
        counted: match run.whole {
            0 => frame.t("aide-not-begun"),
            _ => frame.say("aide-counted", &counted),
        },
        refusal: run.refusal.unwrap_or_default(),
        head: shown.head,
        frame,
    })
}

/// The answer as a table to take along.
pub(super) async fn table(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    Path(id): Path<String>,
    format: Format,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let frame = Frame::of(&app.core, &visitor);
    let (shown, answer) = load(&app, &frame, scope, id).await?;
    match (&shown.run.question, answer.ok_or_else(Problem::not_found)?) {
        (_, Answer::Reform(effects)) => reform::export(&app, &frame, &effects),
        (_, Answer::Evidence(found)) => evidence::export(&frame, &found),
        (_, Answer::Timing(found)) => timing::export(&frame, &found),
        (Question::Measure { asked, .. }, Answer::Measure { found }) => {
            measure::export(&frame, asked, &found)
        }
        (Question::Goal { goal, .. }, Answer::Goal(found)) => goal::export(&frame, goal, &found),
        (_, _) => return Err(Problem::not_found()),
    }
    .respond(format)
}

/// The same question on the same snapshot, worked out once more.
pub(super) async fn repeat(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    once: Once,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let first = app
        .core
        .look(move |tx| actions::run(tx, &scope, id))
        .await?;
    let population = match &first.population_digest {
        None => None,
        Some(digest) => app
            .populations
            .find(digest)
            // Where the snapshot is gone, the question is asked of the newest one.
            .or_else(|| work::population(&app, &first.question)),
    };
    let new = NewRun {
        title: first.title,
        question: first.question,
        rules_digest: app.country.book.digest().to_owned(),
        population,
        repeats: Some(first.repeats.unwrap_or(first.id)),
        maker: maker(visitor.signed_in()?),
    };
    ask(&app, &visitor, once, new).await
}

/// A question that somebody asks.
pub(super) struct Asked {
    /// What it is called in the list of runs.
    pub title: String,
    pub question: Question,
    pub population: Option<Snapshot>,
}

/// Asks under today's law; see [`ask`].
pub(super) async fn ask_new(
    app: &App,
    visitor: &Visitor,
    once: Once,
    asked: Asked,
) -> Result<Redirect, Problem> {
    let new = NewRun {
        title: asked.title.chars().take(LONGEST_TITLE).collect(),
        question: asked.question,
        rules_digest: app.country.book.digest().to_owned(),
        population: asked.population,
        repeats: None,
        maker: maker(visitor.signed_in()?),
    };
    ask(app, visitor, once, new).await
}

/// Keeps the question, has it worked out, and leads to its page.
async fn ask(app: &App, visitor: &Visitor, once: Once, new: NewRun) -> Result<Redirect, Problem> {
    let id = app
        .core
        .once(visitor, once, move |cx| {
            actions::ask(cx, &new).map(|id| id.to_string())
        })
        .await?;
    if let Ok(run) = id.parse() {
        work::start(app, run);
    }
    Ok(Redirect::to(&format!("/aide/runs/{id}")))
}
