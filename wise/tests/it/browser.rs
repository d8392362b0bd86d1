//! Pages in a real browser: axe on every page's sample, and live arrival. What people do there: `tasks.rs`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use base::ids::BirthId;
use jiff::civil::date;
use testkit::{Scheme, View, Window};
use thirtyfour::prelude::*;
use web::{Frame, Permission, Problem, Routes, Visitor};
use wise::app::App;
use wise::blocks::people::{self, BirthReport, Sex};
use wise::{areas, blocks, server};

use crate::house::{House, PASSWORD, Whose, on_both};

type Samples = Vec<(&'static str, Result<String, askama::Error>)>;

/// Every page's sample. A module with pages is named here once.
fn samples(frame: &dyn Fn() -> Frame) -> Samples {
    let mut all = areas::benefits::pages::samples(frame);
    all.extend(areas::aide::pages::samples(frame));
    all.extend(blocks::people::pages::samples(frame));
    all.extend(blocks::cases::pages::samples(frame));
    all.extend(blocks::notices::pages::samples(frame));
    all.extend(blocks::seals::pages::samples(frame));
    all.extend(wise::demo::pages::samples(frame));
    all
}

async fn sample(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let frame = || Frame::of(&app.core, &visitor);
    let found = samples(&frame).into_iter().find(|(it, _)| *it == name);
    let (_, page) = found.ok_or_else(Problem::not_found)?;
    Ok(Html(page.map_err(Problem::internal)?).into_response())
}

async fn sample_names(State(app): State<App>, visitor: Visitor) -> String {
    let frame = || Frame::of(&app.core, &visitor);
    let names = samples(&frame).into_iter().map(|(name, _)| name);
    names.collect::<Vec<_>>().join("\n")
}

/// The server's own routes and the samples.
fn router(house: &House) -> axum::Router {
    const TEST: Permission = Permission::Public("a test");
    let routes: Routes<App> = server::routes("/login")
        .get("/samples", TEST, sample_names)
        .get("/samples/{name}", TEST, sample);
    routes.into_router(house.app.clone())
}

/// Serves the house and the samples on a port of its own.
pub async fn serve(house: &House) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = router(house);
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).await.unwrap();
    });
    address
}

pub async fn sign_in(window: &Window, address: SocketAddr, login: &str) {
    window
        .goto(format!("http://{address}/login"))
        .await
        .unwrap();
    for (field, value) in [("login", login), ("password", PASSWORD)] {
        let input = window.find(By::Id(field)).await.unwrap();
        input.send_keys(value).await.unwrap();
        if field == "password" {
            input.send_keys(Key::Enter + "").await.unwrap();
        }
    }
    for _ in 0..100 {
        if !window
            .current_url()
            .await
            .unwrap()
            .path()
            .starts_with("/login")
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!(
        "{login} could not sign in: {}",
        window.source().await.unwrap()
    );
}

/// Axe must find nothing; the page must not be wider than the window.
async fn examine(window: &Window, name: &str) {
    let faults = faults(window).await;
    assert!(faults.is_empty(), "{name}: {}", faults.join("\n"));
}

/// What axe finds, and whether the page is wider than the window.
pub async fn faults(window: &Window) -> Vec<String> {
    let found = testkit::axe(window).await.unwrap().unwrap_or_default();
    let mut faults: Vec<String> = found.iter().map(|it| format!("{it:#?}")).collect();
    let wider = window
        .execute(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth",
            Vec::new(),
        )
        .await
        .unwrap();
    if wider.json().as_i64().unwrap_or(0) > 0 {
        faults.push("it is wider than the window".into());
    }
    faults
}

#[test]
fn every_page_is_accessible_on_phone_and_desk_in_light_and_dark() {
    on_both(async |house| {
        if house.db.dialect() != db::Dialect::Sqlite {
            return;
        }
        let Some(browser) = testkit::browser() else {
            return;
        };
        house.account("resident", "resident", Whose::Person(house.haneul));
        let address = serve(&house).await;
        let window = browser.open().await.unwrap();
        sign_in(&window, address, "resident").await;
        let names = testkit::Client::new(router(&house))
            .get("/samples")
            .await
            .body;
        let mut pages: Vec<(String, String)> = names
            .lines()
            .map(|name| (name.to_owned(), format!("/samples/{name}")))
            .collect();
        assert!(pages.len() > 25, "{names}");
        for path in [
            "/settings",
            "/api",
            "/offline",
            "/no-such-page",
            "/today",
            "/me",
        ] {
            pages.push((path[1..].to_owned(), path.to_owned()));
        }
        for (view, view_name) in [(View::Phone, "phone"), (View::Desk, "desk")] {
            window.view(view).await.unwrap();
            for (scheme, scheme_name) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
                window.scheme(scheme).await.unwrap();
                for (name, path) in &pages {
                    window
                        .goto(format!("http://{address}{path}"))
                        .await
                        .unwrap();
                    let shown = format!("{name}-{view_name}-{scheme_name}");
                    window.screenshot(&shown).await.unwrap();
                    examine(&window, &shown).await;
                }
            }
        }
        window.close().await.unwrap();
    });
}

