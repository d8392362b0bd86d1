use std::collections::BTreeMap;

use base::ids::{CaseId, HouseholdId, PersonId, VoucherId};
use base::{Locale, Won, thousands};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::Deserialize;
use web::format;

use crate::areas::benefits::model::Offer;
use crate::blocks::cases::{Case, CaseState};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Spine(#[from] spine::Error),
    #[error(transparent)]
    People(#[from] crate::blocks::people::Error),
    #[error(transparent)]
    Cases(#[from] crate::blocks::cases::Error),
    #[error(transparent)]
    Notices(#[from] crate::blocks::notices::Error),
    #[error("no such voucher")]
    NotFound,
    /// More than is left.
    #[error("{left} won are left")]
    Over { left: i64 },
    /// The day of use is past its last day.
    #[error("it could be used until {use_by}")]
    Expired { use_by: Date },
    /// The same use was recorded before under another key.
    #[error("this use was recorded as number {number}")]
    Twice { number: i64 },
    /// The key named another use before.
    #[error("the key names use number {number}, which is another")]
    KeyTaken { number: i64 },
    /// Ended by a death.
    #[error("the voucher is closed")]
    Closed,
    #[error("{field}: {key}")]
    Invalid {
        field: &'static str,
        key: &'static str,
    },
}

/// What was granted and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    pub id: VoucherId,
    pub case: CaseId,
    pub benefit: String,
    pub household: HouseholdId,
    /// The member it is about; `None` when it is the household's.
    pub about: Option<PersonId>,
    /// Who applied for it.
    pub holder: PersonId,
    /// Code of the office that granted it.
    pub office: String,
    /// Code of the agency that gives the benefit and may record uses.
    pub payer: String,
    /// Won.
    pub total: i64,
    /// Won; the sum of the uses.
    pub used: i64,
    /// How many uses there are.
    pub uses: i64,
    /// In how many parts it is paid; `None` for a voucher.
    pub instalments: Option<Parts>,
    pub opened_on: Date,
    /// The last day to use it; what is left then is lost.
    pub use_by: Option<Date>,
    /// Days before the last day at which the holder was told; 0 when not yet.
    pub warned_days: i64,
    pub closed_at: Option<Timestamp>,
    pub changed_at: Timestamp,
}

/// In how many parts, and how many months apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub count: i64,
    pub every_months: i64,
}

impl Voucher {
    /// Won.
    pub fn left(&self) -> i64 {
        self.total - self.used
    }

    /// What is left can still be used on that day.
    pub fn is_open(&self, on: Date) -> bool {
        self.closed_at.is_none() && self.left() > 0 && self.use_by.is_none_or(|it| on <= it)
    }

    /// When the next part is due, while parts remain.
    pub fn next_part_on(&self) -> Option<Date> {
        let parts = self.instalments.filter(|it| self.uses < it.count)?;
        let months = Span::new().months(parts.every_months * self.uses);
        self.opened_on.checked_add(months).ok()
    }

    /// Days until it is lost.
    pub fn days_left(&self, today: Date) -> Option<i64> {
        let span = today.until(self.use_by?).ok()?;
        Some(i64::from(span.get_days()))
    }
}

/// One use, as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// 1 is the first.
    pub number: i64,
    pub once_key: String,
    pub reference: String,
    /// Won.
    pub amount: i64,
    pub used_on: Date,
    pub place: String,
    /// Who recorded it, as people call them.
    pub recorded_by: String,
    pub recorded_at: Timestamp,
}

/// A use to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUse {
    /// Names this sending: the same key is recorded once.
    pub once_key: String,
    /// Names the use at whoever took it: an approval or receipt number.
    pub reference: String,
    /// Won, more than 0.
    pub amount: i64,
    pub used_on: Date,
    pub place: String,
    pub recorded_by: String,
}

/// What came of recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub used: Use,
    pub voucher: Voucher,
    /// It was recorded before under this key.
    pub again: bool,
}

impl NewUse {
    /// The use that was recorded under the same key is this one.
    pub fn is(&self, known: &Use) -> bool {
        self.reference == known.reference
            && self.amount == known.amount
            && self.used_on == known.used_on
            && self.place == known.place
    }

    /// What is wrong with it whatever the voucher.
    pub fn check(&self, today: Date) -> Result<(), Error> {
        let wrong = |field, key| Err(Error::Invalid { field, key });
        if self.amount <= 0 {
            return wrong("amount_krw", "benefits-use-amount");
        }
        let length = self.reference.chars().count();
        if length == 0 || length > 100 {
            return wrong("reference", "benefits-use-reference");
        }
        if self.place.chars().count() > 200 {
            return wrong("place", "benefits-use-place");
        }
        if self.used_on > today {
            return wrong("used_on", "benefits-use-future");
        }
        Ok(())
    }
}

/// `instalments.yaml`: benefits paid in parts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Instalments(BTreeMap<String, Vec<Plan>>);

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    up_to: Option<i64>,
    parts: i64,
    every_months: i64,
}

impl Instalments {
    /// Reads the file; each plan must say 2 to 120 parts, 1 to 60 months apart.
    ///
    /// # Errors
    /// What is wrong and where.
    pub fn read(text: &str) -> Result<Self, String> {
        let read: Self =
            serde_saphyr::from_str(text).map_err(|e| format!("instalments.yaml: {e}"))?;
        for (benefit, plans) in &read.0 {
            let fits =
                |it: &Plan| (2..=120).contains(&it.parts) && (1..=60).contains(&it.every_months);
            if plans.is_empty() || !plans.iter().all(fits) {
                return Err(format!(
                    "instalments.yaml: {benefit}: give 2 to 120 parts, 1 to 60 months apart"
                ));
            }
        }
        Ok(read)
    }

