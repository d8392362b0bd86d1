//! The only place that asks the machine for randomness.

use std::sync::{Arc, Mutex, PoisonError};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// A source of random generators, passed to whoever needs chance: the machine's, or a seeded one
/// that draws the same numbers each time.
#[derive(Clone, Debug)]
pub struct Entropy(Option<Arc<Mutex<ChaCha12Rng>>>);

impl Entropy {
    /// Generators that nobody can foresee, seeded by the operating system.
    pub fn system() -> Self {
        Self(None)
    }

    /// The same sequence of generators for the same seed; for samples and tests, never for secrets.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(ChaCha12Rng::seed_from_u64(seed)))))
    }

    /// The next generator.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one home of the machine's randomness"
    )]
    pub fn rng(&self) -> ChaCha12Rng {
        match &self.0 {
            None => rand::make_rng(),
            Some(shared) => {
                let mut seed = [0; 32];
                shared
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .fill_bytes(&mut seed);
                ChaCha12Rng::from_seed(seed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_generators() {
        let (one, two) = (Entropy::seeded(7), Entropy::seeded(7));
        for _ in 0..3 {
            assert_eq!(one.rng().next_u64(), two.rng().next_u64());
        }
        assert_ne!(one.rng().next_u64(), one.rng().next_u64());
    }

    #[test]
    fn the_machine_draws_others_each_time() {
        let entropy = Entropy::system();
        assert_ne!(entropy.rng().next_u64(), entropy.rng().next_u64());
    }
}
