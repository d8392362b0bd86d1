//! The browser as the page tests use it.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use testkit::{Scheme, View};
use thirtyfour::By;

const PAGE: &str = r#"<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>한빛시</title>
<meta name="viewport" content="width=device-width">
<style>:root{color-scheme:light dark} body,h1{margin:0} main{height:3000px}
@media (prefers-color-scheme: dark){h1{display:none}}</style></head>
<body><main><h1>출생 신고</h1><p id="way">form</p><a href="/next">다음</a></main>
<script>document.getElementById("way").textContent = "script"</script></body></html>"#;

/// Answers every request with one page.
fn serve(page: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // Browsers open connections in advance, which stay silent.
            thread::spawn(move || {
                let _ = stream.read(&mut [0; 8192]);
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close";
                let _ = write!(
                    stream,
                    "{head}\r\nContent-Length: {}\r\n\r\n{page}",
                    page.len()
                );
            });
        }
    });
    format!("http://{address}/")
}

#[tokio::test]
async fn a_page_is_seen_as_a_person_chose_it() {
    let Some(browser) = testkit::browser() else {
        return;
    };
    let window = browser.open().await.unwrap();
    let width = "return [innerWidth, innerHeight, navigator.language]";
    window.goto(serve(PAGE)).await.unwrap();
    let desk: (u32, u32, String) = window
        .execute(width, vec![])
        .await
        .unwrap()
        .convert()
        .unwrap();
    assert_eq!(desk, (1280, 900, "ko-KR".into()));
    window.view(View::Phone).await.unwrap();
    let phone: (u32, u32, String) = window
        .execute(width, vec![])
        .await
        .unwrap()
        .convert()
        .unwrap();
    assert_eq!((phone.0, phone.1), (390, 844));

    let heading = window.find(By::Tag("h1")).await.unwrap();
    assert!(heading.is_displayed().await.unwrap());
    window.scheme(Scheme::Dark).await.unwrap();
    assert!(!heading.is_displayed().await.unwrap());
    window.scheme(Scheme::Light).await.unwrap();
    assert!(heading.is_displayed().await.unwrap());

    let png = window.png().await.unwrap();
    let size = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!(
        (size(16), size(20)),
        (390, 3000),
        "the picture holds the whole page"
    );
    window.close().await.unwrap();
}

#[tokio::test]
async fn a_page_without_javascript_can_still_be_used_and_checked() {
    let Some(browser) = testkit::browser() else {
        return;
    };
    let window = browser.open().await.unwrap();
    let url = serve(PAGE);
    let way = async || {
        window
            .find(By::Id("way"))
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    window.goto(&url).await.unwrap();
    assert_eq!(way().await, "script");
    window.javascript(false).await.unwrap();
    window.goto(&url).await.unwrap();
    assert_eq!(way().await, "form");
    window
        .find(By::LinkText("다음"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    assert!(
        window
            .current_url()
            .await
            .unwrap()
            .as_str()
            .ends_with("/next")
    );
    assert_eq!(way().await, "form");
    if let Some(violations) = testkit::axe(&window).await.unwrap() {
        assert_eq!(violations, vec![]);
    }
    window.javascript(true).await.unwrap();
    window.goto(&url).await.unwrap();
    assert_eq!(way().await, "script");
    window.close().await.unwrap();
}

#[tokio::test]
async fn axe_names_what_is_wrong_and_where() {
    let Some(browser) = testkit::browser() else {
        return;
    };
    let window = browser.open().await.unwrap();
    window
        .goto(serve(
            "<!doctype html><html><title>x</title><main><h1>x</h1><img src=cat.png></main></html>",
        ))
        .await
        .unwrap();
    let Some(violations) = testkit::axe(&window).await.unwrap() else {
        return;
    };
    let mut broken: Vec<&str> = violations
        .iter()
        .map(|violation| violation.id.as_str())
        .collect();
    broken.sort_unstable();
    assert_eq!(broken, ["html-has-lang", "image-alt"]);
    let told: String = violations.iter().map(ToString::to_string).collect();
    assert!(told.contains("<img src=\"cat.png\">"), "{told}");
    window.close().await.unwrap();
}
