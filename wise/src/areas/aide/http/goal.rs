//! A goal: the form that names it with the budget and the parameters that may move, and what can be had.

mod result;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use rules::{Parameter, ParameterValue};
use web::{Allowed, Fields, FormErrors, Frame, Once, Problem, Visitor, respond, respond_again};

use super::finding::{Begin, begun, entry, say, whole};
use super::reform::{choices, parameter, parameter_name, unit, value_text};
use super::runs::{self, Asked};
use super::work;
use crate::app::App;
use crate::areas::aide::goals::{self, Fault, Indicator, Lever, MAX_LEVERS, Target, law};
use crate::areas::aide::model::Question;
use crate::areas::aide::pages::finding::{Entry, GoalForm, LeverRow};
use crate::blocks::places::{PlaceKind, of_kind};

pub(super) use result::{export, option, result};

/// How many settings may be worked out: quick, usual, thorough.
const EFFORTS: [usize; 3] = [30, 100, 300];
/// Decides what a search that cannot try all tries.
const SEED: u64 = 1;

/// What was typed into the form.
#[derive(Clone, Debug, Default)]
struct Typed {
    title: String,
    indicator: String,
    district: String,
    target: String,
    budget: String,
    on: String,
    effort: String,
    levers: Vec<TypedLever>,
}

#[derive(Clone, Debug, Default)]
struct TypedLever {
    key: String,
    low: String,
    high: String,
    step: String,
}

pub(super) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    Query(begin): Query<Begin>,
) -> Result<Response, Problem> {
    let begun = begun(&app, scope, &begin).await?;
    let mut typed = match begun {
        Some(run) => match run.question {
            Question::Goal { goal, on } => retyped(run.title, &goal, on),
            _ => blank(&app),
        },
        None => blank(&app),
    };
    if !begin.parameter.is_empty() {
        add(&app, &mut typed, &begin.parameter);
    }
    let frame = Frame::of(&app.core, &visitor);
    let places = districts(&app).await?;
    let errors = FormErrors::default();
    Ok(respond(&page(&app, frame, places, (&typed, &errors))))
}

fn blank(app: &App) -> Typed {
    Typed {
        indicator: Indicator::ChildPovertyRate.word().to_owned(),
        on: app.core.clock().today().to_string(),
        effort: EFFORTS[0].to_string(),
        ..Typed::default()
    }
}

/// The form as it was typed for this question.
fn retyped(title: String, goal: &goals::Question, on: Date) -> Typed {
    let levers = goal.levers.iter().map(|it| TypedLever {
        key: format!(
            "{}/{}",
            it.benefit.as_deref().unwrap_or_default(),
            it.parameter
        ),
        low: base::thousands(it.low),
        high: base::thousands(it.high),
        step: base::thousands(it.step),
    });
    Typed {
        title,
        indicator: goal.target.indicator.word().to_owned(),
        district: goal.target.district.clone().unwrap_or_default(),
        target: goals::outcome_text(goal.target.indicator, goal.target.at_most)
            .trim_end_matches('%')
            .to_owned(),
        budget: base::thousands(goal.budget_won),
        on: on.to_string(),
        effort: goal.effort.to_string(),
        levers: levers.collect(),
    }
}

pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    once: Once,
    fields: Fields,
) -> Result<Response, Problem> {
    let frame = Frame::of(&app.core, &visitor);
    let mut typed = typed(&fields);
    let places = districts(&app).await?;
    let mut errors = FormErrors::default();
    match fields
        .text("do")
        .split_once(':')
        .unwrap_or((fields.text("do"), ""))
    {
        ("add", _) => {
            add(&app, &mut typed, fields.text("add"));
            return Ok(respond(&page(&app, frame, places, (&typed, &errors))));
        }
        ("drop", index) => {
            let index = index.parse().unwrap_or(MAX_LEVERS);
            if index < typed.levers.len() {
                typed.levers.remove(index);
            }
            return Ok(respond(&page(&app, frame, places, (&typed, &errors))));
        }
        _ => {}
    }
    let is_known = |code: &str| places.iter().any(|(it, _)| it == code);
    if !typed.district.is_empty() && !is_known(&typed.district) {
        errors.add("district", frame.t("aide-goal-no-district"));
    }
    let question = read(&app, &frame, &typed, &mut errors);
    let population = question.as_ref().and_then(|it| work::population(&app, it));
    errors.check(
        population.is_some() || question.is_none(),
        "indicator",
        frame.t("aide-no-population"),
    );
    let (Some(question), true) = (question, errors.is_empty()) else {
        return Ok(respond_again(&page(&app, frame, places, (&typed, &errors))));
    };
    let title = match typed.title.is_empty() {
        true => own_title(&app, &frame, &question),
        false => typed.title.clone(),
    };
    let asked = Asked {
        title,
        question,
        population,
    };
    Ok(runs::ask_new(&app, &visitor, once, asked)
        .await?
        .into_response())
}

