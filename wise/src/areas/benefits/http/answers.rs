//! What a resident presses or tells.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::Locale;
use base::ids::{HouseholdId, OfferId, PersonId};
use jiff::civil::Date;
use rules::{Entity, FactRef, FactType, Reason};
use serde::Deserialize;
use spine::Cx;
use web::{Fields, Frame, Once, Problem, Visitor, respond, respond_again};

use super::show::{desk, find, load, load_with, offer_page, phones};
use super::{fetch, own_person};
use crate::app::App;
use crate::areas::benefits::actions::accept::{self as accepting, Answerer};
use crate::areas::benefits::actions::answer;
use crate::areas::benefits::model::{Error, Offer};
use crate::areas::benefits::pages::{AskPage, Teller, label_of};
use crate::country::words;

/// Applies for the named offers, or for all that are ready.
pub async fn accept(
    State(app): State<App>,
    visitor: Visitor,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let who = Answerer {
        person: own_person(&visitor)?,
        name: visitor.signed_in()?.name.clone(),
        catalogue: app.country.catalogue.clone(),
    };
    let named = fields
        .all("offer")
        .map(str::parse)
        .collect::<Result<Vec<OfferId>, _>>();
    let named = named.map_err(|_| Problem::not_found())?;
    let done = app
        .core
        .once(&visitor, once, move |cx| {
            let accepted = accepting::accept(cx, &who, &named)?;
            Ok::<_, Error>(format!("/receipts/{}", accepted.receipt))
        })
        .await;
    match done {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        // Pressed on an old page: what it shows now is the answer.
        Err(Error::Order(_) | Error::Invalid { .. }) => Ok(Redirect::to("/offers").into_response()),
        Err(other) => Err(other.into()),
    }
}

fn offer_id(text: &str) -> Result<OfferId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

pub async fn decline(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    once: Once,
) -> Result<Response, Problem> {
    set_aside(&app, &visitor, &id, once, accepting::decline).await
}

/// “이미 받고 있어요.”
pub async fn received(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    once: Once,
) -> Result<Response, Problem> {
    set_aside(&app, &visitor, &id, once, accepting::mark_received).await
}

/// An answer that needs nothing but the offer, and leads back to the list.
async fn set_aside(
    app: &App,
    visitor: &Visitor,
    id: &str,
    once: Once,
    action: fn(&mut Cx<'_, '_>, PersonId, OfferId) -> Result<(), Error>,
) -> Result<Response, Problem> {
    let (person, id) = (own_person(visitor)?, offer_id(id)?);
    let back = app
        .core
        .once(visitor, once, move |cx| {
            action(cx, person, id)?;
            Ok::<_, Error>("/offers".to_owned())
        })
        .await?;
    Ok(Redirect::to(&back).into_response())
}

pub async fn reconsider(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    once: Once,
) -> Result<Response, Problem> {
    let (person, id) = (own_person(&visitor)?, offer_id(&id)?);
    let household = {
        let name = once.clone();
        let back = app
            .core
            .once(&visitor, name, move |cx| {
                accepting::reconsider(cx, person, id)?;
                Ok::<_, Error>(format!("/offers/{id}"))
            })
            .await?;
        (load(&app, &visitor).await?.picture.view.id, back)
    };
    // It may have been put aside for long: the rules look again.
    reassess(&app, &visitor, household.0).await?;
    Ok(Redirect::to(&household.1).into_response())
}

pub async fn postpone(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let (person, number) = (own_person(&visitor)?, offer_id(&id)?);
    let typed = fields.text("until").to_owned();
    let done = match typed.parse::<Date>() {
        Ok(until) => {
            app.core
                .once(&visitor, once, move |cx| {
                    accepting::postpone(cx, person, number, until)?;
                    Ok::<_, Error>("/offers".to_owned())
                })
                .await
        }
        Err(_) => Err(Error::Invalid {
            field: "until",
            key: "benefits-until-wrong",
        }),
    };
    match done {
        Ok(back) => Ok(Redirect::to(&back).into_response()),
        Err(Error::Invalid { key, .. }) => {
            let loaded = load(&app, &visitor).await?;
            let offer = find(&loaded, &id)?;
            let mut frame = Frame::of(&app.core, &visitor);
            // Where one sends to cannot be read: settings and a played day lead back to the offer.
            frame.here = format!("/offers/{id}");
            let message = frame.t(key);
            let page = offer_page(&app, frame, &loaded, offer, (typed, message));
            Ok(respond_again(&page))
        }
        Err(other) => Err(other.into()),
    }
}

