//! What a measure costs and brings, beside others in the same form.

use axum::response::Response;
use serde_json::Value;
use web::charts::{self, Chart, Figure, Pair, Sheet, Span, spans};
use web::export::Export;
use web::{Frame, respond};

use super::super::figures::{persons, sum, whole};
use super::super::finding::{said, say, text_value};
use super::{Typed, fields};
use crate::areas::aide::measures::facility::Reach;
use crate::areas::aide::measures::{Asked, Effect, Found};
use crate::areas::aide::pages::RunHead;
use crate::areas::aide::pages::briefing::Argument;
use crate::areas::aide::pages::finding::FindingPage;
use crate::areas::aide::said::decimal;

type Question<'a> = (&'a Typed, &'a Asked);

pub(in super::super) fn result(
    frame: Frame,
    head: RunHead,
    (typed, asked): Question<'_>,
    found: &Found,
) -> Response {
    let measure = found.measure();
    let mut told = said(&frame, &measure.sentences).into_iter();
    respond(&FindingPage {
        tone: "info",
        verdict: told.next().unwrap_or_default(),
        said: told.collect(),
        tiles: tiles(&frame, found),
        charts: charts(&frame, found, ""),
        side_effects: said(&frame, &measure.side_effects),
        sheets: visits(&frame, asked, found),
        asked: lines(&frame, typed, asked),
        note: say(&frame, &measure.because),
        assumptions: std::iter::once(say(&frame, &measure.effect.source))
            .chain(said(&frame, &measure.assumptions))
            .collect(),
        head,
        frame,
    })
}

/// An option of a briefing.
pub(in super::super) fn option(
    frame: &Frame,
    (typed, asked): Question<'_>,
    found: &Found,
    prefix: &str,
) -> Argument {
    let measure = found.measure();
    let figures = tiles(frame, found).into_iter();
    let told = measure.sentences.iter().chain(&measure.side_effects);
    Argument {
        figures: figures.map(|(value, label)| (label, value)).collect(),
        changes: lines(frame, typed, asked),
        said: told.map(|it| say(frame, it)).collect(),
        charts: charts(frame, found, prefix),
        would_change: said(frame, &measure.assumptions),
        sources: vec![say(frame, &measure.effect.source)],
    }
}

/// What it brings, what it costs, and when it can begin.
fn tiles(frame: &Frame, found: &Found) -> Vec<(String, String)> {
    let measure = found.measure();
    let tile = |value, key| (value, frame.t(key));
    vec![
        tile(interval(&measure.effect), &measure.effect.of),
        tile(
            sum(frame, measure.cost_once_won),
            "aide-measure-field-cost-once",
        ),
        tile(
            sum(frame, measure.cost_a_year_won),
            "aide-measure-field-cost-a-year",
        ),
        tile(frame.date(&measure.earliest), "aide-measure-earliest"),
    ]
}

fn interval(effect: &Effect) -> String {
    match effect.low == effect.high {
        true => effect.mid.clone(),
        false => format!("{} ({} ~ {})", effect.mid, effect.low, effect.high),
    }
}

/// What was asked, in the order of the form.
fn lines(frame: &Frame, typed: &Typed, asked: &Asked) -> Vec<(String, String)> {
    let rows = fields::of(asked.kind()).map(|name| {
        let row = fields::row(frame, name, typed, &web::FormErrors::default());
        let chosen = row.options.iter().find(|(value, _)| *value == row.value);
        let value = match chosen {
            Some((_, label)) => label.clone(),
            None if row.value.ends_with(&row.unit) => row.value,
            None => format!("{} {}", row.value, row.unit).trim().to_owned(),
        };
        (row.label, value)
    });
    rows.collect()
}

fn charts(frame: &Frame, found: &Found, prefix: &str) -> Vec<Chart> {
    if let Found::Siting(it) = found {
        let before = it.before.as_ref();
        return vec![districts(frame, before, &it.after, prefix)];
    }
    let effect = &found.measure().effect;
    let [low, middle, high] = [&effect.low, &effect.mid, &effect.high].map(|it| text_value(it));
    // An endless queue has no place on a scale.
    if !(low + middle + high).is_finite() {
        return Vec::new();
    }
    let label = frame.t(&effect.of);
    let span = Span {
        label: label.clone(),
        note: interval(effect),
        low,
        middle,
        high,
    };
    let title = frame.t("aide-measure-chart");
    let about = charts::About {
        id: &format!("{prefix}effect"),
        title: &title,
        description: &frame.t("aide-measure-chart-about"),
    };
    let heads = [
        ("aide-part", ""),
        ("aide-timing-low", "num"),
        ("aide-timing-mid", "num"),
        ("aide-timing-high", "num"),
    ];
    let row = [&label, &effect.low, &effect.mid, &effect.high].map(Clone::clone);
    vec![Chart {
        svg: spans(about, |value| value.to_string(), &[span]),
        sheet: Sheet {
            heads: heads.map(|(key, class)| (frame.t(key), class)).to_vec(),
            rows: vec![row.into()],
            title,
        },
    }]
}

