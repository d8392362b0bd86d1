//! Samples of the further kinds of questions.

use askama::Template;
use web::Frame;
use web::charts::{Course, Span, courses, spans};

use super::{Rendered, about, chart, charts, head, said};
use crate::areas::aide::pages::finding::{
    Entry, EvidenceForm, FieldRow, FieldsForm, FindingPage, GoalForm, LeverRow,
};

pub(super) fn samples(frame: &dyn Fn() -> Frame) -> Vec<Rendered> {
    vec![
        ("aide-finding", finding(frame()).render()),
        ("aide-evidence-form", evidence(frame(), "").render()),
        (
            "aide-evidence-form-errors",
            evidence(frame(), "3번째 줄의 “많음”을 숫자로 읽을 수 없습니다.").render(),
        ),
        ("aide-goal-form", goal(frame(), "").render()),
        (
            "aide-goal-form-errors",
            goal(frame(), "숫자로 적어 주세요.").render(),
        ),
        ("aide-fields-form", fields(frame(), "").render()),
        (
            "aide-fields-form-errors",
            fields(frame(), "1~120달로 적어 주세요.").render(),
        ),
    ]
}

fn entry(value: &str, error: &str) -> Entry {
    Entry {
        value: value.into(),
        error: error.into(),
    }
}

fn wrong(field: &str, error: &str) -> Vec<(String, String)> {
    match error {
        "" => Vec::new(),
        error => vec![(field.into(), error.into())],
    }
}

fn finding(frame: Frame) -> FindingPage {
    let course = |name: &str, values: [f64; 4]| Course {
        name: name.into(),
        values: values.into(),
    };
    let all = [
        course("실제", [9.0, 8.5, 6.0, 5.0]),
        course("이중차분", [9.1, 8.4, 8.0, 7.8]),
        course("합성통제", [9.0, 8.5, 8.2, 8.1]),
        course("합성이중차분", [9.0, 8.6, 8.1, 7.9]),
    ];
    let span = |label: &str, middle: f64| Span {
        label: label.into(),
        note: format!("{middle:.1}"),
        low: middle - 1.5,
        middle,
        high: middle + 1.5,
    };
    let words = |value: f64| format!("{value:.1}");
    let labels = ["2019", "2020", "2021", "2022"].map(str::to_owned);
    let mut pictures = charts();
    pictures.push(chart(courses(
        about("courses"),
        words,
        &labels,
        (2, "시행"),
        &all,
    )));
    let rows = [span("이중차분", -2.0), span("합성통제", -1.0)];
    pictures.push(chart(spans(about("spans"), words, &rows)));
    FindingPage {
        head: head(),
        tone: "good",
        verdict: "효과가 보입니다".into(),
        said: said(),
        tiles: vec![
            ("-2.1".into(), "이중차분".into()),
            ("–".into(), "합성통제".into()),
        ],
        sheets: pictures.iter().take(1).map(|it| it.sheet.clone()).collect(),
        charts: pictures,
        asked: vec![("숫자의 출처".into(), "지어낸 보기".into())],
        side_effects: vec!["이웃 동의 손님이 옮겨 옵니다.".into()],
        note: "세 방법 모두 정책을 하지 않은 지역으로 “하지 않았다면”을 만듭니다.".into(),
        assumptions: vec!["정책이 이웃 지역으로 넘치지 않았다고 봅니다.".into()],
        frame,
    }
}

fn evidence(frame: Frame, error: &str) -> EvidenceForm {
    let better = |value: &str, label: &str| (value.into(), label.into(), "보기".into());
    EvidenceForm {
        measure: entry("방문 상담", ""),
        outcome: entry("체납률 (%)", ""),
        source: entry("지어낸 보기", ""),
        better: "lower".into(),
        betters: vec![
            better("lower", "낮을수록 좋습니다"),
            better("higher", "높을수록 좋습니다"),
        ],
        unit_column: "지역".into(),
        time_column: "연도".into(),
        outcome_column: "체납률".into(),
        treated_column: "시행".into(),
        csv: entry("지역,연도,체납률,시행\n새빛동,2019,9.1,0", error),
        errors: wrong("csv", error),
        frame,
    }
}

fn goal(frame: Frame, error: &str) -> GoalForm {
    let row = LeverRow {
        index: 0,
        key: "child-allowance/base".into(),
        name: "아동수당 · 급여액".into(),
        today: "오늘은 100,000 원입니다.".into(),
        unit: "원".into(),
        low: entry("100,000", ""),
        high: entry("많이", error),
        step: entry("10,000", ""),
    };
    GoalForm {
        title: String::new(),
        indicator: "child_poverty_rate".into(),
        indicators: vec![("child_poverty_rate".into(), "아동 빈곤율".into())],
        district: entry("", ""),
        districts: vec![(String::new(), "모든 주민".into())],
        target: entry("5", ""),
        budget: entry("1,000,000,000", ""),
        on: entry("2027-01-01", ""),
        rows: vec![row],
        add: entry("", ""),
        choices: vec![(String::new(), "고르세요".into())],
        effort: entry("30", ""),
        efforts: vec![("30".into(), "30가지까지".into())],
        errors: wrong("high-0", error),
        population: "2026년 11월 23일 00:30의 주민에게 묻습니다.".into(),
        frame,
    }
}

fn fields(frame: Frame, error: &str) -> FieldsForm {
    let row = |name, label: &str, kind, options: Vec<(String, String)>| FieldRow {
        name,
        label: label.into(),
        hint: "보기".into(),
        value: "24".into(),
        error: if name == "months" {
            error.into()
        } else {
            String::new()
        },
        unit: "달".into(),
        kind,
        options,
    };
    FieldsForm {
        title: "늦추면 드는 값".into(),
        lead: "시작을 한 달씩 늦출 때마다".into(),
        action: "/aide/timings".to_owned(),
        rows: vec![
            row(
                "figure",
                "받을 금액",
                "text",
                vec![("24".into(), "아동수당".into())],
            ),
            row("from", "가장 이른 시작", "date", Vec::new()),
            row("months", "몇 달", "text", Vec::new()),
        ],
        note: "2026년 11월 23일 00:30의 주민에게 묻습니다.".into(),
        errors: wrong("months", error),
        frame,
    }
}
