//! Runs and briefings: types and decisions; no await, no SQL.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base::ids::{AccountId, BriefingId, RunId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use population::Population;
use rules::RuleBook;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::evidence::{self, Evidence};
use super::goals::{self, Findings};
use super::measures::{self, Found};
use super::reform::{self, Effects, Reform};
use super::said::Said;
use super::timing::{self, Delay};
use crate::app::Snapshot;
use crate::blocks::people::words;
use crate::country::CountryFiles;

/// After so long without a word, whoever worked a run out is gone.
const SILENCE: SignedDuration = SignedDuration::from_secs(60);

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Spine(#[from] spine::Error),
    #[error("no such run")]
    NotFound,
    #[error("{what} is no JSON of this version: {reason}")]
    Shape { what: &'static str, reason: String },
}

words! {
    /// What can be asked.
    Kind {
        /// What another law would do.
        Reform = "reform",
        /// Which settings of the law reach a goal.
        Goal = "goal",
        /// What a past measure did.
        Evidence = "evidence",
        /// What waiting costs.
        Timing = "timing",
        /// What a measure that is no law costs and brings.
        Measure = "measure",
    }
}

words! {
    /// Where a run stands.
    State {
        Waiting = "waiting",
        Working = "working",
        Done = "done",
        /// It cannot be worked out; the run says why.
        Refused = "refused",
    }
}

/// What is asked, as it is kept: its canonical JSON is the run's `inputs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Question {
    Reform {
        reform: Reform,
        /// The day whose law is compared.
        on: Date,
    },
    Goal {
        goal: goals::Question,
        /// The day from which figures of the law may move.
        on: Date,
    },
    Evidence(evidence::Question),
    Timing(timing::Question),
    Measure {
        /// What was written into the form, by the names of its fields.
        typed: BTreeMap<String, String>,
        asked: Box<measures::Asked>,
    },
}

impl Question {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Reform { .. } => Kind::Reform,
            Self::Goal { .. } => Kind::Goal,
            Self::Evidence(_) => Kind::Evidence,
            Self::Timing(_) => Kind::Timing,
            Self::Measure { .. } => Kind::Measure,
        }
    }

    /// Whether the register is asked.
    pub fn needs_population(&self) -> bool {
        match self {
            Self::Reform { .. } | Self::Goal { .. } | Self::Timing(_) => true,
            // Where people live was asked as sums when the question was made.
            Self::Evidence(_) | Self::Measure { .. } => false,
        }
    }
}

/// What came of it: its canonical JSON is the run's `outputs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    Reform(Box<Effects>),
    Goal(Box<Findings>),
    Evidence(Box<Evidence>),
    Timing(Box<Delay>),
    Measure { found: Box<Found> },
}

/// The bytes that stand for a value, the same on every machine (RFC 8785).
///
/// # Errors
/// A number that JSON cannot hold.
pub fn canonical(value: &impl Serialize) -> Result<String, Error> {
    serde_json_canonicalizer::to_string(value).map_err(|error| Error::Shape {
        what: "a value",
        reason: error.to_string(),
    })
}

