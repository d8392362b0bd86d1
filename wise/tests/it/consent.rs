//! What an agency holds is fetched with consent rather than typed again.

use axum::http::StatusCode;
use base::ids::PersonId;
use jiff::civil::date;
use wise::areas::benefits::actions::read;
use wise::areas::benefits::model::Offer;
use wise::blocks::people::{self, NewDatum, Owner, Sex, Source};

use crate::house::{House, on_both};

pub const FACT: &str = "household.electricity_customer";

fn household(house: &House) -> people::HouseholdView {
    let (person, now) = (house.haneul, base::Clock::now(&house.clock));
    let today = base::seoul_date(now);
    house.read(move |tx| {
        let of = people::household_of(tx, person, today, now).unwrap();
        people::view(tx, of.unwrap().0, today, now).unwrap()
    })
}

/// The head of 김하늘's household.
pub fn head(house: &House) -> PersonId {
    household(house).head().unwrap().person.id
}

/// The register of the electricity company knows the household's number.
pub fn hold_number(house: &House) {
    let id = household(house).id;
    house.act(move |cx| {
        let number = NewDatum {
            fact: "electricity_customer".into(),
            value: Some("0987654321".into()),
            since: date(2020, 3, 1),
            until: None,
            source: Source {
                agency: "kepco".into(),
                basis: "전기사업법 제16조".into(),
                told: false,
                checked_at: cx.now,
            },
        };
        people::record(cx, Owner::Household(id), &[number]).unwrap();
    });
}

/// A child of the household, whose electricity number only its company knows.
fn held_number(house: &House) {
    hold_number(house);
    let mother = house.haneul;
    house.act(move |cx| {
        let report = people::BirthReport {
            mother,
            born: date(2026, 11, 20),
            sex: Sex::Female,
            hospital: Some("hanbit-hospital".into()),
            multiple: 1,
        };
        let birth = people::report_birth(cx, &report).unwrap();
        let name = "이봄".into();
        people::register_birth(cx, &people::Registration { birth, name }).unwrap();
    });
}

pub fn electricity(house: &House, person: PersonId) -> Offer {
    let now = base::Clock::now(&house.clock);
    let all = house.read(move |tx| read::offers_of(tx, person, now).unwrap());
    let found = all
        .iter()
        .find(|it| it.benefit == "electricity-discount-birth");
    found.expect("the discount is offered").clone()
}

#[test]
fn a_held_fact_is_fetched_with_consent_and_the_offer_is_ready() {
    on_both(async |house| {
        held_number(&house);
        let head = head(&house);
        house.rest().await;
        let offer = electricity(&house, head);
        assert!(!offer.is_ready(), "without consent the number is unknown");
        let resident = house.resident(head).await;
        let ask = format!("/offers/{}/ask?fact={FACT}", offer.id);
        let page = resident.get(&ask).await;
        for part in [
            "가져와도 될까요?",
            "한국전력공사",
            "2026년 11월 23일에 확인됨",
        ] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        assert!(
            !page.body.contains("0987654321"),
            "nothing is shown before consent"
        );
        let consent = format!("/offers/{}/consent", offer.id);
        let agreed = resident.send(&consent, &[("fact", FACT)]).await;
        assert_eq!(
            agreed.header("location"),
            format!("/offers/{}", offer.id),
            "{}",
            agreed.body
        );
        assert!(
            electricity(&house, head).is_ready(),
            "worked out anew at once"
        );
        let mine = resident.get("/me").await;
        assert!(mine.body.contains("2026년 11월 23일에 동의하셨습니다"));
        // Withdrawn, it is unknown again.
        resident
            .send("/me/consents", &[("fact", FACT), ("consent", "withdraw")])
            .await;
        house.rest().await;
        assert!(!electricity(&house, head).is_ready());
    });
}

#[test]
fn only_who_may_agree_is_asked_to() {
    on_both(async |house| {
        held_number(&house);
        house.rest().await;
        let offer = electricity(&house, house.haneul);
        let spouse = house.resident(house.haneul).await;
        let page = spouse
            .get(&format!("/offers/{}/ask?fact={FACT}", offer.id))
            .await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("가져와도 될까요?"), "{}", page.body);
        let consent = format!("/offers/{}/consent", offer.id);
        let refused = spouse.send(&consent, &[("fact", FACT)]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    });
}
