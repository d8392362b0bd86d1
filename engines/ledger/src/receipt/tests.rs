use std::collections::HashMap;

use serde_json::json;

use super::*;
use crate::checkpoint::Checkpoint;
use crate::note::{Algorithm, SigningKey};
use crate::tree::{Edge, Tile, TileSource, TreeHead, prove_inclusion};

const ORIGIN: &str = "ledger.example";

struct Tiles(HashMap<Tile, Vec<u8>>);

impl TileSource for Tiles {
    type Error = ();

    fn tile(&self, tile: &Tile) -> Result<Vec<u8>, ()> {
        self.0.get(tile).cloned().ok_or(())
    }
}

fn keys() -> [SigningKey; 3] {
    let key = |name, algorithm, seed| SigningKey::from_seed(name, algorithm, [seed; 32]).unwrap();
    [
        key(ORIGIN, Algorithm::Ed25519, 1),
        key("one.example", Algorithm::Ed25519Cosignature, 2),
        key("two.example", Algorithm::MlDsa44, 3),
    ]
}

fn policy(needed: usize) -> Policy {
    let keys = keys().map(|it| it.verifier().clone());
    Policy::new(&keys[..1], &keys[1..], needed).unwrap()
}

fn opening(number: u64) -> Opening {
    let record = json!({"what": "돌봄 수당", "number": number});
    Opening::new([u8::try_from(number % 256).unwrap(); 32], record).unwrap()
}

fn signed(head: TreeHead) -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(ORIGIN, head).unwrap();
    let signatures = keys()
        .into_iter()
        .map(|it| it.sign(&checkpoint, 9).unwrap());
    let signatures = signatures.collect();
    SignedCheckpoint {
        checkpoint,
        signatures,
    }
}

/// Of entry 300 of 1,000.
fn receipt() -> Receipt {
    let (mut edge, mut tiles) = (Edge::default(), HashMap::new());
    for number in 0..1_000 {
        let entry = opening(number).seal(None).entry().unwrap();
        edge.append(&entry, entry.leaf(), |tile, bytes| {
            tiles.insert(tile, bytes);
        });
    }
    let partial = edge.partial().into_iter();
    tiles.extend(partial.map(|(tile, bytes)| (tile, bytes.to_vec())));
    let proven = prove_inclusion(&Tiles(tiles), &edge.head(), 300).unwrap();
    Receipt {
        entry: opening(300).seal(None).entry().unwrap(),
        opening: Some(opening(300)),
        index: 300,
        proof: proven.proof,
        checkpoint: signed(edge.head()),
    }
}

#[test]
fn a_receipt_reads_back_and_proves_its_record() {
    let receipt = receipt();
    let again: Receipt = receipt.to_string().parse().unwrap();
    assert_eq!(again, receipt);
    let proven = again.verify(&policy(2)).unwrap();
    assert_eq!(proven.record.as_ref(), Some(opening(300).record()));
    assert_eq!(proven.checkpoint.head.size, 1_000);
    let by: Vec<_> = proven
        .checkpoint
        .signed_by
        .iter()
        .map(|it| it.0.as_str())
        .collect();
    assert_eq!(by, [ORIGIN, "one.example", "two.example"]);

    let closed = Receipt {
        opening: None,
        ..receipt
    };
    let closed: Receipt = closed.to_string().parse().unwrap();
    assert_eq!(closed.verify(&policy(2)).unwrap().record, None);
}

/// What an alteration makes of the receipt.
fn verdict(alter: impl FnOnce(&mut Receipt)) -> ReceiptError {
    let mut receipt = receipt();
    alter(&mut receipt);
    let again: Receipt = receipt.to_string().parse().unwrap();
    again.verify(&policy(2)).unwrap_err()
}

