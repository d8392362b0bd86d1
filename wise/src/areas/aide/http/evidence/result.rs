//! What the methods say of a past policy: verdict, pictures, tables and what was refused.

use axum::response::Response;
use web::charts::{About, Chart, Course, Sheet, Span, courses, spans};
use web::export::Export;
use web::{Frame, respond};

use super::super::finding::{said, say, text_value};
use crate::areas::aide::evidence::{Effect, Evidence, Told, Verdict};
use crate::areas::aide::pages::RunHead;
use crate::areas::aide::pages::briefing::Argument;
use crate::areas::aide::pages::finding::FindingPage;
use crate::areas::aide::said::decimal;

pub(in super::super) fn result(frame: Frame, head: RunHead, found: &Evidence) -> Response {
    let (tone, key) = match found.verdict {
        Verdict::Clear => ("good", "aide-verdict-clear"),
        Verdict::OnlyOne => ("info", "aide-verdict-only-one"),
        Verdict::Uncertain => ("warn", "aide-verdict-uncertain"),
        Verdict::Split => ("warn", "aide-verdict-split"),
        Verdict::Refused => ("warn", "aide-verdict-refused"),
    };
    respond(&FindingPage {
        tone,
        verdict: frame.t(key),
        said: said(&frame, &found.sentences),
        tiles: tiles(&frame, found),
        charts: charts(&frame, found, ""),
        sheets: sheets(&frame, found),
        asked: asked(&frame, found),
        side_effects: Vec::new(),
        note: frame.t("aide-way-about"),
        assumptions: said(&frame, &found.assumptions),
        head,
        frame,
    })
}

/// An option of a briefing.
pub(in super::super) fn option(frame: &Frame, found: &Evidence, prefix: &str) -> Argument {
    let figures = found.ways.iter().map(|told| {
        let value = match told.effect() {
            Some(effect) => format!("{} ({})", effect.effect, interval(effect)),
            None => frame.t("aide-verdict-refused"),
        };
        (frame.t(told.way().key()), value)
    });
    Argument {
        figures: figures.collect(),
        changes: asked(frame, found),
        said: said(frame, &found.sentences),
        charts: charts(frame, found, prefix),
        would_change: said(frame, &found.assumptions),
        sources: vec![found.source.clone()],
    }
}

/// Nothing where every method refuses.
fn charts(frame: &Frame, found: &Evidence, prefix: &str) -> Vec<Chart> {
    if found.ways.iter().all(|it| it.effect().is_none()) {
        return Vec::new();
    }
    vec![
        over_time(frame, found, prefix),
        by_way(frame, found, prefix),
    ]
}

fn interval(effect: &Effect) -> String {
    format!("{} ~ {}", effect.low, effect.high)
}

fn tiles(frame: &Frame, found: &Evidence) -> Vec<(String, String)> {
    let told = found.ways.iter().map(|told| {
        let value = match told.effect() {
            Some(effect) => effect.effect.clone(),
            None => "–".to_owned(),
        };
        (value, frame.t(told.way().key()))
    });
    told.collect()
}

fn asked(frame: &Frame, found: &Evidence) -> Vec<(String, String)> {
    let line = |key: &str, value: String| (frame.t(key), value);
    let places = |all: &[String]| {
        let count = frame.t1("aide-evidence-count", "count", all.len());
        let named: Vec<&str> = all.iter().take(8).map(String::as_str).collect();
        let more = if all.len() > named.len() { ", …" } else { "" };
        format!("{count}: {}{more}", named.join(", "))
    };
    vec![
        line("aide-evidence-measure", found.measure.clone()),
        line("aide-evidence-outcome", found.outcome.clone()),
        line("aide-evidence-source", found.source.clone()),
        line("aide-evidence-began", found.began.clone()),
        line(
            "aide-evidence-before",
            frame.t1("aide-evidence-times", "count", found.pre_periods),
        ),
        line("aide-evidence-treated", places(&found.treated)),
        line("aide-evidence-controls", places(&found.controls)),
    ]
}

