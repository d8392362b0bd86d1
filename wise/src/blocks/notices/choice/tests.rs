//! The choice of a channel, case by case and for whatever may come.

use jiff::Span;
use jiff::civil::date;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;

const ALL: [Channel; 4] = [Channel::Push, Channel::Email, Channel::Sms, Channel::Letter];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn quiet(from: u16, until: u16) -> QuietHours {
    QuietHours {
        from_min: from * 60,
        until_min: until * 60,
    }
}

fn sent(channel: Channel, changed_at: Timestamp) -> Attempt {
    Attempt {
        channel,
        state: DeliveryState::Sent,
        changed_at,
    }
}

#[test]
fn the_usual_night_is_from_nine_to_eight_in_korea() {
    let night = QuietHours::default();
    for (instant, is_quiet) in [
        ("2026-11-24T11:59:59Z", false),
        ("2026-11-24T12:00:00Z", true),
        ("2026-11-24T15:00:00Z", true),
        ("2026-11-24T22:59:59Z", true),
        ("2026-11-24T23:00:00Z", false),
    ] {
        assert_eq!(night.contains(at(instant)), is_quiet, "{instant}");
    }
    assert!(!quiet(9, 9).contains(at("2026-11-24T00:00:00Z")), "never");
}

#[test]
fn the_night_ends_on_the_minute_and_urgent_things_do_not_wait_for_it() {
    let late = at("2026-11-24T12:34:56Z");
    let morning = at("2026-11-24T23:00:00Z");
    let opens = |urgency, channel| opening(QuietHours::default(), urgency, channel, late);
    assert_eq!(opens(Urgency::Soon, Channel::Sms), morning);
    assert_eq!(opens(Urgency::Urgent, Channel::Sms), late);
    assert_eq!(opens(Urgency::Soon, Channel::Letter), late);
}

#[test]
fn a_deadline_that_comes_near_makes_a_notice_urgent() {
    let today = date(2026, 11, 24);
    let in_days = |days: i32| Some(today.checked_add(Span::new().days(days)).unwrap());
    for (days, urgency) in [
        (15, Urgency::Routine),
        (14, Urgency::Soon),
        (4, Urgency::Soon),
        (3, Urgency::Urgent),
        (-1, Urgency::Urgent),
    ] {
        assert_eq!(
            urgency_on(Urgency::Routine, in_days(days), today),
            urgency,
            "{days}"
        );
    }
    assert_eq!(urgency_on(Urgency::Soon, in_days(30), today), Urgency::Soon);
    assert_eq!(urgency_on(Urgency::Urgent, None, today), Urgency::Urgent);
}

/// An unread notice walks through all channels and ends with a human.
#[test]
fn what_nobody_reads_goes_from_channel_to_channel_and_then_to_a_human() {
    let made_at = at("2026-11-02T00:00:00Z");
    let preferences = Preferences {
        order: vec![Channel::Email, Channel::Letter],
        quiet: quiet(0, 0),
        details: false,
    };
    let mut attempts = Vec::new();
    let step = |attempts: &[Attempt], days: i64| {
        let situation = Situation {
            urgency: Urgency::Soon,
            answer_by: None,
            made_at,
            preferences: &preferences,
            usable: &ALL,
            attempts,
        };
        next_step(&situation, made_at + SignedDuration::from_hours(24 * days))
    };
    let day = |days: i64| made_at + SignedDuration::from_hours(24 * days);
    let send = |channel, days| Step::Send {
        channel,
        at: day(days),
    };
    assert_eq!(step(&attempts, 0), send(Channel::Email, 0));
    attempts.push(sent(Channel::Email, day(0)));
    assert_eq!(step(&attempts, 1), Step::WaitUntil(day(3)));
    assert_eq!(step(&attempts, 3), send(Channel::Letter, 3));
    attempts.push(sent(Channel::Letter, day(3)));
    assert_eq!(step(&attempts, 3), Step::WaitUntil(day(9)), "twice as long");
    assert_eq!(step(&attempts, 9), Step::AskHuman);
    attempts[1].state = DeliveryState::Failed;
    assert_eq!(
        step(&attempts, 3),
        Step::AskHuman,
        "nothing is left to wait for"
    );
}

#[test]
fn without_any_channel_the_inbox_is_waited_for() {
    let made_at = at("2026-11-02T00:00:00Z");
    let situation = Situation {
        urgency: Urgency::Routine,
        answer_by: None,
        made_at,
        preferences: &Preferences::default(),
        usable: &[],
        attempts: &[],
    };
    let week = made_at + SignedDuration::from_hours(24 * 7);
    assert_eq!(next_step(&situation, made_at), Step::WaitUntil(week));
    assert_eq!(next_step(&situation, week), Step::AskHuman);
}

