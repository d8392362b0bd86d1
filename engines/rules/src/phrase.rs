//! Noun phrases for the parts of an expression, from the labels of facts, parameters and definitions.

use std::borrow::Borrow;

use base::Localized;

use crate::evaluate::{Evaluator, Scope};
use crate::expression::{
    DateExpr, DefinitionId, EnumExpr, Expression, FactSlot, IntExpr, IntKind, Subject, TextExpr,
};
use crate::vocabulary::{Entity, EnumId};
use crate::walk::Part;
use crate::words::{self, joined};
use base::korean::{Particle, with};

impl Evaluator<'_> {
    pub(crate) fn fact_label(&self, fact: FactSlot) -> &Localized {
        let entity = match fact.subject {
            Subject::Household => Entity::Household,
            Subject::Person | Subject::Variable(_) => Entity::Person,
        };
        let facts = self.situation.vocabulary().facts(entity);
        &facts[usize::from(fact.slot)].label
    }

    fn definition_label(&self, id: DefinitionId) -> Localized {
        let definition = &self.benefit.definitions[usize::from(id.0)];
        let mut nested = false;
        Part::from(&definition.expression).walk(&mut |part| nested |= part.definition().is_some());
        match (&definition.label, &definition.expression) {
            (Some(label), _) => label.clone(),
            // Without a label of its own; spelled out only where that cannot grow.
            (None, _) if nested => {
                let name = definition.name.replace('_', " ");
                words::text(&name, &name)
            }
            (None, Expression::Integer(inner)) => self.integer_phrase(inner, &self.scope),
            (None, Expression::Date(inner)) => self.date_phrase(inner, &self.scope),
            (None, Expression::Text(inner)) => self.text_phrase(inner, &self.scope),
            (None, Expression::Enum(inner, id)) => self.enum_phrase(inner, *id, &self.scope),
            (None, Expression::Bool(_)) => words::text("조건", "the condition"),
        }
    }

    pub(crate) fn enum_label(&self, index: u16, id: EnumId) -> Localized {
        let values = self.situation.vocabulary().enum_values(id);
        values[usize::from(index)].label.clone()
    }

    pub(crate) fn integer_phrase(&self, expression: &IntExpr, scope: &Scope) -> Localized {
        let phrase = |inner: &IntExpr| self.integer_phrase(inner, scope);
        let day = |inner: &DateExpr| self.date_phrase(inner, scope);
        match &expression.kind {
            IntKind::Constant(value) => words::integer(*value, expression.unit),
            IntKind::Fact(fact) => self.fact_label(*fact).clone(),
            IntKind::Parameter(id) => self.benefit.parameters[usize::from(id.0)].label.clone(),
            IntKind::Entry(id, index) => {
                let label = &self.benefit.parameters[usize::from(id.0)].label;
                let entry = self.told(index, scope).unwrap_or_else(|| phrase(index));
                Localized {
                    ko: joined![label.ko, "(", entry.ko, ")"],
                    en: joined![label.en, " for ", entry.en],
                }
            }
            IntKind::Definition(id) => self.definition_label(*id),
            IntKind::Negate(inner) => framed(&phrase(inner), ["-", ""], ["-", ""]),
            IntKind::Add(a, b) => {
                let (a, b) = (phrase(a), phrase(b));
                Localized {
                    ko: format!("{} {}의 합", with(&a.ko, Particle::With), b.ko),
                    en: format!("{} plus {}", a.en, b.en),
                }
            }
            IntKind::Subtract(a, b) => {
                let (a, b) = (phrase(a), phrase(b));
                Localized {
                    ko: format!("{}에서 {} 뺀 값", a.ko, with(&b.ko, Particle::Object)),
                    en: format!("{} less {}", a.en, b.en),
                }
            }
            IntKind::Multiply(a, b) => {
                let (a, b) = (phrase(a), phrase(b));
                Localized {
                    ko: format!("{} × {}", a.ko, b.ko),
                    en: format!("{} × {}", a.en, b.en),
                }
            }
            IntKind::Min(parts) => {
                among(parts.iter().map(phrase), "가운데 작은 값", "the least of")
            }
            IntKind::Max(parts) => {
                among(parts.iter().map(phrase), "가운데 큰 값", "the greatest of")
            }
            IntKind::If(condition, yes, no) => {
                let chosen = if self.bool(condition, scope).is_false() {
                    no
                } else {
                    yes
                };
                phrase(chosen)
            }
            IntKind::Percent { amount, rate, .. } => {
                let rate = self.told(rate, scope).unwrap_or_else(|| phrase(rate));
                let amount = phrase(amount);
                Localized {
                    ko: joined![amount.ko, "의 ", rate.ko],
                    en: joined![rate.en, " of ", amount.en],
                }
            }
            IntKind::PerYear(inner)
            | IntKind::PerMonth(inner, _)
            | IntKind::Reinterpret(inner)
            | IntKind::RoundTo { amount: inner, .. } => phrase(inner),
            IntKind::Size => words::text("가구원 수", "the number of household members"),
            IntKind::Count(_) => words::text(
                "조건에 맞는 가구원 수",
                "the number of household members who qualify",
            ),
            IntKind::Sum { term, .. } => framed(
                &phrase(term),
                ["가구원의 ", " 합계"],
                ["the members' ", " together"],
            ),
            IntKind::YearsBetween(..) => words::text("나이", "the age"),
            IntKind::MonthsBetween(from, _) => framed(
                &day(from),
                ["", "부터 지난 달수"],
                ["the months since ", ""],
            ),
            IntKind::DaysBetween(from, _) => {
                framed(&day(from), ["", "부터 지난 날수"], ["the days since ", ""])
            }
            IntKind::Year(inner) => framed(&day(inner), ["", "의 해"], ["the year of ", ""]),
        }
    }

    /// The value of a number as people read it, when known.
    pub(crate) fn told(&self, expression: &IntExpr, scope: &Scope) -> Option<Localized> {
        let value = self.integer(expression, scope).known()?;
        Some(words::integer(value, expression.unit))
    }

    pub(crate) fn date_phrase(&self, expression: &DateExpr, scope: &Scope) -> Localized {
        let phrase = |inner: &DateExpr| self.date_phrase(inner, scope);
        match expression {
            DateExpr::Constant(day) => words::date(*day),
            DateExpr::On => words::text("기준일", "the day in question"),
            DateExpr::Fact(fact) => self.fact_label(*fact).clone(),
            DateExpr::Definition(id) => self.definition_label(*id),
            DateExpr::If(condition, yes, no) => {
                let chosen = if self.bool(condition, scope).is_false() {
                    no
                } else {
                    yes
                };
                phrase(chosen)
            }
            DateExpr::AddDays(day, number)
            | DateExpr::AddMonths(day, number)
            | DateExpr::AddYears(day, number) => {
                let day = phrase(day);
                let told = self
                    .told(number, scope)
                    .unwrap_or_else(|| self.integer_phrase(number, scope));
                let years = matches!(expression, DateExpr::AddYears(..));
                let number_ko = if years {
                    told.ko.replace("만 ", "").replace('세', "년")
                } else {
                    told.ko
                };
                let years_en = match (years, told.en.as_str()) {
                    (false, _) => "",
                    (true, "1") => " year",
                    (true, _) => " years",
                };
                Localized {
                    ko: format!("{}부터 {number_ko} 되는 날", day.ko),
                    en: format!("{}{years_en} after {}", told.en, day.en),
                }
            }
            DateExpr::StartOfMonth(day) => framed(
                &phrase(day),
                ["", "의 달 첫날"],
                ["the first day of the month of ", ""],
            ),
            DateExpr::EndOfMonth(day) => framed(
                &phrase(day),
                ["", "의 달 마지막 날"],
                ["the last day of the month of ", ""],
            ),
            DateExpr::Min(parts) => among(
                parts.iter().map(phrase),
                "가운데 이른 날",
                "the earliest of",
            ),
            DateExpr::Max(parts) => {
                among(parts.iter().map(phrase), "가운데 늦은 날", "the latest of")
            }
        }
    }

    pub(crate) fn text_phrase(&self, expression: &TextExpr, scope: &Scope) -> Localized {
        match expression {
            TextExpr::Constant(text) => words::text(text, text),
            TextExpr::Fact(fact) => self.fact_label(*fact).clone(),
            TextExpr::Definition(id) => self.definition_label(*id),
            TextExpr::If(condition, yes, no) => {
                let chosen = if self.bool(condition, scope).is_false() {
                    no
                } else {
                    yes
                };
                self.text_phrase(chosen, scope)
            }
        }
    }

    pub(crate) fn enum_phrase(
        &self,
        expression: &EnumExpr,
        id: EnumId,
        scope: &Scope,
    ) -> Localized {
        match expression {
            EnumExpr::Constant(index) => self.enum_label(*index, id),
            EnumExpr::Fact(fact) => self.fact_label(*fact).clone(),
            EnumExpr::Definition(definition) => self.definition_label(*definition),
            EnumExpr::If(condition, yes, no) => {
                let chosen = if self.bool(condition, scope).is_false() {
                    no
                } else {
                    yes
                };
                self.enum_phrase(chosen, id, scope)
            }
        }
    }
}

/// The phrase with words before and after it in each language.
fn framed(phrase: &Localized, ko: [&str; 2], en: [&str; 2]) -> Localized {
    Localized {
        ko: joined![ko[0], phrase.ko, ko[1]],
        en: joined![en[0], phrase.en, en[1]],
    }
}

/// The parts as a list in both languages.
pub(crate) fn listed(parts: impl Iterator<Item = impl Borrow<Localized>>) -> Localized {
    let mut list = Localized::default();
    for (index, part) in parts.enumerate() {
        let Localized { ko, en } = part.borrow();
        for (text, part) in [(&mut list.ko, ko), (&mut list.en, en)] {
            if index > 0 {
                text.push_str(", ");
            }
            text.push_str(part);
        }
    }
    list
}

fn among(parts: impl Iterator<Item = Localized>, ko: &str, en: &str) -> Localized {
    let list = listed(parts);
    Localized {
        ko: format!("{} {ko}", list.ko),
        en: format!("{en} {}", list.en),
    }
}
