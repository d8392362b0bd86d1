//! The witness of another project, Sigsum's, cosigns our checkpoints and refuses a fork and a rollback.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use federation::store::Store;
use ledger::note::{Algorithm, SigningKey, VerifierKey};
use ledger::policy::Policy;
use ledger::witness::{AddCheckpoint, Outcome, outcome};
use ledger::{Hash, State};

use crate::{agency, commit, entry};

/// Sigsum names a log by its key.
fn log() -> (String, SigningKey) {
    let key = SigningKey::from_seed("x", Algorithm::Ed25519, [11; 32]).unwrap();
    let origin = format!("sigsum.org/v1/tree/{}", Hash::of(&[key.verifier().bytes()]));
    let key = SigningKey::from_seed(&origin, Algorithm::Ed25519, [11; 32]).unwrap();
    (origin, key)
}

fn store(folder: &Path) -> Store {
    let (origin, key) = log();
    let genesis = State::genesis(origin, vec![agency(1)]).unwrap();
    Store::open(folder, genesis, Box::new(vec![key])).unwrap()
}

/// Where `.ci/sigsum-witness` said it is.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("WISE_SIGSUM_WITNESS").map(PathBuf::from);
    let found = named.filter(|it| it.is_file());
    if found.is_none() {
        testkit::skip(
            "no Sigsum witness; set WISE_SIGSUM_WITNESS to what .ci/sigsum-witness FOLDER prints",
        );
    }
    found
}

struct Running {
    child: Child,
    address: String,
    key: Vec<u8>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(|_| ()).unwrap_or_default();
    }
}

impl Running {
    fn start(program: &Path, folder: &Path) -> Self {
        let [secret, public, state] = ["key", "key.pub", "state"].map(|it| folder.join(it));
        let made = Command::new(program.with_file_name("sigsum-key"))
            .arg("generate")
            .arg("-o")
            .arg(&secret)
            .status();
        assert!(made.unwrap().success());
        let public = std::fs::read_to_string(public).unwrap();
        let public = STANDARD.decode(public.split(' ').nth(1).unwrap()).unwrap();

        // The log's key as OpenSSH writes it: kind and key, each with its length.
        let kind = b"\0\0\0\x0bssh-ed25519\0\0\0\x20";
        let (_, key) = log();
        let key = STANDARD.encode([kind, key.verifier().bytes()].concat());
        let log_key = folder.join("log.pub");
        std::fs::write(&log_key, format!("ssh-ed25519 {key} log\n")).unwrap();

        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(program)
            .args([Path::new("--signing-key"), &secret])
            .args([Path::new("--log-key"), &log_key])
            .args([Path::new("--state-file"), &state])
            .arg(&address)
            // Without it, Go's newer routing takes none of the program's patterns.
            .env("GODEBUG", "httpmuxgo121=0")
            .spawn()
            .unwrap();
        let key = public[public.len() - 32..].to_vec();
        let running = Self {
            child,
            address,
            key,
        };
        for _ in 0..100 {
            if TcpStream::connect(&running.address).is_ok() {
                return running;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the witness does not listen");
    }

    /// Status and body.
    fn ask(&self, request: &AddCheckpoint) -> (u16, String) {
        let body = request.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "POST /add-checkpoint HTTP/1.1\r\nHost: witness\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    fn verifier(&self, body: &str) -> VerifierKey {
        // It names itself by its key, in a form that it does not document.
        let name = body.split(' ').nth(1).unwrap_or("none");
        VerifierKey::new(name, Algorithm::Ed25519Cosignature, &self.key).unwrap()
    }
}

fn request(store: &Store, old: u64) -> AddCheckpoint {
    let proof = match old {
        0 => Vec::new(),
        old => store.prove_consistency(old).unwrap(),
    };
    let checkpoint = store.checkpoint().clone();
    AddCheckpoint {
        old,
        proof,
        checkpoint,
    }
}

#[test]
fn sigsums_witness_cosigns_our_log_and_refuses_a_fork_and_a_rollback() {
    let Some(program) = program() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let witness = Running::start(&program, folder.path());
    let mut ours = store(&folder.path().join("ours"));
    let mut old = 0;
    let mut receipts = Vec::new();
    for size in [1, 300, 301] {
        let entries = (old..size).map(entry).collect();
        commit(&mut ours, entries).unwrap();
        let request = request(&ours, old);
        let (status, body) = witness.ask(&request);
        let key = witness.verifier(&body);
        let Outcome::Cosigned(lines) = outcome(&request, std::slice::from_ref(&key), status, &body)
        else {
            panic!("{status}: {body}");
        };
        let checkpoint = request.checkpoint.checkpoint;
        assert!(ours.cosign(&checkpoint, lines).unwrap());
        receipts.push((ours.prove(0).unwrap().unwrap(), key));
        old = size;
    }
    let (receipt, key) = receipts.pop().unwrap();
    let log = [log().1.verifier().clone()];
    let policy = Policy::new(&log, std::slice::from_ref(&key), 1).unwrap();
    assert_eq!(
        receipt.verify(&policy).unwrap().checkpoint.signed_by.len(),
        2
    );

    // The same key signs a log with other entries: further on, and as long.
    let mut fork = store(&folder.path().join("fork"));
    commit(&mut fork, (1_000..1_301).map(entry).collect()).unwrap();
    // The protocol says 409 where the fork is as long; this witness checks the proof first.
    for answers in [[409, 422], [422, 422]] {
        let forked = request(&fork, 301);
        let (status, body) = witness.ask(&forked);
        assert!(answers.contains(&status), "{status}");
        let outcome = outcome(&forked, std::slice::from_ref(&key), status, &body);
        assert!(!matches!(outcome, Outcome::Cosigned(_)), "{outcome:?}");
        assert!(!body.contains('\u{2014}'), "it signed: {body}");
        commit(&mut fork, vec![entry(5)]).unwrap();
    }

    // The log as it was before: the witness says what it saw.
    let mut earlier = store(&folder.path().join("earlier"));
    commit(&mut earlier, vec![entry(0)]).unwrap();
    commit(&mut earlier, (1..300).map(entry).collect()).unwrap();
    let back = request(&earlier, 1);
    let (status, body) = witness.ask(&back);
    assert_eq!(
        outcome(&back, &[], status, &body),
        Outcome::Behind { size: 301 }
    );

    // It goes on with the log that it knows.
    commit(&mut ours, vec![entry(9_999)]).unwrap();
    assert_eq!(witness.ask(&request(&ours, 301)).0, 200);
}
