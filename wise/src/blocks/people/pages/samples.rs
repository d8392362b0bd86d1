//! A sample of every page of this block, with invented people.

use askama::Template;
use web::Frame;

use super::{
    BirthLine, BirthPage, BirthsPage, ChildEntry, ConsentLine, FactRow, FactSection, FindPage,
    FoundLine, HouseholdPage, Line, LookLine, LooksPage, MePage, MemberLine, Moment, NewBirthPage,
    SexQuestion, TellPage,
};

type Rendered = (&'static str, Result<String, askama::Error>);

/// Renders a sample of every page.
pub fn samples(frame: &dyn Fn() -> Frame) -> Vec<Rendered> {
    vec![
        ("people-me", MePage::sample(frame()).render()),
        ("people-looks", LooksPage::sample(frame()).render()),
        (
            "people-looks-none",
            LooksPage::empty_sample(frame()).render(),
        ),
        ("people-tell", TellPage::sample(frame()).render()),
        ("people-births", BirthsPage::sample(frame()).render()),
        (
            "people-births-none",
            BirthsPage::empty_sample(frame()).render(),
        ),
        ("people-birth", BirthPage::sample(frame()).render()),
        (
            "people-birth-registered",
            BirthPage::registered_sample(frame()).render(),
        ),
        ("people-birth-new", NewBirthPage::sample(frame()).render()),
        (
            "people-birth-new-found",
            NewBirthPage::found_sample(frame()).render(),
        ),
        ("people-find", FindPage::sample(frame()).render()),
        ("people-find-none", FindPage::empty_sample(frame()).render()),
        ("people-household", HouseholdPage::sample(frame()).render()),
    ]
}

fn phones() -> Vec<(String, String)> {
    let one = |href: &str, label: &str| (href.to_owned(), label.to_owned());
    vec![
        one("tel:110", "정부 110"),
        one("tel:0000000120", "한빛시청 120"),
    ]
}

fn line(label: &str, value: &str, via: &str) -> Line {
    Line {
        label: label.into(),
        value: value.into(),
        via: via.into(),
    }
}

fn row(label: &str, value: &str, source: &str, basis: &str) -> FactRow {
    FactRow {
        label: label.into(),
        value: value.into(),
        since: "2024년 7월 19일부터".into(),
        source: source.into(),
        basis: basis.into(),
        as_of: "2026년 11월 23일".into(),
        ..FactRow::default()
    }
}

fn sections(frame: &Frame) -> Vec<FactSection> {
    let income = FactRow {
        mark: frame.t("people-mark-stale"),
        tone: "warn",
        correct_href: "/me/correct?fact=household.income_recognised".into(),
        ..row(
            "소득인정액",
            "매월 4,120,000원",
            "보건복지부 (129)",
            "사회보장급여법 제19조",
        )
    };
    let told = FactRow {
        mark: frame.t("people-mark-told"),
        tone: "info",
        ..row("분유가 필요함", "예", "나", "직접 알려 주심")
    };
    let unknown = FactRow {
        unknown: true,
        mark: frame.t("people-mark-consent"),
        tone: "warn",
        ..row("전기 고객번호", "모름", "한국전력공사 (123)", "동의")
    };
    vec![
        FactSection {
            title: frame.t("people-me-section"),
            rows: vec![
                row("이름", "김하늘", "행정안전부 (110)", "주민등록법 제30조"),
                row("일", "직장인", "고용노동부 (1350)", "고용보험법 제15조"),
                told,
            ],
        },
        FactSection {
            title: frame.t("people-household-section"),
            rows: vec![income, unknown],
        },
    ]
}

fn looks() -> Vec<Moment> {
    let look = |when: &str, date: &str, who: &str, why: &str| Moment {
        when: when.into(),
        date: date.into(),
        title: who.into(),
        note: why.into(),
        state: "done",
    };
    vec![
        look(
            "2026년 11월 23일 09:12",
            "2026-11-23T00:12:00Z",
            "새빛동 주민센터 이서연",
            "출생신고 처리",
        ),
        look(
            "2026년 8월 14일 10:02",
            "2026-08-14T01:02:00Z",
            "새빛동 주민센터 박도윤",
            "방문한 주민의 상담",
        ),
    ]
}

fn parents() -> Vec<Line> {
    vec![
        line("어머니", "김하늘, 만 32세", "1994년 3월 2일"),
        line("배우자", "이준호, 만 34세", "1992년 5월 11일"),
        line("사는 곳", "새빛동 한빛로 24", "새빛동 주민센터"),
    ]
}

fn sexes() -> Vec<(String, String, String)> {
    let one = |code: &str, label: &str| (code.to_owned(), label.to_owned(), String::new());
    vec![one("female", "여성"), one("male", "남성")]
}

fn counts() -> Vec<(String, String)> {
    vec![("1".into(), "1명".into()), ("2".into(), "2명".into())]
}

fn heads(labels: &[&str]) -> Vec<(String, &'static str)> {
    labels.iter().map(|it| ((*it).to_owned(), "")).collect()
}

/// The same, the last of them over numbers.
fn numbered(labels: &[&str]) -> Vec<(String, &'static str)> {
    let mut all = heads(labels);
    if let Some(last) = all.last_mut() {
        last.1 = "num";
    }
    all
}

fn found() -> Vec<FoundLine> {
    let one = |id: &str, born: &str, address: &str| FoundLine {
        id: id.into(),
        name: "김정자".into(),
        born: born.into(),
        address: address.into(),
    };
    vec![
        one("1", "1955년 2월 3일", "새빛동 한빛로 31"),
        one("2", "1948년 9월 17일", "새빛동 노을길 12"),
    ]
}

impl MePage {
    pub fn sample(frame: Frame) -> Self {
        let consent = |fact: &str, label: &str, detail: &str, given| ConsentLine {
            fact: fact.into(),
            label: label.into(),
            detail: detail.into(),
            given,
        };
        Self {
            sections: sections(&frame),
            consents: vec![
                consent(
                    "person.pregnant",
                    "임신",
                    "2026년 8월 14일부터 국민건강보험공단이 알려 줍니다.",
                    true,
                ),
                consent(
                    "household.electricity_customer",
                    "전기 고객번호",
                    "한국전력공사가 가지고 있습니다.",
                    false,
                ),
            ],
            note: frame.t1("people-me-hidden", "names", "이준호"),
            phones: phones(),
            frame,
        }
    }
}

impl LooksPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            looks: looks()
                .into_iter()
                .map(|moment| LookLine {
                    proof_href: "/proofs/7".into(),
                    moment,
                })
                .collect(),
            phones: phones(),
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            looks: Vec::new(),
            phones: phones(),
            frame,
        }
    }
}

