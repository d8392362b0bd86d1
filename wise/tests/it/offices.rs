//! What residents see of themselves, and what officials, operators and hospitals may do.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base::ids::{AccountId, CaseId, PersonId};
use jiff::civil::date;
use testkit::Client;
use wise::blocks::cases::{self, CaseState, NewCase};
use wise::blocks::notices::{self, Channel, Contact, NewNotice, Outcome};
use wise::blocks::people::{self, NewAddress, NewHousehold, NewMember, Role, Sex};

use crate::house::{House, Whose, on_both};

/// A letter in somebody's inbox.
fn tell(house: &House, person: PersonId) {
    house.act(move |cx| {
        let new = NewNotice {
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
        notices::tell(cx, &new).unwrap();
    });
}

/// An application of 김하늘's that the office asked something about.
fn asked_case(house: &House) -> CaseId {
    let person = house.haneul;
    house.act(move |cx| {
        let subject = people::pseudonym_of(cx.tx, person).unwrap();
        let (household, _) = people::household_of(cx.tx, person, cx.today(), cx.now)
            .unwrap()
            .unwrap();
        let new = NewCase {
            kind: "benefits",
            topic: "parental-benefit".into(),
            agency: "hanbit-saebit".into(),
            household,
            about: None,
            applicant: person,
            subject,
            origin: "test".into(),
            form: "{}".into(),
            due_on: date(2026, 11, 24),
            actor: "김하늘".into(),
        };
        let case = cases::open(cx, &new).unwrap();
        let why = "어느 어린이집인지 알려 주세요.";
        cases::take_step(cx, case, 1, subject, CaseState::Asked, "이서연", why).unwrap();
        case
    })
}

fn household(house: &House, person: PersonId) -> String {
    let now = base::Clock::now(&house.clock);
    let of = house.read(move |tx| {
        people::household_of(tx, person, base::seoul_date(now), now)
            .unwrap()
            .unwrap()
    });
    of.0.to_string()
}

#[test]
fn a_resident_sees_what_is_known_with_its_source_and_decides_over_consents() {
    on_both(async |house| {
        let parent = house.resident(house.haneul).await;
        let page = parent.get("/me").await;
        assert_eq!(page.status, StatusCode::OK);
        for part in [
            "김하늘",
            "이서아",
            "매월 4,000,000원",
            "주민등록법 제30조",
            "새벽길 1",
        ] {
            assert!(
                page.body.contains(part),
                "{part} is not on the page: {}",
                page.body
            );
        }
        assert!(
            !page.body.contains("1992년 5월 4일"),
            "the partner's own facts are the partner's"
        );
        assert!(
            page.body.contains("동의하시면 씁니다"),
            "pregnancy waits for consent"
        );
        let given = parent
            .send(
                "/me/consents",
                &[("fact", "person.pregnant"), ("consent", "give")],
            )
            .await;
        assert_eq!(given.header("location"), "/me?done=given");
        let page = parent.get("/me?done=given").await;
        assert!(
            page.body.contains("2026년 11월 23일에 동의하셨습니다"),
            "{}",
            page.body
        );
        let withdrawn = parent
            .send(
                "/me/consents",
                &[("fact", "person.pregnant"), ("consent", "withdraw")],
            )
            .await;
        assert_eq!(withdrawn.header("location"), "/me?done=withdrawn");
        // What the law shares needs no consent, and what is the head's is not the spouse's.
        for fact in ["person.born", "household.bank_account", "nothing"] {
            let refused = parent
                .send("/me/consents", &[("fact", fact), ("consent", "give")])
                .await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{fact}");
        }
    });
}

#[test]
fn a_resident_tells_of_twins_and_is_asked_only_what_is_missing() {
    on_both(async |house| {
        let parent = house.resident(house.haneul).await;
        assert_eq!(parent.get("/births/tell").await.status, StatusCode::OK);
        let wrong = parent
            .send(
                "/births/tell",
                &[
                    ("born", "2026-02-30"),
                    ("multiple", "2"),
                    ("sex1", "female"),
                ],
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("날짜를 연-월-일로"), "{}", wrong.body);
        assert!(wrong.body.contains("2번째 아기의 성별"), "{}", wrong.body);
        let late = [
            ("born", "2026-11-24"),
            ("multiple", "1"),
            ("sex1", "female"),
        ];
        let wrong = parent.send("/births/tell", &late).await;
        assert!(wrong.body.contains("오늘보다 뒤"), "{}", wrong.body);
        let twins = [
            ("born", "2026-11-20"),
            ("multiple", "2"),
            ("sex1", "female"),
            ("sex2", "male"),
        ];
        let told = parent.send("/births/tell", &twins).await;
        assert!(
            told.header("location").starts_with("/births/"),
            "{}",
            told.body
        );
        let births = {
            let mother = house.haneul;
            house.read(move |tx| people::births_of(tx, mother).unwrap())
        };
        assert_eq!(births.len(), 2);
        assert!(births.iter().all(|it| it.state == people::BirthState::Told));
    });
}

#[test]
fn a_birth_that_nobody_reported_is_registered_at_the_counter() {
    on_both(async |house| {
        let official = house.counter().await;
        let path = "/work/births/new";
        assert_eq!(official.get(path).await.status, StatusCode::OK);
        let wrong = official
            .send(path, &[("mother_name", ""), ("mother_born", "x")])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let who = [("mother_name", "김하늘"), ("mother_born", "1994-02-03")];
        let found = official.send(path, &who).await;
        assert!(found.body.contains("새벽길 1"), "{}", found.body);
        let mother = house.haneul.to_string();
        let chosen = official
            .send(path, &[("mother", &mother), ("choose", "yes")])
            .await;
        assert!(chosen.body.contains("이준호"), "{}", chosen.body);
        let mut child = vec![
            ("mother", mother.as_str()),
            ("name", "이봄"),
            ("born", "2026-11-20"),
            ("sex", "female"),
            ("multiple", "1"),
        ];
        let unchecked = official.send(path, &child).await;
        assert_eq!(unchecked.status, StatusCode::UNPROCESSABLE_ENTITY);
        child.push(("confirmed", "yes"));
        let done = official.send(path, &child).await;
        assert_eq!(
            done.header("location"),
            "/work/births?done=registered",
            "{}",
            done.body
        );
        // An office of another 동 neither finds nor chooses her.
        let other = house
            .signed_in("other", "counter", Whose::Agency("hanbit-dalbit"))
            .await;
        let found = other.send(path, &who).await;
        assert!(!found.body.contains("새벽길 1"), "{}", found.body);
        let chosen = other
            .send(path, &[("mother", &mother), ("choose", "yes")])
            .await;
        assert_eq!(chosen.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn whoever_is_looked_at_sees_who_looked_and_why() {
    on_both(async |house| {
        let official = house.counter().await;
        let missing = official
            .send("/find", &[("name", "김하늘"), ("purpose", "")])
            .await;
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            !missing.body.contains("새벽길 1"),
            "nothing is shown without a purpose"
        );
        let other = [
            ("name", "김하늘"),
            ("purpose", "other"),
            ("detail", "전화로 물어 오심"),
        ];
        let found = official.send("/find", &other).await;
        assert!(found.body.contains("새벽길 1"), "{}", found.body);
        let id = household(&house, house.haneul);
        assert!(
            found.body.contains(&format!("/households/{id}?purpose=")),
            "{}",
            found.body
        );
        let elsewhere = official
            .send("/find", &[("name", "박영순"), ("purpose", "visit")])
            .await;
        assert!(!elsewhere.body.contains("달빛길"), "{}", elsewhere.body);

        let refused = official.get(&format!("/households/{id}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!refused.body.contains("이준호"), "{}", refused.body);
        let shown = official
            .get(&format!("/households/{id}?purpose=visit"))
            .await;
        assert!(shown.body.contains("이준호"), "{}", shown.body);
        assert!(
            shown.body.contains("동의가 없어 볼 수 없음"),
            "{}",
            shown.body
        );
        let strangers = household(&house, house.stranger);
        let peek = official
            .get(&format!("/households/{strangers}?purpose=visit"))
            .await;
        assert_eq!(peek.status, StatusCode::NOT_FOUND);
        assert!(!peek.body.contains("박영순"), "{}", peek.body);

        let parent = house.resident(house.haneul).await;
        let looks = parent.get("/me/looks").await;
        for part in [
            "전화로 물어 오심",
            "방문한 주민의 상담",
            "새빛동 주민센터 counter",
        ] {
            assert!(
                looks.body.contains(part),
                "{part} is not on the page: {}",
                looks.body
            );
        }
        let stranger = house
            .signed_in("stranger", "resident", Whose::Person(house.stranger))
            .await;
        let looks = stranger.get("/me/looks").await;
        assert!(
            looks.body.contains("아직 아무도 보지 않았습니다"),
            "{}",
            looks.body
        );
    });
}

#[test]
fn an_application_is_answered_and_withdrawn_by_its_household_alone() {
    on_both(async |house| {
        let case = asked_case(&house);
        let path = format!("/cases/{case}");
        let stranger = house
            .signed_in("stranger", "resident", Whose::Person(house.stranger))
            .await;
        for (page, form) in [("", ""), ("", "/answer"), ("", "/withdraw")] {
            let answer = match form {
                "" => stranger.get(&format!("{path}{page}")).await,
                _ => {
                    stranger
                        .send(&format!("{path}{form}"), &[("note", "x")])
                        .await
                }
            };
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{form}");
        }
        let parent = house.resident(house.haneul).await;
        let page = parent.get(&path).await;
        for part in ["부모급여", "어느 어린이집인지", "2026년 11월 24일"] {
            assert!(
                page.body.contains(part),
                "{part} is not on the page: {}",
                page.body
            );
        }
        let answer = format!("{path}/answer");
        let empty = parent
            .send(&answer, &[("revision", "2"), ("note", " ")])
            .await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let sent = parent
            .send(&answer, &[("revision", "2"), ("note", "햇살어린이집")])
            .await;
        assert_eq!(
            sent.header("location"),
            format!("{path}?done=answered"),
            "{}",
            sent.body
        );
        let withdraw = format!("{path}/withdraw");
        let stale = parent.send(&withdraw, &[("revision", "2")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let done = parent.send(&withdraw, &[("revision", "3")]).await;
        assert_eq!(
            done.header("location"),
            "/cases?done=withdrawn",
            "{}",
            done.body
        );
        let all = parent
            .with("accept", "application/json")
            .get("/api/cases")
            .await
            .json();
        assert_eq!(all[0]["state"], "withdrawn");
        assert_eq!(all[0]["steps"].as_array().unwrap().len(), 4);
    });
}

#[test]
fn the_queue_is_paged_and_the_overview_counts_without_names() {
    on_both(async |house| {
        for _ in 0..3 {
            asked_case(&house);
        }
        let official = house.counter().await;
        let first = official.get("/work?limit=2").await;
        assert!(first.body.contains("처리할 신청 3건"), "{}", first.body);
        assert_eq!(
            first.body.matches("김○늘").count(),
            2,
            "names are masked in lists"
        );
        assert!(!first.body.contains("김하늘"), "{}", first.body);
        let next = first
            .body
            .split("/work?after=")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let second = official.get(&format!("/work?limit=2&after={next}")).await;
        assert_eq!(second.body.matches("김○늘").count(), 1, "{}", second.body);
        let broken = official.get("/work?after=x").await;
        assert_eq!(broken.status, StatusCode::BAD_REQUEST);
        let mayor = house
            .signed_in("mayor", "decision_maker", Whose::Agency("hanbit"))
            .await;
        let page = mayor.get("/work/overview").await;
        assert!(page.body.contains("부모급여") && page.body.contains("새빛동 주민센터"));
        let csv = mayor.get("/work/overview?format=csv").await;
        assert!(csv.header("content-type").starts_with("text/csv"));
        let line = "hanbit-saebit,새빛동 주민센터,parental-benefit,부모급여,asked,3,0";
        assert!(csv.body.contains(line), "{}", csv.body);
        assert!(!page.body.contains('○') && !csv.body.contains("김하늘"));
    });
}

#[test]
fn a_notice_is_read_by_its_person_and_follows_their_address() {
    on_both(async |house| {
        let parent = house.resident(house.haneul).await;
        let wrong = parent
            .send("/contact", &[("email", "hanul"), ("locale", "ko")])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.body.contains("value=\"hanul\""),
            "what was typed stays: {}",
            wrong.body
        );
        let right = [("email", "hanul@example.kr"), ("locale", "en")];
        let saved = parent.send("/contact", &right).await;
        assert_eq!(
            saved.header("location"),
            "/contact?done=saved",
            "{}",
            saved.body
        );
        tell(&house, house.haneul);
        house.act(|cx| notices::plan_due(cx, &[Channel::Email]).unwrap());
        let inbox = parent.get("/inbox").await;
        assert!(
            inbox.body.contains("읽지 않은 소식이 1건"),
            "{}",
            inbox.body
        );
        let all = parent
            .with("accept", "application/json")
            .get("/api/notices")
            .await
            .json();
        let id = all["items"][0]["id"].as_str().unwrap().to_owned();
        let stranger = house
            .signed_in("stranger", "resident", Whose::Person(house.stranger))
            .await;
        let peek = stranger.get(&format!("/inbox/{id}")).await;
        assert_eq!(peek.status, StatusCode::NOT_FOUND);
        let opened = parent.get(&format!("/inbox/{id}")).await;
        assert!(opened.body.contains("hanul@example.kr"), "{}", opened.body);
        assert!(opened.body.contains("href=\"/cases\""), "{}", opened.body);
        let inbox = parent.get("/inbox").await;
        assert!(inbox.body.contains("모두 읽으셨습니다"), "{}", inbox.body);
    });
}

#[test]
fn an_uncertain_delivery_is_settled_by_an_operator_who_sees_no_address() {
    on_both(async |house| {
        let person = house.haneul;
        house.act(move |cx| {
            let contact = Contact {
                email: Some("hanul@example.kr".into()),
                phone: None,
                locale: base::Locale::KO,
            };
            notices::set_contact(cx, person, &contact).unwrap();
        });
        tell(&house, person);
        let delivery = house.act(|cx| {
            notices::plan_due(cx, &[Channel::Email]).unwrap();
            let taken = notices::claim(cx, Channel::Email).unwrap().unwrap();
            let cut = Outcome::Uncertain("connection reset".into());
            notices::record_outcome(cx, &taken.delivery, &cut).unwrap();
            taken.delivery.id
        });
        let operator = house
            .signed_in("operator", "operator", Whose::Agency("hanbit"))
            .await;
        let page = operator.get("/deliveries").await;
        assert!(page.body.contains("h***@example.kr"), "{}", page.body);
        assert!(!page.body.contains("hanul@example.kr"));
        let path = format!("/deliveries/{delivery}");
        let wrong = operator.send(&path, &[("settle", "perhaps")]).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
        let done = operator.send(&path, &[("settle", "repeat")]).await;
        assert_eq!(
            done.header("location"),
            "/deliveries?done=repeat",
            "{}",
            done.body
        );
        let again = operator.send(&path, &[("settle", "arrived")]).await;
        assert_eq!(
            again.status,
            StatusCode::NOT_FOUND,
            "it waits for nobody any more"
        );
    });
}

/// A hospital's program with a bearer token.
fn hospital(house: &House) -> Client {
    let account: AccountId =
        house.account("hospital", "hospital", Whose::Agency("hanbit-hospital"));
    let token =
        house.act(move |cx| web::accounts::create_api_token(cx, account, "births", None).unwrap());
    let client = house.client.with("accept", "application/json");
    client.with("authorization", &format!("Bearer {token}"))
}

async fn notice(client: &Client, body: &str) -> testkit::Answer {
    let json = Some("application/json");
    client
        .ask("POST", "/api/birth-notices", body.as_bytes().to_vec(), json)
        .await
}

#[test]
fn a_hospital_reports_a_birth_once_however_often_it_sends() {
    on_both(async |house| {
        let client = hospital(&house);
        let good = r#"{"mother_name":"김하늘","mother_born":"1994-02-03","born":"2026-11-20","sex":"female"}"#;
        let first = notice(&client, good).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        let second = notice(&client, good).await;
        assert_eq!(second.status, StatusCode::OK);
        assert_eq!(first.json()["birth"], second.json()["birth"]);
        let unknown = notice(&client, &good.replace("김하늘", "김구름")).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        assert!(unknown.json()["remedy"].is_string(), "{}", unknown.body);
        let wrong = notice(&client, &good.replace("2026-11-20", "2026-02-30")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.json()["errors"][0]["field"], "born");
        let future = notice(&client, &good.replace("2026-11-20", "2027-11-20")).await;
        assert_eq!(future.json()["errors"][0]["field"], "born");
        for broken in ["", "{", "[]", r#"{"mother_name":1}"#] {
            let answer = notice(&client, broken).await;
            assert!(
                answer.status.is_client_error(),
                "{broken}: {}",
                answer.status
            );
            assert_eq!(
                answer.header("content-type"),
                "application/problem+json",
                "{broken}"
            );
        }
        let parent = house
            .resident(house.haneul)
            .await
            .with("accept", "application/json");
        let refused = notice(&parent, good).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    });
}

#[test]
fn two_mothers_of_one_name_are_told_apart_by_where_they_live() {
    on_both(async |house| {
        house.act(|cx| {
            let namesake = NewHousehold {
                address: NewAddress {
                    municipality: "hanbit".into(),
                    dong: "hanbit-gaon".into(),
                    line: "한빛시 노을길 2 (가온동)".into(),
                    latitude: 36.6,
                    longitude: 126.9,
                },
                since: date(2020, 1, 1),
                members: vec![NewMember {
                    name: "김하늘".into(),
                    born: date(1994, 2, 3),
                    sex: Sex::Female,
                    role: Role::Head,
                    facts: Vec::new(),
                }],
                facts: Vec::new(),
            };
            people::register_household(cx, &namesake).map(drop).unwrap();
        });
        let client = hospital(&house);
        let body = r#"{"mother_name":"김하늘","mother_born":"1994-02-03","born":"2026-11-20","sex":"male"}"#;
        let several = notice(&client, body).await;
        assert_eq!(several.status, StatusCode::CONFLICT);
        assert!(several.body.contains("mother_dong"), "{}", several.body);
        let told = body.replace("\"born\"", "\"mother_dong\":\"hanbit-saebit\",\"born\"");
        assert_eq!(notice(&client, &told).await.status, StatusCode::CREATED);
        let mother = house.haneul;
        let births = house.read(move |tx| people::births_of(tx, mother).unwrap());
        assert_eq!(births.len(), 1);
    });
}
