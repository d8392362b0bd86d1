use std::collections::BTreeMap;

use base::Localized;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// Under what a datum of another agency may be used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sharing {
    /// A law lets it be used.
    Law,
    /// Only with the person's consent.
    Consent,
    /// Not at all: the person is asked.
    No,
}

/// Who holds a datum and how it may be used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Holding {
    /// `person.<fact>` or `household.<fact>`.
    pub fact: String,
    /// The register's name.
    #[serde(flatten)]
    pub register: Localized,
    pub agency: String,
    pub law: String,
    pub shareable: Sharing,
    /// Days after which the datum must be asked of its holder again.
    pub max_age_days: i64,
    #[serde(default)]
    pub unverified: bool,
}

/// Whether a held datum may be used for a conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Yes; `stale` when its holder should be asked again.
    Yes { stale: bool },
    /// Only once the person has agreed.
    NeedsConsent,
    /// Never from another agency; only what the person told.
    AskOnly,
}

/// Every datum that another agency holds.
#[derive(Clone, Debug, Default)]
pub struct Catalogue(BTreeMap<String, Holding>);

impl Catalogue {
    /// Builds the catalogue; a datum stands once.
    pub fn new(holdings: Vec<Holding>) -> Result<Self, String> {
        let mut all = BTreeMap::new();
        for holding in holdings {
            let fact = holding.fact.clone();
            if all.insert(fact.clone(), holding).is_some() {
                return Err(format!("exchange.yaml: {fact} stands twice"));
            }
        }
        Ok(Self(all))
    }

    /// Who holds this datum (`person.<fact>`, `household.<fact>`); `None` when nobody does and only the resident can tell.
    pub fn holding(&self, fact: &str) -> Option<&Holding> {
        self.0.get(fact)
    }

    /// All holdings, by datum.
    pub fn iter(&self) -> impl Iterator<Item = &Holding> {
        self.0.values()
    }

    /// May this datum be used? `told` when the person gave it directly.
    pub fn may_use(
        &self,
        fact: &str,
        told: bool,
        consented: bool,
        checked_at: Timestamp,
        now: Timestamp,
    ) -> Use {
        let Some(holding) = self.holding(fact) else {
            return Use::Yes { stale: false };
        };
        let age = now.duration_since(checked_at);
        let stale = age > SignedDuration::from_hours(24 * holding.max_age_days);
        match holding.shareable {
            _ if told => Use::Yes { stale },
            Sharing::Law => Use::Yes { stale },
            Sharing::Consent if consented => Use::Yes { stale },
            Sharing::Consent => Use::NeedsConsent,
            Sharing::No => Use::AskOnly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(shareable: Sharing) -> Catalogue {
        Catalogue::new(vec![Holding {
            fact: "household.income".into(),
            register: Localized::new("소득", "income"),
            agency: "nts".into(),
            law: "법".into(),
            shareable,
            max_age_days: 30,
            unverified: false,
        }])
        .unwrap()
    }

    #[test]
    fn what_needs_consent_is_used_only_with_it() {
        let now: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let ask = |sharing, told, consented| {
            catalogue(sharing).may_use("household.income", told, consented, now, now)
        };
        assert_eq!(ask(Sharing::Consent, false, false), Use::NeedsConsent);
        assert_eq!(
            ask(Sharing::Consent, false, true),
            Use::Yes { stale: false }
        );
        assert_eq!(ask(Sharing::No, false, true), Use::AskOnly);
        assert_eq!(ask(Sharing::No, true, false), Use::Yes { stale: false });
    }

    #[test]
    fn an_old_datum_is_stale() {
        let now: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let then: Timestamp = "2026-09-01T00:00:00Z".parse().unwrap();
        assert_eq!(
            catalogue(Sharing::Law).may_use("household.income", false, false, then, now),
            Use::Yes { stale: true }
        );
    }
}
