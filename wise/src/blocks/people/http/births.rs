//! Officials enter births: those a hospital reported or a resident told, and those nobody did.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::{BirthId, PersonId};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use rules::{Entity, dates};
use spine::Cx;
use web::{Account, Allowed, Fields, Frame, Once, Problem, Scope, Visitor};
use web::{respond, respond_again};

use super::find::found_line;
use super::{Done, counts, look_of, parent_lines, sexes};
use crate::app::App;
use crate::blocks::people::actions::births::{
    BirthReport, Registration, birth, births_waiting, register_birth, report_birth,
};
use crate::blocks::people::actions::looks::note_look;
use crate::blocks::people::actions::{household, search};
use crate::blocks::people::model::{
    Birth, BirthState, Error, HouseholdView, Person, PersonMatch, Sex,
};
use crate::blocks::people::pages::{
    BirthLine, BirthPage, BirthsPage, Errors, Line, NewBirthPage, Wording, masked,
};

/// The purpose under which parents are looked at here.
const PURPOSE: &str = "birth";
/// As many as one page shows.
const MOST: usize = 100;

/// The last day for registering a birth: one month (가족관계등록법 제44조제1항).
fn register_by(born: Date) -> Date {
    born.checked_add(Span::new().months(1)).unwrap_or(born)
}

/// Births that wait, those reported first on top.
pub async fn list(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let waiting = app
        .core
        .look(move |tx| {
            let mut all = Vec::new();
            for it in births_waiting(tx, &allowed.0)? {
                let mother = search::person(tx, it.mother)?;
                let child = search::person(tx, it.child)?;
                all.push((it, mother, child));
            }
            Ok::<_, Error>(all)
        })
        .await?;
    let known = [("registered", "people-registered-done")];
    let frame = done.flash(Frame::of(&app.core, &visitor), &known);
    let wording = Wording {
        frame: &frame,
        country: &app.country,
    };
    let today = app.core.clock().today();
    let rows = waiting.iter().map(|it| list_line(wording, it, today));
    let heads = [
        ("people-mother", ""),
        ("people-born", ""),
        ("people-births-source", ""),
        ("people-births-left", "num"),
    ];
    Ok(respond(&BirthsPage {
        lead: frame.t1("people-births-lead", "count", waiting.len()),
        heads: heads.map(|(key, class)| (frame.t(key), class)).into(),
        rows: rows.collect(),
        more: waiting.len() >= MOST,
        frame,
    }))
}

/// A line of the list; names in full stand on the page that says why it is opened.
fn list_line(
    wording: Wording<'_>,
    (birth, mother, child): &(Birth, Person, Person),
    today: Date,
) -> BirthLine {
    let frame = wording.frame;
    let left = dates::days_between(today, register_by(child.born));
    let (source, tone) = source(wording, birth);
    BirthLine {
        href: format!("/work/births/{}", birth.id),
        mother: masked(&mother.name),
        place: wording.agency(&birth.dong),
        born: frame.date(&child.born),
        sex: wording.value(Entity::Person, "sex", Some(child.sex.word())),
        source,
        tone,
        left: match left {
            0.. => frame.t1("people-days-left", "days", left),
            _ => frame.t1("people-days-over", "days", -left),
        },
        left_tone: match left {
            ..0 => "bad",
            0..=7 => "warn",
            _ => "plain",
        },
    }
}

/// Who said so.
fn source(wording: Wording<'_>, birth: &Birth) -> (String, &'static str) {
    match (&birth.hospital, birth.state) {
        (_, BirthState::Registered) => (wording.frame.t("people-birth-registered"), "good"),
        (Some(hospital), _) => (wording.agency(hospital), "info"),
        (None, _) => (wording.frame.t("people-birth-told"), "warn"),
    }
}

/// A birth with the people it concerns.
struct File {
    birth: Birth,
    child: Person,
    view: HouseholdView,
    now: Timestamp,
}

/// Opens a birth and writes down that this official looked at the family.
fn open(cx: &mut Cx<'_, '_>, scope: &Scope, account: &Account, id: BirthId) -> Result<File, Error> {
    let birth = birth(cx.tx, id)?;
    if !scope.covers(Some(&birth.dong), Some(&birth.mother.to_string())) {
        return Err(Error::NotFound("birth"));
    }
    let view = household::view(cx.tx, birth.household, cx.today(), cx.now)?;
    let persons: Vec<_> = view.members.iter().map(|it| it.person.id).collect();
    note_look(cx.tx, &persons, &look_of(account, PURPOSE, cx.now))?;
    let child = search::person(cx.tx, birth.child)?;
    Ok(File {
        birth,
        child,
        view,
        now: cx.now,
    })
}

