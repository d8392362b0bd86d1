//! Thin routes of the register, each naming its permission.

mod api;
mod births;
mod find;
mod own;
mod tell;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::ids::PersonId;
use serde::Deserialize;
use web::{Allowed, Frame, Permission, Problem, Routes, Scope};

use super::model::{Error, HouseholdView, Role, Sex};
use super::pages::{Line, Wording};
use crate::app::App;

pub use api::openapi;

/// All routes of the block.
pub fn routes() -> Routes<App> {
    const OWN: Permission = Permission::Action("person.own");
    const TELL: Permission = Permission::Action("birth.tell");
    const LIST: Permission = Permission::Action("birth.list");
    const REGISTER: Permission = Permission::Action("birth.register");
    const FIND: Permission = Permission::Action("person.find");
    Routes::new()
        .get("/me", OWN, own::me)
        .post("/me/consents", OWN, own::consent)
        .get("/me/looks", OWN, own::looks)
        .get("/births/tell", TELL, tell::show)
        .post("/births/tell", TELL, tell::tell)
        .get("/work/births", LIST, births::list)
        .get("/work/births/new", REGISTER, births::new)
        .post("/work/births/new", REGISTER, births::enter)
        .get("/work/births/{birth}", REGISTER, births::show)
        .post("/work/births/{birth}", REGISTER, births::register)
        .get("/find", FIND, find::form)
        .post("/find", FIND, find::find)
        .get(
            "/households/{household}",
            Permission::Action("person.look"),
            find::household,
        )
        .merge(api::routes())
}

/// What went wrong, as a page or problem details; nothing of the inside leaks.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(_) => Self::not_found(),
            Error::StillMember => Self::conflict(),
            Error::Invalid { key, .. } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, key),
            Error::Db(error) => error.into(),
            Error::Spine(error) => error.into(),
            Error::Seal(error) => error.into(),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

/// The person that a resident's route is about: the one whom the policies let this account act for.
pub(crate) fn own_person(allowed: &Allowed) -> Result<PersonId, Problem> {
    match &allowed.0 {
        Scope::Person(id) => id.parse().map_err(|_| Problem::forbidden()),
        _ => Err(Problem::forbidden()),
    }
}

/// What was just done, carried over a redirect: `?done=given`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    pub done: String,
}

impl Done {
    /// Adds the message of what was done, if it is one of `known`: word and text key.
    pub fn flash(&self, frame: Frame, known: &[(&str, &str)]) -> Frame {
        match known.iter().find(|(word, _)| *word == self.done) {
            Some((_, key)) => {
                let text = frame.t(key);
                frame.with_flash("good", text)
            }
            None => frame,
        }
    }
}

/// Sexes as answers of a form.
fn sexes(wording: Wording<'_>) -> Vec<(String, String, String)> {
    [Sex::Female, Sex::Male]
        .into_iter()
        .map(|sex| {
            let label = wording.value(rules::Entity::Person, "sex", Some(sex.word()));
            (sex.word().to_owned(), label, String::new())
        })
        .collect()
}

/// How many children were born together, as answers of a form.
fn counts(frame: &Frame) -> Vec<(String, String)> {
    let one = |count: i64| {
        (
            count.to_string(),
            frame.t1("people-tell-count-of", "count", count),
        )
    };
    (1..=4).map(one).collect()
}

/// The other one of a couple: head and spouse are each other's partner.
fn partner(view: &HouseholdView, person: PersonId) -> Option<PersonId> {
    let answers = |role| matches!(role, Role::Head | Role::Spouse);
    let own = view.member(person).filter(|it| answers(it.role))?;
    let mut others = view.members.iter();
    let other = others.find(|it| answers(it.role) && it.person.id != own.person.id);
    other.map(|it| it.person.id)
}

/// Mother and, where the register knows one, her partner.
fn parent_lines(
    wording: Wording<'_>,
    view: &HouseholdView,
    mother: PersonId,
    today: jiff::civil::Date,
) -> Vec<Line> {
    let frame = wording.frame;
    let line = |key: &str, person: PersonId| {
        let member = view.member(person)?;
        let age = rules::dates::years_between(member.person.born, today);
        Some(Line {
            label: frame.t(key),
            value: frame.say(
                "people-name-age",
                &[
                    ("name", wording.name(&member.person).into()),
                    ("age", age.into()),
                ],
            ),
            via: frame.date(&member.person.born),
        })
    };
    let mut lines: Vec<Line> = line("people-mother", mother).into_iter().collect();
    match partner(view, mother).and_then(|it| line("people-partner", it)) {
        Some(partner) => lines.push(partner),
        None => lines.push(Line {
            label: frame.t("people-partner"),
            value: frame.t("people-partner-none"),
            via: String::new(),
        }),
    }
    if let Some(address) = &view.address {
        lines.push(Line {
            label: frame.t("people-address"),
            value: address.line.clone(),
            via: wording.agency(&address.dong),
        });
    }
    lines
}
