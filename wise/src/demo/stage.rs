//! Lets simulated time pass: events of an hour in one transaction, then followers at rest.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base::{Clock, Entropy, SimulatedClock};
use db::{Db, Dialect};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use spine::{Cx, Followers};

use super::Error;
use super::keys::{Keys, Names};
use super::perform::Crew;
use super::plan::{Answer, Event, Timed};
use crate::areas::benefits::standing::actions::Walker;

/// How many of what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Births that a hospital reported.
    pub births: usize,
    pub registrations: usize,
    pub deaths: usize,
    pub moved_in: usize,
    pub moved_out: usize,
    pub moved_within: usize,
    pub marriages: usize,
    pub divorces: usize,
    /// Applications that residents made.
    pub applications: usize,
    /// Cases granted or refused.
    pub decided: usize,
}

impl Tally {
    pub(super) fn count(&mut self, event: &Event) {
        let place = match event {
            Event::BirthNoticed { .. } => &mut self.births,
            Event::BirthRegistered { .. } => &mut self.registrations,
            Event::Died { .. } => &mut self.deaths,
            Event::MovedIn { .. } => &mut self.moved_in,
            Event::MovedOut { .. } => &mut self.moved_out,
            Event::MovedWithin { .. } => &mut self.moved_within,
            Event::Married { .. } => &mut self.marriages,
            Event::Divorced { .. } => &mut self.divorces,
            _ => return,
        };
        *place += 1;
    }

    pub(super) fn add(&mut self, other: &Tally) {
        self.births += other.births;
        self.registrations += other.registrations;
        self.deaths += other.deaths;
        self.moved_in += other.moved_in;
        self.moved_out += other.moved_out;
        self.moved_within += other.moved_within;
        self.marriages += other.marriages;
        self.divorces += other.divorces;
        self.applications += other.applications;
        self.decided += other.decided;
    }
}

/// Where the sample's life is performed.
pub(super) struct Stage {
    pub db: Db,
    pub clock: SimulatedClock,
    pub entropy: Entropy,
    pub followers: Followers,
    pub walker: Walker,
    pub crew: Arc<Crew>,
    pub keys: Arc<RwLock<Keys>>,
    /// Nobody else works on the database: the city is being made.
    pub alone: bool,
    /// Facts were appended that followers have not seen.
    unsettled: bool,
}

impl Stage {
    pub fn new(
        clock: SimulatedClock,
        followers: Followers,
        walker: Walker,
        crew: Crew,
        keys: Keys,
        alone: bool,
    ) -> Self {
        Self {
            db: walker.db.clone(),
            clock,
            entropy: walker.entropy.clone(),
            followers,
            walker,
            crew: Arc::new(crew),
            keys: Arc::new(RwLock::new(keys)),
            alone,
            unsettled: false,
        }
    }

