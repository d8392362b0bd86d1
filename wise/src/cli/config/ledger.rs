//! `[ledger]` of `wise.toml`: with whom it is kept, and who vouches for it. Without it one agency keeps it alone.

use federation::Peer;
use ledger::note::VerifierKey;
use ledger::{Hash, Validator};
use serde::Deserialize;

use crate::app::ledger::{Federation, Founding, WitnessOf, WitnessSettings};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LedgerFile {
    /// The name of the log: a host, a slash and more, the same at every agency.
    origin: Option<String>,
    /// Where the other agencies reach this one: `0.0.0.0:7443`.
    listen: Option<String>,
    agency: Vec<AgencyFile>,
    witness: Vec<WitnessFile>,
    witness_of: Option<WitnessOfFile>,
}

/// An agency that keeps the ledger with others.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgencyFile {
    name: String,
    /// As `wise ledger key` shows it there.
    key: String,
    /// Where it listens; left out for this agency itself.
    address: Option<String>,
}

/// Somebody outside who is asked to cosign.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WitnessFile {
    url: String,
    /// C2SP vkeys.
    keys: Vec<String>,
}

/// This server as a witness of other logs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WitnessOfFile {
    name: String,
    /// C2SP vkeys of the logs.
    logs: Vec<String>,
}

fn keys(field: &str, texts: &[String]) -> Result<Vec<VerifierKey>, String> {
    let key = |text: &String| text.parse().map_err(|it| format!("{field}: {it}"));
    texts.iter().map(key).collect()
}

impl LedgerFile {
    /// `name` and `host` are this server's.
    pub fn read(self, name: String, host: String) -> Result<Founding, String> {
        let mut federation = Federation {
            listen: self.listen,
            ..Federation::default()
        };
        for it in self.agency {
            let key: Result<Hash, _> = it.key.parse();
            let key = key
                .map_err(|error| format!("ledger.agency {}: {error}", it.name))?
                .0;
            if let Some(address) = it.address {
                federation.peers.push(Peer { key, address });
            }
            federation.agencies.push(Validator { name: it.name, key });
        }
        match (federation.agencies.len(), federation.peers.len()) {
            (0, _) => {}
            (1..=3, _) => {
                return Err(
                    "ledger.agency: together with others it takes four agencies at least, so that one may fail"
                        .into(),
                );
            }
            (all, others) if others + 1 != all => {
                return Err(
                    "ledger.agency: every agency but this one needs an address, and this one none"
                        .into(),
                );
            }
            _ if federation.listen.is_none() || self.origin.is_none() => {
                return Err("ledger.agency: ledger.listen and ledger.origin go with it".into());
            }
            _ => {}
        }
        let witnesses = self.witness.into_iter().map(|it| {
            Ok::<_, String>(WitnessSettings {
                url: it.url.trim_end_matches('/').to_owned(),
                keys: keys("ledger.witness.keys", &it.keys)?,
            })
        });
        let witness_of = self.witness_of.map(|it| {
            Ok::<_, String>(WitnessOf {
                name: it.name,
                logs: keys("ledger.witness_of.logs", &it.logs)?,
            })
        });
        Ok(Founding {
            origin: self.origin,
            name,
            host,
            federation,
            witnesses: witnesses.collect::<Result<_, _>>()?,
            witness_of: witness_of.transpose()?,
        })
    }
}
