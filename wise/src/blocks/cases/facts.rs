//! What happens to cases.

use base::ids::CaseId;
use serde::{Deserialize, Serialize};
use spine::FactKind;

/// A case was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseOpened {
    pub case: CaseId,
    pub revision: i64,
}

impl FactKind for CaseOpened {
    const KIND: &'static str = "cases.opened.v1";
    fn sample() -> Self {
        Self {
            case: CaseId::sample(4),
            revision: 1,
        }
    }
}

/// A case went a step further; which one stands in the case at this revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTaken {
    pub case: CaseId,
    pub revision: i64,
}

impl FactKind for StepTaken {
    const KIND: &'static str = "cases.step_taken.v1";
    fn sample() -> Self {
        Self {
            case: CaseId::sample(4),
            revision: 2,
        }
    }
}
