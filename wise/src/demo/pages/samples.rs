//! A sample of every page of the demo.

use askama::Template;
use web::Frame;

use super::{ChoosePage, DayPanel, Door, Doors, FederationPage, MemberPanel};

type Rendered = (&'static str, Result<String, askama::Error>);

/// Renders a sample of every page.
pub fn samples(frame: &dyn Fn() -> Frame) -> Vec<Rendered> {
    vec![
        ("demo-choose", ChoosePage::sample(frame()).render()),
        (
            "demo-choose-running",
            ChoosePage::running_sample(frame()).render(),
        ),
        ("demo-federation", FederationPage::sample(frame()).render()),
    ]
}

impl FederationPage {
    pub fn sample(frame: Frame) -> Self {
        let member = |number: &str, name: &str, state: &str, tone| MemberPanel {
            number: number.into(),
            name: name.into(),
            state: state.into(),
            tone,
            height: Some("812".into()),
            size: Some("128,417".into()),
            is_running: true,
            ..MemberPanel::default()
        };
        Self {
            members: vec![
                MemberPanel {
                    is_here: true,
                    found: vec!["도청: 같은 차례에 서로 다른 두 표를 냈습니다".into()],
                    ..member("0", "시청", "일하는 중", "good")
                },
                MemberPanel {
                    lies: true,
                    ..member("1", "도청", "거짓말하는 중", "bad")
                },
                MemberPanel {
                    is_cut_off: true,
                    ..member("2", "시의회", "끊김", "warn")
                },
                MemberPanel {
                    height: None,
                    size: None,
                    is_running: false,
                    ..member("3", "대학교", "멈춤", "bad")
                },
            ],
            lies: vec![
                ("two_votes", "두 표를 낸다".into()),
                ("false_log", "거짓 원장을 내놓는다".into()),
            ],
            stands_still: true,
            waiting: 12,
            frame,
        }
    }
}

impl ChoosePage {
    pub fn sample(frame: Frame) -> Self {
        let door = |id: &str, name: &str, about: &str, sign, key: &str| Door {
            id: id.into(),
            name: name.into(),
            about: about.into(),
            sign,
            key: key.into(),
        };
        let figures = [
            ("1", "출생"),
            ("3", "이사"),
            ("0", "사망"),
            ("9", "알려 드린 것"),
            ("14", "결정"),
        ];
        Self {
            groups: vec![
                Doors {
                    title: "주민".into(),
                    doors: vec![
                        door(
                            "kim-haneul",
                            "김하늘",
                            "32세, 오늘 새벽 둘째를 낳았습니다.",
                            "baby",
                            "1",
                        ),
                        door(
                            "park-youngsun",
                            "박영순",
                            "78세, 혼자 삽니다.",
                            "elder",
                            "2",
                        ),
                    ],
                },
                Doors {
                    title: "공무원".into(),
                    doors: vec![door(
                        "yoon-seojin",
                        "윤서진",
                        "새빛동 주민센터 창구",
                        "building",
                        "3",
                    )],
                },
            ],
            day: DayPanel {
                now: "지금은 2026년 11월 24일 09:00입니다.".into(),
                running: None,
                running_label: String::new(),
                summary: figures
                    .map(|(value, label)| (value.into(), label.into()))
                    .into(),
                summary_title: "2026년 11월 23일 09:00부터 24일 09:00까지".into(),
            },
            frame,
        }
    }

    pub fn running_sample(frame: Frame) -> Self {
        let sample = Self::sample(frame);
        Self {
            day: DayPanel {
                running: Some(("14".into(), "24".into())),
                running_label: "11월 23일을 보내는 중".into(),
                summary: Vec::new(),
                ..sample.day
            },
            ..sample
        }
    }
}