impl TellPage {
    pub fn sample(frame: Frame) -> Self {
        let sex = |number: i64, selected: &str| SexQuestion {
            name: format!("sex{number}"),
            legend: frame.t1("people-tell-sex-of", "number", number),
            selected: selected.into(),
        };
        Self {
            mother: "김하늘".into(),
            born: "2026-11-20".into(),
            today: "2026년 11월 23일".into(),
            count: "2".into(),
            counts: counts(),
            sexes: vec![sex(1, "female"), sex(2, "")],
            options: sexes(),
            errors: vec![("sex2".into(), frame.t("people-sex-missing"))],
            frame,
        }
    }
}

impl BirthsPage {
    pub fn sample(frame: Frame) -> Self {
        let birth = |id: &str, mother: &str, source: String, tone, left: i64| BirthLine {
            href: format!("/work/births/{id}"),
            mother: mother.into(),
            place: "새빛동 주민센터".into(),
            born: "2026년 11월 20일".into(),
            sex: "남성".into(),
            source,
            tone,
            left: frame.t1("people-days-left", "days", left),
            left_tone: if left < 8 { "warn" } else { "plain" },
        };
        Self {
            lead: frame.t1("people-births-lead", "count", 2),
            heads: numbered(&["어머니", "태어난 날", "알린 곳", "남은 날"]),
            rows: vec![
                birth("1", "김○늘", "한빛병원".into(), "info", 27),
                birth("2", "응○○○란", frame.t("people-birth-told"), "warn", 5),
            ],
            more: true,
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            lead: frame.t1("people-births-lead", "count", 0),
            heads: Vec::new(),
            rows: Vec::new(),
            more: false,
            frame,
        }
    }
}

