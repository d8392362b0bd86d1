//! Makes the sample city: the plan of a year, performed by the real actions.

use std::sync::{Arc, PoisonError, RwLock};

use base::{Entropy, Locale, SimulatedClock, seoul_date};
use db::Db;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use spine::Cx;
use web::Texts;

use super::accounts::{self, Staff};
use super::enter::{enter_household, word};
use super::keys::{Keys, Names};
use super::perform::{Crew, Sentences};
use super::plan::{
    Birth, CityPlan, Event, LivingCity, LivingHousehold, LivingPerson, Place, Role, SampleData,
    Sex, Timed, draw_day,
};
use super::sources::{Sources, chance, midnight};
use super::stage::{Stage, Tally};
use super::{Error, sample_data, state};
use crate::areas::benefits::actions::read;
use crate::blocks::places::{self, NewPlace, Point, Vacancy};
use crate::country::Country;
use crate::server;

/// Households that are entered in one transaction. More are slower, not faster: SQLite's journal of
/// statements grows with the transaction and is walked at the end of each statement.
const AT_ONCE: usize = 50;
/// The sample opens on its day at this hour in Korea.
const OPENS: SignedDuration = SignedDuration::from_hours(9);
/// Whose child is reported on the morning on which the sample opens.
const MOTHER: &str = "kim-haneul";
/// When that notice arrives, and those of other births in the same dong.
const NOTICE_MINUTES: i64 = 8 * 60 + 40;
const OTHER_NOTICES_MINUTES: [i64; 2] = [7 * 60 + 25, 8 * 60 + 10];

/// What city to make.
pub struct MakeOptions<P> {
    pub seed: u64,
    /// About how many residents.
    pub residents: usize,
    /// The day on which the sample opens, at nine in the morning.
    pub today: Date,
    /// Told what is being done, how much of it is done, and of how much.
    pub progress: P,
}

/// What is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Households are entered; counted in households.
    Households,
    /// A year passes; counted in days.
    Year,
    /// Households to which nothing happened are looked at too; counted in households.
    Looks,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitySummary {
    /// Registered residents when the sample opens, children awaiting registration not counted.
    pub residents: usize,
    pub households: usize,
    /// What happened in the year.
    pub tally: Tally,
    /// Offers made in the year.
    pub offers: i64,
    /// With which the hospital's program reports births.
    pub hospital_token: String,
}

/// Makes the city in a migrated, empty database. Not to be called on an async thread.
///
/// The same seed, size and day make the same city. An interrupted making leaves
/// [`super::is_complete`] false: such a database is to be thrown away.
///
/// # Errors
/// When the database holds a city already, when the country's sample files are wrong, when an
/// action refuses what the plan says.
pub fn make_city<P: FnMut(Part, usize, usize)>(
    db: &Db,
    country: &Country,
    mut options: MakeOptions<P>,
) -> Result<CitySummary, Error> {
    state::begin(db, options.seed)?;
    let data = sample_data(country)?;
    let mut plan = CityPlan::draw(options.seed, options.residents, options.today, &data);
    let mut living = std::mem::take(&mut plan.living);
    let events = std::mem::take(&mut plan.events);
    let clock = SimulatedClock::standing_at(midnight(plan.start));
    let entropy = Entropy::seeded(options.seed);
    let maker = Maker {
        db,
        country,
        data: &data,
        entropy: &entropy,
        plan: Arc::new(plan),
    };
    let staff = maker.settle_staff()?;
    let keys = maker.settle(&mut options.progress)?;
    let hospital_token = staff.hospital_token.clone();
    let crew = crew(country, &data, staff)?;
    let followers = server::followers(
        country,
        db.clone(),
        Arc::new(clock.clone()),
        entropy.clone(),
        "sole".into(),
        false,
    );
    let walker = server::walker(country, db.clone(), entropy.clone());
    let mut stage = Stage::new(clock, followers, walker, crew, keys, true);
    let mut tally = Tally::default();
    live(
        &mut stage,
        events,
        &maker.plan,
        &mut tally,
        &mut options.progress,
    )?;
    let agenda = maker.first_morning(&mut stage, &mut living, &mut tally)?;
    maker.refresh_personas(&stage)?;
    let homes = living.households.len();
    let opens = midnight(options.today) + OPENS;
    stage.walker.first_looks(opens, |passed| {
        (options.progress)(Part::Looks, passed.min(homes), homes);
    })?;
    let city = state::Made {
        opens_at: opens,
        next_day: options.today.tomorrow().unwrap_or(options.today),
        agenda,
        hospital_token: hospital_token.clone(),
    };
    let offers = maker.finish(&stage, &living, city)?;
    Ok(CitySummary {
        residents: living.residents(),
        households: living.households.len(),
        tally,
        offers,
        hospital_token,
    })
}

