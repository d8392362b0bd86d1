//! The only place that asks the machine what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, civil};

/// Says what instant it is. Passed to whoever needs it, so that a test or the sample city can
/// choose the hour.
pub trait Clock: Send + Sync + 'static {
    /// The current instant, UTC.
    fn now(&self) -> Timestamp;

    /// Today's civil date in the country's zone.
    fn today(&self) -> civil::Date {
        seoul_date(self.now())
    }
}

/// The civil date in Korea at an instant.
///
/// Korea keeps UTC+09:00 without daylight saving (표준시에 관한 법률), so no zone database is needed.
pub fn seoul_date(at: Timestamp) -> civil::Date {
    Offset::constant(9).to_datetime(at).date()
}

/// The machine's clock, to the microsecond: that is what a database keeps of an instant.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one home of the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// A clock that somebody else moves: it stands still at an instant, or runs at a distance from
/// the machine's clock.
#[derive(Clone, Debug)]
pub struct SimulatedClock(Arc<SimulatedState>);

#[derive(Debug)]
struct SimulatedState {
    /// Microseconds: the instant itself when standing, the distance to the machine's clock when running.
    micros: AtomicI64,
    running: bool,
}

impl SimulatedClock {
    /// Stands still at `at` until moved.
    pub fn standing_at(at: Timestamp) -> Self {
        Self(Arc::new(SimulatedState {
            micros: AtomicI64::new(at.as_microsecond()),
            running: false,
        }))
    }

    /// Runs with the machine's clock, `ahead` of it.
    pub fn running_ahead(ahead: SignedDuration) -> Self {
        Self(Arc::new(SimulatedState {
            micros: AtomicI64::new(saturating_micros(ahead)),
            running: true,
        }))
    }

    /// Moves to `at`. A running clock goes on running from there.
    pub fn set(&self, at: Timestamp) {
        let base = if self.0.running {
            SystemClock.now().as_microsecond()
        } else {
            0
        };
        self.0
            .micros
            .store(at.as_microsecond() - base, Ordering::SeqCst);
    }

    /// Moves forward by `by` (backward when negative).
    pub fn advance(&self, by: SignedDuration) {
        self.0
            .micros
            .fetch_add(saturating_micros(by), Ordering::SeqCst);
    }

    /// How far a running clock is ahead of the machine's clock, in microseconds.
    pub fn ahead_micros(&self) -> i64 {
        self.now().as_microsecond() - SystemClock.now().as_microsecond()
    }
}

fn saturating_micros(span: SignedDuration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let stored = self.0.micros.load(Ordering::SeqCst);
        let micros = if self.0.running {
            SystemClock.now().as_microsecond() + stored
        } else {
            stored
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_korean_day_begins_at_fifteen_hours_utc() {
        let before: Timestamp = "2026-11-22T14:59:59Z".parse().unwrap();
        let after: Timestamp = "2026-11-22T15:00:00Z".parse().unwrap();
        assert_eq!(seoul_date(before), civil::date(2026, 11, 22));
        assert_eq!(seoul_date(after), civil::date(2026, 11, 23));
    }

    #[test]
    fn a_standing_clock_moves_only_when_told() {
        let clock = SimulatedClock::standing_at("2026-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(clock.now(), clock.now());
        clock.advance(SignedDuration::from_hours(24));
        assert_eq!(clock.now(), "2026-01-02T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn a_running_clock_keeps_its_distance() {
        let clock = SimulatedClock::running_ahead(SignedDuration::from_hours(48));
        let distance = clock.now().duration_since(SystemClock.now());
        assert!((distance.as_hours() - 48).abs() <= 1, "{distance:?}");
    }
}
