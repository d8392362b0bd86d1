//! Facts and their kinds.

use db::{Row, Tx, values};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::Error;
use crate::follower::PARTS;

/// A kind of fact: a stable string with a version, and the shape of its data.
pub trait FactKind: Serialize + DeserializeOwned {
    /// `<area>.<what_happened>.v<version>`, never changed once it was written.
    const KIND: &'static str;

    /// An example, kept as a golden file so that the shape cannot drift unseen.
    fn sample() -> Self;
}

/// A fact as it stands on the spine.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub seq: i64,
    pub epoch: i64,
    pub id: String,
    pub kind: String,
    /// A pseudonym; who it stands for is not on the spine.
    pub subject: String,
    pub at: Timestamp,
    /// JSON in the shape of the kind.
    pub data: String,
}

pub(crate) const COLUMNS: &str = "seq, epoch, id, kind, subject, at, data";

/// The fact with an id.
///
/// # Errors
/// The database cannot be read.
pub fn fact(tx: &mut Tx<'_>, id: &str) -> Result<Option<Fact>, db::Error> {
    let sql = format!("SELECT {COLUMNS} FROM spine_fact WHERE id = $1");
    let row = tx.query_opt(&sql, values![id])?;
    row.as_ref().map(Fact::from_row).transpose()
}

impl Fact {
    pub(crate) fn from_row(row: &Row) -> Result<Self, db::Error> {
        Ok(Self {
            seq: row.get(0)?,
            epoch: row.get(1)?,
            id: row.get(2)?,
            kind: row.get(3)?,
            subject: row.get(4)?,
            at: row.get(5)?,
            data: row.get(6)?,
        })
    }

    /// The data as `K`, or `None` when this is another kind.
    pub fn read<K: FactKind>(&self) -> Result<Option<K>, Error> {
        if self.kind != K::KIND {
            return Ok(None);
        }
        serde_json::from_str(&self.data)
            .map(Some)
            .map_err(|e| Error::Shape {
                id: self.id.clone(),
                kind: self.kind.clone(),
                reason: e.to_string(),
            })
    }

    /// The fact as a CloudEvents 1.0 event in the JSON format; `source` names this server.
    pub fn cloud_event(&self, source: &str) -> serde_json::Value {
        json!({
            "specversion": "1.0",
            "id": self.id,
            "source": source,
            "type": self.kind,
            "subject": self.subject,
            "time": self.at.to_string(),
            "datacontenttype": "application/json",
            "data": serde_json::from_str::<serde_json::Value>(&self.data).unwrap_or_default(),
        })
    }
}

/// Which part a subject's facts belong to: FNV-1a, so that it is the same in every process.
pub(crate) fn part_of(subject: &str) -> i64 {
    let hash = subject
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    i64::try_from(hash % u64::try_from(PARTS).unwrap_or(1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_is_a_cloud_event() {
        let fact = Fact {
            seq: 1,
            epoch: 0,
            id: "f".into(),
            kind: "people.moved.v1".into(),
            subject: "s".into(),
            at: "2026-11-23T00:00:00Z".parse().unwrap(),
            data: r#"{"revision":3}"#.into(),
        };
        let event = fact.cloud_event("https://wise.example");
        for required in ["specversion", "id", "source", "type"] {
            assert!(event[required].is_string(), "{required}");
        }
        assert_eq!(event["data"]["revision"], 3);
        assert_eq!(event["time"], "2026-11-23T00:00:00Z");
    }
}
