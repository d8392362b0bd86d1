//! Witnesses outside that cosign this log's checkpoints (C2SP `tlog-witness`), and this server as one for others.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{Request, header};
use federation::ChainError;
use federation::store::Shared;
use ledger::checkpoint::SignedCheckpoint;
use ledger::note::{KeyError, VerifierKey};
use ledger::policy::PolicySyntaxError;
use ledger::witness::{AddCheckpoint, Outcome, Witness, outcome};
use web::HttpClient;

use super::Keys;

/// A witness that is asked to cosign.
#[derive(Clone, Debug)]
pub struct WitnessSettings {
    /// What stands before `/add-checkpoint`.
    pub url: String,
    /// Its keys, of which an answer carries one at least.
    pub keys: Vec<VerifierKey>,
}

/// The logs that this server is a witness of.
#[derive(Clone, Debug)]
pub struct WitnessOf {
    /// How this witness is called.
    pub name: String,
    /// The keys of the logs.
    pub logs: Vec<VerifierKey>,
}

impl WitnessOf {
    /// # Errors
    /// The name is none for a key.
    pub fn keys(&self, keys: &Keys) -> Result<Vec<VerifierKey>, KeyError> {
        let keys = keys.witness(&self.name)?;
        Ok(keys.iter().map(|it| it.verifier().clone()).collect())
    }

    pub(super) fn witness(&self, keys: &Keys) -> Result<Arc<Witness>, PolicySyntaxError> {
        let own = keys.witness(&self.name);
        let own = own.map_err(|source| PolicySyntaxError::Key { line: 0, source })?;
        Ok(Arc::new(Witness::new(&self.logs, own)?))
    }
}

/// How it stands with a witness.
#[derive(Clone, Debug, Default)]
pub struct WitnessState {
    pub name: String,
    pub url: String,
    /// Entries in the last checkpoint that it cosigned.
    pub cosigned: Option<u64>,
    /// What it said last, where it did not cosign.
    pub problem: String,
}

/// A witness, and what it said last.
struct Asked {
    settings: WitnessSettings,
    state: Mutex<WitnessState>,
}

/// All that are asked.
pub struct Witnesses {
    all: Vec<Asked>,
    client: HttpClient,
    /// The latest checkpoint that any of them cosigned.
    cosigned: Mutex<Option<SignedCheckpoint>>,
}

fn locked<T>(it: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Witnesses {
    pub fn new(settings: &[WitnessSettings]) -> Self {
        let asked = |it: &WitnessSettings| Asked {
            state: Mutex::new(WitnessState {
                name: it.keys.first().map_or("", |it| it.name()).to_owned(),
                url: it.url.clone(),
                ..WitnessState::default()
            }),
            settings: it.clone(),
        };
        Self {
            all: settings.iter().map(asked).collect(),
            client: HttpClient::new(),
            cosigned: Mutex::default(),
        }
    }

    pub fn keys(&self) -> impl Iterator<Item = &VerifierKey> {
        self.all.iter().flat_map(|it| &it.settings.keys)
    }

    pub fn states(&self) -> Vec<WitnessState> {
        self.all
            .iter()
            .map(|it| locked(&it.state).clone())
            .collect()
    }

    pub fn cosigned(&self) -> Option<SignedCheckpoint> {
        locked(&self.cosigned).clone()
    }

    /// Asks each witness that has not cosigned the current checkpoint.
    pub async fn ask(&self, store: &Shared) {
        let mut signed = store.read().checkpoint().clone();
        let size = signed.checkpoint.head().size;
        let before = signed.signatures.len();
        for asked in &self.all {
            let old = locked(&asked.state).cosigned;
            if size == 0 || old == Some(size) {
                continue;
            }
            match self
                .cosignatures(asked, store, &signed, old.unwrap_or(0))
                .await
            {
                Ok(signatures) => {
                    signatures.iter().for_each(|it| signed.add(it.clone()));
                    let mut state = locked(&asked.state);
                    state.cosigned = Some(size);
                    state.problem.clear();
                }
                Err(problem) => {
                    tracing::warn!(witness = asked.settings.url, %problem, "a witness did not cosign");
                    locked(&asked.state).problem = problem;
                }
            }
        }
        if signed.signatures.len() == before {
            return;
        }
        let added = signed.signatures[before..].to_vec();
        // Where the log has grown meanwhile its latest checkpoint stays without them, and receipts use the earlier one.
        let written = store.cosign(&signed.checkpoint, added);
        if let Err(error) = written {
            tracing::error!(%error, "cosignatures cannot be written");
        }
        *locked(&self.cosigned) = Some(signed);
    }

    async fn cosignatures(
        &self,
        asked: &Asked,
        store: &Shared,
        signed: &SignedCheckpoint,
        mut old: u64,
    ) -> Result<Vec<ledger::note::Signature>, String> {
        let size = signed.checkpoint.head().size;
        // Once more where it knows of another size than we do, as after a restart.
        for _ in 0..2 {
            let proof = proof(store, old, signed).map_err(|it| it.to_string())?;
            let request = AddCheckpoint {
                old,
                proof,
                checkpoint: signed.clone(),
            };
            let (status, body) = self.post(&asked.settings.url, &request).await?;
            match outcome(&request, &asked.settings.keys, status, &body) {
                Outcome::Cosigned(signatures) => return Ok(signatures),
                Outcome::Behind { size: seen } if seen <= size => old = seen,
                Outcome::Behind { size: seen } => {
                    return Err(format!(
                        "it has seen {seen} entries of this log, which has {size}: this is an old copy"
                    ));
                }
                Outcome::Refused { status, reason } => return Err(format!("{status}: {reason}")),
            }
        }
        Err("it does not say the same size twice".to_owned())
    }

    async fn post(&self, url: &str, request: &AddCheckpoint) -> Result<(u16, String), String> {
        let request = Request::post(format!("{url}/add-checkpoint"))
            .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(request.to_string().into_bytes());
        let request = request.map_err(|it| it.to_string())?;
        let answer = self
            .client
            .send(request)
            .await
            .map_err(|it| it.to_string())?;
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        Ok((answer.status().as_u16(), body))
    }
}

/// That the log of `old` entries is the beginning of a checkpoint's.
fn proof(
    store: &Shared,
    old: u64,
    signed: &SignedCheckpoint,
) -> Result<Vec<ledger::Hash>, ChainError> {
    let head = signed.checkpoint.head();
    match old == 0 || old == head.size {
        true => Ok(Vec::new()),
        false => store.read().consistency(&head, old),
    }
}
