//! OpenFisca's periods: `ETERNITY`, `2026`, `2026-11`, `2026-11-23`, `month:2026-11:3`.

use jiff::Span;
use jiff::civil::Date;

/// Days for which a value holds or is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Eternity,
    Days {
        from: Date,
        /// The first day after it.
        until: Date,
    },
}

impl Period {
    /// `None` for what is no period; weeks are not read.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("eternity") {
            return Some(Self::Eternity);
        }
        let parts: Vec<&str> = text.split(':').collect();
        let (unit, instant, count) = match parts.as_slice() {
            [instant] => (None, *instant, "1"),
            [unit, instant] => (Some(*unit), *instant, "1"),
            [unit, instant, count] => (Some(*unit), *instant, *count),
            _ => return None,
        };
        let (from, precision) = instant_of(instant)?;
        let count: i64 = count.parse().ok().filter(|it| (1..=1200).contains(it))?;
        let span = match unit.unwrap_or(precision) {
            "year" => Span::new().years(count),
            "month" => Span::new().months(count),
            "day" => Span::new().days(count),
            _ => return None,
        };
        let until = from.checked_add(span).ok()?;
        Some(Self::Days { from, until })
    }

    /// The day on which a computed variable is worked out.
    pub fn first_day(self) -> Option<Date> {
        match self {
            Self::Eternity => None,
            Self::Days { from, .. } => Some(from),
        }
    }

    /// Whether a value told for this period holds on a day; on no day in particular only eternity does.
    pub fn holds(self, on: Option<Date>) -> bool {
        match (self, on) {
            (Self::Eternity, _) => true,
            (Self::Days { from, until }, Some(on)) => from <= on && on < until,
            (Self::Days { .. }, None) => false,
        }
    }

    /// Length in days: the shortest period that holds has the last word.
    pub fn days(self) -> i64 {
        match self {
            Self::Eternity => i64::MAX,
            Self::Days { from, until } => {
                let span = until.since(from).map(|it| it.get_days());
                span.map_or(i64::MAX, i64::from)
            }
        }
    }
}

fn instant_of(text: &str) -> Option<(Date, &'static str)> {
    let (full, precision) = match text.len() {
        4 => (format!("{text}-01-01"), "year"),
        7 => (format!("{text}-01"), "month"),
        10 => (text.to_owned(), "day"),
        _ => return None,
    };
    let date = rules::dates::parse(&full)?;
    (1850..=2200)
        .contains(&date.year())
        .then_some((date, precision))
}
