//! The ledger that this process keeps: its folder, its keys, and the validator at work on it.
//!
//! ```text
//! key      the secret from which this agency's keys are made; readable by its owner alone
//! wal      what the validator voted on
//! log/     blocks, index, and what outsiders read
//! ```

mod keys;
mod witnesses;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::Clock;
use federation::node::{Config, Status};
use federation::run::{Demonstration, Handle, Place, Setup, StartError, SubmitError, start};
use federation::store::{Altered, Audit, Shared, Store};
use federation::wal::FileStorage;
use federation::{Chain, ChainError, Peer};
use ledger::checkpoint::SignedCheckpoint;
use ledger::commitment::Opening;
use ledger::consensus::LedgerId;
use ledger::note::{KeyError, VerifierKey};
use ledger::policy::{Policy, PolicySyntaxError};
use ledger::receipt::Receipt;
use ledger::tree::{TreeHead, verify_consistency};
use ledger::witness::Witness;
use ledger::{Block, Change, ChangeError, Entry, State, Validator};
use rand::Rng;

pub use keys::{Keys, UnusableKey};
pub use witnesses::{WitnessOf, WitnessSettings, WitnessState};

use witnesses::Witnesses;

use crate::blocks::seals::KnownLedger;

/// Why the ledger cannot be kept here. Everything else goes on without it: records wait to be sealed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("{}: {error}", path.display())]
    Folder { path: PathBuf, error: io::Error },
    #[error("the write-ahead log: {0}")]
    WriteAheadLog(io::Error),
    #[error(transparent)]
    Unusable(#[from] UnusableKey),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Store(#[from] ChainError),
    #[error(transparent)]
    Agencies(#[from] ChangeError),
    #[error("witnesses: {0}")]
    Witnesses(#[from] PolicySyntaxError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(
        "the records of this database are sealed in the ledger {0}, which is not in this folder: bring its folder here, or let the \
         server that has it seal them"
    )]
    Elsewhere(String),
    #[error(
        "the ledger in this folder has {found} entries, the database has seen {known}: it is an old copy. Going on would make two \
         histories; bring the latest copy here"
    )]
    Old { known: u64, found: u64 },
    #[error(
        "the ledger in this folder is not the one that the database has seen: its entries differ"
    )]
    Rewritten,
}

/// With whom the ledger is kept.
#[derive(Clone, Debug, Default)]
pub struct Federation {
    /// All agencies that vote, this one among them; empty where it keeps the ledger alone.
    pub agencies: Vec<Validator>,
    /// The others, and where they listen.
    pub peers: Vec<Peer>,
    /// Where this one listens.
    pub listen: Option<String>,
    /// Obeys whoever wants to see it cut off, or lying.
    pub is_demonstration: bool,
}

/// How the ledger in a folder begins, where there is none yet.
#[derive(Clone, Debug)]
pub struct Founding {
    /// How the log is called: a host, a slash and more, as C2SP asks; nothing where it is to name itself after its key.
    pub origin: Option<String>,
    /// Of this agency, where it keeps the ledger alone.
    pub name: String,
    /// The host of this server.
    pub host: String,
    pub federation: Federation,
    /// Who is asked to cosign.
    pub witnesses: Vec<WitnessSettings>,
    /// Whose checkpoints are cosigned here.
    pub witness_of: Option<WitnessOf>,
}

/// The ledger at work; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    store: Shared,
    handle: Handle,
    /// The agencies of the settings; empty where it is to be kept alone.
    agencies: Arc<[Validator]>,
    /// Only where it was founded for one.
    demonstration: Option<Demonstration>,
    keys: Arc<Keys>,
    /// This log's key, and its witnesses, none of which a receipt needs.
    policy: Arc<Policy>,
    policy_text: Arc<str>,
    witnesses: Arc<Witnesses>,
    witness: Option<Arc<Witness>>,
}

