//! What forms and results of several kinds of questions share.

use serde::Deserialize;
use web::{FormErrors, Frame, Problem, Scope};

use crate::app::App;
use crate::areas::aide::actions;
use crate::areas::aide::model::Run;
use crate::areas::aide::pages::finding::Entry;
use crate::areas::aide::said::Said;

/// What a form begins with.
#[derive(Deserialize)]
pub(super) struct Begin {
    /// A run whose question is to be changed.
    #[serde(default)]
    pub(super) run: String,
    /// A figure of the law to begin with: `child-allowance/base`.
    #[serde(default)]
    pub(super) parameter: String,
}

/// The run that a form begins with, where it names one.
pub(super) async fn begun(app: &App, scope: Scope, begin: &Begin) -> Result<Option<Run>, Problem> {
    if begin.run.is_empty() {
        return Ok(None);
    }
    let id = begin.run.parse().map_err(|_| Problem::not_found())?;
    let run = app.core.look(move |tx| actions::run(tx, &scope, id));
    Ok(Some(run.await?))
}

/// A sentence in the reader's words.
pub(super) fn say(frame: &Frame, said: &Said) -> String {
    said.told(|key, args| frame.say(key, args))
}

pub(super) fn said(frame: &Frame, all: &[Said]) -> Vec<String> {
    all.iter().map(|it| say(frame, it)).collect()
}

/// A decimal text as a number to draw.
pub(super) fn text_value(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// What was typed into a field, and what is wrong with it.
pub(super) fn entry(value: &str, errors: &FormErrors, field: &str) -> Entry {
    Entry {
        value: value.to_owned(),
        error: errors.at(field).to_owned(),
    }
}

/// A whole number as people write it.
pub(super) fn whole(text: &str) -> Option<i64> {
    let digits: String = text
        .trim_end_matches(['원', '%', '₩'])
        .chars()
        .filter(|it| !it.is_whitespace() && *it != ',')
        .collect();
    digits.parse().ok()
}

/// `95`, or `90 95 99` for the least, the likeliest and the most; each read by `read`.
pub(super) fn three(text: &str, read: impl Fn(&str) -> Option<i64>) -> Option<[i64; 3]> {
    let parts = text.split(|it: char| it.is_whitespace() || matches!(it, '~' | '/' | ';'));
    let parts = parts
        .map(|it| it.trim_end_matches('%'))
        .filter(|it| !it.is_empty());
    let numbers: Option<Vec<i64>> = parts.map(read).collect();
    match numbers?.as_slice() {
        [it] => Some([*it; 3]),
        [low, mid, high] => Some([*low, *mid, *high]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_sure_is_one_number_or_three() {
        assert_eq!(three("95", whole), Some([95, 95, 95]));
        assert_eq!(three("90 95 99", whole), Some([90, 95, 99]));
        assert_eq!(three("90% ~ 95% ~ 99%", whole), Some([90, 95, 99]));
        assert_eq!(three("90 95", whole), None);
        assert_eq!(three("", whole), None);
        assert_eq!(three("많이", whole), None);
    }
}
