//! A reform: the form in which it is written, and what it would do.

mod result;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use base::Localized;
use jiff::civil::Date;
use rules::{Parameter, ParameterChange, ParameterValue, Unit};
use serde::Deserialize;
use web::{Allowed, Fields, FormErrors, Frame, Once, Problem, Visitor, respond, respond_again};

use super::runs::{self, Asked};
use super::work;
use crate::app::App;
use crate::areas::aide::actions;
use crate::areas::aide::model::Question;
use crate::areas::aide::pages::reform::{ChangeRow, ReformForm};
use crate::areas::aide::reform::{self, Reform};
use crate::country::words;

pub(super) use result::{export, option, result};

/// As many changes fit a form; more are a file's.
const MOST: usize = 20;

/// What the form begins with.
#[derive(Deserialize)]
pub(super) struct Begin {
    /// `child-allowance/base`, or `/median_income` for one that benefits share.
    #[serde(default)]
    parameter: String,
    /// A run whose reform is to be changed.
    #[serde(default)]
    run: String,
}

/// What was typed into the form.
#[derive(Clone, Debug, Default)]
struct Typed {
    title: String,
    on: String,
    /// Key of the parameter and its new value.
    changes: Vec<(String, String)>,
    yaml: String,
}

pub(super) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    Query(begin): Query<Begin>,
) -> Result<Response, Problem> {
    let mut typed = Typed {
        on: app.core.clock().today().to_string(),
        ..Typed::default()
    };
    if !begin.parameter.is_empty() {
        typed.changes.push((begin.parameter, String::new()));
    }
    if !begin.run.is_empty() {
        let id = begin.run.parse().map_err(|_| Problem::not_found())?;
        let run = app
            .core
            .look(move |tx| actions::run(tx, &scope, id))
            .await?;
        if let Question::Reform { reform, on } = &run.question {
            typed = retyped(run.title.clone(), reform, *on);
        }
    }
    let frame = Frame::of(&app.core, &visitor);
    Ok(respond(&page(&app, frame, &typed, &FormErrors::default())))
}

/// The form as it was typed for this reform; what the form cannot say is its file.
fn retyped(title: String, reform: &Reform, on: Date) -> Typed {
    let is_simple = reform.files.is_empty()
        && reform.changes.len() <= MOST
        && reform.changes.iter().all(|it| it.from == on);
    let mut typed = Typed {
        title,
        on: on.to_string(),
        ..Typed::default()
    };
    if is_simple {
        let change = |it: &ParameterChange| {
            let values: Vec<String> = it.values.iter().map(|it| base::thousands(*it)).collect();
            (
                format!(
                    "{}/{}",
                    it.benefit.as_deref().unwrap_or_default(),
                    it.parameter
                ),
                values.join(" "),
            )
        };
        typed.changes = reform.changes.iter().map(change).collect();
    } else {
        // JSON is YAML.
        typed.yaml = serde_json::to_string_pretty(reform).unwrap_or_default();
    }
    typed
}

pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    once: Once,
    fields: Fields,
) -> Result<Response, Problem> {
    let frame = Frame::of(&app.core, &visitor);
    let mut typed = Typed {
        title: fields.text("title").to_owned(),
        on: fields.text("on").to_owned(),
        changes: fields
            .all("parameter")
            .zip(fields.all("value"))
            .take(MOST)
            .map(|(key, value)| (key.to_owned(), value.trim().to_owned()))
            .collect(),
        yaml: fields.text("yaml").to_owned(),
    };
    let mut errors = FormErrors::default();
    match fields
        .text("do")
        .split_once(':')
        .unwrap_or((fields.text("do"), ""))
    {
        ("add", _) => {
            let key = fields.text("add");
            let is_new = typed.changes.iter().all(|(it, _)| it != key);
            if parameter(&app, key).is_some() && is_new && typed.changes.len() < MOST {
                typed.changes.push((key.to_owned(), String::new()));
            }
            return Ok(respond(&page(&app, frame, &typed, &errors)));
        }
        ("drop", index) => {
            let index = index.parse().unwrap_or(MOST);
            if index < typed.changes.len() {
                typed.changes.remove(index);
            }
            return Ok(respond(&page(&app, frame, &typed, &errors)));
        }
        _ => {}
    }
    let question = read(&app, &frame, &typed, &mut errors);
    let population = question.as_ref().and_then(|it| work::population(&app, it));
    errors.check(
        population.is_some() || question.is_none(),
        "title",
        frame.t("aide-no-population"),
    );
    let (Some(question), true) = (question, errors.is_empty()) else {
        return Ok(respond_again(&page(&app, frame, &typed, &errors)));
    };
    let Question::Reform { reform, .. } = &question else {
        return Err(Problem::not_found());
    };
    let (law, files, tried) = (
        app.country.book.clone(),
        app.country.files.clone(),
        reform.clone(),
    );
    let tried = app
        .engine(move || reform::law(&law, &files, &tried).map(drop))
        .await?;
    if let Err(faults) = tried {
        for fault in faults {
            errors.add("yaml", fault.to_string());
        }
        return Ok(respond_again(&page(&app, frame, &typed, &errors)));
    }
    let title = match typed.title.is_empty() {
        true => own_title(&app, &frame, reform),
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

/// The question that was typed; what is wrong with it is added to `errors`.
fn read(app: &App, frame: &Frame, typed: &Typed, errors: &mut FormErrors) -> Option<Question> {
    let on: Option<Date> = typed.on.parse().ok();
    errors.check(on.is_some(), "on", frame.t("aide-error-day"));
    let mut reform = Reform::default();
    for (index, (key, text)) in typed.changes.iter().enumerate() {
        let field = format!("value-{index}");
        let Some((_, declared)) = parameter(app, key) else {
            errors.add(
                &field,
                frame.t1("aide-error-no-parameter", "name", key.as_str()),
            );
            continue;
        };
        match numbers(text) {
            Some(values) if values.is_empty() => errors.add(&field, frame.t("aide-error-value")),
            None => errors.add(&field, frame.t("aide-error-number")),
            Some(values) => {
                let (benefit, _) = key.split_once('/').unwrap_or_default();
                let change = ParameterChange {
                    benefit: Some(benefit.to_owned()).filter(|it| !it.is_empty()),
                    parameter: declared.name.clone(),
                    from: on.unwrap_or_default(),
                    values,
                };
                // Each by itself, so that what is wrong is told at its field.
                if let Err(error) = app.country.book.reformed(std::slice::from_ref(&change)) {
                    errors.add(&field, error.to_string());
                }
                reform.changes.push(change);
            }
        }
    }
    if !typed.yaml.is_empty() {
        match reform::read(&typed.yaml) {
            Ok(file) => {
                reform.changes.extend(file.changes);
                reform.files = file.files;
            }
            Err(fault) => errors.add("yaml", fault.to_string()),
        }
    } else if typed.changes.is_empty() {
        errors.add("add", frame.t("aide-error-nothing"));
    }
    Some(Question::Reform { reform, on: on? })
}

/// Whole numbers, apart by spaces; commas between thousands do not matter. `None` for what is none.
fn numbers(text: &str) -> Option<Vec<i64>> {
    let words = text.split_whitespace();
    words
        .map(|word| {
            let digits: String = word.chars().filter(|it| *it != ',').collect();
            digits
                .trim_end_matches(['원', '%', '세', '명'])
                .parse()
                .ok()
        })
        .collect()
}

/// The parameter of a key, with the benefit it belongs to.
pub(super) fn parameter<'a>(app: &'a App, key: &str) -> Option<(Option<&'a str>, &'a Parameter)> {
    let (benefit, name) = key.split_once('/')?;
    let mut all = app.country.book.parameters();
    all.find(|(whose, it)| whose.unwrap_or_default() == benefit && it.name == name)
}

/// Of the benefit, or of what all share.
pub(super) fn whose(app: &App, frame: &Frame, benefit: Option<&str>) -> String {
    match benefit.and_then(|id| app.country.book.benefit(id)) {
        Some(benefit) => words::benefit_name(frame, benefit),
        None => frame.t("aide-shared"),
    }
}

/// `아동수당 · 지급액`.
pub(super) fn parameter_name(app: &App, frame: &Frame, key: &str) -> String {
    match parameter(app, key) {
        Some((benefit, it)) => {
            format!(
                "{} · {}",
                whose(app, frame, benefit),
                label(frame, &it.label)
            )
        }
        None => key.to_owned(),
    }
}

/// The parameters of the law to choose from, by name with today's values; a first that is none.
pub(super) fn choices(
    app: &App,
    frame: &Frame,
    wanted: impl Fn(&Parameter) -> bool,
) -> Vec<(String, String)> {
    let today = app.core.clock().today();
    let all = app.country.book.parameters().filter(|(_, it)| wanted(it));
    let named = all.filter_map(|(benefit, it)| {
        let value = value_text(frame, it, &it.on(today)?.value);
        let name = format!(
            "{} · {} ({value})",
            whose(app, frame, benefit),
            label(frame, &it.label)
        );
        Some((format!("{}/{}", benefit.unwrap_or_default(), it.name), name))
    });
    let mut choices: Vec<(String, String)> = named.collect();
    choices.sort_by(|a, b| a.1.cmp(&b.1));
    choices.insert(0, (String::new(), frame.t("aide-choose-parameter")));
    choices
}

pub(super) fn label(frame: &Frame, label: &Localized) -> String {
    label.get(frame.locale).to_owned()
}

/// A value of law with its unit.
pub(super) fn value_text(frame: &Frame, parameter: &Parameter, value: &ParameterValue) -> String {
    let numbers: Vec<String> = match value {
        ParameterValue::Single(value) => vec![base::thousands(*value)],
        ParameterValue::Table(values) => values.iter().map(|it| base::thousands(*it)).collect(),
    };
    format!("{} {}", numbers.join(" "), unit(frame, parameter.unit))
        .trim_end()
        .to_owned()
}

pub(super) fn unit(frame: &Frame, unit: Unit) -> String {
    if unit == Unit::Number {
        return String::new();
    }
    frame.t(&format!("aide-unit-{}", unit.name().replace('_', "-")))
}

/// What the reform changes, in a line: for whoever gave it no name.
fn own_title(app: &App, frame: &Frame, reform: &Reform) -> String {
    let first = reform.changes.first().and_then(|change| {
        let benefit = change.benefit.as_deref();
        let key = format!("{}/{}", benefit.unwrap_or_default(), change.parameter);
        let (whose_id, declared) = parameter(app, &key)?;
        let values: Vec<String> = change
            .values
            .iter()
            .map(|it| base::thousands(*it))
            .collect();
        Some(format!(
            "{} · {} → {} {}",
            whose(app, frame, whose_id),
            label(frame, &declared.label),
            values.join(" "),
            unit(frame, declared.unit)
        ))
    });
    let more = (reform.changes.len() + reform.files.len()).saturating_sub(1);
    match (first, more) {
        (Some(first), 0) => first,
        (Some(first), more) => frame.say(
            "aide-title-and-more",
            &[("first", first.into()), ("more", more.to_string().into())],
        ),
        (None, _) => {
            let names: Vec<&str> = reform.files.keys().map(String::as_str).collect();
            frame.t1("aide-title-files", "names", names.join(", "))
        }
    }
}

fn page(app: &App, frame: Frame, typed: &Typed, errors: &FormErrors) -> ReformForm {
    let today = app.core.clock().today();
    let row = |(index, (key, value)): (usize, &(String, String))| {
        let field = format!("value-{index}");
        let found = parameter(app, key);
        let declared = found.map(|(_, it)| it);
        let current = declared.and_then(|it| it.on(today));
        ChangeRow {
            whose: found.map_or_else(String::new, |(benefit, _)| whose(app, &frame, benefit)),
            label: declared.map_or_else(|| key.clone(), |it| label(&frame, &it.label)),
            today: match (declared, current) {
                (Some(parameter), Some(it)) => frame.t1(
                    "aide-today",
                    "value",
                    value_text(&frame, parameter, &it.value),
                ),
                _ => frame.t("aide-today-none"),
            },
            source: current.map_or_else(String::new, |it| it.source.clone()),
            is_table: declared.is_some_and(|it| it.by.is_some()),
            unit: declared.map_or_else(String::new, |it| unit(&frame, it.unit)),
            error: errors.at(&field).to_owned(),
            value: value.clone(),
            key: key.clone(),
            field,
            index,
        }
    };
    let choices = choices(app, &frame, |_| true);
    ReformForm {
        title: typed.title.clone(),
        on: (typed.on.clone(), errors.at("on").to_owned()),
        rows: typed.changes.iter().enumerate().map(row).collect(),
        choices,
        choice_error: errors.at("add").to_owned(),
        yaml: (typed.yaml.clone(), errors.at("yaml").to_owned()),
        errors: errors.pairs().to_vec(),
        population: runs::population(app, &frame),
        frame,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(numbers(" 150,000 "), Some(vec![150_000]));
        assert_eq!(numbers("150,000원"), Some(vec![150_000]));
        assert_eq!(
            numbers("1,000 2,000\n3000"),
            Some(vec![1_000, 2_000, 3_000])
        );
        assert_eq!(numbers(""), Some(Vec::new()));
        assert_eq!(numbers("많이"), None);
        assert_eq!(numbers("1.5"), None);
    }
}
