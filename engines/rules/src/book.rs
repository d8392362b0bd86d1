//! All the law that a service applies, loaded and checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::benefit::Benefit;
use crate::cases::{self, CaseResult};
use crate::changes::{self, Change, Decision, NextChange, Outlook, Steady};
use crate::conclude;
use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::finding::Finding;
use crate::household;
use crate::intervals;
use crate::parameters::{Parameter, StaleParameter};
use crate::read_benefit;
use crate::reader::entries;
use crate::reform;
use crate::relations::{self, Relations};
use crate::situation::{FactRef, Situation, Value, ValueError, parse_value};
use crate::vocabulary::{Entity, Vocabulary};
use crate::yaml;

/// A vocabulary, shared parameters and benefits that have passed every check.
#[derive(Debug)]
pub struct RuleBook {
    vocabulary: Arc<Vocabulary>,
    shared: Vec<Arc<Parameter>>,
    benefits: Vec<Benefit>,
    relations: Relations,
    digest: String,
}

impl RuleBook {
    /// Loads and checks all files, given as path and text. Paths tell what a file is: one that ends in
    /// `vocabulary.yaml`, those in a folder `parameters/`, those in a folder `benefits/`; others are ignored.
    ///
    /// # Errors
    /// Every mistake in every file, each with its place and a remedy, in the order of files and lines.
    pub fn load(
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let files: BTreeMap<String, String> = files.into_iter().collect();
        let mut diagnostics = Vec::new();
        let vocabulary = load_vocabulary(&files, &mut diagnostics);
        let shared = load_parameters(&files, &mut diagnostics);
        if !diagnostics.is_empty() {
            // Without what they share, the benefits are full of errors that are not their own.
            return Err(diagnostics);
        }
        let mut benefits: Vec<Benefit> = Vec::new();
        for (path, text) in files.iter().filter(|(path, _)| is_in(path, "benefits")) {
            let mut problems = Problems::new(path);
            if let Some(benefit) = load_benefit(text, &files, &vocabulary, &shared, &mut problems) {
                if let Some(other) = benefits.iter().find(|other| other.id == benefit.id) {
                    problems.at(
                        Position { line: 1, column: 1 },
                        format!("`{}` is declared in {} too", benefit.id, other.file),
                        "Keep one of the two files.",
                    );
                }
                benefits.push(benefit);
            }
            diagnostics.append(&mut problems.list);
        }
        // While a file cannot be read, relations to its benefit would be wrong for that reason alone.
        let relations = if diagnostics.is_empty() {
            relations::link(&benefits, &mut diagnostics)
        } else {
            Relations::default()
        };
        if diagnostics.is_empty() {
            return Ok(Self {
                vocabulary,
                shared,
                benefits,
                relations,
                digest: digest(files.iter()),
            });
        }
        diagnostics.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        Err(diagnostics)
    }

    /// Every benefit, in the order of their files.
    pub fn benefits(&self) -> impl Iterator<Item = &Benefit> {
        self.benefits.iter()
    }

    /// The benefit of this id.
    pub fn benefit(&self, id: &str) -> Option<&Benefit> {
        self.benefits.iter().find(|benefit| benefit.id == id)
    }

