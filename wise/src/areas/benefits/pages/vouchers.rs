//! What is left of what was granted: for its holder, and for the official who records uses.

use askama::Template;
use web::Frame;

use super::Moment;

/// A voucher or a grant in parts, as its holder sees it.
#[derive(Template)]
#[template(path = "areas/benefits/pages/voucher.html")]
pub struct VoucherPage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub figures: Vec<(String, String)>,
    pub uses: Vec<Moment>,
    pub case_href: String,
    pub phones: Vec<(String, String)>,
}

/// The same for the office that granted it. Fields are pairs of what was typed and what is wrong with it.
#[derive(Template)]
#[template(path = "areas/benefits/pages/voucher_desk.html")]
pub struct VoucherDeskPage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub back_href: String,
    pub figures: Vec<(String, String)>,
    pub uses: Vec<Moment>,
    pub open: bool,
    pub action: String,
    pub amount: (String, String),
    pub used_on: (String, String),
    pub reference: (String, String),
    pub place: (String, String),
    pub errors: Vec<(String, String)>,
}

fn uses() -> Vec<Moment> {
    vec![Moment {
        when: "2026년 12월 3일".into(),
        date: "2026-12-03".into(),
        title: "12만원".into(),
        note: "새빛약국 · 사회보장정보원 · 20261203-00017".into(),
        state: "done",
    }]
}

fn figures() -> Vec<(String, String)> {
    vec![
        ("남은 금액".into(), "8만원".into()),
        ("받으신 금액".into(), "20만원".into()),
    ]
}

impl VoucherPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            title: "첫만남이용권".into(),
            lead: "8만원이 3월 31일에 사라집니다".into(),
            figures: figures(),
            uses: uses(),
            case_href: "/cases/4".into(),
            phones: super::samples::phones(),
            frame,
        }
    }
}

impl VoucherDeskPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            title: "첫만남이용권".into(),
            lead: "8만원이 3월 31일에 사라집니다".into(),
            back_href: "/work/benefits/4".into(),
            figures: figures(),
            uses: uses(),
            open: true,
            action: "/work/vouchers/8".into(),
            amount: ("90000".into(), "남은 금액은 8만원입니다.".into()),
            used_on: ("2026-12-04".into(), String::new()),
            reference: (String::new(), String::new()),
            place: (String::new(), String::new()),
            errors: vec![("amount_krw".into(), "남은 금액은 8만원입니다.".into())],
            frame,
        }
    }
}
