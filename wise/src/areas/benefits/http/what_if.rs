//! “What if”: a page and the same for programs. A change comes in with the form and goes out with the
//! answer; nothing is stored, and the address holds no more than which change it is.

use axum::extract::{Query, State};
use axum::response::Response;
use base::Won;
use base::ids::PersonId;
use jiff::civil::Date;
use rules::{Outcome, Unit};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use web::{Fields, Frame, Permission, Problem, Routes, Visitor, respond, respond_again};

use super::evaluate::{FindingAnswer, finding};
use super::show::{Loaded, desk, load, phones};
use crate::app::App;
use crate::areas::benefits::pages::Teller;
use crate::areas::benefits::pages::what_if::{Answer, Door, Group, Inputs, Row, WhatIfPage};
use crate::areas::benefits::what_if::{
    Change, Difference, ELSEWHERE, Entry, Error, NEWCOMER, Turn, difference,
};
use crate::country::words;

pub(super) fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("offer.own");
    Routes::new()
        .get("/what-if", OWN, choose)
        .post("/what-if", OWN, see)
        .post("/api/benefits/what-if", OWN, answer)
}

#[derive(OpenApi)]
#[openapi(paths(answer))]
pub(super) struct Document;

/// A change of life and the little it needs.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WhatIfRequest {
    /// `child`, `job_lost`, `move`, `marriage`, `turning_65` or `income`.
    change: String,
    /// ISO 8601; for `child` and `marriage`.
    born: Option<String>,
    /// Id of a member of the caller's household; the caller where it is absent.
    who: Option<String>,
    /// Code of a municipality, or `elsewhere`; for `move`.
    municipality: Option<String>,
    /// The household's income by the month afterwards; for `job_lost`, `marriage` and `income`.
    income_krw: Option<i64>,
}

/// What becomes of the caller's benefits.
#[derive(Serialize, ToSchema)]
struct WhatIfAnswer {
    /// The day of the change, ISO 8601.
    on: String,
    /// Won more or less by the month; upper bounds and what is open are left out.
    monthly_krw: i64,
    yearly_krw: i64,
    /// Won paid once.
    once_krw: i64,
    changes: Vec<ChangeAnswer>,
}

/// One benefit that reads differently afterwards.
#[derive(Serialize, ToSchema)]
struct ChangeAnswer {
    benefit: String,
    /// `opened`, `grown`, `shrunk`, `ended` or `open`: something must be told first.
    turn: &'static str,
    /// Won before, where it was owed.
    before_krw: Option<i64>,
    after: FindingAnswer,
}

/// What would become of the caller's own benefits; nothing is stored.
#[utoipa::path(post, path = "/api/benefits/what-if", tag = "benefits", request_body = WhatIfRequest,
    responses((status = 200, description = "The difference", body = WhatIfAnswer),
              (status = 401, description = "Not signed in"),
              (status = 403, description = "Not a resident who answers for a household"),
              (status = 422, description = "A field is wrong: see `errors`")))]
async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    web::Json(request): web::Json<WhatIfRequest>,
) -> Result<axum::Json<WhatIfAnswer>, Problem> {
    let loaded = own_household(&app, &visitor).await?;
    let text = |key: &str| app.core.texts().get(visitor.locale, key, &[]);
    let wrong = |(field, key): Fault| Problem::unprocessable().error(field, text(key));
    let change = read(&app, &loaded, &request).map_err(wrong)?;
    let found = work_out(&app, &loaded, change).await?.map_err(wrong)?;
    let book = &app.country.book;
    Ok(axum::Json(WhatIfAnswer {
        on: found.days.1.to_string(),
        monthly_krw: found.monthly,
        yearly_krw: found.yearly,
        once_krw: found.once,
        changes: found
            .entries
            .iter()
            .map(|it| ChangeAnswer {
                benefit: it.benefit.clone(),
                turn: word(it.turn),
                before_krw: it.before,
                after: finding(book, &it.after),
            })
            .collect(),
    }))
}

/// A field and the text that says what is wrong with it.
type Fault = (&'static str, &'static str);

/// The caller's household, where the caller answers for it.
async fn own_household(app: &App, visitor: &Visitor) -> Result<Loaded, Problem> {
    let loaded = load(app, visitor).await?;
    let own = loaded.picture.view.member(loaded.person);
    let answers = own.is_some_and(|it| it.answers_for_household());
    answers.then_some(loaded).ok_or_else(Problem::forbidden)
}

