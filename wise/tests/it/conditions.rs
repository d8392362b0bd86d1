//! Conditions of the day and where somebody is: offers open with them, and end with them.

use axum::http::StatusCode;
use base::Entropy;
use base::ids::PersonId;
use jiff::civil::date;
use testkit::Client;
use wise::areas::benefits::actions::read;
use wise::areas::benefits::model::{Offer, OfferState};
use wise::blocks::people::{self, NewAddress, NewHousehold, NewMember, Role, Sex};
use wise::blocks::places::{self, NewPlace, PlaceKind, Point};
use wise::server;

use crate::house::{House, Whose, on_both};

/// The community centres of two districts.
pub fn centres(house: &House) {
    house.act(|cx| {
        for (dong, name, latitude) in [
            ("hanbit-saebit", "새빛동 주민센터", 36.61),
            ("hanbit-dalbit", "달빛동 주민센터", 36.65),
        ] {
            let place = NewPlace {
                code: format!("{dong}-centre"),
                kind: PlaceKind::CommunityCentre,
                name: name.into(),
                dong: dong.into(),
                address: "한빛시".into(),
                at: Point {
                    latitude,
                    longitude: 126.95,
                },
                phone: "000-000-0201".into(),
                hours: String::new(),
                languages: "ko".into(),
                price_per_hour: None,
                source: "시청".into(),
                vacancies: Vec::new(),
            };
            places::enter_place(cx, &place).unwrap();
        }
    });
}

/// Somebody of 78 who has lived alone in 달빛동 for long.
pub fn elder(house: &House) -> PersonId {
    let new = NewHousehold {
        address: NewAddress {
            municipality: "hanbit".into(),
            dong: "hanbit-dalbit".into(),
            line: "한빛시 달빛길 3 (달빛동)".into(),
            latitude: 36.65,
            longitude: 126.95,
        },
        since: date(2000, 1, 1),
        members: vec![NewMember {
            name: "오순자".into(),
            born: date(1948, 3, 1),
            sex: Sex::Female,
            role: Role::Head,
            facts: Vec::new(),
        }],
        facts: Vec::new(),
    };
    house.act(move |cx| people::register_household(cx, &new).unwrap().1[0])
}

fn offer(house: &House, person: PersonId, benefit: &str) -> Option<Offer> {
    let now = base::Clock::now(&house.clock);
    let all = house.read(move |tx| read::offers_of(tx, person, now).unwrap());
    all.into_iter()
        .find(|it| it.benefit == benefit && it.state != OfferState::Closed)
}

async fn day(house: &House) {
    house.rest().await;
    let walker = server::walker(&house.app.country, house.db.clone(), Entropy::seeded(3));
    let now = base::Clock::now(&house.clock);
    let done = tokio::task::spawn_blocking(move || walker.day(now));
    done.await.unwrap().unwrap();
}

async fn supervisor(house: &House) -> Client {
    house
        .signed_in("supervisor", "supervisor", Whose::Agency("hanbit"))
        .await
}

const COLD: [(&str, &str); 5] = [
    ("kind", "cold_wave"),
    ("dong", "hanbit-dalbit"),
    ("title", "한파경보"),
    ("from", "2026-11-23"),
    ("last", "2026-11-25"),
];

#[test]
fn a_cold_warning_opens_the_check_where_it_holds_and_while_it_does() {
    on_both(async |house| {
        centres(&house);
        let elder = elder(&house);
        day(&house).await;
        house.clock.set("2026-11-23T02:00:00Z".parse().unwrap());
        let official = supervisor(&house).await;
        let declared = official.send("/work/conditions", &COLD).await;
        assert_eq!(declared.header("location"), "/work/conditions");
        day(&house).await;
        let check = offer(&house, elder, "elder-weather-check").expect("it is offered");
        assert!(check.is_ready(), "nobody is asked about the weather");
        let reasons = format!("{:?}", check.finding.reasons);
        assert!(reasons.contains("한파 특보가 내렸습니다"), "{reasons}");
        assert_eq!(check.occasion, "cold_wave");
        assert!(offer(&house, house.haneul, "elder-weather-check").is_none());

        let page = official.get("/work/conditions").await.body;
        let end = page.split("action=\"/work/conditions/").nth(1).unwrap();
        let id = end.split('/').next().unwrap();
        official
            .send(&format!("/work/conditions/{id}/end"), &[])
            .await;
        day(&house).await;
        assert!(
            offer(&house, elder, "elder-weather-check").is_none(),
            "what is over is no longer offered"
        );
    });
}

