//! A reform: other values of parameters, or other texts of law. Which book it makes of the country's.

use std::collections::BTreeMap;
use std::fmt;

use rules::{ParameterChange, RuleBook};
use serde::{Deserialize, Serialize};

use crate::country::{CountryFiles, is_law};

pub use super::effects::{BenefitEffect, By, Effects, GroupEffect, PovertyEffect, effects};

/// What a decision maker would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reform {
    /// Other values of parameters.
    #[serde(default)]
    pub changes: Vec<ParameterChange>,
    /// Whole texts of law by their path in the country folder, such as `benefits/child-allowance.yaml`: in place of
    /// what stands there, or beside it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

/// What is wrong with a reform, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads a reform as a file has it:
///
/// ```yaml
/// changes:
///   - {benefit: child-allowance, parameter: base, from: 2027-01-01, values: [150000]}
/// files:
///   benefits/new-benefit.yaml: |
///     id: new-benefit
///     …
/// ```
///
/// # Errors
/// What is no such file, with line and column.
pub fn read(text: &str) -> Result<Reform, Fault> {
    let reform: Reform = serde_saphyr::from_str(text).map_err(|fault| Fault(fault.to_string()))?;
    if reform == Reform::default() {
        return Err(Fault(
            "nothing is changed: name parameters under `changes`, or texts of law under `files`."
                .to_owned(),
        ));
    }
    Ok(reform)
}

/// The law as the reform would have it.
///
/// # Errors
/// Everything that is wrong with its texts of law, or the first value that cannot be changed so.
pub fn law(book: &RuleBook, files: &CountryFiles, reform: &Reform) -> Result<RuleBook, Vec<Fault>> {
    let faults = |error: rules::ReformError| vec![Fault(error.to_string())];
    if reform.files.is_empty() {
        return book.reformed(&reform.changes).map_err(faults);
    }
    let strange = reform.files.keys().filter(|path| !is_law(path));
    let strange: Vec<Fault> = strange
        .map(|path| {
            Fault(format!(
                "{path}: no text of law lies there. Name a file in benefits/ or parameters/."
            ))
        })
        .collect();
    if !strange.is_empty() {
        return Err(strange);
    }
    let mut texts: BTreeMap<String, String> = files.law().cloned().collect();
    texts.extend(reform.files.clone());
    let book = RuleBook::load(texts).map_err(|all| {
        all.iter()
            .map(|it| Fault(it.to_string()))
            .collect::<Vec<_>>()
    })?;
    book.reformed(&reform.changes).map_err(faults)
}
