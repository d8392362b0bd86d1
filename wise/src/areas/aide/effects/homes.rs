//! Households of a batch as groups are told apart: income, size, ages.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use jiff::civil::Date;
use rules::columns::MEMBERS;
use rules::dates;

/// A household's income a month before benefits: the first of these that is known.
pub(super) const INCOMES: [&str; 3] = ["income_now", "income_assessed", "income_recognised"];

/// Groups of persons by their age in years: from, and what it is called. The last is of whom it is not known.
pub(super) const AGES: [&str; 7] = [
    "00-05", "06-17", "18-34", "35-64", "65-79", "80-plus", "unknown",
];
/// The least age of the second group, and of those after it.
const FROM: [i64; 5] = [6, 18, 35, 65, 80];
/// Kinds of households by the ages of their members.
pub(super) const KINDS: [&str; 7] = [
    "alone",
    "elder-alone",
    "single-parent",
    "with-children",
    "elders",
    "adults",
    "unknown",
];

/// The last day of birth of each age group but the first, as a day number: who was born on it is just old enough.
pub(super) struct Birthdays([i32; FROM.len()]);

impl Birthdays {
    pub fn on(day: Date) -> Self {
        Self(FROM.map(|years| {
            let is_old_enough = |born: i64| {
                let born = dates::from_day_number(born);
                born.is_some_and(|born| dates::years_between(born, day) >= years)
            };
            // Whoever was born earlier is older: halved until one day is left.
            let today = dates::day_number(day);
            let (mut enough, mut not) = (today - (years + 1) * 366, today - (years - 1) * 365);
            while not - enough > 1 {
                let middle = (enough + not) / 2;
                if is_old_enough(middle) {
                    enough = middle;
                } else {
                    not = middle;
                }
            }
            enough as i32
        }))
    }

    /// The place of an age group among [`AGES`].
    pub fn group(&self, born: Option<i32>) -> usize {
        born.map_or(AGES.len() - 1, |born| {
            self.0.iter().filter(|last| born <= **last).count()
        })
    }
}

/// Whether somebody of an age group is under 18, or 65 and older.
fn is_minor(group: usize) -> bool {
    group < 2
}

fn is_elder(group: usize) -> bool {
    group == 4 || group == 5
}

pub(super) fn minors(groups: &[usize]) -> u64 {
    groups.iter().filter(|group| is_minor(**group)).count() as u64
}

/// The place of a household's kind among [`KINDS`].
pub(super) fn kind(groups: &[usize]) -> usize {
    if groups.is_empty() || groups.contains(&(AGES.len() - 1)) {
        return KINDS.len() - 1;
    }
    let adults = groups.len() as u64 - minors(groups);
    let elders = groups.iter().filter(|group| is_elder(**group)).count();
    match (groups.len(), adults) {
        (1, _) => usize::from(elders == 1),
        (_, 1) => 2,
        (size, adults) if adults < size as u64 => 3,
        (size, _) if elders == size => 4,
        _ => 5,
    }
}

/// What is read of households beside the law.
pub(super) struct Homes {
    offsets: Vec<u32>,
    pub incomes: Vec<Option<i64>>,
    born: Vec<Option<i32>>,
}

impl Homes {
    pub fn of(batch: &RecordBatch) -> Self {
        let list = batch
            .column_by_name(MEMBERS)
            .and_then(|it| it.as_list_opt::<i32>());
        let ends = list.map_or_else(
            || vec![0; batch.num_rows() + 1],
            |list| list.value_offsets().to_vec(),
        );
        let first = ends[0];
        let offsets: Vec<u32> = ends.iter().map(|end| (end - first) as u32).collect();
        let born = list.and_then(|list| {
            let members = list.values().as_struct_opt()?;
            let born = members
                .column_by_name("born")?
                .as_primitive_opt::<Date32Type>()?;
            Some(born.iter().skip(first as usize).collect())
        });
        let known = INCOMES.iter().filter_map(|name| {
            let column = batch.column_by_name(name)?;
            column.as_primitive_opt::<Int64Type>()
        });
        let known: Vec<_> = known.collect();
        let income = |row: usize| {
            known
                .iter()
                .find(|it| it.is_valid(row))
                .map(|it| it.value(row))
        };
        Self {
            incomes: (0..batch.num_rows()).map(income).collect(),
            born: born.unwrap_or_default(),
            offsets,
        }
    }

    pub fn count(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn size(&self, household: usize) -> usize {
        ((self.offsets[household + 1] - self.offsets[household]) as usize).max(1)
    }

    /// The age groups of a household's members, put in place of what stood there.
    pub fn ages(&self, household: usize, birthdays: &Birthdays, groups: &mut Vec<usize>) {
        let members = self.offsets[household] as usize..self.offsets[household + 1] as usize;
        groups.clear();
        groups.extend(
            members.map(|member| birthdays.group(self.born.get(member).copied().flatten())),
        );
    }
}

/// An income by the size of the household: divided by the square root (OECD).
pub(super) fn by_size(income: i64, size: usize) -> i64 {
    let root = (size as u64 * 1_000_000).isqrt() as i64;
    income.saturating_mul(1_000) / root.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_those_of_completed_years() {
        for on in ["2026-11-25", "2025-02-28", "2024-02-29", "2025-03-01"] {
            let on: Date = on.parse().unwrap();
            let birthdays = Birthdays::on(on);
            for back in 0..36_000 {
                let born = dates::day_number(on) - back;
                let age = dates::years_between(dates::from_day_number(born).unwrap(), on);
                let expected = FROM.iter().filter(|from| age >= **from).count();
                assert_eq!(birthdays.group(Some(born as i32)), expected, "{on}: {age}");
            }
            assert_eq!(AGES[birthdays.group(None)], "unknown");
        }
    }

    #[test]
    fn households_are_told_apart_by_who_lives_in_them() {
        let named = |groups: &[usize]| KINDS[kind(groups)];
        assert_eq!(named(&[2]), "alone");
        assert_eq!(named(&[5]), "elder-alone");
        assert_eq!(named(&[3, 0]), "single-parent");
        assert_eq!(named(&[3, 2, 1]), "with-children");
        assert_eq!(named(&[4, 5]), "elders");
        assert_eq!(named(&[4, 3]), "adults");
        assert_eq!(named(&[3, 6]), "unknown");
        assert_eq!(named(&[]), "unknown");
    }
}