    /// Performs the events of one hour, which lie in order of time, and lets followers come to rest.
    pub fn hour(&mut self, events: Vec<Timed>) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        let mut batch = Vec::new();
        for (at, event) in events.into_iter().flat_map(in_steps) {
            if reads_conclusions(&event) && (self.unsettled || batch.iter().any(appends)) {
                tally.add(&self.flush(&mut batch)?);
                self.rest()?;
            }
            batch.push((at, event));
        }
        tally.add(&self.flush(&mut batch)?);
        self.rest()?;
        Ok(tally)
    }

    fn flush(&mut self, batch: &mut Vec<Timed>) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        if self.alone {
            // The clock stands at the last event when followers look at it.
            self.unsettled |= batch.iter().any(appends);
            tally = self.transact(std::mem::take(batch))?;
        } else {
            for (at, event) in std::mem::take(batch) {
                match self.transact(vec![(at, event)]) {
                    Ok(done) => {
                        self.unsettled = true;
                        tally.add(&done);
                    }
                    Err(error) if overtaken(&error) => {
                        tracing::debug!(%error, "an event of the sample was overtaken by a visitor");
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(tally)
    }

    /// Performs events in one transaction, each at its instant.
    fn transact(&mut self, events: Vec<Timed>) -> Result<Tally, Error> {
        let Some((last, _)) = events.last() else {
            return Ok(Tally::default());
        };
        if *last > self.clock.now() {
            self.clock.set(*last);
        }
        let (crew, keys, rng) = (self.crew.clone(), self.keys.clone(), self.entropy.rng());
        let (new, tally) = self.db.write_blocking(move |tx| {
            let keys = keys.read().unwrap_or_else(PoisonError::into_inner);
            let mut names = Names::new(&keys);
            let mut tally = Tally::default();
            // A second run on conflict draws the same numbers.
            let mut rng = rng.clone();
            for (at, event) in &events {
                let mut cx = Cx {
                    tx,
                    now: *at,
                    rng: &mut rng,
                    actor: crew.actor_of(event),
                };
                crew.perform(&mut cx, &mut names, &mut tally, event)
                    .map_err(|error| told_where(*at, event, error))?;
            }
            Ok::<_, Error>((names.new, tally))
        })?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.merge(new);
        Ok(tally)
    }

    /// The work of a day: what was put off comes back, and households whose day has come are looked at.
    pub fn morning(&mut self, at: Timestamp) -> Result<(), Error> {
        self.rest()?;
        self.walker.day(at)?;
        Ok(())
    }

    /// Lets followers work until they have seen every fact.
    pub fn rest(&mut self) -> Result<(), Error> {
        if !self.unsettled {
            return Ok(());
        }
        self.followers.drain()?;
        // Beside other processes or threads a fact may not be readable yet, or be in others' hands.
        while !(self.alone && self.db.dialect() == Dialect::Sqlite) && self.is_behind()? {
            std::thread::sleep(Duration::from_millis(5));
            self.followers.drain()?;
        }
        self.unsettled = false;
        Ok(())
    }

    fn is_behind(&self) -> Result<bool, Error> {
        let names = self.followers.names();
        let states = self.db.read_blocking(move |tx| spine::states(tx, &names))?;
        if let Some(failure) = states.iter().find_map(|it| it.failure.clone()) {
            return Err(spine::Error::Follower(failure).into());
        }
        Ok(states.iter().any(|it| it.behind > 0))
    }
}

/// Telling comes first; what is ready then is accepted once the rules have been asked again.
fn in_steps((at, event): Timed) -> Vec<Timed> {
    let Event::OffersAnswered {
        by,
        answer: Answer::AcceptAll { .. },
    } = &event
    else {
        return vec![(at, event)];
    };
    let accepted = Event::OffersAnswered {
        by: *by,
        answer: Answer::AcceptReady,
    };
    let shortly_after = at + SignedDuration::from_secs(40);
    vec![(at, event), (shortly_after, accepted)]
}

/// Whether an event depends on what followers conclude.
fn reads_conclusions(event: &Event) -> bool {
    matches!(
        event,
        Event::OffersOpened { .. } | Event::OffersAnswered { .. }
    )
}

fn appends((_, event): &Timed) -> bool {
    !matches!(event, Event::OffersOpened { .. })
}

fn told_where(at: Timestamp, event: &Event, error: Error) -> Error {
    Error::Event {
        at: at.to_string(),
        event: name(event),
        error: Box::new(error),
    }
}

/// Whether an event failed because the city is not any more as it was when the event was drawn.
fn overtaken(error: &Error) -> bool {
    use crate::areas::benefits::model::Error as Benefits;
    use crate::blocks::{cases, people};
    let Error::Event { error, .. } = error else {
        return false;
    };
    let of_people = |it: &people::Error| {
        matches!(
            it,
            people::Error::NotFound(_) | people::Error::Invalid { .. }
        )
    };
    match &**error {
        Error::People(it) => of_people(it),
        Error::Cases(it) => !matches!(it, cases::Error::Db(_) | cases::Error::Spine(_)),
        Error::Benefits(it) => match it {
            Benefits::People(it) => of_people(it),
            Benefits::NotFound | Benefits::Order(_) | Benefits::Invalid { .. } => true,
            _ => false,
        },
        Error::Stranger(_) => true,
        _ => false,
    }
}

fn name(event: &Event) -> &'static str {
    match event {
        Event::PregnancyRegistered { .. } => "a pregnancy",
        Event::BirthNoticed { .. } => "a birth notice",
        Event::BirthTold { .. } => "a birth told",
        Event::BirthRegistered { .. } => "a birth registration",
        Event::MovedIn { .. } => "a move into the city",
        Event::MovedOut { .. } => "a move out of the city",
        Event::MovedWithin { .. } => "a move within the city",
        Event::Died { .. } => "a death",
        Event::JobLost { .. } => "a job lost",
        Event::JobFound { .. } => "a job found",
        Event::LeaveChanged { .. } => "a leave",
        Event::SchoolEntered { .. } => "a school entry",
        Event::IncomeReassessed { .. } => "an income report",
        Event::Married { .. } => "a marriage",
        Event::Divorced { .. } => "a divorce",
        Event::OffersOpened { .. } => "a look at offers",
        Event::OffersAnswered { .. } => "an answer to offers",
        Event::CasesWorked { .. } => "an official's work",
        Event::PapersGiven { .. } => "papers handed in",
    }
}
