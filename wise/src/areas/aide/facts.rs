//! What this area tells others: opaque ids only.

use base::ids::RunId;
use serde::{Deserialize, Serialize};
use spine::FactKind;

/// A question about everybody was worked out; the digest is all that leaves this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFinished {
    pub run: RunId,
    /// What was asked: `reform`.
    pub kind: String,
    /// Hex SHA-256 of the answer's bytes.
    pub outputs_sha256: String,
}

impl FactKind for RunFinished {
    const KIND: &'static str = "aide.run_finished.v1";
    fn sample() -> Self {
        Self {
            run: RunId::sample(9),
            kind: "reform".into(),
            outputs_sha256: "00".repeat(32),
        }
    }
}
