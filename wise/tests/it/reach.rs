//! Whom nothing reached: sums that agree with a direct count, and what officials do about it.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use base::Clock;
use base::ids::{HouseholdId, PersonId};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use rules::Outcome;
use serde_json::Value;
use spine::Cx;
use testkit::Client;
use web::Scope;
use wise::areas::benefits::actions::{offer::picture, read};
use wise::areas::benefits::model::{Desk, Offer, OfferState};
use wise::areas::benefits::reach::actions::take_up;
use wise::areas::benefits::reach::model::{AgeGroup, Sums};
use wise::blocks::exchange;
use wise::blocks::people::{
    self, NewAddress, NewDatum, NewHousehold, NewMember, Role, Sex, Source,
};

use crate::house::{House, PASSWORD, Whose, on_both};

const BENEFIT: &str = "child-allowance";
pub const SAEBIT: &str = "hanbit-saebit";
const DALBIT: &str = "hanbit-dalbit";

/// A parent with one child.
#[derive(Clone, Copy)]
pub struct Family {
    household: HouseholdId,
    parent: PersonId,
    child: PersonId,
}

impl Family {
    /// Where an official opens what the child is owed.
    pub fn path(&self) -> String {
        format!(
            "/work/unreached/{}/{BENEFIT}/{}",
            self.household, self.child
        )
    }
}

fn datum(fact: &str, value: &str, at: Timestamp) -> NewDatum {
    NewDatum {
        fact: fact.into(),
        value: Some(value.into()),
        since: date(2024, 1, 1),
        until: None,
        source: Source {
            agency: "mois".into(),
            basis: "주민등록법 제30조".into(),
            told: false,
            checked_at: at,
        },
    }
}

fn member(name: &str, born: Date, role: Role, now: Timestamp) -> NewMember {
    let known = |fact, value| datum(fact, value, now);
    NewMember {
        name: name.into(),
        born,
        sex: Sex::Female,
        role,
        facts: vec![
            known("resident_since", "2020-03-01"),
            known("nationality", "korean"),
            known("birth_registered", "true"),
        ],
    }
}

/// Registers a family that has lived here for long; with an account that benefits are paid to, nothing
/// more is needed to apply.
pub fn move_in(cx: &mut Cx<'_, '_>, dong: &str, parent: &str, born: Date, account: bool) -> Family {
    let now = cx.now;
    let new = NewHousehold {
        address: NewAddress {
            municipality: "hanbit".into(),
            dong: dong.into(),
            line: "한빛시 노을길 5".into(),
            latitude: 36.6,
            longitude: 126.9,
        },
        since: date(2020, 3, 1),
        members: vec![
            member(parent, date(1990, 6, 7), Role::Head, now),
            member("정아이", born, Role::Child, now),
        ],
        facts: match account {
            true => vec![datum("bank_account", "한빛은행 000-00-0001", now)],
            false => Vec::new(),
        },
    };
    let (household, members) = people::register_household(cx, &new).unwrap();
    if account {
        exchange::give_consent(cx, members[0], "household.bank_account").unwrap();
    }
    Family {
        household,
        parent: members[0],
        child: members[1],
    }
}

async fn family(house: &House, dong: &'static str, account: bool) -> Family {
    let family = house.act(move |cx| move_in(cx, dong, "정다은", date(2022, 5, 6), account));
    house.rest().await;
    family
}

/// Twelve families in one 동, five of them with a child at school, and seven in another.
async fn settled(house: &House) -> Vec<Family> {
    let families = house.act(|cx| {
        let mut all = Vec::new();
        for (dong, born, count) in [
            (SAEBIT, date(2022, 5, 6), 7),
            (SAEBIT, date(2019, 5, 6), 5),
            (DALBIT, date(2023, 1, 2), 7),
        ] {
            for _ in 0..count {
                all.push(move_in(cx, dong, "정다은", born, true));
            }
        }
        all
    });
    house.rest().await;
    families
}

/// An official who works in this office.
async fn official(house: &House, login: &str, dong: &'static str) -> Client {
    house.signed_in(login, "counter", Whose::Agency(dong)).await
}

/// Some days pass; whoever was signed in signs in again.
async fn later(house: &House, days: i64, client: &Client, login: &str) {
    let now = house.clock.now() + SignedDuration::from_hours(24 * days);
    house.clock.set(now);
    client.get("/login").await;
    let fields = [("login", login), ("password", PASSWORD)];
    let answer = client.send("/login", &fields).await;
    assert!(answer.status.is_redirection(), "{}", answer.body);
}

async fn json(client: &Client, path: &str) -> Value {
    let answer = client.with("accept", "application/json").get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.json()
}

