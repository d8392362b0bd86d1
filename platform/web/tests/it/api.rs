//! The description of the API, and wake-ups.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use utoipa::openapi::path::{HttpMethod, OperationBuilder};
use utoipa::openapi::{Info, OpenApi, PathItem, Paths};

use crate::app::{on_both_stores, on_both_stores_with};

fn described() -> OpenApi {
    let mut paths = Paths::new();
    let operation = OperationBuilder::new()
        .tag("notes")
        .summary(Some("Read the notes"))
        .build();
    paths.paths.insert(
        "/api/notes".into(),
        PathItem::new(HttpMethod::Get, operation),
    );
    OpenApi::new(Info::new("Test", "1"), paths)
}

#[test]
fn the_api_is_described_for_programs_and_people() {
    on_both_stores_with(
        |config| config.openapi = described(),
        async |app| {
            let document = app.browser().get("/openapi.json").await.json();
            assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
            let page = app.browser().get("/api").await;
            assert_eq!(page.status, StatusCode::OK);
            for part in ["<h2>notes</h2>", "/api/notes", "Read the notes"] {
                assert!(page.body.contains(part), "{part}: {}", page.body);
            }
        },
    );
}

#[test]
fn a_change_wakes_an_open_page_once_and_says_nothing() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let cookie = format!("wise_session={}", browser.cookie("wise_session").unwrap());
        let request = Request::get("/events").header(header::COOKIE, cookie);
        let request = request.body(Body::empty()).unwrap();
        let response = app.router.clone().oneshot(request).await.unwrap();
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "text/event-stream"
        );
        let mut body = response.into_body();
        let quiet = tokio::time::timeout(Duration::from_millis(300), body.frame()).await;
        assert!(quiet.is_err(), "nothing happened, so nothing is said");
        for _ in 0..5 {
            let signal = app.core.act(None, |cx| cx.tx.signal());
            signal.await.map_err(|e: db::Error| e).unwrap();
        }
        let woken = tokio::time::timeout(Duration::from_secs(5), body.frame()).await;
        let frame = woken.unwrap().unwrap().unwrap().into_data().unwrap();
        assert_eq!(frame, "data: change\n\n");
        let more = tokio::time::timeout(Duration::from_millis(400), body.frame()).await;
        assert!(more.is_err(), "five changes are one wake-up");
        app.core.close_streams();
        let end = tokio::time::timeout(Duration::from_secs(5), body.frame()).await;
        assert!(
            end.unwrap().is_none(),
            "a server that closes does not wait for pages"
        );
    });
}

#[test]
fn a_json_body_that_does_not_fit_is_answered_with_the_place() {
    on_both_stores(async |app| {
        let program = app.browser().with("accept", "application/json");
        let csrf = program
            .with("accept", "text/html")
            .get("/settings")
            .await
            .field("csrf");
        let program = program.with("x-csrf-token", &csrf);
        let send = async |body: &str, kind: &str| {
            program
                .ask("POST", "/api/echo", body.as_bytes().to_vec(), Some(kind))
                .await
        };
        let json = "application/json";
        assert_eq!(
            send(r#"{"child":{"weight_g":3300}}"#, json).await.body,
            "3300"
        );
        let wrong = send(r#"{"child":{"weight_g":"heavy"}}"#, json).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.json()["errors"][0]["field"], "child.weight_g");
        assert_eq!(
            send("{", json).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(
            send("{}", "text/csv").await.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        );
        let long = format!("\"{}\"", "x".repeat(2 << 20));
        let large = send(&long, json).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(large.json()["detail"].as_str().unwrap().contains("1,024KB"));
    });
}