/// Which question of an offer is meant, by number.
#[derive(Deserialize)]
pub struct Question {
    fact: Option<String>,
}

/// One question of an offer: the first, or the named one.
pub async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(question): Query<Question>,
) -> Result<Response, Problem> {
    let loaded = load(&app, &visitor).await?;
    let offer = find(&loaded, &id)?;
    let asked = question.fact.unwrap_or_default();
    let Some(fact) = pick(offer, &asked) else {
        // Everything was told.
        return Ok(Redirect::to(&format!("/offers/{id}")).into_response());
    };
    let frame = Frame::of(&app.core, &visitor);
    let teller = Teller {
        frame: &frame,
        country: &app.country,
        picture: &loaded.picture,
        in_full: false,
    };
    let title = teller.card(offer).title;
    let fetch = fetch::lines(&app, &frame, &loaded, fact);
    let mut page = question_page(&app, frame, offer, title.clone(), fact, "", "");
    if !fetch.is_empty() {
        page.lead = page.frame.t1("benefits-fetch-lead", "title", title);
    }
    page.fetch = fetch;
    Ok(respond(&page))
}

pub(super) fn pick<'a>(offer: &'a Offer, asked: &str) -> Option<&'a FactRef> {
    let named = offer.open_questions().find(|it| it.to_string() == asked);
    named.or_else(|| offer.open_questions().next().filter(|_| asked.is_empty()))
}

fn question_page(
    app: &App,
    frame: Frame,
    offer: &Offer,
    offer_title: String,
    fact: &FactRef,
    value: &str,
    error: &str,
) -> AskPage {
    let vocabulary = app.country.book.vocabulary();
    let label = label_of(vocabulary, fact, &frame);
    let declared = vocabulary
        .fact(fact.entity, &fact.fact)
        .map(|it| it.fact_type);
    let mut options = Vec::new();
    let (mut kind, mut mode, mut unit) = ("text", "", String::new());
    match declared {
        Some(FactType::Bool) => {
            for (code, key) in [("true", "benefits-yes"), ("false", "benefits-no")] {
                options.push((code.to_owned(), frame.t(key), String::new()));
            }
        }
        Some(FactType::Enum(id)) => {
            for choice in vocabulary.enum_values(id) {
                let of = (fact.entity, fact.fact.as_str());
                let label = words::value_label(&frame, vocabulary, of, &choice.code);
                options.push((
                    choice.code.clone(),
                    label.unwrap_or_default(),
                    String::new(),
                ));
            }
        }
        Some(FactType::Date) => kind = "date",
        Some(FactType::Integer(of)) => {
            mode = "numeric";
            unit = frame.t(&format!("benefits-unit-{}", of.name().replace('_', "-")));
        }
        Some(FactType::Text) | None => {}
    }
    let hint = match (declared, kind) {
        (Some(FactType::Integer(_)), _) => frame.t("benefits-ask-number-hint"),
        _ => String::new(),
    };
    let (title, label) = match question_of(offer, fact, frame.locale) {
        Some(question) if !options.is_empty() => (question, frame.t("benefits-your-answer")),
        Some(question) => (question, label),
        None => (frame.t1("benefits-ask-title", "what", &*label), label),
    };
    AskPage {
        lead: frame.t1("benefits-ask-lead", "title", offer_title),
        title,
        offer_href: format!("/offers/{}", offer.id),
        action: format!("/offers/{}/ask", offer.id),
        fetch: Vec::new(),
        fetch_action: format!("/offers/{}/consent", offer.id),
        fact: fact.to_string(),
        label,
        value: value.to_owned(),
        hint,
        error: error.to_owned(),
        errors: match error {
            "" => Vec::new(),
            message => vec![("value".to_owned(), message.to_owned())],
        },
        kind,
        mode,
        unit,
        options,
        phones: phones(&frame),
        frame,
    }
}