fn child(frame: &Frame, field: &str, number: i64, sex: &str) -> ChildEntry {
    ChildEntry {
        name_field: field.into(),
        name_label: frame.say(
            "people-child-name-of",
            &[("number", number.into()), ("sex", sex.into())],
        ),
        ..ChildEntry::default()
    }
}

impl BirthPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            title: frame.t1("people-birth-of", "name", "김하늘"),
            lead: frame.t1("people-birth-lead", "day", "2026년 11월 20일"),
            state: "한빛병원".into(),
            tone: "info",
            open: true,
            action: "/work/births/1".into(),
            together: frame.t1("people-births-together", "count", 2),
            children: vec![
                child(&frame, "name", 1, "여성"),
                child(&frame, "name-2", 2, "남성"),
            ],
            confirmed: false,
            errors: vec![
                ("name-2".into(), frame.t("people-birth-name-missing")),
                ("confirmed".into(), frame.t("people-register-unconfirmed")),
            ],
            about: vec![
                line("태어난 날", "2026년 11월 20일", ""),
                line("성별", "남성", ""),
                line("알린 곳", "한빛병원", "2026년 11월 20일 06:30"),
            ],
            parents: parents(),
            frame,
        }
    }

    pub fn registered_sample(frame: Frame) -> Self {
        Self {
            open: false,
            state: frame.t("people-birth-registered"),
            tone: "good",
            errors: Vec::new(),
            ..Self::sample(frame)
        }
    }
}

impl NewBirthPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            mother_name: String::new(),
            mother_born: String::new(),
            searched: false,
            found: Vec::new(),
            mother: "1".into(),
            mother_title: frame.t1("people-new-child-of", "name", "김하늘"),
            parents: parents(),
            born: "2026-11-20".into(),
            children: vec![ChildEntry {
                name_field: "name".into(),
                name_label: frame.t("people-child-name"),
                name: "이안".into(),
                sex_field: "sex".into(),
                sex_label: frame.t("people-sex"),
                sex: "male".into(),
            }],
            multiple: "1".into(),
            sexes: sexes(),
            counts: counts(),
            confirmed: true,
            errors: vec![("born".into(), frame.t("people-birth-in-future"))],
            frame,
        }
    }

    pub fn found_sample(frame: Frame) -> Self {
        Self {
            mother_name: "김정자".into(),
            mother_born: "1995-02-03".into(),
            searched: true,
            found: found(),
            mother: String::new(),
            errors: Vec::new(),
            ..Self::sample(frame)
        }
    }
}

impl FindPage {
    pub fn sample(frame: Frame) -> Self {
        Self {
            name: "김정자".into(),
            born: String::new(),
            purpose: "visit".into(),
            detail: String::new(),
            why: "visit".into(),
            purposes: vec![
                (String::new(), frame.t("people-purpose-choose")),
                ("visit".into(), frame.t("people-purpose-visit")),
            ],
            searched: true,
            found_title: frame.t1("people-find-count", "count", 2),
            heads: heads(&["이름", "태어난 날", "사는 곳", ""]),
            found: found(),
            errors: Vec::new(),
            frame,
        }
    }

    pub fn empty_sample(frame: Frame) -> Self {
        Self {
            found: Vec::new(),
            purpose: String::new(),
            errors: vec![("purpose".into(), frame.t("people-purpose-missing"))],
            ..Self::sample(frame)
        }
    }
}

impl HouseholdPage {
    pub fn sample(frame: Frame) -> Self {
        let member = |name: &str, age: &str, role: &str| MemberLine {
            name: name.into(),
            age: age.into(),
            born: "1955년 2월 3일".into(),
            role: role.into(),
            sex: "여성".into(),
            since: "2011년 4월 1일".into(),
        };
        Self {
            title: frame.t1("people-household-of", "name", "김정자"),
            lead: "2명 · 새빛동 한빛로 31".into(),
            purpose: frame.t1("people-purpose-is", "purpose", "방문한 주민의 상담"),
            logged: frame.t1("people-logged-at", "when", "2026년 11월 23일 10:24"),
            logged_note: frame.t1("people-logged-note", "names", "김정자, 박상철"),
            heads: heads(&["이름", "나이", "성별", "관계", "언제부터"]),
            members: vec![
                member("김정자", "만 71세", "세대주"),
                member("박상철", "만 74세", "배우자"),
            ],
            sections: sections(&frame),
            looks: looks(),
            frame,
        }
    }
}
