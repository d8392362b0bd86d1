//! A crash, or a full disk, at every single change of a run of commits.

use std::path::Path;
use std::sync::Arc;

use federation::store::Store;
use federation::{Chain, ChainError};
use ledger::{Block, Hash};

use crate::disk::{Disk, Fault, Survival};
use crate::{commit, entry, open, policy};

/// Sizes of the blocks: some fill tiles, one has no entry, the third is before a snapshot.
const BLOCKS: [u64; 7] = [1, 250, 10, 3, 0, 257, 2];

/// Commits until all is done or something fails. What was acknowledged.
fn run(disk: &Arc<Disk>, index: &Path) -> (Vec<Block>, Option<ChainError>) {
    let mut acknowledged = Vec::new();
    let result = open(disk, index).and_then(|mut store| {
        for (place, size) in (0..).zip(BLOCKS) {
            let first = store.size();
            let entries = (first..first + size).map(entry).collect();
            acknowledged.push(commit(&mut store, entries)?);
            if place == 2 {
                store.save()?;
            }
        }
        Ok(())
    });
    (acknowledged, result.err())
}

/// The log is what was acknowledged, perhaps with one block more, and goes on.
fn is_whole(store: &mut Store, acknowledged: &[Block], what: &str) {
    let height = store.height();
    let known = acknowledged.len() as u64;
    assert!(
        (known..=known + 1).contains(&height),
        "{what}: {height} after {known}"
    );
    for block in acknowledged {
        let (found, certificate) = store.block(block.header.height).unwrap().unwrap();
        assert_eq!(
            (&found, certificate.as_slice()),
            (block, b"certificate".as_slice())
        );
    }
    let entries = store.entries(0..u64::MAX).unwrap();
    let agreed = acknowledged.iter().flat_map(|it| &it.entries);
    assert!(agreed.zip(&entries).all(|(a, b)| a == b), "{what}");
    commit(store, vec![entry(1_000_000), entry(0)]).unwrap();
    assert!(store.find(&entry(1_000_000).leaf()).unwrap().is_some());
    for index in [0, store.size() / 2, store.size() - 1] {
        let receipt = store.prove(index).unwrap().unwrap();
        receipt.verify(&policy()).unwrap();
    }
    store.audit().unwrap();
}

#[test]
fn a_crash_at_any_change_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::default());
    let (whole, error) = run(&disk, &folder.path().join("whole"));
    assert!(error.is_none(), "{error:?}");
    assert_eq!(whole.len(), BLOCKS.len());
    let changes = disk.changes();
    assert!(changes > 60, "{changes}");
    for change in 1..=changes {
        for survival in [Survival::Nothing, Survival::Half, Survival::Everything] {
            let what = format!("change {change} of {changes}, {survival:?}");
            let index = folder.path().join(format!("{change}-{survival:?}"));
            let disk = Arc::new(Disk::default());
            disk.fail_at(change, Fault::Crash);
            let (acknowledged, error) = run(&disk, &index);
            assert!(error.is_some(), "{what}");
            let disk = Arc::new(disk.restart(survival));
            // Every other time the index is gone, too.
            if change % 2 == 0 {
                std::fs::remove_dir_all(&index).unwrap_or_default();
            }
            let mut store = open(&disk, &index).unwrap_or_else(|it| panic!("{what}: {it}"));
            is_whole(&mut store, &acknowledged, &what);
            drop(store);
            std::fs::remove_dir_all(&index).unwrap();
        }
    }
}

