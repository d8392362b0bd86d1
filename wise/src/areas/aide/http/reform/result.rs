//! What a reform would do: sentences, pictures and tables, made of the run's figures by rules alone.

use axum::response::Response;
use jiff::civil::Date;
use serde_json::Value;
use web::charts::{About, Chart, Figure, Pair, Sheet, Side, pairs, sides};
use web::export::Export;
use web::{Frame, respond};

use super::super::figures::{Told, change, groups, index, percent, persons, sum, whole};
use super::{label, parameter, unit, value_text, whose};
use crate::app::App;
use crate::areas::aide::pages::RunHead;
use crate::areas::aide::pages::briefing::Argument;
use crate::areas::aide::pages::reform::ReformPage;
use crate::areas::aide::reform::{BenefitEffect, By, Effects, Reform};
use crate::country::words;

/// As many groups make a picture that can be read.
const MOST_DRAWN: usize = 12;
const ALL: [By; 4] = [By::Decile, By::HouseholdType, By::Age, By::District];

pub(in super::super) fn result(
    app: &App,
    frame: Frame,
    head: RunHead,
    (reform, on): (&Reform, Date),
    effects: &Effects,
) -> Response {
    let mut charts = vec![costs(app, &frame, effects)];
    charts.extend(ALL.map(|by| balance(app, &frame, effects, by, "")));
    charts.extend(poverty(&frame, effects));
    respond(&ReformPage {
        changes: changes(app, &frame, reform, on),
        tiles: tiles(&frame, effects),
        said: sentences(app, &frame, effects),
        sheets: vec![benefits(app, &frame, effects)],
        assumptions: effects.assumptions.iter().map(|key| frame.t(key)).collect(),
        charts,
        head,
        frame,
    })
}

/// An option of a briefing.
pub(in super::super) fn option(
    app: &App,
    frame: &Frame,
    (reform, on): (&Reform, Date),
    effects: &Effects,
    prefix: &str,
) -> Argument {
    let (before, after) = cost(effects);
    let mut figures = tiles(frame, effects);
    figures.insert(0, (sum(frame, after), frame.t("aide-won-after")));
    figures.insert(0, (sum(frame, before), frame.t("aide-won-before")));
    if let Some((_, none, all)) = range(effects) {
        let text = format!("{} ~ {}", change(frame, none), change(frame, all));
        figures.push((text, frame.t("aide-cost-range")));
    }
    let by = [By::Decile, By::HouseholdType];
    let sources = reform.changes.iter().filter_map(|it| {
        let key = format!(
            "{}/{}",
            it.benefit.as_deref().unwrap_or_default(),
            it.parameter
        );
        let (benefit, declared) = parameter(app, &key)?;
        let value = declared.on(on)?;
        let name = format!(
            "{} · {}",
            whose(app, frame, benefit),
            label(frame, &declared.label)
        );
        Some(format!("{name}: {}", value.source))
    });
    Argument {
        figures: figures
            .into_iter()
            .map(|(value, label)| (label, value))
            .collect(),
        changes: changes(app, frame, reform, on),
        said: sentences(app, frame, effects),
        charts: by
            .map(|by| balance(app, frame, effects, by, prefix))
            .to_vec(),
        would_change: effects.assumptions.iter().map(|key| frame.t(key)).collect(),
        sources: sources.collect(),
    }
}

/// What is changed: the value in force on the day, and the new one.
fn changes(app: &App, frame: &Frame, reform: &Reform, on: Date) -> Vec<(String, String)> {
    let mut lines = vec![(frame.t("aide-reform-from"), frame.date(&on))];
    for it in &reform.changes {
        let key = format!(
            "{}/{}",
            it.benefit.as_deref().unwrap_or_default(),
            it.parameter
        );
        let new: Vec<String> = it.values.iter().map(|it| base::thousands(*it)).collect();
        let Some((benefit, declared)) = parameter(app, &key) else {
            lines.push((key, new.join(" ")));
            continue;
        };
        let old = declared
            .on(on)
            .map(|it| value_text(frame, declared, &it.value));
        let name = format!(
            "{} · {}",
            whose(app, frame, benefit),
            label(frame, &declared.label)
        );
        let values = format!(
            "{} → {} {}",
            old.unwrap_or_default(),
            new.join(" "),
            unit(frame, declared.unit)
        );
        lines.push((name, values));
    }
    let files = reform.files.keys();
    lines.extend(files.map(|path| (path.clone(), frame.t("aide-whole-text"))));
    lines
}

