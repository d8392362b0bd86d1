//! Conditions of the day, for officials, and for whoever says where they are.

use askama::Template;
use web::Frame;

use super::{Moment, PlaceLine};

/// A condition that holds or is to hold.
#[derive(Clone, Debug, Default)]
pub struct ConditionLine {
    pub title: String,
    pub kind: String,
    pub place: String,
    pub days: String,
    pub by: String,
    pub end_action: String,
}

/// Officials declare and end conditions. A field is what stands in it, and what is wrong with it.
#[derive(Template)]
#[template(path = "areas/benefits/pages/conditions.html")]
pub struct ConditionsPage {
    pub frame: Frame,
    pub lines: Vec<ConditionLine>,
    pub kinds: Vec<(String, String)>,
    pub kind: (String, String),
    pub districts: Vec<(String, String)>,
    pub dong: (String, String),
    pub title: (String, String),
    pub from: (String, String),
    pub last: (String, String),
    pub errors: Vec<(String, String)>,
}

/// What holds where the reader is now; the place is asked for, used once and forgotten.
#[derive(Template)]
#[template(path = "areas/benefits/pages/here.html")]
pub struct HerePage {
    pub frame: Frame,
    pub districts: Vec<(String, String)>,
    pub dong: (String, String),
    pub agree_error: String,
    pub errors: Vec<(String, String)>,
    /// The place that was told; empty while none was.
    pub place: String,
    pub conditions: Vec<Moment>,
    pub shelters: Vec<PlaceLine>,
    /// Being here may open something, which the first page shows then.
    pub opened: bool,
    pub phones: Vec<(String, String)>,
}

impl ConditionsPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            lines: vec![ConditionLine {
                title: "한파경보".into(),
                kind: "한파".into(),
                place: "새빛동 주민센터".into(),
                days: "2026년 11월 24일부터 2026년 11월 26일까지".into(),
                by: "시청".into(),
                end_action: "/work/conditions/1/end".into(),
            }],
            kinds: vec![("cold_wave".into(), "한파".into())],
            kind: ("cold_wave".into(), String::new()),
            districts: vec![(String::new(), "시 전체".into())],
            dong: Default::default(),
            title: (String::new(), "이름을 적어 주세요.".into()),
            from: ("2026-11-24".into(), String::new()),
            last: ("2026-11-26".into(), String::new()),
            errors: vec![("title".into(), "이름을 적어 주세요.".into())],
            frame,
        }
    }
}

impl HerePage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            districts: vec![("saebit".into(), "새빛동 주민센터".into())],
            dong: ("saebit".into(), String::new()),
            agree_error: "동의하셔야 알려 드릴 수 있습니다.".into(),
            errors: vec![("agree".into(), "동의하셔야 알려 드릴 수 있습니다.".into())],
            place: "새빛동 주민센터".into(),
            conditions: vec![Moment {
                when: "2026년 11월 26일까지".into(),
                date: "2026-11-26".into(),
                title: "새빛 불빛축제".into(),
                note: "시청".into(),
                state: "now",
            }],
            shelters: vec![PlaceLine {
                href: "tel:0000000201".into(),
                name: "새빛동 주민센터".into(),
                detail: "걸어서 4분".into(),
                ..PlaceLine::default()
            }],
            opened: true,
            phones: super::samples::phones(),
            frame,
        }
    }
}
