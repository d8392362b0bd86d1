//! Children who were born together are registered together.

use axum::http::StatusCode;
use base::ids::BirthId;
use jiff::civil::date;
use wise::blocks::people::{self, Sex};

use crate::house::{House, on_both};

/// The state of every birth of 김하늘's with the child's name, by name.
fn births(house: &House) -> Vec<(people::BirthState, String)> {
    let mother = house.haneul;
    house.read(move |tx| {
        let births = people::births_of(tx, mother).unwrap();
        let named = births
            .iter()
            .map(|it| (it.state, people::person(tx, it.child).unwrap().name));
        let mut named: Vec<_> = named.collect();
        named.sort_by(|one, other| one.1.cmp(&other.1));
        named
    })
}

#[test]
fn twins_are_registered_in_one_go_or_not_at_all() {
    on_both(async |house| {
        let twin = |sex| people::BirthReport {
            mother: house.haneul,
            born: date(2026, 11, 20),
            sex,
            hospital: Some("hanbit-hospital".into()),
            multiple: 2,
        };
        let (girl, boy) = (twin(Sex::Female), twin(Sex::Male));
        let (girl, boy) = house.act(move |cx| {
            let girl = people::report_birth(cx, &girl).unwrap();
            (girl, people::report_birth(cx, &boy).unwrap())
        });
        let official = house.counter().await;
        let path = format!("/work/births/{boy}");
        let page = official.get(&path).await;
        let sibling = format!("name-{girl}");
        for part in ["함께 태어난 2명", "1번째 아기 이름 (남성)", &sibling] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        let long = "이".repeat(51);
        for second in ["", long.as_str()] {
            let fields = [("name", "이산"), (&sibling, second), ("confirmed", "yes")];
            let wrong = official.send(&path, &fields).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                wrong.body.contains(&format!("#{sibling}")),
                "{}",
                wrong.body
            );
        }
        let waiting = (people::BirthState::Noticed, String::new());
        assert_eq!(births(&house), [waiting.clone(), waiting]);
        let fields = [("name", "이산"), (&sibling, "이봄"), ("confirmed", "yes")];
        let done = official.send(&path, &fields).await;
        assert_eq!(done.header("location"), "/work/births?done=registered");
        let registered = |name: &str| (people::BirthState::Registered, name.to_owned());
        assert_eq!(births(&house), [registered("이봄"), registered("이산")]);
        let again = official.send(&path, &fields).await;
        assert!(again.body.contains("이미 등록되었습니다"), "{}", again.body);
    });
}

#[test]
fn one_wrong_child_leaves_all_unregistered() {
    on_both(async |house| {
        let known = noticed_twin(&house);
        let entry = |birth, name: &str| people::Registration {
            birth,
            name: name.into(),
        };
        let entries = [entry(known, "이산"), entry(BirthId::sample(9), "이봄")];
        let db = house.db.clone();
        let register = move || {
            db.write_blocking(move |tx| {
                let mut cx = spine::Cx {
                    tx,
                    now: "2026-11-23T01:00:00Z".parse().unwrap(),
                    rng: &mut base::Entropy::system().rng(),
                    actor: None,
                };
                people::register_births(&mut cx, &entries)
            })
        };
        let outcome = tokio::task::block_in_place(register);
        assert!(matches!(outcome, Err(people::Error::NotFound("birth"))));
        assert_eq!(
            births(&house),
            [(people::BirthState::Noticed, String::new())]
        );
    });
}

fn noticed_twin(house: &House) -> BirthId {
    let report = people::BirthReport {
        mother: house.haneul,
        born: date(2026, 11, 20),
        sex: Sex::Male,
        hospital: Some("hanbit-hospital".into()),
        multiple: 2,
    };
    house.act(move |cx| people::report_birth(cx, &report).unwrap())
}

#[test]
fn twins_that_nobody_reported_are_registered_on_one_page() {
    on_both(async |house| {
        let official = house.counter().await;
        let mother = house.haneul.to_string();
        let mut fields = vec![
            ("mother", mother.as_str()),
            ("born", "2026-11-20"),
            ("multiple", "2"),
            ("name", "이산"),
            ("sex", "male"),
            ("confirmed", "yes"),
        ];
        let one = official.send("/work/births/new", &fields).await;
        assert_eq!(one.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(one.body.contains("2번째 아기 이름"), "{}", one.body);
        assert_eq!(births(&house), [], "one of two is not registered alone");
        fields.extend([("name2", "이봄"), ("sex2", "female")]);
        let both = official.send("/work/births/new", &fields).await;
        assert_eq!(both.header("location"), "/work/births?done=registered");
        let registered = |name: &str| (people::BirthState::Registered, name.to_owned());
        assert_eq!(births(&house), [registered("이봄"), registered("이산")]);
    });
}