/// Won in a year before and after.
fn cost(effects: &Effects) -> (i64, i64) {
    let before = effects.benefits.iter().map(|it| it.won_a_year_before);
    let after = effects.benefits.iter().map(|it| it.won_a_year_after);
    (before.sum(), after.sum())
}

/// Winners, losers and unchanged persons.
fn balance_of_all(effects: &Effects) -> (u64, u64, u64) {
    let all = effects.groups.iter().filter(|it| it.by == By::District);
    all.fold((0, 0, 0), |(winners, losers, unchanged), it| {
        (
            winners + it.winners,
            losers + it.losers,
            unchanged + it.unchanged,
        )
    })
}

fn tiles(frame: &Frame, effects: &Effects) -> Vec<(String, String)> {
    let (before, after) = cost(effects);
    let (winners, losers, _) = balance_of_all(effects);
    let mut tiles = vec![
        (change(frame, after - before), frame.t("aide-tile-cost")),
        (persons(frame, winners), frame.t("aide-winners")),
        (persons(frame, losers), frame.t("aide-losers")),
    ];
    if let Some(it) = &effects.poverty {
        let arrow = |before: String, after: String| format!("{before} → {after}");
        tiles.push((
            arrow(percent(it.rate_before), percent(it.rate_after)),
            frame.t("aide-poverty-rate"),
        ));
        tiles.push((
            arrow(index(it.gini_before), index(it.gini_after)),
            frame.t("aide-gini"),
        ));
    }
    tiles
}

/// What the figures say, a sentence each: the same figures give the same sentences.
pub(in super::super) fn sentences(app: &App, frame: &Frame, effects: &Effects) -> Vec<String> {
    let (before, after) = cost(effects);
    let (winners, losers, unchanged) = balance_of_all(effects);
    let key = match after - before {
        1.. => "aide-says-cost-more",
        0 => "aide-says-cost-same",
        _ => "aide-says-cost-less",
    };
    let mut said = vec![frame.say(
        key,
        &[
            (
                "amount",
                sum(frame, (after - before).saturating_abs()).into(),
            ),
            ("before", sum(frame, before).into()),
            ("after", sum(frame, after).into()),
        ],
    )];
    said.push(frame.say(
        "aide-says-balance",
        &[
            ("winners", persons(frame, winners).into()),
            ("losers", persons(frame, losers).into()),
            ("unchanged", persons(frame, unchanged).into()),
        ],
    ));
    let newly: u64 = effects.benefits.iter().map(|it| it.newly).sum();
    let ended: u64 = effects.benefits.iter().map(|it| it.no_longer).sum();
    if newly + ended > 0 {
        said.push(frame.say(
            "aide-says-entitled",
            &[
                ("newly", whole(newly).into()),
                ("ended", whole(ended).into()),
            ],
        ));
    }
    said.extend(most(app, frame, effects));
    said.extend(spread(frame, effects));
    let mut offices: Vec<String> = effects
        .benefits
        .iter()
        .map(|it| {
            app.country
                .agencies
                .name(&it.authority)
                .get(frame.locale)
                .to_owned()
        })
        .collect();
    offices.sort();
    offices.dedup();
    if !offices.is_empty() {
        said.push(frame.t1("aide-says-offices", "names", offices.join(", ")));
    }
    said.extend(uncertain(frame, effects));
    said
}

/// Poverty and inequality.
fn spread(frame: &Frame, effects: &Effects) -> Vec<String> {
    let Some(it) = &effects.poverty else {
        return Vec::new();
    };
    let all = [percent(it.rate_before), percent(it.rate_after)];
    let children = [percent(it.child_rate_before), percent(it.child_rate_after)];
    let is_same = all[0] == all[1] && children[0] == children[1];
    let [before, after] = all;
    let [children_before, children_after] = children;
    let poverty = frame.say(
        match is_same {
            true => "aide-says-poverty-same",
            false => "aide-says-poverty",
        },
        &[
            ("line", sum(frame, it.line_won_a_month).into()),
            ("before", before.into()),
            ("after", after.into()),
            ("children_before", children_before.into()),
            ("children_after", children_after.into()),
        ],
    );
    let (before, after) = (index(it.gini_before), index(it.gini_after));
    let key = match before == after {
        true => "aide-says-gini-same",
        false => "aide-says-gini",
    };
    let gini = frame.say(key, &[("before", before.into()), ("after", after.into())]);
    vec![poverty, gini]
}

