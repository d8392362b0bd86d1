use std::collections::BTreeMap;

use base::Locale;
use base::ids::{DeliveryId, NoticeId, PersonId, Pseudonym};
use jiff::Timestamp;

use crate::blocks::people::words;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Spine(#[from] spine::Error),
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
    Channel { Email = "email" }
}

words! {
    /// How far a delivery has come.
    DeliveryState {
        Queued = "queued",
        Sending = "sending",
        Sent = "sent",
        Failed = "failed",
        Uncertain = "uncertain",
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
}

/// How a person wants to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub email: Option<String>,
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
}

/// A claimed delivery with what it carries.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub delivery: Delivery,
    pub notice: Notice,
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
