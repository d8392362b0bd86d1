//! The sample city as a newcomer meets it: made, started again, and a birth that reaches an open page.
//!
//! `cargo bench -p wise` prints one line a figure for SQLite and, where they are installed, for
//! PostgreSQL (its server runs with `fsync=off`, as in the tests) and Chromium. Nothing is asserted.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fs;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use testkit::{View, Window};
use thirtyfour::prelude::*;

const MOTHER: &str = "kim-haneul";
/// As the counter's list masks her name.
const MOTHER_NAME: &str = "김○늘";
const COUNTER: &str = "yoon-seojin";
/// Longer than any city takes to make.
const PATIENCE: Duration = Duration::from_secs(900);

/// How long signing in may take.
const SIGN_IN: Duration = Duration::from_secs(5);

/// A running `wise demo`, ended when dropped.
struct Server {
    child: Child,
    port: u16,
    /// From the start of the process to its first answer.
    up: Duration,
}

impl Server {
    fn start(arguments: &[String]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|it| it.local_addr())
            .expect("a free port")
            .port();
        let began = now();
        let child = Command::new(env!("CARGO_BIN_EXE_wise"))
            .args(["demo", "--listen", &format!("127.0.0.1:{port}")])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut server = Self {
            child,
            port,
            up: Duration::ZERO,
        };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "the city is not made");
            if let Some(status) = server.child.try_wait().expect("the server's status") {
                panic!("the server ended: {status}");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        server.up = began.elapsed();
        server
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Resident memory in MB and CPU seconds of user and system, as Linux tells them.
    fn cost(&self) -> (u64, f64) {
        let of = |name: &str| {
            let mut text = String::new();
            fs::File::open(format!("/proc/{}/{name}", self.child.id()))
                .and_then(|mut it| it.read_to_string(&mut text))
                .map(|_| text)
                .unwrap_or_default()
        };
        let status = of("status");
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
            .unwrap_or_default();
        // Fields 14 and 15, counted after the name in brackets; Linux counts 100 ticks a second.
        let stat = of("stat");
        let ticks: u32 = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|it| it.parse::<u32>().ok())
            .sum();
        (kilobytes / 1024, f64::from(ticks) / 100.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let ended = self.child.kill().and_then(|()| self.child.wait());
        if let Err(error) = ended {
            eprintln!("the server could not be ended: {error}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}

/// Signs in as a persona of the sample city by its first page.
async fn enter(window: &Window, server: &Server, persona: &str) -> WebDriverResult<()> {
    window.goto(server.url("/demo")).await?;
    let door = format!("button[name='persona'][value='{persona}']");
    window.find(By::Css(&door)).await?.click().await?;
    let pressed = now();
    while window.current_url().await?.path() == "/demo" && pressed.elapsed() < SIGN_IN {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// From the official's press to the complete list on the parent's open page.
async fn birth(server: &Server) -> WebDriverResult<Option<Duration>> {
    let Some(browser) = testkit::browser() else {
        return Ok(None);
    };
    let official = browser.open().await?;
    enter(&official, server, COUNTER).await?;
    official.goto(server.url("/work/births")).await?;
    let link = official.find(By::LinkText(MOTHER_NAME)).await?;
    let path = link.attr("href").await?.unwrap_or_default();
    let parent = browser.open().await?;
    parent.view(View::Phone).await?;
    enter(&parent, server, MOTHER).await?;
    parent
        .goto(server.url(path.trim_start_matches("/work")))
        .await?;
    official.goto(server.url(&path)).await?;
    let name = official.find(By::Id("name")).await?;
    name.send_keys("이봄").await?;
    official.find(By::Id("confirmed")).await?.click().await?;
    let pressed = now();
    name.send_keys(Key::Enter + "").await?;
    let mut arrived = None;
    while arrived.is_none() && pressed.elapsed() < Duration::from_secs(30) {
        tokio::time::sleep(Duration::from_millis(10)).await;
        if parent.find(By::Css("#ready")).await.is_ok() {
            arrived = Some(pressed.elapsed());
        }
    }
    parent.close().await?;
    official.close().await?;
    Ok(arrived)
}

fn measure(store: &str, arguments: &[String], runtime: &tokio::runtime::Runtime) {
    let made = Server::start(arguments);
    let (memory, cpu) = made.cost();
    println!(
        "{store}: city made in {:.1} s ({cpu:.1} CPU-s of the server), {memory} MB",
        made.up.as_secs_f64()
    );
    drop(made);
    let server = Server::start(arguments);
    std::thread::sleep(Duration::from_secs(2));
    println!(
        "{store}: started again in {:.2} s, {} MB idle",
        server.up.as_secs_f64(),
        server.cost().0
    );
    match runtime.block_on(birth(&server)) {
        Ok(Some(time)) => println!(
            "{store}: birth registered -> complete list on the open page in {:.2} s",
            time.as_secs_f64()
        ),
        Ok(None) => println!("{store}: no Chromium, so no birth"),
        Err(error) => println!("{store}: the birth was not measured: {error}"),
    }
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let data = vec!["--data".to_owned(), folder.path().display().to_string()];
    measure("SQLite", &data, &runtime);
    let Some(server) = testkit::postgres() else {
        println!("PostgreSQL is not installed");
        return;
    };
    let database = ["--database".to_owned(), server.fresh_database()];
    measure("PostgreSQL", &[&data[..], &database[..]].concat(), &runtime);
}
