//! What waiting costs: for every month in which something could start, what those concerned have not received by then,
//! and what that is worth less what it costs. A curve with an interval, never one date.
//!
//! Who will be concerned is projected by cohorts from the people there are; what each receives is a figure of the law with
//! the values that are law for later months already.

use appraisal::Band;
use appraisal::delay::{Population as Persons, Rates, Sex, Spread, Terms, cost_of_delay, project};
use jiff::civil::Date;
use rules::{ParameterValue, RuleBook, Unit};
use serde::{Deserialize, Serialize};

use super::said::{Said, decimal};

pub mod people;

/// The farthest that is looked ahead.
pub const MAX_MONTHS: usize = 120;
/// The oldest age told apart; it stands for all above.
pub const OLDEST: usize = 100;

/// A share in per cent: the least, the likeliest and the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Percent {
    pub low: i64,
    pub mid: i64,
    pub high: i64,
}

impl Percent {
    pub fn is_ordered(self, most: i64) -> bool {
        0 <= self.low && self.low <= self.mid && self.mid <= self.high && self.high <= most
    }

    fn band(self) -> Band {
        let share = |it: i64| it as f64 / 100.0;
        Band {
            low: share(self.low),
            mid: share(self.mid),
            high: share(self.high),
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The figure of the law that each person receives: its benefit, `None` for a shared one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefit: Option<String>,
    pub parameter: String,
    /// Years completed, both included.
    pub youngest: usize,
    pub oldest: usize,
    /// The first month in which it could start.
    pub from: Date,
    pub months: usize,
    /// How many of the age group receive it.
    pub take_up: Percent,
    /// What 100 won in their hands are worth to the whole, and who says so.
    pub worth: Percent,
    pub worth_source: String,
    /// What paying 100 won costs beyond the 100.
    pub running_percent: i64,
    pub one_off_won: i64,
    /// Per thousand a year: 45 for 4.5 %.
    pub discount_permille: i64,
    /// How far deaths and births may be off.
    pub spread_percent: i64,
}

/// A value that is law from a month on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    pub from: Date,
    /// Won a month; `None` where the law has no value any more.
    pub won_a_month: Option<i64>,
    pub source: String,
    pub unverified: bool,
}

/// A sum with what it surely lies between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    pub low: i64,
    pub mid: i64,
    pub high: i64,
}

impl From<Band> for Sum {
    fn from(band: Band) -> Self {
        let whole = |value: f64| value.round() as i64;
        Self {
            low: whole(band.low),
            mid: whole(band.mid),
            high: whole(band.high),
        }
    }
}

/// Starting so many months later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Month {
    pub month: Date,
    /// Persons of the age group who would receive it then.
    pub persons: Sum,
    /// Won that they have not received by then.
    pub not_received: Sum,
    /// What waiting until then has cost the whole: its worth less its cost, discounted; below zero it saved.
    pub cost: Sum,
}

/// All that is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    pub months: Vec<Month>,
    /// The figure of the law over these months.
    pub values: Vec<Value>,
    /// Months of waiting from which on the whole surely loses, or surely saves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surely_loses_from: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surely_saves_from: Option<usize>,
    /// People of unknown age or sex: they are left out.
    pub unknown: i64,
    pub sentences: Vec<Said>,
    pub assumptions: Vec<Said>,
}

/// Everything that is wrong with a question: the field, and what to do about it.
pub fn check(question: &Question) -> Vec<(&'static str, Said)> {
    let mut faults = Vec::new();
    let mut hold = |holds: bool, field, key: &str| {
        if !holds {
            faults.push((field, Said::new(key)));
        }
    };
    let ages = question.youngest <= question.oldest && question.oldest <= OLDEST;
    hold(ages, "youngest", "aide-timing-ages");
    hold(
        (1..=MAX_MONTHS).contains(&question.months),
        "months",
        "aide-timing-months",
    );
    hold(
        question.take_up.is_ordered(100),
        "take_up",
        "aide-timing-take-up",
    );
    hold(
        question.worth.is_ordered(1_000),
        "worth",
        "aide-timing-worth",
    );
    hold(
        !question.worth_source.trim().is_empty(),
        "worth_source",
        "aide-say-this",
    );
    hold(
        (0..=1_000).contains(&question.running_percent),
        "running",
        "aide-timing-running",
    );
    let once = (0..=100_000_000_000_000).contains(&question.one_off_won);
    hold(once, "one_off", "aide-timing-one-off");
    hold(
        (0..=200).contains(&question.discount_permille),
        "discount",
        "aide-timing-discount",
    );
    hold(
        (0..=50).contains(&question.spread_percent),
        "spread",
        "aide-timing-spread",
    );
    faults
}

