//! A sample of every page of this block, with invented people.

use askama::Template;
use web::Frame;

use super::{
    ContactPage, DeliveriesPage, DeliveryLine, InboxPage, NoticeLine, NoticePage, languages,
};
use crate::blocks::people::pages::Moment;

type Rendered = (&'static str, Result<String, askama::Error>);

/// Renders a sample of every page.
pub fn samples(frame: &dyn Fn() -> Frame) -> Vec<Rendered> {
    vec![
        ("notices-inbox", InboxPage::sample(frame()).render()),
        (
            "notices-inbox-none",
            InboxPage::empty_sample(frame()).render(),
        ),
        ("notices-notice", NoticePage::sample(frame()).render()),
        ("notices-contact", ContactPage::sample(frame()).render()),
        (
            "notices-deliveries",
            DeliveriesPage::sample(frame()).render(),
        ),
        (
            "notices-deliveries-none",
            DeliveriesPage::empty_sample(frame()).render(),
        ),
    ]
}

impl InboxPage {
    pub fn sample(frame: Frame) -> Self {
        let line = |id: &str, title: &str, body: &str, unread: bool, sign| NoticeLine {
            href: format!("/inbox/{id}"),
            title: title.into(),
            body: body.into(),
            when: "2026년 11월 23일 09:13".into(),
            date: "2026-11-23T00:13:00Z".into(),
            unread: if unread {
                frame.t("notices-unread")
            } else {
                String::new()
            },
            sign,
        };
        Self {
            lead: frame.t1("notices-inbox-lead", "unread", 1),
            notices: vec![
                line(
                    "1",
                    "받으실 수 있는 것 7가지",
                    "출생신고가 끝났습니다.",
                    true,
                    "baby",
                ),
                line(
                    "2",
                    "부모급여가 결정되었습니다",
                    "신청하신 대로 정해졌습니다.",
                    false,
                    "file",
                ),
            ],
            count: frame.t1("notices-shown", "count", 2),
            first_href: String::new(),
            next_href: "/inbox?after=x".into(),
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            lead: frame.t1("notices-inbox-lead", "unread", 0),
            notices: Vec::new(),
            ..Self::sample(frame)
        }
    }
}

impl NoticePage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            title: "받으실 수 있는 것 7가지".into(),
            body: "출생신고가 끝났습니다. 아는 것은 채워 두었으니 한 번만 눌러 신청하세요.".into(),
            made: "2026년 11월 23일 09:13".into(),
            link: "/births/1".into(),
            sent: vec![Moment {
                when: "2026년 11월 23일 09:14".into(),
                date: "2026-11-23T00:14:00Z".into(),
                title: frame.t1("notices-by-email", "address", "hanul@example.kr"),
                note: frame.t("notices-delivery-sent"),
                state: "done",
            }],
            phones: vec![("tel:110".into(), "정부 110".into())],
            frame,
        }
    }
}

impl ContactPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            email: "hanul".into(),
            locale: "ko".into(),
            languages: languages(&frame),
            errors: vec![("email".into(), frame.t("notices-email-wrong"))],
            frame,
        }
    }
}

impl DeliveriesPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            lead: frame.t1("notices-deliveries-lead", "count", 1),
            rows: vec![DeliveryLine {
                action: "/deliveries/1".into(),
                number: "019a0000-0000-7000-8000-000000000001".into(),
                address: "h***@example.kr".into(),
                when: "2026년 11월 23일 09:14".into(),
                attempts: frame.t1("notices-attempts", "count", 1),
                problem: "incomplete response".into(),
            }],
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            lead: frame.t1("notices-deliveries-lead", "count", 0),
            rows: Vec::new(),
            frame,
        }
    }
}