#[test]
fn a_disk_that_fills_up_halts_the_store_with_a_clear_word_and_forks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::default());
    run(&disk, &folder.path().join("whole"));
    for change in (1..=disk.changes()).step_by(3) {
        let index = folder.path().join(change.to_string());
        let disk = Arc::new(Disk::default());
        disk.fail_at(change, Fault::Full);
        let (acknowledged, error) = run(&disk, &index);
        // Renaming needs no room: the last change may be one.
        let error = error.map(|it| it.to_string());
        let is_clear = |it: &str| it.contains("no space left on device");
        assert!(error.as_deref().is_none_or(is_clear), "{change}: {error:?}");
        assert_eq!(error.is_none(), acknowledged.len() == BLOCKS.len());
        // There is room again.
        let disk = Arc::new(disk.restart(Survival::Everything));
        let mut store = open(&disk, &index).unwrap();
        is_whole(&mut store, &acknowledged, &format!("change {change}"));
    }
}

#[test]
fn after_a_failed_write_the_store_takes_no_block_until_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::default());
    let mut store = open(&disk, &folder.path().join("index")).unwrap();
    commit(&mut store, vec![entry(1)]).unwrap();
    let before = store.checkpoint().clone();
    disk.fail_at(disk.changes() + 1, Fault::Full);
    assert!(commit(&mut store, vec![entry(2)]).is_err());
    disk.fail_at(u64::MAX, Fault::Full);
    let refused = commit(&mut store, vec![entry(3)]).unwrap_err().to_string();
    assert!(refused.contains("open the ledger again"), "{refused}");
    // What was published is proven as before.
    assert_eq!(*store.checkpoint(), before);
    store.prove(0).unwrap().unwrap().verify(&policy()).unwrap();
    drop(store);
    let store = open(&disk, &folder.path().join("index")).unwrap();
    assert_eq!(
        (store.height(), store.find(&entry(2).leaf()).unwrap()),
        (1, None)
    );
}

#[test]
fn blocks_that_do_not_follow_are_refused() {
    use federation::Refusal;

    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::default());
    let mut store = open(&disk, &folder.path().join("index")).unwrap();
    commit(&mut store, vec![entry(1)]).unwrap();
    let now_ms = 1_795_000_001_000;
    let good = store
        .propose(vec![entry(2)], Hash::default(), now_ms)
        .unwrap();
    let refusal = |alter: &dyn Fn(&mut Block)| {
        let mut block = good.clone();
        alter(&mut block);
        match store.check(&block, now_ms) {
            Err(ChainError::Refused(it)) => it,
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(
        refusal(&|it| it.header.height = 3),
        Refusal::Height { .. }
    ));
    assert!(matches!(
        refusal(&|it| it.header.previous.0[0] ^= 1),
        Refusal::Previous { .. }
    ));
    assert!(matches!(
        refusal(&|it| it.header.log_root.0[0] ^= 1),
        Refusal::Root { .. }
    ));
    assert!(matches!(
        refusal(&|it| it.header.log_size += 1),
        Refusal::Root { .. }
    ));
    assert!(matches!(
        refusal(&|it| it.header.application.0[0] ^= 1),
        Refusal::Application { .. }
    ));
    assert!(matches!(
        refusal(&|it| it.header.time_ms += 60_001),
        Refusal::Early { ahead_ms: 60_001 }
    ));
    assert!(matches!(
        refusal(&|it| it.header.time_ms = 1),
        Refusal::Backwards
    ));
    // Another header, or it would be known that the entries under it are new.
    let found = refusal(&|it| {
        it.header.time_ms += 1;
        it.entries = vec![entry(2), entry(1)];
    });
    let expected = Refusal::Duplicate {
        position: 1,
        index: 0,
    };
    assert_eq!(found, expected);
    let found = refusal(&|it| {
        it.header.time_ms += 1;
        it.entries = vec![entry(2), entry(2)];
    });
    let expected = Refusal::Duplicate {
        position: 1,
        index: 1,
    };
    assert_eq!(found, expected);
    // One and the same header with other entries.
    assert!(matches!(
        refusal(&|it| it.entries = vec![entry(3)]),
        Refusal::Root { .. }
    ));
    store.check(&good, now_ms).unwrap();
    store.commit(&good, b"").unwrap();
}