fn typed(fields: &Fields) -> Typed {
    let text = |name: &str| fields.text(name).to_owned();
    let all =
        |name: &str| -> Vec<String> { fields.all(name).map(|it| it.trim().to_owned()).collect() };
    let (low, high, step) = (all("low"), all("high"), all("step"));
    let at = |values: &[String], index: usize| values.get(index).cloned().unwrap_or_default();
    let levers = all("parameter").into_iter().take(MAX_LEVERS).enumerate();
    Typed {
        title: text("title"),
        indicator: text("indicator"),
        district: text("district"),
        target: text("target"),
        budget: text("budget"),
        on: text("on"),
        effort: text("effort"),
        levers: levers
            .map(|(index, key)| TypedLever {
                key,
                low: at(&low, index),
                high: at(&high, index),
                step: at(&step, index),
            })
            .collect(),
    }
}

/// Adds a parameter with a range to begin with: from its value in force to one and a half times that, in five steps.
fn add(app: &App, typed: &mut Typed, key: &str) {
    let is_new = typed.levers.iter().all(|it| it.key != key);
    let today = app.core.clock().today();
    let found = parameter(app, key).and_then(|(_, it)| single(it, today));
    let Some(now) = found.filter(|_| is_new && typed.levers.len() < MAX_LEVERS) else {
        return;
    };
    let step = (now / 10).max(1);
    typed.levers.push(TypedLever {
        key: key.to_owned(),
        low: base::thousands(now),
        high: base::thousands(now.saturating_add(step.saturating_mul(5))),
        step: base::thousands(step),
    });
}

/// The value in force, where it is a single one.
fn single(parameter: &Parameter, on: Date) -> Option<i64> {
    match parameter.on(on)?.value {
        ParameterValue::Single(value) => Some(value),
        ParameterValue::Table(_) => None,
    }
}

/// A goal as people write it, in millionths: per cent, or the Gini coefficient itself.
fn millionths(indicator: Indicator, text: &str) -> Option<i64> {
    let value = crate::areas::aide::said::number(text.trim_end_matches('%'), false)?;
    let of = match indicator {
        Indicator::Gini => 1_000_000.0,
        _ => 10_000.0,
    };
    let value = (value * of).round();
    ((0.0..=1_000_000.0).contains(&value)).then_some(value as i64)
}

/// The question that was typed; what is wrong with it is added to `errors`.
fn read(app: &App, frame: &Frame, typed: &Typed, errors: &mut FormErrors) -> Option<Question> {
    let indicator = Indicator::ALL
        .into_iter()
        .find(|it| it.word() == typed.indicator);
    let indicator = indicator.unwrap_or(Indicator::ChildPovertyRate);
    let on: Option<Date> = typed.on.parse().ok();
    errors.check(on.is_some(), "on", frame.t("aide-error-day"));
    let at_most = millionths(indicator, &typed.target);
    errors.check(
        at_most.is_some(),
        "target",
        frame.t("aide-goal-target-range"),
    );
    let budget = whole(&typed.budget);
    errors.check(budget.is_some(), "budget", frame.t("aide-error-number"));
    let district = Some(typed.district.clone()).filter(|it| !it.is_empty());
    let effort = typed.effort.parse().ok().filter(|it| EFFORTS.contains(it));
    errors.check(effort.is_some(), "effort", frame.t("aide-goal-effort"));
    let mut levers = Vec::new();
    for (index, it) in typed.levers.iter().enumerate() {
        levers.extend(lever(app, frame, it, (index, on?), errors));
    }
    let goal = goals::Question {
        target: Target {
            indicator,
            district,
            at_most: at_most?,
        },
        budget_won: budget?,
        levers,
        effort: effort?,
        seed: SEED,
    };
    if !errors.is_empty() {
        return None;
    }
    let on = on?;
    let checked = goals::check(&goal).and_then(|()| law::check(&app.country.book, &goal, on));
    match checked {
        Ok(()) => Some(Question::Goal { goal, on }),
        Err(Fault::Question { field, said }) => {
            errors.add(&field, say(frame, &said));
            None
        }
        Err(Fault::Evaluation(reason)) => {
            errors.add("add", reason);
            None
        }
    }
}