/// The values that are law over the months, each from the first month in which it holds. A figure by the year is a
/// twelfth in each month.
///
/// # Errors
/// A figure that the law does not have, or that is no single sum of money.
pub fn values(book: &RuleBook, question: &Question) -> Result<Vec<Value>, Said> {
    let benefit = question.benefit.as_deref();
    let mut all = book.parameters();
    let found = all.find(|(whose, it)| *whose == benefit && it.name == question.parameter);
    let no_sum = || Said::new("aide-timing-no-sum").with("name", question.parameter.as_str());
    let (_, parameter) = found.ok_or_else(no_sum)?;
    let share = match parameter.unit {
        Unit::Won | Unit::WonPerMonth => 1,
        Unit::WonPerYear => 12,
        _ => return Err(no_sum()),
    };
    let mut values: Vec<Value> = Vec::new();
    for month in 0..question.months {
        let first = later(question.from, month);
        let value = parameter.on(first);
        let won = match value.map(|it| &it.value) {
            Some(ParameterValue::Single(won)) => Some(won / share),
            Some(ParameterValue::Table(_)) => return Err(no_sum()),
            None => None,
        };
        if values.last().is_none_or(|it| it.won_a_month != won) {
            values.push(Value {
                from: first,
                won_a_month: won,
                source: value.map_or_else(String::new, |it| it.source.clone()),
                unverified: value.is_some_and(|it| it.unverified),
            });
        }
    }
    Ok(values)
}

/// The first day of the month so many months later.
fn later(from: Date, months: usize) -> Date {
    let months = i64::try_from(months).unwrap_or(i64::MAX);
    let span = jiff::Span::new().try_months(months).unwrap_or_default();
    from.first_of_month().saturating_add(span)
}

/// Works it out for these people.
///
/// # Errors
/// The first that [`check`] tells, or rates and people that do not fit.
pub fn find(
    question: &Question,
    values: Vec<Value>,
    people: &people::People,
    rates: &Rates,
) -> Result<Delay, String> {
    if let Some((field, said)) = check(question).into_iter().next() {
        return Err(format!("{field}: {}", said.key));
    }
    let start = Persons {
        women: people.women.iter().map(|it| *it as f64).collect(),
        men: people.men.iter().map(|it| *it as f64).collect(),
    };
    let off = question.spread_percent as f64 / 100.0;
    let spread = Spread {
        mortality: off,
        fertility: off,
        migration: 0.0,
    };
    let projected = project(&start, rates, &spread, question.months);
    let projected = projected.map_err(|error| error.to_string())?;
    let both: Option<Sex> = None;
    let group = projected.target(both, question.youngest..=question.oldest);
    let group = group.map_err(|error| error.to_string())?;
    let take_up = question.take_up.band();
    let persons: Vec<Band> = group.iter().map(|it| times(*it, take_up)).collect();
    let won = |month: usize| {
        let day = later(question.from, month);
        let value = values.iter().rev().find(|it| it.from <= day);
        value.and_then(|it| it.won_a_month).unwrap_or(0) as f64
    };
    // Won of a month take the place of persons: what each won is worth and costs is the same in every month.
    let paid: Vec<Band> = (0..question.months)
        .map(|month| times(persons[month], Band::exactly(won(month))))
        .collect();
    let terms = Terms {
        benefit_won: question.worth.band(),
        cost_won: Band::exactly(1.0 + question.running_percent as f64 / 100.0),
        one_off_won: Band::exactly(question.one_off_won as f64),
        discount_rate: question.discount_permille as f64 / 1_000.0,
    };
    let curve = cost_of_delay(&paid, &terms).map_err(|error| error.to_string())?;
    let mut not_received = Band::exactly(0.0);
    let months = curve.points.iter().map(|point| {
        let month = Month {
            month: later(question.from, point.month),
            persons: persons[point.month].into(),
            not_received: not_received.into(),
            cost: point.cost_won.into(),
        };
        if let Some(paid) = paid.get(point.month) {
            not_received = Band {
                low: not_received.low + paid.low,
                mid: not_received.mid + paid.mid,
                high: not_received.high + paid.high,
            };
        }
        month
    });
    let mut delay = Delay {
        months: months.collect(),
        values,
        surely_loses_from: curve.surely_loses_from,
        surely_saves_from: curve.surely_saves_from,
        unknown: people.unknown,
        sentences: Vec::new(),
        assumptions: Vec::new(),
    };
    delay.sentences = sentences(&delay);
    delay.assumptions = assumptions(question, people);
    Ok(delay)
}

