//! Other agencies ask the rules and record uses; residents look ahead. Through HTTP on both stores.

use axum::http::StatusCode;
use base::Clock;
use jiff::civil::{Date, date};
use jiff::{Span, Timestamp};
use serde_json::{Value as Json, json};
use testkit::{Answer, Client};
use wise::areas::benefits::actions::read;
use wise::areas::benefits::vouchers;
use wise::blocks::people::{self, BirthReport, Sex};

use crate::house::{House, Whose, on_both};

/// A system of another agency with its bearer token.
fn agency(house: &House, code: &'static str) -> Client {
    let account = house.account(&format!("system-{code}"), "agency", Whose::Agency(code));
    let token =
        house.act(move |cx| web::accounts::create_api_token(cx, account, "rules", None).unwrap());
    let client = house.client.with("accept", "application/json");
    client.with("authorization", &format!("Bearer {token}"))
}

async fn post(client: &Client, path: &str, body: &Json) -> Answer {
    let body = body.to_string().into_bytes();
    client
        .ask("POST", path, body, Some("application/json"))
        .await
}

fn baby() -> Json {
    json!({
        "on": "2026-11-23",
        "household": {"municipality": "hanbit", "income_recognised": null},
        "members": {"baby": {"born": "2026-11-01", "birth_order": 2, "role": "child",
            "birth_registered": true, "nationality": "korean", "childcare": "home"}},
    })
}

/// How much the store holds: rows of facts and of everything this area keeps.
fn stored(house: &House) -> Vec<i64> {
    house.read(|tx| {
        let tables = [
            "spine_fact",
            "benefits_offer",
            "benefits_receipt",
            "people_fact",
        ];
        let count = |table: &str| format!("SELECT COUNT(*) FROM {table}");
        let rows = tables
            .iter()
            .map(|it| tx.query_one(&count(it), &[]).unwrap());
        rows.map(|row| row.get::<i64>(0).unwrap()).collect()
    })
}

