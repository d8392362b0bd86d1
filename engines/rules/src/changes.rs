//! On which day the conclusion becomes another one while the facts stay the same: a birthday, a new year's
//! amounts, the end of a law. Walks from one day on which the rule may conclude otherwise to the next.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::benefit::Benefit;
use crate::conclude::subjects;
use crate::evaluate::{Evaluator, parameters_on};
use crate::expression::DateExpr;
use crate::finding::Outcome;
use crate::motion::Motions;
use crate::situation::Situation;

/// Outcome and amount alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub outcome: Outcome,
    /// In won; `None` when not eligible, in kind, or not known yet.
    pub amount: Option<i64>,
}

/// A decision and how long it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steady {
    pub decision: Decision,
    /// It is the same on every day before this one, which lies after the day asked about (the end of the
    /// calendar: for ever). On this day it may be another, and may be the same still.
    pub until: Date,
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

/// What a rule says on a day, and what is to come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// For each member, or for the household.
    pub now: Vec<Decision>,
    /// Beside each of these, the last day to ask for it; `None` when not eligible, without one, or not known yet.
    pub last_days: Vec<Option<Date>>,
    /// In the order of their days: for each member, or for the household, all up to and including a day, and
    /// the first after it up to a horizon.
    pub changes: Vec<Change>,
}

/// What happens when a date of a finding passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneKind {
    /// The first day for which it is given.
    PeriodBegins,
    /// The first day for which it is no longer given.
    PeriodEnds,
    /// The day after the last day to apply.
    DeadlinePassed,
    /// The day after the last day to use it.
    UseByPassed,
}

/// The passing of a date of something a household may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    pub benefit: String,
    pub member: Option<String>,
    pub kind: MilestoneKind,
}

/// Everything that changes on the earliest day on which anything does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextChange {
    pub date: Date,
    /// Benefit ids with the decisions that become others, in the order of files and members.
    pub decisions: Vec<(String, Change)>,
    pub milestones: Vec<Milestone>,
}

pub(crate) fn decisions(benefit: &Benefit, situation: &Situation, on: Date) -> Vec<Decision> {
    let parameters = parameters_on(benefit, on);
    subjects(benefit, situation)
        .map(|member| decision(&Evaluator::new(benefit, situation, on, &parameters, member)))
        .collect()
}

fn decision(evaluator: &Evaluator<'_>) -> Decision {
    let (outcome, amount) = evaluator.decide();
    Decision { outcome, amount }
}

pub(crate) fn steady(benefit: &Benefit, situation: &Situation, on: Date) -> Vec<Steady> {
    let parameters = parameters_on(benefit, on);
    subjects(benefit, situation)
        .map(|member| {
            let evaluator = Evaluator::new(benefit, situation, on, &parameters, member);
            Steady {
                decision: decision(&evaluator),
                until: Motions::new(&evaluator).decision(),
            }
        })
        .collect()
}

pub(crate) fn outlook(
    benefit: &Benefit,
    situation: &Situation,
    from: Date,
    through: Date,
    horizon: Date,
) -> Outlook {
    let mut outlook = Outlook::default();
    for member in subjects(benefit, situation) {
        let subject = About {
            benefit,
            situation,
            member,
        };
        let now = subject.walk(from, through, horizon, &mut outlook.changes);
        let last_day = match now.outcome {
            Outcome::Eligible => subject.on(from, |it| it.last_day()),
            _ => None,
        };
        outlook.now.push(now);
        outlook.last_days.push(last_day);
    }
    // Stable: on one day the members stay in their order.
    outlook.changes.sort_by_key(|change| change.date);
    outlook
}

pub(crate) fn next_change_of_all(
    benefits: &[Benefit],
    situation: &Situation,
    from: Date,
    mut to: Date,
) -> Option<NextChange> {
    let mut next: Option<NextChange> = None;
    for benefit in benefits {
        for member in subjects(benefit, situation) {
            let subject = About {
                benefit,
                situation,
                member,
            };
            let Some(found) = subject.next(from, to) else {
                continue;
            };
            // Nothing later than the earliest so far is looked for.
            to = found.date;
            match &mut next {
                Some(next) if next.date == found.date => {
                    next.decisions.extend(found.decisions);
                    next.milestones.extend(found.milestones);
                }
                _ => next = Some(found),
            }
        }
    }
    next
}

/// One benefit, one household, one person of it (or the household itself).
#[derive(Clone, Copy)]
struct About<'a> {
    benefit: &'a Benefit,
    situation: &'a Situation,
    member: Option<usize>,
}

