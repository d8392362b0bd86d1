//! Korean clock time and the hours of public offices (09 to 18 on working days).

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Korea keeps UTC+09:00 without daylight saving.
const KOREA: Offset = Offset::constant(9);
const OPENS: i64 = 9 * 60;
const CLOSES: i64 = 18 * 60;

/// The instant at so many minutes after midnight in Korea; beyond a day it is the next day.
pub(super) fn at(date: Date, minutes: i64) -> Timestamp {
    midnight(date) + SignedDuration::from_mins(minutes)
}

fn midnight(date: Date) -> Timestamp {
    // Only the years −9999 and 9999 have no instant for their midnight.
    KOREA
        .to_timestamp(date.at(0, 0, 0, 0))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The civil date in Korea.
pub(super) fn date_of(at: Timestamp) -> Date {
    KOREA.to_datetime(at).date()
}

/// Minutes after midnight in Korea.
pub(super) fn minutes_of(at: Timestamp) -> i64 {
    let time = KOREA.to_datetime(at).time();
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}

/// The same instant or the first one at which people are up (07 to 23).
pub(super) fn awake(at: Timestamp, after_seven: i64) -> Timestamp {
    let minutes = minutes_of(at);
    if minutes < 7 * 60 {
        self::at(date_of(at), 7 * 60 + after_seven)
    } else if minutes >= 23 * 60 {
        self::at(tomorrow(date_of(at)), 7 * 60 + after_seven)
    } else {
        at
    }
}

pub(super) fn tomorrow(date: Date) -> Date {
    date.saturating_add(1.day())
}

/// When offices are open.
#[derive(Clone, Debug)]
pub(super) struct Office {
    pub closed: BTreeSet<Date>,
}

impl Office {
    pub(super) fn is_open_on(&self, date: Date) -> bool {
        !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
            && !self.closed.contains(&date)
    }

    /// The instant when so many minutes of work have passed.
    pub(super) fn after(&self, from: Timestamp, minutes: i64) -> Timestamp {
        let mut date = date_of(from);
        let mut start = minutes_of(from).max(OPENS);
        let mut left = minutes;
        loop {
            if self.is_open_on(date) && start < CLOSES {
                // The last minute of the day belongs to the next morning.
                if left < CLOSES - start {
                    return at(date, start + left);
                }
                left -= CLOSES - start;
            }
            date = tomorrow(date);
            start = OPENS;
        }
    }
}