impl Ledger {
    /// Opens the ledger in a folder, or begins one. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// It cannot be read or written, or is not the one that the database knows.
    pub fn open(
        folder: &Path,
        founding: &Founding,
        known: Option<&KnownLedger>,
        clock: Arc<dyn Clock>,
        rng: &mut dyn Rng,
    ) -> Result<Self, LedgerError> {
        let before = genesis(&folder.join("log"))?;
        if let (Some(known), None) = (known, &before) {
            return Err(LedgerError::Elsewhere(known.origin.clone()));
        }
        let keys = Keys::open(folder, founding, before.as_ref().map(State::origin), rng)?;
        let genesis = match before {
            Some(state) => state,
            None => keys.genesis(founding)?,
        };
        let (store, wal) = files(folder, genesis, &keys, known)?;
        let store = Shared::new(store);
        let listener = founding.federation.listen.as_deref().map(|address| {
            std::net::TcpListener::bind(address).map_err(|error| LedgerError::Folder {
                path: address.into(),
                error,
            })
        });
        let setup = Setup {
            ledger: LedgerId::of_origin(keys.origin()),
            secret: *keys.validator(),
            config: Config::default(),
            peers: founding.federation.peers.clone(),
            listener: listener.transpose()?,
            clock,
        };
        let witness_of = founding.witness_of.as_ref();
        let witness = witness_of.map(|it| it.witness(&keys)).transpose()?;
        let witnesses = Witnesses::new(&founding.witnesses);
        let policy_text = policy_text(keys.verifier(), &witnesses);
        let policy = policy_text.parse()?;
        let (handle, demonstration) = match founding.federation.is_demonstration {
            false => (start(setup, store.clone(), wal)?, None),
            true => {
                let demonstration = Demonstration::start(setup, store.clone(), wal)?;
                (demonstration.handle().clone(), Some(demonstration))
            }
        };
        Ok(Self {
            store,
            handle,
            agencies: founding.federation.agencies.clone().into(),
            demonstration,
            keys: Arc::new(keys),
            policy: Arc::new(policy),
            policy_text: policy_text.into(),
            witnesses: Arc::new(witnesses),
            witness,
        })
    }

    /// Brings entries; where they stand once all of them are agreed on and durable.
    ///
    /// # Errors
    /// One was refused, or the validator stopped.
    pub async fn submit(&self, entries: Vec<Entry>) -> Result<Vec<Place>, SubmitError> {
        self.handle.submit(entries).await
    }

    /// What the validator knows of itself and of the others; `None` once it has ended.
    pub async fn status(&self) -> Option<Status> {
        self.handle.status().await
    }

    pub async fn stop(&self) {
        self.handle.stop().await;
    }

    /// The change that would make the agencies of the settings those that vote; `None` where they are.
    ///
    /// # Errors
    /// They are no set of validators.
    pub fn change(&self) -> Result<Option<Change>, ChangeError> {
        let state = self.store.read().state().clone();
        let change = Change::new(&state, self.agencies.to_vec());
        if self.agencies.is_empty() {
            return Ok(None);
        }
        change.map(|it| (it.validators() != state.validators()).then_some(it))
    }

    /// What makes it break the rules; `None` for a ledger in earnest.
    pub fn demonstration(&self) -> Option<&Demonstration> {
        self.demonstration.as_ref()
    }

    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    pub fn origin(&self) -> &str {
        self.keys.origin()
    }

    /// The key that checks the log's own signature.
    pub fn log_key(&self) -> &VerifierKey {
        self.keys.verifier()
    }

    /// For reading blocks, entries and the checkpoint.
    pub fn store(&self) -> &Shared {
        &self.store
    }

    /// As the database is to know it.
    pub fn known(&self) -> KnownLedger {
        KnownLedger {
            origin: self.origin().to_owned(),
            log_key: self.log_key().to_string(),
            head: self.head(),
        }
    }

    /// Of the log as outsiders see it.
    pub fn head(&self) -> TreeHead {
        self.store.read().checkpoint().checkpoint.head()
    }

    /// Whom to believe: this log's key; witnesses are named, and none is needed.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The same as C2SP `tlog-policy` writes it.
    pub fn policy_text(&self) -> &str {
        &self.policy_text
    }

