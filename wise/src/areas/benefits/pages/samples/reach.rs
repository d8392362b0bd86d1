//! Samples of take-up and of those whom nothing reached.

use web::Frame;

use super::super::{
    ReachPage, StatisticsPage, TakeUpRow, TakeUpTable, UnreachedLine, UnreachedPage,
};
use super::{lines, moments, reasons};

fn heads(texts: &[&str]) -> Vec<(String, &'static str)> {
    texts.iter().map(|it| ((*it).to_owned(), "")).collect()
}

impl StatisticsPage {
    pub fn sample(frame: Frame) -> Self {
        let row = |name: &str, owed: &str, held: &str, percent: Option<i64>| TakeUpRow {
            name: name.into(),
            href: String::new(),
            owed: owed.into(),
            reached: owed.into(),
            held: held.into(),
            percent,
            percent_text: percent.map_or("5명 미만".into(), |it| format!("{it} %")),
        };
        let table = |title: &str, rows| TakeUpTable {
            title: title.into(),
            heads: heads(&["무엇", "받을 분", "알린 분", "받는 분", "받는 비율"]),
            rows,
        };
        let chosen = TakeUpRow {
            href: "/statistics?benefit=parental-benefit".into(),
            ..row("부모급여", "140", "126", Some(90))
        };
        Self {
            tiles: vec![("1,204".into(), "받을 분".into())],
            unreached_href: "/work/unreached".into(),
            choices: vec![
                (String::new(), "모든 급여".into()),
                ("parental-benefit".into(), "부모급여".into()),
            ],
            chosen: "parental-benefit".into(),
            summary: "만 2세 미만 아이를 키우는 집에 매월 드립니다.".into(),
            tables: vec![
                table(
                    "행정동마다",
                    vec![
                        row("새빛동", "90", "82", Some(91)),
                        row("가온동", "5명 미만", "5명 미만", None),
                    ],
                ),
                table("나이마다", Vec::new()),
                table("급여마다", vec![chosen]),
            ],
            csv_href: "/statistics?format=csv".into(),
            json_href: "/statistics?format=json".into(),
            frame,
        }
    }
}

impl UnreachedPage {
    pub fn sample(frame: Frame) -> Self {
        let line = |id: &str, name: &str, last_day: &str, state: &str| UnreachedLine {
            href: format!("/work/unreached/{id}/basic-pension/{id}"),
            name: name.into(),
            office: "새빛동 주민센터".into(),
            benefit: "기초연금".into(),
            age: "67세".into(),
            worth: "한 해 4,196,400원".into(),
            last_day: last_day.into(),
            last_day_tone: "warn",
            state: state.into(),
            tone: "warn",
        };
        let choice = |code: &str, label: &str| (code.to_owned(), label.to_owned());
        Self {
            benefits: vec![choice("", "모든 급여"), choice("basic-pension", "기초연금")],
            benefit: "basic-pension".into(),
            ages: vec![choice("", "모든 나이"), choice("65-79", "65–79세")],
            age: String::new(),
            heads: heads(&["누구", "급여", "나이", "얼마나", "신청 기한", "알림"]),
            rows: vec![
                line("1", "박○순", "11월 30일까지", "알린 적 없음"),
                line("2", "김○수", "", "11월 2일에 알림, 읽지 않음"),
            ],
            count: "2명을 보고 있습니다".into(),
            first_href: String::new(),
            next_href: "/work/unreached?after=x".into(),
            csv_href: "/work/unreached?format=csv".into(),
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            rows: Vec::new(),
            ..Self::sample(frame)
        }
    }
}

impl ReachPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            title: "기초연금 · 박영순".into(),
            lead: "78세 · 매월 349,700원 · 새빛동 주민센터".into(),
            state: "알린 적 없음".into(),
            tone: "warn",
            summary: "65세가 넘은 분께 매월 드립니다.".into(),
            reasons: reasons(),
            known: lines(),
            about: lines(),
            deeds: Vec::new(),
            recipient: "박영순".into(),
            propose_action: "/work/unreached/1/basic-pension/1/propose".into(),
            again: false,
            apply_action: "/work/unreached/1/basic-pension/1/apply".into(),
            case_href: String::new(),
            note: String::new(),
            consent: String::new(),
            agreed: true,
            errors: vec![(
                "consent".into(),
                "언제 누구와 통화했는지 적어 주세요.".into(),
            )],
            frame,
        }
    }

    /// It was proposed before, and applied for.
    pub fn again_sample(frame: Frame) -> Self {
        Self {
            state: "11월 2일에 알림".into(),
            deeds: moments(),
            again: true,
            apply_action: String::new(),
            case_href: "/work/benefits/4".into(),
            errors: Vec::new(),
            ..Self::sample(frame)
        }
    }
}
