//! Ten families in whose life something happens. What they must be offered was worked out by hand from the law,
//! before the server was asked (`families/*.yaml`); then each of them reads it on a phone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use base::Clock;
use base::ids::{HouseholdId, PersonId};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::Outcome;
use serde::Deserialize;
use wise::areas::benefits::actions::read;
use wise::areas::benefits::model::{Offer, OfferState};
use wise::blocks::exchange;
use wise::blocks::people::{
    self, BirthReport, NewAddress, NewDatum, NewHousehold, NewMember, Owner, Registration, Role,
    Sex, Source,
};

use crate::house::{House, Whose, on_both};

mod phone;

/// Facts by name, as a register holds them.
type Facts = BTreeMap<String, String>;

/// A household and what happens to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    /// The file's name.
    #[serde(skip)]
    name: String,
    /// Who they are, in two sentences.
    who: String,
    dong: String,
    address: String,
    since: Date,
    /// The member who signs in.
    reader: String,
    /// The reader's language, where it is not Korean.
    #[serde(default)]
    language: Option<String>,
    members: BTreeMap<String, Person>,
    /// Of the household.
    facts: Facts,
    /// `member fact`: what somebody agreed to share.
    #[serde(default)]
    consents: Vec<String>,
    chapters: Vec<Chapter>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
    born: Date,
    sex: Sex,
    role: Role,
    #[serde(default)]
    facts: Facts,
}

/// Something that happens, and what follows from it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    /// In one sentence.
    story: String,
    happens: Vec<Happening>,
    /// Who reads from now on, where it is another.
    #[serde(default)]
    reader: Option<String>,
    offered: Vec<Expected>,
    /// What must not be offered, and why.
    not_offered: BTreeMap<String, String>,
    /// Words that stand on the first page.
    #[serde(default)]
    says: Vec<String>,
    /// Words that stand on no page.
    #[serde(default)]
    never_says: Vec<String>,
    /// The question that the reader answers.
    #[serde(default)]
    answer: Option<Answer>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Happening {
    /// Somebody comes to live with them.
    Joins(Joins),
    /// Somebody moves out.
    Leaves { who: String, on: Date },
    /// Somebody dies.
    Dies { who: String, on: Date },
    /// The hospital notices a birth; the office registers it.
    Born {
        mother: String,
        child: String,
        name: String,
        on: Date,
        sex: Sex,
    },
    /// A register enters facts about a member, or about `home`.
    Enters { of: String, facts: Facts },
    /// A resident tells facts about a member, or about `home`.
    Tells { of: String, facts: Facts },
}

#[derive(Clone, Debug, Deserialize)]
struct Joins {
    who: String,
    since: Date,
    #[serde(flatten)]
    person: Person,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    benefit: String,
    /// A member; absent for the household.
    #[serde(default)]
    about: Option<String>,
    /// `ready`: one press. `asks`: something is still to be told. `applied`: the office does it unasked.
    is: String,
    /// Won; absent where the rules name no sum, or not yet.
    #[serde(default)]
    won: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    benefit: String,
    fact: String,
    value: String,
    /// What the offer then says.
    then: String,
}

/// A family as it was entered.
struct Entered {
    family: Family,
    home: HouseholdId,
    members: BTreeMap<String, PersonId>,
}

/// What complete registers say of everybody of whom a family's file does not say otherwise.
const OF_EVERYBODY: [(&str, &str); 22] = [
    ("birth_registered", "true"),
    ("care_facility", "false"),
    ("disability", "none"),
    ("disabled_veteran", "false"),
    ("employment", "none"),
    ("independence_descendant", "false"),
    ("jobseeker_benefit_recent", "false"),
    ("lesson_voucher", "false"),
    ("married", "false"),
    ("nationality", "korean"),
    ("occupational_pension", "false"),
    ("on_basic_pension", "false"),
    ("on_jobseeker_benefit", "false"),
    ("on_living_allowance", "false"),
    ("on_maternity_leave", "false"),
    ("on_parental_leave", "false"),
    ("pension_disability", "false"),
    ("school", "none"),
    ("self_reliant_youth", "false"),
    ("veteran", "false"),
    ("veteran_survivor", "false"),
    ("war_veteran", "false"),
];
const OF_EVERY_HOME: [(&str, &str); 6] = [
    ("bank_account", "한빛은행 000-00-1234"),
    ("basic_livelihood", "none"),
    ("multicultural", "false"),
    ("near_poor", "false"),
    ("region_grade", "4"),
    ("single_parent", "false"),
];

fn families() -> Vec<Family> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/families");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    paths.retain(|it| it.extension().is_some_and(|it| it == "yaml"));
    paths.sort();
    let families = paths.iter().map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        let family: Result<Family, _> = serde_saphyr::from_str(&text);
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let family = family.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!family.who.is_empty());
        Family { name, ..family }
    });
    families.collect()
}

