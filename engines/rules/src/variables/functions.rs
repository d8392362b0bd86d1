//! The functions of formulas, and folds over the members of a group.

use super::compile::{Checked, Compiler, MAX_FOLDS, Typed, fit, typed};
use super::entities::EntityId;
use super::formula::{Fold, Formula, Kind, Operation};
use super::value::Value;
use crate::dates;
use crate::diagnostic::suggestion;
use crate::money::Rounding;
use crate::parse::{ComprehensionKind, Fault, Syntax, SyntaxKind};

/// Name and how it is written; also what the error for a wrong call says.
const FUNCTIONS: [(&str, &str); 16] = [
    ("at", "at(person.salary, last_month)"),
    ("total", "total(person.salary, month)"),
    ("share", "share(household.yearly_tax)"),
    ("scale", "scale(param.x, value)"),
    ("divide", "divide(a, b)"),
    ("round", "round(x, 2, half_up)"),
    ("min", "min(a, b)"),
    ("max", "max(a, b)"),
    ("sum", "sum(household.members.map(m, m.x))"),
    ("age", "age(date)"),
    ("age_at", "age_at(date, date)"),
    ("months_since", "months_since(date)"),
    ("add_months", "add_months(date, n)"),
    ("year", "year(date)"),
    ("month", "month(date)"),
    ("date", "date(\"2024-01-01\")"),
];