/// Who gains and who loses most, by income and by kind of household.
fn most(app: &App, frame: &Frame, effects: &Effects) -> Vec<String> {
    let mut said = Vec::new();
    for by in [By::Decile, By::HouseholdType] {
        let known = groups(&effects.groups, by);
        let known: Vec<&Told<'_>> = known
            .iter()
            .filter(|it| !it.is_hidden && it.group.key != "unknown" && it.group.key != "none")
            .collect();
        let best = known.iter().max_by_key(|it| it.group.net_won_a_year);
        let worst = known.iter().min_by_key(|it| it.group.net_won_a_year);
        let best = best.filter(|it| it.group.net_won_a_year > 0);
        let worst = worst.filter(|it| it.group.net_won_a_year < 0);
        for (key, found) in [("aide-says-most", best), ("aide-says-least", worst)] {
            let Some(it) = found else {
                continue;
            };
            let amount = sum(frame, it.group.net_won_a_year.saturating_abs());
            said.push(frame.say(
                key,
                &[
                    ("group", name(app, frame, by, &it.group.key).into()),
                    ("amount", amount.into()),
                ],
            ));
        }
    }
    said
}

/// How many cannot be decided, and by how much the cost changes if none and if all of them are entitled, each to what
/// others have on average.
fn range(effects: &Effects) -> Option<(u64, i64, i64)> {
    let open: u64 = effects.benefits.iter().map(|it| it.open_after).sum();
    if open == 0 {
        return None;
    }
    let (before, after) = cost(effects);
    let reach = |entitled: u64, open: u64, won: i64| {
        let each = won / i64::try_from(entitled).unwrap_or(i64::MAX).max(1);
        each.saturating_mul(i64::try_from(open).unwrap_or(i64::MAX))
    };
    let more = effects.benefits.iter().map(|it| {
        reach(it.eligible_after, it.open_after, it.won_a_year_after)
            - reach(it.eligible_before, it.open_before, it.won_a_year_before)
    });
    Some((open, after - before, after - before + more.sum::<i64>()))
}

/// What is not known, and how much would change if it were.
fn uncertain(frame: &Frame, effects: &Effects) -> Vec<String> {
    let mut said = Vec::new();
    if let Some((open, none, all)) = range(effects) {
        said.push(frame.say(
            "aide-says-open",
            &[
                ("open", whole(open).into()),
                ("least", change(frame, none).into()),
                ("most", change(frame, all).into()),
            ],
        ));
    }
    if let Some(it) = effects
        .poverty
        .as_ref()
        .filter(|it| it.households_without_income > 0)
    {
        said.push(frame.say(
            "aide-says-without-income",
            &[
                ("households", whole(it.households_without_income).into()),
                ("all", whole(effects.households).into()),
            ],
        ));
    }
    said
}

fn benefit_name(app: &App, frame: &Frame, id: &str) -> String {
    let benefit = app.country.book.benefit(id);
    benefit.map_or_else(|| id.to_owned(), |it| words::benefit_name(frame, it))
}

/// What a group is called.
fn name(app: &App, frame: &Frame, by: By, key: &str) -> String {
    match (by, key) {
        (_, "unknown" | "") => frame.t("aide-group-unknown"),
        (By::District, code) => app.country.agencies.name(code).get(frame.locale).to_owned(),
        (By::Age, key) => frame.t(&format!("aide-age-{key}")),
        (By::Decile, key) => frame.t1(
            "aide-decile",
            "number",
            key.trim_start_matches('0').to_owned(),
        ),
        (By::HouseholdType, key) => frame.t(&format!("aide-household-{key}")),
    }
}

fn by_word(by: By) -> &'static str {
    match by {
        By::District => "district",
        By::Age => "age",
        By::Decile => "decile",
        By::HouseholdType => "household-type",
    }
}

/// What changed benefits cost.
fn costs(app: &App, frame: &Frame, effects: &Effects) -> Chart {
    let figure = |won: i64| Figure {
        value: won as f64,
        text: sum(frame, won),
    };
    let pair = |it: &BenefitEffect| Pair {
        label: benefit_name(app, frame, &it.benefit),
        before: figure(it.won_a_year_before),
        after: figure(it.won_a_year_after),
    };
    let rows: Vec<Pair> = effects.benefits.iter().map(pair).collect();
    paired(frame, ("cost", "aide-chart-cost"), &rows)
}