    /// The facts that rules may speak of.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    pub(crate) fn words(&self) -> Arc<Vocabulary> {
        self.vocabulary.clone()
    }

    /// Every parameter with all its dated values: the shared ones, then each benefit's own with its id.
    pub fn parameters(&self) -> impl Iterator<Item = (Option<&str>, &Parameter)> {
        let shared = self.shared.iter().map(|parameter| (None, &**parameter));
        let own = self.benefits.iter().flat_map(|benefit| {
            let own = benefit.parameters.iter().filter(|p| p.file == benefit.file);
            own.map(|parameter| (Some(benefit.id.as_str()), &**parameter))
        });
        shared.chain(own)
    }

    /// The parameters in force on a day whose value nobody has compared with its source for more than
    /// `max_age_days` (a year is 365), the longest ago first.
    pub fn stale_parameters(&self, on: Date, max_age_days: i64) -> Vec<StaleParameter> {
        let mut stale: Vec<StaleParameter> = self
            .parameters()
            .filter_map(|(benefit, parameter)| parameter.stale(benefit, on, max_age_days))
            .collect();
        stale.sort_by_key(|parameter| parameter.checked);
        stale
    }

    pub(crate) fn copy(&self) -> Self {
        Self {
            vocabulary: self.vocabulary.clone(),
            shared: self.shared.clone(),
            benefits: self.benefits.clone(),
            relations: self.relations.clone(),
            digest: self.digest.clone(),
        }
    }

    /// Puts a parameter in another's place wherever it is read; `mark` goes into the digests.
    pub(crate) fn replace(&mut self, old: &Arc<Parameter>, new: &Arc<Parameter>, mark: &str) {
        for shared in &mut self.shared {
            if shared.name == old.name && shared.file == old.file {
                *shared = new.clone();
            }
        }
        for benefit in &mut self.benefits {
            if reform::exchange(benefit, old, new) {
                benefit.digest = digest([(benefit.digest.as_str(), mark)].into_iter());
            }
        }
        self.digest = digest([(self.digest.as_str(), mark)].into_iter());
    }

    pub(crate) fn shared(&self) -> &[Arc<Parameter>] {
        &self.shared
    }

    /// Hex SHA-256 over the paths and texts of all files in the order of their paths.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// A household of which nothing is known yet.
    pub fn situation(&self) -> Situation {
        Situation::new(self.vocabulary.clone())
    }

    /// Reads a fact's value from text: `true`/`false`, YYYY-MM-DD, digits, an enum code, or any text.
    ///
    /// # Errors
    /// An unknown fact, or a text that its type does not allow; the message says what is expected.
    pub fn parse_value(&self, entity: Entity, fact: &str, text: &str) -> Result<Value, ValueError> {
        parse_value(&self.vocabulary, entity, fact, text)
    }

    /// What the law of a day says about a household: one finding per member where the benefit is one of persons,
    /// one finding where it is the household's.
    pub fn evaluate(&self, benefit: &Benefit, situation: &Situation, on: Date) -> Vec<Finding> {
        conclude::findings(benefit, situation, on)
    }

    /// What the law of a day says about a household when every benefit is looked at together: the findings of
    /// [`RuleBook::evaluate`] with their [`Finding::relations`], in the order in which they are to be applied for.
    ///
    /// A benefit that gives way to another (`prefer`) is not eligible, with the reason, and unknown while the other
    /// is; what another pays is taken off where the law says so. Where people choose, both stay as they are.
    pub fn evaluate_all(&self, situation: &Situation, on: Date) -> Vec<(&Benefit, Finding)> {
        household::evaluate_all(&self.benefits, &self.relations, situation, on)
    }

    /// For a member (or the household): the unknown facts that bear on an open outcome, each with the values on
    /// which it may turn: both truths, every declared value, numbers and dates on both sides of each boundary.
    /// [`Finding::deciding`] is worked out over these. Empty where nothing is open.
    pub fn representative_values(
        &self,
        benefit: &Benefit,
        situation: &Situation,
        on: Date,
        member: Option<&str>,
    ) -> Vec<(FactRef, Vec<Value>)> {
        conclude::representatives(benefit, situation, on, member)
    }

    /// Outcome and amount with the day until which they surely stay the same while the facts do, worked out from
    /// the rule and not by trying days.
    pub fn steady(&self, benefit: &Benefit, situation: &Situation, on: Date) -> Vec<Steady> {
        changes::steady(benefit, situation, on)
    }

    /// The days after `from`, up to and including `to`, on which the outcome or the amount changes while the
    /// facts stay as they are, in order. No change is missed, and only the days on which the rule may conclude
    /// otherwise are looked at: a year costs a handful of evaluations without reasons.
    pub fn changes(
        &self,
        benefit: &Benefit,
        situation: &Situation,
        from: Date,
        to: Date,
    ) -> Vec<Change> {
        self.outlook(benefit, situation, from, to, to).changes
    }

    /// The earliest of [`RuleBook::changes`] for each member (or the household) that has one.
    pub fn next_change(
        &self,
        benefit: &Benefit,
        situation: &Situation,
        from: Date,
        to: Date,
    ) -> Vec<Change> {
        self.outlook(benefit, situation, from, from, to).changes
    }

    /// What the law of a day says, with what is to come: all changes after `from` up to and including `through`,
    /// and for each member (or the household) the first after `through` up to `horizon`. One walk for what
    /// [`RuleBook::decide`], [`RuleBook::changes`] and [`RuleBook::next_change`] would walk anew.
    pub fn outlook(
        &self,
        benefit: &Benefit,
        situation: &Situation,
        from: Date,
        through: Date,
        horizon: Date,
    ) -> Outlook {
        changes::outlook(benefit, situation, from, through, horizon)
    }

    /// The earliest day after `from`, up to and including `to`, on which anything changes for a household while
    /// its facts stay as they are: an outcome, an amount, or the passing of a date of something it may have.
    /// `None` when nothing does.
    pub fn next_change_of_all(
        &self,
        situation: &Situation,
        from: Date,
        to: Date,
    ) -> Option<NextChange> {
        changes::next_change_of_all(&self.benefits, situation, from, to)
    }

    /// Outcome and amount for each member (or the household) on a day, without reasons: what a comparison of
    /// many households needs.
    pub fn decide(&self, benefit: &Benefit, situation: &Situation, on: Date) -> Vec<Decision> {
        changes::decisions(benefit, situation, on)
    }

    /// Runs the cases beside a benefit.
    pub fn run_cases(&self, benefit: &Benefit) -> Vec<CaseResult> {
        cases::run(benefit)
    }
}

