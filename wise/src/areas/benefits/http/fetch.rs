//! “May we fetch it?”: a fact that an agency holds and that needs consent is offered to be fetched
//! rather than only asked.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use rules::{Entity, FactRef};
use web::{Fields, Frame, Once, Problem, Visitor};

use super::answers::{next_question, pick, reassess};
use super::own_person;
use super::show::{Loaded, find, load};
use crate::app::App;
use crate::areas::benefits::model::Error;
use crate::areas::benefits::pages::{Line, agency_name};
use crate::blocks::exchange::Holding;
use crate::blocks::people::{self, Datum};

/// The agency's holding and the datum that stands there, where this person may let it be fetched.
fn fetchable<'a>(
    app: &'a App,
    loaded: &'a Loaded,
    fact: &FactRef,
) -> Option<(&'a Holding, &'a Datum)> {
    let view = &loaded.picture.view;
    let name = format!("{}.{}", fact.entity, fact.fact);
    let holding = app.country.catalogue.holding(&name)?;
    if !people::may_consent(view, loaded.person, holding) {
        return None;
    }
    let facts = match (fact.entity, &fact.member) {
        (Entity::Person, Some(member)) if *member == loaded.person.to_string() => {
            &view.member(loaded.person)?.facts
        }
        (Entity::Person, _) => return None,
        (Entity::Household, _) => &view.facts,
    };
    let datum = facts.iter().find(|it| it.fact == fact.fact)?;
    let held = !datum.source.told && datum.value.is_some();
    held.then_some((holding, datum))
}

/// Who holds it, under which law, how fresh it is; empty where it cannot be fetched. The value stays
/// unsaid until the person agrees.
pub(super) fn lines(app: &App, frame: &Frame, loaded: &Loaded, fact: &FactRef) -> Vec<Line> {
    let Some((holding, datum)) = fetchable(app, loaded, fact) else {
        return Vec::new();
    };
    let agency = agency_name(&app.country.agencies, &holding.agency, frame);
    let checked = frame.date(&base::seoul_date(datum.source.checked_at));
    let line = |key: &str, value: String, via: String| Line {
        label: frame.t(key),
        value,
        via,
        ..Line::default()
    };
    vec![
        line(
            "benefits-fetch-register",
            holding.register.get(frame.locale).to_owned(),
            agency,
        ),
        line("benefits-law", holding.law.clone(), String::new()),
        line(
            "benefits-fetch-fresh",
            frame.t1("benefits-fetch-checked", "day", checked),
            frame.t1("benefits-fetch-again", "days", holding.max_age_days),
        ),
    ]
}

/// The person agrees: the consent is recorded, and the offers are worked out anew.
pub async fn consent(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let person = own_person(&visitor)?;
    let loaded = load(&app, &visitor).await?;
    let offer = find(&loaded, &id)?;
    // Agreed to on another page meanwhile: what is still asked is the answer.
    if let Some(fact) = pick(offer, fields.text("fact")) {
        let (holding, _) = fetchable(&app, &loaded, fact).ok_or_else(Problem::not_found)?;
        let name = holding.fact.clone();
        let agreed = app.core.once(&visitor, once, move |cx| {
            people::set_consent(cx, person, &name, true)?;
            Ok::<_, Error>(String::new())
        });
        agreed.await?;
        reassess(&app, &visitor, loaded.picture.view.id).await?;
    }
    let next = next_question(&app, &visitor, &id).await?;
    Ok(Redirect::to(&next).into_response())
}
