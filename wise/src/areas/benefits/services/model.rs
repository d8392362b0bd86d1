//! Which services a household may look into: no await, no SQL.

use std::collections::BTreeMap;

use base::ids::PersonId;
use jiff::civil::Date;
use rules::{Entity, FactRef, Situation, Value, dates};

use crate::areas::benefits::model::{Desk, Picture, may_see};
use crate::country::{Code, CodeTable, Said, Standing};

/// From this age on there is no upper limit, says the interface.
const NO_LIMIT_AGE: i64 = 120;
/// A service without codes leaves every group open; it must not outrank one that was looked at.
const UNCODED_COUNTS: usize = 8;

/// A service as it is judged and listed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Service {
    /// The interface's own number (서비스ID).
    pub id: String,
    pub name: String,
    pub summary: String,
    /// 서비스분야
    pub field: String,
    /// 지원유형
    pub support: String,
    /// 사용자구분: words of [`CodeTable::users`].
    pub users: Vec<String>,
    pub agency_code: String,
    pub agency_name: String,
    /// 소관기관유형
    pub agency_kind: String,
    /// 신청기한, as written.
    pub until: String,
    /// The table its codes are read by.
    pub api_version: String,
    /// `None` when the interface gave no conditions for it.
    pub conditions: Option<Conditions>,
}

/// The codes of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Conditions {
    /// Codes that are set, in their order.
    pub codes: Vec<String>,
    /// Completed years, both included.
    pub age_from: Option<i64>,
    pub age_to: Option<i64>,
}

/// What is read on a service's own page, as imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Leaflet {
    pub target: String,
    pub criteria: String,
    pub content: String,
    pub how: String,
    pub documents: String,
    pub law: String,
    pub phone: String,
    pub reception: String,
    pub department: String,
    pub page_url: String,
    pub apply_url: String,
    /// When the ministry last changed it, as written.
    pub updated: String,
}

/// What a part of a verdict is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Whom the service is for (사용자구분).
    Users,
    /// Youngest and greatest age, where there is such a limit.
    Age(Option<i64>, Option<i64>),
    /// A group of [`CodeTable::groups`].
    Group(String),
    /// Each condition fits somebody, but no one person fits them all.
    Whom,
    /// Nothing is known of its conditions but the text.
    Uncoded,
}

/// One group of conditions and how the household stands to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub topic: Topic,
    /// The codes (or words for users) that it turns on.
    pub codes: Vec<String>,
    /// Keys of the members whom it fits.
    pub members: Vec<String>,
    /// Unknown facts that would settle it; empty where no fact of ours would.
    pub missing: Vec<FactRef>,
}

/// What the codes say of a service and a household. Never that it is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A group of codes is contradicted for everybody in the household.
    Excluded(Part),
    /// Worth a look: what fits, and what is open.
    Check { met: Vec<Part>, open: Vec<Part> },
}

impl Verdict {
    /// How much is open, for ranking; `None` when excluded.
    pub fn unknowns(&self) -> Option<usize> {
        let Self::Check { open, .. } = self else {
            return None;
        };
        let weight = |part: &Part| match part.topic {
            Topic::Uncoded => UNCODED_COUNTS,
            _ => 1,
        };
        Some(open.iter().map(weight).sum())
    }
}

/// Everything one table's codes say of one household: asked once, used for all services.
pub struct Answers<'a> {
    table: &'a CodeTable,
    members: Vec<String>,
    ages: Vec<Option<i64>>,
    codes: BTreeMap<&'a str, Vec<Said>>,
    users: BTreeMap<&'a str, Vec<Said>>,
}

