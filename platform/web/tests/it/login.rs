//! Signing in, staying in, signing out.

use axum::http::StatusCode;
use jiff::SignedDuration;
use web::accounts;

use crate::app::{PASSWORD, on_both_stores};

#[test]
fn a_person_signs_in_and_comes_back_to_the_page_they_wanted() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.browser();
        let asked = browser.get("/notes?from=3").await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        assert_eq!(asked.header("location"), "/login?next=%2Fnotes%3Ffrom%3D3");
        let page = browser.get(asked.header("location")).await;
        assert!(page.body.contains("로그인"));
        let form = [
            ("login", "clerk"),
            ("password", PASSWORD),
            ("next", &page.field("next")),
            ("csrf", &page.field("csrf")),
        ];
        let guest = browser.cookie("wise_session");
        let answer = browser.post("/login", &form).await;
        assert_eq!(answer.header("location"), "/notes?from=3");
        assert_ne!(browser.cookie("wise_session"), guest);
        let page = browser.get("/notes").await;
        assert_eq!(page.body, "Agency(\"A1\")");
    });
}

#[test]
fn a_wrong_password_and_an_unknown_login_read_the_same() {
    on_both_stores(async |app| {
        app.clerk().await;
        let mut bodies = Vec::new();
        for login in ["clerk", "nobody"] {
            let browser = app.browser();
            browser.get("/login").await;
            let fields = [
                ("login", login),
                ("password", PASSWORD.trim()),
                ("next", "/notes"),
            ];
            let answer = browser.send("/login", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                answer.body.contains("href=\"#password\""),
                "{}",
                answer.body
            );
            assert_eq!(browser.cookie("wise_session"), None);
            assert_eq!(answer.field("next"), "/notes");
            let body = answer.body.replace(&answer.field("csrf"), "");
            bodies.push(body.replace(&answer.field("token"), "").replace(login, ""));
        }
        // Masks differ on every form of a page; what a person reads does not.
        let read = |body: &str| body.matches("<p").count();
        assert_eq!(read(&bodies[0]), read(&bodies[1]));
    });
}

#[test]
fn after_signing_out_the_old_cookie_opens_nothing() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let stolen = browser.cookie("wise_session").unwrap();
        let answer = browser.send("/logout", &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.cookie("wise_session"), None);
        browser
            .cookies
            .lock()
            .unwrap()
            .insert("wise_session".into(), stolen);
        assert_eq!(browser.get("/notes").await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_disabled_account_is_out_at_once_and_cannot_come_back() {
    on_both_stores(async |app| {
        let id = app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let disabled = app
            .core
            .act(None, move |cx| accounts::set_disabled(cx.tx, id, true));
        disabled.await.map_err(|e: db::Error| e).unwrap();
        assert_eq!(browser.get("/notes").await.status, StatusCode::SEE_OTHER);
        let fields = [("login", "clerk"), ("password", PASSWORD)];
        let answer = app.browser().send("/login", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn login_leads_only_to_addresses_of_this_server() {
    on_both_stores(async |app| {
        app.clerk().await;
        for next in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/\tx",
        ] {
            let browser = app.browser();
            let fields = [("login", "clerk"), ("password", PASSWORD), ("next", next)];
            let answer = browser.send("/login", &fields).await;
            assert_eq!(answer.header("location"), "/", "{next:?}");
        }
    });
}

#[test]
fn guessing_a_password_waits_longer_and_longer() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.browser();
        for _ in 0..3 {
            let answer = browser
                .send("/login", &[("login", "clerk"), ("password", "x")])
                .await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let right = [("login", "clerk"), ("password", PASSWORD)];
        let answer = browser.send("/login", &right).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.header("retry-after"), "2");
        assert!(answer.body.contains("2초 뒤에"), "{}", answer.body);
        app.clock.advance(SignedDuration::from_secs(2));
        assert_eq!(
            browser.send("/login", &right).await.status,
            StatusCode::SEE_OTHER
        );
    });
}

#[test]
fn one_address_cannot_try_many_logins() {
    on_both_stores(async |app| {
        let browser = app.browser();
        for attempt in 0..10 {
            let login = format!("someone-{attempt}");
            let answer = browser
                .send("/login", &[("login", &login), ("password", "x")])
                .await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let answer = browser
            .send("/login", &[("login", "another"), ("password", "x")])
            .await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    });
}

#[test]
fn settings_are_kept_in_the_browser_and_then_in_the_account() {
    on_both_stores(async |app| {
        app.clerk().await;
        let guest = app.browser();
        let answer = guest
            .send("/settings", &[("lang", "en"), ("back", "/frame")])
            .await;
        assert_eq!(answer.header("location"), "/frame");
        assert_eq!(guest.get("/frame").await.body, "en auto Sign in");
        let browser = app.signed_in("clerk").await;
        browser.send("/settings", &[("theme", "dark")]).await;
        let elsewhere = app.signed_in("clerk").await;
        assert_eq!(elsewhere.get("/frame").await.body, "ko dark 로그인");
        let wrong = browser.send("/settings", &[("theme", "pink")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}
