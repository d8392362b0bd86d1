//! Further kinds of questions of the aide: past policies and goals, asked through pages on both databases.

use std::fmt::Write;

use axum::http::StatusCode;

use testkit::Client;

use crate::aide::{answered, decision_maker, look_at, outputs, settle};
use crate::browser::{serve, sign_in};
use crate::conditions::{centres, elder};
use crate::house::{House, on_both};

/// What a repeat says when its answer is the same.
const SAME: &str = "마지막 바이트까지 같은 답이 나왔습니다";

/// Twelve districts over ten years; from 2021 on the first has a policy that moves its figure by `effect`.
pub fn table(effect: f64, drift: f64) -> String {
    let mut text = String::from("지역,연도,체납률,시행\n");
    for unit in 0..12_u32 {
        for year in 0..10_u32 {
            let unrest = f64::from((unit * 7 + year * year * 5) % 11) / 10.0;
            let is_treated = unit == 0 && year >= 7;
            let own = if unit == 0 {
                drift * f64::from(year)
            } else {
                0.0
            };
            let done = if is_treated { effect } else { 0.0 };
            let value = 50.0 + f64::from(unit) - f64::from(year) + unrest + own + done;
            writeln!(
                text,
                "{unit}동,{},{value:.2},{}",
                2014 + year,
                u8::from(is_treated)
            )
            .unwrap();
        }
    }
    text
}

fn evidence(csv: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("measure", "방문 상담"),
        ("outcome", "체납률 (%)"),
        ("source", "지어낸 시험 자료"),
        ("better", "lower"),
        ("unit_column", "지역"),
        ("time_column", "연도"),
        ("outcome_column", "체납률"),
        ("treated_column", "시행"),
        ("csv", csv),
    ]
}

fn goal<'a>(change: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    let mut fields = vec![
        ("title", ""),
        ("indicator", "child_poverty_rate"),
        ("district", ""),
        ("target", "99"),
        ("budget", "0"),
        ("on", "2027-01-01"),
        ("effort", "30"),
        ("parameter", "child-allowance/base"),
        ("low", "100,000"),
        ("high", "300,000"),
        ("step", "100,000"),
        ("do", "run"),
    ];
    for (name, value) in change {
        for field in fields.iter_mut().filter(|(it, _)| it == name) {
            field.1 = value;
        }
    }
    fields
}

#[test]
fn what_a_past_policy_did_is_told_by_three_methods_and_repeats_to_the_same_bytes() {
    on_both(async |house| {
        let client = decision_maker(&house).await;
        let home = client.get("/aide").await;
        assert!(home.body.contains("/aide/evidence/new") && home.body.contains("/aide/goals/new"));
        let sent = client
            .send("/aide/evidence", &evidence(&table(-6.0, 0.0)))
            .await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let run = sent.header("location").to_owned();
        let page = answered(&client, &run).await.1;
        for part in [
            "효과가 보입니다",
            "내려갔고, 우연으로 보기 어렵습니다",
            "이중차분",
            "합성통제",
            "지어낸 시험 자료",
            "role=\"img\"",
            "-6.",
        ] {
            assert!(page.contains(part), "{part} is not on {page}");
        }
        let again = client.send(&format!("{run}/repeat"), &[]).await;
        let again = again.header("location").to_owned();
        let page = answered(&client, &again).await.1;
        assert!(page.contains(SAME), "{page}");

        assert_eq!(outputs(&house, &again), outputs(&house, &run));
        let csv = client.get(&format!("{run}/table?format=csv")).await;
        assert_eq!(csv.status, StatusCode::OK);
        assert!(
            csv.body.contains("would_have_been,이중차분,2014,"),
            "{}",
            csv.body
        );
        let form = client
            .get(&format!(
                "/aide/evidence/new?run={}",
                run.rsplit('/').next().unwrap()
            ))
            .await;
        assert!(form.body.contains("방문 상담") && form.body.contains("11동,2023,"));
        let id = run.rsplit('/').next().unwrap();
        let brief = client
            .send(
                "/aide/briefings",
                &[("question", "이어 갈까요?"), ("run", id), ("notes", "")],
            )
            .await;
        assert_eq!(brief.status, StatusCode::SEE_OTHER, "{}", brief.body);
        let brief = client.get(brief.header("location")).await;
        assert!(brief.body.contains("합성이중차분"), "{}", brief.body);
    });
}