impl Compiler<'_> {
    pub(super) fn call(
        &mut self,
        name: &str,
        receiver: Option<&Syntax>,
        arguments: &[Syntax],
        offset: usize,
    ) -> Checked<Typed> {
        if let Some(list) = receiver {
            return self.size_of(name, list, arguments, offset);
        }
        match (name, arguments) {
            ("at", [inner, word]) => self.at(inner, word),
            ("total", [inner, word]) => self.total(inner, word),
            ("share", [inner]) => self.share(inner),
            ("scale", [scale, value]) => self.scale(scale, value),
            ("divide", [a, b]) => self.arithmetic(Operation::Divide, a, b),
            ("round", [x, digits, mode]) => self.round(x, digits, mode),
            ("sum", [list]) => self.fold(Fold::Sum, list),
            ("min", [list]) => self.fold(Fold::Least, list),
            ("max", [list]) => self.fold(Fold::Greatest, list),
            ("min" | "max", [_, _, ..]) => self.extreme(name == "min", arguments, offset),
            _ => self.date_function(name, arguments, offset),
        }
    }

    fn date_function(&mut self, name: &str, arguments: &[Syntax], offset: usize) -> Checked<Typed> {
        let on = || Box::new(Formula::On);
        let (kind, formula) = match (name, arguments) {
            ("age", [d]) => (
                Kind::Number,
                Formula::YearsBetween(self.wanted(d, &Kind::Date)?, on()),
            ),
            ("age_at", [d, e]) => {
                let born = self.wanted(d, &Kind::Date)?;
                (
                    Kind::Number,
                    Formula::YearsBetween(born, self.wanted(e, &Kind::Date)?),
                )
            }
            ("months_since", [d]) => (
                Kind::Number,
                Formula::MonthsBetween(self.wanted(d, &Kind::Date)?, on()),
            ),
            ("add_months", [d, n]) => {
                let day = self.wanted(d, &Kind::Date)?;
                (
                    Kind::Date,
                    Formula::AddMonths(day, self.wanted(n, &Kind::Number)?),
                )
            }
            ("year", [d]) => (Kind::Number, Formula::Year(self.wanted(d, &Kind::Date)?)),
            ("month", [d]) => (Kind::Number, Formula::Month(self.wanted(d, &Kind::Date)?)),
            ("date", [text]) => {
                let day = match &text.kind {
                    SyntaxKind::Text(text) => dates::parse(text),
                    _ => None,
                };
                let day = day.ok_or_else(|| {
                    Fault::new(
                        text.offset,
                        "this is not a date",
                        "Write a day that exists as `date(\"2024-01-31\")`.",
                    )
                })?;
                (Kind::Date, Formula::Constant(Value::Date(day)))
            }
            _ => return Err(wrong_call(name, offset)),
        };
        Ok(typed(kind, formula))
    }

    fn extreme(&mut self, least: bool, arguments: &[Syntax], offset: usize) -> Checked<Typed> {
        // Every argument is looked at once: twice at each level would take exponential time.
        let mut parts = Vec::with_capacity(arguments.len());
        let mut kind = None;
        for argument in arguments {
            let found = self.infer(argument)?;
            let wanted = kind.get_or_insert_with(|| found.kind.clone());
            parts.push(fit(found, wanted, argument.offset)?.formula);
        }
        let kind = kind.filter(|kind| matches!(kind, Kind::Number | Kind::Date));
        let Some(kind) = kind else {
            return Err(Fault::new(
                offset,
                "what is compared here has no order",
                "Use numbers or dates.",
            ));
        };
        let formula = if least {
            Formula::Least(parts)
        } else {
            Formula::Greatest(parts)
        };
        Ok(typed(kind, formula))
    }

    fn round(&mut self, x: &Syntax, digits: &Syntax, mode: &Syntax) -> Checked<Typed> {
        let x = self.wanted(x, &Kind::Number)?;
        let SyntaxKind::Integer(places @ 0..=9) = digits.kind else {
            return Err(Fault::new(
                digits.offset,
                "how many digits after the point?",
                "Write a number from 0 to 9.",
            ));
        };
        let named = match &mode.kind {
            SyntaxKind::Name(name) => Rounding::parse(name),
            _ => None,
        };
        let rounding = named.ok_or_else(|| {
            let remedy = format!("Use one of: {}.", Rounding::NAMES.join(", "));
            Fault::new(mode.offset, "the rounding must be named", remedy)
        })?;
        Ok(typed(
            Kind::Number,
            Formula::Round(x, places as u8, rounding),
        ))
    }

    /// `household.members.size()` and `household.members.filter(m, …).size()`.
    fn size_of(
        &mut self,
        name: &str,
        list: &Syntax,
        arguments: &[Syntax],
        offset: usize,
    ) -> Checked<Typed> {
        if name != "size" || !arguments.is_empty() {
            return Err(Fault::new(
                offset,
                format!("nothing here has `{name}`"),
                "Write `household.members.filter(m, …).size()`.",
            ));
        }
        if matches!(list.kind, SyntaxKind::Comprehension { .. }) {
            return self.fold(Fold::Count, list);
        }
        self.group(list)
            .map(|group| typed(Kind::Number, Formula::Size(group)))
    }

    /// The group of `household.members`.
    fn group(&self, list: &Syntax) -> Checked<EntityId> {
        let entities = self.names.entities;
        let owner = match &list.kind {
            SyntaxKind::Field(owner, field) if field == "members" => match &owner.kind {
                SyntaxKind::Name(name) => entities.find(name),
                _ => None,
            },
            _ => None,
        };
        let person = entities.person_id();
        let seen =
            |group: &EntityId| *group != person && (*group == self.entity || self.entity == person);
        owner.filter(seen).ok_or_else(|| {
            let groups: Vec<String> = entities
                .groups()
                .map(|id| format!("`{}.members`", entities.all()[id].name))
                .collect();
            Fault::new(
                list.offset,
                "no members of a group here",
                format!("Write {}.", groups.join(" or ")),
            )
        })
    }

    /// A fold over the members, from a macro that suits it.
    pub(super) fn fold(&mut self, fold: Fold, list: &Syntax) -> Checked<Typed> {
        let SyntaxKind::Comprehension {
            kind,
            list: members,
            variable,
            filter,
            body,
        } = &list.kind
        else {
            return Err(Fault::new(
                list.offset,
                "no list of members here",
                "Write `household.members.map(m, m.x)`.",
            ));
        };
        let suits = match fold {
            Fold::Exists => *kind == ComprehensionKind::Exists,
            Fold::Every => *kind == ComprehensionKind::All,
            Fold::Count => *kind == ComprehensionKind::Filter,
            Fold::Sum | Fold::Least | Fold::Greatest => *kind == ComprehensionKind::Map,
        };
        if !suits {
            return Err(Fault::new(
                list.offset,
                "this list does not suit",
                "`sum`, `min` and `max` take `map(m, m.x)`; `size()` takes `filter(m, …)`.",
            ));
        }
        let group = self.group(members)?;
        if self.bound.len() >= MAX_FOLDS {
            return Err(Fault::new(
                list.offset,
                "folds nested too deeply",
                "Make a variable of the inner one.",
            ));
        }
        let depth = self.bound.len() as u8;
        self.bound.push((variable.clone(), group));
        let checked = self.fold_parts(fold, filter.as_deref(), body);
        self.bound.pop();
        let (filter, term, kind) = checked?;
        Ok(typed(
            kind,
            Formula::Members {
                fold,
                group,
                depth,
                filter,
                term,
            },
        ))
    }

    fn fold_parts(
        &mut self,
        fold: Fold,
        filter: Option<&Syntax>,
        body: &Syntax,
    ) -> Checked<(Option<Box<Formula>>, Box<Formula>, Kind)> {
        let filter = filter.map(|it| self.wanted(it, &Kind::Bool)).transpose()?;
        let (wanted, gives) = match fold {
            Fold::Exists | Fold::Every => (Kind::Bool, Kind::Bool),
            Fold::Count => (Kind::Bool, Kind::Number),
            Fold::Sum | Fold::Least | Fold::Greatest => (Kind::Number, Kind::Number),
        };
        let found = self.infer(body)?;
        let term = fit(found, &wanted, body.offset)?;
        Ok((filter, Box::new(term.formula), gives))
    }
}

fn wrong_call(name: &str, offset: usize) -> Fault {
    match FUNCTIONS.iter().find(|(known, _)| *known == name) {
        Some((_, usage)) => Fault::new(
            offset,
            format!("`{name}` is not called like this"),
            format!("Write `{usage}`."),
        ),
        None => Fault::new(
            offset,
            format!("unknown function `{name}`"),
            suggestion(name, FUNCTIONS.iter().map(|(known, _)| *known)),
        ),
    }
}
