//! Plays a day: the plan draws it for the city as it stands, and the real actions perform it.

use std::sync::PoisonError;
use std::time::Duration;

use base::{Clock, seoul_date};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::keys::Keys;
use super::make::{by_hours, sentences};
use super::perform::Crew;
use super::plan::{LivingCity, Timed, draw_day};
use super::sources::{Sources, midnight, next_morning};
use super::stage::{Stage, Tally};
use super::state::{self, Demo};
use super::{Error, accounts, living};
use crate::app::App;
use crate::areas::benefits::actions::read;
use crate::server;

/// Days that passed unplayed while the server ran are made up for, at most so many.
const MADE_UP_DAYS: i64 = 7;

/// A day that was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySummary {
    pub from: Timestamp,
    pub until: Timestamp,
    pub tally: Tally,
    /// Offers that were made.
    pub offers: i64,
}

/// The playing of a day, seen from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// Hours done and all hours, while a day is being played.
    pub running: Option<(usize, usize)>,
    pub last: Option<DaySummary>,
    /// Why the last day was cut short.
    pub failure: Option<String>,
}

impl Demo {
    /// Begins to play the time until the next morning, in the background; `false` when a day is
    /// being played already.
    pub fn start_day(&self, app: &App) -> bool {
        {
            let mut job = self.0.job.lock().unwrap_or_else(PoisonError::into_inner);
            if job.running.is_some() {
                return false;
            }
            job.running = Some((0, 24));
            job.failure = None;
        }
        let (demo, app) = (self.clone(), app.clone());
        tokio::task::spawn_blocking(move || {
            let played = demo.play(&app);
            let mut job = demo.0.job.lock().unwrap_or_else(PoisonError::into_inner);
            job.running = None;
            match played {
                Ok(summary) => job.last = Some(summary),
                Err(error) => {
                    tracing::error!(%error, "the day could not be played to its end");
                    job.failure = Some(error.to_string());
                }
            }
        });
        true
    }

