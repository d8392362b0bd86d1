//! The functions of the language: what each takes and gives.

use crate::check::{Checked, Checker, Typed, integer, mismatch, settled};
use crate::dates;
use crate::diagnostic::suggestion;
use crate::expression::{DateExpr, Expression, IntExpr, IntKind};
use crate::money::Rounding;
use crate::parse::{ComprehensionKind, Fault, Syntax, SyntaxKind};
use crate::vocabulary::Unit;

/// Name and how it is written; also what the error for a wrong call says.
const FUNCTIONS: [(&str, &str); 22] = [
    ("age", "age(date)"),
    ("age_at", "age_at(date, date)"),
    ("months_since", "months_since(date)"),
    ("days_since", "days_since(date)"),
    ("add_days", "add_days(date, days)"),
    ("add_months", "add_months(date, months)"),
    ("add_years", "add_years(date, years)"),
    ("start_of_month", "start_of_month(date)"),
    ("end_of_month", "end_of_month(date)"),
    ("year", "year(date)"),
    ("date", "date(\"2024-01-01\")"),
    ("percent", "percent(x, 75, half_up)"),
    ("round_to", "round_to(x, 10, down)"),
    ("min", "min(a, b)"),
    ("max", "max(a, b)"),
    ("per_year", "per_year(monthly)"),
    ("per_month", "per_month(yearly, down)"),
    ("number", "number(x)"),
    ("won", "won(x)"),
    ("won_per_month", "won_per_month(x)"),
    ("won_per_year", "won_per_year(x)"),
    ("sum", "sum(household.members.map(m, m.x))"),
];

