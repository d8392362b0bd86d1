//! A resident says what is right: told facts change at once, held ones are decided by their holder.

use axum::http::StatusCode;
use base::ids::{CaseId, PersonId};
use wise::blocks::cases::{self, CaseState};
use wise::blocks::people::{self, Datum};

use crate::house::{House, Whose, on_both};

fn fact(house: &House, person: PersonId, fact: &'static str) -> Datum {
    let now = base::Clock::now(&house.clock);
    let today = base::seoul_date(now);
    house.read(move |tx| {
        let of = people::household_of(tx, person, today, now).unwrap();
        let view = people::view(tx, of.unwrap().0, today, now).unwrap();
        view.member(person).unwrap().datum(fact).unwrap().clone()
    })
}

#[test]
fn a_held_fact_is_corrected_by_its_holders_official() {
    on_both(async |house| {
        let me = house.haneul.to_string();
        let resident = house.resident(house.haneul).await;
        let form = format!("/me/correct?fact=person.disability&of={me}");
        let mine = resident.get("/me").await;
        // The address stands in an attribute, with its sign escaped.
        let link = form.replace('&', "&#38;");
        assert!(mine.body.contains(&link), "{link}: {}", mine.body);
        let page = resident.get(&form).await;
        for part in ["장애 정도", "행정안전부", "10일 안에", "심하지 않은 장애"]
        {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        let ask = |value: &'static str| {
            let (resident, me) = (resident.clone(), me.clone());
            async move {
                let fields = [("fact", "person.disability"), ("of", &me), ("value", value)];
                resident.send("/me/correct", &fields).await
            }
        };
        for wrong in ["", "huge", "none"] {
            let answer = ask(wrong).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
        let sent = ask("mild").await;
        let address = sent.header("location").to_owned();
        assert!(address.starts_with("/cases/"), "{}", sent.body);
        assert_eq!(ask("mild").await.header("location"), address, "asked once");
        let case = resident.get(&address).await;
        for part in ["장애 정도 바로잡기", "접수됨", "심하지 않은 장애"] {
            assert!(case.body.contains(part), "{part}: {}", case.body);
        }
        let before = fact(&house, house.haneul, "disability");
        assert_eq!(
            before.value.as_deref(),
            Some("none"),
            "a claim changes nothing"
        );

        let id = address["/cases/".len()..].split('?').next().unwrap();
        let work = format!("/work/corrections/{id}");
        let counter = house.counter().await;
        assert_eq!(counter.get(&work).await.status, StatusCode::NOT_FOUND);
        let holder = house
            .signed_in("holder", "counter", Whose::Agency("mois"))
            .await;
        let queue = holder.get("/work").await;
        assert!(queue.body.contains(&work), "{}", queue.body);
        let opened = holder.get(&work).await;
        assert!(opened.body.contains("심하지 않은 장애"), "{}", opened.body);
        for incomplete in ["", "refuse"] {
            let fields = [("decision", incomplete), ("revision", "1")];
            let wrong = holder.send(&work, &fields).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let fields = [("decision", "grant"), ("revision", "1")];
        let done = holder.send(&work, &fields).await;
        assert_eq!(done.header("location"), "/work", "{}", done.body);
        let after = fact(&house, house.haneul, "disability");
        assert_eq!(after.value.as_deref(), Some("mild"));
        assert_eq!(after.source.agency, "mois");
        assert_eq!(after.since, before.since, "it was wrong from the start");
        let case: CaseId = id.parse().unwrap();
        let case = house.read(move |tx| cases::case(tx, case).unwrap());
        assert_eq!(case.state, CaseState::Granted);
        let looks = resident.get("/me/looks").await;
        assert!(looks.body.contains("기록 바로잡기"), "{}", looks.body);
    });
}

#[test]
fn what_the_resident_told_is_corrected_at_once() {
    on_both(async |house| {
        tell_pregnancy(&house);
        let resident = house.resident(house.haneul).await;
        let me = house.haneul.to_string();
        let fields = [("fact", "person.fetuses"), ("of", &me), ("value", "2")];
        let done = resident.send("/me/correct", &fields).await;
        assert_eq!(
            done.header("location"),
            "/me?done=corrected",
            "{}",
            done.body
        );
        let now = fact(&house, house.haneul, "fetuses");
        assert_eq!(now.value.as_deref(), Some("2"));
        assert!(now.source.told && now.source.agency == "resident");
    });
}

/// 김하늘 told that she expects one child.
pub fn tell_pregnancy(house: &House) {
    let person = house.haneul;
    house.act(move |cx| {
        let told = people::NewDatum {
            fact: "fetuses".into(),
            value: Some("1".into()),
            since: cx.today(),
            until: None,
            source: people::Source {
                agency: "resident".into(),
                basis: "본인이 알림".into(),
                told: true,
                checked_at: cx.now,
            },
        };
        people::record(cx, people::Owner::Person(person), &[told]).unwrap();
    });
}

#[test]
fn nobody_corrects_what_is_not_theirs() {
    on_both(async |house| {
        let stranger = house
            .signed_in("stranger", "resident", Whose::Person(house.stranger))
            .await;
        let other = house.haneul.to_string();
        for (name, of) in [
            ("person.disability", other.as_str()),
            ("household.income_recognised", ""),
            ("person.disability", ""),
            ("nothing", ""),
        ] {
            let fields = [("fact", name), ("of", of), ("value", "mild")];
            let refused = stranger.send("/me/correct", &fields).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{name} of {of}");
        }
        // A spouse reads what the other adult told nowhere, and corrects it nowhere.
        let spouse = house.resident(house.haneul).await;
        let head = crate::consent::head(&house).to_string();
        let fields = [
            ("fact", "person.disability"),
            ("of", &head),
            ("value", "mild"),
        ];
        let refused = spouse.send("/me/correct", &fields).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    });
}
