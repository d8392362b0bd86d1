use base::ids::{AccountId, OfferId};
use db::{Error, Tx, Value, values};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use web::Scope;

use super::model::{AgeGroup, By, Place, Proposal, SILENT_DAYS, Sums, Unreached, Wanted, soon};

/// The offers of what a row `w` of `benefits_owed` says is owed, as `o`.
const OFFERS_OF_IT: &str = "FROM benefits_offer o WHERE o.benefit = w.benefit \
     AND o.household_id = w.household_id AND COALESCE(o.about_id, '') = w.about_id";

/// Take-up within a scope: sums by a key, of all benefits or of one; of age groups, those there are.
pub(super) fn sums(
    tx: &mut Tx<'_>,
    scope: &Scope,
    by: By,
    benefit: Option<&str>,
    today: Date,
) -> Result<Vec<(String, Sums)>, Error> {
    let mut params: Vec<Value> = Vec::new();
    let key = match by {
        By::Benefit => "w.benefit".to_owned(),
        By::District => "h.dong".to_owned(),
        By::Age => age_of(&mut params, today),
    };
    let mut conditions = String::new();
    if let Some(benefit) = benefit {
        params.push(benefit.into());
        conditions = format!("AND w.benefit = ${} ", params.len());
    }
    let (clause, scoped) = scope.clause("h.dong", "NULL", params.len() + 1);
    params.extend(scoped);
    tx.query_map(
        &format!(
            "SELECT part, COUNT(*), CAST(SUM(reached) AS BIGINT), CAST(SUM(held) AS BIGINT) \
             FROM (SELECT {key} AS part, \
             CASE WHEN EXISTS (SELECT 1 {OFFERS_OF_IT} AND o.state <> 'closed') \
             THEN 1 ELSE 0 END AS reached, \
             CASE WHEN EXISTS (SELECT 1 {OFFERS_OF_IT} AND o.state IN ('accepted', 'received')) \
             THEN 1 ELSE 0 END AS held \
             FROM benefits_owed w JOIN benefits_household h ON h.household_id = w.household_id \
             WHERE w.outcome = 'eligible' {conditions}AND {clause}) parts \
             GROUP BY part ORDER BY part"
        ),
        &params,
        |row| {
            let sums = Sums {
                owed: row.get(1)?,
                reached: row.get(2)?,
                held: row.get(3)?,
            };
            Ok((row.get(0)?, sums))
        },
    )
}

/// The code of the age group, by day of birth.
fn age_of(params: &mut Vec<Value>, today: Date) -> String {
    let cases = AgeGroup::ALL.map(|group| {
        params.push(group.born(today).0.into());
        format!("WHEN w.born >= ${} THEN '{group}' ", params.len())
    });
    format!("CASE {}ELSE '{}' END", cases.concat(), AgeGroup::Oldest)
}