async fn work_out(
    app: &App,
    loaded: &Loaded,
    change: Change,
) -> Result<Result<Difference, Fault>, Problem> {
    let (desk, picture) = (desk(app), loaded.picture.clone());
    let done = app.engine(move || difference(&desk, &picture, &change));
    Ok(done.await?.map_err(|error| match error {
        Error::NoMember => ("who", "benefits-what-if-who-wrong"),
        Error::Already65 => ("who", "benefits-what-if-already-65"),
    }))
}

const CHANGES: [&str; 6] = [
    "child",
    "job_lost",
    "move",
    "marriage",
    "turning_65",
    "income",
];

fn read(app: &App, loaded: &Loaded, it: &WhatIfRequest) -> Result<Change, Fault> {
    let today = loaded.picture.on;
    let born = |from: Date, to: Date| {
        let text = it.born.as_deref().unwrap_or_default();
        let day = rules::dates::parse(text).ok_or(("born", "benefits-value-date"))?;
        let fits = from <= day && day <= to;
        fits.then_some(day)
            .ok_or(("born", "benefits-what-if-born-wrong"))
    };
    let years = |count: i32| jiff::Span::new().years(count);
    let who = || match it.who.as_deref() {
        None | Some("") => Ok(loaded.person),
        Some(text) => text
            .parse::<PersonId>()
            .map_err(|_| ("who", "benefits-what-if-who-wrong")),
    };
    let (least, greatest) = (0, Unit::WonPerMonth.bounds().1);
    let income = match it.income_krw {
        Some(won) if !(least..=greatest).contains(&won) => {
            return Err(("income_krw", "benefits-value-number"));
        }
        other => other,
    };
    Ok(match it.change.as_str() {
        "child" => Change::Child {
            born: born(
                today.saturating_sub(years(1)),
                today.saturating_add(years(2)),
            )?,
        },
        "job_lost" => Change::JobLost {
            who: who()?,
            income,
        },
        "move" => {
            let place = it.municipality.clone().unwrap_or_default();
            let known = places(app, loaded).iter().any(|(code, _)| *code == place);
            if !known {
                return Err(("municipality", "benefits-what-if-place-wrong"));
            }
            Change::Move {
                municipality: place,
            }
        }
        "marriage" => Change::Marriage {
            born: born(
                today.saturating_sub(years(120)),
                today.saturating_sub(years(18)),
            )?,
            income,
        },
        "turning_65" => Change::Turning65 { who: who()? },
        "income" => Change::Income {
            won: income.ok_or(("income_krw", "benefits-value-number"))?,
        },
        _ => return Err(("change", "benefits-what-if-change-wrong")),
    })
}

/// Codes with names: municipalities that local rules are for, but the household's own, and anywhere else.
fn places(app: &App, loaded: &Loaded) -> Vec<(String, rules::Localized)> {
    let here = loaded.picture.view.address.as_ref();
    let here = here.map_or("", |it| it.municipality.as_str());
    let mut codes: Vec<&String> = app
        .country
        .book
        .benefits()
        .flat_map(|it| &it.territory)
        .filter(|it| *it != here)
        .collect();
    codes.sort();
    codes.dedup();
    let mut places: Vec<_> = codes
        .into_iter()
        .map(|code| (code.clone(), app.country.agencies.name(code)))
        .collect();
    places.push((
        ELSEWHERE.to_owned(),
        rules::Localized::new(ELSEWHERE, ELSEWHERE),
    ));
    places
}

#[derive(Deserialize)]
struct Wanted {
    change: Option<String>,
}

/// The changes to choose from, or what the chosen one needs.
async fn choose(
    State(app): State<App>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let loaded = own_household(&app, &visitor).await?;
    let frame = Frame::of(&app.core, &visitor);
    let request = WhatIfRequest {
        change: wanted.change.unwrap_or_default(),
        ..WhatIfRequest::default()
    };
    let inputs = inputs(&app, &frame, &loaded, &request, "", None);
    Ok(respond(&page(frame, inputs, None)))
}