async fn file(app: &App, visitor: &Visitor, allowed: Allowed, id: &str) -> Result<File, Problem> {
    let id: BirthId = id.parse().map_err(|_| Problem::not_found())?;
    let account = visitor.signed_in()?.clone();
    let opened = app
        .core
        .act(visitor, move |cx| open(cx, &allowed.0, &account, id));
    Ok(opened.await?)
}

fn file_page(app: &App, frame: Frame, file: &File, fields: &Fields) -> BirthPage {
    let wording = Wording {
        frame: &frame,
        country: &app.country,
    };
    let birth = &file.birth;
    let mother = file
        .view
        .member(birth.mother)
        .map(|it| wording.name(&it.person));
    let (state, tone) = source(wording, birth);
    let line = |key: &str, value: String, via: String| Line {
        label: frame.t(key),
        value,
        via,
    };
    let sex = wording.value(Entity::Person, "sex", Some(file.child.sex.word()));
    let reported = frame.date_time(&birth.reported_at);
    let mut about = vec![
        line("people-born", frame.date(&file.child.born), String::new()),
        line("people-sex", sex, String::new()),
        line("people-births-source", state.clone(), reported),
        line(
            "people-register-by",
            frame.date(&register_by(file.child.born)),
            String::new(),
        ),
    ];
    if birth.state == BirthState::Registered {
        about.insert(
            0,
            line(
                "people-child-name",
                wording.name(&file.child),
                String::new(),
            ),
        );
    }
    if let Some(order) = file
        .view
        .member(birth.child)
        .and_then(|it| it.datum("birth_order"))
    {
        let value = wording.value(Entity::Person, "birth_order", order.value.as_deref());
        about.push(line("people-birth-order", value, String::new()));
    }
    BirthPage {
        title: frame.t1("people-birth-of", "name", mother.unwrap_or_default()),
        lead: frame.t1("people-birth-lead", "day", frame.date(&file.child.born)),
        state,
        tone,
        open: birth.state != BirthState::Registered,
        action: format!("/work/births/{}", birth.id),
        name: fields.text("name").to_owned(),
        confirmed: fields.text("confirmed") == "yes",
        errors: Errors::new(),
        about,
        parents: parent_lines(
            wording,
            &file.view,
            birth.mother,
            base::seoul_date(file.now),
        ),
        frame,
    }
}

/// One birth.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let file = file(&app, &visitor, allowed, &id).await?;
    let frame = Frame::of(&app.core, &visitor);
    Ok(respond(&file_page(&app, frame, &file, &Fields::default())))
}

/// Enters a birth in the register.
pub async fn register(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Path(id): Path<String>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let file = file(&app, &visitor, allowed, &id).await?;
    let mut page = file_page(&app, Frame::of(&app.core, &visitor), &file, &fields);
    let entry = Registration {
        birth: file.birth.id,
        name: fields.text("name").to_owned(),
    };
    if !page.confirmed {
        let message = page.frame.t("people-register-unconfirmed");
        page.errors.push(("confirmed".to_owned(), message));
        if entry.name.is_empty() {
            let message = page.frame.t("people-birth-name-missing");
            page.errors.insert(0, ("name".to_owned(), message));
        }
        return Ok(respond_again(&page));
    }
    let done = app
        .core
        .once(&visitor, once, move |cx| {
            register_birth(cx, &entry)?;
            Ok::<_, Error>("/work/births?done=registered".to_owned())
        })
        .await;
    match done {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(Error::Invalid { field, key }) => {
            // Registered by a colleague meanwhile: there is no form left to point at.
            let field = if field == "birth" { "main" } else { field };
            page.errors.push((field.to_owned(), page.frame.t(key)));
            Ok(respond_again(&page))
        }
        Err(other) => Err(other.into()),
    }
}

fn new_page(app: &App, visitor: &Visitor, fields: &Fields) -> NewBirthPage {
    let frame = Frame::of(&app.core, visitor);
    let wording = Wording {
        frame: &frame,
        country: &app.country,
    };
    let text = |name: &str| fields.text(name).to_owned();
    NewBirthPage {
        mother_name: text("mother_name"),
        mother_born: text("mother_born"),
        searched: false,
        found: Vec::new(),
        mother: String::new(),
        mother_title: String::new(),
        parents: Vec::new(),
        name: text("name"),
        born: text("born"),
        sex: text("sex"),
        multiple: text("multiple"),
        sexes: sexes(wording),
        counts: counts(&frame),
        confirmed: text("confirmed") == "yes",
        errors: Errors::new(),
        frame,
    }
}

/// The form for a birth that nobody reported.
pub async fn new(State(app): State<App>, visitor: Visitor) -> Response {
    respond(&new_page(&app, &visitor, &Fields::default()))
}