/// What is owed within a scope and has reached nobody: the nearest last day first, then what is worth
/// most in a year; after the given place.
pub(super) fn unreached(
    tx: &mut Tx<'_>,
    scope: &Scope,
    wanted: &Wanted,
    after: Option<&Place>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Unreached>, Error> {
    let today = base::seoul_date(now);
    let since = now - SignedDuration::from_hours(24 * SILENT_DAYS);
    let mut params = values![today, soon(today), Date::MAX, since, limit].to_vec();
    let mut conditions = String::new();
    let mut add = |text: &str, value: Value| {
        params.push(value);
        conditions.push_str(&format!(" AND {text} ${}", params.len()));
    };
    if let Some(benefit) = &wanted.benefit {
        add("w.benefit =", benefit.into());
    }
    if let Some(age) = wanted.age {
        let (first, last) = age.born(today);
        add("w.born >=", first.into());
        add("w.born <=", last.into());
    }
    let order = "CASE WHEN w.last_day >= $1 AND w.last_day <= $2 THEN w.last_day ELSE $3 END, \
                 -COALESCE(w.yearly, 0), w.household_id, w.benefit, w.about_id";
    if let Some(after) = after {
        let first = params.len() + 1;
        let numbers: Vec<String> = (first..first + 5).map(|it| format!("${it}")).collect();
        conditions.push_str(&format!(" AND ({order}) > ({})", numbers.join(", ")));
        params.extend_from_slice(values![
            after.urgent,
            after.less,
            &after.household,
            &after.benefit,
            &after.about
        ]);
    }
    let (clause, scoped) = scope.clause("h.dong", "NULL", params.len() + 1);
    params.extend(scoped);
    tx.query_map(
        &format!(
            "SELECT w.household_id, h.dong, w.benefit, w.about_id, w.amount, w.yearly, w.born, \
             w.last_day, (SELECT MAX(o.made_at) {OFFERS_OF_IT} AND o.state <> 'closed') \
             FROM benefits_owed w JOIN benefits_household h ON h.household_id = w.household_id \
             WHERE w.outcome = 'eligible' AND {clause}{conditions} \
             AND NOT EXISTS (SELECT 1 {OFFERS_OF_IT} AND o.state <> 'closed' \
             AND (o.state NOT IN ('open', 'waiting') OR o.made_at > $4 OR o.read_at IS NOT NULL \
             OR EXISTS (SELECT 1 FROM benefits_proposal p WHERE p.offer_id = o.id \
             AND p.at > $4))) ORDER BY {order} LIMIT $5"
        ),
        &params,
        |row| {
            let about: String = row.get(3)?;
            Ok(Unreached {
                household: row.parse(0)?,
                dong: row.get(1)?,
                benefit: row.get(2)?,
                about: (!about.is_empty()).then(|| row.parse(3)).transpose()?,
                amount: row.get(4)?,
                yearly: row.get(5)?,
                born: row.get(6)?,
                last_day: row.get(7)?,
                offered_at: row.get(8)?,
            })
        },
    )
}

/// How often the same was offered before, closed or not.
pub(super) fn offered_before(
    tx: &mut Tx<'_>,
    household: &str,
    benefit: &str,
    about: &str,
) -> Result<i64, Error> {
    tx.query_one(
        "SELECT COUNT(*) FROM benefits_offer WHERE benefit = $1 AND household_id = $2 \
         AND COALESCE(about_id, '') = $3",
        values![benefit, household, about],
    )?
    .get(0)
}

pub(super) fn insert_proposal(
    tx: &mut Tx<'_>,
    account: Option<AccountId>,
    it: &Proposal,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO benefits_proposal (offer_id, at, kind, account_id, official, agency, note) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            it.offer,
            it.at,
            it.deed.word(),
            account,
            &it.official,
            &it.agency,
            &it.note
        ],
    )?;
    Ok(())
}

/// What officials did about an offer, first to last.
pub(super) fn proposals(tx: &mut Tx<'_>, offer: OfferId) -> Result<Vec<Proposal>, Error> {
    tx.query_map(
        "SELECT offer_id, at, kind, official, agency, note FROM benefits_proposal \
         WHERE offer_id = $1 ORDER BY at",
        values![offer],
        |row| {
            Ok(Proposal {
                offer: row.parse(0)?,
                at: row.get(1)?,
                deed: row.parse(2)?,
                official: row.get(3)?,
                agency: row.get(4)?,
                note: row.get(5)?,
            })
        },
    )
}

/// Nobody has been shown this offer yet.
pub(super) fn is_unread(tx: &mut Tx<'_>, offer: OfferId) -> Result<bool, Error> {
    let row = tx.query_one(
        "SELECT COUNT(*) FROM benefits_offer WHERE id = $1 AND read_at IS NULL",
        values![offer],
    )?;
    Ok(row.get::<i64>(0)? == 1)
}

pub(super) fn mark_read(tx: &mut Tx<'_>, offer: OfferId, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE benefits_offer SET read_at = $2 WHERE id = $1 AND read_at IS NULL",
        values![offer, now],
    )?;
    Ok(())
}
