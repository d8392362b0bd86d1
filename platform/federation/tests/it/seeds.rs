//! Whatever the network does: nobody commits another block at one height, and nothing acknowledged is lost.

use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use federation::node::{Behaviour, Flaw};

use crate::simulation::{Federation, Network};

/// Every way of breaking the rules.
const LIES: [Behaviour; 11] = [
    Behaviour::Silent,
    Behaviour::EquivocatingProposer,
    Behaviour::EquivocatingVoter,
    Behaviour::Forger,
    Behaviour::Delayer(Duration::from_millis(700)),
    Behaviour::Replayer,
    Behaviour::Foreigner,
    Behaviour::InvalidProposer(Flaw::WrongRoot),
    Behaviour::InvalidProposer(Flaw::Duplicate),
    Behaviour::InvalidProposer(Flaw::Oversize),
    Behaviour::InvalidProposer(Flaw::ClockAYearOff),
];

/// Everything at once: loss, reordering, cuts, kills, failing disks, and perhaps a validator that lies.
fn storm(seed: u64) {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut four = Federation::new(4, seed);
    four.network = Network {
        latency_ms: (1, rng.random_range(2..200)),
        lost: rng.random_range(0..200),
        reorders: rng.random_bool(0.5),
    };
    let lies = LIES.get(rng.random_range(0..2 * LIES.len())).copied();
    if let Some(behaviour) = lies {
        four.misbehave(3, behaviour);
    }
    for _ in 0..40 {
        let of = rng.random_range(0..3);
        match rng.random_range(0..10) {
            0 if four.members[of].node.is_some() => four.kill(of),
            5 => fail_later(&mut four, of, rng.random_range(0..4)),
            1 => four.partition(&[of]),
            2 => four.partition(&[of, 3]),
            3 => four.heal(),
            _ => four.submit(of, 2),
        }
        for of in 0..4 {
            if four.members[of].halted.is_some() {
                four.kill(of);
            }
            if four.members[of].node.is_none() && rng.random_bool(0.3) {
                restart(&mut four, of, lies);
            }
        }
        four.run(rng.random_range(0..600));
    }
    four.network = Network::default();
    four.heal();
    for of in 0..4 {
        if four.members[of].halted.is_some() {
            four.kill(of);
        }
        if four.members[of].node.is_none() {
            restart(&mut four, of, lies);
        }
        four.members[of].log.log().fails_at = None;
    }
    four.run(120_000);
    let honest: &[usize] = if lies.is_some() {
        &[0, 1, 2]
    } else {
        &[0, 1, 2, 3]
    };
    for of in honest {
        assert_eq!(four.members[*of].halted, None, "seed {seed}");
        four.assert_acknowledged(*of);
        assert_eq!(four.height(*of), four.height(0), "seed {seed}");
    }
    for by in honest {
        for finding in four.status(*by).findings {
            // Nothing is proved against the honest, whatever is suspected.
            let liar = four.members[3].signer.id();
            assert!(
                finding.evidence.is_none() || finding.validator == liar,
                "seed {seed}"
            );
        }
    }
}

/// The disk of a member fills up so many writes later, in the middle of one.
fn fail_later(four: &mut Federation, of: usize, writes: usize) {
    let mut log = four.members[of].log.log();
    log.fails_at = Some(log.appends + writes);
}

fn restart(four: &mut Federation, of: usize, lies: Option<Behaviour>) {
    four.members[of].log.log().fails_at = None;
    four.start(of).unwrap();
    if let (3, Some(behaviour)) = (of, lies) {
        four.misbehave(of, behaviour);
    }
}

/// `FEDERATION_SEEDS` asks for more.
#[test]
fn no_fork_and_no_loss_in_many_storms() {
    let seeds = std::env::var("FEDERATION_SEEDS").ok();
    (0..seeds.map_or(60, |it| it.parse().unwrap())).for_each(storm);
}