#[test]
fn a_policy_whose_place_was_falling_before_has_no_effect_told() {
    on_both(async |house| {
        let client = decision_maker(&house).await;
        let sent = client
            .send("/aide/evidence", &evidence(&table(0.0, -4.0)))
            .await;
        let page = answered(&client, sent.header("location")).await.1;
        assert!(
            page.contains("답하지 않습니다") && page.contains("평소 움직이는 폭의"),
            "{page}"
        );
        assert!(!page.contains("role=\"img\""));
    });
}

#[test]
fn a_table_that_is_none_comes_back_with_its_line_and_what_was_typed() {
    on_both(async |house| {
        let client = decision_maker(&house).await;
        let csv = table(0.0, 0.0).replacen("50.00", "많음", 1);
        let sent = client.send("/aide/evidence", &evidence(&csv)).await;
        assert_eq!(
            sent.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            sent.body
        );
        assert!(
            sent.body.contains("번째 줄의 “많음”을 숫자로"),
            "{}",
            sent.body
        );
        assert!(sent.body.contains("방문 상담") && sent.body.contains("href=\"#csv\""));
        for csv in ["", "a\u{0}b", "<script>alert(1)</script>", "지역,연도\n1,2"] {
            let sent = client.send("/aide/evidence", &evidence(csv)).await;
            assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{csv}");
            assert!(!sent.body.contains("<script>alert"), "{}", sent.body);
        }
        let sent = client.send("/aide/evidence", &[]).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        let gone = client
            .get("/aide/evidence/new?run=019a0000-0000-7000-8000-000000000001")
            .await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        assert_eq!(
            client.get("/aide/evidence/new?run=x").await.status,
            StatusCode::NOT_FOUND
        );
    });
}

#[test]
fn a_goal_is_searched_over_everybody_and_a_goal_out_of_reach_is_said_to_be() {
    on_both(async |house| {
        settle(&house, 2_000);
        centres(&house);
        let client = decision_maker(&house).await;
        let form = client.get("/aide/goals/new").await;
        assert!(form.body.contains("새빛동"), "{}", form.body);
        let added = client
            .send(
                "/aide/goals",
                &goal(&[("do", "add")])
                    .into_iter()
                    .chain([("add", "basic-pension/base")])
                    .collect::<Vec<_>>(),
            )
            .await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);
        let sent = client.send("/aide/goals", &goal(&[])).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let page = answered(&client, sent.header("location")).await.1;
        assert!(
            page.contains("이미 닿아 있습니다") && page.contains("role=\"img\""),
            "{page}"
        );
        assert!(page.contains("3가지를 모두 계산했습니다"), "{page}");
        let out_of_reach = goal(&[("target", "0"), ("budget", "1,000")]);
        let sent = client.send("/aide/goals", &out_of_reach).await;
        let run = sent.header("location").to_owned();
        let page = answered(&client, &run).await.1;
        assert!(page.contains("닿지 못합니다"), "{page}");
        let csv = client.get(&format!("{run}/table?format=csv")).await;
        assert!(
            csv.body.contains("child-allowance/base 100000"),
            "{}",
            csv.body
        );
        let again = client.send(&format!("{run}/repeat"), &[]).await;
        let again = again.header("location").to_owned();
        let page = answered(&client, &again).await.1;
        assert!(page.contains(SAME), "{page}");

        assert_eq!(outputs(&house, &again), outputs(&house, &run));
    });
}

