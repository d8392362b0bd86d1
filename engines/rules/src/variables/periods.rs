//! Periods of time: days, weeks, months, years, and eternity for what never changes.

use std::fmt;

use jiff::civil::{Date, ISOWeekDate, Weekday};

use crate::dates;

/// How long one unit of a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodUnit {
    Day,
    /// From Monday to Sunday (ISO 8601).
    Week,
    Month,
    Year,
    /// Always the same: a date of birth.
    Eternity,
}

impl PeriodUnit {
    /// Every unit, from the shortest.
    pub const ALL: [Self; 5] = [
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Year,
        Self::Eternity,
    ];

    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
            Self::Eternity => "eternity",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// Whether the unit is made of whole ones of `part`: a year of months and of days, but not of weeks.
    pub(crate) fn is_made_of(self, part: Self) -> bool {
        match (self, part) {
            (Self::Eternity, _) | (_, Self::Eternity) => false,
            (whole, part) if whole == part => true,
            (Self::Week | Self::Month | Self::Year, Self::Day) => true,
            (Self::Year, Self::Month) => true,
            _ => false,
        }
    }
}

impl fmt::Display for PeriodUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Some units from a day on; eternity has neither beginning nor size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    unit: PeriodUnit,
    start: Date,
    size: u32,
}

/// The most units in a period: more than any law looks at, few enough to walk through.
const MAX_SIZE: u32 = 40_000;

/// What a text must look like to be a period; the remedy of every message about one.
pub(crate) const FORMS: &str = "Write `2026`, `2026-01`, `2026-01-31`, `2026-W05`, `year:2026-04`, `month:2026-01:3` or `eternity`.";

impl Period {
    /// What holds always.
    pub const ETERNITY: Self = Self {
        unit: PeriodUnit::Eternity,
        start: Date::constant(1, 1, 1),
        size: 1,
    };

    /// One unit that begins on `start`.
    pub fn one(unit: PeriodUnit, start: Date) -> Self {
        match unit {
            PeriodUnit::Eternity => Self::ETERNITY,
            unit => Self {
                unit,
                start,
                size: 1,
            },
        }
    }

    /// Reads an ISO 8601 year, month, day or week (`2026-W05`; `2026-W05-3` is a day), several units from there as
    /// `month:2026-01:3`, or `eternity` in either case.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("eternity") {
            return Some(Self::ETERNITY);
        }
        let mut parts = text.split(':');
        let (first, second, third) = (parts.next()?, parts.next(), parts.next());
        let Some(second) = second else {
            return simple(first);
        };
        let unit = match first {
            "weekday" => PeriodUnit::Day,
            name => PeriodUnit::parse(name)?,
        };
        let size = third.map_or(Some(1), |size| size.parse().ok())?;
        let from = simple(second)?;
        let rough = weight(from.unit) > weight(unit);
        let valid = (1..=MAX_SIZE).contains(&size) && parts.next().is_none() && !rough;
        if !valid || unit == PeriodUnit::Eternity {
            return None;
        }
        let period = Self {
            unit,
            start: from.start,
            size,
        };
        period.end().map(|_| period)
    }

    pub fn unit(self) -> PeriodUnit {
        self.unit
    }

    /// The first day; of eternity the first day of our era.
    pub fn start(self) -> Date {
        self.start
    }

    /// How many units.
    pub fn size(self) -> u32 {
        self.size
    }

    /// The first day after it; `None` for eternity and at the end of the calendar.
    pub fn end(self) -> Option<Date> {
        self.moved(i64::from(self.size)).map(|next| next.start)
    }

    /// The period of the same length `units` later (earlier where negative).
    pub fn moved(self, units: i64) -> Option<Self> {
        let start = match self.unit {
            PeriodUnit::Day => dates::add_days(self.start, units)?,
            PeriodUnit::Week => dates::add_days(self.start, units.checked_mul(7)?)?,
            PeriodUnit::Month => dates::completion(self.start, units)?,
            PeriodUnit::Year => dates::completion(self.start, units.checked_mul(12)?)?,
            PeriodUnit::Eternity => return None,
        };
        Some(Self { start, ..self })
    }

    /// So many units from the same first day; `None` at the end of the calendar.
    pub(crate) fn enlarged(self, size: u32) -> Option<Self> {
        let larger = Self { size, ..self };
        larger.end().map(|_| larger)
    }

    /// The calendar unit in which it begins: of the month 2026-05 the year 2026, of the year 2026 the month 2026-01.
    pub fn around(self, unit: PeriodUnit) -> Self {
        let start = match unit {
            PeriodUnit::Day | PeriodUnit::Eternity => self.start,
            PeriodUnit::Week => monday(self.start),
            PeriodUnit::Month => self.start.first_of_month(),
            PeriodUnit::Year => self.start.first_of_year(),
        };
        Self::one(unit, start)
    }

    /// The single units of `part` that it is made of, in order; `None` where it is not made of whole ones.
    pub fn parts(self, part: PeriodUnit) -> Option<Vec<Self>> {
        if !self.unit.is_made_of(part) {
            return None;
        }
        let end = self.end()?;
        let mut parts = Vec::new();
        let mut next = Self::one(part, self.start);
        while next.start < end {
            parts.push(next);
            next = next.moved(1)?;
        }
        Some(parts)
    }

    /// The key by which inputs are taken: the shorter ones first, so that a year is spread over what months left.
    pub(crate) fn length(self) -> (u8, u32) {
        (weight(self.unit), self.size)
    }
}