/// What was, and what each method says would have been.
fn over_time(frame: &Frame, found: &Evidence, prefix: &str) -> Chart {
    let course = |name: String, texts: &[String]| Course {
        name,
        values: texts.iter().map(|it| text_value(it)).collect(),
    };
    let mut all = vec![course(frame.t("aide-evidence-was"), &found.was)];
    let told = found
        .ways
        .iter()
        .filter_map(|it| Some((it.way(), it.effect()?)));
    all.extend(told.map(|(way, effect)| course(frame.t(way.key()), &effect.would_have_been)));
    let title = frame.t("aide-evidence-courses");
    let svg = courses(
        About {
            id: &format!("{prefix}courses"),
            title: &title,
            description: &frame.t("aide-evidence-courses-about"),
        },
        |value| decimal(value, 1),
        &found.times,
        (found.pre_periods, &frame.t("aide-evidence-begins")),
        &all,
    );
    let mut heads = vec![(frame.t("aide-evidence-time"), "")];
    heads.extend(all.iter().map(|it| (it.name.clone(), "num")));
    let rows = found.times.iter().enumerate().map(|(at, time)| {
        let mut row = vec![time.clone(), found.was[at].clone()];
        let told = found.ways.iter().filter_map(Told::effect);
        row.extend(told.map(|it| it.would_have_been[at].clone()));
        row
    });
    Chart {
        svg,
        sheet: Sheet {
            heads,
            rows: rows.collect(),
            title,
        },
    }
}

/// Effects with their intervals, side by side.
fn by_way(frame: &Frame, found: &Evidence, prefix: &str) -> Chart {
    let row = |told: &Told| {
        let label = frame.t(told.way().key());
        match told.effect() {
            Some(effect) => Span {
                label,
                note: effect.effect.clone(),
                low: text_value(&effect.low),
                middle: text_value(&effect.effect),
                high: text_value(&effect.high),
            },
            None => Span {
                label,
                note: frame.t("aide-verdict-refused"),
                low: f64::NAN,
                middle: f64::NAN,
                high: f64::NAN,
            },
        }
    };
    let rows: Vec<Span> = found.ways.iter().map(row).collect();
    let title = frame.t("aide-evidence-spans");
    let svg = spans(
        About {
            id: &format!("{prefix}spans"),
            title: &title,
            description: &frame.t("aide-evidence-spans-about"),
        },
        |value| decimal(value, 1),
        &rows,
    );
    let heads = [
        "aide-evidence-way",
        "aide-evidence-effect",
        "aide-evidence-interval",
    ];
    let cells = found.ways.iter().map(|told| {
        let (effect, reach) = told.effect().map_or_else(
            || (frame.t("aide-verdict-refused"), "–".to_owned()),
            |it| (it.effect.clone(), interval(it)),
        );
        vec![frame.t(told.way().key()), effect, reach]
    });
    Chart {
        svg,
        sheet: Sheet {
            heads: numbered(frame, &heads),
            rows: cells.collect(),
            title,
        },
    }
}

/// The first column names, the others count.
fn numbered(frame: &Frame, keys: &[&str]) -> Vec<(String, &'static str)> {
    let keys = keys.iter().enumerate();
    keys.map(|(place, key)| (frame.t(key), if place == 0 { "" } else { "num" }))
        .collect()
}

fn sheets(frame: &Frame, found: &Evidence) -> Vec<Sheet> {
    let mut all = Vec::new();
    let told: Vec<(String, &Effect)> = found
        .ways
        .iter()
        .filter_map(|it| Some((frame.t(it.way().key()), it.effect()?)))
        .collect();
    if !told.is_empty() {
        all.push(strength(frame, &told));
        all.push(weights(frame, &told));
    }
    let refused = found.ways.iter().filter_map(|told| match told {
        Told::Refused { way, why } => Some(vec![frame.t(way.key()), say(frame, why)]),
        Told::Effect { .. } => None,
    });
    let rows: Vec<Vec<String>> = refused.collect();
    if !rows.is_empty() {
        all.push(Sheet {
            title: frame.t("aide-evidence-why-not"),
            heads: vec![
                (frame.t("aide-evidence-way"), ""),
                (frame.t("aide-evidence-why-not"), ""),
            ],
            rows,
        });
    }
    all
}

