use std::collections::BTreeMap;

use base::Locale;
use base::ids::{DeliveryId, NoticeId, PersonId, Pseudonym};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::blocks::people::{self, words};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Spine(#[from] spine::Error),
    #[error(transparent)]
    People(#[from] people::Error),
    #[error("no such notice")]
    NotFound,
    #[error("{field}: {key}")]
    Invalid {
        field: &'static str,
        key: &'static str,
    },
}

words! {
    /// A way to reach a person beside the inbox.
    Channel {
        /// A browser that asked to be woken.
        Push = "push",
        Email = "email",
        /// A text message, short or long.
        Sms = "sms",
        /// Paper, printed and posted by an office.
        Letter = "letter",
    }
}

words! {
    /// How soon a notice wants to be read.
    Urgency { Routine = "routine", Soon = "soon", Urgent = "urgent" }
}

impl Urgency {
    /// 0 to 2.
    pub fn rank(self) -> u8 {
        match self {
            Self::Routine => 0,
            Self::Soon => 1,
            Self::Urgent => 2,
        }
    }
}

words! {
    /// How far a delivery has come.
    DeliveryState {
        Queued = "queued",
        Sending = "sending",
        Sent = "sent",
        Failed = "failed",
        Uncertain = "uncertain",
        /// It was read before it went out.
        Dropped = "dropped",
    }
}

words! {
    /// How far it is with somebody whom no channel reached.
    UnreachedState {
        Waiting = "waiting",
        Called = "called",
        Visited = "visited",
        /// They read it after all.
        Read = "read",
    }
}

/// Something to tell a person.
#[derive(Clone, Debug)]
pub struct NewNotice {
    pub person: PersonId,
    pub subject: Pseudonym,
    /// The same key is told once.
    pub once_key: String,
    /// The texts `<message>-title` and `<message>-body`.
    pub message: &'static str,
    pub arguments: BTreeMap<String, String>,
    /// The page to go to, from the root of the server.
    pub link: String,
    pub urgency: Urgency,
    /// The last day on which the person can act upon it.
    pub answer_by: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: NoticeId,
    pub person: PersonId,
    pub message: String,
    pub arguments: BTreeMap<String, String>,
    pub link: String,
    pub made_at: Timestamp,
    pub read_at: Option<Timestamp>,
    pub urgency: Urgency,
    pub answer_by: Option<Date>,
}

/// Where a person is to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub email: Option<String>,
    /// Digits of a Korean mobile number, or `+` and digits (ITU-T E.164).
    pub phone: Option<String>,
    pub locale: Locale,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub notice: NoticeId,
    pub channel: Channel,
    pub address: String,
    pub locale: Locale,
    pub state: DeliveryState,
    pub attempts: i64,
    pub changed_at: Timestamp,
    pub problem: Option<String>,
    /// The office that prints a letter.
    pub agency: Option<String>,
}

/// A browser that asked to be woken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// SHA-256 of the endpoint, hexadecimal.
    pub id: String,
    /// The address at the browser's push service (RFC 8030).
    pub endpoint: String,
    /// The browser's public key: an uncompressed point on P-256, 65 bytes.
    pub p256dh: Vec<u8>,
    /// The browser's authentication secret, 16 bytes (RFC 8291).
    pub auth: Vec<u8>,
    pub since: Timestamp,
}

/// A claimed delivery with what it carries.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub delivery: Delivery,
    pub notice: Notice,
    pub urgency: Urgency,
    /// What it is about may be told on a locked screen.
    pub details: bool,
    /// Where to push; empty for other channels.
    pub devices: Vec<Device>,
}

/// A letter to print.
#[derive(Clone, Debug)]
pub struct Letter {
    pub delivery: Delivery,
    pub notice: Notice,
    pub name: String,
}

/// Somebody whom no channel reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreached {
    pub notice: NoticeId,
    pub person: PersonId,
    pub agency: Option<String>,
    pub urgency: Urgency,
    pub since: Timestamp,
    pub state: UnreachedState,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The next server took it.
    Sent,
    /// Nothing was handed over; try again later.
    Again(String),
    /// It will never be taken.
    Refused(String),
    /// It may or may not have been handed over.
    Uncertain(String),
}
