//! Whom a plan is run over: persons group by group, with the columns that it was made for.

use std::ops::Range;

use super::form::{Form, View};
use super::graph::{Level, MAX_MEMBERS};
use super::plan::Plan;

/// A column of inputs, of every person or group.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// Numerators over the denominator of the input.
    Numbers(&'a [i64]),
    SmallNumbers(&'a [i32]),
    Truths(&'a [bool]),
    /// Days since 1970.
    Days(&'a [i32]),
    /// Indices into the codes of the variable's enum.
    Codes(&'a [u8]),
}

impl<'a> Values<'a> {
    fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::SmallNumbers(values) | Self::Days(values) => values.len(),
            Self::Truths(values) => values.len(),
            Self::Codes(values) => values.len(),
        }
    }

    pub(super) fn view(&self, rows: &Range<usize>) -> View<'a> {
        match self {
            Self::Numbers(values) => View::Wide(&values[rows.clone()]),
            Self::SmallNumbers(values) | Self::Days(values) => View::Narrow(&values[rows.clone()]),
            Self::Truths(values) => View::Bits(&values[rows.clone()]),
            Self::Codes(values) => View::Codes(&values[rows.clone()]),
        }
    }
}

/// Why columns do not suit a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    #[error("{told} columns for {wanted} inputs; give one for each, in their order")]
    Columns { told: usize, wanted: usize },
    #[error(
        "column {column} has {rows} rows, and there are {wanted}; give one value for each person or group"
    )]
    Rows {
        column: usize,
        rows: usize,
        wanted: usize,
    },
    #[error("column {column} holds something else than its input; tell the input as what it holds")]
    Kind { column: usize },
    #[error("row {row} of column {column} is beyond the bounds of its input; tell wider bounds")]
    Bounds { column: usize, row: usize },
    #[error(
        "the offsets of groups must rise from 0 to the {persons} persons; mend the one at {at}"
    )]
    Offsets { at: usize, persons: usize },
    #[error("group {0} has more than 10,000 members; divide it")]
    Large(usize),
    #[error("group {0} has no members, and least and greatest of nobody are nothing; leave it out")]
    Empty(usize),
    #[error(
        "the role of person {0} is not one of the group's; give the index of a role for each person"
    )]
    Role(usize),
}

/// Persons and groups with their columns, checked against what a plan was proven for.
#[derive(Debug)]
pub struct Population<'a> {
    pub(super) persons: usize,
    /// The first person of each group, and the number of all.
    pub(super) offsets: &'a [u32],
    pub(super) roles: &'a [u8],
    pub(super) values: Vec<Values<'a>>,
}

impl Population<'_> {
    pub fn persons(&self) -> usize {
        self.persons
    }

    pub fn groups(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }
}

impl Plan {
    /// Persons who stand group by group: `offsets` has the first person of each group and the number of all, `roles` the
    /// index of each person's role among those of the group, `values` a column for each input. A plan that is about no
    /// groups takes empty `offsets` and `roles`.
    ///
    /// # Errors
    /// The first thing that the plan was not made for; nothing is computed from values beyond their bounds.
    pub fn population<'a>(
        &self,
        persons: usize,
        offsets: &'a [u32],
        roles: &'a [u8],
        values: Vec<Values<'a>>,
    ) -> Result<Population<'a>, Misfit> {
        if self.grouped {
            self.check_groups(persons, offsets, roles)?;
        }
        if values.len() != self.inputs.len() {
            return Err(Misfit::Columns {
                told: values.len(),
                wanted: self.inputs.len(),
            });
        }
        let population = Population {
            persons,
            offsets,
            roles,
            values,
        };
        for (column, (level, form)) in self.inputs.iter().enumerate() {
            let rows = population.values[column].len();
            let wanted = match level {
                Level::Group => population.groups(),
                _ => persons,
            };
            if rows != wanted {
                return Err(Misfit::Rows {
                    column,
                    rows,
                    wanted,
                });
            }
            check_values(column, form, &population.values[column])?;
        }
        Ok(population)
    }

    fn check_groups(&self, persons: usize, offsets: &[u32], roles: &[u8]) -> Result<(), Misfit> {
        let broken = |at| Misfit::Offsets { at, persons };
        if offsets.first() != Some(&0) {
            return Err(broken(0));
        }
        let size = |pair: &[u32]| pair[1].checked_sub(pair[0]).map(i64::from);
        let least = i64::from(self.needs_members);
        let fits = |size: Option<i64>| size.is_some_and(|it| (least..=MAX_MEMBERS).contains(&it));
        if let Some(group) = offsets.windows(2).position(|pair| !fits(size(pair))) {
            return Err(match size(&offsets[group..]) {
                None => broken(group + 1),
                Some(0) => Misfit::Empty(group),
                Some(_) => Misfit::Large(group),
            });
        }
        if offsets.last().map(|last| *last as usize) != Some(persons) {
            return Err(broken(offsets.len() - 1));
        }
        let known = |role: &u8| usize::from(*role) < self.roles;
        if roles.len() != persons || !roles.iter().fold(true, |all, role| all & known(role)) {
            let first = roles.iter().position(|role| !known(role));
            return Err(Misfit::Role(first.unwrap_or(roles.len())));
        }
        Ok(())
    }
}

fn check_values(column: usize, form: &Form, values: &Values<'_>) -> Result<(), Misfit> {
    let beyond = match (form, values) {
        (Form::Number(number), Values::Numbers(values)) if number.wide => {
            outside(values, number.low, number.high)
        }
        (Form::Number(number), Values::SmallNumbers(values)) if !number.wide => {
            // Bounds of a narrow column are 32-bit ones.
            outside(values, number.low as i32, number.high as i32)
        }
        (Form::Days(low, high), Values::Days(values)) => outside(values, *low, *high),
        (Form::Codes(codes), Values::Codes(values)) => {
            let last = u8::try_from(codes.len().saturating_sub(1)).unwrap_or(u8::MAX);
            outside(values, 0, last)
        }
        (Form::Bits, Values::Truths(_)) => None,
        _ => return Err(Misfit::Kind { column }),
    };
    match beyond {
        None => Ok(()),
        Some(row) => Err(Misfit::Bounds { column, row }),
    }
}

/// The first value that is not within bounds; all are looked at without a branch first.
fn outside<T: Copy + PartialOrd>(values: &[T], low: T, high: T) -> Option<usize> {
    let beyond = |value: T| (value < low) | (value > high);
    let any = values.iter().fold(false, |any, value| any | beyond(*value));
    if any {
        values.iter().position(|value| beyond(*value))
    } else {
        None
    }
}
