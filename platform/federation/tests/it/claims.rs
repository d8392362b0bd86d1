//! A flat is let once, however many brokers sign for it through however many agencies at the same moment.

use federation::run::SubmitError;
use ledger::Hash;
use ledger::claims::{Claim, ClaimMap};

use crate::process::{addresses, member_at};

const FLATS: usize = 100;
const ATTEMPTS: usize = 1_000;
const RIGHT: &str = "lease";

fn flat(number: usize) -> Hash {
    Hash::of(&[b"flat", &number.to_be_bytes()])
}

/// What the broker of an attempt signs.
fn contract(attempt: usize) -> Claim {
    let own = Hash::of(&[b"contract", &attempt.to_be_bytes()]);
    let about = (RIGHT, 20_800, Some(21_530));
    Claim::new(own, about, vec![flat(attempt % FLATS)], Claim::lock(&own)).unwrap()
}

#[test]
fn of_a_thousand_contracts_on_a_hundred_flats_through_two_agencies_one_each_stands() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let addresses = addresses(4);
        let all: Vec<_> = addresses.iter().map(String::as_str).collect();
        let members: Vec<_> = (0..4)
            .map(|number| {
                let own = folder.path().join(number.to_string());
                std::fs::create_dir_all(&own).unwrap();
                member_at(number, &all, &own)
            })
            .collect();
        // All at once, each flat five times at either agency.
        let mut attempts = tokio::task::JoinSet::new();
        for attempt in 0..ATTEMPTS {
            let handle = members[attempt / FLATS % 2].0.clone();
            attempts.spawn(async move {
                let entry = contract(attempt).entry().unwrap();
                (attempt, handle.submit(vec![entry]).await)
            });
        }
        let mut winners = vec![Vec::new(); FLATS];
        let mut lost = 0;
        while let Some(done) = attempts.join_next().await {
            match done.unwrap() {
                (attempt, Ok(_)) => winners[attempt % FLATS].push(attempt),
                (_, Err(SubmitError::Refused { reason, .. })) => {
                    assert!(reason.contains("is claimed already"), "{reason}");
                    lost += 1;
                }
                (attempt, Err(error)) => panic!("attempt {attempt}: {error}"),
            }
        }
        assert!(winners.iter().all(|it| it.len() == 1), "{winners:?}");
        assert_eq!(lost, ATTEMPTS - FLATS);
        // Every agency holds the same, and proves it: who has the flat, and that another is free.
        let height = members[0].0.status().await.unwrap().height;
        for (handle, store) in &members {
            while handle.status().await.unwrap().height < height {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            let store = store.read();
            let claims = store.state().claims();
            assert_eq!(claims.root(), members[0].1.read().state().claims().root());
            for (number, won) in winners.iter().enumerate() {
                let key = ClaimMap::key(&flat(number), RIGHT);
                let held = claims.get(&key);
                let leaf = contract(won[0]).entry().unwrap().leaf();
                assert_eq!(held.iter().map(|it| it.claim).collect::<Vec<_>>(), [leaf]);
                let proven = claims.prove(&key).verify(&claims.root(), &key).unwrap();
                assert_eq!(proven, Some(ClaimMap::value(held)));
            }
            let free = ClaimMap::key(&flat(FLATS), RIGHT);
            assert_eq!(claims.prove(&free).verify(&claims.root(), &free), Ok(None));
        }
        for (handle, _) in members {
            handle.stop().await;
        }
    });
}
