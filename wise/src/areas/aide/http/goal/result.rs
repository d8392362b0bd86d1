//! What a goal needs: the answer, what can be had for what, and the settings behind it.

use axum::response::Response;
use jiff::civil::Date;
use serde_json::Value;
use web::charts::{About, Chart, Sheet, Spot, front};
use web::export::Export;
use web::{Frame, respond};

use super::super::figures::{change, sum};
use super::super::finding::{said, say};
use super::super::reform::{parameter, unit};
use super::{parameter_name, place};
use crate::app::App;
use crate::areas::aide::goals::{Findings, Lever, Point, Question, Reach, outcome_text};
use crate::areas::aide::pages::RunHead;
use crate::areas::aide::pages::briefing::Argument;
use crate::areas::aide::pages::finding::FindingPage;
use crate::areas::aide::said::{Piece, Said};

pub(in super::super) fn result(
    app: &App,
    frame: Frame,
    head: RunHead,
    (goal, on): (&Question, Date),
    found: &Findings,
) -> Response {
    let (tone, key) = match found.reach {
        Reach::Already => ("info", "aide-goal-verdict-already"),
        Reach::Reached { .. } => ("good", "aide-goal-verdict-reached"),
        Reach::NotReachable { .. } => ("warn", "aide-goal-verdict-not-reachable"),
        Reach::NotFound { .. } => ("warn", "aide-goal-verdict-not-found"),
        Reach::NothingAffordable { .. } => ("warn", "aide-goal-verdict-unaffordable"),
    };
    respond(&FindingPage {
        tone,
        verdict: frame.t(key),
        said: sentences(&frame, found),
        tiles: tiles(&frame, goal, found),
        charts: vec![trade_off(&frame, goal, found, "")],
        sheets: sheets(app, &frame, goal, found),
        asked: asked(app, &frame, goal, on),
        side_effects: Vec::new(),
        note: match found.left_out {
            0 => String::new(),
            count => frame.t1("aide-goal-left-out", "count", count),
        },
        assumptions: said(&frame, &found.assumptions),
        head,
        frame,
    })
}

/// An option of a briefing.
pub(in super::super) fn option(
    app: &App,
    frame: &Frame,
    (goal, on): (&Question, Date),
    found: &Findings,
    prefix: &str,
) -> Argument {
    let figures = tiles(frame, goal, found);
    let sources = goal.levers.iter().filter_map(|lever| {
        let (_, declared) = parameter(app, &key(lever))?;
        let name = parameter_name(app, frame, &key(lever));
        Some(format!("{name}: {}", declared.on(on)?.source))
    });
    Argument {
        figures: figures
            .into_iter()
            .map(|(value, label)| (label, value))
            .collect(),
        changes: asked(app, frame, goal, on),
        said: sentences(frame, found),
        charts: vec![trade_off(frame, goal, found, prefix)],
        would_change: said(frame, &found.assumptions),
        sources: sources.collect(),
    }
}

/// What the figures say, a sentence each: sums of money in words.
fn sentences(frame: &Frame, found: &Findings) -> Vec<String> {
    found
        .sentences
        .iter()
        .map(|it| say(frame, &in_words(frame, it)))
        .collect()
}

fn in_words(frame: &Frame, said: &Said) -> Said {
    // Fewer than five are not counted: somebody might be known by it.
    if said.key == "aide-goal-losers" && matches!(said.args.get("losers"), Some(Piece::Number(..5)))
    {
        return Said::new("aide-goal-few-lose");
    }
    let mut said = said.clone();
    for name in ["cost", "budget", "more"] {
        if let Some(Piece::Number(won)) = said.args.get(name) {
            let text = match name {
                "cost" => change(frame, *won),
                _ => sum(frame, *won),
            };
            said.args.insert(name.to_owned(), Piece::Text(text));
        }
    }
    said
}

