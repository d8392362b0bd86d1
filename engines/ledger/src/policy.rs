//! Whom to believe: the keys of logs and witnesses, and how many witnesses it takes. Read from C2SP [`tlog-policy`].
//!
//! [`tlog-policy`]: https://c2sp.org/tlog-policy

use std::collections::BTreeSet;
use std::str::FromStr;

use crate::checkpoint::SignedCheckpoint;
use crate::note::{Algorithm, KeyError, SignatureError, VerifierKey};
use crate::tree::TreeHead;

/// The most lines of a policy.
const MAX_LINES: usize = 1_000;

/// A policy, as its text says:
///
/// ```
/// # use ledger::policy::Policy;
/// let policy: Policy = "
/// log example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx
/// quorum none
/// ".parse()?;
/// let note = include_str!("../tests/tessera/checkpoint");
/// let trusted = policy.check(&note.parse()?)?;
/// assert_eq!(trusted.head.size, 15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<VerifierKey>,
    /// Witnesses and groups, each after those it names.
    parties: Vec<Party>,
    /// The place of a party; nothing where no cosignature is needed.
    quorum: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Party {
    name: String,
    rule: Rule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Witness(VerifierKey),
    Group { needed: usize, members: Vec<usize> },
}

/// Why a text is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicySyntaxError {
    #[error("line {line} of the policy: {reason}")]
    Line { line: usize, reason: &'static str },
    #[error("line {line} of the policy: {source}")]
    Key { line: usize, source: KeyError },
    #[error("the policy has no quorum line")]
    NoQuorum,
    #[error("the policy has more than {MAX_LINES} lines")]
    TooLong,
}

/// Why a checkpoint is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    #[error("the checkpoint is of {found}, a log that the policy does not know")]
    Origin { found: String },
    #[error("the checkpoint has no signature by a key of its log {origin} that the policy knows")]
    Unsigned { origin: String },
    #[error("the checkpoint or a signature was altered: {0}")]
    Signature(#[from] SignatureError),
    #[error("{found} of the {needed} cosignatures that “{party}” needs")]
    Quorum {
        party: String,
        needed: usize,
        found: usize,
    },
}

/// A checkpoint that a policy believes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    pub origin: String,
    pub head: TreeHead,
    /// Who vouches for it: the log's keys first, by name, with the time of cosignatures in seconds since 1970.
    pub signed_by: Vec<(String, Option<u64>)>,
}

impl Policy {
    /// One of `logs` and `needed` of `witnesses`.
    ///
    /// # Errors
    /// A key is named twice or does not fit its role, or more are needed than there are.
    pub fn new(
        logs: &[VerifierKey],
        witnesses: &[VerifierKey],
        needed: usize,
    ) -> Result<Self, PolicySyntaxError> {
        let mut text = String::new();
        let mut members = String::new();
        for key in logs {
            text.push_str(&format!("log {key}\n"));
        }
        for (place, key) in witnesses.iter().enumerate() {
            text.push_str(&format!("witness w{place} {key}\n"));
            members.push_str(&format!(" w{place}"));
        }
        match needed {
            0 => text.push_str("quorum none\n"),
            _ => text.push_str(&format!("group quorum {needed}{members}\nquorum quorum\n")),
        }
        text.parse()
    }

    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// Whether the policy believes a checkpoint. Signatures by keys that it does not know are passed over.
    ///
    /// # Errors
    /// It does not, and why.
    pub fn check(&self, signed: &SignedCheckpoint) -> Result<Trusted, Distrust> {
        let checkpoint = &signed.checkpoint;
        let origin = checkpoint.origin().to_owned();
        let is_known = |key: &&VerifierKey| key.name() == origin;
        if !self.logs.is_empty() && !self.logs.iter().any(|it| is_known(&it)) {
            return Err(Distrust::Origin { found: origin });
        }
        let mut signed_by = Vec::new();
        for key in self.logs.iter().filter(is_known) {
            if let Some(time) = verified(key, signed)? {
                signed_by.push((key.name().to_owned(), time));
            }
        }
        if !self.logs.is_empty() && signed_by.is_empty() {
            return Err(Distrust::Unsigned { origin });
        }
        let mut agree = BTreeSet::new();
        let mut counts = Vec::new();
        for (place, party) in self.parties.iter().enumerate() {
            let (found, needed) = match &party.rule {
                Rule::Witness(key) => match verified(key, signed)? {
                    Some(time) => {
                        signed_by.push((key.name().to_owned(), time));
                        (1, 1)
                    }
                    None => (0, 1),
                },
                Rule::Group { needed, members } => {
                    let agreeing = members.iter().filter(|it| agree.contains(*it));
                    (agreeing.count(), *needed)
                }
            };
            if found >= needed {
                agree.insert(place);
            }
            counts.push((party, found, needed));
        }
        if let Some(place) = self.quorum
            && let Some((party, found, needed)) = counts.get(place)
            && found < needed
        {
            return Err(Distrust::Quorum {
                party: party.name.clone(),
                needed: *needed,
                found: *found,
            });
        }
        Ok(Trusted {
            origin,
            head: checkpoint.head(),
            signed_by,
        })
    }
}