#[test]
fn a_warning_that_runs_out_ends_the_offer_by_itself() {
    on_both(async |house| {
        centres(&house);
        let elder = elder(&house);
        day(&house).await;
        house.clock.set("2026-11-23T02:00:00Z".parse().unwrap());
        let official = supervisor(&house).await;
        official.send("/work/conditions", &COLD).await;
        day(&house).await;
        assert!(offer(&house, elder, "elder-weather-check").is_some());
        house.clock.set("2026-11-25T03:00:00Z".parse().unwrap());
        day(&house).await;
        assert!(offer(&house, elder, "elder-weather-check").is_some());
        house.clock.set("2026-11-25T16:00:00Z".parse().unwrap());
        day(&house).await;
        assert!(offer(&house, elder, "elder-weather-check").is_none());
    });
}

#[test]
fn a_warning_for_tomorrow_is_not_forgotten_over_what_happens_today() {
    on_both(async |house| {
        centres(&house);
        let elder = elder(&house);
        day(&house).await;
        let official = supervisor(&house).await;
        let tomorrow = COLD.map(|(name, was)| match name {
            "from" => (name, "2026-11-24"),
            _ => (name, was),
        });
        official.send("/work/conditions", &tomorrow).await;
        house.clock.set("2026-11-23T03:00:00Z".parse().unwrap());
        house.act(move |cx| {
            let fact = people::NewDatum {
                fact: "disability".into(),
                value: Some("none".into()),
                since: date(2026, 11, 23),
                until: None,
                source: people::Source {
                    agency: "mohw".into(),
                    basis: "장애인복지법 제32조".into(),
                    told: false,
                    checked_at: cx.now,
                },
            };
            people::record(cx, people::Owner::Person(elder), &[fact]).unwrap();
        });
        day(&house).await;
        assert!(offer(&house, elder, "elder-weather-check").is_none());
        house.clock.set("2026-11-24T01:00:00Z".parse().unwrap());
        day(&house).await;
        assert!(offer(&house, elder, "elder-weather-check").is_some());
    });
}

#[test]
fn a_wrong_condition_is_told_field_by_field() {
    on_both(async |house| {
        centres(&house);
        let official = supervisor(&house).await;
        for (field, value, told) in [
            ("kind", "storm", "골라 주세요"),
            ("dong", "elsewhere", "골라 주세요"),
            ("title", "", "60자 안으로"),
            ("last", "2026-11-22", "앞설 수 없고"),
            ("last", "2027-11-25", "60일 안이어야"),
            ("from", "23.11.2026", "날짜"),
        ] {
            let form: Vec<(&str, &str)> = COLD
                .iter()
                .map(|(name, was)| (*name, if *name == field { value } else { was }))
                .collect();
            let answer = official.send("/work/conditions", &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            let place = format!("href=\"#{field}\"");
            assert!(answer.body.contains(&place), "{field}: {}", answer.body);
            assert!(answer.body.contains(told), "{field}: {}", answer.body);
        }
        let resident = house.resident(house.haneul).await;
        let refused = resident.get("/work/conditions").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn being_at_a_festival_opens_its_coupon_for_the_day_and_the_place_is_forgotten() {
    on_both(async |house| {
        centres(&house);
        day(&house).await;
        let official = supervisor(&house).await;
        let festival = [
            ("kind", "festival"),
            ("dong", "hanbit-dalbit"),
            ("title", "달빛 불빛축제"),
            ("from", "2026-11-23"),
            ("last", "2026-11-23"),
        ];
        official.send("/work/conditions", &festival).await;
        day(&house).await;
        let benefit = "hanbit-festival-coupon";
        assert!(offer(&house, house.haneul, benefit).is_none());
        let resident = house.resident(house.haneul).await;
        let at = [("latitude", "36.6512345"), ("longitude", "126.9512345")];
        let refused = resident.send("/here", &at).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("동의하셔야"), "{}", refused.body);
        house.rest().await;
        assert!(
            offer(&house, house.haneul, benefit).is_none(),
            "no consent, no offer"
        );

        let told = resident
            .send("/here", &[&at[..], &[("agree", "yes")]].concat())
            .await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        assert!(told.body.contains("달빛 불빛축제"), "{}", told.body);
        assert!(!told.body.contains("36.65"), "the place is not given back");
        house.rest().await;
        let coupon = offer(&house, house.haneul, benefit).expect("it is offered");
        let reasons = format!("{:?}", coupon.finding.reasons);
        assert!(reasons.contains("와 계신다고 알려 주셨습니다"), "{reasons}");
        let kept = house.read(|tx| {
            let rows = tx.query(
                "SELECT fact, value, basis FROM people_fact WHERE fact LIKE '%festival%' \
                 OR value LIKE '36.65%' OR basis LIKE '%36.65%'",
                &[],
            );
            rows.unwrap().len()
        });
        assert_eq!(kept, 1, "only that they were there");

        house.clock.set("2026-11-24T01:00:00Z".parse().unwrap());
        day(&house).await;
        assert!(
            offer(&house, house.haneul, benefit).is_none(),
            "the day is over"
        );
    });
}