fn is_in(path: &str, folder: &str) -> bool {
    let mut parts = path.rsplit('/');
    let yaml = parts.next().is_some_and(|name| name.ends_with(".yaml"));
    yaml && parts.next() == Some(folder)
}

fn load_vocabulary(
    files: &BTreeMap<String, String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Arc<Vocabulary> {
    let is_vocabulary = |path: &str| path.rsplit('/').next() == Some("vocabulary.yaml");
    let mut found = files.iter().filter(|(path, _)| is_vocabulary(path));
    let Some((path, text)) = found.next() else {
        let mut problems = Problems::new("vocabulary.yaml");
        problems.at(
            Position { line: 1, column: 1 },
            "there is no vocabulary.yaml",
            "Give it together with the other files.",
        );
        diagnostics.append(&mut problems.list);
        return Arc::default();
    };
    let mut problems = Problems::new(path);
    let vocabulary = match yaml::parse(path, text) {
        Ok(root) => Vocabulary::read(&root, &mut problems),
        Err(diagnostic) => {
            problems.list.push(diagnostic);
            Arc::default()
        }
    };
    diagnostics.append(&mut problems.list);
    vocabulary
}

fn load_parameters(
    files: &BTreeMap<String, String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Arc<Parameter>> {
    let mut shared: Vec<Arc<Parameter>> = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| is_in(path, "parameters")) {
        let mut problems = Problems::new(path);
        match yaml::parse(path, text) {
            Err(diagnostic) => problems.list.push(diagnostic),
            Ok(root) => {
                for parameter in read_parameters(&root, &mut problems) {
                    if let Some(other) = shared.iter().find(|other| other.name == parameter.name) {
                        problems.at(
                            parameter.at,
                            format!("`{}` is declared in {} too", parameter.name, other.file),
                            "Keep one of the two.",
                        );
                    }
                    shared.push(parameter);
                }
            }
        }
        diagnostics.append(&mut problems.list);
    }
    shared
}

fn read_parameters(root: &yaml::Node, problems: &mut Problems) -> Vec<Arc<Parameter>> {
    entries(root, problems)
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| Parameter::read(&entry.key, entry.at, &entry.value, problems))
        .map(Arc::new)
        .collect()
}

fn load_benefit(
    text: &str,
    files: &BTreeMap<String, String>,
    vocabulary: &Arc<Vocabulary>,
    shared: &[Arc<Parameter>],
    problems: &mut Problems,
) -> Option<Benefit> {
    let root = match yaml::parse(&problems.file, text) {
        Ok(root) => root,
        Err(diagnostic) => {
            problems.list.push(diagnostic);
            return None;
        }
    };
    let own = match &root.kind {
        yaml::Kind::Map(entries) => entries.iter().find(|entry| entry.key == "parameters"),
        _ => None,
    };
    let mut parameters = own.map_or(Vec::new(), |own| read_parameters(&own.value, problems));
    // A benefit's own parameter hides a shared one of the same name. Only what the text mentions is kept.
    for candidate in shared {
        let hidden = parameters.iter().any(|own| own.name == candidate.name);
        if !hidden && mentions(text, &candidate.name) {
            parameters.push(candidate.clone());
        }
    }
    let path = problems.file.clone();
    let mut benefit = read_benefit::read(&root, vocabulary, parameters, problems)?;
    let place = |key: &str| match &root.kind {
        yaml::Kind::Map(entries) => entries.iter().find(|entry| entry.key == key),
        _ => None,
    };
    let place = |key: &str| place(key).map_or(root.at, |entry| entry.at);
    if problems.list.is_empty() {
        intervals::check(&benefit, vocabulary, place, problems);
    }
    let mut sources: BTreeMap<&str, &str> = BTreeMap::from([(path.as_str(), text)]);
    for parameter in benefit.parameters.iter().filter(|p| p.file != path) {
        if let Some((path, text)) = files.get_key_value(&parameter.file) {
            sources.insert(path, text);
        }
    }
    benefit.digest = digest(sources.iter());
    Some(benefit)
}

fn mentions(text: &str, parameter: &str) -> bool {
    let written = format!("param.{parameter}");
    text.match_indices(&written).any(|(at, _)| {
        let next = text[at + written.len()..].chars().next();
        !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// Length-prefixed, so that no two lists of files hash alike.
fn digest<P: AsRef<str>, T: AsRef<str>>(sources: impl Iterator<Item = (P, T)>) -> String {
    let mut hasher = Sha256::new();
    for (path, text) in sources {
        for part in [path.as_ref(), text.as_ref()] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
