//! Who can be chosen on the first page, and the accounts of everybody who acts in the sample.

use std::collections::HashMap;

use base::{Locale, Localized};
use jiff::Timestamp;
use spine::Cx;
use web::accounts::{self, NewAccount};
use web::{Settings, password};

use super::Error;
use super::keys::Names;
use super::plan::{CityPlan, Official, OfficialRole, PersonKey, SampleData};
use crate::blocks::notices::{self, Contact};
use crate::blocks::people::Looker;
use crate::country::Country;

/// The documented password of every persona: the demo listens on loopback alone and holds nobody
/// who lives.
pub const PASSWORD: &str = "hanbit-2026";
/// The hospital's program, which reports births by token.
pub(super) const HOSPITAL: &str = "hanbit-hospital";
/// Members of a persona's household who can be chosen, too.
const ALSO: [&str; 1] = ["lee-junho"];
/// From this age on, pages begin in large letters.
const LARGE_LETTERS_FROM: i32 = 75;

/// Which part of the first page somebody stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Resident,
    Official,
    Operator,
}

/// Somebody who can be chosen on the first page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    pub login: String,
    pub name: Localized,
    pub group: Group,
    /// One line on why to choose this person; empty where a text of the demo says it.
    pub why: Localized,
    /// A name in `assets/icons.svg`.
    pub sign: &'static str,
}

/// Everybody on the first page, in its order.
pub(super) fn faces(data: &SampleData) -> Vec<Face> {
    let mut faces = Vec::new();
    for script in &data.personas {
        for member in script
            .members
            .iter()
            .filter(|it| is_chosen(it.persona, &it.id))
        {
            let latin = member.name_latin.as_ref().unwrap_or(&member.name);
            faces.push(Face {
                login: member.id.clone(),
                name: Localized::new(&member.name, latin),
                group: Group::Resident,
                why: if member.persona {
                    Localized::new(&script.why.ko, &script.why.en)
                } else {
                    Localized::default()
                },
                sign: sign_of(
                    member.age,
                    member.due_in_days.is_some(),
                    member.language.is_some(),
                ),
            });
        }
    }
    faces.extend(
        data.officials
            .iter()
            .filter(|it| it.persona)
            .map(official_face),
    );
    faces
}

fn is_chosen(persona: bool, id: &str) -> bool {
    persona || ALSO.contains(&id)
}

fn sign_of(age: i32, expects: bool, foreign: bool) -> &'static str {
    match age {
        _ if expects && age < 20 => "heart",
        _ if expects => "baby",
        _ if foreign => "globe",
        _ if age >= 65 => "elder",
        _ if age >= 40 => "briefcase",
        _ => "person",
    }
}

fn official_face(official: &Official) -> Face {
    let (group, sign) = match official.role {
        OfficialRole::Counter => (Group::Official, "building"),
        OfficialRole::Field => (Group::Official, "map"),
        OfficialRole::Supervisor => (Group::Official, "chart"),
        OfficialRole::DecisionMaker => (Group::Official, "people"),
        OfficialRole::Operator => (Group::Operator, "pulse"),
    };
    Face {
        login: official.key.clone(),
        name: Localized::new(&official.name, &official.name_en),
        group,
        why: Localized::default(),
        sign,
    }
}

fn role_word(role: OfficialRole) -> &'static str {
    match role {
        OfficialRole::Counter => "counter",
        OfficialRole::Field => "field",
        OfficialRole::Supervisor => "supervisor",
        OfficialRole::DecisionMaker => "decision_maker",
        OfficialRole::Operator => "operator",
    }
}

/// Accounts of those who work in the city.
pub(super) struct Staff {
    pub clerks: HashMap<String, Looker>,
    pub hospital: base::ids::AccountId,
    /// With which the hospital's program reports births.
    pub hospital_token: String,
}

/// Makes the accounts of officials and of the hospital; only personas can sign in.
pub(super) fn make_staff(
    cx: &mut Cx<'_, '_>,
    country: &Country,
    data: &SampleData,
) -> Result<Staff, Error> {
    let hash = password::hash(PASSWORD, cx.rng);
    let mut clerks = HashMap::new();
    for official in &data.officials {
        let account = accounts::create(
            cx,
            &NewAccount {
                login: official.key.clone(),
                name: official.name.clone(),
                roles: vec![role_word(official.role).to_owned()],
                agency: Some(official.agency.clone()),
                password_hash: official.persona.then(|| hash.clone()),
                ..NewAccount::default()
            },
        )?;
        let clerk = Looker {
            account,
            name: official.name.clone(),
            agency: official.agency.clone(),
        };
        clerks.insert(official.key.clone(), clerk);
    }
    let code = &data.city.hospital;
    let hospital = accounts::create(
        cx,
        &NewAccount {
            login: HOSPITAL.to_owned(),
            name: country.agencies.name(code).ko,
            roles: vec!["hospital".to_owned()],
            agency: Some(code.clone()),
            ..NewAccount::default()
        },
    )?;
    let never: Option<Timestamp> = None;
    let hospital_token = accounts::create_api_token(cx, hospital, "births", never)?;
    Ok(Staff {
        clerks,
        hospital,
        hospital_token,
    })
}

/// The staff of a city that is made already.
pub(super) fn find_staff(
    tx: &mut db::Tx<'_>,
    data: &SampleData,
) -> Result<(HashMap<String, Looker>, Option<base::ids::AccountId>), Error> {
    let mut clerks = HashMap::new();
    for official in &data.officials {
        if let Some(account) = accounts::by_login(tx, &official.key)? {
            let clerk = Looker {
                account: account.id,
                name: account.name,
                agency: account.agency.unwrap_or_default(),
            };
            clerks.insert(official.key.clone(), clerk);
        }
    }
    let hospital = accounts::by_login(tx, HOSPITAL)?;
    Ok((clerks, hospital.map(|it| it.id)))
}

/// Makes the accounts of the residents who can be chosen, and says in which language to write to
/// them. Nobody has an e-mail address.
pub(super) fn make_residents(
    cx: &mut Cx<'_, '_>,
    data: &SampleData,
    plan: &CityPlan,
    names: &Names<'_>,
) -> Result<(), Error> {
    let hash = password::hash(PASSWORD, cx.rng);
    // The plan settles the scripted households first, in the order of the file.
    for (script, household) in data.personas.iter().zip(&plan.households) {
        for (member, person) in script.members.iter().zip(&household.members) {
            if !is_chosen(member.persona, &member.id) {
                continue;
            }
            let person = names.person(person.key)?;
            let account = accounts::create(
                cx,
                &NewAccount {
                    login: member.id.clone(),
                    name: member.name.clone(),
                    roles: vec!["resident".to_owned()],
                    person: Some(person.to_string()),
                    password_hash: Some(hash.clone()),
                    ..NewAccount::default()
                },
            )?;
            let locale = member.language.as_deref().and_then(|it| it.parse().ok());
            let mut settings = Settings {
                locale: locale.unwrap_or(Locale::KO),
                ..Settings::default()
            };
            if member.age >= LARGE_LETTERS_FROM {
                settings.set("text", "large");
            }
            accounts::set_settings(cx.tx, account, &settings)?;
            let contact = Contact {
                email: None,
                phone: None,
                locale: settings.locale,
            };
            notices::set_contact(cx, person, &contact)?;
        }
    }
    Ok(())
}

/// The number of a persona in the plan.
pub(super) fn persona_key(plan: &CityPlan, id: &str) -> Option<PersonKey> {
    plan.personas
        .iter()
        .find(|it| it.id == id)
        .map(|it| it.person)
}
