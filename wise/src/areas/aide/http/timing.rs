//! What waiting costs: the form, and the curve.

mod result;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use rules::Unit;
use web::{Allowed, Fields, FormErrors, Frame, Once, Problem, Visitor, respond, respond_again};

use super::finding::{Begin, begun, say, three, whole};
use super::reform::{parameter, parameter_name, value_text};
use super::runs::{self, Asked};
use super::work;
use crate::app::App;
use crate::areas::aide::model::Question;
use crate::areas::aide::pages::finding::{FieldRow, FieldsForm};
use crate::areas::aide::timing::{self, Percent};

pub(super) use result::{export, option, result};

/// The fields of the form, in their order.
const FIELDS: [&str; 13] = [
    "figure",
    "youngest",
    "oldest",
    "from",
    "months",
    "take_up",
    "worth",
    "worth_source",
    "running",
    "one_off",
    "discount",
    "spread",
    "title",
];

/// What was typed, in the order of [`FIELDS`].
type Typed = [String; 13];

pub(super) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    Allowed(scope): Allowed,
    Query(begin): Query<Begin>,
) -> Result<Response, Problem> {
    let run = begun(&app, scope, &begin).await?;
    let mut typed = match run {
        Some(run) => match run.question {
            Question::Timing(question) => retyped(run.title, &question),
            _ => blank(&app),
        },
        None => blank(&app),
    };
    if !begin.parameter.is_empty() {
        typed[0] = begin.parameter;
    }
    let frame = Frame::of(&app.core, &visitor);
    Ok(respond(&page(&app, frame, &typed, &FormErrors::default())))
}

/// Nothing that is an opinion is filled in: what it is worth, and who says so, is the asker's.
fn blank(app: &App) -> Typed {
    let today = app.core.clock().today().to_string();
    let known = [
        "", "0", "7", &today, "24", "100", "", "", "0", "0", "4.5", "10", "",
    ];
    known.map(str::to_owned)
}

fn retyped(title: String, it: &timing::Question) -> Typed {
    let share = |it: Percent| match it.low == it.high {
        true => it.mid.to_string(),
        false => format!("{} {} {}", it.low, it.mid, it.high),
    };
    [
        format!(
            "{}/{}",
            it.benefit.as_deref().unwrap_or_default(),
            it.parameter
        ),
        it.youngest.to_string(),
        it.oldest.to_string(),
        it.from.to_string(),
        it.months.to_string(),
        share(it.take_up),
        share(it.worth),
        it.worth_source.clone(),
        it.running_percent.to_string(),
        base::thousands(it.one_off_won),
        crate::areas::aide::said::decimal(it.discount_permille as f64 / 10.0, 1),
        it.spread_percent.to_string(),
        title,
    ]
}

pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    once: Once,
    fields: Fields,
) -> Result<Response, Problem> {
    let frame = Frame::of(&app.core, &visitor);
    let typed: Typed = FIELDS.map(|it| fields.text(it).to_owned());
    let mut errors = FormErrors::default();
    let question = read(&app, &frame, &typed, &mut errors).map(Question::Timing);
    let population = question.as_ref().and_then(|it| work::population(&app, it));
    errors.check(
        population.is_some() || question.is_none(),
        "figure",
        frame.t("aide-no-population"),
    );
    let (Some(question), true) = (question, errors.is_empty()) else {
        return Ok(respond_again(&page(&app, frame, &typed, &errors)));
    };
    let figure = parameter_name(&app, &frame, &typed[0]);
    let title = match typed[12].is_empty() {
        true => frame.t1("aide-timing-own-title", "figure", figure),
        false => typed[12].clone(),
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
fn read(
    app: &App,
    frame: &Frame,
    typed: &Typed,
    errors: &mut FormErrors,
) -> Option<timing::Question> {
    let text = |name: &str| {
        let place = FIELDS.iter().position(|it| *it == name);
        place.map_or("", |place| typed[place].as_str())
    };
    let mut number = |name: &str| {
        let value = whole(text(name));
        errors.check(value.is_some(), name, frame.t("aide-error-number"));
        value
    };
    let (youngest, oldest, months) = (number("youngest"), number("oldest"), number("months"));
    let (running, once, spread) = (number("running"), number("one_off"), number("spread"));
    let (take_up, worth) = (shares(text("take_up")), shares(text("worth")));
    errors.check(take_up.is_some(), "take_up", frame.t("aide-timing-take-up"));
    errors.check(worth.is_some(), "worth", frame.t("aide-timing-worth"));
    let discount = crate::areas::aide::said::number(text("discount").trim_end_matches('%'), false);
    errors.check(
        discount.is_some(),
        "discount",
        frame.t("aide-timing-discount"),
    );
    let from = text("from").parse().ok();
    errors.check(from.is_some(), "from", frame.t("aide-error-day"));
    let found = parameter(app, text("figure"));
    errors.check(found.is_some(), "figure", frame.t("aide-timing-choose"));
    let (benefit, declared) = found?;
    let size = |it: Option<i64>| usize::try_from(it?).ok().or(Some(usize::MAX));
    let question = timing::Question {
        benefit: benefit.map(str::to_owned),
        parameter: declared.name.clone(),
        youngest: size(youngest)?,
        oldest: size(oldest)?,
        from: from?,
        months: size(months)?,
        take_up: take_up?,
        worth: worth?,
        worth_source: text("worth_source").to_owned(),
        running_percent: running?,
        one_off_won: once?,
        discount_permille: (discount? * 10.0).round() as i64,
        spread_percent: spread?,
    };
    for (field, said) in timing::check(&question) {
        errors.add(field, say(frame, &said));
    }
    if errors.is_empty()
        && let Err(said) = timing::values(&app.country.book, &question)
    {
        errors.add("figure", say(frame, &said));
    }
    Some(question).filter(|_| errors.is_empty())
}

fn shares(text: &str) -> Option<Percent> {
    three(text, whole).map(|[low, mid, high]| Percent { low, mid, high })
}

/// The figures of the law that are a single sum of money now.
fn figures(app: &App, frame: &Frame) -> Vec<(String, String)> {
    let today = app.core.clock().today();
    let all = app.country.book.parameters().filter_map(|(benefit, it)| {
        let is_money = matches!(it.unit, Unit::Won | Unit::WonPerMonth | Unit::WonPerYear);
        let value = it.on(today).filter(|_| is_money && it.by.is_none())?;
        let key = format!("{}/{}", benefit.unwrap_or_default(), it.name);
        let name = parameter_name(app, frame, &key);
        Some((
            key,
            format!("{name} ({})", value_text(frame, it, &value.value)),
        ))
    });
    let mut all: Vec<(String, String)> = all.collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all.insert(0, (String::new(), frame.t("aide-choose-parameter")));
    all
}

fn page(app: &App, frame: Frame, typed: &Typed, errors: &FormErrors) -> FieldsForm {
    let rows = FIELDS.iter().zip(typed).map(|(name, value)| {
        let key = format!("aide-timing-field-{}", name.replace('_', "-"));
        FieldRow {
            name,
            label: frame.t(&key),
            hint: frame.t(&format!("{key}-hint")),
            value: value.clone(),
            error: errors.at(name).to_owned(),
            unit: match *name {
                "youngest" | "oldest" => frame.t("aide-unit-years"),
                "months" => frame.t("aide-unit-months"),
                "one_off" => frame.t("aide-unit-won"),
                "take_up" | "worth" | "running" | "discount" | "spread" => "%".to_owned(),
                _ => String::new(),
            },
            kind: if *name == "from" { "date" } else { "text" },
            options: match *name {
                "figure" => figures(app, &frame),
                _ => Vec::new(),
            },
        }
    });
    FieldsForm {
        title: frame.t("aide-kind-timing"),
        lead: frame.t("aide-kind-timing-about"),
        action: "/aide/timings".to_owned(),
        rows: rows.collect(),
        note: runs::population(app, &frame),
        errors: errors.pairs().to_vec(),
        frame,
    }
}
