//! How residents choose their channels, and what officials do for those whom none reached.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base::ids::PersonId;
use jiff::SignedDuration;
use wise::blocks::notices::{self, Channel, NewNotice, Urgency};
use wise::blocks::people;

use crate::house::{House, Whose, on_both};

/// An urgent letter in somebody's inbox, decided about with these channels.
pub fn tell(house: &House, person: PersonId, on: &'static [Channel]) {
    house.act(move |cx| {
        let new = NewNotice {
            person,
            subject: people::pseudonym_of(cx.tx, person).unwrap(),
            once_key: format!("test|{person}"),
            message: "benefits-case-granted",
            arguments: BTreeMap::from([
                ("benefit_ko".to_owned(), "부모급여".to_owned()),
                ("benefit_en".to_owned(), "Parental benefit".to_owned()),
            ]),
            link: "/cases".into(),
            urgency: Urgency::Urgent,
            answer_by: None,
        };
        notices::tell(cx, &new).unwrap();
        notices::plan_due(cx, on).unwrap();
    });
}

/// Lets time pass and has everything looked at again.
pub fn later(house: &House, days: i64, on: &'static [Channel]) {
    house.clock.advance(SignedDuration::from_hours(24 * days));
    house.act(move |cx| notices::plan_due(cx, on).unwrap());
}

#[test]
fn a_resident_chooses_channels_hours_and_browsers() {
    on_both(async |house| {
        let parent = house.resident(house.haneul).await;
        let page = parent.get("/contact").await;
        assert!(page.body.contains("value=\"21:00\""), "{}", page.body);
        assert!(page.body.contains("data-push=\"B"), "the key of the server");
        let wanted = [
            ("email", "hanul@example.kr"),
            ("phone", "010-1234-5678"),
            ("locale", "ko"),
            ("channel-1", "letter"),
            ("channel-2", "email"),
            ("channel-3", ""),
            ("quiet_from", "22:30"),
            ("quiet_until", "07:00"),
            ("details", "yes"),
        ];
        let saved = parent.send("/contact", &wanted).await;
        assert_eq!(
            saved.header("location"),
            "/contact?done=saved",
            "{}",
            saved.body
        );
        let json = parent.with("accept", "application/json");
        let known = json.get("/api/notices/preferences").await.json();
        assert_eq!(known["phone"], "01012345678");
        let channels: Vec<&str> = known["channels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap())
            .collect();
        let letters = house.app.channels.on().contains(&Channel::Letter);
        assert_eq!(channels.contains(&"letter"), letters);
        // Text messages are off at this server: nobody was asked about them.
        assert_eq!(channels.last(), Some(&"sms"));
        assert!(!channels.contains(&"push"), "{channels:?}");
        assert_eq!(
            (&known["quiet_from"], &known["details"]),
            (&"22:30".into(), &true.into())
        );
        let page = parent.get("/contact").await;
        assert!(page.body.contains("value=\"22:30\""), "{}", page.body);
    });
}

#[test]
fn what_is_wrong_on_the_form_is_said_beside_it() {
    on_both(async |house| {
        let parent = house.resident(house.haneul).await;
        for (field, value, other, message) in [
            ("phone", "02-123", ("email", ""), "휴대전화 번호가 아닙니다"),
            (
                "channel-2",
                "email",
                ("channel-1", "email"),
                "두 번 고르셨습니다",
            ),
            (
                "quiet_from",
                "25:00",
                ("quiet_until", "08:00"),
                "시각이 아닙니다",
            ),
        ] {
            let fields = [(field, value), other, ("locale", "ko")];
            let wrong = parent.send("/contact", &fields).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(wrong.body.contains(message), "{field}: {}", wrong.body);
        }
    });
}

#[test]
fn a_program_sets_preferences_and_learns_which_field_is_wrong() {
    on_both(async |house| {
        let parent = house.resident(house.haneul).await;
        let page = parent.get("/settings").await;
        let json = parent
            .with("accept", "application/json")
            .with("x-csrf-token", &page.field("csrf"));
        let put = async |body: &str| {
            let kind = Some("application/json");
            json.ask("PUT", "/api/notices/preferences", body.into(), kind)
                .await
        };
        let body = |quiet: &str| {
            format!(
                r#"{{"email":null,"phone":"+491701234567","language":"en","channels":["sms"],
                   "quiet_from":"{quiet}","quiet_until":"08:00","details":false}}"#
            )
        };
        let wrong = put(&body("late")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("quiet_from"), "{}", wrong.body);
        let kept = put(&body("20:00")).await;
        assert_eq!(kept.status, StatusCode::NO_CONTENT, "{}", kept.body);
        let known = json.get("/api/notices/preferences").await.json();
        assert_eq!(
            (&known["language"], &known["channels"][0]),
            (&"en".into(), &"sms".into())
        );
    });
}

