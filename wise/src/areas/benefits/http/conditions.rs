//! Conditions of the day: officials declare and end them; who lives there is looked at at once.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::ConditionId;
use jiff::Span;
use jiff::civil::Date;
use web::{Fields, Frame, Once, Permission, Problem, Routes, Visitor, respond, respond_again};

use crate::app::App;
use crate::areas::benefits::model::Error;
use crate::areas::benefits::pages::conditions::{ConditionLine, ConditionsPage};
use crate::areas::benefits::standing::actions::look_again;
use crate::blocks::places::{self, Condition, ConditionKind, NewCondition, Place, PlaceKind};

/// A condition lasts this long at the most: what lasts longer is no condition of the day.
const LONGEST_DAYS: i64 = 60;
/// In characters.
const LONGEST_TITLE: usize = 60;

pub(super) fn routes() -> Routes<App> {
    const DECLARE: Permission = Permission::Action("condition.declare");
    Routes::new()
        .get("/work/conditions", DECLARE, show)
        .post("/work/conditions", DECLARE, declare)
        .post("/work/conditions/{condition}/end", DECLARE, end)
}

/// What stands in the form.
#[derive(Clone, Debug, Default)]
struct Typed {
    kind: String,
    dong: String,
    title: String,
    from: String,
    last: String,
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let text = |name| fields.text(name).trim().to_owned();
        Self {
            kind: text("kind"),
            dong: text("dong"),
            title: text("title"),
            from: text("from"),
            last: text("last"),
        }
    }

    /// # Errors
    /// The first field that is wrong, with the text that says why.
    fn read(
        &self,
        app: &App,
        visitor: &Visitor,
        districts: &[Place],
        today: Date,
    ) -> Result<NewCondition, (&'static str, &'static str)> {
        let kind = self.kind.parse();
        let kind: ConditionKind = kind.map_err(|_| ("kind", "benefits-value-choose"))?;
        let is_known = self.dong.is_empty() || districts.iter().any(|it| it.dong == self.dong);
        if !is_known {
            return Err(("dong", "benefits-value-choose"));
        }
        if self.title.is_empty() || self.title.chars().count() > LONGEST_TITLE {
            return Err(("title", "benefits-condition-title-wrong"));
        }
        let day = |field, text: &str| {
            let day = rules::dates::parse(text);
            day.ok_or((field, "benefits-value-date"))
        };
        let (from, last) = (day("from", &self.from)?, day("last", &self.last)?);
        let longest = from.saturating_add(Span::new().days(LONGEST_DAYS));
        if last < from || last < today || last > longest {
            return Err(("last", "benefits-condition-last-wrong"));
        }
        let own = visitor.account.as_ref().and_then(|it| it.agency.clone());
        let municipality = app.country.site.municipality.clone();
        Ok(NewCondition {
            kind,
            dong: (!self.dong.is_empty()).then(|| self.dong.clone()),
            title: self.title.clone(),
            from,
            until: last.tomorrow().unwrap_or(Date::MAX),
            agency: own.unwrap_or_else(|| municipality.clone()),
            municipality,
        })
    }
}

/// What holds here, and the districts.
async fn load(app: &App) -> Result<(Vec<Condition>, Vec<Place>), Problem> {
    let (municipality, today) = (
        app.country.site.municipality.clone(),
        app.core.clock().today(),
    );
    app.core
        .look(move |tx| {
            let conditions = places::conditions(tx, &municipality, today)?;
            let districts = places::of_kind(tx, PlaceKind::CommunityCentre)?;
            Ok::<_, Error>((conditions, districts))
        })
        .await
        .map_err(Problem::from)
}

async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let (conditions, districts) = load(&app).await?;
    let today = app.core.clock().today();
    let typed = Typed {
        from: today.to_string(),
        last: today.to_string(),
        ..Typed::default()
    };
    let frame = Frame::of(&app.core, &visitor);
    Ok(respond(&page(
        &app,
        frame,
        &conditions,
        &districts,
        typed,
        None,
    )))
}

