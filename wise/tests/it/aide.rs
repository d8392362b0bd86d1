//! A decision maker tries a reform on everybody, repeats it to the same bytes, and makes a briefing of it.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use axum::http::StatusCode;
use base::Clock;
use jiff::SignedDuration;
use jiff::civil::date;
use serde_json::Value;
use testkit::{Client, Scheme, View, Window};
use thirtyfour::common::print::PrintParameters;
use web::{PageQuery, Scope};
use wise::areas::aide::actions;
use wise::areas::aide::model::{NewRun, State};
use wise::areas::aide::wording::figures;
use wise::areas::benefits::actions::export::export;
use wise::areas::benefits::model::Desk;
use wise::demo::{population, sample_data};

use crate::browser::{faults, serve, sign_in};
use crate::house::{House, Whose, on_both};

/// Everybody of an invented country, drawn once more for each house.
pub fn settle(house: &House, residents: u64) {
    let country = &house.app.country;
    let data = sample_data(country).unwrap();
    let drawn = (7, residents, date(2026, 11, 23));
    let now = house.clock.now();
    let taken = house.app.populations.take(now, |file| {
        population::write(file, &country.book, &data, drawn, |_| ()).map_err(std::io::Error::other)
    });
    assert!(taken.unwrap().is_some());
}

/// The newest run, once it has an answer.
pub fn finished(house: &House) -> String {
    let page = PageQuery {
        after: None,
        limit: 1,
    };
    for _ in 0..200 {
        let page = page.clone();
        let runs = house.read(move |tx| actions::runs(tx, &Scope::Everything, &page).unwrap());
        let run = runs.first().expect("something was asked");
        if run.state == State::Done {
            return format!("/aide/runs/{}", run.id);
        }
        assert_ne!(run.state, State::Refused, "{:?}", run.refusal);
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the run has no answer");
}

/// A language model that makes of each sentence what it is told to, for one request a connection.
pub fn talk(house: &House, reword: fn(&str) -> String) {
    let listener = house.model.try_clone().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let body = loop {
                let mut part = [0; 4096];
                let count = stream.read(&mut part).unwrap();
                if count == 0 {
                    break None;
                }
                request.extend_from_slice(&part[..count]);
                let Some(end) = request.windows(4).position(|it| it == b"\r\n\r\n") else {
                    continue;
                };
                let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
                assert!(head.starts_with("post /v1/chat/completions"), "{head}");
                let length = head.split("content-length: ").nth(1).unwrap();
                let length: usize = length.lines().next().unwrap().trim().parse().unwrap();
                if request.len() >= end + 4 + length {
                    break Some(request[end + 4..].to_vec());
                }
            };
            let Some(body) = body else { continue };
            let asked: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(asked["temperature"], 0);
            let given = asked["messages"][1]["content"].as_str().unwrap();
            let given: Vec<String> = serde_json::from_str(given).unwrap();
            let made: Vec<String> = given.iter().map(|it| reword(it)).collect();
            let content = format!("```json\n{}\n```", serde_json::to_string(&made).unwrap());
            let answer = serde_json::json!({"choices": [{"message": {"content": content}}]});
            let answer = answer.to_string();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
                 content-length: {}\r\n\r\n{answer}",
                answer.len()
            )
            .unwrap();
        }
    });
}

/// The bytes of a run's answer.
pub fn outputs(house: &House, run: &str) -> String {
    let id = run.rsplit('/').next().unwrap().parse().unwrap();
    house.read(move |tx| actions::outputs(tx, id).unwrap().unwrap())
}

pub async fn decision_maker(house: &House) -> Client {
    house
        .signed_in("minho", "decision_maker", Whose::Agency("hanbit"))
        .await
}

const RAISE: [(&str, &str); 5] = [
    ("title", "아동수당 15만원"),
    ("on", "2027-01-01"),
    ("parameter", "child-allowance/base"),
    ("value", "150,000"),
    ("do", "run"),
];

