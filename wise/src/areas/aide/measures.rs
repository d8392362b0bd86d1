//! Measures that are no reform of law, side by side: a facility, a plan of visits, a closure, a campaign, a change of
//! staff. Each says what it costs, what it brings with an interval and the source of that, what else it does, and when it
//! can sensibly begin, in one form ([`Measure`]), so that measures of different kinds stand beside each other.
//!
//! No effect is made up here: what a visit averts, what a campaign gains and how long a case takes are the asker's figures
//! with their source, and a measure without a source is refused.

pub mod facility;
pub mod staffing;

use appraisal::Band;
use appraisal::assignment::{self, AssignmentError, Site};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use self::facility::{Facility, Siting};
use self::staffing::Staffing;
use super::said::{Said, decimal};
use crate::blocks::people::words;

/// The most sites of a plan of visits.
pub const MAX_SITES: usize = 1_000;

words! {
    Kind {
        Facility = "facility",
        Closure = "closure",
        Visits = "visits",
        Campaign = "campaign",
        Staffing = "staffing",
    }
}

impl Kind {
    pub const ALL: [Self; 5] = [
        Self::Facility,
        Self::Closure,
        Self::Visits,
        Self::Campaign,
        Self::Staffing,
    ];
}

/// A measure that is asked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    Facility(Facility),
    Closure {
        facility: Facility,
        /// The place of the site that is to be closed.
        site: usize,
    },
    Visits(Visits),
    Campaign(Campaign),
    Staffing(Staffing),
}

/// What comes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    Siting(Siting),
    Visits(VisitPlan),
    Measure(Measure),
}

impl Asked {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Facility(_) => Kind::Facility,
            Self::Closure { .. } => Kind::Closure,
            Self::Visits(_) => Kind::Visits,
            Self::Campaign(_) => Kind::Campaign,
            Self::Staffing(_) => Kind::Staffing,
        }
    }
}

impl Found {
    pub fn measure(&self) -> &Measure {
        match self {
            Self::Siting(it) => &it.measure,
            Self::Visits(it) => &it.measure,
            Self::Measure(it) => it,
        }
    }
}

/// Whether a measure can be worked out, without doing what takes long.
///
/// # Errors
/// As [`find`].
pub fn check(asked: &Asked) -> Result<(), Fault> {
    match asked {
        Asked::Facility(it) => facility::check(it),
        quick => find(quick).map(drop),
    }
}

/// Works a measure out.
///
/// # Errors
/// The first field that cannot be, and what to do about it.
pub fn find(asked: &Asked) -> Result<Found, Fault> {
    match asked {
        Asked::Facility(it) => facility::place(it).map(Found::Siting),
        Asked::Closure { facility, site } => facility::close(facility, *site).map(Found::Siting),
        Asked::Visits(it) => visits(it).map(Found::Visits),
        Asked::Campaign(it) => campaign(it).map(Found::Measure),
        Asked::Staffing(it) => staffing::staffing(it).map(Found::Measure),
    }
}

/// What a measure brings: decimal texts, so that the same figures give the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The key of what is counted, and in which unit.
    pub of: String,
    pub low: String,
    pub mid: String,
    pub high: String,
    /// Where the size of the effect comes from: a study, a formula, the register.
    pub source: Said,
}

/// A measure as it stands beside others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    pub kind: Kind,
    pub name: String,
    /// Once, and in each year.
    pub cost_once_won: i64,
    pub cost_a_year_won: i64,
    pub effect: Effect,
    pub side_effects: Vec<Said>,
    /// The first day on which it can sensibly begin, and why not before.
    pub earliest: Date,
    pub because: Said,
    pub sentences: Vec<Said>,
    pub assumptions: Vec<Said>,
}

/// What every measure says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub name: String,
    pub cost_once_won: i64,
    pub cost_a_year_won: i64,
    /// The day from which everything is reckoned.
    pub today: Date,
    /// Months of preparation: budget, recruiting, building, notice.
    pub preparation_months: i64,
}

