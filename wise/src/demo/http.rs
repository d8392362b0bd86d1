//! The demo's own pages: choose who you are, and play a day. They exist in `wise demo` alone.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base::seoul_date;
use web::{Fields, Frame, Permission, Problem, Routes, Visitor};
use web::{accounts, is_local, respond};

use super::accounts::{Face, Group};
use super::pages::{ChoosePage, DayPanel, Door, Doors};
use super::play::{DaySummary, Job};
use super::state::Demo;
use crate::app::App;

/// So long a pressed day is waited for; it goes on in the background after that.
const PATIENCE: Duration = Duration::from_secs(8);
const EVERYBODY: Permission = Permission::Public("a city of invented people, on loopback alone");

/// Routes to be merged into the server of a sample city, and into no other.
pub fn routes(demo: Demo) -> Routes<App> {
    let (shown, entered, played) = (demo.clone(), demo.clone(), demo);
    Routes::new()
        .get("/demo", EVERYBODY, {
            move |State(app): State<App>, visitor: Visitor| {
                let demo = shown.clone();
                async move { show(&demo, &app, &visitor) }
            }
        })
        .post("/demo/enter", EVERYBODY, {
            move |State(app): State<App>, visitor: Visitor, fields: Fields| {
                let demo = entered.clone();
                async move { enter(&demo, &app, &visitor, &fields).await }
            }
        })
        .post("/demo/day", EVERYBODY, {
            move |State(app): State<App>, visitor: Visitor, fields: Fields| {
                let demo = played.clone();
                async move { play(&demo, &app, &visitor, fields.text("back")).await }
            }
        })
}

fn show(demo: &Demo, app: &App, visitor: &Visitor) -> Response {
    respond(&choose_page(demo, app, visitor))
}

/// Signs a visitor in as the persona that was chosen.
async fn enter(
    demo: &Demo,
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<Response, Problem> {
    let wanted = fields.text("persona");
    let face = demo.faces().iter().find(|it| it.login == wanted);
    let login = face.ok_or_else(Problem::not_found)?.login.clone();
    let found = app
        .core
        .look(move |tx| accounts::by_login(tx, &login))
        .await;
    let account = found?.ok_or_else(Problem::not_found)?;
    app.core.sign_in(visitor, &account, "/").await
}

/// Plays the time until the next morning and leads `back` to the page from which it was pressed. A
/// second press meanwhile only waits along.
async fn play(demo: &Demo, app: &App, visitor: &Visitor, back: &str) -> Result<Response, Problem> {
    let back = if is_local(back) { back } else { "/demo" };
    demo.start_day(app);
    demo.wait(PATIENCE).await;
    // The hours that passed would end the session of whoever let them pass.
    match &visitor.account {
        Some(account) => app.core.sign_in(visitor, account, back).await,
        None => Ok(Redirect::to(back).into_response()),
    }
}

fn choose_page(demo: &Demo, app: &App, visitor: &Visitor) -> ChoosePage {
    let frame = Frame::of(&app.core, visitor);
    let job = demo.job();
    ChoosePage {
        groups: groups(demo, app, &frame),
        day: day_panel(demo, &frame, &job),
        frame: with_flash(frame, &job),
    }
}

fn groups(demo: &Demo, app: &App, frame: &Frame) -> Vec<Doors> {
    let named = [
        (Group::Resident, "demo-group-resident"),
        (Group::Official, "demo-group-official"),
        (Group::Operator, "demo-group-operator"),
    ];
    let mut number = 0;
    let mut door = |face: &Face| {
        number += 1;
        let key = format!("demo-about-{}", face.login);
        let about = app.core.texts().find(frame.locale, &key, &[]);
        Door {
            id: face.login.clone(),
            name: face.name.get(frame.locale).to_owned(),
            about: about.unwrap_or_else(|| face.why.get(frame.locale).to_owned()),
            sign: face.sign,
            // A kiosk's keys have one digit.
            key: if number <= 9 {
                number.to_string()
            } else {
                String::new()
            },
        }
    };
    let all = named.map(|(group, title)| Doors {
        title: frame.t(title),
        doors: demo
            .faces()
            .iter()
            .filter(|it| it.group == group)
            .map(&mut door)
            .collect(),
    });
    all.into_iter().filter(|it| !it.doors.is_empty()).collect()
}

fn day_panel(demo: &Demo, frame: &Frame, job: &Job) -> DayPanel {
    let now = demo.clock().now();
    DayPanel {
        now: frame.t1("demo-now", "when", frame.date_time(&now)),
        running: job
            .running
            .map(|(done, all)| (done.to_string(), all.to_string())),
        running_label: frame.t1("demo-running", "day", frame.day(&seoul_date(now))),
        summary: job.last.map_or(Vec::new(), |it| summary(frame, &it)),
        summary_title: job.last.map_or(String::new(), |it| {
            let from = frame.date_time(&it.from);
            let until = frame.date_time(&it.until);
            frame.say(
                "demo-day-passed",
                &[("from", from.into()), ("until", until.into())],
            )
        }),
    }
}

/// What a played day brought, as figures with their captions.
fn summary(frame: &Frame, day: &DaySummary) -> Vec<(String, String)> {
    let tally = &day.tally;
    let moves = tally.moved_in + tally.moved_out + tally.moved_within;
    let figures = [
        ("demo-births", tally.births),
        ("demo-moves", moves),
        ("demo-deaths", tally.deaths),
        ("demo-offers", usize::try_from(day.offers).unwrap_or(0)),
        ("demo-decided", tally.decided),
    ];
    let figures = figures.map(|(key, count)| {
        let count = base::thousands(i64::try_from(count).unwrap_or(i64::MAX));
        (count, frame.t(key))
    });
    figures.into()
}

fn with_flash(frame: Frame, job: &Job) -> Frame {
    if job.running.is_some() {
        let text = frame.t("demo-still-running");
        return frame.with_flash("info", text);
    }
    if job.failure.is_some() {
        let text = frame.t("demo-day-failed");
        return frame.with_flash("bad", text);
    }
    frame
}
