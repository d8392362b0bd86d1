//! A sample of every page of services, with an invented service.

use askama::Template;
use web::Frame;

use super::{ServiceLine, ServicePage, ServicesPage};
use crate::areas::benefits::pages::{Line, ReasonLine};

type Rendered = (&'static str, Result<String, askama::Error>);

/// Renders a sample of every page.
pub fn samples(frame: &dyn Fn() -> Frame) -> Vec<Rendered> {
    vec![
        ("benefits-services", ServicesPage::sample(frame()).render()),
        (
            "benefits-services-empty",
            ServicesPage::empty_sample(frame()).render(),
        ),
        ("benefits-service", ServicePage::sample(frame()).render()),
    ]
}

fn reasons() -> Vec<ReasonLine> {
    let line = |state, text: &str, via: &str| ReasonLine {
        state,
        text: text.into(),
        via: via.into(),
        ..ReasonLine::default()
    };
    vec![
        line("yes", "나이: 만 0~5세", "이서아"),
        line(
            "ask",
            "하는 일과 처지: 농업인, 어업인",
            "저희가 알 수 없어 직접 확인하셔야 합니다.",
        ),
    ]
}

impl ServicesPage {
    pub fn sample(frame: Frame) -> Self {
        let line = |place: &str, tone| ServiceLine {
            href: "/services/000000000001".into(),
            name: "농어업인 영유아 돌봄 지원".into(),
            summary: "농사일로 바쁜 집의 아이 돌봄을 지원".into(),
            by: "농림축산식품부 · 보육·교육".into(),
            place: place.into(),
            tone,
            reasons: reasons(),
            unknown: "아직 모르는 것 1가지".into(),
        };
        let lines = vec![line("우리 지역", "info"), line("전국", "plain")];
        Self::new(frame, "돌봄", 31, lines, false, Some("abc"))
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self::new(frame, "없는 말", 0, Vec::new(), true, None)
    }
}

impl ServicePage {
    pub fn sample(frame: Frame) -> Self {
        let line = |label: &str, value: &str, via: &str| Line {
            label: label.into(),
            value: value.into(),
            via: via.into(),
            lang: "ko".into(),
            ..Line::default()
        };
        Self {
            name: "농어업인 영유아 돌봄 지원".into(),
            summary: "농사일로 바쁜 집의 아이 돌봄을 지원".into(),
            tag: "확인해 보세요".into(),
            tone: "info",
            reasons: reasons(),
            texts: vec![(
                "누구에게".into(),
                "○ 농어촌에 사는 농어업인 가구\n - 만 5세 이하 아이가 있는 집".into(),
            )],
            about: vec![
                line("맡은 곳", "농림축산식품부", "농촌여성정책팀"),
                line("번호", "000000000001", "정부24 v3, 2026년 11월 24일 가져옴"),
            ],
            page_href: "https://www.gov.kr/portal/rcvfvrSvc/dtlEx/000000000001".into(),
            apply_href: String::new(),
            phones: vec![("tel:110".into(), "정부 110".into())],
            frame,
        }
    }
}
