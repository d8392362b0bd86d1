use std::collections::BTreeMap;

use base::ids::{HouseholdId, PersonId};
use db::{Error, Tx, values};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::Outcome;

use super::model::{Conclusion, Owed, Standing};

/// The last look at a household.
pub(super) fn standing(tx: &mut Tx<'_>, household: HouseholdId) -> Result<Option<Standing>, Error> {
    let Some(known_at) = known_at(tx, household)? else {
        return Ok(None);
    };
    Ok(Some(Standing {
        known_at,
        owed: owed(tx, household)?,
    }))
}

/// As of when a household was last looked at.
pub(super) fn known_at(
    tx: &mut Tx<'_>,
    household: HouseholdId,
) -> Result<Option<Timestamp>, Error> {
    tx.query_opt(
        "SELECT known_at FROM benefits_household WHERE household_id = $1",
        values![household],
    )?
    .map(|row| row.get(0))
    .transpose()
}

fn owed(tx: &mut Tx<'_>, household: HouseholdId) -> Result<Vec<Owed>, Error> {
    tx.query_map(
        "SELECT benefit, about_id, outcome, amount, born, yearly, last_day FROM benefits_owed \
         WHERE household_id = $1",
        values![household],
        |row| {
            let (about, outcome): (String, String) = (row.get(1)?, row.get(2)?);
            Ok(Owed {
                benefit: row.get(0)?,
                about: (!about.is_empty()).then(|| row.parse(1)).transpose()?,
                outcome: match outcome.as_str() {
                    "eligible" => Outcome::Eligible,
                    _ => Outcome::Unknown,
                },
                amount: row.get(3)?,
                born: row.get(4)?,
                yearly: row.get(5)?,
                last_day: row.get(6)?,
            })
        },
    )
}

/// Remembers a look.
pub(super) fn put(tx: &mut Tx<'_>, it: &Conclusion) -> Result<(), Error> {
    if it.is_empty {
        for table in ["benefits_owed", "benefits_household"] {
            tx.execute(
                &format!("DELETE FROM {table} WHERE household_id = $1"),
                values![it.household],
            )?;
        }
        return Ok(());
    }
    tx.execute(
        "INSERT INTO benefits_household \
         (household_id, known_at, as_of, again_on, book_digest, dong) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (household_id) DO UPDATE SET \
         known_at = $2, as_of = $3, again_on = $4, book_digest = $5, dong = $6",
        values![
            it.household,
            it.known_at,
            it.on,
            it.again_on,
            &it.book_digest,
            &it.dong
        ],
    )?;
    put_owed(tx, it)
}

/// Writes only what differs from the last look.
fn put_owed(tx: &mut Tx<'_>, it: &Conclusion) -> Result<(), Error> {
    let key = |it: &Owed| (it.benefit.clone(), it.about);
    let mut gone: BTreeMap<_, _> = owed(tx, it.household)?
        .into_iter()
        .map(|was| (key(&was), was))
        .collect();
    // What only may be owed is asked about when something happens, and not remembered.
    let certain = |it: &&Owed| it.outcome == Outcome::Eligible;
    for now in it.owed.iter().filter(certain) {
        if gone.remove(&key(now)).as_ref() == Some(now) {
            continue;
        }
        tx.execute(
            "INSERT INTO benefits_owed (household_id, benefit, about_id, outcome, amount, born, \
             yearly, last_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (household_id, benefit, about_id) DO UPDATE SET outcome = $4, \
             amount = $5, born = $6, yearly = $7, last_day = $8",
            values![
                it.household,
                &now.benefit,
                about_key(now.about),
                "eligible",
                now.amount,
                now.born,
                now.yearly,
                now.last_day
            ],
        )?;
    }
    for (benefit, about) in gone.into_keys() {
        tx.execute(
            "DELETE FROM benefits_owed WHERE household_id = $1 AND benefit = $2 \
             AND about_id = $3",
            values![it.household, benefit, about_key(about)],
        )?;
    }
    Ok(())
}

fn about_key(about: Option<PersonId>) -> String {
    about.map_or(String::new(), |it| it.to_string())
}

/// Households to be looked at again though nothing happened: their day has come, or the law is another.
pub(super) fn due(
    tx: &mut Tx<'_>,
    today: Date,
    book_digest: &str,
    limit: i64,
) -> Result<Vec<HouseholdId>, Error> {
    let day = tx.query_map(
        "SELECT household_id FROM benefits_household WHERE again_on <= $1 \
         ORDER BY again_on, household_id LIMIT $2",
        values![today, limit],
        |row| row.parse(0),
    )?;
    if !day.is_empty() {
        return Ok(day);
    }
    tx.query_map(
        "SELECT household_id FROM benefits_household WHERE book_digest < $1 \
         OR book_digest > $1 ORDER BY household_id LIMIT $2",
        values![book_digest, limit],
        |row| row.parse(0),
    )
}

/// Brings the next look forward; an empty district stands for all.
pub(super) fn look_again(tx: &mut Tx<'_>, dong: &str, on: Date) -> Result<(), Error> {
    tx.execute(
        "UPDATE benefits_household SET again_on = $1 WHERE again_on > $1 \
         AND ($2 = '' OR dong = $2)",
        values![on, dong],
    )?;
    Ok(())
}
