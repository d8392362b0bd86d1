//! A sample of every page of this area, with invented people.

use askama::Template;
use web::Frame;

use super::{
    AskPage, Card, DecidePage, Line, Moment, OfferGroups, OfferPage, OffersPage, PlaceGroup,
    PlaceLine, ReachPage, ReasonLine, ReceiptPage, Section, StatisticsPage, UnreachedPage,
};

use super::conditions::{ConditionsPage, HerePage};
use super::entitlements::EntitlementsPage;
use super::vouchers::{VoucherDeskPage, VoucherPage};
use super::what_if::WhatIfPage;
use crate::areas::benefits::services;
mod reach;

type Rendered = (&'static str, Result<String, askama::Error>);

/// Renders a sample of every page.
pub fn samples(frame: &dyn Fn() -> Frame) -> Vec<Rendered> {
    let mut all = vec![
        ("benefits-offers", OffersPage::sample(frame()).render()),
        (
            "benefits-offers-empty",
            OffersPage::empty_sample(frame()).render(),
        ),
        ("benefits-offer", OfferPage::sample(frame()).render()),
        ("benefits-ask", AskPage::sample(frame()).render()),
        (
            "benefits-ask-fetch",
            AskPage::fetch_sample(frame()).render(),
        ),
        ("benefits-receipt", ReceiptPage::sample(frame()).render()),
        ("benefits-decide", DecidePage::sample(frame()).render()),
        ("benefits-voucher", VoucherPage::sample(frame()).render()),
        (
            "benefits-voucher-desk",
            VoucherDeskPage::sample(frame()).render(),
        ),
        (
            "benefits-conditions",
            ConditionsPage::sample(frame()).render(),
        ),
        ("benefits-here", HerePage::sample(frame()).render()),
        (
            "benefits-entitlements",
            EntitlementsPage::sample(frame()).render(),
        ),
        ("benefits-what-if", WhatIfPage::sample(frame()).render()),
        (
            "benefits-what-if-answer",
            WhatIfPage::answer_sample(frame()).render(),
        ),
        (
            "benefits-statistics",
            StatisticsPage::sample(frame()).render(),
        ),
        (
            "benefits-unreached",
            UnreachedPage::sample(frame()).render(),
        ),
        (
            "benefits-unreached-none",
            UnreachedPage::empty_sample(frame()).render(),
        ),
        ("benefits-reach", ReachPage::sample(frame()).render()),
        (
            "benefits-reach-again",
            ReachPage::again_sample(frame()).render(),
        ),
    ];
    all.extend(services::pages::samples(frame));
    all
}

pub(super) fn reasons() -> Vec<ReasonLine> {
    let line = |state, text: &str, law: &str| ReasonLine {
        state,
        text: text.into(),
        law: law.into(),
        via: "법원 가족관계등록 · 11월 20일 확인".into(),
        ..ReasonLine::default()
    };
    vec![
        line("yes", "출생신고가 되었습니다.", "아동수당법 제10조의2제1항"),
        ReasonLine {
            opens: true,
            ..line("yes", "아래 가운데 하나에 해당합니다.", "")
        },
        line("no", "첫째 아이가 아닙니다.", ""),
        ReasonLine {
            closes: 1,
            ..line("yes", "둘째 아이입니다.", "")
        },
        line("ask", "전기 고객번호를 아직 모릅니다.", ""),
    ]
}

fn card(id: &str, title: &str, amount: &str) -> Card {
    Card {
        id: id.into(),
        href: format!("/offers/{id}"),
        title: title.into(),
        amount: amount.into(),
        is_said: false,
        period: "매월".into(),
        by: "보건복지부 · 2027년 1월 18일까지 신청".into(),
        state: String::new(),
        tone: "good",
        reasons: reasons(),
        ask_href: String::new(),
        ask: String::new(),
    }
}

pub(super) fn asking() -> Card {
    Card {
        state: "한 가지가 더 필요해요".into(),
        tone: "warn",
        ask_href: "/offers/3/ask".into(),
        ask: "전기 고객번호 알려 주기".into(),
        ..card("3", "출산가구 전기요금 경감", "최대 16,000원")
    }
}

fn moments() -> Vec<Moment> {
    vec![
        Moment {
            when: "2027년 1월 18일".into(),
            date: "2027-01-18".into(),
            title: "부모급여".into(),
            note: "이날까지 신청하면 태어난 달 것부터 받습니다.".into(),
            state: "",
        },
        Moment {
            when: "2027년 11월 20일".into(),
            date: "2027-11-20".into(),
            title: "부모급여".into(),
            note: "500,000원으로 바뀝니다.".into(),
            state: "",
        },
    ]
}

fn lines() -> Vec<Line> {
    let line = |label: &str, value: &str| Line {
        label: label.into(),
        value: value.into(),
        via: "행정안전부 · 11월 20일 확인 · 전자정부법 제36조제1항".into(),
        ..Line::default()
    };
    vec![line("생년월일", "2026년 11월 20일"), line("출생 순서", "2")]
}

pub(super) fn phones() -> Vec<(String, String)> {
    vec![("tel:110".into(), "정부 110".into())]
}

/// The sections of a page of offers, each with something in it.
fn sections(ready: &[Card], [waiting, coming, accepted, aside]: [&[Card]; 4]) -> Vec<Section> {
    let section = |id, title: &str, offers: &[Card]| Section {
        id,
        title: title.into(),
        why: "왜 받을 수 있나요?".into(),
        offers: offers.to_vec(),
        ..Section::default()
    };
    vec![
        Section {
            opens: true,
            ..section("ready", "바로 신청할 수 있어요", ready)
        },
        section("asking", "한 가지만 알려 주세요", &[asking()]),
        Section {
            kind: "waiting",
            lead: "등록이 끝나면 저절로 위로 올라갑니다.".into(),
            ..section("waiting", "조금 기다려 주세요", waiting)
        },
        Section {
            kind: "waiting",
            lead: "그날이 되면 저절로 위로 올라갑니다.".into(),
            ..section("coming", "곧 받을 수 있게 됩니다", coming)
        },
        Section {
            rows: true,
            ..section("accepted", "신청한 것", accepted)
        },
        Section {
            rows: true,
            reconsider: true,
            ..section("set-aside", "미루거나 받지 않기로 한 것", aside)
        },
    ]
}

impl OffersPage {
    pub fn sample(frame: Frame) -> Self {
        let ready = vec![
            card("1", "부모급여", "1,000,000원"),
            card("2", "아동수당", "100,000원"),
        ];
        let aside = Card {
            by: "12월 23일에 다시 여쭤볼게요".into(),
            ..card("5", "아이돌봄서비스", "")
        };
        let accepted = Card {
            state: "신청했어요".into(),
            ..card("6", "첫만남이용권", "3,000,000원")
        };
        let waiting = Card {
            state: "출생신고를 기다려요".into(),
            tone: "plain",
            ..card("4", "한빛시 출산장려금", "3,000,000원")
        };
        let coming = Card {
            state: "2027년 3월 1일부터".into(),
            tone: "plain",
            ..card("7", "기초연금", "349,700원")
        };
        let sections = sections(
            &ready,
            [&waiting, &coming, &accepted, &aside].map(std::slice::from_ref),
        );
        Self {
            title: "아기가 태어났네요. 축하드려요.".into(),
            lead: "따로 찾지 않으셔도 됩니다.".into(),
            is_in_mourning: false,
            tag: "출생신고가 끝났습니다".into(),
            tag_tone: "good",
            figures: vec![
                ("한 번에".into(), "3,000,000원".into()),
                ("매월".into(), "1,100,000원".into()),
            ],
            note: "3가지 가운데 2가지는 더 적으실 것이 없습니다.".into(),
            accept_all: "2가지 한 번에 신청".into(),
            offers: OfferGroups {
                ready,
                asking: vec![asking()],
                waiting: vec![waiting],
                coming: vec![coming],
                accepted: vec![accepted],
                set_aside: vec![aside],
                sections,
            },
            next: moments(),
            vouchers: vec![PlaceLine {
                href: "/vouchers/8".into(),
                name: "8만원이 3월 31일에 사라집니다".into(),
                detail: "첫만남이용권".into(),
                tag: "28일 남음".into(),
                tone: "warn",
                side: String::new(),
            }],
            places: vec![PlaceGroup {
                title: "집 가까운 어린이집".into(),
                items: vec![PlaceLine {
                    href: "tel:00000001000".into(),
                    name: "햇살어린이집".into(),
                    detail: "걸어서 6분 · 000-0000-1000".into(),
                    tag: "0세 2자리".into(),
                    tone: "good",
                    side: String::new(),
                }],
            }],
            looks: moments(),
            others: "정부24의 다른 서비스 31개".into(),
            phones: phones(),
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            offers: OfferGroups::default(),
            tag: String::new(),
            next: Vec::new(),
            vouchers: Vec::new(),
            places: Vec::new(),
            looks: Vec::new(),
            figures: Vec::new(),
            others: String::new(),
            ..Self::sample(frame)
        }
    }
}

impl OfferPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            summary: "만 2세 미만 아이를 키우는 집에 매월 드립니다."
                .to_owned()
                .into(),
            figures: vec![("매월".into(), "최대 16,000원".into())],
            note: "한국전력공사".into(),
            ready: false,
            case_href: String::new(),
            known: lines(),
            about: lines(),
            deciding: vec!["전기 고객번호 + 가스 고객번호".into()],
            relations: vec![(
                "‘가정양육수당’과(와) 함께 받을 수 없습니다.".into(),
                "영유아보육법 제34조의2".into(),
            )],
            answerable: true,
            can_reconsider: true,
            postpone_action: "/offers/3/postpone".into(),
            until: "2026-01-01".into(),
            until_error: "오늘보다 뒤의 날을 골라 주세요.".into(),
            errors: vec![("until".into(), "오늘보다 뒤의 날을 골라 주세요.".into())],
            phones: phones(),
            card: asking(),
            frame,
        }
    }
}

