//! A sample of every page of this block.

use askama::Template;
use web::Frame;

use super::{
    AgencyLine, BlockLine, BlockPage, CheckPage, Checked, EntryLine, ExplainPage, KeeperLine,
    KeepersPage, LogPage, Standing,
};
use crate::app::ledger::WitnessState;

type Rendered = (&'static str, Result<String, askama::Error>);

/// Renders a sample of every page.
pub fn samples(frame: &dyn Fn() -> Frame) -> Vec<Rendered> {
    let explain = |standing| ExplainPage {
        standing,
        frame: frame(),
    };
    vec![
        ("seals-explain", explain(Some(alone())).render()),
        ("seals-explain-together", explain(Some(together())).render()),
        ("seals-explain-absent", explain(None).render()),
        ("seals-log", LogPage::sample(frame()).render()),
        ("seals-log-empty", LogPage::empty_sample(frame()).render()),
        ("seals-block", BlockPage::sample(frame()).render()),
        ("seals-keepers", KeepersPage::sample(frame()).render()),
        (
            "seals-keepers-same",
            KeepersPage::same_sample(frame()).render(),
        ),
        ("seals-check", CheckPage::sample(frame()).render()),
        (
            "seals-check-holds",
            CheckPage::holds_sample(frame()).render(),
        ),
        (
            "seals-check-fails",
            CheckPage::fails_sample(frame()).render(),
        ),
        (
            "seals-check-error",
            CheckPage::error_sample(frame()).render(),
        ),
    ]
}

fn alone() -> Standing {
    Standing {
        agencies: 1,
        entries: "128,417".into(),
        last: "2026년 11월 25일 09:20".into(),
        witnesses: Vec::new(),
    }
}

fn together() -> Standing {
    Standing {
        agencies: 4,
        witnesses: vec!["witness.example.org".into()],
        ..alone()
    }
}

const LOG_KEY: &str = "city.example/ledger+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

impl LogPage {
    pub fn sample(frame: Frame) -> Self {
        let agency = |name: &str, state: &str, tone, broken: Vec<String>| AgencyLine {
            name: name.into(),
            id: "9a".repeat(32),
            state: state.into(),
            tone,
            broken,
        };
        let block = |height: u64, size: &str| BlockLine {
            height,
            when: "2026년 11월 25일 09:20".into(),
            proposer: "한빛시".into(),
            entries: "12".into(),
            size: size.into(),
        };
        Self {
            standing: together(),
            origin: "city.example/ledger".into(),
            log_key: LOG_KEY.into(),
            prefix: "https://city.example/ledger/".into(),
            checkpoint: format!(
                "city.example/ledger\n128417\n{}\n\n— city.example/ledger M9e0lrj{}=\n",
                "3f".repeat(22),
                "Qk".repeat(40)
            ),
            witnesses: vec![
                WitnessState {
                    name: "witness.example.org".into(),
                    url: "https://witness.example.org".into(),
                    cosigned: Some(128_417),
                    problem: String::new(),
                },
                WitnessState {
                    name: "other.example.org".into(),
                    url: "https://other.example.org".into(),
                    cosigned: None,
                    problem: "no answer within 10 s".into(),
                },
            ],
            halted: Some("the write-ahead log: no space left on the disk".into()),
            agencies: vec![
                agency("한빛시", "이 서버", "info", Vec::new()),
                agency("감사원", "연결됨", "good", Vec::new()),
                agency(
                    "도청",
                    "연결 끊김",
                    "warn",
                    vec!["같은 차례에 서로 다른 두 표를 냈습니다 · 블록 812 · 3번".into()],
                ),
            ],
            blocks: vec![block(812, "128,417"), block(811, "128,405")],
            older: Some("/ledger/log?before=811#blocks".into()),
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            standing: alone(),
            witnesses: Vec::new(),
            halted: None,
            blocks: Vec::new(),
            older: None,
            ..Self::sample(frame)
        }
    }
}

impl BlockPage {
    pub fn sample(frame: Frame) -> Self {
        let entry = |index| EntryLine {
            index,
            text: format!(
                r#"{{"commitment":"{}","kind":"wise.sealed.v1","tag":"{}"}}"#,
                "7c".repeat(32),
                "41".repeat(32)
            ),
        };
        Self {
            height: 812,
            when: "2026년 11월 25일 09:20".into(),
            facts: vec![
                ("seals-block-hash", "7a".repeat(32)),
                ("seals-block-previous", "6b".repeat(32)),
                ("seals-block-root", "3f".repeat(32)),
            ],
            entries: vec![entry(128_415), entry(128_416)],
            more: Some(10),
            frame,
        }
    }
}

impl KeepersPage {
    pub fn sample(frame: Frame) -> Self {
        let line = |name: &str, has_approved| KeeperLine {
            name: name.into(),
            key: "5d".repeat(32),
            has_approved,
        };
        Self {
            errors: vec![("change".into(), frame.t("seals-keepers-none"))],
            height: 812,
            size: 128_417,
            waiting: 3,
            halted: Some("the write-ahead log: no space left on the disk".into()),
            now: vec![line("시청", true)],
            wanted: vec![
                line("시청", true),
                line("도청", false),
                line("시의회", false),
                line("대학교", false),
            ],
            text: "{}".into(),
            frame,
        }
    }

    pub fn same_sample(frame: Frame) -> Self {
        Self {
            errors: Vec::new(),
            halted: None,
            wanted: Vec::new(),
            ..Self::sample(frame)
        }
    }
}

impl CheckPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            errors: Vec::new(),
            text: String::new(),
            checked: None,
            frame,
        }
    }

    pub fn holds_sample(frame: Frame) -> Self {
        Self {
            checked: Some(Checked {
                holds: true,
                title: frame.t("seals-check-holds"),
                text: "이 증거는 원장에 적힌 그대로입니다.".into(),
                record: vec![
                    ("at".into(), "2026-11-25T00:20:00Z".into()),
                    ("looker".into(), "이서연".into()),
                    ("purpose".into(), "출생신고 처리".into()),
                ],
            }),
            ..Self::sample(frame)
        }
    }

    pub fn fails_sample(frame: Frame) -> Self {
        Self {
            checked: Some(Checked {
                holds: false,
                title: frame.t("seals-check-fails"),
                text: frame.t("seals-check-record"),
                record: Vec::new(),
            }),
            ..Self::sample(frame)
        }
    }

    pub fn error_sample(frame: Frame) -> Self {
        Self {
            errors: vec![("proof".into(), frame.t("seals-check-none"))],
            text: "안녕하세요".into(),
            ..Self::sample(frame)
        }
    }
}
