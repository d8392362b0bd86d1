//! The curve of what waiting costs, with its interval.

use axum::response::Response;
use web::charts::{About, Chart, Sheet, Step, line};
use web::export::Export;
use web::{Frame, respond};

use super::super::figures::sum;
use super::super::finding::say;
use super::{parameter, parameter_name};
use crate::app::App;
use crate::areas::aide::pages::RunHead;
use crate::areas::aide::pages::briefing::Argument;
use crate::areas::aide::pages::finding::FindingPage;
use crate::areas::aide::said::{Piece, Said};
use crate::areas::aide::timing::{Delay, Month, Question, Sum};

pub(in super::super) fn result(
    app: &App,
    frame: Frame,
    head: RunHead,
    asked: &Question,
    found: &Delay,
) -> Response {
    let (tone, key) = match (found.surely_loses_from, found.surely_saves_from) {
        (Some(_), _) => ("warn", "aide-timing-verdict-loses"),
        (None, Some(_)) => ("info", "aide-timing-verdict-saves"),
        (None, None) => ("info", "aide-timing-verdict-doubt"),
    };
    respond(&FindingPage {
        tone,
        verdict: frame.t(key),
        said: sentences(&frame, found),
        tiles: tiles(&frame, found),
        charts: charts(&frame, found, ""),
        sheets: vec![law(&frame, found)],
        asked: lines(app, &frame, asked),
        side_effects: Vec::new(),
        note: frame.t("aide-timing-no-date"),
        assumptions: in_words(&frame, &found.assumptions),
        head,
        frame,
    })
}

/// An option of a briefing.
pub(in super::super) fn option(
    app: &App,
    frame: &Frame,
    asked: &Question,
    found: &Delay,
    prefix: &str,
) -> Argument {
    let figures = tiles(frame, found).into_iter();
    Argument {
        figures: figures.map(|(value, label)| (label, value)).collect(),
        changes: lines(app, frame, asked),
        said: sentences(frame, found),
        charts: charts(frame, found, prefix),
        would_change: in_words(frame, &found.assumptions),
        sources: vec![
            asked.worth_source.clone(),
            frame.t("aide-timing-source-rates"),
        ],
    }
}

fn sentences(frame: &Frame, found: &Delay) -> Vec<String> {
    in_words(frame, &found.sentences)
}

/// Sums of money in words where a sentence is about money.
fn in_words(frame: &Frame, all: &[Said]) -> Vec<String> {
    const OF_MONEY: [&str; 4] = [
        "aide-timing-not-received",
        "aide-timing-cost",
        "aide-timing-law-changes",
        "aide-timing-assumes-cost",
    ];
    let told = all.iter().map(|it| {
        if !OF_MONEY.contains(&it.key.as_str()) {
            return say(frame, it);
        }
        let mut it = it.clone();
        for name in ["low", "mid", "high", "won", "once"] {
            if let Some(Piece::Number(won)) = it.args.get(name) {
                let text = sum(frame, *won);
                it.args.insert(name.to_owned(), Piece::Text(text));
            }
        }
        say(frame, &it)
    });
    told.collect()
}

fn between(frame: &Frame, it: Sum) -> String {
    format!("{} ~ {}", sum(frame, it.low), sum(frame, it.high))
}

fn tiles(frame: &Frame, found: &Delay) -> Vec<(String, String)> {
    let Some(last) = found.months.last() else {
        return Vec::new();
    };
    let count = found.months.len() - 1;
    vec![
        (
            sum(frame, last.not_received.mid),
            frame.t1("aide-timing-tile-not-received", "months", count),
        ),
        (
            between(frame, last.cost),
            frame.t1("aide-timing-tile-cost", "months", count),
        ),
    ]
}

fn lines(app: &App, frame: &Frame, asked: &Question) -> Vec<(String, String)> {
    let key = format!(
        "{}/{}",
        asked.benefit.as_deref().unwrap_or_default(),
        asked.parameter
    );
    let source = parameter(app, &key).and_then(|(_, it)| it.on(asked.from));
    vec![
        (
            frame.t("aide-timing-field-figure"),
            parameter_name(app, frame, &key),
        ),
        (
            frame.t("aide-timing-law-source"),
            source.map_or_else(String::new, |it| it.source.clone()),
        ),
        (
            frame.t("aide-timing-field-youngest"),
            asked.youngest.to_string(),
        ),
        (
            frame.t("aide-timing-field-oldest"),
            asked.oldest.to_string(),
        ),
        (frame.t("aide-timing-field-from"), frame.date(&asked.from)),
        (
            frame.t("aide-timing-field-months"),
            asked.months.to_string(),
        ),
    ]
}