/// The difference.
async fn see(
    State(app): State<App>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Problem> {
    let loaded = own_household(&app, &visitor).await?;
    let typed = fields.text("income_krw");
    let digits: String = typed
        .trim_end_matches('원')
        .chars()
        .filter(|it| !matches!(it, ',' | ' '))
        .collect();
    let text = |name: &str| fields.get(name).map(str::to_owned);
    let request = WhatIfRequest {
        change: fields.text("change").to_owned(),
        born: text("born"),
        who: text("who"),
        municipality: text("municipality"),
        // -1 is no income: what is no number is told so.
        income_krw: (!digits.is_empty()).then(|| digits.parse().unwrap_or(-1)),
    };
    let found = match read(&app, &loaded, &request) {
        Ok(change) => work_out(&app, &loaded, change).await?,
        Err(fault) => Err(fault),
    };
    let frame = Frame::of(&app.core, &visitor);
    match found {
        Ok(found) => {
            let told = told(&app, &frame, &loaded, &request, &found);
            let inputs = inputs(&app, &frame, &loaded, &request, typed, None);
            Ok(respond(&page(frame, inputs, Some(told))))
        }
        Err(fault) => {
            let inputs = inputs(&app, &frame, &loaded, &request, typed, Some(fault));
            Ok(respond_again(&page(frame, inputs, None)))
        }
    }
}

fn page(frame: Frame, inputs: Option<Inputs>, answer: Option<Answer>) -> WhatIfPage {
    let signs = ["baby", "briefcase", "home", "heart", "elder", "money"];
    let doors = CHANGES.iter().zip(signs).map(|(change, sign)| Door {
        href: format!("/what-if?change={change}"),
        name: frame.t(&key(change, "")),
        about: frame.t(&key(change, "-about")),
        sign,
    });
    WhatIfPage {
        doors: doors.collect(),
        inputs,
        answer,
        phones: phones(&frame),
        frame,
    }
}

fn key(change: &str, ending: &str) -> String {
    format!("benefits-what-if-{}{ending}", change.replace('_', "-"))
}

/// What the chosen change needs, with what was typed; `None` when none is chosen.
fn inputs(
    app: &App,
    frame: &Frame,
    loaded: &Loaded,
    request: &WhatIfRequest,
    typed_income: &str,
    fault: Option<Fault>,
) -> Option<Inputs> {
    let change = *CHANGES.iter().find(|it| **it == request.change)?;
    let at = |field: &str| match fault {
        Some((name, key)) if name == field => frame.t(key),
        _ => String::new(),
    };
    let label = |wanted: &[&str], key: &str| {
        if wanted.contains(&change) {
            frame.t(key)
        } else {
            String::new()
        }
    };
    let who = request.who.clone().filter(|it| !it.is_empty());
    Some(Inputs {
        change,
        title: frame.t(&key(change, "")),
        lead: frame.t(&key(change, "-lead")),
        born_label: label(&["child", "marriage"], "benefits-what-if-born"),
        born: (request.born.clone().unwrap_or_default(), at("born")),
        who_label: label(&["job_lost", "turning_65"], "benefits-what-if-who"),
        who: who.unwrap_or_else(|| loaded.person.to_string()),
        people: people(loaded, change),
        place_label: label(&["move"], "benefits-what-if-place"),
        place: request.municipality.clone().unwrap_or_default(),
        places: places(app, loaded)
            .into_iter()
            .map(|(code, name)| {
                let name = match code.as_str() {
                    ELSEWHERE => frame.t("benefits-what-if-elsewhere"),
                    _ => name.get(frame.locale).to_owned(),
                };
                (code, name)
            })
            .collect(),
        income_label: label(
            &["job_lost", "marriage", "income"],
            "benefits-what-if-income-label",
        ),
        income_hint: frame.t("benefits-ask-number-hint"),
        income: (typed_income.to_owned(), at("income_krw")),
        income_optional: match change {
            "income" => String::new(),
            _ => frame.t("benefits-optional"),
        },
        errors: fault
            .iter()
            .map(|(field, key)| ((*field).to_owned(), frame.t(key)))
            .collect(),
    })
}

/// Whom a change may be about: who may work, or who is not 65 yet.
fn people(loaded: &Loaded, change: &str) -> Vec<(String, String)> {
    let today = loaded.picture.on;
    let members = loaded.picture.view.members.iter().filter(|it| {
        let age = rules::dates::years_between(it.person.born, today);
        match change {
            "turning_65" => age < 65,
            _ => age >= 15,
        }
    });
    members
        .map(|it| (it.person.id.to_string(), it.person.name.clone()))
        .collect()
}

fn word(turn: Turn) -> &'static str {
    match turn {
        Turn::Opened => "opened",
        Turn::Grown => "grown",
        Turn::Shrunk => "shrunk",
        Turn::Ended => "ended",
        Turn::Open => "open",
    }
}

