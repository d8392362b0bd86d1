//! A resident takes the own lists along, as a table or for programs.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base::ids::AccountId;
use jiff::civil::date;
use wise::blocks::notices::{self, NewNotice};
use wise::blocks::people::{self, Sex};

use crate::house::{House, on_both};

const LISTS: [&str; 4] = ["/offers", "/cases", "/inbox", "/me/looks"];

/// A birth with its offers, one of them applied for, a notice, and an official who looked.
async fn lived(house: &House) -> testkit::Client {
    let person = house.haneul;
    house.act(move |cx| {
        let report = people::BirthReport {
            mother: person,
            born: date(2026, 11, 20),
            sex: Sex::Female,
            hospital: Some("hanbit-hospital".into()),
            multiple: 1,
        };
        let birth = people::report_birth(cx, &report).unwrap();
        let name = "이봄".into();
        people::register_birth(cx, &people::Registration { birth, name }).unwrap();
        let looker = people::Looker {
            account: AccountId::sample(1),
            name: "이서연".into(),
            agency: "hanbit-saebit".into(),
        };
        // What an official typed must not run in the resident's spreadsheet.
        let purpose = "=HYPERLINK(\"http://example.org\")";
        people::note_look(cx, &[person], &looker, purpose).unwrap();
        let notice = NewNotice {
            person,
            subject: people::pseudonym_of(cx.tx, person).unwrap(),
            once_key: "test".into(),
            message: "benefits-case-granted",
            arguments: BTreeMap::from([
                ("benefit_ko".to_owned(), "부모급여".to_owned()),
                ("benefit_en".to_owned(), "Parental benefit".to_owned()),
            ]),
            link: "/cases".into(),
            urgency: notices::Urgency::Routine,
            answer_by: None,
        };
        notices::tell(cx, &notice).unwrap();
    });
    house.rest().await;
    let parent = house.resident(person).await;
    let accepted = parent.send("/offers/accept", &[]).await;
    assert!(accepted.header("location").starts_with("/receipts/"));
    parent
}

#[test]
fn a_resident_takes_every_list_along() {
    on_both(async |house| {
        let parent = lived(&house).await;
        for (list, words) in LISTS.into_iter().zip([
            ["첫만남이용권", "3000000", "신청함"],
            ["첫만남이용권", "접수됨", "새빛동 주민센터"],
            ["부모급여", "2026-11-23T10:00:00+09:00", "제목"],
            ["이서연", "누가", "\"'=HYPERLINK"],
        ]) {
            let page = parent.get(list).await;
            for format in ["csv", "json"] {
                let link = format!("href=\"{list}?format={format}\"");
                assert!(page.body.contains(&link), "{list} leads to {format}");
            }
            let csv = parent.get(&format!("{list}?format=csv")).await;
            assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
            assert!(csv.header("content-disposition").contains(".csv"));
            assert!(csv.body.starts_with('\u{feff}'), "spreadsheets read Korean");
            for word in words {
                assert!(csv.body.contains(word), "{list}: {word}: {}", csv.body);
            }
            let json = parent.get(&format!("{list}?format=json")).await;
            let rows = json.json();
            let rows = rows.as_array().unwrap();
            assert_eq!(rows.len(), csv.body.trim_end().lines().count() - 1);
            let wrong = parent.get(&format!("{list}?format=xml")).await;
            assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
        }
        let unread = parent.get("/inbox?format=json").await.json();
        let all = unread.as_array().unwrap().iter();
        assert!(all.clone().all(|it| it["read_at"].is_null()), "{unread}");
    });
}

#[test]
fn nobody_takes_the_lists_of_others_along() {
    on_both(async |house| {
        lived(&house).await;
        let other = house
            .signed_in(
                "stranger",
                "resident",
                crate::house::Whose::Person(house.stranger),
            )
            .await;
        for list in LISTS {
            let rows = other.get(&format!("{list}?format=json")).await.json();
            assert_eq!(rows, serde_json::json!([]), "{list}");
        }
    });
}