impl About<'_> {
    fn on<T>(&self, day: Date, ask: impl FnOnce(&Evaluator<'_>) -> T) -> T {
        let parameters = parameters_on(self.benefit, day);
        let (benefit, situation) = (self.benefit, self.situation);
        ask(&Evaluator::new(
            benefit,
            situation,
            day,
            &parameters,
            self.member,
        ))
    }

    fn key(&self) -> Option<String> {
        self.member
            .map(|index| self.situation.member_key(index).to_owned())
    }

    fn change(&self, date: Date, before: Decision, after: Decision) -> Change {
        Change {
            date,
            member: self.key(),
            before,
            after,
        }
    }

    /// The decision on `from`; adds the changes after it as [`Outlook::changes`] has them.
    fn walk(
        &self,
        from: Date,
        through: Date,
        horizon: Date,
        changes: &mut Vec<Change>,
    ) -> Decision {
        let look = |day| {
            self.on(day, |evaluator| {
                let until = Motions::new(evaluator).decision();
                (decision(evaluator), until)
            })
        };
        let (now, mut next) = look(from);
        let mut before = now;
        while next <= horizon {
            let (after, until) = look(next);
            if after != before {
                changes.push(self.change(next, before, after));
                if next > through {
                    break;
                }
                before = after;
            }
            if until <= next {
                break;
            }
            next = until;
        }
        now
    }

    /// The first change or milestone after `from`, up to and including `to`.
    fn next(&self, from: Date, to: Date) -> Option<NextChange> {
        let mut day = from;
        let mut before = None;
        let mut dates: Vec<(Date, MilestoneKind)> = Vec::new();
        while day <= to {
            let (decision, until, ahead) = self.on(day, |evaluator| {
                let decision = decision(evaluator);
                let motions = Motions::new(evaluator);
                let mut until = motions.decision();
                let ahead = match decision.outcome {
                    Outcome::Eligible => self.milestones(evaluator, &motions, &mut until),
                    _ => Vec::new(),
                };
                (decision, until, ahead)
            });
            let changed = before.filter(|before| *before != decision);
            if changed.is_some() || dates.iter().any(|(date, _)| *date == day) {
                let change = changed.map(|before| self.change(day, before, decision));
                return Some(self.found(day, change, &dates));
            }
            before = Some(decision);
            dates = ahead;
            let passed = dates.iter().map(|(date, _)| *date);
            let first = passed.filter(|date| *date < until && *date <= to).min();
            if let Some(first) = first {
                return Some(self.found(first, None, &dates));
            }
            if until <= day {
                break;
            }
            day = until;
        }
        None
    }

    fn found(
        &self,
        date: Date,
        change: Option<Change>,
        dates: &[(Date, MilestoneKind)],
    ) -> NextChange {
        let passed = dates.iter().filter(|(passed, _)| *passed == date);
        NextChange {
            date,
            decisions: change
                .map(|change| (self.benefit.id.clone(), change))
                .into_iter()
                .collect(),
            milestones: passed
                .map(|(_, kind)| Milestone {
                    benefit: self.benefit.id.clone(),
                    member: self.key(),
                    kind: *kind,
                })
                .collect(),
        }
    }

    /// The days after the day asked about on which a date of the finding passes, as far as these dates stay where
    /// they are until then; a date that moves along with the day never passes.
    fn milestones(
        &self,
        evaluator: &Evaluator<'_>,
        motions: &Motions<'_, '_>,
        until: &mut Date,
    ) -> Vec<(Date, MilestoneKind)> {
        let benefit = self.benefit;
        let period = benefit.period.as_ref();
        let deadline = benefit.deadline.as_ref();
        let told: [(Option<&DateExpr>, MilestoneKind); 4] = [
            (
                period.and_then(|it| it.from.as_ref()),
                MilestoneKind::PeriodBegins,
            ),
            (
                period.and_then(|it| it.until.as_ref()),
                MilestoneKind::PeriodEnds,
            ),
            (
                deadline.and_then(|it| it.by.as_ref()),
                MilestoneKind::DeadlinePassed,
            ),
            (benefit.use_by.as_ref(), MilestoneKind::UseByPassed),
        ];
        let mut dates = Vec::new();
        for (expression, kind) in told {
            let Some(expression) = expression else {
                continue;
            };
            let motion = motions.date(expression, &evaluator.scope);
            *until = (*until).min(motion.until);
            let Some(date) = evaluator.date(expression, &evaluator.scope).known() else {
                continue;
            };
            let date = match kind {
                MilestoneKind::PeriodBegins | MilestoneKind::PeriodEnds => Some(date),
                MilestoneKind::DeadlinePassed | MilestoneKind::UseByPassed => date.tomorrow().ok(),
            };
            if let Some(date) = date.filter(|date| *date > evaluator.on && motion.drift == 0) {
                dates.push((date, kind));
            }
        }
        dates
    }
}