/// Months and weeks weigh the same: neither is made of the other.
fn weight(unit: PeriodUnit) -> u8 {
    match unit {
        PeriodUnit::Day => 1,
        PeriodUnit::Week | PeriodUnit::Month => 2,
        PeriodUnit::Year => 3,
        PeriodUnit::Eternity => 4,
    }
}

fn monday(day: Date) -> Date {
    let since = i64::from(day.weekday().since(Weekday::Monday));
    dates::add_days(day, -since).unwrap_or(day)
}

fn simple(text: &str) -> Option<Period> {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |text: &str, length| {
        let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<i16>().ok()).flatten()
    };
    let year = digits(parts.first()?, 4)?;
    let small = |text: &str, length| digits(text, length).and_then(|n| i8::try_from(n).ok());
    let week = |text: &str, day| {
        let week = small(text.strip_prefix('W')?, 2)?;
        ISOWeekDate::new(year, week, day).ok().map(|it| it.date())
    };
    let (unit, start) = match parts[1..] {
        [] => (PeriodUnit::Year, Date::new(year, 1, 1).ok()?),
        [number] if number.starts_with('W') => (PeriodUnit::Week, week(number, Weekday::Monday)?),
        [month] => (
            PeriodUnit::Month,
            Date::new(year, small(month, 2)?, 1).ok()?,
        ),
        [number, day] if number.starts_with('W') => {
            let day = Weekday::from_monday_one_offset(small(day, 1)?).ok()?;
            (PeriodUnit::Day, week(number, day)?)
        }
        [month, day] => {
            let day = Date::new(year, small(month, 2)?, small(day, 2)?).ok()?;
            (PeriodUnit::Day, day)
        }
        _ => return None,
    };
    Some(Period::one(unit, start))
}