fn data(house: &House, entity: &str, facts: &Facts, since: Date, told: bool) -> Vec<NewDatum> {
    let catalogue = &house.app.country.catalogue;
    let data = facts.iter().map(|(fact, value)| {
        let holding = catalogue.holding(&format!("{entity}.{fact}"));
        let (agency, basis) = match holding {
            Some(it) if !told => (it.agency.clone(), it.law.clone()),
            _ => ("resident".into(), "본인이 알림".into()),
        };
        NewDatum {
            fact: fact.clone(),
            value: Some(value.clone()),
            since,
            until: None,
            source: Source {
                agency,
                basis,
                told: told || holding.is_none(),
                checked_at: house.clock.now(),
            },
        }
    });
    data.collect()
}

/// Facts with what registers say of everybody.
fn complete(known: &[(&str, &str)], facts: &Facts) -> Facts {
    let mut all: Facts = known
        .iter()
        .map(|(fact, value)| ((*fact).to_owned(), (*value).to_owned()))
        .collect();
    all.extend(facts.clone());
    all
}

fn member(house: &House, person: &Person, since: Date) -> NewMember {
    let since = since.max(person.born);
    let mut facts = complete(&OF_EVERYBODY, &person.facts);
    facts
        .entry("resident_since".into())
        .or_insert(since.to_string());
    NewMember {
        name: person.name.clone(),
        born: person.born,
        sex: person.sex,
        role: person.role,
        facts: data(house, "person", &facts, since, false),
    }
}

impl Entered {
    fn enter(house: &House, family: Family) -> Self {
        let keys: Vec<String> = family.members.keys().cloned().collect();
        let people = family.members.values();
        let facts = complete(&OF_EVERY_HOME, &family.facts);
        let new = NewHousehold {
            address: NewAddress {
                municipality: "hanbit".into(),
                dong: family.dong.clone(),
                line: family.address.clone(),
                latitude: 36.6,
                longitude: 126.9,
            },
            since: family.since,
            members: people.map(|it| member(house, it, family.since)).collect(),
            facts: data(house, "household", &facts, family.since, false),
        };
        let (home, ids) = house.act(move |cx| people::register_household(cx, &new).unwrap());
        let members: BTreeMap<String, PersonId> = keys.into_iter().zip(ids).collect();
        let mut consents: Vec<(PersonId, String)> =
            vec![(members[&family.reader], "household.bank_account".into())];
        for consent in &family.consents {
            let (who, fact) = consent.split_once(' ').expect("`member fact`");
            consents.push((members[who], fact.to_owned()));
        }
        house.act(move |cx| {
            for (person, fact) in &consents {
                exchange::give_consent(cx, *person, fact).unwrap();
            }
        });
        Self {
            family,
            home,
            members,
        }
    }

    fn owner(&self, of: &str) -> Owner {
        match of {
            "home" => Owner::Household(self.home),
            member => Owner::Person(self.members[member]),
        }
    }

    fn record(&self, house: &House, of: &str, facts: &Facts, told: bool) {
        let owner = self.owner(of);
        let entity = match owner {
            Owner::Household(_) => "household",
            Owner::Person(_) => "person",
        };
        let facts = data(house, entity, facts, house.clock.today(), told);
        house.act(move |cx| people::record(cx, owner, &facts).unwrap());
    }

    async fn happen(&mut self, house: &House, happening: &Happening) {
        match happening.clone() {
            Happening::Joins(it) => {
                let (home, since) = (self.home, it.since);
                let new = member(house, &it.person, since);
                let id = house.act(move |cx| people::add_member(cx, home, &new, since).unwrap());
                self.members.insert(it.who, id);
            }
            Happening::Leaves { who, on } => {
                let person = self.members[&who];
                house.act(move |cx| people::remove_member(cx, person, on).unwrap());
            }
            Happening::Dies { who, on } => {
                let person = self.members[&who];
                house.act(move |cx| people::register_death(cx, person, on).unwrap());
            }
            Happening::Born {
                mother,
                child,
                name,
                on,
                sex,
            } => {
                let report = BirthReport {
                    mother: self.members[&mother],
                    born: on,
                    sex,
                    hospital: Some("hanbit-hospital".into()),
                    multiple: 1,
                };
                let birth = house.act(move |cx| people::report_birth(cx, &report).unwrap());
                house.rest().await;
                let entry = Registration { birth, name };
                let birth = house.act(move |cx| people::register_birth(cx, &entry).unwrap());
                self.members.insert(child, birth.child);
            }
            Happening::Enters { of, facts } => self.record(house, &of, &facts, false),
            Happening::Tells { of, facts } => self.record(house, &of, &facts, true),
        }
        house.rest().await;
    }

    fn reader(&self, chapter: &Chapter) -> PersonId {
        let reader = chapter.reader.as_ref().unwrap_or(&self.family.reader);
        self.members[reader]
    }

    fn offers(&self, house: &House, chapter: &Chapter) -> Vec<Offer> {
        let (person, now) = (self.reader(chapter), house.clock.now());
        house.read(move |tx| read::offers_of(tx, person, now).unwrap())
    }

