//! A server proves while a validator at work commits to the same store.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::SystemClock;
use federation::node::Config;
use federation::run::{Handle, Setup, SubmitError, start};
use federation::store::{Shared, Store};
use federation::wal::FileStorage;
use ledger::consensus::LedgerId;
use ledger::note::{Algorithm, SigningKey};
use ledger::{Change, Entry};

use crate::{ORIGIN, agency, entry, genesis, keys, policy};

fn alone(folder: &Path) -> (Handle, Shared) {
    let store = Store::open(&folder.join("store"), genesis(), Box::new(keys())).unwrap();
    let shared = Shared::new(store);
    let setup = Setup {
        ledger: LedgerId::of_origin(ORIGIN),
        secret: [1; 32],
        config: Config::default(),
        peers: Vec::new(),
        listener: None,
        clock: Arc::new(SystemClock),
    };
    let storage = FileStorage::open(&folder.join("wal")).unwrap();
    (start(setup, shared.clone(), storage).unwrap(), shared)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_are_proved_by_another_thread_while_blocks_are_committed() {
    let folder = tempfile::tempdir().unwrap();
    let (handle, shared) = alone(folder.path());
    let done = Arc::new(AtomicBool::new(false));
    let (reader, ended) = (shared.clone(), Arc::clone(&done));
    let server = std::thread::spawn(move || {
        let (mut sizes, mut proofs) = (Vec::new(), 0_u64);
        while !ended.load(Ordering::Relaxed) {
            let size = reader.read().size();
            if size > 0 {
                let receipt = reader.read().prove(proofs % size).unwrap().unwrap();
                receipt.verify(&policy()).unwrap();
                proofs += 1;
            }
            sizes.push(size);
        }
        sizes.dedup();
        (sizes.len(), proofs)
    });
    for block in 0..50 {
        let entries = (block * 20..(block + 1) * 20).map(entry).collect();
        let places = handle.submit(entries).await.unwrap();
        // What is acknowledged can be proved at once.
        let receipt = shared.read().prove(places[0].index).unwrap().unwrap();
        assert_eq!(receipt.entry, entry(block * 20));
    }
    done.store(true, Ordering::Relaxed);
    let (sizes, proofs) = server.join().unwrap();
    assert!(sizes > 5 && proofs > 50, "{sizes} sizes, {proofs} proofs");

    let witness = SigningKey::from_seed("w", Algorithm::Ed25519Cosignature, [5; 32]).unwrap();
    let checkpoint = shared.read().checkpoint().checkpoint.clone();
    let cosignature = witness.sign(&checkpoint, 9).unwrap();
    assert!(shared.cosign(&checkpoint, vec![cosignature]).unwrap());
    assert_eq!(shared.read().checkpoint().signatures.len(), 2);
    handle.stop().await;
}

#[tokio::test]
async fn a_change_that_another_overtook_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (handle, shared) = alone(folder.path());
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let change = |name: &str| -> Entry {
        let mut renamed = agency(1);
        renamed.name = name.to_owned();
        let change = Change::new(shared.read().state(), vec![renamed]).unwrap();
        change.approve(key.as_bytes()).entry().unwrap()
    };
    let (first, second) = (change("one"), change("two"));
    let refused = handle.submit(vec![first.clone(), second.clone()]).await;
    let Err(SubmitError::Refused { position: 1, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(shared.read().state().validators()[0].name, "one");
    assert_eq!(handle.status().await.unwrap().waiting, 0);
    // Beforehand it is refused without a block, and holds nothing up.
    let again = handle.submit(vec![second]).await;
    assert!(matches!(
        again,
        Err(SubmitError::Refused { position: 0, .. })
    ));
    assert_eq!(handle.status().await.unwrap().round, None);
    handle.submit(vec![entry(1), first]).await.unwrap();
    handle.stop().await;
}