/// Whether a key signed, and when if it says so.
fn verified(
    key: &VerifierKey,
    signed: &SignedCheckpoint,
) -> Result<Option<Option<u64>>, SignatureError> {
    let mut signatures = signed.signatures.iter();
    let signature = signatures.find(|it| key.is_named_by(it));
    signature
        .map(|it| key.verify(&signed.checkpoint, it))
        .transpose()
}

impl FromStr for Policy {
    type Err = PolicySyntaxError;

    fn from_str(text: &str) -> Result<Self, PolicySyntaxError> {
        if text.lines().nth(MAX_LINES).is_some() {
            return Err(PolicySyntaxError::TooLong);
        }
        let mut policy = Self {
            logs: Vec::new(),
            parties: Vec::new(),
            quorum: None,
        };
        let mut has_quorum = false;
        for (line, text) in (1..).zip(text.lines()) {
            let words: Vec<&str> = text
                .split([' ', '\t'])
                .filter(|it| !it.is_empty())
                .collect();
            let refuse = |reason| PolicySyntaxError::Line { line, reason };
            let key = |text: &str| {
                let key = text.parse();
                key.map_err(|source| PolicySyntaxError::Key { line, source })
            };
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", vkey] | ["log", vkey, _] => policy.log(key(vkey)?).map_err(refuse)?,
                ["witness", name, vkey] | ["witness", name, vkey, _] => {
                    policy.witness(name, key(vkey)?).map_err(refuse)?;
                }
                ["group", name, needed, members @ ..] => {
                    policy.group(name, needed, members).map_err(refuse)?;
                }
                ["quorum", name] if !has_quorum => {
                    has_quorum = true;
                    policy.quorum = match *name {
                        "none" => None,
                        name => Some(policy.place(name).map_err(refuse)?),
                    };
                }
                ["quorum", _] => return Err(refuse("a second quorum")),
                _ => return Err(refuse("neither log, witness, group nor quorum")),
            }
        }
        has_quorum
            .then_some(policy)
            .ok_or(PolicySyntaxError::NoQuorum)
    }
}

