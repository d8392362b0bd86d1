//! A population some months ahead: everybody a month older, some dead, some born.

use std::ops::RangeInclusive;

use crate::Band;
use crate::error::{InputError, all_values, is_amount, is_quantity, same_length, setting};

/// The farthest that is projected: a hundred years.
pub const MAX_MONTHS: usize = 1_200;

/// Persons by single year of age from 0; the last age stands for itself and all above.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    pub women: Vec<f64>,
    pub men: Vec<f64>,
}

/// What happens to them in a year, by the same ages.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    /// The probability of dying within a year (q of a life table).
    pub women_mortality: Vec<f64>,
    pub men_mortality: Vec<f64>,
    /// Live births per woman and year, at most 1.
    pub fertility: Vec<f64>,
    /// The share of the newborn who are male, such as 0.512.
    pub male_share: f64,
    /// Persons who move in less those who move out, a year; empty for none.
    pub women_migration: Vec<f64>,
    pub men_migration: Vec<f64>,
}

/// How far the rates may be off, as a share of themselves: 0.1 for ± 10 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub mortality: f64,
    pub fertility: f64,
    pub migration: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    Women,
    Men,
}

/// The population of each month, month 0 being the given one.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    low: Vec<Population>,
    mid: Vec<Population>,
    high: Vec<Population>,
}

impl Projection {
    /// How many months lie ahead of month 0.
    pub fn months(&self) -> usize {
        self.mid.len() - 1
    }

    /// How many ages there are, the open one included.
    pub fn ages(&self) -> usize {
        self.mid[0].women.len()
    }

    /// The persons of these ages in each month from 0, of one sex or (`None`) both.
    ///
    /// # Errors
    /// Ages that are not in the population.
    pub fn target(
        &self,
        sex: Option<Sex>,
        ages: RangeInclusive<usize>,
    ) -> Result<Vec<Band>, InputError> {
        if ages.is_empty() || *ages.end() >= self.ages() {
            return Err(InputError::Setting {
                argument: "ages",
                found: format!("{} to {}", ages.start(), ages.end()),
                remedy: "give ages of the population, from the younger to the older",
            });
        }
        let count = |population: &Population| -> f64 {
            let women = &population.women[ages.clone()];
            let men = &population.men[ages.clone()];
            let of = |values: &[f64]| values.iter().sum::<f64>();
            match sex {
                Some(Sex::Women) => of(women),
                Some(Sex::Men) => of(men),
                None => of(women) + of(men),
            }
        };
        let months = self.low.iter().zip(&self.mid).zip(&self.high);
        Ok(months
            .map(|((low, mid), high)| Band {
                low: count(low),
                mid: count(mid),
                high: count(high),
            })
            .collect())
    }
}

/// Projects a population by cohorts (Leslie, *Biometrika* 33, 1945, 183–212), month by month.
///
/// At first, birthdays are spread evenly over the year; afterwards everybody of an age is followed by month of birth,
/// so that nobody ages too early. A month's deaths follow from the year's with equal force in each month; children are
/// born to the women at its beginning, and are of age 0 at its end. The lowest population has the mortality raised and
/// fertility and migration lowered by `spread`, the highest the other way round; every age group of it is then the lowest
/// and the highest, as more deaths, fewer births and fewer arrivals cannot make any group larger.
///
/// # Errors
/// Ages that do not match; negative or impossible persons, rates or spreads; more than [`MAX_MONTHS`].
pub fn project(
    start: &Population,
    rates: &Rates,
    spread: &Spread,
    months: usize,
) -> Result<Projection, InputError> {
    check(start, rates, spread)?;
    setting(
        "months",
        months,
        months <= MAX_MONTHS,
        "project at most 1,200 months; rates farther ahead are not known",
    )?;
    let path = |towards: f64| -> Vec<Population> {
        let rates = varied(rates, spread, towards);
        let mut cells = Cells::spread_evenly(start);
        let mut path = vec![start.clone()];
        for _ in 0..months {
            cells.pass_a_month(&rates);
            path.push(cells.population());
        }
        path
    };
    Ok(Projection {
        low: path(-1.0),
        mid: path(0.0),
        high: path(1.0),
    })
}

