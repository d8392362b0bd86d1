//! Dates, times and numbers as people of a language write them.

use base::{Locale, Won, thousands};
use jiff::tz::Offset;
use jiff::{Timestamp, civil};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_name(date: civil::Date) -> &'static str {
    MONTHS[usize::try_from(date.month() - 1).unwrap_or(0)]
}

/// `2026년 10월 3일`, `3 October 2026`.
pub fn date(locale: Locale, date: civil::Date) -> String {
    if locale == Locale::KO {
        format!("{}년 {}월 {}일", date.year(), date.month(), date.day())
    } else {
        format!("{} {} {}", date.day(), month_name(date), date.year())
    }
}

/// Without the year: `10월 3일`, `3 October`.
pub fn day(locale: Locale, date: civil::Date) -> String {
    if locale == Locale::KO {
        format!("{}월 {}일", date.month(), date.day())
    } else {
        format!("{} {}", date.day(), month_name(date))
    }
}

/// `2026년 10월`, `October 2026`.
pub fn month(locale: Locale, date: civil::Date) -> String {
    if locale == Locale::KO {
        format!("{}년 {}월", date.year(), date.month())
    } else {
        format!("{} {}", month_name(date), date.year())
    }
}

/// Korean civil time: `2026년 10월 3일 09:12`, `3 October 2026 09:12`.
pub fn date_time(locale: Locale, at: Timestamp) -> String {
    format!("{} {}", date(locale, base::seoul_date(at)), clock_time(at))
}

/// ISO 8601 on Korea's clock, to the second: `2026-10-03T09:12:00+09:00`.
pub fn iso_local(at: Timestamp) -> String {
    let civil = Offset::constant(9).to_datetime(at);
    format!("{}+09:00", civil.strftime("%Y-%m-%dT%H:%M:%S"))
}

/// Korean civil time: `09:12`.
pub fn clock_time(at: Timestamp) -> String {
    let civil = Offset::constant(9).to_datetime(at);
    format!("{:02}:{:02}", civil.hour(), civil.minute())
}

/// `3,000,000원`, `₩3,000,000`.
pub fn won(locale: Locale, amount: Won) -> String {
    if locale == Locale::KO {
        return format!("{amount}원");
    }
    let digits = thousands(amount.0);
    match digits.strip_prefix('-') {
        Some(digits) => format!("-₩{digits}"),
        None => format!("₩{digits}"),
    }
}

/// `30,000`.
pub fn number(number: i64) -> String {
    thousands(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_sums_read_as_people_write_them() {
        let born = civil::date(2026, 10, 3);
        assert_eq!(date(Locale::KO, born), "2026년 10월 3일");
        assert_eq!(date(Locale::EN, born), "3 October 2026");
        assert_eq!(day(Locale::EN, born), "3 October");
        assert_eq!(month(Locale::KO, born), "2026년 10월");
        assert_eq!(won(Locale::KO, Won(3_000_000)), "3,000,000원");
        assert_eq!(won(Locale::EN, Won(-3_000_000)), "-₩3,000,000");
        let at: Timestamp = "2026-10-02T15:12:00Z".parse().unwrap();
        assert_eq!(date_time(Locale::KO, at), "2026년 10월 3일 00:12");
        assert_eq!(iso_local(at), "2026-10-03T00:12:00+09:00");
    }
}
