//! Values as people read them, in Korean and English.

use base::Localized;
use jiff::civil::Date;

use crate::vocabulary::Unit;

/// The texts one after the other. `format!` guesses how long that gets, and takes most of its time to grow.
macro_rules! joined {
    ($($part:expr),+ $(,)?) => { [$(&*$part),+].concat() };
}
pub(crate) use joined;

/// Thousands separated by commas.
pub(crate) fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        out.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The Korean word after a number of this unit.
pub(crate) fn suffix_ko(unit: Unit) -> &'static str {
    match unit {
        Unit::Won | Unit::WonPerMonth | Unit::WonPerYear => "원",
        Unit::Years => "세",
        Unit::Months => "개월",
        Unit::Weeks => "주",
        Unit::Days => "일",
        Unit::People => "명",
        Unit::Percent => "%",
        Unit::Number => "",
    }
}

/// The English word after a number of this unit, with its space.
pub(crate) fn suffix_en(value: i64, unit: Unit) -> &'static str {
    let one = value == 1;
    match unit {
        Unit::Won | Unit::WonPerMonth | Unit::WonPerYear => " won",
        Unit::Months if one => " month",
        Unit::Months => " months",
        Unit::Weeks if one => " week",
        Unit::Weeks => " weeks",
        Unit::Days if one => " day",
        Unit::Days => " days",
        Unit::People if one => " person",
        Unit::People => " people",
        Unit::Percent => "%",
        Unit::Years | Unit::Number => "",
    }
}

/// A number with its unit; years are ages (만 나이).
pub(crate) fn integer(value: i64, unit: Unit) -> Localized {
    let number = grouped(value);
    let age = if unit == Unit::Years { "만 " } else { "" };
    Localized {
        ko: joined![age, number, suffix_ko(unit)],
        en: joined![number, suffix_en(value, unit)],
    }
}

/// 2026년 10월 3일, 3 October 2026.
pub(crate) fn date(day: Date) -> Localized {
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
    let month = MONTHS[usize::try_from(day.month() - 1).unwrap_or(0)];
    Localized {
        ko: format!("{}년 {}월 {}일", day.year(), day.month(), day.day()),
        en: format!("{} {month} {}", day.day(), day.year()),
    }
}

/// 예 / 아니요.
pub(crate) fn yes_no(value: bool) -> Localized {
    let (ko, en) = if value {
        ("예", "yes")
    } else {
        ("아니요", "no")
    };
    text(ko, en)
}

pub(crate) fn text(ko: &str, en: &str) -> Localized {
    Localized {
        ko: ko.to_owned(),
        en: en.to_owned(),
    }
}

/// The sentence with its first letter in upper case.
pub(crate) fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let mut out = String::with_capacity(sentence.len());
    out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
    out.push_str(letters.as_str());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (value, told) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-12_300, "-12,300"),
            (1_234_567, "1,234,567"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ] {
            assert_eq!(grouped(value), told);
        }
    }

    #[test]
    fn dates_and_units_are_told_as_people_say_them() {
        let day = date(Date::constant(2026, 10, 3));
        assert_eq!(
            (day.ko.as_str(), day.en.as_str()),
            ("2026년 10월 3일", "3 October 2026")
        );
        assert_eq!(integer(2, Unit::Years), text("만 2세", "2"));
        assert_eq!(integer(1, Unit::Months), text("1개월", "1 month"));
        assert_eq!(
            integer(12_300, Unit::WonPerMonth),
            text("12,300원", "12,300 won")
        );
    }
}