/// A field of the question, and what to do about it.
pub type Fault = (&'static str, Said);

impl About {
    fn check(&self) -> Result<(), Fault> {
        const MOST: i64 = 1_000_000_000_000_000;
        if self.name.trim().is_empty() {
            return Err(("name", Said::new("aide-say-this")));
        }
        let costs = [self.cost_once_won, self.cost_a_year_won];
        if !costs.iter().all(|it| (-MOST..=MOST).contains(it)) {
            return Err(("cost_once", Said::new("aide-measure-cost")));
        }
        if !(0..=240).contains(&self.preparation_months) {
            return Err(("preparation", Said::new("aide-measure-preparation")));
        }
        Ok(())
    }

    fn measure(&self, kind: Kind, effect: Effect) -> Measure {
        let months = jiff::Span::new().try_months(self.preparation_months);
        let earliest = self.today.saturating_add(months.unwrap_or_default());
        Measure {
            kind,
            name: self.name.trim().to_owned(),
            cost_once_won: self.cost_once_won,
            cost_a_year_won: self.cost_a_year_won,
            effect,
            side_effects: Vec::new(),
            earliest,
            because: Said::new("aide-measure-because").with("months", self.preparation_months),
            sentences: Vec::new(),
            assumptions: Vec::new(),
        }
    }
}

/// A number that is not known exactly, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milli {
    pub low: i64,
    pub mid: i64,
    pub high: i64,
}

impl Milli {
    fn band(self) -> Band {
        let of = |it: i64| it as f64 / 1_000.0;
        Band {
            low: of(self.low),
            mid: of(self.mid),
            high: of(self.high),
        }
    }

    fn check(self, field: &'static str, most: i64) -> Result<(), Fault> {
        let is_ordered =
            0 <= self.low && self.low <= self.mid && self.mid <= self.high && self.high <= most;
        match is_ordered {
            true => Ok(()),
            false => Err((field, Said::new("aide-measure-range"))),
        }
    }
}

fn sourced(source: &str) -> Result<Said, Fault> {
    match source.trim() {
        "" => Err(("source", Said::new("aide-measure-source"))),
        source => Ok(Said::new("aide-measure-source-is").with("source", source)),
    }
}

/// A place to inspect or patrol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    pub name: String,
    /// Harm expected in a year without visits, in thousandths of what is counted.
    pub risk_milli: i64,
    pub minutes: u64,
    pub least: u32,
    pub most: u32,
}

/// A plan of visits is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visits {
    pub about: About,
    pub stops: Vec<Stop>,
    pub minutes: u64,
    /// k: with 100 thousandths one visit averts 9.5 % of the harm, two 18 %.
    pub per_visit: Milli,
    pub source: String,
}

/// What visits are planned for which stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitPlan {
    pub measure: Measure,
    /// In the order of the stops.
    pub visits: Vec<u32>,
    pub spent_minutes: u64,
}