#[test]
fn another_agency_evaluates_a_situation_and_nothing_of_it_stays() {
    on_both(async |house| {
        let client = agency(&house, "ssis");
        let before = stored(&house);
        let answer = post(&client, "/api/benefits/evaluate", &baby()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let told = answer.json();
        let benefits = told["benefits"].as_array().unwrap();
        let of = |id: &str| {
            let found = benefits.iter().find(|it| it["benefit"] == id);
            &found.unwrap_or_else(|| panic!("{id} is not answered"))["findings"][0]
        };
        let parental = of("parental-benefit");
        assert_eq!(parental["member"], "baby");
        assert_eq!(parental["outcome"], "eligible");
        assert_eq!(parental["amount"]["krw"], 1_000_000);
        assert_eq!(parental["reasons"][0]["holds"], true);
        assert!(parental["reasons"][0]["text"]["en"].is_string());
        let livelihood = of("livelihood-benefit");
        assert_eq!(livelihood["outcome"], "unknown");
        let missing: Vec<_> = livelihood["missing"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["path"])
            .collect();
        assert!(
            missing.contains(&&json!("/household/income_recognised")),
            "{missing:?}"
        );
        assert_eq!(
            stored(&house),
            before,
            "something of the situation was stored"
        );

        let mut narrow = baby();
        narrow["benefits"] = json!(["parental-benefit"]);
        let one = post(&client, "/api/benefits/evaluate", &narrow)
            .await
            .json();
        assert_eq!(one["benefits"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_remedy_in_the_readers_language() {
    on_both(async |house| {
        let client = agency(&house, "ssis");
        let mut wrong = baby();
        wrong["members"]["baby"]["bron"] = json!("2026-11-01");
        wrong["members"]["baby"]["born"] = json!("2026-02-30");
        wrong["benefits"] = json!(["parental-benfit"]);
        let english = client.with("accept-language", "en");
        let answer = post(&english, "/api/benefits/evaluate", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        let at = |path: &str| {
            let found = errors.iter().find(|it| it["field"] == path);
            found.unwrap_or_else(|| panic!("{path}: {errors:?}"))["message"]
                .as_str()
                .unwrap()
        };
        assert!(
            at("/members/baby/bron").contains("Did you mean born?"),
            "{errors:?}"
        );
        assert!(at("/members/baby/born").contains("date"));
        assert!(at("/benefits/0").contains("parental-benefit"));
        let korean = post(
            &client.with("accept-language", "ko"),
            "/api/benefits/evaluate",
            &wrong,
        )
        .await;
        assert!(korean.body.contains("혹시 born"), "{}", korean.body);
        for (body, status) in [
            (
                json!({"members": {}, "oops": 1}),
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            (json!({"on": "yesterday"}), StatusCode::UNPROCESSABLE_ENTITY),
            (
                json!({"household": {"bank_account": "x".repeat(2 << 20)}}),
                StatusCode::PAYLOAD_TOO_LARGE,
            ),
        ] {
            let answer = post(&client, "/api/benefits/evaluate", &body).await;
            assert_eq!(answer.status, status, "{}", answer.body);
        }
        let resident = house
            .resident(house.haneul)
            .await
            .with("accept", "application/json");
        let csrf = resident.get("/today").await.field("csrf");
        let refused = post(
            &resident.with("x-csrf-token", &csrf),
            "/api/benefits/evaluate",
            &baby(),
        )
        .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let nobody = post(
            &house.client.with("authorization", "Bearer wise_no"),
            "/api/benefits/evaluate",
            &baby(),
        )
        .await;
        assert!(
            matches!(nobody.status.as_u16(), 401 | 403),
            "{}",
            nobody.status
        );
    });
}

#[test]
fn an_openfisca_client_calculates_traces_and_reads_the_system() {
    on_both(async |house| {
        let client = agency(&house, "ssis");
        let body = json!({
            "persons": {"baby": {"born": {"ETERNITY": "2026-11-20"}, "birth_registered": {"ETERNITY": true},
                "nationality": {"ETERNITY": "korean"}, "childcare": {"ETERNITY": "home"},
                "parental_benefit": {"2026-12": null}}, "mother": {}},
            "households": {"home": {"head": ["mother"], "children": ["baby"]}},
        });
        let answer = post(&client, "/api/openfisca/calculate", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(
            answer.json()["persons"]["baby"]["parental_benefit"]["2026-12"],
            1_000_000
        );
        let trace = post(&client, "/api/openfisca/trace", &body).await.json();
        assert_eq!(
            trace["requestedCalculations"],
            json!(["parental_benefit<2026-12>"])
        );

        let wrong = json!({"persons": {"a": {"born": {"2026": 3}}}});
        let refused = post(&client, "/api/openfisca/calculate", &wrong).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(
            refused.json()["persons"]["a"]["born"]["2026"].is_string(),
            "{}",
            refused.body
        );
        let wrong = json!({"persons": {"a": {"borne": {"2026": null}}}});
        let refused = post(&client, "/api/openfisca/calculate", &wrong).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert!(
            refused.json()["persons"]["a"]["borne"].is_string(),
            "{}",
            refused.body
        );
        let broken = client
            .ask(
                "POST",
                "/api/openfisca/calculate",
                b"{\"a\" : \"x\", \"b\"}".to_vec(),
                Some("application/json"),
            )
            .await;
        assert_eq!(broken.status, StatusCode::BAD_REQUEST);
        assert!(
            broken.json()["error"]
                .as_str()
                .unwrap()
                .contains("Invalid JSON")
        );

        let open = house.client.with("accept", "application/json");
        let variables = open.get("/api/openfisca/variables").await.json();
        for (name, told) in variables.as_object().unwrap() {
            let href = told["href"].as_str().unwrap();
            let path = &href[href.find("/api").unwrap()..];
            assert_eq!(open.get(path).await.json()["id"], json!(name), "{href}");
        }
        let variable = open
            .get("/api/openfisca/variable/parental_benefit")
            .await
            .json();
        assert_eq!(variable["definitionPeriod"], "MONTH");
        assert_eq!(variable["entity"], "person");
        let infant = open
            .get("/api/openfisca/parameter/parental_benefit/infant")
            .await
            .json();
        assert_eq!(infant["values"]["2024-01-01"], 1_000_000, "{infant}");
        for (id, told) in open
            .get("/api/openfisca/parameters")
            .await
            .json()
            .as_object()
            .unwrap()
        {
            let href = told["href"].as_str().unwrap();
            let path = &href[href.find("/api").unwrap()..];
            assert_eq!(open.get(path).await.json()["id"], json!(id), "{href}");
        }
        let entities = open.get("/api/openfisca/entities").await.json();
        assert_eq!(
            entities["household"]["roles"]["child"]["plural"],
            "children"
        );
        assert!(open.get("/api/openfisca/spec").await.json()["paths"].is_object());
        for path in ["variable/no_such", "parameter/no/such"] {
            let answer = open.get(&format!("/api/openfisca/{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
    });
}

#[test]
fn a_resident_sees_what_a_change_would_bring_and_nothing_of_it_stays() {
    on_both(async |house| {
        let parent = house.resident(house.haneul).await;
        let today = parent.get("/today").await;
        assert!(today.body.contains("href=\"/what-if\""), "{}", today.body);
        let before = stored(&house);
        let doors = parent.get("/what-if").await;
        assert!(
            doors.body.contains("/what-if?change=child"),
            "{}",
            doors.body
        );
        let form = parent.get("/what-if?change=child").await;
        assert!(form.body.contains("name=\"born\""), "{}", form.body);
        let wrong = parent
            .send("/what-if", &[("change", "child"), ("born", "soon")])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let born = [("change", "child"), ("born", "2027-01-02")];
        let answer = parent.send("/what-if", &born).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        for part in ["부모급여", "1,000,000원", "2027년 1월 2일", "새로 받습니다"] {
            assert!(answer.body.contains(part), "{part}: {}", answer.body);
        }
        let moved = parent
            .send(
                "/what-if",
                &[("change", "move"), ("municipality", "elsewhere")],
            )
            .await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
        for (change, more) in [
            ("job_lost", ("income_krw", "1,000,000")),
            ("marriage", ("born", "1990-01-01")),
            ("turning_65", ("who", "")),
            ("income", ("income_krw", "500,000원")),
        ] {
            let answer = parent.send("/what-if", &[("change", change), more]).await;
            assert_eq!(answer.status, StatusCode::OK, "{change}: {}", answer.body);
        }
        let json = parent.with("accept", "application/json");
        let csrf = parent.get("/today").await.field("csrf");
        let json = json.with("x-csrf-token", &csrf);
        let child = json!({"change": "child", "born": "2027-01-02"});
        let told = post(&json, "/api/benefits/what-if", &child).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        let told = told.json();
        assert_eq!(told["on"], "2027-01-02");
        assert!(told["monthly_krw"].as_i64().unwrap() >= 1_000_000, "{told}");
        let changes = told["changes"].as_array().unwrap();
        let parental = changes
            .iter()
            .find(|it| it["benefit"] == "parental-benefit")
            .unwrap();
        assert_eq!(
            (&parental["turn"], &parental["after"]["member"]),
            (&json!("opened"), &json!("newcomer"))
        );
        let unknown = post(&json, "/api/benefits/what-if", &json!({"change": "luck"})).await;
        assert_eq!(unknown.json()["errors"][0]["field"], "change");
        assert_eq!(stored(&house), before, "something of it was stored");
    });
}

/// A birth, registered, applied for and granted: the voucher of the first meeting.
async fn granted(house: &House) -> Json {
    let report = BirthReport {
        mother: house.haneul,
        born: date(2026, 11, 20),
        sex: Sex::Female,
        hospital: Some("hanbit-hospital".into()),
        multiple: 1,
    };
    let birth = house.act(move |cx| people::report_birth(cx, &report).unwrap());
    house.act(move |cx| {
        let entry = people::Registration {
            birth,
            name: "이봄".into(),
        };
        people::register_birth(cx, &entry).map(drop).unwrap();
    });
    house.rest().await;
    let parent = house.resident(house.haneul).await;
    parent.send("/offers/accept", &[]).await;
    let (person, now) = (house.haneul, house.clock.now());
    let offers = house.read(move |tx| read::offers_of(tx, person, now).unwrap());
    let official = house.counter().await;
    for benefit in ["first-meeting-voucher", "hanbit-birth-grant"] {
        let offer = offers.iter().find(|it| it.benefit == benefit).unwrap();
        let path = format!("/work/benefits/{}", offer.case.unwrap());
        let fields = [("decision", "grant"), ("revision", "1"), ("note", "")];
        let done = official.send(&path, &fields).await;
        assert!(done.status.is_redirection(), "{}", done.body);
    }
    house.rest().await;
    let held = parent
        .with("accept", "application/json")
        .get("/api/vouchers")
        .await
        .json();
    let voucher = held
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["benefit"] == "first-meeting-voucher");
    voucher
        .unwrap_or_else(|| panic!("no voucher: {held}"))
        .clone()
}

/// Signs in, in a browser of its own, who has an account already.
async fn sign_in(house: &House, login: &str) -> Client {
    let mut client = house.client.clone();
    client.cookies = std::sync::Arc::default();
    client.get("/login").await;
    let fields = [("login", login), ("password", crate::house::PASSWORD)];
    client.send("/login", &fields).await;
    client
}

#[test]
fn a_voucher_is_followed_until_it_is_used() {
    on_both(async |house| {
        let voucher = granted(&house).await;
        assert_eq!(voucher["total_krw"], 3_000_000);
        let id = voucher["id"].as_str().unwrap().to_owned();
        let payer = agency(&house, "mohw");
        let uses = format!("/api/benefits/vouchers/{id}/uses");
        let listed = payer.get("/api/benefits/vouchers").await.json();
        assert_eq!(
            listed.as_array().unwrap().len(),
            1,
            "only what this agency pays: {listed}"
        );
        let body = |amount: i64, reference: &str| json!({"amount_krw": amount, "used_on": "2026-11-23", "reference": reference, "place": "새빛약국"});
        let no_key = post(&payer, &uses, &body(120_000, "a-1")).await;
        assert_eq!(no_key.status, StatusCode::BAD_REQUEST, "{}", no_key.body);
        let first = payer.with("idempotency-key", "first-use-0001");
        let done = post(&first, &uses, &body(120_000, "a-1")).await;
        assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
        let replay = post(&first, &uses, &body(120_000, "a-1")).await;
        assert_eq!(replay.status, StatusCode::OK, "{}", replay.body);
        assert_eq!(replay.json()["voucher"]["left_krw"], 2_880_000);
        for (key, body, title) in [
            (
                "first-use-0001",
                body(130_000, "a-1"),
                "benefits-voucher-key",
            ),
            (
                "second-use-001",
                body(120_000, "a-1"),
                "benefits-voucher-twice",
            ),
            (
                "second-use-001",
                body(2_880_001, "a-2"),
                "benefits-voucher-over",
            ),
        ] {
            let refused = post(&payer.with("idempotency-key", key), &uses, &body).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
            assert_eq!(refused.json()["type"], format!("urn:wise:problem:{title}"));
            assert!(refused.json()["remedy"].is_string(), "{}", refused.body);
        }
        let wrong = post(
            &payer.with("idempotency-key", "second-use-001"),
            &uses,
            &body(0, "a-2"),
        )
        .await;
        assert_eq!(
            wrong.json()["errors"][0]["field"],
            "amount_krw",
            "{}",
            wrong.body
        );
        // Another agency's voucher does not exist for it.
        let other = agency(&house, "hanbit");
        let hidden = post(
            &other.with("idempotency-key", "other-use-0001"),
            &uses,
            &body(1, "a-3"),
        )
        .await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        let left = payer
            .get(&format!("/api/benefits/vouchers/{id}"))
            .await
            .json();
        assert_eq!(left["left_krw"], 2_880_000, "a refused use took something");

        // The office that granted it records a use too, once however often it is pressed.
        let official = sign_in(&house, "counter").await;
        let page = official.get(&format!("/work/vouchers/{id}")).await;
        let (csrf, token) = (page.field("csrf"), page.field("token"));
        let fields = [
            ("csrf", csrf.as_str()),
            ("token", token.as_str()),
            ("amount_krw", "2,800,000원"),
            ("used_on", "2026-11-23"),
            ("reference", "office-1"),
            ("place", "새빛마트"),
        ];
        for _ in 0..2 {
            let done = official
                .post(&format!("/work/vouchers/{id}"), &fields)
                .await;
            assert!(done.status.is_redirection(), "{}", done.body);
        }
        let over = official
            .send(
                &format!("/work/vouchers/{id}"),
                &[
                    ("amount_krw", "90000"),
                    ("used_on", "2026-11-23"),
                    ("reference", "office-2"),
                ],
            )
            .await;
        assert_eq!(over.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(over.body.contains("8만원"), "{}", over.body);

        // Its holder sees what is left, and is told thirty and seven days before it is lost.
        let parent = sign_in(&house, "resident").await;
        let own = parent.get(&format!("/vouchers/{id}")).await;
        assert!(
            own.body.contains("새빛마트") && own.body.contains("8만원"),
            "{}",
            own.body
        );
        let last: Date = voucher["use_by"].as_str().unwrap().parse().unwrap();
        let stranger = house
            .signed_in("stranger", "resident", Whose::Person(house.stranger))
            .await;
        let hidden = stranger.get(&format!("/vouchers/{id}")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        let told = |days: i64| {
            let day = last - Span::new().days(days);
            let at: Timestamp = format!("{day}T03:00:00Z").parse().unwrap();
            house.clock.set(at);
            let book = house.app.country.book.clone();
            house.act(move |cx| vouchers::remind_due(cx, &book).unwrap())
        };
        assert_eq!(
            (told(31), told(30), told(29), told(7), told(3), told(0)),
            (0, 1, 0, 1, 0, 0)
        );
        house.clock.set(
            format!("{}T03:00:00Z", last - Span::new().days(7))
                .parse()
                .unwrap(),
        );
        let parent = sign_in(&house, "resident").await;
        let line = format!("8만원이 {}월 {}일에 사라집니다", last.month(), last.day());
        let today = parent.get("/today").await;
        assert!(today.body.contains(&line), "{line}: {}", today.body);
        let inbox = parent.get("/inbox").await;
        assert!(inbox.body.contains(&line), "{line}: {}", inbox.body);
    });
}

#[test]
fn a_grant_in_parts_is_counted_down_and_a_death_closes_what_was_about_the_child() {
    on_both(async |house| {
        granted(&house).await;
        let parent = sign_in(&house, "resident").await;
        let json = parent.with("accept", "application/json");
        let held = json.get("/api/vouchers").await.json();
        let grant = held
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["benefit"] == "hanbit-birth-grant");
        let grant = grant.unwrap_or_else(|| panic!("{held}"));
        assert_eq!(
            (&grant["parts"], &grant["next_part_on"]),
            (&json!(7), &json!("2026-11-23"))
        );
        let city = agency(&house, "hanbit").with("idempotency-key", "part-one-0001");
        let path = format!(
            "/api/benefits/vouchers/{}/uses",
            grant["id"].as_str().unwrap()
        );
        let part = json!({"amount_krw": 1_000_000, "used_on": "2026-11-23", "reference": "1/7"});
        let paid = post(&city, &path, &part).await.json();
        assert_eq!(paid["voucher"]["next_part_on"], "2027-11-23", "{paid}");
        let haneul = house.haneul;
        let now = house.clock.now();
        let child = house.read(move |tx| {
            let births = people::births_of(tx, haneul).unwrap();
            assert!(births[0].registered_at.is_some_and(|at| at <= now));
            births[0].child
        });
        house.act(move |cx| people::register_death(cx, child, cx.today()).unwrap());
        house.rest().await;
        assert_eq!(json.get("/api/vouchers").await.json(), json!([]));
        let late = city.with("idempotency-key", "part-two-0001");
        let part = json!({"amount_krw": 1, "used_on": "2026-11-23", "reference": "2/7"});
        let refused = post(&late, &path, &part).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    });
}
