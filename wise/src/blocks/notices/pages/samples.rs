//! A sample of every page of this block, with invented people.

use askama::Template;
use web::Frame;

use super::{
    ContactPage, DeliveriesPage, DeliveryLine, DeviceLine, InboxPage, LetterLine, LettersPage,
    NoticeLine, NoticePage, Rank, UnreachedLine, UnreachedPage, UnreachedPersonPage, languages,
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
        ("notices-letters", LettersPage::sample(frame()).render()),
        (
            "notices-letters-none",
            LettersPage::empty_sample(frame()).render(),
        ),
        ("notices-unreached", UnreachedPage::sample(frame()).render()),
        (
            "notices-unreached-none",
            UnreachedPage::empty_sample(frame()).render(),
        ),
        (
            "notices-unreached-person",
            UnreachedPersonPage::sample(frame()).render(),
        ),
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
        let channels = ["push", "email", "sms", "letter"];
        let rank = |number: usize| Rank {
            name: format!("channel-{number}"),
            label: frame.t1("notices-rank", "number", number),
            options: std::iter::once((String::new(), frame.t("notices-channel-none")))
                .chain(channels.map(|it| {
                    let label = frame.t(&format!("notices-channel-{it}"));
                    (it.to_owned(), label)
                }))
                .collect(),
            selected: channels[number - 1].into(),
        };
        Self {
            email: "hanul".into(),
            phone: "01000000000".into(),
            locale: "ko".into(),
            ranks: (1..=4).map(rank).collect(),
            quiet_from: "21:00".into(),
            quiet_until: "08:00".into(),
            details: false,
            push_key: "BA".into(),
            devices: vec![DeviceLine {
                id: "1".into(),
                since: frame.t1("notices-device", "when", "2026년 11월 23일 09:13"),
            }],
            tries: vec![("email".into(), frame.t("notices-channel-email"))],
            languages: languages(&frame),
            errors: vec![("email".into(), frame.t("notices-email-wrong"))],
            frame,
        }
    }
}

impl LettersPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            lead: frame.t1("notices-letters-lead", "count", 1),
            rows: vec![LetterLine {
                id: "1".into(),
                name: "김○늘".into(),
                agency: "새빛동 주민센터".into(),
                since: "2026년 11월 23일 09:14".into(),
            }],
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            lead: frame.t1("notices-letters-lead", "count", 0),
            rows: Vec::new(),
            frame,
        }
    }
}

impl UnreachedPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            lead: frame.t1("notices-unreached-lead", "count", 1),
            rows: vec![UnreachedLine {
                href: "/work/calls/1".into(),
                name: "박○순".into(),
                agency: "달빛동 주민센터".into(),
                since: "2026년 11월 23일 09:14".into(),
                urgency: frame.t("notices-urgency-urgent"),
                tone: "bad",
            }],
            letters: true,
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            lead: frame.t1("notices-unreached-lead", "count", 0),
            rows: Vec::new(),
            ..Self::sample(frame)
        }
    }
}

impl UnreachedPersonPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            action: "/work/calls/1".into(),
            name: "박영순".into(),
            about: "기초연금을 받으실 수 있습니다".into(),
            made: "2026년 11월 2일 09:14".into(),
            urgency: frame.t("notices-urgency-urgent"),
            tone: "bad",
            phone: "01000000000".into(),
            address: "한빛시 달빛길 9 (달빛동)".into(),
            tried: vec![Moment {
                when: "2026년 11월 2일 09:14".into(),
                date: "2026-11-02T00:14:00Z".into(),
                title: frame.t1("notices-by-sms", "address", "01000000000"),
                note: frame.t("notices-delivery-sent"),
                state: "done",
            }],
            waits: true,
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
