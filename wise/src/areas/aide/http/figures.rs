//! Figures as they may be shown: sums in words, small groups hidden.

use base::{Locale, Won};
use web::{Frame, format};

use crate::areas::aide::reform::{By, GroupEffect};

/// Fewer people than this are not told: somebody might be known by it.
const FEW: u64 = 5;

/// `1,234명`.
pub(super) fn persons(frame: &Frame, count: u64) -> String {
    frame.t1("aide-persons", "count", whole(count))
}

pub(super) fn whole(count: u64) -> String {
    format::number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A sum as one says it: `12억 3,457만원`, `₩1,234.57 million`; small ones in full.
pub(super) fn sum(frame: &Frame, won: i64) -> String {
    const MAN: i64 = 10_000;
    const EOK: i64 = 100_000_000;
    if won.abs() < EOK {
        return frame.won(&Won(won));
    }
    let sign = if won < 0 { "-" } else { "" };
    let size = won.saturating_abs();
    if frame.locale == Locale::KO {
        let rounded = size.saturating_add(MAN / 2) / MAN;
        let (eok, man) = (rounded / MAN, rounded % MAN);
        let eok = format::number(eok);
        return match man {
            0 => format!("{sign}{eok}억원"),
            _ => format!("{sign}{eok}억 {}만원", format::number(man)),
        };
    }
    let rounded = size.saturating_add(MAN / 2) / MAN;
    format!(
        "{sign}₩{}.{:02} million",
        format::number(rounded / 100),
        rounded % 100
    )
}

/// With the sign also of what is more.
pub(super) fn change(frame: &Frame, won: i64) -> String {
    let text = sum(frame, won);
    if won > 0 { format!("+{text}") } else { text }
}

/// Millionths as per cent with two places: `12.35%`.
pub(super) fn percent(millionths: i64) -> String {
    let places = (millionths.abs() + 50) / 100;
    let sign = if millionths < 0 && places > 0 {
        "-"
    } else {
        ""
    };
    format!("{sign}{}.{:02}%", places / 100, places % 100)
}

/// Millionths with four places: `0.3124`.
pub(super) fn index(millionths: i64) -> String {
    let places = (millionths.abs() + 50) / 100;
    format!("{}.{:04}", places / 10_000, places % 10_000)
}

/// A group as it may be shown; what is hidden has no figures beside its size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told<'a> {
    pub(super) group: &'a GroupEffect,
    pub(super) is_hidden: bool,
}

/// The groups of one kind. Where somebody might be known by a figure the group is hidden, and with it the next smallest,
/// because the total would give a single one away.
pub(super) fn groups(all: &[GroupEffect], by: By) -> Vec<Told<'_>> {
    let is_few = |count: u64| (1..FEW).contains(&count);
    let own = all.iter().filter(|it| it.by == by);
    let mut told: Vec<Told<'_>> = own
        .map(|group| Told {
            group,
            is_hidden: [group.winners, group.losers, group.unchanged]
                .iter()
                .any(|it| is_few(*it)),
        })
        .collect();
    if told.iter().filter(|it| it.is_hidden).count() == 1 {
        let others = told.iter_mut().filter(|it| !it.is_hidden);
        if let Some(smallest) = others.min_by_key(|it| it.group.persons) {
            smallest.is_hidden = true;
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(key: &str, winners: u64, unchanged: u64) -> GroupEffect {
        GroupEffect {
            by: By::District,
            key: key.into(),
            households: 10,
            persons: winners + unchanged,
            winners,
            losers: 0,
            unchanged,
            net_won_a_year: 1,
        }
    }

    #[test]
    fn one_small_group_hides_another_with_it() {
        let all = [group("a", 3, 90), group("b", 20, 40), group("c", 30, 10)];
        let told = groups(&all, By::District);
        let hidden: Vec<bool> = told.iter().map(|it| it.is_hidden).collect();
        assert_eq!(hidden, [true, false, true]);
        assert!(groups(&all, By::Age).is_empty());
        let all = [group("a", 0, 90), group("b", 5, 40)];
        assert!(groups(&all, By::District).iter().all(|it| !it.is_hidden));
    }

    #[test]
    fn shares_are_rounded_and_keep_their_sign() {
        assert_eq!(percent(123_456), "12.35%");
        assert_eq!(percent(-1_500), "-0.15%");
        assert_eq!(percent(-40), "0.00%");
        assert_eq!(index(312_450), "0.3125");
    }
}