/// The setting that the answer is about.
fn chosen(found: &Findings) -> Option<&Point> {
    match &found.reach {
        Reach::Already => None,
        Reach::Reached { point } => Some(point),
        Reach::NotReachable { nearest } | Reach::NotFound { nearest } => Some(nearest),
        Reach::NothingAffordable { cheapest } => cheapest.as_ref(),
    }
}

fn tiles(frame: &Frame, goal: &Question, found: &Findings) -> Vec<(String, String)> {
    let text = |millionths| outcome_text(goal.target.indicator, millionths);
    let mut tiles = vec![
        (text(goal.target.at_most), frame.t("aide-goal-tile-target")),
        (text(found.now.outcome), frame.t("aide-goal-tile-now")),
    ];
    if let Some(point) = chosen(found) {
        let it = &point.consequence;
        tiles.push((text(it.outcome), frame.t("aide-goal-tile-then")));
        tiles.push((change(frame, it.cost_won), frame.t("aide-tile-cost")));
    }
    tiles
}

fn asked(app: &App, frame: &Frame, goal: &Question, on: Date) -> Vec<(String, String)> {
    let mut lines = vec![
        (
            frame.t("aide-goal-indicator"),
            frame.t(goal.target.indicator.key()),
        ),
        (
            frame.t("aide-goal-district"),
            place(app, frame, &goal.target),
        ),
        (
            frame.t("aide-goal-target"),
            outcome_text(goal.target.indicator, goal.target.at_most),
        ),
        (frame.t("aide-goal-budget"), sum(frame, goal.budget_won)),
        (frame.t("aide-reform-from"), frame.date(&on)),
    ];
    lines.extend(goal.levers.iter().map(|it| {
        let range = frame.say(
            "aide-goal-moves",
            &[
                ("now", value(app, frame, it, it.now).into()),
                ("low", value(app, frame, it, it.low).into()),
                ("high", value(app, frame, it, it.high).into()),
                ("step", value(app, frame, it, it.step).into()),
            ],
        );
        (parameter_name(app, frame, &key(it)), range)
    }));
    lines
}

fn key(lever: &Lever) -> String {
    let benefit = lever.benefit.as_deref().unwrap_or_default();
    format!("{benefit}/{}", lever.parameter)
}

/// A value of a lever with its unit.
fn value(app: &App, frame: &Frame, lever: &Lever, value: i64) -> String {
    let number = base::thousands(value);
    match parameter(app, &key(lever)) {
        Some((_, it)) => format!("{number} {}", unit(frame, it.unit))
            .trim_end()
            .to_owned(),
        None => number,
    }
}

/// Cost across, the outcome up: everything that was worked out, and the front as a line.
fn trade_off(frame: &Frame, goal: &Question, found: &Findings, prefix: &str) -> Chart {
    let indicator = goal.target.indicator;
    let name = |point: &Point| match chosen(found) {
        Some(it) if it == point => frame.t("aide-goal-this"),
        _ => String::new(),
    };
    let mut spots: Vec<Spot> = found
        .asked
        .iter()
        .map(|(cost, outcome)| Spot {
            across: *cost as f64,
            up: *outcome as f64,
            ..Spot::default()
        })
        .collect();
    spots.extend(plain_front(&found.front).into_iter().map(|it| Spot {
        across: it.consequence.cost_won as f64,
        up: it.consequence.outcome as f64,
        label: name(it),
        is_front: true,
    }));
    let title = frame.t("aide-goal-trade-off");
    let up = frame.t(indicator.key());
    let svg = front(
        About {
            id: &format!("{prefix}front"),
            title: &title,
            description: &frame.t("aide-goal-trade-off-about"),
        },
        (&frame.t("aide-tile-cost"), &up),
        (
            |won: f64| sum(frame, won as i64),
            |millionths: f64| outcome_text(indicator, millionths as i64),
        ),
        &spots,
    );
    let rows = found
        .asked
        .iter()
        .map(|(cost, outcome)| vec![change(frame, *cost), outcome_text(indicator, *outcome)]);
    Chart {
        svg,
        sheet: Sheet {
            heads: vec![(frame.t("aide-tile-cost"), "num"), (up, "num")],
            rows: rows.take(200).collect(),
            title,
        },
    }
}