#[test]
fn a_goal_that_cannot_be_asked_comes_back_with_the_field() {
    on_both(async |house| {
        let client = decision_maker(&house).await;
        let sent = client.send("/aide/goals", &goal(&[])).await;
        assert_eq!(
            sent.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "nobody to ask: {}",
            sent.body
        );
        settle(&house, 500);
        for (field, value, at) in [
            ("target", "아주 낮게", "#target"),
            ("target", "101", "#target"),
            ("budget", "많이", "#budget"),
            ("budget", "99999999999999999999", "#budget"),
            ("district", "nowhere", "#district"),
            ("indicator", "gini", "#target"),
            ("on", "언젠가", "#on"),
            ("effort", "1000000", "#effort"),
            ("parameter", "child-allowance/none", "#low-0"),
            ("parameter", "/median_income", "#low-0"),
            ("low", "", "#low-0"),
            ("low", "-1", "#low-0"),
            ("step", "0", "#low-0"),
            ("high", "1", "#low-0"),
        ] {
            let sent = client.send("/aide/goals", &goal(&[(field, value)])).await;
            assert_eq!(
                sent.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{field} {value}: {}",
                sent.body
            );
            let link = format!("href=\"{at}\"");
            assert!(sent.body.contains(&link), "{field} {value}: {}", sent.body);
        }
        let sent = client.send("/aide/goals", &[("do", "run")]).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        let dropped = client.send("/aide/goals", &goal(&[("do", "drop:7")])).await;
        assert_eq!(dropped.status, StatusCode::OK);
    });
}

fn timing<'a>(change: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    let mut fields = vec![
        ("figure", "child-allowance/base"),
        ("youngest", "0"),
        ("oldest", "7"),
        ("from", "2026-12-01"),
        ("months", "24"),
        ("take_up", "90 95 99"),
        ("worth", "120 150 200"),
        ("worth_source", "지어낸 연구"),
        ("running", "3"),
        ("one_off", "50,000,000원"),
        ("discount", "4.5"),
        ("spread", "10"),
        ("title", ""),
    ];
    for (name, value) in change {
        for field in fields.iter_mut().filter(|(it, _)| it == name) {
            field.1 = value;
        }
    }
    fields
}

#[test]
fn what_waiting_costs_is_a_curve_with_an_interval_and_no_date() {
    on_both(async |house| {
        settle(&house, 2_000);
        let client = decision_maker(&house).await;
        let sent = client.send("/aide/timings", &timing(&[])).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let run = sent.header("location").to_owned();
        let page = answered(&client, &run).await.1;
        for part in [
            "늦출수록 손해입니다",
            "24달 늦추면 대상자가",
            "지어낸 연구",
            "아직 확인하지 않았습니다",
            "정해 주지 않습니다",
            "role=\"img\"",
            "아동수당",
        ] {
            assert!(page.contains(part), "{part} is not on {page}");
        }
        let csv = client.get(&format!("{run}/table?format=csv")).await;
        assert_eq!(csv.body.lines().count(), 26, "{}", csv.body);
        let again = client.send(&format!("{run}/repeat"), &[]).await;
        let again = again.header("location").to_owned();
        let page = answered(&client, &again).await.1;
        assert!(page.contains(SAME), "{page}");

        assert_eq!(outputs(&house, &again), outputs(&house, &run));
        let in_doubt = timing(&[("worth", "80 110 130")]);
        let sent = client.send("/aide/timings", &in_doubt).await;
        let page = answered(&client, sent.header("location")).await.1;
        assert!(page.contains("가를 수 없습니다"), "{page}");
        for (field, value, at) in [
            ("figure", "", "#figure"),
            ("figure", "/median_income", "#figure"),
            ("figure", "basic-pension/none", "#figure"),
            ("youngest", "9", "#youngest"),
            ("oldest", "-1", "#youngest"),
            ("months", "0", "#months"),
            ("months", "99999999999999999999", "#months"),
            ("from", "곧", "#from"),
            ("take_up", "99 95 90", "#take_up"),
            ("worth", "", "#worth"),
            ("worth_source", "", "#worth_source"),
            ("one_off", "-1", "#one_off"),
            ("discount", "많이", "#discount"),
            ("spread", "90", "#spread"),
        ] {
            let sent = client
                .send("/aide/timings", &timing(&[(field, value)]))
                .await;
            let told = (sent.status, sent.body.contains(&format!("href=\"{at}\"")));
            let wanted = (StatusCode::UNPROCESSABLE_ENTITY, true);
            assert_eq!(told, wanted, "{field} {value}: {}", sent.body);
        }
    });
}

