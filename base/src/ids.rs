//! Every typed id of WISE: the one government vocabulary that stands below the blocks.
//!
//! Record ids are UUIDv7 (RFC 9562), so rows that were made together lie together. Codes (agency,
//! benefit, municipality) are data of the country and stay text.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rand::Rng;
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

/// A text that is not an id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {kind}: expected a UUID such as 019a0000-0000-7000-8000-000000000000")]
pub struct InvalidId {
    /// The type that was wanted.
    pub kind: &'static str,
    /// What was given, cut to 60 characters.
    pub text: String,
}

/// A new UUIDv7 from the caller's instant and randomness.
pub fn uuid_v7(now: Timestamp, rng: &mut dyn Rng) -> Uuid {
    let mut random = [0_u8; 10];
    rng.fill_bytes(&mut random);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! typed_ids {
    (($d:tt) $($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Calls a macro with the names of all typed ids, so that a lower-level crate can
        /// implement its own trait for each of them.
        #[macro_export]
        macro_rules! for_each_id {
            ($d callback:ident) => { $d callback! { $($name),+ } };
        }
        $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id for a record made at `now`.
            pub fn new(now: Timestamp, rng: &mut dyn Rng) -> Self {
                Self(uuid_v7(now, rng))
            }

            /// An id with a chosen number, for samples and golden files.
            pub const fn sample(number: u128) -> Self {
                Self(Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0000 | number))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::parse_str(text).map(Self).map_err(|_| InvalidId {
                    kind: stringify!($name),
                    text: text.chars().take(60).collect(),
                })
            }
        }
    )+};
}

typed_ids! {
    ($)
    /// Somebody who signs in.
    AccountId,
    /// A resident, registered or expected.
    PersonId,
    /// People who live together (세대).
    HouseholdId,
    /// A stand-in for a person in facts; its mapping can be erased.
    Pseudonym,
    /// A birth, from the first notice to the registration.
    BirthId,
    /// A consent to use a datum for a purpose.
    ConsentId,
    /// An application, petition or permit under way.
    CaseId,
    /// One message to one person.
    NoticeId,
    /// One attempt to carry a notice over one channel.
    DeliveryId,
    /// A place: a childcare centre, a health centre, a helper's base.
    PlaceId,
    /// A condition of the day over an area.
    ConditionId,
    /// A benefit offered to somebody.
    OfferId,
    /// A canonical, committed record of what was done.
    ReceiptId,
    /// A sum granted to be used until a day, or paid in parts.
    VoucherId,
    /// A question about everybody, worked out once.
    RunId,
    /// A page for whoever decides, made of runs.
    BriefingId,
    /// A fact on the spine.
    FactId,
    /// What was sealed in the ledger.
    SealId,
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl rand::TryRng for Fixed {
        type Error = std::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(7)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(7)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            bytes.fill(7);
            Ok(())
        }
    }

    #[test]
    fn ids_sort_by_the_instant_they_were_made() {
        let early = PersonId::new("2026-01-01T00:00:00Z".parse().unwrap(), &mut Fixed);
        let late = PersonId::new("2026-01-01T00:00:01Z".parse().unwrap(), &mut Fixed);
        assert!(early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse(), Ok(early));
    }

    #[test]
    fn a_wrong_text_names_the_kind_wanted() {
        let error = "x".parse::<CaseId>().unwrap_err();
        assert_eq!(error.kind, "CaseId");
    }
}
