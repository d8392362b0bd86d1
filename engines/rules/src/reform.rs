//! The same law with other values of its parameters: what a reform would change without another word of it.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::benefit::Benefit;
use crate::book::RuleBook;
use crate::diagnostic::{Position, suggestion};
use crate::parameters::{DatedValue, Parameter, ParameterValue};

/// Another value of a parameter from a day on; later values of the law fall away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterChange {
    /// The benefit that it belongs to; `None` for a shared one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefit: Option<String>,
    pub parameter: String,
    pub from: Date,
    /// One value, or all of a table.
    pub values: Vec<i64>,
}

/// Why a change cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReformError {
    #[error("there is no benefit `{name}`. {hint}")]
    UnknownBenefit { name: String, hint: String },
    #[error("{whose} has no parameter `{name}`. {hint}")]
    UnknownParameter {
        whose: String,
        name: String,
        hint: String,
    },
    #[error("`{parameter}` is {expected}; {found} values are given")]
    Shape {
        parameter: String,
        expected: &'static str,
        found: usize,
    },
    #[error("`{parameter}`: {value} is not between {least} and {greatest} {unit}")]
    Bounds {
        parameter: String,
        value: i64,
        least: i64,
        greatest: i64,
        unit: crate::vocabulary::Unit,
    },
}

impl RuleBook {
    /// The book with other values of its parameters. The digests of the book and of every benefit that reads a
    /// changed value are others; the rest of the law is as it was.
    ///
    /// # Errors
    /// A benefit or a parameter that the book does not have, with the nearest it has; values of another shape or
    /// beyond what their unit can be.
    pub fn reformed(&self, changes: &[ParameterChange]) -> Result<Self, ReformError> {
        let mut book = self.copy();
        for change in changes {
            let old = book.parameter_of(change)?;
            let new = Arc::new(changed(&old, change)?);
            book.replace(&old, &new, &format!("{change:?}"));
        }
        Ok(book)
    }

    fn parameter_of(&self, change: &ParameterChange) -> Result<Arc<Parameter>, ReformError> {
        let (whose, own): (String, Vec<&Arc<Parameter>>) = match &change.benefit {
            None => (
                "what benefits share".to_owned(),
                self.shared().iter().collect(),
            ),
            Some(id) => {
                let benefit = self
                    .benefit(id)
                    .ok_or_else(|| ReformError::UnknownBenefit {
                        name: id.clone(),
                        hint: {
                            let ids: Vec<&str> = self.benefits().map(|it| it.id.as_str()).collect();
                            suggestion(id, ids.iter().copied())
                        },
                    })?;
                let is_own = |it: &&Arc<Parameter>| it.file == benefit.file;
                (
                    format!("`{id}`"),
                    benefit.parameters.iter().filter(is_own).collect(),
                )
            }
        };
        let found = own.iter().find(|it| it.name == change.parameter);
        found
            .map(|it| (*it).clone())
            .ok_or_else(|| ReformError::UnknownParameter {
                whose,
                name: change.parameter.clone(),
                hint: suggestion(&change.parameter, own.iter().map(|it| it.name.as_str())),
            })
    }
}

/// The parameter with the value from the day on.
fn changed(old: &Parameter, change: &ParameterChange) -> Result<Parameter, ReformError> {
    let shape = |expected| ReformError::Shape {
        parameter: change.parameter.clone(),
        expected,
        found: change.values.len(),
    };
    let value = match (&change.values[..], old.by) {
        ([only], None) => ParameterValue::Single(*only),
        (_, None) => return Err(shape("one value")),
        ([], Some(_)) => return Err(shape("a table")),
        (values, Some(_)) => ParameterValue::Table(values.to_vec()),
    };
    let (least, greatest) = old.unit.bounds();
    if let Some(value) = change
        .values
        .iter()
        .find(|it| !(least..=greatest).contains(*it))
    {
        return Err(ReformError::Bounds {
            parameter: change.parameter.clone(),
            value: *value,
            least,
            greatest,
            unit: old.unit,
        });
    }
    let mut new = old.clone();
    new.values.retain(|it| it.from < change.from);
    if let Some(last) = new.values.last_mut() {
        // What ended before stays ended; the new value begins when it says.
        last.to = last.to.filter(|to| *to < change.from);
    }
    new.values.push(DatedValue {
        from: change.from,
        to: None,
        value,
        source: "reform".to_owned(),
        checked: change.from,
        unverified: true,
        note: None,
        at: Position::default(),
    });
    Ok(new)
}

/// Puts a parameter in another's place; whether the benefit had it.
pub(crate) fn exchange(benefit: &mut Benefit, old: &Arc<Parameter>, new: &Arc<Parameter>) -> bool {
    let is_it = |it: &Arc<Parameter>| it.name == old.name && it.file == old.file;
    let mut had = false;
    for parameter in benefit.parameters.iter_mut().filter(|it| is_it(it)) {
        *parameter = new.clone();
        had = true;
    }
    had
}
