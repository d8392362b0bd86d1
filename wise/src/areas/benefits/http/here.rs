//! “Where I am now”: the reader says where they are and agrees to its use once (위치정보의 보호 및 이용 등에 관한
//! 법률 제18조). The place itself is forgotten with the answer; only that they are at a festival is kept, for the
//! day, because an offer may hang on it.

use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use web::{Fields, Frame, Permission, Problem, Routes, Visitor, respond, respond_again};

use super::conditions::{kind_key, named};
use super::own_person;
use super::show::phones;
use crate::app::App;
use crate::areas::benefits::model::{AT_FESTIVAL, Error};
use crate::areas::benefits::pages::conditions::HerePage;
use crate::areas::benefits::pages::{Moment, PlaceLine};
use crate::blocks::people::{self, NewDatum, Owner, Source};
use crate::blocks::places::{self, Condition, ConditionKind, Place, PlaceKind, Point};

const LAW: &str = "위치정보의 보호 및 이용 등에 관한 법률 제18조";
const SHELTERS: usize = 3;

pub(super) fn routes() -> Routes<App> {
    Routes::new()
        .get("/here", Permission::Action("offer.own"), ask)
        .post("/here", Permission::Action("offer.answer"), tell)
}

async fn districts(app: &App) -> Result<Vec<Place>, Problem> {
    let found = app
        .core
        .look(|tx| Ok::<_, Error>(places::of_kind(tx, PlaceKind::CommunityCentre)?));
    Ok(found.await?)
}

async fn ask(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let districts = districts(&app).await?;
    let frame = Frame::of(&app.core, &visitor);
    Ok(respond(&page(frame, &districts, "", None)))
}

fn page(
    frame: Frame,
    districts: &[Place],
    dong: &str,
    wrong: Option<(&'static str, &'static str)>,
) -> HerePage {
    let error = |field: &str| match wrong {
        Some((name, key)) if name == field => frame.t(key),
        _ => String::new(),
    };
    HerePage {
        districts: named(districts).collect(),
        dong: (dong.to_owned(), error("dong")),
        agree_error: error("agree"),
        errors: wrong
            .iter()
            .map(|(field, key)| ((*field).to_owned(), frame.t(key)))
            .collect(),
        place: String::new(),
        conditions: Vec::new(),
        shelters: Vec::new(),
        opened: false,
        phones: phones(&frame),
        frame,
    }
}

/// The point that was sent, else the community centre of the district that was chosen; with the nearest district.
fn place(fields: &Fields, districts: &[Place]) -> Option<(Point, String)> {
    let degrees = |name: &str, most: f64| {
        let value: f64 = fields.text(name).parse().ok()?;
        (value.abs() <= most).then_some(value)
    };
    let sent = degrees("latitude", 90.0).zip(degrees("longitude", 180.0));
    let Some((latitude, longitude)) = sent else {
        let chosen = districts.iter().find(|it| it.dong == fields.text("dong"))?;
        return Some((chosen.at, chosen.dong.clone()));
    };
    let at = Point {
        latitude,
        longitude,
    };
    let nearest = districts
        .iter()
        .min_by_key(|it| places::distance_m(at, it.at))?;
    Some((at, nearest.dong.clone()))
}

async fn tell(
    State(app): State<App>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Problem> {
    let person = own_person(&visitor)?;
    let districts = districts(&app).await?;
    let frame = Frame::of(&app.core, &visitor);
    if fields.text("agree").is_empty() {
        let wrong = ("agree", "benefits-here-agree-missing");
        return Ok(respond_again(&page(
            frame,
            &districts,
            fields.text("dong"),
            Some(wrong),
        )));
    }
    let Some((at, dong)) = place(&fields, &districts) else {
        let wrong = ("dong", "benefits-value-choose");
        return Ok(respond_again(&page(frame, &districts, "", Some(wrong))));
    };
    let (municipality, here) = (app.country.site.municipality.clone(), dong.clone());
    let (conditions, shelters) = app
        .core
        .act(&visitor, move |cx| {
            let today = cx.today();
            let found = places::conditions_at(cx.tx, &municipality, &here, today, cx.now)?;
            if found.iter().any(|it| it.kind == ConditionKind::Festival) {
                let fact = at_festival(today, cx.now);
                people::record(cx, Owner::Person(person), &[fact])?;
            }
            let near = places::nearest(cx.tx, PlaceKind::CommunityCentre, at, None, SHELTERS)?;
            Ok::<_, Error>((found, near))
        })
        .await?;
    let is_weather = |it: &Condition| it.kind != ConditionKind::Festival;
    let shelters = shelters
        .iter()
        .filter(|_| conditions.iter().any(is_weather))
        .map(|it| {
            let minutes = places::walk_minutes(it.distance_m);
            PlaceLine {
                href: format!("tel:{}", it.place.phone.replace('-', "")),
                name: it.place.name.clone(),
                detail: frame.t1("benefits-walk", "minutes", minutes),
                ..PlaceLine::default()
            }
        })
        .collect();
    let told: Vec<Moment> = conditions
        .iter()
        .map(|it| {
            let last = it.until.yesterday().unwrap_or(it.until);
            Moment {
                when: frame.t1("benefits-here-until", "day", frame.date(&last)),
                date: last.to_string(),
                title: it.title.clone(),
                note: format!(
                    "{} · {}",
                    frame.t(kind_key(it.kind)),
                    app.country.agencies.name(&it.agency).get(frame.locale)
                ),
                state: "now",
            }
        })
        .collect();
    let centre = districts.iter().find(|it| it.dong == dong);
    Ok(respond(&HerePage {
        conditions: told,
        shelters,
        opened: conditions.iter().any(|it| !is_weather(it)),
        place: centre.map_or(dong.clone(), |it| it.name.clone()),
        ..page(frame, &districts, &dong, None)
    }))
}

fn at_festival(today: Date, now: jiff::Timestamp) -> NewDatum {
    NewDatum {
        fact: AT_FESTIVAL.into(),
        value: Some("true".into()),
        since: today,
        until: today.tomorrow().ok(),
        source: Source {
            agency: "resident".into(),
            basis: LAW.into(),
            told: true,
            checked_at: now,
        },
    }
}
