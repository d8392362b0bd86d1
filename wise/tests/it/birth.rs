//! A birth, end to end, through HTTP on both stores.

use axum::http::StatusCode;
use jiff::civil::date;
use wise::areas::benefits::actions::read;
use wise::areas::benefits::model::{Offer, OfferState};
use wise::blocks::notices;
use wise::blocks::people::{self, BirthReport, Sex};

use crate::house::{House, Whose, on_both};

fn report(house: &House, hospital: Option<&str>) -> base::ids::BirthId {
    let report = BirthReport {
        mother: house.haneul,
        born: date(2026, 11, 20),
        sex: Sex::Female,
        hospital: hospital.map(str::to_owned),
        multiple: 1,
    };
    house.act(move |cx| people::report_birth(cx, &report).unwrap())
}

fn offers(house: &House) -> Vec<Offer> {
    let (person, now) = (house.haneul, base::Clock::now(&house.clock));
    house.read(move |tx| read::offers_of(tx, person, now).unwrap())
}

fn offer<'a>(offers: &'a [Offer], benefit: &str) -> &'a Offer {
    let found = offers.iter().find(|it| it.benefit == benefit);
    found.unwrap_or_else(|| {
        let there: Vec<&str> = offers.iter().map(|it| it.benefit.as_str()).collect();
        panic!("no offer of {benefit} among {there:?}")
    })
}