/// How sure each method is, and how well it described the time before.
fn strength(frame: &Frame, told: &[(String, &Effect)]) -> Sheet {
    let heads = [
        "aide-evidence-way",
        "aide-evidence-effect",
        "aide-evidence-interval",
        "aide-evidence-p",
        "aide-evidence-p-ratio",
        "aide-evidence-placebos",
        "aide-evidence-misses",
        "aide-evidence-ratio",
        "aide-evidence-backdated",
    ];
    let rows = told.iter().map(|(name, it)| {
        let key = match it.all_placebos {
            true => "aide-evidence-all-of",
            false => "aide-evidence-some-of",
        };
        vec![
            name.clone(),
            it.effect.clone(),
            interval(it),
            it.p_value.clone(),
            it.p_value_by_ratio.clone(),
            frame.t1(key, "count", it.placebos),
            it.misses_by.clone(),
            it.fit_ratio.clone(),
            it.backdated.as_ref().map_or_else(
                || "–".to_owned(),
                |it| format!("{}: {} ({} ~ {})", it.began, it.effect, it.low, it.high),
            ),
        ]
    });
    Sheet {
        title: frame.t("aide-evidence-told"),
        heads: numbered(frame, &heads),
        rows: rows.collect(),
    }
}

/// Which places each method compares with.
fn weights(frame: &Frame, told: &[(String, &Effect)]) -> Sheet {
    let list = |all: &[(String, String)]| {
        let named = all
            .iter()
            .take(12)
            .map(|(name, weight)| format!("{name} {weight}"));
        let named: Vec<String> = named.collect();
        match all.len() {
            0 => "–".to_owned(),
            count if count > named.len() => format!("{}, …", named.join(", ")),
            _ => named.join(", "),
        }
    };
    let rows = told
        .iter()
        .map(|(name, it)| vec![name.clone(), list(&it.weights), list(&it.time_weights)]);
    Sheet {
        title: frame.t("aide-evidence-weights"),
        heads: vec![
            (frame.t("aide-evidence-way"), ""),
            (frame.t("aide-evidence-weights"), ""),
            (frame.t("aide-evidence-time-weights"), ""),
        ],
        rows: rows.collect(),
    }
}

/// All of it as one table: what each row tells, of which method, about what.
pub(in super::super) fn export(frame: &Frame, found: &Evidence) -> Export {
    let columns = vec![
        ("part", frame.t("aide-part")),
        ("method", frame.t("aide-evidence-way")),
        ("name", frame.t("aide-evidence-unit")),
        ("value", frame.t("aide-evidence-effect")),
        ("low", frame.t("aide-evidence-low")),
        ("high", frame.t("aide-evidence-high")),
        ("p_value", frame.t("aide-evidence-p")),
        ("note", frame.t("aide-evidence-why-not")),
    ];
    let mut table = Export::new("evidence", columns);
    let mut push = |cells: [String; 8]| table.push(cells.map(cell));
    let none = String::new;
    for (time, was) in found.times.iter().zip(&found.was) {
        push([
            "was".into(),
            none(),
            time.clone(),
            was.clone(),
            none(),
            none(),
            none(),
            none(),
        ]);
    }
    for told in &found.ways {
        let way = frame.t(told.way().key());
        let effect = match told {
            Told::Refused { why, .. } => {
                let why = say(frame, why);
                push([
                    "refused".into(),
                    way,
                    none(),
                    none(),
                    none(),
                    none(),
                    none(),
                    why,
                ]);
                continue;
            }
            Told::Effect { effect, .. } => effect,
        };
        push([
            "effect".into(),
            way.clone(),
            none(),
            effect.effect.clone(),
            effect.low.clone(),
            effect.high.clone(),
            effect.p_value.clone(),
            none(),
        ]);
        let series = [
            (
                "would_have_been",
                pairs(&found.times, &effect.would_have_been),
            ),
            (
                "effect_at",
                pairs(&found.times[found.pre_periods..], &effect.by_time),
            ),
            ("weight", effect.weights.clone()),
            ("time_weight", effect.time_weights.clone()),
        ];
        for (part, rows) in series {
            for (name, value) in rows {
                push([
                    part.into(),
                    way.clone(),
                    name,
                    value,
                    none(),
                    none(),
                    none(),
                    none(),
                ]);
            }
        }
    }
    table
}

fn pairs(names: &[String], values: &[String]) -> Vec<(String, String)> {
    names.iter().cloned().zip(values.iter().cloned()).collect()
}

/// A number where it is one, so that spreadsheets reckon with it.
fn cell(text: String) -> serde_json::Value {
    match text.parse::<serde_json::Number>() {
        Ok(number) => number.into(),
        Err(_) if text.is_empty() => serde_json::Value::Null,
        Err(_) => text.into(),
    }
}
