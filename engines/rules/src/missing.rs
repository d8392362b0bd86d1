//! Which unknown facts bear on a result: those of the parts that are themselves undecided.

use crate::evaluate::{Evaluator, Scope};
use crate::expression::{
    BoolExpr, DateExpr, DefinitionId, EnumExpr, Expression, FactSlot, IntExpr, IntKind, TextExpr,
};
use crate::situation::FactSet;
use crate::truth::{Answer, Truth};

impl Evaluator<'_> {
    fn note(&self, fact: FactSlot, scope: &Scope, out: &mut FactSet) {
        out.insert(fact, scope.member(fact.subject));
    }

    /// Nothing was said about who lives in the household.
    fn note_members(&self, out: &mut FactSet) {
        out.insert_household(None);
    }

    fn missing_definition(&self, id: DefinitionId, out: &mut FactSet) {
        if out.enter(id) {
            let definition = &self.benefit.definitions[usize::from(id.0)];
            self.missing(&definition.expression, &self.scope, out);
        }
    }

    /// Adds the unknown facts that keep `expression` undecided.
    pub fn missing(&self, expression: &Expression, scope: &Scope, out: &mut FactSet) {
        match expression {
            Expression::Bool(inner) => self.missing_bool(inner, scope, out),
            Expression::Integer(inner) => self.missing_integer(inner, scope, out),
            Expression::Date(inner) => self.missing_date(inner, scope, out),
            Expression::Text(inner) => self.missing_text(inner, scope, out),
            Expression::Enum(inner, _) => self.missing_enum(inner, scope, out),
        }
    }

    pub fn missing_bool(&self, expression: &BoolExpr, scope: &Scope, out: &mut FactSet) {
        if self.bool(expression, scope).is_settled() {
            return;
        }
        match expression {
            BoolExpr::Constant(_) => {}
            BoolExpr::Fact(fact) => self.note(*fact, scope, out),
            BoolExpr::Definition(id) => self.missing_definition(*id, out),
            BoolExpr::Not(inner) => self.missing_bool(inner, scope, out),
            BoolExpr::All(parts) | BoolExpr::Any(parts) => {
                parts
                    .iter()
                    .for_each(|part| self.missing_bool(part, scope, out));
            }
            BoolExpr::If(condition, yes, no) => {
                if !self.missing_condition(condition, scope, out) {
                    self.missing_bool(yes, scope, out);
                    self.missing_bool(no, scope, out);
                }
            }
            BoolExpr::Integer(_, left, right) => {
                self.missing_integer(left, scope, out);
                self.missing_integer(right, scope, out);
            }
            BoolExpr::Date(_, left, right) => {
                self.missing_date(left, scope, out);
                self.missing_date(right, scope, out);
            }
            BoolExpr::Text(_, left, right) => {
                self.missing_text(left, scope, out);
                self.missing_text(right, scope, out);
            }
            BoolExpr::Enum(_, left, right, _) => {
                self.missing_enum(left, scope, out);
                self.missing_enum(right, scope, out);
            }
            BoolExpr::Bool(_, left, right) => {
                self.missing_bool(left, scope, out);
                self.missing_bool(right, scope, out);
            }
            BoolExpr::IntegerIn(value, list) => {
                self.missing_integer(value, scope, out);
                list.iter()
                    .for_each(|item| self.missing_integer(item, scope, out));
            }
            BoolExpr::DateIn(value, list) => {
                self.missing_date(value, scope, out);
                list.iter()
                    .for_each(|item| self.missing_date(item, scope, out));
            }
            BoolExpr::TextIn(value, list) => {
                self.missing_text(value, scope, out);
                list.iter()
                    .for_each(|item| self.missing_text(item, scope, out));
            }
            BoolExpr::EnumIn(value, list, _) => {
                self.missing_enum(value, scope, out);
                list.iter()
                    .for_each(|item| self.missing_enum(item, scope, out));
            }
            BoolExpr::Exists(quantifier) | BoolExpr::Every(quantifier) => match self.members() {
                Some(members) => members.for_each(|member| {
                    let scope = scope.bind(quantifier.variable, member);
                    self.missing_bool(&quantifier.body, &scope, out);
                }),
                None => self.note_members(out),
            },
        }
    }

    /// Adds what keeps the condition of a conditional open; false when it is settled.
    fn missing_condition(&self, condition: &BoolExpr, scope: &Scope, out: &mut FactSet) -> bool {
        let open = !self.bool(condition, scope).is_settled();
        self.missing_bool(condition, scope, out);
        open
    }

    pub fn missing_integer(&self, expression: &IntExpr, scope: &Scope, out: &mut FactSet) {
        if self.integer(expression, scope) != Answer::Unknown {
            return;
        }
        match &expression.kind {
            IntKind::Constant(_) | IntKind::Parameter(_) => {}
            IntKind::Fact(fact) => self.note(*fact, scope, out),
            IntKind::Definition(id) => self.missing_definition(*id, out),
            IntKind::Entry(_, inner)
            | IntKind::Negate(inner)
            | IntKind::PerYear(inner)
            | IntKind::PerMonth(inner, _)
            | IntKind::Reinterpret(inner)
            | IntKind::RoundTo { amount: inner, .. } => self.missing_integer(inner, scope, out),
            IntKind::Add(a, b)
            | IntKind::Subtract(a, b)
            | IntKind::Multiply(a, b)
            | IntKind::Percent {
                amount: a, rate: b, ..
            } => {
                self.missing_integer(a, scope, out);
                self.missing_integer(b, scope, out);
            }
            IntKind::Min(parts) | IntKind::Max(parts) => {
                parts
                    .iter()
                    .for_each(|part| self.missing_integer(part, scope, out));
            }
            IntKind::If(condition, yes, no) => {
                if !self.missing_condition(condition, scope, out) {
                    let chosen = if self.bool(condition, scope).is_true() {
                        yes
                    } else {
                        no
                    };
                    self.missing_integer(chosen, scope, out);
                }
            }
            IntKind::Size => self.note_members(out),
            IntKind::Count(quantifier) => match self.members() {
                Some(members) => members.for_each(|member| {
                    let scope = scope.bind(quantifier.variable, member);
                    self.missing_bool(&quantifier.body, &scope, out);
                }),
                None => self.note_members(out),
            },
            IntKind::Sum {
                variable,
                filter,
                term,
            } => self.missing_sum(*variable, filter.as_deref(), term, scope, out),
            IntKind::YearsBetween(from, to)
            | IntKind::MonthsBetween(from, to)
            | IntKind::DaysBetween(from, to) => {
                self.missing_date(from, scope, out);
                self.missing_date(to, scope, out);
            }
            IntKind::Year(day) => self.missing_date(day, scope, out),
        }
    }

    fn missing_sum(
        &self,
        variable: u8,
        filter: Option<&BoolExpr>,
        term: &IntExpr,
        scope: &Scope,
        out: &mut FactSet,
    ) {
        let Some(members) = self.members() else {
            return self.note_members(out);
        };
        for member in members {
            let scope = scope.bind(variable, member);
            let counted = filter.map_or(Truth::TRUE, |filter| self.bool(filter, &scope));
            if counted.is_false() {
                continue;
            }
            if let Some(filter) = filter {
                self.missing_bool(filter, &scope, out);
            }
            if counted.is_true() {
                self.missing_integer(term, &scope, out);
            }
        }
    }

    pub fn missing_date(&self, expression: &DateExpr, scope: &Scope, out: &mut FactSet) {
        if self.date(expression, scope) != Answer::Unknown {
            return;
        }
        match expression {
            DateExpr::Constant(_) | DateExpr::On => {}
            DateExpr::Fact(fact) => self.note(*fact, scope, out),
            DateExpr::Definition(id) => self.missing_definition(*id, out),
            DateExpr::If(condition, yes, no) => {
                if !self.missing_condition(condition, scope, out) {
                    let chosen = if self.bool(condition, scope).is_true() {
                        yes
                    } else {
                        no
                    };
                    self.missing_date(chosen, scope, out);
                }
            }
            DateExpr::AddDays(day, number)
            | DateExpr::AddMonths(day, number)
            | DateExpr::AddYears(day, number) => {
                self.missing_date(day, scope, out);
                self.missing_integer(number, scope, out);
            }
            DateExpr::StartOfMonth(day) | DateExpr::EndOfMonth(day) => {
                self.missing_date(day, scope, out);
            }
            DateExpr::Min(parts) | DateExpr::Max(parts) => {
                parts
                    .iter()
                    .for_each(|part| self.missing_date(part, scope, out));
            }
        }
    }

    fn missing_text(&self, expression: &TextExpr, scope: &Scope, out: &mut FactSet) {
        if self.text(expression, scope) != Answer::Unknown {
            return;
        }
        match expression {
            TextExpr::Constant(_) => {}
            TextExpr::Fact(fact) => self.note(*fact, scope, out),
            TextExpr::Definition(id) => self.missing_definition(*id, out),
            TextExpr::If(condition, yes, no) => {
                if !self.missing_condition(condition, scope, out) {
                    let chosen = if self.bool(condition, scope).is_true() {
                        yes
                    } else {
                        no
                    };
                    self.missing_text(chosen, scope, out);
                }
            }
        }
    }

    fn missing_enum(&self, expression: &EnumExpr, scope: &Scope, out: &mut FactSet) {
        if self.enumerated(expression, scope) != Answer::Unknown {
            return;
        }
        match expression {
            EnumExpr::Constant(_) => {}
            EnumExpr::Fact(fact) => self.note(*fact, scope, out),
            EnumExpr::Definition(id) => self.missing_definition(*id, out),
            EnumExpr::If(condition, yes, no) => {
                if !self.missing_condition(condition, scope, out) {
                    let chosen = if self.bool(condition, scope).is_true() {
                        yes
                    } else {
                        no
                    };
                    self.missing_enum(chosen, scope, out);
                }
            }
        }
    }
}
