//! Passwords: argon2id, checked away from the async threads and never many at a time.

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use rand::Rng;
use tokio::sync::Semaphore;

/// What may be checked at once: each check takes 19 MiB and a core for about 20 ms.
const AT_ONCE: usize = 2;
/// Longer passwords are refused before they are hashed.
pub const LONGEST: usize = 256;

/// The PHC string of a password: argon2id, 19 MiB, 2 passes, 1 lane, which is the OWASP Password
/// Storage Cheat Sheet's first choice and this library's default.
pub fn hash(password: &str, rng: &mut dyn Rng) -> String {
    let mut salt = [0_u8; 16];
    rng.fill_bytes(&mut salt);
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash: argon2::password_hash::phc::PasswordHash| hash.to_string())
        .unwrap_or_default()
}

fn matches(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// Checks passwords, a bounded number at a time.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    decoy: Arc<OnceLock<String>>,
}

impl Passwords {
    pub fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            decoy: Arc::default(),
        }
    }

    /// Whether `password` belongs to `hash`. Without a hash (no such login, or one that signs in
    /// elsewhere) the answer is no after the same work, so that time does not tell which logins exist.
    pub async fn check(
        &self,
        hash: Option<String>,
        password: String,
        mut salt: impl Rng + Send + 'static,
    ) -> bool {
        if password.len() > LONGEST {
            return false;
        }
        let Ok(_turn) = self.turns.acquire().await else {
            return false;
        };
        let decoy = self.decoy.clone();
        let work = tokio::task::spawn_blocking(move || {
            // Made in any case, so that its first use does not tell either.
            let decoy = decoy.get_or_init(|| self::hash("decoy", &mut salt));
            let right = matches(hash.as_deref().unwrap_or(decoy), &password);
            right && hash.is_some()
        });
        work.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_its_parameters_are_those_of_owasp() {
        let hash = hash("한빛시 비밀번호", &mut base::Entropy::seeded(1).rng());
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(matches(&hash, "한빛시 비밀번호"));
        assert!(!matches(&hash, "한빛시 비밀번호 "));
        assert!(!matches("", ""));
    }
}