/// Of two bands that are not below zero.
fn times(one: Band, other: Band) -> Band {
    Band {
        low: one.low * other.low,
        mid: one.mid * other.mid,
        high: one.high * other.high,
    }
}

fn sentences(delay: &Delay) -> Vec<Said> {
    let (first, last) = (&delay.months[0], &delay.months[delay.months.len() - 1]);
    let end = delay.months.len() - 1;
    let with_sum = |said: Said, sum: Sum| {
        said.with("low", sum.low)
            .with("mid", sum.mid)
            .with("high", sum.high)
    };
    let mut all = vec![with_sum(
        Said::new("aide-timing-not-received").with("months", end),
        last.not_received,
    )];
    all.push(match (delay.surely_loses_from, delay.surely_saves_from) {
        (Some(month), _) => Said::new("aide-timing-surely-loses").with("months", month),
        (None, Some(month)) => Said::new("aide-timing-surely-saves").with("months", month),
        (None, None) => Said::new("aide-timing-in-doubt"),
    });
    all.push(with_sum(
        Said::new("aide-timing-cost").with("months", end),
        last.cost,
    ));
    let key = match last.persons.mid.cmp(&first.persons.mid) {
        std::cmp::Ordering::Less => "aide-timing-fewer",
        _ => "aide-timing-more",
    };
    all.push(
        Said::new(key)
            .with("now", first.persons.mid)
            .with("then", last.persons.mid)
            .with("low", last.persons.low)
            .with("high", last.persons.high),
    );
    let changes = delay.values.iter().skip(1);
    all.extend(changes.map(|it| {
        match it.won_a_month {
            Some(won) => Said::new("aide-timing-law-changes")
                .with("from", it.from.to_string())
                .with("won", won),
            None => Said::new("aide-timing-law-ends").with("from", it.from.to_string()),
        }
    }));
    all
}

fn assumptions(question: &Question, people: &people::People) -> Vec<Said> {
    vec![
        Said::new("aide-timing-assumes-law"),
        Said::new("aide-timing-assumes-ages")
            .with("youngest", question.youngest)
            .with("oldest", question.oldest)
            .with("low", question.take_up.low)
            .with("mid", question.take_up.mid)
            .with("high", question.take_up.high),
        Said::new("aide-timing-assumes-worth")
            .with("low", question.worth.low)
            .with("mid", question.worth.mid)
            .with("high", question.worth.high)
            .with("source", question.worth_source.trim()),
        Said::new("aide-timing-assumes-cost")
            .with("running", question.running_percent)
            .with("once", question.one_off_won)
            .with("rate", decimal(question.discount_permille as f64 / 10.0, 1)),
        Said::new("aide-timing-assumes-rates").with("spread", question.spread_percent),
        Said::new("aide-timing-assumes-nobody-moves").with("unknown", people.unknown),
        Said::new("aide-timing-assumes-no-learning"),
    ]
}

#[cfg(test)]
mod tests;