fn noticed(house: &House) -> BirthId {
    let report = BirthReport {
        mother: house.haneul,
        born: date(2026, 11, 20),
        sex: Sex::Female,
        hospital: Some("hanbit-hospital".into()),
        multiple: 1,
    };
    house.act(move |cx| people::report_birth(cx, &report).unwrap())
}

#[test]
fn a_birth_registered_by_the_official_reaches_the_parents_open_page() {
    on_both(async |house| {
        let Some(browser) = testkit::browser() else {
            return;
        };
        let birth = noticed(&house);
        house.rest().await;
        house.account("parent", "resident", Whose::Person(house.haneul));
        house.account("official", "counter", Whose::Agency("hanbit-saebit"));
        let stop = std::sync::Arc::default();
        house
            .app
            .followers
            .start(&tokio::runtime::Handle::current(), &stop);
        let address = serve(&house).await;
        let parent = browser.open().await.unwrap();
        parent.view(View::Phone).await.unwrap();
        sign_in(&parent, address, "parent").await;
        parent
            .goto(format!("http://{address}/births/{birth}"))
            .await
            .unwrap();
        assert!(
            parent.find(By::Css("#ready")).await.is_err(),
            "nothing is ready before"
        );
        let official = browser.open().await.unwrap();
        sign_in(&official, address, "official").await;
        official
            .goto(format!("http://{address}/work/births/{birth}"))
            .await
            .unwrap();
        official
            .find(By::Id("name"))
            .await
            .unwrap()
            .send_keys("이봄")
            .await
            .unwrap();
        official
            .find(By::Id("confirmed"))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
        #[expect(clippy::disallowed_methods, reason = "the test waits in real time")]
        let pressed = Instant::now();
        official
            .find(By::Id("name"))
            .await
            .unwrap()
            .send_keys(Key::Enter + "")
            .await
            .unwrap();
        let mut arrived = None;
        while pressed.elapsed() < Duration::from_secs(20) {
            if parent.find(By::Css("#ready")).await.is_ok() {
                arrived = Some(pressed.elapsed());
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let arrived = arrived.expect("the parent's open page shows what is ready");
        let page = parent
            .find(By::Id("main"))
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        for part in ["부모급여", "1,000,000원", "첫만남이용권", "3,000,000원"] {
            assert!(page.contains(part), "{part} is not on the page:\n{page}");
        }
        testkit_say(&format!(
            "the complete list reached the open page in {arrived:?}"
        ));
        parent
            .screenshot("birth-arrived-phone-light")
            .await
            .unwrap();
        examine(&parent, "birth-arrived").await;
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        parent.close().await.unwrap();
        official.close().await.unwrap();
    });
}

/// Says a figure beside the test's result; benches assert none.
fn testkit_say(line: &str) {
    eprintln!("{line}");
}
