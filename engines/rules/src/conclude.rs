//! From a benefit and a household to a finding.

use jiff::civil::Date;

use crate::benefit::{Benefit, BenefitUnit, Deadline, PaidFrom};
use crate::evaluate::{Evaluator, parameters_on};
use crate::expression::{Condition, DateExpr, Test};
use crate::finding::{Amount, Claim, Finding, Granted, Outcome};
use crate::situation::{FactRef, FactSet, Situation, Stored, Value};
use crate::truth::{Answer, Truth};
use crate::vocabulary::{Entity, Unit};

/// The household fact that a benefit's territory is compared with.
pub(crate) const TERRITORY_FACT: &str = "municipality";

/// One finding per member, or one for the household.
pub(crate) fn findings(benefit: &Benefit, situation: &Situation, on: Date) -> Vec<Finding> {
    let parameters = parameters_on(benefit, on);
    subjects(benefit, situation)
        .map(|member| {
            let evaluator = Evaluator::new(benefit, situation, on, &parameters, member);
            evaluator.finding(member)
        })
        .collect()
}

/// The unknown facts that bear on an open outcome, with the values on which it may turn.
pub(crate) fn representatives(
    benefit: &Benefit,
    situation: &Situation,
    on: Date,
    member: Option<&str>,
) -> Vec<(FactRef, Vec<Value>)> {
    let parameters = parameters_on(benefit, on);
    let found = subjects(benefit, situation)
        .find(|subject| subject.map(|index| situation.member_key(index)) == member);
    let Some(subject) = found else {
        return Vec::new();
    };
    let evaluator = Evaluator::new(benefit, situation, on, &parameters, subject);
    match evaluator.outcome() {
        Outcome::Unknown => evaluator.representatives(),
        _ => Vec::new(),
    }
}

/// Whom a benefit is asked of: every member, or the household (`None`).
pub(crate) fn subjects(
    benefit: &Benefit,
    situation: &Situation,
) -> impl Iterator<Item = Option<usize>> + use<> {
    let (household, members) = match benefit.unit {
        BenefitUnit::Household => (Some(None), 0),
        BenefitUnit::Person => (None, situation.member_count()),
    };
    household.into_iter().chain((0..members).map(Some))
}

