//! A resident tells of a birth that no office knows of yet.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::PersonId;
use db::Tx;
use jiff::Timestamp;
use rules::dates;
use web::{Allowed, Fields, Frame, Once, Problem, Visitor, respond, respond_again};

use super::{counts, own_person, partner, sexes};
use crate::app::App;
use crate::blocks::people::actions::births::{BirthReport, report_birth};
use crate::blocks::people::actions::household;
use crate::blocks::people::model::{Error, Person, Sex};
use crate::blocks::people::pages::{Errors, SexQuestion, TellPage, Wording};

/// Who gave birth when this person says “our child was born”: herself, or his partner.
fn mother_of(tx: &mut Tx<'_>, teller: PersonId, now: Timestamp) -> Result<Option<Person>, Error> {
    let today = base::seoul_date(now);
    let of = household::household_of(tx, teller, today, now)?;
    let (id, _) = of.ok_or(Error::NotFound("household"))?;
    let view = household::view(tx, id, today, now)?;
    let female = |it: PersonId| {
        let member = view.member(it).map(|it| it.person.clone());
        member.filter(|it| it.sex == Sex::Female)
    };
    Ok(female(teller).or_else(|| partner(&view, teller).and_then(female)))
}

async fn mother(app: &App, teller: PersonId) -> Result<Person, Problem> {
    let now = app.core.clock().now();
    let found = app.core.look(move |tx| mother_of(tx, teller, now)).await?;
    found.ok_or_else(|| Problem::new(StatusCode::CONFLICT, "people-tell-nobody"))
}

fn page(
    app: &App,
    visitor: &Visitor,
    teller: PersonId,
    mother: &Person,
    fields: &Fields,
) -> TellPage {
    let frame = Frame::of(&app.core, visitor);
    let wording = Wording {
        frame: &frame,
        country: &app.country,
    };
    let typed = fields.text("multiple");
    let count = typed.parse::<i64>().unwrap_or(1).clamp(1, 4);
    let question = |number: i64| SexQuestion {
        name: format!("sex{number}"),
        legend: match count {
            1 => frame.t("people-tell-sex"),
            _ => frame.t1("people-tell-sex-of", "number", number),
        },
        selected: fields.text(&format!("sex{number}")).to_owned(),
    };
    TellPage {
        mother: if mother.id == teller {
            String::new()
        } else {
            mother.name.clone()
        },
        born: fields.text("born").to_owned(),
        today: frame.date(&app.core.clock().today()),
        count: count.to_string(),
        counts: counts(&frame),
        sexes: (1..=count).map(question).collect(),
        options: sexes(wording),
        errors: Errors::new(),
        frame,
    }
}

/// The form.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
) -> Result<Response, Problem> {
    let teller = own_person(&allowed)?;
    let mother = mother(&app, teller).await?;
    Ok(respond(&page(
        &app,
        &visitor,
        teller,
        &mother,
        &Fields::default(),
    )))
}

/// The reports that a filled-in form means: one a child.
fn reports(
    frame: &Frame,
    mother: PersonId,
    fields: &Fields,
    errors: &mut Errors,
) -> Vec<BirthReport> {
    let mut wrong = |field: &str, key: &str| errors.push((field.to_owned(), frame.t(key)));
    let born = dates::parse(fields.text("born"));
    if born.is_none() {
        wrong("born", "people-date-wrong");
    }
    let multiple = fields.text("multiple").parse::<i64>().ok();
    let multiple = multiple.filter(|it| (1..=4).contains(it));
    if multiple.is_none() {
        wrong("multiple", "people-birth-multiple");
    }
    let multiple = multiple.unwrap_or(1);
    let mut all = Vec::new();
    for number in 1..=multiple {
        let field = format!("sex{number}");
        match (fields.text(&field).parse::<Sex>(), born) {
            (Ok(sex), Some(born)) => all.push(BirthReport {
                mother,
                born,
                sex,
                hospital: None,
                multiple,
            }),
            (Ok(_), None) => {}
            (Err(_), _) => wrong(&field, "people-sex-missing"),
        }
    }
    all
}

/// Notes the birth; it stays unconfirmed until it is registered.
pub async fn tell(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let teller = own_person(&allowed)?;
    let mother = mother(&app, teller).await?;
    let mut again = page(&app, &visitor, teller, &mother, &fields);
    let reports = reports(&again.frame, mother.id, &fields, &mut again.errors);
    if !again.errors.is_empty() {
        return Ok(respond_again(&again));
    }
    let told = app
        .core
        .once(&visitor, once, move |cx| {
            let mut first = None;
            for report in &reports {
                let birth = report_birth(cx, report)?;
                first.get_or_insert(birth);
            }
            let birth = first.ok_or(Error::NotFound("child"))?;
            Ok::<_, Error>(format!("/births/{birth}"))
        })
        .await;
    match told {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(Error::Invalid { field, key }) => {
            again.errors.push((field.to_owned(), again.frame.t(key)));
            Ok(respond_again(&again))
        }
        Err(other) => Err(other.into()),
    }
}