/// A chart of figures before and after, with its table.
fn paired(frame: &Frame, (id, key): (&str, &str), rows: &[Pair]) -> Chart {
    let (before, after) = (frame.t("aide-before"), frame.t("aide-after"));
    let title = frame.t(key);
    let svg = pairs(
        About {
            id,
            title: &title,
            description: &frame.t("aide-chart-pairs"),
        },
        (&before, &after),
        rows,
    );
    let cells = rows.iter().map(|it| {
        vec![
            it.label.clone(),
            it.before.text.clone(),
            it.after.text.clone(),
        ]
    });
    Chart {
        svg,
        sheet: Sheet {
            heads: vec![(frame.t("aide-part"), ""), (before, "num"), (after, "num")],
            rows: cells.collect(),
            title,
        },
    }
}

/// The groups that are drawn, in their own order: all where they are few, else those that change most.
fn most_changed<'a, 'b>(told: &'b [Told<'a>]) -> Vec<&'b Told<'a>> {
    let changed = |it: &Told<'_>| match it.is_hidden {
        true => 0,
        false => it.group.winners + it.group.losers,
    };
    let mut least: Vec<u64> = told.iter().map(changed).collect();
    least.sort_unstable_by(|a, b| b.cmp(a));
    let least = least.get(MOST_DRAWN - 1).copied().unwrap_or(0);
    let drawn = told
        .iter()
        .filter(|it| told.len() <= MOST_DRAWN || changed(it) >= least.max(1));
    drawn.take(MOST_DRAWN).collect()
}

/// Who wins and who loses among the groups of one kind.
///
/// `prefix` tells its ids from those of another run on the same page.
fn balance(app: &App, frame: &Frame, effects: &Effects, by: By, prefix: &str) -> Chart {
    let told = groups(&effects.groups, by);
    let hidden = frame.t("aide-hidden");
    let side = |it: &Told<'_>| {
        let figure = |count: u64| match it.is_hidden {
            true => Figure::default(),
            false if count == 0 => Figure::default(),
            false => Figure {
                value: count as f64,
                text: persons(frame, count),
            },
        };
        let is_unchanged = it.group.winners + it.group.losers == 0;
        Side {
            label: name(app, frame, by, &it.group.key),
            note: match it.is_hidden {
                true => hidden.clone(),
                false if is_unchanged => frame.t("aide-net-none"),
                false => change(frame, it.group.net_won_a_year),
            },
            less: figure(it.group.losers),
            more: figure(it.group.winners),
        }
    };
    let drawn = most_changed(&told);
    let rows: Vec<Side> = drawn.iter().copied().map(side).collect();
    let title = frame.t(&format!("aide-by-{}", by_word(by)));
    let mut description = frame.t("aide-chart-sides");
    if drawn.len() < told.len() {
        description.push(' ');
        description.push_str(&frame.t1("aide-most-changed", "count", drawn.len().to_string()));
    }
    let (less, more) = (frame.t("aide-losers"), frame.t("aide-winners"));
    let svg = sides(
        About {
            id: &format!("{prefix}{}", by_word(by)),
            title: &title,
            description: &description,
        },
        (&less, &more),
        &rows,
    );
    let cells = told.iter().map(|it| {
        let shown = |text: String| if it.is_hidden { hidden.clone() } else { text };
        vec![
            name(app, frame, by, &it.group.key),
            persons(frame, it.group.persons),
            shown(persons(frame, it.group.winners)),
            shown(persons(frame, it.group.losers)),
            shown(persons(frame, it.group.unchanged)),
            shown(change(frame, it.group.net_won_a_year)),
        ]
    });
    let heads = [
        "aide-part",
        "aide-all",
        "aide-winners",
        "aide-losers",
        "aide-unchanged",
        "aide-net",
    ];
    let heads = heads
        .iter()
        .enumerate()
        .map(|(place, key)| (frame.t(key), if place == 0 { "" } else { "num" }));
    Chart {
        svg,
        sheet: Sheet {
            heads: heads.collect(),
            rows: cells.collect(),
            title,
        },
    }
}