impl Evaluator<'_> {
    fn finding(&self, member: Option<usize>) -> Finding {
        let truth = self.outcome_truth();
        let amount = self.amount();
        let outcome = settle(truth, &amount);
        let mut missing = FactSet::default();
        match outcome {
            Outcome::Unknown => self.missing_outcome(&mut missing),
            Outcome::Eligible => {
                self.missing_amount(&mut missing);
                self.missing_dates(&mut missing);
            }
            Outcome::NotEligible => {}
        }
        let granted = outcome != Outcome::NotEligible;
        let dates = |expression: &Option<DateExpr>| {
            expression
                .as_ref()
                .and_then(|e| self.date(e, &self.scope).known())
        };
        let benefit = self.benefit;
        let period = benefit.period.as_ref().filter(|_| granted);
        Finding {
            member: member.map(|index| self.situation.member_key(index).to_owned()),
            outcome,
            amount: granted.then(|| self.told_amount(&amount)).flatten(),
            period: period.map(|period| Granted {
                kind: period.kind,
                from: dates(&period.from),
                until: dates(&period.until),
            }),
            use_by: if granted {
                dates(&benefit.use_by)
            } else {
                None
            },
            deadline: granted.then(|| self.last_day()).flatten(),
            claim: benefit
                .deadline
                .as_ref()
                .filter(|_| granted)
                .map(|deadline| self.claim(deadline)),
            in_territory: self.territory().satisfied(),
            reasons: self.reasons(&amount),
            missing: self.situation.references(&missing),
            deciding: match outcome {
                Outcome::Unknown => self.deciding(),
                _ => Vec::new(),
            },
            needs: if granted {
                self.needs(member)
            } else {
                Vec::new()
            },
            relations: Vec::new(),
        }
    }

    /// What an application today brings. It reaches back while it is in time, where the law says so.
    fn claim(&self, deadline: &Deadline) -> Claim {
        let date = |expression: &Option<DateExpr>| {
            let expression = expression.as_ref()?;
            self.date(expression, &self.scope).known()
        };
        let in_time = date(&deadline.by).map(|by| self.on <= by);
        let period = self.benefit.period.as_ref();
        let begins = period.and_then(|period| date(&period.from));
        let stated = period.is_some_and(|period| period.from.is_some());
        let claimed = |from| match from {
            PaidFrom::ClaimDay => Some(self.on),
            PaidFrom::ClaimMonth => Some(self.on.first_of_month()),
            PaidFrom::NextMonth => self.on.last_of_month().tomorrow().ok(),
        };
        let paid_from = match (deadline.back_dated, in_time) {
            (true, Some(true)) => begins,
            (true, None) if deadline.by.is_some() => None,
            // Never before it begins; a beginning that is not known may lie ahead.
            _ if stated && begins.is_none() => None,
            _ => deadline
                .paid_from
                .and_then(claimed)
                .map(|day| begins.map_or(day, |begins| day.max(begins))),
        };
        Claim {
            back_dated: deadline.back_dated,
            in_time,
            paid_from,
        }
    }

    /// The last day to ask for it, as far as it is known.
    pub fn last_day(&self) -> Option<Date> {
        let by = self.benefit.deadline.as_ref()?.by.as_ref()?;
        self.date(by, &self.scope).known()
    }

    /// Outcome and amount alone, without reasons.
    pub fn decide(&self) -> (Outcome, Option<i64>) {
        let amount = self.amount();
        let outcome = settle(self.outcome_truth(), &amount);
        let value = match outcome {
            Outcome::NotEligible => None,
            _ => amount.and_then(|(value, _)| value.known()),
        };
        (outcome, value)
    }

    pub fn outcome(&self) -> Outcome {
        match self.outcome_truth() {
            truth if truth.satisfied() == Some(false) => Outcome::NotEligible,
            truth => settle(truth, &self.amount()),
        }
    }

    /// Whether the law of the day, the territory and the condition grant it.
    pub fn outcome_truth(&self) -> Truth {
        if !self.benefit.in_force.contains(self.on) {
            return Truth::FALSE;
        }
        match self.territory() {
            Truth::FALSE => Truth::FALSE,
            territory => territory.and(self.condition(&self.benefit.condition)),
        }
    }

    /// Whether the household lives where the benefit is given.
    pub fn territory(&self) -> Truth {
        if self.benefit.territory.is_empty() {
            return Truth::TRUE;
        }
        let Some(slot) = self.territory_slot() else {
            return Truth::UNKNOWN;
        };
        match self.situation.household_slot(slot) {
            Some(Stored::Text(code)) => self.benefit.covers(code).into(),
            _ => Truth::UNKNOWN,
        }
    }

    pub fn territory_slot(&self) -> Option<usize> {
        let vocabulary = self.situation.vocabulary();
        vocabulary.slot(Entity::Household, TERRITORY_FACT)
    }

    pub fn condition(&self, condition: &Condition) -> Truth {
        match &condition.test {
            Test::When(when) => self.bool(when, &self.scope),
            Test::All(parts) => self.all(parts.iter().map(|part| self.condition(part))),
            Test::Any(parts) => self.any(parts.iter().map(|part| self.condition(part))),
        }
    }

    /// The amount of the first line that applies; `None` when no line does or there are none.
    pub fn amount(&self) -> Option<(Answer<i64>, Unit)> {
        let lines = &self.benefit.amount;
        for (index, line) in lines.iter().enumerate() {
            let when = line.when.as_ref();
            let applies = when.map_or(Truth::TRUE, |when| self.bool(when, &self.scope));
            match applies.satisfied() {
                Some(false) => {}
                Some(true) => return Some((self.integer(&line.pay, &self.scope), line.pay.unit)),
                None => {
                    // Open: still known when this line and all that may follow would pay the same.
                    let mut values = lines[index..]
                        .iter()
                        .map(|line| self.integer(&line.pay, &self.scope));
                    let first = values.next();
                    let ends = lines.last().is_some_and(|last| last.when.is_none());
                    let agreed = ends && values.all(|value| Some(&value) == first.as_ref());
                    let value = first.filter(|_| agreed).unwrap_or(Answer::Unknown);
                    return Some((value, line.pay.unit));
                }
            }
        }
        None
    }

    fn told_amount(&self, amount: &Option<(Answer<i64>, Unit)>) -> Option<Amount> {
        let in_kind = self.benefit.in_kind.clone();
        if amount.is_none() && in_kind.is_none() {
            return None;
        }
        Some(Amount {
            value: amount.as_ref().and_then(|(value, _)| value.clone().known()),
            unit: amount.as_ref().map(|(_, unit)| *unit),
            at_most: self.benefit.at_most,
            in_kind,
        })
    }

    fn missing_outcome(&self, out: &mut FactSet) {
        if !self.territory().is_settled() {
            out.insert_household(self.territory_slot());
        }
        self.missing_of(&self.benefit.condition, out);
    }

    /// Adds the unknown facts that keep a condition open.
    pub fn missing_of(&self, condition: &Condition, out: &mut FactSet) {
        if self.condition(condition).is_settled() {
            return;
        }
        match &condition.test {
            Test::When(when) => self.missing_bool(when, &self.scope, out),
            Test::All(parts) | Test::Any(parts) => {
                parts.iter().for_each(|part| self.missing_of(part, out));
            }
        }
    }

    fn missing_amount(&self, out: &mut FactSet) {
        for line in &self.benefit.amount {
            let truth = match &line.when {
                Some(when) => {
                    self.missing_bool(when, &self.scope, out);
                    self.bool(when, &self.scope)
                }
                None => Truth::TRUE,
            };
            match truth.satisfied() {
                Some(false) => {}
                Some(true) => return self.missing_integer(&line.pay, &self.scope, out),
                None => return,
            }
        }
    }

    fn missing_dates(&self, out: &mut FactSet) {
        let benefit = self.benefit;
        let period = benefit.period.as_ref();
        let wanted = [
            period.and_then(|period| period.from.as_ref()),
            period.and_then(|period| period.until.as_ref()),
            benefit.use_by.as_ref(),
            benefit
                .deadline
                .as_ref()
                .and_then(|deadline| deadline.by.as_ref()),
        ];
        for expression in wanted.into_iter().flatten() {
            self.missing_date(expression, &self.scope, out);
        }
    }

    fn needs(&self, member: Option<usize>) -> Vec<FactRef> {
        let key = member.map(|index| self.situation.member_key(index).to_owned());
        let needed = self.benefit.needs.iter().map(|need| FactRef {
            entity: need.entity,
            member: match need.entity {
                Entity::Person => key.clone(),
                Entity::Household => None,
            },
            fact: need.name.clone(),
        });
        needed
            .filter(|fact| self.situation.get(fact).is_none())
            .collect()
    }
}

pub(crate) fn territory_fact() -> FactRef {
    FactRef {
        entity: Entity::Household,
        member: None,
        fact: TERRITORY_FACT.to_owned(),
    }
}

/// Where the law of the day has no value to pay, nobody is eligible: never zero.
pub(crate) fn settle(truth: Truth, amount: &Option<(Answer<i64>, Unit)>) -> Outcome {
    if matches!(amount, Some((Answer::Absent, _))) {
        return Outcome::NotEligible;
    }
    match truth.satisfied() {
        Some(true) => Outcome::Eligible,
        Some(false) => Outcome::NotEligible,
        None => Outcome::Unknown,
    }
}