/// The question of a rule, where it is one and asks for nothing else; rules speak Korean and English.
fn question_of(offer: &Offer, fact: &FactRef, locale: Locale) -> Option<String> {
    let is_spoken = locale == Locale::KO || locale == Locale::EN;
    let asks_this = |reason: &Reason| {
        let mut open = offer
            .open_questions()
            .filter(|it| reason.facts.contains(it));
        open.next() == Some(fact) && open.next().is_none()
    };
    let mut left: Vec<&Reason> = offer.finding.reasons.iter().collect();
    let mut found = None;
    while let Some(reason) = left.pop() {
        let text = reason.text.get(locale);
        if reason.holds.is_none() && text.ends_with('?') && asks_this(reason) {
            found = Some(text.to_owned());
        }
        left.extend(&reason.children);
    }
    found.filter(|_| is_spoken)
}

/// The resident's answer; every offer that waited for it is worked out anew before the next page.
pub async fn tell(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let person = own_person(&visitor)?;
    let loaded = load(&app, &visitor).await?;
    let offer = find(&loaded, &id)?;
    let Some(fact) = pick(offer, fields.text("fact")).cloned() else {
        return Ok(Redirect::to(&format!("/offers/{id}")).into_response());
    };
    let typed = fields.text("value").to_owned();
    let value = normalised(&app, &fact, &typed);
    let parsed = app
        .country
        .book
        .parse_value(fact.entity, &fact.fact, &value);
    if value.is_empty() || value.chars().count() > 100 || parsed.is_err() {
        let frame = Frame::of(&app.core, &visitor);
        let message = frame.t(wrong_key(&app, &fact));
        let title = String::new();
        let fetch = fetch::lines(&app, &frame, &loaded, &fact);
        let mut page = question_page(&app, frame, offer, title, &fact, &typed, &message);
        page.fetch = fetch;
        return Ok(respond_again(&page));
    }
    let number = offer.id;
    let told = app
        .core
        .once(&visitor, once, move |cx| {
            let household = answer::record_answer(cx, person, number, &fact, &value)?;
            Ok::<_, Error>(household.to_string())
        })
        .await;
    match told {
        Ok(household) => {
            let household = household.parse().map_err(Problem::internal)?;
            reassess(&app, &visitor, household).await?;
        }
        // Told on another page meanwhile.
        Err(Error::Order(_)) => {}
        Err(other) => return Err(other.into()),
    }
    let next = next_question(&app, &visitor, &id).await?;
    Ok(Redirect::to(&next).into_response())
}

/// Where an offer goes on: to what it still asks, or to itself.
pub(super) async fn next_question(
    app: &App,
    visitor: &Visitor,
    id: &str,
) -> Result<String, Problem> {
    let number = offer_id(id)?;
    let renewed = load_with(app, visitor, Some(number)).await?;
    Ok(match find(&renewed, id)?.open_questions().next() {
        Some(_) => format!("/offers/{id}/ask"),
        None => format!("/offers/{id}"),
    })
}

/// Numbers may be typed with separators and a unit.
fn normalised(app: &App, fact: &FactRef, typed: &str) -> String {
    let declared = app.country.book.vocabulary().fact(fact.entity, &fact.fact);
    match declared.map(|it| it.fact_type) {
        Some(FactType::Integer(_)) => {
            let kept = typed.trim().trim_end_matches('원');
            // Every amount is whole: a point stands between thousands, as a comma does.
            kept.chars()
                .filter(|it| !matches!(it, ',' | '.' | ' '))
                .collect()
        }
        _ => typed.trim().to_owned(),
    }
}

fn wrong_key(app: &App, fact: &FactRef) -> &'static str {
    let entity: Entity = fact.entity;
    let declared = app.country.book.vocabulary().fact(entity, &fact.fact);
    match declared.map(|it| it.fact_type) {
        Some(FactType::Integer(_)) => "benefits-value-number",
        Some(FactType::Date) => "benefits-value-date",
        Some(FactType::Bool | FactType::Enum(_)) => "benefits-value-choose",
        _ => "benefits-value-text",
    }
}

/// Works a household's open offers out anew: read, conclude without a transaction, store.
pub(super) async fn reassess(
    app: &App,
    visitor: &Visitor,
    household: HouseholdId,
) -> Result<(), Problem> {
    let now = app.core.clock().now();
    let loaded = app
        .core
        .look(move |tx| answer::load(tx, household, now))
        .await?;
    let desk = desk(app);
    let offers = app.engine(move || answer::conclude(&desk, loaded)).await?;
    let stored = app
        .core
        .act(visitor, move |cx| answer::store_reassessed(cx, &offers));
    Ok(stored.await?)
}
