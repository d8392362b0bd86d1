//! How often: signing in by address and by login, and forms by visitor.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};

/// Keys beyond this many are looked through for forgotten ones.
const MANY: usize = 10_000;

/// The server's clock, as the limiter wants it.
#[derive(Clone)]
struct LimitClock(Arc<dyn Clock>);

impl governor::clock::Clock for LimitClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let micros = self.0.now().as_microsecond();
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }
}

type Keyed =
    RateLimiter<String, DefaultKeyedStateStore<String>, LimitClock, NoOpMiddleware<Duration>>;

/// All limits of one server process.
pub(crate) struct Limits {
    clock: Arc<dyn Clock>,
    sign_in: Keyed,
    posts: Keyed,
    failures: Mutex<HashMap<String, Failures>>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// Too many: try again after so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub retry_after_s: u64,
}

impl Limits {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let keyed = |per_minute: NonZeroU32| {
            let clock = LimitClock(clock.clone());
            RateLimiter::dashmap_with_clock(Quota::per_minute(per_minute), clock)
        };
        Self {
            sign_in: keyed(NonZeroU32::new(10).unwrap_or(NonZeroU32::MIN)),
            posts: keyed(NonZeroU32::new(120).unwrap_or(NonZeroU32::MIN)),
            failures: Mutex::default(),
            clock,
        }
    }

    /// One attempt to sign in from an address: 10 a minute.
    pub fn sign_in(&self, address: &str) -> Result<(), TooMany> {
        check(&self.sign_in, &self.clock, address)
    }

    /// One form or changing request of a visitor: 120 a minute.
    pub fn post(&self, visitor: &str) -> Result<(), TooMany> {
        check(&self.posts, &self.clock, visitor)
    }

    /// Whether this login may be tried now. After three failures each further one doubles the wait:
    /// 2 s, 4 s … up to 15 minutes, whatever the address. A day without failure forgets them.
    pub fn login(&self, login: &str) -> Result<(), TooMany> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = failures.get(login) else {
            return Ok(());
        };
        let wait = entry
            .wait()
            .saturating_sub(self.clock.now().duration_since(entry.last));
        if wait <= SignedDuration::ZERO {
            return Ok(());
        }
        let whole = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
        Err(TooMany {
            retry_after_s: u64::try_from(whole).unwrap_or(1),
        })
    }

    /// Notes how an attempt with this login ended.
    pub fn login_ended(&self, login: &str, well: bool) {
        let now = self.clock.now();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if well {
            failures.remove(login);
            return;
        }
        if failures.len() > MANY {
            failures.retain(|_, it| !it.forgotten(now));
        }
        let entry = failures.entry(login.to_owned()).or_insert(Failures {
            count: 0,
            last: now,
        });
        if entry.forgotten(now) {
            entry.count = 0;
        }
        *entry = Failures {
            count: entry.count.saturating_add(1),
            last: now,
        };
    }
}

impl Failures {
    fn wait(&self) -> SignedDuration {
        const LONGEST: SignedDuration = SignedDuration::from_mins(15);
        match self.count {
            0..=2 => SignedDuration::ZERO,
            count => SignedDuration::from_secs(1 << (count - 2).min(10)).min(LONGEST),
        }
    }

    fn forgotten(&self, now: Timestamp) -> bool {
        now.duration_since(self.last) > SignedDuration::from_hours(24)
    }
}

fn check(limiter: &Keyed, clock: &Arc<dyn Clock>, key: &str) -> Result<(), TooMany> {
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    limiter.check_key(&key.to_owned()).map_err(|refused| {
        let now = governor::clock::Clock::now(&LimitClock(clock.clone()));
        let wait = refused.wait_time_from(now);
        TooMany {
            retry_after_s: wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
        }
    })
}

#[cfg(test)]
mod tests {
    use base::SimulatedClock;

    use super::*;

    fn limits() -> (Limits, SimulatedClock) {
        let clock = SimulatedClock::standing_at("2026-11-23T00:00:00Z".parse().unwrap());
        (Limits::new(Arc::new(clock.clone())), clock)
    }

    #[test]
    fn an_address_may_try_ten_times_a_minute_and_again_later() {
        let (limits, clock) = limits();
        for attempt in 1..=10 {
            assert_eq!(limits.sign_in("10.0.0.1"), Ok(()), "attempt {attempt}");
        }
        assert_eq!(
            limits.sign_in("10.0.0.1"),
            Err(TooMany { retry_after_s: 6 })
        );
        assert_eq!(limits.sign_in("10.0.0.2"), Ok(()));
        clock.advance(SignedDuration::from_secs(6));
        assert_eq!(limits.sign_in("10.0.0.1"), Ok(()));
        assert!(limits.sign_in("10.0.0.1").is_err());
    }

    #[test]
    fn a_login_that_fails_waits_longer_each_time_until_it_succeeds() {
        let (limits, clock) = limits();
        for _ in 0..3 {
            assert_eq!(limits.login("hanbit"), Ok(()));
            limits.login_ended("hanbit", false);
        }
        assert_eq!(limits.login("hanbit"), Err(TooMany { retry_after_s: 2 }));
        clock.advance(SignedDuration::from_secs(2));
        assert_eq!(limits.login("hanbit"), Ok(()));
        limits.login_ended("hanbit", false);
        assert_eq!(limits.login("hanbit"), Err(TooMany { retry_after_s: 4 }));
        for _ in 0..40 {
            limits.login_ended("hanbit", false);
        }
        assert_eq!(limits.login("hanbit"), Err(TooMany { retry_after_s: 900 }));
        limits.login_ended("hanbit", true);
        assert_eq!(limits.login("hanbit"), Ok(()));
    }
}