fn lever(
    app: &App,
    frame: &Frame,
    typed: &TypedLever,
    (index, on): (usize, Date),
    errors: &mut FormErrors,
) -> Option<Lever> {
    let mut number = |field: &str, text: &str| {
        let value = whole(text);
        let field = format!("{field}-{index}");
        errors.check(value.is_some(), &field, frame.t("aide-error-number"));
        value
    };
    let (low, high, step) = (
        number("low", &typed.low),
        number("high", &typed.high),
        number("step", &typed.step),
    );
    let range = (low?, high?, step?);
    let found = parameter(app, &typed.key);
    let found =
        found.and_then(|(benefit, it)| law::lever(&app.country.book, benefit, &it.name, on, range));
    if found.is_none() {
        let said = frame.t1("aide-goal-no-single", "name", typed.key.as_str());
        errors.add(&format!("low-{index}"), said);
    }
    found
}

/// The districts of this place: those that have a centre, by code and name.
async fn districts(app: &App) -> Result<Vec<(String, String)>, Problem> {
    let centres = app.core.look(|tx| of_kind(tx, PlaceKind::CommunityCentre));
    let centres = centres.await?;
    Ok(centres.into_iter().map(|it| (it.dong, it.name)).collect())
}

/// What is to be reached, in a line.
fn own_title(app: &App, frame: &Frame, question: &Question) -> String {
    let Question::Goal { goal, .. } = question else {
        return String::new();
    };
    frame.say(
        "aide-goal-own-title",
        &[
            ("where", place(app, frame, &goal.target).into()),
            ("indicator", frame.t(goal.target.indicator.key()).into()),
            (
                "target",
                goals::outcome_text(goal.target.indicator, goal.target.at_most).into(),
            ),
        ],
    )
}

/// Where a goal is to be reached.
fn place(app: &App, frame: &Frame, target: &Target) -> String {
    match &target.district {
        Some(code) => app.country.agencies.name(code).get(frame.locale).to_owned(),
        None => frame.t("aide-goal-everybody"),
    }
}

fn page(
    app: &App,
    frame: Frame,
    places: Vec<(String, String)>,
    (typed, errors): (&Typed, &FormErrors),
) -> GoalForm {
    let today = app.core.clock().today();
    let row = |(index, it): (usize, &TypedLever)| {
        let found = parameter(app, &it.key).map(|(_, it)| it);
        let current = found.and_then(|parameter| {
            let value = parameter.on(today)?;
            Some(value_text(&frame, parameter, &value.value))
        });
        LeverRow {
            index,
            key: it.key.clone(),
            name: parameter_name(app, &frame, &it.key),
            today: match current {
                Some(value) => frame.t1("aide-today", "value", value),
                None => frame.t("aide-today-none"),
            },
            unit: found.map_or_else(String::new, |it| unit(&frame, it.unit)),
            low: entry(&it.low, errors, &format!("low-{index}")),
            high: entry(&it.high, errors, &format!("high-{index}")),
            step: entry(&it.step, errors, &format!("step-{index}")),
        }
    };
    let choices = choices(app, &frame, |it| single(it, today).is_some());
    let everybody = (String::new(), frame.t("aide-goal-everybody"));
    let indicators = Indicator::ALL
        .iter()
        .map(|it| (it.word().to_owned(), frame.t(it.key())));
    let efforts = EFFORTS.iter().map(|it| {
        (
            it.to_string(),
            frame.t1("aide-goal-effort-of", "count", *it),
        )
    });
    GoalForm {
        title: typed.title.clone(),
        indicator: typed.indicator.clone(),
        indicators: indicators.collect(),
        district: entry(&typed.district, errors, "district"),
        districts: std::iter::once(everybody).chain(places).collect(),
        target: entry(&typed.target, errors, "target"),
        budget: entry(&typed.budget, errors, "budget"),
        on: entry(&typed.on, errors, "on"),
        rows: typed.levers.iter().enumerate().map(row).collect(),
        add: Entry {
            value: String::new(),
            error: errors.at("add").to_owned(),
        },
        choices,
        effort: entry(&typed.effort, errors, "effort"),
        efforts: efforts.collect(),
        errors: errors.pairs().to_vec(),
        population: runs::population(app, &frame),
        frame,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_and_sums_are_read_as_people_write_them() {
        assert_eq!(millionths(Indicator::PovertyRate, "5%"), Some(50_000));
        assert_eq!(millionths(Indicator::PovertyRate, "4.25"), Some(42_500));
        assert_eq!(millionths(Indicator::Gini, "0.31"), Some(310_000));
        assert_eq!(millionths(Indicator::Gini, "31"), None);
        assert_eq!(millionths(Indicator::PovertyRate, "-1"), None);
        assert_eq!(millionths(Indicator::PovertyRate, "조금"), None);
        assert_eq!(whole("1,200,000,000원"), Some(1_200_000_000));
        assert_eq!(whole("-3"), Some(-3));
        assert_eq!(whole("1.5"), None);
    }
}
