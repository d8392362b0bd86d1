//! The ledger with others: witnesses that cosign, and agencies that join.

use axum::http::StatusCode;
use federation::Peer;
use ledger::Validator;
use ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use ledger::receipt::Receipt;
use ledger::tree::TreeHead;
use ledger::witness::AddCheckpoint;
use wise::app::ledger::{
    Federation, Founding, Keys, Ledger, LedgerError, WitnessOf, WitnessSettings,
};

use super::{look, proof_link};
use crate::house::{House, Whose, on_both};

/// Serves a house on a port of its own; what stands before `/add-checkpoint` there.
async fn listen(house: &House) -> String {
    let router = wise::server::routes("/login").into_router(house.app.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    format!("http://{address}/ledger")
}

/// How a witness with `request` answers: its status.
async fn told(house: &House, request: &AddCheckpoint) -> (u16, String) {
    let body = request.to_string().into_bytes();
    let answer = house
        .client
        .ask("POST", "/ledger/add-checkpoint", body, None)
        .await;
    (answer.status.as_u16(), answer.body)
}

/// A checkpoint of so many entries that the log signs, and that never stood in it.
fn forked(ledger: &Ledger, size: u64) -> SignedCheckpoint {
    let head = TreeHead {
        size,
        root: ledger::Hash([7; 32]),
    };
    let checkpoint = Checkpoint::new(ledger.origin(), head).unwrap();
    let signer = ledger.keys().log().unwrap();
    let signatures = signer.iter().map(|it| it.sign(&checkpoint, 0).unwrap());
    SignedCheckpoint {
        signatures: signatures.collect(),
        checkpoint,
    }
}

#[test]
fn one_server_cosigns_the_log_of_another_and_refuses_a_fork_and_a_rollback() {
    on_both(async |mut witness| {
        let folder = tempfile::TempDir::new().unwrap();
        let place = db::Place::File(folder.path().join("wise.db"));
        let mut log = tokio::task::block_in_place(|| House::build(&place, folder));
        let ledger = log.keep_ledger();
        look(&log);
        log.seal(&ledger).await;
        let log_key = ledger.log_key().clone();
        let stranger = log
            .keep_ledger_with("forked", |it| it.origin = Some("x".into()))
            .err();
        assert!(matches!(stranger, Some(LedgerError::Elsewhere(_))));
        let own = witness.keep_ledger_with("ledger", |it| {
            it.witness_of = Some(WitnessOf {
                name: "witness.example.kr".into(),
                logs: vec![log_key.clone()],
            });
        });
        let own = own.unwrap();
        let witness_of = WitnessOf {
            name: "witness.example.kr".into(),
            logs: Vec::new(),
        };
        let keys = witness_of.keys(own.keys()).unwrap();
        let url = listen(&witness).await;
        log.leave_ledger(ledger).await;
        let ledger = log.keep_ledger_with("ledger", |it| {
            it.witnesses.push(WitnessSettings { url, keys });
        });
        let ledger = ledger.unwrap();
        ledger.ask_witnesses().await;
        let state = &ledger.witnesses()[0];
        assert_eq!(
            (state.cosigned, state.problem.as_str()),
            (Some(ledger.head().size), "")
        );
        let checkpoint = ledger.store().read().checkpoint().clone();
        assert_eq!(ledger.cosigners(&checkpoint), ["witness.example.kr"]);
        let page = log.client.get("/ledger/log").await.body;
        assert!(page.contains("witness.example.kr"), "{page}");
        let small = checkpoint.clone();

        // Two signatures: Ed25519 for today, ML-DSA-44 for the day after.
        let before = checkpoint.signatures.len();
        look(&log);
        log.seal(&ledger).await;
        ledger.ask_witnesses().await;
        let size = ledger.head().size;
        assert_eq!(ledger.witnesses()[0].cosigned, Some(size));
        let now = ledger.store().read().checkpoint().clone();
        assert_eq!(now.signatures.len(), before);

        // A rollback: the log shows an earlier checkpoint as if nothing had come after.
        let old = small.checkpoint.head().size;
        let rollback = AddCheckpoint {
            old,
            proof: Vec::new(),
            checkpoint: small.clone(),
        };
        assert_eq!(told(&witness, &rollback).await, (409, format!("{size}\n")));
        let backwards = AddCheckpoint {
            old: size,
            proof: Vec::new(),
            checkpoint: small,
        };
        assert_eq!(told(&witness, &backwards).await.0, 400);
        // A fork: as many entries, others in them, and signed by the log itself.
        let fork = AddCheckpoint {
            old: size,
            proof: Vec::new(),
            checkpoint: forked(&ledger, size),
        };
        assert_eq!(told(&witness, &fork).await.0, 409);
        // A longer fork, whose proof does not hold.
        let fork = AddCheckpoint {
            old: size,
            proof: vec![ledger::Hash([1; 32])],
            checkpoint: forked(&ledger, size + 1),
        };
        assert_eq!(told(&witness, &fork).await.0, 422);
        // Unknown logs, unsigned and unreadable ones.
        let mut unsigned = now.clone();
        unsigned.signatures.clear();
        let unsigned = AddCheckpoint {
            old: size,
            proof: Vec::new(),
            checkpoint: unsigned,
        };
        let status = told(&witness, &unsigned).await.0;
        assert!(matches!(status, 400 | 403), "{status}");
        let garbage = witness
            .client
            .ask(
                "POST",
                "/ledger/add-checkpoint",
                b"old x\n\n".to_vec(),
                None,
            )
            .await;
        assert_eq!(garbage.status, StatusCode::BAD_REQUEST);
        // A server that is no witness says so.
        assert_eq!(told(&log, &rollback).await.0, 404);
        // A receipt names the witness.
        let proof = log.resident(log.haneul).await;
        let proof = proof
            .get(&proof_link(&proof.get("/me/looks").await.body))
            .await
            .body;
        let proof: Receipt = proof.parse().unwrap();
        let proven = proof.verify(ledger.policy()).unwrap();
        let names: Vec<_> = proven
            .checkpoint
            .signed_by
            .iter()
            .map(|it| it.0.as_str())
            .collect();
        assert!(names.contains(&"witness.example.kr"), "{names:?}");
        ledger.stop().await;
        own.stop().await;
    });
}

#[test]
fn three_agencies_join_the_one_that_kept_the_ledger_alone() {
    on_both(async |mut house| {
        let alone = house.keep_ledger();
        look(&house);
        house.seal(&alone).await;
        let genesis = house.client.get("/ledger/genesis").await.bytes;
        let (origin, own) = (alone.origin().to_owned(), alone.keys().public());
        house.leave_ledger(alone).await;

        let mut rng = base::Entropy::system().rng();
        let names = ["한빛시", "도청", "시의회", "시민대학"];
        let free = [(); 4].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
        let addresses = free.map(|it| it.local_addr().unwrap().to_string());
        let founding = |number: usize, agencies: &[Validator]| Founding {
            origin: Some(origin.clone()),
            name: names[number].into(),
            host: "hanbit.example.kr".into(),
            federation: Federation {
                agencies: agencies.to_vec(),
                peers: (0..agencies.len())
                    .filter(|it| *it != number)
                    .map(|it| Peer {
                        key: agencies[it].key,
                        address: addresses[it].clone(),
                    })
                    .collect(),
                listen: Some(addresses[number].clone()),
                is_demonstration: false,
            },
            witnesses: Vec::new(),
            witness_of: None,
        };
        let folders: Vec<_> = (0..4)
            .map(|it| house.folder.path().join(format!("a{it}")))
            .collect();
        let mut agencies = vec![Validator {
            name: names[0].into(),
            key: own,
        }];
        for number in 1..4 {
            std::fs::create_dir_all(folders[number].join("log")).unwrap();
            std::fs::write(folders[number].join("log/genesis"), &genesis).unwrap();
            let keys = Keys::of(&folders[number], &founding(number, &[]), &mut rng).unwrap();
            agencies.push(Validator {
                name: names[number].into(),
                key: keys.public(),
            });
        }
        let ledger = house
            .keep_ledger_with("ledger", |it| *it = founding(0, &agencies))
            .unwrap();
        let others: Vec<_> = (1..4)
            .map(|number| {
                let founding = founding(number, &agencies);
                let clock = std::sync::Arc::new(base::SystemClock);
                Ledger::open(&folders[number], &founding, None, clock, &mut rng).unwrap()
            })
            .collect();

        let operator = house
            .signed_in("operator", "operator", Whose::Agency("hanbit"))
            .await;
        let page = operator.get("/system/ledger").await;
        assert!(page.body.contains("시민대학"), "{}", page.body);
        let state = ledger.store().read().state().clone();
        let other = ledger::Change::new(&state, agencies[..1].to_vec()).unwrap();
        let other = serde_json::to_string(&other).unwrap();
        for (text, words) in [
            ("{}", "바꾸자는 글이 아닙니다"),
            (other.as_str(), "설정 파일과 다릅니다"),
        ] {
            let again = operator.send("/system/ledger", &[("change", text)]).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(again.body.contains(words), "{}", again.body);
        }
        let change = serde_json::to_string(&ledger.change().unwrap().unwrap()).unwrap();
        let done = operator
            .send("/system/ledger", &[("change", &change)])
            .await;
        assert!(done.header("location").contains("done"), "{}", done.body);
        let resident = house.resident(house.haneul).await;
        let refused = resident.get("/system/ledger").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        // From here on it takes three of the four.
        look(&house);
        house.seal(&ledger).await;
        let size = ledger.head().size;
        for other in &others {
            for _ in 0..200 {
                if other.head().size == size {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            assert_eq!(other.head(), ledger.head());
            assert_eq!(other.store().read().state().validators().len(), 4);
        }
        let page = house.client.get("/ledger").await;
        assert!(page.body.contains("기관 4곳이 함께 씀"), "{}", page.body);
        let proof = resident
            .get(&proof_link(&resident.get("/me/looks").await.body))
            .await;
        let proof: Receipt = proof.body.parse().unwrap();
        proof.verify(ledger.policy()).unwrap();
        for other in &others {
            other.stop().await;
        }
        ledger.stop().await;
    });
}
