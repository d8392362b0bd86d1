//! Which channel carries a notice, when it may go, and when a human is asked to.

use base::seoul_date;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::model::{Channel, DeliveryState, Urgency};

/// A day, in minutes.
pub const DAY_MIN: u16 = 24 * 60;
/// An answer that is due within so many days makes a notice urgent, or soon.
const URGENT_WITHIN_DAYS: i32 = 3;
const SOON_WITHIN_DAYS: i32 = 14;
/// Nobody waits longer than this for a channel to be read.
const LONGEST_DAYS: i64 = 28;
/// How long to leave an attempt that is under way before looking at it again.
pub const UNDER_WAY: SignedDuration = SignedDuration::from_hours(1);

/// When a person is not to be disturbed, in minutes of the Korean day: 0 to 1439. From and until the
/// same minute is never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    pub from_min: u16,
    pub until_min: u16,
}

impl Default for QuietHours {
    /// 21:00 to 08:00, the hours in which 정보통신망법 제50조제3항 forbids advertising by message without
    /// separate consent. Notices are no advertising; the night is the same.
    fn default() -> Self {
        Self {
            from_min: 21 * 60,
            until_min: 8 * 60,
        }
    }
}

impl QuietHours {
    /// Minutes until the quiet is over; 0 when it is not quiet.
    fn left_min(self, minute: u16) -> u16 {
        let length = (self.until_min + DAY_MIN - self.from_min) % DAY_MIN;
        let passed = (minute + DAY_MIN - self.from_min) % DAY_MIN;
        length.saturating_sub(passed)
    }

    /// Whether this instant is within.
    pub fn contains(self, at: Timestamp) -> bool {
        self.left_min(minute_of_day(at)) > 0
    }
}

fn minute_of_day(at: Timestamp) -> u16 {
    let civil = Offset::constant(9).to_datetime(at);
    let minute = i32::from(civil.hour()) * 60 + i32::from(civil.minute());
    u16::try_from(minute).unwrap_or(0)
}

/// What a person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Wanted channels, the dearest first; one that is missing is refused. The inbox cannot be refused.
    pub order: Vec<Channel>,
    pub quiet: QuietHours,
    /// What a notice is about may stand on a locked screen.
    pub details: bool,
}

impl Default for Preferences {
    /// Of somebody who never said: what costs nothing first, paper last.
    fn default() -> Self {
        Self {
            order: vec![Channel::Push, Channel::Email, Channel::Sms, Channel::Letter],
            quiet: QuietHours::default(),
            details: false,
        }
    }
}

/// How urgent a notice is on a day: as it was made, or as its deadline has come near.
pub fn urgency_on(made: Urgency, answer_by: Option<Date>, today: Date) -> Urgency {
    let left = answer_by
        .and_then(|it| today.until(it).ok())
        .map(|it| it.get_days());
    let near = match left {
        Some(days) if days <= URGENT_WITHIN_DAYS => Urgency::Urgent,
        Some(days) if days <= SOON_WITHIN_DAYS => Urgency::Soon,
        _ => Urgency::Routine,
    };
    if near.rank() > made.rank() {
        near
    } else {
        made
    }
}

/// When a channel may go: now, or when the quiet is over. What is urgent does not wait, and paper
/// wakes nobody.
pub fn opening(quiet: QuietHours, urgency: Urgency, channel: Channel, now: Timestamp) -> Timestamp {
    let left = quiet.left_min(minute_of_day(now));
    if left == 0 || urgency == Urgency::Urgent || channel == Channel::Letter {
        return now;
    }
    let into_minute = now.as_second().rem_euclid(60);
    now + SignedDuration::from_secs(i64::from(left) * 60 - into_minute)
}

/// How long a channel is left to be read before the next one is tried: twice as long after each.
/// `tried` counts channels.
pub fn patience(urgency: Urgency, tried: usize) -> SignedDuration {
    let first = match urgency {
        Urgency::Urgent => 1,
        Urgency::Soon => 3,
        Urgency::Routine => 7,
    };
    let days = first << tried.saturating_sub(1).min(8);
    SignedDuration::from_hours(24 * LONGEST_DAYS.min(days))
}

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub channel: Channel,
    pub state: DeliveryState,
    pub changed_at: Timestamp,
}

impl Attempt {
    fn is_under_way(self) -> bool {
        matches!(self.state, DeliveryState::Queued | DeliveryState::Sending)
    }

    /// Whether it may lie before the person. An uncertain one may: it counts as if it did.
    fn may_be_read(self) -> bool {
        matches!(self.state, DeliveryState::Sent | DeliveryState::Uncertain)
    }
}

/// All that the choice depends on, of a notice that nobody has read.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    pub urgency: Urgency,
    pub answer_by: Option<Date>,
    pub made_at: Timestamp,
    pub preferences: &'a Preferences,
    /// Channels that this server has and that know an address of this person.
    pub usable: &'a [Channel],
    pub attempts: &'a [Attempt],
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Hand it to this channel, which may go at this instant.
    Send { channel: Channel, at: Timestamp },
    /// Nothing before this instant.
    WaitUntil(Timestamp),
    /// Every channel was tried long enough: a human has to.
    AskHuman,
}

/// Decides. Each channel is tried once; one that failed is followed at once by the next, one that may
/// be read after [`patience`].
pub fn next_step(it: &Situation<'_>, now: Timestamp) -> Step {
    if it.attempts.iter().any(|attempt| attempt.is_under_way()) {
        return Step::WaitUntil(now + UNDER_WAY);
    }
    let urgency = urgency_on(it.urgency, it.answer_by, seoul_date(now));
    let was_tried = |channel| it.attempts.iter().any(|attempt| attempt.channel == channel);
    let mut left = it.preferences.order.iter().copied();
    let next = left.find(|channel| it.usable.contains(channel) && !was_tried(*channel));
    let readable = it.attempts.iter().filter(|attempt| attempt.may_be_read());
    let (tried, since) = readable.fold((0, None), |(count, latest), attempt| {
        (count + 1, latest.max(Some(attempt.changed_at)))
    });
    // The inbox is the channel before the first: it is waited for only when there is no other.
    let since = match (since, next) {
        (None, Some(_)) => None,
        (None, None) => Some(it.made_at),
        (since, _) => since,
    };
    if let Some(since) = since {
        let until = since + patience(urgency, tried);
        if now < until {
            return Step::WaitUntil(until);
        }
    }
    match next {
        Some(channel) => Step::Send {
            channel,
            at: opening(it.preferences.quiet, urgency, channel, now),
        },
        None => Step::AskHuman,
    }
}

#[cfg(test)]
mod tests;
