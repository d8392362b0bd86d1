//! Signing in at an identity provider, good and bad.

use axum::http::StatusCode;
use testkit::oidc::{CLIENT_ID, CLIENT_SECRET, Flaw, OidcProvider, Subject};
use testkit::{Answer, Client};
use web::accounts::{self, NewAccount};
use web::{Account, CoreConfig, OidcConfig};

use crate::app::{App, on_both_stores_with};

fn config(provider: &OidcProvider, roles: &[&str]) -> impl Fn(&mut CoreConfig) {
    let oidc = OidcConfig {
        issuer: provider.issuer().to_owned(),
        client_id: CLIENT_ID.into(),
        client_secret: CLIENT_SECRET.into(),
        default_roles: roles.iter().map(|it| (*it).to_owned()).collect(),
    };
    move |config| config.oidc = Some(oidc.clone())
}

/// Goes to the provider and comes back, as a browser does.
async fn round_trip(browser: &Client) -> Answer {
    let out = browser.get("/login/oidc?next=%2Fframe").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER, "{}", out.body);
    let back = follow(out.header("location")).await;
    let (_, path) = back.split_once("127.0.0.1:8080").unwrap();
    browser.get(path).await
}

/// Asks the provider and returns where it sends the browser.
async fn follow(address: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let line = answer.lines().find_map(|it| it.strip_prefix("location: "));
    line.expect(&answer).to_owned()
}

async fn accounts(app: &App) -> Vec<Account> {
    let all = app.core.look(|tx| accounts::list(tx, &[])).await;
    all.map_err(|e: db::Error| e).unwrap()
}

#[test]
fn the_first_login_makes_an_account_and_the_second_finds_it() {
    let provider = OidcProvider::start();
    on_both_stores_with(config(&provider, &["reader"]), async |app| {
        for _ in 0..2 {
            let browser = app.browser();
            assert!(browser.get("/login").await.body.contains("/login/oidc"));
            let answer = round_trip(&browser).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            assert_eq!(answer.header("location"), "/frame");
            assert!(browser.get("/settings").await.body.contains("김하늘"));
            assert_eq!(browser.cookie("wise_oidc"), None);
        }
        let accounts = accounts(&app).await;
        assert_eq!(accounts.len(), 1);
        assert!(accounts[0].has_role("reader"));
    });
}

#[test]
fn whatever_is_wrong_with_the_login_nobody_is_signed_in() {
    let provider = OidcProvider::start();
    on_both_stores_with(config(&provider, &["reader"]), async |app| {
        for flaw in [
            Flaw::WrongNonce,
            Flaw::Expired,
            Flaw::WrongAudience,
            Flaw::WrongIssuer,
            Flaw::WrongKey,
            Flaw::WrongState,
            Flaw::AccessDenied,
        ] {
            provider.flaw(flaw);
            let browser = app.browser();
            let answer = round_trip(&browser).await;
            let expected = match flaw {
                Flaw::AccessDenied => StatusCode::SEE_OTHER,
                _ => StatusCode::BAD_REQUEST,
            };
            assert_eq!(answer.status, expected, "{flaw:?}");
            assert_eq!(browser.cookie("wise_session"), None, "{flaw:?}");
        }
        provider.flaw(Flaw::None);
        assert_eq!(accounts(&app).await.len(), 0);
        let stray = app
            .browser()
            .get("/login/oidc/callback?code=x&state=y")
            .await;
        assert_eq!(stray.status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn without_default_roles_only_known_people_enter() {
    let provider = OidcProvider::start();
    let issuer = provider.issuer().to_owned();
    on_both_stores_with(config(&provider, &[]), async |app| {
        let known = NewAccount {
            login: "known".into(),
            name: "박지우".into(),
            oidc: Some((issuer.clone(), "known-1".into())),
            ..NewAccount::default()
        };
        app.account(known).await;
        let subject = |id: &str| Subject {
            id: id.into(),
            name: "누군가".into(),
            email: String::new(),
        };
        provider.log_in_as(subject("unknown"));
        let answer = round_trip(&app.browser()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        provider.log_in_as(subject("known-1"));
        let browser = app.browser();
        assert_eq!(round_trip(&browser).await.status, StatusCode::SEE_OTHER);
        assert!(browser.get("/settings").await.body.contains("박지우"));
    });
}

#[test]
fn a_provider_that_is_away_is_said_to_be_away() {
    let gone = |config: &mut CoreConfig| {
        config.oidc = Some(OidcConfig {
            issuer: "http://127.0.0.1:9".into(),
            client_id: "x".into(),
            client_secret: String::new(),
            default_roles: Vec::new(),
        });
    };
    on_both_stores_with(gone, async |app| {
        let answer = app.browser().get("/login/oidc").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.body.contains("답하지 않습니다"));
    });
}
