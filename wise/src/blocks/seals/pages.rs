//! What the pages of the ledger show, each with a sample.

use askama::Template;
use federation::node::Offence;
use ledger::receipt::{Proven, ReceiptError};
use web::Frame;

use crate::app::ledger::WitnessState;

mod samples;

pub use samples::samples;

/// The text that names an offence.
pub fn offence(offence: Offence) -> &'static str {
    match offence {
        Offence::DoubleVote => "seals-offence-double-vote",
        Offence::DoubleProposal => "seals-offence-double-proposal",
        Offence::InvalidBlock => "seals-offence-invalid-block",
        Offence::Forgery => "seals-offence-forgery",
        Offence::ForeignLedger => "seals-offence-foreign",
        Offence::Replay => "seals-offence-replay",
        Offence::Malformed => "seals-offence-malformed",
        Offence::Late => "seals-offence-late",
        Offence::Silent => "seals-offence-silent",
    }
}

/// How the ledger does.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Who vote on it; one of them alone is said so.
    pub agencies: usize,
    pub entries: String,
    /// When the last block was made; empty while there is none.
    pub last: String,
    /// Who cosigned the last checkpoint, beside the log.
    pub witnesses: Vec<String>,
}

/// What the ledger is, on one screen.
#[derive(Template)]
#[template(path = "blocks/seals/pages/explain.html")]
pub struct ExplainPage {
    pub frame: Frame,
    /// `None` where this server does not keep it.
    pub standing: Option<Standing>,
}

/// The ledger for whoever wants to check it.
#[derive(Template)]
#[template(path = "blocks/seals/pages/log.html")]
pub struct LogPage {
    pub frame: Frame,
    pub standing: Standing,
    pub origin: String,
    pub log_key: String,
    /// Under which tiles are read.
    pub prefix: String,
    pub checkpoint: String,
    pub witnesses: Vec<WitnessState>,
    /// Why the validator stopped, if it did.
    pub halted: Option<String>,
    pub agencies: Vec<AgencyLine>,
    pub blocks: Vec<BlockLine>,
    pub older: Option<String>,
}

/// An agency that votes.
#[derive(Clone, Debug, Default)]
pub struct AgencyLine {
    pub name: String,
    pub id: String,
    pub state: String,
    pub tone: &'static str,
    /// What it did against the rules.
    pub broken: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct BlockLine {
    pub height: u64,
    pub when: String,
    pub proposer: String,
    pub entries: String,
    /// Of the log with this block.
    pub size: String,
}

/// One block.
#[derive(Template)]
#[template(path = "blocks/seals/pages/block.html")]
pub struct BlockPage {
    pub frame: Frame,
    pub height: u64,
    pub when: String,
    /// A text's key, and the value.
    pub facts: Vec<(&'static str, String)>,
    pub entries: Vec<EntryLine>,
    /// How many entries are not listed.
    pub more: Option<usize>,
}

#[derive(Clone, Debug, Default)]
pub struct EntryLine {
    pub index: u64,
    pub text: String,
}

/// How the ledger does, and who is to keep it: for the operator.
#[derive(Template)]
#[template(path = "blocks/seals/pages/keepers.html")]
pub struct KeepersPage {
    pub frame: Frame,
    pub errors: Vec<(String, String)>,
    /// Of the last block.
    pub height: u64,
    /// Entries in the log.
    pub size: u64,
    /// Entries that wait for it.
    pub waiting: u64,
    /// Why the validator stopped, if it did.
    pub halted: Option<String>,
    /// Who keeps it.
    pub now: Vec<KeeperLine>,
    /// Who is to keep it, as the settings say; empty where that is so already.
    pub wanted: Vec<KeeperLine>,
    /// The change with the approvals so far.
    pub text: String,
}

impl KeepersPage {
    fn error(&self) -> &str {
        self.errors.first().map_or("", |it| it.1.as_str())
    }
}

#[derive(Clone, Debug, Default)]
pub struct KeeperLine {
    pub name: String,
    pub key: String,
    pub has_approved: bool,
}

/// Where a proof is laid down.
#[derive(Template)]
#[template(path = "blocks/seals/pages/check.html")]
pub struct CheckPage {
    pub frame: Frame,
    pub errors: Vec<(String, String)>,
    pub text: String,
    pub checked: Option<Checked>,
}

impl CheckPage {
    fn error(&self) -> &str {
        self.errors.first().map_or("", |it| it.1.as_str())
    }
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub holds: bool,
    pub title: String,
    pub text: String,
    /// What the proof opens, field by field.
    pub record: Vec<(String, String)>,
}

impl Checked {
    pub fn holds(frame: &Frame, proven: &Proven) -> Self {
        let size = proven.checkpoint.head.size;
        Self {
            holds: true,
            title: frame.t("seals-check-holds"),
            text: frame.say(
                "seals-check-holds-text",
                &[
                    ("index", (proven.index + 1).into()),
                    ("size", size.into()),
                    ("origin", proven.checkpoint.origin.as_str().into()),
                ],
            ),
            record: proven.record.as_ref().map(lines).unwrap_or_default(),
        }
    }

    pub fn fails(frame: &Frame, error: &ReceiptError) -> Self {
        let key = match error {
            ReceiptError::Checkpoint(_) => "seals-check-checkpoint",
            ReceiptError::Proof(_) => "seals-check-proof",
            ReceiptError::Entry => "seals-check-entry",
            ReceiptError::Record => "seals-check-record",
            ReceiptError::NotSealed => "seals-check-unsealed",
        };
        Self {
            holds: false,
            title: frame.t("seals-check-fails"),
            text: frame.t(key),
            record: Vec::new(),
        }
    }
}

/// The fields of a record, one a line.
fn lines(record: &serde_json::Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(record, String::new(), &mut found);
    found
}

fn walk(value: &serde_json::Value, name: String, found: &mut Vec<(String, String)>) {
    let below = |part: &str| match name.is_empty() {
        true => part.to_owned(),
        false => format!("{name}.{part}"),
    };
    match value {
        serde_json::Value::Object(fields) => {
            for (key, it) in fields {
                walk(it, below(key), found);
            }
        }
        serde_json::Value::Array(items) => {
            for (place, it) in items.iter().enumerate() {
                walk(it, below(&(place + 1).to_string()), found);
            }
        }
        serde_json::Value::String(text) => found.push((name, text.clone())),
        other => found.push((name, other.to_string())),
    }
}