/// The three steps of that form: find the mother, choose her, enter the child.
pub async fn enter(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let page = new_page(&app, &visitor, &fields);
    if fields.text("mother").is_empty() {
        return find_mother(&app, &visitor, allowed, page).await;
    }
    let mother: PersonId = fields
        .text("mother")
        .parse()
        .map_err(|_| Problem::not_found())?;
    let page = with_mother(&app, &visitor, &allowed.0, page, mother).await?;
    if fields.text("choose") == "yes" {
        return Ok(respond(&page));
    }
    enter_child(&app, &visitor, once, page, &fields, mother).await
}

async fn find_mother(
    app: &App,
    visitor: &Visitor,
    allowed: Allowed,
    mut page: NewBirthPage,
) -> Result<Response, Problem> {
    let mut wrong = |field: &str, key: &str| {
        let message = page.frame.t(key);
        page.errors.push((field.to_owned(), message));
    };
    let name = page.mother_name.clone();
    if name.is_empty() {
        wrong("mother_name", "people-name-missing");
    }
    let born = dates::parse(&page.mother_born);
    if born.is_none() {
        wrong("mother_born", "people-date-wrong");
    }
    if !page.errors.is_empty() {
        return Ok(respond_again(&page));
    }
    let account = visitor.signed_in()?.clone();
    let found: Vec<PersonMatch> = app
        .core
        .act(visitor, move |cx| {
            let mut found = search::search(cx.tx, &allowed.0, &name, born)?;
            found.retain(|it| it.person.sex == Sex::Female);
            let persons: Vec<_> = found.iter().map(|it| it.person.id).collect();
            note_look(cx.tx, &persons, &look_of(&account, PURPOSE, cx.now))?;
            Ok::<_, Error>(found)
        })
        .await?;
    page.searched = true;
    page.found = found
        .iter()
        .map(|it| found_line(&page.frame, it, it.person.id))
        .collect();
    Ok(respond(&page))
}

/// Fills in who was chosen; a mother of another office does not exist here.
async fn with_mother(
    app: &App,
    visitor: &Visitor,
    scope: &Scope,
    mut page: NewBirthPage,
    mother: PersonId,
) -> Result<NewBirthPage, Problem> {
    let (account, scope) = (visitor.signed_in()?.clone(), scope.clone());
    let view = app
        .core
        .act(visitor, move |cx| {
            let of = household::household_of(cx.tx, mother, cx.today(), cx.now)?;
            let (id, _) = of.ok_or(Error::NotFound("household"))?;
            let view = household::view(cx.tx, id, cx.today(), cx.now)?;
            let dong = view.address.as_ref().map(|it| it.dong.as_str());
            if !scope.covers(dong, None) {
                return Err(Error::NotFound("household"));
            }
            note_look(cx.tx, &[mother], &look_of(&account, PURPOSE, cx.now))?;
            Ok(view)
        })
        .await?;
    let wording = Wording {
        frame: &page.frame,
        country: &app.country,
    };
    let name = view.member(mother).map(|it| wording.name(&it.person));
    let parents = parent_lines(wording, &view, mother, app.core.clock().today());
    page.mother_title = page
        .frame
        .t1("people-new-child-of", "name", name.unwrap_or_default());
    page.parents = parents;
    page.mother = mother.to_string();
    Ok(page)
}

async fn enter_child(
    app: &App,
    visitor: &Visitor,
    once: Once,
    mut page: NewBirthPage,
    fields: &Fields,
    mother: PersonId,
) -> Result<Response, Problem> {
    let mut wrong = |field: &str, key: &str| {
        let message = page.frame.t(key);
        page.errors.push((field.to_owned(), message));
    };
    let name = fields.text("name").to_owned();
    if name.is_empty() {
        wrong("name", "people-birth-name-missing");
    }
    let born = dates::parse(fields.text("born"));
    if born.is_none() {
        wrong("born", "people-date-wrong");
    }
    let sex = fields.text("sex").parse::<Sex>();
    if sex.is_err() {
        wrong("sex", "people-sex-missing");
    }
    if fields.text("confirmed") != "yes" {
        wrong("confirmed", "people-register-unconfirmed");
    }
    let (Some(born), Ok(sex), true) = (born, sex, page.errors.is_empty()) else {
        return Ok(respond_again(&page));
    };
    let report = BirthReport {
        mother,
        born,
        sex,
        hospital: None,
        multiple: fields.text("multiple").parse().unwrap_or(1),
    };
    let done = app
        .core
        .once(visitor, once, move |cx| {
            let birth = report_birth(cx, &report)?;
            let name = name.clone();
            register_birth(cx, &Registration { birth, name })?;
            Ok::<_, Error>("/work/births?done=registered".to_owned())
        })
        .await;
    match done {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(Error::Invalid { field, key }) => {
            let field = if field == "birth" { "name" } else { field };
            page.errors.push((field.to_owned(), page.frame.t(key)));
            Ok(respond_again(&page))
        }
        Err(other) => Err(other.into()),
    }
}