fn check(start: &Population, rates: &Rates, spread: &Spread) -> Result<(), InputError> {
    let ages = start.women.len();
    setting(
        "ages",
        ages,
        ages >= 2,
        "give at least age 0 and the open age above it",
    )?;
    let persons = "give persons, 0 or more";
    let of = "the ages of women";
    same_length("men", start.men.len(), of, ages)?;
    all_values("women", &start.women, is_amount, persons)?;
    all_values("men", &start.men, is_amount, persons)?;
    let is_share = |value: f64| (0.0..=1.0).contains(&value);
    for (argument, values) in [
        ("women_mortality", &rates.women_mortality),
        ("men_mortality", &rates.men_mortality),
    ] {
        same_length(argument, values.len(), of, ages)?;
        let remedy = "give the probability of dying within a year, from 0 to 1";
        all_values(argument, values, is_share, remedy)?;
    }
    same_length("fertility", rates.fertility.len(), of, ages)?;
    let remedy = "give live births per woman and year, from 0 to 1";
    all_values("fertility", &rates.fertility, is_share, remedy)?;
    for (argument, values) in [
        ("women_migration", &rates.women_migration),
        ("men_migration", &rates.men_migration),
    ] {
        if !values.is_empty() {
            same_length(argument, values.len(), of, ages)?;
        }
        let remedy = "give the finite number of persons who come less those who go, a year";
        all_values(argument, values, is_quantity, remedy)?;
    }
    let share = "give a share from 0 to 1";
    setting(
        "male_share",
        rates.male_share,
        is_share(rates.male_share),
        share,
    )?;
    for (argument, value) in [
        ("spread.mortality", spread.mortality),
        ("spread.fertility", spread.fertility),
        ("spread.migration", spread.migration),
    ] {
        setting(argument, value, is_share(value), share)?;
    }
    Ok(())
}

/// The rates as far as they may be off towards fewer (−1) or more (1) persons.
fn varied(rates: &Rates, spread: &Spread, towards: f64) -> Rates {
    let mortality = |values: &[f64]| {
        let factor = 1.0 - towards * spread.mortality;
        values.iter().map(|q| (q * factor).min(1.0)).collect()
    };
    let migration = |values: &[f64]| {
        let by = towards * spread.migration;
        values.iter().map(|net| net + by * net.abs()).collect()
    };
    let births = 1.0 + towards * spread.fertility;
    Rates {
        women_mortality: mortality(&rates.women_mortality),
        men_mortality: mortality(&rates.men_mortality),
        fertility: rates.fertility.iter().map(|it| it * births).collect(),
        male_share: rates.male_share,
        women_migration: migration(&rates.women_migration),
        men_migration: migration(&rates.men_migration),
    }
}

/// Persons by month of age; one last cell for the open age.
struct Cells {
    women: Vec<f64>,
    men: Vec<f64>,
}

impl Cells {
    fn spread_evenly(start: &Population) -> Self {
        let spread = |ages: &[f64]| {
            let last = ages.len() - 1;
            let months = ages[..last]
                .iter()
                .flat_map(|&persons| [persons / 12.0; 12]);
            months.chain([ages[last]]).collect()
        };
        Self {
            women: spread(&start.women),
            men: spread(&start.men),
        }
    }

    fn population(&self) -> Population {
        let gathered = |cells: &[f64]| cells.chunks(12).map(|it| it.iter().sum()).collect();
        Population {
            women: gathered(&self.women),
            men: gathered(&self.men),
        }
    }

    fn pass_a_month(&mut self, rates: &Rates) {
        let births: f64 = self
            .women
            .iter()
            .enumerate()
            .map(|(cell, women)| women * rates.fertility[cell / 12] / 12.0)
            .sum();
        let boys = births * rates.male_share;
        age(&mut self.women, &rates.women_mortality, births - boys);
        age(&mut self.men, &rates.men_mortality, boys);
        migrate(&mut self.women, &rates.women_migration);
        migrate(&mut self.men, &rates.men_migration);
    }
}

fn age(cells: &mut [f64], mortality: &[f64], born: f64) {
    for (year, cells) in cells.chunks_mut(12).enumerate() {
        let survive = (1.0 - mortality[year]).powf(1.0 / 12.0);
        for cell in cells {
            *cell *= survive;
        }
    }
    let last = cells.len() - 1;
    let oldest = cells[last] + cells[last - 1];
    cells.copy_within(..last, 1);
    cells[0] = born;
    cells[last] = oldest;
}

