//! How sessions end and turn over, and that nothing typed is lost when they do.

use axum::http::StatusCode;
use jiff::SignedDuration;

use crate::app::{PASSWORD, notes, on_both_stores, on_both_stores_with};

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

#[test]
fn a_session_that_is_not_used_ends_and_one_that_is_used_lives_until_its_limit() {
    on_both_stores(async |app| {
        app.clerk().await;
        let idle = app.signed_in("clerk").await;
        app.clock.advance(minutes(61));
        let answer = idle.get("/notes").await;
        assert_eq!(answer.header("location"), "/login?next=%2Fnotes&expired=1");
        let page = idle.get(answer.header("location")).await;
        assert!(page.body.contains("시간이 지나 로그인이 끝났습니다"));

        let busy = app.signed_in("clerk").await;
        for _ in 0..14 {
            app.clock.advance(minutes(50));
            assert_eq!(busy.get("/notes").await.status, StatusCode::OK);
        }
        app.clock.advance(minutes(50));
        assert_eq!(busy.get("/notes").await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn the_token_turns_over_and_the_old_one_soon_opens_nothing() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let page = browser.get("/settings").await;
        let old = browser.cookie("wise_session").unwrap();
        app.clock.advance(minutes(16));
        assert_eq!(browser.get("/notes").await.status, StatusCode::OK);
        let new = browser.cookie("wise_session").unwrap();
        assert_ne!(old, new);

        let thief = app.browser();
        thief
            .cookies
            .lock()
            .unwrap()
            .insert("wise_session".into(), old);
        assert_eq!(
            thief.get("/notes").await.status,
            StatusCode::OK,
            "under way at the rotation"
        );
        browser.get("/notes").await;
        app.clock.advance(minutes(2));
        assert_eq!(thief.get("/notes").await.status, StatusCode::SEE_OTHER);

        // A form that was open during the rotation is still good.
        let form = [("csrf", page.field("csrf")), ("token", page.field("token"))];
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(browser.post("/notes", &form).await.status, StatusCode::OK);
    });
}

#[test]
fn a_browser_that_never_received_the_new_token_stays_signed_in() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let old = browser.cookie("wise_session").unwrap();
        app.clock.advance(minutes(16));
        browser.get("/notes").await;
        browser
            .cookies
            .lock()
            .unwrap()
            .insert("wise_session".into(), old.clone());
        app.clock.advance(minutes(5));
        assert_eq!(browser.get("/notes").await.status, StatusCode::OK);
        assert_ne!(browser.cookie("wise_session").unwrap(), old);
        app.clock.advance(minutes(5));
        assert_eq!(browser.get("/notes").await.status, StatusCode::OK);
    });
}

#[test]
fn a_form_of_an_expired_session_is_sent_after_signing_in_without_typing_it_again() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.signed_in("clerk").await;
        let open_page = browser.get("/settings").await;
        app.clock.advance(minutes(90));
        let text = "첫째 줄 <b>\"굵게\"</b>";
        let form = [
            ("text", text),
            ("password_again", "geheim"),
            ("csrf", &open_page.field("csrf")),
            ("token", &open_page.field("token")),
        ];
        let answer = browser.post("/notes?from=3", &form).await;
        assert_eq!(answer.status.as_u16(), 419);
        assert!(
            answer.body.contains("적으신 내용은 잃지 않았습니다"),
            "{}",
            answer.body
        );
        assert!(!answer.body.contains("geheim"), "passwords are not kept");

        let sign_in = [
            ("login", "clerk"),
            ("password", PASSWORD),
            ("kept", &answer.field("kept")),
            ("csrf", &answer.field("csrf")),
        ];
        let again = browser.post("/login", &sign_in).await;
        assert_eq!(again.status, StatusCode::OK, "{}", again.body);
        assert!(
            again.body.contains("action=\"/notes?from=3\""),
            "{}",
            again.body
        );
        assert!(
            !again.body.contains("오류 번호"),
            "nothing went wrong any more"
        );
        assert_eq!(notes(&app.core).await, 0);
        let resend = [
            ("text", again.field("text")),
            ("csrf", again.field("csrf")),
            ("token", again.field("token")),
        ];
        assert_eq!(resend[0].1, text);
        let resend: Vec<(&str, &str)> = resend
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(
            browser.post("/notes?from=3", &resend).await.status,
            StatusCode::OK
        );
        assert_eq!(notes(&app.core).await, 1);
    });
}

#[test]
fn a_kept_form_leads_nowhere_else() {
    on_both_stores(async |app| {
        app.clerk().await;
        let browser = app.browser();
        let kept = r#"["https://evil.example",[["text","x"]]]"#;
        let fields = [("login", "clerk"), ("password", PASSWORD), ("kept", kept)];
        let answer = browser.send("/login", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header("location"), "/");
    });
}

#[test]
fn over_tls_cookies_are_secure_and_browsers_are_told_to_stay_with_it() {
    on_both_stores_with(
        |config| config.secure_cookies = true,
        async |app| {
            let answer = app.browser().get("/login").await;
            let cookie = answer.header("set-cookie");
            for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Secure"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
            assert!(
                answer
                    .header("strict-transport-security")
                    .contains("max-age=")
            );
        },
    );
}
