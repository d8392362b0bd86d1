//! Whatever the network does: nobody commits another block at one height, and nothing acknowledged is lost.

use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use federation::node::Behaviour;

use crate::simulation::{Federation, Network};

/// Everything at once: loss, reordering, cuts, kills, and perhaps a validator that lies.
fn storm(seed: u64) {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut four = Federation::new(4, seed);
    four.network = Network {
        latency_ms: (1, rng.random_range(2..200)),
        lost: rng.random_range(0..200),
        reorders: rng.random_bool(0.5),
    };
    let lies = match rng.random_range(0..4) {
        0 => Some(Behaviour::EquivocatingVoter),
        1 => Some(Behaviour::EquivocatingProposer),
        _ => None,
    };
    if let Some(behaviour) = lies {
        four.misbehave(3, behaviour);
    }
    for _ in 0..40 {
        let of = rng.random_range(0..3);
        match rng.random_range(0..10) {
            0 if four.members[of].node.is_some() => four.kill(of),
            1 => four.partition(&[of]),
            2 => four.partition(&[of, 3]),
            3 => four.heal(),
            _ => four.submit(of, 2),
        }
        for of in 0..4 {
            if four.members[of].node.is_none() && rng.random_bool(0.3) {
                four.start(of).unwrap();
            }
        }
        four.run(rng.random_range(0..600));
    }
    four.network = Network::default();
    four.heal();
    for of in 0..4 {
        if four.members[of].node.is_none() {
            four.start(of).unwrap();
        }
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

#[test]
fn no_fork_and_no_loss_in_many_storms() {
    (0..60).for_each(storm);
}
