//! “What if”: choose a change, give the little it needs, see the difference before it happens.

use askama::Template;
use web::Frame;

use super::ReasonLine;

/// A change to choose.
#[derive(Clone, Debug, Default)]
pub struct Door {
    pub href: String,
    pub name: String,
    pub about: String,
    pub sign: &'static str,
}

/// The little that a change needs; what is empty is not asked.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    pub change: &'static str,
    pub title: String,
    pub lead: String,
    /// Label of the day; empty when none is asked.
    pub born_label: String,
    pub born: (String, String),
    pub who_label: String,
    pub who: String,
    pub people: Vec<(String, String)>,
    pub place_label: String,
    pub place: String,
    pub places: Vec<(String, String)>,
    pub income_label: String,
    pub income_hint: String,
    pub income: (String, String),
    /// Said beside the field when the income may be left out.
    pub income_optional: String,
    pub errors: Vec<(String, String)>,
}

/// A benefit that reads differently afterwards.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub title: String,
    pub amount: String,
    pub period: String,
    pub note: String,
    pub reasons: Vec<ReasonLine>,
}

/// Benefits of which the same becomes.
#[derive(Clone, Debug, Default)]
pub struct Group {
    pub title: String,
    pub tone: &'static str,
    pub rows: Vec<Row>,
}

/// The difference.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub title: String,
    /// What was taken for granted.
    pub assumed: String,
    pub figures: Vec<(String, String)>,
    pub groups: Vec<Group>,
}

/// One page for all three steps; nothing of it is stored.
#[derive(Template)]
#[template(path = "areas/benefits/pages/what_if.html")]
pub struct WhatIfPage {
    pub frame: Frame,
    pub doors: Vec<Door>,
    pub inputs: Option<Inputs>,
    pub answer: Option<Answer>,
    pub phones: Vec<(String, String)>,
}

fn door() -> Door {
    Door {
        href: "/what-if?change=child".into(),
        name: "아기가 태어나면".into(),
        about: "태어나는 날만 적으면 됩니다".into(),
        sign: "baby",
    }
}

impl WhatIfPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            doors: vec![door()],
            inputs: None,
            answer: None,
            phones: super::samples::phones(),
            frame,
        }
    }

    pub fn answer_sample(frame: Frame) -> Self {
        let row = Row {
            title: "부모급여 · 아기".into(),
            amount: "1,000,000원".into(),
            period: "매월".into(),
            note: String::new(),
            reasons: super::samples::reasons(),
        };
        Self {
            inputs: Some(Inputs {
                change: "job_lost",
                title: "일자리를 잃으면".into(),
                lead: "누가, 그 뒤 한 달 소득이 얼마인지 알려 주세요.".into(),
                born_label: "태어나는 날".into(),
                born: ("2027-13-01".into(), "날짜로 적어 주세요.".into()),
                who_label: "누가".into(),
                who: "1".into(),
                people: vec![("1".into(), "김하늘".into())],
                place_label: "어디로".into(),
                place: "elsewhere".into(),
                places: vec![("elsewhere".into(), "다른 시·군·구".into())],
                income_label: "한 달 소득".into(),
                income_hint: "쉼표는 있어도 됩니다.".into(),
                income: ("1,000,000".into(), String::new()),
                income_optional: "몰라도 됩니다".into(),
                errors: vec![("born".into(), "날짜로 적어 주세요.".into())],
            }),
            answer: Some(Answer {
                title: "아기가 2027년 1월 2일에 태어나면".into(),
                assumed: "출생신고를 하고 집에서 돌본다고 보았습니다.".into(),
                figures: vec![("매월".into(), "+1,100,000원".into())],
                groups: vec![Group {
                    title: "새로 받습니다".into(),
                    tone: "good",
                    rows: vec![row],
                }],
            }),
            doors: vec![door()],
            phones: super::samples::phones(),
            frame,
        }
    }
}
