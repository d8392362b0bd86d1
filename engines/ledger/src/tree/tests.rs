use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::Entry;

/// A log in memory: its tiles by path.
#[derive(Default)]
struct Log {
    edge: Edge,
    tiles: HashMap<String, Vec<u8>>,
}

impl Log {
    fn of(size: u64) -> Self {
        let mut log = Self::default();
        (0..size).for_each(|it| log.append(it));
        log
    }

    fn append(&mut self, number: u64) {
        let entry = entry(number);
        self.edge.append(&entry, entry.leaf(), |tile, bytes| {
            self.tiles.insert(tile.path(), bytes);
        });
        for (tile, bytes) in self.edge.partial() {
            self.tiles.insert(tile.path(), bytes.to_vec());
        }
    }
}

fn entry(number: u64) -> Entry {
    Entry::new(format!("entry {number}")).unwrap()
}

impl TileSource for Log {
    type Error = String;

    fn tile(&self, tile: &Tile) -> Result<Vec<u8>, String> {
        self.tiles.get(&tile.path()).cloned().ok_or(tile.path())
    }
}

/// The same log by another's code.
fn ct_merkle(size: u64) -> ct_merkle::mem_backed_tree::MemoryBackedTree<sha2::Sha256, Vec<u8>> {
    let mut tree = ct_merkle::mem_backed_tree::MemoryBackedTree::new();
    (0..size).for_each(|it| tree.push(entry(it).bytes().to_vec()));
    tree
}

fn flat(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|it| it.0).collect()
}

#[test]
fn another_implementation_gives_the_same_roots_and_proofs() {
    for size in [1, 2, 3, 255, 256, 257, 700, 66_000] {
        let (log, other) = (Log::of(size), ct_merkle(size));
        let head = log.edge.head();
        assert_eq!(head.root.0[..], other.root().as_bytes()[..], "{size}");
        for index in [0, size / 3, size - 1] {
            let proof = prove_inclusion(&log, &head, index).unwrap().proof;
            let theirs = other.prove_inclusion(index as usize);
            assert_eq!(flat(&proof), theirs.as_bytes(), "{index} of {size}");
            verify_inclusion(&head, index, &entry(index).leaf(), &proof).unwrap();
        }
        for old in [1, size / 2, size - 1] {
            if old == 0 || old == size {
                continue;
            }
            let proof = prove_consistency(&log, &head, old).unwrap();
            let theirs = other.prove_consistency((size - old) as usize);
            assert_eq!(flat(&proof), theirs.as_bytes(), "{old} of {size}");
            verify_consistency(&Log::of(old).edge.head(), &head, &proof).unwrap();
        }
    }
}

#[test]
fn an_altered_tile_yields_no_proof() {
    let mut log = Log::of(70_000);
    let head = log.edge.head();
    // The entry, the tile, and one of its hashes that the proof needs.
    let cases = [
        (3, "tile/0/000", 2),
        (3, "tile/0/000", 3),
        (3, "tile/1/000", 1),
        (69_999, "tile/0/273.p/112", 110),
        (69_999, "tile/2/000.p/1", 0),
    ];
    for (index, path, place) in cases {
        log.tiles.get_mut(path).unwrap()[place * 32] ^= 1;
        let refused = prove_inclusion(&log, &head, index);
        assert!(matches!(refused, Err(TreeError::Tile { .. })), "{path}");
        log.tiles.get_mut(path).unwrap()[place * 32] ^= 1;
    }
    log.tiles.remove("tile/1/000");
    let refused = prove_inclusion(&log, &head, 3);
    assert!(matches!(refused, Err(TreeError::Read(path)) if path == "tile/1/000"));
}

#[test]
fn paths_are_those_of_tlog_tiles() {
    // The examples of the specification.
    let tile = Tile::hashes(0, 1_234_067, TILE_WIDTH).unwrap();
    assert_eq!(tile.path(), "tile/0/x001/x234/067");
    let tile = Tile::entries(273, 112).unwrap();
    assert_eq!(tile.path(), "tile/entries/273.p/112");
    assert_eq!(Tile::parse(&tile.path()), Some(tile));
    assert_eq!(tile.full().path(), "tile/entries/273");
    for path in [
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/8/8/000",
        "checkpoint",
        "tile/64/000",
    ] {
        assert_eq!(Tile::parse(path), None, "{path}");
    }
    assert_eq!(Tile::hashes(0, 0, 0), None);
    assert_eq!(Tile::hashes(8, 0, 1), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_proof_holds_for_its_entry_and_no_other(size in 1_u64..1_500, at in any::<u64>(), bit in 0_usize..256) {
        let log = Log::of(size);
        let head = log.edge.head();
        let index = at % size;
        let leaf = entry(index).leaf();
        let proof = prove_inclusion(&log, &head, index).unwrap().proof;
        prop_assert_eq!(verify_inclusion(&head, index, &leaf, &proof), Ok(()));
        let other = entry(size).leaf();
        let refused = verify_inclusion(&head, index, &other, &proof);
        prop_assert_eq!(refused, Err(ProofError::Root { root: head.root }));
        prop_assert!(verify_inclusion(&head, (index + 1) % (size + 1), &leaf, &proof).is_err());
        for place in 0..proof.len() {
            let mut forged = proof.clone();
            forged[place].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_inclusion(&head, index, &leaf, &forged).is_err());
        }
        let longer = [proof.as_slice(), &[leaf]].concat();
        let refused = verify_inclusion(&head, index, &leaf, &longer);
        let is_length = matches!(refused, Err(ProofError::Length { .. }));
        prop_assert!(is_length);
    }

    #[test]
    fn an_edge_reads_back_and_goes_on(size in 0_u64..1_200, more in 1_u64..400) {
        let mut log = Log::of(size);
        let bytes = log.edge.encode();
        log.edge = Edge::decode(&bytes).unwrap();
        (size..size + more).for_each(|it| log.append(it));
        prop_assert_eq!(&log.edge, &Log::of(size + more).edge);
        for end in 0..bytes.len() {
            prop_assert_eq!(Edge::decode(&bytes[..end]), Err(EdgeError));
        }
    }

    #[test]
    fn no_bytes_make_an_edge_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Edge::decode(&bytes);
    }
}
