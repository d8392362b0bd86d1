//! Civil dates counted as the Korean Civil Act counts them.
//!
//! 민법 제158조: age counts the day of birth and is told in completed years. 제160조: a period of months or
//! years runs by the calendar and expires at the end of the day before the corresponding day (제2항); where the
//! last month has no such day, at the end of that month (제3항). So:
//!
//! - born on 15 March 2024: the first year expires at the end of 14 March 2025, age 1 from 15 March 2025;
//! - born on 29 February 2024: in 2025 there is no corresponding day, the year expires at the end of
//!   28 February, age 1 from **1 March 2025**; in 2028 the day exists, age 4 from 29 February 2028;
//! - one month from 31 January is completed on 1 March.
//!
//! [`completion`] is that day. `age(d) >= n` and `on >= add_years(d, n)` always agree.

use jiff::civil::Date;

/// The day on which a period of `months` that began on `start` (counted) is completed: the corresponding
/// day, or the first of the next month where the month has no such day. `None` outside the years -9999…9999.
pub fn completion(start: Date, months: i64) -> Option<Date> {
    let index = i64::from(start.year()) * 12 + i64::from(start.month()) - 1;
    let target = index.checked_add(months)?;
    let day = |index: i64, day: i8| {
        let year = i16::try_from(index.div_euclid(12)).ok()?;
        let month = i8::try_from(index.rem_euclid(12)).ok()? + 1;
        Date::new(year, month, day).ok()
    };
    let first = day(target, 1)?;
    if start.day() <= first.days_in_month() {
        day(target, start.day())
    } else {
        day(target + 1, 1)
    }
}

/// Months completed on `on` since `start`; negative when `start` lies ahead.
pub fn months_between(start: Date, on: Date) -> i64 {
    let months = (i64::from(on.year()) - i64::from(start.year())) * 12 + i64::from(on.month())
        - i64::from(start.month());
    match completion(start, months) {
        Some(day) if day <= on => months,
        _ => months - 1,
    }
}

/// Years completed on `on` since `start`: the age, when `start` is a day of birth. Negative before birth.
pub fn years_between(start: Date, on: Date) -> i64 {
    months_between(start, on).div_euclid(12)
}

/// Days from `start` to `on`; negative when `start` lies ahead.
pub fn days_between(start: Date, on: Date) -> i64 {
    day_number(on) - day_number(start)
}

/// The day `days` after `start`, or `None` outside the years -9999…9999.
pub fn add_days(start: Date, days: i64) -> Option<Date> {
    start
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

/// Days since 1 January 1970.
pub fn day_number(date: Date) -> i64 {
    date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

/// The date of a day number.
pub fn from_day_number(number: i64) -> Option<Date> {
    add_days(Date::constant(1970, 1, 1), number)
}

/// An ISO date, exactly `YYYY-MM-DD`.
pub fn parse(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        parse(text).expect("a date")
    }

    #[test]
    fn a_leap_day_child_completes_years_on_the_first_of_march() {
        let born = day("2024-02-29");
        assert_eq!(years_between(born, day("2025-02-28")), 0);
        assert_eq!(years_between(born, day("2025-03-01")), 1);
        assert_eq!(years_between(born, day("2028-02-28")), 3);
        assert_eq!(years_between(born, day("2028-02-29")), 4);
    }

    #[test]
    fn an_ordinary_birthday_counts_from_its_morning() {
        let born = day("2024-03-15");
        assert_eq!(years_between(born, day("2025-03-14")), 0);
        assert_eq!(years_between(born, day("2025-03-15")), 1);
        assert_eq!(years_between(born, day("2024-03-15")), 0);
        assert_eq!(years_between(born, day("2024-03-14")), -1);
    }

    #[test]
    fn months_without_the_day_end_with_the_month() {
        assert_eq!(
            completion(day("2026-01-31"), 1).map(|d| d.to_string()),
            Some("2026-03-01".to_owned())
        );
        assert_eq!(months_between(day("2026-01-31"), day("2026-02-28")), 0);
        assert_eq!(months_between(day("2026-01-31"), day("2026-03-01")), 1);
        assert_eq!(months_between(day("2026-01-31"), day("2026-03-31")), 2);
    }

    #[test]
    fn completion_and_age_agree_on_every_day() {
        let born = day("2024-02-29");
        let mut on = day("2024-02-29");
        while on < day("2029-12-31") {
            for years in 0..7 {
                let completed = completion(born, years * 12).expect("in range") <= on;
                assert_eq!(completed, years_between(born, on) >= years, "{on} {years}");
            }
            on = add_days(on, 1).expect("in range");
        }
    }

    #[test]
    fn far_dates_are_none() {
        assert_eq!(completion(day("2024-01-01"), i64::MAX), None);
        assert_eq!(completion(day("9999-12-31"), 1), None);
        assert_eq!(add_days(day("2024-01-01"), i64::MAX), None);
        assert_eq!(parse("2024-1-1"), None);
        assert_eq!(parse("2024-02-30"), None);
        assert_eq!(
            from_day_number(day_number(day("2026-11-23"))),
            Some(day("2026-11-23"))
        );
        assert_eq!(day_number(day("1969-12-31")), -1);
    }
}