    /// Who cosigned a checkpoint of this log, by name.
    pub fn cosigners(&self, checkpoint: &SignedCheckpoint) -> Vec<String> {
        let keys = self.witnesses.keys();
        let has_signed = |key: &&VerifierKey| {
            let mut all = checkpoint.signatures.iter();
            all.any(|it| key.verify(&checkpoint.checkpoint, it).is_ok())
        };
        let names: BTreeSet<_> = keys.filter(has_signed).map(|it| it.name()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// How it stands with each witness.
    pub fn witnesses(&self) -> Vec<WitnessState> {
        self.witnesses.states()
    }

    /// Asks each witness that has not cosigned the current checkpoint.
    pub async fn ask_witnesses(&self) {
        self.witnesses.ask(&self.store).await;
    }

    /// This server as a witness of other logs, where it is one.
    pub fn witness(&self) -> Option<Arc<Witness>> {
        self.witness.clone()
    }

    /// The receipt for an entry, with what opens it, against the latest checkpoint that a witness cosigned if the entry is in it;
    /// `None` beyond the end of the log.
    ///
    /// # Errors
    /// The files cannot be read, or were altered.
    pub fn receipt(&self, index: u64, opening: Opening) -> Result<Option<Receipt>, ChainError> {
        let cosigned = self.witnesses.cosigned();
        let cosigned = cosigned.filter(|it| index < it.checkpoint.head().size);
        let store = self.store.read();
        let receipt = match cosigned {
            Some(checkpoint) => store.prove_against(index, &checkpoint)?,
            None => store.prove(index)?,
        };
        Ok(receipt.map(|it| Receipt {
            opening: Some(opening),
            ..it
        }))
    }

    /// The last blocks, latest first.
    ///
    /// # Errors
    /// The files cannot be read.
    pub fn blocks(&self, before: u64, most: u64) -> Result<Vec<Block>, ChainError> {
        let store = self.store.read();
        let last = before.min(store.height() + 1);
        let heights = (last.saturating_sub(most).max(1)..last).rev();
        let blocks = heights.map(|height| Ok(store.block(height)?.map(|it| it.0)));
        blocks.filter_map(Result::transpose).collect()
    }
}

fn policy_text(log: &VerifierKey, witnesses: &Witnesses) -> String {
    let named = witnesses.keys().enumerate();
    let named = named.map(|(place, key)| format!("witness w{place} {key}\n"));
    format!("log {log}\n{}quorum none\n", named.collect::<String>())
}

/// Why a ledger was not found to be as it was agreed on.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("the ledger is in use by another process")]
    InUse,
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("the ledger was altered: {0}")]
    Altered(#[from] Altered),
}

/// Recomputes the ledger in a folder from its blocks, without a validator; `None` where none was begun.
///
/// # Errors
/// What was altered, or cannot be read; or it is not the one that the database knows.
pub fn audit(folder: &Path, known: Option<&KnownLedger>) -> Result<Option<Audit>, AuditError> {
    let Some(begun) = genesis(&folder.join("log"))? else {
        return Ok(None);
    };
    let keys = Keys::load(folder, begun.origin())?;
    // The lock is held until the end.
    let (store, _lock) = files(folder, begun, &keys, known).map_err(|error| match error {
        LedgerError::WriteAheadLog(busy) if busy.kind() == io::ErrorKind::ResourceBusy => {
            AuditError::InUse
        }
        error => error.into(),
    })?;
    Ok(Some(store.audit()?))
}

/// Opens the files of a ledger, and holds them against other processes.
fn files(
    folder: &Path,
    genesis: State,
    keys: &Keys,
    known: Option<&KnownLedger>,
) -> Result<(Store, FileStorage), LedgerError> {
    // First, for it tells in plain words of another process.
    let wal = FileStorage::open(&folder.join("wal")).map_err(LedgerError::WriteAheadLog)?;
    let store = Store::open(&folder.join("log"), genesis, Box::new(keys.log()?))?;
    if let Some(known) = known {
        follows(&store, keys, known)?;
    }
    Ok((store, wal))
}

/// How the ledger in a folder began.
fn genesis(log: &Path) -> Result<Option<State>, LedgerError> {
    let path = log.join("genesis");
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|it| LedgerError::Folder {
                path,
                error: io::Error::new(io::ErrorKind::InvalidData, it),
            }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LedgerError::Folder { path, error }),
    }
}

/// Whether the ledger goes on from what the database has seen of it.
fn follows(store: &Store, keys: &Keys, known: &KnownLedger) -> Result<(), LedgerError> {
    if known.origin != keys.origin() || known.log_key != keys.verifier().to_string() {
        return Err(LedgerError::Elsewhere(known.origin.clone()));
    }
    let (before, now) = (known.head, store.checkpoint().checkpoint.head());
    if before.size > now.size {
        let (known, found) = (before.size, now.size);
        return Err(LedgerError::Old { known, found });
    }
    if before.size == 0 {
        return Ok(());
    }
    let proof = store.prove_consistency(before.size)?;
    verify_consistency(&before, &now, &proof).map_err(|_| LedgerError::Rewritten)
}
