//! On which day the conclusion becomes another one while the facts stay the same: a birthday, a new year's
//! amounts, the end of a law.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::benefit::Benefit;
use crate::conclude::subjects;
use crate::evaluate::{Evaluator, parameters_on};
use crate::finding::Outcome;
use crate::situation::Situation;

/// Outcome and amount alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub outcome: Outcome,
    /// In won; `None` when not eligible, in kind, or not known yet.
    pub amount: Option<i64>,
}

/// A day on which the decision about a member, or about the household, becomes another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The first day of the new decision.
    pub date: Date,
    pub member: Option<String>,
    pub before: Decision,
    pub after: Decision,
}

pub(crate) fn decisions(benefit: &Benefit, situation: &Situation, on: Date) -> Vec<Decision> {
    let parameters = parameters_on(benefit, on);
    subjects(benefit, situation)
        .map(|member| {
            let (outcome, amount) =
                Evaluator::new(benefit, situation, on, &parameters, member).decide();
            Decision { outcome, amount }
        })
        .collect()
}

pub(crate) fn changes(
    benefit: &Benefit,
    situation: &Situation,
    from: Date,
    to: Date,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut before = decisions(benefit, situation, from);
    let mut day = from;
    while day < to {
        let Ok(next) = day.tomorrow() else {
            break;
        };
        day = next;
        let after = decisions(benefit, situation, day);
        for (member, (before, after)) in subjects(benefit, situation).zip(before.iter().zip(&after))
        {
            if before != after {
                changes.push(Change {
                    date: day,
                    member: member.map(|index| situation.member_key(index).to_owned()),
                    before: *before,
                    after: *after,
                });
            }
        }
        before = after;
    }
    changes
}