/// Plans visits where the next one averts most for its time.
///
/// # Errors
/// The first field that cannot be, and what to do about it.
pub fn visits(asked: &Visits) -> Result<VisitPlan, Fault> {
    asked.about.check()?;
    let source = sourced(&asked.source)?;
    asked.per_visit.check("per_visit", 10_000)?;
    if asked.stops.is_empty() || asked.stops.len() > MAX_SITES {
        return Err((
            "stops",
            Said::new("aide-visits-stops").with("most", MAX_SITES),
        ));
    }
    let is_stop = |it: &Stop| {
        (0..=1_000_000_000_000).contains(&it.risk_milli) && it.minutes > 0 && it.least <= it.most
    };
    if let Some(wrong) = asked.stops.iter().find(|it| !is_stop(it)) {
        let said = Said::new("aide-visits-stop").with("name", wrong.name.as_str());
        return Err(("stops", said));
    }
    let sites: Vec<Site> = asked
        .stops
        .iter()
        .map(|it| Site {
            risk: it.risk_milli as f64 / 1_000.0,
            cost: it.minutes,
            least: it.least,
            most: it.most,
        })
        .collect();
    let effect = assignment::Effect {
        per_visit: asked.per_visit.band(),
        source: asked.source.clone(),
    };
    let plan =
        assignment::allocate(&sites, &effect, asked.minutes).map_err(|error| match error {
            AssignmentError::BudgetTooSmall { needed, .. } => {
                let said = Said::new("aide-visits-too-little").with("needed", needed.to_string());
                ("minutes", said)
            }
            AssignmentError::Input(_) => ("minutes", Said::new("aide-visits-minutes")),
        })?;
    let effect = Effect {
        of: "aide-measure-averted".into(),
        low: decimal(plan.averted.low, 1),
        mid: decimal(plan.averted.mid, 1),
        high: decimal(plan.averted.high, 1),
        source,
    };
    let mut measure = asked.about.measure(Kind::Visits, effect);
    let visited = plan.visits.iter().filter(|it| **it > 0).count();
    measure.sentences = vec![
        Said::new("aide-visits-plan")
            .with(
                "visits",
                plan.visits.iter().map(|it| i64::from(*it)).sum::<i64>(),
            )
            .with("stops", visited)
            .with("mid", decimal(plan.averted.mid, 1))
            .with("low", decimal(plan.averted.low, 1))
            .with("high", decimal(plan.averted.high, 1)),
        match plan.is_optimal {
            true => Said::new("aide-visits-best"),
            false => Said::new("aide-visits-nearly").with("most", decimal(plan.at_most, 1)),
        },
    ];
    let left_out = asked.stops.len() - visited;
    measure.side_effects = vec![Said::new("aide-visits-left-out").with("count", left_out)];
    measure.assumptions = vec![
        Said::new("aide-visits-assumes-shape"),
        Said::new("aide-visits-assumes-no-moving"),
        Said::new("aide-visits-assumes-risk"),
    ];
    Ok(VisitPlan {
        measure,
        visits: plan.visits,
        spent_minutes: plan.spent,
    })
}

/// A campaign is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    pub about: About,
    /// Those entitled who do not receive it (of the register).
    pub not_receiving: i64,
    /// What each would receive in a year.
    pub won_a_year: i64,
    /// Of a thousand of them, so many begin to receive it.
    pub gained_permille: Milli,
    pub source: String,
}

/// What a campaign for take-up brings to those who are owed something.
///
/// # Errors
/// The first field that cannot be, and what to do about it.
pub fn campaign(asked: &Campaign) -> Result<Measure, Fault> {
    asked.about.check()?;
    let source = sourced(&asked.source)?;
    asked.gained_permille.check("gained", 1_000)?;
    if !(0..=100_000_000).contains(&asked.not_receiving) {
        return Err(("not_receiving", Said::new("aide-campaign-persons")));
    }
    if !(0..=1_000_000_000).contains(&asked.won_a_year) {
        return Err(("won_a_year", Said::new("aide-campaign-won")));
    }
    // In whole persons, and exactly.
    let persons = |permille: i64| asked.not_receiving * permille / 1_000;
    let it = asked.gained_permille;
    let (low, mid, high) = (persons(it.low), persons(it.mid), persons(it.high));
    let effect = Effect {
        of: "aide-measure-reached".into(),
        low: low.to_string(),
        mid: mid.to_string(),
        high: high.to_string(),
        source,
    };
    let mut measure = asked.about.measure(Kind::Campaign, effect);
    measure.sentences = vec![
        Said::new("aide-campaign-gains")
            .with("low", low)
            .with("mid", mid)
            .with("high", high)
            .with("of", asked.not_receiving),
        Said::new("aide-campaign-pays")
            .with("low", low * asked.won_a_year)
            .with("mid", mid * asked.won_a_year)
            .with("high", high * asked.won_a_year),
    ];
    measure.side_effects = vec![
        Said::new("aide-campaign-budget").with("won", mid * asked.won_a_year),
        Said::new("aide-campaign-more-questions"),
    ];
    measure.assumptions = vec![
        Said::new("aide-campaign-assumes-gap"),
        Said::new("aide-campaign-assumes-amount"),
    ];
    Ok(measure)
}

#[cfg(test)]
mod tests;