/// Those within reach in each district, before and after.
fn districts(frame: &Frame, before: Option<&Reach>, after: &Reach, prefix: &str) -> Chart {
    let figure = |covered: u64| Figure {
        value: covered as f64,
        text: persons(frame, covered),
    };
    let was = |name: &str| before.and_then(|it| it.districts.iter().find(|it| it.0 == name));
    let rows: Vec<Pair> = after
        .districts
        .iter()
        .map(|(name, _, covered, _)| Pair {
            label: name.clone(),
            before: figure(was(name).map_or(0, |it| it.2)),
            after: figure(*covered),
        })
        .collect();
    let title = frame.t("aide-facility-chart");
    let (now, then) = (frame.t("aide-measure-now"), frame.t("aide-measure-then"));
    let svg = charts::pairs(
        charts::About {
            id: &format!("{prefix}districts"),
            title: &title,
            description: &frame.t("aide-measure-chart-about"),
        },
        (&now, &then),
        &rows,
    );
    let table = after.districts.iter().map(|(name, all, covered, mean)| {
        let own = was(name);
        let metres = |it: Option<u64>| it.map_or_else(|| "–".to_owned(), whole);
        vec![
            name.clone(),
            persons(frame, *all),
            persons(frame, own.map_or(0, |it| it.2)),
            persons(frame, *covered),
            metres(own.map(|it| it.3)),
            metres(Some(*mean)),
        ]
    });
    let heads = [
        ("aide-facility-district", ""),
        ("aide-facility-persons", "num"),
        ("aide-facility-covered-now", "num"),
        ("aide-facility-covered-then", "num"),
        ("aide-facility-mean-now", "num"),
        ("aide-facility-mean-then", "num"),
    ];
    Chart {
        svg,
        sheet: Sheet {
            heads: heads.map(|(key, class)| (frame.t(key), class)).to_vec(),
            rows: table.collect(),
            title,
        },
    }
}

/// How often which stop is visited.
fn visits(frame: &Frame, asked: &Asked, found: &Found) -> Vec<Sheet> {
    let (Asked::Visits(asked), Found::Visits(plan)) = (asked, found) else {
        return Vec::new();
    };
    let rows = asked.stops.iter().zip(&plan.visits).map(|(stop, visits)| {
        vec![
            stop.name.clone(),
            decimal(stop.risk_milli as f64 / 1_000.0, 1),
            stop.minutes.to_string(),
            visits.to_string(),
        ]
    });
    let heads = [
        ("aide-visits-stop-name", ""),
        ("aide-visits-stop-risk", "num"),
        ("aide-visits-stop-minutes", "num"),
        ("aide-visits-stop-visits", "num"),
    ];
    vec![Sheet {
        title: frame.t("aide-visits-plan-title"),
        heads: heads.map(|(key, class)| (frame.t(key), class)).to_vec(),
        rows: rows.collect(),
    }]
}

/// The figures as a table to take along.
pub(in super::super) fn export(frame: &Frame, asked: &Asked, found: &Found) -> Export {
    let columns = vec![
        ("part", frame.t("aide-part")),
        ("of", frame.t("aide-measure-of")),
        ("low", frame.t("aide-timing-low")),
        ("mid", frame.t("aide-timing-mid")),
        ("high", frame.t("aide-timing-high")),
    ];
    let mut table = Export::new("measure", columns);
    let measure = found.measure();
    let mut push = |part: &str, of: &str, [low, mid, high]: [Value; 3]| {
        table.push([part.into(), of.into(), low, mid, high]);
    };
    let one = |value: Value| [Value::Null, value, Value::Null];
    let effect = &measure.effect;
    let number = |text: &String| match text.parse::<serde_json::Number>() {
        Ok(number) => Value::from(number),
        Err(_) => Value::from(text.as_str()),
    };
    let band = [&effect.low, &effect.mid, &effect.high].map(number);
    push("effect", &frame.t(&effect.of), band);
    push("cost_once_won", "", one(measure.cost_once_won.into()));
    push("cost_a_year_won", "", one(measure.cost_a_year_won.into()));
    push("earliest", "", one(measure.earliest.to_string().into()));
    if let (Asked::Visits(asked), Found::Visits(plan)) = (asked, found) {
        for (stop, visits) in asked.stops.iter().zip(&plan.visits) {
            push("visits", &stop.name, one((*visits).into()));
        }
    }
    if let Found::Siting(it) = found {
        for name in &it.sites {
            push("site", name, one(Value::Null));
        }
        let ways = it.before.iter().map(|reach| ("before", reach));
        for (when, reach) in ways.chain([("after", &it.after)]) {
            for (name, all, covered, mean) in &reach.districts {
                push(&format!("persons_{when}"), name, one((*all).into()));
                push(&format!("covered_{when}"), name, one((*covered).into()));
                push(&format!("mean_m_{when}"), name, one((*mean).into()));
            }
        }
    }
    table
}