impl Policy {
    fn log(&mut self, key: VerifierKey) -> Result<(), &'static str> {
        let mut same = self.logs.iter().filter(|it| it.bytes() == key.bytes());
        if same.any(|it| it.name() == key.name()) {
            return Err("a log's key twice");
        }
        self.logs.push(key);
        Ok(())
    }

    fn witness(&mut self, name: &str, key: VerifierKey) -> Result<(), &'static str> {
        if key.algorithm() == Algorithm::Ed25519 {
            return Err("a witness's key is one for cosignatures");
        }
        let is_same =
            |it: &Party| matches!(&it.rule, Rule::Witness(it) if it.bytes() == key.bytes());
        if self.parties.iter().any(is_same) {
            return Err("a witness's key twice");
        }
        self.party(name, Rule::Witness(key))
    }

    fn group(&mut self, name: &str, needed: &str, names: &[&str]) -> Result<(), &'static str> {
        let members: Result<Vec<_>, _> = names.iter().map(|it| self.place(it)).collect();
        let members = members?;
        let used = self.parties.iter().filter_map(|it| match &it.rule {
            Rule::Group { members, .. } => Some(members),
            Rule::Witness(_) => None,
        });
        let mut used: BTreeSet<usize> = used.flatten().copied().collect();
        if !members.iter().all(|it| used.insert(*it)) {
            return Err("a member of two groups");
        }
        let needed = match needed {
            "all" => members.len(),
            "any" => 1,
            number => number
                .parse()
                .map_err(|_| "neither all, any nor a number")?,
        };
        if !(1..=members.len()).contains(&needed) {
            return Err("a group needs at least one of its members and at most all");
        }
        self.party(name, Rule::Group { needed, members })
    }

    fn party(&mut self, name: &str, rule: Rule) -> Result<(), &'static str> {
        if name == "none" || self.place(name).is_ok() {
            return Err("a name that is taken");
        }
        let name = name.to_owned();
        self.parties.push(Party { name, rule });
        Ok(())
    }

    fn place(&self, name: &str) -> Result<usize, &'static str> {
        let mut parties = self.parties.iter();
        parties
            .position(|it| it.name == name)
            .ok_or("a name that no line before defines")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hash;
    use crate::checkpoint::Checkpoint;
    use crate::note::SigningKey;

    const ORIGIN: &str = "ledger.example";

    fn key(name: &str, seed: u8, algorithm: Algorithm) -> SigningKey {
        SigningKey::from_seed(name, algorithm, [seed; 32]).unwrap()
    }

    fn witness(seed: u8) -> SigningKey {
        key("witness.example", seed, Algorithm::Ed25519Cosignature)
    }

    fn signed(keys: &[&SigningKey]) -> SignedCheckpoint {
        let (size, root) = (3, Hash::default());
        let checkpoint = Checkpoint::new(ORIGIN, TreeHead { size, root }).unwrap();
        let signatures = keys.iter().map(|it| it.sign(&checkpoint, 9).unwrap());
        let signatures = signatures.collect();
        SignedCheckpoint {
            checkpoint,
            signatures,
        }
    }

    #[test]
    fn a_quorum_of_groups_is_counted() {
        let log = key(ORIGIN, 1, Algorithm::Ed25519);
        let mut text = format!(
            "# two houses\nlog {} https://ledger.example\n",
            log.verifier()
        );
        for seed in 2..=6 {
            text += &format!("witness w{seed}\t{}\n", witness(seed).verifier());
        }
        text += "group x 2 w2 w3 w4\n group y any w5 w6\ngroup both all x y\nquorum both\n";
        let policy: Policy = text.parse().unwrap();
        let w: Vec<_> = (0..=6).map(witness).collect();
        assert_eq!(
            policy
                .check(&signed(&[&log, &w[2], &w[4], &w[6]]))
                .unwrap()
                .signed_by
                .len(),
            4
        );
        let refused = policy.check(&signed(&[&log, &w[2], &w[3], &w[4]]));
        let party = "both".to_owned();
        let expected = Distrust::Quorum {
            party,
            needed: 2,
            found: 1,
        };
        assert_eq!(refused, Err(expected));
        // Keys that nobody knows neither help nor harm.
        assert!(
            policy
                .check(&signed(&[&log, &w[0], &w[2], &w[4], &w[6]]))
                .is_ok()
        );
    }

    #[test]
    fn a_checkpoint_is_of_the_log_and_signed_by_it() {
        let log = key(ORIGIN, 1, Algorithm::MlDsa44);
        let other = key("other.example", 2, Algorithm::Ed25519);
        let public = |it: &SigningKey| vec![it.verifier().clone()];
        let here = Policy::new(&public(&log), &[], 0).unwrap();
        assert_eq!(here.check(&signed(&[&log])).unwrap().origin, ORIGIN);
        let refused = here.check(&signed(&[&other])).unwrap_err();
        assert!(matches!(refused, Distrust::Unsigned { .. }));
        let there = Policy::new(&public(&other), &[], 0).unwrap();
        let refused = there.check(&signed(&[&log, &other])).unwrap_err();
        assert!(matches!(refused, Distrust::Origin { .. }));

        let mut forged = signed(&[&log]);
        let root = Hash::of(&[b"another"]);
        forged.checkpoint = Checkpoint::new(ORIGIN, TreeHead { size: 3, root }).unwrap();
        let refused = here.check(&forged).unwrap_err();
        assert!(matches!(refused, Distrust::Signature(_)));
    }

    #[test]
    fn texts_that_are_no_policies_are_refused_with_their_line() {
        let (log, w) = (key(ORIGIN, 1, Algorithm::Ed25519), witness(2));
        let (log, w) = (log.verifier(), w.verifier());
        let cases = [
            (format!("log {log}\n"), None),
            (format!("log {log}\nlog {log}\nquorum none"), Some(2)),
            (format!("witness w {log}\nquorum w"), Some(1)),
            (format!("witness w {w}\nwitness v {w}\nquorum w"), Some(2)),
            (format!("witness none {w}\nquorum none"), Some(1)),
            (format!("witness w {w}\ngroup g 2 w\nquorum g"), Some(2)),
            (format!("witness w {w}\ngroup g any w w\nquorum g"), Some(2)),
            ("group g all\nquorum g".to_owned(), Some(1)),
            ("quorum nobody".to_owned(), Some(1)),
            ("quorum none\nquorum none".to_owned(), Some(2)),
            ("quorum none\nlogs".to_owned(), Some(2)),
        ];
        for (text, expected) in cases {
            let line = match text.parse::<Policy>().unwrap_err() {
                PolicySyntaxError::Line { line, .. } => Some(line),
                _ => None,
            };
            assert_eq!(line, expected, "{text}");
        }
        let refused = format!("log {log}x\nquorum none").parse::<Policy>();
        assert!(matches!(
            refused,
            Err(PolicySyntaxError::Key { line: 1, .. })
        ));
    }
}