    /// Waits until no day is being played, or so long.
    pub async fn wait(&self, most: Duration) {
        let idle = async {
            while self.job().running.is_some() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        // Being late is an answer, too: the job goes on, and the page says so.
        drop(tokio::time::timeout(most, idle).await);
    }

    /// Plays the time until the next morning. Not to be called on an async thread.
    ///
    /// # Errors
    /// When the store fails; what was played until then stands.
    pub fn play(&self, app: &App) -> Result<DaySummary, Error> {
        let from = self.0.clock.now();
        let until = next_morning(from);
        let offers_before = count_offers(app)?;
        let mut day = self.prepare(app, from)?;
        let mut tally = Tally::default();
        while let Some((date, events)) = day.next_part(self, until) {
            day.stage.morning(midnight(date).max(from))?;
            for hour in by_hours(events) {
                self.tell_progress(from, until, &hour);
                tally.add(&day.stage.hour(at_least(hour, from))?);
            }
        }
        if until > self.0.clock.now() {
            self.0.clock.set(until);
        }
        day.stage.morning(until)?;
        day.write(self)?;
        Ok(DaySummary {
            from,
            until,
            tally,
            offers: count_offers(app)? - offers_before,
        })
    }

    /// Reads the city as it stands.
    fn prepare(&self, app: &App, now: Timestamp) -> Result<DayInCourse, Error> {
        let db = app.core.db().clone();
        let data = self.0.data.clone();
        let (keys, city, next_day, staff, new) = db.read_blocking(move |tx| {
            let (next_day, agenda) = state::course(tx)?;
            let mut keys = Keys::read(tx)?;
            let (city, new) = living::read(tx, agenda, now)?;
            keys.merge(new.clone());
            let staff = accounts::find_staff(tx, &data)?;
            Ok::<_, Error>((keys, city, next_day, staff, new))
        })?;
        let crew = Crew {
            sources: Sources {
                catalogue: app.country.catalogue.clone(),
            },
            book: app.country.book.clone(),
            municipality: self.0.data.city.code.clone(),
            clerks: staff.0,
            hospital: staff.1,
            sentences: sentences(&app.country)?,
        };
        db.write_blocking(move |tx| new.write(tx, |_| false))?;
        let walker = server::walker(&app.country, db, app.core.entropy().clone());
        let stage = Stage::new(
            self.0.clock.clone(),
            app.followers.clone(),
            walker,
            crew,
            keys,
            false,
        );
        let earliest = seoul_date(now)
            .checked_sub(jiff::Span::new().days(MADE_UP_DAYS))
            .unwrap_or(next_day);
        Ok(DayInCourse {
            stage,
            city,
            next_day: next_day.max(earliest),
        })
    }

    fn tell_progress(&self, from: Timestamp, until: Timestamp, hour: &[Timed]) {
        let hours = |span: SignedDuration| usize::try_from(span.as_hours()).unwrap_or(0);
        let at = hour.first().map_or(from, |(at, _)| *at);
        let done = hours(at.duration_since(from));
        let mut job = self.0.job.lock().unwrap_or_else(PoisonError::into_inner);
        if job.running.is_some() {
            job.running = Some((done, hours(until.duration_since(from)).max(1)));
        }
    }
}

/// The city while a day passes.
struct DayInCourse {
    stage: Stage,
    city: LivingCity,
    /// The first day that is not drawn.
    next_day: Date,
}

impl DayInCourse {
    /// What comes next: the rest of the day drawn last, then the following days as far as `until`.
    fn next_part(&mut self, demo: &Demo, until: Timestamp) -> Option<(Date, Vec<Timed>)> {
        let ends = midnight(self.next_day).min(until);
        let rest = self.take_agenda(ends);
        if !rest.is_empty() {
            return Some((seoul_date(rest[0].0), rest));
        }
        if midnight(self.next_day) >= until {
            return None;
        }
        let date = self.next_day;
        let day = draw_day(demo.0.seed, date, &self.city, &demo.0.data);
        self.next_day = date.tomorrow().unwrap_or(Date::MAX);
        let mut agenda = day.events;
        agenda.extend(day.later);
        self.city.set_agenda(agenda);
        let events = self.take_agenda(midnight(self.next_day).min(until));
        Some((date, events))
    }

    /// Takes what happens before an instant off the agenda and lets it happen to the summary.
    fn take_agenda(&mut self, before: Timestamp) -> Vec<Timed> {
        let agenda = std::mem::take(&mut self.city.agenda);
        let (due, later): (Vec<Timed>, Vec<Timed>) =
            agenda.into_iter().partition(|(at, _)| *at < before);
        self.city.set_agenda(later);
        let mut done = Vec::with_capacity(due.len());
        for (at, event) in due {
            if self.city.allows(&event) {
                self.city.apply(&event);
                done.push((at, event));
            }
        }
        done
    }

    fn write(self, demo: &Demo) -> Result<(), Error> {
        let (keys, clock) = (self.stage.keys.clone(), demo.0.clock.clone());
        let (agenda, next_day) = (self.city.agenda, self.next_day);
        self.stage.db.write_blocking(move |tx| {
            let keys = keys.read().unwrap_or_else(PoisonError::into_inner);
            keys.write(tx, |_| false)?;
            state::put_course(tx, next_day, &agenda)?;
            state::put_ahead(tx, &clock)
        })
    }
}

/// Nothing happens in the past: what was missed happens now.
fn at_least(events: Vec<Timed>, from: Timestamp) -> Vec<Timed> {
    events
        .into_iter()
        .map(|(at, event)| (at.max(from), event))
        .collect()
}

fn count_offers(app: &App) -> Result<i64, Error> {
    app.core.db().read_blocking(|tx| {
        let counts = read::counts(tx)?;
        Ok(counts.iter().map(|(_, _, count)| count).sum())
    })
}