#[test]
fn a_registered_birth_offers_everything_and_one_press_applies() {
    on_both(async |house| {
        let birth = report(&house, Some("hanbit-hospital"));
        house.rest().await;
        // The notice alone already shows what will open, and opens nothing.
        let expected = offers(&house);
        assert!(
            expected.iter().all(|it| it.state == OfferState::Waiting),
            "{expected:?}"
        );
        let parent = house.resident(house.haneul).await;
        let page = parent.get(&format!("/births/{birth}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("출생신고를 기다립니다"), "{}", page.body);

        let official = house.counter().await;
        let queue = official.get("/work/births").await;
        assert!(
            queue.body.contains("김○늘"),
            "names are masked in lists: {}",
            queue.body
        );
        let done = official
            .send(
                &format!("/work/births/{birth}"),
                &[("name", "이봄"), ("confirmed", "yes")],
            )
            .await;
        assert!(done.status.is_redirection(), "{}", done.body);
        house.rest().await;

        let open = offers(&house);
        let voucher = offer(&open, "first-meeting-voucher");
        assert_eq!(
            (voucher.state, voucher.amount),
            (OfferState::Open, Some(3_000_000))
        );
        let parental = offer(&open, "parental-benefit");
        assert_eq!((parental.amount, parental.monthly), (Some(1_000_000), true));
        let asked: Vec<String> = parental.open_questions().map(ToString::to_string).collect();
        assert!(parental.is_ready(), "still asks {asked:?}");
        let electricity = open.iter().find(|it| it.benefit.contains("electricity"));
        assert!(
            electricity.is_some_and(|it| !it.is_ready()),
            "the customer number is not known"
        );

        let page = parent.get(&format!("/births/{birth}")).await;
        for part in [
            "이봄",
            "부모급여",
            "1,000,000원",
            "3,000,000원",
            "이웃 d1",
            "2자리",
            "대기 4명",
            "13,000원",
        ] {
            assert!(
                page.body.contains(part),
                "{part} is not on the page:\n{}",
                page.body
            );
        }
        let inbox = parent.get("/inbox").await;
        assert!(
            inbox.body.contains("아기 앞으로 받으실 것을 정리했습니다"),
            "{}",
            inbox.body
        );

        let ready = open.iter().filter(|it| it.is_ready()).count();
        let pressed = parent.send("/offers/accept", &[]).await;
        assert!(
            pressed.header("location").starts_with("/receipts/"),
            "{}",
            pressed.body
        );
        let receipt = parent.get(pressed.header("location")).await;
        assert_eq!(receipt.status, StatusCode::OK);
        let number = pressed.header("location").trim_start_matches("/receipts/");
        assert!(receipt.body.contains(&format!("/proofs/{number}")));
        let after = offers(&house);
        assert_eq!(
            after
                .iter()
                .filter(|it| it.state == OfferState::Accepted)
                .count(),
            ready
        );

        // The applications lie in the queue of the community centre, filled in.
        let work = official.get("/work").await;
        assert!(work.body.contains("부모급여"), "{}", work.body);
        let case = offer(&after, "parental-benefit").case.unwrap();
        let file = official.get(&format!("/work/benefits/{case}")).await;
        assert!(file.body.contains("2026년 11월 20일"), "{}", file.body);
        let refused = official
            .send(
                &format!("/work/benefits/{case}"),
                &[("decision", "refuse"), ("revision", "1"), ("note", "")],
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains("한 문장으로"),
            "a refusal gives its reason"
        );
        let granted = official
            .send(
                &format!("/work/benefits/{case}"),
                &[("decision", "grant"), ("revision", "1"), ("note", "")],
            )
            .await;
        assert!(granted.status.is_redirection(), "{}", granted.body);
        house.rest().await;
        let told = parent.get("/inbox").await;
        assert!(
            told.body.contains("부모급여: 드리기로 결정되었습니다"),
            "{}",
            told.body
        );

        // The person sees who looked, and why.
        let looks = parent.get("/me/looks").await;
        assert!(looks.body.contains("부모급여 신청 처리"), "{}", looks.body);
    });
}

#[test]
fn pressing_twice_is_once() {
    on_both(async |house| {
        let birth = report(&house, Some("hanbit-hospital"));
        register(&house, birth);
        house.rest().await;
        let parent = house.resident(house.haneul).await;
        let page = parent.get("/offers").await;
        let (csrf, token) = (page.field("csrf"), page.field("token"));
        let fields = [("csrf", csrf.as_str()), ("token", token.as_str())];
        let first = parent.post("/offers/accept", &fields).await;
        let second = parent.post("/offers/accept", &fields).await;
        assert_eq!(first.header("location"), second.header("location"));
        let count = house.read(|tx| {
            let row = tx.query_one("SELECT COUNT(*) FROM benefits_receipt", &[]);
            row.unwrap().get::<i64>(0).unwrap()
        });
        assert_eq!(count, 1);
    });
}

fn register(house: &House, birth: base::ids::BirthId) {
    house.act(move |cx| {
        let entry = people::Registration {
            birth,
            name: "이봄".into(),
        };
        people::register_birth(cx, &entry).map(drop).unwrap();
    });
}

#[test]
fn what_a_resident_tells_is_unconfirmed_until_it_is_registered() {
    on_both(async |house| {
        let birth = report(&house, None);
        house.rest().await;
        assert!(
            offers(&house)
                .iter()
                .all(|it| it.state == OfferState::Waiting)
        );
        // The hospital's notice of the same child makes no second one.
        let again = report(&house, Some("hanbit-hospital"));
        assert_eq!(birth, again);
        house.rest().await;
        let before = offers(&house).len();
        register(&house, birth);
        house.rest().await;
        let after = offers(&house);
        assert!(
            after.iter().all(|it| it.state == OfferState::Open),
            "{after:?}"
        );
        let listed: Vec<_> = after.iter().map(|it| (&it.benefit, &it.occasion)).collect();
        assert_eq!(after.len(), before, "nothing is offered twice: {listed:?}");
    });
}

#[test]
fn telling_what_is_missing_makes_an_offer_ready() {
    on_both(async |house| {
        let birth = report(&house, Some("hanbit-hospital"));
        register(&house, birth);
        house.rest().await;
        let parent = house.resident(house.haneul).await;
        let open = offers(&house);
        let asking = open
            .iter()
            .find(|it| {
                it.open_questions()
                    .any(|fact| fact.fact == "electricity_customer")
            })
            .expect("an offer asks for the electricity customer number");
        let path = format!("/offers/{}/ask", asking.id);
        let fact = "household.electricity_customer";
        let question = parent.get(&format!("{path}?fact={fact}")).await;
        assert!(question.body.contains("전기 고객번호"), "{}", question.body);
        let empty = parent.send(&path, &[("fact", fact), ("value", "")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let told = parent
            .send(&path, &[("fact", fact), ("value", "0123456789")])
            .await;
        assert!(told.status.is_redirection(), "{}", told.body);
        let renewed = offers(&house);
        let renewed = renewed.iter().find(|it| it.id == asking.id).unwrap();
        assert!(
            !renewed
                .open_questions()
                .any(|it| it.fact == "electricity_customer")
        );
        let mine = parent.get("/me").await;
        assert!(
            mine.body.contains("0123456789"),
            "what was told is shown with its source"
        );
    });
}

#[test]
fn declining_and_postponing_are_kept_and_can_be_taken_back() {
    on_both(async |house| {
        let birth = report(&house, Some("hanbit-hospital"));
        register(&house, birth);
        house.rest().await;
        let parent = house.resident(house.haneul).await;
        let all = offers(&house);
        let (first, second) = (&all[0], offer(&all, "parental-benefit"));
        parent
            .send(&format!("/offers/{}/decline", first.id), &[])
            .await;
        let past = parent
            .send(
                &format!("/offers/{}/postpone", second.id),
                &[("until", "2026-11-01")],
            )
            .await;
        assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(past.body.contains("오늘보다 뒤의 날"), "{}", past.body);
        parent
            .send(
                &format!("/offers/{}/postpone", second.id),
                &[("until", "2026-12-01")],
            )
            .await;
        let state = |id| offers(&house).iter().find(|it| it.id == id).unwrap().state;
        assert_eq!(state(second.id), OfferState::Postponed);
        if first.id != second.id {
            assert_eq!(state(first.id), OfferState::Declined);
        }
        house.clock.set("2026-12-01T01:00:00Z".parse().unwrap());
        house.act(|cx| {
            wise::areas::benefits::actions::offer::reopen_due(cx)
                .map(drop)
                .unwrap();
        });
        assert_eq!(state(second.id), OfferState::Open);
    });
}

#[test]
fn a_stranger_sees_nothing_of_another_household() {
    on_both(async |house| {
        let birth = report(&house, Some("hanbit-hospital"));
        register(&house, birth);
        house.rest().await;
        let all = offers(&house);
        let stranger = house.resident(house.stranger).await;
        for path in [
            format!("/births/{birth}"),
            format!("/offers/{}", all[0].id),
            format!("/offers/{}/ask", all[0].id),
            format!("/cases/{}", base::ids::CaseId::sample(1)),
        ] {
            let answer = stranger.get(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(
                !answer.body.contains("김하늘") && !answer.body.contains("이봄"),
                "{path}"
            );
        }
        let id = all[0].id.to_string();
        let taken = stranger.send("/offers/accept", &[("offer", &id)]).await;
        assert_eq!(taken.status, StatusCode::NOT_FOUND);
        let refused = stranger.get("/work").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        // An office of another 동 does not see the birth, nor may it open the file.
        let other = house
            .signed_in("other", "counter", Whose::Agency("hanbit-dalbit"))
            .await;
        let queue = other.get("/work/births").await;
        assert!(!queue.body.contains("김○늘"), "{}", queue.body);
        let peek = other.get(&format!("/work/births/{birth}")).await;
        assert_eq!(peek.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_dead_are_offered_nothing() {
    on_both(async |house| {
        let birth = report(&house, Some("hanbit-hospital"));
        house.rest().await;
        let child = house.read(move |tx| people::birth(tx, birth).unwrap().child);
        house.act(move |cx| people::register_death(cx, child, date(2026, 11, 23)).unwrap());
        house.rest().await;
        assert!(offers(&house).iter().all(|it| it.about != Some(child)));
    });
}

#[test]
fn a_replay_of_all_facts_changes_nothing() {
    on_both(async |house| {
        let birth = report(&house, Some("hanbit-hospital"));
        house.rest().await;
        register(&house, birth);
        house.rest().await;
        let before = offers(&house);
        let (person, count) = (house.haneul, before.len());
        let told = move |house: &House| {
            house.read(move |tx| notices::inbox(tx, person, None, 100).unwrap().len())
        };
        let notices_before = told(&house);
        house.act(|cx| spine::rewind(cx.tx, "benefits").unwrap());
        house.rest().await;
        let after = offers(&house);
        assert_eq!((after.len(), told(&house)), (count, notices_before));
        for (one, two) in before.iter().zip(&after) {
            assert_eq!(
                (one.id, one.state, one.amount),
                (two.id, two.state, two.amount)
            );
        }
    });
}

#[test]
fn a_mother_who_reads_vietnamese_is_told_in_it_and_that_nobody_checked_it() {
    on_both(async |house| {
        let birth = report(&house, Some("hanbit-hospital"));
        house.rest().await;
        let wish = "vi-VN,vi;q=0.9,en;q=0.5";
        let parent = house.resident(house.haneul).await;
        let parent = parent.with("accept-language", wish);
        let page = parent.get(&format!("/births/{birth}")).await;
        for text in [
            "<html lang=\"vi\"",
            "Bản dịch máy – chưa được người kiểm tra.",
            "value=\"ko\" lang=\"ko\">한국어",
            "Trợ cấp cha mẹ",
            "Đang chờ đăng ký khai sinh",
            // Reasons are in English, and a screen reader is told so.
            "<span lang=\"en\">",
        ] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        // The work of officials is not translated, so it is whole in English.
        let official = house.counter().await.with("accept-language", wish);
        let work = official.get("/work").await;
        assert!(work.body.contains("<html lang=\"en\""), "{}", work.body);
        assert!(!work.body.contains("Bản dịch máy"), "{}", work.body);

        let back = [("lang", "ko"), ("back", "/today")];
        let chosen = parent.send("/settings", &back).await;
        assert!(chosen.status.is_redirection(), "{}", chosen.body);
        let today = parent.get("/today").await;
        assert!(today.body.contains("<html lang=\"ko\""), "{}", today.body);
    });
}
