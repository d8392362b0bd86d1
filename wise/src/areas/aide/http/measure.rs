//! Measures that are no reform of law: a form for each, and what comes of it.

mod fields;
mod result;

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use web::{Allowed, Fields, FormErrors, Frame, Once, Problem, Visitor, respond, respond_again};

use self::fields::Reading;
use super::finding::{Begin, begun, say};
use super::runs::{self, Asked};
use crate::app::App;
use crate::areas::aide::measures::facility::{CELLS_A_DEGREE, Cell, grid};
use crate::areas::aide::measures::{self, Kind};
use crate::areas::aide::model::Question;
use crate::areas::aide::pages::finding::FieldsForm;
use crate::blocks::people;
use crate::blocks::places::{self, Place, PlaceKind};

pub(super) use result::{export, option, result};

/// Kinds of places that a town runs or licenses at an address; whoever works from home is none of them.
const FACILITIES: [PlaceKind; 6] = [
    PlaceKind::CommunityCentre,
    PlaceKind::HealthCentre,
    PlaceKind::Hospital,
    PlaceKind::Daycare,
    PlaceKind::Kindergarten,
    PlaceKind::SharedChildcare,
];

/// What was written into a form, by the names of its fields.
type Typed = BTreeMap<String, String>;

/// Where a measure is asked about.
pub(super) fn address(kind: Kind) -> String {
    format!("/aide/measures/{kind}/new")
}

pub(super) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    Path(kind): Path<String>,
    Query(begin): Query<Begin>,
) -> Result<Response, Problem> {
    let kind: Kind = kind.parse().map_err(|_| Problem::not_found())?;
    let begun = begun(&app, scope, &begin).await?;
    let typed = match begun.map(|run| run.question) {
        Some(Question::Measure { typed, .. }) => typed,
        _ => fields::blank(kind),
    };
    let frame = Frame::of(&app.core, &visitor);
    Ok(respond(&page(frame, kind, &typed, &FormErrors::default())))
}

pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    once: Once,
    Path(kind): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let kind: Kind = kind.parse().map_err(|_| Problem::not_found())?;
    let frame = Frame::of(&app.core, &visitor);
    let typed: Typed = fields::of(kind)
        .map(|name| (name.to_owned(), fields.text(name).replace("\r\n", "\n")))
        .collect();
    let today = app.core.clock().today();
    let mut errors = FormErrors::default();
    let mut reading = Reading {
        frame: &frame,
        typed: &typed,
        errors: &mut errors,
    };
    let asked = match kind {
        Kind::Facility | Kind::Closure => {
            let ages = reading.ages();
            let ground = ground(&app, &frame, today, ages.unwrap_or((0, 0))).await?;
            reading.facility(kind, today, &ground)
        }
        Kind::Visits => reading.visits(today),
        Kind::Campaign => reading.campaign(today),
        Kind::Staffing => reading.staffing(today),
    };
    if let Some(asked) = asked.clone().filter(|_| errors.is_empty())
        && let Err((field, said)) = app.engine(move || measures::check(&asked)).await?
    {
        errors.add(field, say(&frame, &said));
    }
    let (Some(asked), true) = (asked, errors.is_empty()) else {
        return Ok(respond_again(&page(frame, kind, &typed, &errors)));
    };
    let asked = Asked {
        title: typed.get("name").cloned().unwrap_or_default(),
        question: Question::Measure {
            typed,
            asked: Box::new(asked),
        },
        population: None,
    };
    Ok(runs::ask_new(&app, &visitor, once, asked)
        .await?
        .into_response())
}

/// Where people live and where places are.
struct Ground {
    cells: Vec<Cell>,
    left_out: u64,
    places: Vec<Place>,
}

async fn ground(
    app: &App,
    frame: &Frame,
    today: Date,
    ages: (i64, i64),
) -> Result<Ground, Problem> {
    let loaded = app.core.look(move |tx| {
        let mut all = Vec::new();
        for kind in FACILITIES {
            all.extend(places::of_kind(tx, kind)?);
        }
        Ok::<_, people::Error>((people::homes(tx, today, ages, CELLS_A_DEGREE)?, all))
    });
    let (mut homes, places) = loaded.await?;
    for home in &mut homes {
        let name = app.country.agencies.name(&home.dong);
        name.get(frame.locale).clone_into(&mut home.dong);
    }
    let (cells, left_out) = grid(homes);
    Ok(Ground {
        cells,
        left_out,
        places,
    })
}

fn page(frame: Frame, kind: Kind, typed: &Typed, errors: &FormErrors) -> FieldsForm {
    let key = format!("aide-measure-{kind}");
    FieldsForm {
        title: frame.t(&key),
        lead: frame.t(&format!("{key}-about")),
        action: format!("/aide/measures/{kind}"),
        rows: fields::of(kind)
            .map(|name| fields::row(&frame, name, typed, errors))
            .collect(),
        note: frame.t("aide-measure-note"),
        errors: errors.pairs().to_vec(),
        frame,
    }
}