    /// The benefits it names.
    pub fn benefits(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// How a sum of this benefit is paid.
    pub fn plan(&self, benefit: &str, total: i64) -> Option<Parts> {
        let plans = self.0.get(benefit)?;
        let plan = plans
            .iter()
            .find(|it| it.up_to.is_none_or(|sum| total <= sum))?;
        Some(Parts {
            count: plan.parts,
            every_months: plan.every_months,
        })
    }
}

/// What a granted case opens: a sum that must be used by a day, or one that is paid in parts. An upper
/// bound is no sum to count down from.
pub fn opened(
    case: &Case,
    offer: &Offer,
    payer: &str,
    plans: &Instalments,
    id: VoucherId,
    now: Timestamp,
) -> Option<Voucher> {
    if case.state != CaseState::Granted {
        return None;
    }
    let amount = offer.finding.amount.as_ref().filter(|it| !it.at_most)?;
    let total = amount.value.filter(|it| *it > 0)?;
    let instalments = plans.plan(&offer.benefit, total);
    let use_by = offer.finding.use_by;
    if use_by.is_none() && instalments.is_none() {
        return None;
    }
    Some(Voucher {
        id,
        case: case.id,
        benefit: offer.benefit.clone(),
        household: case.household,
        about: case.about,
        holder: case.applicant,
        office: case.agency.clone(),
        payer: payer.to_owned(),
        total,
        used: 0,
        uses: 0,
        instalments,
        opened_on: base::seoul_date(case.closed_at.unwrap_or(now)),
        use_by,
        warned_days: 0,
        closed_at: None,
        changed_at: now,
    })
}

/// Days before the last day on which the holder is told.
pub const WARNINGS: [i64; 2] = [30, 7];

/// Which warning is due: the nearest that was not given yet.
pub fn warning(voucher: &Voucher, today: Date) -> Option<i64> {
    if !voucher.is_open(today) {
        return None;
    }
    let days = voucher.days_left(today)?;
    let due = WARNINGS.into_iter().filter(|it| days <= *it).min()?;
    (voucher.warned_days == 0 || due < voucher.warned_days).then_some(due)
}

/// What is lost and when: won and the last day, for vouchers that end.
pub fn ending(voucher: &Voucher, today: Date) -> Option<(i64, Date)> {
    let day = voucher.use_by.filter(|_| voucher.is_open(today))?;
    Some((voucher.left(), day))
}

/// `8만원`, `81,000원`, `₩80,000`.
pub fn short_won(locale: Locale, won: i64) -> String {
    if locale == Locale::KO && won >= 10_000 && won % 10_000 == 0 {
        return format!("{}만원", thousands(won / 10_000));
    }
    format::won(locale, Won(won))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    pub fn voucher(left: i64, use_by: Option<Date>) -> Voucher {
        Voucher {
            id: VoucherId::sample(1),
            case: CaseId::sample(2),
            benefit: "first-meeting-voucher".into(),
            household: HouseholdId::sample(3),
            about: None,
            holder: PersonId::sample(4),
            office: "office".into(),
            payer: "payer".into(),
            total: left,
            used: 0,
            uses: 0,
            instalments: None,
            opened_on: date(2026, 1, 31),
            use_by,
            warned_days: 0,
            closed_at: None,
            changed_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_warning_is_due_thirty_and_seven_days_before_once_each() {
        let mut it = voucher(80_000, Some(date(2027, 3, 31)));
        assert_eq!(warning(&it, date(2027, 2, 28)), None, "31 days are left");
        assert_eq!(warning(&it, date(2027, 3, 1)), Some(30));
        it.warned_days = 30;
        assert_eq!(warning(&it, date(2027, 3, 2)), None);
        assert_eq!(warning(&it, date(2027, 3, 24)), Some(7));
        it.warned_days = 7;
        assert_eq!(warning(&it, date(2027, 3, 31)), None);
        it.warned_days = 0;
        assert_eq!(warning(&it, date(2027, 3, 31)), Some(7), "only the nearest");
        assert_eq!(warning(&it, date(2027, 4, 1)), None, "it is lost");
        it.used = 80_000;
        assert_eq!(warning(&it, date(2027, 3, 24)), None, "nothing is left");
    }

    #[test]
    fn parts_fall_due_from_the_day_it_was_granted_until_all_are_paid() {
        let mut it = voucher(8_000_000, None);
        it.instalments = Some(Parts {
            count: 3,
            every_months: 1,
        });
        assert_eq!(it.next_part_on(), Some(date(2026, 1, 31)));
        it.uses = 1;
        assert_eq!(it.next_part_on(), Some(date(2026, 2, 28)));
        it.uses = 3;
        assert_eq!(it.next_part_on(), None);
    }

    #[test]
    fn a_plan_is_chosen_by_the_sum_and_nonsense_is_refused() {
        let plans = Instalments::read(
            "a: [{up_to: 10, parts: 7, every_months: 12}, {parts: 12, every_months: 6}]",
        )
        .unwrap();
        let count = |sum| plans.plan("a", sum).map(|it| it.count);
        assert_eq!((count(10), count(11)), (Some(7), Some(12)));
        assert_eq!(plans.plan("b", 1), None);
        assert!(
            Instalments::read("a: [{parts: 1, every_months: 6}]")
                .unwrap_err()
                .contains("parts")
        );
    }

    #[test]
    fn round_sums_are_said_short() {
        assert_eq!(short_won(Locale::KO, 80_000), "8만원");
        assert_eq!(short_won(Locale::KO, 81_000), "81,000원");
        assert_eq!(short_won(Locale::EN, 80_000), "₩80,000");
    }
}
