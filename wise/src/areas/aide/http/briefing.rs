//! Briefings: made of runs, every figure with the run it comes from.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::{BriefingId, RunId};
use serde::Deserialize;
use web::{
    Allowed, Cursor, Fields, FormErrors, Frame, Once, PageQuery, Problem, Scope, Visitor, respond,
    respond_again,
};

use super::{evidence, goal, maker, measure, reform, runs, timing};
use crate::app::App;
use crate::areas::aide::model::{
    Answer, Briefing, Choice, Error, Question, Reworded, Run, State as Stand,
};
use crate::areas::aide::pages::briefing::{
    Argument, BriefingForm, BriefingLine, BriefingPage, BriefingsPage, FigureLine, OptionBlock,
    RunChoice,
};
use crate::areas::aide::{actions, wording};

/// More options than this are no choice.
const MOST_OPTIONS: usize = 5;
/// Runs that the form offers.
const OFFERED: usize = 30;
const LONGEST_QUESTION: usize = 200;

pub(super) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    page: PageQuery,
) -> Result<Response, Problem> {
    let asked = page.clone();
    let found = app
        .core
        .look(move |tx| actions::briefings(tx, &scope, &asked))
        .await?;
    let frame = Frame::of(&app.core, &visitor);
    let list = page.page(found, |it| Cursor {
        key: String::new(),
        id: it.id.to_string(),
    });
    let rows = list.items.iter().map(|it| BriefingLine {
        href: format!("/aide/briefings/{}", it.id),
        question: it.question.clone(),
        when: frame.date_time(&it.made_at),
        who: it.maker.name.clone(),
    });
    Ok(respond(&BriefingsPage {
        heads: ["aide-briefing-question", "aide-run-when", "aide-run-who"]
            .map(|key| (frame.t(key), ""))
            .to_vec(),
        rows: rows.collect(),
        next_href: list.next.map_or_else(String::new, |after| {
            format!("/aide/briefings?after={after}")
        }),
        frame,
    }))
}

#[derive(Deserialize)]
pub(super) struct Begin {
    /// The run that is an option from the beginning.
    #[serde(default)]
    run: String,
}

pub(super) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    Query(begin): Query<Begin>,
) -> Result<Response, Problem> {
    let typed = Fields::new(vec![("run".to_owned(), begin.run)]);
    let errors = FormErrors::default();
    Ok(respond(
        &form_page(&app, &visitor, scope, &typed, &errors).await?,
    ))
}

async fn finished(app: &App, scope: Scope) -> Result<Vec<Run>, Problem> {
    let page = PageQuery {
        after: None,
        limit: OFFERED,
    };
    let all = app
        .core
        .look(move |tx| actions::runs(tx, &scope, &page))
        .await?;
    let done = |it: &Run| it.state == Stand::Done && it.repeats.is_none();
    Ok(all.into_iter().filter(done).collect())
}

async fn form_page(
    app: &App,
    visitor: &Visitor,
    scope: Scope,
    typed: &Fields,
    errors: &FormErrors,
) -> Result<BriefingForm, Problem> {
    let frame = Frame::of(&app.core, visitor);
    let chosen: Vec<&str> = typed.all("run").collect();
    let runs = finished(app, scope).await?;
    let runs = runs.iter().map(|it| RunChoice {
        id: it.id.to_string(),
        title: it.title.clone(),
        about: format!(
            "{} · {}",
            frame.t(&format!("aide-kind-{}", it.kind)),
            frame.date_time(&it.made_at)
        ),
        is_chosen: chosen.contains(&it.id.to_string().as_str()),
    });
    Ok(BriefingForm {
        question: (
            typed.text("question").to_owned(),
            errors.at("question").to_owned(),
        ),
        runs: runs.collect(),
        runs_error: errors.at("runs").to_owned(),
        notes: typed.text("notes").to_owned(),
        errors: errors.pairs().to_vec(),
        frame,
    })
}

