//! The arithmetic of [`crate::dates`] on day numbers (days since 1 January 1970), for columns.
//!
//! Proleptic Gregorian calendar by Neri and Schneider, “Euclidean affine functions and their application to calendar
//! algorithms” (2023), in 64 bits. A test compares with `dates` for every day that a fact may have.

/// The days of the years -9999…9999, which is what a civil date can be.
const FIRST: i64 = -4_371_587;
const LAST: i64 = 2_932_896;

/// The day number if it is one of a civil date.
pub(super) fn within(day: i64) -> Option<i64> {
    (FIRST..=LAST).contains(&day).then_some(day)
}

/// Year, month (1…12) and day of the month of a day number.
pub(super) fn civil(day: i64) -> (i64, i64, i64) {
    // Days since 1 March of the year 0, in eras of 400 years.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, of_month)
}

/// The day number of a civil date.
pub(super) fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * 146_097 + of_era - 719_468
}

fn month_index(year: i64, month: i64) -> i64 {
    year * 12 + month - 1
}

/// The first day of a month that is told as `year * 12 + month - 1`.
fn first_of(index: i64) -> i64 {
    day_number(index.div_euclid(12), index.rem_euclid(12) + 1, 1)
}

/// See [`crate::dates::completion`].
pub(super) fn completion(start: i64, months: i64) -> Option<i64> {
    let (year, month, day) = civil(start);
    let target = month_index(year, month).checked_add(months)?;
    // Far beyond the calendar nothing below may overflow.
    if !(-200_000..=200_000).contains(&target) {
        return None;
    }
    let first = within(first_of(target))?;
    let next = first_of(target + 1);
    within(next.min(first + day - 1))
}

/// See [`crate::dates::months_between`].
pub(super) fn months_between(start: i64, on: i64) -> i64 {
    let (a, b) = (civil(start), civil(on));
    let months = month_index(b.0, b.1) - month_index(a.0, a.1);
    months - i64::from(b.2 < a.2)
}

/// See [`crate::dates::years_between`].
pub(super) fn years_between(start: i64, on: i64) -> i64 {
    months_between(start, on).div_euclid(12)
}

/// The first day of the day's month.
pub(super) fn start_of_month(day: i64) -> i64 {
    day - civil(day).2 + 1
}

/// The last day of the day's month.
pub(super) fn end_of_month(day: i64) -> i64 {
    let (year, month, _) = civil(day);
    first_of(month_index(year, month) + 1) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates;
    use crate::vocabulary::{FIRST_DATE, LAST_DATE};

    #[test]
    fn every_day_of_a_fact_is_counted_as_by_the_calendar() {
        let (first, last) = (dates::day_number(FIRST_DATE), dates::day_number(LAST_DATE));
        let ons =
            [20_780, 20_878, 11_016, 19_782].map(|day| dates::from_day_number(day).expect("a day"));
        for day in first..=last {
            let date = dates::from_day_number(day).expect("a day");
            let (year, month, of_month) = civil(day);
            assert_eq!(
                (year, month, of_month),
                (date.year().into(), date.month().into(), date.day().into())
            );
            assert_eq!(day_number(year, month, of_month), day);
            assert_eq!(
                start_of_month(day),
                dates::day_number(date.first_of_month())
            );
            assert_eq!(end_of_month(day), dates::day_number(date.last_of_month()));
            let on = ons[day.rem_euclid(4) as usize];
            assert_eq!(
                months_between(day, dates::day_number(on)),
                dates::months_between(date, on),
                "{date}"
            );
            assert_eq!(
                months_between(dates::day_number(on), day),
                dates::months_between(on, date),
                "{date}"
            );
            let months = day.rem_euclid(1_000) - 500;
            assert_eq!(
                completion(day, months),
                dates::completion(date, months).map(dates::day_number)
            );
        }
    }

    #[test]
    fn beyond_the_calendar_there_is_nothing() {
        let last = dates::day_number(jiff::civil::Date::MAX);
        assert_eq!(
            (last, dates::day_number(jiff::civil::Date::MIN)),
            (LAST, FIRST)
        );
        for months in [1, 12, i64::MAX, i64::MIN, -300_000] {
            assert_eq!(
                completion(last, months),
                dates::completion(jiff::civil::Date::MAX, months).map(dates::day_number),
                "{months}"
            );
        }
        assert_eq!(within(LAST + 1), None);
    }
}