#[test]
fn a_browser_is_added_and_taken_away_and_leads_nowhere_else() {
    on_both(async |house| {
        let parent = house.resident(house.haneul).await;
        let point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        let add = async |endpoint: &str| {
            let fields = [
                ("endpoint", endpoint),
                ("p256dh", point),
                ("auth", "BTBZMqHH6r4Tts7J_aSIgg"),
            ];
            parent.send("/contact/devices", &fields).await
        };
        for elsewhere in [
            "https://10.0.0.1/push",
            "http://push.example/a",
            "https://evil.example/",
        ] {
            let refused = add(elsewhere).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{elsewhere}"
            );
        }
        let forged = parent
            .post(
                "/contact/devices",
                &[("endpoint", "https://push.example/a")],
            )
            .await;
        assert!(!forged.status.is_success() && !forged.header("location").contains("added"));
        let added = add("https://push.example/a").await;
        assert_eq!(
            added.header("location"),
            "/contact?done=added",
            "{}",
            added.body
        );
        let person = house.haneul;
        let devices = || house.read(move |tx| notices::devices(tx, person).unwrap());
        assert_eq!(devices().len(), 1);
        let id = devices()[0].id.clone();
        let stranger = house
            .signed_in("stranger", "resident", Whose::Person(house.stranger))
            .await;
        stranger
            .send("/contact/devices/remove", &[("device", &id)])
            .await;
        assert_eq!(devices().len(), 1, "somebody else's browser");
        parent
            .send("/contact/devices/remove", &[("device", &id)])
            .await;
        assert!(devices().is_empty());
    });
}

#[test]
fn a_trial_goes_out_at_any_hour_and_nobody_calls_about_it() {
    on_both(async |house| {
        // Ten at night.
        house.clock.advance(SignedDuration::from_hours(12));
        let parent = house.resident(house.haneul).await;
        let nowhere = parent.send("/contact/try", &[("channel", "email")]).await;
        assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
        let email = [("email", "hanul@example.kr"), ("locale", "ko")];
        parent.send("/contact", &email).await;
        let tried = parent.send("/contact/try", &[("channel", "email")]).await;
        assert_eq!(
            tried.header("location"),
            "/contact?done=tried",
            "{}",
            tried.body
        );
        let outgoing = house.act(|cx| notices::claim(cx, Channel::Email).unwrap());
        assert_eq!(outgoing.unwrap().delivery.address, "hanul@example.kr");
        later(&house, 100, &[]);
        let waiting = house.read(|tx| notices::unreached(tx, &web::Scope::Everything).unwrap());
        assert!(waiting.is_empty());
    });
}

#[test]
fn an_office_calls_its_own_people_and_they_are_told_who_looked() {
    on_both(async |house| {
        tell(&house, house.haneul, &[]);
        tell(&house, house.stranger, &[]);
        later(&house, 1, &[]);
        let counter = house.counter().await;
        let page = counter.get("/work/calls").await;
        assert!(page.body.contains("김○늘"), "{}", page.body);
        assert!(!page.body.contains("김하늘") && !page.body.contains("박○순"));
        let (haneul, stranger) = (house.haneul, house.stranger);
        let notice_of =
            |person| house.read(move |tx| notices::inbox(tx, person, None, 1).unwrap()[0].id);
        let path = format!("/work/calls/{}", notice_of(haneul));
        let other = format!("/work/calls/{}", notice_of(stranger));
        assert_eq!(counter.get(&other).await.status, StatusCode::NOT_FOUND);
        let shown = counter.get(&path).await;
        for part in ["김하늘", "새벽길 1", "부모급여"] {
            assert!(shown.body.contains(part), "{part}: {}", shown.body);
        }
        let settled = counter.send(&path, &[("how", "called")]).await;
        assert_eq!(
            settled.header("location"),
            "/work/calls?done=called",
            "{}",
            settled.body
        );
        let again = counter.send(&path, &[("how", "visited")]).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
        let parent = house.resident(haneul).await;
        let looks = parent.get("/me/looks").await;
        assert!(
            looks.body.contains("소식이 닿지 않아 연락드리기"),
            "{}",
            looks.body
        );
    });
}

#[test]
fn an_office_prints_its_letters_marks_them_and_their_people_are_told() {
    on_both(async |house| {
        if !house.app.channels.on().contains(&Channel::Letter) {
            testkit::skip("printing letters: no font with Hangul is installed");
            return;
        }
        tell(&house, house.haneul, &[Channel::Letter]);
        tell(&house, house.stranger, &[Channel::Letter]);
        let counter = house.counter().await;
        let page = counter.get("/work/letters").await;
        assert!(
            page.body.contains("김○늘") && !page.body.contains("박○순"),
            "{}",
            page.body
        );
        let printed = counter.get("/work/letters/print").await;
        assert_eq!(printed.header("content-type"), "application/pdf");
        assert!(printed.body.starts_with("%PDF-"));
        let field = "name=\"letter\" value=\"";
        let at = page.body.find(field).unwrap() + field.len();
        let id = page.body[at..].split('"').next().unwrap();
        let posted = counter.send("/work/letters", &[("letter", id)]).await;
        assert_eq!(
            posted.header("location"),
            "/work/letters?done=posted",
            "{}",
            posted.body
        );
        assert_eq!(
            counter.get("/work/letters/print").await.status,
            StatusCode::NOT_FOUND
        );
        let parent = house.resident(house.haneul).await;
        assert!(
            parent
                .get("/me/looks")
                .await
                .body
                .contains("우편으로 알려 드리기")
        );
    });
}
