//! Recording uses, telling before a sum is lost, and what pages read.

use std::collections::BTreeMap;

use base::Locale;
use base::ids::{CaseId, PersonId, VoucherId};
use db::Tx;
use jiff::Span;
use jiff::civil::Date;
use rules::RuleBook;
use spine::Cx;
use web::{Scope, format};

use super::model::{Error, NewUse, Recorded, Use, Voucher, WARNINGS, short_won, warning};
use super::store;
use crate::areas::benefits::facts::{VoucherOpened, VoucherUsed};
use crate::blocks::{notices, people};

/// Opens a voucher once for its case.
pub(super) fn open(cx: &mut Cx<'_, '_>, voucher: &Voucher) -> Result<(), Error> {
    if store::insert(cx.tx, voucher)? {
        let subject = people::pseudonym_of(cx.tx, voucher.holder)?;
        let fact = VoucherOpened {
            voucher: voucher.id,
            benefit: voucher.benefit.clone(),
        };
        cx.append(subject, &fact)?;
    }
    Ok(())
}

/// Records a use, once for its key. A use within the last day counts whenever it is reported.
///
/// # Errors
/// `Invalid` for a use that is none, `Over`, `Expired` and `Closed` when the voucher does not bear it,
/// `Twice` and `KeyTaken` when its reference or key belongs to another; nothing is taken then.
pub fn use_it(cx: &mut Cx<'_, '_>, id: VoucherId, new: &NewUse) -> Result<Recorded, Error> {
    new.check(cx.today())?;
    if !store::lock(cx.tx, id)? {
        return Err(Error::NotFound);
    }
    let voucher = store::by_id(cx.tx, id)?.ok_or(Error::NotFound)?;
    let known = store::named(cx.tx, id, &new.once_key, &new.reference)?;
    if let Some(used) = recorded_before(known, new)? {
        return Ok(Recorded {
            used,
            voucher,
            again: true,
        });
    }
    if let Some(use_by) = voucher.use_by.filter(|it| new.used_on > *it) {
        return Err(Error::Expired { use_by });
    }
    if new.used_on < voucher.opened_on {
        return Err(Error::Invalid {
            field: "used_on",
            key: "benefits-use-early",
        });
    }
    if voucher.closed_at.is_some() {
        return Err(Error::Closed);
    }
    if !store::take(cx.tx, id, new.amount, cx.now)? {
        return Err(Error::Over {
            left: voucher.left(),
        });
    }
    let used = Use {
        number: voucher.uses + 1,
        once_key: new.once_key.clone(),
        reference: new.reference.clone(),
        amount: new.amount,
        used_on: new.used_on,
        place: new.place.clone(),
        recorded_by: new.recorded_by.clone(),
        recorded_at: cx.now,
    };
    store::insert_use(cx.tx, id, &used)?;
    let subject = people::pseudonym_of(cx.tx, voucher.holder)?;
    let fact = VoucherUsed {
        voucher: id,
        number: used.number,
    };
    cx.append(subject, &fact)?;
    let voucher = store::by_id(cx.tx, id)?.ok_or(Error::NotFound)?;
    Ok(Recorded {
        used,
        voucher,
        again: false,
    })
}

/// The use that was recorded under this key, if it is the same one.
fn recorded_before(known: Vec<Use>, new: &NewUse) -> Result<Option<Use>, Error> {
    let (mine, others): (Vec<Use>, Vec<Use>) = known
        .into_iter()
        .partition(|it| it.once_key == new.once_key);
    match (mine.into_iter().next(), others.first()) {
        (Some(used), _) if new.is(&used) => Ok(Some(used)),
        (Some(Use { number, .. }), _) => Err(Error::KeyTaken { number }),
        (None, Some(Use { number, .. })) => Err(Error::Twice { number: *number }),
        (None, None) => Ok(None),
    }
}

/// Tells holders whose sum is lost within 30 and within 7 days; each once. Returns how many were told.
pub fn remind_due(cx: &mut Cx<'_, '_>, book: &RuleBook) -> Result<usize, Error> {
    let today = cx.today();
    let mut told = 0;
    for stage in WARNINGS {
        let until = today
            .checked_add(Span::new().days(stage))
            .unwrap_or(Date::MAX);
        for voucher in store::to_warn(cx.tx, today, until, stage)? {
            if warning(&voucher, today) == Some(stage) {
                let name = book.benefit(&voucher.benefit).map(|it| it.name.clone());
                warn(cx, &voucher, stage, &name.unwrap_or_default())?;
                told += 1;
            }
        }
    }
    Ok(told)
}

fn warn(
    cx: &mut Cx<'_, '_>,
    voucher: &Voucher,
    stage: i64,
    name: &base::Localized,
) -> Result<(), Error> {
    let Some(day) = voucher.use_by else {
        return Ok(());
    };
    let mut arguments = BTreeMap::from([
        ("benefit_ko".to_owned(), name.ko.clone()),
        ("benefit_en".to_owned(), name.en.clone()),
    ]);
    for (locale, ending) in [(Locale::KO, "ko"), (Locale::EN, "en")] {
        arguments.insert(
            format!("amount_{ending}"),
            short_won(locale, voucher.left()),
        );
        arguments.insert(format!("day_{ending}"), format::day(locale, day));
    }
    let notice = notices::NewNotice {
        person: voucher.holder,
        subject: people::pseudonym_of(cx.tx, voucher.holder)?,
        once_key: format!("benefits|voucher|{}|{stage}", voucher.id),
        message: "benefits-voucher-ending",
        arguments,
        link: format!("/vouchers/{}", voucher.id),
        urgency: notices::Urgency::Soon,
        answer_by: Some(day),
    };
    notices::tell(cx, &notice)?;
    Ok(store::set_warned(cx.tx, voucher.id, stage)?)
}

/// Closes what somebody who died held, and what was about them.
pub(super) fn close_of(cx: &mut Cx<'_, '_>, person: PersonId) -> Result<(), Error> {
    store::close_of(cx.tx, person, cx.now)?;
    Ok(())
}

pub fn voucher(tx: &mut Tx<'_>, id: VoucherId) -> Result<Voucher, Error> {
    store::by_id(tx, id)?.ok_or(Error::NotFound)
}

/// What a case opened, if anything.
pub fn of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Voucher>, Error> {
    Ok(store::by_case(tx, case)?)
}

/// What a person holds, what ends first above.
pub fn of_holder(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Voucher>, Error> {
    Ok(store::of_holder(tx, person)?)
}

/// A page of what an agency pays, after the voucher `after` (empty: from the first).
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    after: &str,
    limit: i64,
) -> Result<Vec<Voucher>, Error> {
    Ok(store::list(tx, scope, after, limit)?)
}

/// Latest first.
pub fn uses_of(tx: &mut Tx<'_>, id: VoucherId) -> Result<Vec<Use>, Error> {
    Ok(store::uses(tx, id)?)
}
