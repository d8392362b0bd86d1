//! What waiting costs: the curve over every month one may start, and the population it rests on.
//!
//! [`cost_of_delay`] gives no magic date. It gives, for each month, what has been lost or saved by then, with an
//! interval; and the month from which the interval leaves no doubt.
//!
//! Its population may come from [`project`], a cohort projection by single year of age and sex.

mod cohort;

pub use cohort::{MAX_MONTHS, Population, Projection, Rates, Sex, Spread, project};

use crate::Band;
use crate::error::{InputError, not_empty, setting};

/// What a measure brings and takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Won per person of the target population and month.
    pub benefit_won: Band,
    /// Won per person and month; not part of `one_off_won`.
    pub cost_won: Band,
    /// Won at the start, once, whenever it is: waiting saves the interest on it.
    pub one_off_won: Band,
    /// Per year: 0.045 for 4.5 %.
    pub discount_rate: f64,
}

/// What starting in a month costs, compared with starting in month 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DelayPoint {
    pub month: usize,
    /// Present value at month 0, in won; positive: waiting until then loses this much, negative: it saves it.
    pub cost_won: Band,
}

/// The cost of delay over all months.
#[derive(Debug, Clone, PartialEq)]
pub struct DelayCurve {
    /// From month 0, at which nothing is lost, to the month after the last of the projection.
    pub points: Vec<DelayPoint>,
    /// The earliest month from which on, at every later one too, even the low end says that waiting loses:
    /// no benefit from waiting is possible any more. `None` when the doubt lasts to the end.
    pub surely_loses_from: Option<usize>,
    /// The same for waiting that surely saves: even the high end is below zero.
    pub surely_saves_from: Option<usize>,
}

/// The cost of starting a measure in each month rather than in month 0.
///
/// `population[t]` is the target population in month t. Starting in month m forgoes the benefits less the costs of
/// the months before m, each discounted from its beginning, and saves the interest on the one-off cost until then.
/// When the measure ends does not depend on when it starts.
///
/// The interval takes the lowest or highest of everything in all months together, so it is wide rather than narrow. What
/// may be learnt by waiting is not in it.
///
/// # Errors
/// No month, or more than [`MAX_MONTHS`]; bands out of order, or negative where they may not be; a discount rate outside
/// of −0.5 to 10.
pub fn cost_of_delay(population: &[Band], terms: &Terms) -> Result<DelayCurve, InputError> {
    not_empty(
        "population",
        population,
        "give the target population of at least one month",
    )?;
    setting(
        "months",
        population.len(),
        population.len() <= MAX_MONTHS,
        "look at most 1,200 months ahead",
    )?;
    for (index, month) in population.iter().enumerate() {
        if !month.is_ordered() || month.low < 0.0 {
            return Err(InputError::Value {
                argument: "population",
                index,
                found: month.to_string(),
                remedy: "give finite persons with 0 ≤ low ≤ mid ≤ high",
            });
        }
    }
    terms.benefit_won.check("benefit_won", f64::NEG_INFINITY)?;
    terms.cost_won.check("cost_won", f64::NEG_INFINITY)?;
    terms.one_off_won.check("one_off_won", 0.0)?;
    setting(
        "discount_rate",
        terms.discount_rate,
        (-0.5..=10.0).contains(&terms.discount_rate),
        "give a rate per year from -0.5 to 10, such as 0.045",
    )?;
    let net = terms.benefit_won.minus(terms.cost_won);
    let worth = |month: usize| (1.0 + terms.discount_rate).powf(-(month as f64) / 12.0);
    let mut forgone = Band::exactly(0.0);
    let mut points = vec![DelayPoint {
        month: 0,
        cost_won: forgone,
    }];
    for (month, persons) in population.iter().enumerate() {
        let lost = persons.times(net).times(Band::exactly(worth(month)));
        forgone = forgone.plus(lost);
        let month = month + 1;
        let interest = terms.one_off_won.times(Band::exactly(1.0 - worth(month)));
        points.push(DelayPoint {
            month,
            cost_won: forgone.minus(interest),
        });
    }
    Ok(DelayCurve {
        surely_loses_from: lasting_from(&points, |cost| cost.low > 0.0),
        surely_saves_from: lasting_from(&points, |cost| cost.high < 0.0),
        points,
    })
}