pub(super) async fn make(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    once: Once,
    fields: Fields,
) -> Result<Response, Problem> {
    let frame = Frame::of(&app.core, &visitor);
    let mut errors = FormErrors::default();
    let question: String = fields
        .text("question")
        .chars()
        .take(LONGEST_QUESTION)
        .collect();
    errors.check(
        !question.is_empty(),
        "question",
        frame.t("aide-error-question"),
    );
    let known: BTreeMap<String, Run> = finished(&app, scope.clone())
        .await?
        .into_iter()
        .map(|it| (it.id.to_string(), it))
        .collect();
    let options: Vec<Choice> = fields
        .all("run")
        .filter_map(|id| known.get(id))
        .map(|it| Choice {
            run: it.id,
            name: it.title.clone(),
        })
        .collect();
    let fits = (1..=MOST_OPTIONS).contains(&options.len());
    errors.check(fits, "runs", frame.t("aide-error-options"));
    if !errors.is_empty() {
        let page = form_page(&app, &visitor, scope, &fields, &errors).await?;
        return Ok(respond_again(&page));
    }
    let (notes, maker) = (fields.text("notes").to_owned(), maker(visitor.signed_in()?));
    let next = app
        .core
        .once(&visitor, once, move |cx| {
            let id = actions::brief(cx, &question, &options, &notes, &maker)?;
            Ok::<_, Error>(format!("/aide/briefings/{id}"))
        })
        .await?;
    Ok(Redirect::to(&next).into_response())
}

/// A briefing with the runs of its options and their answers.
pub(super) struct Loaded {
    pub(super) briefing: Briefing,
    pub(super) runs: Vec<(Choice, Run, Answer)>,
}

pub(super) async fn load(app: &App, scope: Scope, id: BriefingId) -> Result<Loaded, Problem> {
    let loaded = app.core.look(move |tx| {
        let briefing = actions::briefing(tx, &scope, id)?;
        let mut runs = Vec::new();
        for choice in &briefing.options {
            let run = actions::run(tx, &scope, choice.run)?;
            let answer = actions::answer(tx, choice.run)?.ok_or(Error::NotFound)?;
            runs.push((choice.clone(), run, answer));
        }
        Ok::<_, Error>(Loaded { briefing, runs })
    });
    Ok(loaded.await?)
}

