//! An official looks for residents and opens a household. Whoever is shown is told of it: every
//! look is written down with its purpose, before the page goes out.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use base::ids::HouseholdId;
use jiff::Timestamp;
use rules::{Entity, dates};
use serde::Deserialize;
use web::{Allowed, Fields, Frame, Problem, Visitor, respond, respond_again};

use super::own::moment;
use crate::app::App;
use crate::blocks::exchange;
use crate::blocks::people::actions::looks::{Look, Looker, looks_at, note_look};
use crate::blocks::people::actions::{household as households, search::search};
use crate::blocks::people::model::{Error, HouseholdView, PersonMatch};
use crate::blocks::people::pages::{
    Errors, FactSection, FindPage, FoundLine, HouseholdPage, MemberLine, PURPOSES, Reader, Wording,
    fact_rows,
};

/// Longest purpose in an official's own words.
const LONGEST_PURPOSE: usize = 200;

fn empty_page(frame: Frame, fields: &Fields) -> FindPage {
    let choose = (String::new(), frame.t("people-purpose-choose"));
    let known = PURPOSES.iter().map(|it| {
        let label = frame.t(&format!("people-purpose-{it}"));
        ((*it).to_owned(), label)
    });
    let other = ("other".to_owned(), frame.t("people-purpose-other"));
    let heads = [
        ("people-name", ""),
        ("people-birth-date", ""),
        ("people-address", ""),
    ];
    let mut heads: Vec<_> = heads.map(|(key, class)| (frame.t(key), class)).into();
    heads.push((String::new(), ""));
    FindPage {
        name: fields.text("name").to_owned(),
        born: fields.text("born").to_owned(),
        purpose: fields.text("purpose").to_owned(),
        detail: fields.text("detail").to_owned(),
        why: String::new(),
        purposes: std::iter::once(choose)
            .chain(known)
            .chain([other])
            .collect(),
        searched: false,
        found_title: String::new(),
        heads,
        found: Vec::new(),
        errors: Errors::new(),
        frame,
    }
}

/// The form.
pub async fn form(State(app): State<App>, visitor: Visitor) -> Response {
    respond(&empty_page(
        Frame::of(&app.core, &visitor),
        &Fields::default(),
    ))
}

/// The purpose that a form names: a known one, or the official's own words.
fn purpose(fields: &Fields) -> Result<String, (&'static str, &'static str)> {
    match (fields.text("purpose"), fields.text("detail")) {
        ("other", "") => Err(("detail", "people-purpose-detail-missing")),
        ("other", detail) if detail.chars().count() > LONGEST_PURPOSE => {
            Err(("detail", "people-purpose-long"))
        }
        ("other", detail) => Ok(detail.to_owned()),
        (known, _) if PURPOSES.contains(&known) => Ok(known.to_owned()),
        _ => Err(("purpose", "people-purpose-missing")),
    }
}

/// The residents of this office whom the form describes.
pub async fn find(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    fields: Fields,
) -> Result<Response, Problem> {
    let account = visitor.signed_in()?.clone();
    let mut page = empty_page(Frame::of(&app.core, &visitor), &fields);
    let mut wrong = |field: &str, key: &str| {
        let message = page.frame.t(key);
        page.errors.push((field.to_owned(), message));
    };
    let name = fields.text("name").to_owned();
    if name.is_empty() {
        wrong("name", "people-name-missing");
    }
    let typed = fields.text("born");
    let born = dates::parse(typed);
    if !typed.is_empty() && born.is_none() {
        wrong("born", "people-date-wrong");
    }
    let why = purpose(&fields).unwrap_or_else(|(field, key)| {
        wrong(field, key);
        String::new()
    });
    if !page.errors.is_empty() {
        return Ok(respond_again(&page));
    }
    page.why.clone_from(&why);
    let found = app
        .core
        .act(&visitor, move |cx| {
            let found = search(cx.tx, &allowed.0, &name, born)?;
            let persons: Vec<_> = found.iter().map(|it| it.person.id).collect();
            note_look(cx, &persons, &Looker::of(&account), &why)?;
            Ok::<_, Error>(found)
        })
        .await?;
    page.found_title = page.frame.t1("people-find-count", "count", found.len());
    page.searched = true;
    page.found = found
        .iter()
        .map(|it| found_line(&page.frame, it, it.household))
        .collect();
    Ok(respond(&page))
}

/// A line of a search result that leads to `id`.
pub fn found_line(frame: &Frame, found: &PersonMatch, id: impl ToString) -> FoundLine {
    FoundLine {
        id: id.to_string(),
        name: found.person.name.clone(),
        born: frame.date(&found.person.born),
        address: found.address.clone(),
    }
}