impl Checker<'_> {
    /// Checks the call of a function by name.
    pub(crate) fn function(
        &self,
        name: &str,
        arguments: &[Syntax],
        offset: usize,
        variables: &mut Vec<String>,
    ) -> Checked<Typed> {
        let expression = match (name, arguments) {
            ("min" | "max", [_, _, ..]) => {
                return self.extreme(name == "min", arguments, offset, variables);
            }
            ("number", [x]) => {
                Expression::Integer(self.reinterpret(x, Unit::Number, offset, variables)?)
            }
            ("won", [x]) => {
                Expression::Integer(self.reinterpret(x, Unit::Won, offset, variables)?)
            }
            ("won_per_month", [x]) => {
                Expression::Integer(self.reinterpret(x, Unit::WonPerMonth, offset, variables)?)
            }
            ("won_per_year", [x]) => {
                Expression::Integer(self.reinterpret(x, Unit::WonPerYear, offset, variables)?)
            }
            ("sum", [list]) => Expression::Integer(self.sum(list, variables)?),
            _ => match self.date_function(name, arguments, variables)? {
                Some(expression) => expression,
                None => match self.money_function(name, arguments, variables)? {
                    Some(value) => Expression::Integer(value),
                    None => return Err(wrong_call(name, offset)),
                },
            },
        };
        Ok(settled(expression, offset))
    }

    fn date_function(
        &self,
        name: &str,
        arguments: &[Syntax],
        variables: &mut Vec<String>,
    ) -> Checked<Option<Expression>> {
        let on = || Box::new(DateExpr::On);
        let mut day = |syntax| self.date(syntax, variables).map(Box::new);
        let number = |unit, kind| Expression::Integer(integer(unit, kind));
        Ok(Some(match (name, arguments) {
            ("age", [d]) => number(Unit::Years, IntKind::YearsBetween(day(d)?, on())),
            ("age_at", [d, e]) => number(Unit::Years, IntKind::YearsBetween(day(d)?, day(e)?)),
            ("months_since", [d]) => number(Unit::Months, IntKind::MonthsBetween(day(d)?, on())),
            ("days_since", [d]) => number(Unit::Days, IntKind::DaysBetween(day(d)?, on())),
            ("year", [d]) => number(Unit::Number, IntKind::Year(day(d)?)),
            ("start_of_month", [d]) => Expression::Date(DateExpr::StartOfMonth(day(d)?)),
            ("end_of_month", [d]) => Expression::Date(DateExpr::EndOfMonth(day(d)?)),
            ("add_days", [d, n]) => {
                let day = day(d)?;
                let days = Box::new(self.counted(n, Unit::Days, variables)?);
                Expression::Date(DateExpr::AddDays(day, days))
            }
            ("add_months", [d, n]) => {
                let day = day(d)?;
                let months = Box::new(self.counted(n, Unit::Months, variables)?);
                Expression::Date(DateExpr::AddMonths(day, months))
            }
            ("add_years", [d, n]) => {
                let day = day(d)?;
                let years = Box::new(self.counted(n, Unit::Years, variables)?);
                Expression::Date(DateExpr::AddYears(day, years))
            }
            ("date", [text]) => Expression::Date(DateExpr::Constant(literal_date(text)?)),
            _ => return Ok(None),
        }))
    }

    fn money_function(
        &self,
        name: &str,
        arguments: &[Syntax],
        variables: &mut Vec<String>,
    ) -> Checked<Option<IntExpr>> {
        Ok(Some(match (name, arguments) {
            ("percent", [amount, rate, mode]) => {
                let (amount, _) = self.number(amount, variables)?;
                let rate = Box::new(self.counted(rate, Unit::Percent, variables)?);
                let rounding = rounding(mode)?;
                let unit = amount.unit;
                let amount = Box::new(amount);
                integer(
                    unit,
                    IntKind::Percent {
                        amount,
                        rate,
                        rounding,
                    },
                )
            }
            ("round_to", [amount, step, mode]) => {
                let (amount, _) = self.number(amount, variables)?;
                let SyntaxKind::Integer(step_value @ 1..) = step.kind else {
                    return Err(Fault::new(
                        step.offset,
                        "the step must be a positive whole number",
                        "Write for example `round_to(x, 10, down)`.",
                    ));
                };
                let rounding = rounding(mode)?;
                let unit = amount.unit;
                let amount = Box::new(amount);
                integer(
                    unit,
                    IntKind::RoundTo {
                        amount,
                        step: step_value,
                        rounding,
                    },
                )
            }
            ("per_year", [x]) => {
                let monthly = Box::new(self.counted(x, Unit::WonPerMonth, variables)?);
                integer(Unit::WonPerYear, IntKind::PerYear(monthly))
            }
            ("per_month", [x, mode]) => {
                let yearly = Box::new(self.counted(x, Unit::WonPerYear, variables)?);
                integer(
                    Unit::WonPerMonth,
                    IntKind::PerMonth(yearly, rounding(mode)?),
                )
            }
            _ => return Ok(None),
        }))
    }

    /// `number(x)` drops any unit; `won(x)` and its kin give a unit to a plain number, or change the period that
    /// money is told by without changing the number.
    fn reinterpret(
        &self,
        syntax: &Syntax,
        unit: Unit,
        offset: usize,
        variables: &mut Vec<String>,
    ) -> Checked<IntExpr> {
        let (value, _) = self.number(syntax, variables)?;
        if unit.is_money() && !(value.unit.is_money() || value.unit == Unit::Number) {
            return Err(Fault::new(
                offset,
                format!("{} cannot become {unit}", value.unit),
                "Only plain numbers and money can: wrap the value as `number(x)`.",
            ));
        }
        Ok(integer(unit, IntKind::Reinterpret(Box::new(value))))
    }

    fn extreme(
        &self,
        least: bool,
        arguments: &[Syntax],
        offset: usize,
        variables: &mut Vec<String>,
    ) -> Checked<Typed> {
        // Every argument is looked at once: twice at each level would take exponential time.
        let mut parts = Vec::with_capacity(arguments.len());
        for argument in arguments {
            parts.push(self.infer(argument, variables)?);
        }
        let bare = parts.iter().all(|part| part.bare);
        let Some(model) = parts.iter().find(|part| !part.bare).or(parts.first()) else {
            return Err(wrong_call("min", offset));
        };
        let expression = match &model.expression {
            Expression::Integer(value) => {
                let unit = value.unit;
                let values = parts
                    .into_iter()
                    .map(|part| self.as_counted(part, unit))
                    .collect::<Checked<_>>()?;
                let kind = if least {
                    IntKind::Min(values)
                } else {
                    IntKind::Max(values)
                };
                Expression::Integer(integer(unit, kind))
            }
            Expression::Date(_) => {
                let days = parts
                    .into_iter()
                    .map(|part| match part.expression {
                        Expression::Date(day) => Ok(day),
                        other => Err(mismatch(part.offset, "a date", &other)),
                    })
                    .collect::<Checked<_>>()?;
                Expression::Date(if least {
                    DateExpr::Min(days)
                } else {
                    DateExpr::Max(days)
                })
            }
            other => return Err(mismatch(offset, "a whole number or a date", other)),
        };
        Ok(Typed {
            expression,
            bare,
            offset,
        })
    }

    fn sum(&self, list: &Syntax, variables: &mut Vec<String>) -> Checked<IntExpr> {
        let SyntaxKind::Comprehension {
            kind: ComprehensionKind::Map,
            list: members,
            filter,
            body,
            variable: name,
        } = &list.kind
        else {
            return Err(Fault::new(
                list.offset,
                "`sum` adds up a value of each member",
                "Write `sum(household.members.map(m, m.x))`.",
            ));
        };
        // `members.filter(m, p).map(m, v)` is the same as `members.map(m, p, v)`.
        if let (
            SyntaxKind::Comprehension {
                kind: ComprehensionKind::Filter,
                list: inner,
                variable: filtered,
                body: condition,
                ..
            },
            None,
        ) = (&members.kind, filter)
        {
            if filtered != name {
                return Err(Fault::new(
                    members.offset,
                    format!("the member is called `{filtered}` here and `{name}` there"),
                    "Use one name for both.",
                ));
            }
            let merged = Syntax {
                offset: list.offset,
                kind: SyntaxKind::Comprehension {
                    kind: ComprehensionKind::Map,
                    list: inner.clone(),
                    variable: name.clone(),
                    filter: Some(condition.clone()),
                    body: body.clone(),
                },
            };
            return self.sum(&merged, variables);
        }
        let variable = self.enter(list, variables)?;
        let filter = filter.as_ref().map(|filter| self.bool(filter, variables));
        let term = self.number(body, variables);
        variables.pop();
        let filter = filter.transpose()?.map(Box::new);
        let (term, _) = term?;
        let unit = term.unit;
        let term = Box::new(term);
        Ok(integer(
            unit,
            IntKind::Sum {
                variable,
                filter,
                term,
            },
        ))
    }
}

fn rounding(syntax: &Syntax) -> Checked<Rounding> {
    let named = match &syntax.kind {
        SyntaxKind::Name(name) => Rounding::parse(name),
        _ => None,
    };
    named.ok_or_else(|| {
        Fault::new(
            syntax.offset,
            "the rounding must be named",
            format!("Use one of: {}.", Rounding::NAMES.join(", ")),
        )
    })
}

fn literal_date(syntax: &Syntax) -> Checked<jiff::civil::Date> {
    let parsed = match &syntax.kind {
        SyntaxKind::Text(text) => dates::parse(text),
        _ => None,
    };
    parsed.ok_or_else(|| {
        Fault::new(
            syntax.offset,
            "this is not a date",
            "Write a day that exists as `date(\"2024-01-31\")`.",
        )
    })
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
