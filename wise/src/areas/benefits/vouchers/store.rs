use base::ids::{CaseId, PersonId, VoucherId};
use db::{Error, Row, Tx, values};
use jiff::Timestamp;
use jiff::civil::Date;
use web::Scope;

use super::model::{Parts, Use, Voucher};

const VOUCHER: &str = "id, case_id, benefit, household_id, about_id, holder_id, office, payer, \
                       total, used, uses, parts, every_months, opened_on, use_by, warned_days, \
                       closed_at, changed_at";

fn read(row: &Row) -> Result<Voucher, Error> {
    let (count, every): (Option<i64>, Option<i64>) = (row.get(11)?, row.get(12)?);
    Ok(Voucher {
        id: row.parse(0)?,
        case: row.parse(1)?,
        benefit: row.get(2)?,
        household: row.parse(3)?,
        about: row.parse_opt(4)?,
        holder: row.parse(5)?,
        office: row.get(6)?,
        payer: row.get(7)?,
        total: row.get(8)?,
        used: row.get(9)?,
        uses: row.get(10)?,
        instalments: count.zip(every).map(|(count, every_months)| Parts {
            count,
            every_months,
        }),
        opened_on: row.get(13)?,
        use_by: row.get(14)?,
        warned_days: row.get(15)?,
        closed_at: row.get(16)?,
        changed_at: row.get(17)?,
    })
}

/// `false` when the case has opened one before.
pub(super) fn insert(tx: &mut Tx<'_>, it: &Voucher) -> Result<bool, Error> {
    let touched = tx.execute(
        "INSERT INTO benefits_voucher (id, case_id, benefit, household_id, about_id, holder_id, \
         office, payer, total, used, uses, parts, every_months, opened_on, use_by, warned_days, \
         changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $11, $12, $13, 0, $14) \
         ON CONFLICT (case_id) DO NOTHING",
        values![
            it.id,
            it.case,
            &it.benefit,
            it.household,
            it.about,
            it.holder,
            &it.office,
            &it.payer,
            it.total,
            it.instalments.map(|it| it.count),
            it.instalments.map(|it| it.every_months),
            it.opened_on,
            it.use_by,
            it.changed_at
        ],
    )?;
    Ok(touched == 1)
}

pub(super) fn by_id(tx: &mut Tx<'_>, id: VoucherId) -> Result<Option<Voucher>, Error> {
    tx.query_opt(
        &format!("SELECT {VOUCHER} FROM benefits_voucher WHERE id = $1"),
        values![id],
    )?
    .map(|row| read(&row))
    .transpose()
}

pub(super) fn by_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Voucher>, Error> {
    tx.query_opt(
        &format!("SELECT {VOUCHER} FROM benefits_voucher WHERE case_id = $1"),
        values![case],
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Locks a voucher until the transaction ends, so that its uses are recorded one after the other.
pub(super) fn lock(tx: &mut Tx<'_>, id: VoucherId) -> Result<bool, Error> {
    let touched = tx.execute(
        "UPDATE benefits_voucher SET changed_at = changed_at WHERE id = $1",
        values![id],
    )?;
    Ok(touched == 1)
}

/// What a person holds that is not closed, what ends first above.
pub(super) fn of_holder(tx: &mut Tx<'_>, holder: PersonId) -> Result<Vec<Voucher>, Error> {
    tx.query_map(
        &format!(
            "SELECT {VOUCHER} FROM benefits_voucher WHERE holder_id = $1 AND closed_at IS NULL \
             ORDER BY COALESCE(use_by, '9999-12-31'), id LIMIT 100"
        ),
        values![holder],
        read,
    )
}

/// Vouchers of those who pay them, by id, after another.
pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    after: &str,
    limit: i64,
) -> Result<Vec<Voucher>, Error> {
    let (clause, mut values) = scope.clause("payer", "NULL", 3);
    let mut all = values![after, limit].to_vec();
    all.append(&mut values);
    tx.query_map(
        &format!(
            "SELECT {VOUCHER} FROM benefits_voucher WHERE id > $1 AND {clause} \
             AND closed_at IS NULL ORDER BY id LIMIT $2"
        ),
        &all,
        read,
    )
}

/// Takes from what is left; `false` when that is less or the voucher is closed.
pub(super) fn take(
    tx: &mut Tx<'_>,
    id: VoucherId,
    amount: i64,
    now: Timestamp,
) -> Result<bool, Error> {
    let touched = tx.execute(
        "UPDATE benefits_voucher SET used = used + $2, uses = uses + 1, changed_at = $3 \
         WHERE id = $1 AND closed_at IS NULL AND used + $2 <= total",
        values![id, amount, now],
    )?;
    Ok(touched == 1)
}

pub(super) fn insert_use(tx: &mut Tx<'_>, id: VoucherId, it: &Use) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO benefits_voucher_use (voucher_id, number, once_key, reference, amount, \
         used_on, place, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            id,
            it.number,
            &it.once_key,
            &it.reference,
            it.amount,
            it.used_on,
            &it.place,
            &it.recorded_by,
            it.recorded_at
        ],
    )?;
    Ok(())
}

/// Latest first.
pub(super) fn uses(tx: &mut Tx<'_>, id: VoucherId) -> Result<Vec<Use>, Error> {
    tx.query_map(
        "SELECT number, once_key, reference, amount, used_on, place, recorded_by, recorded_at \
         FROM benefits_voucher_use WHERE voucher_id = $1 ORDER BY number DESC LIMIT 1000",
        values![id],
        read_use,
    )
}

/// The uses that this key or this reference names.
pub(super) fn named(
    tx: &mut Tx<'_>,
    id: VoucherId,
    key: &str,
    reference: &str,
) -> Result<Vec<Use>, Error> {
    tx.query_map(
        "SELECT number, once_key, reference, amount, used_on, place, recorded_by, recorded_at \
         FROM benefits_voucher_use WHERE voucher_id = $1 AND (once_key = $2 OR reference = $3) \
         ORDER BY number",
        values![id, key, reference],
        read_use,
    )
}

fn read_use(row: &Row) -> Result<Use, Error> {
    Ok(Use {
        number: row.get(0)?,
        once_key: row.get(1)?,
        reference: row.get(2)?,
        amount: row.get(3)?,
        used_on: row.get(4)?,
        place: row.get(5)?,
        recorded_by: row.get(6)?,
        recorded_at: row.get(7)?,
    })
}

/// What ends within these days and was not told of at this stage.
pub(super) fn to_warn(
    tx: &mut Tx<'_>,
    today: Date,
    until: Date,
    stage: i64,
) -> Result<Vec<Voucher>, Error> {
    tx.query_map(
        &format!(
            "SELECT {VOUCHER} FROM benefits_voucher WHERE use_by >= $1 AND use_by <= $2 \
             AND closed_at IS NULL AND used < total AND (warned_days = 0 OR warned_days > $3) \
             ORDER BY use_by, id LIMIT 500"
        ),
        values![today, until, stage],
        read,
    )
}

pub(super) fn set_warned(tx: &mut Tx<'_>, id: VoucherId, days: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE benefits_voucher SET warned_days = $2 WHERE id = $1",
        values![id, days],
    )?;
    Ok(())
}

/// Closes what somebody who died held, or what was about them.
pub(super) fn close_of(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE benefits_voucher SET closed_at = $2, changed_at = $2 \
         WHERE closed_at IS NULL AND (about_id = $1 OR (about_id IS NULL AND holder_id = $1))",
        values![person, now],
    )
}
