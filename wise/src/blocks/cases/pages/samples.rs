//! A sample of every page of this block, with invented people.

use askama::Template;
use web::Frame;

use super::{
    Bar, CaseLine, CasePage, CasesPage, CorrectPage, CorrectionPage, CountLine, OfficeLine,
    OverviewPage, QueueLine, QueuePage, state_label, tone,
};
use crate::blocks::cases::model::CaseState;
use crate::blocks::people::pages::{Line, Moment, Question, phones};

type Rendered = (&'static str, Result<String, askama::Error>);

/// Renders a sample of every page.
pub fn samples(frame: &dyn Fn() -> Frame) -> Vec<Rendered> {
    vec![
        ("cases-list", CasesPage::sample(frame()).render()),
        ("cases-none", CasesPage::empty_sample(frame()).render()),
        ("cases-case", CasePage::sample(frame()).render()),
        ("cases-refused", CasePage::refused_sample(frame()).render()),
        ("cases-queue", QueuePage::sample(frame()).render()),
        (
            "cases-queue-none",
            QueuePage::empty_sample(frame()).render(),
        ),
        ("cases-overview", OverviewPage::sample(frame()).render()),
        ("cases-correct", CorrectPage::sample(frame()).render()),
        ("cases-correction", CorrectionPage::sample(frame()).render()),
    ]
}

impl CasesPage {
    pub fn sample(frame: Frame) -> Self {
        let line = |id: &str, title: &str, state, next: &str| CaseLine {
            href: format!("/cases/{id}"),
            title: title.into(),
            state: state_label(&frame, state),
            tone: tone(state),
            next: next.into(),
            opened: "2026년 11월 23일".into(),
        };
        Self {
            running: vec![
                line(
                    "11",
                    "첫만남이용권",
                    CaseState::Received,
                    "2026년 12월 7일까지 결정",
                ),
                line("13", "유아학비", CaseState::Asked, "답을 기다립니다"),
            ],
            closed: vec![
                line(
                    "9",
                    "임신·출산 진료비",
                    CaseState::Granted,
                    "2026년 5월 2일",
                ),
                line("8", "주거급여", CaseState::Refused, "2025년 3월 14일"),
            ],
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            running: Vec::new(),
            closed: Vec::new(),
            frame,
        }
    }
}

impl CasePage {
    pub fn sample(frame: Frame) -> Self {
        let step = |when: &str, title: &str, note: &str, state| Moment {
            when: when.into(),
            date: "2026-11-23T00:41:00Z".into(),
            title: title.into(),
            note: note.into(),
            state,
        };
        let filled = |label: &str, value: &str, via: &str| Line {
            label: label.into(),
            value: value.into(),
            via: via.into(),
        };
        Self {
            title: "유아학비".into(),
            lead: "2026년 11월 20일 신청 · 새빛동 주민센터".into(),
            state: state_label(&frame, CaseState::Asked),
            tone: tone(CaseState::Asked),
            due: "2026년 12월 7일".into(),
            steps: vec![
                step("2026년 11월 20일 09:41", "접수됨 · 김하늘", "", "done"),
                step(
                    "2026년 11월 21일 14:05",
                    "보완 요청 · 이서연",
                    "어느 유치원에 다니는지 알려 주세요.",
                    "now",
                ),
                step(
                    "2026년 12월 7일",
                    "결정하는 날",
                    "늦어도 이날까지 정합니다.",
                    "",
                ),
            ],
            filled: vec![
                filled(
                    "이서아 · 생년월일",
                    "2022년 4월 9일",
                    "행정안전부 · 11월 20일 확인",
                ),
                filled("이서아 · 보육 형태", "유치원", "보건복지부 · 11월 1일 확인"),
            ],
            asked: true,
            open: true,
            refused: false,
            answer_action: "/cases/13/answer".into(),
            withdraw_action: "/cases/13/withdraw".into(),
            revision: 2,
            answer: String::new(),
            errors: vec![("note".into(), frame.t("cases-answer-missing"))],
            office: "새빛동 주민센터".into(),
            phones: vec![("tel:000-000-0201".into(), "000-000-0201".into())],
            frame,
        }
    }

    pub fn refused_sample(frame: Frame) -> Self {
        Self {
            state: state_label(&frame, CaseState::Refused),
            tone: tone(CaseState::Refused),
            asked: false,
            open: false,
            refused: true,
            errors: Vec::new(),
            filled: Vec::new(),
            ..Self::sample(frame)
        }
    }
}

impl QueuePage {
    pub fn sample(frame: Frame) -> Self {
        let row = |id: &str, title: &str, applicant: &str, state, left: i64| QueueLine {
            href: format!("/work/benefits/{id}"),
            title: title.into(),
            agency: "새빛동 주민센터".into(),
            applicant: applicant.into(),
            state: state_label(&frame, state),
            tone: tone(state),
            opened: "2026년 11월 20일".into(),
            left: match left {
                ..0 => frame.t1("cases-over", "days", -left),
                _ => frame.t1("cases-left", "days", left),
            },
            left_tone: match left {
                ..0 => "bad",
                0..=2 => "warn",
                _ => "plain",
            },
        };
        let heads = ["신청", "신청한 분", "상태", "들어온 날", "남은 기한"];
        Self {
            title: frame.t1("cases-queue-title", "count", 23),
            lead: frame.t1("cases-queue-lead", "soon", 3),
            tiles: vec![
                ("3".into(), frame.t("cases-tile-soon"), "warn", "clock", ""),
                ("1".into(), frame.t("cases-tile-late"), "bad", "alert", ""),
                (
                    "2".into(),
                    frame.t("cases-tile-births"),
                    "",
                    "baby",
                    "/work/births",
                ),
            ],
            heads: heads
                .map(|it| (it.to_owned(), if it == "남은 기한" { "num" } else { "" }))
                .into(),
            rows: vec![
                row("1", "긴급복지 생계지원", "정○현", CaseState::Asked, -1),
                row("2", "첫만남이용권", "김○늘", CaseState::Received, 2),
                row(
                    "3",
                    "한부모가족 아동양육비",
                    "최○지",
                    CaseState::Answered,
                    14,
                ),
            ],
            count: frame.t1("cases-queue-shown", "count", 3),
            first_href: String::new(),
            next_href: "/work?after=x".into(),
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            title: frame.t1("cases-queue-title", "count", 0),
            rows: Vec::new(),
            ..Self::sample(frame)
        }
    }
}

impl OverviewPage {
    pub fn sample(frame: Frame) -> Self {
        let bar = |label: &str, count: i64, late: i64, percent| Bar {
            label: label.into(),
            value: frame.t1("cases-count", "count", count),
            note: if late > 0 {
                frame.t1("cases-late", "count", late)
            } else {
                String::new()
            },
            percent,
            tone: if late > 0 { "bad" } else { "" },
        };
        let topic = |label: &str, open: &str, late: &str| CountLine {
            label: label.into(),
            open: open.into(),
            late: late.into(),
            is_late: late != "0",
            granted: "41".into(),
            refused: "2".into(),
        };
        let heads = ["신청", "진행 중", "기한 넘김", "결정됨", "거절됨"];
        Self {
            lead: frame.t1("cases-overview-lead", "late", 3),
            tiles: vec![
                ("160".into(), frame.t("cases-tile-open"), "", "list"),
                ("3".into(), frame.t("cases-tile-late"), "bad", "alert"),
                ("982".into(), frame.t("cases-tile-granted"), "good", "check"),
            ],
            bars: vec![
                bar("새빛동 주민센터", 64, 0, 100),
                bar("별하동 주민센터", 41, 3, 64),
            ],
            office_heads: ["기관", "진행 중", "3일 안", "기한 넘김", "가장 오래된 것"]
                .map(|it| (it.to_owned(), ""))
                .into(),
            offices: vec![
                OfficeLine {
                    name: "별하동 주민센터".into(),
                    href: "/work?agency=hanbit-byeolha".into(),
                    open: "41".into(),
                    soon: "6".into(),
                    late: "3".into(),
                    is_late: true,
                    oldest: "2026년 11월 2일".into(),
                },
                OfficeLine {
                    name: "새빛동 주민센터".into(),
                    open: "64".into(),
                    soon: "2".into(),
                    late: "0".into(),
                    oldest: "2026년 11월 12일".into(),
                    ..OfficeLine::default()
                },
            ],
            heads: heads
                .map(|it| (it.to_owned(), if it == "신청" { "" } else { "num" }))
                .into(),
            topics: vec![
                topic("첫만남이용권", "32", "0"),
                topic("부모급여", "18", "3"),
            ],
            frame,
        }
    }
}

fn line(label: String, value: &str, via: &str) -> Line {
    Line {
        label,
        value: value.into(),
        via: via.into(),
    }
}

impl CorrectPage {
    pub fn sample(frame: Frame) -> Self {
        let error = frame.t("cases-correct-wrong");
        let option = |code: &str, label: &str| (code.into(), label.into(), String::new());
        Self {
            title: frame.t1("cases-correction-of", "what", "장애 정도"),
            lead: frame.say(
                "cases-correct-held",
                &[("agency", "보건복지부".into()), ("days", 10.into())],
            ),
            known: line(
                frame.t("cases-correct-now"),
                "없음",
                "보건복지부 · 2026년 11월 2일 확인",
            ),
            fact: "person.disability".into(),
            of: "1".into(),
            label: frame.t("cases-correct-right"),
            question: Question {
                kind: "text",
                mode: "",
                options: vec![
                    option("none", "없음"),
                    option("mild", "심하지 않은 장애"),
                    option("severe", "심한 장애"),
                ],
            },
            value: String::new(),
            errors: vec![("value".into(), error.clone())],
            error,
            phones: phones(&frame),
            frame,
        }
    }
}

impl CorrectionPage {
    pub fn sample(frame: Frame) -> Self {
        let choice = |code: &str| {
            let key = format!("cases-correction-{code}");
            (
                code.to_owned(),
                frame.t(&key),
                frame.t(&format!("{key}-hint")),
            )
        };
        Self {
            title: frame.t1("cases-correction-of", "what", "장애 정도"),
            lead: frame.say(
                "cases-correction-lead",
                &[("name", "김하늘".into()), ("day", "2026년 12월 3일".into())],
            ),
            state: state_label(&frame, CaseState::Received),
            tone: tone(CaseState::Received),
            lines: vec![
                line(
                    frame.t("cases-correction-known"),
                    "없음",
                    "보건복지부 · 2026년 11월 2일 확인",
                ),
                line(
                    frame.t("cases-correction-claimed"),
                    "심하지 않은 장애",
                    "본인 · 2026년 11월 23일 확인",
                ),
            ],
            steps: vec![Moment {
                when: "2026년 11월 23일 10:00".into(),
                title: "접수됨 · 김하늘".into(),
                state: "now",
                ..Moment::default()
            }],
            open: true,
            action: "/work/corrections/1".into(),
            revision: 1,
            decisions: ["grant", "ask", "refuse"].map(choice).into(),
            decision: "refuse".into(),
            note: String::new(),
            errors: vec![("note".into(), frame.t("cases-note-missing"))],
            frame,
        }
    }
}
