//! The script of `docs/verify.py` believes what our receipts prove, and nothing else.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use ledger::commitment::{Opening, SubjectKey};
use ledger::receipt::Receipt;
use ledger::tree::TreeHead;
use serde_json::json;

use crate::disk::Disk;
use crate::{commit, keys, open};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verify.py");

/// Whether the script believes a receipt, and what it says.
fn verdict(python: &OsStr, folder: &Path, receipt: &Receipt) -> (bool, String) {
    let path = folder.join("a.tlog-proof");
    std::fs::write(&path, receipt.to_string()).unwrap();
    let key = keys()[0].verifier().to_string();
    let output = Command::new(python)
        .arg(SCRIPT)
        .arg(path)
        .arg(key)
        .env("PYTHONIOENCODING", "utf-8")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (output.status.success(), text)
}

#[test]
fn thirty_lines_of_python_check_a_receipt() {
    let Some(python) = testkit::python("cryptography") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::default());
    let mut store = open(&disk, &folder.path().join("index")).unwrap();
    let opening = |number: u8| {
        let record = json!({"결정": "부모급여", "amount_won": 1_000_000, "n": number});
        Opening::new([number; 32], record).unwrap()
    };
    let entry = |number| {
        let tag = SubjectKey([3; 32]).tag(u64::from(number));
        opening(number).seal(Some(tag)).entry().unwrap()
    };
    commit(&mut store, (0..130).map(entry).collect()).unwrap();
    for number in [0, 1, 63, 64, 127, 128, 129] {
        let mut receipt = store.prove(u64::from(number)).unwrap().unwrap();
        receipt.opening = Some(opening(number));
        let (holds, text) = verdict(&python, folder.path(), &receipt);
        assert!(holds && text.contains("부모급여"), "{number}: {text}");
    }

    let mut good = store.prove(70).unwrap().unwrap();
    good.opening = Some(opening(70));
    type Alter = fn(&mut Receipt);
    let forged: [(Alter, &str); 7] = [
        (|it| it.index = 71, "a hash of the proof was altered"),
        (|it| it.index = 130, "beyond the log"),
        (
            |it| it.proof[2].0[0] ^= 1,
            "a hash of the proof was altered",
        ),
        (|it| it.proof.truncate(3), "a hash of the proof was altered"),
        (
            |it| it.opening = Some(Opening::new([70; 32], json!({"n": 1})).unwrap()),
            "the record or its salt",
        ),
        (|it| it.checkpoint.signatures.clear(), "did not sign"),
        (
            |it| {
                // A log of this one entry, which nobody signed.
                let (size, root) = (1, it.entry.leaf());
                let origin = it.checkpoint.checkpoint.origin().to_owned();
                let head = TreeHead { size, root };
                let checkpoint = ledger::checkpoint::Checkpoint::new(&origin, head);
                it.checkpoint.checkpoint = checkpoint.unwrap();
                (it.index, it.proof) = (0, Vec::new());
            },
            "InvalidSignature",
        ),
    ];
    for (alter, expected) in forged {
        let mut receipt = good.clone();
        alter(&mut receipt);
        let (holds, text) = verdict(&python, folder.path(), &receipt);
        assert!(!holds && text.contains(expected), "{expected}: {text}");
    }
}