/// The difference in the reader's words.
fn told(
    app: &App,
    frame: &Frame,
    loaded: &Loaded,
    request: &WhatIfRequest,
    found: &Difference,
) -> Answer {
    let figures = [
        ("benefits-sum-monthly", found.monthly),
        ("benefits-yearly", found.yearly),
        ("benefits-sum-once", found.once),
    ];
    let figures = figures.into_iter().filter(|(_, won)| *won != 0);
    let figures = figures.map(|(key, won)| (frame.t(key), signed(frame, won)));
    let groups = [
        (Turn::Opened, "benefits-what-if-opened", "good"),
        (Turn::Grown, "benefits-what-if-grown", "good"),
        (Turn::Shrunk, "benefits-what-if-shrunk", "warn"),
        (Turn::Ended, "benefits-what-if-ended", "bad"),
        (Turn::Open, "benefits-what-if-unsure", "plain"),
    ];
    let groups = groups.into_iter().map(|(turn, key, tone)| {
        let entries = found.entries.iter().filter(|it| it.turn == turn);
        Group {
            title: frame.t(key),
            tone,
            rows: entries.map(|it| row(app, frame, loaded, it)).collect(),
        }
    });
    Answer {
        title: frame.t1("benefits-what-if-answer", "day", frame.date(&found.days.1)),
        assumed: frame.t(&key(&request.change, "-assumed")),
        figures: figures.collect(),
        groups: groups.filter(|it| !it.rows.is_empty()).collect(),
    }
}

/// `+1,000,000원`, `-500,000원`.
fn signed(frame: &Frame, won: i64) -> String {
    let plus = if won > 0 { "+" } else { "" };
    format!("{plus}{}", frame.won(&Won(won)))
}

fn row(app: &App, frame: &Frame, loaded: &Loaded, it: &Entry) -> Row {
    let teller = Teller {
        frame,
        country: &app.country,
        picture: &loaded.picture,
        in_full: false,
    };
    let benefit = app.country.book.benefit(&it.benefit);
    let name = benefit.map_or_else(|| it.benefit.clone(), |it| words::benefit_name(frame, it));
    let whose = it.member.as_deref().and_then(|key| {
        if key == NEWCOMER {
            return Some(frame.t("benefits-what-if-newcomer"));
        }
        let id = key.parse().ok()?;
        let member = loaded.picture.view.member(id)?;
        Some(member.person.name.clone()).filter(|it| !it.is_empty())
    });
    let amount = it.after.amount.as_ref();
    let won = amount
        .and_then(|it| it.value)
        .map(|won| frame.won(&Won(won)));
    let shown = match (won, amount.and_then(|it| it.in_kind.as_ref())) {
        (Some(won), _) if amount.is_some_and(|it| it.at_most) => {
            frame.t1("benefits-amount-at-most", "amount", won)
        }
        (Some(won), _) => won,
        (None, Some(kind)) => words::in_kind(frame, &it.benefit, kind),
        (None, None) if it.after.outcome == Outcome::Eligible => frame.t("benefits-amount-later"),
        (None, None) => String::new(),
    };
    let before = it.before.map(|won| frame.won(&Won(won)));
    let note = match (before, it.turn) {
        (Some(before), Turn::Grown | Turn::Shrunk | Turn::Ended | Turn::Open) => {
            frame.t1("benefits-what-if-before", "amount", before)
        }
        _ => String::new(),
    };
    Row {
        title: match whose {
            Some(whose) => frame.say(
                "benefits-title-for",
                &[("title", name.into()), ("name", whose.into())],
            ),
            None => name,
        },
        period: match amount.and_then(|it| it.unit) {
            Some(Unit::WonPerMonth) => frame.t("benefits-monthly"),
            Some(Unit::WonPerYear) => frame.t("benefits-yearly"),
            Some(_) if !shown.is_empty() => frame.t("benefits-once"),
            _ => String::new(),
        },
        amount: shown,
        note,
        reasons: teller.reasons(&it.after.reasons),
    }
}
