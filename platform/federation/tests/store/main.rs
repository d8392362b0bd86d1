//! The ledger of one agency on its disk: what it keeps through crashes, full disks and altered files.

mod alter;
mod crash;
mod disk;
mod entries;
mod python;
mod shared;
mod sigsum;

use std::path::Path;
use std::sync::Arc;

use disk::Disk;
use federation::store::{Signer, Store};
use federation::{Chain, ChainError};
use ledger::note::{Algorithm, SigningKey};
use ledger::policy::Policy;
use ledger::{Block, Entry, Hash, State, Validator};

const ORIGIN: &str = "ledger.example";

fn agency(seed: u8) -> Validator {
    let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
    Validator {
        name: format!("agency {seed}"),
        key: key.verifying_key().to_bytes(),
    }
}

fn genesis() -> State {
    State::genesis(ORIGIN, vec![agency(1)]).unwrap()
}

fn keys() -> Vec<SigningKey> {
    let key = |algorithm| SigningKey::from_seed(ORIGIN, algorithm, [1; 32]).unwrap();
    vec![key(Algorithm::Ed25519)]
}

fn policy() -> Policy {
    let keys: Vec<_> = keys().iter().map(|it| it.verifier().clone()).collect();
    Policy::new(&keys, &[], 0).unwrap()
}

fn entry(number: u64) -> Entry {
    Entry::new(format!(r#"{{"number":{number}}}"#)).unwrap()
}

fn open(disk: &Arc<Disk>, index: &Path) -> Result<Store, ChainError> {
    let signer: Box<dyn Signer> = Box::new(keys());
    Store::with_files(disk.clone(), index, genesis(), signer)
}

/// Proposes, checks and commits, as a single agency does.
fn commit(store: &mut Store, entries: Vec<Entry>) -> Result<Block, ChainError> {
    let now_ms = 1_795_000_000_000 + store.height() * 50;
    let block = store.propose(entries, Hash::of(&[&agency(1).key]), now_ms)?;
    store.check(&block, now_ms)?;
    store.commit(&block, b"certificate")?;
    Ok(block)
}