impl<'a> Answers<'a> {
    pub fn of(table: &'a CodeTable, situation: &Situation, on: Date) -> Self {
        let ask = |codes: &'a BTreeMap<String, Code>| {
            let said = codes.iter();
            said.map(|(name, code)| (name.as_str(), code.ask(situation, on)))
                .collect()
        };
        let members: Vec<String> = situation.member_keys().map(str::to_owned).collect();
        let ages = members.iter().map(|key| {
            let born = situation.get(&born(key));
            match born {
                Some(Value::Date(born)) => Some(dates::years_between(born, on)),
                _ => None,
            }
        });
        Self {
            table,
            ages: ages.collect(),
            codes: ask(&table.codes),
            users: ask(&table.users),
            members,
        }
    }

    /// What the codes of a service say of this household. Its codes are those of this table.
    pub fn judge(&self, service: &Service) -> Verdict {
        let Some(conditions) = &service.conditions else {
            return uncoded(service, Some(self));
        };
        let mut parts = Vec::new();
        parts.extend(self.users(service));
        parts.extend(self.age(conditions));
        for group in self.table.groups.keys() {
            parts.extend(self.group(group, service, conditions));
        }
        self.conclude(parts)
    }

    fn conclude(&self, parts: Vec<Judged>) -> Verdict {
        let (mut met, mut open) = (Vec::new(), Vec::new());
        let mut possible = vec![true; self.members.len()];
        for judged in parts {
            for (all, one) in possible.iter_mut().zip(&judged.standings) {
                *all &= *one != Standing::RuledOut;
            }
            match judged.best() {
                Standing::RuledOut => return Verdict::Excluded(judged.part),
                Standing::Fits => met.push(judged.part),
                Standing::Open => open.push(judged.part),
            }
        }
        if !possible.is_empty() && !possible.contains(&true) {
            open.push(Part {
                topic: Topic::Whom,
                codes: Vec::new(),
                members: Vec::new(),
                missing: Vec::new(),
            });
        }
        Verdict::Check { met, open }
    }

    fn users(&self, service: &Service) -> Option<Judged> {
        let said = restricting_users(self.table, service)?.iter().map(|user| {
            let said = self.users.get(user.as_str());
            (user.as_str(), said.map(Vec::as_slice))
        });
        Some(self.judged(Topic::Users, said))
    }

    fn age(&self, conditions: &Conditions) -> Option<Judged> {
        let (from, to) = restricting_ages(conditions)?;
        let said: Vec<Said> = self
            .members
            .iter()
            .zip(&self.ages)
            .map(|(key, age)| match age {
                None => Said {
                    standing: Standing::Open,
                    missing: vec![born(key)],
                },
                Some(age) => {
                    let within =
                        from.is_none_or(|from| from <= *age) && to.is_none_or(|to| *age <= to);
                    Said {
                        standing: if within {
                            Standing::Fits
                        } else {
                            Standing::RuledOut
                        },
                        missing: Vec::new(),
                    }
                }
            })
            .collect();
        let mut judged = self.judged(Topic::Age(from, to), [("", Some(said.as_slice()))]);
        judged.part.codes.clear();
        Some(judged)
    }

    fn group(&self, group: &str, service: &Service, conditions: &Conditions) -> Option<Judged> {
        let set = restricting_codes(self.table, group, service, conditions)?;
        let said = set
            .into_iter()
            .map(|name| (name, self.codes.get(name).map(Vec::as_slice)));
        Some(self.judged(Topic::Group(group.to_owned()), said))
    }

    /// Of several codes one is enough. A code that the table does not know is open for everybody.
    fn judged<'s>(
        &self,
        topic: Topic,
        codes: impl IntoIterator<Item = (&'s str, Option<&'s [Said]>)>,
    ) -> Judged {
        let codes: Vec<_> = codes.into_iter().collect();
        let standing = |said: Option<&[Said]>, member: usize| {
            said.and_then(|it| it.get(member))
                .map_or(Standing::Open, |it| it.standing)
        };
        let standings: Vec<Standing> = (0..self.members.len())
            .map(|member| best(codes.iter().map(|(_, said)| standing(*said, member))))
            .collect();
        let group = if standings.is_empty() {
            Standing::Open
        } else {
            best(standings.iter().copied())
        };
        let mut part = Part {
            topic,
            codes: Vec::new(),
            members: Vec::new(),
            missing: Vec::new(),
        };
        for (name, said) in &codes {
            let stands = (0..self.members.len()).any(|it| standing(*said, it) == group);
            if stands || self.members.is_empty() {
                part.codes.push((*name).to_owned());
            }
            for said in said.iter().copied().flatten() {
                if group == Standing::Open && said.standing == Standing::Open {
                    for fact in &said.missing {
                        if !part.missing.contains(fact) {
                            part.missing.push(fact.clone());
                        }
                    }
                }
            }
        }
        for (key, standing) in self.members.iter().zip(&standings) {
            if *standing == Standing::Fits {
                part.members.push(key.clone());
            }
        }
        Judged { part, standings }
    }
}