/// Poverty before and after, where incomes are known.
fn poverty(frame: &Frame, effects: &Effects) -> Option<Chart> {
    let it = effects.poverty.as_ref()?;
    let figure = |millionths: i64| Figure {
        value: millionths as f64,
        text: percent(millionths),
    };
    let pair = |key: &str, before: i64, after: i64| Pair {
        label: frame.t(key),
        before: figure(before),
        after: figure(after),
    };
    let rows = [
        pair("aide-poverty-rate", it.rate_before, it.rate_after),
        pair(
            "aide-child-poverty-rate",
            it.child_rate_before,
            it.child_rate_after,
        ),
        pair("aide-poverty-gap", it.gap_before, it.gap_after),
    ];
    Some(paired(frame, ("poverty", "aide-chart-poverty"), &rows))
}

/// Every changed benefit with who would have to do something.
fn benefits(app: &App, frame: &Frame, effects: &Effects) -> Sheet {
    let heads = [
        "aide-benefit",
        "aide-office",
        "aide-entitled-before",
        "aide-entitled-after",
        "aide-newly",
        "aide-no-longer",
        "aide-open",
        "aide-won-before",
        "aide-won-after",
    ];
    let heads = heads
        .iter()
        .enumerate()
        .map(|(place, key)| (frame.t(key), if place < 2 { "" } else { "num" }));
    let rows = effects.benefits.iter().map(|it| {
        vec![
            benefit_name(app, frame, &it.benefit),
            app.country
                .agencies
                .name(&it.authority)
                .get(frame.locale)
                .to_owned(),
            whole(it.eligible_before),
            whole(it.eligible_after),
            whole(it.newly),
            whole(it.no_longer),
            whole(it.open_after),
            sum(frame, it.won_a_year_before),
            sum(frame, it.won_a_year_after),
        ]
    });
    Sheet {
        title: frame.t("aide-benefits"),
        heads: heads.collect(),
        rows: rows.collect(),
    }
}

/// Every figure as a table to take along; won in full.
pub(in super::super) fn export(app: &App, frame: &Frame, effects: &Effects) -> Export {
    let column = |key: &'static str, title: &str| (key, frame.t(title));
    let mut table = Export::new(
        "reform",
        vec![
            column("by", "aide-column-by"),
            column("code", "aide-column-code"),
            column("name", "aide-part"),
            column("households", "aide-column-households"),
            column("persons", "aide-all"),
            column("winners", "aide-winners"),
            column("losers", "aide-losers"),
            column("unchanged", "aide-unchanged"),
            column("net_won_a_year", "aide-net"),
            column("before", "aide-before"),
            column("after", "aide-after"),
        ],
    );
    let none = || Value::Null;
    for it in &effects.benefits {
        table.push([
            "benefit".into(),
            it.benefit.as_str().into(),
            benefit_name(app, frame, &it.benefit).into(),
            none(),
            none(),
            none(),
            none(),
            none(),
            (it.won_a_year_after - it.won_a_year_before).into(),
            it.won_a_year_before.into(),
            it.won_a_year_after.into(),
        ]);
    }
    for by in ALL {
        for told in groups(&effects.groups, by) {
            let it = told.group;
            let shown = |value: Value| if told.is_hidden { Value::Null } else { value };
            table.push([
                by_word(by).into(),
                it.key.as_str().into(),
                name(app, frame, by, &it.key).into(),
                it.households.into(),
                it.persons.into(),
                shown(it.winners.into()),
                shown(it.losers.into()),
                shown(it.unchanged.into()),
                shown(it.net_won_a_year.into()),
                none(),
                none(),
            ]);
        }
    }
    if let Some(it) = &effects.poverty {
        for (code, key, before, after) in [
            ("rate", "aide-poverty-rate", it.rate_before, it.rate_after),
            (
                "child_rate",
                "aide-child-poverty-rate",
                it.child_rate_before,
                it.child_rate_after,
            ),
            ("gap", "aide-poverty-gap", it.gap_before, it.gap_after),
            ("gini", "aide-gini", it.gini_before, it.gini_after),
        ] {
            table.push([
                "poverty_millionths".into(),
                code.into(),
                frame.t(key).into(),
                none(),
                none(),
                none(),
                none(),
                none(),
                none(),
                before.into(),
                after.into(),
            ]);
        }
    }
    table
}