struct Maker<'a> {
    db: &'a Db,
    country: &'a Country,
    data: &'a SampleData,
    entropy: &'a Entropy,
    plan: Arc<CityPlan>,
}

impl Maker<'_> {
    /// Runs actions in one transaction at an instant.
    fn act<T: Send + 'static>(
        &self,
        at: Timestamp,
        mut work: impl FnMut(&mut Cx<'_, '_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let rng = self.entropy.rng();
        self.db.write_blocking(move |tx| {
            work(&mut Cx {
                tx,
                now: at,
                rng: &mut rng.clone(),
                actor: None,
            })
        })
    }

    /// Enters places and the accounts of those who work in the city.
    fn settle_staff(&self) -> Result<Staff, Error> {
        let texts = texts(self.country)?;
        let source = texts.get(Locale::KO, "demo-place-source", &[]);
        let entered = self.data.places.iter().map(|it| new_place(it, &source));
        let entered: Vec<NewPlace> = entered.collect::<Result<_, _>>()?;
        let (country, data) = (self.country.clone(), self.data.clone());
        self.act(midnight(self.plan.start), move |cx| {
            for place in &entered {
                places::enter_place(cx, place)?;
            }
            accounts::make_staff(cx, &country, &data)
        })
    }

    /// Enters all households as they stand a year before, and the personas' accounts.
    fn settle(&self, progress: &mut impl FnMut(Part, usize, usize)) -> Result<Keys, Error> {
        let keys = Arc::new(RwLock::new(Keys::default()));
        let sources = Sources {
            catalogue: self.country.catalogue.clone(),
        };
        let all = self.plan.households.len();
        let start = midnight(self.plan.start);
        for first in (0..all).step_by(AT_ONCE) {
            progress(Part::Households, first, all);
            let (plan, sources) = (self.plan.clone(), sources.clone());
            let municipality = self.country.site.municipality.clone();
            let new = self.act(start, move |cx| {
                let none = Keys::default();
                let mut names = Names::new(&none);
                for household in &plan.households[first..all.min(first + AT_ONCE)] {
                    enter_household(&sources, &municipality, cx, &mut names, household)?;
                }
                Ok(names.new)
            })?;
            keys.write()
                .unwrap_or_else(PoisonError::into_inner)
                .merge(new);
        }
        progress(Part::Households, all, all);
        let keys = keys.read().unwrap_or_else(PoisonError::into_inner).clone();
        let (plan, data, known) = (self.plan.clone(), self.data.clone(), keys.clone());
        self.act(start, move |cx| {
            accounts::make_residents(cx, &data, &plan, &Names::new(&known))
        })?;
        Ok(keys)
    }

    /// The morning of the day on which the sample opens: births have been reported and wait for
    /// their registration. Returns what is still to come.
    fn first_morning(
        &self,
        stage: &mut Stage,
        living: &mut LivingCity,
        tally: &mut Tally,
    ) -> Result<Vec<Timed>, Error> {
        let today = self.plan.today;
        let opens = midnight(today) + OPENS;
        let day = draw_day(self.plan.seed, today, living, self.data);
        let (mut early, mut agenda): (Vec<Timed>, Vec<Timed>) =
            day.events.into_iter().partition(|(at, _)| *at < opens);
        agenda.extend(day.later);
        living.set_agenda(agenda.clone());
        early.extend(self.waiting_births(living));
        early.sort_by_key(|(at, _)| *at);
        stage.morning(midnight(today))?;
        for hour in by_hours(early) {
            for (_, event) in &hour {
                living.apply(event);
            }
            tally.add(&stage.hour(hour)?);
        }
        Ok(agenda)
    }

    /// The persona's child and those of a few others in her dong, reported this morning.
    fn waiting_births(&self, living: &LivingCity) -> Vec<Timed> {
        let mother = accounts::persona_key(&self.plan, MOTHER);
        let Some(home) = mother.and_then(|it| living.home_of(it)) else {
            return Vec::new();
        };
        let mut others: Vec<(Date, &LivingHousehold, &LivingPerson)> = living
            .households
            .iter()
            .filter(|it| it.dong == home.dong && !it.scripted)
            .flat_map(|it| it.members.iter().map(move |member| (it, member)))
            .filter_map(|(it, member)| Some((member.expecting.as_ref()?.due, it, member)))
            .collect();
        others.sort_by_key(|(due, _, member)| (*due, member.key));
        let others = others.into_iter().map(|(_, it, member)| (it, member));
        let persona = home.members.iter().find(|it| Some(it.key) == mother);
        let all = OTHER_NOTICES_MINUTES.into_iter().zip(others);
        all.chain(persona.map(|member| (NOTICE_MINUTES, (home, member))))
            .zip(living.last_person + 1..)
            .map(|((minutes, (home, member)), baby)| self.notice(minutes, home, member, baby))
            .collect()
    }

    fn notice(
        &self,
        minutes: i64,
        home: &LivingHousehold,
        mother: &LivingPerson,
        baby: u32,
    ) -> Timed {
        let key = super::plan::PersonKey(baby);
        let role = match mother.role {
            Role::Head | Role::Spouse => Role::Child,
            _ => Role::Grandchild,
        };
        let older = home.members.iter().filter(|it| it.role == role).count();
        let girl = chance(&key.to_string(), "sex").is_multiple_of(2);
        let birth = Birth {
            baby: key,
            mother: mother.key,
            household: home.key,
            sex: if girl { Sex::Female } else { Sex::Male },
            born: self.plan.today,
            role,
            birth_order: u8::try_from(older + 1).unwrap_or(u8::MAX),
            multiple: 1,
        };
        let hospital = self.data.city.hospital.clone();
        let at = midnight(self.plan.today) + SignedDuration::from_mins(minutes);
        (at, Event::BirthNoticed { hospital, birth })
    }

    /// Registers answer once more for those whom a visitor may be.
    fn refresh_personas(&self, stage: &Stage) -> Result<(), Error> {
        let keys = stage.keys.read().unwrap_or_else(PoisonError::into_inner);
        let homes = self.plan.personas.iter().map(|it| it.household);
        let homes: Vec<_> = homes
            .filter_map(|it| keys.households.get(&it).copied())
            .collect();
        let sources = stage.crew.sources.clone();
        self.act(midnight(self.plan.today) + OPENS, move |cx| {
            for home in &homes {
                sources.refresh(cx, *home)?;
            }
            Ok(())
        })?;
        Ok(stage.followers.drain()?)
    }

    /// Writes down what a later start needs; returns how many offers there are.
    fn finish(&self, stage: &Stage, living: &LivingCity, city: state::Made) -> Result<i64, Error> {
        let keys = stage.keys.clone();
        let scripted: Vec<_> = living.households.iter().filter(|it| it.scripted).collect();
        let scripted: Vec<_> = scripted.into_iter().map(|it| it.key).collect();
        self.act(city.opens_at, move |cx| {
            let keys = keys.read().unwrap_or_else(PoisonError::into_inner);
            keys.write(cx.tx, |key| scripted.contains(&key))?;
            state::complete(cx.tx, &city)?;
            Ok(read::counts(cx.tx)?.iter().map(|(_, _, count)| count).sum())
        })
    }
}

