//! One condition by itself, without money or law around it: what a foreign table of codes says of a person, told in
//! the facts of this vocabulary.

use jiff::civil::Date;

use crate::benefit::{Benefit, BenefitUnit, InForce, Recipient};
use crate::book::RuleBook;
use crate::check::Checker;
use crate::conclude::subjects;
use crate::diagnostic::{Diagnostic, Position};
use crate::evaluate::{Evaluator, parameters_on};
use crate::expression::{Condition, Test};
use crate::parse::{Fault, parse};
use crate::situation::{FactRef, FactSet, Situation};
use crate::truth::Truth;
use crate::vocabulary::FIRST_DATE;

/// A checked condition that can be asked of every member of a household.
#[derive(Clone, Debug)]
pub struct Question(Benefit);

/// What a question came to for one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The member's key.
    pub member: String,
    pub truth: Truth,
    /// The unknown facts that keep it open; empty when it is settled.
    pub missing: Vec<FactRef>,
}

impl RuleBook {
    /// Reads a condition over this book's vocabulary and shared parameters; it may speak of `person`.
    ///
    /// # Errors
    /// What is wrong with the text, named by `place` (a file, a key), with a remedy.
    pub fn question(&self, place: &str, text: &str) -> Result<Question, Diagnostic> {
        let wrong = |fault: Fault| Diagnostic {
            file: place.to_owned(),
            line: 1,
            column: text.get(..fault.offset).unwrap_or(text).chars().count() + 1,
            message: fault.message,
            remedy: fault.remedy.into_owned(),
        };
        let syntax = parse(text).map_err(wrong)?;
        let checker = Checker {
            vocabulary: self.vocabulary(),
            parameters: self.shared(),
            definitions: &[],
            person: true,
        };
        let test = checker.condition(&syntax).map_err(wrong)?;
        let condition = Condition {
            id: None,
            law: None,
            yes: None,
            no: None,
            ask: None,
            test: Test::When(test),
            at: Position::default(),
        };
        // The evaluator reads a benefit; everything in it but the condition and the parameters is empty.
        Ok(Question(Benefit {
            id: String::new(),
            file: place.to_owned(),
            name: Default::default(),
            summary: Default::default(),
            authority: String::new(),
            territory: Vec::new(),
            law: Vec::new(),
            events: Vec::new(),
            unit: BenefitUnit::Person,
            recipient: Recipient::Oneself,
            in_force: InForce {
                from: FIRST_DATE,
                to: None,
            },
            parameters: self.shared().to_vec(),
            definitions: Vec::new(),
            condition,
            amount: Vec::new(),
            at_most: false,
            in_kind: None,
            period: None,
            use_by: None,
            needs: Vec::new(),
            relations: Vec::new(),
            documents: Vec::new(),
            apply: None,
            deadline: None,
            notes: None,
            cases: Vec::new(),
            digest: String::new(),
        }))
    }
}

impl Question {
    /// The benefit without money that it is read as.
    pub(crate) fn benefit(&self) -> &Benefit {
        &self.0
    }

    /// The answer for every member, in the order of the situation.
    pub fn ask(&self, situation: &Situation, on: Date) -> Vec<Reply> {
        let parameters = parameters_on(&self.0, on);
        subjects(&self.0, situation)
            .flatten()
            .map(|index| {
                let evaluator = Evaluator::new(&self.0, situation, on, &parameters, Some(index));
                let mut missing = FactSet::default();
                evaluator.missing_of(&self.0.condition, &mut missing);
                Reply {
                    member: situation.member_key(index).to_owned(),
                    truth: evaluator.condition(&self.0.condition),
                    missing: situation.references(&missing),
                }
            })
            .collect()
    }
}
