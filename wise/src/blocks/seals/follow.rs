use db::Tx;
use serde_json::Value;
use spine::{Cx, Fact, Follower};

use super::actions;
use super::model::Source;

/// Facts of the spine as sealed records.
pub const FACTS: Source = Source {
    kind: "fact",
    record: |tx, id| Ok(spine::fact(tx, id)?.map(|it| record(&it))),
};

/// A fact as the CloudEvent that is sealed. The source is the same on every server: a server that moves to another address seals
/// the same.
fn record(fact: &Fact) -> Value {
    fact.cloud_event("urn:wise:spine")
}

/// Seals every fact of the spine.
pub struct SealFollower;

impl Follower for SealFollower {
    type Loaded = Vec<Fact>;
    type Conclusion = Vec<Fact>;

    fn name(&self) -> &'static str {
        "seals"
    }

    fn wants(&self, _kind: &str) -> bool {
        true
    }

    fn load(&self, _tx: &mut Tx<'_>, facts: &[Fact]) -> Result<Vec<Fact>, spine::Error> {
        Ok(facts.to_vec())
    }

    fn conclude(&self, facts: Vec<Fact>) -> Result<Vec<Fact>, spine::Error> {
        Ok(facts)
    }

    fn apply(&self, cx: &mut Cx<'_, '_>, facts: &Vec<Fact>) -> Result<(), spine::Error> {
        for fact in facts {
            let sealed = actions::seal(cx, FACTS, &fact.id, &fact.subject, record(fact));
            sealed.map_err(|error| spine::Error::Follower(error.to_string()))?;
        }
        Ok(())
    }
}
