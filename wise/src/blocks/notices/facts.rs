//! What was told to whom.

use base::ids::{DeliveryId, NoticeId};
use serde::{Deserialize, Serialize};
use spine::FactKind;

/// A notice lies in somebody's inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeMade {
    pub notice: NoticeId,
}

impl FactKind for NoticeMade {
    const KIND: &'static str = "notices.made.v1";
    fn sample() -> Self {
        Self {
            notice: NoticeId::sample(5),
        }
    }
}

/// A channel is done with a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryEnded {
    pub notice: NoticeId,
    pub delivery: DeliveryId,
    /// `push`, `email`, `sms` or `letter`.
    pub channel: String,
    /// `sent`, `failed` or `uncertain`.
    pub state: String,
}

impl FactKind for DeliveryEnded {
    const KIND: &'static str = "notices.delivery_ended.v1";
    fn sample() -> Self {
        Self {
            notice: NoticeId::sample(5),
            delivery: DeliveryId::sample(6),
            channel: "email".into(),
            state: "sent".into(),
        }
    }
}

/// No channel was read: an official has to call or visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NobodyReached {
    pub notice: NoticeId,
    /// `routine`, `soon` or `urgent`.
    pub urgency: String,
}

impl FactKind for NobodyReached {
    const KIND: &'static str = "notices.nobody_reached.v1";
    fn sample() -> Self {
        Self {
            notice: NoticeId::sample(5),
            urgency: "soon".into(),
        }
    }
}

/// An official reached somebody whom no channel had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonReached {
    pub notice: NoticeId,
    /// `called` or `visited`.
    pub how: String,
}

impl FactKind for PersonReached {
    const KIND: &'static str = "notices.person_reached.v1";
    fn sample() -> Self {
        Self {
            notice: NoticeId::sample(5),
            how: "called".into(),
        }
    }
}