/// Everybody's benefits worked out one by one: (benefit, 행정동, age) of each that is owed, with how
/// far it came.
type Direct = Vec<(String, String, i64, bool, bool)>;

fn count_directly(house: &House) -> Direct {
    let now = house.clock.now();
    let desk = Desk::of(&house.app.country);
    house.read(move |tx| {
        let mut all = Vec::new();
        for household in people::households(tx, None, 1_000).unwrap() {
            let seen = picture(tx, household, base::seoul_date(now), now).unwrap();
            let head = seen.view.head().unwrap().person.clone();
            let dong = seen.view.address.as_ref().unwrap().dong.clone();
            let offers = read::offers_of(tx, head.id, now).unwrap();
            let situation = desk.situation(&seen, None);
            for benefit in desk.book.benefits() {
                for finding in desk.book.evaluate(benefit, &situation, seen.on) {
                    if finding.outcome != Outcome::Eligible {
                        continue;
                    }
                    let about: Option<PersonId> = finding.member.map(|it| it.parse().unwrap());
                    let whose = about.and_then(|id| seen.view.member(id));
                    let born = whose.map_or(head.born, |it| it.person.born);
                    let its = |it: &&Offer| {
                        let is_living = it.state != OfferState::Closed;
                        it.benefit == benefit.id && it.about == about && is_living
                    };
                    let of_it: Vec<&Offer> = offers.iter().filter(its).collect();
                    all.push((
                        benefit.id.clone(),
                        dong.clone(),
                        rules::dates::years_between(born, seen.on),
                        !of_it.is_empty(),
                        of_it.iter().any(|it| it.state.is_held()),
                    ));
                }
            }
        }
        all
    })
}

fn grouped(
    direct: &Direct,
    key: impl Fn(&(String, String, i64, bool, bool)) -> Option<String>,
) -> BTreeMap<String, Sums> {
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    for it in direct {
        let Some(key) = key(it) else { continue };
        let of = sums.entry(key).or_default();
        of.owed += 1;
        of.reached += i64::from(it.3);
        of.held += i64::from(it.4);
    }
    sums
}

fn age_code(age: i64) -> &'static str {
    match age {
        0..6 => "0-5",
        6..18 => "6-17",
        18..35 => "18-34",
        35..65 => "35-64",
        65..80 => "65-79",
        _ => "80-plus",
    }
}

/// What the page's lines of one kind say against the direct count; returns how many numbers were shown.
fn compare(lines: &Value, by: &str, direct: &BTreeMap<String, Sums>) -> usize {
    let lines = lines.as_array().unwrap();
    let lines: Vec<&Value> = lines.iter().filter(|it| it["by"] == by).collect();
    let codes: BTreeSet<&str> = lines
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    for code in direct.keys() {
        assert!(codes.contains(code.as_str()), "{by}: {code} is missing");
    }
    let mut shown = 0;
    for (name, of) in [
        ("owed", (|it: &Sums| it.owed) as fn(&Sums) -> i64),
        ("reached", |it| it.reached),
        ("held", |it| it.held),
    ] {
        let counts = lines.iter().map(|line| {
            let code = line["code"].as_str().unwrap();
            direct.get(code).map_or(0, of)
        });
        let counts: Vec<i64> = counts.collect();
        let any_small = counts.iter().any(|it| *it < 5);
        for (line, count) in lines.iter().zip(counts) {
            match line[name].as_i64() {
                Some(told) => {
                    assert_eq!(told, count, "{by} {} {name}", line["code"]);
                    assert!(told >= 5, "{by} {} {name}: {told} is shown", line["code"]);
                    shown += 1;
                }
                None => assert!(count < 5 || any_small, "{by} {} {name}", line["code"]),
            }
        }
    }
    shown
}

