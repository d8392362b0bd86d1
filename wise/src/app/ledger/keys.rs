//! The keys of an agency, all made from one secret in its folder.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ledger::consensus::{LedgerId, Signer};
use ledger::note::{Algorithm, KeyError, SigningKey, VerifierKey};
use ledger::{Change, Hash, State, Validator};
use rand::{Rng, RngExt};

use super::{Founding, LedgerError, genesis};

/// Why the secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableKey {
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("{} is missing, and the ledger beside it was begun with it: bring it back from the backup", path.display())]
    Lost { path: PathBuf },
    #[error("{} does not hold 64 hexadecimal digits: bring back the file as it was", path.display())]
    Shape { path: PathBuf },
}

/// The keys of one agency.
pub struct Keys {
    secret: [u8; 32],
    origin: String,
    validator: [u8; 32],
    verifier: VerifierKey,
}

impl Keys {
    /// Those of a folder; made where there are none. `origin` is that of the ledger in it, where one was begun.
    ///
    /// # Errors
    /// The file cannot be read or written, or the log's name is none.
    pub fn open(
        folder: &Path,
        founding: &Founding,
        origin: Option<&str>,
        rng: &mut dyn Rng,
    ) -> Result<Self, LedgerError> {
        let secret = match read(folder)? {
            Some(secret) => secret,
            None if has_blocks(folder) => {
                let path = folder.join("key");
                return Err(UnusableKey::Lost { path }.into());
            }
            None => write(folder, rng.random())?,
        };
        let origin = origin.map(str::to_owned).or(founding.origin.clone());
        let own = || format!("{}/ledger/{}", founding.host, &mark(&secret)[..8]);
        Self::new(secret, origin.unwrap_or_else(own))
    }

    /// Those of a folder, for showing; made where there are none.
    ///
    /// # Errors
    /// As [`open`](Self::open); or the ledger in it cannot be read.
    pub fn of(folder: &Path, founding: &Founding, rng: &mut dyn Rng) -> Result<Self, LedgerError> {
        let before = genesis(&folder.join("log"))?;
        Self::open(folder, founding, before.as_ref().map(State::origin), rng)
    }

    /// Those of a folder in which a ledger was begun; `None` where none was.
    ///
    /// # Errors
    /// The files cannot be read.
    pub fn begun(folder: &Path) -> Result<Option<Self>, LedgerError> {
        let begun = genesis(&folder.join("log"))?;
        begun.map(|it| Self::load(folder, it.origin())).transpose()
    }

    /// Those of a folder in which a ledger was begun.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn load(folder: &Path, origin: &str) -> Result<Self, LedgerError> {
        let path = folder.join("key");
        let error = io::ErrorKind::NotFound.into();
        let secret = read(folder)?.ok_or(UnusableKey::File { path, error })?;
        Self::new(secret, origin.to_owned())
    }

    fn new(secret: [u8; 32], origin: String) -> Result<Self, LedgerError> {
        let log = SigningKey::from_seed(&origin, Algorithm::Ed25519, derive("log", &secret))?;
        Ok(Self {
            validator: derive("validator", &secret),
            verifier: log.verifier().clone(),
            secret,
            origin,
        })
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The Ed25519 secret with which it votes.
    pub fn validator(&self) -> &[u8; 32] {
        &self.validator
    }

    /// The public half of [`validator`](Self::validator).
    pub fn public(&self) -> [u8; 32] {
        Signer::new(LedgerId::of_origin(&self.origin), &self.validator).public_key()
    }

    /// By which others know this agency.
    pub fn id(&self) -> Hash {
        Hash::of(&[&self.public()])
    }

    /// Approves a change of agencies as this one.
    pub fn approve(&self, change: Change) -> Change {
        change.approve(&self.validator)
    }

    /// The key that checks the log's Ed25519 signature.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// What signs the log's checkpoints: Ed25519, and ML-DSA-44 beside it for the day on which the first can be forged.
    ///
    /// # Errors
    /// None that making them did not meet already.
    pub fn log(&self) -> Result<Vec<SigningKey>, KeyError> {
        let key = |label, algorithm| {
            SigningKey::from_seed(&self.origin, algorithm, derive(label, &self.secret))
        };
        Ok(vec![
            key("log", Algorithm::Ed25519)?,
            key("log ML-DSA", Algorithm::MlDsa44)?,
        ])
    }

    /// What cosigns the checkpoints of other logs, under a name.
    ///
    /// # Errors
    /// The name is none for a key.
    pub fn witness(&self, name: &str) -> Result<Vec<SigningKey>, KeyError> {
        let key =
            |label, algorithm| SigningKey::from_seed(name, algorithm, derive(label, &self.secret));
        Ok(vec![
            key("witness", Algorithm::Ed25519Cosignature)?,
            key("witness ML-DSA", Algorithm::MlDsa44)?,
        ])
    }

    /// How the ledger begins.
    ///
    /// # Errors
    /// The agencies are no set of validators.
    pub fn genesis(&self, founding: &Founding) -> Result<State, LedgerError> {
        let mut agencies = founding.federation.agencies.clone();
        if agencies.is_empty() {
            agencies.push(Validator {
                name: founding.name.clone(),
                key: self.public(),
            });
        }
        Ok(State::genesis(self.origin.clone(), agencies)?)
    }
}

/// SHA-256 over a label and the secret: as random as the secret, and no label's key tells another's.
fn derive(label: &str, secret: &[u8; 32]) -> [u8; 32] {
    Hash::of(&[b"wise.key.v1\n", label.as_bytes(), b"\n", secret]).0
}

fn mark(secret: &[u8; 32]) -> String {
    Hash(derive("mark", secret)).to_string()
}

/// An agency that joins has the beginning of a ledger, and no key yet.
fn has_blocks(folder: &Path) -> bool {
    let mut blocks = fs::read_dir(folder.join("log/blocks"))
        .into_iter()
        .flatten();
    blocks.next().is_some()
}

fn failed(path: &Path, error: io::Error) -> UnusableKey {
    let path = path.to_owned();
    UnusableKey::File { path, error }
}

fn read(folder: &Path) -> Result<Option<[u8; 32]>, UnusableKey> {
    let path = folder.join("key");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(&path, error)),
    };
    let secret: Result<Hash, _> = text.trim_end().parse();
    let secret = secret.map_err(|_| UnusableKey::Shape { path })?;
    Ok(Some(secret.0))
}

/// Durable before anything is signed with it: a ledger whose key is lost cannot go on.
fn write(folder: &Path, secret: [u8; 32]) -> Result<[u8; 32], UnusableKey> {
    let (path, aside) = (folder.join("key"), folder.join("key.new"));
    let written = fs::create_dir_all(folder).and_then(|()| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&aside)?;
        writeln!(file, "{}", Hash(secret))?;
        file.sync_all()?;
        fs::rename(&aside, &path)?;
        fs::File::open(folder)?.sync_all()
    });
    written.map_err(|error| failed(&path, error))?;
    Ok(secret)
}