    /// An offer as the files write it.
    fn line(&self, offer: &Offer) -> String {
        let about = offer.about.map_or("home", |id| {
            let known = self.members.iter().find(|(_, it)| **it == id);
            known.map_or("somebody else", |(name, _)| name)
        });
        let is = match offer.state {
            OfferState::Accepted => "applied",
            OfferState::Open if offer.is_ready() => "ready",
            OfferState::Open => "asks",
            other => other.word(),
        };
        line(&offer.benefit, about, is, offer.amount)
    }

    /// How what is offered differs from the chapter; empty when it does not.
    fn difference(&self, house: &House, chapter: &Chapter) -> String {
        let offers = self.offers(house, chapter);
        let found: BTreeSet<String> = offers.iter().map(|it| self.line(it)).collect();
        let expected: BTreeSet<String> = chapter
            .offered
            .iter()
            .map(|it| {
                let about = it.about.as_deref().unwrap_or("home");
                line(&it.benefit, about, &it.is, it.won)
            })
            .collect();
        let mut all = String::new();
        for missing in expected.difference(&found) {
            writeln!(all, "  not offered: {missing}").unwrap();
        }
        for line in found.difference(&expected) {
            let offer = offers.iter().find(|it| self.line(it) == *line).unwrap();
            let why = chapter.not_offered.get(&offer.benefit);
            writeln!(
                all,
                "  offered for {}: {line} {:?} {}",
                offer.occasion,
                told_and_missing(offer),
                why.map_or(String::new(), |it| format!("though: {it}"))
            )
            .unwrap();
        }
        all
    }
}

fn line(benefit: &str, about: &str, is: &str, won: Option<i64>) -> String {
    let won = won.map_or(String::new(), |it| format!(" {it}"));
    format!("{benefit} {about} {is}{won}")
}

fn told_and_missing(offer: &Offer) -> (Outcome, Vec<String>) {
    let open = offer.open_questions().map(|it| it.fact.clone()).collect();
    (offer.finding.outcome, open)
}

/// All families, entered and looked at before anything happens.
async fn enter_all(house: &House) -> Vec<Entered> {
    let entered: Vec<Entered> = families()
        .into_iter()
        .map(|it| Entered::enter(house, it))
        .collect();
    house.rest().await;
    entered
}

/// An hour later in the day for each chapter.
fn hour(chapter: usize) -> Timestamp {
    format!("2026-11-23T{:02}:00:00Z", 2 + chapter)
        .parse()
        .unwrap()
}

/// Lets a chapter happen in every family that has one; `None` when no family has.
async fn happen(house: &House, all: &mut [Entered], number: usize) -> Option<()> {
    house.clock.set(hour(number));
    let mut any = None;
    for entered in all {
        let chapters = &entered.family.chapters;
        let Some(happens) = chapters.get(number).map(|it| it.happens.clone()) else {
            continue;
        };
        any = Some(());
        for happening in &happens {
            entered.happen(house, happening).await;
        }
    }
    any
}

#[test]
fn each_family_is_offered_what_the_law_gives_it_and_nothing_else() {
    on_both(async |house| {
        let mut all = enter_all(&house).await;
        let mut wrong = String::new();
        let known: BTreeSet<String> = house
            .app
            .country
            .book
            .benefits()
            .map(|it| it.id.clone())
            .collect();
        let mut number = 0;
        while happen(&house, &mut all, number).await.is_some() {
            for entered in &all {
                let Some(chapter) = entered.family.chapters.get(number) else {
                    continue;
                };
                for benefit in chapter.not_offered.keys() {
                    assert!(known.contains(benefit), "{benefit} is no benefit");
                }
                let difference = entered.difference(&house, chapter);
                if !difference.is_empty() {
                    let name = &entered.family.name;
                    writeln!(wrong, "{name}: {}\n{difference}", chapter.story).unwrap();
                }
            }
            number += 1;
        }
        assert!(wrong.is_empty(), "\n{wrong}");
    });
}

#[test]
fn each_family_reads_it_on_a_phone_and_does_what_it_asks() {
    on_both(async |house| {
        if house.db.dialect() != db::Dialect::Sqlite {
            return;
        }
        let Some(reading) = phone::Reading::begin(&house).await else {
            return;
        };
        let mut all = enter_all(&house).await;
        let mut number = 0;
        while happen(&house, &mut all, number).await.is_some() {
            for entered in &all {
                if let Some(chapter) = entered.family.chapters.get(number) {
                    reading.read(&house, entered, chapter, number).await;
                }
            }
            number += 1;
        }
        reading.end().await;
    });
}

/// The reader's account; made at the chapter in which they first read.
fn account(house: &House, entered: &Entered, chapter: &Chapter, number: usize) -> String {
    let login = format!("{}-{number}", entered.family.name);
    house.account(&login, "resident", Whose::Person(entered.reader(chapter)));
    login
}