/// The first month from which on it holds to the end.
fn lasting_from(points: &[DelayPoint], holds: impl Fn(Band) -> bool) -> Option<usize> {
    let lasting = points
        .iter()
        .rev()
        .take_while(|point| holds(point.cost_won));
    lasting.last().map(|point| point.month)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(benefit: Band, one_off: f64) -> Terms {
        Terms {
            benefit_won: benefit,
            cost_won: Band::exactly(10.0),
            one_off_won: Band::exactly(one_off),
            discount_rate: 0.0,
        }
    }

    #[test]
    fn what_is_forgone_adds_up() {
        let population = [Band {
            low: 90.0,
            mid: 100.0,
            high: 120.0,
        }; 3];
        let curve = cost_of_delay(&population, &terms(Band::exactly(15.0), 0.0)).unwrap();
        let mids: Vec<f64> = curve.points.iter().map(|it| it.cost_won.mid).collect();
        assert_eq!(mids, [0.0, 500.0, 1_000.0, 1_500.0]);
        assert_eq!(curve.points[2].cost_won.low, 900.0);
        assert_eq!(curve.points[2].cost_won.high, 1_200.0);
        assert_eq!(curve.surely_loses_from, Some(1));
        assert_eq!(curve.surely_saves_from, None);
    }

    #[test]
    fn where_the_benefit_may_lie_below_the_cost_there_is_no_date() {
        let doubtful = Band {
            low: 8.0,
            mid: 15.0,
            high: 20.0,
        };
        let curve = cost_of_delay(&[Band::exactly(100.0); 24], &terms(doubtful, 0.0)).unwrap();
        assert_eq!(
            (curve.surely_loses_from, curve.surely_saves_from),
            (None, None)
        );
        let worthless = Band {
            low: 1.0,
            mid: 2.0,
            high: 3.0,
        };
        let curve = cost_of_delay(&[Band::exactly(100.0); 24], &terms(worthless, 0.0)).unwrap();
        assert_eq!(curve.surely_saves_from, Some(1));
    }

    #[test]
    fn interest_on_the_start_may_make_waiting_pay_until_the_population_has_grown() {
        let population: Vec<Band> = (0..48).map(|it| Band::exactly(f64::from(it))).collect();
        let terms = Terms {
            discount_rate: 0.05,
            ..terms(Band::exactly(11.0), 5_000.0)
        };
        let curve = cost_of_delay(&population, &terms).unwrap();
        assert!(curve.points[12].cost_won.mid < 0.0);
        let from = curve.surely_loses_from.unwrap();
        assert!(from > 30 && curve.points[from].cost_won.low > 0.0);
        assert!(curve.points[from - 1].cost_won.low <= 0.0);
        // By hand for one month: no one forgoes anything, and a month's interest is saved.
        let saved = 5_000.0 * (1.0 - 1.05_f64.powf(-1.0 / 12.0));
        assert!((curve.points[1].cost_won.mid + saved).abs() < 1e-9);
    }

    #[test]
    fn impossible_arguments_are_told() {
        let told = |population: &[Band], terms: &Terms| {
            cost_of_delay(population, terms).unwrap_err().to_string()
        };
        let fine = terms(Band::exactly(1.0), 0.0);
        assert!(told(&[], &fine).starts_with("population is empty"));
        assert!(told(&[Band::exactly(-1.0)], &fine).starts_with("population[0] is -1 / -1 / -1;"));
        let turned = Band {
            low: 3.0,
            mid: 2.0,
            high: 1.0,
        };
        assert!(told(&[turned], &fine).contains("low ≤ mid ≤ high"));
        let one = [Band::exactly(1.0)];
        assert!(told(&one, &terms(turned, 0.0)).starts_with("benefit_won is 3 / 2 / 1;"));
        assert!(told(&one, &terms(turned, f64::NAN)).starts_with("benefit_won"));
        assert!(told(&one, &terms(Band::exactly(1.0), -1.0)).starts_with("one_off_won is -1"));
        let rate = |discount_rate| {
            told(
                &one,
                &Terms {
                    discount_rate,
                    ..fine
                },
            )
        };
        assert!(rate(-1.0).starts_with("discount_rate is -1;"));
        assert!(told(&[Band::exactly(1.0); MAX_MONTHS + 1], &fine).starts_with("months is 1201;"));
        assert!(rate(f64::NAN).starts_with("discount_rate is NaN;"));
    }
}