impl AskPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            title: "전기 고객번호를 알려 주세요".into(),
            lead: "출산가구 전기요금 경감에 필요합니다.".into(),
            offer_href: "/offers/3".into(),
            action: "/offers/3/ask".into(),
            fetch: Vec::new(),
            fetch_action: "/offers/3/consent".into(),
            fact: "household.electricity_customer".into(),
            label: "전기 고객번호".into(),
            value: String::new(),
            hint: "고지서 위쪽의 숫자 10자리입니다.".into(),
            error: "고객번호를 적어 주세요.".into(),
            errors: vec![("value".into(), "고객번호를 적어 주세요.".into())],
            kind: "text",
            mode: "numeric",
            unit: String::new(),
            options: Vec::new(),
            phones: phones(),
            frame,
        }
    }
}

impl AskPage {
    pub fn fetch_sample(frame: Frame) -> Self {
        let line = |key: &str, value: &str, via: String| Line {
            label: frame.t(key),
            value: value.into(),
            via,
            ..Line::default()
        };
        Self {
            fetch: vec![
                line(
                    "benefits-fetch-register",
                    "한전 고객 정보",
                    "한국전력공사".into(),
                ),
                line("benefits-law", "전기사업법 제16조", String::new()),
                line(
                    "benefits-fetch-fresh",
                    "2026년 11월 20일 확인",
                    frame.t1("benefits-fetch-again", "days", 30),
                ),
            ],
            error: String::new(),
            errors: Vec::new(),
            ..Self::sample(frame)
        }
    }
}

