//! `wise demo --federation` as a visitor sees it: four processes, of which one lies, one is stopped, one is cut off.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use testkit::{Scheme, View, Window};
use thirtyfour::By;

use crate::browser::faults;

/// The program, ended with the agencies that it started.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the demonstration; it is open when this returns.
fn start(folder: &std::path::Path) -> (Program, String) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let mut child = Command::new(env!("CARGO_BIN_EXE_wise"))
        .args(["demo", "--federation", "--residents", "120"])
        .args(["--listen", &address, "--data"])
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.find(|it| it.as_ref().is_ok_and(|it| it.contains("/demo/federation")));
    assert!(said.is_some(), "it does not start");
    std::thread::spawn(move || lines.for_each(drop));
    (Program(child), format!("http://{address}"))
}

/// The window, and where the demonstration is.
struct Visit {
    window: Window,
    base: String,
}

impl Visit {
    async fn page(&self) -> String {
        let url = format!("{}/demo/federation", self.base);
        self.window.goto(url).await.unwrap();
        self.window.source().await.unwrap()
    }

    /// Presses a button of an agency.
    async fn press(&self, agency: usize, what: &str) {
        self.page().await;
        let button = format!("[aria-labelledby=agency-{agency}] button[value={what}]");
        self.window
            .find(By::Css(button))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
    }

    /// Brings something to write down.
    async fn write(&self) {
        self.page().await;
        let button = By::Css("button[value=write]");
        self.window
            .find(button)
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
    }

    /// Entries in the log of an agency; nothing while it is stopped.
    async fn size(&self, agency: usize) -> Option<u64> {
        self.page().await;
        let figures = format!("[aria-labelledby=agency-{agency}] dd");
        let figures = self.window.find_all(By::Css(figures)).await.unwrap();
        let text = figures.get(1)?.text().await.unwrap();
        text.replace(',', "").parse().ok()
    }

    /// Waits until the page says something.
    async fn until(&self, words: &str) -> String {
        for _ in 0..150 {
            let page = self.page().await;
            if page.contains(words) {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("nobody says {words:?}: {}", self.page().await);
    }

    /// Waits until an agency has as many entries.
    async fn grown(&self, agency: usize, beyond: u64) -> u64 {
        for _ in 0..150 {
            if let Some(size) = self.size(agency).await.filter(|it| *it > beyond) {
                return size;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!(
            "agency {agency} stays at {beyond} entries: {}",
            self.page().await
        );
    }
}

#[test]
fn one_of_four_agencies_may_lie_or_stop_and_two_that_are_gone_lose_nothing() {
    let Some(browser) = testkit::browser() else {
        return testkit::skip("the federation in a browser: Chromium is not installed");
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let folder = tempfile::TempDir::new().unwrap();
        let (program, base) = start(folder.path());
        let window = browser.open().await.unwrap();
        let visit = Visit { window, base };
        let page = visit.page().await;
        assert!(page.contains("모두 이 컴퓨터 한 대에서"), "{page}");
        let begun = visit.grown(3, 0).await;

        visit.press(1, "lie").await;
        visit.write().await;
        visit.grown(0, begun).await;
        // It is caught where two compare what they heard: not in every block.
        let caught = "도청: 같은 차례에 서로 다른 두 표를";
        for _ in 0..60 {
            if visit.page().await.contains(caught) {
                break;
            }
            visit.write().await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        visit.until(caught).await;
        let lied = visit.grown(0, begun).await;
        visit.press(1, "truth").await;

        visit.press(2, "stop").await;
        assert_eq!(visit.size(2).await, None);
        visit.write().await;
        visit.grown(0, lied).await;
        // Whatever was brought before comes to rest.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let without_one = visit.size(0).await.unwrap();

        visit.press(3, "cut").await;
        visit.write().await;
        let page = visit.until("원장이 멈춰 있습니다").await;
        assert!(page.contains("연결 끊김"), "{page}");
        // What was done meanwhile waits; nobody writes it down alone.
        visit.until("기다리는 기록").await;
        assert_eq!(visit.size(0).await, Some(without_one));
        for (view, scheme, name) in [
            (View::Phone, Scheme::Light, "federation-phone"),
            (View::Desk, Scheme::Dark, "federation-desk"),
        ] {
            visit.window.view(view).await.unwrap();
            visit.window.scheme(scheme).await.unwrap();
            visit.page().await;
            visit.window.screenshot(name).await.unwrap();
            let faults = faults(&visit.window).await;
            assert!(faults.is_empty(), "{name}: {}", faults.join("\n"));
        }

        visit.press(2, "start").await;
        let all = visit.grown(0, without_one).await;
        assert!(visit.grown(2, without_one).await >= all);
        visit.press(3, "join").await;
        assert!(visit.grown(3, without_one).await >= all);
        let page = visit.page().await;
        assert!(!page.contains("원장이 멈춰 있습니다"), "{page}");
        visit.window.close().await.unwrap();
        drop(program);
    });
}
