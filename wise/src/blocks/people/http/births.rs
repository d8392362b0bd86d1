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
use super::{Done, counts, parent_lines, sexes};
use crate::app::App;
use crate::blocks::people::actions::births::{
    BirthReport, Registration, birth, births_waiting, born_together, register_births, report_birth,
};
use crate::blocks::people::actions::looks::{Looker, note_look};
use crate::blocks::people::actions::{household, search};
use crate::blocks::people::model::{
    Birth, BirthState, Error, HouseholdView, Person, PersonMatch, Sex, check_name,
};
use crate::blocks::people::pages::{
    BirthLine, BirthPage, BirthsPage, ChildEntry, Errors, Line, NewBirthPage, Wording, masked,
};

/// The purpose under which parents are looked at here.
const PURPOSE: &str = "birth";
/// As many as one page shows.
const MOST: usize = 100;
/// As many children born together as the forms ask about.
const MOST_TOGETHER: i64 = 4;

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
    /// The children to register in one go, this one first.
    waiting: Vec<(Birth, Person)>,
    view: HouseholdView,
    now: Timestamp,
}

impl File {
    /// The field of a child's name: by the record, since a sibling may be reported meanwhile.
    fn name_field(&self, id: BirthId) -> String {
        if id == self.birth.id {
            "name".to_owned()
        } else {
            format!("name-{id}")
        }
    }
}

