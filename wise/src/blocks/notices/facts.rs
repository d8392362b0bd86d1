//! What was told to whom.

use base::ids::NoticeId;
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