/// The points that nothing beats in cost and outcome alone; the others are on the front for having fewer losers.
fn plain_front(front: &[Point]) -> Vec<&Point> {
    let mut least = i64::MAX;
    let mut plain = Vec::new();
    for point in front {
        if point.consequence.outcome < least {
            least = point.consequence.outcome;
            plain.push(point);
        }
    }
    plain
}

fn sheets(app: &App, frame: &Frame, goal: &Question, found: &Findings) -> Vec<Sheet> {
    let mut all = Vec::new();
    if let Some(point) = chosen(found) {
        let rows = goal.levers.iter().zip(&point.setting).map(|(lever, now)| {
            vec![
                parameter_name(app, frame, &key(lever)),
                value(app, frame, lever, lever.now),
                value(app, frame, lever, *now),
            ]
        });
        all.push(Sheet {
            title: frame.t("aide-goal-setting"),
            heads: vec![
                (frame.t("aide-part"), ""),
                (frame.t("aide-before"), "num"),
                (frame.t("aide-after"), "num"),
            ],
            rows: rows.collect(),
        });
    }
    if !found.front.is_empty() {
        all.push(choices(app, frame, goal, found));
    }
    all
}

/// The front: every choice with its price for one more point of the outcome.
fn choices(app: &App, frame: &Frame, goal: &Question, found: &Findings) -> Sheet {
    let mut heads = vec![
        (frame.t("aide-tile-cost"), "num"),
        (frame.t(goal.target.indicator.key()), "num"),
        (frame.t("aide-losers"), "num"),
        (frame.t("aide-goal-kept"), ""),
    ];
    heads.extend(
        goal.levers
            .iter()
            .map(|it| (parameter_name(app, frame, &key(it)), "num")),
    );
    let rows = found.front.iter().map(|point| {
        let it = &point.consequence;
        let kept = match it.outcome <= goal.target.at_most {
            true => "aide-goal-yes",
            false => "aide-goal-no",
        };
        let mut row = vec![
            change(frame, it.cost_won),
            outcome_text(goal.target.indicator, it.outcome),
            few(frame, it.losers),
            frame.t(kept),
        ];
        let values = goal.levers.iter().zip(&point.setting);
        row.extend(values.map(|(lever, at)| value(app, frame, lever, *at)));
        row
    });
    Sheet {
        title: frame.t("aide-goal-choices"),
        rows: rows.collect(),
        heads,
    }
}

/// Fewer than five losers are not counted: somebody might be known by it.
fn few(frame: &Frame, persons: i64) -> String {
    match persons {
        1..=4 => frame.t("aide-hidden"),
        _ => web::format::number(persons),
    }
}

/// The front as a table to take along.
pub(in super::super) fn export(frame: &Frame, goal: &Question, found: &Findings) -> Export {
    let columns = vec![
        ("cost_won_a_year", frame.t("aide-tile-cost")),
        ("outcome_millionths", frame.t(goal.target.indicator.key())),
        ("losers", frame.t("aide-losers")),
        ("reaches_goal", frame.t("aide-goal-kept")),
        ("setting", frame.t("aide-goal-setting")),
    ];
    let mut table = Export::new("goal", columns);
    let now = (&found.now, goal.levers.iter().map(|it| it.now).collect());
    let front = found
        .front
        .iter()
        .map(|it| (&it.consequence, it.setting.clone()));
    for (it, setting) in std::iter::once(now).chain(front) {
        let setting: Vec<String> = goal
            .levers
            .iter()
            .zip(&setting)
            .map(|(lever, value)| format!("{} {value}", key(lever)))
            .collect();
        let losers = match it.losers {
            1..=4 => Value::Null,
            count => count.into(),
        };
        table.push([
            it.cost_won.into(),
            it.outcome.into(),
            losers,
            (it.outcome <= goal.target.at_most).into(),
            setting.join("; ").into(),
        ]);
    }
    table
}