const ABOUT: [(&str, &str); 4] = [
    ("name", "새 수단"),
    ("cost_once", "300,000,000원"),
    ("cost_a_year", "120,000,000"),
    ("preparation", "6"),
];

/// A measure, the fields of its form, what its page says, and fields that are refused.
type MeasureCase = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

const MEASURES: [MeasureCase; 5] = [
    (
        "facility",
        &[
            ("place_kind", "health_centre"),
            (
                "candidates",
                "옛 학교, 36.6541, 126.9525\n먼 곳, 36.9, 126.2",
            ),
            ("add", "1"),
            ("reach", "2,000"),
            ("youngest", "0"),
            ("oldest", "120"),
        ],
        &[
            "옛 학교에 두면",
            "동마다 가까이 사는 사람",
            "주민등록의 사는 곳",
        ],
        &[
            ("candidates", "어딘가"),
            ("candidates", ""),
            ("add", "3"),
            ("add", "-1"),
            ("reach", "0"),
            ("place_kind", "sitter"),
            ("oldest", "많이"),
        ],
    ),
    (
        "closure",
        &[
            ("site", "달빛동 주민센터"),
            ("reach", "2,000"),
            ("youngest", "0"),
            ("oldest", "120"),
        ],
        &["달빛동 주민센터를 닫으면", "더 붐빕니다"],
        &[("site", "없는 곳"), ("reach", "멀리"), ("youngest", "121")],
    ),
    (
        "visits",
        &[
            ("stops", "새빛경로당, 2.5, 40\n달빛시장, 6, 60, 1, 8"),
            ("minutes", "600"),
            ("per_visit", "0.05 0.1 0.15"),
            ("source", "지어낸 점검 기록"),
        ],
        &["새빛경로당", "지어낸 점검 기록", "피해를 막습니다"],
        &[
            ("stops", "새빛경로당"),
            ("stops", ""),
            ("minutes", "10"),
            ("minutes", "하루"),
            ("per_visit", "0.2 0.1"),
            ("source", ""),
        ],
    ),
    (
        "campaign",
        &[
            ("not_receiving", "1,200"),
            ("won_a_year", "1,200,000"),
            ("gained", "3 5 8"),
            ("source", "지어낸 시범 사업"),
        ],
        &[
            "1,200명 가운데 60명(36~96)",
            "72,000,000",
            "지어낸 시범 사업",
        ],
        &[
            ("not_receiving", "-1"),
            ("won_a_year", "99,999,999,999"),
            ("gained", "3 101 102"),
            ("source", " "),
        ],
    ),
    (
        "staffing",
        &[
            ("arrivals", "9 10 12"),
            ("case_minutes", "10"),
            ("hands_now", "2"),
            ("hands_then", "3"),
            ("source", "지어낸 창구 기록"),
        ],
        &["창구를 2곳에서 3곳으로", "Erlang", "300,000,000원|3억원"],
        &[
            ("arrivals", "많이"),
            ("case_minutes", "0"),
            ("hands_then", "0"),
            ("hands_now", "9999999999"),
            ("source", ""),
        ],
    ),
];

/// Centres, and enough people in a place that they may be told.
fn inhabited(house: &House) {
    centres(house);
    for _ in 0..6 {
        elder(house);
    }
}

/// The run of a measure, and its page.
async fn measured(client: &Client, kind: &str, fields: &[(&str, &str)]) -> (String, String) {
    let typed: Vec<(&str, &str)> = ABOUT.iter().chain(fields).copied().collect();
    let sent = client.send(&format!("/aide/measures/{kind}"), &typed).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{kind}: {}", sent.body);
    let run = sent.header("location").to_owned();
    let page = answered(client, &run).await.1;
    (run, page)
}

