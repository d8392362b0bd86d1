//! What a setting leads to, worked out by the law itself for everybody of a population.

use jiff::civil::Date;
use population::Population;
use rules::{ParameterChange, ParameterValue, RuleBook};

use super::{Consequence, Fault, Indicator, Lever, Question, Target};
use crate::areas::aide::effects::{By, Effects, PovertyEffect, effects};
use crate::areas::aide::said::Said;

/// Of a district with fewer persons nothing is told.
pub const FEWEST_PERSONS: u64 = 100;

/// The lever of a parameter in force on a day; `None` where it has no single value then.
pub fn lever(
    book: &RuleBook,
    benefit: Option<&str>,
    parameter: &str,
    on: Date,
    (low, high, step): (i64, i64, i64),
) -> Option<Lever> {
    let mut all = book.parameters();
    let (_, found) = all.find(|(whose, it)| *whose == benefit && it.name == parameter)?;
    let ParameterValue::Single(now) = found.on(on)?.value else {
        return None;
    };
    Some(Lever {
        benefit: benefit.map(str::to_owned),
        parameter: parameter.to_owned(),
        now,
        low,
        high,
        step,
    })
}

/// The law with these values from a day on.
///
/// # Errors
/// A value that its unit cannot have, or a parameter that is gone, in words.
pub fn reformed(
    book: &RuleBook,
    levers: &[Lever],
    setting: &[i64],
    from: Date,
) -> Result<RuleBook, String> {
    let moved = levers.iter().zip(setting);
    let moved = moved.filter(|(lever, value)| lever.now != **value);
    let changes: Vec<ParameterChange> = moved
        .map(|(lever, value)| ParameterChange {
            benefit: lever.benefit.clone(),
            parameter: lever.parameter.clone(),
            from,
            values: vec![*value],
        })
        .collect();
    book.reformed(&changes).map_err(|error| error.to_string())
}

/// Whether the ends of every lever can be law.
///
/// # Errors
/// The first that cannot, by its field.
pub fn check(book: &RuleBook, question: &Question, on: Date) -> Result<(), Fault> {
    for (index, lever) in question.levers.iter().enumerate() {
        for (field, value) in [("low", lever.low), ("high", lever.high)] {
            reformed(book, std::slice::from_ref(lever), &[value], on).map_err(|reason| {
                Fault::Question {
                    field: format!("{field}-{index}"),
                    said: Said::new("aide-goal-no-law").with("reason", reason),
                }
            })?;
        }
    }
    Ok(())
}

/// Works settings out for everybody; `told` hears of households that are done.
pub fn evaluation<'a>(
    book: &'a RuleBook,
    population: &'a Population,
    question: &'a Question,
    on: Date,
    told: &'a (dyn Fn(u64) + Sync),
) -> impl FnMut(&[i64]) -> Result<Consequence, String> + 'a {
    move |setting| {
        let after = reformed(book, &question.levers, setting, on)?;
        let found = effects(book, &after, population, on, told);
        let found = found.map_err(|error| error.to_string())?;
        consequence(&question.target, &found)
    }
}

/// What a reform's effects mean for a goal.
///
/// # Errors
/// A goal that nothing is known of, in words.
pub fn consequence(target: &Target, effects: &Effects) -> Result<Consequence, String> {
    let poverty = effects
        .poverty
        .as_ref()
        .ok_or("nobody's income is known: take a snapshot of a register with incomes")?;
    let cost = effects
        .benefits
        .iter()
        .map(|it| it.won_a_year_after - it.won_a_year_before);
    let districts = || effects.groups.iter().filter(|it| it.by == By::District);
    if let Some(code) = &target.district {
        let persons = districts()
            .find(|it| it.key == *code)
            .map_or(0, |it| it.persons);
        if persons < FEWEST_PERSONS {
            return Err(format!(
                "fewer than {FEWEST_PERSONS} persons live in {code}: their figures are not told; choose another district"
            ));
        }
    }
    let count = |of: fn(&crate::areas::aide::effects::GroupEffect) -> u64| {
        i64::try_from(districts().map(of).sum::<u64>()).unwrap_or(i64::MAX)
    };
    Ok(Consequence {
        cost_won: cost.sum(),
        outcome: outcome(target, poverty)?,
        losers: count(|it| it.losers),
        winners: count(|it| it.winners),
    })
}

fn outcome(target: &Target, poverty: &PovertyEffect) -> Result<i64, String> {
    if let Some(code) = &target.district {
        let own = poverty.districts.get(code);
        let own = own.ok_or_else(|| format!("no income is known in {code}"))?;
        return Ok(match target.indicator {
            Indicator::ChildPovertyRate => own.child_rate_after,
            _ => own.rate_after,
        });
    }
    Ok(match target.indicator {
        Indicator::PovertyRate => poverty.rate_after,
        Indicator::ChildPovertyRate => poverty.child_rate_after,
        Indicator::PovertyGap => poverty.gap_after,
        Indicator::Gini => poverty.gini_after,
    })
}
