//! Where each fact of the sample comes from: the agency and the law of the exchange catalogue, and
//! when the agency last confirmed it.

use std::sync::Arc;

use base::ids::HouseholdId;
use base::seoul_date;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use spine::Cx;

use super::Error;
use super::plan::FactPlan;
use crate::blocks::exchange::{Catalogue, Sharing, Use};
use crate::blocks::people::{self, Datum, NewDatum, Owner, Source};

/// Share of the sample's data that is older than its holder's law asks for.
const STALE_PERCENT: u64 = 8;
/// A register that was asked again answered within this many hours.
const ASKED_AGAIN_HOURS: u64 = 60;

/// Gives facts their source.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    pub catalogue: Arc<Catalogue>,
}

impl Sources {
    /// A fact of a register, as it stands there for some time.
    pub fn held(&self, entity: &str, owner: &str, fact: &FactPlan, now: Timestamp) -> NewDatum {
        let name = format!("{entity}.{}", fact.name);
        let since = midnight(fact.valid_from) + SignedDuration::from_hours(9);
        let max_age = self
            .catalogue
            .holding(&name)
            .map_or(30, |it| it.max_age_days);
        let checked = now - age(owner, &fact.name, max_age);
        self.datum(&name, fact, checked.max(since).min(now))
    }

    /// A fact that its register reports just now.
    pub fn reported(&self, entity: &str, fact: &FactPlan, now: Timestamp) -> NewDatum {
        self.datum(&format!("{entity}.{}", fact.name), fact, now)
    }

    fn datum(&self, name: &str, fact: &FactPlan, checked_at: Timestamp) -> NewDatum {
        NewDatum {
            fact: fact.name.to_string(),
            value: Some(fact.value.clone()),
            since: fact.valid_from,
            until: None,
            source: self.source(name, checked_at),
        }
    }

    /// Who holds a datum (`person.<fact>`), or the resident where no agency does.
    fn source(&self, name: &str, checked_at: Timestamp) -> Source {
        match self.catalogue.holding(name) {
            Some(holding) if holding.shareable != Sharing::No => Source {
                agency: holding.agency.clone(),
                basis: holding.law.clone(),
                told: false,
                checked_at,
            },
            _ => Source {
                agency: "resident".into(),
                basis: "본인이 알림".into(),
                told: true,
                checked_at,
            },
        }
    }

    /// Asks the registers again for what is too old, as the server does when life changes.
    pub fn refresh(&self, cx: &mut Cx<'_, '_>, household: HouseholdId) -> Result<(), Error> {
        let view = people::view(cx.tx, household, cx.today(), cx.now)?;
        if view.members.is_empty() {
            return Ok(());
        }
        let again = self.asked_again("household", &household.to_string(), &view.facts, cx.now);
        if !again.is_empty() {
            people::record(cx, Owner::Household(household), &again)?;
        }
        for member in &view.members {
            let id = member.person.id;
            let again = self.asked_again("person", &id.to_string(), &member.facts, cx.now);
            if !again.is_empty() {
                people::record(cx, Owner::Person(id), &again)?;
            }
        }
        Ok(())
    }

    fn asked_again(
        &self,
        entity: &str,
        owner: &str,
        facts: &[Datum],
        now: Timestamp,
    ) -> Vec<NewDatum> {
        let old = facts.iter().filter(|it| {
            let name = format!("{entity}.{}", it.fact);
            let source = &it.source;
            let verdict = self
                .catalogue
                .may_use(&name, source.told, true, source.checked_at, now);
            // A few registers do not answer at once.
            verdict == Use::Yes { stale: true }
                && !source.told
                && chance(owner, &it.fact) % 100 >= STALE_PERCENT
        });
        let renewed = old.map(|it| {
            let hours = 1 + chance(&it.fact, owner) % ASKED_AGAIN_HOURS;
            let checked_at = now - SignedDuration::from_hours(i64::try_from(hours).unwrap_or(1));
            NewDatum {
                fact: it.fact.clone(),
                value: it.value.clone(),
                since: it.since,
                until: it.until,
                source: Source {
                    checked_at,
                    ..it.source.clone()
                },
            }
        });
        renewed.collect()
    }
}

/// How long ago a datum was confirmed: within its holder's time for most, up to twice that for some.
fn age(owner: &str, fact: &str, max_age_days: i64) -> SignedDuration {
    let chance = chance(owner, fact);
    let span_hours = 24 * u64::try_from(max_age_days).unwrap_or(1).max(1);
    let within = chance / 100 % span_hours;
    let hours = if chance % 100 < STALE_PERCENT {
        span_hours + within
    } else {
        within
    };
    SignedDuration::from_hours(i64::try_from(hours).unwrap_or(0))
}

/// FNV-1a over owner and fact: the same in every making.
pub(super) fn chance(owner: &str, fact: &str) -> u64 {
    let bytes = owner.bytes().chain(fact.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The first instant of a day in Korea.
pub(super) fn midnight(date: Date) -> Timestamp {
    Offset::constant(9)
        .to_timestamp(date.at(0, 0, 0, 0))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The next nine o'clock in the morning in Korea after an instant.
pub(super) fn next_morning(after: Timestamp) -> Timestamp {
    let nine = midnight(seoul_date(after)) + SignedDuration::from_hours(9);
    if nine > after {
        nine
    } else {
        nine + SignedDuration::from_hours(24)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_morning_is_never_now() {
        let nine: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let hour = SignedDuration::from_hours(1);
        assert_eq!(next_morning(nine), nine + 24 * hour);
        assert_eq!(next_morning(nine - hour), nine);
        assert_eq!(next_morning(nine + hour), nine + 24 * hour);
    }

    #[test]
    fn few_data_are_older_than_their_holders_time() {
        let days = 24 * SignedDuration::from_hours(1);
        let ages: Vec<_> = (0..2_000)
            .map(|n| age(&format!("p{n}"), "employment", 30))
            .collect();
        let stale = ages.iter().filter(|it| **it > 30 * days).count();
        assert!((80..260).contains(&stale), "{stale} of 2000");
        assert!(ages.iter().all(|it| *it < 60 * days));
    }
}