fn migrate(cells: &mut [f64], migration: &[f64]) {
    for (cells, yearly) in cells.chunks_mut(12).zip(migration) {
        let share = yearly / 12.0 / cells.len() as f64;
        for cell in cells {
            // Nobody leaves who is not there.
            *cell = (*cell + share).max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SURE: Spread = Spread {
        mortality: 0.0,
        fertility: 0.0,
        migration: 0.0,
    };

    fn people(women: &[f64], men: &[f64]) -> Population {
        Population {
            women: women.to_vec(),
            men: men.to_vec(),
        }
    }

    fn rates(mortality: f64, fertility: &[f64]) -> Rates {
        Rates {
            women_mortality: vec![mortality; fertility.len()],
            men_mortality: vec![mortality; fertility.len()],
            fertility: fertility.to_vec(),
            male_share: 0.5,
            women_migration: vec![],
            men_migration: vec![],
        }
    }

    fn near(found: f64, wanted: f64) {
        assert!(
            (found - wanted).abs() < 1e-9 * (1.0 + wanted.abs()),
            "{found} is not {wanted}"
        );
    }

    #[test]
    fn after_a_year_everybody_is_exactly_a_year_older() {
        let start = people(&[120.0, 60.0, 24.0, 12.0], &[12.0, 0.0, 0.0, 6.0]);
        let found = project(&start, &rates(0.0, &[0.0; 4]), &SURE, 12).unwrap();
        assert_eq!((found.months(), found.ages()), (12, 4));
        for (age, women) in [(0, 0.0), (1, 120.0), (2, 60.0), (3, 36.0)] {
            let months = found.target(Some(Sex::Women), age..=age).unwrap();
            near(months[12].mid, women);
        }
        // In between a twelfth has a birthday each month.
        near(found.target(Some(Sex::Men), 1..=1).unwrap()[3].mid, 3.0);
        near(found.target(None, 0..=3).unwrap()[7].mid, 234.0);
    }

    #[test]
    fn a_years_deaths_and_births_are_those_of_the_rates() {
        let start = people(&[0.0, 0.0, 1_000.0], &[0.0, 0.0, 500.0]);
        let found = project(&start, &rates(0.1, &[0.0; 3]), &SURE, 24).unwrap();
        let women = found.target(Some(Sex::Women), 2..=2).unwrap();
        near(women[12].mid, 900.0);
        near(women[24].mid, 810.0);
        let found = project(&start, &rates(0.0, &[0.0, 0.0, 0.06]), &SURE, 12).unwrap();
        let newborn = found.target(None, 0..=0).unwrap();
        near(newborn[1].mid, 5.0);
        near(newborn[12].mid, 60.0);
    }

    #[test]
    fn the_band_holds_the_middle_at_every_age_and_widens() {
        let start = people(&[100.0; 60], &[90.0; 60]);
        let mut given = rates(0.02, &[0.03; 60]);
        given.women_migration = (0..60).map(|age| f64::from(age) - 20.0).collect();
        let spread = Spread {
            mortality: 0.2,
            fertility: 0.3,
            migration: 0.5,
        };
        let found = project(&start, &given, &spread, 120).unwrap();
        for age in 0..60 {
            let months = found.target(None, age..=age).unwrap();
            assert!(months.iter().all(|it| it.is_ordered()), "{age}");
            assert_eq!(months[0], Band::exactly(190.0));
        }
        let all = found.target(None, 0..=59).unwrap();
        let width = |month: usize| all[month].high - all[month].low;
        assert!(width(120) > width(60) && width(60) > width(1) && width(1) > 0.0);
    }

    #[test]
    fn nobody_leaves_who_is_not_there() {
        let mut given = rates(0.0, &[0.0; 2]);
        given.men_migration = vec![-1_000.0, 0.0];
        let found = project(&people(&[5.0, 5.0], &[5.0, 5.0]), &given, &SURE, 6).unwrap();
        assert_eq!(found.target(Some(Sex::Men), 0..=0).unwrap()[6].mid, 0.0);
    }

    #[test]
    fn impossible_arguments_are_told() {
        let start = people(&[1.0, 1.0], &[1.0, 1.0]);
        let fine = rates(0.1, &[0.0, 0.1]);
        let told = |start: &Population, rates: &Rates| {
            project(start, rates, &SURE, 1).unwrap_err().to_string()
        };
        assert!(told(&people(&[1.0], &[1.0]), &fine).starts_with("ages is 1;"));
        assert!(told(&people(&[1.0, 1.0], &[1.0]), &fine).starts_with("men has 1 values"));
        assert!(told(&people(&[1.0, -1.0], &[1.0, 1.0]), &fine).starts_with("women[1] is -1;"));
        assert!(told(&start, &rates(1.1, &[0.0; 2])).starts_with("women_mortality[0] is 1.1;"));
        assert!(told(&start, &rates(0.1, &[0.0; 3])).starts_with("women_mortality has 3 values"));
        assert!(told(&start, &rates(0.1, &[0.0, f64::NAN])).starts_with("fertility[1] is NaN;"));
        let share = Rates {
            male_share: 2.0,
            ..fine.clone()
        };
        assert!(told(&start, &share).starts_with("male_share is 2;"));
        let migration = Rates {
            men_migration: vec![1.0],
            ..fine.clone()
        };
        assert!(told(&start, &migration).starts_with("men_migration has 1 values"));
        let wide = Spread {
            mortality: 1.5,
            ..SURE
        };
        assert!(project(&start, &fine, &wide, 1).is_err());
        assert!(project(&start, &fine, &SURE, MAX_MONTHS + 1).is_err());
        let found = project(&start, &fine, &SURE, 0).unwrap();
        assert!(found.target(None, 0..=2).is_err());
        #[expect(clippy::reversed_empty_ranges, reason = "that is what is refused")]
        let turned = found.target(None, 1..=0);
        assert!(turned.is_err());
    }
}