/// Why the household is opened.
#[derive(Deserialize)]
pub struct Why {
    #[serde(default)]
    purpose: String,
}

/// A household as this office may see it.
struct Seen {
    view: HouseholdView,
    /// Consents of each member, in the members' order.
    consents: Vec<Vec<String>>,
    looks: Vec<Look>,
    now: Timestamp,
}

/// One household; refused without a purpose, and of another office it does not exist.
pub async fn household(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Result<Response, Problem> {
    let id: HouseholdId = id.parse().map_err(|_| Problem::not_found())?;
    let purpose = why.purpose.trim().to_owned();
    if purpose.is_empty() || purpose.chars().count() > LONGEST_PURPOSE {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "people-purpose-needed"));
    }
    let account = visitor.signed_in()?.clone();
    let why = purpose.clone();
    let seen = app
        .core
        .act(&visitor, move |cx| {
            let view = households::view(cx.tx, id, cx.today(), cx.now)?;
            let dong = view.address.as_ref().map(|it| it.dong.as_str());
            if !allowed.0.covers(dong, None) {
                return Err(Error::NotFound("household"));
            }
            let persons: Vec<_> = view.members.iter().map(|it| it.person.id).collect();
            note_look(cx, &persons, &Looker::of(&account), &why)?;
            let mut consents = Vec::new();
            for person in &persons {
                let mut given = exchange::consents_of(cx.tx, *person)?;
                given.retain(|it| it.withdrawn_at.is_none());
                consents.push(given.into_iter().map(|it| it.fact).collect());
            }
            let looks = match persons.first() {
                Some(head) => looks_at(cx.tx, *head, 10)?,
                None => Vec::new(),
            };
            Ok(Seen {
                view,
                consents,
                looks,
                now: cx.now,
            })
        })
        .await?;
    Ok(respond(&household_page(
        &app,
        Frame::of(&app.core, &visitor),
        &seen,
        &purpose,
    )))
}

fn household_page(app: &App, frame: Frame, seen: &Seen, purpose: &str) -> HouseholdPage {
    let wording = Wording {
        frame: &frame,
        country: &app.country,
    };
    let view = &seen.view;
    let head = view
        .head()
        .map(|it| wording.name(&it.person))
        .unwrap_or_default();
    let place = view
        .address
        .as_ref()
        .map(|it| it.line.clone())
        .unwrap_or_default();
    let names: Vec<_> = view
        .members
        .iter()
        .map(|it| wording.name(&it.person))
        .collect();
    let today = base::seoul_date(seen.now);
    let members = view.members.iter().map(|it| MemberLine {
        name: wording.name(&it.person),
        age: frame.t1(
            "people-age-years",
            "age",
            dates::years_between(it.person.born, today),
        ),
        born: frame.date(&it.person.born),
        role: wording.value(Entity::Person, "role", Some(it.role.word())),
        sex: wording.value(Entity::Person, "sex", Some(it.person.sex.word())),
        since: frame.date(&it.since),
    });
    let heads = [
        "people-name",
        "people-age",
        "people-sex",
        "people-role",
        "people-since",
    ];
    HouseholdPage {
        title: frame.t1("people-household-of", "name", head),
        lead: frame.say(
            "people-household-lead",
            &[
                ("count", view.members.len().into()),
                ("address", place.into()),
            ],
        ),
        purpose: frame.t1("people-purpose-is", "purpose", wording.purpose(purpose)),
        logged: frame.t1("people-logged-at", "when", frame.date_time(&seen.now)),
        logged_note: frame.t1("people-logged-note", "names", names.join(", ")),
        heads: heads.map(|key| (frame.t(key), "")).into(),
        members: members.collect(),
        sections: sections(wording, seen),
        looks: seen.looks.iter().map(|it| moment(wording, it)).collect(),
        frame,
    }
}

/// What is known of the household and of each member, as far as it may be used here.
fn sections(wording: Wording<'_>, seen: &Seen) -> Vec<FactSection> {
    let rows = |entity, facts: &[_], agreed: &[String]| {
        fact_rows(wording, Reader::Official, entity, facts, agreed, seen.now)
    };
    let none = Vec::new();
    let head = seen.consents.first().unwrap_or(&none);
    let mut all = vec![FactSection {
        title: wording.frame.t("people-household-section"),
        rows: rows(Entity::Household, &seen.view.facts, head),
    }];
    for (member, agreed) in seen.view.members.iter().zip(&seen.consents) {
        all.push(FactSection {
            title: wording.name(&member.person),
            rows: rows(Entity::Person, &member.facts, agreed),
        });
    }
    all.retain(|it| !it.rows.is_empty());
    all
}
