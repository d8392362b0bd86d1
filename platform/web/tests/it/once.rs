//! Pressing twice is once; forged forms change nothing.

use axum::http::StatusCode;
use jiff::SignedDuration;
use web::accounts;

use crate::app::{notes, on_both_stores};

fn form<'a>(pairs: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    pairs
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

#[test]
fn a_form_sent_twice_is_done_once_and_answered_twice_alike() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let page = browser.get("/settings").await;
        let fields = |text: &str| {
            let text = text.to_owned();
            [
                ("text", text),
                ("csrf", page.field("csrf")),
                ("token", page.field("token")),
            ]
        };
        let one = fields("하나");
        let one = form(&one);
        let (first, second) =
            tokio::join!(browser.post("/notes", &one), browser.post("/notes", &one));
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        assert_eq!(first.body, second.body);
        assert_eq!(notes(&app.core).await, 1);
        let other = browser.post("/notes", &form(&fields("둘"))).await;
        assert_ne!(
            other.body, first.body,
            "another button of the same page is another thing"
        );
        let without = [("text", "셋".to_owned()), ("csrf", page.field("csrf"))];
        let refused = browser.post("/notes", &form(&without)).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(notes(&app.core).await, 2);
    });
}

#[test]
fn a_form_from_elsewhere_changes_nothing() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let page = browser.get("/settings").await;
        let good = [
            ("text", "x".to_owned()),
            ("csrf", page.field("csrf")),
            ("token", page.field("token")),
        ];
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ] {
            let answer = browser.with(name, value).post("/notes", &form(&good)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        }
        for csrf in [
            "",
            "AAAA",
            &app.browser().get("/settings").await.field("csrf"),
        ] {
            let mut wrong = good.clone();
            wrong[1].1 = csrf.to_owned();
            let answer = browser.post("/notes", &form(&wrong)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{csrf:?}");
        }
        assert_eq!(notes(&app.core).await, 0);
        let same = browser.with("sec-fetch-site", "same-origin");
        assert_eq!(
            same.post("/notes", &form(&good)).await.status,
            StatusCode::OK
        );
    });
}

#[test]
fn a_page_of_the_session_before_is_sent_again_by_one_press() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let old = browser.get("/settings").await;
        browser.send("/logout", &[]).await;
        let fields = [("login", "clerk"), ("password", crate::app::PASSWORD)];
        browser.send("/login", &fields).await;
        let stale = [
            ("text", "남긴 글".to_owned()),
            ("csrf", old.field("csrf")),
            ("token", old.field("token")),
        ];
        let ours = browser.with("sec-fetch-site", "same-origin");
        let answer = ours.post("/notes", &form(&stale)).await;
        assert_eq!(answer.status.as_u16(), 419);
        let again = ["text", "csrf", "token"].map(|name| (name, answer.field(name)));
        assert_eq!(
            ours.post("/notes", &form(&again)).await.status,
            StatusCode::OK
        );
        assert_eq!(notes(&app.core).await, 1);
    });
}

#[test]
fn a_system_with_a_token_needs_no_page_and_a_cookie_alone_is_not_enough() {
    on_both_stores(async |app| {
        let id = app.clerk().await;
        let ends = "2026-11-24T00:00:00Z".parse().unwrap();
        let token = app.core.act(None, move |cx| {
            accounts::create_api_token(cx, id, "hospital", Some(ends))
        });
        let token: Result<String, db::Error> = token.await;
        let token = token.unwrap();
        let system = app.browser().with("accept", "application/json");
        let system = system.with("authorization", &format!("Bearer {token}"));
        let json = Some("application/json");
        let named = system.with("idempotency-key", "birth-2026-000001");
        assert_eq!(
            named
                .ask("POST", "/api/notes", b"{}".to_vec(), json)
                .await
                .status,
            StatusCode::OK
        );
        let unnamed = system.ask("POST", "/api/notes", b"{}".to_vec(), json).await;
        assert_eq!(unnamed.status, StatusCode::BAD_REQUEST);
        assert!(
            unnamed.json()["remedy"]
                .as_str()
                .unwrap()
                .contains("Idempotency-Key")
        );

        let page = app
            .signed_in("clerk")
            .await
            .with("accept", "application/json");
        let page = page.with("idempotency-key", "page-000001");
        let refused = page.ask("POST", "/api/notes", b"{}".to_vec(), json).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let csrf = page
            .with("accept", "text/html")
            .get("/settings")
            .await
            .field("csrf");
        let sent = page
            .with("x-csrf-token", &csrf)
            .ask("POST", "/api/notes", b"{}".to_vec(), json)
            .await;
        assert_eq!(sent.status, StatusCode::OK);

        app.clock.advance(SignedDuration::from_hours(25));
        assert_eq!(
            system.get("/api/notes").await.status,
            StatusCode::UNAUTHORIZED
        );
        let wrong = app.browser().with("authorization", "Bearer wise_x");
        assert_eq!(
            wrong.get("/api/notes").await.status,
            StatusCode::UNAUTHORIZED
        );
    });
}

#[test]
fn who_sends_without_end_is_asked_to_wait() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let mut last = StatusCode::OK;
        for _ in 0..130 {
            last = browser.post("/settings", &[]).await.status;
            if last == StatusCode::TOO_MANY_REQUESTS {
                break;
            }
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(
            browser.get("/notes").await.status,
            StatusCode::OK,
            "reading goes on"
        );
    });
}
