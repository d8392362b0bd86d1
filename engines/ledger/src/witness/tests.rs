use std::collections::HashMap;

use super::*;
use crate::Entry;
use crate::checkpoint::Checkpoint;
use crate::note::Algorithm;
use crate::tree::{Edge, Tile, TileSource, prove_consistency};

const ORIGIN: &str = "ledger.example";

fn key(name: &str, algorithm: Algorithm, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, algorithm, [seed; 32]).unwrap()
}

fn log_key() -> SigningKey {
    key(ORIGIN, Algorithm::Ed25519, 1)
}

fn witness() -> Witness {
    let keys = vec![
        key("w.example", Algorithm::Ed25519Cosignature, 2),
        key("w.example", Algorithm::MlDsa44, 2),
    ];
    Witness::new(&[log_key().verifier().clone()], keys).unwrap()
}

#[derive(Default)]
struct Log {
    edge: Edge,
    tiles: HashMap<Tile, Vec<u8>>,
}

impl TileSource for Log {
    type Error = ();

    fn tile(&self, tile: &Tile) -> Result<Vec<u8>, ()> {
        self.tiles.get(tile).cloned().ok_or(())
    }
}

/// `fork` makes its entries other ones.
fn log(size: u64, fork: &str) -> Log {
    let mut log = Log::default();
    for number in 0..size {
        let entry = Entry::new(format!("{number}{fork}")).unwrap();
        log.edge.append(&entry, entry.leaf(), |tile, bytes| {
            log.tiles.insert(tile, bytes);
        });
    }
    let partial = log.edge.partial().into_iter();
    let partial: Vec<_> = partial.map(|(it, bytes)| (it, bytes.to_vec())).collect();
    log.tiles.extend(partial);
    log
}

fn signed(head: TreeHead, keys: &[SigningKey]) -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(ORIGIN, head).unwrap();
    let signatures = keys.iter().map(|it| it.sign(&checkpoint, 9).unwrap());
    let signatures = signatures.collect();
    SignedCheckpoint {
        checkpoint,
        signatures,
    }
}

fn request(log: &Log, old: u64) -> AddCheckpoint {
    let head = log.edge.head();
    let proof = match old {
        0 => Vec::new(),
        _ => prove_consistency(log, &head, old).unwrap(),
    };
    let checkpoint = signed(head, &[log_key()]);
    AddCheckpoint {
        old,
        proof,
        checkpoint,
    }
}

fn answer(request: &AddCheckpoint, latest: Option<TreeHead>) -> Answer {
    let body = request.to_string();
    assert_eq!(body.parse(), Ok(request.clone()));
    witness().answer(&body, 100, |_| latest).unwrap()
}

#[test]
fn a_witness_cosigns_what_goes_on_where_it_saw_the_log_end() {
    let keys: Vec<_> = witness()
        .keys
        .iter()
        .map(|it| it.verifier().clone())
        .collect();
    let mut latest = None;
    for size in [3, 300, 300, 70_000] {
        let old = latest.map_or(0, |it: TreeHead| it.size);
        let request = request(&log(size, ""), old);
        let answer = answer(&request, latest);
        let Answer::Cosigned { head, .. } = &answer else {
            panic!("{answer:?}");
        };
        latest = Some(*head);
        let outcome = outcome(&request, &keys, answer.status(), &answer.body());
        assert!(matches!(outcome, Outcome::Cosigned(it) if it.len() == 2));
    }
}

#[test]
fn a_fork_a_rollback_and_strangers_are_refused() {
    let known = log(300, "").edge.head();
    let cases = [
        // The log was rewritten, and says so, or does not.
        (request(&log(500, "x"), 300), 422),
        (request(&log(300, "x"), 300), 409),
        // A log that goes back, and says so, or does not.
        (request(&log(200, ""), 200), 409),
        (
            AddCheckpoint {
                old: 300,
                ..request(&log(200, ""), 0)
            },
            400,
        ),
        // One that does not know what the witness saw.
        (request(&log(500, ""), 0), 409),
        (request(&log(500, ""), 299), 409),
        (
            AddCheckpoint {
                proof: vec![],
                ..request(&log(500, ""), 300)
            },
            422,
        ),
    ];
    for (place, (request, status)) in cases.into_iter().enumerate() {
        let answer = answer(&request, Some(known));
        assert_eq!(answer.status(), status, "{place}: {answer:?}");
        if status == 409 {
            assert_eq!(
                (answer.body(), answer.content_type()),
                ("300\n".to_owned(), "text/x.tlog.size")
            );
            let outcome = outcome(&request, &[], 409, &answer.body());
            assert_eq!(outcome, Outcome::Behind { size: 300 });
        }
    }
    let first = AddCheckpoint {
        proof: vec![known.root],
        ..request(&log(9, ""), 0)
    };
    assert_eq!(answer(&first, None).status(), 422);
    let mut stranger = request(&log(9, ""), 0);
    let other = key("other.example", Algorithm::Ed25519, 3);
    stranger.checkpoint = signed(log(9, "").edge.head(), std::slice::from_ref(&other));
    assert_eq!(answer(&stranger, None).status(), 403);
    let witness = Witness::new(&[other.verifier().clone()], Vec::new()).unwrap();
    let answer = witness.answer(&request(&log(9, ""), 0).to_string(), 1, |_| None);
    assert_eq!(answer.unwrap(), Answer::UnknownLog);
}

#[test]
fn bodies_that_are_no_requests_are_refused_with_what_is_wrong() {
    let body = request(&log(300, ""), 100).to_string();
    let refused = |body: &str| body.parse::<AddCheckpoint>().unwrap_err();
    assert_eq!(
        refused(&body.replace("old 100", "old 0100")),
        RequestError::Old
    );
    assert_eq!(
        refused(&body.replace("old 100\n", "old 100\nx\n")),
        RequestError::Hash(0)
    );
    assert_eq!(refused("old 100\n"), RequestError::Blank);
    let hashes = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n".repeat(64);
    let long = body.replace("old 100\n", &format!("old 100\n{hashes}"));
    assert_eq!(refused(&long), RequestError::Hash(63));
    assert!(matches!(
        refused(&body.replace("—", "-")),
        RequestError::Checkpoint(_)
    ));
    let answer = witness().answer("", 1, |_| None).unwrap();
    assert_eq!(answer.status(), 400);
}

#[test]
fn an_answer_without_a_valid_cosignature_is_none() {
    let request = request(&log(300, ""), 0);
    let stranger = key("w.example", Algorithm::Ed25519Cosignature, 9);
    let answer = answer(&request, None);
    let found = outcome(
        &request,
        &[stranger.verifier().clone()],
        200,
        &answer.body(),
    );
    assert!(matches!(found, Outcome::Refused { status: 200, .. }));
    let found = outcome(&request, &[], 500, "out of order");
    let reason = "out of order".to_owned();
    assert_eq!(
        found,
        Outcome::Refused {
            status: 500,
            reason
        }
    );
}