/// The year passes, hour by hour.
fn live(
    stage: &mut Stage,
    events: Vec<Timed>,
    plan: &CityPlan,
    tally: &mut Tally,
    progress: &mut impl FnMut(Part, usize, usize),
) -> Result<(), Error> {
    let days = |date: Date| {
        let passed = plan.start.until(date).map_or(0, |it| it.get_days());
        usize::try_from(passed).unwrap_or(0)
    };
    let all = days(plan.today);
    let mut day = None;
    for hour in by_hours(events) {
        let date = hour.first().map(|(at, _)| seoul_date(*at));
        if let Some(date) = date.filter(|it| Some(*it) != day) {
            progress(Part::Year, days(date), all);
            stage.morning(midnight(date))?;
            day = Some(date);
        }
        tally.add(&stage.hour(hour)?);
    }
    progress(Part::Year, all, all);
    Ok(())
}

/// Events that lie in order of time, an hour each.
pub(super) fn by_hours(events: Vec<Timed>) -> impl Iterator<Item = Vec<Timed>> {
    let mut events = events.into_iter().peekable();
    std::iter::from_fn(move || {
        let first = events.next()?;
        let hour = first.0.as_second().div_euclid(3_600);
        let mut all = vec![first];
        while let Some(next) = events.next_if(|(at, _)| at.as_second().div_euclid(3_600) == hour) {
            all.push(next);
        }
        Some(all)
    })
}

