use db::Tx;
use serde_json::Value;
use spine::{Cx, Fact, Follower};

use super::actions;

/// Seals every fact of the spine as the CloudEvent that it is.
pub struct SealFollower {
    /// Names this server in the events.
    pub source: String,
}

/// A fact's id, its subject, and the record.
type Record = (String, String, Value);

impl Follower for SealFollower {
    type Loaded = Vec<Record>;
    type Conclusion = Vec<Record>;

    fn name(&self) -> &'static str {
        "seals"
    }

    fn wants(&self, _kind: &str) -> bool {
        true
    }

    fn load(&self, _tx: &mut Tx<'_>, facts: &[Fact]) -> Result<Vec<Record>, spine::Error> {
        let record = |fact: &Fact| {
            let event = fact.cloud_event(&self.source);
            (fact.id.clone(), fact.subject.clone(), event)
        };
        Ok(facts.iter().map(record).collect())
    }

    fn conclude(&self, records: Vec<Record>) -> Result<Vec<Record>, spine::Error> {
        Ok(records)
    }

    fn apply(&self, cx: &mut Cx<'_, '_>, records: &Vec<Record>) -> Result<(), spine::Error> {
        for (id, subject, record) in records {
            let sealed = actions::seal_fact(cx, id, subject, record.clone());
            sealed.map_err(|error| spine::Error::Follower(error.to_string()))?;
        }
        Ok(())
    }
}
