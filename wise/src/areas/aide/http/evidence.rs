//! The effect of a past policy: the form in which its table is pasted, and what the methods say.

mod result;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use web::{Allowed, Fields, FormErrors, Frame, Once, Problem, Visitor, respond, respond_again};

use super::finding::{Begin, begun, entry, say};
use super::runs::{self, Asked};
use crate::app::App;
use crate::areas::aide::evidence::{self, Better, Columns};
use crate::areas::aide::model::Question;
use crate::areas::aide::pages::finding::EvidenceForm;

pub(super) use result::{export, option, result};

/// Placebos that must be drawn are drawn by this, so that the same table has the same answer.
const SEED: u64 = 1;

pub(super) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    Query(begin): Query<Begin>,
) -> Result<Response, Problem> {
    let frame = Frame::of(&app.core, &visitor);
    let begun = begun(&app, scope, &begin).await?;
    let typed = match begun.map(|run| run.question) {
        Some(Question::Evidence(question)) => question,
        _ => blank(&frame),
    };
    Ok(respond(&page(frame, &typed, &FormErrors::default())))
}

fn blank(frame: &Frame) -> evidence::Question {
    evidence::Question {
        measure: String::new(),
        outcome: String::new(),
        source: String::new(),
        better: Better::Lower,
        columns: Columns {
            unit: frame.t("aide-evidence-name-unit"),
            time: frame.t("aide-evidence-name-time"),
            outcome: frame.t("aide-evidence-name-outcome"),
            treated: frame.t("aide-evidence-name-treated"),
        },
        csv: String::new(),
        seed: SEED,
    }
}

pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    once: Once,
    fields: Fields,
) -> Result<Response, Problem> {
    let frame = Frame::of(&app.core, &visitor);
    let text = |name: &str| fields.text(name).to_owned();
    let typed = evidence::Question {
        measure: text("measure"),
        outcome: text("outcome"),
        source: text("source"),
        better: match fields.text("better") {
            "higher" => Better::Higher,
            _ => Better::Lower,
        },
        columns: Columns {
            unit: text("unit_column"),
            time: text("time_column"),
            outcome: text("outcome_column"),
            treated: text("treated_column"),
        },
        csv: text("csv").replace("\r\n", "\n"),
        seed: SEED,
    };
    let tried = typed.clone();
    let faults = app.engine(move || evidence::check(&tried)).await?;
    let mut errors = FormErrors::default();
    for (field, said) in &faults {
        errors.add(field, say(&frame, said));
    }
    if !errors.is_empty() {
        return Ok(respond_again(&page(frame, &typed, &errors)));
    }
    let asked = Asked {
        title: typed.measure.clone(),
        question: Question::Evidence(typed),
        population: None,
    };
    Ok(runs::ask_new(&app, &visitor, once, asked)
        .await?
        .into_response())
}

fn page(frame: Frame, typed: &evidence::Question, errors: &FormErrors) -> EvidenceForm {
    let better = |word: &str| {
        let key = format!("aide-evidence-{word}");
        (
            word.to_owned(),
            frame.t(&key),
            frame.t(&format!("{key}-hint")),
        )
    };
    EvidenceForm {
        measure: entry(&typed.measure, errors, "measure"),
        outcome: entry(&typed.outcome, errors, "outcome"),
        source: entry(&typed.source, errors, "source"),
        better: match typed.better {
            Better::Lower => "lower".to_owned(),
            Better::Higher => "higher".to_owned(),
        },
        betters: vec![better("lower"), better("higher")],
        unit_column: typed.columns.unit.clone(),
        time_column: typed.columns.time.clone(),
        outcome_column: typed.columns.outcome.clone(),
        treated_column: typed.columns.treated.clone(),
        csv: entry(&typed.csv, errors, "csv"),
        errors: errors.pairs().to_vec(),
        frame,
    }
}
