//! What goes wrong is said kindly, in the reader's language and form, and tells nothing inside.

use axum::http::StatusCode;

use crate::app::{on_both_stores, texts};

#[test]
fn every_text_there_is_in_korean_is_there_in_english() {
    let missing = texts().missing();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_page_that_is_not_there_is_a_page_for_people_and_a_problem_for_programs() {
    on_both_stores(async |app| {
        let page = app.browser().get("/nowhere").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(
            page.body.contains("<h1>찾는 화면이 없습니다</h1>"),
            "{}",
            page.body
        );
        let program = app.browser().with("accept", "application/json");
        for answer in [
            program.get("/nowhere").await,
            app.browser().get("/api/nowhere").await,
        ] {
            assert_eq!(answer.header("content-type"), "application/problem+json");
            let problem = answer.json();
            assert_eq!(problem["status"], 404);
            assert_eq!(problem["type"], "urn:wise:problem:web-not-found");
            assert_eq!(problem["title"], "찾는 화면이 없습니다");
            assert!(problem["remedy"].is_string());
        }
        let wrong = app
            .browser()
            .ask("DELETE", "/notes", Vec::new(), None)
            .await;
        assert_eq!(
            wrong.status,
            StatusCode::FORBIDDEN,
            "without the page's secret"
        );
    });
}

#[test]
fn a_fault_of_ours_tells_nothing_inside() {
    on_both_stores(async |app| {
        for path in ["/panic", "/secret"] {
            for accept in ["text/html", "application/json"] {
                let answer = app.browser().with("accept", accept).get(path).await;
                assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
                assert!(answer.body.contains("저희 쪽에서 일이 잘못되었습니다"));
                for inside in ["own secret", "web_account", "on fire", ".rs"] {
                    assert!(!answer.body.contains(inside), "{inside}: {}", answer.body);
                }
            }
        }
    });
}

#[test]
fn a_form_of_ten_megabytes_is_refused_with_words() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let text = "가".repeat(10 << 20);
        let answer = browser.send("/notes", &[("text", &text)]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.body.contains("1,024KB까지"), "{}", answer.body);
    });
}

#[test]
fn what_a_visitor_may_not_do_is_refused_before_the_handler_runs() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        assert_eq!(browser.get("/never").await.status, StatusCode::FORBIDDEN);
        assert_eq!(
            app.browser().get("/api/notes").await.status,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(
            app.browser().get("/events").await.status,
            StatusCode::SEE_OTHER
        );
    });
}

#[test]
fn every_answer_carries_the_security_headers() {
    on_both_stores(async |app| {
        for path in [
            "/login",
            "/nowhere",
            "/panic",
            "/api/notes",
            "/assets/wise.css",
            "/healthz",
        ] {
            let answer = app.browser().get(path).await;
            assert!(
                answer
                    .header("content-security-policy")
                    .contains("frame-ancestors 'none'"),
                "{path}"
            );
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
            let kept = if path.starts_with("/assets/") {
                "no-cache"
            } else {
                "no-store"
            };
            assert_eq!(answer.header("cache-control"), kept, "{path}");
        }
    });
}

#[test]
fn the_look_is_served_once_and_then_known() {
    on_both_stores(async |app| {
        let browser = app.browser();
        let css = browser.get("/assets/wise.css").await;
        assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
        assert_eq!(css.headers.get("set-cookie"), None);
        let again = browser
            .with("if-none-match", css.header("etag"))
            .get("/assets/wise.css")
            .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
        assert_eq!(
            browser.get("/assets/nothing.css").await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            browser.get("/assets/..%2FCargo.toml").await.status,
            StatusCode::NOT_FOUND
        );
        for path in [
            "/sw.js",
            "/manifest.webmanifest",
            "/favicon.ico",
            "/offline",
            "/healthz",
        ] {
            assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
        }
    });
}

#[test]
fn the_offline_page_names_nobody() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        assert!(browser.get("/settings").await.body.contains("이서연"));
        assert!(!browser.get("/offline").await.body.contains("이서연"));
    });
}
