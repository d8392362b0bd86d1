//! A sample of every page of this area, with invented figures.

mod finding;

use askama::Template;
use web::Frame;
use web::charts::{About, Chart, Figure, Pair, Sheet, Side, Spot, Step, front, line, pairs, sides};

use super::briefing::{
    Argument, BriefingForm, BriefingLine, BriefingPage, BriefingsPage, FigureLine, OptionBlock,
    RunChoice,
};
use super::reform::{ChangeRow, ReformForm, ReformPage};
use super::{Door, HomePage, RunHead, RunLine, WaitPage};

type Rendered = (&'static str, Result<String, askama::Error>);

/// Renders a sample of every page.
pub fn samples(frame: &dyn Fn() -> Frame) -> Vec<Rendered> {
    let mut all = vec![
        ("aide-home", home(frame(), true).render()),
        ("aide-home-empty", home(frame(), false).render()),
        ("aide-wait", wait(frame(), true).render()),
        ("aide-refused", wait(frame(), false).render()),
        ("aide-reform-form", form(frame(), false).render()),
        ("aide-reform-form-errors", form(frame(), true).render()),
        ("aide-reform", reform(frame()).render()),
        ("aide-briefings", briefings(frame()).render()),
        ("aide-briefing-form", briefing_form(frame()).render()),
        ("aide-briefing", briefing(frame()).render()),
    ];
    all.extend(finding::samples(frame));
    all
}

fn head() -> RunHead {
    RunHead {
        path: "/aide/runs/1".into(),
        title: "아동수당 15만원".into(),
        kind: "개편해 보기".into(),
        state: "끝났습니다".into(),
        tone: "good",
        made: "서민호 · 2026년 11월 23일 10:00".into(),
        basis: vec![
            ("규칙".into(), "0123456789abcdef".into()),
            ("답".into(), "0123456789abcdef".repeat(4)),
        ],
        repeated: vec![(
            "/aide/runs/2".into(),
            "good",
            "다시 돌려도 같은 바이트가 나왔습니다.".into(),
        )],
        repeat_action: "/aide/runs/1/repeat".into(),
        table_href: "/aide/runs/1/table".into(),
        brief_href: "/aide/briefings/new?run=1".into(),
        again_href: "/aide/reforms/new?run=1".into(),
    }
}

fn home(frame: Frame, has_runs: bool) -> HomePage {
    let row = RunLine {
        href: "/aide/runs/1".into(),
        title: "아동수당 15만원".into(),
        kind: "개편해 보기".into(),
        when: "2026년 11월 23일 10:00".into(),
        who: "서민호".into(),
        state: "끝났습니다".into(),
        tone: "good",
    };
    HomePage {
        doors: vec![Door {
            href: "/aide/reforms/new".into(),
            name: "개편해 보기".into(),
            about: "수치를 바꾸면 누가 얼마나 달라지나".into(),
            sign: "question",
        }],
        population: "2026년 11월 23일 00:30의 주민에게 묻습니다.".into(),
        heads: vec![
            ("질문".into(), ""),
            ("언제".into(), ""),
            ("누가".into(), ""),
            ("상태".into(), ""),
        ],
        rows: if has_runs { vec![row] } else { Vec::new() },
        next_href: String::new(),
        frame,
    }
}

fn wait(frame: Frame, goes_on: bool) -> WaitPage {
    WaitPage {
        head: RunHead {
            state: "따져 보는 중".into(),
            tone: "warn",
            repeated: Vec::new(),
            ..head()
        },
        goes_on,
        percent: 40,
        counted: "1,000세대 가운데 400세대".into(),
        refusal: "benefits/new.yaml:3:1: `amount` is missing".into(),
        frame,
    }
}

fn form(frame: Frame, has_errors: bool) -> ReformForm {
    let error = if has_errors {
        "숫자로 적어 주세요."
    } else {
        ""
    };
    let row = |index: usize, is_table| ChangeRow {
        index,
        key: "child-allowance/base".into(),
        whose: "아동수당".into(),
        label: "급여액".into(),
        today: "지금은 100,000원입니다.".into(),
        source: "아동수당법 제4조제1항".into(),
        is_table,
        unit: "원".into(),
        field: format!("value-{index}"),
        value: "150,000".into(),
        error: error.into(),
    };
    ReformForm {
        title: String::new(),
        on: ("2027-01-01".into(), String::new()),
        rows: vec![row(0, false), row(1, true)],
        choices: vec![
            (String::new(), "고르세요".into()),
            (
                "child-allowance/base".into(),
                "아동수당 · 급여액 (100,000원)".into(),
            ),
        ],
        choice_error: String::new(),
        yaml: (String::new(), String::new()),
        errors: match has_errors {
            true => vec![("value-0".into(), error.into())],
            false => Vec::new(),
        },
        population: "2026년 11월 23일 00:30의 주민에게 묻습니다.".into(),
        frame,
    }
}

fn about(id: &str) -> About<'_> {
    About {
        id,
        title: "그림",
        description: "바꾸기 전은 빗금, 바꾼 뒤는 채운 막대입니다.",
    }
}