#[test]
fn the_take_up_page_agrees_with_a_direct_count() {
    on_both(async |house| {
        let families = settled(&house).await;
        let (saebit, dalbit) = (
            official(&house, "saebit", SAEBIT).await,
            official(&house, "dalbit", DALBIT).await,
        );
        for (at, family) in families.iter().enumerate() {
            // All but two of one 동 and all of the other are told; most of those apply.
            let client = if at < 12 { &saebit } else { &dalbit };
            if !(5..7).contains(&at) {
                let told = client
                    .send(&format!("{}/propose", family.path()), &[])
                    .await;
                assert!(told.status.is_redirection(), "{}", told.body);
            }
            if !(5..13).contains(&at) {
                let agreed = [("agreed", "yes"), ("consent", "전화로 동의")];
                let path = format!("{}/apply", family.path());
                let done = client.send(&path, &agreed).await;
                assert!(done.status.is_redirection(), "{}", done.body);
            }
        }
        house.rest().await;

        let direct = count_directly(&house);
        let by_benefit = grouped(&direct, |it| Some(it.0.clone()));
        let of_it = |it: &&(String, String, i64, bool, bool)| it.0 == BENEFIT;
        let by_dong = grouped(&direct, |it| Some(it).filter(of_it).map(|it| it.1.clone()));
        let by_age = grouped(&direct, |it| {
            Some(it).filter(of_it).map(|it| age_code(it.2).to_owned())
        });
        let exact = house.read({
            let today = base::seoul_date(house.clock.now());
            move |tx| take_up(tx, &Scope::Everything, Some(BENEFIT), today).unwrap()
        });
        assert_eq!(
            exact.by_benefit.into_iter().collect::<BTreeMap<_, _>>(),
            by_benefit
        );
        assert_eq!(
            exact.by_district.into_iter().collect::<BTreeMap<_, _>>(),
            by_dong
        );
        assert_eq!(exact.by_age.len(), AgeGroup::ALL.len());
        for (group, sums) in exact.by_age {
            let counted = by_age.get(group.word()).copied().unwrap_or_default();
            assert_eq!(sums, counted, "{group}");
        }

        let mayor = house
            .signed_in("mayor", "decision_maker", Whose::Agency("hanbit"))
            .await;
        let path = format!("/statistics?benefit={BENEFIT}");
        let told = json(&mayor, &format!("{path}&format=json")).await;
        assert!(compare(&told, "benefit", &by_benefit) >= 3, "{told}");
        assert!(compare(&told, "district", &by_dong) >= 6, "{told}");
        assert!(compare(&told, "age", &by_age) >= 3, "{told}");
        assert_eq!(
            json(&mayor, &format!("/api/take-up?benefit={BENEFIT}")).await,
            told
        );

        let page = mayor.get(&path).await;
        for part in [
            "아동수당",
            "새빛동 주민센터",
            "6–17세",
            "5명 미만",
            "<svg class=\"bar",
        ] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        let csv = mayor.get(&format!("{path}&format=csv")).await;
        assert!(csv.header("content-type").starts_with("text/csv"));
        let line = format!("district,{BENEFIT},{DALBIT},달빛동 주민센터,7,7,6,85");
        assert!(csv.body.contains(&line), "{}", csv.body);
        for body in [&page.body, &csv.body] {
            assert!(!body.contains("정다은") && !body.contains("/work/unreached/"));
        }
        assert_eq!(
            saebit.get("/statistics").await.status,
            StatusCode::FORBIDDEN
        );
        let unknown = mayor.get("/statistics?benefit=nothing").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    });
}

/// Households and members on the list, page by page.
async fn listed(client: &Client, filter: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/unreached?limit=2{filter}{after}");
        let page = json(client, &path).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        for it in items {
            assert!(it["name"].as_str().unwrap().contains('○'), "{it}");
            let member = it["member"].as_str().unwrap_or("household");
            found.push((it["benefit"].to_string(), member.to_owned()));
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return found,
        }
    }
}