/// Opens a birth and writes down that this official looked at the family.
fn open(cx: &mut Cx<'_, '_>, scope: &Scope, account: &Account, id: BirthId) -> Result<File, Error> {
    let birth = birth(cx.tx, id)?;
    if !scope.covers(Some(&birth.dong), Some(&birth.mother.to_string())) {
        return Err(Error::NotFound("birth"));
    }
    let view = household::view(cx.tx, birth.household, cx.today(), cx.now)?;
    let persons: Vec<_> = view.members.iter().map(|it| it.person.id).collect();
    note_look(cx, &persons, &Looker::of(account), PURPOSE)?;
    let child = search::person(cx.tx, birth.child)?;
    let waiting = born_together(cx.tx, &birth)?;
    Ok(File {
        birth,
        child,
        waiting,
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
        together: match file.waiting.len() {
            0 | 1 => String::new(),
            count => frame.t1("people-births-together", "count", count),
        },
        children: child_entries(wording, file, fields),
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

/// What is still to be entered of each child.
fn child_entries(wording: Wording<'_>, file: &File, fields: &Fields) -> Vec<ChildEntry> {
    let frame = wording.frame;
    let alone = file.waiting.len() == 1;
    let entry = |(index, (birth, child)): (usize, &(Birth, Person))| {
        let name_field = file.name_field(birth.id);
        let sex = wording.value(Entity::Person, "sex", Some(child.sex.word()));
        ChildEntry {
            name: fields.text(&name_field).to_owned(),
            name_label: if alone {
                frame.t("people-child-name")
            } else {
                frame.say(
                    "people-child-name-of",
                    &[("number", (index + 1).into()), ("sex", sex.into())],
                )
            },
            name_field,
            ..ChildEntry::default()
        }
    };
    file.waiting.iter().enumerate().map(entry).collect()
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

/// Enters a birth in the register: all children who were born together, or none.
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
    check_names(&page.frame, &page.children, &mut page.errors);
    if !page.confirmed {
        let message = page.frame.t("people-register-unconfirmed");
        page.errors.push(("confirmed".to_owned(), message));
    }
    if !page.errors.is_empty() {
        return Ok(respond_again(&page));
    }
    let mut entries: Vec<_> = file
        .waiting
        .iter()
        .map(|(birth, _)| Registration {
            birth: birth.id,
            name: fields.text(&file.name_field(birth.id)).to_owned(),
        })
        .collect();
    if entries.is_empty() {
        // Registered meanwhile: the register says so itself.
        entries.push(Registration {
            birth: file.birth.id,
            name: fields.text("name").to_owned(),
        });
    }
    let done = app
        .core
        .once(&visitor, once, move |cx| {
            register_births(cx, &entries)?;
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

/// Each child needs a name of its own.
fn check_names(frame: &Frame, children: &[ChildEntry], errors: &mut Errors) {
    for child in children {
        if let Err(key) = check_name(&child.name) {
            errors.push((child.name_field.clone(), frame.t(key)));
        }
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
        born: text("born"),
        children: new_children(&frame, fields),
        multiple: text("multiple"),
        sexes: sexes(wording),
        counts: counts(&frame),
        confirmed: text("confirmed") == "yes",
        errors: Errors::new(),
        frame,
    }
}

/// As many children as were born together.
fn new_children(frame: &Frame, fields: &Fields) -> Vec<ChildEntry> {
    let count = fields.text("multiple").parse::<i64>().unwrap_or(1);
    let count = count.clamp(1, MOST_TOGETHER);
    let entry = |number: i64| {
        // The first keeps the plain names, so that one child's form stays as it is.
        let field = |name: &str| match number {
            1 => name.to_owned(),
            _ => format!("{name}{number}"),
        };
        let label = |one: &str, many: &str| match count {
            1 => frame.t(one),
            _ => frame.t1(many, "number", number),
        };
        ChildEntry {
            name: fields.text(&field("name")).to_owned(),
            name_field: field("name"),
            name_label: label("people-child-name", "people-new-name-of"),
            sex: fields.text(&field("sex")).to_owned(),
            sex_field: field("sex"),
            sex_label: label("people-sex", "people-tell-sex-of"),
        }
    };
    (1..=count).map(entry).collect()
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
            note_look(cx, &persons, &Looker::of(&account), PURPOSE)?;
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
            note_look(cx, &[mother], &Looker::of(&account), PURPOSE)?;
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
    let reports = new_reports(&mut page, fields, mother);
    if !page.errors.is_empty() {
        return Ok(respond_again(&page));
    }
    let done = app
        .core
        .once(visitor, once, move |cx| {
            let mut entries = Vec::new();
            for (report, name) in &reports {
                entries.push(Registration {
                    birth: report_birth(cx, report)?,
                    name: name.clone(),
                });
            }
            register_births(cx, &entries)?;
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

/// What a filled-in form reports: each child with its name. What is wrong is noted on the page.
fn new_reports(
    page: &mut NewBirthPage,
    fields: &Fields,
    mother: PersonId,
) -> Vec<(BirthReport, String)> {
    let frame = page.frame.clone();
    let mut wrong = Errors::new();
    let born = dates::parse(fields.text("born"));
    if born.is_none() {
        wrong.push(("born".to_owned(), frame.t("people-date-wrong")));
    }
    let multiple = fields.text("multiple").parse::<i64>().ok();
    let multiple = multiple.filter(|it| (1..=MOST_TOGETHER).contains(it));
    if multiple.is_none() {
        wrong.push(("multiple".to_owned(), frame.t("people-birth-multiple")));
    }
    let mut reports = Vec::new();
    for child in &page.children {
        check_names(&frame, std::slice::from_ref(child), &mut wrong);
        match (child.sex.parse::<Sex>(), born, multiple) {
            (Ok(sex), Some(born), Some(multiple)) => {
                let report = BirthReport {
                    mother,
                    born,
                    sex,
                    hospital: None,
                    multiple,
                };
                reports.push((report, child.name.clone()));
            }
            (Err(_), _, _) => {
                wrong.push((child.sex_field.clone(), frame.t("people-sex-missing")));
            }
            _ => {}
        }
    }
    if !page.confirmed {
        let message = frame.t("people-register-unconfirmed");
        wrong.push(("confirmed".to_owned(), message));
    }
    page.errors.extend(wrong);
    reports
}