fn texts(country: &Country) -> Result<Texts, Error> {
    Ok(Texts::load(country.files.under("texts/").cloned())?)
}

/// The sentences of the sample's people; they write Korean.
pub(super) fn sentences(country: &Country) -> Result<Sentences, Error> {
    let texts = texts(country)?;
    let numbered = |name: &str| {
        let keys = (1..).map(|number| format!("demo-note-{name}-{number}"));
        let found = keys.map_while(|key| texts.find(Locale::KO, &key, &[]));
        found.collect::<Vec<String>>()
    };
    Ok(Sentences {
        ask: numbered("ask"),
        refuse: numbered("refuse"),
        given: texts.get(Locale::KO, "demo-note-given", &[]),
    })
}

fn crew(country: &Country, data: &SampleData, staff: Staff) -> Result<Crew, Error> {
    Ok(Crew {
        sources: Sources {
            catalogue: country.catalogue.clone(),
        },
        book: country.book.clone(),
        municipality: data.city.code.clone(),
        clerks: staff.clerks,
        hospital: Some(staff.hospital),
        sentences: sentences(country)?,
    })
}

fn new_place(place: &Place, source: &str) -> Result<NewPlace, Error> {
    let classes = (0_i64..)
        .zip(place.capacity)
        .zip(place.vacancy.iter().zip(place.waiting));
    let vacancies = classes.filter_map(|((age, capacity), (vacancy, waiting))| {
        Some(Vacancy {
            age,
            capacity: i64::from(capacity?),
            vacant: i64::from(vacancy.unwrap_or(0)),
            waiting: i64::from(waiting.unwrap_or(0)),
        })
    });
    let hours = if place.opening.is_empty() {
        &place.hours
    } else {
        &place.opening
    };
    Ok(NewPlace {
        code: place.code.clone(),
        kind: word("kind of place", &place.kind)?,
        name: place.name.clone(),
        dong: place.dong.clone(),
        address: place.address.clone(),
        at: Point {
            latitude: place.lat,
            longitude: place.lon,
        },
        phone: place.phone.clone(),
        hours: hours.clone(),
        languages: place.languages.join(" "),
        price_per_hour: place.price_won_per_hour.map(base::Won),
        source: source.to_owned(),
        vacancies: vacancies.collect(),
    })
}