#[test]
fn the_unreached_are_listed_for_their_own_office_alone() {
    on_both(async |house| {
        let (near, far) = (
            family(&house, SAEBIT, false).await,
            family(&house, DALBIT, false).await,
        );
        let here = official(&house, "saebit", SAEBIT).await;
        let all = listed(&here, "").await;
        let once: BTreeSet<_> = all.iter().collect();
        assert_eq!(once.len(), all.len(), "nobody comes twice: {all:?}");
        let whole = json(&here, "/api/unreached?limit=100").await;
        assert_eq!(whole["items"].as_array().unwrap().len(), all.len());
        let worth: Vec<i64> = whole["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["last_day"].is_null())
            .map(|it| it["yearly_krw"].as_i64().unwrap_or(0))
            .collect();
        assert!(worth.is_sorted_by(|one, two| one >= two), "{worth:?}");
        let owed = |list: &[(String, String)], child: PersonId| {
            list.iter().any(|(_, member)| *member == child.to_string())
        };
        assert!(owed(&all, near.child) && !owed(&all, far.child), "{all:?}");

        let filter = format!("&benefit={BENEFIT}&age=0-5");
        let young = listed(&here, &filter).await;
        // 이서아, who lived here before, and the child who was registered now.
        assert_eq!(young.len(), 2, "{young:?}");
        let old = listed(&here, &format!("&benefit={BENEFIT}&age=65-79")).await;
        assert!(old.is_empty(), "{old:?}");
        let csv = here
            .get(&format!("/work/unreached?format=csv{filter}"))
            .await;
        assert!(
            csv.body.contains("정○이") && !csv.body.contains("정아이"),
            "{}",
            csv.body
        );
        let page = here.get(&format!("/work/unreached?limit=1{filter}")).await;
        assert!(page.body.contains("아동수당") && page.body.contains("알린 적 없음"));
        assert!(page.body.contains("age=0-5&#38;after="), "{}", page.body);
        for wrong in ["?after=x", "?age=7", "?format=pdf"] {
            let answer = here.get(&format!("/work/unreached{wrong}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        }

        // Of another office they do not exist, whatever is asked; and no look is written down.
        let agreed = [("agreed", "yes"), ("consent", "전화로 동의")];
        for path in [
            far.path(),
            format!("{}/household", far.path().rsplit_once('/').unwrap().0),
        ] {
            let peek = here.get(&path).await;
            assert_eq!(peek.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!peek.body.contains("정다은"), "{}", peek.body);
            for verb in ["propose", "apply"] {
                let done = here.send(&format!("{path}/{verb}"), &agreed).await;
                assert_eq!(done.status, StatusCode::NOT_FOUND, "{path}/{verb}");
            }
        }
        let looks = house.read(move |tx| people::looks_at(tx, far.child, 9).unwrap());
        assert!(looks.is_empty(), "{looks:?}");
        let supervisor = house
            .signed_in("supervisor", "supervisor", Whose::Agency("hanbit"))
            .await;
        let everywhere = listed(&supervisor, "").await;
        assert!(owed(&everywhere, near.child) && owed(&everywhere, far.child));
    });
}

fn offers_of(house: &House, family: Family) -> Vec<Offer> {
    let now = house.clock.now();
    let all = house.read(move |tx| read::offers_of(tx, family.parent, now).unwrap());
    all.into_iter().filter(|it| it.benefit == BENEFIT).collect()
}

#[test]
fn a_proposal_reaches_the_person_once_and_comes_back_when_it_stays_unread() {
    on_both(async |house| {
        let family = family(&house, SAEBIT, false).await;
        let here = official(&house, "saebit", SAEBIT).await;
        let filter = format!("&benefit={BENEFIT}");
        let is_listed = async |client: &Client| {
            let all = listed(client, &filter).await;
            all.iter()
                .any(|(_, member)| *member == family.child.to_string())
        };
        assert!(is_listed(&here).await);
        let page = here.get(&family.path()).await;
        for part in ["정아이", "아동수당법 제6조", "대신 제안하기", "105,000원"] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        assert!(
            !page.body.contains("/apply\""),
            "the account is not known yet"
        );
        let propose = format!("{}/propose", family.path());
        let long = "가".repeat(501);
        let wrong = here.send(&propose, &[("note", long.as_str())]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for _ in 0..2 {
            let done = here
                .send(&propose, &[("note", "통장만 알려 주세요.")])
                .await;
            assert_eq!(
                done.header("location"),
                format!("{}?done=proposed", family.path())
            );
        }
        let made = offers_of(&house, family);
        assert_eq!(made.len(), 1, "once while one lives");
        assert_eq!(
            (made[0].occasion.as_str(), made[0].state),
            ("proposal", OfferState::Open)
        );
        assert!(!is_listed(&here).await, "it was told just now");
        later(&house, 15, &here, "saebit").await;
        assert!(is_listed(&here).await, "nobody read it for a fortnight");

        let parent = house.resident(family.parent).await;
        let inbox = parent.get("/inbox").await;
        let title = "새빛동 주민센터 saebit 주무관이 알려 드립니다";
        assert_eq!(inbox.body.matches(title).count(), 1, "{}", inbox.body);
        let looks = parent.get("/me/looks").await;
        assert!(
            looks.body.contains("아동수당 받을 분 찾기"),
            "{}",
            looks.body
        );
        let own = parent.get(&format!("/offers/{}", made[0].id)).await;
        assert!(own.body.contains("통장만 알려 주세요."), "{}", own.body);
        assert!(!is_listed(&here).await, "it was read");

        let declined = parent
            .send(&format!("/offers/{}/decline", made[0].id), &[])
            .await;
        assert!(declined.status.is_redirection(), "{}", declined.body);
        let again = here.send(&propose, &[]).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "they said no");
        let nothing = format!(
            "/work/unreached/{}/parental-benefit/{}",
            family.household, family.child
        );
        let page = here.get(&nothing).await;
        assert!(page.body.contains("지금은 대상이 아님"), "{}", page.body);
        let refused = here.send(&format!("{nothing}/propose"), &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
    });
}

#[test]
fn an_official_applies_with_consent_and_the_receipt_is_the_persons() {
    on_both(async |house| {
        let family = family(&house, SAEBIT, true).await;
        let visitor = house
            .signed_in("field", "field", Whose::Agency(SAEBIT))
            .await;
        let page = visitor.get(&family.path()).await;
        assert!(page.body.contains("/apply\""), "{}", page.body);
        let apply = format!("{}/apply", family.path());
        for fields in [
            [("agreed", ""), ("consent", "전화로 동의")],
            [("agreed", "yes"), ("consent", " ")],
        ] {
            let wrong = visitor.send(&apply, &fields).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        }
        assert!(
            offers_of(&house, family).is_empty(),
            "nothing without consent"
        );
        let agreed = [("agreed", "yes"), ("consent", "11월 23일 본인과 통화")];
        let done = visitor.send(&apply, &agreed).await;
        assert_eq!(
            done.header("location"),
            format!("{}?done=applied", family.path()),
            "{}",
            done.body
        );
        let offers = offers_of(&house, family);
        assert_eq!((offers.len(), offers[0].state), (1, OfferState::Accepted));
        let case = offers[0].case.unwrap();
        let twice = visitor.send(&apply, &agreed).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);

        let parent = house.resident(family.parent).await;
        let inbox = parent.get("/inbox").await;
        assert!(
            inbox.body.contains("field 주무관이 대신 신청했습니다"),
            "{}",
            inbox.body
        );
        let notices = json(&parent, "/api/notices").await;
        let receipt = notices["items"][0]["link"].as_str().unwrap();
        assert!(receipt.starts_with("/receipts/"), "{notices}");
        let page = parent.get(receipt).await;
        assert!(page.body.contains("아동수당"), "{}", page.body);
        let page = parent.get(&format!("/cases/{case}")).await;
        assert!(
            page.body.contains("field"),
            "the case says who applied: {}",
            page.body
        );
    });
}

#[test]
fn a_supervisor_sees_each_offices_deadlines_and_opens_its_queue() {
    on_both(async |house| {
        let (near, far) = (
            family(&house, SAEBIT, true).await,
            family(&house, DALBIT, true).await,
        );
        let supervisor = house
            .signed_in("supervisor", "supervisor", Whose::Agency("hanbit"))
            .await;
        let agreed = [("agreed", "yes"), ("consent", "전화로 동의")];
        for family in [near, far] {
            let path = format!("{}/apply", family.path());
            let done = supervisor.send(&path, &agreed).await;
            assert!(done.status.is_redirection(), "{}", done.body);
            // The first is due in three days, the second in fourteen.
            let days = if family.child == near.child { 11 } else { 0 };
            later(&house, days, &supervisor, "supervisor").await;
        }
        let offices = |body: &str| {
            let of = |dong: &str| {
                let from = body.find(&format!("/work?agency={dong}")).expect(dong);
                let row = &body[from..from + body[from..].find("</tr>").unwrap()];
                let cells = row.split("<td").skip(1).map(|cell| {
                    let text = cell.split('>').nth(1).unwrap_or_default();
                    text.split('<').next().unwrap_or_default().to_owned()
                });
                cells.collect::<Vec<_>>()
            };
            (of(SAEBIT), of(DALBIT))
        };
        let page = supervisor.get("/work/overview").await;
        let (saebit, dalbit) = offices(&page.body);
        assert_eq!(saebit, ["1", "1", "0", "2026년 11월 23일"]);
        assert_eq!(dalbit, ["1", "0", "0", "2026년 12월 4일"]);
        later(&house, 4, &supervisor, "supervisor").await;
        let page = supervisor.get("/work/overview").await;
        let at = |word: &str| page.body.find(word).unwrap_or(usize::MAX);
        let (first, second) = ("/work?agency=hanbit-saebit", "/work?agency=hanbit-dalbit");
        assert!(at(first) < at(second), "the overdue come first");
        let queue = supervisor.get("/work?agency=hanbit-dalbit").await;
        assert!(queue.body.contains("처리할 신청 1건"), "{}", queue.body);
        // An official of one office reaches no other's queue by naming it.
        let here = official(&house, "saebit", SAEBIT).await;
        let peek = here.get("/work?agency=hanbit-dalbit").await;
        assert!(peek.body.contains("처리할 신청 0건"), "{}", peek.body);
        let mayor = house
            .signed_in("mayor", "decision_maker", Whose::Agency("hanbit"))
            .await;
        let page = mayor.get("/work/overview").await;
        assert!(page.body.contains("새빛동 주민센터") && !page.body.contains("/work?agency="));
    });
}
