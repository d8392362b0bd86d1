//! What happens to them: order, rates, office hours, the days after.

use std::collections::{HashMap, HashSet};

use jiff::civil::date;
use jiff::{Timestamp, ToSpan};

use super::super::hours::{at, date_of, minutes_of};
use super::super::model::age_on;
use super::super::*;
use super::{TODAY, city, data, everybody, office};

#[test]
fn events_are_in_order_and_concern_people_who_live_here_then() {
    let plan = city();
    assert!(plan.events.is_sorted_by_key(|(at, _)| *at));
    let (first, last) = (
        plan.events.first().expect("events"),
        plan.events.last().expect("events"),
    );
    assert!(date_of(first.0) >= plan.start && date_of(last.0) < plan.today);
    let mut living = LivingCity::new(
        plan.households.iter().map(LivingHousehold::from).collect(),
        Vec::new(),
    );
    let mut keys: HashSet<PersonKey> = everybody(plan).map(|(_, p)| p.key).collect();
    for (at, event) in &plan.events {
        assert!(living.allows(event), "{at} {event:?}");
        if let Event::BirthRegistered { birth, .. } = event {
            assert!(keys.insert(birth.baby), "a key is given once");
        }
        if let Event::MovedIn { household, .. } = event {
            assert!(living.household(household.key).is_none());
            assert!(household.members.iter().all(|m| keys.insert(m.key)));
        }
        living.apply(event);
        assert!(living.allows(event) || departs(event), "{at} {event:?}");
    }
    assert_eq!(living.residents(), plan.living.residents());
    for household in &living.households {
        let heads = household
            .members
            .iter()
            .filter(|m| m.role == Role::Head)
            .count();
        assert_eq!(heads, 1, "{household:?}");
        assert!(
            household
                .members
                .iter()
                .any(|m| age_on(m.born, TODAY) >= 19),
            "{household:?}"
        );
    }
}

/// Whether somebody whom the event names is elsewhere afterwards.
fn departs(event: &Event) -> bool {
    matches!(
        event,
        Event::MovedOut { .. } | Event::Died { .. } | Event::Divorced { .. }
    )
}

#[test]
fn as_many_are_born_and_die_as_the_rates_say() {
    let plan = city();
    let count = |wanted: fn(&Event) -> bool| plan.events.iter().filter(|(_, e)| wanted(e)).count();
    // 241,862 of 51,169,148 registered residents are younger than one: 142 of 30,000.
    let births = count(|e| matches!(e, Event::BirthRegistered { .. }));
    assert!((105..180).contains(&births), "{births}");
    let deaths = count(|e| matches!(e, Event::Died { .. }));
    assert!((150..270).contains(&deaths), "{deaths}");
    assert!(count(|e| matches!(e, Event::OffersAnswered { .. })) > 500);
    assert!(
        count(|e| matches!(
            e,
            Event::CasesWorked {
                first: Verdict::Refuse,
                ..
            }
        )) > 5
    );
    assert!(
        count(|e| matches!(
            e,
            Event::OffersAnswered {
                answer: Answer::Postpone { .. },
                ..
            }
        )) > 20
    );
}

#[test]
fn a_birth_is_noticed_then_registered_within_the_law() {
    let plan = city();
    let mut noticed: HashMap<PersonKey, Timestamp> = HashMap::new();
    let mut told_first = 0;
    for (at, event) in plan.events.iter().chain(&plan.living.agenda) {
        match event {
            Event::BirthTold { birth, .. } => {
                told_first += u32::from(!noticed.contains_key(&birth.baby))
            }
            Event::BirthNoticed { birth, .. } => {
                noticed.insert(birth.baby, *at);
            }
            Event::BirthRegistered { birth, name, .. } => {
                assert!(*at >= noticed[&birth.baby]);
                // 가족관계등록법 제44조: within a month.
                assert!(
                    date_of(*at) <= birth.born.saturating_add(1.month()),
                    "{birth:?}"
                );
                assert!(name.chars().count() >= 2);
            }
            _ => {}
        }
    }
    assert!(told_first > 5 && (told_first as usize) < noticed.len() / 2);
}

#[test]
fn officials_work_in_office_hours_only() {
    let office = office();
    for (at, event) in &city().events {
        let official = match event {
            Event::BirthRegistered { official, .. }
            | Event::MovedIn { official, .. }
            | Event::MovedWithin { official, .. }
            | Event::CasesWorked { official, .. } => official,
            _ => continue,
        };
        assert!(
            data()
                .officials
                .iter()
                .any(|o| o.key == *official && o.role == OfficialRole::Counter)
        );
        assert!(office.is_open_on(date_of(*at)), "{at}");
        assert!(date_of(*at).weekday().to_monday_one_offset() <= 5, "{at}");
        assert!((9 * 60..18 * 60).contains(&minutes_of(*at)), "{at}");
    }
}

#[test]
fn working_time_skips_nights_weekends_and_holidays() {
    let office = office();
    let (friday, monday) = (date(2026, 10, 2), date(2026, 10, 6));
    // 2026-10-03 is 개천절, a Saturday; Monday the 5th is its substitute.
    assert_eq!(
        office.after(at(friday, 17 * 60), 90),
        at(monday, 9 * 60 + 30)
    );
    // A plain weekend.
    let (friday_before, monday_after) = (date(2026, 11, 20), date(2026, 11, 23));
    assert_eq!(
        office.after(at(friday_before, 17 * 60 + 30), 60),
        at(monday_after, 9 * 60 + 30)
    );
    assert_eq!(office.after(at(friday, 6 * 60), 60), at(friday, 10 * 60));
    assert_eq!(office.after(at(friday, 20 * 60), 0), at(monday, 9 * 60));
    assert_eq!(at(friday, 0).to_string(), "2026-10-01T15:00:00Z");
}

#[test]
fn the_days_after_go_on_from_where_the_year_ended() {
    let plan = CityPlan::draw(11, 3_000, TODAY, data());
    let mut living = plan.living.clone();
    let mother = plan
        .personas
        .iter()
        .find(|p| p.id == "kim-haneul")
        .expect("persona")
        .person;
    let mut born = None;
    for days in 0..5 {
        let date = TODAY.saturating_add(days.days());
        let day = draw_day(plan.seed, date, &living, data());
        assert_eq!(day, draw_day(plan.seed, date, &living, data()));
        for (at, event) in &day.events {
            assert_eq!(date_of(*at), date);
            assert!(living.allows(event), "{event:?}");
            if let Event::BirthNoticed { birth, .. } = event
                && birth.mother == mother
            {
                born = Some((birth.born, birth.birth_order));
            }
            living.apply(event);
        }
        assert!(day.later.iter().all(|(at, _)| date_of(*at) > date));
        living.set_agenda(day.later);
    }
    assert_eq!(born, Some((date(2026, 11, 26), 2)));
}

#[test]
fn a_summary_survives_json() {
    let plan = CityPlan::draw(5, 400, TODAY, data());
    let text = serde_json::to_string(&plan.living).expect("json");
    let mut read: LivingCity = serde_json::from_str(&text).expect("json");
    read.reindex();
    assert_eq!(read, plan.living);
    assert_eq!(
        draw_day(5, TODAY, &read, data()),
        draw_day(5, TODAY, &plan.living, data())
    );
}