/// Asks, and follows the run until it has an answer: its path and page.
async fn asked(client: &Client, fields: &[(&str, &str)]) -> (String, String) {
    let sent = client.send("/aide/reforms", fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    answered(client, sent.header("location")).await
}

pub async fn answered(client: &Client, path: &str) -> (String, String) {
    for _ in 0..200 {
        let page = client.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        if !page.body.contains("data-live") || page.body.contains("id=\"basis\"") {
            return (path.to_owned(), page.body);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} has no answer");
}

#[test]
fn a_reform_is_asked_of_everybody_and_repeats_to_the_same_bytes() {
    on_both(async |house| {
        settle(&house, 3_000);
        let client = decision_maker(&house).await;
        let form = client
            .get("/aide/reforms/new?parameter=child-allowance/base")
            .await;
        assert!(form.body.contains("오늘은 100,000 원"), "{}", form.body);
        let (run, page) = asked(&client, &RAISE).await;
        for part in [
            "나아지는 사람",
            "기본 금액",
            "한 해 비용이",
            "늘어납니다",
            "role=\"img\"",
            "빈곤율",
            "보건복지부",
        ] {
            assert!(page.contains(part), "{part} is not on {page}");
        }
        let first = outputs(&house, &run);
        let answer: Value = serde_json::from_str(&first).unwrap();
        assert!(answer["persons"].as_u64().unwrap() >= 2_900, "{answer}");
        // Newer snapshots do not take the run its ground.
        for hours in 1..=3 {
            let now = house.clock.now() + SignedDuration::from_mins(hours);
            house.clock.set(now);
            settle(&house, 300);
        }
        let again = client.send(&format!("{run}/repeat"), &[]).await;
        let (other, page) = answered(&client, again.header("location")).await;
        assert_ne!(other, run);
        assert!(page.contains("마지막 바이트까지 같은 답"), "{page}");
        assert_eq!(first, outputs(&house, &other));
        let page = client.get(&run).await.body;
        assert!(page.contains("마지막 바이트까지 같은 답"), "{page}");
        let list = client.get("/aide").await.body;
        assert_eq!(list.matches("아동수당 15만원").count(), 2, "{list}");
    });
}

#[test]
fn the_table_agrees_with_the_answer_and_hides_the_few() {
    on_both(async |house| {
        settle(&house, 3_000);
        let client = decision_maker(&house).await;
        let (run, _) = asked(&client, &RAISE).await;
        let answer: Value = serde_json::from_str(&outputs(&house, &run)).unwrap();
        let csv = client.get(&format!("{run}/table?format=csv")).await;
        assert!(csv.header("content-type").starts_with("text/csv"));
        assert!(csv.body.contains("child-allowance"), "{}", csv.body);
        let table = client.get(&format!("{run}/table?format=json")).await.body;
        let rows: Vec<Value> = serde_json::from_str(&table).unwrap();
        let mut hidden = 0;
        for group in answer["groups"].as_array().unwrap() {
            let by = group["by"].as_str().unwrap().replace('_', "-");
            let row = rows
                .iter()
                .find(|it| it["by"] == by && it["code"] == group["key"])
                .unwrap_or_else(|| panic!("{group} is not in the table"));
            if row["winners"].is_null() {
                assert!(row["net_won_a_year"].is_null(), "{row}");
                hidden += 1;
                continue;
            }
            for figure in ["persons", "winners", "losers", "unchanged"] {
                assert_eq!(row[figure], group[figure], "{group}");
                let count = row[figure].as_u64().unwrap();
                assert!(figure == "persons" || count == 0 || count >= 5, "{row}");
            }
        }
        assert!(hidden > 0, "in a small town some groups are small");
    });
}

#[test]
fn what_cannot_be_read_is_told_with_its_place_and_what_would_be_right() {
    on_both(async |house| {
        let client = decision_maker(&house).await;
        let nobody = client.send("/aide/reforms", &RAISE).await;
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            nobody.body.contains("스냅숏이 아직 없습니다"),
            "{}",
            nobody.body
        );
        settle(&house, 300);
        for (fields, told) in [
            (
                vec![("on", "2027-01-01"), ("do", "run")],
                "바꿀 수치를 하나",
            ),
            (
                vec![
                    ("on", "2027-01-01"),
                    ("parameter", "child-allowance/base"),
                    ("value", "많이"),
                    ("do", "run"),
                ],
                "숫자만 적어 주세요",
            ),
            (
                vec![
                    ("on", "2027-01-01"),
                    ("parameter", "child-allowance/base"),
                    ("value", "1 2"),
                    ("do", "run"),
                ],
                "one value",
            ),
            (
                vec![("on", "언젠가"), ("do", "run"), ("yaml", "changes: []")],
                "날짜를 골라",
            ),
            (
                vec![
                    ("on", "2027-01-01"),
                    (
                        "yaml",
                        "changes:\n  - {benefit: child-allowance, parameter: bose, from: 2027-01-01, values: [1]}",
                    ),
                    ("do", "run"),
                ],
                "Did you mean `base`?",
            ),
            (
                vec![
                    ("on", "2027-01-01"),
                    (
                        "yaml",
                        "changes:\n  - {benefit: child-alowance, parameter: base, from: 2027-01-01, values: [1]}",
                    ),
                    ("do", "run"),
                ],
                "Did you mean `child-allowance`?",
            ),
            (
                vec![
                    ("on", "2027-01-01"),
                    ("yaml", "changes:\n  - ["),
                    ("do", "run"),
                ],
                "line 2",
            ),
            (
                vec![
                    ("on", "2027-01-01"),
                    (
                        "yaml",
                        "files:\n  benefits/new.yaml: |\n    id: new\n    nonsense: 1\n",
                    ),
                    ("do", "run"),
                ],
                "benefits/new.yaml:",
            ),
        ] {
            let sent = client.send("/aide/reforms", &fields).await;
            assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
            let body = sent.body.replace("&#96;", "`");
            assert!(body.contains(told), "{told} is not on {body}");
        }
        // Adding and dropping a change keeps what was typed.
        let mut fields = RAISE.to_vec();
        fields[4] = ("do", "add");
        fields.push(("add", "basic-pension/base"));
        let known = client.send("/aide/reforms", &fields).await.body;
        assert!(known.contains("value=\"150,000\""), "{known}");
        fields[4] = ("do", "drop:0");
        let dropped = client.send("/aide/reforms", &fields).await.body;
        assert!(!dropped.contains("value=\"150,000\""), "{dropped}");
    });
}

async fn briefed(client: &Client, run: &str) -> String {
    let id = run.rsplit('/').next().unwrap();
    let fields = [
        ("question", "아동수당을 올릴까요?"),
        ("run", id),
        ("notes", "예산과 함께 보십시오."),
    ];
    let sent = client.send("/aide/briefings", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    sent.header("location").to_owned()
}

#[test]
fn every_figure_of_a_briefing_leads_to_its_run_and_a_model_only_rewords() {
    on_both(async |house| {
        settle(&house, 3_000);
        let client = decision_maker(&house).await;
        let (run, result) = asked(&client, &RAISE).await;
        let refused = client
            .send("/aide/briefings", &[("question", ""), ("notes", "x")])
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let briefing = briefed(&client, &run).await;
        let page = client.get(&briefing).await.body;
        for part in [
            "아동수당을 올릴까요?",
            "예산과 함께 보십시오.",
            "무엇이 달라지면",
            "출처",
        ] {
            assert!(page.contains(part), "{part} is not on {page}");
        }
        let cell = format!("<td class=\"num\" data-label=\"아동수당 15만원\"><a href=\"{run}\">");
        assert!(page.matches(&cell).count() >= 6, "{page}");
        // Its sentences are those of the run.
        let said = |page: &str| {
            let list = page.split("<ul class=\"said\">").nth(1).unwrap();
            list.split("</ul>").next().unwrap().to_owned()
        };
        assert_eq!(said(&page), said(&result));
        talk(&house, |it| match it.starts_with("지니계수") {
            true => format!("{it} 삼천억원쯤 됩니다."),
            false => it.to_owned(),
        });
        let invented = client.send(&format!("{briefing}/reword"), &[]).await;
        assert_eq!(invented.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(invented.body.contains("삼천억"), "{}", invented.body);
        assert!(!client.get(&briefing).await.body.contains("말을 다듬은 것"));
    });
}

#[test]
fn what_a_model_reworded_is_marked_and_has_the_same_figures() {
    on_both(async |house| {
        settle(&house, 1_000);
        let client = decision_maker(&house).await;
        let (run, _) = asked(&client, &RAISE).await;
        let briefing = briefed(&client, &run).await;
        talk(&house, |it| format!("정리하면, {it}"));
        let sent = client.send(&format!("{briefing}/reword"), &[]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let page = client.get(&briefing).await.body;
        assert!(page.contains("말을 다듬은 것: 언어 모델 (test)"), "{page}");
        let list = |at: usize| {
            let list = page.split("<ul class=\"said\">").nth(at).unwrap();
            list.split("</ul>").next().unwrap().to_owned()
        };
        let (reworded, own) = (list(1), list(2));
        assert!(reworded.contains("정리하면, "), "{reworded}");
        assert_eq!(figures(&reworded), figures(&own));
    });
}

#[test]
fn another_text_of_law_is_tried_on_the_register_itself() {
    on_both(async |house| {
        let country = &house.app.country;
        let (db, desk) = (house.db.clone(), Desk::of(country));
        let (populations, now) = (house.app.populations.clone(), house.clock.now());
        let taken = tokio::task::spawn_blocking(move || {
            populations.take(now, |file| export(&db, &desk, file, now, |_| ()))
        });
        assert!(taken.await.unwrap().unwrap().is_some());
        let path = "benefits/child-allowance.yaml";
        let law = country.files.text(path).unwrap();
        let other = law.replace("value: 100000", "value: 200000");
        let file = serde_json::json!({"files": {path: other}}).to_string();
        let client = decision_maker(&house).await;
        let fields = [("on", "2026-11-23"), ("yaml", file.as_str()), ("do", "run")];
        let (run, page) = asked(&client, &fields).await;
        let answer: Value = serde_json::from_str(&outputs(&house, &run)).unwrap();
        assert_eq!(answer["persons"], 4);
        let cost = &answer["benefits"][0];
        assert_eq!(cost["benefit"], "child-allowance");
        let more = cost["won_a_year_after"].as_i64().unwrap();
        assert_eq!(
            more - cost["won_a_year_before"].as_i64().unwrap(),
            1_200_000
        );
        // Of four people nothing is told that would name one.
        for part in [
            "benefits/child-allowance.yaml",
            "새빛동",
            "5명이 안 되어 가림",
        ] {
            assert!(page.contains(part), "{part} is not on {page}");
        }
        // It is changed where it was typed, as a file.
        let form = format!("/aide/reforms/new?run={}", run.rsplit('/').next().unwrap());
        let form = client.get(&form).await.body;
        assert!(form.contains("benefits/child-allowance.yaml"), "{form}");
        client.send("/settings", &[("lang", "en")]).await;
        let english = client.get(&run).await.body;
        for part in [
            "At a glance",
            "a year more",
            "Child allowance",
            "Better off",
        ] {
            assert!(english.contains(part), "{part} is not on {english}");
        }
    });
}

#[test]
fn a_run_that_was_cut_says_so_and_is_asked_again() {
    on_both(async |house| {
        settle(&house, 300);
        let client = decision_maker(&house).await;
        let (run, _) = asked(&client, &RAISE).await;
        let id = run.rsplit('/').next().unwrap().parse().unwrap();
        let population = house.app.populations.latest();
        let rules_digest = house.app.country.book.digest().to_owned();
        // Somebody took it up and was stopped.
        let cut = house.act(move |cx| {
            let run = actions::run(cx.tx, &Scope::Everything, id).unwrap();
            let new = NewRun {
                title: run.title,
                question: run.question,
                rules_digest: rules_digest.clone(),
                population: population.clone(),
                repeats: None,
                maker: run.maker,
            };
            let id = actions::ask(cx, &new).unwrap();
            assert!(actions::claim(cx, id).unwrap().is_some());
            assert!(actions::claim(cx, id).unwrap().is_none());
            format!("/aide/runs/{id}")
        });
        let working = client.get(&cut).await.body;
        assert!(working.contains("data-live"), "{working}");
        let later = house.clock.now() + SignedDuration::from_mins(2);
        house.clock.set(later);
        let page = client.get(&cut).await.body;
        assert!(page.contains("서버가 멈추어"), "{page}");
        let again = client.send(&format!("{cut}/repeat"), &[]).await;
        let (other, _) = answered(&client, again.header("location")).await;
        assert_eq!(outputs(&house, &other), outputs(&house, &run));
    });
}

/// Looks at pages as they are seen on a phone and on a desk.
pub async fn look_at(window: &Window, address: SocketAddr, pages: &[(&str, &str)]) {
    for (view, scheme, name) in [
        (View::Phone, Scheme::Light, "phone-light"),
        (View::Desk, Scheme::Light, "desk-light"),
        (View::Desk, Scheme::Dark, "desk-dark"),
    ] {
        window.view(view).await.unwrap();
        window.scheme(scheme).await.unwrap();
        for (page, path) in pages {
            let url = format!("http://{address}{path}");
            window.goto(url).await.unwrap();
            let shot = format!("{page}-real-{name}");
            window.screenshot(&shot).await.unwrap();
            let faults = faults(window).await;
            assert!(faults.is_empty(), "{page} {name}: {}", faults.join("\n"));
        }
    }
}

#[test]
fn the_pages_of_a_reform_look_right() {
    on_both(async |house| {
        if house.db.dialect() != db::Dialect::Sqlite {
            return;
        }
        let Some(browser) = testkit::browser() else {
            return;
        };
        settle(&house, 5_000);
        let client = decision_maker(&house).await;
        let (run, _) = asked(&client, &RAISE).await;
        let briefing = briefed(&client, &run).await;
        let address = serve(&house).await;
        let window = browser.open().await.unwrap();
        sign_in(&window, address, "minho").await;
        let pages = [
            ("aide", "/aide"),
            (
                "aide-form",
                "/aide/reforms/new?parameter=child-allowance/base",
            ),
            ("aide-run", run.as_str()),
            ("aide-briefing", briefing.as_str()),
            // Its pictures are of every kind.
            ("aide-pictures", "/samples/aide-reform"),
        ];
        look_at(&window, address, &pages).await;
        // On paper it is a few pages, without the frame around it.
        window
            .goto(format!("http://{address}{briefing}"))
            .await
            .unwrap();
        let paper = window.print_page(PrintParameters::default()).await.unwrap();
        let pages = lopdf::Document::load_mem(&paper).unwrap().get_pages();
        assert!((1..=6).contains(&pages.len()), "{} pages", pages.len());
        window.close().await.unwrap();
    });
}