/// Whom a service is for; nothing where it is for persons, which everybody is.
pub(super) fn restricting_users<'s>(
    table: &CodeTable,
    service: &'s Service,
) -> Option<&'s [String]> {
    let is_personal = |user: &String| table.users.get(user).is_some_and(|it| !it.business);
    let restricts = !service.users.is_empty() && !service.users.iter().any(is_personal);
    restricts.then_some(&service.users)
}

/// The youngest and the greatest age, both included; nothing where there is no limit.
pub(super) fn restricting_ages(conditions: &Conditions) -> Option<(Option<i64>, Option<i64>)> {
    let from = conditions.age_from.filter(|from| *from > 0);
    let to = conditions.age_to.filter(|to| *to < NO_LIMIT_AGE);
    (from.is_some() || to.is_some()).then_some((from, to))
}

/// The codes of a group of which one is enough; nothing where they restrict nobody: no code is set, all are, or
/// “none of these” is.
pub(super) fn restricting_codes<'t>(
    table: &'t CodeTable,
    group: &str,
    service: &Service,
    conditions: &Conditions,
) -> Option<Vec<&'t str>> {
    if table.groups.get(group)?.business && !is_for_business(table, service) {
        return None;
    }
    let all: Vec<(&String, &Code)> = table
        .codes
        .iter()
        .filter(|(_, it)| it.group == group)
        .collect();
    let is_set = |name: &String| conditions.codes.contains(name);
    let set: Vec<&(&String, &Code)> = all.iter().filter(|(name, _)| is_set(name)).collect();
    let count = all.iter().filter(|(_, it)| !it.none).count();
    if set.is_empty() || set.len() >= count || set.iter().any(|(_, it)| it.none) {
        return None;
    }
    Some(set.into_iter().map(|(name, _)| name.as_str()).collect())
}

/// Every user it is for is a business.
fn is_for_business(table: &CodeTable, service: &Service) -> bool {
    let is_business = |user: &String| table.users.get(user).is_some_and(|it| it.business);
    !service.users.is_empty() && service.users.iter().all(is_business)
}

/// A part and how each member stands to it.
struct Judged {
    part: Part,
    standings: Vec<Standing>,
}

impl Judged {
    fn best(&self) -> Standing {
        if self.standings.is_empty() {
            return Standing::Open;
        }
        best(self.standings.iter().copied())
    }
}

fn best(standings: impl Iterator<Item = Standing>) -> Standing {
    standings.fold(Standing::RuledOut, |best, one| match (best, one) {
        (Standing::Fits, _) | (_, Standing::Fits) => Standing::Fits,
        (Standing::Open, _) | (_, Standing::Open) => Standing::Open,
        _ => Standing::RuledOut,
    })
}

fn born(member: &str) -> FactRef {
    FactRef {
        entity: Entity::Person,
        member: Some(member.to_owned()),
        fact: "born".into(),
    }
}

/// A service of whose conditions nothing is known but the text; whom it is for still counts.
fn uncoded(service: &Service, answers: Option<&Answers<'_>>) -> Verdict {
    let part = Part {
        topic: Topic::Uncoded,
        codes: Vec::new(),
        members: Vec::new(),
        missing: Vec::new(),
    };
    let users = answers.and_then(|it| it.users(service));
    match users {
        Some(judged) if judged.best() == Standing::RuledOut => Verdict::Excluded(judged.part),
        _ => Verdict::Check {
            met: Vec::new(),
            open: vec![part],
        },
    }
}

/// What a person may have judged with: those who answer for the household see it whole; everybody else
/// their own facts and the place.
pub fn situation_for(desk: &Desk, picture: &Picture, person: PersonId) -> Situation {
    let mut situation = desk.situation(picture, None);
    if may_see(&picture.view, person) {
        return situation;
    }
    let own = person.to_string();
    let known: Vec<FactRef> = situation.known().map(|(fact, _)| fact).collect();
    for fact in known {
        let is_own = fact.member.as_deref() == Some(own.as_str());
        let is_place = fact.entity == Entity::Household && fact.fact == "municipality";
        if !is_own && !is_place {
            situation.forget(&fact);
        }
    }
    situation
}

/// How near a service's agency is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Locality {
    /// Of the municipality where the household lives.
    Own,
    /// Of the province or metropolitan city it lies in.
    Region,
    National,
}

/// An agency that imported services name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    pub code: String,
    pub name: String,
    pub kind: String,
}