impl ReceiptPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            lead: "2가지를 신청했습니다.".into(),
            when: "2026년 11월 23일 09:20".into(),
            lines: vec![card("1", "부모급여", "1,000,000원")],
            number: "019a0000-0000-7000-8000-000000000007".into(),
            commitment: Some("3f".repeat(32)),
            proof_href: "/proofs/7".into(),
            frame,
        }
    }
}

impl DecidePage {
    pub fn sample(frame: Frame) -> Self {
        let choice = |code: &str, label: &str| (code.to_owned(), label.to_owned(), String::new());
        Self {
            title: "부모급여".into(),
            lead: "김하늘 님이 신청한 매월 1,000,000원입니다.".into(),
            state: "접수됨".into(),
            tone: "warn",
            reasons: reasons(),
            known: lines(),
            about: lines(),
            steps: moments(),
            open: true,
            voucher_href: "/work/vouchers/8".into(),
            action: "/work/benefits/4".into(),
            revision: 1,
            decisions: vec![
                choice("grant", "드리기로 결정"),
                choice("refuse", "드리지 않기로 결정"),
            ],
            decision: "refuse".into(),
            decision_error: String::new(),
            note: String::new(),
            note_error: "왜 그렇게 정했는지 적어 주세요.".into(),
            errors: vec![("note".into(), "왜 그렇게 정했는지 적어 주세요.".into())],
            frame,
        }
    }
}