#[test]
fn whatever_is_altered_is_named() {
    let found = verdict(|it| it.opening = Some(opening(301)));
    assert_eq!(found, ReceiptError::Record);
    let found = verdict(|it| {
        let opening = it.opening.as_ref().unwrap();
        it.opening = Some(Opening::new([0; 32], opening.record().clone()).unwrap());
    });
    assert_eq!(found, ReceiptError::Record);
    let found = verdict(|it| it.entry = opening(301).seal(None).entry().unwrap());
    assert_eq!(found, ReceiptError::Entry);
    let found = verdict(|it| it.index = 301);
    assert!(matches!(
        found,
        ReceiptError::Proof(ProofError::Root { .. })
    ));
    let found = verdict(|it| it.index = 1_000);
    assert!(matches!(
        found,
        ReceiptError::Proof(ProofError::Index { .. })
    ));
    let found = verdict(|it| it.proof[3].0[5] ^= 1);
    assert!(matches!(
        found,
        ReceiptError::Proof(ProofError::Root { .. })
    ));
    let found = verdict(|it| it.proof.truncate(2));
    assert!(matches!(
        found,
        ReceiptError::Proof(ProofError::Length { .. })
    ));
    let found = verdict(|it| {
        let (size, root) = (1_000, Hash::of(&[b"another"]));
        it.checkpoint.checkpoint = Checkpoint::new(ORIGIN, TreeHead { size, root }).unwrap();
    });
    assert!(matches!(
        found,
        ReceiptError::Checkpoint(Distrust::Signature(_))
    ));
    let found = verdict(|it| {
        let head = it.checkpoint.checkpoint.head();
        it.checkpoint.checkpoint = Checkpoint::new("other.example", head).unwrap();
    });
    assert!(matches!(
        found,
        ReceiptError::Checkpoint(Distrust::Origin { .. })
    ));
    let found = verdict(|it| drop(it.checkpoint.signatures.remove(0)));
    assert!(matches!(
        found,
        ReceiptError::Checkpoint(Distrust::Unsigned { .. })
    ));
    let found = verdict(|it| drop(it.checkpoint.signatures.pop()));
    let party = "quorum".to_owned();
    let expected = Distrust::Quorum {
        party,
        needed: 2,
        found: 1,
    };
    assert_eq!(found, ReceiptError::Checkpoint(expected));

    let mut open = receipt();
    open.entry = Entry::new(r#"{"kind":"another"}"#).unwrap();
    let mut edge = Edge::default();
    edge.append(&open.entry, open.entry.leaf(), |_, _| {});
    (open.index, open.proof, open.checkpoint) = (0, Vec::new(), signed(edge.head()));
    assert_eq!(open.verify(&policy(2)), Err(ReceiptError::NotSealed));
}

/// Every byte of the file, one at a time: nothing passes but what means the same.
#[test]
fn no_altered_byte_goes_unnoticed() {
    let mut receipt = receipt();
    receipt.checkpoint.signatures.truncate(2);
    let text = receipt.to_string();
    let policy = policy(1);
    receipt.verify(&policy).unwrap();
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] ^= 1;
        let Ok(altered) = String::from_utf8(bytes) else {
            continue;
        };
        let Ok(altered) = altered.parse::<Receipt>() else {
            continue;
        };
        assert!(altered.verify(&policy).is_err(), "byte {place} of {text}");
    }
}

#[test]
fn texts_that_are_no_receipts_are_refused_with_what_is_missing() {
    let text = receipt().to_string();
    let refused = |text: &str| text.parse::<Receipt>().unwrap_err();
    assert_eq!(
        refused(&text.replace("@v1", "@v2")),
        ReceiptSyntaxError::FirstLine
    );
    assert_eq!(
        refused(&text.replace("index 300", "index 0300")),
        ReceiptSyntaxError::Index
    );
    assert_eq!(
        refused(&text.replace("index 300\n", "index 300\nAAAA\n")),
        ReceiptSyntaxError::Hash(0)
    );
    assert!(matches!(
        refused(&text.replace("extra ", "extra !")),
        ReceiptSyntaxError::Extra(_)
    ));
    let (head, _) = text.split_once("\n\n").unwrap();
    assert_eq!(refused(head), ReceiptSyntaxError::Blank);
    let refused = refused(&format!("{head}\n\n{ORIGIN}\n1\n"));
    assert!(matches!(refused, ReceiptSyntaxError::Checkpoint(_)));
}