fn channels() -> impl Strategy<Value = Vec<Channel>> {
    subsequence(ALL.to_vec(), 0..=4).prop_shuffle()
}

fn urgency() -> impl Strategy<Value = Urgency> {
    prop_oneof![
        Just(Urgency::Routine),
        Just(Urgency::Soon),
        Just(Urgency::Urgent)
    ]
}

/// How each attempt ends, as drawn by the property.
fn ending() -> impl Strategy<Value = DeliveryState> {
    prop_oneof![
        Just(DeliveryState::Sent),
        Just(DeliveryState::Failed),
        Just(DeliveryState::Uncertain),
    ]
}

proptest! {
    /// Follows an unread notice to its end, acting on every step as the worker does.
    #[test]
    fn every_course_keeps_the_promises(
        order in channels(),
        usable in channels(),
        made in urgency(),
        (from_min, until_min) in (0..DAY_MIN, 0..DAY_MIN),
        due in proptest::option::of(0_i32..60),
        start_s in 0_i64..(400 * 86_400),
        endings in vec(ending(), 4),
    ) {
        let preferences = Preferences { order, quiet: QuietHours { from_min, until_min }, details: false };
        let made_at = at("2026-01-01T00:00:00Z") + SignedDuration::from_secs(start_s);
        let answer_by = due.map(|days| seoul_date(made_at).checked_add(Span::new().days(days)).unwrap());
        let mut attempts: Vec<Attempt> = Vec::new();
        let mut now = made_at;
        let mut steps = 0;
        loop {
            steps += 1;
            prop_assert!(steps < 50, "it never ends");
            let situation = Situation {
                urgency: made, answer_by, made_at,
                preferences: &preferences, usable: &usable, attempts: &attempts,
            };
            match next_step(&situation, now) {
                Step::Send { channel, at } => {
                    prop_assert!(preferences.order.contains(&channel), "{channel} is refused");
                    prop_assert!(usable.contains(&channel), "{channel} has no address");
                    prop_assert!(attempts.iter().all(|it| it.channel != channel), "{channel} twice");
                    prop_assert!(at >= now && at.duration_since(now) <= SignedDuration::from_hours(24));
                    let urgency = urgency_on(made, answer_by, seoul_date(now));
                    let is_loud = channel != Channel::Letter && urgency != Urgency::Urgent;
                    prop_assert!(!is_loud || !preferences.quiet.contains(at), "{at} is quiet");
                    attempts.push(Attempt { channel, state: endings[attempts.len()], changed_at: at });
                    now = at;
                }
                Step::WaitUntil(until) => {
                    prop_assert!(until > now, "{until} is no waiting");
                    now = until;
                }
                Step::AskHuman => break,
            }
        }
        let tried: Vec<Channel> = attempts.iter().map(|it| it.channel).collect();
        let wanted: Vec<Channel> = preferences.order.iter().copied().filter(|it| usable.contains(it)).collect();
        prop_assert_eq!(tried, wanted, "all wanted channels, in their order, before a human");
    }

    #[test]
    fn patience_grows_with_each_channel_and_shrinks_with_urgency(tried in 0_usize..40) {
        for urgency in [Urgency::Routine, Urgency::Soon, Urgency::Urgent] {
            prop_assert!(patience(urgency, tried + 1) >= patience(urgency, tried));
            prop_assert!(patience(urgency, tried) >= SignedDuration::from_hours(24));
        }
        prop_assert!(patience(Urgency::Urgent, tried) <= patience(Urgency::Soon, tried));
        prop_assert!(patience(Urgency::Soon, tried) <= patience(Urgency::Routine, tried));
    }

    #[test]
    fn the_quiet_is_over_when_it_opens(from_min in 0..DAY_MIN, until_min in 0..DAY_MIN, s in 0_i64..(3 * 86_400)) {
        let quiet = QuietHours { from_min, until_min };
        let now = at("2026-11-24T00:00:00Z") + SignedDuration::from_secs(s);
        let opens = opening(quiet, Urgency::Routine, Channel::Sms, now);
        prop_assert!(!quiet.contains(opens));
        prop_assert_eq!(opens == now, !quiet.contains(now));
        let just_before = opens - SignedDuration::from_secs(1);
        prop_assert!(opens == now || quiet.contains(just_before), "not later than needed");
    }
}