fn page(
    app: &App,
    frame: Frame,
    conditions: &[Condition],
    districts: &[Place],
    typed: Typed,
    wrong: Option<(&'static str, &'static str)>,
) -> ConditionsPage {
    let name = |code: &str| app.country.agencies.name(code).get(frame.locale).to_owned();
    let whole = frame.t("benefits-condition-everywhere");
    let lines = conditions.iter().map(|it| ConditionLine {
        title: it.title.clone(),
        kind: frame.t(kind_key(it.kind)),
        place: match &it.dong {
            Some(dong) => district(districts, dong),
            None => whole.clone(),
        },
        days: frame.say(
            "benefits-condition-days",
            &[
                ("from", frame.date(&it.from).into()),
                (
                    "last",
                    frame.date(&it.until.yesterday().unwrap_or(it.until)).into(),
                ),
            ],
        ),
        by: name(&it.agency),
        end_action: format!("/work/conditions/{}/end", it.id),
    });
    let error = |field: &str| match wrong {
        Some((name, key)) if name == field => frame.t(key),
        _ => String::new(),
    };
    let all = std::iter::once((String::new(), whole.clone()));
    ConditionsPage {
        lines: lines.collect(),
        kinds: ConditionKind::ALL
            .iter()
            .map(|it| (it.word().to_owned(), frame.t(kind_key(*it))))
            .collect(),
        kind: (typed.kind, error("kind")),
        districts: all.chain(named(districts)).collect(),
        dong: (typed.dong, error("dong")),
        title: (typed.title, error("title")),
        from: (typed.from, error("from")),
        last: (typed.last, error("last")),
        errors: wrong
            .iter()
            .map(|(field, key)| ((*field).to_owned(), frame.t(key)))
            .collect(),
        frame,
    }
}

pub(super) fn kind_key(kind: ConditionKind) -> &'static str {
    match kind {
        ConditionKind::HeatWave => "benefits-condition-heat-wave",
        ConditionKind::ColdWave => "benefits-condition-cold-wave",
        ConditionKind::Festival => "benefits-condition-festival",
    }
}

/// Districts by code, named by their community centres.
pub(super) fn named(districts: &[Place]) -> impl Iterator<Item = (String, String)> {
    districts
        .iter()
        .map(|it| (it.dong.clone(), it.name.clone()))
}

fn district(districts: &[Place], dong: &str) -> String {
    let found = districts.iter().find(|it| it.dong == dong);
    found.map_or_else(|| dong.to_owned(), |it| it.name.clone())
}

async fn declare(
    State(app): State<App>,
    visitor: Visitor,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let (conditions, districts) = load(&app).await?;
    let typed = Typed::of(&fields);
    let today = app.core.clock().today();
    let new = match typed.read(&app, &visitor, &districts, today) {
        Ok(new) => new,
        Err(wrong) => {
            let frame = Frame::of(&app.core, &visitor);
            let page = page(&app, frame, &conditions, &districts, typed, Some(wrong));
            return Ok(respond_again(&page));
        }
    };
    let back = app
        .core
        .once(&visitor, once, move |cx| {
            places::declare(cx, &new)?;
            look_again(cx, new.dong.as_deref(), new.from)?;
            Ok::<_, Error>("/work/conditions".to_owned())
        })
        .await?;
    Ok(Redirect::to(&back).into_response())
}

async fn end(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    once: Once,
) -> Result<Response, Problem> {
    let id: ConditionId = id.parse().map_err(|_| Problem::not_found())?;
    let back = app
        .core
        .once(&visitor, once, move |cx| {
            if let Some(ended) = places::end(cx, id)? {
                let today = cx.today();
                look_again(cx, ended.dong.as_deref(), today)?;
            }
            Ok::<_, Error>("/work/conditions".to_owned())
        })
        .await?;
    Ok(Redirect::to(&back).into_response())
}
