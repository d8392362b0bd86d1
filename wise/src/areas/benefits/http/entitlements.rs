//! Everything the reader may have, and asking for one of it.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::{OfferId, PersonId};
use rules::{Finding, Outcome, Related, RelationKind};
use web::{Fields, Frame, Once, Permission, Problem, Routes, Visitor, respond};

use super::answers::next_question;
use super::own_person;
use super::show::{desk, load, phones};
use crate::app::App;
use crate::areas::benefits::entitlements::{Entitlement, entitlements, may_ask};
use crate::areas::benefits::model::{Error, Offer};
use crate::areas::benefits::pages::Teller;
use crate::areas::benefits::pages::entitlements::{EntitlementRow, EntitlementsPage, OpenPart};
use crate::areas::benefits::reach::actions::ask_for;
use crate::areas::benefits::reach::model::{Draft, work_out};
use crate::country::words;

/// So many open ones are shown before the rest is folded away.
const OPEN_AT_ONCE: usize = 6;

pub(super) fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("offer.own");
    const ANSWER: Permission = Permission::Action("offer.answer");
    Routes::new()
        .get("/entitlements", OWN, show)
        .post("/entitlements", ANSWER, ask)
}

async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let loaded = load(&app, &visitor).await?;
    let (desk, picture, offers) = (desk(&app), loaded.picture.clone(), loaded.offers.clone());
    let (person, unmade) = (
        loaded.person,
        OfferId::new(picture.now, &mut app.core.entropy().rng()),
    );
    let all = app
        .engine(move || entitlements(&desk, &picture, person, &offers, unmade))
        .await?;
    let frame = Frame::of(&app.core, &visitor);
    let teller = Teller {
        frame: &frame,
        country: &app.country,
        picture: &loaded.picture,
        in_full: false,
    };
    let rows = |wanted: fn(&Entitlement) -> bool| -> Vec<EntitlementRow> {
        let chosen = all.iter().filter(|it| wanted(it));
        chosen.map(|it| row(&app, &teller, person, it)).collect()
    };
    let mut open = rows(|it| !it.is_certain() && !it.stands);
    let more = open.split_off(open.len().min(OPEN_AT_ONCE));
    let parts = [
        OpenPart {
            name: String::new(),
            rows: open,
        },
        OpenPart {
            name: frame.t1("benefits-entitlements-more", "count", more.len()),
            rows: more,
        },
    ];
    Ok(respond(&EntitlementsPage {
        certain: rows(|it| it.is_certain() && !it.stands),
        open: parts.into_iter().filter(|it| !it.rows.is_empty()).collect(),
        standing: rows(|it| it.stands),
        phones: phones(&frame),
        frame,
    }))
}

fn row(app: &App, teller: &Teller<'_>, reader: PersonId, it: &Entitlement) -> EntitlementRow {
    // Whom it is about is said wherever that is not the reader.
    let offer = &Offer {
        recipient: reader,
        ..it.offer.clone()
    };
    EntitlementRow {
        benefit: offer.benefit.clone(),
        about: offer.about.map_or(String::new(), |it| it.to_string()),
        deciding: deciding(teller, &offer.finding),
        relations: relations(app, teller.frame, &offer.finding.relations),
        card: teller.card(offer),
    }
}

/// Each of the smallest sets of facts that would decide, while that is open.
pub(super) fn deciding(teller: &Teller<'_>, finding: &Finding) -> Vec<String> {
    let is_open = finding.outcome == Outcome::Unknown;
    let sets = finding.deciding.iter().filter(|_| is_open);
    sets.map(|set| {
        let labels: Vec<String> = set.iter().map(|it| teller.label(it)).collect();
        labels.join(" + ")
    })
    .collect()
}

/// How other benefits of the household bear on this one, in the law's words.
pub(super) fn relations(app: &App, frame: &Frame, all: &[Related]) -> Vec<(String, String)> {
    let told = all.iter().filter_map(|it| {
        let other = app.country.book.benefit(&it.benefit)?;
        let key = match it.kind {
            RelationKind::Excludes => "benefits-relation-excludes",
            RelationKind::Offset => "benefits-relation-offset",
            RelationKind::After => "benefits-relation-after",
        };
        let name = words::benefit_name(frame, other);
        Some((frame.t1(key, "other", name), it.law.clone()))
    });
    told.collect()
}

/// Makes the offer, unless it stands, and leads to it, or to what it asks.
async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let person = own_person(&visitor)?;
    let loaded = load(&app, &visitor).await?;
    let benefit = fields.text("benefit").to_owned();
    let about: Option<PersonId> = match fields.text("about") {
        "" => None,
        id => Some(id.parse().map_err(|_| Problem::not_found())?),
    };
    if !may_ask(&loaded.picture, person, about) {
        return Err(Problem::not_found());
    }
    let (desk, picture, id) = (desk(&app), loaded.picture.clone(), benefit.clone());
    let opened = app
        .engine(move || work_out(&desk, &picture, &id, about))
        .await?;
    let draft = Draft {
        household: loaded.picture.view.id,
        benefit,
        about,
        opened: Some(opened.ok_or_else(Problem::not_found)?),
    };
    let offer = app
        .core
        .once(&visitor, once, move |cx| {
            Ok::<_, Error>(ask_for(cx, &draft)?.to_string())
        })
        .await;
    match offer {
        Ok(offer) => {
            let next = next_question(&app, &visitor, &offer).await?;
            Ok(Redirect::to(&next).into_response())
        }
        // Pressed on an old page: what it shows now is the answer.
        Err(Error::Order(_)) => Ok(Redirect::to("/entitlements").into_response()),
        Err(other) => Err(other.into()),
    }
}
