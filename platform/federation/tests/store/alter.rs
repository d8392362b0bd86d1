//! One byte of each kind of file is altered behind the store's back: an audit names it.

use std::sync::Arc;

use federation::store::Store;
use tempfile::TempDir;

use crate::disk::{Disk, Survival};
use crate::{commit, entry, open};

/// 66,000 entries: tiles of two levels full, three partial.
fn filled() -> (TempDir, Arc<Disk>, Store) {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::default());
    let mut store = open(&disk, &folder.path().join("index")).unwrap();
    for block in 0..33 {
        let entries = (block * 2_000..(block + 1) * 2_000).map(entry).collect();
        commit(&mut store, entries).unwrap();
    }
    store.save().unwrap();
    (folder, disk, store)
}

#[test]
fn an_audit_names_what_was_altered() {
    let (_folder, disk, store) = filled();
    let audit = store.audit().unwrap();
    assert_eq!((audit.blocks, audit.entries), (33, 66_000));
    let cases = [
        ("genesis", 5, "the genesis file"),
        ("tile/0/000", 32 * 7, "tile/0/000: hash 7"),
        ("tile/0/257.p/208", 0, "tile/0/257.p/208: hash 0"),
        ("tile/1/000", 32 * 255 + 31, "tile/1/000: hash 255"),
        ("tile/2/000.p/1", 1, "tile/2/000.p/1: hash 0"),
        ("tile/entries/000", 2, "tile/entries/000: entry 0"),
        (
            "tile/entries/001",
            16 * 100 + 3,
            "tile/entries/001: entry 356",
        ),
        (
            "tile/entries/257.p/208",
            1,
            "tile/entries/257.p/208: entry 65792",
        ),
        ("checkpoint", 1, "the checkpoint: its origin"),
        ("checkpoint", 16, "the checkpoint: its size and root"),
        ("checkpoint", 30, "the checkpoint: its size and root"),
        (
            "checkpoint",
            120,
            "the checkpoint: the signature of ledger.example",
        ),
        ("snapshot", 100, "the snapshot is damaged"),
        (
            "blocks/00000000000000000001",
            100,
            "the journal: blocks/00000000000000000001 at byte 0",
        ),
        (
            "blocks/00000000000000000001",
            50_000,
            "the journal: blocks/00000000000000000001 at byte",
        ),
    ];
    for (path, place, expected) in cases {
        disk.alter(path, |bytes| bytes[place] ^= 1);
        let found = store.audit().unwrap_err().to_string();
        assert!(found.contains(expected), "{path} {place}: {found}");
        disk.alter(path, |bytes| bytes[place] ^= 1);
    }
    store.audit().unwrap();
    // The last byte of the journal, too, though a crash might have torn it.
    disk.alter("blocks/00000000000000000001", |bytes| {
        *bytes.last_mut().unwrap() ^= 1
    });
    let found = store.audit().unwrap_err().to_string();
    assert!(found.contains("after block 32 of 33"), "{found}");
}

#[test]
fn a_log_that_was_cut_or_altered_does_not_open() {
    let (folder, disk, store) = filled();
    drop(store);
    let refused = |alter: &dyn Fn(&Disk)| {
        let disk = Arc::new(disk.restart(Survival::Everything));
        alter(&disk);
        match open(&disk, &folder.path().join("index")) {
            Ok(_) => panic!("it opens"),
            Err(error) => error.to_string(),
        }
    };
    let journal = "blocks/00000000000000000001";
    let found = refused(&|disk| disk.alter(journal, |it| it.truncate(it.len() - 1)));
    assert!(
        found.contains("the snapshot, which goes further"),
        "{found}"
    );
    let without_snapshot = |disk: &Disk| disk.alter("snapshot", |it| it[50] ^= 1);
    let found = refused(&|disk| {
        without_snapshot(disk);
        disk.alter(journal, |it| it.truncate(it.len() - 1));
    });
    assert!(found.contains("the index, which knows block 33"), "{found}");
    let found = refused(&|disk| {
        without_snapshot(disk);
        disk.alter(journal, |it| it[200] ^= 1);
    });
    assert!(found.contains("its checksum"), "{found}");
    let found = refused(&|disk| disk.alter("genesis", |it| it[5] ^= 1));
    assert!(found.contains("the genesis file"), "{found}");
    // Nothing of it was kept.
    open(&disk, &folder.path().join("index")).unwrap();
}

#[test]
fn an_altered_tile_or_bundle_yields_no_receipt() {
    let (_folder, disk, store) = filled();
    for (path, place) in [("tile/0/000", 40), ("tile/entries/000", 20)] {
        disk.alter(path, |bytes| bytes[place] ^= 1);
        let refused = store.prove(1).unwrap_err().to_string();
        assert!(refused.contains("does not agree"), "{refused}");
        disk.alter(path, |bytes| bytes[place] ^= 1);
    }
    store.prove(1).unwrap().unwrap();
}
