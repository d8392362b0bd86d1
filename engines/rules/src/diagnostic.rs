//! What is wrong in a file of law, where, and how to mend it.

use std::fmt;

/// A place in a file; both counts start at 1, columns count characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// One error of a file of law. Nothing is loaded while one remains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The path as it was given to [`crate::RuleBook::load`].
    pub file: String,
    pub line: usize,
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}\n  {}",
            self.file, self.line, self.column, self.message, self.remedy
        )
    }
}

/// Gathers the diagnostics of one file, so that a reader sees all of them at once.
#[derive(Debug)]
pub(crate) struct Problems {
    pub file: String,
    pub list: Vec<Diagnostic>,
}

impl Problems {
    pub fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            list: Vec::new(),
        }
    }

    pub fn at(&mut self, at: Position, message: impl Into<String>, remedy: impl Into<String>) {
        self.list.push(Diagnostic {
            file: self.file.clone(),
            line: at.line,
            column: at.column,
            message: message.into(),
            remedy: remedy.into(),
        });
    }
}

/// The candidate nearest to `name` by edit distance, when near enough to be what was meant.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 2).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// “Did you mean `x`?”, or the list of what there is.
pub(crate) fn suggestion<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    match nearest(name, candidates.clone()) {
        Some(candidate) => format!("Did you mean `{candidate}`?"),
        None => {
            let known: Vec<&str> = candidates.into_iter().take(40).collect();
            if known.is_empty() {
                "None is declared: declare it first.".to_owned()
            } else {
                format!("Use one of: {}.", known.join(", "))
            }
        }
    }
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_when_it_is_near() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(nearest("incom", ["income", "born"]), Some("income"));
        assert_eq!(nearest("xyz", ["income", "born"]), None);
    }
}