fn chart(svg: String) -> Chart {
    Chart {
        svg,
        sheet: Sheet {
            title: "한 해 비용".into(),
            heads: vec![
                ("나눔".into(), ""),
                ("전".into(), "num"),
                ("뒤".into(), "num"),
            ],
            rows: vec![vec!["아동수당".into(), "12억원".into(), "18억원".into()]],
        },
    }
}

fn figure(value: f64, text: &str) -> Figure {
    Figure {
        value,
        text: text.into(),
    }
}

fn charts() -> Vec<Chart> {
    let pair = Pair {
        label: "아동수당".into(),
        before: figure(12.0, "12억원"),
        after: figure(18.0, "18억 3,456만원"),
    };
    let side = |label: &str, less: f64, more: f64| Side {
        label: label.into(),
        note: "+1억 2,345만원".into(),
        less: figure(less, "1,234명"),
        more: figure(more, "5,678명"),
    };
    let step = |at: i32| Step {
        label: format!("{}월", at + 1),
        low: f64::from(at) - 2.0,
        middle: f64::from(at),
        high: f64::from(at) * 1.5 + 1.0,
    };
    let spot = |across: f64, up: f64, is_front| Spot {
        across,
        up,
        label: if is_front {
            "안".into()
        } else {
            String::new()
        },
        is_front,
    };
    let spots = [
        spot(1.0, 9.0, true),
        spot(2.0, 6.0, true),
        spot(5.0, 4.0, true),
        spot(4.0, 8.0, false),
    ];
    let words = |value: f64| format!("{value:.1}");
    let steps: Vec<Step> = (0..12).map(step).collect();
    vec![
        chart(pairs(about("cost"), ("바꾸기 전", "바꾼 뒤"), &[pair])),
        chart(sides(
            about("decile"),
            ("줄어드는 사람", "나아지는 사람"),
            &[side("1분위", 2.0, 9.0), side("2분위", 5.0, 3.0)],
        )),
        chart(line(about("line"), words, &steps)),
        chart(front(
            about("front"),
            ("비용", "빈곤율"),
            (words, words),
            &spots,
        )),
    ]
}

fn said() -> Vec<String> {
    vec![
        "한 해에 6억원이 더 듭니다.".into(),
        "나아지는 사람은 5,678명, 줄어드는 사람은 1,234명입니다.".into(),
    ]
}

fn changes() -> Vec<(String, String)> {
    vec![("아동수당 · 급여액".into(), "100,000원 → 150,000원".into())]
}

fn reform(frame: Frame) -> ReformPage {
    ReformPage {
        head: head(),
        changes: changes(),
        tiles: vec![
            ("+6억원".into(), "한 해 비용".into()),
            ("5,678명".into(), "나아지는 사람".into()),
        ],
        said: said(),
        sheets: charts().into_iter().take(1).map(|it| it.sheet).collect(),
        charts: charts(),
        assumptions: vec!["받을 수 있는 사람이 모두 받는다고 봅니다.".into()],
        frame,
    }
}

fn briefings(frame: Frame) -> BriefingsPage {
    BriefingsPage {
        heads: vec![
            ("질문".into(), ""),
            ("언제".into(), ""),
            ("누가".into(), ""),
        ],
        rows: vec![BriefingLine {
            href: "/aide/briefings/1".into(),
            question: "아동수당을 올릴까요?".into(),
            when: "2026년 11월 23일 10:00".into(),
            who: "서민호".into(),
        }],
        next_href: String::new(),
        frame,
    }
}

fn briefing_form(frame: Frame) -> BriefingForm {
    let error = "질문을 적어 주세요.";
    BriefingForm {
        question: (String::new(), error.into()),
        runs: vec![RunChoice {
            id: "1".into(),
            title: "아동수당 15만원".into(),
            about: "개편해 보기 · 2026년 11월 23일 10:00".into(),
            is_chosen: true,
        }],
        runs_error: String::new(),
        notes: String::new(),
        errors: vec![("question".into(), error.into())],
        frame,
    }
}

fn briefing(frame: Frame) -> BriefingPage {
    let argument = Argument {
        figures: vec![("한 해 비용".into(), "+6억원".into())],
        changes: changes(),
        said: said(),
        charts: charts().into_iter().take(2).collect(),
        would_change: vec!["받을 수 있는 사람이 모두 받는다고 봅니다.".into()],
        sources: vec!["아동수당 · 급여액: 아동수당법 제4조제1항".into()],
    };
    BriefingPage {
        question: "아동수당을 올릴까요?".into(),
        made: "서민호 · 2026년 11월 23일 10:00".into(),
        heads: vec![("나눔".into(), ""), ("15만원".into(), "num")],
        figures: vec![FigureLine {
            label: "한 해 비용".into(),
            values: vec![("/aide/runs/1".into(), "+6억원".into())],
        }],
        options: vec![OptionBlock {
            href: "/aide/runs/1".into(),
            name: "15만원".into(),
            argument,
            reworded: said(),
            basis: head().basis,
        }],
        would_change: vec!["받을 수 있는 사람이 모두 받는다고 봅니다.".into()],
        notes: vec!["예산과 함께 보십시오.".into()],
        reworded_by: "말을 다듬은 것: 언어 모델".into(),
        reword_action: "/aide/briefings/1/reword".into(),
        frame,
    }
}