#[test]
fn the_pages_of_measures_look_right() {
    on_both(async |house| {
        if house.db.dialect() != db::Dialect::Sqlite {
            return;
        }
        let Some(browser) = testkit::browser() else {
            return;
        };
        inhabited(&house);
        let client = decision_maker(&house).await;
        let (siting, _) = measured(&client, "facility", MEASURES[0].1).await;
        let (plan, _) = measured(&client, "visits", MEASURES[2].1).await;
        let address = serve(&house).await;
        let window = browser.open().await.unwrap();
        sign_in(&window, address, "minho").await;
        let pages = [
            ("aide-doors", "/aide"),
            ("aide-measure-form", "/aide/measures/visits/new"),
            ("aide-facility", siting.as_str()),
            ("aide-visits", plan.as_str()),
        ];
        look_at(&window, address, &pages).await;
        window.close().await.unwrap();
    });
}

#[test]
fn measures_that_are_no_law_stand_beside_a_reform_in_a_briefing() {
    on_both(async |house| {
        inhabited(&house);
        let client = decision_maker(&house).await;
        let home = client.get("/aide").await;
        let mut brief = vec![("question", "무엇을 할까요?"), ("notes", "")];
        let mut runs = Vec::new();
        for (kind, fields, told, _) in MEASURES {
            let form = format!("/aide/measures/{kind}/new");
            assert!(home.body.contains(&form), "{form} is not on {}", home.body);
            let blank = client.get(&form).await;
            assert_eq!(blank.status, StatusCode::OK, "{}", blank.body);
            let (run, page) = measured(&client, kind, fields).await;
            for part in told {
                let is_told = part.split('|').any(|it| page.contains(it));
                assert!(is_told, "{kind}: {part} is not on {page}");
            }
            let csv = client.get(&format!("{run}/table?format=csv")).await;
            assert!(
                csv.body.contains("cost_once_won,,,300000000,"),
                "{}",
                csv.body
            );
            let again = client.send(&format!("{run}/repeat"), &[]).await;
            let again = again.header("location").to_owned();
            let page = answered(&client, &again).await.1;
            assert!(page.contains(SAME), "{kind}: {page}");
            assert_eq!(outputs(&house, &again), outputs(&house, &run));
            let id = run.rsplit('/').next().unwrap().to_owned();
            let again = client.get(&format!("{form}?run={id}")).await;
            assert!(again.body.contains("300,000,000원"), "{}", again.body);
            runs.push(id);
        }
        brief.extend(runs.iter().map(|id| ("run", id.as_str())));
        let made = client.send("/aide/briefings", &brief).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        let page = client.get(made.header("location")).await.body;
        for part in [
            "평균 기다리는 시간",
            "새로 받게 되는 사람",
            "가장 이른 시작",
            "한 해 막는 피해",
        ] {
            assert!(page.contains(part), "{part} is not on {page}");
        }
    });
}

#[test]
fn a_measure_that_cannot_be_asked_comes_back_with_the_field() {
    on_both(async |house| {
        inhabited(&house);
        let client = decision_maker(&house).await;
        for (kind, fields, _, wrong) in MEASURES {
            let common = [("name", ""), ("cost_once", "많이"), ("preparation", "-1")];
            for (field, value) in wrong.iter().chain(&common) {
                let typed: Vec<(&str, &str)> = ABOUT
                    .iter()
                    .chain(fields)
                    .map(|it| {
                        if it.0 == *field {
                            (*field, *value)
                        } else {
                            *it
                        }
                    })
                    .collect();
                let sent = client.send(&format!("/aide/measures/{kind}"), &typed).await;
                let link = format!("href=\"#{field}\"");
                let told = (sent.status, sent.body.contains(&link));
                let wanted = (StatusCode::UNPROCESSABLE_ENTITY, true);
                assert_eq!(told, wanted, "{kind} {field} {value}: {}", sent.body);
            }
            let empty = client.send(&format!("/aide/measures/{kind}"), &[]).await;
            assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind}");
        }
        let unknown = client.get("/aide/measures/wish/new").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    });
}