/// What a run says for a briefing.
pub(super) fn argument(
    app: &App,
    frame: &Frame,
    (run, answer): (&Run, &Answer),
    prefix: &str,
) -> Argument {
    match (&run.question, answer) {
        (Question::Reform { reform, on }, Answer::Reform(effects)) => {
            reform::option(app, frame, (reform, *on), effects, prefix)
        }
        (Question::Goal { goal, on }, Answer::Goal(found)) => {
            goal::option(app, frame, (goal, *on), found, prefix)
        }
        (Question::Evidence(_), Answer::Evidence(found)) => evidence::option(frame, found, prefix),
        (Question::Timing(asked), Answer::Timing(found)) => {
            timing::option(app, frame, asked, found, prefix)
        }
        (Question::Measure { typed, asked }, Answer::Measure { found }) => {
            measure::option(frame, (typed, asked), found, prefix)
        }
        // Question and answer are of one kind.
        (_, _) => Argument::default(),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let loaded = load(&app, scope, id).await?;
    let frame = Frame::of(&app.core, &visitor);
    Ok(respond(&page(&app, frame, &loaded)))
}

/// Has a language model put the sentences into other words. What it says is shown only where every figure is the
/// rules' own.
pub(super) async fn reword(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: BriefingId = id.parse().map_err(|_| Problem::not_found())?;
    let loaded = load(&app, scope, id).await?;
    let frame = Frame::of(&app.core, &visitor);
    let model = app.language_model.clone().ok_or_else(Problem::not_found)?;
    let told = loaded
        .runs
        .iter()
        .map(|(_, run, answer)| argument(&app, &frame, (run, answer), "").said);
    let told: Vec<Vec<String>> = told.collect();
    let again = |frame: Frame, text: String| {
        let frame = frame.with_flash("warn", text);
        Ok(respond_again(&page(&app, frame, &loaded)))
    };
    let mut options = Vec::new();
    for said in &told {
        let reworded = match model.reword(&frame.lang, said).await {
            Ok(reworded) => reworded,
            Err(error) => {
                tracing::warn!(%error, "nothing was reworded");
                let text = frame.t("aide-reword-failed");
                return again(frame, text);
            }
        };
        for (own, other) in said.iter().zip(&reworded) {
            if let Err(refusal) = wording::check(own, other) {
                let text = frame.t1("aide-reword-refused", "what", refusal.to_string());
                return again(frame, text);
            }
        }
        options.push(reworded);
    }
    let reworded = Reworded {
        model: model.name().to_owned(),
        locale: frame.lang.clone(),
        options,
    };
    app.core
        .act(&visitor, move |cx| actions::reword(cx, id, Some(&reworded)))
        .await?;
    Ok(Redirect::to(&format!("/aide/briefings/{id}")).into_response())
}

/// What a language model made of an option's sentences, while it is about the same ones.
fn reworded(frame: &Frame, briefing: &Briefing, place: usize, said: &[String]) -> Vec<String> {
    let kept = briefing.reworded.as_ref();
    let kept = kept.filter(|it| it.locale == frame.lang);
    let Some(kept) = kept.and_then(|it| it.options.get(place)) else {
        return Vec::new();
    };
    let holds = kept.len() == said.len()
        && said
            .iter()
            .zip(kept)
            .all(|(own, other)| wording::check(own, other).is_ok());
    if holds { kept.clone() } else { Vec::new() }
}

pub(super) fn page(app: &App, frame: Frame, loaded: &Loaded) -> BriefingPage {
    let briefing = &loaded.briefing;
    let options = loaded.runs.iter().enumerate();
    let options: Vec<OptionBlock> = options
        .map(|(place, (choice, run, answer))| {
            let argument = argument(app, &frame, (run, answer), &format!("o{place}-"));
            OptionBlock {
                href: address(choice.run),
                name: choice.name.clone(),
                reworded: reworded(&frame, briefing, place, &argument.said),
                argument,
                basis: runs::basis(&frame, run),
            }
        })
        .collect();
    let mut would_change: Vec<String> = Vec::new();
    for text in options.iter().flat_map(|it| &it.argument.would_change) {
        if !would_change.contains(text) {
            would_change.push(text.clone());
        }
    }
    let names = options.iter().map(|it| (it.name.clone(), "num"));
    BriefingPage {
        question: briefing.question.clone(),
        made: frame.say(
            "aide-made",
            &[
                ("who", briefing.maker.name.as_str().into()),
                ("when", frame.date_time(&briefing.made_at).into()),
            ],
        ),
        heads: std::iter::once((frame.t("aide-part"), ""))
            .chain(names)
            .collect(),
        figures: figures(&options),
        would_change,
        notes: briefing
            .notes
            .lines()
            .filter(|it| !it.trim().is_empty())
            .map(str::to_owned)
            .collect(),
        reworded_by: briefing.reworded.as_ref().map_or_else(String::new, |it| {
            frame.t1("aide-reworded-by", "model", it.model.as_str())
        }),
        reword_action: match &app.language_model {
            Some(_) => format!("/aide/briefings/{}/reword", briefing.id),
            None => String::new(),
        },
        options,
        frame,
    }
}

fn address(run: RunId) -> String {
    format!("/aide/runs/{run}")
}

/// Figures of one label in a line, in the order in which options name them.
fn figures(options: &[OptionBlock]) -> Vec<FigureLine> {
    let mut lines: Vec<FigureLine> = Vec::new();
    for (label, _) in options.iter().flat_map(|it| &it.argument.figures) {
        if lines.iter().any(|it| it.label == *label) {
            continue;
        }
        let values = options.iter().map(|option| {
            let own = option.argument.figures.iter().find(|(it, _)| it == label);
            let value = own.map_or_else(String::new, |(_, value)| value.clone());
            (option.href.clone(), value)
        });
        lines.push(FigureLine {
            label: label.clone(),
            values: values.collect(),
        });
    }
    lines
}