fn charts(frame: &Frame, found: &Delay, prefix: &str) -> Vec<Chart> {
    vec![
        curve(
            frame,
            found,
            (
                &format!("{prefix}waiting"),
                "aide-timing-chart-not-received",
            ),
            |it| it.not_received,
        ),
        curve(
            frame,
            found,
            (&format!("{prefix}delay"), "aide-timing-chart-cost"),
            |it| it.cost,
        ),
    ]
}

fn curve(frame: &Frame, found: &Delay, (id, key): (&str, &str), of: fn(&Month) -> Sum) -> Chart {
    let label = |it: &Month| it.month.to_string().chars().take(7).collect::<String>();
    let steps = found.months.iter().map(|it| {
        let sum = of(it);
        Step {
            label: label(it),
            low: sum.low as f64,
            middle: sum.mid as f64,
            high: sum.high as f64,
        }
    });
    let title = frame.t(key);
    let svg = line(
        About {
            id,
            title: &title,
            description: &frame.t("aide-timing-chart-about"),
        },
        |won| sum(frame, won as i64),
        &steps.collect::<Vec<_>>(),
    );
    let rows = found.months.iter().map(|it| {
        let own = of(it);
        vec![
            label(it),
            sum(frame, own.low),
            sum(frame, own.mid),
            sum(frame, own.high),
        ]
    });
    let heads = [
        ("aide-timing-month", ""),
        ("aide-timing-low", "num"),
        ("aide-timing-mid", "num"),
        ("aide-timing-high", "num"),
    ];
    Chart {
        svg,
        sheet: Sheet {
            heads: heads.map(|(key, class)| (frame.t(key), class)).to_vec(),
            rows: rows.collect(),
            title,
        },
    }
}

/// The figure of the law over these months.
fn law(frame: &Frame, found: &Delay) -> Sheet {
    let rows = found.values.iter().map(|it| {
        vec![
            frame.date(&it.from),
            it.won_a_month
                .map_or_else(|| "–".to_owned(), |won| sum(frame, won)),
            it.source.clone(),
            match it.unverified {
                true => frame.t("wise-system-unverified"),
                false => frame.t("wise-system-verified"),
            },
        ]
    });
    Sheet {
        title: frame.t("aide-timing-law"),
        heads: vec![
            (frame.t("aide-timing-month"), ""),
            (frame.t("aide-timing-won"), "num"),
            (frame.t("aide-timing-law-source"), ""),
            (frame.t("aide-timing-checked"), ""),
        ],
        rows: rows.collect(),
    }
}

/// The curve as a table to take along.
pub(in super::super) fn export(frame: &Frame, found: &Delay) -> Export {
    let name = |part: &str, end: &str| format!("{} · {}", frame.t(part), frame.t(end));
    let (waiting, cost) = ("aide-timing-chart-not-received", "aide-timing-chart-cost");
    let (low, mid, high) = ("aide-timing-low", "aide-timing-mid", "aide-timing-high");
    let columns = vec![
        ("month", frame.t("aide-timing-month")),
        ("persons", frame.t("aide-timing-persons")),
        ("not_received_low", name(waiting, low)),
        ("not_received", name(waiting, mid)),
        ("not_received_high", name(waiting, high)),
        ("cost_low", name(cost, low)),
        ("cost", name(cost, mid)),
        ("cost_high", name(cost, high)),
    ];
    let mut table = Export::new("timing", columns);
    for it in &found.months {
        table.push([
            it.month.to_string().into(),
            it.persons.mid.into(),
            it.not_received.low.into(),
            it.not_received.mid.into(),
            it.not_received.high.into(),
            it.cost.low.into(),
            it.cost.mid.into(),
            it.cost.high.into(),
        ]);
    }
    table
}