/// The shortest form that [`Period::parse`] reads back.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.start;
        let whole = self.around(self.unit).start == start;
        match self.unit {
            PeriodUnit::Eternity => f.write_str("eternity"),
            PeriodUnit::Year if self.size == 1 && whole => write!(f, "{:04}", start.year()),
            PeriodUnit::Month if self.size == 1 && whole => {
                write!(f, "{:04}-{:02}", start.year(), start.month())
            }
            PeriodUnit::Week if self.size == 1 && whole => {
                let week = start.iso_week_date();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
            PeriodUnit::Day if self.size == 1 => write!(f, "{start}"),
            unit if self.size == 1 => write!(f, "{unit}:{start}"),
            unit => write!(f, "{unit}:{start}:{}", self.size),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn period(text: &str) -> Period {
        Period::parse(text).expect(text)
    }

    #[test]
    fn every_form_is_read_and_told_again() {
        for (text, unit, start, size, told) in [
            ("2026", PeriodUnit::Year, "2026-01-01", 1, "2026"),
            ("2026-02", PeriodUnit::Month, "2026-02-01", 1, "2026-02"),
            ("2026-02-28", PeriodUnit::Day, "2026-02-28", 1, "2026-02-28"),
            ("2026-W01", PeriodUnit::Week, "2025-12-29", 1, "2026-W01"),
            ("2026-W53-7", PeriodUnit::Day, "2027-01-03", 1, "2027-01-03"),
            (
                "year:2026-04",
                PeriodUnit::Year,
                "2026-04-01",
                1,
                "year:2026-04-01",
            ),
            (
                "month:2026-01:3",
                PeriodUnit::Month,
                "2026-01-01",
                3,
                "month:2026-01-01:3",
            ),
            ("year:2026", PeriodUnit::Year, "2026-01-01", 1, "2026"),
            (
                "weekday:2026-W01-1",
                PeriodUnit::Day,
                "2025-12-29",
                1,
                "2025-12-29",
            ),
            (
                "ETERNITY",
                PeriodUnit::Eternity,
                "0001-01-01",
                1,
                "eternity",
            ),
        ] {
            let read = period(text);
            assert_eq!((read.unit(), read.size()), (unit, size), "{text}");
            assert_eq!(read.start().to_string(), start, "{text}");
            assert_eq!(read.to_string(), told, "{text}");
            assert_eq!(period(told), read, "{told}");
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "26",
            "2026-13",
            "2026-02-29",
            "2026-1",
            "2026-W54",
            "2026-W01-8",
            "month:2026",
            "year:2026:0",
            "year:2026:-1",
            "century:2026",
            "eternity:2026",
            "year:2026:1:1",
            "2026-01-01-01",
            "month",
            "year:2026:99999999",
            "salary",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_period_is_made_of_whole_parts_or_of_none() {
        assert_eq!(
            period("2026").parts(PeriodUnit::Month).map(|p| p.len()),
            Some(12)
        );
        assert_eq!(
            period("2028").parts(PeriodUnit::Day).map(|p| p.len()),
            Some(366)
        );
        assert_eq!(
            period("2026-W05").parts(PeriodUnit::Day).map(|p| p.len()),
            Some(7)
        );
        assert_eq!(
            period("year:2026-04")
                .parts(PeriodUnit::Month)
                .map(|p| p[11]),
            Some(period("2027-03"))
        );
        assert_eq!(period("2026").parts(PeriodUnit::Week), None);
        assert_eq!(period("2026-01").parts(PeriodUnit::Year), None);
        assert_eq!(Period::ETERNITY.parts(PeriodUnit::Day), None);
    }

    #[test]
    fn the_unit_around_is_that_of_the_calendar() {
        assert_eq!(period("2026-05").around(PeriodUnit::Year), period("2026"));
        assert_eq!(period("2026").around(PeriodUnit::Month), period("2026-01"));
        assert_eq!(
            period("2026-01-01").around(PeriodUnit::Week),
            period("2026-W01")
        );
        assert_eq!(period("2026-03").moved(-3), Some(period("2025-12")));
    }

    proptest! {
        #[test]
        fn parts_follow_each_other_and_fill_the_whole(year in 1900_i16..2200, month in 1_i8..13, size in 1_u32..30) {
            let whole = period(&format!("month:{year:04}-{month:02}:{size}"));
            for unit in [PeriodUnit::Day, PeriodUnit::Month] {
                let parts = whole.parts(unit).expect("made of them");
                prop_assert_eq!(parts[0].start(), whole.start());
                prop_assert_eq!(parts[parts.len() - 1].end(), whole.end());
                for pair in parts.windows(2) {
                    prop_assert_eq!(pair[0].end(), Some(pair[1].start()));
                }
            }
            prop_assert_eq!(Period::parse(&whole.to_string()), Some(whole));
        }
    }
}
