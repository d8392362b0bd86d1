//! What government knows about a resident, the consents given, and who looked.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::PersonId;
use db::Tx;
use jiff::Timestamp;
use rules::Entity;
use web::export::instant;
use web::{Allowed, Export, Fields, Format, Frame, Once, Problem, Visitor, respond};

use super::{Done, own_person};
use crate::app::App;
use crate::blocks::exchange::{self, Consent};
use crate::blocks::people::actions::looks::{Look, looks_at};
use crate::blocks::people::actions::{consents, household};
use crate::blocks::people::model::{Error, HouseholdView, MemberView};
use crate::blocks::people::pages::{
    ConsentLine, FactRow, FactSection, LookLine, LooksPage, MePage, Moment, Reader, Wording,
    fact_rows, phones,
};
use crate::blocks::seals;

/// A household with the consents that stand in it.
struct Own {
    person: PersonId,
    view: HouseholdView,
    consents: BTreeMap<PersonId, Vec<Consent>>,
    now: Timestamp,
}

impl Own {
    fn load(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<Self, Error> {
        let today = base::seoul_date(now);
        let of = household::household_of(tx, person, today, now)?;
        let (id, _) = of.ok_or(Error::NotFound("household"))?;
        let view = household::view(tx, id, today, now)?;
        let mut all = BTreeMap::new();
        for member in &view.members {
            let mut given = exchange::consents_of(tx, member.person.id)?;
            given.retain(|it| it.withdrawn_at.is_none());
            all.insert(member.person.id, given);
        }
        Ok(Self {
            person,
            view,
            consents: all,
            now,
        })
    }

    fn me(&self) -> Result<&MemberView, Problem> {
        self.view.member(self.person).ok_or_else(Problem::not_found)
    }

    fn agreed(&self, person: PersonId) -> Vec<String> {
        let given = self.consents.get(&person).into_iter().flatten();
        given.map(|it| it.fact.clone()).collect()
    }
}

/// What government knows about me and my household.
pub async fn me(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    let now = app.core.clock().now();
    let own = app.core.look(move |tx| Own::load(tx, person, now)).await?;
    let frame = done.flash(
        Frame::of(&app.core, &visitor),
        &[
            ("given", "people-consent-given"),
            ("withdrawn", "people-consent-withdrawn"),
            ("corrected", "people-corrected"),
        ],
    );
    let wording = Wording {
        frame: &frame,
        country: &app.country,
    };
    let me = own.me()?;
    let today = base::seoul_date(now);
    let shows = |it: &&MemberView| own.view.answers_for(person, it.person.id, today);
    let (shown, hidden): (Vec<_>, Vec<_>) = own.view.members.iter().partition(shows);
    let mut sections = Vec::new();
    for member in shown {
        sections.push(person_section(wording, &own, me, member));
    }
    if me.answers_for_household() {
        let at = sections.len().min(1);
        sections.insert(at, household_section(wording, &own));
    }
    let note = if hidden.is_empty() {
        String::new()
    } else {
        let names: Vec<_> = hidden.iter().map(|it| wording.name(&it.person)).collect();
        frame.t1("people-me-hidden", "names", names.join(", "))
    };
    Ok(respond(&MePage {
        sections,
        consents: consent_lines(wording, &own, me),
        note,
        phones: phones(&frame),
        frame,
    }))
}

fn person_section(
    wording: Wording<'_>,
    own: &Own,
    me: &MemberView,
    member: &MemberView,
) -> FactSection {
    let person = &member.person;
    let mut rows = vec![
        register_row(
            wording,
            own,
            "people-name",
            "person.born",
            wording.name(person),
        ),
        register_row(
            wording,
            own,
            "people-birth-date",
            "person.born",
            wording.frame.date(&person.born),
        ),
        register_row(
            wording,
            own,
            "people-sex",
            "person.sex",
            wording.value(Entity::Person, "sex", Some(person.sex.word())),
        ),
        register_row(
            wording,
            own,
            "people-role",
            "person.role",
            wording.value(Entity::Person, "role", Some(member.role.word())),
        ),
    ];
    let agreed = own.agreed(person.id);
    let mut facts = fact_rows(
        wording,
        Reader::Owner,
        Entity::Person,
        &member.facts,
        &agreed,
        own.now,
    );
    for (row, datum) in facts.iter_mut().zip(&member.facts) {
        row.correct_href = format!("/me/correct?fact=person.{}&of={}", datum.fact, person.id);
    }
    rows.extend(facts);
    let title = if person.id == me.person.id {
        wording.frame.t("people-me-section")
    } else {
        wording.name(person)
    };
    FactSection { title, rows }
}

fn household_section(wording: Wording<'_>, own: &Own) -> FactSection {
    let mut rows = Vec::new();
    if let Some(address) = &own.view.address {
        rows.push(FactRow {
            since: wording.frame.t1(
                "people-since-day",
                "day",
                wording.frame.date(&address.since),
            ),
            ..register_row(
                wording,
                own,
                "people-address",
                "person.resident_since",
                address.line.clone(),
            )
        });
    }
    let head = own.view.head().map(|it| it.person.id);
    let agreed = head.map(|it| own.agreed(it)).unwrap_or_default();
    let mut facts = fact_rows(
        wording,
        Reader::Owner,
        Entity::Household,
        &own.view.facts,
        &agreed,
        own.now,
    );
    for (row, datum) in facts.iter_mut().zip(&own.view.facts) {
        row.correct_href = format!("/me/correct?fact=household.{}", datum.fact);
    }
    rows.extend(facts);
    FactSection {
        title: wording.frame.t("people-household-section"),
        rows,
    }
}

/// A row of the resident register itself, under the law by which `holding` is shared.
fn register_row(
    wording: Wording<'_>,
    own: &Own,
    label: &str,
    holding: &str,
    value: String,
) -> FactRow {
    let held = wording.country.catalogue.holding(holding);
    FactRow {
        label: wording.frame.t(label),
        value,
        source: held
            .map(|it| wording.agency_with_phone(&it.agency))
            .unwrap_or_default(),
        basis: held.map(|it| it.law.clone()).unwrap_or_default(),
        as_of: wording.frame.date(&base::seoul_date(own.now)),
        ..FactRow::default()
    }
}

/// The entity and the bare name of a fact of the catalogue.
fn split(name: &str) -> Option<(Entity, &str)> {
    let (entity, fact) = name.split_once('.')?;
    match entity {
        "person" => Some((Entity::Person, fact)),
        "household" => Some((Entity::Household, fact)),
        _ => None,
    }
}

fn consent_lines(wording: Wording<'_>, own: &Own, me: &MemberView) -> Vec<ConsentLine> {
    let frame = wording.frame;
    let given = own.consents.get(&me.person.id);
    let mut lines = Vec::new();
    for holding in wording
        .country
        .catalogue
        .iter()
        .filter(|it| consents::may_consent(&own.view, own.person, it))
    {
        let Some((entity, fact)) = split(&holding.fact) else {
            continue;
        };
        let standing = given
            .into_iter()
            .flatten()
            .find(|it| it.fact == holding.fact);
        let agency = wording.agency(&holding.agency);
        let detail = match standing {
            Some(consent) => frame.say(
                "people-consent-since",
                &[
                    ("agency", agency.into()),
                    (
                        "day",
                        frame.date(&base::seoul_date(consent.given_at)).into(),
                    ),
                ],
            ),
            None => frame.say(
                "people-consent-ask",
                &[
                    ("agency", agency.into()),
                    ("law", holding.law.as_str().into()),
                ],
            ),
        };
        lines.push(ConsentLine {
            fact: holding.fact.clone(),
            label: wording.label(entity, fact),
            detail,
            given: standing.is_some(),
        });
    }
    lines
}

/// Gives or withdraws a consent.
pub async fn consent(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    let given = match fields.text("consent") {
        "give" => true,
        "withdraw" => false,
        _ => return Err(Problem::bad_request()),
    };
    let catalogue = app.country.catalogue.clone();
    let fact = fields.text("fact").to_owned();
    let address = app
        .core
        .once(&visitor, once, move |cx| {
            let own = Own::load(cx.tx, person, cx.now)?;
            let holding = catalogue.holding(&fact);
            let holding = holding.filter(|it| consents::may_consent(&own.view, person, it));
            let holding = holding.ok_or(Error::NotFound("datum"))?;
            consents::set_consent(cx, person, &holding.fact, given)?;
            let done = if given { "given" } else { "withdrawn" };
            Ok::<_, Error>(format!("/me?done={done}"))
        })
        .await?;
    Ok(Redirect::to(&address).into_response())
}

/// Who looked at my data.
pub async fn looks(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    format: Format,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    let most = match format {
        Format::Page => 200,
        Format::Csv | Format::Json => 10_000,
    };
    let all = app.core.look(move |tx| looks_at(tx, person, most)).await?;
    let frame = Frame::of(&app.core, &visitor);
    let wording = Wording {
        frame: &frame,
        country: &app.country,
    };
    if format != Format::Page {
        return export(wording, &all).respond(format);
    }
    let looks = all.iter().map(|it| LookLine {
        moment: moment(wording, it),
        proof_href: it
            .seal
            .map(|it| seals::proof_href(&it.to_string()))
            .unwrap_or_default(),
    });
    let looks = looks.collect();
    Ok(respond(&LooksPage {
        looks,
        phones: phones(&frame),
        frame,
    }))
}

/// Who looked, to take along.
fn export(wording: Wording<'_>, looks: &[Look]) -> Export {
    let columns = [
        ("at", "people-column-at"),
        ("looker", "people-column-looker"),
        ("agency", "people-column-agency"),
        ("purpose", "people-purpose"),
    ];
    let columns = columns.map(|(key, title)| (key, wording.frame.t(title)));
    let mut table = Export::new("looks", columns.into());
    for look in looks {
        table.push([
            instant(look.at),
            look.looker.name.as_str().into(),
            wording.agency(&look.looker.agency).into(),
            wording.purpose(&look.purpose).into(),
        ]);
    }
    table
}

/// A look as a line of a timeline: when, who, for which office, why.
pub fn moment(wording: Wording<'_>, look: &Look) -> Moment {
    let frame = wording.frame;
    let who = if look.looker.agency.is_empty() {
        look.looker.name.clone()
    } else {
        frame.say(
            "people-looker",
            &[
                ("agency", wording.agency(&look.looker.agency).into()),
                ("name", look.looker.name.as_str().into()),
            ],
        )
    };
    Moment {
        when: frame.date_time(&look.at),
        date: look.at.to_string(),
        title: who,
        note: wording.purpose(&look.purpose),
        state: "done",
    }
}