/// Hex SHA-256.
pub fn digest(text: &str) -> String {
    let bytes = Sha256::digest(text.as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a run stands on.
#[derive(Clone)]
pub struct Ground {
    pub book: Arc<RuleBook>,
    pub files: CountryFiles,
    /// `None` where the question asks nobody.
    pub population: Option<Snapshot>,
}

/// How far a run is, told from other threads.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    whole: AtomicU64,
}

impl Progress {
    pub fn begin(&self, whole: u64) {
        self.whole.store(whole, Ordering::Relaxed);
    }

    pub fn add(&self, done: u64) {
        self.done.fetch_add(done, Ordering::Relaxed);
    }

    /// Done, of how many.
    pub fn read(&self) -> (i64, i64) {
        let read = |it: &AtomicU64| i64::try_from(it.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        (read(&self.done), read(&self.whole))
    }
}

/// Works a question out. It may take long: no transaction may be open.
///
/// # Errors
/// Why it cannot be worked out, in words for whoever asked.
pub fn work_out(
    question: &Question,
    ground: &Ground,
    progress: &Progress,
) -> Result<Answer, String> {
    match question {
        Question::Reform { reform, on } => {
            let after = reform::law(&ground.book, &ground.files, reform).map_err(|faults| {
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                faults.join("\n")
            })?;
            let population = open(ground, progress)?;
            let told = |households| progress.add(households);
            reform::effects(&ground.book, &after, &population, *on, &told)
                .map(|it| Answer::Reform(Box::new(it)))
                .map_err(unreadable)
        }
        Question::Goal { goal, on } => {
            let population = open(ground, progress)?;
            progress.begin(population.households() as u64 * goal.evaluations());
            let told = |households| progress.add(households);
            let evaluate = goals::law::evaluation(&ground.book, &population, goal, *on, &told);
            goals::find(goal, evaluate)
                .map(|it| Answer::Goal(Box::new(it)))
                .map_err(|fault| fault.to_string())
        }
        Question::Evidence(question) => evidence::find(question)
            .map(|it| Answer::Evidence(Box::new(it)))
            .map_err(unasked),
        Question::Measure { asked, .. } => measures::find(asked)
            .map(|it| Answer::Measure {
                found: Box::new(it),
            })
            .map_err(unasked),
        Question::Timing(question) => {
            let values = timing::values(&ground.book, question).map_err(|said| said.key)?;
            let text = ground.files.text("demography.csv").unwrap_or_default();
            let rates = timing::people::rates(text)?;
            let population = open(ground, progress)?;
            let people = timing::people::count(&population, question.from);
            let people = people.map_err(|error| error.to_string())?;
            timing::find(question, values, &people, &rates).map(|it| Answer::Timing(Box::new(it)))
        }
    }
}

/// Forms refuse such questions before they are kept.
fn unasked((field, said): (&'static str, Said)) -> String {
    format!("{field}: {}", said.key)
}

fn open(ground: &Ground, progress: &Progress) -> Result<Population, String> {
    let Some(snapshot) = &ground.population else {
        return Err("no snapshot of the register is kept".to_owned());
    };
    let population = Population::open(&snapshot.path, ground.book.vocabulary());
    let population = population.map_err(unreadable)?;
    progress.begin(population.households() as u64);
    Ok(population)
}

/// Where the file lies is the operator's affair.
fn unreadable(error: population::Error) -> String {
    tracing::error!(%error, "a snapshot of the register cannot be read");
    "the snapshot of the register cannot be read; the log says why".to_owned()
}

/// Who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maker {
    pub account: AccountId,
    pub name: String,
    pub agency: String,
}

/// A question to be worked out.
#[derive(Clone, Debug)]
pub struct NewRun {
    pub title: String,
    pub question: Question,
    pub rules_digest: String,
    pub population: Option<Snapshot>,
    pub repeats: Option<RunId>,
    pub maker: Maker,
}

/// A question that is or was worked out, without its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub id: RunId,
    pub kind: Kind,
    pub title: String,
    pub question: Question,
    /// Of the rules in force.
    pub rules_digest: String,
    /// Of the register's snapshot.
    pub population_digest: Option<String>,
    pub population_at: Option<Timestamp>,
    pub state: State,
    /// Households that are worked out, of how many.
    pub done: i64,
    pub whole: i64,
    pub beat_at: Timestamp,
    /// Hex SHA-256 of the answer's bytes.
    pub outputs_sha256: Option<String>,
    pub refusal: Option<String>,
    pub repeats: Option<RunId>,
    pub maker: Maker,
    pub made_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl Run {
    /// Whether nobody works on it any more although it has not ended: the server was stopped meanwhile.
    pub fn is_cut(&self, now: Timestamp) -> bool {
        let goes_on = matches!(self.state, State::Waiting | State::Working);
        goes_on && now.duration_since(self.beat_at) > SILENCE
    }

    /// From 0 to 100.
    pub fn percent(&self) -> i64 {
        (self.done * 100)
            .checked_div(self.whole)
            .unwrap_or(0)
            .clamp(0, 100)
    }
}

/// What repeating a run said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// The same bytes.
    Same,
    /// Others, though rules and data were the same: a fault of ours.
    Differs,
    /// Rules or data were not the same, so that nothing follows.
    OtherGround,
}

impl Repeated {
    /// `None` while one of the two has no answer.
    pub fn of(first: &Run, again: &Run) -> Option<Self> {
        let (one, other) = (&first.outputs_sha256, &again.outputs_sha256);
        let (one, other) = (one.as_ref()?, other.as_ref()?);
        let ground = |it: &Run| (it.rules_digest.clone(), it.population_digest.clone());
        Some(if one == other {
            Self::Same
        } else if ground(first) == ground(again) {
            Self::Differs
        } else {
            Self::OtherGround
        })
    }
}

/// An option of a briefing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub run: RunId,
    pub name: String,
}

/// What a language model made of the sentences of a briefing: nothing of it was computed by the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reworded {
    pub model: String,
    /// The language that was asked for.
    pub locale: String,
    /// Of each option the sentences in their order.
    pub options: Vec<Vec<String>>,
}

/// A page for whoever decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Briefing {
    pub id: BriefingId,
    pub question: String,
    pub options: Vec<Choice>,
    /// In the words of whoever made it.
    pub notes: String,
    pub reworded: Option<Reworded>,
    pub maker: Maker,
    pub made_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back_and_has_one_form() {
        let question = Question::Reform {
            reform: Reform::default(),
            on: jiff::civil::date(2027, 1, 1),
        };
        let text = canonical(&question).unwrap();
        assert_eq!(
            text,
            r#"{"kind":"reform","on":"2027-01-01","reform":{"changes":[]}}"#
        );
        assert_eq!(serde_json::from_str::<Question>(&text).unwrap(), question);
        assert_eq!(digest("").len(), 64);
    }
}