/// Which agencies' services a household is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nearby {
    /// Kinds whose services are for the whole country.
    pub national: Vec<String>,
    /// Codes of local agencies of the place.
    pub local: BTreeMap<String, Locality>,
}

impl Nearby {
    /// `office` is the municipality's agency by name (`… 한빛시청`). A short name that several
    /// municipalities bear says nothing: then only the whole name counts.
    pub fn of(
        tables: &BTreeMap<String, CodeTable>,
        providers: &[Provider],
        office: Option<&str>,
    ) -> Self {
        let mut national = Vec::new();
        let mut endings = Vec::new();
        for table in tables.values() {
            national.extend(table.national.iter().cloned());
            endings.extend(table.office_endings.iter().map(String::as_str));
        }
        let place_of = |name: &str| {
            let ends = endings.iter().find_map(|end| name.strip_suffix(*end));
            ends.filter(|it| !it.is_empty()).unwrap_or(name).to_owned()
        };
        let mut local = BTreeMap::new();
        if let Some(office) = office {
            let own = place_of(office);
            let is_local = |it: &&Provider| !national.contains(&it.kind);
            let mut homes: Vec<&Provider> = providers
                .iter()
                .filter(is_local)
                .filter(|it| it.name == own)
                .collect();
            if homes.is_empty() {
                let tail = format!(" {own}");
                homes = providers
                    .iter()
                    .filter(is_local)
                    .filter(|it| it.name.ends_with(&tail))
                    .collect();
                if homes.iter().any(|it| it.code != homes[0].code) {
                    homes.clear();
                }
            }
            // The whole name says the region: 경기도 안양시.
            let whole = homes.first().map_or(own, |it| it.name.clone());
            for provider in providers.iter().filter(is_local) {
                if whole.starts_with(&format!("{} ", place_of(&provider.name))) {
                    local.insert(provider.code.clone(), Locality::Region);
                }
            }
            for home in homes {
                local.insert(home.code.clone(), Locality::Own);
            }
        }
        Self { national, local }
    }

    /// How near a service is; `None` when it is of another place.
    pub fn locality(&self, service: &Service) -> Option<Locality> {
        if self.national.contains(&service.agency_kind) {
            return Some(Locality::National);
        }
        self.local.get(&service.agency_code).copied()
    }
}

/// Judges one service for a household, wherever it is offered.
pub fn judge_one(
    tables: &BTreeMap<String, CodeTable>,
    service: &Service,
    situation: &Situation,
    on: Date,
) -> Verdict {
    match tables.get(&service.api_version) {
        Some(table) => Answers::of(table, situation, on).judge(service),
        // Its table is gone: its codes say nothing any more.
        None => uncoded(service, None),
    }
}

/// A service that may be looked into.
#[derive(Clone, Debug)]
pub struct Found {
    pub service: Service,
    pub locality: Locality,
    pub met: Vec<Part>,
    pub open: Vec<Part>,
    pub unknowns: usize,
}

/// Least unknown first; of these the nearest, then what fits in most respects.
pub type Rank = (usize, Locality, std::cmp::Reverse<usize>, String);

impl Found {
    pub fn rank(&self) -> Rank {
        (
            self.unknowns,
            self.locality,
            std::cmp::Reverse(self.met.len()),
            self.service.id.clone(),
        )
    }
}

/// Judges services for a household, leaves out what is excluded or of another place, and ranks the rest.
pub fn find(
    tables: &BTreeMap<String, CodeTable>,
    nearby: &Nearby,
    services: Vec<Service>,
    situation: &Situation,
    on: Date,
) -> Vec<Found> {
    let answers: BTreeMap<&str, Answers<'_>> = tables
        .iter()
        .map(|(version, table)| (version.as_str(), Answers::of(table, situation, on)))
        .collect();
    let mut found: Vec<Found> = services
        .into_iter()
        .filter_map(|service| {
            let locality = nearby.locality(&service)?;
            let verdict = match answers.get(service.api_version.as_str()) {
                Some(answers) => answers.judge(&service),
                // Its table is gone: its codes say nothing any more.
                None => uncoded(&service, None),
            };
            let unknowns = verdict.unknowns()?;
            let Verdict::Check { met, open } = verdict else {
                return None;
            };
            Some(Found {
                service,
                locality,
                met,
                open,
                unknowns,
            })
        })
        .collect();
    found.sort_by_cached_key(Found::rank);
    found
}
