//! A decision maker tries a reform on everybody, repeats it to the same bytes, and makes a briefing of it.

use std::time::Duration;

use axum::http::StatusCode;
use base::Clock;
use jiff::civil::date;
use testkit::Client;
use wise::demo::population;
use wise::demo::sample_data;

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

/// Follows a run until it has an answer.
pub async fn answered(client: &Client, path: &str) -> String {
    for _ in 0..200 {
        let page = client.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        if !page.body.contains("data-live") || page.body.contains("id=\"basis\"") {
            return page.body;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
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
        let sent = client.send("/aide/reforms", &RAISE).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let run = sent.header("location").to_owned();
        let page = answered(&client, &run).await;
        for part in [
            "나아지는 사람",
            "아동수당",
            "한 해 비용이",
            "role=\"img\"",
            "빈곤율",
        ] {
            assert!(page.contains(part), "{part} is not on {page}");
        }
    });
}
