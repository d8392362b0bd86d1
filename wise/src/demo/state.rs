//! What the sample city remembers of itself between starts, and what a running demo is given.

use std::sync::{Arc, Mutex, PoisonError};

use base::{Clock, SimulatedClock};
use db::{Db, Tx};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::accounts::{Face, faces};
use super::plan::{SampleData, Timed};
use super::play::Job;
use super::{Error, sample_data, store};
use crate::country::Country;

const MADE: &str = "made";
const SEED: &str = "seed";
const OPENS_AT: &str = "opens_at";
const AHEAD: &str = "ahead";
const NEXT_DAY: &str = "next_day";
const AGENDA: &str = "agenda";
const TOKEN: &str = "hospital_token";

/// Whether a making of the city began in this database.
pub fn is_begun(db: &Db) -> Result<bool, Error> {
    db.read_blocking(|tx| Ok(store::get(tx, MADE)?.is_some()))
}

/// Whether the city was made to its end. A database where one was only begun is to be thrown away.
pub fn is_complete(db: &Db) -> Result<bool, Error> {
    db.read_blocking(|tx| Ok(store::get(tx, MADE)?.as_deref() == Some("complete")))
}

/// Notes that a making begins.
pub(super) fn begin(db: &Db, seed: u64) -> Result<(), Error> {
    db.write_blocking(move |tx| {
        if store::get(tx, MADE)?.is_some() {
            return Err(Error::Occupied);
        }
        store::put(tx, MADE, "begun")?;
        Ok(store::put(tx, SEED, &seed.to_string())?)
    })
}

/// What a finished making leaves behind.
pub(super) struct Made {
    pub opens_at: Timestamp,
    pub next_day: Date,
    pub agenda: Vec<Timed>,
    pub hospital_token: String,
}

/// Notes that the making is done.
pub(super) fn complete(tx: &mut Tx<'_>, made: &Made) -> Result<(), Error> {
    let opens_at = made.opens_at.as_microsecond().to_string();
    store::put(tx, OPENS_AT, &opens_at)?;
    store::put(tx, TOKEN, &made.hospital_token)?;
    put_course(tx, made.next_day, &made.agenda)?;
    Ok(store::put(tx, MADE, "complete")?)
}

/// How far the plan was drawn, and what is still to come.
pub(super) fn put_course(tx: &mut Tx<'_>, next_day: Date, agenda: &[Timed]) -> Result<(), Error> {
    let agenda = serde_json::to_string(agenda).map_err(|error| damaged("agenda", &error))?;
    store::put(tx, NEXT_DAY, &next_day.to_string())?;
    Ok(store::put(tx, AGENDA, &agenda)?)
}

/// What [`put_course`] wrote.
pub(super) fn course(tx: &mut Tx<'_>) -> Result<(Date, Vec<Timed>), Error> {
    let next_day = store::get(tx, NEXT_DAY)?.ok_or(Error::Incomplete)?;
    let next_day = next_day
        .parse()
        .map_err(|error| damaged("next_day", &error))?;
    let agenda = store::get(tx, AGENDA)?.ok_or(Error::Incomplete)?;
    let agenda = serde_json::from_str(&agenda).map_err(|error| damaged("agenda", &error))?;
    Ok((next_day, agenda))
}

/// How far the demo's clock is ahead of the machine's.
pub(super) fn put_ahead(tx: &mut Tx<'_>, clock: &SimulatedClock) -> Result<(), Error> {
    Ok(store::put(tx, AHEAD, &clock.ahead_micros().to_string())?)
}

fn damaged(what: &'static str, reason: &impl ToString) -> Error {
    Error::Plan {
        what,
        reason: reason.to_string(),
    }
}

/// A sample city that is being served; cheap to clone.
#[derive(Clone)]
pub struct Demo(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub clock: SimulatedClock,
    pub data: SampleData,
    pub seed: u64,
    pub faces: Vec<Face>,
    pub hospital_token: String,
    pub job: Mutex<Job>,
}

impl Demo {
    /// Opens a city that was made. Its clock starts on the morning of its day and then keeps its
    /// distance from the machine's, also over restarts; `now` is the machine's instant.
    ///
    /// # Errors
    /// When the city is not complete, or the country's sample files are wrong.
    pub fn open(db: &Db, country: &Country, now: Timestamp) -> Result<Self, Error> {
        let (seed, token, ahead) = db.write_blocking(move |tx| {
            let read = |tx: &mut Tx<'_>, key| store::get(tx, key)?.ok_or(Error::Incomplete);
            let number = |text: String| text.parse::<i64>().map_err(|it| damaged("clock", &it));
            let opens_at = number(read(tx, OPENS_AT)?)?;
            let ahead = match store::get(tx, AHEAD)? {
                Some(ahead) => number(ahead)?,
                None => opens_at - now.as_microsecond(),
            };
            store::put(tx, AHEAD, &ahead.to_string())?;
            let seed = read(tx, SEED)?
                .parse::<u64>()
                .map_err(|it| damaged("seed", &it))?;
            Ok::<_, Error>((seed, read(tx, TOKEN)?, ahead))
        })?;
        let data = sample_data(country)?;
        Ok(Self(Arc::new(Inner {
            clock: SimulatedClock::running_ahead(SignedDuration::from_micros(ahead)),
            faces: faces(&data),
            data,
            seed,
            hospital_token: token,
            job: Mutex::new(Job::default()),
        })))
    }

    /// The clock of this city, which the whole server must use.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.0.clock.clone())
    }

    /// Everybody who can be chosen, in the order of the first page.
    pub fn faces(&self) -> &[Face] {
        &self.0.faces
    }

    /// With which the hospital's program reports births (`Authorization: Bearer …`).
    pub fn hospital_token(&self) -> &str {
        &self.0.hospital_token
    }

    /// The day being played, or the last one that was.
    pub fn job(&self) -> Job {
        self.0
            .job
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
