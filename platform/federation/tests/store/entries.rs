//! Entries: found again, proven, and those that change who votes.

use std::sync::Arc;

use federation::store::Store;
use federation::{Chain, ChainError};
use ledger::checkpoint::Checkpoint;
use ledger::note::{Algorithm, SigningKey};
use ledger::{Change, Hash, State};
use tempfile::TempDir;

use crate::disk::{Disk, Survival};
use crate::{agency, commit, entry, genesis, keys, open, policy};

fn begun() -> (TempDir, Arc<Disk>, Store) {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::default());
    let store = open(&disk, &folder.path().join("index")).unwrap();
    (folder, disk, store)
}

#[test]
fn an_entry_stands_in_the_log_once() {
    let (_folder, _disk, mut store) = begun();
    commit(&mut store, vec![entry(1), entry(2), entry(1)]).unwrap();
    let block = commit(&mut store, vec![entry(2), entry(3)]).unwrap();
    assert_eq!(block.entries, [entry(3)]);
    assert_eq!(store.entries(0..9).unwrap(), [entry(1), entry(2), entry(3)]);
    assert_eq!(store.find(&entry(3).leaf()).unwrap(), Some(2));
    assert_eq!(store.find(&entry(4).leaf()).unwrap(), None);
    let receipt = store.prove_leaf(&entry(2).leaf()).unwrap().unwrap();
    assert_eq!((receipt.index, receipt.entry), (1, entry(2)));
    assert_eq!(store.prove(3).unwrap(), None);
}

#[test]
fn an_earlier_checkpoint_that_a_witness_cosigned_still_proves() {
    let (folder, disk, mut store) = begun();
    commit(&mut store, (0..300).map(entry).collect()).unwrap();
    let witness = SigningKey::from_seed("w", Algorithm::Ed25519Cosignature, [5; 32]).unwrap();
    let checkpoint = store.checkpoint().checkpoint.clone();
    let cosignature = witness.sign(&checkpoint, 9).unwrap();
    assert!(
        store
            .cosign(&checkpoint, vec![cosignature.clone()])
            .unwrap()
    );
    let cosigned = store.checkpoint().clone();
    drop(store);
    // It is on the disk, too.
    let disk = Arc::new(disk.restart(Survival::Everything));
    let mut store = open(&disk, &folder.path().join("index")).unwrap();
    assert_eq!(*store.checkpoint(), cosigned);

    commit(&mut store, (300..700).map(entry).collect()).unwrap();
    assert!(!store.cosign(&checkpoint, vec![cosignature]).unwrap());
    let receipt = store.prove_against(299, &cosigned).unwrap().unwrap();
    let proven = receipt.verify(&policy()).unwrap();
    assert_eq!(proven.checkpoint.head.size, 300);
    assert_eq!(store.prove_against(300, &cosigned).unwrap(), None);
    let proof = store.prove_consistency(300).unwrap();
    let now = store.checkpoint().checkpoint.head();
    ledger::tree::verify_consistency(&checkpoint.head(), &now, &proof).unwrap();
}

#[test]
fn a_change_of_validators_takes_effect_with_the_block_after_and_is_kept() {
    let (folder, disk, mut store) = begun();
    let change = Change::new(store.state(), vec![agency(1), agency(2)]).unwrap();
    let unapproved = change.entry().unwrap();
    let block = commit(&mut store, vec![unapproved.clone()]).unwrap();
    assert_eq!(block.entries, [], "nobody approved it");
    let mut block = store.propose(vec![], Hash::default(), 0).unwrap();
    block.entries = vec![unapproved];
    let refused = store.check(&block, block.header.time_ms);
    assert!(
        matches!(refused, Err(ChainError::Refused(_))),
        "{refused:?}"
    );

    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let before = store.state().hash();
    let block = commit(
        &mut store,
        vec![change.approve(key.as_bytes()).entry().unwrap()],
    )
    .unwrap();
    assert_ne!(block.header.application, before);
    assert_eq!(store.validators(), [agency(1).key, agency(2).key]);
    drop(store);
    let disk = Arc::new(disk.restart(Survival::Nothing));
    let store = open(&disk, &folder.path().join("index")).unwrap();
    assert_eq!(store.validators(), [agency(1).key, agency(2).key]);
    assert_eq!(store.state().hash(), block.header.application);
    store.audit().unwrap();
}

#[test]
fn a_ledger_that_began_otherwise_is_not_opened() {
    let (folder, disk, store) = begun();
    drop(store);
    let other = State::genesis("other.example", vec![agency(1)]).unwrap();
    let index = folder.path().join("index");
    let refused = Store::with_files(disk, &index, other, Box::new(keys()));
    let refused = refused.err().unwrap().to_string();
    assert!(refused.contains("genesis"), "{refused}");
}

#[test]
fn a_real_folder_keeps_the_ledger_and_serves_it_as_tiles() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Store::open(folder.path(), genesis(), Box::new(keys())).unwrap();
    let mut store = open();
    for block in 0..4 {
        let entries = (block * 200..(block + 1) * 200).map(entry).collect();
        commit(&mut store, entries).unwrap();
    }
    let checkpoint = store.checkpoint().to_string();
    drop(store);
    let mut store = open();
    assert_eq!(store.checkpoint().to_string(), checkpoint);
    commit(&mut store, vec![entry(9_999)]).unwrap();
    store.audit().unwrap();
    let read = |path: &str| std::fs::read(folder.path().join(path));
    for path in [
        "tile/0/000",
        "tile/0/002",
        "tile/0/003.p/33",
        "tile/1/000.p/3",
    ] {
        assert!(read(path).is_ok(), "{path}");
    }
    assert!(read("tile/0/000.p/200").is_err(), "it filled");
    let text = String::from_utf8(read("checkpoint").unwrap()).unwrap();
    let (text, _) = text.split_once("\n\n").unwrap();
    let shown = Checkpoint::parse(&format!("{text}\n")).unwrap();
    assert_eq!(shown.head().size, 801);
}
